"""The month's report in a real browser: drafted by the section, reviewed by a second person, issued by the leader, printed."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from performance.models import Report
from tests.performance.report_world import ReportWorld, pdf_text
from tests.subsidies.world import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
FITS = "document.documentElement.scrollWidth <= window.innerWidth"
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def world(monkeypatch):
    # The second factor has journeys of its own.
    monkeypatch.setattr("accounts.middleware.owes_second_factor", lambda request: False)
    return ReportWorld()


@pytest.fixture
def enter(page, live_server):
    def sign_in(name):
        page.context.clear_cookies()
        page.goto(f"{live_server.url}/login/")
        page.fill("input[name=login]", name)
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_load_state()

    return sign_in


def look(page, name):
    page.wait_for_load_state("networkidle")
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    assert page.evaluate(FITS), f"{name} scrolls sideways"
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize("size", [(1440, 900), (360, 740)], ids=["desk", "phone"])
def test_the_bureau_drafts_the_months_report_a_second_person_reviews_it_and_it_is_printed(page, live_server, world, enter, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    enter("section")
    page.goto(f"{live_server.url}/reports/")
    look(page, f"reports-{size[0]}")
    page.get_by_role("button", name="编制2022年3月月报").click()
    page.wait_for_url("**/reports/papers/*/")
    address = page.url
    assert page.locator("h1").inner_text() == "2022年3月月报"
    assert page.locator("img.chart").count() == 4
    for label in ("主要工作", "存在的问题", "下一步工作"):
        page.get_by_label(label).fill(f"{label}：示例文字。")
    page.get_by_role("button", name="保存文字").click()
    page.wait_for_load_state()
    assert page.get_by_role("button", name="复核通过").count() == 0, "not by who wrote it"
    look(page, f"report-draft-{size[0]}")

    enter("section2")
    page.goto(address)
    page.get_by_role("button", name="复核通过，送局领导签发").click()
    page.get_by_text("送局领导签发。").wait_for()

    enter("leader")
    page.goto(address)
    page.get_by_role("button", name="签发", exact=True).click()
    page.get_by_text("报告和数据表已经留存").wait_for()
    look(page, f"report-issued-{size[0]}")
    report = Report.objects.get()
    assert report.status == "issued" and report.number in page.locator(".hm-head").inner_text()

    enter("section")
    page.goto(address)
    href = page.get_by_role("link", name="打印报告（PDF）").get_attribute("href")
    text = pdf_text(page.context.request.get(f"{live_server.url}{href}").body())
    assert report.number in text and "示例文字" in text and "目标任务完成进度表" in text


def test_a_citizen_reads_where_to_go_without_script_and_without_a_cookie(browser, live_server, world):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    for path, words in (("/p/", "打 12348 问律师"), ("/p/help/", "无障碍说明"), ("/p/info/", "工作公开信息")):
        page.goto(f"{live_server.url}{path}")
        assert page.get_by_text(words).first.is_visible()
    assert context.cookies() == []
    page.goto(f"{live_server.url}/p/help/")
    page.get_by_role("button", name="大字").click()
    page.wait_for_load_state()
    assert page.locator("html.hm-large").count() == 1 and page.url.endswith("/p/help/")
    assert [cookie["name"] for cookie in context.cookies()] == ["large"]
    context.close()
