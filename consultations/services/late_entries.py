"""What a telephone noted without a network and sends later (补传). docs/decisions/0063; contract 3.1, lessons 7.

The server's time stays the truth. A consultation becomes a record that shows both times. A sign-in or sign-out is a note for
whoever settles the shift: it never becomes an attendance, because nobody but the telephone says when it was made.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import User
from common import clock
from common.errors import Refused
from consultations.models import Consultation, LateEntry
from consultations.services.attendance import action_of, require_hand
from consultations.services.booking import find_shift
from consultations.services.consultations import register_consultation

OLDEST = timedelta(days=3)


class LateEntryRefused(Refused):
    """The entry is not taken and stays on the telephone; the sentence says why."""


class AlreadyKept(LateEntryRefused):
    """The form had reached the server after all: nothing is left to send."""


@dataclass(frozen=True)
class Sent:
    """How the telephone measures an entry: how long ago it was made, and how far its clock is from the server's, in seconds.

    The age is a difference of two readings of one clock, so that a wrong clock does no harm.
    """

    key: uuid.UUID
    age: int
    clock_off: int = 0

    def made_at(self, now: datetime) -> datetime:
        age = timedelta(seconds=self.age)
        if age < timedelta(0):
            raise LateEntryRefused("设备时钟被拨回过，无法确定记录时间：请在本页重新登记。")
        if age > OLDEST:
            raise LateEntryRefused("离线记录超过 3 天，不能补传：请按补登办理，咨询请重新登记。")
        return now - age


def take_consultation(*, sent: Sent, values: dict, by: User) -> tuple[LateEntry, bool]:
    """Register a consultation noted without a network; an incomplete one is kept with its lacks. Gives the entry, whether new."""
    if known := known_entry(sent.key, by):
        return known, False
    now = clock.now()
    made_at = sent.made_at(now)
    try:
        with transaction.atomic():
            record = register_consultation(values=values, by=by, keep_incomplete=True, key=sent.key)
            entry = LateEntry.objects.create(
                key=sent.key, kind=LateEntry.Kind.CONSULTATION, station=record.station, shift=record.shift,
                consultation=record, made_at=made_at, received_at=now, clock_off=within_a_year(sent.clock_off), sent_by=by,
            )  # fmt: skip
            audit.record(
                by=by, action="consultations.write_consultation", on=record, before={"来源": ""}, after={"来源": both_times(entry)},
                reason="离线登记补传",
            )  # fmt: skip
    except IntegrityError:
        if known := known_entry(sent.key, by):  # the other of two at the same moment
            return known, False
        raise
    return entry, True


def take_presence(*, sent: Sent, kind: str, shift_id: int, by: User) -> tuple[LateEntry, bool]:
    """Note that somebody pressed 签到 or 签退 without a network, on the day of the shift. Attendance does not change."""
    if known := known_entry(sent.key, by):
        return known, False
    now = clock.now()
    made_at = sent.made_at(now)
    shift = find_shift(shift_id)
    require_hand(shift, by)
    if kind not in (LateEntry.Kind.SIGN_IN, LateEntry.Kind.SIGN_OUT):
        raise LateEntryRefused("没有这种离线记录。")
    if shift.is_cancelled:
        raise LateEntryRefused("这个班次已经取消，不用签到签退。")
    if made_at.date() != shift.day:
        raise LateEntryRefused(f"记录时间不在 {shift.day} 值班当天：漏签的，请文员按补登办理。")
    try:
        with transaction.atomic():
            entry = LateEntry.objects.create(
                key=sent.key, kind=kind, station=shift.station, shift=shift, made_at=made_at, received_at=now,
                clock_off=within_a_year(sent.clock_off), sent_by=by,
            )  # fmt: skip
            audit.record(
                by=by,
                action=action_of(shift, by),
                on=entry,
                after={entry.get_kind_display(): both_times(entry)},
                reason="离线签到补传",
            )
    except IntegrityError:
        if known := known_entry(sent.key, by):
            return known, False
        raise
    return entry, True


def known_entry(key, by) -> LateEntry | None:
    """The entry that was made with this key; nobody learns of another's."""
    entry = LateEntry.objects.select_related("consultation", "shift").filter(key=key).first()
    if entry and entry.sent_by_id != by.pk:
        raise LateEntryRefused("这条记录由别的用户补传过。")
    if entry is None and (record := Consultation.objects.filter(key=key, recorded_by=by).first()):
        raise AlreadyKept(f"{record} 在断网前已经保存成功，不用补传。")
    return entry


def presence_of(shift) -> dict[str, LateEntry]:
    """Kind → the first note of a shift that came without a network."""
    found: dict[str, LateEntry] = {}
    for entry in shift.late_entries.exclude(kind=LateEntry.Kind.CONSULTATION).order_by("made_at", "pk"):
        found.setdefault(entry.kind, entry)
    return found


def both_times(entry) -> str:
    """设备 08:52，12:30 收到; and how far the telephone's clock is off where that is more than two minutes."""
    made, received = entry.made_at.astimezone(clock.SHANGHAI), entry.received_at.astimezone(clock.SHANGHAI)
    words = f"设备记录 {made:%m-%d %H:%M}，服务器 {received:%m-%d %H:%M} 收到"
    off = round(entry.clock_off / 60)
    return f"{words}，设备时钟{'快' if off > 0 else '慢'} {abs(off)} 分钟" if abs(off) > 2 else words


def within_a_year(seconds: int) -> int:
    """What the telephone says of its clock, within what a column holds."""
    return max(-31_536_000, min(31_536_000, seconds))
