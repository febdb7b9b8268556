"""Roll calls (点名抽查): an unannounced check of presence during a shift. Z-DED-4, plan 五（二）1（4）."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.models import User
from common import clock
from common.errors import Refused
from consultations.models import Finding, RollCall, RollCallDraw
from consultations.services.booking import lock_shift, named, require_open_month
from records.services import UploadRefused, notify, store_file

PHOTOS = frozenset({"image/jpeg", "image/png"})


class RollCallRefused(Refused):
    """The roll call is not taken; the sentence says why."""


@transaction.atomic
def record_roll_call(
    *,
    shift_id: int,
    checked_at: datetime,
    method: str,
    is_present: bool,
    by: User,
    excuse: str = "",
    is_excused: bool = False,
    remark: str = "",
    reason: str = "",
    draw: RollCallDraw | None = None,
    photo=None,
) -> RollCall:
    """Note a check. Who is away without an accepted excuse gets a finding of absence, for somebody else to decide.

    Each check that finds absence is one time; two in one shift may give two (Z-DED-4). `reason` says why this shift; for
    one that came out of a draw the `draw` is kept. `photo` is an upload: JPEG or PNG by its content, 5 MB at most.
    """
    shift = lock_shift(shift_id)
    require_open_month(shift)
    require_during_shift(shift, checked_at)
    if shift.practitioner.user_id == by.pk:
        raise RollCallRefused("不能抽查自己的班次。")
    if is_excused and not excuse.strip():
        raise RollCallRefused("认可离岗理由的，须写明理由。", field="excuse")
    reason = reason or (RollCall.Reason.DRAWN if draw else RollCall.Reason.ROUTINE)
    if reason == RollCall.Reason.DRAWN and (draw is None or shift_id not in draw.picked):
        raise RollCallRefused("这个班次不在抽取名单里：请换一个缘由，或从名单进入。", field="reason")
    call = RollCall.objects.create(
        shift=shift,
        reason=reason,
        draw=draw if reason == RollCall.Reason.DRAWN else None,
        photo=store_photo(photo, by) if photo else None,
        checked_at=checked_at,
        method=method,
        is_present=is_present,
        excuse="" if is_present else excuse.strip()[:200],
        is_excused=is_excused and not is_present,
        remark=remark.strip()[:200],
        checked_by=by,
    )
    audit.record(
        by=by,
        action="consultations.roll_call",
        on=call,
        after={"抽查时间": f"{checked_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}", "结果": words_of(call)},
    )
    if not is_present and not call.is_excused:
        report_absence(call, shift, by)
    return call


def store_photo(photo, by):
    """Keep a photograph taken on the spot; refused with the field's name where it is none."""
    try:
        return store_file(upload=photo, by=by, purpose="roll_call", accept=PHOTOS)
    except UploadRefused as error:
        raise RollCallRefused(str(error), field="photo") from None


def words_of(call) -> str:
    if call.is_present:
        return "在岗"
    return "不在岗，理由正当" if call.is_excused else "不在岗"


def require_during_shift(shift, checked_at):
    at = checked_at.astimezone(clock.SHANGHAI)
    if shift.is_cancelled:
        raise RollCallRefused("这个班次已经取消，不能抽查。")
    if at > clock.now():
        raise RollCallRefused("抽查时间晚于现在：请核对。", field="checked_at")
    if at.date() != shift.day or not shift.starts_at <= at.time().replace(second=0, microsecond=0) <= shift.ends_at:
        raise RollCallRefused(
            f"抽查时间不在班次之内（{shift.day} {shift.starts_at:%H:%M}–{shift.ends_at:%H:%M}）：请核对。", field="checked_at"
        )


def report_absence(call, shift, by):
    finding = Finding.objects.create(
        shift=shift,
        kind=Finding.Kind.ABSENCE,
        source=Finding.Source.ROLL_CALL,
        roll_call=call,
        remark=call.excuse or call.remark,
        reported_by=by,
        reported_at=call.checked_at,
    )
    audit.record(
        by=by,
        action="consultations.report_finding",
        on=finding,
        after={"情形": finding.get_kind_display(), "核实结果": finding.get_state_display()},
    )
    at = call.checked_at.astimezone(clock.SHANGHAI)
    notify(
        to=shift.practitioner.user,
        text=f"{named(shift)}：{at:%H:%M} 抽查时不在岗，请说明情况。",
        url=reverse("finding", args=[finding.pk]),
    )
