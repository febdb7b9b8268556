"""How often stations are on duty, and who may say otherwise."""

from datetime import date

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from organizations.models import Station
from programmes.models import StationFrequency
from programmes.services.frequencies import FrequencyError, frequencies_on, set_frequency

JUNE = date(2022, 6, 1)


def frequency(plan, station, day=JUNE):
    return frequencies_on(stations=[station], day=day, terms=plan.terms_on(day))[station.pk]


@pytest.mark.rule("Z-ROS-3")
def test_the_plan_says_weekly_for_townships_and_each_working_day_for_the_centre(plan, bagong):
    centre = Station.objects.get(kind=Station.Kind.COUNTY_CENTRE)
    assert (frequency(plan, bagong).policy, frequency(plan, centre).policy) == ("weekly", "workday")


@pytest.mark.rule("Z-ROS-3")
def test_the_bureau_may_decide_otherwise_from_a_day_on(plan, bagong, system):
    set_frequency(station=bagong, policy="reduced", times_per_month=1, since=date(2022, 4, 1), reason="地处偏远", by=system)
    set_frequency(station=bagong, policy="weekly", times_per_month=9, since=date(2022, 9, 1), reason="恢复", by=system)
    words = [str(frequency(plan, bagong, date(2022, month, 1))) for month in (3, 4, 8, 9)]
    assert words == ["每周一次", "适当减少，每月1次", "适当减少，每月1次", "每周一次"]


def test_of_two_decisions_from_one_day_the_later_made_holds(plan, bagong, system):
    for times in (6, 8):
        set_frequency(station=bagong, policy="increased", times_per_month=times, since=JUNE, reason="人口密集", by=system)
    assert frequency(plan, bagong).times_per_month == 8


@pytest.mark.rule("Z-ROS-3")
@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"times_per_month": 0}, "每月也至少排班 1 次"),
        ({"times_per_month": None}, "每月次数应是 1 至 31"),
        ({"reason": " "}, "没有写理由"),
    ],
)
def test_a_frequency_needs_at_least_once_a_month_and_a_reason(bagong, system, asked, sentence):
    right = {"policy": "reduced", "times_per_month": 1, "since": JUNE, "reason": "地处偏远"}
    with pytest.raises(FrequencyError, match=sentence):
        set_frequency(station=bagong, by=system, **(right | asked))
    assert not StationFrequency.objects.exists()


def test_the_centre_stays_on_duty_each_working_day(plan, system):
    centre = Station.objects.get(kind=Station.Kind.COUNTY_CENTRE)
    with pytest.raises(FrequencyError, match="每个工作日都要值班"):
        set_frequency(station=centre, policy="reduced", times_per_month=4, since=JUNE, reason="人少", by=system)


@pytest.mark.rule("Z-ROS-3")
def test_the_database_knows_the_floor_of_once_a_month(bagong, system):
    row = {"station": bagong, "since": JUNE, "decided_by": system, "decided_at": timezone.now(), "reason": "偏远"}
    for wrong in ({"policy": "reduced", "times_per_month": 0}, {"policy": "reduced"}, {"policy": "weekly", "reason": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            StationFrequency.objects.bulk_create([StationFrequency(**(row | wrong))])


def test_the_frequencies_of_all_stations_take_one_query(plan, system, bagong, django_assert_num_queries):
    set_frequency(station=bagong, policy="reduced", times_per_month=1, since=JUNE, reason="偏远", by=system)
    stations, terms = list(Station.objects.all()), plan.terms_on(JUNE)
    with django_assert_num_queries(1):
        assert len(frequencies_on(stations=stations, day=JUNE, terms=terms)) == 17
