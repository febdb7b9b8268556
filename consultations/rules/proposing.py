"""A fair month, proposed: fills what is missing and never breaks a hard rule. Pure and deterministic.

Greedy by the slot with the fewest people left, then local improvement of the loads. Nobody is proposed twice on
one day, and nothing that was planned already is touched. Plan 四（一）4 (Z-ROS-1…5), 三（一）(Z-DUTY-3).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from consultations.rules.rosters import (
    INCREASED,
    REDUCED,
    WEEKLY,
    WORKDAY,
    MonthFacts,
    PlannedShift,
    StationFacts,
    is_exempt,
    short,
)


@dataclass(frozen=True)
class Slot:
    """A turn that is missing at a station, the days on which it could be served, and the weekday people are used to."""

    station: StationFacts
    days: tuple[date, ...]
    usual: int | None = None

    @property
    def label(self) -> str:
        first, last = min(self.days), max(self.days)
        return short(first) if first == last else f"{short(first)}至{short(last)}"


@dataclass(frozen=True)
class Proposal:
    """The shifts that would be added, and the turns for which nobody is free."""

    shifts: tuple[PlannedShift, ...]
    unfilled: tuple[Slot, ...]

    def loads(self) -> Counter:
        """How many of the proposed turns each person gets."""
        return Counter(shift.person_id for shift in self.shifts)


def propose_month(
    facts: MonthFacts,
    shifts: Iterable[PlannedShift],
    *,
    stations: Collection[int] | None = None,
    people: Collection[int] | None = None,
    since: date | None = None,
    most: int | None = None,
) -> Proposal:
    """Fill the gaps of the given stations with the given people, from a day on; by default all of them.

    `shifts` are those planned already, the neighbouring days' too. `most` limits a person's turns in the month, the
    planned ones included.
    """
    shifts = list(shifts)
    slots = [
        slot
        for station in facts.stations
        if stations is None or station.id in stations
        for slot in missing_turns(facts, station, shifts, since)
    ]
    return _Planner(facts, shifts, people, most).fill(slots)


def fill_days(
    facts: MonthFacts,
    shifts: Iterable[PlannedShift],
    station: StationFacts,
    days: Iterable[date],
    people: Collection[int],
) -> Proposal:
    """A turn on each of the given days at one station, the given people taking turns."""
    shifts = list(shifts)
    taken = {shift.day for shift in shifts if shift.station_id == station.id}
    return _Planner(facts, shifts, people, None).fill([Slot(station, (day,)) for day in sorted(days) if day not in taken])


def missing_turns(
    facts: MonthFacts, station: StationFacts, shifts: Iterable[PlannedShift], since: date | None = None
) -> list[Slot]:
    """The turns a station still lacks this month by its frequency. Z-ROS-1, Z-ROS-3."""
    shifts = [shift for shift in shifts if shift.station_id == station.id]
    own = {shift.day for shift in shifts}
    within = {day for day in own if day in facts.month}
    days = [day for day in facts.working_days if day not in within and (since is None or day >= since)]
    parts = []
    if station.policy == WORKDAY:
        parts = [[day] for day in days]
    elif station.policy == WEEKLY:
        parts = [[day for day in days if day in week] for week in _open_weeks(facts, own)]
    elif station.policy in (REDUCED, INCREASED) and station.times_per_month:
        parts = _even_parts(days, min(station.times_per_month - len(within), len(days)))
    parts = [part for part in parts if part]
    if not parts and not within and station.least and days:
        # The weeks at the edges may be served from next door; the month itself must still have its turn.
        parts = [days]
    usual = _usual_weekday(shifts)
    return [Slot(station, tuple(part), usual) for part in parts]


def _open_weeks(facts, own):
    return [week for week in facts.weeks if not is_exempt(week, facts.calendar) and own.isdisjoint(week.days)]


def _usual_weekday(shifts):
    """The weekday on which a station serves most often, the earlier of two; None while it has no habit."""
    counted = Counter(shift.day.weekday() for shift in shifts)
    return min(counted, key=lambda weekday: (-counted[weekday], weekday)) if counted else None


def _even_parts(days, number):
    """The days in `number` runs of nearly equal length."""
    if number <= 0:
        return []
    return [days[len(days) * n // number : len(days) * (n + 1) // number] for n in range(number)]


class _Planner:
    """Assigns people to slots."""

    def __init__(self, facts, shifts, people, most):
        self.facts, self.most = facts, most
        self.people = sorted(facts.people if people is None else set(people) & set(facts.people))
        self.loads = Counter(shift.person_id for shift in shifts if shift.day in facts.month)
        self.busy = defaultdict(set)
        for shift in shifts:
            self.busy[shift.person_id].add(shift.day)
        self.usual = Counter((shift.station_id, shift.person_id) for shift in shifts)
        self.stations_on = Counter(shift.day for shift in shifts)

    def fill(self, slots) -> Proposal:
        chosen, unfilled = self._greedy(slots)
        self._improve(chosen)
        while unfilled and self._fill_late(chosen, unfilled):
            self._improve(chosen)
        shifts = [self._shift(slot, day, person) for _, (slot, day, person) in sorted(chosen.items())]
        return Proposal(tuple(shifts), tuple(slot for _, slot in sorted(unfilled.items())))

    def _greedy(self, slots):
        """Each slot in turn, the one hardest to fill first, to whom it costs least."""
        chosen: dict = {}
        unfilled: dict = {}
        waiting = dict(enumerate(slots))
        options = {n: self._options(slot) for n, slot in waiting.items()}
        while waiting:
            n = min(waiting, key=lambda n: (len({person for _, person in options[n]}), min(waiting[n].days), n))
            slot = waiting.pop(n)
            if not self._fill_one(chosen, n, slot):
                unfilled[n] = slot
        return chosen, unfilled

    def _fill_one(self, chosen, n, slot) -> bool:
        open_to = [(day, person) for day, person in self._options(slot) if self._is_free(person, day)]
        if not open_to:
            return False
        day, person = min(open_to, key=lambda option: self._cost(slot, *option))
        self._take(person, day)
        chosen[n] = (slot, day, person)
        return True

    def _fill_late(self, chosen, unfilled) -> bool:
        """Fill what was left open: with whom the hand-overs set free, or by moving one turn out of the way."""
        for n, slot in sorted(unfilled.items()):
            if self._fill_one(chosen, n, slot) or self._make_room(chosen, n, slot):
                del unfilled[n]
                return True
        return False

    def _make_room(self, chosen, n, slot) -> bool:
        for day, person in self._options(slot):
            for other, (held, held_day, holder) in sorted(chosen.items()):
                if (held_day, holder) != (day, person):
                    continue
                # She takes the open slot; the one she held goes to somebody else, if there is anybody.
                if self._fill_one(chosen, other, held):
                    chosen[n] = (slot, day, person)
                    return True
        return False

    def _options(self, slot):
        return [
            (day, person)
            for day in slot.days
            for person in self.people
            if self.facts.people[person].may_serve(slot.station.id, day)
        ]

    def _is_free(self, person, day):
        return day not in self.busy[person] and (self.most is None or self.loads[person] < self.most)

    def _cost(self, slot, day, person):
        """Fair first; then the station's usual day, then a quiet day, then who knows the station."""
        return (
            self.loads[person],
            slot.usual is not None and day.weekday() != slot.usual,
            self.stations_on[day],
            -self.usual[slot.station.id, person],
            day,
            person,
        )

    def _take(self, person, day):
        self.loads[person] += 1
        self.busy[person].add(day)
        self.stations_on[day] += 1

    def _release(self, person, day):
        self.loads[person] -= 1
        self.busy[person].discard(day)
        self.stations_on[day] -= 1

    def _improve(self, chosen):
        """Hand turns from the busiest to the idlest who may take them, until no single hand-over evens the loads."""
        moved = True
        while moved:
            moved = False
            for n, (slot, day, person) in sorted(chosen.items()):
                takers = [
                    other
                    for other in self.people
                    if self.loads[other] + 1 < self.loads[person]
                    and self.facts.people[other].may_serve(slot.station.id, day)
                    and self._is_free(other, day)
                ]
                if takers:
                    taker = min(takers, key=lambda other: (self.loads[other], other))
                    self._release(person, day)
                    self._take(taker, day)
                    chosen[n] = (slot, day, taker)
                    moved = True

    @staticmethod
    def _shift(slot, day, person):
        station = slot.station
        return PlannedShift(station.id, person, day, station.opens_at, station.closes_at, station.lunch_minutes)


def with_times(proposal: Proposal, starts_at, ends_at, lunch_minutes, override_reason="") -> Proposal:
    """The same proposal at other hours than the station's own."""
    return replace(
        proposal,
        shifts=tuple(
            replace(shift, starts_at=starts_at, ends_at=ends_at, lunch_minutes=lunch_minutes, override_reason=override_reason)
            for shift in proposal.shifts
        ),
    )
