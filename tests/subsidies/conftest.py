"""The world of money, on a day in April 2022."""

import pytest

from tests.subsidies.world import World


@pytest.fixture(autouse=True)
def april(monkeypatch):
    """The business day: March is over and to be paid."""
    monkeypatch.setenv("TODAY", "2022-04-06")


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def lasting_world(transactional_db):
    """The same, committed: deferred triggers and races only show when transactions really end."""
    return World()
