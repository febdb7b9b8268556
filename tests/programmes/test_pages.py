"""The pages of plan, calendar, frequencies and months: who sees them, what they show, what they refuse."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.periods import YearMonth
from programmes import context
from programmes.models import CalendarDay, CalendarYear, Plan, PlanDraft, StationFrequency
from programmes.services.calendars import load_calendar
from programmes.services.months import close_month, lock_month, propose_reopening, reopen_month
from programmes.services.years import open_next_year


@pytest.fixture(autouse=True)
def business_day(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-09-26")


@pytest.fixture
def as_role(client, somebody):
    """A client signed in under a post."""

    def sign_in(role, **post):
        client.force_login(somebody(role, **post))
        return client

    return sign_in


def words(response):
    """The page as a reader sees it: without tags, with single spaces."""
    text = re.sub(r"(?s)<(script|style|svg).*?</\1>", "", response.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


# -- the plan ------------------------------------------------------------------------------------------------------


def test_the_plan_shows_each_value_with_unit_clause_and_the_plans_own_sentence(plan, as_role):
    page = words(as_role("clerk", station=plan.region.stations.get(short_name="巴公镇")).get(reverse("plan")))
    assert "值班补贴标准（乡镇公共法律服务工作站） 300.00 元/人次 五（二）1" in page
    assert "乡镇公共法律服务工作站值班，每人次补贴300元" in page
    assert "（4）在点名抽查中发现无正当理由脱岗的" in page
    assert "2022-01-01" in page


def test_the_plan_shows_our_readings_with_their_reasons_and_the_traps(plan, as_role):
    page = words(as_role("finance").get(reverse("plan")))
    assert "D31 “3次以上”是否含三次 三次以上含三次 民法典第一千二百五十九条：“以上”包括本数。" in page
    assert "原文“仅限于审批阶段”应为“审判阶段”" in page


def test_the_targets_add_up_on_the_page(plan, as_role):
    page = words(as_role("section").get(reverse("plan")))
    assert "泽州县公共法律服务中心 760 95%" in page
    assert "合计（17 个单位） 4,400" in page
    assert "特殊群体法律援助案件 135 件" in page


def test_searching_narrows_to_what_holds_the_word(plan, as_role):
    page = words(as_role("section").get(reverse("plan"), {"q": "脱岗"}))
    assert "点名抽查无正当理由脱岗（县公共法律服务中心） 100.00" in page
    assert "值班补贴标准" not in page
    empty = words(as_role("section", username="two").get(reverse("plan"), {"q": "没有的词"}))
    assert "方案里没有这个词" in empty


def test_the_page_of_a_plan_takes_a_constant_number_of_queries(plan, as_role, django_assert_max_num_queries):
    client = as_role("section")
    client.get(reverse("plan"))
    with django_assert_max_num_queries(15):
        client.get(reverse("plan"))


def test_a_plan_of_another_county_is_not_found(plan, county, as_role):
    from organizations.models import Region

    other = Region.objects.create(level="county", name="示例县", parent=county.parent)
    client = as_role("section", region=other)
    assert client.get(reverse("plan-of", args=[plan.code])).status_code == 404
    assert client.get(reverse("plan-file", args=[plan.code])).status_code == 404
    assert client.post(reverse("plan-open-year", args=[plan.code])).status_code == 404
    assert "还没有载入您所在地区的实施方案" in words(client.get(reverse("plan")))


def test_the_plan_can_be_taken_out_as_the_file_it_came_from(plan, zezhou_file, as_role):
    response = as_role("auditor").get(reverse("plan-file", args=[plan.code]))
    assert response.content == zezhou_file
    assert "attachment" in response["Content-Disposition"] and "zezhou-2022.toml" in response["Content-Disposition"]


# -- loading -------------------------------------------------------------------------------------------------------


def upload(client, content):
    return client.post(reverse("plan-load"), {"file": SimpleUploadedFile("plan.toml", content)})


def test_a_file_is_loaded_on_the_page(plan, zezhou_file, as_role):
    later = zezhou_file.replace(b'2022-01-01 = "300.00"', b'2022-01-01 = "300.00"\n2022-11-01 = "320.00"')
    response = upload(as_role("section"), later)
    assert response.status_code == 302
    terms = Plan.objects.get().terms_on(date(2022, 11, 1))
    assert str(terms["duty.rate.township_station"].value) == "320.00"


def test_a_refused_file_tells_every_problem_on_the_page(plan, zezhou_file, as_role):
    response = upload(as_role("section"), zezhou_file.replace(b'"10.00"', b"10").replace(b"= 760", b"= 761"))
    page = words(response)
    assert "金额要写成带引号、两位小数的文字" in page and "与方案印的合计 4400 不符" in page
    assert response.status_code == 200


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"x" * 1_100_000])
def test_rubbish_is_refused_in_words(plan, as_role, content):
    response = upload(as_role("section"), content)
    assert response.status_code == 200
    assert re.search("这个文件是空的|不是 UTF-8|超过 1 MB", words(response))


@pytest.mark.parametrize("role", ["finance", "cashier", "duty", "admin", "city"])
def test_only_the_section_loads_and_opens(plan, as_role, role):
    client = as_role(role)
    assert client.get(reverse("plan-load")).status_code == 403
    assert client.post(reverse("plan-open-year", args=[plan.code])).status_code == 403
    assert "编制下一年度" not in words(client.get(reverse("plan")))


# -- next year -----------------------------------------------------------------------------------------------------


def posted(page):
    """What a browser would send back from the draft form as it stands."""
    form = page.context["form"]
    found = {}
    for field in form:
        value = field.value()
        found[field.html_name] = value.isoformat() if hasattr(value, "isoformat") else value
    return found


def field_named(page, label):
    return next(field.html_name for field in page.context["form"] if field.label.startswith(label))


def test_a_year_is_opened_changed_and_confirmed_by_two_people(plan, as_role, client, somebody):
    as_role("section")
    response = client.post(reverse("plan-open-year", args=[plan.code]))
    draft = PlanDraft.objects.get()
    assert response.url == reverse("plan-draft", args=[draft.pk])
    page = client.get(response.url)
    typed = posted(page) | {
        field_named(page, "值班补贴标准（乡镇"): "330.00",
        field_named(page, "泽州县公共法律服务中心"): "800",
        "document_no": "泽政办〔2023〕1号",
    }
    assert client.post(response.url, typed).status_code == 302
    confirm = reverse("plan-draft-confirm", args=[draft.pk])
    shown = words(client.get(confirm))
    assert "值班补贴标准（乡镇公共法律服务工作站） 300.00 330.00" in shown
    assert "全年免费法律咨询 4400 4440" in shown
    client.post(confirm, {"version": 2})
    assert Plan.objects.count() == 1
    client.force_login(somebody("leader"))
    assert client.post(confirm, {"version": 2}).status_code == 302
    plan = Plan.objects.get(year=2023)
    assert (plan.document_no, str(plan.terms_on(date(2023, 1, 1))["duty.rate.township_station"].value)) == (
        "泽政办〔2023〕1号",
        "330.00",
    )


def test_wrong_values_of_a_draft_are_told_and_kept(plan, as_role, client):
    user = as_role("section")
    user.post(reverse("plan-open-year", args=[plan.code]))
    url = reverse("plan-draft", args=[PlanDraft.objects.get().pk])
    page = client.get(url)
    rate = field_named(page, "值班补贴标准（乡镇")
    response = client.post(url, posted(page) | {rate: "三百三"})
    assert "应写成两位小数的金额" in words(response)
    assert response.context["form"][rate].value() == "三百三"
    assert PlanDraft.objects.get().version == 1


def test_an_unchanged_draft_saves_as_it_was(plan, as_role, client):
    as_role("section")
    client.post(reverse("plan-open-year", args=[plan.code]))
    draft = PlanDraft.objects.get()
    page = client.get(reverse("plan-draft", args=[draft.pk]))
    assert client.post(reverse("plan-draft", args=[draft.pk]), posted(page)).status_code == 302
    assert PlanDraft.objects.get().text == draft.text


def test_a_dropped_draft_is_gone(plan, as_role, client):
    as_role("section")
    client.post(reverse("plan-open-year", args=[plan.code]))
    draft = PlanDraft.objects.get()
    drop = reverse("plan-draft-drop", args=[draft.pk])
    assert "2022年方案不受影响" in words(client.get(drop))
    client.post(drop, {"version": draft.version})
    assert client.get(drop).status_code == 404


def test_a_leader_confirms_but_does_not_write_a_draft(plan, as_role, somebody):
    draft = open_next_year(plan=plan, by=somebody("section"))
    client = as_role("leader")
    assert client.get(reverse("plan-draft", args=[draft.pk])).status_code == 403
    assert client.get(reverse("plan-draft-confirm", args=[draft.pk])).status_code == 200
    assert "核对2023年草稿" in words(client.get(reverse("plan")))


# -- the calendar --------------------------------------------------------------------------------------------------


def test_the_calendar_shows_249_working_days_and_the_make_up_days(calendar_2022, as_role):
    page = words(as_role("duty").get(reverse("calendar-year", args=[2022])))
    assert "全年 249 个工作日" in page
    assert "1月29日 星期六 – 1月30日 星期日 春节补班 2 工作日" in page
    assert "2月 16 个工作日" in page


def test_the_calendar_opens_on_the_business_year(calendar_2022, as_role):
    assert as_role("duty").get(reverse("calendar")).url == reverse("calendar-year", args=[2022])


def test_a_day_is_changed_on_the_page_with_a_reason(calendar_2022, as_role):
    client = as_role("section")
    url = reverse("calendar-day", args=["2022-03-08"])
    assert url in client.get(reverse("calendar-year", args=[2022])).content.decode()
    assert "没有填写修改理由" in words(client.post(url, {"is_working": "false", "name": "活动"}))
    assert client.post(url, {"is_working": "false", "name": "活动", "reason": "县政府通知"}).status_code == 302
    assert not CalendarDay.objects.get(day="2022-03-08").is_working
    assert "工作日 → 休息日 活动" in words(client.get(url))
    assert "全年 248 个工作日" in words(client.get(reverse("calendar-year", args=[2022])))


@pytest.mark.parametrize("day", ["2022-02-30", "somewhen", "2031-01-01"])
def test_a_day_that_is_not_there_is_not_found(calendar_2022, as_role, day):
    assert as_role("section").get(reverse("calendar-day", args=[day])).status_code == 404


@pytest.mark.parametrize("year", [1, 1999, 2201, 9999])
def test_years_far_away_are_not_found(as_role, year):
    assert as_role("section").get(f"/base/calendar/{year}/").status_code == 404


def test_who_may_not_edit_sees_no_links_and_is_stopped(calendar_2022, as_role):
    client = as_role("finance")
    assert "/base/calendar/day/" not in client.get(reverse("calendar-year", args=[2022])).content.decode()
    assert client.get(reverse("calendar-day", args=["2022-03-08"])).status_code == 403
    assert client.get(reverse("calendar-open-year")).status_code == 403


def test_a_new_year_is_typed_on_the_page_and_wrong_lines_come_back(county, as_role):
    client = as_role("section")
    typed = {"year": "2027", "source": "通知", "days_off": "2027-10-01 到 2027-10-07 国庆节", "make_up_days": "2027-10-02 补班"}
    response = client.post(reverse("calendar-open-year"), typed)
    assert "既写成放假又写成上班" in words(response)
    assert "2027-10-02 补班" in response.content.decode()
    assert client.post(reverse("calendar-open-year"), typed | {"make_up_days": "2027-10-09 补班"}).status_code == 302
    assert CalendarYear.objects.filter(year=2027).exists()


@pytest.mark.parametrize(
    ("today", "warned"),
    [("2027-03-01", ["2027年"]), ("2026-11-30", []), ("2026-12-01", ["2027年"]), ("2027-12-31", ["2027年", "2028年"])],
)
def test_a_year_that_is_not_loaded_is_warned_of_on_every_page(county, as_role, system, monkeypatch, today, warned):
    monkeypatch.setattr(context, "_loaded", set())
    load_calendar(by=system, years=[2026])
    monkeypatch.setenv("TODAY", today)
    page = words(as_role("duty").get(reverse("plan")))
    found = re.findall(r"(\d{4}年)的工作日历没有载入", page)
    assert found == warned


def test_a_year_without_calendar_says_so_on_its_own_page(county, as_role):
    assert "2027年的工作日历没有载入，下面按星期一至星期五显示" in words(
        as_role("section").get(reverse("calendar-year", args=[2027]))
    )


# -- frequencies and months ------------------------------------------------------------------------------------------


def test_who_is_on_duty_reads_the_frequencies_of_her_county(bagong, as_role):
    assert "巴公镇公共法律服务工作站" in words(as_role("duty").get(reverse("frequencies")))


def test_the_frequency_of_a_station_is_changed_with_a_reason(bagong, as_role):
    client = as_role("section")
    url = reverse("frequency", args=[bagong.pk])
    wrong = client.post(url, {"policy": "reduced", "times_per_month": "0", "since": "2022-10-1", "reason": "偏远"})
    assert "再偏远的乡镇每月也至少排班 1 次" in words(wrong)
    right = {"policy": "reduced", "times_per_month": "2", "since": "2022年9月1日", "reason": "偏远"}
    assert client.post(url, right).status_code == 302
    row = StationFrequency.objects.get()
    assert (row.since, row.times_per_month) == (date(2022, 9, 1), 2)
    assert "巴公镇公共法律服务工作站 适当减少，每月2次 2022-09-01 偏远" in words(client.get(reverse("frequencies")))


def test_stations_of_another_county_have_no_frequency_page(bagong, county, as_role):
    from organizations.models import Region

    other = Region.objects.create(level="county", name="示例县", parent=county.parent)
    client = as_role("section", region=other)
    assert client.get(reverse("frequency", args=[bagong.pk])).status_code == 404
    assert "没有您可以查看的站点" in words(client.get(reverse("frequencies")))


def test_the_frequencies_take_the_same_queries_for_one_and_for_all_stations(bagong, as_role, django_assert_max_num_queries):
    client = as_role("section")
    client.get(reverse("frequencies"))
    with django_assert_max_num_queries(10):
        assert "柳树口镇公共法律服务工作站 每周一次 方案" in words(client.get(reverse("frequencies")))


def test_months_show_who_closed_and_who_reopened(county, somebody, as_role):
    month = lock_month(county=county, year_month=YearMonth(2022, 3))
    close_month(month_id=month.pk, by=somebody("cashier"))
    propose_reopening(month_id=month.pk, reason="漏登一个班次", by=somebody("finance"))
    client = as_role("section")
    assert "2022年3月 泽州县 已结账 示例cashier" in words(client.get(reverse("months")))
    reopen_month(month_id=month.pk, reason="同意", by=somebody("leader"))
    page = words(client.get(reverse("months")))
    assert "2022年3月 泽州县 重开" in page and "由 示例finance 申请" in page and "漏登一个班次" in page


def test_the_list_of_months_takes_the_same_queries_for_ten_years(county, as_role, django_assert_max_num_queries, system):
    client = as_role("section")
    for year in range(2013, 2023):
        for number in range(1, 13):
            lock_month(county=county, year_month=YearMonth(year, number))
    client.get(reverse("months"))
    with django_assert_max_num_queries(9):
        assert "2022年12月" in words(client.get(reverse("months")))


@pytest.mark.parametrize("name", ["plan", "calendar", "frequencies", "months", "plan-load", "calendar-open-year"])
def test_without_a_login_there_is_only_the_login_page(client, db, name):
    response = client.get(reverse(name))
    assert response.status_code == 302 and "/login/" in response.url
