"""The clocks of a case: a step starts, meets, suspends, resumes or ends them. domain.md §3.0; readings D22, D23."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils import timezone

from legalaid.models import AidCase, CaseDeadline
from legalaid.rules.procedure import Step
from programmes import calendar
from programmes.models import DeadlineRule
from programmes.rules import deadlines as rules
from programmes.services.plans import NoPlan, plan_for

# Limits of the applicant, not of the office: after their day nothing is late, something is over.
APPLICANTS = frozenset({"supplement", "objection_filing", "pre_aid_papers"})
# What a step may change about a limit, and what is put back when it is taken back.
MOVING = ("due_on", "met_on", "suspended_days", "suspended_since", "dropped_on")


def run(case: AidCase, step: Step, *, day: date, due: Mapping[str, date] | None = None) -> dict:
    """What a step taken on `day` does to the case's time limits; `due` are last days that the office set itself, by code.

    Gives how the limits it touched were before, for `restore`.
    """
    if not (step.meets or step.suspends or step.resumes or step.starts or step.ends):
        return {}
    standing = list(case.deadlines.open().select_related("rule"))
    earlier = {str(each.pk): {name: getattr(each, name) for name in MOVING} for each in standing}
    open_ones = {deadline.code: deadline for deadline in standing}
    for code in step.meets:
        if deadline := open_ones.pop(code, None):
            meet(deadline, day)
    for code in step.suspends:
        if (deadline := open_ones.get(code)) and deadline.suspended_since is None:
            deadline.suspended_since = day
            deadline.save(update_fields=["suspended_since"])
    for code in step.resumes:
        if deadline := open_ones.get(code):
            resume(deadline, day)
    if step.ends:
        for deadline in open_ones.values():
            deadline.dropped_on = day
            deadline.save(update_fields=["dropped_on"])
        open_ones = {}
    begun = [start(case, code, day, due_on=(due or {}).get(code)) for code in step.starts if code not in open_ones]
    return {"before": earlier, "begun": [each.pk for each in begun if each]}


def restore(case: AidCase, limits: Mapping) -> None:
    """Put the limits back as they were before a step that was a slip: what it began goes, what it touched returns."""
    case.deadlines.filter(pk__in=limits.get("begun", ())).delete()
    for pk, values in limits.get("before", {}).items():
        fields = {name: CaseDeadline._meta.get_field(name).to_python(value) for name, value in values.items()}
        case.deadlines.filter(pk=pk).update(**fields)


def meet_code(case: AidCase, code: str, day: date) -> CaseDeadline | None:
    """Meet the open limit of that code, if one runs: for facts that are no step, such as the service of a decision."""
    deadline = case.deadlines.open().select_related("rule").filter(code=code).first()
    if deadline:
        meet(deadline, day)
    return deadline


def start(case: AidCase, code: str, day: date, *, due_on: date | None = None) -> CaseDeadline | None:
    """Begin a limit by the rule in force that day; `due_on` where the office set the day itself. None: no rule yet then."""
    rule = rule_of(case, code, day)
    if rule is None:
        return None
    if rule.unit == DeadlineRule.Unit.HOUR:
        raise ValueError("以小时计算的期限请用 start_at。")
    due = due_on or rules.due_on(day, rule.limit, calendar.around(day).is_working_day)
    return CaseDeadline.objects.create(case=case, code=code, rule=rule, starts_on=day, due_on=due)


def start_at(case: AidCase, code: str, moment) -> CaseDeadline | None:
    """Begin a limit in hours (Legal Aid Law 39: 24 hours, holidays included)."""
    day = timezone.localdate(moment)
    rule = rule_of(case, code, day)
    if rule is None:
        return None
    due = rules.due_at(moment, rule.limit)
    return CaseDeadline.objects.create(case=case, code=code, rule=rule, starts_on=day, due_on=timezone.localdate(due), due_at=due)


def restart(case: AidCase, code: str, day: date) -> CaseDeadline | None:
    """Let an open limit run from another day, as when the decision from whose receipt it counts was served. None: none is open."""
    deadline = case.deadlines.open().select_related("rule").filter(code=code).first()
    if deadline:
        deadline.starts_on = day
        deadline.due_on = rules.due_on(day, deadline.rule.limit, calendar.around(day).is_working_day)
        deadline.save(update_fields=["starts_on", "due_on"])
    return deadline


def meet(deadline: CaseDeadline, day: date) -> None:
    if deadline.suspended_since:
        resume(deadline, day)
    deadline.met_on = day
    deadline.save(update_fields=["met_on"])


def resume(deadline: CaseDeadline, day: date) -> None:
    """Days between are not counted (supplementing papers, remote co-operation): the last day moves by as many."""
    if deadline.suspended_since is None:
        return
    deadline.suspended_days += (day - deadline.suspended_since).days
    deadline.suspended_since = None
    deadline.due_on = rules.due_on(
        deadline.starts_on,
        deadline.rule.limit,
        calendar.between(deadline.starts_on, deadline.starts_on + timedelta(days=800)).is_working_day,
        suspended_days=deadline.suspended_days,
    )
    deadline.save(update_fields=["suspended_days", "suspended_since", "due_on"])


def rule_of(case: AidCase, code: str, day: date) -> DeadlineRule | None:
    try:
        plan = plan_for(county=case.county, day=day)
    except NoPlan:
        plan = None
    return DeadlineRule.objects.in_force(plan, code, day)
