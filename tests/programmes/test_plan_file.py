"""The shipped plans and the reader of plan files, without a database."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organizations.models import Practitioner, Station
from programmes.rules import vocabulary
from programmes.rules.next_year import next_year
from programmes.rules.plan_file import Unreadable, read_plan, read_tables
from programmes.rules.plan_text import write_plan
from programmes.rules.terms import MissingTerm, Term, Terms, in_force, stored, typed

PLANS = Path(__file__).resolve().parents[2] / "programmes" / "plans"
SHIPPED = ["zezhou-2022", "jilin-2018"]
REFUSALS = tomllib.loads((Path(__file__).parent / "refusals.toml").read_text(encoding="utf-8"))["refusal"]


def shipped(code):
    return (PLANS / f"{code}.toml").read_bytes()


def values(code):
    return {term.key: term.value for term in read_plan(shipped(code)).terms}


def test_the_zezhou_plan_says_what_annex_1_says():
    plan = read_plan(shipped("zezhou-2022"))
    assert [unit.consultations for unit in plan.units] == [760] + [240] * 6 + [220] * 10
    assert {unit.satisfaction for unit in plan.units} == {95}
    assert [unit.short_name for unit in plan.units] == [
        "县中心", "北石店镇", "巴公镇", "高都镇", "金村镇", "山河镇", "大箕镇", "周村镇", "北义城镇", "大阳镇", "下村镇", "大东沟镇",
        "犁川镇", "晋庙铺镇", "柳树口镇", "南岭镇", "川底镇",
    ]  # fmt: skip
    assert [body.cases for body in plan.organizations] == [None, 135, None]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("duty.rate.county_centre", "200.00"),
        ("duty.rate.township_station", "300.00"),
        ("duty.deduction.record_defect", "10.00"),
        ("duty.deduction.late", "50.00"),
        ("duty.deduction.early_leave", "50.00"),
        ("duty.deduction.dissatisfied", "50.00"),
        ("duty.deduction.complaint", "50.00"),
        ("duty.deduction.absence.county_centre", "100.00"),
        ("duty.deduction.absence.township_station", "150.00"),
        ("duty.month_void.absences", "3"),
        ("duty.min_hours.county_centre", "8"),
        ("duty.min_hours.township_station", "4"),
        ("duty.retiree_min_years", "5"),
        ("fund.forward_working_days", "5"),
        ("fund.report_days", "15"),
        ("case.subsidy.special", "1000.00"),
        ("case.window.approved_from", "2021-10-01"),
        ("case.window.concluded_to", "2022-12-31"),
        ("case.elder_age", "60"),
    ],
)
def test_the_zezhou_plan_holds_the_constants_of_the_plan(key, value):
    assert values("zezhou-2022")[key] == value


def test_every_reading_from_d1_to_d41_is_a_named_term_with_a_reason():
    readings = {term.reading_code: term for term in read_plan(shipped("zezhou-2022")).terms if term.reading_code}
    assert set(readings) == {f"D{n}" for n in range(1, 42)}
    assert all(len(term.why) > 10 for term in readings.values())
    assert (readings["D1"].value, readings["D31"].value, readings["D33"].value) == ("shift", "true", "0.50")


@pytest.mark.parametrize("code", SHIPPED)
def test_every_clause_is_the_plans_own_words(code):
    text = "".join((PLANS / "texts" / f"{code}.txt").read_text(encoding="utf-8").split())
    plan = read_plan(shipped(code))
    for clause in plan.clauses:
        for sentence in clause.text.splitlines():
            assert "".join(sentence.split()) in text, clause.number
    assert {term.clause for term in plan.terms} <= {clause.number for clause in plan.clauses}


def test_the_jilin_plan_pays_nobody_and_holds_its_indicators():
    plan, terms = read_plan(shipped("jilin-2018")), values("jilin-2018")
    assert not plan.pays
    assert not any(key.startswith(("duty.rate", "duty.deduction")) for key in terms)
    assert [terms[f"indicator.{name}"] for name in ("windows_new", "windows_kept", "liaisons", "platforms_kept")] == [
        "7", "8", "789", "700",
    ]  # fmt: skip
    assert len(terms["window.new_counties"].split("、")) == 7
    assert terms["pilot.starts_on"] == "2018-02-01"
    assert [terms[f"due.{name}"] for name in ("liaison_list", "implementation_report", "budget_inclusion")] == [
        "2018-03-31", "2018-04-30", "2018-06-30",
    ]  # fmt: skip


@pytest.mark.parametrize("refusal", REFUSALS, ids=[refusal["name"] for refusal in REFUSALS])
def test_a_wrong_file_is_refused_with_a_sentence(refusal):
    text = shipped("zezhou-2022").decode()
    assert refusal["old"] in text
    wrong = text.replace(refusal["old"], refusal["new"], 1).encode()
    with pytest.raises(Unreadable) as caught:
        read_plan(wrong)
    assert any(problem.endswith(refusal["says"]) for problem in caught.value.problems), caught.value.problems


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "缺少“code”"),
        (b"[plan", "文件末尾附近：不是有效的 TOML"),
        (b"[plan]\na = b\n", "第 2 行第 5 列附近：不是有效的 TOML"),
        ('[plan]\nname = "方案"'.encode("gbk"), "文件不是 UTF-8 编码"),
        (b"plan = 1", "[plan]：应写成一个表"),
        (b"\x00\x00", "不是有效的 TOML"),
    ],
)
def test_what_is_no_plan_file_at_all_is_refused(content, sentence):
    with pytest.raises(Unreadable) as caught:
        read_plan(content)
    assert sentence in str(caught.value)


def test_all_problems_are_told_at_once():
    text = shipped("zezhou-2022").decode()
    wrong = text.replace('"10.00"', "10").replace("= 760", "= 761").replace('unit = "元/人/天"', 'unit = "元"')
    with pytest.raises(Unreadable) as caught:
        read_plan(wrong.encode())
    assert len(caught.value.problems) == 3


def places(tables):
    """Every place in a parsed file where a value stands, as (container, key)."""
    found = []
    for holder in [tables]:
        stack = [holder]
        while stack:
            container = stack.pop()
            for key, value in list(container.items() if isinstance(container, dict) else enumerate(container)):
                found.append((container, key))
                if isinstance(value, dict | list):
                    stack.append(value)
    return found


strange = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=8), st.just("x" * 5000),
    st.dates(), st.datetimes(), st.times(), st.lists(st.integers(), max_size=2), st.just([]), st.just({}), st.just([{}]),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.randoms(use_true_random=False), strange)
def test_whatever_stands_in_a_file_is_read_or_refused_with_sentences(random, value):
    tables = tomllib.loads(shipped("zezhou-2022").decode())
    container, key = random.choice(places(tables))
    if value is None:
        del container[key]
    else:
        container[key] = value
    try:
        plan = read_tables(tables)
    except Unreadable as error:
        assert all(problem.endswith("。") for problem in error.problems)
    else:
        assert read_plan(write_plan(plan).encode()).code == plan.code


@pytest.mark.parametrize("code", SHIPPED)
def test_a_plan_written_back_is_the_same_plan(code):
    plan = read_plan(shipped(code))
    again = read_plan(write_plan(plan).encode())
    for found in (plan, again):
        found.terms.sort(key=lambda term: (term.key, term.since))
        found.limits.sort(key=lambda limit: (limit.code, limit.since))
    assert again == plan


@pytest.mark.parametrize("code", SHIPPED)
def test_next_years_draft_can_be_read_and_says_that_its_sentences_are_last_years(code):
    this, draft = read_plan(shipped(code)), read_plan(write_plan(next_year(read_plan(shipped(code)))).encode())
    assert (draft.year, draft.starts_on) == (this.year + 1, date(this.year + 1, 1, 1))
    assert str(draft.year) in draft.name and str(draft.year) in draft.code
    assert {term.since for term in draft.terms} == {draft.starts_on}
    assert "结转编制" in draft.notes[-1].text


def test_next_years_window_moves_by_a_year():
    terms = {term.key: term.value for term in next_year(read_plan(shipped("zezhou-2022"))).terms}
    assert [terms[f"case.window.{name}"] for name in ("approved_from", "concluded_from", "concluded_to")] == [
        "2022-10-01", "2023-01-01", "2023-12-31",
    ]  # fmt: skip


def test_the_words_of_the_reader_are_the_words_of_the_floors_below():
    assert dict(Station.Kind.choices) == vocabulary.STATION_KINDS
    assert dict(Practitioner.Kind.choices) == vocabulary.PERSON_KINDS


# -- terms ---------------------------------------------------------------------------------------------------------


def term(key, value="1.00", since="2022-01-01"):
    return Term(key, typed("yuan", value), "元/次", "五（二）1", date.fromisoformat(since), plan="zezhou-2022")


def test_a_term_asked_for_by_station_falls_back_to_every_kind_and_then_to_nothing():
    terms = Terms({row.key: row for row in [term("duty.rate.county_centre", "200.00"), term("duty.deduction.late", "50.00")]})
    assert terms.for_station("duty.rate", "county_centre").value == Decimal("200.00")
    assert terms.for_station("duty.deduction.late", "township_station").value == Decimal("50.00")
    assert terms.for_station("duty.rate", "village_platform") is None
    assert set(terms.under("duty.rate")) == {"county_centre"}


def test_a_missing_term_is_named_with_plan_and_day():
    with pytest.raises(MissingTerm, match="方案zezhou-2022在2022-03-01没有“duty.x”这一项"):
        Terms({}, plan="zezhou-2022", day=date(2022, 3, 1))["duty.x"]


@pytest.mark.parametrize(("day", "value"), [("2022-06-30", "50.00"), ("2022-07-01", "60.00"), ("2022-12-31", "60.00")])
def test_a_later_value_holds_from_its_day_on(day, value):
    dated = [term("k", "60.00", "2022-07-01"), term("k", "50.00")]
    assert in_force(dated, date.fromisoformat(day))["k"].value == Decimal(value)


def test_nothing_holds_before_its_first_day():
    assert in_force([term("k")], date(2021, 12, 31)) == {}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("yuan", "10.00", Decimal("10.00")),
        ("int", "3", 3),
        ("bool", "false", False),
        ("date", "2021-10-01", date(2021, 10, 1)),
        ("list", "court、police", ("court", "police")),
        ("text", "shift", "shift"),
    ],
)
def test_a_stored_value_comes_back_typed(kind, text, value):
    assert typed(kind, text) == value
    assert stored(value) == text
