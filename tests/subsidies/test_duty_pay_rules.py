"""Worked examples of duty pay, which a finance officer can read and extend in duty_pay.toml."""

import tomllib
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from common.dates import parse_time
from programmes.rules.plan_file import read_plan
from programmes.rules.terms import Term, Terms, in_force, typed
from subsidies.rules.differences import BookedLine, carry, differences
from subsidies.rules.duty_pay import FindingFact, Line, PersonMonth, ShiftFacts, pay_for_person_month, total

HERE = Path(__file__).parent
EXAMPLES = tomllib.loads((HERE / "duty_pay.toml").read_text(encoding="utf-8"))["example"]
PLAN = read_plan((HERE.parents[1] / "programmes/plans/zezhou-2022.toml").read_bytes())
TERMS = [
    Term(term.key, typed(term.kind, term.value), term.unit, term.clause, term.since, PLAN.code, term.reading_code, term.why)
    for term in PLAN.terms
]
PLACES = {
    "centre": (1, "county_centre", "8:30", "18:30", 120),
    "town": (2, "township_station", "8:30", "12:30", 0),
    "town 2": (3, "township_station", "8:30", "12:30", 0),
    "court": (4, "court_post", "8:30", "12:30", 0),
}
STATES = {"findings": "upheld", "open": "reported", "dropped": "dropped"}
numbers = count(1)


def terms_on(day, **readings):
    terms = in_force(TERMS, day)
    for code, value in readings.items():
        terms[f"reading.{code}"] = Term(f"reading.{code}", value, "", "五（二）1", date(2022, 1, 1))
    return Terms(terms, day=day)


def shift(given, month="2022-03", public_servant=False):
    station, kind, opens, closes, lunch = PLACES[given["at"]]
    starts, ends = given.get("from", opens), given.get("to", closes)

    def at(key, default=""):
        text = given.get(key, default)
        return parse_time(text) if text else None

    findings = tuple(
        FindingFact(next(numbers), kind_, times, state, given.get("consultation", ""))
        for key, state in STATES.items()
        for kind_, times in given.get(key, {}).items()
    )
    return ShiftFacts(
        next(numbers), date.fromisoformat(f"{month}-{given['day']:02}"), station, kind, parse_time(starts), parse_time(ends), lunch,
        public_servant, given.get("cancelled", False), at("in", starts), at("out", ends), given.get("waived", False),
        given.get("settled", ""), at("settled_in"), at("settled_out"), findings,
    )  # fmt: skip


def month_of(example, **readings):
    shifts = [shift(item, example.get("month", "2022-03"), example.get("public_servant", False)) for item in example["shifts"]]
    return pay_for_person_month(shifts, lambda day: terms_on(day, **readings))


def kinds(result):
    sums = {}
    for line in [line for pay in result.shifts for line in pay.lines]:
        sums[line.kind] = sums.get(line.kind, Decimal(0)) + line.amount
    return sums


@pytest.mark.parametrize("example", [pytest.param(e, id=e["name"], marks=pytest.mark.rule(e["rule"])) for e in EXAMPLES])
def test_the_worked_example_comes_to_its_amount(example):
    result = month_of(example)
    assert result.payable == Decimal(example["due"])
    assert result.is_month_void is example.get("void", False)
    assert [reason for _shift, reason in result.unsettled] == example.get("unsettled", [])
    if "lines" in example:
        assert kinds(result) == {kind: Decimal(amount) for kind, amount in example["lines"].items()}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e["name"])
def test_every_line_of_an_example_names_a_clause_of_the_plan(example):
    known = {clause.number for clause in PLAN.clauses}
    result = month_of(example)
    for line in [*result.month_lines, *(line for pay in result.shifts for line in pay.lines)]:
        assert line.clause in known


def example_named(start):
    return next(e for e in EXAMPLES if e["name"].startswith(start))


@pytest.mark.rule("Z-DED-5")
def test_under_the_other_reading_three_absences_at_three_stations_do_not_void_the_month():
    result = month_of(example_named("M1"), D2="person_station")
    # Two of the three are at one town here; no station reaches three.
    assert result.payable == Decimal("1000.00")
    assert not result.is_month_void


@pytest.mark.rule("Z-DED-5")
def test_if_three_were_read_as_more_than_three_the_third_absence_voids_nothing():
    assert not month_of(example_named("M1"), D31=False).is_month_void


@pytest.mark.rule("Z-DED-5")
def test_absences_on_both_sides_of_a_month_end_void_neither_month():
    february = month_of({"month": "2022-02", "shifts": [
        {"day": 27, "at": "town", "findings": {"absence": 1}}, {"day": 28, "at": "town", "findings": {"absence": 1}},
    ]})  # fmt: skip
    march = month_of({"shifts": [{"day": 1, "at": "town", "findings": {"absence": 1}}]})
    assert (february.is_month_void, march.is_month_void) == (False, False)
    assert (february.payable, march.payable) == (Decimal("300.00"), Decimal("150.00"))


