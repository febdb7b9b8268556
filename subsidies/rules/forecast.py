"""What a year's programme will cost: what is fixed already, duty still to come, cases still to come. domain.md 1.13, plan 五（二）."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal("0.00")
DAYS_OF_A_WEEK = 7


@dataclass(frozen=True)
class Turns:
    """Duty turns of one kind that are still to be paid, at a rate in yuan."""

    name: str
    count: int
    rate: Decimal
    clause: str = ""

    @property
    def cost(self) -> Decimal:
        return self.count * self.rate


@dataclass(frozen=True)
class Cases:
    """Cases still to be paid for: the target less those whose subsidy is fixed. Z-SUB-1."""

    count: int
    each: Decimal
    clause: str = ""

    @property
    def cost(self) -> Decimal:
        return self.count * self.each


@dataclass(frozen=True)
class Forecast:
    """The parts of a year's cost, in yuan; the total is their sum."""

    fixed: Decimal
    turns: tuple[Turns, ...]
    cases: Cases

    @property
    def duty_to_come(self) -> Decimal:
        return sum((turns.cost for turns in self.turns), ZERO)

    @property
    def total(self) -> Decimal:
        return self.fixed + self.duty_to_come + self.cases.cost


def forecast(*, fixed: Decimal, turns: Iterable[Turns], cases: Cases) -> Forecast:
    """What is fixed (reviewed sheets) plus turns to come at their rates plus cases to come at their subsidy.

    Arithmetic only: no deductions are foreseen, so that the figure is what must be kept ready at most.
    """
    return Forecast(fixed, tuple(each for each in turns if each.count), cases)


def weekly_turns(first: date, last: date) -> int:
    """Turns of a station on duty once a week over these days: whole weeks, and a started one from half on.

    52 over a year (domain.md 1.13).
    """
    days = (last - first).days + 1
    return max(0, (2 * days + DAYS_OF_A_WEEK) // (2 * DAYS_OF_A_WEEK))


def months_turns(times_per_month: int, months: int) -> int:
    """Turns of a station whose frequency was decided by the month."""
    return times_per_month * months
