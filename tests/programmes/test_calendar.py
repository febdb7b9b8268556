"""The working calendar: what the seed says, what people may change."""

from datetime import date

import pytest

from accounts.models import AuditEntry
from programmes import calendar
from programmes.models import CalendarDay, CalendarYear
from programmes.services.calendars import CalendarError, change_day, load_calendar, open_year

MONTHS_OF_2022 = [21, 16, 23, 21, 20, 21, 21, 23, 21, 18, 22, 22]


def month_lengths(year):
    edges = [date(year, month, 1) for month in range(1, 13)] + [date(year + 1, 1, 1)]
    return [
        len([day for day in calendar.working_days(first, last) if day < last])
        for first, last in zip(edges, edges[1:], strict=False)
    ]


@pytest.mark.django_db
def test_2022_has_249_working_days(calendar_2022):
    assert month_lengths(2022) == MONTHS_OF_2022
    assert sum(MONTHS_OF_2022) == 249


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        ("2022-01-29", True),  # make-up Saturday
        ("2022-02-01", False),  # Spring Festival, a Tuesday
        ("2022-10-08", True),
        ("2022-03-05", False),  # an ordinary Saturday
        ("2022-03-07", True),
    ],
)
def test_make_up_days_are_worked_and_holidays_are_not(calendar_2022, day, is_worked):
    assert calendar.is_working_day(date.fromisoformat(day)) is is_worked


def test_the_seed_holds_2018_to_2026(system):
    assert load_calendar(by=system) == list(range(2018, 2027))
    assert [calendar.is_loaded(year) for year in (2017, 2018, 2026, 2027)] == [False, True, True, False]
    assert load_calendar(by=system) == []


def test_a_year_that_is_not_loaded_falls_back_to_monday_to_friday(db):
    assert calendar.is_working_day(date(2027, 10, 1))
    assert not calendar.is_working_day(date(2027, 10, 2))


def test_asking_for_a_year_of_days_takes_one_query(calendar_2022, django_assert_num_queries):
    with django_assert_num_queries(1):
        days = calendar.around(date(2022, 6, 1))
        assert sum(days.is_working_day(date(2022, 10, n)) for n in range(1, 32)) == 18


def test_a_changed_day_holds_at_once_and_is_not_overwritten_by_the_seed(calendar_2022, system):
    change_day(day=date(2022, 3, 8), is_working=False, name="全县活动日", reason="县政府通知", by=system)
    load_calendar(by=system)
    assert not calendar.is_working_day(date(2022, 3, 8))
    entry = AuditEntry.objects.get(action="programmes.edit_calendar")
    assert (entry.before, entry.after) == (
        {"日期性质": "工作日", "说明": ""},
        {"日期性质": "休息日", "说明": "全县活动日"},
    )
    assert entry.reason == "县政府通知"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": "  "}, "没有写修改理由"),
        ({"day": date(2030, 3, 8)}, "2030年的工作日历还没有载入"),
        ({"is_working": True, "name": ""}, "已经是这样"),
    ],
)
def test_a_day_is_not_changed_without_a_reason_or_a_year_or_a_difference(calendar_2022, system, change, sentence):
    asked = {"day": date(2022, 3, 8), "is_working": False, "name": "活动", "reason": "通知"} | change
    with pytest.raises(CalendarError, match=sentence):
        change_day(**asked, by=system)
    assert not CalendarDay.objects.filter(is_edited=True).exists()


def test_a_new_year_is_typed_from_its_notice(system):
    open_year(
        year=2027,
        source="国务院办公厅通知",
        days_off="2027-01-01 至 2027-01-03 元旦\n2027年10月1日至2027年10月7日 国庆节\n",
        make_up_days="2027/10/9 国庆节补班",
        by=system,
    )
    assert not calendar.is_working_day(date(2027, 10, 1))
    assert calendar.is_working_day(date(2027, 10, 9))
    assert CalendarDay.objects.get(day="2027-10-07").name == "国庆节"
    assert CalendarDay.objects.filter(year__year=2027).count() == 365


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"days_off": "国庆七天"}, "第 1 行“国庆七天”看不懂"),
        ({"days_off": "2027-02-30 春节"}, "日期不存在"),
        ({"days_off": "2026-10-01 国庆节"}, "不在 2027 年"),
        ({"days_off": "2027-10-07 至 2027-10-01 国庆节"}, "结束日期早于开始日期"),
        ({"days_off": ""}, "没有写放假日期"),
        ({"make_up_days": "2027-10-02 补班"}, "既写成放假又写成上班"),
        ({"make_up_days": "2027-10-11 补班"}, "本来就是工作日"),
    ],
)
def test_a_wrong_notice_is_refused_with_the_line_at_fault(system, typed, sentence):
    right = {"days_off": "2027-10-01 至 2027-10-07 国庆节", "make_up_days": "2027-10-09 补班"}
    with pytest.raises(CalendarError, match=sentence):
        open_year(year=2027, source="通知", by=system, **(right | typed))
    assert not CalendarYear.objects.filter(year=2027).exists()
