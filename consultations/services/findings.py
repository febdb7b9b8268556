"""Findings: reported, heard, upheld or dropped by somebody who is neither their subject nor their recorder. I16.

In a closed month nothing is changed: the next word on a finding is a new row that continues it, booked in an open month.
"""

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import audit
from accounts.models import User
from accounts.policy import Role
from common import clock
from common.errors import Refused
from consultations.models import Consultation, CriticismNotice, Finding
from consultations.rules.findings import ABOUT_A_CONSULTATION, CRITICISED, NOT_REPORTED_BY_HAND, next_state
from consultations.services.booking import lock_shift, month_to_book, named
from consultations.services.shift_facts import facts_of
from records.services import next_number, notify

REFUSALS = {
    "hear": "已经有核实结论，不能再补记申辩；有异议的，请提出异议。",
    "uphold": "还没有听取本人意见：请先请本人说明，或在核实时记下本人的意见。",
    "drop": "已经有核实结论：要改的，请先重新核实。",
    "object": "现在没有可以异议的结论。",
    "review": "还没有核实结论，不用重新核实。",
}


class FindingRefused(Refused):
    """The act does not fit the finding or the person; the sentence says why."""


@transaction.atomic
def report_finding(
    *,
    shift_id: int,
    kind: str,
    by: User,
    remark: str,
    times: int = 1,
    consultation_no: str = "",
    source: str = Finding.Source.REPORT,
    reported_by: User | None = None,
) -> Finding:
    """Report a finding about a shift. It cuts nothing until somebody else upholds it. One fact once (Z-DED-3).

    `reported_by` is who took it down first, where somebody else brings it: she is its recorder and does not decide (I16).
    """
    shift = lock_shift(shift_id)
    booked_in = month_to_book(shift)
    if kind in NOT_REPORTED_BY_HAND:
        raise FindingRefused("脱岗由点名抽查发现：请到“点名抽查”登记。", field="kind")
    if shift.is_cancelled:
        raise FindingRefused("这个班次已经取消，不能登记考核事项。")
    if shift.day > clock.today():
        raise FindingRefused("还没有到值班日，不能登记考核事项。")
    if shift.practitioner.user_id == by.pk:
        raise FindingRefused("不能登记自己的考核事项：对考勤有异议的，请提出异议。")
    if not remark.strip():
        raise FindingRefused("没有写明情况：请写明时间、事实和依据。", field="remark")
    if kind in ABOUT_A_CONSULTATION and not consultation_no.strip():
        raise FindingRefused("这类事项要写明咨询登记编号。", field="consultation_no")
    finding = Finding(
        shift=shift,
        kind=kind,
        source=source,
        times=times,
        consultation_no=consultation_no.strip(),
        remark=remark.strip()[:500],
        reported_by=reported_by or by,
        reported_at=clock.now(),
        booked_in=booked_in,
    )
    save_once(finding)
    note(finding, "report_finding", by)
    tell_subject(finding, f"登记了“{finding.get_kind_display()}”，请说明情况。")
    return finding


@transaction.atomic
def contest_clock(*, shift_id: int, kind: str, statement: str, by: User) -> Finding:
    """The person objects to what the clock saw: late or early leave becomes a finding that somebody decides. Z-DED-2."""
    shift = lock_shift(shift_id)
    booked_in = month_to_book(shift)
    if kind not in (Finding.Kind.LATE, Finding.Kind.EARLY_LEAVE):
        raise FindingRefused("只能对迟到、早退的记录提出异议。")
    if shift.practitioner.user_id != by.pk and Role.SECTION not in by.roles:
        raise FindingRefused("只有值班人员本人可以对自己的签到时间提出异议。")
    if kind not in facts_of([shift])[0].clock:
        raise FindingRefused("签到签退时间没有记为迟到或早退，不需要异议。")
    if not statement.strip():
        raise FindingRefused("没有写明情况：请写明为什么不应记为迟到或早退。", field="statement")
    finding = Finding(
        shift=shift,
        kind=kind,
        source=Finding.Source.CLOCK,
        state=Finding.State.HEARD,
        statement=statement.strip(),
        heard_at=clock.now(),
        remark="本人对签到签退时间提出异议",
        reported_by=by,
        reported_at=clock.now(),
        booked_in=booked_in,
    )
    save_once(finding)
    note(finding, "state_own_case" if shift.practitioner.user_id == by.pk else "hear_finding", by)
    return finding


