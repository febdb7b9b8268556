"""The duty pool: in by the leader's word, out with a reason. Z-DUTY-3."""

import datetime

import pytest
from django.db import connection
from django.db.utils import DatabaseError

from common.errors import Refused
from organizations import services
from organizations.models import PoolEntry, Practitioner, Station

D = datetime.date.fromisoformat


def test_who_entered_somebody_does_not_admit_her(person, section, leader):
    entry = person(admitted=False).pool_entries.get()
    with pytest.raises(Refused, match="自己提出"):
        services.decide_pool_entry(entry_id=entry.pk, admit=True, by=section)
    with pytest.raises(Refused, match="不批准的理由"):
        services.decide_pool_entry(entry_id=entry.pk, admit=False, by=leader)
    refused = services.decide_pool_entry(entry_id=entry.pk, admit=False, opinion="材料不全", by=leader)
    assert (refused.state, refused.reason) == ("refused", "材料不全")
    with pytest.raises(Refused, match="不能再审定"):
        services.decide_pool_entry(entry_id=entry.pk, admit=True, by=leader)


def test_nobody_admits_or_proposes_herself(person, section, leader, county):
    made = person(admitted=False)
    services.link_login(practitioner_id=made.pk, user=leader, by=section)
    with pytest.raises(Refused, match="自己入库"):
        services.decide_pool_entry(entry_id=made.pool_entries.get().pk, admit=True, by=leader)


@pytest.mark.rule("Z-DUTY-3")
def test_the_last_day_in_the_pool_counts_and_the_next_does_not(person, section, county):
    made = person()
    services.leave(entry_id=made.pool_entries.get().pk, on=D("2022-06-30"), reason="调离", by=section)
    assert made in Practitioner.objects.in_pool_on(county, D("2022-06-30"))
    assert made not in Practitioner.objects.in_pool_on(county, D("2022-07-01"))


def test_leaving_needs_a_reason_and_a_day_of_the_stay(person, section):
    entry = person().pool_entries.get()
    with pytest.raises(Refused, match="没有填写出库原因"):
        services.leave(entry_id=entry.pk, on=D("2022-06-30"), reason=" ", by=section)
    with pytest.raises(Refused, match="不能早于入库日期"):
        services.leave(entry_id=entry.pk, on=D("2021-12-31"), reason="调离", by=section)
    services.leave(entry_id=entry.pk, on=D("2022-06-30"), reason="调离", by=section)
    with pytest.raises(Refused, match="只能改为更早"):
        services.leave(entry_id=entry.pk, on=D("2022-07-30"), reason="调离", by=section)


def test_coming_back_after_leaving_is_a_stay_of_its_own(person, section, county):
    made = person()
    entry = made.pool_entries.get()
    with pytest.raises(Refused, match="不能重叠"):
        services.propose_pool_entry(practitioner=made, county=county, since=D("2022-09-01"), by=section)
    services.leave(entry_id=entry.pk, on=D("2022-06-30"), reason="产假", by=section)
    services.propose_pool_entry(practitioner=made, county=county, since=D("2022-09-01"), by=section)
    assert made.pool_entries.count() == 2


def test_stations_of_another_county_are_refused(person, section, other_county):
    elsewhere = Station.objects.create(kind="other", name="邻县某站", short_name="某站", county=other_county)
    with pytest.raises(Refused, match="不都在示例县") as refused:
        person(stations=[elsewhere])
    assert refused.value.field == "stations"


def test_two_stays_on_one_day_are_refused_by_the_database(person, county, section):
    made = person()
    with pytest.raises(DatabaseError, match="pool_entry_one_at_a_time"):
        PoolEntry.objects.bulk_create([PoolEntry(practitioner=made, county=county, since=D("2022-03-01"), entered_by=section)])


def test_an_entry_decided_by_who_made_it_is_refused_by_the_database(person, section):
    made = person(admitted=False)
    with pytest.raises(DatabaseError, match="decided_by_another"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organizations_poolentry SET state = 'admitted', decided_by_id = entered_by_id WHERE practitioner_id = %s",
            [made.pk],
        )


def test_a_clerk_sees_who_may_be_on_duty_at_her_station(person, user, station, west):
    here, there, anywhere = person(stations=[station]), person(stations=[west]), person()
    seen = set(Practitioner.objects.visible_to(user("clerk", at=station)))
    assert seen == {here, anywhere}
    assert there in Practitioner.objects.visible_to(user("section"))


def test_other_counties_and_people_without_posts_see_nobody(person, user, other_county):
    made = person()
    assert not Practitioner.objects.visible_to(user("section", region=other_county)).exists()
    assert not Practitioner.objects.visible_to(user()).exists()
    duty = user("duty")
    Practitioner.objects.filter(pk=made.pk).update(user=duty)
    assert list(Practitioner.objects.visible_to(duty)) == [made]
