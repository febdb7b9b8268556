"""The sheet 法律援助案件 brought in as a county keeps it, and `quarterly_report --json` against quarters worked by hand. contract.md 3, 5.

The command is the real one; the figures beside it are read from told_vectors.toml and told_year.toml, worked from the plan's text.
"""

import json
import tomllib
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from common.money import ZERO
from programmes.services.calendars import load_calendar
from subsidies.services.checking import check_books
from tests.desk.test_import_errors import workbook
from tests.subsidies.case_world import CaseWorld

HERE = Path(__file__).parent
YEAR = tomllib.loads((HERE / "told_year.toml").read_text(encoding="utf-8"))
VECTORS = tomllib.loads((HERE / "told_vectors.toml").read_text(encoding="utf-8"))["case"]
CASES, FUNDS = "法律援助案件", "资金"
RECIPIENT = {"受援人": "受援人甲", "身份证号": "140525198506150025"}


@pytest.fixture
def world(db, monkeypatch):
    """A county of today: the commands take no other day than the real one where the data is no demonstration."""
    monkeypatch.delenv("TODAY", raising=False)
    world = CaseWorld()
    load_calendar(by=world.system, years=[2023])
    return world


def rows_of(cases):
    """Rows of the sheet: what is usual, what the case says otherwise, and a provincial number of its own."""
    rows = []
    for case in cases:
        for n in range(1, case.get("times", 1) + 1):
            number = case["number"] % n if "times" in case else case["number"]
            rows.append(RECIPIENT | YEAR["usual"] | {"案件编号": number, "省系统案号": f"SX{len(rows):05}"} | case.get("row", {}))
    return rows


def bring_in(tmp_path, **sheets):
    file = tmp_path / "案件.xlsx"
    file.write_bytes(workbook(**sheets))
    out = StringIO()
    call_command("import_workbook", str(file), "--county", "140525", "--json", "--as", "section", stdout=out)
    return json.loads(out.getvalue())


def report(quarter):
    out = StringIO()
    call_command("quarterly_report", quarter, "--county", "140525", "--json", stdout=out)
    return json.loads(out.getvalue())


def shares(document):
    return {row["case"]: [row["special"], row["operating"]] for row in document["case_subsidy"]["rows"]}


def blocked(document):
    return {row["case"]: row["reasons"] for row in document["case_subsidy"]["blocked"]}


@pytest.mark.rule("Z-SUB-1", "Z-SUB-2", "Z-CASE-3", "Z-CASE-5", "Z-CASE-6", "Z-SUB-7")
def test_every_vector_told_by_the_sheet_is_paid_or_blocked_as_worked_by_hand(world, tmp_path):
    bring_in(tmp_path, **{CASES: rows_of(VECTORS)})
    documents = {quarter: report(quarter) for quarter in YEAR["quarters"]}
    for quarter, document in documents.items():
        here = [case for case in VECTORS if case.get("quarter", "2022Q1") == quarter]
        assert shares(document) == {case["number"]: [case["special"], case["operating"]] for case in here if "special" in case}
        assert blocked(document) == {case["number"]: case["reasons"] for case in here if "reasons" in case}


@pytest.mark.rule("Z-SUB-3", "Z-CASE-9", "Z-RPT-1", "Z-RPT-2", "Z-FUND-1")
def test_a_year_told_by_two_sheets_makes_the_four_returns_worked_by_hand(world, tmp_path):
    cases = rows_of(YEAR["case"])
    bring_in(tmp_path, **{CASES: cases, FUNDS: YEAR["funds"]})
    for quarter, worked in YEAR["quarters"].items():
        document = report(quarter)
        money = document["case_subsidy"]
        assert document["special_fund"] == worked["special_fund"]
        assert {key: money[key] for key in worked["case_subsidy"]} == worked["case_subsidy"]
        assert {case: shares(document)[case] for case in worked["shares"]} == worked["shares"]
        assert blocked(document) == worked["blocked"]
        assert document["cases"] == worked["cases"]
        assert document["receipts"] == worked["receipts"]
        assert (document["due_on"], document["late_after"]) == tuple(str(worked[key]) for key in ("due_on", "late_after"))
        assert all(row["reasons"] == [] for row in money["rows"]) and len(money["rows"]) == money["cases"]
    # Two sheets told in another order, or once more, change nothing.
    again = bring_in(tmp_path, **{CASES: cases[::-1], FUNDS: YEAR["funds"][::-1]})
    assert {name: each["added"] + each["changed"] for name, each in again["sheets"].items()} == {CASES: 0, FUNDS: 0}
    assert list(shares(report("2022Q2"))) == list(YEAR["quarters"]["2022Q2"]["shares"])


@pytest.mark.rule("Z-RPT-2", "I19")
def test_what_is_paid_in_april_is_due_in_the_first_quarter_and_cash_of_the_second(world, tmp_path, monkeypatch):
    bring_in(tmp_path, **{CASES: rows_of(YEAR["case"]), FUNDS: YEAR["funds"]})
    monkeypatch.setenv("TODAY", "2022-04-06")
    case_list = world.list_to("paid")
    monkeypatch.delenv("TODAY")
    worked = {quarter: YEAR["quarters"][quarter]["special_fund"] for quarter in ("2022Q1", "2022Q2")}
    first, second = report("2022Q1"), report("2022Q2")
    assert (case_list.special_total, case_list.operating_total) == (133000, 1300)
    assert first["special_fund"] == worked["2022Q1"] and first["case_subsidy"]["paid"] == "134300.00"
    assert second["special_fund"] == worked["2022Q2"] | {"case_subsidy": "133000.00", "closing": "301100.00"}
    assert second["case_subsidy"]["paid"] == "0.00" and shares(second) == YEAR["quarters"]["2022Q2"]["shares"]
    assert world.operating.balance == 48700 and world.operating.committed == ZERO
    assert check_books() == []