@pytest.mark.rule("Z-DED-6")
def test_under_the_other_reading_sham_duty_cancels_only_its_own_shift():
    example = {"shifts": [
        {"day": 1, "at": "town", "findings": {"sham_duty": 1}},
        {"day": 1, "at": "town 2", "from": "14:00", "to": "18:00", "in": "14:00", "out": "18:00"},
    ]}  # fmt: skip
    assert month_of(example).payable == 0
    assert month_of(example, D29="shift").payable == Decimal("300.00")


@pytest.mark.rule("Z-DED-3")
def test_a_bad_rating_and_a_complaint_about_one_consultation_are_one_fact_with_the_larger_count():
    example = {
        "shifts": [{"day": 1, "at": "town", "consultation": "泽咨〔2022〕1", "findings": {"dissatisfied": 1, "complaint": 2}}]
    }
    assert kinds(month_of(example)) == {"rate": Decimal("300.00"), "complaint": Decimal("-100.00")}


@pytest.mark.rule("Z-DED-3")
def test_a_bad_rating_and_a_complaint_without_a_consultation_number_are_two_facts():
    example = {"shifts": [{"day": 1, "at": "town", "findings": {"dissatisfied": 1, "complaint": 1}}]}
    assert month_of(example).payable == Decimal("200.00")


@pytest.mark.rule("Z-DED-2")
def test_a_grace_of_five_minutes_would_forgive_the_fifth_minute_and_not_the_sixth():
    for arrives, due in (("8:35", "300.00"), ("8:36", "250.00")):
        assert month_of({"shifts": [{"day": 1, "at": "town", "in": arrives}]}, D32=5).payable == Decimal(due)


def test_a_second_centre_on_one_day_adds_no_second_daily_rate():
    result = month_of({"shifts": [
        {"day": 1, "at": "centre", "to": "12:30", "out": "12:30"},
        {"day": 1, "at": "centre", "from": "14:00", "to": "18:00", "in": "14:00", "out": "18:00"},
    ]})  # fmt: skip
    assert result.payable == Decimal("200.00")


# -- later facts


def booked(result):
    return [BookedLine(pay.shift.id, line.kind, line.amount, line.clause) for pay in result.shifts for line in pay.lines]


@pytest.mark.rule("Z-DED-5")
def test_a_third_absence_verified_after_payment_takes_back_the_month_that_was_paid():
    shifts = [shift({"day": 1, "at": "town", "findings": {"absence": 1}}), shift({"day": 2, "at": "town", "findings": {"absence": 1}}),
              shift({"day": 3, "at": "town"}), shift({"day": 4, "at": "town", "in": "8:40"})]  # fmt: skip
    paid = pay_for_person_month(shifts, terms_on)
    assert paid.payable == Decimal("850.00")
    shifts[2] = shifts[2]._replace(findings=(FindingFact(9, "absence", 1, "upheld"),))
    now = pay_for_person_month(shifts, terms_on)
    found = differences(now, booked(paid), "2022年3月")
    assert total(item.line for item in found) == Decimal("-850.00")
    assert {item.line.clause for item in found} == {"五（二）1（4）"}
    assert all("2022年3月" in item.line.note for item in found)


def test_a_month_that_did_not_change_has_no_difference():
    result = month_of(example_named("M2"))
    assert differences(result, booked(result), "2022年3月") == []


def test_a_shift_settled_later_is_paid_as_a_difference_with_the_clause_of_its_rate():
    now = pay_for_person_month([shift({"day": 1, "at": "town"})], terms_on)
    (found,) = differences(now, [], "2022年3月")
    assert (found.shift_id, found.line.amount, found.line.clause) == (now.shifts[0].shift.id, Decimal("300.00"), "五（二）1")


def test_a_difference_that_was_booked_once_is_not_booked_again():
    now = pay_for_person_month([shift({"day": 1, "at": "town"})], terms_on)
    already = [BookedLine(now.shifts[0].shift.id, "difference", Decimal("300.00"), "五（二）1")]
    assert differences(now, already, "2022年3月") == []


def test_a_negative_rest_is_carried_and_a_positive_one_is_not():
    assert carry(Decimal("-700.00"), "五（二）1（4）") == Line(
        "carried", Decimal("700.00"), "五（二）1（4）", note="差额大于当月补贴，余额结转下月抵扣"
    )
    assert carry(Decimal("0.00"), "") is None


@pytest.mark.parametrize("public_servant", [False, True])
def test_no_shift_of_a_cancelled_day_counts_as_served(public_servant):
    places = [{"day": 7, "at": "town", "findings": {"no_show": 1}}, {"day": 7, "at": "court", "from": "14:00", "to": "18:00"}]
    served = {"day": 8, "at": "town"}
    assert month_of({"shifts": [*places, served], "public_servant": public_servant}).shifts_served == 1


def test_somebody_without_shifts_is_due_nothing():
    assert pay_for_person_month([], terms_on).payable == PersonMonth().payable == 0
