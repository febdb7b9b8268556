"""Complaints about the service on duty: taken down, accepted or not, verified as a finding, answered. LAF 55, 56; Z-DED-3; F23.

The clock is read off the plan's rules each time: the days of receipt, acceptance and decision do not change, and neither does
a dated rule. 法律援助投诉处理办法: 5 working days to accept, 45 days to decide, 5 working days to answer.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.models import User
from accounts.policy import Role
from accounts.services import system_user
from common import clock
from common.errors import Refused
from common.free_text import Masked, mask_numbers
from consultations.models import Consultation, DutyComplaint, Finding, FollowUp, Shift
from consultations.services.brakes import counted_in
from consultations.services.complaint_codes import hash_of, new_code
from consultations.services.findings import abbreviation_of, report_finding
from consultations.services.followups import concerns_of
from consultations.services.ratings import fact_about, findings_about, tell_section
from organizations.models import Station
from programmes import calendar
from programmes.models import DeadlineRule
from programmes.rules import deadlines as rules
from programmes.services.plans import NoPlan, plan_for
from records.services import next_number

State, ToldWay = DutyComplaint.State, DutyComplaint.ToldWay
COMPLAINTS_AN_HOUR = 12
LONGEST = 2000


class ComplaintRefused(Refused):
    """The complaint is not taken, accepted or answered like that; the sentence says why."""


@dataclass(frozen=True)
class Filed:
    """A complaint that was taken down, the code to ask with what became of it, and what to tell the writer about her words."""

    complaint: DutyComplaint
    code: str
    warning: str


# --- taking down ------------------------------------------------------------------------------------------------------


def complain_online(*, values: dict, address: str | None) -> Filed:
    """A complaint of the public page. Raises ComplaintRefused, too many from one address included."""
    if not counted_in(f"duty-complaint:{address or 'nowhere'}", most=COMPLAINTS_AN_HOUR, seconds=3600):
        raise ComplaintRefused("这个网络刚提交了很多投诉，请过一小时再试，或者打监督电话、12348。")
    return file_complaint(values={**values, "channel": DutyComplaint.Channel.ONLINE}, by=system_user())


@transaction.atomic
def file_complaint(*, values: dict, by: User) -> Filed:
    """Take a complaint down under the county's next number: 泽投〔2022〕1号.

    `values`: station, content; channel, day, about, complainant, phone, received_on, consultation are optional. Where
    exactly one person was on duty at the station that day, her shift is proposed. Raises ComplaintRefused.
    """
    station, consultation = values.get("station"), values.get("consultation")
    if consultation is not None:
        station = consultation.station
    if station is None:
        raise ComplaintRefused("没有选择站点：请选择在哪里咨询的。", field="station")
    today = clock.today()
    received_on, day = values.get("received_on") or today, values.get("day") or (consultation.day if consultation else None)
    masked = checked_words(values.get("content") or "")
    if received_on > today:
        raise ComplaintRefused("收到投诉的日期晚于今天：请核对。", field="received_on")
    if day and day > received_on:
        raise ComplaintRefused("咨询的日期晚于收到投诉的日期：请核对。", field="day")
    require_own_station(station, by)
    number, code = next_number(series=f"duty-complaints.{station.county_id}", year=received_on.year), new_code()
    complaint = DutyComplaint.objects.create(
        county=station.county,
        number=f"{abbreviation_of(station.county)}投〔{received_on.year}〕{number}号",
        code_hash=hash_of(code),
        channel=values.get("channel") or DutyComplaint.Channel.VISIT,
        received_on=received_on,
        complainant=(values.get("complainant") or "").strip()[:50],
        phone=values.get("phone") or "",
        station=station,
        day=day,
        about=(values.get("about") or "").strip()[:50],
        content=masked.text,
        consultation=consultation,
        shift=consultation.shift if consultation else only_shift(station, day),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    audit.record(by=by, action="consultations.file_complaint", on=complaint, after=summary(complaint))
    tell_section(
        complaint.county, f"收到一件服务投诉（{complaint.number}，{station.short_name}），请受理。",
        url=reverse("duty-complaint", args=[complaint.pk]),
    )  # fmt: skip
    return Filed(complaint, code, masked.warning)


@transaction.atomic
def complain_of_follow_up(*, follow_up_id: int, by: User) -> Filed:
    """What somebody complained of on the telephone becomes a complaint of its own, for the section to accept.

    Raises ComplaintRefused where she complained of nothing, or it is taken down already.
    """
    row = FollowUp.objects.select_for_update(of=("self",)).select_related("consultation__station__county", "consultation__shift")
    row = row.get(pk=follow_up_id)
    record, concerns = row.consultation, concerns_of(row)
    if row.state != FollowUp.State.DONE or not concerns:
        raise ComplaintRefused("回访中没有反映问题，不用登记投诉。")
    if record.complaints.filter(channel=DutyComplaint.Channel.FOLLOW_UP).exists():
        raise ComplaintRefused("这次回访反映的问题已经登记为投诉。")
    said = "；".join([*concerns, *([row.opinion] if row.opinion else [])])
    values = {
        "channel": DutyComplaint.Channel.FOLLOW_UP, "consultation": record, "received_on": row.day, "complainant": record.client_name,
        "phone": record.client_phone, "content": f"回访中反映：{said}",
    }  # fmt: skip
    return file_complaint(values=values, by=by)


def checked_words(content: str) -> Masked:
    content = content.strip()
    if not content:
        raise ComplaintRefused("没有写事由：请写明时间、地点、什么人、什么事。", field="content")
    if len(content) > LONGEST:
        raise ComplaintRefused(f"事由有 {len(content)} 个字，最多 {LONGEST} 个字：请写短一些，证据可以另外交。", field="content")
    return mask_numbers(content)


def require_own_station(station, by):
    """Officers of the section take complaints about their county's stations down, station staff those about their own."""
    if by.is_system or station.pk in by.post_stations:
        return
    if Role.SECTION in by.roles and Station.objects.visible_to(by).filter(pk=station.pk).exists():
        return
    raise ComplaintRefused("只能登记对本站的投诉。", field="station")


