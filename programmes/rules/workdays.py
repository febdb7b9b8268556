"""Working days as the State Council's yearly notice gives them. domain.md §7.1."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
SATURDAY = 5


def is_weekday(day: date) -> bool:
    """Monday to Friday: what we fall back to for a year whose notice is not loaded."""
    return day.weekday() < SATURDAY


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days are worked. Days it does not know are judged Monday to Friday."""

    days: Mapping[date, bool] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        known = self.days.get(day)
        return is_weekday(day) if known is None else known

    def working_days(self, first: date, last: date) -> list[date]:
        """The working days from first to last, both included."""
        span = (last - first).days + 1
        return [day for n in range(span) if self.is_working_day(day := first + n * ONE_DAY)]

    def on_or_after(self, day: date) -> date:
        """The day itself if it is worked, else the next that is. Civil Code art. 203."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def on_or_before(self, day: date) -> date:
        """The day itself if it is worked, else the last one before it: when to remind people."""
        while not self.is_working_day(day):
            day -= ONE_DAY
        return day
