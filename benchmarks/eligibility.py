"""Eligibility and money of a province's cases: the service against `sql/eligibility.sql`, in pairs, and whether both say the same.

    python -m benchmarks.eligibility --counties 117 --cases 140 --pairs 9 [--json]

The SQL states the rules apart from the program, so it is how fast it could be and whether it is right. Both sides read the same tables and
end with every case in memory: its facts, what it is due from which fund, and every reason why it is due nothing.
"""

import argparse
import gc
import json
import random
import statistics
import sys
import time
from datetime import date, timedelta

from django.db import connection, transaction

from benchmarks import gen, ground
from common.encryption import keyed_index
from common.periods import Quarter
from legalaid.models import AidCase
from organizations.models import Region
from programmes.models import Plan
from programmes.rules.vocabulary import BASES, CASE_TYPES, GROUPS, ORGANS, PROCEDURES, STAGES
from subsidies.models import CaseMark
from subsidies.services.case_figures import PlanRules, judged

SQL = (ground.ROOT / "benchmarks/sql/eligibility.sql").read_text("utf-8")
DATABASE = f"{ground.PREFIX}cases"
YEAR = Quarter(gen.YEAR, 4)


@transaction.atomic
def fill_cases(*, counties, each, seed=1):
    """Counties under the province's plan with so many marked cases each: most worth money, some lacking this or that."""
    by = gen.users_of_the_bench()[0]
    city = gen.province_with_its_plan(by)
    made = Region.objects.bulk_create([Region(level="county", name=f"测算案{n}县", parent=city) for n in range(counties)])
    dice = random.Random(seed)
    secret, index = "000000000000000000", keyed_index("bench case")
    for county in made:
        cases = AidCase.objects.bulk_create(
            [case_of(dice, county, number, by, secret, index) for number in range(each)], batch_size=2000
        )
        CaseMark.objects.bulk_create([mark_of(dice, case) for case in cases], batch_size=2000)
    return made


def case_of(dice, county, number, by, secret, index):
    """A case: nine of ten complete; of the others, whatever the dice say."""
    concluded = date(gen.YEAR, 1, 1) + timedelta(days=dice.randrange(365))
    told = {
        "primary_group": dice.choice(list(GROUPS)[:8]),
        "type": "civil_litigation",
        "source": "application",
        "stage": "first_instance",
        "basis": dice.choice(["laf_31", "laf_32", "shanxi_9"]),
        "hardship": dice.choice(["commitment", "shared_check", "exempt"]),
        "approved_on": concluded - timedelta(days=80),
        "concluded_on": concluded,
        "archived_on": concluded + timedelta(days=15),
        "quality_verified_on": concluded + timedelta(days=20),
        "quality_grade": dice.choice(["good", "good", "pass", "excellent", ""]),
        "provincial_no": f"SX{number:06}",
        "provincial_entered_on": concluded + timedelta(days=3),
    }
    in_order = {name: day for name, day in told.items() if name.endswith("_on")} | {
        "received_on": concluded - timedelta(days=90),
        "accepted_on": concluded - timedelta(days=88),
        "assigned_on": concluded - timedelta(days=78),
        "engaged_on": concluded - timedelta(days=75),
        "file_submitted_on": concluded + timedelta(days=5),
        "file_accepted_on": concluded + timedelta(days=8),
    }
    if dice.random() < 0.25:
        told |= {"source": "notice", "organ": "court", "type": "criminal_defence", "hardship": "not_applicable",
                 "basis": dice.choice(["cpl_35", "cpl_278", "laf_25_1", "laf_25_2", "full_coverage_2019_8"]),
                 "procedure": dice.choice(["ordinary", "ordinary", "summary"])}  # fmt: skip
    while dice.random() < 0.12:
        told |= dice.choice(
            [
                {"type": dice.choice(list(CASE_TYPES))},
                {"basis": dice.choice([*BASES, "not_listed"])},
                {"stage": dice.choice(list(STAGES))},
                {"organ": dice.choice(["", *ORGANS])},
                {"procedure": dice.choice(["", *PROCEDURES])},
                {"primary_group": "none", "other_groups": dice.choice([[], ["farmer"], ["left_behind_woman"]])},
                {"approved_on": dice.choice([None, date(gen.YEAR - 1, 9, 30), date(gen.YEAR - 1, 10, 1)])},
                {"concluded_on": dice.choice([None, date(gen.YEAR - 1, 12, 31), date(gen.YEAR, 12, 31)])},
                {"archived_on": None},
                {"quality_verified_on": None},
                {"quality_grade": "fail"},
                {"provincial_no": ""},
                {"is_undertaken_by_agency": True},
                {"is_history": False},
            ]
        )
    if not told.get("is_history", True):  # what was handled here has its days in order
        told |= in_order
    return AidCase(
        **{"is_history": True, "received_on": date(gen.YEAR - 1, 12, 1)} | told, county=county, state="quality_passed", number=f"测案{number:04}号", recipient="测算", id_number=secret,
        id_index=index, cause="测算", recorded_by=by, recorded_at=gen.AT,
    )  # fmt: skip


