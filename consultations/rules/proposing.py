"""A fair month, proposed: what is missing, who could take it, and a first answer. Pure and deterministic.

The answer here is greedy: the slot with the fewest people left first, then local improvement of the loads; `drawing` betters
it with a solver. Nobody is proposed twice on one day, on leave, or beyond the turns she wished for, and nothing that was planned
already is touched. Plan 四（一）4 (Z-ROS-1…5), 三（一）(Z-DUTY-3).
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

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
class Task:
    """What is to be filled, with whom. `kept` are the shifts that stand, the neighbouring days' too; `most` limits everybody's
    turns in the month, the standing ones included, and her own wish may limit them further."""

    facts: MonthFacts
    kept: tuple[PlannedShift, ...]
    slots: tuple[Slot, ...]
    people: tuple[int, ...]
    most: int | None = None

    @cached_property
    def turns(self) -> Counter:
        """Everybody's standing turns in the month."""
        return Counter(shift.person_id for shift in self.kept if shift.day in self.facts.month)

    @cached_property
    def busy(self) -> frozenset:
        """Who stands in the plan on which day already."""
        return frozenset((shift.person_id, shift.day) for shift in self.kept)

    @cached_property
    def known(self) -> Counter:
        """How often who stands in the plan of which station: they know each other."""
        return Counter((shift.station_id, shift.person_id) for shift in self.kept)

    def options(self, slot: Slot) -> list[tuple[date, int]]:
        """Every day and person that could serve a slot, were nothing else proposed."""
        people = [person for person in self.people if self.room(person)]
        return [
            (day, person)
            for day in slot.days
            for person in people
            if (person, day) not in self.busy and self.can_serve(person, slot.station.id, day)
        ]

    @cached_property
    def _places(self) -> dict[tuple[int, date], frozenset | None]:
        """Where everybody may serve on which day: no entry for nowhere, None for everywhere."""
        places: dict[tuple[int, date], frozenset | None] = {}
        for person in self.people:
            found = self.facts.people[person]
            for day in self.facts.month.days():
                if found.is_on_leave(day) or not (stays := found.stays_on(day)):
                    continue
                everywhere = any(not stay.stations for stay in stays)
                places[person, day] = None if everywhere else frozenset().union(*(stay.stations for stay in stays))
        return places

    def can_serve(self, person: int, station_id: int, day: date) -> bool:
        """In the pool for that station on that day, and not on leave."""
        allowed = self._places.get((person, day), frozenset())
        return allowed is None or station_id in allowed

    @cached_property
    def limits(self) -> dict[int, int]:
        """The most turns of each in this month: everybody's limit or her own wish, whichever is less."""
        days = len(self.facts.month.days())
        given = {person: [self.most, self.facts.people[person].wish.most] for person in self.people}
        return {person: min((each for each in limits if each is not None), default=days) for person, limits in given.items()}

    def room(self, person: int) -> int:
        """How many more turns she could take at most."""
        return max(0, self.limits[person] - self.turns[person])

    def shift(self, n: int, day: date, person: int) -> PlannedShift:
        """Slot number `n` served by somebody on a day, at the station's own hours."""
        station = self.slots[n].station
        return PlannedShift(station.id, person, day, station.opens_at, station.closes_at, station.lunch_minutes)


# Which slot is served on which day by whom: (number of the slot, day, person).
Choice = tuple[tuple[int, date, int], ...]


@dataclass(frozen=True)
class Proposal:
    """The shifts that would be added, and the turns for which nobody is free; `choice` says which shift fills which slot."""

    shifts: tuple[PlannedShift, ...]
    unfilled: tuple[Slot, ...]
    choice: Choice = ()

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
    return fill(task_of(facts, shifts, stations=stations, people=people, since=since, most=most))


def task_of(
    facts: MonthFacts,
    shifts: Iterable[PlannedShift],
    *,
    stations: Collection[int] | None = None,
    people: Collection[int] | None = None,
    since: date | None = None,
    most: int | None = None,
) -> Task:
    """What the given stations lack from a day on, and who may fill it; by default all of them."""
    kept = tuple(shifts)
    slots = [
        slot
        for station in facts.stations
        if stations is None or station.id in stations
        for slot in missing_turns(facts, station, kept, since)
    ]
    return Task(facts, kept, tuple(slots), _among(facts, people), most)


def fill(task: Task) -> Proposal:
    """The greedy answer."""
    return _Planner(task).fill()


def proposal_of(task: Task, choice: Iterable[tuple[int, date, int]]) -> Proposal:
    """A choice as shifts to add and slots left open."""
    ordered = tuple(sorted(choice))
    taken = {n for n, _, _ in ordered}
    unfilled = tuple(slot for n, slot in enumerate(task.slots) if n not in taken)
    return Proposal(tuple(task.shift(*each) for each in ordered), unfilled, ordered)


