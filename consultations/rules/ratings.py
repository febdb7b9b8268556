"""Rates of satisfaction and the codes people type. Z-CON-3, reading D20; domain.md 1.12. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import mean

# A slip is taken home and answered with a grandchild's help; after two weeks nobody remembers the talk.
VALID_DAYS = 15
CODE_DIGITS = 8
LONGEST_WORDS = 500
# From which share of one device a station's ratings are looked at; from how many on, signals.toml says.
SHARE_FOR_A_SIGNAL = 0.8
# On the station's own screen all ratings share a device: that says nothing.
SCREEN = "screen"


def digits_of(typed: str) -> str:
    """The digits of a code as somebody typed it: blanks, dashes and full-width digits do not matter."""
    return "".join(str(int(char)) for char in typed if char.isdecimal())


def grouped(code: str) -> str:
    """A code as it is printed: 1234 5678."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


@dataclass(frozen=True)
class Tally:
    """How many consultations, and how many of each of the four words."""

    asked: int = 0
    very_satisfied: int = 0
    satisfied: int = 0
    basic: int = 0
    dissatisfied: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.asked + other.asked,
            self.very_satisfied + other.very_satisfied,
            self.satisfied + other.satisfied,
            self.basic + other.basic,
            self.dissatisfied + other.dissatisfied,
        )

    @property
    def rated(self) -> int:
        return self.very_satisfied + self.satisfied + self.basic + self.dissatisfied

    @property
    def response(self) -> float | None:
        """Rated of all consultations, in per cent; None without a consultation."""
        return 100 * self.rated / self.asked if self.asked else None

    @property
    def satisfaction(self) -> float | None:
        """1 − 不满意 / rated, in per cent (Z-CON-3, reading D20); None without a rating."""
        return 100 * (self.rated - self.dissatisfied) / self.rated if self.rated else None

    @property
    def strict(self) -> float | None:
        """(非常满意 + 满意) / rated, in per cent; None without a rating."""
        return 100 * (self.very_satisfied + self.satisfied) / self.rated if self.rated else None


def pooled(tallies: Iterable[Tally]) -> Tally:
    """The county: counts added up, not rates averaged (Z-CON-3)."""
    return sum(tallies, Tally())


def mean_of(rates: Iterable[float | None]) -> float | None:
    """The plain mean of the stations' rates, those without a rating left out; shown beside the pooled rate."""
    known = [rate for rate in rates if rate is not None]
    return mean(known) if known else None
