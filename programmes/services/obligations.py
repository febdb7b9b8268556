"""The year's tasks: made from the rules, given to somebody, done with evidence, told when they come near. Z-ORG-7, plan 六（一）."""

from datetime import date, timedelta

from django.db import transaction
from django.urls import Resolver404, resolve

from accounts import audit
from accounts.models import User
from accounts.policy import Role
from common import clock
from common.errors import Refused
from organizations.models import Post, Region
from programmes import calendar
from programmes.models import DeadlineRule, Obligation, Plan
from programmes.rules.deadlines import next_working_day
from programmes.rules.obligations import PLAN, read_rules, tasks_of
from records.models import Notice
from records.services import UploadRefused, notify, store_file

# How many days before the due day whoever owes it is told.
TOLD_BEFORE = 3


class ObligationRefused(Refused):
    """The task does not take this step, or not from this person; the sentence says why."""


# --- making them ------------------------------------------------------------------------------------------------------


def make_missing() -> int:
    """The tasks of every county plan of today that are not there yet. Gives how many were made; safe any number of times."""
    today = clock.today()
    plans = Plan.objects.filter(starts_on__lte=today, ends_on__gte=today, region__level=Region.Level.COUNTY)
    return sum(make_obligations(plan=plan) for plan in plans.select_related("region"))


@transaction.atomic
def make_obligations(*, plan: Plan) -> int:
    """The tasks of the plan's year, each once. Those that exist stay as they are, whatever the rules say now."""
    there = set(Obligation.objects.filter(plan=plan, county=plan.region).values_list("code", "period"))
    missing = [task for task in tasks_of_plan(plan) if task.key not in there]
    if not missing:
        return 0
    working = calendar.between(date(plan.year, 1, 1), date(plan.year + 1, 12, 31))
    rows = [
        Obligation(
            plan=plan, county=plan.region, code=task.rule.code, title=task.title, period=task.period, first=task.first,
            last=task.last, due_on=task.due_on, clause=task.rule.clause, basis=task.rule.basis, why=task.rule.why,
            asks=task.rule.asks, owner_role=task.rule.owner,
            # The plan's own day moves on from a day off (reading D22); the bureau's own readings stand as they are.
            late_after=next_working_day(task.due_on, working.is_working_day) if task.rule.basis == PLAN else task.due_on,
        )
        for task in missing
    ]  # fmt: skip
    Obligation.objects.bulk_create(rows, ignore_conflicts=True)  # two makers at once
    return len(rows)


def tasks_of_plan(plan: Plan):
    clauses = set(plan.clauses.values_list("number", flat=True))
    limits = DeadlineRule.objects.filter(plan=plan, unit=DeadlineRule.Unit.CALENDAR_DAY).order_by("since")
    return tasks_of(plan.year, read_rules(), clauses=clauses, days=dict(limits.values_list("code", "amount")))


# --- what a person does with one --------------------------------------------------------------------------------------


@transaction.atomic
def assign(*, obligation_id: int, owner: User | None, by: User) -> Obligation:
    """Name the one person who owes it; without one everybody in that post does."""
    row = lock(obligation_id)
    require_open(row)
    if owner is not None and owner not in holders_of(row):
        raise ObligationRefused("责任人应当是责任岗位或业务股、局领导的人员：请重新选择。", field="owner")
    before, row.owner = row.owner, owner
    row.save(update_fields=["owner"])
    audit.record(by=by, action="desk.assign_obligations", on=row, before={"责任人": before.name if before else "—"},
                 after={"责任人": owner.name if owner else "—"})  # fmt: skip
    if owner and owner.pk != by.pk:
        notify(to=owner, text=f"{row.title} 由您负责，{row.due_on} 前完成。", url=row.get_absolute_url())
    return row


@transaction.atomic
def finish(*, obligation_id: int, done_on: date, words: str, by: User, evidence_url: str = "", evidence_file=None) -> Obligation:
    """Done, with a page of this system or a file as evidence."""
    row = lock(obligation_id)
    require_open(row)
    if why := why_not_finish(row, by):
        raise ObligationRefused(why)
    if not row.first <= done_on <= clock.today():
        raise ObligationRefused("完成日期应在期间首日以后、今天以前：请核对。", field="done_on")
    evidence_url = own_page(evidence_url)
    if not evidence_url and evidence_file is None:
        raise ObligationRefused(f"没有凭据：请上传文件，或填写本系统里的页面。需要的是：{row.asks}", field="evidence_file")
    if evidence_file is not None:
        row.evidence_file = stored(evidence_file, by)
    row.state, row.done_on, row.done_by, row.done_at = Obligation.State.DONE, done_on, by, clock.now()
    row.words, row.evidence_url = words.strip()[:500], evidence_url
    row.save()
    evidence = row.evidence_url or row.evidence_file.name
    audit.record(by=by, action="desk.keep_obligations", on=row, after={"状态": "已完成", "凭据": evidence}, reason=row.words)
    return row


