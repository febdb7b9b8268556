"""Leaves and wishes, shifts offered to colleagues, reminders of the evening before. Z-DUTY-3, Z-ROS-5, Z-ROS-6."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from common.errors import Refused
from consultations.models import DutyLeave, DutyReminder, DutyWish, Shift, ShiftChange, SwapOffer
from consultations.services.availability import enter_leave, save_wish, shifts_on_leave, withdraw_leave
from consultations.services.changes import change_person, decide_change, propose_change
from consultations.services.merging import merge_practitioners
from consultations.services.offers import decline_offer, offer_shift, take_offer, withdraw_offer
from consultations.services.reminders import remind_of_duty
from consultations.services.substitutes import substitutes_for
from consultations.todo.rosters import todo_items
from organizations.models import PoolEntry
from records.models import Notice
from tests.consultations.test_roster_pages import body

pytestmark = pytest.mark.django_db


def march(day):
    return datetime.date(2022, 3, day)


@pytest.fixture(autouse=True)
def on_the_tenth(at):
    at("2022-03-10 10:00")


@pytest.fixture
def section(user):
    return user("section")


# --- leaves and wishes ------------------------------------------------------------------------------------------------


def test_a_leave_is_entered_on_the_telephone_and_names_the_shifts_it_meets(adviser, shift, signed_in, bagong):
    person = adviser("赵示例")
    planned = shift("2022-03-15", person=person)
    client = signed_in(person.user)
    page = body(client.post("/roster/wishes/", {"since": "２０２２年３月１４日", "until": "2022-3-16"}, follow=True))
    leave = DutyLeave.objects.get()
    assert (leave.since, leave.until, leave.entered_by) == (march(14), march(16), person.user)
    assert "已登记请假：3月14日至3月16日" in page and f'href="/roster/shift/{planned.pk}/"' in page
    assert shifts_on_leave(leave) == [planned]
    page = body(client.post(f"/roster/leaves/{leave.pk}/withdraw/", follow=True))
    assert "没有登记请假" in page
    assert DutyLeave.objects.get().withdrawn_by == person.user


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (march(12), march(11), "结束日期早于开始日期"),
        (march(1), march(9), "这几天已经过去"),
        (march(12), datetime.date(2024, 1, 1), "一次最多登记一年"),
        (march(14), march(30), "3月13日至3月14日已经登记过请假"),
    ],
)
def test_a_leave_that_cannot_be_is_refused_in_words(adviser, since, until, words):
    person = adviser()
    enter_leave(practitioner=person, since=march(13), until=march(14), by=person.user)
    with pytest.raises(Refused, match=words):
        enter_leave(practitioner=person, since=since, until=until, by=person.user)
    assert DutyLeave.objects.count() == 1


def test_a_leave_is_withdrawn_once_and_not_when_it_is_over(adviser, at):
    person = adviser()
    leave = enter_leave(practitioner=person, since=march(13), until=march(14), by=person.user)
    late = enter_leave(practitioner=person, since=march(16), until=march(17), by=person.user)
    withdraw_leave(leave_id=leave.pk, by=person.user)
    with pytest.raises(Refused, match="已经撤销"):
        withdraw_leave(leave_id=leave.pk, by=person.user)
    at("2022-03-18 10:00")
    with pytest.raises(Refused, match="已经结束"):
        withdraw_leave(leave_id=late.pk, by=person.user)


def test_the_section_enters_what_it_was_told_and_the_person_hears_of_it(adviser, section, signed_in, county):
    person = adviser("钱虚构")
    client = signed_in(section)
    response = client.post(
        "/roster/2022-03/leaves/", {"practitioner": person.pk, "since": "2022-03-21", "reason": "住院"}, follow=True
    )
    assert "已登记钱虚构请假：3月21日" in body(response)
    assert Notice.objects.get(to=person.user).text == "业务股为你登记了值班请假：3月21日。"


def test_nobody_sees_or_withdraws_anothers_leave(adviser, signed_in, user):
    person = adviser()
    leave = enter_leave(practitioner=person, since=march(13), until=march(14), by=person.user)
    assert signed_in(adviser().user).post(f"/roster/leaves/{leave.pk}/withdraw/").status_code == 404
    assert signed_in(user("leader")).post(f"/roster/leaves/{leave.pk}/withdraw/").status_code == 403
    assert DutyLeave.objects.get().withdrawn_at is None


def test_wishes_are_saved_and_changed(adviser, signed_in):
    person = adviser()
    client = signed_in(person.user)
    client.post("/roster/wishes/", {"wish": "1", "liked": ["0", "2"], "avoided": ["4"], "most": "3", "note": "周五开庭"})
    assert DutyWish.objects.get().words == "方便 星期一、星期三；尽量不排 星期五；每月最多 3 班"
    page = body(client.post("/roster/wishes/", {"wish": "1", "liked": ["4"], "avoided": ["4"]}))
    assert "星期五两处都选了" in page
    assert "1 至 31" in body(client.post("/roster/wishes/", {"wish": "1", "most": "三"}))
    with pytest.raises(Refused, match="请登记请假"):
        save_wish(practitioner=person, avoided=range(7), by=person.user)
    client.post("/roster/wishes/", {"wish": "1"})
    assert DutyWish.objects.get().words == "都可以"


@pytest.mark.rule("Z-ROS-6")
def test_who_is_on_leave_is_not_offered_as_a_substitute(shift, adviser):
    planned = shift("2022-03-15")
    free, away = adviser("孙样本"), adviser("李假名")
    enter_leave(practitioner=away, since=march(15), until=march(15), by=away.user)
    assert [each.name for each in substitutes_for(planned)] == [free.name]


def test_leaves_and_wishes_come_along_when_two_records_are_made_one(adviser, section):
    keep, duplicate = adviser(), adviser(login=False)
    leave = enter_leave(practitioner=duplicate, since=march(13), until=march(14), by=section)
    wish = save_wish(practitioner=duplicate, most=2, by=section)
    merge_practitioners(keep=keep, duplicate=duplicate, reason="同一人两次登记", by=section)
    for row in (leave, wish):
        row.refresh_from_db()
        assert row.practitioner == keep


# --- offers -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def mine(shift, adviser):
    return shift("2022-03-15", person=adviser("赵示例"))


@pytest.mark.rule("Z-ROS-6")
def test_an_offer_is_taken_checked_and_then_decided_by_the_bureau(mine, adviser, section, signed_in, bagong):
    owner, taker = mine.practitioner, adviser("钱虚构")
    client = signed_in(owner.user)
    page = body(client.get(f"/roster/shift/{mine.pk}/offer/"))
    assert "钱虚构（本月 0 班）" in page
    client.post(f"/roster/shift/{mine.pk}/offer/", {"to": "", "wants_return": "", "reason": "开庭"})
    offer = SwapOffer.objects.get()
    assert Notice.objects.get(to=taker.user).url == f"/roster/offers/{offer.pk}/"
    client = signed_in(taker.user)
    assert "赵示例" in body(client.get("/roster/offers/"))
    client.post(f"/roster/offers/{offer.pk}/", {"take": "1"})
    change = ShiftChange.objects.get()
    assert (change.state, change.substitute, change.proposed_by) == ("proposed", taker, owner.user)
    mine.refresh_from_db()
    assert mine.practitioner == owner
    assert "本人已同意" in body(signed_in(section).get(f"/roster/changes/{change.pk}/"))
    decide_change(change_id=change.pk, approve=True, by=section)
    mine.refresh_from_db()
    assert mine.practitioner == taker


@pytest.mark.rule("Z-ROS-6")
def test_a_shift_is_exchanged_for_one_of_the_takers(mine, adviser, section, shift, dayang, signed_in):
    owner, taker = mine.practitioner, adviser("钱虚构")
    given = shift("2022-03-17", person=taker, station=dayang)
    offer = offer_shift(shift_id=mine.pk, reason="开庭", to=taker, wants_return=True, by=owner.user)
    assert [item.title for item in todo_items(taker.user)] == ["赵示例请您接班"]
    with pytest.raises(Refused, match="请选择你拿来换的班次"):
        take_offer(offer_id=offer.pk, by=taker.user)
    with pytest.raises(Refused, match="只能拿自己的班次来换"):
        take_offer(offer_id=offer.pk, in_return=shift("2022-03-18"), by=taker.user)
    signed_in(taker.user).post(f"/roster/offers/{offer.pk}/", {"take": "1", "in_return": given.pk})
    decide_change(change_id=ShiftChange.objects.get().pk, approve=True, by=section)
    assert Shift.objects.get(pk=given.pk).practitioner == owner
    assert Shift.objects.get(pk=mine.pk).practitioner == taker


@pytest.mark.rule("Z-DUTY-3")
@pytest.mark.rule("Z-ROS-5")
def test_the_rules_are_asked_when_a_shift_is_taken(mine, adviser, shift, dayang, centre):
    owner = mine.practitioner
    busy, bound, free = adviser("钱虚构"), adviser("孙样本"), adviser("李假名")
    offer = offer_shift(shift_id=mine.pk, reason="开庭", by=owner.user)
    shift("2022-03-15", person=busy, station=dayang)
    PoolEntry.objects.get(practitioner=bound).stations.add(centre)
    with pytest.raises(Refused, match="同一时间排在两处"):
        take_offer(offer_id=offer.pk, by=busy.user)
    with pytest.raises(Refused, match="入库范围不包括"):
        take_offer(offer_id=offer.pk, by=bound.user)
    with pytest.raises(Refused, match="你自己的班次"):
        take_offer(offer_id=offer.pk, by=owner.user)
    take_offer(offer_id=offer.pk, by=free.user)
    with pytest.raises(Refused, match="已有人接"):
        take_offer(offer_id=offer.pk, by=free.user)
    assert ShiftChange.objects.count() == 1


def test_offers_that_cannot_be_made_are_refused_in_words(mine, adviser, section, at, shift):
    owner, other = mine.practitioner.user, adviser()
    with pytest.raises(Refused, match="自己的班次"):
        offer_shift(shift_id=mine.pk, reason="x", by=other.user)
    with pytest.raises(Refused, match="没有写原因"):
        offer_shift(shift_id=mine.pk, reason=" ", by=owner)
    offer = offer_shift(shift_id=mine.pk, reason="开庭", by=owner)
    with pytest.raises(Refused, match="已在等人接"):
        offer_shift(shift_id=mine.pk, reason="开庭", by=owner)
    withdraw_offer(offer_id=offer.pk, by=owner)
    with pytest.raises(Refused, match="不能收回"):
        withdraw_offer(offer_id=offer.pk, by=owner)
    change = propose_change(shift_id=mine.pk, reason="开庭", by=owner)
    with pytest.raises(Refused, match="已有申请等待审批"):
        offer_shift(shift_id=mine.pk, reason="开庭", by=owner)
    decide_change(change_id=change.pk, approve=False, decision="自行找人", by=section)
    enter_leave(practitioner=other, since=march(15), until=march(15), by=other.user)
    with pytest.raises(Refused, match="当天不能在这里值班"):
        offer_shift(shift_id=mine.pk, reason="开庭", to=other, by=owner)
    with pytest.raises(Refused, match="没有人能接"):
        offer_shift(shift_id=mine.pk, reason="开庭", by=owner)
    at("2022-03-16 08:00")
    with pytest.raises(Refused, match="已经过去"):
        offer_shift(shift_id=mine.pk, reason="开庭", by=owner)


def test_who_was_asked_may_say_no_and_nobody_else_may_take_it(mine, adviser, signed_in):
    asked, other = adviser("钱虚构"), adviser("孙样本")
    offer = offer_shift(shift_id=mine.pk, reason="开庭", to=asked, by=mine.practitioner.user)
    assert signed_in(other.user).get(f"/roster/offers/{offer.pk}/").status_code == 404
    with pytest.raises(Refused, match="请钱虚构接的"):
        take_offer(offer_id=offer.pk, by=other.user)
    with pytest.raises(Refused, match="不是单独发给你的"):
        decline_offer(offer_id=offer.pk, by=other.user)
    signed_in(asked.user).post(f"/roster/offers/{offer.pk}/", {"decline": "1"})
    offer.refresh_from_db()
    assert offer.state == "declined"
    assert "钱虚构不能接" in Notice.objects.get(to=mine.practitioner.user).text


def test_an_offer_ends_when_the_bureau_has_put_somebody_else_on_the_shift(mine, adviser, section):
    taker = adviser()
    offer = offer_shift(shift_id=mine.pk, reason="开庭", by=mine.practitioner.user)
    change_person(shift_id=mine.pk, substitute=adviser(), reason="另行安排", by=section)
    assert not SwapOffer.objects.open().exists()
    with pytest.raises(Refused, match="不再有效"):
        take_offer(offer_id=offer.pk, by=taker.user)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_at_once_one_is_refused(mine, adviser):
    takers = [adviser(), adviser()]
    offer = offer_shift(shift_id=mine.pk, reason="开庭", by=mine.practitioner.user)

    def attempt(taker):
        try:
            take_offer(offer_id=offer.pk, by=taker.user)
        except Refused as error:
            return str(error)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, takers))
    assert outcomes.count(None) == 1 and ShiftChange.objects.count() == 1


# --- reminders --------------------------------------------------------------------------------------------------------


def told(person):
    return [notice.text for notice in Notice.objects.filter(to=person.user).order_by("pk")]


def test_the_evening_before_everybody_on_duty_is_reminded_once(shift, adviser, at):
    person, elsewhere = adviser(), adviser(login=False)
    shift("2022-03-11", person=person)
    shift("2022-03-11", person=elsewhere)
    shift("2022-03-12", person=person)
    at("2022-03-10 17:59")
    assert remind_of_duty() == 0
    at("2022-03-10 18:00")
    assert remind_of_duty() == 1
    assert told(person) == ["明天（3月11日）09:00–13:00 在巴公镇值班，请按时签到。"]
    Notice.objects.update(read_at="2022-03-10T18:01+08:00")
    assert remind_of_duty() == 0 and len(told(person)) == 1
    at("2022-03-11 07:00")
    assert remind_of_duty() == 0


def test_where_beat_slept_the_morning_still_reminds_before_the_shift_begins(shift, adviser, at):
    person = adviser()
    shift("2022-03-11", person=person)
    at("2022-03-11 08:59")
    assert remind_of_duty() == 1
    assert told(person) == ["今天（3月11日）09:00–13:00 在巴公镇值班，请按时签到。"]
    late = adviser()
    shift("2022-03-11", person=late)
    at("2022-03-11 09:00")
    assert remind_of_duty() == 0


@pytest.mark.rule("Z-ROS-6")
def test_who_takes_over_after_the_reminder_is_reminded_too(mine, adviser, section, at):
    at("2022-03-14 18:05")
    assert remind_of_duty() == 1
    stand_in = adviser()
    change_person(shift_id=mine.pk, substitute=stand_in, reason="生病", by=section)
    assert remind_of_duty() == 1
    assert "明天（3月15日）" in told(stand_in)[-1]
    assert DutyReminder.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_remind_once(shift, adviser, at):
    person = adviser()
    shift("2022-03-11", person=person)
    at("2022-03-10 18:30")

    def beat(_n):
        try:
            return remind_of_duty()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(beat, range(2))) == 1
    assert len(told(person)) == 1
