"""What holds for every month of duty there can be, not only for the examples. I9, I10, I11, I12 over the pure rules."""

from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programmes.rules.plan_file import read_plan
from programmes.rules.terms import Term, Terms, in_force, typed
from subsidies.rules.chain import ALWAYS_APART, APART_IN, step_that_clashes
from subsidies.rules.differences import BookedLine, carry, differences
from subsidies.rules.duty_pay import FindingFact, ShiftFacts, pay_for_person_month, total

PLAN = Path(__file__).resolve().parents[2] / "programmes" / "plans" / "zezhou-2022.toml"
STATIONS = {1: "county_centre", 2: "township_station", 3: "township_station", 4: "court_post"}
KINDS = ("late", "early_leave", "record_defect", "dissatisfied", "complaint", "absence", "no_show", "sham_duty")
FIRST = date(2022, 3, 1)


FILE = read_plan(PLAN.read_bytes())
TERMS = Terms(
    in_force(
        [Term(t.key, typed(t.kind, t.value), t.unit, t.clause, t.since, FILE.code, t.reading_code, t.why) for t in FILE.terms],
        FIRST,
    ),
    day=FIRST,
)


def terms_on(_day):
    return TERMS


def minute(number):
    return time(number // 60, number % 60)


@st.composite
def findings(draw, number):
    kind = draw(st.sampled_from(KINDS))
    return FindingFact(
        id=number,
        kind=kind,
        times=1 if kind in ("late", "early_leave", "no_show", "sham_duty") else draw(st.integers(1, 4)),
        state=draw(st.sampled_from(("reported", "upheld", "dropped"))),
        consultation_no=draw(st.sampled_from(("", "1", "2"))) if kind in ("dissatisfied", "complaint") else "",
    )


@st.composite
def shifts(draw, number):
    station = draw(st.sampled_from(list(STATIONS)))
    starts, ends, lunch = (480, 1080, 120) if station == 1 else (510, 750, 0)
    is_missing = draw(st.integers(0, 9)) == 0
    came = None if is_missing else minute(draw(st.integers(starts - 30, starts + 90)))
    left = None if draw(st.integers(0, 9)) == 0 else minute(draw(st.integers(ends - 200, ends + 30)))
    settled = draw(st.sampled_from(("", "", "", "served", "times", "deferred")))
    facts = draw(st.integers(0, 3))
    return ShiftFacts(
        id=number,
        day=FIRST + timedelta(days=draw(st.integers(0, 6))),
        station_id=station,
        station_kind=STATIONS[station],
        starts_at=minute(starts),
        ends_at=minute(ends),
        lunch_minutes=lunch,
        is_public_servant=draw(st.integers(0, 9)) == 0,
        is_cancelled=draw(st.integers(0, 19)) == 0,
        sign_in=came,
        sign_out=left,
        is_waived=draw(st.booleans()),
        settled_as=settled,
        settled_in=minute(starts) if settled == "times" else None,
        settled_out=minute(ends) if settled == "times" else None,
        findings=tuple(draw(findings(number * 10 + n)) for n in range(facts)),
    )


@st.composite
def months(draw):
    found = [draw(shifts(number)) for number in range(1, draw(st.integers(1, 8)) + 1)]
    return sorted(found, key=lambda shift: (shift.day, shift.starts_at, shift.id))


def pay(facts):
    return pay_for_person_month(facts, terms_on)


@settings(max_examples=300, deadline=None)
@given(months())
def test_each_shift_pays_between_nothing_and_its_rate(facts):
    """I10."""
    for shift in pay(facts).shifts:
        rate = TERMS.for_station("duty.rate", shift.shift.station_kind)
        assert Decimal(0) <= shift.payable <= (rate.value if rate else 0)


@settings(max_examples=300, deadline=None)
@given(months())
def test_the_lines_of_a_month_add_up_and_nobody_owes(facts):
    """I10, Z-PAY-5."""
    result = pay(facts)
    assert result.payable == total(line for shift in result.shifts for line in shift.lines) + total(result.month_lines)
    assert result.payable >= 0
    if result.is_month_void:
        assert result.payable == 0


@settings(max_examples=300, deadline=None)
@given(months())
def test_each_deduction_is_a_line_with_a_clause_and_evidence(facts):
    """I10."""
    known = {finding.id for shift in facts for finding in shift.findings if finding.state == "upheld"}
    for shift in pay(facts).shifts:
        for line in shift.lines:
            assert line.clause
            if line.amount < 0:
                assert line.finding_id in known or (line.kind in ("late", "early_leave") and line.note)


@settings(max_examples=400, deadline=None)
@given(months(), st.data())
def test_adding_a_verified_finding_never_raises_pay(facts, data):
    """I11."""
    index = data.draw(st.integers(0, len(facts) - 1))
    added = data.draw(findings(999))._replace(state="upheld")
    worse = list(facts)
    # One fact once: late and early leave have at most one finding a shift (contract 3).
    if added.kind in ("late", "early_leave") and any(f.kind == added.kind for f in facts[index].findings):
        return
    worse[index] = facts[index]._replace(findings=(*facts[index].findings, added))
    assert pay(worse).payable <= pay(facts).payable


@settings(max_examples=200, deadline=None)
@given(months())
def test_a_public_servant_has_no_paid_line(facts):
    """I12, Z-DUTY-2."""
    for shift in pay(facts).shifts:
        if shift.shift.is_public_servant:
            assert [line.amount for line in shift.lines] == [0]


@settings(max_examples=100, deadline=None)
@given(months())
def test_the_same_facts_give_the_same_document(facts):
    """I9."""
    assert pay(facts) == pay(list(facts))


@pytest.mark.rule("Z-DED-5")
@settings(max_examples=300, deadline=None)
@given(months())
def test_a_month_is_void_exactly_from_the_third_upheld_absence_over_all_stations(facts):
    absences = sum(f.times for shift in facts for f in shift.findings if f.kind == "absence" and f.state == "upheld")
    assert pay(facts).is_month_void == (absences >= 3)


@pytest.mark.rule("Z-DED-6")
@settings(max_examples=300, deadline=None)
@given(months())
def test_an_upheld_no_show_or_sham_duty_leaves_nothing_of_the_day(facts):
    days = {s.day for s in facts for f in s.findings if f.kind in ("no_show", "sham_duty") and f.state == "upheld"}
    for shift in pay(facts).shifts:
        if shift.shift.day in days:
            assert shift.payable == 0


def booked(result):
    lines = [BookedLine(pay.shift.id, line.kind, line.amount, line.clause) for pay in result.shifts for line in pay.lines]
    return lines + [BookedLine(None, line.kind, line.amount, line.clause) for line in result.month_lines]


@settings(max_examples=200, deadline=None)
@given(months(), months())
def test_what_is_booked_plus_its_differences_is_what_the_rules_say_now(before, now):
    first, second = pay(before), pay(now)
    stands = booked(first)
    found = differences(second, stands, "2022年3月")
    assert first.payable + total(each.line for each in found) == second.payable
    again = [*stands, *(BookedLine(each.shift_id, "difference", each.line.amount, each.line.clause) for each in found)]
    assert differences(second, again, "2022年3月") == []


@given(st.decimals("-5000", "5000", places=2))
def test_a_carried_line_lifts_a_negative_rest_to_nothing_and_no_further(amount):
    line = carry(amount, "五（二）1")
    assert (line is None) == (amount >= 0)
    assert amount + (line.amount if line else 0) == max(amount, Decimal(0))


STEPS = ("draft", "review", "check", "approve", "pay")


@given(st.lists(st.integers(1, 5), min_size=5, max_size=5), st.sampled_from((5, 4, 3)))
def test_a_smaller_chain_forbids_nothing_that_a_larger_one_allows_and_never_the_forbidden(hands, people):
    """I14."""
    holders: dict[str, int | None] = {}
    for step, who in zip(STEPS, hands, strict=True):
        clash = step_that_clashes(step, who, holders, people)
        if clash is None and people > 3:
            assert step_that_clashes(step, who, holders, people - 1) is None
        for earlier, other in holders.items():
            if (earlier, step) in ALWAYS_APART and other == who:
                assert clash is not None
        if clash:
            return
        holders[step] = who
    assert len(set(hands)) >= people


def test_the_chains_need_five_four_and_three_people():
    """The fewest people that can hold all five steps of a pay sheet, and all six of a list of cases, whose director signs besides."""
    for steps, more in ((STEPS, 0), (("draft", "submit", "review", "check", "approve", "pay"), 1)):
        for people, pairs in APART_IN.items():
            apart = [(steps.index(a), steps.index(b)) for a, b in pairs if {a, b} <= set(steps)]
            fewest = min(len(set(hands)) for hands in colourings(len(steps)) if all(hands[a] != hands[b] for a, b in apart))
            assert fewest == people + more


def colourings(length):
    def grow(prefix):
        if len(prefix) == length:
            yield prefix
            return
        for who in range(max(prefix, default=-1) + 2):
            yield from grow((*prefix, who))

    return grow(())
