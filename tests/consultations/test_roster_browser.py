"""Rosters in a real browser, on a desk and on a telephone: a proposal taken over in parts, a substitute, leave, offers, the agenda."""

import pytest

from common.periods import YearMonth
from consultations.models import RosterProposal
from consultations.services.drawing import LIMITS, draw_for_job, start_drawing
from organizations.models import Station
from records.services import run_job
from tests.accounts.test_browser import faults

pytestmark = [pytest.mark.django_db(transaction=True)]


def enter(page, server, user):
    page.goto(server.url + "/login/")
    page.get_by_label("登录名").fill(user.username)
    page.get_by_label("密码").fill("seven quiet lanterns")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.fixture
def team(county, adviser, monkeypatch):
    monkeypatch.setenv("TODAY", "2022-03-01")
    Station.objects.filter(county=county, kind="county_centre").update(opens_at="08:00", closes_at="18:00", lunch_minutes=120)
    return [adviser(f"{name}示例") for name in "赵钱孙李周吴"]


def test_one_station_of_a_proposal_is_taken_over_then_the_rest(page, live_server, team, user, county):
    """The whole way to the notice is walked in the bureau's month (tests/journeys)."""
    section = user("section")
    drawn = start_drawing(county=county, month=YearMonth(2022, 3), limits=LIMITS, by=section)
    run_job(job_id=drawn.pk, work=draw_for_job)
    page.set_viewport_size({"width": 360, "height": 740})
    enter(page, live_server, section)
    page.goto(f"{live_server.url}/roster/2022-03/proposals/{RosterProposal.objects.get().pk}/")
    assert faults(page) == []
    page.get_by_label("巴公镇（5 班）").check()
    page.get_by_role("button", name="采用所选站点").click()
    page.get_by_text("已排 5 个班次").wait_for()
    page.get_by_role("button", name="全部采用（98 个班次）").click()
    page.get_by_text("已排 98 个班次").wait_for()


def test_on_a_telephone_leave_is_entered_and_a_shift_is_offered_and_taken(page, live_server, team, user, shift):
    shift("2022-03-02", person=team[0])
    page.set_viewport_size({"width": 360, "height": 740})
    enter(page, live_server, team[0].user)
    page.goto(f"{live_server.url}/roster/2022-03/")
    page.get_by_role("link", name="请假与排班意愿").click()
    page.get_by_label("从哪天").fill("2022-3-2")
    page.get_by_role("button", name="登记请假").click()
    page.get_by_text("已登记请假：3月2日").wait_for()
    page.get_by_role("group", name="尽量不排的星期").get_by_label("星期五").check()
    page.get_by_role("button", name="保存意愿").click()
    page.get_by_text("已保存排班意愿").wait_for()
    assert faults(page) == []
    page.get_by_role("link", name="去申请请假或请人接班").click()
    page.get_by_role("link", name="请人接班").click()
    page.get_by_role("textbox", name="原因").fill("开庭")
    assert faults(page) == []
    page.get_by_role("button", name="发出邀约").click()
    page.get_by_text("已请能来的人接班").wait_for()
    page.context.clear_cookies()
    enter(page, live_server, team[1].user)
    page.goto(f"{live_server.url}/roster/offers/")
    page.get_by_role("link", name="巴公镇").click()
    assert faults(page) == []
    page.get_by_role("button", name="我来接").click()
    page.get_by_text("已接下这个班，等待业务股审批").wait_for()


def test_on_a_telephone_the_month_is_an_agenda(page, live_server, team, user, shift):
    shift("2022-03-02", person=team[0])
    page.set_viewport_size({"width": 360, "height": 740})
    enter(page, live_server, team[0].user)
    page.goto(f"{live_server.url}/roster/2022-03/")
    assert not page.locator("table.roster").is_visible()
    page.locator("#agenda").get_by_text("巴公镇").click()
    page.get_by_role("link", name="申请换班、请假").click()
    page.get_by_label("请假：由业务股安排人").check()
    page.get_by_role("textbox", name="原因").fill("生病")
    page.get_by_role("button", name="提交申请").click()
    page.get_by_text("已提交申请，等待业务股审批").wait_for()
    assert faults(page) == []


def test_a_substitute_without_name_and_reason_is_refused_at_both_fields(page, live_server, team, user, shift):
    shift("2022-03-02", person=team[0])
    enter(page, live_server, user("section"))
    page.goto(f"{live_server.url}/roster/2022-03/")
    assert faults(page) == []
    page.locator("a.duty").first.click()
    page.get_by_role("link", name="换人").click()
    page.get_by_role("button", name="换人").click()
    page.get_by_role("heading", name="没有保存，有 2 处需要修改").wait_for()
    assert faults(page) == []
