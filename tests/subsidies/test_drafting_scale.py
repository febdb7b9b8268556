"""Drafting does not grow dearer than its rows: queries, memory; and it says what a statement of the rules apart from it says."""

import tracemalloc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import duty_pay, gen
from common.periods import YearMonth
from consultations.models import Finding, Settlement, Shift
from subsidies.models import PayLine, PayRow, PaySheet, UnsettledShift
from subsidies.services.drafting import draft_all

MARCH = YearMonth(2022, 3)


@pytest.fixture
def by(db):
    return gen.users_of_the_bench()[0]


def drafting(counties, by):
    """How many statements one drafting is."""
    with CaptureQueriesContext(connection) as captured:
        draft_all(counties=counties, month=MARCH, by=by)
    return len(captured)


def test_a_month_asks_as_many_queries_for_a_thousand_shifts_as_for_ten(by):
    few = drafting(gen.fill(counties=1, months=[3], shifts=10, people=80), by)
    many = drafting(gen.fill(counties=1, months=[3], shifts=1000, people=80, first=1), by)
    assert Shift.objects.filter(day__year=2022).count() == 1010
    assert many == few


def test_a_month_asks_as_many_queries_for_twenty_counties_as_for_one(by):
    one = drafting(gen.fill(counties=1, months=[3], shifts=20, people=20), by)
    twenty = drafting(gen.fill(counties=20, months=[3], shifts=20, people=20, first=1), by)
    assert twenty == one


def test_drafting_again_asks_no_more_with_more_rows_to_empty(by):
    few, many = (
        gen.fill(counties=1, months=[3], shifts=shifts, people=80, first=first) for first, shifts in enumerate((10, 500))
    )
    for counties in (few, many):
        drafting(counties, by)
    assert drafting(many, by) == drafting(few, by)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_shifts(by):
    peaks = {}
    for first, counties in ((0, 20), (20, 80)):
        drawn = gen.fill(counties=counties, months=[3], shifts=100, people=40, first=first)
        tracemalloc.start()
        draft_all(counties=drawn, month=MARCH, by=by)
        peaks[counties * 100] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks[8000] <= 1.5 * peaks[2000], peaks


@pytest.mark.parametrize("seed", [1, 2])
def test_the_service_and_the_rules_stated_in_sql_say_the_same(by, seed):
    counties = gen.fill(counties=3, seed=seed, months=[7], shifts=300, people=50)
    said = {}
    for side in ("service", "sql"):
        with_nothing_written()
        duty_pay.SIDES[side](counties, YearMonth(2022, 7), by)
        said[side] = duty_pay.results()
    assert duty_pay.unlike(said["service"], said["sql"]) == {}


def with_nothing_written():
    """Take the sheets off again, as a draft's may be."""
    for model in (PayLine, PayRow, UnsettledShift):
        model.objects.all()._raw_delete("default")
    PaySheet.objects.all().delete()


def test_the_made_up_month_holds_everything_the_rules_know(by):
    """What a comparison does not contain it cannot compare."""
    counties = gen.fill(counties=3, seed=1, months=[7], shifts=300, people=50)
    draft_all(counties=counties, month=YearMonth(2022, 7), by=by)
    kinds = set(PayLine.objects.values_list("kind", flat=True))
    assert kinds == set(PayLine.Kind.values) - {"difference", "carried"}
    assert set(Finding.objects.values_list("state", flat=True)) == set(Finding.State.values)
    assert set(Settlement.objects.filter(state="accepted").values_list("kind", flat=True)) == set(Settlement.Kind.values)
    assert PayRow.objects.filter(is_month_void=True).exists()
    assert PayLine.objects.filter(kind="rate", amount=0, note__startswith="每人每天").exists()
    assert set(PayLine.objects.filter(kind="rate", amount__gt=0).values_list("amount", flat=True)) == {200, 300, 320}
