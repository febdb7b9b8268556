"""Roll calls and findings: reported, heard, decided by somebody else, continued after closing. Z-DED-1…4, 6; I6, I16."""

import datetime

import pytest

from common import clock
from common.errors import Refused
from consultations.models import CriticismNotice, Finding, RollCall
from consultations.services.findings import (
    contest_clock,
    decide_finding,
    hear,
    issue_criticism,
    object_to,
    report_finding,
    review_finding,
)
from consultations.services.roll_calls import record_roll_call
from consultations.services.shift_facts import facts_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mid_march(at):
    at("2022-03-20 10:00")


@pytest.fixture
def section(user):
    return user("section")


@pytest.fixture
def section2(user):
    return user("section")


@pytest.fixture
def complaint(shift, section):
    mine = shift("2022-03-15", times=("09:00", "13:00"))
    return report_finding(
        shift_id=mine.pk, kind="complaint", remark="来访人反映态度生硬", consultation_no="泽咨〔2022〕巴公-0001", by=section
    )


def checked(shift, text="10:30"):
    return datetime.datetime.combine(shift.day, datetime.time.fromisoformat(text), clock.SHANGHAI)


# --- roll calls -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-DED-4")
def test_absence_without_good_reason_is_a_finding_to_be_decided(shift, section):
    mine = shift("2022-03-15")
    call = record_roll_call(shift_id=mine.pk, checked_at=checked(mine), method="phone", is_present=False, by=section)
    assert (call.finding.kind, call.finding.state, call.finding.source) == ("absence", "reported", "roll_call")
    assert "请说明情况" in mine.practitioner.user.notices.get().text


@pytest.mark.rule("Z-DED-4")
def test_a_good_reason_or_presence_makes_no_finding(shift, section):
    mine = shift("2022-03-15")
    record_roll_call(shift_id=mine.pk, checked_at=checked(mine), method="phone", is_present=True, by=section)
    record_roll_call(
        shift_id=mine.pk,
        checked_at=checked(mine),
        method="onsite",
        is_present=False,
        excuse="送群众就医",
        is_excused=True,
        by=section,
    )
    assert not Finding.objects.exists()


@pytest.mark.rule("Z-DED-4")
def test_two_checks_in_one_shift_may_give_two_absences(shift, section):
    mine = shift("2022-03-15")
    for time in ("09:30", "12:00"):
        record_roll_call(shift_id=mine.pk, checked_at=checked(mine, time), method="video", is_present=False, by=section)
    assert Finding.objects.filter(kind="absence").count() == 2


@pytest.mark.parametrize("time", ["08:59", "13:01"])
def test_a_check_outside_the_shift_is_refused(shift, section, time):
    mine = shift("2022-03-15")
    with pytest.raises(Refused, match="不在班次之内"):
        record_roll_call(shift_id=mine.pk, checked_at=checked(mine, time), method="phone", is_present=False, by=section)


def test_a_check_in_the_future_or_without_its_reason_is_refused(shift, section):
    later = shift("2022-03-25")
    with pytest.raises(Refused, match="晚于现在"):
        record_roll_call(shift_id=later.pk, checked_at=checked(later), method="phone", is_present=True, by=section)
    mine = shift("2022-03-15")
    with pytest.raises(Refused, match="写明理由"):
        record_roll_call(
            shift_id=mine.pk, checked_at=checked(mine), method="phone", is_present=False, is_excused=True, by=section
        )
    assert not RollCall.objects.exists()


# --- the life of a finding --------------------------------------------------------------------------------------------


def test_reported_heard_upheld_with_the_persons_own_words(complaint, section2):
    hear(finding_id=complaint.pk, statement="当天感冒，说话声音大", by=complaint.shift.practitioner.user)
    decided = decide_finding(finding_id=complaint.pk, is_upheld=True, decision="录音属实", by=section2)
    assert (decided.pk, decided.state, decided.statement) == (complaint.pk, "upheld", "当天感冒，说话声音大")
    assert facts_of([complaint.shift])[0].upheld == [decided]


def test_upholding_asks_for_a_hearing_first(complaint, section2):
    with pytest.raises(Refused, match="还没有听取本人意见"):
        decide_finding(finding_id=complaint.pk, is_upheld=True, decision="属实", by=section2)
    decide_finding(finding_id=complaint.pk, is_upheld=True, decision="属实", statement="电话告知，本人无异议", by=section2)
    complaint.refresh_from_db()
    assert complaint.heard_at and complaint.state == "upheld"


def test_what_is_plainly_nothing_is_dropped_unheard(complaint, section2):
    decide_finding(finding_id=complaint.pk, is_upheld=False, decision="认错了人", by=section2)
    complaint.refresh_from_db()
    assert complaint.state == "dropped"


def test_neither_recorder_nor_subject_decides(complaint, section, user):
    subject = complaint.shift.practitioner.user
    for somebody, words in ((section, "登记人不能核实"), (subject, "本人不能核实")):
        with pytest.raises(Refused, match=words):
            decide_finding(finding_id=complaint.pk, is_upheld=False, decision="x", by=somebody)


def test_nobody_states_for_another_but_the_section(complaint, user, bagong):
    with pytest.raises(Refused, match="只有本人"):
        hear(finding_id=complaint.pk, statement="我替他说", by=user("clerk", station=bagong))


@pytest.mark.rule("Z-DED-3")
def test_one_fact_is_recorded_once(complaint, section2):
    with pytest.raises(Refused, match="一事只记一次"):
        report_finding(
            shift_id=complaint.shift_id,
            kind="complaint",
            remark="同一件事",
            consultation_no=complaint.consultation_no,
            by=section2,
        )


