"""A county with the shipped plan, its calendar and the demonstration's logins, ready for a workbook."""

from pathlib import Path

import pytest

from accounts.models import User
from accounts.services import system_user
from desk.services.demo import add_logins
from desk.services.importing import import_workbook
from programmes.services.calendars import load_calendar
from programmes.services.loading import load_plan

DATA = Path(__file__).resolve().parents[1] / "data"
PLAN = Path(__file__).resolve().parents[2] / "programmes/plans/zezhou-2022.toml"


@pytest.fixture
def county(db):
    system = system_user()
    plan = load_plan(content=PLAN.read_bytes(), by=system).plan
    load_calendar(by=system)
    add_logins(by=system, password="demonstration only")
    return plan.region


@pytest.fixture
def login(county):
    return lambda username: User.objects.get(username=username)


@pytest.fixture
def bring_in(county, login):
    """Import a workbook of tests/data, or given bytes, as a login."""

    def bring(source, by="section", **options):
        content = source if isinstance(source, bytes) else (DATA / source).read_bytes()
        return import_workbook(content=content, name="工作簿.xlsx", county=county, by=login(by), **options)

    return bring
