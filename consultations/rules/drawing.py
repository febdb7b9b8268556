"""Drawing a month: the greedy answer at once, the solver's where there is one and it is better. Pure and deterministic."""

from dataclasses import dataclass

from consultations.rules import proposing, solving
from consultations.rules.measuring import Ruler
from consultations.rules.proposing import Proposal, Task

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
        return Drawing(task, greedy, GREEDY, False, price, price)
    return Drawing(task, proposing.proposal_of(task, found.choice), SOLVER, found.is_proven, ruler.price(found.choice), price)
