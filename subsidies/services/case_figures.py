"""Cases judged for money: who is worth what, from which fund, and why another is not.

For the quarterly return and everything else that needs figures:

    judge_cases(county=county, year=2022, until=Quarter(2022, 1)) -> [JudgedCase, …]

gives every *marked* case of the plan's year up to that quarter, in the order in which the special fund's places are taken
(reading D17). `JudgedCase.quarter` says in which quarter its mark is reported (a mark made after the year belongs to the
fourth); `special` and `operating` are what is due; `reasons` is empty for a case that is worth money. A case stands in
`blocked` of contract.md 5 when it is marked and `reasons` are not empty. `progress_of` counts concluded, entered and counted.

One streamed query for the cases and a handful for plan, terms and what was handed in, however many cases there are.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.db import connection, transaction

from common.errors import Refused
from common.money import ZERO
from common.periods import Quarter
from organizations.models import Region
from programmes.models import Plan
from programmes.services.plans import NoPlan
from subsidies.rules.case_subsidy import NOTHING, Share, quarter_of_mark, share_of
from subsidies.rules.eligibility import CaseFacts, CaseRules, Eligibility

# The order of the columns is that of CaseFacts, after the county. Numbers are ordered as Python orders text (COLLATE "C").
FACTS = """
SELECT c.county_id, c.id, c.number, c.primary_group, c.other_groups, c.type, c.source, c.organ, c.stage, c.procedure, c.basis,
       c.hardship, c.received_on, c.approved_on, c.concluded_on, c.archived_on, c.quality_verified_on, c.quality_grade,
       c.provincial_no, c.provincial_entered_on, c.is_undertaken_by_agency,
       CASE WHEN m.state IN ('told', 'signed') THEN m.marked_on END AS mark, COALESCE(m.local_standard, 1000),
       COALESCE(m.is_ordinary_subsidy_paid, FALSE), c.is_history,
       c.hardship = 'exempt' AND NOT c.is_history AND EXISTS (
           SELECT 1 FROM legalaid_casefile f  -- legalaid.rules.materials.HARDSHIP_PROOFS['exempt']
           WHERE f.case_id = c.id AND f.kind IN ('hardship_proof', 'group_proof') AND f.removed_at IS NULL),
       d.is_included
FROM legalaid_aidcase c LEFT JOIN subsidies_casemark m ON m.case_id = c.id
LEFT JOIN (SELECT DISTINCT ON (case_id) case_id, is_included FROM subsidies_bureaudecision ORDER BY case_id, id DESC) d
    ON d.case_id = c.id
WHERE {which}
ORDER BY c.county_id, mark, c.concluded_on, c.number COLLATE "C"
"""
MARKED = """c.county_id = ANY(%(counties)s) AND m.marked_on IS NOT NULL AND m.state IN ('told', 'signed')
  AND (m.marked_on BETWEEN %(first)s AND %(until)s
       OR m.marked_on > %(to)s AND %(with_late)s AND c.concluded_on BETWEEN %(from)s AND %(to)s)"""
CONCLUDED = "c.county_id = ANY(%(counties)s) AND c.concluded_on BETWEEN %(from)s AND %(to)s"
ONE = "c.id = ANY(%(cases)s)"

# What stands in lists that were handed in: county, case, special part, operating part.
HANDED_IN = """
SELECT l.county_id, c.case_id, COALESCE(SUM(p.amount) FILTER (WHERE p.kind = 'special'), 0),
       COALESCE(SUM(p.amount) FILTER (WHERE p.kind <> 'special'), 0)
