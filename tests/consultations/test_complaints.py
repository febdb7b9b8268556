"""Complaints about the service: taken down, accepted, verified by somebody else, answered in time. LAF 55, 56; Z-DED-3; F23."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from common.errors import Refused
from consultations.models import DutyComplaint, Finding
from consultations.services.complaints import (
    accept_complaint,
    answer_complaint,
    complain_online,
    file_complaint,
    limit_of,
    must_tell_again,
    refuse_complaint,
    reveal_phone,
)
from consultations.services.findings import decide_finding, hear, object_to
from consultations.services.ratings import give_rating
from tests.consultations.rating_world import consulted, slip_for

pytestmark = pytest.mark.django_db
DAY = datetime.date


@pytest.fixture(autouse=True)
def mid_march(at):
    at("2022-03-15 10:00")


@pytest.fixture
def clerk(user, bagong):
    return user("clerk", station=bagong)


@pytest.fixture
def section(user):
    return user("section")


@pytest.fixture
def duty(shift):
    return shift("2022-03-14", times=("09:00", "13:00"))


@pytest.fixture
def filed(clerk, bagong):
    """filed(phone="…"): a complaint that came in at 巴公镇."""

    def take(by=None, **changes):
        values = {"station": bagong, "content": "问了两句就不耐烦，让我去找别人", "channel": "visit", **changes}
        return file_complaint(values=values, by=by or clerk).complaint

    return take


def heard_and_decided(finding, duty, by, is_upheld=True):
    hear(finding_id=finding.pk, statement="当时人多", by=duty.practitioner.user)
    return decide_finding(finding_id=finding.pk, is_upheld=is_upheld, decision="两名在场的人证明", by=by)


def answered(complaint, by, **changes):
    told = {"reply": "情况属实，已批评教育并扣减补贴。", "told_on": DAY(2022, 3, 15), "told_way": "phone", **changes}
    return answer_complaint(complaint_id=complaint.pk, by=by, **told)


def test_a_complaint_is_numbered_and_keeps_the_telephone_sealed(filed):
    first, second = filed(phone="13812345678", complainant="乙某某"), filed()
    assert (first.number, second.number) == ("泽投〔2022〕1号", "泽投〔2022〕2号")
    kept = str(list(AuditEntry.objects.filter(object_type="consultations.DutyComplaint").values_list("after", flat=True)))
    assert "13812345678" not in kept and "乙某某" not in kept and "不耐烦" not in kept


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"content": "  "}, "没有写事由"),
        ({"content": "好" * 10_000}, "事由有 10000 个字，最多 2000 个字"),
        ({"station": None}, "没有选择站点"),
        ({"day": DAY(2022, 3, 16)}, "晚于收到投诉的日期"),
        ({"received_on": DAY(2022, 3, 16)}, "晚于今天"),
    ],
)
def test_what_cannot_be_taken_down_is_refused_in_words(filed, changes, words):
    with pytest.raises(Refused, match=words):
        filed(**changes)


def test_numbers_in_the_words_are_masked_with_a_warning(clerk, bagong):
    done = file_complaint(values={"station": bagong, "content": "我是140525198506150025，他收了我的钱😡"}, by=clerk)
    assert "140***********0025" in done.complaint.content and "😡" in done.complaint.content
    assert "身份证号" in done.warning


def test_a_clerk_takes_down_only_what_is_said_of_her_station(filed, user, dayang):
    with pytest.raises(Refused, match="只能登记对本站的投诉"):
        filed(by=user("clerk", station=dayang))


def test_the_public_page_takes_twelve_an_hour_from_one_address(bagong):
    values = {"station": bagong, "content": "值班时间没有人在"}
    for _ in range(12):
        complain_online(values=values, address="10.0.0.7")
    with pytest.raises(Refused, match="过一小时再试"):
        complain_online(values=values, address="10.0.0.7")
    assert complain_online(values=values, address="10.0.0.8").complaint.get_channel_display() == "网上"


def test_the_shift_of_the_only_one_on_duty_is_proposed(filed, duty, shift):
    assert filed(day=duty.day).shift == duty
    shift("2022-03-14", starts="14:00", ends="18:00")
    assert filed(day=duty.day).shift is None


# --- verified ---------------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-DED-3")
def test_an_accepted_complaint_is_a_finding_recorded_by_who_took_it_down(filed, duty, section, clerk):
    complaint = accept_complaint(complaint_id=filed(phone="13812345678").pk, shift_id=duty.pk, by=section)
    finding = complaint.finding
    assert (finding.kind, finding.source, finding.reported_by, finding.shift) == ("complaint", "complaint", clerk, duty)
    assert complaint.number in finding.remark and "13812345678" not in finding.remark
    assert heard_and_decided(finding, duty, section).state == "upheld"


@pytest.mark.rule("Z-DED-3")
def test_an_officer_who_took_the_complaint_down_does_not_decide_it(filed, duty, section, user):
    complaint = accept_complaint(complaint_id=filed(by=section).pk, shift_id=duty.pk, by=section)
    with pytest.raises(Refused, match="登记人不能核实"):
        heard_and_decided(complaint.finding, duty, section)
    assert decide_finding(finding_id=complaint.finding.pk, is_upheld=False, decision="查无此事", by=user("section"))


def test_who_is_complained_about_neither_accepts_nor_reads_the_telephone_nor_answers(filed, shift, adviser, county, user):
    lawyer = adviser()
    lawyer.user = user("section", "duty")
    lawyer.save()
    own = shift("2022-03-14", person=lawyer)
    complaint = filed(day=own.day, phone="13812345678")
    for act in (
        lambda: accept_complaint(complaint_id=complaint.pk, shift_id=own.pk, by=lawyer.user),
        lambda: refuse_complaint(
            complaint_id=complaint.pk, reply="没有的事", told_on=DAY(2022, 3, 15), told_way="phone", by=lawyer.user
        ),
        lambda: reveal_phone(complaint_id=complaint.pk, by=lawyer.user),
    ):
        with pytest.raises(Refused, match="您本人"):
            act()


@pytest.mark.rule("Z-DED-3")
def test_a_rating_and_a_complaint_about_one_consultation_are_one_fact(filed, duty, clerk, section):
    record = consulted(duty, clerk)
    give_rating(ticket_id=slip_for(record, clerk).ticket.pk, word="dissatisfied", way="scan")
    complaint = filed(consultation=record)
    accepted = accept_complaint(complaint_id=complaint.pk, shift_id=duty.pk, consultation=record, by=section)
    assert accepted.finding == Finding.objects.get() and accepted.finding.kind == "dissatisfied"


def test_two_complaints_about_one_shift_are_two_facts_where_no_consultation_is_known(filed, duty, section):
    for complaint in (filed(), filed(content="收了我二百块钱")):
        accept_complaint(complaint_id=complaint.pk, shift_id=duty.pk, by=section)
    assert Finding.objects.filter(kind="complaint").count() == 2


def test_a_complaint_is_accepted_once_and_only_for_its_own_county(filed, duty, section):
    complaint = filed()
    with pytest.raises(Refused, match="没有选择班次"):
        accept_complaint(complaint_id=complaint.pk, shift_id=0, by=section)
    accept_complaint(complaint_id=complaint.pk, shift_id=duty.pk, by=section)
    with pytest.raises(Refused, match="核实中，不能再办这一步"):
        accept_complaint(complaint_id=complaint.pk, shift_id=duty.pk, by=section)


# --- answered ---------------------------------------------------------------------------------------------------------


def test_the_complainant_is_told_after_the_conclusion_and_not_before(filed, duty, section):
    complaint = accept_complaint(complaint_id=filed(phone="13812345678").pk, shift_id=duty.pk, by=section)
    with pytest.raises(Refused, match="还没有核实结论"):
        answered(complaint, section)
    heard_and_decided(complaint.finding, duty, section)
    with pytest.raises(Refused, match="留了电话，应当告知"):
        answered(complaint, section, told_way="nobody")
    with pytest.raises(Refused, match="早于核实结论"):
        answered(complaint, section, told_on=DAY(2022, 3, 14))
    done = answered(complaint, section)
    assert (done.state, done.is_upheld, done.told_on) == ("answered", True, DAY(2022, 3, 15))
    with pytest.raises(Refused, match="已经答复"):
        answered(complaint, section)


def test_a_conclusion_changed_by_an_objection_is_told_again(filed, duty, section):
    complaint = accept_complaint(complaint_id=filed().pk, shift_id=duty.pk, by=section)
    heard_and_decided(complaint.finding, duty, section)
    complaint = answered(complaint, section, told_way="letter")
    object_to(finding_id=complaint.finding.pk, statement="有录音", by=duty.practitioner.user)
    decide_finding(finding_id=complaint.finding.pk, is_upheld=False, decision="录音可以证明没有", by=section)
    complaint.refresh_from_db()
    assert must_tell_again(complaint)
    again = answered(complaint, section, reply="经复核，不属实。", told_way="letter")
    assert again.is_upheld is False and not must_tell_again(again)


def test_what_is_not_about_duty_is_refused_with_a_reason_that_is_told(filed, section):
    complaint = filed()
    with pytest.raises(Refused, match="没有写答复"):
        refuse_complaint(complaint_id=complaint.pk, reply=" ", told_on=DAY(2022, 3, 15), told_way="nobody", by=section)
    done = refuse_complaint(
        complaint_id=complaint.pk, reply="属于物业纠纷，请向住建局反映。", told_on=DAY(2022, 3, 15), told_way="nobody", by=section
    )
    assert done.state == "refused" and not Finding.objects.exists()


def test_the_database_wants_every_answer_with_its_day_and_person(filed):
    complaint = filed()
    for changes in ({"state": "answered"}, {"state": "accepted"}, {"state": "refused", "reply": "好"}, {"content": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DutyComplaint.objects.filter(pk=complaint.pk).update(**changes)


def test_the_telephone_is_written_down_before_it_is_shown(filed, section):
    complaint = filed(phone="13812345678")
    assert reveal_phone(complaint_id=complaint.pk, by=section) == "13812345678"
    assert AuditEntry.objects.get(action="consultations.reveal_phone").actor == section


# --- the clock --------------------------------------------------------------------------------------------------------


def test_five_working_days_to_accept_forty_five_to_decide_five_to_tell(filed, duty, section, at):
    complaint = filed()  # Tuesday, 15 March
    assert limit_of(complaint).due_on == DAY(2022, 3, 22)
    at("2022-03-21 10:00")
    complaint = accept_complaint(complaint_id=complaint.pk, shift_id=duty.pk, by=section)
    limit = limit_of(complaint)
    assert limit.due_on == DAY(2022, 5, 5) and "四十五" not in limit.law and "第五十六条" in limit.law
    at("2022-03-31 10:00")
    heard_and_decided(complaint.finding, duty, section)
    complaint.refresh_from_db()
    assert limit_of(complaint).due_on == DAY(2022, 4, 8)  # Saturday 2 April is worked, 3 to 5 April are not
    assert limit_of(answered(complaint, section, told_on=DAY(2022, 3, 31))) is None
