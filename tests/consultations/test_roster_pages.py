"""The pages of rosters: who sees what, wrong input, a fixed number of queries, the way from an empty month to a public one."""

import datetime
import io
import re

import openpyxl
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.periods import YearMonth
from consultations.models import PublishedRoster, Roster, Shift, ShiftChange
from consultations.services.changes import propose_change
from consultations.services.drawing import draw_for_job
from consultations.services.publishing import publish_roster
from consultations.todo.rosters import todo_items
from organizations.models import Station
from programmes.services.months import lock_month
from records.models import JobRun
from records.services import run_job

pytestmark = pytest.mark.django_db
MARCH = YearMonth(2022, 3)


@pytest.fixture(autouse=True)
def on_the_first(at):
    cache.clear()
    at("2022-03-01 10:00")


@pytest.fixture
def section(user):
    return user("section")


def body(response):
    return response.content.decode()


def test_the_menus_entry_leads_to_this_month(signed_in, section):
    assert signed_in(section).get("/roster/").url == "/roster/2022-03/"


def test_the_grid_shows_stations_days_people_gaps_and_totals(signed_in, section, shift, bagong, centre):
    shift("2022-03-01", times=("09:00", "13:00"))
    shift("2022-03-08")
    page = body(signed_in(section).get("/roster/2022-03/"))
    assert page.count('<tr id="st-') == 17
    assert "17 个站点，2 班次" in page and "未公示" in page
    assert re.search(r'class="duty ok"[^>]*aria-label="巴公镇 3月1日 [^"]*已到岗"', page)
    assert re.search(r'class="duty plan"[^>]*aria-label="巴公镇 3月8日 [^"]*已排班"', page)
    assert "17 个站点有空档" in page and "3月14日起、3月21日起、3月28日起的一周没有排班" in page
    assert "今天起 7 天" in page and "duty-add" not in page
    planning = body(signed_in(section).get("/roster/2022-03/?plan=1"))
    assert planning.count("duty-add") == 17 * 31 - 2


def test_a_past_shift_without_a_record_is_marked(signed_in, section, shift, at):
    shift("2022-03-01")
    at("2022-03-02 08:00")
    assert re.search(r'class="duty miss"[^>]*未签到', body(signed_in(section).get("/roster/2022-03/")))


def test_filters_narrow_the_grid_and_can_be_taken_away(signed_in, section, shift, bagong, dayang):
    one, two = shift("2022-03-01"), shift("2022-03-02", station=dayang)
    page = body(signed_in(section).get(f"/roster/2022-03/?station={bagong.pk}"))
    assert page.count('<tr id="st-') == 1 and "去掉条件：站点：巴公镇" in page
    page = body(signed_in(section).get(f"/roster/2022-03/?person={two.practitioner_id}"))
    assert page.count('class="duty plan"') - 1 == 1  # and the one of the legend
    assert one.practitioner.name in page  # in the list of people to choose from
    assert signed_in(section).get("/roster/2022-03/?station=abc&person=-1&from=x").status_code == 200


def test_a_clerk_sees_her_station_and_a_person_her_own_shifts(signed_in, user, shift, bagong, dayang):
    here, there = shift("2022-03-01"), shift("2022-03-01", station=dayang)
    page = body(signed_in(user("clerk", station=bagong)).get("/roster/2022-03/"))
    assert here.practitioner.name in page and there.practitioner.name not in page and page.count('<tr id="st-') == 1
    page = body(signed_in(there.practitioner.user).get("/roster/2022-03/"))
    assert there.practitioner.name in page and here.practitioner.name not in page
    assert signed_in(there.practitioner.user).get(f"/roster/shift/{here.pk}/").status_code == 404
    assert signed_in(there.practitioner.user).get(f"/roster/shift/{there.pk}/").status_code == 200
    assert signed_in(there.practitioner.user).get("/roster/2022-03/plan/").status_code == 403


def test_another_county_is_not_found(signed_in, section, county):
    assert signed_in(section).get(f"/roster/2022-03/?county={county.pk}").status_code == 200
    assert signed_in(section).get(f"/roster/2022-03/?county={county.pk + 1000}").status_code == 404
    assert signed_in(section).get("/roster/2022-13/").status_code == 404


def test_whoever_belongs_nowhere_is_told_so(signed_in, user):
    assert "不属于任何县" in body(signed_in(user("duty")).get("/roster/"))


@pytest.mark.parametrize(
    "address", ["/roster/2022-03/", "/roster/2022-03/?plan=1", "/roster/coverage/", "/roster/2022-03/export.xlsx"]
)
def test_the_number_of_queries_does_not_grow_with_the_month(signed_in, section, shift, adviser, county, address):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert signed_in(section).get(address).status_code == 200
        return len(queries)

    shift("2022-03-01")
    signed_in(section).get(address)
    few = count()
    for number, station in enumerate(Station.objects.filter(county=county)):
        person = adviser()
        for day in range(1, 32):
            if (number + day) % 2:
                shift(f"2022-03-{day:02d}", station=station, person=person)
    assert count() <= few


