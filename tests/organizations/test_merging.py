"""Two records of one person become one: what is open moves, what is closed stays."""

import datetime

import pytest

from accounts.models import AuditEntry
from accounts.services import system_user
from common.errors import Refused
from consultations.models import Consultation, Shift
from consultations.services.merging import merge_practitioners
from organizations import services
from organizations.models import Practitioner
from programmes.models import Month

D = datetime.date.fromisoformat


@pytest.fixture
def shift(station):
    def make(person, day, *, at=None, starts="09:00", ends="13:00"):
        return Shift.objects.create(
            station=at or station, day=D(day), starts_at=starts, ends_at=ends, practitioner=person, created_by=system_user()
        )

    return make


@pytest.fixture
def consultation(station):
    def make(person, day):
        return Consultation.objects.create(
            station=station, practitioner=person, day=D(day), recorded_by=system_user(), recorded_at=f"{day}T10:00:00+08:00"
        )

    return make


@pytest.fixture
def pair(person):
    return person(name="钱示例"), person(name="钱示例")


def merge(pair, section, reason="身份证号抄错一位"):
    return merge_practitioners(keep=pair[0], duplicate=pair[1], reason=reason, by=section)


def close(county, section, first):
    Month.objects.update_or_create(
        county=county, first=first, defaults={"state": "closed", "closed_at": "2022-04-10T00:00:00+08:00", "closed_by": section}
    )


def test_open_shifts_and_consultations_move_and_closed_ones_stay(pair, shift, consultation, county, section):
    keep, duplicate = pair
    rows = {day: (shift(duplicate, day), consultation(duplicate, day)) for day in ("2022-02-08", "2022-03-08")}
    close(county, section, "2022-02-01")
    merge(pair, section)
    for day, owner in (("2022-02-08", duplicate), ("2022-03-08", keep)):
        for row in rows[day]:
            row.refresh_from_db()
            assert row.practitioner == owner, day


def test_the_duplicate_points_to_the_kept_record_and_leaves_the_lists(pair, section, county):
    keep, duplicate = pair
    merge(pair, section)
    duplicate.refresh_from_db()
    assert duplicate.merged_into == keep
    assert list(Practitioner.objects.current()) == [keep]
    assert list(Practitioner.objects.in_pool_on(county, D("2022-03-01"))) == [keep]
    entries = AuditEntry.objects.filter(action="organizations.merge_people")
    assert {entry.object_id for entry in entries} == {str(keep.pk), str(duplicate.pk)}
    assert {entry.reason for entry in entries} == {"身份证号抄错一位"}
    with pytest.raises(Refused, match="已并入另一条"):
        services.edit_practitioner(practitioner_id=duplicate.pk, by=section, name="孙示例")


@pytest.mark.parametrize(
    ("starts", "ends", "same_station", "is_refused"),
    [("12:59", "17:00", False, True), ("13:00", "17:00", False, False), ("14:00", "18:00", True, True)],
)
def test_two_people_on_duty_at_once_are_not_one(pair, shift, section, west, starts, ends, same_station, is_refused):
    shift(pair[0], "2022-03-08")
    shift(pair[1], "2022-03-08", at=None if same_station else west, starts=starts, ends=ends)
    if not is_refused:
        merge(pair, section)
        return
    with pytest.raises(Refused, match="同时在值班"):
        merge(pair, section)
    assert Shift.objects.filter(practitioner=pair[1]).count() == 1


def test_a_cancelled_shift_is_no_duty(pair, shift, section):
    shift(pair[0], "2022-03-08")
    row = shift(pair[1], "2022-03-08", at=None)
    Shift.objects.filter(pk=row.pk).update(is_cancelled=True)
    merge(pair, section)


@pytest.mark.rule("Z-DUTY-2")
def test_different_status_on_a_day_of_duty_is_settled_first(pair, shift, section, leader):
    shift(pair[1], "2022-03-08")
    services.set_public_servant_status(
        practitioner=pair[0], since=D("2022-03-01"), is_public_servant=True, evidence="录用通知", by=leader
    )
    with pytest.raises(Refused, match="公职身份不同"):
        merge(pair, section)
    services.set_public_servant_status(
        practitioner=pair[1], since=D("2022-03-01"), is_public_servant=True, evidence="录用通知", by=leader
    )
    merge(pair, section)


@pytest.mark.parametrize(("reason", "words"), [(" ", "没有填写合并理由")])
def test_merging_needs_a_reason(pair, section, reason, words):
    with pytest.raises(Refused, match=words):
        merge(pair, section, reason)


def test_a_record_is_merged_once_and_not_into_itself(pair, section, person):
    with pytest.raises(Refused, match="同一条记录"):
        merge((pair[0], pair[0]), section)
    merge(pair, section)
    with pytest.raises(Refused, match="已经并入"):
        merge((person(), pair[1]), section)


def test_nobody_merges_her_own_record(pair, section, user):
    own = user("section")
    services.link_login(practitioner_id=pair[1].pk, user=own, by=section)
    with pytest.raises(Refused, match="自己的记录"):
        merge(pair, own)


def test_stays_that_meet_become_one_that_spans_both(person, section, station, west, county):
    keep = person(since=D("2022-03-01"), stations=[station])
    duplicate = person(since=D("2022-01-01"), stations=[west])
    services.leave(entry_id=duplicate.pool_entries.get().pk, on=D("2022-06-30"), reason="调离", by=section)
    merge((keep, duplicate), section)
    stay = keep.pool_entries.get()
    assert (stay.since, stay.until) == (D("2022-01-01"), None)
    assert set(stay.stations.all()) == {station, west}


def test_login_firm_and_account_come_along_where_the_kept_record_has_none(person, section, user, firm):
    keep, duplicate = person(), person(organization=firm, bank_name="示例银行", account_no="6228480000000001")
    duty = user("duty")
    services.link_login(practitioner_id=duplicate.pk, user=duty, by=section)
    merge((keep, duplicate), section)
    keep.refresh_from_db()
    assert keep.user == duty
    assert keep.affiliations.get().organization == firm
    assert keep.bank_accounts.in_use().get().account_no == "6228480000000001"


def test_an_account_in_use_is_not_replaced_by_merging(person, section):
    keep = person(bank_name="示例银行", account_no="6228480000000001")
    duplicate = person(bank_name="另一银行", account_no="6228480000000002")
    merge((keep, duplicate), section)
    assert keep.bank_accounts.in_use().get().account_no == "6228480000000001"
    assert duplicate.bank_accounts.in_use().get().account_no == "6228480000000002"
