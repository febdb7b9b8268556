"""The only way a case's state changes: one step of the table, taken by somebody who may, on a possible day.

Each step is compare-and-set on the case's version, writes the event, runs its time limits and its audit entry.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction

from accounts import audit
from accounts.policy import ACTIONS, Role, may
from common import clock
from common.encryption import EncryptedTextField
from common.errors import Refused
from common.free_text import mask_numbers
from legalaid.models import AidCase, CaseEvent
from legalaid.models.cases import DATES_IN_ORDER
from legalaid.rules import guards
from legalaid.rules.procedure import HANDLE, STEPS, TAKE_BACK, TAKE_BACK_MINUTES, UNDERTAKE, Step, out_of_order, steps_from
from legalaid.services import case_numbers, deadlines
from legalaid.services.consultations import answer_consultation
from legalaid.services.step_facts import facts_of

# A fact of the step in which the office itself sets the last day of a limit that the step starts.
DAYS_SET = {"supplement": "due_on", "pre_aid_papers": "papers_due_on"}
# What the director does after the bureau ordered it (LAF 49).
CORRECTIONS = ("correct_refusal", "correct_termination", "correct_termination_early")


class StepRefused(Refused):
    """A step that is not taken now; the sentence says why and what to do. `lacks` are the single things missing."""

    def __init__(self, message: str, *, field: str | None = None, lacks: Iterable[guards.Lack] = ()):
        super().__init__(message, field=field)
        self.lacks = tuple(lacks)


@transaction.atomic
def lock_case(case_id: int, version: int | None = None) -> AidCase:
    """The case, locked. Refused when somebody changed it since this `version` of it was read."""
    case = AidCase.objects.select_for_update(of=("self",)).select_related("county", "lawyer").get(pk=case_id)
    if version is not None and case.version != version:
        raise changed_meanwhile(case)
    return case


def changed_meanwhile(case: AidCase) -> StepRefused:
    last = case.events.select_related("by").order_by("-pk").first()
    who = f"{last.by}已经{last.words}" if last else "已经有人办理"
    return StepRefused(f"案件 {case} 刚刚变动过（{who}），现在是“{case.get_state_display()}”：请刷新页面，看清以后再办。")


@transaction.atomic
def take_step(
    case_id: int, code: str, *, version: int | None, by, day: date, reason: str = "", facts=None, **fields
) -> CaseEvent:
    """Lock, compare and move in one: what a page calls. Of two officers at once the second reads who was first."""
    case = lock_case(case_id, version)
    require_possible(case, STEPS[code], by=by)
    if not AidCase.objects.visible_to(by).filter(pk=case_id).exists():
        raise StepRefused(f"案件 {case} 不在您经办的范围内：请联系经办人或者主任。")
    return move_case(case, code, by=by, day=day, reason=reason, facts=facts, **fields)


@transaction.atomic
def move_case(case: AidCase, code: str, *, by, day: date, reason: str = "", facts=None, **fields) -> CaseEvent:
    """Take a step with a locked case. `fields` are columns it sets besides the step's own date; `facts` is what was said with it.

    Raises StepRefused: step not allowed from this state, not by this person, not on this day, or something is lacking
    (rules.guards); or the case was changed since it was read.
    """
    step = STEPS[code]
    require_possible(case, step, by=by)
    cleared = {name: None if AidCase._meta.get_field(name).null else "" for name in step.clears}
    if "hardship_ground" in fields:
        fields["hardship_ground"] = mask_numbers(fields["hardship_ground"]).text
    changes = {**cleared, **({step.sets: day} if step.sets else {}), **fields}
    if case.handler_id is None and may(by, HANDLE):
        changes.setdefault("handler", by)
    earlier = earlier_columns(case, changes)
    for name, value in changes.items():
        setattr(case, name, value)
    require_day(case, step, day)
    require_complete(case, code, day=day, said={**(facts or {}), **fields, "reason": reason})
    before, case.state = case.state, step.to or case.state
    write(case, changes)
    case_numbers.number_case(case, step, day)
    limits = deadlines.run(case, step, day=day, due=days_set(step, facts or {}))
    event = CaseEvent.objects.create(
        case=case,
        step=code,
        words=step.words,
        from_state=before,
        to_state=case.state,
        day=day,
        by=by,
        at=clock.now(),
        reason=mask_numbers(reason).text[:1000],
        facts=masked(facts or {}),
        before={"columns": earlier, "deadlines": limits},
    )
    if code in CORRECTIONS:
        case.objections.ordered().update(corrected_on=day)
    record(case, step, by=by, before=before, day=day, reason=reason)
    answer_consultation(case, code)
    return event


def earlier_columns(case: AidCase, names) -> dict:
    """The columns as they stand in the database; encrypted ones are left out, an event is read by more people."""
    fields = [AidCase._meta.get_field(name) for name in names]
    plain = [field.attname for field in fields if not isinstance(field, EncryptedTextField)]
    return AidCase.objects.filter(pk=case.pk).values("state", *plain).get()


def write(case: AidCase, changes) -> None:
    """Compare-and-set: only the row whose version was read is changed, so that one of two always loses and reads why."""
    version = case.version
    done = AidCase.objects.filter(pk=case.pk, version=version).update(state=case.state, version=version + 1, **changes)
    if not done:
        raise changed_meanwhile(AidCase.objects.get(pk=case.pk))
    case.version = version + 1


def days_set(step: Step, facts) -> dict[str, date]:
    """The last days the office set itself, by the code of the limit."""
    return {code: facts[name] for code, name in DAYS_SET.items() if code in step.starts and facts.get(name)}


def masked(facts) -> dict:
    """What was said, with personal numbers masked in every text and every line of a list."""
    return {name: masked_value(value) for name, value in facts.items()}


def masked_value(value):
    if isinstance(value, str):
        return mask_numbers(value).text
    return [masked_value(each) for each in value] if isinstance(value, list) else value


@transaction.atomic
def open_case(case: AidCase, code: str, *, by, day: date, reason: str = "", facts=None) -> CaseEvent:
    """The first step of a new case (register, receive, take_notice): saves it and begins its history."""
    step = STEPS[code]
    if "" not in step.since:
        raise StepRefused(f"案件不能从“{step.words}”开始。")
    if not any(may(by, action) for action in step.actions):
        raise StepRefused(f"您的岗位不能{step.words}。")
    case.state, case.recorded_by, case.recorded_at = step.to, by, clock.now()
    setattr(case, step.sets, day)
    case.set_search_keys()
    require_day(case, step, day)
    case.save(force_insert=True)
    deadlines.run(case, step, day=day)
    record(case, step, by=by, before="", day=day, reason=reason)
    answer_consultation(case, code)
    return CaseEvent.objects.create(
        case=case, step=code, words=step.words, to_state=case.state, day=day, by=by, at=clock.now(),
        reason=mask_numbers(reason).text[:1000], facts=masked(facts or {}),
    )  # fmt: skip


# --- a step taken by mistake ------------------------------------------------------------------------------------------


def why_not_taken_back(case: AidCase, last: CaseEvent | None, user) -> str:
    """Why this person may not take back the case's last step; empty when she may."""
    if last is None or last.step not in STEPS or not STEPS[last.step].is_slip or not last.from_state:
        return "上一步不能撤回。"
    if last.to_state != case.state or last.from_state == last.to_state:
        return "上一步没有改变案件的状态，不需要撤回。"
    if last.by_id != user.pk:
        return f"上一步由{last.by}办理，只能由本人撤回。"
    if clock.now() - last.at > timedelta(minutes=TAKE_BACK_MINUTES):
        return f"已经超过 {TAKE_BACK_MINUTES} 分钟，不能撤回：请按程序办理下一步。"
    if issued_since(case, last):
        return "这一步之后已经制发文书，不能撤回：请按程序办理下一步。"
    return ""


