"""Drafting duty pay: the service against `sql/duty_pay.sql`, in pairs, and whether both say the same.

    python -m benchmarks.duty_pay --scales county,province --pairs 7 [--json]

The SQL states the rules apart from the program, so it is how fast it could be and whether it is right. Each run begins with empty sheets and
ends with its commit; a year is twelve months, one after the other. Memory is the peak of a process that does nothing else.
"""

import argparse
import json
import statistics
import sys
import time
from contextlib import contextmanager
from functools import partial
from io import StringIO

from django.db import connection, transaction

from accounts.models import User
from benchmarks import gen, ground
from common import clock
from common.periods import YearMonth
from organizations.models import Region
from subsidies.services.drafting import draft_all

SQL = (ground.ROOT / "benchmarks/sql/duty_pay.sql").read_text("utf-8")
MONTH = YearMonth(gen.YEAR, 3)
YEAR = [YearMonth(gen.YEAR, number) for number in range(1, 13)]
SPANS = {"month": [MONTH], "year": YEAR}
WRITTEN = ["subsidies_payline", "subsidies_payrow", "subsidies_unsettledshift", "subsidies_paysheet", "accounts_auditentry"]

RESULTS = {
    "rows": """SELECT m.county_id, m.first, r.practitioner_id, r.name, r.category, r.shifts_served, r.rate, r.deducted, r.month_amount,
                   r.payable, r.is_month_void, r.account_id
               FROM subsidies_payrow r JOIN subsidies_paysheet s ON s.id = r.sheet_id JOIN programmes_month m ON m.id = s.month_id
               ORDER BY 1, 2, 3""",
    "lines": """SELECT m.county_id, m.first, r.practitioner_id, l.shift_id, l.kind, l.amount, l.clause, l.times, l.finding_id,
                    l.source_month_id, l.note
                FROM subsidies_payline l JOIN subsidies_payrow r ON r.id = l.row_id JOIN subsidies_paysheet s ON s.id = l.sheet_id
                JOIN programmes_month m ON m.id = s.month_id ORDER BY 1, 2, 3, 4, 5, 9""",
    "unsettled": """SELECT m.county_id, m.first, u.shift_id, u.reason FROM subsidies_unsettledshift u
                    JOIN subsidies_paysheet s ON s.id = u.sheet_id JOIN programmes_month m ON m.id = s.month_id ORDER BY 1, 2, 3""",
    "totals": """SELECT m.county_id, m.first, s.plan_id, s.total, s.status FROM subsidies_paysheet s
                 JOIN programmes_month m ON m.id = s.month_id ORDER BY 1, 2""",
}


def by_service(counties, month, by):
    draft_all(counties=counties, month=month, by=by)


@transaction.atomic
def by_sql(counties, month, by):
    with connection.cursor() as cursor:
        cursor.execute(
            SQL,
            {
                "counties": [county.pk for county in counties],
                "first": month.first,
                "last": month.last,
                "by": by.pk,
                "at": clock.now(),
            },
        )


SIDES = {"service": by_service, "sql": by_sql}


def results():
    """Everything that a run has written, as text in a fixed order: name → list of lines."""
    found = {}
    with connection.cursor() as cursor:
        for name, query in RESULTS.items():
            buffer = StringIO()
            cursor.copy_expert(f"COPY ({query}) TO STDOUT", buffer)
            found[name] = buffer.getvalue().splitlines()
    return found


def unlike(one, other):
    """Where two results differ: up to five lines of each side by kind of result; empty where they are equal."""
    found = {}
    for name in RESULTS:
        if one[name] != other[name]:
            left, right = set(one[name]), set(other[name])
            found[name] = {"service": sorted(left - right)[:5], "sql": sorted(right - left)[:5]}
    return found


def those_who_draft():
    return list(Region.objects.filter(name__startswith="测算", level="county").select_related("parent").order_by("pk"))


@contextmanager
def queries_counted():
    """Queries on Django's connection, those of cursors it does not see (COPY) excepted."""
    count = {"execute": 0}

    def counted(execute, *arguments):
        count["execute"] += 1
        return execute(*arguments)

    with connection.execute_wrapper(counted):
        yield count


def timed_run(side, database, months, counties, by):
    """(seconds by the clock, seconds computed) for one side over some months, from empty sheets to the last commit."""
    ground.empty(database, WRITTEN)
    server = ground.backend()
    computed, begun = ground.cpu_seconds(server), time.perf_counter()
    for month in months:
        SIDES[side](counties, month, by)
    return time.perf_counter() - begun, ground.cpu_seconds(server) - computed


