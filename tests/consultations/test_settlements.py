"""Ways out for unsettled shifts. contract 3.4; Z-DED-8, D33, D34; safety.md §5."""

import datetime

import pytest

from common.errors import Refused
from common.periods import YearMonth
from consultations.models import Finding, Settlement
from consultations.services.settlements import (
    decide_many,
    decide_settlement,
    propose_many,
    propose_settlement,
    unsettled_shifts,
)
from consultations.services.shift_facts import facts_of

pytestmark = pytest.mark.django_db
MARCH = YearMonth(2022, 3)


@pytest.fixture(autouse=True)
def april(at):
    at("2022-04-01 10:00")


@pytest.fixture
def clerk(user, bagong):
    return user("clerk", station=bagong)


@pytest.fixture
def head(user, bagong):
    return user("head", station=bagong)


def facts(shift):
    shift.refresh_from_db()
    return facts_of([shift])[0]


def test_missing_times_and_a_short_stay_are_unsettled_with_their_reason(county, shift):
    shift("2022-03-01")
    shift("2022-03-02", times=("09:00", None))
    shift("2022-03-03", times=(None, "13:00"))
    shift("2022-03-04", times=("09:00", "10:59"))
    shift("2022-03-05", times=("09:00", "11:00"))
    shift("2022-04-20")
    found = [(each.day.day, each.reason) for each in unsettled_shifts(county=county, period=MARCH)]
    assert found == [(1, "缺签到、签退"), (2, "缺签退"), (3, "缺签到"), (4, "实际值班不足计划时间一半")]
    assert unsettled_shifts(county=county, period=YearMonth(2022, 4)) == []


@pytest.mark.rule("Z-DED-8")
def test_lunch_counts_on_neither_side(county, shift, centre):
    half = shift("2022-03-01", station=centre, starts="08:00", ends="18:00", lunch=120, times=("08:00", "14:00"))
    assert facts(half).state == "off_time"
    assert facts(half).is_short
    less = shift("2022-03-02", station=centre, starts="08:00", ends="18:00", lunch=120, times=("08:00", "13:59"))
    assert facts(less).state == "unsettled"


def test_times_entered_by_one_and_confirmed_by_another_settle(shift, clerk, head):
    mine = shift("2022-03-01")
    proposed = propose_settlement(
        shift_id=mine.pk,
        kind="times",
        reason="停电，见纸质签到表",
        sign_in=datetime.time(9, 10),
        sign_out=datetime.time(13),
        by=clerk,
    )
    assert facts(mine).state == "unsettled"
    decide_settlement(settlement_id=proposed.pk, is_accepted=True, by=head)
    assert facts(mine).clock == {"late": 10}


def test_served_in_full_has_no_clock(shift, clerk, head):
    mine = shift("2022-03-01", times=("09:30", None))
    proposed = propose_settlement(shift_id=mine.pk, kind="served", reason="系统故障", by=clerk)
    decide_settlement(settlement_id=proposed.pk, is_accepted=True, by=head)
    assert facts(mine).state == "normal"


@pytest.mark.rule("Z-DED-6")
def test_an_accepted_no_show_is_an_upheld_finding_with_two_names(shift, clerk, head):
    mine = shift("2022-03-01")
    proposed = propose_settlement(shift_id=mine.pk, kind="no_show", reason="全天未到，电话不接", by=clerk)
    decide_settlement(settlement_id=proposed.pk, is_accepted=True, by=head)
    finding = Finding.objects.get()
    assert (finding.kind, finding.state, finding.reported_by, finding.decided_by) == ("no_show", "upheld", clerk, head)
    assert facts(mine).words == "值班日不在岗"


@pytest.mark.rule("Z-DED-6")
def test_a_no_show_settles_the_persons_other_shift_of_the_day(county, shift, dayang, clerk, head):
    mine = shift("2022-03-01")
    other = shift("2022-03-01", station=dayang, person=mine.practitioner, starts="14:00", ends="18:00")
    proposed = propose_settlement(shift_id=mine.pk, kind="no_show", reason="未到", by=clerk)
    decide_settlement(settlement_id=proposed.pk, is_accepted=True, by=head)
    assert facts(other).state == "void_day"
    assert unsettled_shifts(county=county, period=MARCH) == []


def test_a_closed_station_cancels_the_shift(shift, clerk, head):
    mine = shift("2022-03-01")
    proposed = propose_settlement(shift_id=mine.pk, kind="closed", reason="站点停电闭站", by=clerk)
    decide_settlement(settlement_id=proposed.pk, is_accepted=True, by=head)
    mine.refresh_from_db()
    assert mine.is_cancelled


def test_a_deferred_shift_is_neither_paid_nor_unsettled_and_can_be_settled_later(shift, clerk, head):
    mine = shift("2022-03-01")
    first = propose_settlement(shift_id=mine.pk, kind="deferred", reason="等单位出具证明", by=clerk)
    decide_settlement(settlement_id=first.pk, is_accepted=True, by=head)
    assert facts(mine).state == "deferred"
    later = propose_settlement(shift_id=mine.pk, kind="served", reason="已有证明", by=clerk)
    decide_settlement(settlement_id=later.pk, is_accepted=True, by=head)
    assert facts(mine).state == "normal"


