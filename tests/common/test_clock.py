from datetime import UTC, date, datetime

import pytest
import time_machine

from common import clock


@pytest.fixture(autouse=True)
def no_memory(settings, monkeypatch):
    settings.BUSINESS_DAY_SOURCE = ""
    monkeypatch.delenv("TODAY", raising=False)


@pytest.mark.parametrize(("instant", "day"), [("2022-03-31T15:59:59", 31), ("2022-03-31T16:00:00", 1)])
def test_the_day_turns_at_midnight_in_shanghai(instant, day):
    with time_machine.travel(datetime.fromisoformat(instant).replace(tzinfo=UTC), tick=False):
        assert clock.today().day == day
        assert clock.now().date() == clock.today()


def test_the_environment_sets_the_business_day_but_never_the_real_time(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-09-26")
    with time_machine.travel(datetime(2026, 1, 2, 1, 30, tzinfo=UTC), tick=False):
        assert clock.today() == date(2022, 9, 26)
        assert clock.now().isoformat() == "2022-09-26T09:30:00+08:00"
        assert clock.real_now().isoformat() == "2026-01-02T09:30:00+08:00"


def remembered():
    return date(2022, 9, 26)


def forgotten():
    return None


def test_a_remembered_day_comes_before_the_real_one(settings):
    settings.BUSINESS_DAY_SOURCE = f"{__name__}.remembered"
    assert clock.today() == date(2022, 9, 26)


def test_without_a_remembered_day_it_is_the_real_one(settings):
    settings.BUSINESS_DAY_SOURCE = f"{__name__}.forgotten"
    with time_machine.travel(datetime(2026, 1, 2, tzinfo=UTC), tick=False):
        assert clock.today() == date(2026, 1, 2)


def test_the_day_may_be_set_where_nobody_works_yet_and_in_a_demonstration_and_nowhere_else(db, monkeypatch):
    from accounts.models import User
    from records.services import mark_as_demo

    monkeypatch.setenv("TODAY", "2022-09-26")
    assert clock.why_today_is_refused() == ""
    User.objects.create_user("somebody", "a long enough password", name="示例")
    assert "TODAY" in clock.why_today_is_refused()
    mark_as_demo(day=None)
    assert clock.why_today_is_refused() == ""
