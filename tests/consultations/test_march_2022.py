"""What the pages call unsettled is what pay leaves out: the shipped workbook of March against its expected figures."""

import json
from pathlib import Path

import pytest

from accounts.services import system_user
from common.periods import YearMonth
from consultations.services.settlements import unsettled_shifts
from desk.services.importing import import_workbook

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[1] / "data"


def test_the_unsettled_shifts_of_march_are_those_of_the_pay_sheet(at, county):
    at("2022-04-01 09:00")
    content = (DATA / "zezhou-2022-03.xlsx").read_bytes()
    import_workbook(content=content, name="三月.xlsx", county=county, by=system_user())
    unsettled = unsettled_shifts(county=county, period=YearMonth(2022, 3))
    found = sorted(f"{each.day} {each.station.name} {each.practitioner.name}" for each in unsettled)
    expected = json.loads((DATA / "zezhou-2022-03.expected.json").read_text(encoding="utf-8"))
    assert found == sorted(expected["as_imported"]["unsettled"])
    import_workbook(content=(DATA / "zezhou-2022-03-settle.xlsx").read_bytes(), name="更正.xlsx", county=county, by=system_user())
    assert unsettled_shifts(county=county, period=YearMonth(2022, 3)) == []
