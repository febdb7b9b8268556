"""Objections to a refusal or termination, decided by the bureau; complaints about agency or undertaker. LAF 49, 55, 56; domain.md 3.5."""

from datetime import date, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.policy import Role, may
from common import clock
from common.errors import Refused
from common.free_text import mask_numbers
from legalaid.models import AidCase, Complaint, Objection
from legalaid.services import deadlines
from legalaid.services.papers import issue_case_paper
from organizations.models.places import within
from organizations.scope import regions_of
from programmes import calendar
from programmes.rules import deadlines as rules
from records.services import notify

ABOUT = {"refused": Objection.About.REFUSAL, "terminated": Objection.About.TERMINATION}
DECIDED_ON = {Objection.About.REFUSAL: "refused_on", Objection.About.TERMINATION: "terminated_on"}
PAPERS = {Objection.About.REFUSAL: "refusal_decision", Objection.About.TERMINATION: "termination_decision"}
RECONSIDERATION_DAYS, LAWSUIT_MONTHS = 60, 6


class ObjectionRefused(Refused):
    """An objection or complaint that is not taken, decided or answered like that."""


@transaction.atomic
def file_objection(
    *,
    case: AidCase,
    by: User,
    filed_on: date,
    filed_by: str,
    content: str,
    way: str,
    relation: str = "本人",
    known_on: date | None = None,
    late_reason: str = "",
    file=None,
) -> Objection:
    """Note an objection to the refusal or the termination of a case. The bureau's five days run from `filed_on`.

    Later than 15 days after the decision arrived only with a reason why it is taken all the same. Raises ObjectionRefused.
    """
    if not may(by, "legalaid.file_objection"):
        raise ObjectionRefused("您的岗位不能登记异议。")
    case = AidCase.objects.select_for_update(of=("self",)).select_related("county").get(pk=case.pk)
    about = ABOUT.get(case.state)
    if about is None:
        raise ObjectionRefused(
            f"案件现在是“{case.get_state_display()}”：只有不予援助和终止援助的决定可以提出异议（法律援助法49条）。"
        )
    if case.objections.open().exists():
        raise ObjectionRefused("本案已有一件异议正在审查：请等审查决定。")
    if case.objections.filter(about=about, state=Objection.State.DECIDED, decided_on__gte=decided_on(case, about)).exists():
        raise ObjectionRefused("对这一决定的异议已经审查过：不服的，依法申请行政复议或者提起行政诉讼。")
    decided = decided_on(case, about)
    known = known_on or served_on(case, about)
    require_days(filed_on, decided, known)
    last_day = filing_day(case, known or decided)
    if last_day and filed_on > last_day and not late_reason.strip():
        raise ObjectionRefused(f"异议期限到 {last_day} 为止，已经逾期：仍受理的，请写明理由。", field="late_reason")
    row = Objection.objects.create(
        case=case,
        about=about,
        decided_on_then=decided,
        known_on=known,
        filed_on=filed_on,
        last_day=last_day,
        late_reason=late_reason.strip() if last_day and filed_on > last_day else "",
        filed_by=filed_by.strip(),
        relation=relation.strip() or "本人",
        way=way,
        content=mask_numbers(content).text,
        file=file,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    deadlines.meet_code(case, "objection_filing", filed_on)
    deadlines.start(case, "objection_decision", filed_on)
    audit.record(by=by, action="legalaid.file_objection", on=case, after={"异议": row.get_about_display(), "提出日期": filed_on})
    return row


def require_days(filed_on: date, decided: date, known: date | None) -> None:
    if filed_on > clock.today():
        raise ObjectionRefused("提出日期不能晚于今天。", field="filed_on")
    if filed_on < decided:
        raise ObjectionRefused(f"提出日期不能早于原决定日期 {decided}。", field="filed_on")
    if known and known < decided:
        raise ObjectionRefused(f"收到决定的日期不能早于决定日期 {decided}。", field="known_on")
    if known and filed_on < known:
        raise ObjectionRefused(f"提出日期不能早于收到决定的日期 {known}。", field="filed_on")


def decided_on(case: AidCase, about: str) -> date:
    return getattr(case, DECIDED_ON[about]) or case.received_on


def served_on(case: AidCase, about: str) -> date | None:
    """The day the decision was served on the applicant, where the papers say so."""
    return case.papers.in_force().filter(kind=PAPERS[about]).order_by("-pk").values_list("served_on", flat=True).first()


def filing_day(case: AidCase, since: date) -> date | None:
    """The last day for an objection to a decision that arrived that day."""
    rule = deadlines.rule_of(case, "objection_filing", since)
    return rules.due_on(since, rule.limit, calendar.around(since).is_working_day) if rule else None


@transaction.atomic
def decide_objection(*, objection: Objection, decision: str, reason: str, day: date, by: User, url: str = "") -> Objection:
    """MAINTAIN or ORDER_CORRECTION, by the leader of the bureau (LAF 49). Ordered to correct, the director decides anew.

    Raises ObjectionRefused: not the leader of the county, decided already, no reason, a day before the objection or in the future.
    """
    case = AidCase.objects.select_for_update(of=("self",)).select_related("county", "handler").get(pk=objection.case_id)
    row = Objection.objects.select_for_update().get(pk=objection.pk)
    if not may(by, "legalaid.decide_objection") or not Objection.objects.visible_to(by).filter(pk=row.pk).exists():
        raise ObjectionRefused("异议由本县司法局领导审查决定。")
    if row.state != Objection.State.FILED:
        raise ObjectionRefused(f"这件异议{row.get_state_display()}，不能再次审查。")
    if decision not in Objection.Decision.values:
        raise ObjectionRefused("没有选择审查结论：请选择。", field="decision")
    if not reason.strip():
        raise ObjectionRefused("没有写明审查理由：请填写。", field="reason")
    if day > clock.today():
        raise ObjectionRefused("审查日期不能晚于今天。", field="day")
    if day < row.filed_on:
        raise ObjectionRefused(f"审查日期不能早于提出日期 {row.filed_on}。", field="day")
    row.state, row.decision, row.reason = Objection.State.DECIDED, decision, mask_numbers(reason).text
    row.decided_by, row.decided_on, row.decided_at = by, day, clock.now()
    row.save(update_fields=["state", "decision", "reason", "decided_by", "decided_on", "decided_at"])
    deadlines.meet_code(case, "objection_decision", day)
    audit.record(
        by=by,
        action="legalaid.decide_objection",
        on=case,
        after={"异议": row.get_about_display(), "结论": row.get_decision_display(), "日期": day},
        reason=reason[:300],
    )
    tell_centre(case, f"案件 {case.number} 的异议审查决定：{row.get_decision_display()}。", url)
    return row


def decision_paper(row: Objection):
    """The paper of the decision (format 20), if it was issued since; the latest."""
    if row.decided_on is None:
        return None
    papers = row.case.papers.in_force().filter(kind="objection_decision", paper__issued_on__gte=row.decided_on)
    return papers.select_related("paper__file").order_by("-pk").first()


def issue_decision(*, objection: Objection, by: User):
    """Issue 法律援助异议审查决定书 from what was decided. Raises ObjectionRefused, CasePaperRefused, PdfUnavailable."""
    if objection.state != Objection.State.DECIDED:
        raise ObjectionRefused("还没有作出审查决定，不能制发决定书。")
    if decision_paper(objection):
        raise ObjectionRefused("决定书已经制发：可以直接下载。")
    earlier = (
        objection.case.papers.in_force().filter(kind=PAPERS[objection.about]).select_related("paper").order_by("-pk").first()
    )
    facts = {
        "asked_by": objection.filed_by,
        "about_title": objection.get_about_display(),
        "about_number": earlier.number_text if earlier else "",
        "answered_on": objection.filed_on,
        "reason": objection.reason,
        "decision": objection.get_decision_display(),
    }
    return issue_case_paper(case=objection.case, kind="objection_decision", by=by, facts=facts)


def tell_centre(case: AidCase, text: str, url: str) -> None:
    """The director, and who handles the case."""
    directors = User.objects.active().filter(posts__role=Role.DIRECTOR, posts__region=case.county).distinct()
    for user in {*directors, case.handler} - {None}:
        notify(to=user, text=text, url=url)


@transaction.atomic
def withdraw_objection(*, objection: Objection, reason: str, by: User) -> Objection:
    """Taken back by who raised it, before it was decided. Raises ObjectionRefused."""
    case = AidCase.objects.select_for_update(of=("self",)).get(pk=objection.case_id)
    row = Objection.objects.select_for_update().get(pk=objection.pk)
    if not may(by, "legalaid.file_objection"):
        raise ObjectionRefused("您的岗位不能登记撤回异议。")
    if row.state != Objection.State.FILED:
        raise ObjectionRefused(f"这件异议{row.get_state_display()}，不能撤回。")
    if not reason.strip():
        raise ObjectionRefused("没有写明撤回的原因：请填写。", field="reason")
    row.state, row.withdrawn_on, row.withdrawal_reason = Objection.State.WITHDRAWN, clock.today(), reason.strip()[:300]
    row.save(update_fields=["state", "withdrawn_on", "withdrawal_reason"])
    for deadline in case.deadlines.open().filter(code="objection_decision"):
        deadline.dropped_on = clock.today()
        deadline.save(update_fields=["dropped_on"])
    audit.record(by=by, action="legalaid.withdraw_objection", on=case, after={"异议": "撤回"}, reason=reason[:300])
    return row


def remedies(row: Objection) -> dict[str, date]:
    """Until when the person may go on after the decision: reconsideration 60 days, lawsuit six months. domain.md 3.5."""
    year, month = divmod(row.decided_on.month - 1 + LAWSUIT_MONTHS, 12)
    year, month = row.decided_on.year + year, month + 1
    last = min(row.decided_on.day, ((date(year + month // 12, month % 12 + 1, 1)) - timedelta(days=1)).day)
    return {"reconsideration": row.decided_on + timedelta(days=RECONSIDERATION_DAYS), "lawsuit": date(year, month, last)}


def objectionable(user: User, number: str, name: str) -> AidCase | None:
    """The refused or terminated case of that number and recipient in the leader's county: she knows both from the objection."""
    rows = AidCase.objects.filter(within(regions_of(user, Role.LEADER), "county"), state__in=ABOUT)
    return rows.filter(number=number.strip(), recipient=name.strip()).first()


# --- complaints -------------------------------------------------------------------------------------------------------


@transaction.atomic
def file_complaint(*, case: AidCase, by: User, about: str, filed_by: str, filed_on: date, content: str) -> Complaint:
    """Note a complaint of the recipient about the agency or the undertaker (LAF 55, 56). Raises ObjectionRefused."""
    if not may(by, "legalaid.file_complaint"):
        raise ObjectionRefused("您的岗位不能登记投诉。")
    if filed_on > clock.today():
        raise ObjectionRefused("投诉日期不能晚于今天。", field="filed_on")
    if filed_on < case.received_on:
        raise ObjectionRefused(f"投诉日期不能早于收案日期 {case.received_on}。", field="filed_on")
    if about == Complaint.About.PERSON and case.lawyer is None:
        raise ObjectionRefused("本案还没有承办人，不能投诉承办人。", field="about")
    row = Complaint.objects.create(
        case=case,
        about=about,
        person=case.lawyer if about == Complaint.About.PERSON else None,
        filed_by=filed_by.strip(),
        filed_on=filed_on,
        content=mask_numbers(content).text,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    audit.record(by=by, action="legalaid.file_complaint", on=case, after={"投诉": row.get_about_display(), "日期": filed_on})
    return row


@transaction.atomic
def answer_complaint(*, complaint: Complaint, finding: str, reply: str, day: date, by: User) -> Complaint:
    """What was found and told the complainant. A complaint about the agency is answered by the bureau, not by the agency.

    Raises ObjectionRefused.
    """
    row = Complaint.objects.select_for_update().select_related("case").get(pk=complaint.pk)
    if not may(by, "legalaid.answer_complaint"):
        raise ObjectionRefused("您的岗位不能答复投诉。")
    if row.about == Complaint.About.AGENCY and Role.LEADER not in by.roles:
        raise ObjectionRefused("投诉法律援助机构的，由司法局调查答复。")
    if row.state != Complaint.State.OPEN:
        raise ObjectionRefused("这件投诉已经答复。")
    if finding not in Complaint.Finding.values:
        raise ObjectionRefused("没有选择调查结论：请选择。", field="finding")
    if not reply.strip():
        raise ObjectionRefused("没有填写处理和答复：请填写。", field="reply")
    if not row.filed_on <= day <= clock.today():
        raise ObjectionRefused(f"答复日期应在投诉日期 {row.filed_on} 和今天之间。", field="day")
    row.state, row.finding, row.reply = Complaint.State.ANSWERED, finding, mask_numbers(reply).text
    row.replied_on, row.replied_by = day, by
    row.save(update_fields=["state", "finding", "reply", "replied_on", "replied_by"])
    audit.record(
        by=by, action="legalaid.answer_complaint", on=row.case, after={"投诉": row.get_finding_display(), "答复日期": day}
    )
    return row