def test_the_shift_page_asks_a_fixed_number_of_questions(signed_in, section, shift, adviser, user):
    mine = shift("2022-03-15")
    client = signed_in(section)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/roster/shift/{mine.pk}/").status_code == 200
        return len(queries)

    count()
    few = count()
    for number in range(5):
        ShiftChange.objects.create(
            shift=mine, original=mine.practitioner, substitute=adviser(), reason=f"试{number}", state="withdrawn",
            proposed_by=user("clerk", station=mine.station), proposed_at=datetime.datetime.now(datetime.UTC),
        )  # fmt: skip
    assert count() <= few


# --- typing -----------------------------------------------------------------------------------------------------------


def add(client, place, person, **changes):
    values = {
        "station": place.pk,
        "day": "2022-3-15",
        "practitioner": person.pk,
        "starts_at": "8:30",
        "ends_at": "12:30",
        "lunch_minutes": "0",
    }
    return client.post("/roster/2022-03/add/", values | changes)


def test_a_cell_opens_the_form_with_station_day_and_hours(signed_in, section, bagong):
    page = body(signed_in(section).get(f"/roster/2022-03/add/?station={bagong.pk}&day=2022-03-15"))
    assert f'<option value="{bagong.pk}" selected' in page and 'value="2022-03-15"' in page and 'value="08:30"' in page
    assert signed_in(section).get("/roster/2022-03/add/?station=x²&day=yesterday").status_code == 200


def test_a_shift_is_added_and_the_page_returns_to_its_row(signed_in, section, bagong, adviser, county):
    response = add(signed_in(section), bagong, adviser("赵示例"), day="２０２２年３月１５日", ends_at="12：30")
    assert response.url == f"/roster/2022-03/?county={county.pk}#st-{bagong.pk}"
    assert Shift.objects.get().day == datetime.date(2022, 3, 15)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"day": "2022-04-01"}, "日期不在2022年3月"),
        ({"day": "三月三"}, "日期"),
        ({"practitioner": ""}, "没有选择值班人员"),
        ({"practitioner": "999999"}, "所选人员当月不在库"),
        ({"station": "0"}, "没有这个站点"),
        ({"starts_at": "25:00"}, "时间"),
        ({"ends_at": "8:00"}, "结束时间应晚于开始时间"),
        ({"ends_at": "12:00"}, "少于 4 小时"),
        ({"lunch_minutes": "一小时"}, "午休应是整数分钟"),
        ({"lunch_minutes": "-5"}, "午休不能少于 0 分钟"),
        ({"override_reason": "长" * 201}, "200"),
    ],
)
def test_wrong_input_is_said_at_the_field_and_everything_typed_is_kept(signed_in, section, bagong, adviser, changes, words):
    response = add(signed_in(section), bagong, adviser(), **changes)
    page = body(response)
    assert response.status_code == 200 and "error-summary" in page and words in page
    for name, value in changes.items():
        if name not in ("station", "practitioner"):
            assert value in page
    assert not Shift.objects.exists()


def test_filling_a_station_by_weekday_shows_first_and_saves_what_was_shown(signed_in, section, bagong, adviser):
    client, person = signed_in(section), adviser("钱虚构")
    address = f"/roster/2022-03/fill/{bagong.pk}/"
    values = {
        "how": "weekdays",
        "weekdays": ["2"],
        "people": [person.pk],
        "only_working": "on",
        "starts_at": "8:30",
        "ends_at": "12:30",
        "lunch_minutes": "0",
    }
    page = body(client.post(address, values))
    assert "确认排班（5 个班次）" in page and not Shift.objects.exists()
    digest = re.search(r'name="accept" value="(\w+)"', page)[1]
    assert "已重新生成" in body(client.post(address, values | {"accept": "0" * 32}))
    assert client.post(address, values | {"accept": digest}).status_code == 302
    assert [shift.day.day for shift in Shift.objects.order_by("day")] == [2, 9, 16, 23, 30]


def test_filling_with_short_hours_shows_the_error_and_offers_no_button(signed_in, section, bagong, adviser):
    values = {"how": "gaps", "people": [adviser().pk], "starts_at": "8:30", "ends_at": "11:00", "lunch_minutes": "0"}
    page = body(signed_in(section).post(f"/roster/2022-03/fill/{bagong.pk}/", values))
    assert "少于 4 小时" in page and 'name="accept"' not in page
    page = body(signed_in(section).post(f"/roster/2022-03/fill/{bagong.pk}/", {"how": "weekdays", "starts_at": "x"}))
    assert "没有选择值班人员" in page and "没有选择星期" in page
    assert signed_in(section).get("/roster/2022-03/fill/999999/").status_code == 404


