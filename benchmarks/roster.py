"""Drawing rosters: the solver against greedy, in price, in time, and whether the best is proven. speed.md, goal 7.

    python -m benchmarks.roster [--seeds 20] [--counties 117] [--processes 2] [--json]

Counties are made from a seed and hold nothing of a database: a centre, sixteen townships (two of them remote, one dense, one with
market days), forty people with stays of their own, a few stations each, leaves, wishes and public servants. Exits 1 where the
solver is dearer than greedy, leaves more turns open, is not proven, or says something else the second time.
"""

import argparse
import json
import multiprocessing
import random
import statistics
import sys
import time
from datetime import date, timedelta

from benchmarks.machine import facts as machine
from common.periods import YearMonth
from consultations.rules.drawing import Drawing, draw
from consultations.rules.measuring import Ruler
from consultations.rules.proposing import Task, fill, task_of
from consultations.rules.rosters import MonthFacts, PersonFacts, PlannedShift, StationFacts, Stay, Wish
from programmes.rules.workdays import WorkingCalendar

SEED = 1
MONTH = YearMonth(2022, 3)
TOWNS, PEOPLE = 16, 40
CENTRE_RATE, TOWN_RATE = 20_000, 30_000


def county(seed: int, *, month: YearMonth = MONTH, towns: int = TOWNS, people: int = PEOPLE, planned: int = 6) -> Task:
    """One county's month to draw."""
    chance = random.Random(f"{SEED}:{seed}")
    stations = (_centre(), *(_town(number) for number in range(2, towns + 2)))
    ids = [station.id for station in stations]
    pool = {number: _person(chance, number, ids, month) for number in range(1, people + 1)}
    facts = MonthFacts(month, stations, pool, WorkingCalendar({}))
    return task_of(facts, _planned(chance, facts, planned))


def _centre():
    return StationFacts(1, "县中心", "workday", must=True, least=1, minimum=480, rate=CENTRE_RATE)


def _town(number):
    policy, times = {2: ("reduced", 2), 3: ("reduced", 2), 4: ("increased", 8)}.get(number, ("weekly", None))
    return StationFacts(number, f"{number}镇", policy, times, least=1, minimum=240, rate=TOWN_RATE)


def _person(chance, number, ids, month):
    everywhere = chance.random() < 0.5
    allowed = frozenset() if everywhere else frozenset(chance.sample(ids, min(5, len(ids))))
    since = month.first + timedelta(days=chance.choice([-300] * 9 + [9]))
    leaves = []
    if chance.random() < 0.4:
        first = month.first + timedelta(days=chance.randrange(28))
        leaves.append((first, first + timedelta(days=chance.randrange(2, 14))))
    liked = frozenset(chance.sample(range(5), 2)) if chance.random() < 0.2 else frozenset()
    avoided = frozenset({chance.randrange(5)}) - liked if chance.random() < 0.3 else frozenset()
    wish = Wish(liked, avoided, chance.choice([None] * 6 + [1, 2]))
    stays = (Stay(since, None, allowed),)
    return PersonFacts(number, f"示例{number}", stays, tuple(leaves), wish, chance.random() < 0.1, chance.randrange(8))


def _planned(chance, facts, count):
    shifts, taken = [], set()
    for _ in range(count):
        station, person = chance.choice(facts.stations), chance.choice(list(facts.people.values()))
        day: date = chance.choice(facts.working_days)
        if person.may_serve(station.id, day) and not person.is_on_leave(day) and not {(person.id, day), (station, day)} & taken:
            taken |= {(person.id, day), (station, day)}
            shifts.append(PlannedShift(station.id, person.id, day, station.opens_at, station.closes_at))
    return shifts


def run(seed: int) -> dict:
    """One county: the price of both, the time of both, whether the best is proven and the same a second time."""
    task = county(seed)
    began = time.process_time()
    greedy = fill(task)
    between = time.process_time()
    drawn = draw(task)
    ended = time.process_time()
    return {
        "seed": seed,
        "slots": len(task.slots),
        "open": [len(greedy.unfilled), len(drawn.proposal.unfilled)],
        "price": [Ruler(task).price(greedy.choice), drawn.price],
        "spread": [_spread(task, greedy), _spread(task, drawn.proposal)],
        "pay_spread": [_pay_spread(task, greedy), _pay_spread(task, drawn.proposal)],
        "is_proven": drawn.is_proven,
        "greedy_s": between - began,
        "solver_s": ended - between,
    }


def _drawing(task, proposal):
    return Drawing(task, proposal, "", False, 0, 0, proposal)


def _spread(task, proposal):
    turns = _drawing(task, proposal).turns().values()
    return max(turns) - min(turns)


def _pay_spread(task, proposal):
    pay = _drawing(task, proposal).pay()
    paid = [pay[person] for person in task.people if not task.facts.people[person].is_unpaid]
    return statistics.pstdev(paid) / 100


def same_twice(seed: int) -> bool:
    return draw(county(seed)).proposal == draw(county(seed)).proposal


def province(counties: int, processes: int) -> tuple[float, list[dict]]:
    began = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        rows = pool.map(run, range(counties), chunksize=4)
    return time.perf_counter() - began, rows


def wrong(rows) -> list[str]:
    """What no run may show."""
    found = []
    for row in rows:
        if row["price"][1] > row["price"][0] or row["open"][1] > row["open"][0]:
            found.append(f"county {row['seed']}: the solver is worse than greedy")
        if not row["is_proven"]:
            found.append(f"county {row['seed']}: not proven")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--counties", type=int, default=117)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    rows = [run(seed) for seed in range(chosen.seeds)]
    seconds, all_rows = province(chosen.counties, chosen.processes)
    problems = wrong(rows) + wrong(all_rows) + [f"county {n}: not the same twice" for n in range(3) if not same_twice(n)]
    if chosen.json:
        print(json.dumps({"machine": machine(), "county": rows, "province_s": seconds, "wrong": problems}))
    else:
        show(rows, all_rows, seconds, chosen)
        print("\n".join(problems) or "nothing wrong")
    sys.exit(bool(problems))


def show(rows, all_rows, seconds, chosen):
    print(machine())
    for name in ("greedy_s", "solver_s"):
        values = [row[name] * 1000 for row in rows]
        print(f"county month, {name[:-2]}: {statistics.median(values):.0f} [{min(values):.0f}–{max(values):.0f}] ms of computing")
    for name in ("open", "spread", "pay_spread"):
        greedy, solver = (statistics.mean(row[name][side] for row in all_rows) for side in (0, 1))
        print(f"{name}: greedy {greedy:.2f}, solver {solver:.2f} (mean of {len(all_rows)} counties)")
    better = sum(row["price"][1] < row["price"][0] for row in all_rows)
    proven = sum(row["is_proven"] for row in all_rows)
    print(
        f"{len(all_rows)} counties on {chosen.processes} processes: {seconds:.1f} s; proven {proven}, cheaper than greedy {better}"
    )


if __name__ == "__main__":
    main()
