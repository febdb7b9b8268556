"""A day of duty on a telephone, in a real browser, with and without its script."""

import pytest

from consultations.models import Attendance

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def duty_today(monkeypatch, shift):
    """A shift that lasts the whole of the business day, whatever the real time is."""
    monkeypatch.setenv("TODAY", "2022-03-21")
    return shift("2022-03-21", starts="00:00", ends="23:59")


def enter(page, live_server, user):
    page.goto(f"{live_server.url}/login/")
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", "seven quiet lanterns")
    page.click("main button[type=submit], .btn-primary[type=submit]")
    page.goto(f"{live_server.url}/checkin/")


def a_day_of_duty(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.click("button:has-text('签到')")
    assert "已签到" in page.inner_text("main")
    page.click("button:has-text('签退')")
    assert "记为早退" in page.inner_text("main")
    assert Attendance.objects.get().sign_out is None
    page.click("button:has-text('仍然现在签退')")
    assert "已签退" in page.inner_text("main")
    record = Attendance.objects.get()
    assert record.sign_in and record.sign_out and record.source == "phone"


def test_signing_in_and_leaving_early_on_a_phone(page, live_server, duty_today):
    page.set_viewport_size(PHONE)
    enter(page, live_server, duty_today.practitioner.user)
    a_day_of_duty(page)


def test_the_same_without_javascript(browser, live_server, duty_today):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    enter(page, live_server, duty_today.practitioner.user)
    page.click("button:has-text('签到')")
    assert "已签到" in page.inner_text("main")
    assert Attendance.objects.get().sign_in
    context.close()
