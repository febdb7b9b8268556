"""Zezhou county with its plan and calendar, people on duty, shifts, and a clock that stands where a test wants it."""

import datetime
import itertools
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction

from accounts.models import User
from accounts.services import system_user
from common.encryption import keyed_index
from common.id_numbers import check_digit
from common.periods import YearMonth
from consultations.models import Attendance, Shift
from organizations.models import PoolEntry, Post, Practitioner, Station
from programmes.models import Month
from programmes.services.calendars import load_calendar
from programmes.services.loading import load_plan
from programmes.services.months import close_month, lock_month

PLAN = Path(__file__).resolve().parents[2] / "programmes" / "plans" / "zezhou-2022.toml"
SHANGHAI = ZoneInfo("Asia/Shanghai")
_numbers = itertools.count(1)


@pytest.fixture
def at():
    """at("2022-03-15 09:07"): the program's clock stands there, Shanghai time."""
    travellers = []

    def go(text):
        while travellers:
            travellers.pop().stop()
        moment = datetime.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
        traveller = time_machine.travel(moment, tick=False)
        traveller.start()
        travellers.append(traveller)
        return moment

    yield go
    while travellers:
        travellers.pop().stop()


@pytest.fixture
def county(db):
    system = system_user()
    plan = load_plan(content=PLAN.read_bytes(), by=system).plan
    load_calendar(by=system, years=[2022])
    return plan.region


@pytest.fixture
def bagong(county):
    return Station.objects.get(county=county, short_name="巴公镇")


@pytest.fixture
def dayang(county):
    return Station.objects.get(county=county, short_name="大阳镇")


@pytest.fixture
def centre(county):
    return Station.objects.get(county=county, short_name="县中心")


@pytest.fixture
def user(county):
    """user("section"): somebody who holds that post; user("clerk", station=bagong)."""

    def make(*roles, station=None, name=""):
        number = next(_numbers)
        made = User.objects.create_user(f"user{number}", "seven quiet lanterns", name=name or f"示例{number}", is_demo=True)
        for role in roles:
            Post.objects.create(
                user=made,
                role=role,
                region=county,
                station=station if role in ("clerk", "head") else None,
                since="2018-01-01",
                is_confirmed=True,
                entered_by=made,
            )
        return made

    return make


@pytest.fixture
def adviser(county, user):
    """A practitioner in the pool with her login (`adviser().user`)."""

    def make(name="", login=True, kind="lawyer"):
        number = next(_numbers)
        first = f"1405251985{number // 28 % 12 + 1:02d}{number % 28 + 1:02d}{number % 1000:03d}"
        id_number = first + check_digit(first)
        person = Practitioner.objects.create(
            name=name or f"赵示例{number}",
            id_number=id_number,
            id_index=keyed_index(id_number),
            kind=kind,
            user=user("duty", name=name) if login else None,
        )
        PoolEntry.objects.create(
            practitioner=person, county=county, since="2022-01-01", state="admitted", entered_by=system_user()
        )
        return person

    return make


@pytest.fixture
def shift(county, adviser, bagong):
    """shift("2022-03-15"): four hours at 巴公镇 from nine, or as told; times=("09:00", "13:00") are its record."""

    def make(day, *, station=None, person=None, starts="09:00", ends="13:00", lunch=0, times=None):
        made = Shift.objects.create(
            station=station or bagong,
            day=datetime.date.fromisoformat(day),
            starts_at=starts,
            ends_at=ends,
            lunch_minutes=lunch,
            practitioner=person or adviser(),
            created_by=system_user(),
        )
        made.refresh_from_db()
        if times:
            came, left = times
            Attendance.objects.create(shift=made, sign_in=came, sign_out=left, source="import")
        return made

    return make


@pytest.fixture
def close(county, user):
    """close("2022-03"): the books of that month are closed."""

    def do(text):
        with transaction.atomic():
            month = lock_month(county=county, year_month=YearMonth.parse(text))
        return close_month(month_id=month.pk, by=user("cashier"))

    return do


@pytest.fixture
def month(county):
    return lambda text: Month.objects.get_or_create(county=county, first=YearMonth.parse(text).first)[0]


@pytest.fixture
def signed_in(client):
    """signed_in(user): a client that is signed in as her."""

    def sign_in(user):
        client.logout()  # an old session would be idle where the clock has moved
        client.force_login(user)
        return client

    return sign_in
