"""A shift offered to colleagues: offered, taken after the rules were asked, then decided like any change. Z-ROS-6.

Until the bureau has approved, whoever was planned still comes; an offer that was taken is a ShiftChange from then on.
"""

from django.db import transaction
from django.urls import reverse

from accounts import audit
from common import clock
from consultations.models import Shift, ShiftChange, SwapOffer
from consultations.rules import rosters as rules
from consultations.services.changes import ChangeError, require_possible
from consultations.services.rosters import lock_roster, lock_shift
from consultations.services.substitutes import shifts_to_swap, substitutes_for
from organizations.models import Practitioner
from records.services import notify

State = SwapOffer.State
ACTION = "consultations.offer_shift"
MOST_ASKED = 20


@transaction.atomic
def offer_shift(*, shift_id: int, reason: str, to: Practitioner | None = None, wants_return: bool = False, by) -> SwapOffer:
    """Offer one's own coming shift to one colleague or to all who could take it, and tell them.

    Refused: somebody else's shift, one that is over or has facts, a second offer or request about it, nobody who could come.
    """
    shift, _roster = lock_shift(shift_id)
    if shift.practitioner.user_id != by.pk:
        raise ChangeError("只能请人接自己的班次。")
    if shift.day < clock.today():
        raise ChangeError("这个班次已经过去，不能再换。")
    if not reason.strip():
        raise ChangeError("没有写原因：请写明为什么要换。", field="reason")
    if shift.changes.waiting().exists():
        raise ChangeError("这个班次已有申请等待审批：请先撤回原来的申请。")
    if shift.offers.filter(state=State.OPEN).exists():
        raise ChangeError("这个班次已在等人接：请先收回原来的邀约。")
    able = substitutes_for(shift)
    if to is not None and to.pk not in {each.id for each in able}:
        raise ChangeError(f"{to}当天不能在这里值班：请另选一人，或请大家接。", field="to")
    if not able:
        raise ChangeError("当天没有人能接这个班：请直接申请请假，由业务股安排。")
    offer = SwapOffer.objects.create(
        shift=shift, offered_by=by, offered_at=clock.now(), to=to, wants_return=wants_return, reason=reason.strip()
    )
    audit.record(by=by, action=ACTION, on=offer, after=_facts(offer), reason=offer.reason)
    _ask(offer, [to.pk] if to else [each.id for each in able[:MOST_ASKED]])
    return offer


@transaction.atomic
def take_offer(*, offer_id: int, in_return: Shift | None = None, by) -> ShiftChange:
    """Take an offered shift, for one of one's own where that was wanted. The rules are asked at once; then the bureau decides.

    Refused: an offer that is over, for somebody else or one's own, a person who may not or cannot come.
    """
    offer, shift = _lock(offer_id)
    taker = Practitioner.objects.filter(user=by).first()
    if taker is None:
        raise ChangeError("你的登录没有关联值班人员：请联系业务股。")
    if taker.pk == shift.practitioner_id:
        raise ChangeError("这是你自己的班次：不想换了，请收回邀约。")
    if offer.to_id not in (None, taker.pk):
        raise ChangeError(f"这个班次是请{offer.to}接的。")
    if offer.wants_return and in_return is None:
        raise ChangeError("对方想换一个班次：请选择你拿来换的班次。", field="in_return")
    if in_return is not None and in_return.practitioner_id != taker.pk:
        raise ChangeError("只能拿自己的班次来换。", field="in_return")
    if in_return is not None and in_return.changes.waiting().exists():
        raise ChangeError("你的这个班次已有申请等待审批：请换一个。", field="in_return")
    require_possible(shift, taker, in_return)
    now = clock.now()
    offer.change = ShiftChange.objects.create(
        shift=shift,
        original=shift.practitioner,
        substitute=taker,
        swapped_with=in_return,
        reason=offer.reason,
        proposed_by=offer.offered_by,
        proposed_at=now,
    )
    offer.state, offer.taken_by, offer.answered_at = State.TAKEN, taker, now
    offer.save(update_fields=["change", "state", "taken_by", "answered_at"])
    audit.record(by=by, action=ACTION, on=offer, after=_facts(offer))
    notify(to=offer.offered_by, text=f"{taker}愿意接 {_turn(shift)} 的班，等待业务股审批。", url=shift.get_absolute_url())
    return offer.change


@transaction.atomic
def decline_offer(*, offer_id: int, by) -> SwapOffer:
    """The colleague who was asked says no."""
    offer, shift = _lock(offer_id)
    if offer.to is None or offer.to.user_id != by.pk:
        raise ChangeError("这个邀约不是单独发给你的，不用回绝。")
    offer.state, offer.answered_at = State.DECLINED, clock.now()
    offer.save(update_fields=["state", "answered_at"])
    audit.record(by=by, action=ACTION, on=offer, after=_facts(offer))
    notify(
        to=offer.offered_by, text=f"{offer.to}不能接 {_turn(shift)} 的班：请另找人，或申请请假。", url=shift.get_absolute_url()
    )
    return offer


@transaction.atomic
def withdraw_offer(*, offer_id: int, by) -> SwapOffer:
    """Keep one's shift after all."""
    offer = SwapOffer.objects.select_for_update(of=("self",)).select_related("shift__station").get(pk=offer_id)
    if offer.offered_by_id != by.pk:
        raise ChangeError("只能收回自己的邀约。")
    if offer.state != State.OPEN:
        raise ChangeError(f"这个邀约{offer.get_state_display()}，不能收回。")
    offer.state, offer.answered_at = State.WITHDRAWN, clock.now()
    offer.save(update_fields=["state", "answered_at"])
    audit.record(by=by, action=ACTION, on=offer, after=_facts(offer))
    return offer


def returns_for(offer: SwapOffer, taker: Practitioner) -> list[Shift]:
    """The taker's own coming shifts of the month that the other could serve in exchange."""
    today = clock.today()
    return [each for each in shifts_to_swap(offer.shift) if each.practitioner_id == taker.pk and each.day >= today]


def _lock(offer_id):
    """The offer, still open, and its shift with nothing recorded about it; the month's lock first, as everywhere."""
    found = SwapOffer.objects.select_related("shift__station__county").get(pk=offer_id)
    lock_roster(county=found.shift.station.county, month=found.shift.period)
    offer = SwapOffer.objects.select_for_update(of=("self",)).select_related("to", "offered_by").get(pk=offer_id)
    if offer.state != State.OPEN:
        raise ChangeError(f"这个邀约{offer.get_state_display()}，不用再答复。")
    shift, _roster = lock_shift(offer.shift_id)
    if shift.day < clock.today() or shift.practitioner.user_id != offer.offered_by_id:
        raise ChangeError("这个班次已经过去或已换人，邀约不再有效。")
    if shift.changes.waiting().exists():
        raise ChangeError("这个班次已有别的申请等待审批，暂时不能接。")
    return offer, shift


def _ask(offer, people):
    words = f"{offer.shift.practitioner}想请人接 {_turn(offer.shift)} 的班（{offer.kind}）：{offer.reason}"
    for person in Practitioner.objects.filter(pk__in=people, user__isnull=False).select_related("user"):
        notify(to=person.user, text=words, url=reverse("swap-offer", args=[offer.pk]))


def _facts(offer):
    return {
        "班次": _turn(offer.shift),
        "请谁接": str(offer.to or "大家"),
        "接班的人": str(offer.taken_by or "还没有"),
        "状态": offer.get_state_display(),
    }


def _turn(shift):
    return f"{rules.short(shift.day)} {shift.station.short_name}"
