"""The month's report in a real browser on a telephone; what a citizen reads without script."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from performance.services import reports
from tests.performance.report_world import ReportWorld
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


def test_a_report_is_read_written_and_decided_on_a_telephone(page, live_server, world, enter):
    """The whole way on a desk, down to the print, is walked in the bureau's month (tests/journeys)."""
    report = world.draft()
    page.set_viewport_size({"width": 360, "height": 740})
    enter("section")
    page.goto(f"{live_server.url}/reports/")
    look(page, "reports-360")
    page.get_by_role("link", name="2022年3月月报").first.click()
    assert page.locator("h1").inner_text() == "2022年3月月报"
    assert page.locator("img.chart").count() == 4
    for label in ("主要工作", "存在的问题", "下一步工作"):
        page.get_by_label(label).fill(f"{label}：示例文字。")
    page.get_by_role("button", name="保存文字").click()
    page.get_by_text("已保存文字").wait_for()
    assert page.get_by_role("button", name="复核通过").count() == 0, "not by who wrote it"
    look(page, "report-draft-360")
    world.issue(world.step(reports.review_report, report, "section2"))
    page.reload()
    look(page, "report-issued-360")
    report.refresh_from_db()
    assert report.number in page.locator(".hm-head").inner_text()


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
