"""The only way a case's state changes: one step of the table, taken by somebody who may, on a possible day.

Each step is compare-and-set on the case's version, writes the event, runs its time limits and its audit entry.
"""

from datetime import date

from django.db import transaction

from accounts import audit
from accounts.policy import may
from common import clock
from common.errors import Refused
from legalaid.models import AidCase, CaseEvent
from legalaid.models.cases import DATES_IN_ORDER
from legalaid.rules.procedure import STEPS, UNDERTAKE, Step, out_of_order, steps_from
from legalaid.services import case_numbers, deadlines


class StepRefused(Refused):
    """A step that is not taken now; the sentence says why and what to do."""


@transaction.atomic
def lock_case(case_id: int, version: int | None = None) -> AidCase:
    """The case, locked. Refused when somebody changed it since this `version` of it was read."""
    case = AidCase.objects.select_for_update(of=("self",)).select_related("county", "lawyer").get(pk=case_id)
    if version is not None and case.version != version:
        raise StepRefused(f"案件 {case} 刚被别人办理过，现在是“{case.get_state_display()}”：请刷新页面，看清以后再办。")
    return case


@transaction.atomic
def move_case(case: AidCase, code: str, *, by, day: date, reason: str = "", facts=None, **fields) -> CaseEvent:
    """Take a step with a locked case. `fields` are columns it sets besides the step's own date.

    Raises StepRefused: step not allowed from this state, not by this person, not on this day.
    """
    step = STEPS[code]
    require_possible(case, step, by=by)
    changes = {**({step.sets: day} if step.sets else {}), **fields}
    for name, value in changes.items():
        setattr(case, name, value)
    require_day(case, step, day)
    before = case.state
    case.state = step.to or case.state
    case.version += 1
    case.save(update_fields=["state", "version", *changes])
    case_numbers.number_case(case, step, day)
    deadlines.run(case, step, day=day)
    event = CaseEvent.objects.create(
        case=case,
        step=code,
        words=step.words,
        from_state=before,
        to_state=case.state,
        day=day,
        by=by,
        at=clock.now(),
        reason=reason[:1000],
        facts=facts or {},
    )
    record(case, step, by=by, before=before, day=day, reason=reason)
    return event


def open_case(case: AidCase, code: str, *, by, day: date, reason: str = "", facts=None) -> CaseEvent:
    """The first step of a new case (register, receive, take_notice): saves it and begins its history."""
    step = STEPS[code]
    if "" not in step.since:
        raise StepRefused(f"案件不能从“{step.words}”开始。")
    if not any(may(by, action) for action in step.actions):
        raise StepRefused(f"您的岗位不能{step.words}。")
    case.state, case.recorded_by, case.recorded_at = step.to, by, clock.now()
    setattr(case, step.sets, day)
    require_day(case, step, day)
    with transaction.atomic():
        case.save(force_insert=True)
        deadlines.run(case, step, day=day)
        record(case, step, by=by, before="", day=day, reason=reason)
        return CaseEvent.objects.create(
            case=case, step=code, words=step.words, to_state=case.state, day=day, by=by, at=clock.now(),
            reason=reason[:1000], facts=facts or {},
        )  # fmt: skip


def record(case: AidCase, step: Step, *, by, before: str, day: date, reason: str) -> None:
    audit.record(
        by=by,
        action=f"legalaid.{step.code}",
        on=case,
        before={"状态": AidCase.State(before).label} if before else None,
        after={"状态": case.get_state_display(), "日期": day, "步骤": step.words},
        reason=reason[:300],
    )


def why_not(case: AidCase, step: Step, *, by) -> str:
    """Why this person may not take this step with this case now; empty when she may."""
    if case.state not in step.since:
        return f"案件现在是“{case.get_state_display()}”，不能{step.words}。"
    held = [action for action in step.actions if may(by, action)]
    if not held:
        return f"您的岗位不能{step.words}。"
    if held == [UNDERTAKE] and (case.lawyer is None or case.lawyer.user_id != by.pk):
        return f"案件由{case.undertaker or '别人'}承办，只有承办人和法律援助中心可以{step.words}。"
    return ""


def require_possible(case: AidCase, step: Step, *, by) -> None:
    if why := why_not(case, step, by=by):
        raise StepRefused(why)


def steps_for(case: AidCase, user) -> list[Step]:
    """The steps this user may take now, in the order of the table."""
    return [step for step in steps_from(case.state) if not why_not(case, step, by=user)]


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
    last = case.events.order_by("-pk").values_list("day", flat=True).first() if case.pk else None
    if last and day < last:
        raise StepRefused(f"{step.words}的日期 {day} 早于上一步的日期 {last}：请检查日期。", field="day")
