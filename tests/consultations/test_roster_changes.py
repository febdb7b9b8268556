"""Leave, substitution and swap: who asks, who decides, what becomes of the shift and of the notice. Z-ROS-6."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import Attendance, Roster, Shift, ShiftChange
from consultations.services.changes import change_person, decide_change, propose_change, withdraw_change
from consultations.services.publishing import differing, lines_of
from consultations.services.rosters import lock_roster
from consultations.services.substitutes import shifts_to_swap, substitutes_for
from organizations.models import PoolEntry
from records.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.rule("Z-ROS-6")]
MARCH = YearMonth(2022, 3)


@pytest.fixture
def section(user):
    return user("section")


@pytest.fixture
def mine(at, shift):
    at("2022-03-01 10:00")
    return shift("2022-03-15")


@pytest.fixture
def published(county):
    with transaction.atomic():
        roster = lock_roster(county=county, month=MARCH)
    Roster.objects.filter(pk=roster.pk).update(state="published", version=1, published_at=datetime.datetime.now(datetime.UTC))
    return roster


def test_the_person_asks_and_the_bureau_decides(mine, adviser, section, published):
    stand_in = adviser("钱虚构")
    asker = mine.practitioner.user
    change = propose_change(shift_id=mine.pk, substitute=stand_in, reason="当天开庭", by=asker)
    mine.refresh_from_db()
    assert mine.practitioner.user == asker  # nothing changes before the decision
    assert "替班" in Notice.objects.get(to=stand_in.user).text
    decide_change(change_id=change.pk, approve=True, by=section)
    mine.refresh_from_db()
    change.refresh_from_db()
    published.refresh_from_db()
    assert mine.practitioner == stand_in
    assert (change.original.user, change.substitute, change.reason, change.decided_by) == (asker, stand_in, "当天开庭", section)
    assert published.state == Roster.State.REVISED
    assert Notice.objects.filter(to=asker).count() == 1
    assert AuditEntry.objects.filter(action="consultations.decide_change", actor=section).exists()


def test_nobody_decides_on_her_own_request_nor_on_one_that_concerns_her(mine, adviser, section, user):
    stand_in = adviser("孙样本")
    change = propose_change(shift_id=mine.pk, substitute=stand_in, reason="开庭", by=section)
    for person in (section, mine.practitioner.user, stand_in.user):
        with pytest.raises(Refused, match="不能审批自己提出的或涉及自己的申请"):
            decide_change(change_id=change.pk, approve=True, by=person)
    with pytest.raises(IntegrityError, match="shift_change_decided_by_another"), transaction.atomic():
        ShiftChange.objects.filter(pk=change.pk).update(state="approved", decided_by=section, decided_at=change.proposed_at)
    decide_change(change_id=change.pk, approve=True, by=user("section"))


def test_a_refusal_says_why_and_leaves_the_shift(mine, adviser, section):
    change = propose_change(shift_id=mine.pk, substitute=adviser(), reason="开庭", by=mine.practitioner.user)
    with pytest.raises(Refused, match="写明为什么不批准") as refusal:
        decide_change(change_id=change.pk, approve=False, by=section)
    assert refusal.value.field == "decision"
    decide_change(change_id=change.pk, approve=False, decision="已有重要接待", by=section)
    mine.refresh_from_db()
    assert mine.practitioner == change.original
    with pytest.raises(Refused, match="未批准，不用再审批"):
        decide_change(change_id=change.pk, approve=True, by=section)


def test_leave_names_nobody_until_it_is_decided(mine, adviser, section):
    change = propose_change(shift_id=mine.pk, reason="生病", by=mine.practitioner.user)
    assert change.kind == "请假"
    with pytest.raises(Refused, match="选择由谁来值这个班"):
        decide_change(change_id=change.pk, approve=True, by=section)
    stand_in = adviser("李假设")
    decide_change(change_id=change.pk, approve=True, substitute=stand_in, by=section)
    mine.refresh_from_db()
    assert mine.practitioner == stand_in


def test_a_swap_exchanges_two_people_even_at_the_same_hour(mine, shift, dayang, section):
    other = shift("2022-03-15", station=dayang)
    one, two = mine.practitioner, other.practitioner
    change = propose_change(shift_id=mine.pk, swapped_with=other, reason="住得近", by=one.user)
    assert change.kind == "换班"
    decide_change(change_id=change.pk, approve=True, by=section)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.practitioner, other.practitioner) == (two, one)
    assert not mine.is_cancelled and not other.is_cancelled


def test_who_may_ask(mine, adviser, user, bagong, dayang):
    stand_in = adviser()
    clerk_here, clerk_there, stranger = user("clerk", station=bagong), user("clerk", station=dayang), adviser().user
    for person in (clerk_there, stranger):
        with pytest.raises(Refused, match="只能为自己或本站的班次"):
            propose_change(shift_id=mine.pk, substitute=stand_in, reason="试", by=person)
    assert propose_change(shift_id=mine.pk, substitute=stand_in, reason="其来电请假", by=clerk_here).proposed_by == clerk_here


def test_what_cannot_be_asked_for(mine, shift, adviser, dayang):
    asker = mine.practitioner.user
    with pytest.raises(Refused, match="没有写原因"):
        propose_change(shift_id=mine.pk, substitute=adviser(), reason=" ", by=asker)
    with pytest.raises(Refused, match="本来就在这个班次"):
        propose_change(shift_id=mine.pk, substitute=mine.practitioner, reason="试", by=asker)
    busy = shift("2022-03-15", station=dayang).practitioner
    with pytest.raises(Refused, match="同一时间排在两处"):
        propose_change(shift_id=mine.pk, substitute=busy, reason="试", by=asker)
    gone = adviser("严样本")
    PoolEntry.objects.filter(practitioner=gone).update(until="2022-03-14")
    with pytest.raises(Refused, match="严样本当天不在值班人员库"):
        propose_change(shift_id=mine.pk, substitute=gone, reason="试", by=asker)
    first = propose_change(shift_id=mine.pk, reason="生病", by=asker)
    with pytest.raises(Refused, match="已有申请等待审批"):
        propose_change(shift_id=mine.pk, reason="生病", by=asker)
    with pytest.raises(Refused, match="只能撤回自己提出的申请"):
        withdraw_change(change_id=first.pk, by=busy.user)
    assert withdraw_change(change_id=first.pk, by=asker).state == ShiftChange.State.WITHDRAWN
    propose_change(shift_id=mine.pk, reason="还是去不了", by=asker)


def test_what_was_recorded_meanwhile_stops_the_approval(mine, adviser, section):
    change = propose_change(shift_id=mine.pk, substitute=adviser(), reason="开庭", by=mine.practitioner.user)
    Attendance.objects.create(shift=mine, sign_in="09:00", source="phone")
    with pytest.raises(Refused, match="已有考勤"):
        decide_change(change_id=change.pk, approve=True, by=section)
    decide_change(change_id=change.pk, approve=False, decision="已到岗", by=section)


def test_the_bureau_changes_a_person_itself_and_the_change_is_kept(mine, adviser, section, published):
    stand_in = adviser("吴测试")
    with pytest.raises(Refused, match="已经公示，请写明调整原因"):
        change_person(shift_id=mine.pk, substitute=stand_in, reason="", by=section)
    change_person(shift_id=mine.pk, substitute=stand_in, reason="临时抽调", by=section)
    change = ShiftChange.objects.get()
    assert (change.original, change.substitute, change.is_direct) == (mine.practitioner, stand_in, True)
    published.refresh_from_db()
    assert published.state == Roster.State.REVISED
    assert Notice.objects.filter(to__in=[stand_in.user, mine.practitioner.user]).count() == 2


def test_a_planner_on_duty_does_not_change_her_own_shift(mine, adviser, section):
    mine.practitioner.user = section
    mine.practitioner.save()
    with pytest.raises(Refused, match="不能调整自己的班次"):
        change_person(shift_id=mine.pk, substitute=adviser(), reason="试", by=section)


def test_only_people_who_can_come_are_offered(mine, shift, adviser, dayang, centre):
    free = adviser("杨试用")
    shift("2022-03-15", station=dayang)
    bound = adviser("韩参考")
    PoolEntry.objects.get(practitioner=bound).stations.add(centre)
    assert [person.name for person in substitutes_for(mine)] == [free.name]
    later = shift("2022-03-16", station=dayang, person=free)
    assert later in shifts_to_swap(mine)
    Attendance.objects.create(shift=later, sign_in="09:00", source="phone")
    assert later not in shifts_to_swap(mine)


def test_the_lines_of_the_notice_differ_by_exactly_the_change(mine, adviser, section, county, shift):
    shift("2022-03-16")
    before = lines_of(county=county, month=MARCH)
    change_person(shift_id=mine.pk, substitute=adviser("钱虚构"), reason="", by=section)
    changed = differing(before, lines_of(county=county, month=MARCH))
    assert [line["shift"] for line in changed] == [mine.pk, mine.pk]
    assert Shift.objects.get(pk=mine.pk).practitioner.name == "钱虚构"