def test_absence_is_not_reported_by_hand(shift, section):
    with pytest.raises(Refused, match="点名抽查"):
        report_finding(shift_id=shift("2022-03-15").pk, kind="absence", remark="没人", by=section)


def test_an_objection_opens_an_upheld_finding_once(complaint, section2):
    person = complaint.shift.practitioner.user
    decide_finding(finding_id=complaint.pk, is_upheld=True, decision="属实", statement="无", by=section2)
    reopened = object_to(finding_id=complaint.pk, statement="有证人", by=person)
    assert (reopened.pk, reopened.state, reopened.decided_by) == (complaint.pk, "heard", None)
    decide_finding(finding_id=complaint.pk, is_upheld=True, decision="证人未到场", by=section2)
    with pytest.raises(Refused, match="已经提出过异议"):
        object_to(finding_id=complaint.pk, statement="还是不服", by=person)


@pytest.mark.rule("Z-DED-2")
def test_late_by_the_clock_can_be_contested_and_dropped(shift, section):
    mine = shift("2022-03-15", times=("09:12", "13:00"))
    finding = contest_clock(shift_id=mine.pk, kind="late", statement="站点停电，手机没信号", by=mine.practitioner.user)
    assert facts_of([mine])[0].clock == {"late": 12}
    decide_finding(finding_id=finding.pk, is_upheld=False, decision="供电所证明属实", by=section)
    assert facts_of([mine])[0].state == "normal"


def test_there_is_nothing_to_contest_where_the_clock_saw_nothing(shift):
    mine = shift("2022-03-15", times=("09:12", "13:00"))
    with pytest.raises(Refused, match="没有记为"):
        contest_clock(shift_id=mine.pk, kind="early_leave", statement="x", by=mine.practitioner.user)
    with pytest.raises(Refused, match="只有值班人员本人"):
        contest_clock(shift_id=mine.pk, kind="late", statement="x", by=shift("2022-03-16").practitioner.user)


# --- closed months ----------------------------------------------------------------------------------------------------


def test_a_decision_after_closing_is_a_new_row_booked_in_an_open_month(complaint, section2, close, month, at):
    close("2022-03")
    at("2022-04-10 10:00")
    decided = decide_finding(finding_id=complaint.pk, is_upheld=True, decision="属实", statement="无异议", by=section2)
    complaint.refresh_from_db()
    assert complaint.state == "reported" and complaint.decided_by is None
    assert (decided.continues, decided.state, decided.booked_in) == (complaint, "upheld", month("2022-04"))
    assert list(Finding.objects.standing()) == [decided]


def test_the_recorder_does_not_decide_on_the_continuation_either(complaint, section, section2, close, at):
    decide_finding(finding_id=complaint.pk, is_upheld=True, decision="属实", statement="无", by=section2)
    close("2022-03")
    at("2022-04-10 10:00")
    heard = object_to(finding_id=complaint.pk, statement="有录像", by=complaint.shift.practitioner.user)
    with pytest.raises(Refused, match="登记人"):
        decide_finding(finding_id=heard.pk, is_upheld=False, decision="x", by=section)
    dropped = decide_finding(finding_id=complaint.pk, is_upheld=False, decision="录像为证", by=section2)
    assert dropped.pk == heard.pk and dropped.state == "dropped"


def test_two_closings_later_the_chain_goes_on(complaint, section2, close, month, at):
    close("2022-03")
    at("2022-04-10 10:00")
    decide_finding(finding_id=complaint.pk, is_upheld=True, decision="属实", statement="无", by=section2)
    close("2022-04")
    at("2022-05-10 10:00")
    again = review_finding(finding_id=complaint.pk, reason="新证据", by=section2)
    assert again.booked_in == month("2022-05") and again.continues.continues == complaint


def test_a_new_finding_about_a_closed_month_is_booked_in_the_next_open_one(shift, section, close, month, at):
    mine = shift("2022-03-15", times=("09:00", "13:00"))
    close("2022-03")
    at("2022-04-10 10:00")
    close("2022-04")
    found = report_finding(shift_id=mine.pk, kind="sham_duty", remark="代签", by=section)
    assert found.booked_in == month("2022-05")


def test_a_roll_call_does_not_come_into_a_closed_month(shift, section, close):
    mine = shift("2022-03-15")
    close("2022-03")
    with pytest.raises(Refused, match="结账"):
        record_roll_call(shift_id=mine.pk, checked_at=checked(mine), method="phone", is_present=True, by=section)


# --- criticism --------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-DED-6")
def test_an_upheld_sham_duty_makes_one_numbered_criticism_notice(shift, section, section2, user):
    numbers = []
    for day in ("2022-03-14", "2022-03-15"):
        mine = shift(day, times=("09:00", "13:00"))
        found = report_finding(shift_id=mine.pk, kind="sham_duty", remark="他人代签", by=section)
        with pytest.raises(Refused, match="核实属实"):
            issue_criticism(finding_id=found.pk, facts="代签", by=user("leader"))
        decide_finding(finding_id=found.pk, is_upheld=True, decision="监控为证", statement="承认", by=section2)
        numbers.append(issue_criticism(finding_id=found.pk, facts="他人代签", by=user("leader")).number)
    assert numbers == ["泽司通〔2022〕1号", "泽司通〔2022〕2号"]
    with pytest.raises(Refused, match="已经制发"):
        issue_criticism(finding_id=found.pk, facts="再来一次", by=user("leader"))
    assert CriticismNotice.objects.count() == 2