def test_a_deferred_shift_of_a_closed_month_is_settled_in_an_open_one(shift, clerk, head, close, month, at):
    mine = shift("2022-03-01")
    first = propose_settlement(shift_id=mine.pk, kind="deferred", reason="等证明", by=clerk)
    decide_settlement(settlement_id=first.pk, is_accepted=True, by=head)
    close("2022-03")
    at("2022-05-02 10:00")
    close("2022-05")
    later = propose_settlement(shift_id=mine.pk, kind="closed", reason="确认停电闭站", by=clerk)
    decide_settlement(settlement_id=later.pk, is_accepted=True, by=head)
    later.refresh_from_db()
    assert later.booked_in == month("2022-06")
    mine.refresh_from_db()
    assert not mine.is_cancelled and facts(mine).state == "cancelled"


def test_who_proposed_does_not_confirm(shift, user):
    section = user("section")
    proposed = propose_settlement(shift_id=shift("2022-03-01").pk, kind="served", reason="有证明", by=section)
    with pytest.raises(Refused, match="您自己提出"):
        decide_settlement(settlement_id=proposed.pk, is_accepted=True, by=section)


def test_the_person_concerned_neither_proposes_nor_confirms(shift, clerk):
    mine = shift("2022-03-01")
    with pytest.raises(Refused, match="自己的班次"):
        propose_settlement(shift_id=mine.pk, kind="served", reason="我在", by=mine.practitioner.user)
    proposed = propose_settlement(shift_id=mine.pk, kind="served", reason="有证明", by=clerk)
    with pytest.raises(Refused, match="自己的班次"):
        decide_settlement(settlement_id=proposed.pk, is_accepted=True, by=mine.practitioner.user)


@pytest.mark.rule("Z-DED-8")
def test_less_than_half_served_is_decided_by_the_bureau(shift, clerk, head, user):
    mine = shift("2022-03-01", times=("09:00", "10:00"))
    proposed = propose_settlement(shift_id=mine.pk, kind="served", reason="下乡调解", by=clerk)
    with pytest.raises(Refused, match="业务股"):
        decide_settlement(settlement_id=proposed.pk, is_accepted=True, by=head)
    decide_settlement(settlement_id=proposed.pk, is_accepted=True, by=user("section"))
    assert facts(mine).state == "normal"


def test_an_open_check_of_sham_duty_is_no_matter_for_a_settlement(shift, clerk, user):
    mine = shift("2022-03-01", times=("09:00", "13:00"))
    Finding.objects.create(
        shift=mine,
        kind="sham_duty",
        source="report",
        reported_by=user("section"),
        reported_at=datetime.datetime.now(datetime.UTC),
    )
    assert facts(mine).reason == "虚假值班待核实"
    with pytest.raises(Refused, match="核实后自然了结"):
        propose_settlement(shift_id=mine.pk, kind="served", reason="在岗", by=clerk)


def test_a_settled_shift_needs_nothing(shift, clerk):
    mine = shift("2022-03-01", times=("09:05", "13:00"))
    with pytest.raises(Refused, match="迟到 5 分钟，不需要处理"):
        propose_settlement(shift_id=mine.pk, kind="served", reason="堵车", by=clerk)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "times", "reason": "补"}, "同时写明"),
        ({"kind": "times", "reason": "补", "sign_in": datetime.time(13), "sign_out": datetime.time(9)}, "不晚于签到"),
        ({"kind": "served", "reason": "  "}, "没有写理由"),
        ({"kind": "nonsense", "reason": "x"}, "没有选择处理方式"),
    ],
)
def test_a_proposal_that_says_too_little_is_refused(shift, clerk, values, words):
    with pytest.raises(Refused, match=words):
        propose_settlement(shift_id=shift("2022-03-01").pk, by=clerk, **values)


def test_a_refusal_says_why_and_leaves_the_shift_unsettled(shift, clerk, head):
    mine = shift("2022-03-01")
    proposed = propose_settlement(shift_id=mine.pk, kind="served", reason="在", by=clerk)
    with pytest.raises(Refused, match="不确认的理由"):
        decide_settlement(settlement_id=proposed.pk, is_accepted=False, by=head)
    decide_settlement(settlement_id=proposed.pk, is_accepted=False, by=head, decision="请附证明")
    assert facts(mine).state == "unsettled"
    assert clerk.notices.get().text.endswith("未确认：请附证明")


def test_many_at_once_does_what_can_be_done_and_names_the_rest(shift, clerk, head):
    shifts = [shift("2022-03-01"), shift("2022-03-02"), shift("2022-03-03", times=("09:00", "13:00"))]
    done, refused = propose_many(shift_ids=[each.pk for each in shifts], kind="served", reason="停电三天", by=clerk)
    assert len(done) == 2 and len(refused) == 1 and "不需要处理" in refused[0]
    done, refused = decide_many(settlement_ids=[each.pk for each in done], is_accepted=True, by=head)
    assert len(done) == 2 and not refused
    assert Settlement.objects.accepted().count() == 2


def test_one_open_proposal_at_a_time(shift, clerk, user):
    mine = shift("2022-03-01")
    propose_settlement(shift_id=mine.pk, kind="served", reason="在", by=clerk)
    with pytest.raises(Refused, match="等待确认"):
        propose_settlement(shift_id=mine.pk, kind="no_show", reason="没来", by=user("section"))
