"""A county's month, from the workbook it keeps to what each person is due: held against figures worked out apart."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.periods import YearMonth
from consultations.models import Attendance, Finding, Shift, StationMonth
from organizations.models import Practitioner
from records.models import ImportBatch
from subsidies.services.documents import pay_sheet_document
from subsidies.services.drafting import draft_duty_pay

EXPECTED = json.loads((Path(__file__).resolve().parents[1] / "data/zezhou-2022-03.expected.json").read_text("utf-8"))
MARCH = YearMonth(2022, 3)


def drafted(county, by):
    return pay_sheet_document(draft_duty_pay(county=county, month=MARCH, by=by))


def differences(document, stage):
    """What differs from the expected figures: persons, shifts, kinds of lines, void months, unsettled shifts, total."""
    expected, wrong = EXPECTED[stage], []
    people = {f"{p['name']} {p['id_number'][-4:]}": p for p in document["persons"]}
    if set(people) != set(expected["persons"]):
        wrong.append(f"people {set(people) ^ set(expected['persons'])}")
    for key, want in expected["persons"].items():
        person = people[key]
        if (Decimal(person["payable"]), person["month_void"]) != (want["payable"], want["month_void"]):
            wrong.append(f"{key}: {person['payable']} instead of {want['payable']}")
        shifts = {f"{s['day']} {s['station']}": kinds(s["lines"]) for s in person["shifts"]}
        if shifts != {name: {k: Decimal(v) for k, v in lines.items()} for name, lines in want["shifts"].items()}:
            wrong.append(f"{key}: the lines of the shifts differ")
        parts = [line for s in person["shifts"] for line in s["lines"]] + person["month_lines"]
        if sum(Decimal(line["amount"]) for line in parts) != Decimal(person["payable"]):
            wrong.append(f"{key}: the lines do not add up")
        if not all(line["clause"] for line in parts):
            wrong.append(f"{key}: a line without its clause")
    unsettled = sorted(f"{u['day']} {u['station']} {u['name']}" for u in document["unsettled"])
    if unsettled != expected["unsettled"]:
        wrong.append(f"unsettled {unsettled}")
    if Decimal(document["total"]) != expected["total"]:
        wrong.append(f"total {document['total']} instead of {expected['total']}")
    return wrong


def kinds(lines):
    sums = {}
    for line in lines:
        kind = "grievance" if line["kind"] in ("dissatisfied", "complaint") else line["kind"]
        sums[kind] = sums.get(kind, Decimal(0)) + Decimal(line["amount"])
    return sums


@pytest.mark.rule("Z-PAY-2")
def test_the_month_drafts_to_the_expected_figures_person_by_person(county, login, bring_in):
    assert bring_in("zezhou-2022-03.xlsx").is_good
    assert differences(drafted(county, login("section")), "as_imported") == []


def test_corrections_imported_over_it_come_to_the_second_figures(county, login, bring_in):
    bring_in("zezhou-2022-03.xlsx")
    drafted(county, login("section"))
    outcome = bring_in("zezhou-2022-03-settle.xlsx")
    assert len(outcome.changed_rows) == 6
    assert differences(drafted(county, login("section")), "after_settling") == []


def test_drafting_equal_facts_again_gives_an_equal_document(county, login, bring_in):
    bring_in("zezhou-2022-03.xlsx")
    assert drafted(county, login("section")) == drafted(county, login("section2"))


def test_importing_the_same_workbook_again_adds_nothing(bring_in):
    bring_in("zezhou-2022-03.xlsx")
    models = (Practitioner, Shift, Attendance, Finding)
    before = [model.objects.count() for model in models]
    again = bring_in("zezhou-2022-03.xlsx")
    assert [model.objects.count() for model in models] == before
    assert {sheet: (tally.added, tally.changed) for sheet, tally in again.tallies.items()} == {
        sheet: (0, 0) for sheet in ("值班人员", "排班", "考勤", "考核")
    }


def test_a_dry_run_writes_nothing(bring_in):
    outcome = bring_in("zezhou-2022-03.xlsx", is_dry_run=True)
    assert outcome.is_good and outcome.batch is None
    assert outcome.tallies["排班"].added == 113
    assert not Shift.objects.exists() and not Practitioner.objects.exists() and not ImportBatch.objects.exists()


def test_imported_rows_wait_for_their_stations_confirmation(bring_in):
    bring_in("zezhou-2022-03.xlsx")
    assert set(StationMonth.objects.values_list("state", flat=True)) == {"open"}


def test_a_signed_sheet_named_by_somebody_who_may_receive_makes_the_stations_months_received(bring_in):
    bring_in("zezhou-2022-03.xlsx", confirmed_paper="审〔2022〕3号")
    assert set(StationMonth.objects.values_list("state", "attested_paper")) == {("received", "审〔2022〕3号")}


def test_the_workbook_is_read_with_a_number_of_queries_that_does_not_grow_with_its_known_rows(
    bring_in, django_assert_max_num_queries
):
    bring_in("zezhou-2022-03.xlsx")
    # 338 known rows, read as sets.
    with django_assert_max_num_queries(60):
        bring_in("zezhou-2022-03.xlsx", is_dry_run=True)


@pytest.mark.rule("Z-PAY-2")
def test_drafting_takes_the_same_number_of_queries_for_a_full_month_as_for_an_empty_one(county, login, bring_in):
    bring_in("zezhou-2022-03.xlsx")
    for month in (YearMonth(2022, 3), YearMonth(2022, 4)):
        draft_duty_pay(county=county, month=month, by=login("section"))
    counts = []
    for month in (YearMonth(2022, 3), YearMonth(2022, 4)):
        with CaptureQueriesContext(connection) as captured:
            draft_duty_pay(county=county, month=month, by=login("section"))
        counts.append(len(captured))
    # Writing people at all costs seven statements more (ids, names, accounts, three COPYs, the cursor), however many they are.
    assert counts[0] <= counts[1] + 7
