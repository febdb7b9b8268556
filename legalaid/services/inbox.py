"""What came in and waits for somebody of the centre: taken over, made void, handed to a colleague; facts mended later. A1, A2, Z-CASE-8."""

from datetime import date

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.models import User
from accounts.policy import Role, may
from common import clock
from common.free_text import mask_numbers
from legalaid.models import AidCase, CaseEvent
from legalaid.rules import matters
from legalaid.rules.procedure import State
from legalaid.services.intake import HANDLE, require_confirmed, require_past
from legalaid.services.intake_doubts import doubts_about
from legalaid.services.intake_facts import IntakeRefused, fill, summary
from legalaid.services.steps import lock_case, move_case
from organizations.models import Post
from records.services import notify

# Until the conclusion the facts may be mended; then they are those of the file.
EDITABLE = (*State.BEFORE_DECISION, "granted", "notice_received", "notice_incomplete", *State.WITH_UNDERTAKER)


def waiting(user: User):
    """Registrations of the user's county that nobody has taken, the oldest first."""
    rows = AidCase.objects.visible_to(user).filter(state="registered", is_history=False, handler=None)
    return rows.select_related("station", "applicant", "consultation").order_by("received_on", "pk")


@transaction.atomic
def take_over(
    *,
    case_id: int,
    version: int,
    by: User,
    day: date | None = None,
    confirmed: frozenset[str] = frozenset(),
    reason: str = "",
) -> AidCase:
    """Receive a registered application and become its handler; it gets its number as a case and the seven days begin. A2.

    Raises IntakeRefused where a colleague was quicker, Doubtful while a doubt is not confirmed.
    """
    case = lock_case(case_id)
    if case.handler_id and case.handler_id != by.pk:
        raise IntakeRefused(f"{case} 已由{case.handler.name}接收，不用再接收。")
    if case.version != version:
        lock_case(case_id, version)
    day = require_past(day or clock.today(), "接收日期")
    applicant = case.applicant
    doubts = require_confirmed(doubts_about(case, applicant, by=by, day=applied_on(case)), confirmed, reason)
    registered_as, registered_on = case.number, case.received_on
    facts = {"登记号": registered_as, "登记日期": registered_on.isoformat()}
    if doubts:
        facts["核对过的提示"] = [doubt.words for doubt in doubts]
    move_case(case, "receive", by=by, day=day, reason=reason, facts=facts, handler=by)
    return case


def applied_on(case: AidCase) -> date:
    """The day of the application or notice, on which ages count: that of the first step, also when the centre received it later."""
    return case.events.order_by("pk").values_list("day", flat=True).first() or case.received_on


@transaction.atomic
def dismiss(*, case_id: int, version: int, by: User, reason: str) -> AidCase:
    """Make a registration void: spam, a double, a person who cannot be reached. It keeps its number of registration."""
    if len(reason.strip()) < 2:
        raise IntakeRefused("没有写登记作废的原因：请写明，例如重复提交。", field="reason")
    case = lock_case(case_id, version)
    move_case(case, "dismiss", by=by, day=clock.today(), reason=reason.strip())
    return case


def colleagues_of(case: AidCase, user: User):
    """Who else handles cases in the case's county."""
    regions = [case.county_id]
    region = case.county.parent
    while region is not None:
        regions.append(region.pk)
        region = region.parent
    posts = Post.objects.in_force_on(clock.today()).filter(role=Role.CENTRE, region__in=regions)
    return User.objects.active().filter(pk__in=posts.values("user")).exclude(pk=user.pk).order_by("name")


def may_hand_over(case: AidCase, user: User) -> bool:
    """Her own case or one that nobody has taken yet; the director any of the county."""
    return may(user, "legalaid.decide_case") or (may(user, HANDLE) and case.handler_id in (None, user.pk))


