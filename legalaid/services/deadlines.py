"""The clocks of a case: a step starts, meets, suspends, resumes or ends them. domain.md §3.0; readings D22, D23."""

from datetime import date, timedelta

from django.utils import timezone

from legalaid.models import AidCase, CaseDeadline
from legalaid.rules.procedure import Step
from programmes import calendar
from programmes.models import DeadlineRule
from programmes.rules import deadlines as rules
from programmes.services.plans import NoPlan, plan_for


def run(case: AidCase, step: Step, *, day: date) -> None:
    """What a step taken on `day` does to the case's time limits."""
    open_ones = {deadline.code: deadline for deadline in case.deadlines.open().select_related("rule")}
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
    for code in step.starts:
        if code not in open_ones:
            start(case, code, day)


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