def measure(scale, seed, span, pairs):
    database = gen.ensure(scale, seed)
    counties, by = those_who_draft(), User.objects.get(username="bench-a")
    run = partial(timed_run, database=database, months=SPANS[span], counties=counties, by=by)
    seconds, queries, said = {"service": [], "sql": []}, {}, {}
    for side in seconds:  # once to warm up, and to see whether they say the same
        with queries_counted() as count:
            run(side)
        queries[side], said[side] = count["execute"], results()
    differences = unlike(said["service"], said["sql"])
    for pair in range(pairs):
        for side in ("service", "sql") if pair % 2 else ("sql", "service"):
            seconds[side].append(run(side))
        print(
            f"  pair {pair + 1}: service {seconds['service'][-1][0]:.3f} s, SQL {seconds['sql'][-1][0]:.3f} s, "
            f"{seconds['service'][-1][0] / seconds['sql'][-1][0]:.2f}×",
            file=sys.stderr,
        )
    ground.empty(database, WRITTEN)
    return {
        "scale": scale,
        "span": span,
        "rows": {name: len(lines) for name, lines in said["service"].items()},
        "queries": queries["service"],
        "service": [wall for wall, _ in seconds["service"]],
        "sql": [wall for wall, _ in seconds["sql"]],
        "ratio": [one[0] / other[0] for one, other in zip(seconds["service"], seconds["sql"], strict=True)],
        "service_computed": [cpu for _, cpu in seconds["service"]],
        "sql_computed": [cpu for _, cpu in seconds["sql"]],
        "ratio_computed": [one[1] / other[1] for one, other in zip(seconds["service"], seconds["sql"], strict=True)],
        "equal": not differences,
        "differences": differences,
    }


def peak(scale, seed):
    """Peak memory in MB of drafting one month in a process that does nothing else, and before it."""
    ground.use(gen.database_of(scale, seed))
    counties, by = those_who_draft(), User.objects.get(username="bench-a")
    before = ground.peak_memory()
    with transaction.atomic():
        by_service(counties, MONTH, by)
        transaction.set_rollback(True)
    print(json.dumps({"before": round(before, 1), "peak": round(ground.peak_memory(), 1)}))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--scales", default="county,province", help=f"some of {', '.join(gen.SCALES)}")
    options.add_argument("--spans", default="month,year")
    options.add_argument("--pairs", type=int, default=7)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--memory-of", default="", help="scales whose month is drafted in a fresh process for its peak memory")
    options.add_argument("--json", action="store_true")
    options.add_argument("--peak", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.peak:
        peak(chosen.peak, chosen.seed)
        return
    found = {"machine": ground.machine(), "runs": [], "memory": {}}
    for scale in filter(None, chosen.scales.split(",")):
        for span in chosen.spans.split(","):
            print(f"{scale} {span}", file=sys.stderr)
            found["runs"].append(measure(scale, chosen.seed, span, chosen.pairs))
    for scale in filter(None, (chosen.memory_of or chosen.scales).split(",")):
        gen.ensure(scale, chosen.seed)
        found["memory"][scale] = ground.in_fresh_process("benchmarks.duty_pay", "--peak", scale, "--seed", str(chosen.seed))
    print(json.dumps(found, ensure_ascii=False, indent=1) if chosen.json else in_words(found))
    if not all(run["equal"] for run in found["runs"]):
        sys.exit(1)


def in_words(found):
    lines = [", ".join(f"{name} {value}" for name, value in found["machine"].items()), ""]
    for run in found["runs"]:
        rows = run["rows"]
        lines.append(
            f"{run['scale']} {run['span']}: service {ground.spread(run['service'], 3)} s, SQL {ground.spread(run['sql'], 3)} s, "
            f"ratio {ground.spread(run['ratio'])}, computed {ground.spread(run['service_computed'], 2)} s and "
            f"{ground.spread(run['sql_computed'], 2)} s, ratio {ground.spread(run['ratio_computed'])}; {rows['rows']:,} rows, {rows['lines']:,} lines, {rows['unsettled']:,} unsettled; "
            f"{run['queries']} queries; {'equal' if run['equal'] else 'NOT EQUAL'}"
        )
        for name, sides in run["differences"].items():
            lines += [f"  {name}, {side} alone: {line}" for side, alone in sides.items() for line in alone]
    for scale, memory in found["memory"].items():
        lines.append(
            f"{scale} month in a fresh process: peak {memory['peak']:.0f} MB ({memory['before']:.0f} MB before it began)"
        )
    medians = {(run["scale"], run["span"]): statistics.median(run["service"]) for run in found["runs"]}
    if ("county", "month") in medians:
        lines.append(f"one county month, the whole job, warm: {medians['county', 'month'] * 1000:.0f} ms")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
