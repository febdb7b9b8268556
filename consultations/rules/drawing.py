"""Drawing a month: the greedy answer at once, the solver's where there is one and it is better. Pure and deterministic.

And what became of a drawing's lines since: the month may have been planned further by hand.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from consultations.rules import proposing, solving
from consultations.rules.measuring import Ruler
from consultations.rules.proposing import Proposal, Task, missing_turns
from consultations.rules.rosters import WEEKLY, WORKDAY, MonthFacts, PlannedShift

SOLVER, GREEDY = "solver", "greedy"
SECONDS = 20.0


@dataclass(frozen=True)
class Drawing:
    """A proposal, who found it, whether it is proven that none is better, and its price beside the greedy one's."""

    task: Task
    proposal: Proposal
    method: str
    is_proven: bool
    price: int
    greedy_price: int
    greedy: Proposal

    def turns(self) -> dict[int, int]:
        """Everybody's turns of the month, the standing ones included; those with none as well."""
        new = self.proposal.loads()
        return {person: self.task.turns[person] + new[person] for person in self.task.people}

    def pay(self) -> dict[int, int]:
        """What everybody's month pays, in fen."""
        ruler = Ruler(self.task)
        pay = ruler.paid()
        for n, _day, person in self.proposal.choice:
            pay[person] += ruler.rate(self.task.slots[n], person)
        return {person: pay[person] for person in self.task.people}


def draw(task: Task, *, seconds: float = SECONDS) -> Drawing:
    """The best proposal to be had in the time. Never dearer than the greedy one, and never with more slots open."""
    ruler = Ruler(task)
    greedy = proposing.fill(task)
    price = ruler.price(greedy.choice)
    found = solving.solve(task, seconds=seconds, start=greedy.choice)
    if found is None or ruler.price(found.choice) > price:
        return Drawing(task, greedy, GREEDY, False, price, price, greedy)
    best = proposing.proposal_of(task, found.choice)
    return Drawing(task, best, SOLVER, found.is_proven, ruler.price(found.choice), price, greedy)


@dataclass(frozen=True)
class Evenness:
    """How even a month is: turns and pay (yuan) of who has least and most, and turns against a wish."""

    open: int
    fewest: int
    most: int
    least_pay: int
    most_pay: int
    against_wishes: int


def evenness(drawn: Drawing) -> Evenness:
    """Among the people who could be drawn at all; pay among those who are paid."""
    task = drawn.task
    turns, pay = drawn.turns().values(), drawn.pay()
    paid = [pay[person] // 100 for person in task.people if not task.facts.people[person].is_unpaid]
    against = [1 for _, day, person in drawn.proposal.choice if day.weekday() in task.facts.people[person].wish.avoided]
    return Evenness(
        open=len(drawn.proposal.unfilled),
        fewest=min(turns, default=0),
        most=max(turns, default=0),
        least_pay=min(paid, default=0),
        most_pay=max(paid, default=0),
        against_wishes=len(against),
    )


NEW, THERE, UNNEEDED = "new", "there", "unneeded"


@dataclass(frozen=True)
class Line:
    """One shift of a drawing as it stands today; `existing` is the id of the shift that is there already."""

    shift: PlannedShift
    state: str
    existing: int | None = None

    @property
    def is_new(self) -> bool:
        return self.state == NEW


def judge(
    facts: MonthFacts, shifts: Iterable[PlannedShift], lines: Iterable[PlannedShift], released: Collection[int] = ()
) -> list[Line]:
    """What each line would still bring: a shift, nothing because it is there, or nothing because its slot was filled meanwhile."""
    now, lines = list(shifts), list(lines)
    there = {(each.station_id, each.day, each.person_id): each.id for each in now}
    kept = [each for each in now if each.id not in released]
    judged = [
        Line(line, THERE, there[line.station_id, line.day, line.person_id])
        for line in lines
        if (line.station_id, line.day, line.person_id) in there
    ]
    found = {each.shift: each for each in judged}
    # A draft that would be drawn as it is fills its slot.
    kept += [each.shift for each in judged if each.existing in released]
    for station in facts.stations:
        mine = [line for line in lines if line.station_id == station.id and line not in found]
        for line, is_needed in _needed(facts, station, kept, mine):
            found[line] = Line(line, NEW if is_needed else UNNEEDED)
    return [found.get(line, Line(line, UNNEEDED)) for line in lines]


def _needed(facts, station, kept, lines):
    """Which lines still meet an open slot: by day or week, elsewhere by their number."""
    slots = missing_turns(facts, station, kept)
    if station.policy not in (WORKDAY, WEEKLY):
        return [(line, n < len(slots)) for n, line in enumerate(lines)]
    free = list(range(len(slots)))
    answers = []
    for line in lines:
        slot = next((n for n in free if line.day in slots[n].days), None)
        if slot is not None:
            free.remove(slot)
        answers.append((line, slot is not None))
    return answers
