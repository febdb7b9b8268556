"""Counting time limits. domain.md §3.0, §9.4; Civil Code arts. 201, 203; Criminal Procedure Law art. 105."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

CALENDAR_DAY, WORKING_DAY, HOUR = "calendar_day", "working_day", "hour"
UNITS = (CALENDAR_DAY, WORKING_DAY, HOUR)
ONE_DAY = timedelta(days=1)

IsWorkingDay = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """A time limit: so many calendar days, working days or hours, and whether a last day on a holiday moves on."""

    amount: int
    unit: str = CALENDAR_DAY
    roll_on_holiday: bool = False


def due_on(start: date, rule: Rule, is_working_day: IsWorkingDay, *, suspended_days: int = 0) -> date:
    """The last day on which the act is in time.

    The first day is not counted (Civil Code art. 201). Working days are those of the State Council's calendar.
    With `roll_on_holiday` a last day on a day off moves to the next working day (art. 203; a make-up Saturday
    counts as a working day). `suspended_days` (supplementing papers, remote co-operation) do not count and are
    added in the rule's own unit. Raises ValueError for a limit in hours: use `due_at`.
    """
    if rule.unit == HOUR:
        raise ValueError("以小时计算的期限没有到期日，只有到期时刻。")
    days = rule.amount + suspended_days
    if rule.unit == WORKING_DAY:
        return _after_working_days(start, days, is_working_day)
    day = start + days * ONE_DAY
    return next_working_day(day, is_working_day) if rule.roll_on_holiday else day


def due_at(start: datetime, rule: Rule) -> datetime:
    """The last instant of a limit in hours. Clock hours, no extension over holidays (Legal Aid Law art. 39)."""
    if rule.unit != HOUR:
        raise ValueError("只有以小时计算的期限才有到期时刻。")
    return start + timedelta(hours=rule.amount)


def next_working_day(day: date, is_working_day: IsWorkingDay) -> date:
    """The day itself if it is worked, else the next that is. Reading D22: late only after this day."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def remind_on(due: date, is_working_day: IsWorkingDay) -> date:
    """The last working day on or before the due day. Reading D22: remind people then."""
    while not is_working_day(due):
        due -= ONE_DAY
    return due


def late_days(due: date, met: date) -> int:
    """Calendar days by which the act came late; 0 when in time."""
    return max(0, (met - due).days)


def _after_working_days(start: date, days: int, is_working_day: IsWorkingDay) -> date:
    day = start
    while days > 0:
        day += ONE_DAY
        days -= is_working_day(day)
    return next_working_day(day, is_working_day)
