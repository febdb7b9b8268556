"""People with posts, and a client that has signed in as they do."""

import datetime
import itertools

import pytest
from django.core.cache import cache

from accounts.models import User
from organizations.models import Post, Region, Station

PASSWORD = "seven-quiet-lanterns"
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def no_limits_from_other_tests():
    cache.clear()


@pytest.fixture
def county(db):
    province = Region.objects.create(level="province", name="示例省")
    city = Region.objects.create(level="city", name="示例市", parent=province)
    return Region.objects.create(level="county", name="示例县", parent=city)


@pytest.fixture
def person(county):
    """person("finance", is_demo=True): a user with this post; without a role, a user without any."""

    def make(*roles, **fields):
        number = next(_numbers)
        fields = {"username": f"user{number}", "name": f"张示例{number}", **fields}
        user = User.objects.create_user(password=PASSWORD, **fields)
        for role in roles:
            station = _station(county) if role in ("clerk", "head") else None
            Post.objects.create(
                user=user,
                role=role,
                region=county,
                station=station,
                since=datetime.date(2020, 1, 1),
                is_confirmed=True,
                entered_by=user,
            )
        return user

    return make


def _station(county):
    from organizations.models import Organization

    names = {field.name for field in Station._meta.get_fields()}
    fields = {"kind": "township_station", "name": "示例镇公共法律服务工作站", "region": county}
    if "county" in names:
        fields["county"] = county
    if "short_name" in names:
        fields["short_name"] = "示例镇"
    if "organization" in names and not Station._meta.get_field("organization").null:
        fields["organization"], _ = Organization.objects.get_or_create(
            name="示例县司法局", defaults={"kind": "bureau", "region": county}
        )
    station, _ = Station.objects.get_or_create(name=fields.pop("name"), defaults=fields)
    return station


@pytest.fixture
def sign_in(client):
    """Signs in through the login page, as a person does. Returns the response."""

    def do(user, password=PASSWORD, browser=None):
        return (browser or client).post("/login/", {"login": user.username, "password": password})

    return do