def mark_of(dice, case):
    after = (case.concluded_on or date(gen.YEAR, 6, 1)) + timedelta(days=25 + dice.randrange(10))
    standard = dice.choice(["1000.00", "800.00", "1500.00", "2200.50"])
    return CaseMark(case=case, marked_on=after, local_standard=standard, is_ordinary_subsidy_paid=dice.random() < 0.02)


def counties_of_the_bench():
    return list(Region.objects.filter(name__startswith="测算案").order_by("pk").values_list("pk", flat=True))


def rules_of(plan, counties):
    return dict.fromkeys(counties, PlanRules(plan))


def by_service(plan, counties):
    """Everything from the plan's terms on; a fresh PlanRules, so nothing is remembered from the run before."""
    return list(judged(rules_of(Plan.objects.get(pk=plan.pk), counties), until=YEAR))


def by_sql(plan, counties):
    parameters = {
        "counties": counties, "plan": plan.pk, "first": date(gen.YEAR, 1, 1), "until": YEAR.last, "from": date(gen.YEAR, 1, 1),
        "to": date(gen.YEAR, 12, 31),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SQL, parameters)
        return cursor.fetchall()


SIDES = {"service": by_service, "sql": by_sql}


def unlike(plan, counties):
    """Up to five cases of each side that the other does not say; empty where both say the same, in the same order."""
    service = [
        (case.county_id, *case.facts, case.share.place, case.special, case.operating, list(case.reasons))
        for case in by_service(plan, counties)
    ]
    sql = by_sql(plan, counties)
    if service == [tuple(row) for row in sql]:
        return []
    ours, theirs = map(repr, service), map(repr, map(tuple, sql))
    ours, theirs = set(ours), set(theirs)
    return sorted(ours - theirs)[:5] + sorted(theirs - ours)[:5] or ["the order differs"]


def timed(side, plan, counties):
    """(seconds by the clock, seconds computed by both processes)."""
    server = ground.backend()
    gc.collect()  # what the other side has left behind is not this one's
    computed, begun = ground.cpu_seconds(server), time.perf_counter()
    SIDES[side](plan, counties)
    return time.perf_counter() - begun, ground.cpu_seconds(server) - computed


def measure(counties, each, seed, pairs):
    wanted = f"eligibility {counties} {each} {seed}"
    if ground.comment_of(DATABASE) != wanted:
        ground.make(DATABASE)
        # Cases that stand at their end at once: outside of a benchmark the database refuses that.
        with ground.as_owner(DATABASE) as cursor:
            cursor.execute("ALTER TABLE legalaid_aidcase DISABLE TRIGGER begins_at_the_beginning")
            cursor.execute("ALTER TABLE legalaid_aidcase DISABLE TRIGGER beginning_is_told")
        fill_cases(counties=counties, each=each, seed=seed)
        ground.note(DATABASE, wanted)
    ground.use(DATABASE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    ids, plan = counties_of_the_bench(), Plan.objects.get(code=f"bench-{gen.YEAR}")
    differences = unlike(plan, ids)
    seconds = {"service": [], "sql": []}
    for pair in range(pairs):
        for side in ("service", "sql") if pair % 2 else ("sql", "service"):
            seconds[side].append(timed(side, plan, ids))
        one, other = seconds["service"][-1][0], seconds["sql"][-1][0]
        print(f"  pair {pair + 1}: service {one:.3f} s, SQL {other:.3f} s, {one / other:.2f}×", file=sys.stderr)
    worth = sum(case.verdict.is_worth for case in by_service(plan, ids))
    return {
        "machine": ground.machine(),
        "cases": counties * each,
        "worth": worth,
        "equal": not differences,
        "differences": differences,
        "service": [wall for wall, _ in seconds["service"]],
        "sql": [wall for wall, _ in seconds["sql"]],
        "ratio": [one[0] / other[0] for one, other in zip(seconds["service"], seconds["sql"], strict=True)],
        "ratio_computed": [one[1] / other[1] for one, other in zip(seconds["service"], seconds["sql"], strict=True)],
    }


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--counties", type=int, default=117)
    options.add_argument("--cases", type=int, default=140, help="a county")
    options.add_argument("--pairs", type=int, default=9)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    found = measure(chosen.counties, chosen.cases, chosen.seed, chosen.pairs)
    if chosen.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        print(", ".join(f"{name} {value}" for name, value in found["machine"].items()))
        print(
            f"{found['cases']:,} cases, {found['worth']:,} worth money: service {ground.spread(found['service'], 3)} s, "
            f"SQL {ground.spread(found['sql'], 3)} s, ratio {ground.spread(found['ratio'])}, computed "
            f"{ground.spread(found['ratio_computed'])}; median {statistics.median(found['ratio']):.2f}; "
            f"{'equal' if found['equal'] else 'NOT EQUAL'}"
        )
        for line in found["differences"]:
            print("  " + line)
    if not found["equal"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