def issued_since(case: AidCase, event: CaseEvent) -> bool:
    """Whether a paper that goes out was issued after the event: a decision that left the house is not a slip any more."""
    since = clock.real_now() - (clock.now() - event.at)  # papers are stamped with the real time, events with the business day
    issued = case.papers.in_force().filter(paper__issued_on__gte=event.day).select_related("paper")
    return any(row.rule.goes_out and row.paper.created_at >= since for row in issued)


@transaction.atomic
def take_back(case: AidCase, *, by, reason: str) -> CaseEvent:
    """Undo the last step as a step of its own: columns and time limits as they were, both events stay. Raises StepRefused."""
    last = case.events.select_related("by").order_by("-pk").first()
    if why := why_not_taken_back(case, last, by):
        raise StepRefused(why)
    if not reason.strip():
        raise StepRefused("没有写明撤回的原因：请填写。", field="reason")
    columns = {name: AidCase._meta.get_field(name).to_python(value) if not name.endswith("_id") else value
               for name, value in last.before.get("columns", {}).items() if name != "state"}  # fmt: skip
    for name, value in columns.items():
        setattr(case, name, value)
    before, case.state = case.state, last.from_state
    write(case, columns)
    deadlines.restore(case, last.before.get("deadlines", {}))
    event = CaseEvent.objects.create(
        case=case, step=TAKE_BACK, words=f"撤回“{last.words}”", from_state=before, to_state=case.state, day=clock.today(), by=by,
        at=clock.now(), reason=mask_numbers(reason).text[:1000], facts={"event": last.pk},
    )  # fmt: skip
    audit.record(
        by=by,
        action=f"legalaid.{TAKE_BACK}",
        on=case,
        before={"状态": AidCase.State(before).label},
        after={"状态": case.get_state_display(), "步骤": event.words},
        reason=mask_numbers(reason).text[:300],
    )
    return event


