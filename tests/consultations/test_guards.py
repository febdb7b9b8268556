"""What the database refuses about duty, by every path and as the program's role. safety.md §3: I6, I16."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from consultations.models import (
    Attendance,
    Consultation,
    CriticismNotice,
    Finding,
    RollCall,
    Settlement,
    Shift,
    StationMonth,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def section(user):
    return user("section")


@pytest.fixture
def facts(shift, section, bagong, month):
    """A row of every kind about one shift of March."""
    now = timezone.now()
    mine = shift("2022-03-15", times=("09:00", "13:00"))
    return {
        "shift": mine,
        "attendance": mine.attendance,
        "finding": Finding.objects.create(shift=mine, kind="complaint", source="report", reported_by=section, reported_at=now),
        "settlement": Settlement.objects.create(shift=mine, kind="served", reason="x", proposed_by=section, proposed_at=now),
        "roll_call": RollCall.objects.create(shift=mine, checked_at=now, method="phone", is_present=True, checked_by=section),
        "station_month": StationMonth.objects.create(station=bagong, month=month("2022-03")),
        "record": Consultation.objects.create(
            station=bagong, shift=mine, practitioner=mine.practitioner, day=mine.day, recorded_by=section, recorded_at=now
        ),
    }


def refused(act, words="结账"):
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        act()


CHANGES = {
    "shift": {"lunch_minutes": 30},
    "attendance": {"sign_in": datetime.time(8)},
    "finding": {"state": "heard"},
    "settlement": {"state": "refused"},
    "roll_call": {"is_present": False},
    "station_month": {"state": "open"},
    "record": {"answer": "改了"},
}


@pytest.mark.parametrize("name", CHANGES)
def test_rows_of_a_closed_month_are_neither_changed_nor_deleted_by_any_path(name, facts, close):
    row, changes = facts[name], CHANGES[name]
    model, table = type(row), row._meta.db_table
    close("2022-03")
    column = next(iter(changes))

    def save():
        for key, value in changes.items():
            setattr(row, key, value)
        row.save()

    def raw(sql):
        with connection.cursor() as cursor:
            cursor.execute(sql, [row.pk])

    refused(save)
    refused(lambda: model.objects.filter(pk=row.pk).update(**changes))
    refused(lambda: model.objects.bulk_update([row], [column]))
    value = {"is_present": "false", "lunch_minutes": "30"}.get(column, f"'{changes[column]}'")
    refused(lambda: raw(f"UPDATE {table} SET {column} = {value} WHERE id = %s"))
    refused(lambda: raw(f"DELETE FROM {table} WHERE id = %s"))


def test_nothing_comes_into_a_closed_month_unless_booked_in_an_open_one(facts, close, section, month, adviser, bagong):
    mine = facts["shift"]
    close("2022-03")
    now = timezone.now()
    finding = {"shift": mine, "kind": "no_show", "source": "report", "reported_by": section, "reported_at": now}
    refused(lambda: Finding.objects.create(**finding))
    refused(lambda: Finding.objects.bulk_create([Finding(**finding)]))
    refused(lambda: Finding.objects.create(**finding, booked_in=month("2022-03")))
    settlement = {"shift": mine, "kind": "no_show", "reason": "x", "state": "refused", "proposed_by": section, "proposed_at": now}
    refused(lambda: Settlement.objects.create(**settlement))
    refused(lambda: Settlement.objects.create(**settlement, booked_in=month("2022-03")))
    refused(lambda: RollCall.objects.create(shift=mine, checked_at=now, method="phone", is_present=False, checked_by=section))
    refused(
        lambda: Shift.objects.create(
            station=bagong, day="2022-03-30", starts_at="09:00", ends_at="13:00", practitioner=adviser(), created_by=section
        )
    )
    Finding.objects.create(**finding, booked_in=month("2022-04"))
    Settlement.objects.create(**settlement, booked_in=month("2022-04"))


def test_what_is_booked_in_a_month_freezes_when_that_month_closes(facts, close, section, month):
    close("2022-03")
    finding = Finding.objects.create(
        shift=facts["shift"],
        kind="no_show",
        source="report",
        reported_by=section,
        reported_at=timezone.now(),
        booked_in=month("2022-04"),
    )
    Finding.objects.filter(pk=finding.pk).update(remark="还开着")
    close("2022-04")
    refused(lambda: Finding.objects.filter(pk=finding.pk).update(remark="已关"))
    refused(lambda: Finding.objects.filter(pk=finding.pk).update(booked_in=month("2022-05")))


def test_a_row_is_not_moved_out_of_a_closed_month(facts, close, shift):
    elsewhere = shift("2022-04-15")
    close("2022-03")
    refused(lambda: Finding.objects.filter(pk=facts["finding"].pk).update(shift=elsewhere))
    refused(lambda: Shift.objects.filter(pk=facts["shift"].pk).update(day="2022-04-01"))


def decided(**fields):
    return {"state": "upheld", "decided_at": timezone.now(), "decision": "x", **fields}


def test_the_subject_never_decides_on_her_own_finding(facts):
    finding, subject = facts["finding"], facts["shift"].practitioner.user
    refused(lambda: Finding.objects.filter(pk=finding.pk).update(**decided(decided_by=subject)), "本人不能核实")
    with connection.cursor() as cursor:
        refused(
            lambda: cursor.execute(
                "UPDATE consultations_finding SET state = 'dropped', decided_by_id = %s, decided_at = now() WHERE id = %s",
                [subject.pk, finding.pk],
            ),
            "本人不能核实",
        )
    row = Finding(
        shift=facts["shift"],
        kind="late",
        source="clock",
        reported_by=subject,
        reported_at=timezone.now(),
        **decided(decided_by=subject),
    )
    refused(lambda: Finding.objects.bulk_create([row]), "本人不能核实")


def test_the_recorder_never_decides_but_for_the_clock_and_imports(facts, section, user):
    finding = facts["finding"]
    refused(lambda: Finding.objects.filter(pk=finding.pk).update(**decided(decided_by=section)), "verifier_did_not_record")
    refused(lambda: Finding.objects.filter(pk=finding.pk).update(**decided(decided_by=None)), "names_its_person")
    Finding.objects.create(
        shift=facts["shift"],
        kind="late",
        source="clock",
        reported_by=section,
        reported_at=timezone.now(),
        **decided(decided_by=section),
    )
    Finding.objects.filter(pk=finding.pk).update(**decided(decided_by=user("section")))


def test_a_settlement_has_two_people_and_neither_is_its_subject(facts, section, user):
    settlement, subject = facts["settlement"], facts["shift"].practitioner.user
    accept = {"state": "accepted", "decided_at": timezone.now()}
    rows = Settlement.objects.filter(pk=settlement.pk)
    refused(lambda: rows.update(**accept, decided_by=section), "needs_a_second_person")
    refused(lambda: rows.update(**accept), "needs_a_second_person")
    refused(lambda: rows.update(**accept, decided_by=subject), "本人不能处理")
    refused(lambda: rows.update(proposed_by=subject), "本人不能处理")
    rows.update(**accept, decided_by=user("section"))


def test_one_fact_is_one_row(facts, section):
    again = {
        "shift": facts["shift"],
        "kind": "complaint",
        "source": "report",
        "reported_by": section,
        "reported_at": timezone.now(),
    }
    refused(lambda: Finding.objects.create(**again), "finding_one_fact_once")
    refused(lambda: Attendance.objects.create(shift=facts["shift"], source="clerk"), "shift_id")


def test_only_upheld_sham_duty_and_no_show_are_criticised(facts, section):
    notice = {"number": "泽司通〔2022〕1号", "facts": "x", "issued_on": "2022-03-20", "issued_by": section}
    refused(lambda: CriticismNotice.objects.create(finding=facts["finding"], **notice), "只有属实的")


def test_a_month_received_was_confirmed_by_somebody_else(facts, section):
    rows = StationMonth.objects.filter(pk=facts["station_month"].pk)
    refused(lambda: rows.update(state="confirmed"), "confirmed_by_somebody")
    refused(lambda: rows.update(state="received", confirmed_by=section, received_by=section), "received_by_another")
    refused(lambda: rows.update(state="received", confirmed_by=section), "received_by_another")


@pytest.mark.django_db(transaction=True)
def test_a_fact_written_while_the_month_closes_waits_and_is_refused(shift, month, county, user):
    """The closing holds the month's row; the sign-in beside it must not slip in on what it read before."""
    import threading

    mine = shift("2022-03-15")
    row = month("2022-03")
    closer = user("cashier")
    outcome = []

    def write():
        try:
            Attendance.objects.create(shift=mine, sign_in="09:00", source="clerk")
        except IntegrityError as error:
            outcome.append(str(error))
        finally:
            connection.close()

    with transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(state="closed", closed_at=timezone.now(), closed_by=closer)
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(0.5)
        assert writer.is_alive(), "the writer did not wait for the closing"
    writer.join(10)
    assert outcome and "结账" in outcome[0]
    assert not Attendance.objects.exists()
