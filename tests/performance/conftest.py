"""The world of reports, on a day in April 2022: March is over."""

import pytest

from tests.performance.report_world import ReportWorld


@pytest.fixture(autouse=True)
def april(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-04-06")


@pytest.fixture
def world(db):
    return ReportWorld()


@pytest.fixture
def lasting_world(transactional_db):
    """The same, committed: deferred triggers only show when transactions really end."""
    return ReportWorld()
