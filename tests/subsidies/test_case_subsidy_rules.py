"""Worked examples of case subsidies, which a finance officer can read and extend in case_subsidy.toml; and what must always hold."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.periods import Quarter
from programmes.rules import vocabulary
from programmes.rules.plan_file import read_plan
from programmes.rules.terms import Term, Terms, in_force, typed
from subsidies.rules.case_subsidy import (
    LOCAL_FULL,
    NOTHING,
    SPECIAL,
    TOPUP,
    Share,
    WorthCase,
    by_conclusion,
    by_mark,
    effect_of_order,
    parts_of,
    quarter_of_mark,
    shares,
)
from subsidies.rules.eligibility import BUREAU, SCOPE, YES, CaseFacts, CaseRules

HERE = Path(__file__).parent
FILE = tomllib.loads((HERE / "case_subsidy.toml").read_text(encoding="utf-8"))
PLAN = read_plan((HERE.parents[1] / "programmes/plans/zezhou-2022.toml").read_bytes())
TERMS = Terms(
    in_force(
        [
            Term(
                term.key, typed(term.kind, term.value), term.unit, term.clause, term.since, PLAN.code, term.reading_code, term.why
            )
            for term in PLAN.terms
        ],
        date(2022, 12, 31),
    )
)
RULES = CaseRules(TERMS)


def facts(pk=1, **given):
    told = {"id": pk, **FILE["usual"], **given}
    told = {name: None if value == "" and name.endswith("_on") else value for name, value in told.items()}
    return CaseFacts(**told | {"local_standard": Decimal(told["local_standard"]), "other_groups": tuple(told["other_groups"])})


def worth(case):
    return WorthCase(case, RULES.judge(case), RULES.special)


def due(case, place=1):
    """What one case is due when place − 1 others have taken a special part."""
    verdict = RULES.judge(case)
    if not verdict.is_worth:
        return NOTHING
    return next(share for _case, share in shares([worth(case)], places=RULES.target, taken=place - 1))


@pytest.mark.parametrize("example", [pytest.param(e, id=e["name"], marks=pytest.mark.rule(e["rule"])) for e in FILE["case"]])
def test_the_worked_case_comes_to_its_amounts(example):
    case = facts(**example.get("given", {}))
    verdict, share = RULES.judge(case), due(case, example.get("place", 1))
    assert list(verdict.reasons) == example.get("reasons", [])
    assert (share.special, share.operating) == (Decimal(example.get("special", "0")), Decimal(example.get("operating", "0")))
    assert verdict.is_counted is example.get("counted", True)
    assert verdict.needs_bureau is example.get("bureau", False)
    assert verdict.is_worth is (not verdict.reasons)


def test_every_line_names_a_question_and_a_clause():
    for example in FILE["case"]:
        for line in RULES.judge(facts(**example.get("given", {}))).lines:
            assert line.question and line.clause
            assert bool(line.reason) is (line.answer != YES)


@pytest.mark.rule("Z-SUB-1")
def test_a_full_year_takes_135000_yuan_from_the_special_fund():
    cases = [worth(facts(n, number=f"{n:03}", local_standard="1500.00")) for n in range(1, 141)]
    found = [share for _case, share in shares(cases, places=RULES.target)]
    assert sum(share.special for share in found) == Decimal("135000.00")
    assert sum(share.operating for share in found) == 135 * Decimal("500.00") + 5 * Decimal("1500.00")
    assert [share.place for share in found] == [*range(1, 136), 0, 0, 0, 0, 0]


@pytest.mark.rule("Z-SUB-3")
def test_the_order_is_the_mark_then_the_conclusion_then_the_number():
    late = facts(1, marked_on=date(2022, 5, 2), number="001")
    early = facts(2, marked_on=date(2022, 5, 1), number="009")
    same_day_concluded_first = facts(3, marked_on=date(2022, 5, 1), concluded_on=date(2022, 2, 1), number="010")
    same_by_number = facts(4, marked_on=date(2022, 5, 1), number="003")
    found = sorted([late, early, same_day_concluded_first, same_by_number], key=by_mark)
    assert [case.id for case in found] == [3, 4, 2, 1]


@pytest.mark.rule("Z-SUB-3")
def test_what_was_handed_in_keeps_its_place_when_an_earlier_mark_appears():
    first, second = worth(facts(1, marked_on=date(2022, 1, 5))), worth(facts(2, marked_on=date(2022, 2, 5)))
    fixed = {2: Share(Decimal("1000.00"), Decimal("0.00"), is_fixed=True)}
    found = {case.facts.id: share for case, share in shares([first, second], places=1, fixed=fixed)}
    assert found[2].special == 1000 and found[2].is_fixed
    assert found[1].special == 0 and found[1].operating == 1000


@pytest.mark.rule("Z-SUB-3")
def test_the_effect_of_another_order_names_the_cases_that_change_their_fund():
    one = worth(facts(1, number="001", marked_on=date(2022, 1, 5), concluded_on=date(2022, 3, 1), local_standard="1500.00"))
    two = worth(facts(2, number="002", marked_on=date(2022, 2, 5), concluded_on=date(2022, 1, 9), local_standard="1200.00"))
    effect = effect_of_order([one, two], key=by_conclusion, places=1)
    assert {(each.number, each.now.special, each.other.special) for each in effect} == {("001", 1000, 0), ("002", 0, 1000)}
    assert effect_of_order([one, two], key=by_mark, places=1) == []


@pytest.mark.rule("Z-SUB-4")
def test_a_claim_has_a_special_part_with_its_topup_or_the_whole_from_operating_funds():
    clause = "五（二）2"
    assert [part.kind for part in parts_of(Share(Decimal(1000), Decimal(500)), clause)] == [SPECIAL, TOPUP]
    assert [part.kind for part in parts_of(Share(Decimal(1000), Decimal(0)), clause)] == [SPECIAL]
    assert [part.kind for part in parts_of(Share(Decimal(0), Decimal(1500)), clause)] == [LOCAL_FULL]
    assert parts_of(NOTHING, clause) == []


@pytest.mark.parametrize(
    ("marked", "concluded", "quarter"),
    [
        ("2022-03-31", "2022-03-10", "2022Q1"),
        ("2022-04-01", "2022-03-10", "2022Q2"),
        ("2023-01-28", "2022-12-30", "2022Q4"),
        ("2023-06-01", "2022-01-02", "2022Q4"),
        ("2023-01-28", "2023-01-02", "2023Q1"),
        ("2022-02-01", "2021-12-20", "2022Q1"),
    ],
)
@pytest.mark.rule("Z-SUB-5")
def test_a_mark_after_the_year_belongs_to_its_fourth_quarter(marked, concluded, quarter):
    days = date.fromisoformat(marked), date.fromisoformat(concluded)
    assert quarter_of_mark(*days, RULES.concluded_from, RULES.concluded_to) == Quarter.parse(quarter)


# -- whatever the facts

days = st.one_of(st.none(), st.dates(date(2021, 6, 1), date(2023, 6, 30)))
STORIES = st.builds(
    facts,
    number=st.text("0123456789", min_size=1, max_size=4),
    primary_group=st.sampled_from([*vocabulary.GROUPS, "none"]),
    other_groups=st.lists(st.sampled_from(list(vocabulary.GROUPS)), max_size=2),
    type=st.sampled_from(list(vocabulary.CASE_TYPES)),
    source=st.sampled_from(["application", "notice"]),
    organ=st.sampled_from(["", *vocabulary.ORGANS]),
    stage=st.sampled_from(list(vocabulary.STAGES)),
    procedure=st.sampled_from(["", *vocabulary.PROCEDURES]),
    basis=st.sampled_from([*vocabulary.BASES, "not_listed"]),
    hardship=st.sampled_from(["not_applicable", "no_condition", "exempt", "shared_check", "commitment"]),
    received_on=st.dates(date(2021, 6, 1), date(2022, 12, 31)),
    approved_on=days,
    concluded_on=days,
    archived_on=days,
    quality_verified_on=days,
    quality_grade=st.sampled_from(["", "excellent", "good", "pass", "fail"]),
    provincial_no=st.sampled_from(["", "SX1"]),
    provincial_entered_on=days,
    is_agency=st.booleans(),
    marked_on=days,
    local_standard=st.decimals(0, 5000, places=2).map(str),
    is_ordinary_paid=st.booleans(),
    is_history=st.booleans(),
    has_proof=st.booleans(),
    bureau_says=st.sampled_from([None, True, False]),
)


@settings(max_examples=300, deadline=None)
@given(STORIES)
@pytest.mark.rule("Z-SUB-8")
def test_what_is_worth_money_has_no_open_line_and_reasons_are_the_open_lines(case):
    verdict = RULES.judge(case)
    open_lines = [line for line in verdict.lines if line.answer != YES]
    assert list(verdict.reasons) == [line.reason for line in open_lines]
    assert verdict.is_worth == (not open_lines)
    assert verdict.is_counted == (not [line for line in open_lines if line.code in SCOPE])
    assert verdict.needs_bureau == any(line.answer == BUREAU for line in open_lines)
    assert verdict == CaseRules(TERMS).judge(case), "what is remembered answers as what is worked out"


@settings(max_examples=150, deadline=None)
@given(STORIES, st.sampled_from(["archived_on", "quality_verified_on", "provincial_no", "marked_on", "concluded_on"]))
@pytest.mark.rule("Z-SUB-8")
def test_taking_a_fact_away_never_makes_a_case_worth_money(case, name):
    less = case._replace(**{name: "" if name == "provincial_no" else None})
    assert RULES.judge(case).is_worth or not RULES.judge(less).is_worth


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 300), st.decimals(0, 3000, places=2)), max_size=40),
    st.integers(0, 20),
    st.sets(st.integers(0, 39)),
)
@pytest.mark.rule("Z-SUB-3")
def test_the_special_fund_never_pays_more_than_its_places(told, places, handed_in):
    cases = [
        worth(facts(n, number=f"{n:03}", marked_on=date(2022, 2, 1) + timedelta(days=after), local_standard=str(standard)))
        for n, (after, standard) in enumerate(told)
    ]
    cases.sort(key=lambda case: by_mark(case.facts))
    fixed = {n: Share(Decimal("1000.00"), Decimal("0.00")) for n in sorted(handed_in)[:places] if n < len(cases)}
    found = list(shares(cases, places=places, fixed=fixed))
    assert sum(share.special > 0 for _case, share in found) == min(places, len(cases))
    for case, share in found:
        if case.facts.id not in fixed:
            assert share.total == max(case.facts.local_standard, Decimal("1000.00"))
            assert share.special in (0, 1000)