def only_shift(station, day) -> Shift | None:
    """The shift of whoever was on duty there that day, where it was one person alone."""
    found = list(Shift.objects.standing().filter(station=station, day=day)[:2]) if day else []
    return found[0] if len(found) == 1 else None


def summary(complaint) -> dict:
    return {
        "编号": complaint.number,
        "途径": complaint.get_channel_display(),
        "站点": complaint.station.name if complaint.station else "",
        "收到日期": complaint.received_on,
        "投诉人": "已填" if complaint.complainant else "匿名",
        "事由": f"{len(complaint.content)} 字",
    }


# --- accepting, verifying ---------------------------------------------------------------------------------------------


@transaction.atomic
def accept_complaint(*, complaint_id: int, shift_id: int, by: User, consultation: Consultation | None = None) -> DutyComplaint:
    """Accept a complaint and bring it to be verified as a finding of that shift.

    With the consultation it is about, a rating and a complaint are one fact (contract §3.5): the finding that stands is
    taken. Raises ComplaintRefused; FindingRefused where the shift takes none.
    """
    complaint = lock_complaint(complaint_id, State.RECEIVED)
    shift = Shift.objects.select_related("station__county", "practitioner").filter(pk=shift_id).first()
    if shift is None or shift.station.county_id != complaint.county_id:
        raise ComplaintRefused("没有选择班次：请选择投诉的是哪一班。", field="shift")
    if shift.practitioner.user_id == by.pk:
        raise ComplaintRefused("投诉的是您本人，请由业务股另一人受理。")
    if consultation is not None and consultation.shift_id != shift.pk:
        raise ComplaintRefused("这条咨询记录不是这一班的：请核对。", field="consultation")
    number = str(consultation) if consultation else complaint.number
    finding = (fact_about(consultation) or complaint_decided(consultation)) if consultation else None
    complaint.finding = finding or report_finding(
        shift_id=shift.pk,
        kind=Finding.Kind.COMPLAINT,
        source=Finding.Source.COMPLAINT,
        consultation_no=number,
        remark=f"{complaint.get_channel_display()}投诉 {complaint.number}：{complaint.content}",
        by=by,
        reported_by=complaint.recorded_by,
    )
    complaint.shift, complaint.station, complaint.consultation = shift, shift.station, consultation
    complaint.state, complaint.accepted_on, complaint.accepted_by = State.ACCEPTED, clock.today(), by
    complaint.save()
    after = {"状态": complaint.get_state_display(), "值班人员": str(shift.practitioner), "值班日期": shift.day}
    audit.record(by=by, action="consultations.accept_complaint", on=complaint, after=after)
    return complaint


def complaint_decided(consultation) -> Finding | None:
    """A complaint about this consultation that was found untrue before: the same fact is not registered twice."""
    return findings_about(consultation).filter(kind=Finding.Kind.COMPLAINT).first()


@transaction.atomic
def refuse_complaint(*, complaint_id: int, reply: str, told_on: date, told_way: str, by: User) -> DutyComplaint:
    """Not to be verified here: about something else than duty, nothing to go on. The complainant is told why and where to go."""
    complaint = lock_complaint(complaint_id, State.RECEIVED)
    if complaint.shift is not None and complaint.shift.practitioner.user_id == by.pk:
        raise ComplaintRefused("投诉的是您本人，请由业务股另一人受理。")
    return tell(complaint, State.REFUSED, reply, told_on, told_way, by, "consultations.refuse_complaint")


