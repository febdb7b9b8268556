"""Legal help by duty lawyers: steps of the table of `rules.legal_help`, compare-and-set, each with event and audit entry."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q

from accounts import audit
from accounts.policy import may
from common import clock
from common.encryption import keyed_index
from common.errors import Refused
from legalaid.models import AidCase, LegalHelp, LegalHelpEvent
from legalaid.rules.legal_help import STEPS, Step, out_of_order, state_after, transfer_due, why_not
from organizations.models import Practitioner
from records.services import next_number

# Who may be the duty lawyer: lawyers only (CPL 36; 法律援助值班律师工作办法第二条).
LAWYER_KINDS = (Practitioner.Kind.LAWYER, Practitioner.Kind.PUBLIC_LAWYER)
DATES_IN_ORDER = ("asked_on", "arranged_on", "given_on", "witnessed_on")


class HelpRefused(Refused):
    """A step of legal help that is not taken; the sentence says why."""


@transaction.atomic
def lock_help(pk: int, version: int | None = None) -> LegalHelp:
    found = LegalHelp.objects.select_for_update(of=("self",)).select_related("county", "lawyer").get(pk=pk)
    if version is not None and found.version != version:
        raise HelpRefused(f"{found} 刚被别人办理过，现在是“{found.get_state_display()}”：请刷新页面，看清以后再办。")
    return found


@transaction.atomic
def register_help(*, county, by, source: str, asked_on: date, lawyer=None, **facts) -> LegalHelp:
    """Write down a request or a notice. A lawyer who writes one down herself is the one who was asked.

    The number is gap-free in the year: 法帮-2022-0001.
    """
    step = STEPS["notice" if source == LegalHelp.Source.NOTICE else "request"]
    require_role(step, by)
    if asked_on > clock.today():
        raise HelpRefused(f"日期 {asked_on} 在今天之后：请填写实际日期。", field="asked_on")
    if source == LegalHelp.Source.REQUEST and facts.get("notice_no"):
        raise HelpRefused("本人申请没有通知文号：请清空，或把来源改为办案机关通知。", field="notice_no")
    number = f"法帮-{asked_on.year}-{next_number(series=f'legal_help.{county.pk}', year=asked_on.year):04d}"
    if own := own_practitioner(by):
        lawyer = lawyer or own
    found = LegalHelp(county=county, number=number, source=source, asked_on=asked_on, state=step.to, recorded_by=by,
                      recorded_at=clock.now(), **facts)  # fmt: skip
    found.id_index = keyed_index(found.id_number) if found.id_number else ""
    found.save(force_insert=True)
    write_down(found, step, by=by, day=asked_on)
    if lawyer:
        arrange(found, lawyer, asked_on, by)
    return found


def own_practitioner(user):
    """The user's own record as a lawyer, when she writes as one and not for the centre."""
    if may(user, "legalaid.handle_legal_help"):
        return None
    return getattr(user, "practitioner", None)


def require_role(step: Step, by) -> None:
    if not any(may(by, action) for action in step.actions):
        raise HelpRefused(f"您的岗位不能{step.words}。")


def why_no_step(found: LegalHelp, step: Step, user) -> str:
    """Why this user may not take this step with this help now; empty when she may."""
    held = [action for action in step.actions if may(user, action)]
    if not held:
        return f"您的岗位不能{step.words}。"
    if held == ["legalaid.give_legal_help"] and (found.lawyer is None or found.lawyer.user_id != user.pk):
        return "只有安排的值班律师和法律援助中心可以办理。"
    return why_not(
        step,
        state=found.state,
        is_ended=found.is_ended,
        has_application=found.application_at is not None,
        is_transferred=found.transferred_at is not None,
        was_given=found.given_on is not None,
    )


def steps_for(found: LegalHelp, user) -> list[Step]:
    return [step for step in STEPS.values() if "" not in step.since and not why_no_step(found, step, user)]


