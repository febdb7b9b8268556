"""Signing in and out: who may, when, what is written down. Z-ORG-3, Z-DED-2, safety.md §4–5."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import AuditEntry
from common.errors import Refused
from consultations.models import Attendance, Finding
from consultations.services.attendance import declare_no_consultation, sign_in, sign_out
from consultations.services.shift_facts import facts_of

pytestmark = pytest.mark.django_db


def facts(shift):
    return facts_of([shift])[0]


def test_the_person_on_duty_signs_in_with_the_servers_whole_minutes(at, shift):
    mine = shift("2022-03-15")
    at("2022-03-15 09:07:59")
    record = sign_in(shift_id=mine.pk, by=mine.practitioner.user)
    assert record.sign_in == datetime.time(9, 7)
    assert record.source == "phone"
    entry = AuditEntry.objects.get(action="consultations.sign_in")
    assert entry.actor == mine.practitioner.user and entry.after == {"签到": "09:07", "来源": "本人手机签到"}


@pytest.mark.rule("Z-DED-2")
def test_late_is_read_from_the_clock_and_no_finding_is_stored(at, shift):
    mine = shift("2022-03-15")
    at("2022-03-15 09:07")
    sign_in(shift_id=mine.pk, by=mine.practitioner.user)
    at("2022-03-15 12:58")
    sign_out(shift_id=mine.pk, by=mine.practitioner.user)
    assert facts(mine).clock == {"late": 7, "early_leave": 2}
    assert facts(mine).words == "迟到 7 分钟、早退 2 分钟"
    assert not Finding.objects.exists()


@pytest.mark.rule("Z-DED-2")
def test_nine_o_clock_and_fifty_nine_seconds_is_not_late(at, shift):
    mine = shift("2022-03-15")
    at("2022-03-15 09:00:59.9")
    sign_in(shift_id=mine.pk, by=mine.practitioner.user)
    at("2022-03-15 13:00:00")
    sign_out(shift_id=mine.pk, by=mine.practitioner.user)
    assert facts(mine).state == "normal"


def test_a_second_press_is_the_same_sign_in(at, shift):
    mine = shift("2022-03-15")
    at("2022-03-15 08:58")
    sign_in(shift_id=mine.pk, by=mine.practitioner.user)
    at("2022-03-15 09:03")
    assert sign_in(shift_id=mine.pk, by=mine.practitioner.user).sign_in == datetime.time(8, 58)
    assert AuditEntry.objects.filter(action="consultations.sign_in").count() == 1


def test_another_hand_is_told_that_it_is_done(at, shift, user, bagong):
    mine = shift("2022-03-15")
    at("2022-03-15 08:58")
    sign_in(shift_id=mine.pk, by=mine.practitioner.user)
    with pytest.raises(Refused, match="已于 08:58 签到"):
        sign_in(shift_id=mine.pk, by=user("clerk", station=bagong))


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2022-03-15 06:59", "签到太早：09:00 的班次从 07:00 起可以签到"),
        ("2022-03-15 13:00", "班次已于 13:00 结束"),
        ("2022-03-14 09:00", "还没有到"),
        ("2022-03-16 09:00", "已经过去"),
    ],
)
def test_signing_in_at_the_wrong_time_says_when_it_would_be_right(at, shift, moment, words):
    mine = shift("2022-03-15")
    at(moment)
    with pytest.raises(Refused, match=words):
        sign_in(shift_id=mine.pk, by=mine.practitioner.user)
    assert not Attendance.objects.exists()


def test_two_hours_before_is_early_enough(at, shift):
    mine = shift("2022-03-15")
    at("2022-03-15 07:00")
    assert sign_in(shift_id=mine.pk, by=mine.practitioner.user).sign_in == datetime.time(7, 0)


def test_the_day_ends_at_midnight_in_shanghai(at, shift):
    mine = shift("2022-03-15", starts="20:00", ends="23:59")
    at("2022-03-15 20:00")
    sign_in(shift_id=mine.pk, by=mine.practitioner.user)
    at("2022-03-15 23:59:59.999")
    assert sign_out(shift_id=mine.pk, by=mine.practitioner.user).sign_out == datetime.time(23, 59)


def test_after_midnight_nobody_signs_out_of_yesterday(at, shift):
    mine = shift("2022-03-15", starts="20:00", ends="23:59")
    at("2022-03-15 20:00")
    sign_in(shift_id=mine.pk, by=mine.practitioner.user)
    at("2022-03-16 00:00:00")
    with pytest.raises(Refused, match="补登"):
        sign_out(shift_id=mine.pk, by=mine.practitioner.user)


def test_a_cancelled_shift_is_not_signed(at, shift):
    mine = shift("2022-03-15")
    type(mine).objects.update(is_cancelled=True)
    at("2022-03-15 09:00")
    with pytest.raises(Refused, match="已经取消"):
        sign_in(shift_id=mine.pk, by=mine.practitioner.user)


def test_signing_out_needs_the_sign_in(at, shift):
    mine = shift("2022-03-15")
    at("2022-03-15 13:00")
    with pytest.raises(Refused, match="还没有签到"):
        sign_out(shift_id=mine.pk, by=mine.practitioner.user)


def test_a_clerk_signs_for_others_at_her_station(at, shift, user, bagong):
    mine = shift("2022-03-15")
    clerk = user("clerk", station=bagong)
    at("2022-03-15 08:55")
    record = sign_in(shift_id=mine.pk, by=clerk)
    assert (record.source, record.signed_in_by) == ("clerk", clerk)


def test_a_clerk_of_another_station_does_not(at, shift, user, dayang):
    mine = shift("2022-03-15")
    at("2022-03-15 08:55")
    with pytest.raises(Refused, match="本站文员"):
        sign_in(shift_id=mine.pk, by=user("clerk", station=dayang))


def test_nobody_else_signs_for_another(at, shift, user, bagong):
    mine = shift("2022-03-15")
    at("2022-03-15 08:55")
    for stranger in (user("duty"), user("section"), user("head", station=bagong)):
        with pytest.raises(Refused):
            sign_in(shift_id=mine.pk, by=stranger)


def test_a_clerk_does_not_sign_for_herself(at, shift, adviser, user, bagong):
    clerk = user("clerk", station=bagong)
    person = adviser(login=False)
    person.user = clerk
    person.save()
    mine = shift("2022-03-15", person=person)
    at("2022-03-15 08:55")
    with pytest.raises(Refused, match="文员不能为自己签到"):
        sign_in(shift_id=mine.pk, by=clerk)


def test_no_consultation_is_declared_only_by_who_came_and_had_none(at, shift):
    mine = shift("2022-03-15")
    at("2022-03-15 09:00")
    with pytest.raises(Refused, match="还没有签到"):
        declare_no_consultation(shift_id=mine.pk, by=mine.practitioner.user)
    sign_in(shift_id=mine.pk, by=mine.practitioner.user)
    assert declare_no_consultation(shift_id=mine.pk, by=mine.practitioner.user).no_consultation


def test_a_sign_in_into_a_closed_month_is_refused_in_words(at, shift, close):
    mine = shift("2022-03-31")
    at("2022-03-31 09:00")
    close("2022-03")
    with pytest.raises(Refused, match="已由.*结账"):
        sign_in(shift_id=mine.pk, by=mine.practitioner.user)


# --- at once ----------------------------------------------------------------------------------------------------------


def at_once(acts):
    """Each act in a thread of its own with a connection of its own, all at the same time; what each gave or raised."""

    def run(act):
        try:
            return act()
        except Refused as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_at_once_are_one_sign_in(at, shift):
    mine = shift("2022-03-15")
    at("2022-03-15 08:59")
    results = at_once([lambda: sign_in(shift_id=mine.pk, by=mine.practitioner.user)] * 20)
    assert {result.pk for result in results} == {Attendance.objects.get().pk}
    assert AuditEntry.objects.filter(action="consultations.sign_in").count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_people_signing_in_at_once_lose_nothing(at, shift):
    shifts = [shift("2022-03-15") for _ in range(50)]
    at("2022-03-15 08:59")
    acts = [lambda each=each: sign_in(shift_id=each.pk, by=each.practitioner.user) for each in shifts]
    results = at_once(acts)
    assert not [result for result in results if isinstance(result, Exception)]
    assert Attendance.objects.filter(sign_in="08:59").count() == 50
