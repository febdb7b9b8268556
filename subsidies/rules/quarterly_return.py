"""The quarterly return as pure arithmetic: cash by payment date beside what is due, and when it is late.

Zezhou plan 2022, 五（二） last paragraph; Z-RPT-1, Z-RPT-2; contract.md 5; invariant I19.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from common.periods import Quarter
from programmes.rules.deadlines import CALENDAR_DAY, IsWorkingDay, Rule, due_on, late_days, next_working_day, remind_on

ZERO = Decimal("0.00")
CENTRE = "county_centre"


class CashLine(NamedTuple):
    """One ledger entry as the return sorts it: its day, its signed amount in yuan, and what it is about."""

    day: date
    amount: Decimal
    about: str  # received, returned, remitted, duty_pay, case_subsidy


@dataclass(frozen=True)
class Cash:
    """The special fund's quarter by payment date: opening + received + returned − remitted − paid = closing. Yuan."""

    opening: Decimal
    received: Decimal
    returned: Decimal
    remitted: Decimal
    duty_pay: Decimal
    case_subsidy: Decimal

    @property
    def paid(self) -> Decimal:
        return self.duty_pay + self.case_subsidy

    @property
    def closing(self) -> Decimal:
        return self.opening + self.received + self.returned - self.remitted - self.paid

    @property
    def execution(self) -> Decimal | None:
        """Paid of what there was to pay from (执行率), in per cent with one decimal; None without money."""
        available = self.opening + self.received + self.returned - self.remitted
        return percent(self.paid, available)


OUTGOING = ("remitted", "duty_pay", "case_subsidy")


def cash_of(opening: Decimal, lines: Iterable[CashLine]) -> Cash:
    """Sort a quarter's ledger lines. A reversal stands where what it reverses stood, with the other sign."""
    sums = dict.fromkeys(("received", "returned", *OUTGOING), ZERO)
    for line in lines:
        sums[line.about] += -line.amount if line.about in OUTGOING else line.amount
    return Cash(opening=opening, **sums)


class DutyMonth(NamedTuple):
    """One duty month: what the rules make due at the centre and at the townships, and what was paid of it. Yuan."""

    month: str
    county_centre: Decimal
    township_stations: Decimal
    paid: Decimal
    status: str | None

    @property
    def due(self) -> Decimal:
        return self.county_centre + self.township_stations


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """With one decimal, half up; None without a whole."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def satisfaction(rated: int, dissatisfied: int) -> Decimal | None:
    """1 − 不满意 / rated, in per cent with one decimal; None without a rating. Z-CON-3, reading D20."""
    return percent(rated - dissatisfied, rated)


@dataclass(frozen=True)
class ReturnDays:
    """When a quarter's return is due: the 15th, the last working day before it, the last day on which it is not late."""

    due_on: date
    remind_on: date
    late_after: date

    def late_days(self, sent: date) -> int:
        """Days after the last day on which it was in time; 0 when in time. Reading D22: the 15th on a holiday moves on."""
        return late_days(self.late_after, sent)


def return_days(quarter: Quarter, days: int, is_working_day: IsWorkingDay) -> ReturnDays:
    """Z-RPT-1: within so many days after the quarter; a last day on a day off is late only after the next working day."""
    due = due_on(quarter.last, Rule(days, CALENDAR_DAY), is_working_day)
    return ReturnDays(due, remind_on(due, is_working_day), next_working_day(due, is_working_day))
