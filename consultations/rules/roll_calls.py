"""Who is to be called on today: a random draw in which stations that were seldom checked hold more tickets. Pure.

Anybody can repeat it: the same shifts, tickets and seed give the same order, whatever the order of the rows. Z-DED-4.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

# One more ticket for each ten days without a check, at most ten. A station never checked holds ten.
DAYS_A_TICKET = 10
MOST_TICKETS = 10


@dataclass(frozen=True)
class Candidate:
    """A shift that could be called on; `unchecked`: days since its station was last called on, None for never."""

    shift: int
    station: int
    unchecked: int | None

    @property
    def tickets(self) -> int:
        if self.unchecked is None:
            return MOST_TICKETS
        return min(1 + max(self.unchecked, 0) // DAYS_A_TICKET, MOST_TICKETS)


def place(seed: str, candidate: Candidate) -> str:
    """The best of the shift's tickets: the lowest digest of 种子:班次:第几签."""
    return min(hashlib.sha256(f"{seed}:{candidate.shift}:{n}".encode()).hexdigest() for n in range(candidate.tickets))


def draw(candidates: Iterable[Candidate], count: int, seed: str) -> list[Candidate]:
    """So many shifts in the order in which they came out. A station comes twice only when every other one has come once."""
    ordered = sorted(candidates, key=lambda each: (place(seed, each), each.shift))
    first: dict[int, Candidate] = {}
    for each in ordered:
        first.setdefault(each.station, each)
    again = [each for each in ordered if first[each.station] is not each]
    return [*first.values(), *again][: max(count, 0)]