@pytest.mark.rule("Z-ORG-2")
def test_from_an_empty_month_to_a_public_one(signed_in, section, adviser, county, client):
    Station.objects.filter(county=county, kind="county_centre").update(opens_at="08:00", closes_at="18:00", lunch_minutes=120)
    people = [adviser(f"{name}示例") for name in "赵钱孙李周吴郑王"]
    signed_in(section)
    assert "这个月还没有排班" in body(client.get("/roster/2022-04/"))
    values = {"stations": [each.pk for each in Station.objects.filter(county=county)], "people": [each.pk for each in people]}
    assert client.post("/roster/2022-04/plan/", values).status_code == 302
    run_job(job_id=JobRun.objects.get(kind="propose_roster").pk, work=draw_for_job)
    address = JobRun.objects.get(kind="propose_roster").result_url
    # 21 working days at the centre, four weeks at sixteen townships.
    assert "全部采用（85 个班次）" in body(client.get(address)) and not Shift.objects.exists()
    assert client.post(address, {"all": "1"}).status_code == 302
    page = body(client.get("/roster/2022-04/publish/"))
    assert "公示第 1 版" in page and "没有需要提醒的" in page
    response = client.post("/roster/2022-04/publish/", follow=True)
    assert "已公示2022年4月值班表（第1版），已通知 8 人" in body(response)
    client.logout()
    assert "赵示例" in body(client.get("/p/duty/?week=2022-04-06"))


@pytest.mark.rule("Z-ROS-1")
def test_the_page_of_publishing_asks_a_reason_for_each_missing_day(signed_in, section, shift, county, centre, adviser):
    person = adviser()
    for station in Station.objects.filter(county=county).exclude(pk=centre.pk):
        shift("2022-03-02", station=station, person=adviser(login=False))
    for day in range(1, 31):
        if datetime.date(2022, 3, day).weekday() < 5:
            shift(f"2022-03-{day:02d}", station=centre, person=person, starts="08:00", ends="18:00", lunch=120)
    client = signed_in(section)
    page = body(client.get("/roster/2022-03/publish/"))
    assert "县中心3月31日（星期四）没有排班" in page
    field = re.search(r'name="(gap-[^"]+)"', page)[1]
    page = body(client.post("/roster/2022-03/publish/", {field: ""}))
    assert "没有写原因" in page and not PublishedRoster.objects.exists()
    client.post("/roster/2022-03/publish/", {field: "全员培训"})
    assert list(PublishedRoster.objects.get().reasons.values()) == ["全员培训"]


def test_the_page_of_publishing_names_what_must_be_mended(signed_in, section, shift):
    shift("2022-03-01")
    page = body(signed_in(section).get("/roster/2022-03/publish/"))
    assert (
        "处必须先改正" in page
        and "大阳镇2022年3月没有排班" in page
        and 'type="submit">' not in page.split("form-foot")[-1].split("返回值班表")[0]
    )


# --- changes ----------------------------------------------------------------------------------------------------------


def test_the_person_asks_on_the_page_and_the_bureau_approves(signed_in, shift, section, adviser):
    mine, stand_in = shift("2022-03-15"), adviser("钱虚构")
    client = signed_in(mine.practitioner.user)
    assert "申请换班、请假" in body(client.get(f"/roster/shift/{mine.pk}/"))
    page = body(client.post(f"/roster/shift/{mine.pk}/swap/", {"kind": "substitute", "reason": ""}))
    assert "没有选择替班人员" in page and "没有写原因" in page
    client.post(f"/roster/shift/{mine.pk}/swap/", {"kind": "substitute", "substitute": stand_in.pk, "reason": "开庭"})
    change = ShiftChange.objects.get()
    assert client.get(f"/roster/changes/{change.pk}/").status_code == 403
    client = signed_in(section)
    assert "钱虚构" in body(client.get("/roster/changes/"))
    assert "写明为什么不批准" in body(client.post(f"/roster/changes/{change.pk}/", {"refuse": "1", "decision": ""}))
    assert client.post(f"/roster/changes/{change.pk}/", {"approve": "1", "decision": ""}).status_code == 302
    mine.refresh_from_db()
    assert mine.practitioner == stand_in
    assert "替班" in body(client.get("/roster/2022-03/"))
    assert client.get(f"/roster/changes/{change.pk}/paper.pdf")["Content-Type"] == "application/pdf"


