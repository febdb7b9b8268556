"""What the quarterly return is told of cases: figures of a hand-worked quarter, in the order of the places, in constant queries."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import audit
from common.periods import Quarter
from subsidies.models import BureauDecision, CaseMark
from subsidies.services.case_figures import judge_cases, progress_of, sums_of
from tests.subsidies.case_world import CaseWorld


@pytest.fixture
def world(db):
    return CaseWorld()


def amounts(world, until="2022Q4"):
    found = judge_cases(county=world.county, year=2022, until=Quarter.parse(until))
    return {case.number: (case.special, case.operating) for case in found}


@pytest.mark.rule("Z-SUB-1")
def test_a_quarter_holds_its_marked_cases_in_order_with_what_they_are_due(world):
    world.case("2022-03-20", number="B", standard="1500.00")
    world.case("2022-03-05", number="A")
    world.case("2022-04-02", number="C")
    world.case(None, number="D")
    found = judge_cases(county=world.county, year=2022, until=Quarter.parse("2022Q1"))
    assert [(case.number, case.special, case.operating, case.share.place) for case in found] == [
        ("A", Decimal("1000.00"), Decimal("0.00"), 1),
        ("B", Decimal("1000.00"), Decimal("500.00"), 2),
    ]
    assert [case.quarter for case in found] == [Quarter(2022, 1)] * 2
    assert sums_of(found) == (Decimal("2000.00"), Decimal("500.00"))


@pytest.mark.rule("Z-CASE-6")
def test_a_blocked_case_is_there_with_every_reason(world):
    world.case("2022-03-05", number="A", concluded_on="2021-12-20", archived_on=None)
    (case,) = judge_cases(county=world.county, year=2022, until=Quarter.parse("2022Q1"))
    assert case.reasons == ("结案日期不在2022年", "案卷没有归档")
    assert (case.special, case.operating) == (0, 0)


@pytest.mark.rule("Z-SUB-5")
def test_a_mark_after_the_year_is_reported_in_its_fourth_quarter_and_nowhere_else(world):
    world.case("2023-01-28", number="A", concluded_on="2022-12-30", archived_on="2023-01-10", quality_verified_on="2023-01-20")
    world.case("2023-02-01", number="B", concluded_on="2023-01-05", archived_on="2023-01-20", quality_verified_on="2023-01-25")
    assert amounts(world, "2022Q3") == {}
    assert amounts(world) == {"A": (1000, 0)}
    (case,) = judge_cases(county=world.county, year=2022)
    assert case.quarter == Quarter(2022, 4)


@pytest.mark.rule("Z-SUB-3")
def test_beyond_the_target_operating_funds_pay_and_worthless_cases_take_no_place(world):
    world.cases(134, "2022-02-01")
    world.case("2022-02-02", number="agency", is_undertaken_by_agency=True)
    world.case("2022-02-03", number="last", standard="1500.00")
    world.case("2022-02-04", number="beyond", standard="1500.00")
    found = amounts(world)
    assert found["agency"] == (0, 0)
    assert found["last"] == (1000, 500)
    assert found["beyond"] == (0, 1500)


@pytest.mark.rule("Z-CASE-3")
def test_the_bureaus_last_decision_opens_or_closes_what_the_plan_leaves_open(world):
    case = world.case("2022-03-05", number="A", basis="not_listed")
    assert judge_cases(county=world.county, year=2022)[0].verdict.needs_bureau
    for is_included in (False, True):
        decision = BureauDecision.objects.create(
            case=case, is_included=is_included, reason="省条例第九条涵盖", document_no="会议纪要〔2022〕3号",
            decided_by=world.people["leader"], decided_at="2022-03-06T09:00+08:00",
        )  # fmt: skip
        audit.record(by=world.people["leader"], action="subsidies.decide_scope", on=decision)
        assert bool(amounts(world)["A"][0]) is is_included


@pytest.mark.rule("Z-SUB-5")
def test_a_mark_that_the_director_has_not_signed_does_not_count(world):
    case = world.case("2022-03-05")
    CaseMark.objects.filter(case=case).update(state="sent_back", proof=world.firm.accounts.get().paper,
                                              proposed_by=world.people["centre"], proposed_at="2022-03-05T09:00+08:00")  # fmt: skip
    audit.record(by=world.people["director"], action="subsidies.sign_marks", on=case.mark)
    assert amounts(world) == {}


@pytest.mark.rule("Z-CASE-9")
def test_progress_counts_concluded_entered_and_counted_apart(world):
    world.case(None)
    world.case(None, provincial_no="")
    world.case(None, primary_group="none")
    world.case("2022-03-01", is_undertaken_by_agency=True)
    world.case(None, concluded_on="2022-04-01", provincial_entered_on="2022-04-01")
    world.case(None, concluded_on="2021-12-31")
    assert progress_of(county=world.county, year=2022, until=date(2022, 3, 31)) == (135, 4, 3, 2)
    assert progress_of(county=world.county, year=2022, until=date(2022, 12, 31)) == (135, 5, 4, 3)


def test_the_number_of_queries_does_not_grow_with_the_cases(world):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            judge_cases(county=world.county, year=2022)
        return len(caught)

    world.cases(2)
    few = queries()
    world.cases(30)
    assert queries() == few
