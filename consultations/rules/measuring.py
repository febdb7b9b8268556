"""How good a proposal is, as one whole number: the smaller the better. Pure.

A yuan of fairness and a weekday of comfort cannot be added up truthfully, so the weights only say what comes before what: no gap
that would forbid publishing, no gap at all, turns even, pay even, days off even, wishes, and last what is usual. Each
step of one weight is larger than what the next ones can give and take in an ordinary month.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from consultations.rules.proposing import Slot, Task

# A turn nobody serves, and what is added where the plan forbids publishing without it. Z-ROS-1, Z-ROS-3.
OPEN = 1_000_000
FORBIDS = 2_000_000
# Times the square of a person's turns: one hand-over from five to three saves 2,000.
TURNS = 1_000
# Times the square of a person's pay, counted in the dearest turn. Public servants are not paid (Z-DUTY-2).
PAY = 180
# Times the square of a person's turns on days that are no weekdays (make-up days of the calendar).
WEEKENDS = 30
# A weekday she would rather not; one that is not among those she likes.
AVOIDED = 40
NOT_LIKED = 8
# A weekly turn on a Saturday or Sunday; on another weekday than the station's usual one.
WEEKEND_TURN = 10
UNUSUAL = 4
# Somebody who has not served at the station before; each turn she had in the two months before.
NEW_PLACE = 2
RECENT = 2
MOST_RECENT = 10


@dataclass(frozen=True)
class Ruler:
    """Measures every choice for one task; the solver asks it for the price of each part."""

    task: Task

    @cached_property
    def dearest(self) -> int:
        return max((station.rate for station in self.task.facts.stations), default=0)

    def missing(self, slot: Slot) -> int:
        """The price of leaving a slot open."""
        return OPEN + (FORBIDS if slot.station.must else 0)

    def bare(self) -> dict[int, list[int]]:
        """Stations that would have no turn at all in the month, with the numbers of their slots. FORBIDS each."""
        facts = self.task.facts
        served = {shift.station_id for shift in self.task.kept if shift.day in facts.month}
        found: dict[int, list[int]] = {}
        for n, slot in enumerate(self.task.slots):
            station = slot.station
            if station.least and not station.must and station.policy and station.id not in served:
                found.setdefault(station.id, []).append(n)
        return found

    def turn(self, slot: Slot, day: date, person: int) -> int:
        """The price of one turn by itself."""
        found, weekday = self.task.facts.people[person], day.weekday()
        price = RECENT * min(found.recent, MOST_RECENT)
        if weekday in found.wish.avoided:
            price += AVOIDED
        elif found.wish.liked and weekday not in found.wish.liked:
            price += NOT_LIKED
        if len(slot.days) > 1:
            price += WEEKEND_TURN if weekday > 4 else 0
            price += UNUSUAL if weekday != self.usual(slot) else 0
        if not self.task.known[slot.station.id, person]:
            price += NEW_PLACE
        return price

    def usual(self, slot: Slot) -> int:
        """The station's usual weekday; stations without a habit are spread over the week in their order."""
        if slot.usual is not None:
            return slot.usual
        return self._order[slot.station.id] % 5

    @cached_property
    def _order(self) -> dict[int, int]:
        return {station.id: place for place, station in enumerate(self.task.facts.stations)}

    def rate(self, slot: Slot, person: int) -> int:
        """What a turn pays somebody, in fen."""
        return 0 if self.task.facts.people[person].is_unpaid else slot.station.rate

    def share(self, turns: int, pay: int) -> int:
        """The price of one person's month: her turns and her pay (fen), standing ones included."""
        return TURNS * turns * turns + (round(PAY * (pay / self.dearest) ** 2) if self.dearest else 0)

    def paid(self) -> Counter:
        """What the standing turns of the month pay each person, in fen."""
        facts, pay = self.task.facts, Counter[int]()
        for shift in self.task.kept:
            station, person = facts.by_id.get(shift.station_id), facts.people.get(shift.person_id)
            if shift.day in facts.month and station and person and not person.is_unpaid:
                pay[shift.person_id] += station.rate
        return pay

    def weekends(self) -> Counter:
        """Everybody's standing turns on Saturdays and Sundays of the month."""
        facts = self.task.facts
        return Counter(shift.person_id for shift in self.task.kept if shift.day in facts.month and shift.day.weekday() > 4)

    def price(self, choice: Iterable[tuple[int, date, int]]) -> int:
        """The whole price of a choice."""
        chosen = list(choice)
        taken = {n for n, _, _ in chosen}
        slots = self.task.slots
        total = sum(self.missing(slot) for n, slot in enumerate(slots) if n not in taken)
        total += sum(FORBIDS for numbers in self.bare().values() if taken.isdisjoint(numbers))
        turns, pay, weekends = Counter(self.task.turns), self.paid(), self.weekends()
        for n, day, person in chosen:
            total += self.turn(slots[n], day, person)
            turns[person] += 1
            pay[person] += self.rate(slots[n], person)
            weekends[person] += day.weekday() > 4
        total += sum(self.share(turns[person], pay[person]) for person in self.task.people)
        return total + sum(WEEKENDS * weekends[person] ** 2 for person in self.task.people)
