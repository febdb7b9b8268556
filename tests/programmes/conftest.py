"""A county with the shipped Zezhou plan, and people who act in it."""

from pathlib import Path

import pytest

from accounts.models import User
from accounts.policy import Role
from accounts.services import system_user
from organizations.models import Post, Region, Station
from programmes.models import Plan
from programmes.services.calendars import load_calendar
from programmes.services.loading import load_plan

PLANS = Path(__file__).resolve().parents[2] / "programmes" / "plans"


@pytest.fixture
def system(db):
    return system_user()


@pytest.fixture
def zezhou_file():
    return (PLANS / "zezhou-2022.toml").read_bytes()


@pytest.fixture
def plan(system, zezhou_file) -> Plan:
    return load_plan(content=zezhou_file, by=system).plan


@pytest.fixture
def county(plan) -> Region:
    return plan.region


@pytest.fixture
def bagong(county) -> Station:
    return Station.objects.get(county=county, short_name="巴公镇")


@pytest.fixture
def calendar_2022(system):
    load_calendar(by=system, years=[2022])


@pytest.fixture
def somebody(system, county):
    """A maker of signed-up users: somebody("section") holds that post in the county."""

    def make(role: str, *, username: str = "", station: Station | None = None, region: Region | None = None) -> User:
        # A demonstration user: the second factor is not what these tests are about.
        user = User.objects.create_user(username=username or role, name=f"示例{role}", is_demo=True)
        Post.objects.create(
            user=user,
            role=Role(role),
            region=region or county,
            station=station,
            since="2018-01-01",
            is_confirmed=True,
            entered_by=system,
        )
        return user

    return make