@transaction.atomic
def take_back_step(case_id: int, *, version: int | None, by, reason: str) -> CaseEvent:
    """Lock, compare and take back: what a page calls."""
    return take_back(lock_case(case_id, version), by=by, reason=reason)


# --- what is asked of every step --------------------------------------------------------------------------------------


def record(case: AidCase, step: Step, *, by, before: str, day: date, reason: str) -> None:
    audit.record(
        by=by,
        action=f"legalaid.{step.code}",
        on=case,
        before={"状态": AidCase.State(before).label} if before else None,
        after={"状态": case.get_state_display(), "日期": day, "步骤": step.words},
        reason=mask_numbers(reason).text[:300],
    )


def why_not(case: AidCase, step: Step, *, by) -> str:
    """Why this person may not take this step with this case now; empty when she may."""
    if case.state not in step.since:
        return f"案件现在是“{case.get_state_display()}”，不能{step.words}。"
    if step.source and step.source != case.source:
        return f"{step.words}只用于{AidCase.Source(step.source).label}的案件。"
    held = [action for action in step.actions if may(by, action)]
    if not held:
        return f"您的岗位不能{step.words}。"
    if held == [UNDERTAKE] and (case.lawyer is None or case.lawyer.user_id != by.pk):
        return f"案件由{case.undertaker or '别人'}承办，只有承办人和法律援助中心可以{step.words}。"
    return ""


def require_possible(case: AidCase, step: Step, *, by) -> None:
    if why := why_not(case, step, by=by):
        raise StepRefused(why)


def require_complete(case: AidCase, code: str, *, day: date, said) -> None:
    """The guards of the step. History is taken as told."""
    if case.is_history or code not in guards.GUARDS:
        return
    if lacks := guards.lacking(code, facts_of(case), said, day):
        raise StepRefused("".join(lack.words for lack in lacks), field=lacks[0].field or None, lacks=lacks)


def steps_for(case: AidCase, user) -> list[Step]:
    """The steps this user may take now, in the order of the table."""
    return [step for step in steps_from(case.state) if not why_not(case, step, by=user)]


def who_may(step: Step) -> str:
    """The posts that may take a step, in words."""
    roles = {role for action in step.actions for role in ACTIONS[action].roles}
    return "、".join(role.label for role in Role if role in roles)


def require_day(case: AidCase, step: Step, day: date) -> None:
    """Facts are not of the future and do not overtake what came before them. domain.md 4.6, 4.8."""
    if day > clock.today():
        raise StepRefused(f"{step.words}的日期 {day} 在今天之后：请填写实际日期。", field="day")
    if case.is_history:
        return
    words = {name: AidCase._meta.get_field(name).verbose_name for name in DATES_IN_ORDER}
    wrong = out_of_order((name, getattr(case, name)) for name in DATES_IN_ORDER)
    if wrong:
        earlier, later = wrong
        raise StepRefused(
            f"{words[later]} {getattr(case, later)} 早于{words[earlier]} {getattr(case, earlier)}：请检查日期。", field="day"
        )
    # Pressing 接受 is of the day it was pressed; what was done before may be noted after it.
    last = (
        case.events.exclude(step__in=(TAKE_BACK, "accept_assignment")).order_by("-pk").values_list("day", flat=True).first()
        if case.pk
        else None
    )
    if last and day < last:
        raise StepRefused(f"{step.words}的日期 {day} 早于上一步的日期 {last}：请检查日期。", field="day")
