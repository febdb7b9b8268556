"""The year's settlement of a fund, and the performance of the special fund against the plan. F34, F35; plan 三（二）, 五（二）.

Pure: figures in, rows out. Where the plan sets no target none is invented.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class YearOfFund:
    """One fund's year by payment date, in yuan: what came over, what came and went, what is carried over."""

    kind: str
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
    def carried_over(self) -> Decimal:
        return self.opening + self.received + self.returned - self.remitted - self.paid


@dataclass(frozen=True)
class Indicator:
    """One line of the performance tables: what, of how much, how much until now. A share is in per cent.

    `target` is None where the plan sets none. `reason` is what people wrote about a line that is short of its target.
    """

    code: str
    dimension: str
    name: str
    unit: str
    clause: str
    target: Decimal | None
    actual: Decimal | None
    time_percent: Decimal | None = None
    reason: str = ""

    @property
    def percent(self) -> Decimal | None:
        """How much of the target is reached, with one decimal."""
        if not self.target or self.actual is None:
            return None
        return (self.actual * HUNDRED / self.target).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def is_reached(self) -> bool | None:
        if self.target is None or self.actual is None:
            return None
        return self.actual >= self.target

    @property
    def is_behind(self) -> bool:
        """During the year: behind the share of the year's working days that has passed (Z-CON-2); a rate: below its target."""
        if self.percent is None:
            return False
        return self.percent < (self.time_percent if self.time_percent is not None else HUNDRED)


def rate(part: int, whole: int) -> Decimal | None:
    """A share in per cent with one decimal; None of nothing."""
    return (Decimal(part) * HUNDRED / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None
