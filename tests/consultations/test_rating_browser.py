"""From the public notice to a rating on a telephone, with and without script; the clerk's tablet handed over and given back."""

import pytest

from common.periods import YearMonth
from consultations.models import Rating
from consultations.services.publishing import publish_roster
from consultations.services.roster_facts import roster_facts
from organizations.models import Station
from tests.accounts.test_browser import faults
from tests.consultations.rating_world import consulted, slip_for
from tests.consultations.test_roster_browser import enter

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def clerk(user, bagong):
    return user("clerk", station=bagong)


@pytest.fixture
def record(monkeypatch, shift, clerk, county, user):
    monkeypatch.setenv("TODAY", "2022-03-21")
    duty = shift("2022-03-21", starts="00:00", ends="23:59")
    for town in Station.objects.in_county(county).filter(kind="township_station").exclude(pk=duty.station_id):
        shift("2022-03-22", station=town)
    month = YearMonth(2022, 3)
    gaps = {problem.key: "站点停水停电（测试）" for problem in roster_facts(county=county, month=month).problems()}
    publish_roster(county=county, month=month, by=user("section"), reasons=gaps)
    return consulted(duty, clerk)


def rate_from_the_notice(page, server, code, words=""):
    page.goto(f"{server.url}/p/duty/")
    page.get_by_role("heading", name="今天在岗").wait_for()
    page.get_by_role("link", name="评价服务").click()
    page.get_by_label("评价码").fill(f"{code[:4]} {code[4:]}")
    yield "code"
    page.get_by_role("button", name="下一步").click()
    page.get_by_text("您对这次法律咨询满意吗？").wait_for()
    yield "words"
    page.get_by_label("非常满意").check()
    if words:
        page.get_by_label("还想说的话").fill(words)
    page.get_by_role("button", name="提交评价").click()
    page.get_by_role("heading", name="谢谢您的评价").wait_for()
    yield "thanks"


@pytest.mark.parametrize("large", [False, True], ids=["standard", "large"])
def test_a_citizen_goes_from_the_notice_to_the_rating_on_a_telephone(page, live_server, record, clerk, large):
    page.set_viewport_size(PHONE)
    if large:
        page.goto(f"{live_server.url}/p/rate/")
        page.get_by_role("button", name="大字").click()
        page.wait_for_load_state("networkidle")
    code = slip_for(record, clerk).code
    found = {step: faults(page) for step in rate_from_the_notice(page, live_server, code, "讲得清楚👍")}
    assert found == {"code": [], "words": [], "thanks": []}
    assert (Rating.objects.get().word, Rating.objects.get().words) == ("very_satisfied", "讲得清楚👍")


def test_the_same_without_javascript(browser, live_server, record, clerk):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    for _ in rate_from_the_notice(page, live_server, slip_for(record, clerk).code):
        pass
    assert Rating.objects.get().way == "code"
    context.close()


@pytest.mark.console("404")
def test_a_used_slip_and_the_complaint_are_sound_on_a_telephone(page, live_server, record, clerk, bagong):
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/p/rate/{'x' * 32}/")
    assert faults(page) == []
    page.get_by_role("main").get_by_role("link", name="投诉").click()
    page.get_by_role("button", name="提交投诉").click()
    page.get_by_role("heading", name="没有保存").wait_for()
    assert faults(page) == []
    page.get_by_label("在哪里咨询的").select_option(label="巴公镇")
    page.get_by_label("什么事").fill("值班时间没有人在")
    page.get_by_role("button", name="提交投诉").click()
    page.get_by_role("heading", name="投诉已收到").wait_for()
    assert faults(page) == []
    code = page.locator(".pub-code").nth(1).inner_text()
    page.get_by_role("link", name="查办到哪一步").click()
    page.get_by_role("button", name="查结果").click()
    page.get_by_role("heading", name="没有查到").wait_for()
    assert faults(page) == []
    page.get_by_role("textbox", name="查询码").fill(code)
    page.get_by_role("button", name="查结果").click()
    page.get_by_text("已收到，等待受理").wait_for()
    assert faults(page) == []


def test_a_clerk_hands_the_tablet_over_and_gets_it_back(page, live_server, record, clerk):
    page.set_viewport_size(PHONE)
    enter(page, live_server, clerk)
    page.goto(f"{live_server.url}/consultations/{record.pk}/")
    page.get_by_role("link", name="请咨询人评价").click()
    page.get_by_role("button", name="生成评价码").click()
    page.get_by_alt_text("评价二维码").wait_for()
    page.wait_for_function("() => document.querySelector('.slip img').naturalWidth > 100")
    assert page.evaluate("document.querySelector('.slip img').naturalWidth") > 100
    assert faults(page) == []
    page.get_by_label("交还口令").fill("2468")
    page.get_by_role("button", name="交给咨询人").click()
    page.locator("label", has_text="基本满意").click()
    page.get_by_role("button", name="提交评价").click()
    page.get_by_text("请把平板交还工作人员").wait_for()
    page.goto(f"{live_server.url}/consultations/")
    page.get_by_role("heading", name="交还工作人员").wait_for()
    assert faults(page) == []
    page.get_by_label("交还口令").fill("2468")
    page.get_by_role("button", name="返回工作页面").click()
    page.get_by_text("基本满意").wait_for()
    assert Rating.objects.get().way == "screen"