def _among(facts, people):
    return tuple(sorted(facts.people if people is None else set(people) & set(facts.people)))


def fill_days(
    facts: MonthFacts,
    shifts: Iterable[PlannedShift],
    station: StationFacts,
    days: Iterable[date],
    people: Collection[int],
) -> Proposal:
    """A turn on each of the given days at one station, the given people taking turns."""
    kept = tuple(shifts)
    taken = {shift.day for shift in kept if shift.station_id == station.id}
    slots = tuple(Slot(station, (day,)) for day in sorted(days) if day not in taken)
    return fill(Task(facts, kept, slots, _among(facts, people)))


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
    """Assigns people to slots, one slot after the other."""

    def __init__(self, task):
        self.task = task
        self.people = task.people
        self.loads = Counter(task.turns)
        self.busy = set(task.busy)
        self.stations_on = Counter(shift.day for shift in task.kept)
        self.options = [task.options(slot) for slot in task.slots]

    def fill(self) -> Proposal:
        chosen, unfilled = self._greedy()
        self._improve(chosen)
        while unfilled and self._fill_late(chosen, unfilled):
            self._improve(chosen)
        return proposal_of(self.task, [(n, day, person) for n, (day, person) in chosen.items()])

    def _greedy(self):
        """Each slot in turn, the one hardest to fill first, to whom it costs least."""
        chosen: dict = {}
        unfilled: set = set()
        slots = self.task.slots
        for n in sorted(range(len(slots)), key=lambda n: (len({person for _, person in self.options[n]}), min(slots[n].days), n)):
            if not self._fill_one(chosen, n):
                unfilled.add(n)
        return chosen, unfilled

    def _fill_one(self, chosen, n) -> bool:
        open_to = [(day, person) for day, person in self.options[n] if self._is_free(person, day)]
        if not open_to:
            return False
        day, person = min(open_to, key=lambda option: self._cost(self.task.slots[n], *option))
        self._take(person, day)
        chosen[n] = (day, person)
        return True

    def _fill_late(self, chosen, unfilled) -> bool:
        """Fill what was left open: with whom the hand-overs set free, or by moving one turn out of the way."""
        for n in sorted(unfilled):
            if self._fill_one(chosen, n) or self._make_room(chosen, n):
                unfilled.discard(n)
                return True
        return False

    def _make_room(self, chosen, n) -> bool:
        holders = {option: other for other, option in chosen.items()}
        for option in self.options[n]:
            other = holders.get(option)
            # She takes the open slot; the one she held goes to somebody else, if there is anybody.
            if other is not None and self._fill_one(chosen, other):
                chosen[n] = option
                return True
        return False

    def _is_free(self, person, day):
        return self.loads[person] < self.task.limits[person] and (person, day) not in self.busy

    def _cost(self, slot, day, person):
        """Fair first; then her wish, the station's usual day, a quiet day, and who knows the station."""
        return (
            self.loads[person],
            day.weekday() in self.task.facts.people[person].wish.avoided,
            slot.usual is not None and day.weekday() != slot.usual,
            self.stations_on[day],
            -self.task.known[slot.station.id, person],
            day,
            person,
        )

    def _take(self, person, day):
        self.loads[person] += 1
        self.busy.add((person, day))
        self.stations_on[day] += 1

    def _release(self, person, day):
        self.loads[person] -= 1
        self.busy.discard((person, day))
        self.stations_on[day] -= 1

    def _improve(self, chosen):
        """Hand turns from the busiest to the idlest who may take them, until no single hand-over evens the loads."""
        moved = True
        while moved:
            moved = False
            for n, (day, person) in sorted(chosen.items()):
                takers = [
                    other
                    for other in self.people
                    if self.loads[other] + 1 < self.loads[person]
                    and self._is_free(other, day)
                    and self.task.can_serve(other, self.task.slots[n].station.id, day)
                ]
                if takers:
                    taker = min(takers, key=lambda other: (self.loads[other], other))
                    self._release(person, day)
                    self._take(taker, day)
                    chosen[n] = (day, taker)
                    moved = True


def with_times(proposal: Proposal, starts_at, ends_at, lunch_minutes, override_reason="") -> Proposal:
    """The same proposal at other hours than the station's own."""
    return replace(
        proposal,
        shifts=tuple(
            replace(shift, starts_at=starts_at, ends_at=ends_at, lunch_minutes=lunch_minutes, override_reason=override_reason)
            for shift in proposal.shifts
        ),
    )
