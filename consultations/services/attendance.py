"""Signing in and out, and what the record of a shift comes to. Z-ORG-3, Z-DED-2, plan 三（一）.

The time is the server's, in whole minutes. Late and early are never stored here: the rules read them from the clock.
"""

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.policy import Role, may
from common import clock
from common.errors import Refused
from consultations.models import Attendance, LateEntry
from consultations.rules.attendance import may_sign_in_from
from consultations.services.booking import find_shift, hold_open_month, lock_shift, require_open_month
from consultations.services.station_months import facts_changed


class AttendanceRefused(Refused):
    """The sign-in or sign-out is not taken; the sentence says why."""


@transaction.atomic
def sign_in(*, shift_id: int, by: User, source: str = "") -> Attendance:
    """Note that the person of a shift has come, now. Pressing twice is one sign-in.

    She herself on her phone, or the station's clerk for somebody else; on the day itself, from two hours before.
    `source` is given by who has checked the station's code of the day.
    """
    shift, moment = shift_to_sign(shift_id, by)
    record = Attendance.objects.select_for_update().filter(shift=shift).first()
    if record and record.sign_in:
        return signed_already(record, record.sign_in, record.signed_in_by_id, by, "签到")
    if record and record.sign_out:
        raise AttendanceRefused(f"已于 {record.sign_out:%H:%M} 签退，不能再签到：漏签的，请文员按补登办理。")
    require_time_to_come(shift, moment)
    record = record or Attendance(shift=shift)
    record.source = source or source_of(shift, by)
    record.sign_in, record.signed_in_by, record.signed_in_at = whole_minute(moment), by, moment
    record.save()
    facts_changed(shift=shift, by=by)
    audit.record(
        by=by, action=action_of(shift, by), on=record, after={"签到": hour(record.sign_in), "来源": record.get_source_display()}
    )
    return record


@transaction.atomic
def sign_out(*, shift_id: int, by: User) -> Attendance:
    """Note that the person of a shift has left, now; after the sign-in, on the same day, once.

    Where the sign-in is only a note made without a network, leaving is taken all the same: the shift is settled by people.
    """
    shift, moment = shift_to_sign(shift_id, by)
    record = Attendance.objects.select_for_update().filter(shift=shift).first()
    if record and record.sign_out:
        return signed_already(record, record.sign_out, record.signed_out_by_id, by, "签退")
    if record is None or record.sign_in is None:
        if not shift.late_entries.filter(kind=LateEntry.Kind.SIGN_IN).exists():
            raise AttendanceRefused("还没有签到，不能签退：漏签的，请文员按补登办理。")
        record = record or Attendance(shift=shift, source=source_of(shift, by))
    record.sign_out, record.signed_out_by, record.signed_out_at = whole_minute(moment), by, moment
    record.save()
    facts_changed(shift=shift, by=by)
    audit.record(by=by, action=action_of(shift, by), on=record, after={"签退": hour(record.sign_out)})
    return record


@transaction.atomic
def declare_no_consultation(*, shift_id: int, by: User) -> Attendance:
    """零咨询声明: nobody came for advice during the shift. Z-DED-1: then there is no record to fault; paper F29."""
    shift = lock_shift(shift_id)
    require_hand(shift, by)
    require_open_month(shift)
    record = Attendance.objects.select_for_update().filter(shift=shift).first()
    if (record is None or record.sign_in is None) and not shift.late_entries.filter(kind=LateEntry.Kind.SIGN_IN).exists():
        raise AttendanceRefused("还没有签到，不能声明零咨询。")
    if record is None:
        record = Attendance.objects.create(shift=shift, source=source_of(shift, by))
    if shift.consultations.filter(is_void=False).exists():
        raise AttendanceRefused("这个班次已有咨询登记，不能声明零咨询。")
    if not record.no_consultation:
        record.no_consultation = True
        record.save(update_fields=["no_consultation"])
        audit.record(by=by, action=action_of(shift, by), on=record, after={"零咨询声明": "是"})
    return record


# --- whose hand, which moment -----------------------------------------------------------------------------------------


def shift_to_sign(shift_id, by):
    """The locked shift and the moment, if this user may sign for it today."""
    hold_open_month(find_shift(shift_id))
    shift, moment = lock_shift(shift_id, with_month=False), clock.now()
    require_hand(shift, by)
    if shift.is_cancelled:
        raise AttendanceRefused("这个班次已经取消，不用签到签退。")
    if shift.day != moment.date():
        when = "还没有到" if shift.day > moment.date() else "已经过去"
        raise AttendanceRefused(f"只能在值班当天签到签退，{shift.day} 的班次{when}：往日漏签的，请文员按补登办理。")
    return shift, moment


def require_hand(shift, by):
    """Oneself as the person on duty, or the station's clerk for somebody else (safety.md §5)."""
    if shift.practitioner.user_id == by.pk:
        if not may(by, "consultations.sign_in"):
            raise AttendanceRefused("文员不能为自己签到签退：请以值班人员身份办理，或由另一名文员代办。")
    elif not is_clerk_at(by, shift.station_id):
        raise AttendanceRefused("只有值班人员本人或本站文员可以签到签退。")


def is_clerk_at(user, station_id):
    return any(post.role == Role.CLERK and post.station_id == station_id for post in user.posts_in_force)


def source_of(shift, by):
    return Attendance.Source.PHONE if shift.practitioner.user_id == by.pk else Attendance.Source.CLERK


def action_of(shift, by):
    return "consultations.sign_in" if shift.practitioner.user_id == by.pk else "consultations.sign_in_for_others"


def hour(at):
    """A time as the audit shows it: 09:07."""
    return f"{at:%H:%M}"


def whole_minute(moment):
    """09:00:59 is 09:00: whole minutes, no grace and no harm (reading D32)."""
    return moment.time().replace(second=0, microsecond=0, tzinfo=None)


def require_time_to_come(shift, moment):
    at = moment.replace(tzinfo=None)
    earliest = may_sign_in_from(shift.day, shift.starts_at)
    if at < earliest:
        raise AttendanceRefused(f"签到太早：{shift.starts_at:%H:%M} 的班次从 {earliest:%H:%M} 起可以签到。")
    if whole_minute(moment) >= shift.ends_at:
        raise AttendanceRefused(f"班次已于 {shift.ends_at:%H:%M} 结束，不能再签到：漏签的，请文员按补登办理。")


def signed_already(record, at, signer_id, by, word):
    """A second press by the same hand is no second act; another hand is told what is there."""
    if signer_id == by.pk:
        return record
    raise AttendanceRefused(f"已于 {at:%H:%M} {word}，不用再办。")