@transaction.atomic
def take_step(*, pk: int, version: int | None, code: str, by, day: date | None = None, note: str = "", **facts) -> LegalHelp:
    """Take one step. `facts` belong to it: lawyer (arrange), contents, opinion, is_opinion_adopted (give), moment and
    transferred_to, case (application and transfer), defender_case (end). Raises HelpRefused."""
    step, found = STEPS[code], lock_help(pk, version)
    if why := why_no_step(found, step, by):
        raise HelpRefused(why)
    day = day or clock.today()
    if day > clock.today():
        raise HelpRefused(f"日期 {day} 在今天之后：请填写实际日期。", field="day")
    if code == "arrange":
        arrange(found, facts["lawyer"], day, by, note=note)
        return found
    if step.sets:
        setattr(found, step.sets, day)
    BEFORE.get(code, lambda *_args, **_facts: None)(found, note=note, **facts)
    words = {name: LegalHelp._meta.get_field(name).verbose_name for name in DATES_IN_ORDER}
    if wrong := out_of_order((name, getattr(found, name)) for name in DATES_IN_ORDER):
        earlier, later = wrong
        raise HelpRefused(
            f"{words[later]} {getattr(found, later)} 早于{words[earlier]} {getattr(found, earlier)}：请检查日期。", field="day"
        )
    before, found.state = found.get_state_display(), state_after(step, state=found.state)
    found.version += 1
    found.save()
    write_down(found, step, by=by, day=day, note=note, before=before)
    return found


def arrange(found: LegalHelp, lawyer: Practitioner, day: date, by, note: str = "") -> None:
    """Name the duty lawyer, or another one before the help is given."""
    if lawyer is None:
        raise HelpRefused("没有选择值班律师：请选择。", field="lawyer")
    if lawyer.kind not in LAWYER_KINDS:
        raise HelpRefused(f"{lawyer} 是{lawyer.get_kind_display()}：值班律师应当是律师。", field="lawyer")
    if day < found.asked_on:
        raise HelpRefused(f"安排日期 {day} 早于申请或通知日期 {found.asked_on}：请检查日期。", field="day")
    before = found.get_state_display()
    found.lawyer, found.arranged_on, found.state = lawyer, day, "arranged"
    found.version += 1
    found.save(update_fields=["lawyer", "arranged_on", "state", "version"])
    write_down(found, STEPS["arrange"], by=by, day=day, note=note or f"安排{lawyer}", before=before)


def check_given(found, *, contents=(), opinion="", is_opinion_adopted=None, note=""):
    if not contents:
        raise HelpRefused("没有选择帮助内容：至少选一项。", field="contents")
    if LegalHelp.Content.OPINION in contents and not opinion.strip():
        raise HelpRefused("选了“对案件处理提出意见”：请写明意见。", field="opinion")
    found.contents, found.opinion, found.is_opinion_adopted = list(contents), opinion.strip(), is_opinion_adopted


def check_witnessed(found, *, note=""):
    if not found.is_plea:
        raise HelpRefused("不是认罪认罚案件，没有具结书可见证：请先改正登记内容。")
    found.witness_note = note[:300]


def check_application(found, *, moment: datetime | None = None, note=""):
    if moment is None:
        raise HelpRefused("没有填写收到申请的时间：请填写日期和时刻，24 小时从那时起算。", field="day")
    if moment > clock.now():
        raise HelpRefused("收到申请的时间在现在之后：请填写实际时间。", field="day")
    if moment.astimezone(clock.SHANGHAI).date() < found.asked_on:
        raise HelpRefused(f"收到援助申请的时间早于 {found.asked_on}：请检查日期。", field="day")
    found.application_at, found.transfer_due_at = moment, transfer_due(moment)


