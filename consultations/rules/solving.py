"""The best proposal there is, by HiGHS: the same answer every time, with the proof that no better one exists. Pure.

Every person's month is a point (turns, pay) of a small lattice whose convex hull stands in the model, so the linear programme is
almost always whole already; where it is not, branch and bound ends it. One thread, a fixed seed, a limit of time. Decision 60.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from consultations.rules.measuring import FORBIDS, WEEKENDS, Ruler
from consultations.rules.proposing import Choice, Task

SEED = 2022
WHOLE = 1e-6


@dataclass(frozen=True)
class Solution:
    """A choice, whether nothing cheaper exists, and the price below which nothing can be."""

    choice: Choice
    is_proven: bool
    bound: float


def is_installed() -> bool:
    """Whether the solver is there at all; the program runs without it."""
    try:
        import highspy  # noqa: F401
        import numpy  # noqa: F401
    except ImportError:
        return False
    return True


def solve(task: Task, *, seconds: float, start: Choice = ()) -> Solution | None:
    """The cheapest choice for a task, or the best found in the time; None without the solver or without an answer.

    `start` is a choice to begin from, if branching should be needed.
    """
    if not task.slots:
        return Solution((), True, 0.0)
    if not is_installed():
        return None
    return _Model(task).solve(seconds, start)


class _Model:
    """The programme: columns are possible turns, gaps, points of the lattices; rows tie them together."""

    def __init__(self, task: Task):
        self.task, self.ruler = task, Ruler(task)
        self.costs: list[float] = []
        self.upper: list[float] = []
        self.lows: list[float] = []
        self.highs: list[float] = []
        self.entries: list[list[tuple[int, float]]] = []  # of each column: (row, value)
        self.turns = [(n, day, person) for n, slot in enumerate(task.slots) for day, person in task.options(slot)]
        self._add_turns()
        self._add_gaps()
        self._add_shares()
        self._add_weekends()

    # -- building

    def _row(self, low: float, high: float) -> int:
        self.lows.append(low)
        self.highs.append(high)
        return len(self.lows) - 1

    def _column(self, cost: float, entries: list[tuple[int, float]], upper: float = 1.0) -> int:
        self.costs.append(cost)
        self.upper.append(upper)
        self.entries.append(entries)
        return len(self.costs) - 1

    def _add_turns(self):
        """Every slot is served once or left open; nobody serves twice on a day."""
        slots = self.task.slots
        self.slot_rows = [self._row(1, 1) for _ in slots]
        once: dict = {}
        for n, day, person in self.turns:
            if (person, day) not in once:
                once[person, day] = self._row(0, 1)
            self._column(self.ruler.turn(slots[n], day, person), [(self.slot_rows[n], 1), (once[person, day], 1)])

    def _add_gaps(self):
        self.gaps = [self._column(self.ruler.missing(slot), [(self.slot_rows[n], 1)]) for n, slot in enumerate(self.task.slots)]
        self.bare = {}
        for station, numbers in self.ruler.bare().items():
            # Unless one of its slots is served, the station's month is bare.
            row = self._row(-float("inf"), len(numbers) - 1)
            for n in numbers:
                self.entries[self.gaps[n]].append((row, 1))
            self.bare[station] = self._column(FORBIDS, [(row, -1)])

    def _add_shares(self):
        """Each person's month is one point of her lattice: so many turns, so much pay."""
        mine = defaultdict(list)
        for column, (_n, _day, person) in enumerate(self.turns):
            mine[person].append(column)
        paid = self.ruler.paid()
        for person, columns in sorted(mine.items()):
            turns, pay, one = self._row(0, 0), self._row(0, 0), self._row(1, 1)
            rates = set()
            for column in columns:
                rate = self.ruler.rate(self.task.slots[self.turns[column][0]], person)
                rates.add(rate)
                self.entries[column] += [(turns, 1.0), (pay, self._units(rate))]
            days = len({self.turns[column][1] for column in columns})
            for count, sums in enumerate(_sums(rates, min(self.task.room(person), days))):
                for each in sorted(sums):
                    price = self.ruler.share(self.task.turns[person] + count, paid[person] + each)
                    self._column(price, [(turns, -count), (pay, -self._units(each)), (one, 1)])

    def _units(self, fen: int) -> float:
        """Pay in hundreds of yuan: numbers of the size of the others."""
        return fen / 10_000

    def _add_weekends(self):
        mine = defaultdict(list)
        for column, (_n, day, person) in enumerate(self.turns):
            if day.weekday() > 4:
                mine[person].append((column, day))
        standing = self.ruler.weekends()
        for person, columns in sorted(mine.items()):
            row = self._row(0, 0)
            for column, _day in columns:
                self.entries[column].append((row, 1))
            for step in range(len({day for _, day in columns})):
                # The squares' differences grow, so the steps fill up in their order by themselves.
                self._column(WEEKENDS * (2 * (standing[person] + step) + 1), [(row, -1)])

    # -- solving

    def solve(self, seconds: float, start: Choice) -> Solution | None:
        import highspy

        solver = self._solver(highspy, seconds)
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            values = list(solver.getSolution().col_value)
            if all(min(value, 1 - value) < WHOLE for value in values[: len(self.turns)]):
                return Solution(self._choice(values), True, solver.getInfo().objective_function_value)
        return self._branch(highspy, seconds, start)

    def _branch(self, highspy, seconds, start) -> Solution | None:
        solver = self._solver(highspy, seconds, whole=True)
        if start:
            wanted = set(start)
            points = [column for column, turn in enumerate(self.turns) if turn in wanted]
            solver.setSolution(len(points), _array(points, "int32"), _array([1.0] * len(points), "float64"))
        solver.run()
        info = solver.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        is_proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return Solution(self._choice(list(solver.getSolution().col_value)), is_proven, info.mip_dual_bound)

    def _solver(self, highspy: Any, seconds: float, whole: bool = False):
        solver = highspy.Highs()
        # Prices are whole numbers: what lies less than one apart is the same.
        options = {
            "output_flag": False,
            "threads": 1,
            "random_seed": SEED,
            "time_limit": float(seconds),
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 0.9,
        }
        for name, value in options.items():
            solver.setOptionValue(name, value)
        solver.passModel(self._programme(highspy, whole))
        return solver

    def _programme(self, highspy, whole):
        starts, rows, values = [0], [], []
        for entries in self.entries:
            for row, value in entries:
                rows.append(row)
                values.append(value)
            starts.append(len(rows))
        programme = highspy.HighsLp()
        programme.num_col_, programme.num_row_ = len(self.costs), len(self.lows)
        programme.col_cost_ = _array(self.costs, "float64")
        programme.col_lower_ = _array([0.0] * len(self.costs), "float64")
        programme.col_upper_ = _array(self.upper, "float64")
        programme.row_lower_ = _array(self.lows, "float64")
        programme.row_upper_ = _array(self.highs, "float64")
        programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        programme.a_matrix_.start_ = _array(starts, "int32")
        programme.a_matrix_.index_ = _array(rows, "int32")
        programme.a_matrix_.value_ = _array(values, "float64")
        if whole:
            kinds = highspy.HighsVarType
            rest = len(self.costs) - len(self.turns)
            programme.integrality_ = [kinds.kInteger] * len(self.turns) + [kinds.kContinuous] * rest
        return programme

    def _choice(self, values) -> Choice:
        return tuple(sorted(turn for n, turn in enumerate(self.turns) if values[n] > 0.5))


def _sums(rates: set[int], most: int) -> list[set[int]]:
    """What 0, 1, … `most` turns can pay together."""
    sums = [{0}]
    while len(sums) <= most:
        sums.append({each + rate for each in sums[-1] for rate in rates})
    return sums


def _array(values, kind):
    import numpy

    return numpy.array(values, dtype=kind)
