"""The demonstration year is a living county: same rows every time, books that add up, work for everybody, nobody real."""

import re

import pytest
from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.services import system_user
from common import clock
from common.id_numbers import check_id_number
from consultations.models import Consultation, Finding, Shift
from desk.services.demo import DemoRefused, add_logins, load_year
from desk.services.todo import todo_items
from legalaid.models import AidCase
from organizations.models import Practitioner
from programmes.models import Month
from programmes.services.calendars import load_calendar
from programmes.services.loading import load_plan
from records.services import forget_remembered_day
from subsidies.models import LedgerEntry, PayRow, PaySheet
from subsidies.services.checking import check_books

FICTIONAL = re.compile("示例|虚构|样本|假设|模拟|范例|试用|占位|演示")


def load():
    system = system_user()
    load_plan(content=(settings.BASE_DIR / "programmes/plans/zezhou-2022.toml").read_bytes(), by=system)
    load_calendar(by=system)
    return load_year(by=system)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The year loaded twice from nothing: the figures of the first time, and the second, which the tests look at."""
    with django_db_blocker.unblock(), transaction.atomic():
        with transaction.atomic():
            load()
            first = figures()
            transaction.set_rollback(True)
        forget_remembered_day()
        counts = load()
        yield counts, first
        transaction.set_rollback(True)
    forget_remembered_day()


@pytest.fixture
def year(loaded):
    return loaded[0]


def figures():
    return (
        list(Shift.objects.order_by("pk").values_list("day", "station__name", "practitioner__name")),
        list(Finding.objects.order_by("pk").values_list("shift__day", "kind", "state", "times")),
        list(Consultation.objects.order_by("pk").values_list("number", "question", "rating")),
        list(PayRow.objects.order_by("pk").values_list("sheet__month__first", "name", "payable")),
        list(LedgerEntry.objects.order_by("sequence").values_list("day", "amount", "balance")),
    )


def test_loading_it_twice_gives_the_same_year(loaded):
    assert figures() == loaded[1]


def test_its_books_add_up(year):
    assert check_books() == []


def test_it_remembers_its_day_and_stands_behind_its_figures(year):
    assert str(clock.today()) == "2022-09-26"
    assert Consultation.objects.count() == year["咨询"] > 3000
    assert AidCase.objects.exclude(concluded_on=None).count() == 97
    assert Month.objects.closed().count() == 7
    assert PaySheet.objects.get(month__first="2022-08-01").status == "draft"
    assert PayRow.objects.filter(sheet__month__first="2022-08-01", is_month_void=True).count() == 1
    kinds = {kind for kind, _ in Finding.Kind.choices} - {"late", "early_leave"}
    assert set(Finding.objects.values_list("kind", flat=True)) == kinds


@pytest.mark.parametrize("login", ["section", "section2", "leader", "clerk", "head", "duty", "finance", "cashier", "treasury"])
def test_everybody_who_acts_finds_open_work(year, login):
    assert todo_items(User.objects.get(username=login)) != []


def test_everybody_in_it_is_plainly_fictional(year):
    names = [*Practitioner.objects.values_list("name", flat=True), *User.objects.people().values_list("name", flat=True)]
    assert [name for name in names if not FICTIONAL.search(name)] == []
    clients = Consultation.objects.exclude(client_name="匿名").values_list("client_name", flat=True).distinct()
    assert [name for name in clients if not FICTIONAL.search(name)] == []
    for person in Practitioner.objects.all():
        check_id_number(person.id_number)


def test_it_is_not_loaded_into_a_database_that_holds_facts(year):
    with pytest.raises(DemoRefused):
        add_logins(by=system_user())