@transaction.atomic
def hand_over(*, case_id: int, version: int, to: User, by: User, reason: str) -> AidCase:
    """Give a case to a colleague of the centre, with a reason, in whatever state: its handler does, or the director.

    A sensitive case is seen by the new handler from then on, not by the old.
    """
    if len(reason.strip()) < 2:
        raise IntakeRefused("没有写交接的原因：请写明，例如休假、回避。", field="reason")
    case = lock_case(case_id, version)
    if not may_hand_over(case, by):
        raise IntakeRefused(f"{case} 由{case.handler or '别人'}经办：只有经办人本人或者主任可以交给同事。")
    if not colleagues_of(case, by).filter(pk=to.pk).exists():
        raise IntakeRefused("只能交给本县法律援助中心的经办人：请重新选择。", field="to")
    if case.handler_id == to.pk:
        raise IntakeRefused(f"{case} 本来就由{to.name}经办。", field="to")
    before = case.handler.name if case.handler else "无人"
    case.handler = to
    case.version += 1
    case.save(update_fields=["handler", "version"])
    note(case, "hand_over", f"经办人由{before}改为{to.name}", by=by, reason=reason.strip())
    audit.record(
        by=by, action="legalaid.hand_over", on=case, before={"经办人": before}, after={"经办人": to.name}, reason=reason.strip()
    )
    notify(
        to=to,
        text=f"{by.name}把案件 {case} 交给您办理：{mask_numbers(reason.strip()).text[:100]}",
        url=reverse("case", args=[case.pk]),
    )
    return case


@transaction.atomic
def edit_case(
    *,
    case_id: int,
    version: int,
    values: dict,
    by: User,
    confirmed: frozenset[str] = frozenset(),
    reason: str = "",
) -> AidCase:
    """Mend the facts of a case before its conclusion. Ages count on the day of the application or notice, as when it was opened.

    The audit keeps before and after, masked; the case's history says what was changed and why. Raises Doubtful for doubts that
    the new facts give and nobody has confirmed.
    """
    case = lock_case(case_id, version)
    if not may(by, HANDLE):
        raise IntakeRefused("您的岗位不能修改案件信息。")
    if case.is_history:
        raise IntakeRefused("导入的历史案件按工作簿记载，请改工作簿后重新导入。")
    if case.state not in EDITABLE:
        raise IntakeRefused(f"案件现在是“{case.get_state_display()}”，案件信息不能再改。")
    applicant = case.applicant
    before = summary(case, applicant)
    day = applied_on(case)
    known = {doubt.key for doubt in doubts_about(case, applicant, by=by, day=day)}
    fill(case, values, day=day, applicant=applicant)
    if case.is_notified and case.matter not in matters.NOTICE_MATTERS:
        raise IntakeRefused("没有选择通知的类别：请按法律援助法25条、28条选择。", field="matter")
    found = doubts_about(case, applicant, by=by, day=day)
    new = [doubt for doubt in found if doubt.key not in known]
    if new:
        require_confirmed(new, confirmed, reason)
    changed = audit.changes(before, summary(case, applicant))
    if changed is None:
        return case
    case.version += 1
    case.save()
    applicant.save()
    words = "、".join(changed[1])
    facts = {"核对过的提示": [doubt.words for doubt in new]} if new else {}
    note(case, "edit", "修改案件信息", by=by, reason=f"改动：{words}。{reason}".strip(), facts=facts)
    audit.record(by=by, action="legalaid.edit_case", on=case, before=changed[0], after=changed[1], reason=reason.strip()[:300])
    return case


def note(case: AidCase, step: str, words: str, *, by: User, reason: str, facts: dict | None = None) -> CaseEvent:
    """An entry in the case's history that changes no state. Its day is not before that of the entry before it."""
    last = case.events.order_by("-pk").values_list("day", flat=True).first()
    day = max(clock.today(), last) if last else clock.today()
    return CaseEvent.objects.create(
        case=case, step=step, words=words[:60], from_state=case.state, to_state=case.state, day=day, by=by, at=clock.now(),
        reason=mask_numbers(reason).text[:1000], facts=facts or {},
    )  # fmt: skip
