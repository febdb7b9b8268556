"""The brake on public doors: so many in so long a time, in the cache of a real installation, also when many knock at once. safety.md §2."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection

from consultations.services.brakes import counted_in, is_over


@pytest.fixture
def tables(settings):
    """The cache as an installation has it: in tables. Tests otherwise run on one in memory."""
    caches["default"] = DatabaseCache("cache", {"OPTIONS": settings.CACHES["default"]["OPTIONS"]})
    yield
    caches["default"].clear()
    del caches["default"]


def seconds_left():
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM expires - now()) FROM cache WHERE cache_key LIKE '%%tries:door%%'")
        return float(cursor.fetchone()[0])


@pytest.mark.django_db
def test_an_hour_of_counting_stays_an_hour_after_the_second_try(tables):
    assert [counted_in("door", most=2, seconds=3600) for _ in range(3)] == [True, True, False]
    assert is_over("door", most=2) and not is_over("another-door", most=2)
    assert 3500 < seconds_left() <= 3600


@pytest.mark.django_db
def test_going_on_trying_does_not_make_the_wait_longer(tables):
    caches["default"].set("tries:door", (5, time.time() + 60), timeout=60)  # an hour's span, all but a minute of it gone by
    assert not counted_in("door", most=2, seconds=3600)
    assert seconds_left() <= 60


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_knock_at_once_none_slips_past_the_count(tables):
    def knock(_):
        try:
            return counted_in("door", most=12, seconds=3600)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(knock, range(20)))
    assert sorted(answers) == [False] * 8 + [True] * 12
