"""Supervision on a telephone, in a real browser: a roll is called with a photo, an inspection answered by the station."""

import datetime

import pytest

from consultations.models import Inspection, InspectionPoint, RollCall, RollCallDraw
from consultations.services.inspections import add_point, register_inspection

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 360, "height": 740}
PHOTO = {"name": "现场.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"0" * 64}


@pytest.fixture
def duty_today(monkeypatch, shift):
    """A shift that lasts the whole of the business day, whatever the real time is."""
    monkeypatch.setenv("TODAY", "2022-03-21")
    return shift("2022-03-21", starts="00:00", ends="23:59")


def enter(page, live_server, user, path):
    page.set_viewport_size(PHONE)
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/login/")
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", "seven quiet lanterns")
    page.click("main button[type=submit], .btn-primary[type=submit]")
    page.goto(f"{live_server.url}{path}")


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_section_draws_calls_inspects_and_the_station_answers_on_a_phone(page, live_server, duty_today, user, bagong):
    section, section2, head = user("section"), user("section"), user("head", station=bagong)

    enter(page, live_server, section, "/spotcheck/")
    assert fits(page)
    page.click("a:has-text('随机抽取')")
    page.click("main button:has-text('抽取')")
    assert fits(page)
    assert RollCallDraw.objects.get().seed in page.inner_text("main")
    page.click("main a:has-text('待点名')")
    assert fits(page)
    assert page.is_checked("input[name=reason][value=drawn]")
    page.fill("input[name=time]", "00:00")
    page.check("input[name=method][value=video]")
    page.check("input[name=is_present][value='0']")
    page.fill("textarea[name=excuse]", "站点说去了村里")
    page.set_input_files("input[name=photo]", PHOTO)
    page.click("button:has-text('保存抽查')")
    page.wait_for_selector("text=转为考核事项")
    call = RollCall.objects.get()
    assert call.photo.mime == "image/png" and call.reason == "drawn" and call.finding.state == "reported"

    page.goto(f"{live_server.url}/inspections/new/")
    assert fits(page)
    page.select_option("select[name=station]", label="巴公镇")
    page.select_option("select[name=kind]", "quarterly")
    page.fill("textarea[name=summary]", "值班公示没有更新。")
    page.set_input_files("input[name=photo]", PHOTO)
    page.click("button:has-text('保存检查')")
    page.wait_for_selector("text=逐条登记")
    assert fits(page)
    page.fill("textarea[name=problem]", "公示栏仍是二月的值班表")
    page.fill("textarea[name=demand]", "更新公示")
    page.click("button:has-text('登记问题')")
    page.wait_for_selector("text=通知站点负责人")
    assert Inspection.objects.get().photo

    enter(page, live_server, head, "/todo/")
    page.click("a:has-text('整改检查问题')")
    assert fits(page)
    page.fill("textarea[name=measure]", "已换上三月的值班表。")
    page.click("button:has-text('报送整改')")
    assert "没有整改佐证" in page.inner_text("main")
    assert page.input_value("textarea[name=measure]") == "已换上三月的值班表。"
    page.set_input_files("input[name=proof]", PHOTO)
    page.click("button:has-text('报送整改')")
    page.wait_for_selector("text=等业务股确认")

    enter(page, live_server, section2, "/inspections/?state=answered")
    assert fits(page)
    page.click("main table a")
    page.check("input[name=result][value=confirm]")
    page.click("button:has-text('作出结论')")
    page.wait_for_selector("text=已确认整改")
    assert fits(page)
    assert InspectionPoint.objects.get().confirmed_by == section2


def test_the_station_answers_without_javascript(browser, live_server, duty_today, user, bagong):
    section, head = user("section"), user("head", station=bagong)
    visit = register_inspection(
        station=bagong, kind="spot", day=datetime.date(2022, 3, 20), inspectors="甲", summary="看了公示", by=section
    )
    point = add_point(inspection_id=visit.pk, problem="没有公示", demand="公示", due_on=datetime.date(2022, 3, 30), by=section)
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    enter(page, live_server, head, f"/inspections/points/{point.pk}/")
    page.fill("textarea[name=measure]", "已公示。")
    page.set_input_files("input[name=proof]", PHOTO)
    page.click("button:has-text('报送整改')")
    assert "等业务股确认" in page.inner_text("body")
    point.refresh_from_db()
    assert point.state == "answered"
    context.close()
