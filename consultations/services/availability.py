"""Leaves and wishes: entered by the person herself, or by the planners on her word. domain.md 1.5.

Neither changes a shift: what is planned on those days already needs a change of its own (Z-ROS-6).
"""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse

from accounts import audit
from common import clock
from common.errors import Refused
from consultations.models import DutyLeave, DutyWish, Shift
from organizations.models import Practitioner
from records.services import notify

LONGEST = timedelta(days=366)
MOST = 31
OWN, KEPT = "consultations.state_availability", "consultations.keep_availability"


class AvailabilityError(Refused):
    """The leave or wish cannot be entered this way."""


@transaction.atomic
def enter_leave(*, practitioner: Practitioner, since: date, until: date, reason: str = "", by) -> DutyLeave:
    """Days on which she cannot be on duty. Refused: over already, the wrong way round, longer than a year, entered before."""
    if until < since:
        raise AvailabilityError("结束日期早于开始日期：请检查日期。", field="until")
    if until < clock.today():
        raise AvailabilityError("这几天已经过去：请填写今天以后的日期。", field="until")
    if until - since > LONGEST:
        raise AvailabilityError("一次最多登记一年：长期不能值班的，请办理出库。", field="until")
    Practitioner.objects.select_for_update().get(pk=practitioner.pk)
    if known := practitioner.duty_leaves.standing().touching(since, until).first():
        raise AvailabilityError(f"{known.span}已经登记过请假：请先撤销，再按新的日期登记。", field="since")
    leave = DutyLeave.objects.create(
        practitioner=practitioner, since=since, until=until, reason=reason.strip(), entered_by=by, entered_at=clock.now()
    )
    audit.record(by=by, action=_action(practitioner, by), on=leave, after=_facts(leave))
    _tell(leave, by, f"业务股为你登记了值班请假：{leave.span}。")
    return leave


@transaction.atomic
def withdraw_leave(*, leave_id: int, by) -> DutyLeave:
    """She can be on duty after all. Refused when it was withdrawn before or is over."""
    leave = DutyLeave.objects.select_for_update(of=("self",)).select_related("practitioner").get(pk=leave_id)
    if leave.withdrawn_at:
        raise AvailabilityError("这次请假已经撤销，不用再撤销。")
    if leave.until < clock.today():
        raise AvailabilityError("这次请假已经结束，不能撤销。")
    leave.withdrawn_by, leave.withdrawn_at = by, clock.now()
    leave.save(update_fields=["withdrawn_by", "withdrawn_at"])
    audit.record(by=by, action=_action(leave.practitioner, by), on=leave, before=_facts(leave), reason="撤销请假")
    _tell(leave, by, f"业务股撤销了你的值班请假：{leave.span}。")
    return leave


@transaction.atomic
def save_wish(
    *,
    practitioner: Practitioner,
    liked: Collection[int] = (),
    avoided: Collection[int] = (),
    most: int | None = None,
    note: str = "",
    by,
) -> DutyWish:
    """What she would like from now on. Refused: the same weekday both ways, no weekday left, a number that is none of a month's."""
    if both := set(liked) & set(avoided):
        raise AvailabilityError(
            f"星期{'、'.join('一二三四五六日'[day] for day in sorted(both))}两处都选了：请只选一处。", field="avoided"
        )
    if set(avoided) >= set(range(7)):
        raise AvailabilityError("七天都不方便：这段时间不能值班的，请登记请假。", field="avoided")
    if most is not None and not 1 <= most <= MOST:
        raise AvailabilityError("每月最多班次应是 1 至 31：请检查，不限就空着。", field="most")
    wish = DutyWish.objects.select_for_update(of=("self",)).filter(practitioner=practitioner).first()
    before = wish.words if wish else "没有填写"
    wish = wish or DutyWish(practitioner=practitioner)
    wish.liked, wish.avoided, wish.most, wish.note = sorted(liked), sorted(avoided), most, note.strip()
    wish.updated_by, wish.updated_at = by, clock.now()
    wish.save()
    audit.record(by=by, action=_action(practitioner, by), on=wish, before={"排班意愿": before}, after={"排班意愿": wish.words})
    return wish


def shifts_on_leave(leave: DutyLeave) -> list[Shift]:
    """What she is planned for on those days all the same, from today on."""
    return list(
        Shift.objects.standing()
        .filter(practitioner=leave.practitioner_id, day__range=(max(leave.since, clock.today()), leave.until))
        .select_related("station")
        .order_by("day")
    )


def _action(practitioner, by):
    return OWN if practitioner.user_id == by.pk else KEPT


def _facts(leave):
    return {"值班人员": str(leave.practitioner), "日期": leave.span, "原因": leave.reason}


def _tell(leave, by, words):
    if leave.practitioner.user_id and leave.practitioner.user_id != by.pk:
        notify(to=leave.practitioner.user, text=words, url=reverse("duty-wishes"))