def check_transferred(found, *, moment: datetime | None = None, transferred_to="", case=None, note=""):
    moment = moment or clock.now()
    if moment > clock.now():
        raise HelpRefused("转交时间在现在之后：请填写实际时间。", field="day")
    if moment < found.application_at:
        raise HelpRefused("转交时间早于收到申请的时间：请检查。", field="day")
    if not transferred_to.strip():
        raise HelpRefused("没有填写转交给谁：请填写法律援助机构名称。", field="transferred_to")
    if case is not None and case.county_id != found.county_id:
        raise HelpRefused("所选案件不是本县的案件。", field="case")
    found.transferred_at, found.transferred_to, found.case = moment, transferred_to.strip()[:100], case


def check_ended(found, *, defender_case=None, note=""):
    if not note.strip():
        raise HelpRefused("没有写终止原因：请写明委托或者指派了哪位辩护人。", field="note")
    found.end_reason, found.defender_case = note.strip()[:300], defender_case


BEFORE = {
    "give": check_given,
    "witness": check_witnessed,
    "take_application": check_application,
    "transfer": check_transferred,
    "end": check_ended,
}


def write_down(found, step, *, by, day, note="", before=""):
    LegalHelpEvent.objects.create(help=found, step=step.code, words=step.words, day=day, by=by, at=clock.now(), note=note[:300])
    action = "legalaid.handle_legal_help" if may(by, "legalaid.handle_legal_help") else "legalaid.give_legal_help"
    after = {"步骤": step.words, "状态": found.get_state_display(), "日期": day}
    audit.record(by=by, action=action, on=found, before={"状态": before} if before else None, after=after, reason=note[:300])


@transaction.atomic
def end_for_defender(*, case: AidCase, by, day: date) -> list[LegalHelp]:
    """A defender was assigned: every help still running for this person in the county ends. Called where cases are assigned."""
    if case.type != AidCase.Type.CRIMINAL_DEFENCE or not case.id_index:
        return []
    rows = LegalHelp.objects.open().filter(county=case.county, id_index=case.id_index, ended_on=None, asked_on__lte=day)
    ended = []
    for found in rows.select_for_update(of=("self",)).order_by("pk"):
        found.ended_on, found.defender_case, found.version = day, case, found.version + 1
        found.end_reason = f"已指派辩护人（案件 {case}）"
        found.save(update_fields=["ended_on", "defender_case", "end_reason", "version"])
        write_down(found, STEPS["end"], by=by, day=day, note=found.end_reason, before=found.get_state_display())
        ended.append(found)
    return ended


def defenders_of(found: LegalHelp):
    """Cases of defence assigned to the same person since: they end the help."""
    if not found.id_index:
        return AidCase.objects.none()
    cases = AidCase.objects.of_county(found.county).filter(id_index=found.id_index, type=AidCase.Type.CRIMINAL_DEFENCE)
    return cases.filter(assigned_on__gte=found.asked_on).order_by("assigned_on")


def counts_of(rows) -> dict[str, int]:
    """The numbers over a list: people helped, by kind of help, witnessed, passed on, late, ended. One query."""
    return rows.order_by().aggregate(
        total=Count("pk"),
        given=Count("pk", filter=~Q(given_on=None)),
        witnessed=Count("pk", filter=~Q(witnessed_on=None)),
        transferred=Count("pk", filter=~Q(transferred_at=None)),
        ended=Count("pk", filter=~Q(ended_on=None)),
        open=Count("pk", filter=~Q(state="logged")),
        **{code: Count("pk", filter=Q(contents__contains=[code])) for code in LegalHelp.Content.values},
    )


def lawyers_of(county, day):
    """Who may be named: lawyers of the county's pool, and who has undertaken cases here."""
    pool = Practitioner.objects.current().in_pool_on(county, day)
    known = Practitioner.objects.current().filter(Q(pk__in=pool.values("pk")) | Q(assignments__case__county=county))
    return known.filter(kind__in=LAWYER_KINDS).distinct().order_by("name", "pk")