@transaction.atomic
def hear(*, finding_id: int, statement: str, by: User) -> Finding:
    """The person's own statement: by herself, or told to the section and written down."""
    finding = lock_finding(finding_id)
    if not statement.strip():
        raise FindingRefused("没有写说明：请写明情况；没有意见的，写“无异议”。", field="statement")
    is_own = require_speaker(finding, by)
    finding = move(finding, "hear")
    finding.statement = joined(finding.statement, statement)
    finding.heard_at = clock.now()
    finding.save()
    note(finding, "state_own_case" if is_own else "hear_finding", by)
    return finding


@transaction.atomic
def decide_finding(*, finding_id: int, is_upheld: bool, decision: str, by: User, statement: str = "") -> Finding:
    """Uphold or drop. Not by the subject, not by who recorded it. `statement` records what the person said just now."""
    finding = lock_finding(finding_id)
    require_verifier(finding, by)
    if not decision.strip():
        raise FindingRefused("没有写核实意见：请写明依据。", field="decision")
    if statement.strip():
        finding = move(finding, "hear")
        finding.statement, finding.heard_at = joined(finding.statement, statement), clock.now()
    finding = move(finding, "uphold" if is_upheld else "drop")
    finding.decided_by, finding.decided_at, finding.decision = by, clock.now(), decision.strip()[:500]
    finding.save()
    note(finding, "decide_finding", by, reason=finding.decision)
    outcome = "核实属实" if is_upheld else "核实不属实，不扣减"
    tell_subject(finding, f"“{finding.get_kind_display()}”{outcome}。")
    return finding


@transaction.atomic
def object_to(*, finding_id: int, statement: str, by: User) -> Finding:
    """The person objects to an upheld finding: it is open again until somebody decides. Once for each decision."""
    finding = lock_finding(finding_id)
    is_own = require_speaker(finding, by)
    if not statement.strip():
        raise FindingRefused("没有写异议的理由：请写明。", field="statement")
    if was_objected(finding):
        raise FindingRefused("对这项已经提出过异议并有了结论；有新证据的，请联系业务股重新核实。")
    return take_back(finding, "object", f"异议：{statement.strip()}", "state_own_case" if is_own else "hear_finding", by)


@transaction.atomic
def review_finding(*, finding_id: int, reason: str, by: User) -> Finding:
    """The section takes a decided finding up again, on new evidence."""
    finding = lock_finding(finding_id)
    if not reason.strip():
        raise FindingRefused("没有写重新核实的理由：请写明新的情况。", field="reason")
    if finding.shift.practitioner.user_id == by.pk:
        raise FindingRefused("本人不能重新核实自己的考核事项，请提出异议。")
    return take_back(finding, "review", f"重新核实：{reason.strip()}", "decide_finding", by)


@transaction.atomic
def issue_criticism(*, finding_id: int, facts: str, by: User) -> CriticismNotice:
    """通报批评 for an upheld sham duty or no-show, once, with the next number of the county's year. Z-DED-6, F11."""
    finding = lock_finding(finding_id)
    if finding.kind not in CRITICISED or finding.state != Finding.State.UPHELD:
        raise FindingRefused("只有核实属实的虚假值班、值班日不在岗才制发通报批评。")
    if CriticismNotice.objects.filter(finding__in=chain_of(finding)).exists():
        raise FindingRefused("这一事项已经制发通报批评。")
    if finding.shift.practitioner.user_id == by.pk:
        raise FindingRefused("不能就自己的事项制发通报批评。")
    if not facts.strip():
        raise FindingRefused("没有写事实：请写明时间、地点和经过。", field="facts")
    day = clock.today()
    county = finding.shift.station.county
    number = next_number(series=f"criticism.{county.pk}", year=day.year)
    notice = CriticismNotice.objects.create(
        finding=finding,
        number=f"{abbreviation_of(county)}司通〔{day.year}〕{number}号",
        facts=facts.strip(),
        issued_on=day,
        issued_by=by,
    )
    audit.record(by=by, action="consultations.issue_criticism", on=notice, after={"文号": notice.number})
    tell_subject(finding, f"制发通报批评 {notice.number}。")
    return notice


def abbreviation_of(county) -> str:
    """The one character that numbers of papers begin with: 泽 for 泽州县."""
    return county.name[0]


# --- the row and its chain --------------------------------------------------------------------------------------------