FROM subsidies_caseclaim c JOIN subsidies_caselist l ON l.id = c.list_id JOIN subsidies_claimpart p ON p.claim_id = c.id
WHERE l.status <> 'draft' AND l.county_id = ANY(%(counties)s) AND l.plan_id = ANY(%(plans)s)
GROUP BY l.county_id, c.case_id
"""
LATEST_QUARTER = 4
ROWS_AT_ONCE = 4000
READ_BY_RULES = ("case.", "reading.")  # the keys of a plan whose change would change a verdict


class NoCases(Refused):
    """The plan holds no case programme."""


class JudgedCase(NamedTuple):
    """A case with its verdict and its money. `facts` and `verdict.lines` explain every word and yuan."""

    county_id: int
    facts: CaseFacts
    verdict: Eligibility
    share: Share
    quarter: Quarter | None

    @property
    def id(self) -> int:
        return self.facts.id

    @property
    def number(self) -> str:
        return self.facts.number

    @property
    def marked_on(self) -> date | None:
        return self.facts.marked_on

    @property
    def lines(self):
        return self.verdict.lines

    @property
    def reasons(self) -> tuple[str, ...]:
        return self.verdict.reasons

    @property
    def special(self) -> Decimal:
        return self.share.special

    @property
    def operating(self) -> Decimal:
        return self.share.operating


class PlanRules:
    """The plan's conditions by day: `on(day)` is the CaseRules whose terms were in force, kept for as long as they hold."""

    def __init__(self, plan: Plan):
        if not plan.has_part("cases"):
            raise NoCases(f"{plan}没有特殊群体法律援助案件这一项，不发案件补贴。")
        self.plan = plan
        starts = {term.since for term in plan.dated_terms if term.since <= plan.ends_on and term.key.startswith(READ_BY_RULES)}
        self._starts = sorted(start for start in starts if start > plan.starts_on)
        self._rules: dict[int, CaseRules] = {}
        self.latest = self.on(plan.ends_on)
        self._last_day = self.latest.concluded_to
        self._quarters: dict[tuple[int, int], Quarter] = {}
        before = Plan.objects.filter(region=plan.region_id, ends_on__lt=plan.starts_on)
        self.earlier = [(each.starts_on, each.ends_on) for each in before if each.has_part("cases")]

    def on(self, day: date | None) -> CaseRules:
        """The rules on the day of the conclusion; outside of the plan's days those of its first or last."""
        days = self.plan.starts_on, self.plan.ends_on
        day = days[1] if day is None else min(max(day, days[0]), days[1])
        index = bisect_right(self._starts, day)
        if index not in self._rules:
            self._rules[index] = CaseRules(self.plan.terms_on(day))
        return self._rules[index]

    @property
    def target(self) -> int:
        return self.latest.target

    def judge(self, facts: CaseFacts) -> Eligibility:
        return self.on(facts.concluded_on).judge(facts) if self._starts else self.latest.judge(facts)

    def least(self, facts: CaseFacts) -> Decimal:
        """What the special fund gives a case, by the terms of the day of its conclusion."""
        return self.on(facts.concluded_on).special if self._starts else self.latest.special

    def quarter_of(self, facts: CaseFacts) -> Quarter:
        """The quarter in which the mark is reported; worked out once a month of the marks within the plan's year."""
        marked_on = facts.marked_on
        if marked_on > self._last_day:
            return quarter_of_mark(marked_on, facts.concluded_on, self.latest.concluded_from, self.latest.concluded_to)
        key = marked_on.year, marked_on.month
        quarter = self._quarters.get(key)
        if quarter is None:
            quarter = self._quarters[key] = Quarter.of(marked_on)
        return quarter


def plan_with_cases(*, county: Region, year: int) -> Plan:
    """The plan whose year it is, nearest to the county. Raises NoPlan."""
    plan = Plan.objects.covering(county, date(year, 12, 31)).first() or Plan.objects.covering(county, date(year, 1, 1)).first()
    if plan is None:
        raise NoPlan(f"{county}没有载入{year}年的实施方案：请先载入。")
    return plan


def judge_cases(*, county: Region, year: int, until: Quarter | None = None) -> list[JudgedCase]:
    """Every marked case of a county's plan year up to the end of a quarter (all of it by default). A fixed handful of queries."""
    plan = plan_with_cases(county=county, year=year)
    return list(judged({county.pk: PlanRules(plan)}, until=until or Quarter(year, LATEST_QUARTER)))


def judged(rules: dict[int, PlanRules], *, until: Quarter) -> Iterator[JudgedCase]:
    """Yield the marked cases of many counties (county id → PlanRules), county by county in the order of the places.

    Streams; the number of queries does not grow with the cases.
    """
    by_plan: dict[int, list[int]] = {}
    for county_id, each in rules.items():
        by_plan.setdefault(each.plan.pk, []).append(county_id)
    handed_in = handed_in_of(list(rules), list(by_plan))
    for county_ids in by_plan.values():
        latest = rules[county_ids[0]].latest
        window = {
            "counties": county_ids,
            "first": date(until.year, 1, 1),
            "until": until.last,
            "from": latest.concluded_from,
            "to": latest.concluded_to,
            "with_late": until == Quarter.of(latest.concluded_to),
        }
        for county_id, rows in groupby(facts_of(MARKED, window), key=itemgetter(0)):
            yield from judged_county(county_id, rows, rules[county_id], handed_in.get(county_id, {}))


