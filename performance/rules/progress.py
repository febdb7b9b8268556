"""Targets against results as pure arithmetic: done, pace, satisfaction, rank. Annex 1; Z-CON-2, Z-CON-3; F12."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")


def percent(part: int, whole: int) -> Decimal | None:
    """With one decimal, half up; None without a whole."""
    return exact(part, whole).quantize(TENTH, ROUND_HALF_UP) if whole else None


def exact(part: int, whole: int) -> Decimal:
    return Decimal(part) * 100 / Decimal(whole)


@dataclass(frozen=True)
class Time:
    """The time line: working days passed of the plan year's working days. Z-CON-2."""

    passed: int
    whole: int

    @property
    def percent(self) -> Decimal:
        return percent(self.passed, self.whole) or Decimal("0.0")

    def pace(self, done: int, target: int) -> Decimal | None:
        """时序进度差: how far done runs ahead of time, in percentage points; behind is negative. None without a target."""
        if not target:
            return None
        ahead = exact(done, target) - (exact(self.passed, self.whole) if self.whole else 0)
        return ahead.quantize(TENTH, ROUND_HALF_UP)


@dataclass(frozen=True)
class Counts:
    """What was counted at one unit: its target, in the period, since the year began, and the ratings of the year."""

    target: int
    in_period: int
    done: int
    rated: int
    dissatisfied: int
    basic: int = 0

    @property
    def satisfaction(self) -> Decimal | None:
        """1 − 不满意 / rated; None without a rating. Z-CON-3, reading D20."""
        return percent(self.rated - self.dissatisfied, self.rated)

    @property
    def strict(self) -> Decimal | None:
        """Very satisfied and satisfied of all rated."""
        return percent(self.rated - self.dissatisfied - self.basic, self.rated)

    @property
    def response(self) -> Decimal | None:
        """评价率: rated of all that were served."""
        return percent(self.rated, self.done)


def pooled(rows: Iterable[Counts]) -> Counts:
    """The county: pooled counts, never the mean of the stations' rates. Z-CON-3."""
    rows = list(rows)
    names = ("target", "in_period", "done", "rated", "dissatisfied", "basic")
    return Counts(*(sum(getattr(row, name) for row in rows) for name in names))


def mean_satisfaction(rows: Iterable[Counts]) -> Decimal | None:
    """The mean of the stations' own rates, shown beside the pooled one. Z-CON-3."""
    rates = [exact(row.rated - row.dissatisfied, row.rated) for row in rows if row.rated]
    return (sum(rates, Decimal(0)) / len(rates)).quantize(TENTH, ROUND_HALF_UP) if rates else None


def ranks(rows: Sequence[Counts]) -> list[int | None]:
    """排名 by the share done, the highest first. Equal shares share a rank, the next is left out; no target, no rank."""
    shares = [exact(row.done, row.target) if row.target else None for row in rows]
    known = sorted((share for share in shares if share is not None), reverse=True)
    return [None if share is None else known.index(share) + 1 for share in shares]