def test_a_request_is_withdrawn_by_whoever_made_it(signed_in, shift, section):
    mine = shift("2022-03-15")
    change = propose_change(shift_id=mine.pk, reason="生病", by=mine.practitioner.user)
    client = signed_in(mine.practitioner.user)
    assert "撤回申请" in body(client.get("/roster/changes/"))
    client.post(f"/roster/changes/{change.pk}/withdraw/")
    change.refresh_from_db()
    assert change.state == "withdrawn"
    assert signed_in(shift("2022-03-16").practitioner.user).post(f"/roster/changes/{change.pk}/withdraw/").status_code == 404


def test_the_bureau_changes_moves_and_cancels_on_the_pages(signed_in, shift, section, adviser):
    mine, stand_in = shift("2022-03-15"), adviser("钱虚构")
    client = signed_in(section)
    client.post(f"/roster/shift/{mine.pk}/swap/", {"kind": "substitute", "substitute": stand_in.pk, "reason": "抽调"})
    values = {
        "station": mine.station_id,
        "day": "2022-03-17",
        "practitioner": stand_in.pk,
        "starts_at": "9:00",
        "ends_at": "13:00",
    }
    assert client.post(f"/roster/shift/{mine.pk}/edit/", values).status_code == 302
    mine.refresh_from_db()
    assert (mine.practitioner, mine.day.day) == (stand_in, 17)
    assert client.get(f"/roster/shift/{mine.pk}/cancel/").status_code == 200
    assert client.post(f"/roster/shift/{mine.pk}/cancel/", {"reason": ""}).status_code == 302
    assert client.get(f"/roster/shift/{mine.pk}/").status_code == 404


# --- papers, to-do, feed ----------------------------------------------------------------------------------------------


def test_the_months_workbook_has_the_grid_and_rows_the_import_reads(signed_in, section, shift):
    shift("2022-03-01")
    book = openpyxl.load_workbook(io.BytesIO(signed_in(section).get("/roster/2022-03/export.xlsx").content))
    assert book.sheetnames == ["值班表", "排班"]
    headers = [cell.value for cell in book["排班"][1]]
    assert headers == ["日期", "站点", "值班人员", "开始时间", "结束时间", "午休分钟", "调整原因"]
    assert book["排班"].max_row == 2
    assert "身份证号" not in str(list(book["值班表"].values))


def test_the_approval_sheets_are_the_bureaus_and_stations(signed_in, section, shift):
    mine = shift("2022-03-01")
    for address in ("/roster/2022-03/approval.pdf", "/roster/2022-03/changes.pdf"):
        assert signed_in(section).get(address)["Content-Type"] == "application/pdf"
        assert signed_in(mine.practitioner.user).get(address).status_code == 403


def titles(user):
    return [item.title for item in todo_items(user)]


def test_what_waits_for_the_section(section, user, shift, county, at, adviser):
    assert "2022年3月值班表还没有排班" in titles(section)
    mine = shift("2022-03-15")
    assert "2022年3月值班表待公示" in titles(section) and any("有空档" in each for each in titles(section))
    assert not any("4月" in each for each in titles(section))
    at("2022-03-25 09:00")
    assert "2022年4月值班表还没有排班" in titles(section)
    propose_change(shift_id=mine.pk, substitute=adviser(), reason="开庭", by=mine.practitioner.user)
    assert any(each.startswith("审批替班") for each in titles(section))
    assert todo_items(mine.practitioner.user) == [] and todo_items(user("leader")) == []


def test_a_revised_roster_waits_to_be_published_again(section, county):
    from django.db import transaction

    with transaction.atomic():
        month = lock_month(county=county, year_month=MARCH)
    Roster.objects.create(month=month, state="revised", version=1, published_at=datetime.datetime.now(datetime.UTC))
    assert "2022年3月值班表有调整，待重新公示" in titles(section)


def test_the_person_on_duty_takes_her_feed_and_others_have_none(signed_in, adviser, section):
    client = signed_in(adviser().user)
    assert "生成订阅地址" in body(client.get("/roster/calendar/"))
    page = body(client.post("/roster/calendar/renew/", follow=True))
    assert re.search(r"http://testserver/roster/ical/[\w-]{40,}\.ics", page)
    assert "已停止订阅" in body(client.post("/roster/calendar/end/", follow=True))
    assert signed_in(section).get("/roster/calendar/").status_code == 403


def test_publishing_is_refused_on_the_page_in_words(signed_in, section, shift, monkeypatch, county):
    shift("2022-03-01")
    page = body(signed_in(section).post("/roster/2022-03/publish/", follow=True))
    assert "不能公示" in page or "没有写原因" in page
    assert not PublishedRoster.objects.exists()
    with pytest.raises(Exception, match="不能公示"):
        publish_roster(county=county, month=MARCH, by=section)
