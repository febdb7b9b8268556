"""Counting time, by the worked examples of deadlines.toml and by what must hold for every date."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.rules.calendar_file import read_calendars
from programmes.rules.deadlines import HOUR, WORKING_DAY, Rule, due_at, due_on, late_days, next_working_day, remind_on
from programmes.rules.workdays import WorkingCalendar
from programmes.services.calendars import SHIPPED

EXAMPLES = tomllib.loads((Path(__file__).parent / "deadlines.toml").read_text(encoding="utf-8"))
YEARS = read_calendars(SHIPPED.read_text(encoding="utf-8"))
CALENDAR = WorkingCalendar({day.day: day.is_working for year in YEARS for day in year.days})
worked = CALENDAR.is_working_day
days = st.dates(date(2018, 1, 1), date(2026, 10, 31))


def named(rows):
    return pytest.mark.parametrize("example", rows, ids=[row["name"] for row in rows])


@pytest.mark.rule("Z-FUND-1")
@named(EXAMPLES["example"])
def test_a_limit_ends_on_the_day_of_the_worked_example(example):
    rule = Rule(example["amount"], example["unit"], example.get("roll", False))
    assert due_on(example["start"], rule, worked) == example["due"]


@pytest.mark.rule("Z-RPT-1")
@named(EXAMPLES["report"])
def test_a_quarters_report_is_due_on_the_fifteenth_and_late_only_after_the_next_working_day(example):
    due = due_on(example["quarter_end"], Rule(15), worked)
    assert (due, remind_on(due, worked), next_working_day(due, worked)) == (
        example["due"],
        example["remind"],
        example["late_after"],
    )


@named(EXAMPLES["deliverable"])
def test_people_are_reminded_on_the_last_working_day(example):
    assert remind_on(example["due"], worked) == example["remind"]


def test_a_limit_in_hours_runs_over_a_holiday():
    eve = datetime(2022, 1, 30, 17, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert due_at(eve, Rule(24, HOUR)) == eve + timedelta(hours=24)


def test_hours_and_days_are_not_mixed_up():
    with pytest.raises(ValueError, match="到期时刻"):
        due_on(date(2022, 3, 1), Rule(24, HOUR), worked)
    with pytest.raises(ValueError, match="以小时计算"):
        due_at(datetime(2022, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai")), Rule(7))


def test_days_of_supplementing_papers_do_not_count():
    assert due_on(date(2022, 3, 1), Rule(7), worked, suspended_days=5) == date(2022, 3, 13)


@pytest.mark.parametrize(("met", "late"), [(date(2022, 3, 8), 0), (date(2022, 3, 7), 0), (date(2022, 3, 10), 2)])
def test_late_days_begin_after_the_due_day(met, late):
    assert late_days(date(2022, 3, 8), met) == late


@given(days, st.integers(1, 30))
def test_working_days_lie_between_start_and_due_day(start, amount):
    due = due_on(start, Rule(amount, WORKING_DAY), worked)
    assert worked(due)
    assert len(CALENDAR.working_days(start + timedelta(days=1), due)) == amount


@given(days, days, st.integers(1, 30))
def test_who_starts_later_is_never_due_earlier(one, other, amount):
    rule = Rule(amount, WORKING_DAY)
    first, second = sorted([one, other])
    assert due_on(first, rule, worked) <= due_on(second, rule, worked)


@given(days, st.integers(1, 30))
def test_a_longer_limit_never_ends_earlier(start, amount):
    for unit in ("calendar_day", WORKING_DAY):
        assert due_on(start, Rule(amount, unit, True), worked) <= due_on(start, Rule(amount + 1, unit, True), worked)


@given(days, st.integers(1, 30))
def test_rolling_over_holidays_ends_on_a_working_day_and_never_earlier(start, amount):
    plain, rolled = due_on(start, Rule(amount), worked), due_on(start, Rule(amount, roll_on_holiday=True), worked)
    assert worked(rolled)
    assert rolled >= plain
    assert not CALENDAR.working_days(plain, rolled - timedelta(days=1))
