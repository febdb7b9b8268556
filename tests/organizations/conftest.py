"""A county with two stations, people who act in it, and practitioners."""

import datetime
import itertools
import time

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from accounts.services import system_user
from common.id_numbers import check_digit
from organizations import services
from organizations.models import Organization, PoolEntry, Post, Region, Station

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def business_day(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-09-26")
    cache.clear()


@pytest.fixture
def county(db):
    province = Region.objects.create(level="province", name="示例省", code="990000")
    city = Region.objects.create(level="city", name="示例市", parent=province, code="990100")
    return Region.objects.create(level="county", name="示例县", parent=city, code="990101")


@pytest.fixture
def other_county(county):
    return Region.objects.create(level="county", name="邻县", parent=county.parent, code="990102")


@pytest.fixture
def station(county):
    return Station.objects.create(
        kind="township_station", name="东镇公共法律服务工作站", short_name="东镇", county=county, order=1
    )


@pytest.fixture
def west(county):
    return Station.objects.create(
        kind="township_station", name="西镇公共法律服务工作站", short_name="西镇", county=county, order=2
    )


@pytest.fixture
def firm(county):
    return Organization.objects.create(kind="law_firm", name="示例律师事务所", region=county)


@pytest.fixture
def user(county, station):
    """user("section"): somebody who holds that post in the county, or elsewhere with `region` and `at`."""

    def make(*roles, region=None, at=None, name="", **fields):
        number = next(_numbers)
        made = User.objects.create_user(
            f"user{number}", "seven quiet lanterns", name=name or f"经办{number}", is_demo=True, **fields
        )
        for role in roles:
            Post.objects.create(
                user=made, role=role, region=region or county, station=(at or station) if role in ("clerk", "head") else None,
                since="2018-01-01", is_confirmed=True, entered_by=system_user(),
            )  # fmt: skip
        return made

    return make


@pytest.fixture
def signed_in(client):
    """signed_in(user): a client signed in as her, who has just given her password (unless fresh=False)."""

    def sign_in(user, *, fresh=True):
        client.force_login(user)
        session = client.session
        age = 0 if fresh else 3600
        session["account_authentication_methods"] = [{"method": "password", "at": time.time() - age, "username": user.username}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return client

    return sign_in


def id_number(number, born="19850615"):
    stem = f"140525{born}{number % 1000:03d}"
    return stem + check_digit(stem)


@pytest.fixture
def new_number():
    """A formally right ID number that nobody has yet, nor a test that writes its own."""
    return lambda born="19850616": id_number(next(_numbers), born)


@pytest.fixture
def section(user):
    return user("section", name="李业务")


@pytest.fixture
def leader(user):
    return user("leader", name="赵局长")


@pytest.fixture
def person(county, section, leader, new_number):
    """person(): a lawyer in the county's pool since January, admitted by the leader; options as for registering."""

    def make(*, admitted=True, **options):
        number = next(_numbers)
        options = {
            "name": f"钱示例{number}", "id_number": new_number(), "kind": "lawyer", "county": county, "by": section,
            "since": datetime.date(2022, 1, 1), **options,
        }  # fmt: skip
        made = services.register_practitioner(**options)
        if admitted:
            entry = PoolEntry.objects.get(practitioner=made, county=options["county"])
            services.decide_pool_entry(entry_id=entry.pk, admit=True, by=leader)
        return made

    return make


@pytest.fixture
def paper():
    """A scanned paper, each time another one."""
    return lambda: SimpleUploadedFile("确认书.pdf", b"%PDF-1.4 " + str(next(_numbers)).encode(), content_type="application/pdf")


@pytest.fixture
def day():
    return datetime.date.fromisoformat
