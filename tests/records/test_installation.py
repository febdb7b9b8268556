from datetime import date

import pytest
from django.db import DatabaseError, transaction

from common import clock
from common.errors import Refused
from records import services
from records.models import Installation


@pytest.fixture(autouse=True)
def no_today(monkeypatch):
    monkeypatch.delenv("TODAY", raising=False)


def test_a_demonstration_remembers_its_day(anna):
    assert services.remembered_day() is None
    services.mark_as_demo(day=date(2022, 9, 26), by=anna)
    assert clock.today() == date(2022, 9, 26)
    services.remember_day(day=date(2022, 9, 27), by=anna)
    assert clock.today() == date(2022, 9, 27)


def test_the_day_is_read_once_a_minute(anna, django_assert_num_queries):
    services.mark_as_demo(day=date(2022, 9, 26), by=anna)
    services.remembered_day()
    with django_assert_num_queries(0):
        assert services.remembered_day() == date(2022, 9, 26)


def test_real_books_use_the_real_day(anna):
    with pytest.raises(Refused, match="正式安装"):
        services.remember_day(day=date(2022, 9, 26), by=anna)


def test_there_is_one_installation(db):
    services.installation()
    with pytest.raises(DatabaseError), transaction.atomic():
        Installation.objects.create(id=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        Installation.objects.update(demo_today=date(2022, 9, 26))