@transaction.atomic
def reopen(*, obligation_id: int, reason: str, by: User) -> Obligation:
    """It was not done after all. What stood as evidence stays in the audit."""
    row = lock(obligation_id)
    if row.state != Obligation.State.DONE:
        raise ObligationRefused("这项任务还没有办结，不用撤回。")
    if not reason.strip():
        raise ObligationRefused("没有写撤回理由：请写明。", field="reason")
    before = {"状态": "已完成", "凭据": row.evidence_url or row.evidence_file.name}
    row.state, row.done_on, row.done_by, row.done_at = Obligation.State.OPEN, None, None, None
    row.words, row.evidence_url, row.evidence_file = "", "", None
    row.save()
    audit.record(by=by, action="desk.keep_obligations", on=row, before=before, after={"状态": "待办"}, reason=reason.strip())
    return row


def own_page(text: str) -> str:
    """An address of this system as a path; refused where it is none. A link to elsewhere proves nothing in ten years."""
    text = text.strip()
    if not text:
        return ""
    path = text.split("?")[0].split("#")[0]
    if not text.startswith("/") or text.startswith("//") or "\\" in text or len(text) > 200:
        raise ObligationRefused(
            "凭据页面应是本系统里的地址，以 / 开头，例如 /reports/：其他网站的内容请存成文件上传。", field="evidence_url"
        )
    try:
        resolve(path)
    except Resolver404:
        raise ObligationRefused("本系统里没有这个页面：请从浏览器地址栏复制。", field="evidence_url") from None
    return text


def stored(upload, by):
    try:
        return store_file(upload=upload, by=by, purpose="obligation")
    except UploadRefused as error:
        raise ObligationRefused(str(error), field="evidence_file") from None


def lock(obligation_id) -> Obligation:
    rows = Obligation.objects.select_for_update(of=("self",))
    return rows.select_related("owner", "county", "evidence_file").get(pk=obligation_id)


def require_open(row):
    if row.state != Obligation.State.OPEN:
        raise ObligationRefused("这项任务已经办结：要改的，请先撤回办结。")


def why_not_finish(row, by) -> str:
    """Why this user may not finish it; empty when she may: its owner, its post, or the bureau that coordinates."""
    if row.owner_id == by.pk or {row.owner_role, Role.SECTION, Role.LEADER} & by.roles:
        return ""
    return f"这项任务由{row.get_owner_role_display()}办理。"


def holders_of(row) -> list[User]:
    """Who may own it: the people in its post over the county, and those of the section and the leader."""
    roles = {row.owner_role, Role.SECTION, Role.LEADER}
    posts = Post.objects.in_force_on(clock.today()).filter(role__in=roles, region=row.county)
    return list(User.objects.people().active().filter(pk__in=posts.values("user")).order_by("name"))


def owers_of(row) -> list[User]:
    """Whom it is waiting for: its owner, else everybody in its post."""
    if row.owner_id:
        return [row.owner] if row.owner.is_active else []
    posts = Post.objects.in_force_on(clock.today()).filter(role=row.owner_role, region=row.county)
    return list(User.objects.people().active().filter(pk__in=posts.values("user")))


# --- telling ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def remind_of_obligations() -> int:
    """Tell whoever owes a task once when it comes near and once when it is late. Gives how many people were told."""
    today, told = clock.today(), 0
    near = Obligation.objects.open().filter(due_on__gte=today, due_on__lte=today + timedelta(days=TOLD_BEFORE), soon_told_on=None)
    late = Obligation.objects.overdue(today).filter(late_told_on=None)
    for rows, field in ((near, "soon_told_on"), (late, "late_told_on")):
        for row in rows.select_related("owner", "county").select_for_update(of=("self",), skip_locked=True):
            words = f"应在 {row.due_on} 前完成" if field == "soon_told_on" else f"已经逾期（{row.due_on}）"
            for person in owers_of(row):
                notify(to=person, text=f"{row.title}{words}。", url=row.get_absolute_url(), kind=Notice.Kind.REMINDER)
                told += 1
            setattr(row, field, today)
            row.save(update_fields=[field])
    return told
