"""Is this day worked? Asked by every floor above. domain.md §7.1.

Each function is one query. Whoever asks for many days takes `between(first, last)` once and asks that.
For a year that is not loaded Monday to Friday is assumed, and every page says so (`programmes.context`).
"""

from datetime import date

from programmes.models import CalendarDay, CalendarYear
from programmes.rules.workdays import WorkingCalendar, is_weekday


def is_working_day(day: date) -> bool:
    """Whether the day is worked by the State Council's notice of its year."""
    known = CalendarDay.objects.filter(day=day).values_list("is_working", flat=True).first()
    return is_weekday(day) if known is None else known


def between(first: date, last: date) -> WorkingCalendar:
    """The days from first to last, both included, to be asked without further queries."""
    return WorkingCalendar(dict(CalendarDay.objects.between(first, last).values_list("day", "is_working")))


def around(day: date) -> WorkingCalendar:
    """The days of the day's own year and of its neighbours: enough for any time limit."""
    return between(date(day.year - 1, 1, 1), date(day.year + 1, 12, 31))


def working_days(first: date, last: date) -> list[date]:
    """The working days from first to last, both included."""
    return between(first, last).working_days(first, last)


def is_loaded(year: int) -> bool:
    """Whether the notice of that year has been loaded."""
    return CalendarYear.objects.filter(year=year).exists()