def judged_county(county_id, rows, rules: PlanRules, fixed: dict[int, Share]) -> Iterator[JudgedCase]:
    """One county's cases in their order, each with what it is due. What was handed in keeps its parts."""
    judge, quarter_of, least, earlier = rules.judge, rules.quarter_of, rules.least, rules.earlier
    free = max(rules.target - sum(share.special > 0 for share in fixed.values()), 0)
    place = 0
    facts_from = CaseFacts._make
    for row in rows:
        facts = facts_from(row[1:])
        if earlier and facts.concluded_on and any(first <= facts.concluded_on <= last for first, last in earlier):
            continue  # a late mark of an earlier plan's case: reported there
        verdict = judge(facts)
        share = fixed.get(facts.id)
        if share is None:
            if verdict.is_worth:
                has_place = free > 0
                if has_place:
                    free -= 1
                    place += 1
                share = share_of(least(facts), facts.local_standard, has_place, place)
            else:
                share = NOTHING
        elif share.special:
            place += 1
            share = share._replace(place=place)
        yield JudgedCase(county_id, facts, verdict, share, quarter_of(facts))


def facts_of(which: str, parameters: dict) -> Iterator[tuple]:
    """Rows of FACTS, streamed. Needs no transaction of the caller's: one is opened for the cursor."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(FACTS.format(which=which), parameters)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows


def handed_in_of(county_ids, plan_ids) -> dict[int, dict[int, Share]]:
    """County id → case id → what stands in a list that was handed in. One query."""
    found: dict[int, dict[int, Share]] = {}
    with connection.cursor() as cursor:
        cursor.execute(HANDED_IN, {"counties": list(county_ids), "plans": list(plan_ids)})
        for county_id, case_id, special, operating in cursor.fetchall():
            found.setdefault(county_id, {})[case_id] = Share(special, operating, is_fixed=True)
    return found


def judge_case(case) -> tuple[CaseFacts, Eligibility, PlanRules]:
    """One case with every line, marked or not: for its own page. Raises NoPlan, NoCases."""
    row = next(facts_of(ONE, {"cases": [case.pk]}))
    facts = CaseFacts._make(row[1:])
    year = (facts.concluded_on or facts.marked_on or facts.approved_on or facts.received_on).year
    try:
        plan = plan_with_cases(county=case.county, year=year)
    except NoPlan:
        plan = latest_plan(case.county, facts)
    rules = PlanRules(plan)
    return facts, rules.judge(facts), rules


def latest_plan(county: Region, facts: CaseFacts) -> Plan:
    """A case concluded outside of every plan is held against the plan nearest to it."""
    day = facts.concluded_on or facts.marked_on or facts.received_on
    plans = Plan.objects.filter(region__in=[county.pk, county.parent_id, county.parent and county.parent.parent_id])
    plans = [plan for plan in plans if plan.has_part("cases")]
    if not plans:
        raise NoPlan(f"{county}没有载入含特殊群体案件的实施方案：请先载入。")
    return min(plans, key=lambda plan: min(abs((day - plan.starts_on).days), abs((day - plan.ends_on).days)))


class Progress(NamedTuple):
    """From 1 January to a day: concluded in the window; of those entered; of those counted toward the target (Z-CASE-9)."""

    target: int
    concluded: int
    entered: int
    counted: int


def progress_of(*, county: Region, year: int, until: date) -> Progress:
    """The progress toward the county's target up to a day. A fixed handful of queries.

    Concluded: within the plan's window, up to the day. Entered: of those, entered in the provincial system up to the day.
    Counted: of those, approved in the window and of the programme's scope (agency staff's too).
    """
    rules = PlanRules(plan_with_cases(county=county, year=year))
    window = rules.latest.concluded_from, min(until, rules.latest.concluded_to)
    concluded = entered = counted = 0
    for row in facts_of(CONCLUDED, {"counties": [county.pk], "from": window[0], "to": window[1]}):
        facts = CaseFacts._make(row[1:])
        concluded += 1
        if facts.provincial_no and facts.provincial_entered_on and facts.provincial_entered_on <= until:
            entered += 1
            counted += rules.judge(facts).is_counted
    return Progress(rules.target, concluded, entered, counted)


def sums_of(cases) -> tuple[Decimal, Decimal]:
    """What the cases are due together: from the special fund, from operating funds."""
    return sum((case.special for case in cases), ZERO), sum((case.operating for case in cases), ZERO)