@transaction.atomic
def answer_complaint(*, complaint_id: int, reply: str, told_on: date, told_way: str, by: User) -> DutyComplaint:
    """Tell the complainant what was found. After an objection changed the conclusion she is told again.

    Raises ComplaintRefused while the finding is undecided, from its subject, without a way of telling her.
    """
    complaint = lock_complaint(complaint_id, State.ACCEPTED, State.ANSWERED)
    finding = last_word(complaint)
    if finding.state not in (Finding.State.UPHELD, Finding.State.DROPPED):
        raise ComplaintRefused("考核事项还没有核实结论：请先核实，再答复投诉人。")
    if finding.shift.practitioner.user_id == by.pk:
        raise ComplaintRefused("投诉的是您本人，请由业务股另一人答复。")
    is_upheld = finding.state == Finding.State.UPHELD
    if complaint.state == State.ANSWERED and complaint.is_upheld == is_upheld:
        raise ComplaintRefused("这件投诉已经答复。")
    if told_on < decided_on(finding):
        raise ComplaintRefused(f"告知日期早于核实结论的日期 {decided_on(finding)}：请核对。", field="told_on")
    complaint.is_upheld = is_upheld
    return tell(complaint, State.ANSWERED, reply, told_on, told_way, by, "consultations.answer_complaint")


def tell(complaint, state, reply, told_on, told_way, by, action) -> DutyComplaint:
    if not reply.strip():
        raise ComplaintRefused("没有写答复：请写明结论和理由。", field="reply")
    if told_way not in ToldWay.values:
        raise ComplaintRefused("没有选择告知方式：请选择。", field="told_way")
    if told_way == ToldWay.NOBODY and complaint.phone:
        raise ComplaintRefused("投诉人留了电话，应当告知：请选择告知的方式。", field="told_way")
    if not complaint.received_on <= told_on <= clock.today():
        raise ComplaintRefused(f"告知日期应在收到日期 {complaint.received_on} 和今天之间。", field="told_on")
    before = {"状态": complaint.get_state_display()}
    complaint.state, complaint.reply = state, mask_numbers(reply.strip()).text[:LONGEST]
    complaint.told_on, complaint.told_way, complaint.answered_by = told_on, told_way, by
    complaint.save()
    after = {"状态": complaint.get_state_display(), "告知日期": told_on, "告知方式": complaint.get_told_way_display()}
    audit.record(by=by, action=action, on=complaint, before=before, after=after)
    return complaint


@transaction.atomic
def reveal_phone(*, complaint_id: int, by: User) -> str:
    """The complainant's telephone, for telling her; written down before it is shown. Raises ComplaintRefused."""
    complaint = DutyComplaint.objects.get(pk=complaint_id)
    if not complaint.phone:
        raise ComplaintRefused("投诉人没有留电话。")
    if complaint.shift is not None and complaint.shift.practitioner.user_id == by.pk:
        raise ComplaintRefused("投诉的是您本人，不能查看投诉人的电话。")
    if not counted_in(f"reveal-phone:{by.pk}", most=60, seconds=3600):
        raise ComplaintRefused("一小时内查看的号码太多，请稍后再试。")
    audit.record(by=by, action="consultations.reveal_phone", on=complaint, reason="告知投诉人")
    return complaint.phone


def lock_complaint(complaint_id, *states) -> DutyComplaint:
    found = DutyComplaint.objects.select_for_update(of=("self",)).select_related("county", "station", "shift__practitioner")
    complaint = found.filter(pk=complaint_id).first()
    if complaint is None:
        raise ComplaintRefused("没有找到这件投诉：请返回列表。")
    if complaint.state not in states:
        raise ComplaintRefused(f"这件投诉{complaint.get_state_display()}，不能再办这一步：请刷新页面。")
    return complaint


def last_word(complaint) -> Finding | None:
    """The finding as it stands now, after objections and closed months."""
    finding = complaint.finding
    while finding is not None and hasattr(finding, "continued_by"):
        finding = finding.continued_by
    return finding


def decided_on(finding) -> date:
    return finding.decided_at.astimezone(clock.SHANGHAI).date()


def must_tell_again(complaint) -> bool:
    """Whether the conclusion has changed since the complainant was told."""
    finding = last_word(complaint) if complaint.state == State.ANSWERED else None
    return finding is not None and finding.decided_by_id is not None and complaint.is_upheld != (finding.state == "upheld")


# --- the clock --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    """What is to be done until when, and the basis."""

    words: str
    starts_on: date
    due_on: date
    law: str


def limit_of(complaint) -> Limit | None:
    """The limit that runs for an open complaint now; None for one that is answered, or where the plan knows none."""
    if complaint.state == State.RECEIVED:
        return limit("complaint_acceptance", complaint.received_on, complaint.county)
    if complaint.state != State.ACCEPTED:
        return None
    finding = last_word(complaint)
    if finding.decided_at:
        return limit("complaint_reply", max(decided_on(finding), complaint.accepted_on), complaint.county)
    return limit("complaint_decision", complaint.accepted_on, complaint.county)


def limit(code, start, county) -> Limit | None:
    try:
        plan = plan_for(county=county, day=start)
    except NoPlan:
        plan = None
    rule = DeadlineRule.objects.in_force(plan, code, start)
    if rule is None:
        return None
    return Limit(rule.name, start, rules.due_on(start, rule.limit, calendar.around(start).is_working_day), rule.law)