def lock_finding(finding_id) -> Finding:
    """The last word on the finding's fact, locked together with its shift."""
    finding = Finding.objects.filter(pk=finding_id).first()
    if finding is None:
        raise FindingRefused("没有找到这项考核事项，可能已被撤销：请刷新页面。")
    shift = lock_shift(finding.shift_id)
    while hasattr(finding, "continued_by"):
        finding = finding.continued_by
    finding = Finding.objects.select_for_update(of=("self",)).select_related("booked_in").get(pk=finding.pk)
    finding.shift = shift
    return finding


def chain_of(finding) -> list[Finding]:
    """A finding with everything it continues, newest first."""
    chain = [finding]
    while chain[-1].continues_id:
        chain.append(chain[-1].continues)
    return chain


def move(finding, act) -> Finding:
    """The finding in the state after an act, unsaved; a new row where the old one is frozen by a closed month."""
    state = next_state(finding.state, act)
    if state is None:
        raise FindingRefused(REFUSALS[act], field="statement" if act == "uphold" else None)
    finding = open_row(finding)
    finding.state = state
    return finding


def open_row(finding) -> Finding:
    """The row to write on: itself while the month it is booked in is open, else its continuation."""
    if finding.pk is None:
        return finding
    booked_in = month_to_book(finding.shift)
    is_frozen = finding.booked_in.is_closed if finding.booked_in else booked_in is not None
    if not is_frozen:
        return finding
    copied = {
        name: getattr(finding, name)
        for name in ("shift", "kind", "times", "consultation_no", "state", "source", "remark", "reported_by", "statement",
                     "heard_at", "attested_by")
    }  # fmt: skip
    return Finding(**copied, reported_at=clock.now(), continues=finding, booked_in=booked_in)


def take_back(finding, act, words, action, by):
    before = finding.get_state_display()
    finding = move(finding, act)
    finding.statement = joined(finding.statement, words)
    finding.heard_at = clock.now()
    finding.decided_by = finding.decided_at = None
    finding.decision = ""
    finding.save()
    note(finding, action, by, before={"核实结果": before}, reason=words)
    return finding


def save_once(finding):
    try:
        with transaction.atomic():
            finding.save()
    except IntegrityError as error:
        if "finding_one_fact_once" not in str(error):
            raise
        raise FindingRefused(f"{named(finding.shift)}：“{finding.get_kind_display()}”已经登记过，一事只记一次。") from None


def joined(before, words):
    return f"{before}\n{words.strip()}".strip()


def was_objected(finding):
    return any(line.startswith("异议：") for line in finding.statement.splitlines())


# --- who --------------------------------------------------------------------------------------------------------------


def require_speaker(finding, by) -> bool:
    """True for the person concerned, False for an officer of the section who writes down what she said."""
    if finding.shift.practitioner.user_id == by.pk:
        return True
    if Role.SECTION in by.roles:
        return False
    raise FindingRefused("只有本人可以说明，或者由业务股记录本人的说明。")


def require_verifier(finding, by):
    if why := why_not_decide(finding, by):
        raise FindingRefused(why)


def why_not_decide(finding, by) -> str:
    """Why this user may not decide; empty when she may (invariant I16)."""
    if finding.shift.practitioner.user_id == by.pk:
        return "本人不能核实自己的考核事项。"
    if finding.reported_by_id == by.pk and finding.source != Finding.Source.CLOCK:
        return "登记人不能核实自己登记的事项，请由业务股另一人核实。"
    if finding.source in SAID_BY_CITIZENS and recorded_the_consultation(finding, by):
        return "这条咨询记录是您登记的，对它的评价和投诉由业务股另一人核实。"
    return ""


SAID_BY_CITIZENS = (Finding.Source.RATING, Finding.Source.COMPLAINT)


def recorded_the_consultation(finding, by) -> bool:
    number = finding.consultation_no
    return bool(number) and Consultation.objects.filter(number=number, recorded_by=by).exists()


# --- what is written down and told ------------------------------------------------------------------------------------


def note(finding, verb, by, before=None, reason=""):
    after = {"情形": finding.get_kind_display(), "核实结果": finding.get_state_display()}
    if finding.booked_in:
        after["记入月份"] = finding.booked_in.label
    audit.record(by=by, action=f"consultations.{verb}", on=finding, before=before, after=after, reason=reason)


def tell_subject(finding, words):
    person = finding.shift.practitioner.user
    if person is not None:
        notify(to=person, text=f"{named(finding.shift)}：{words}", url=reverse("finding", args=[finding.pk]))
