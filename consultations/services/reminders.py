"""The evening before: a notice to everybody who is on duty tomorrow. Once for each shift, day and person.

Beat asks each minute; where it slept through the evening, the morning before the shift still serves.
"""

from datetime import time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from common import clock
from consultations.models import DutyReminder, Shift
from records.services import notify

FROM = time(18, 0)


@transaction.atomic
def remind_of_duty() -> int:
    """Tell whoever has not been told. Gives how many. Safe any number of times, and twice at once."""
    now, told = clock.now(), DutyReminder.objects.filter(shift=OuterRef("pk"), practitioner=OuterRef("practitioner"))
    today = clock.today()
    due = Q(day=today, starts_at__gt=now.time())
    if now.time() >= FROM:
        due |= Q(day=today + timedelta(days=1))
    shifts = (
        Shift.objects.standing()
        .filter(due, practitioner__user__isnull=False, practitioner__user__is_active=True)
        .exclude(Exists(told.filter(day=OuterRef("day"))))
        .select_related("station", "practitioner__user")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
    )
    count = 0
    for shift in shifts:
        _, is_new = DutyReminder.objects.get_or_create(
            shift=shift, practitioner=shift.practitioner, day=shift.day, defaults={"reminded_at": now}
        )
        if is_new:
            notify(to=shift.practitioner.user, text=words_of(shift, today), url=shift.get_absolute_url(), kind="reminder")
            count += 1
    return count


def words_of(shift: Shift, today) -> str:
    when = "今天" if shift.day == today else "明天"
    place = f"{shift.station.short_name}（{shift.station.address}）" if shift.station.address else shift.station.short_name
    return (
        f"{when}（{shift.day.month}月{shift.day.day}日）{shift.starts_at:%H:%M}–{shift.ends_at:%H:%M} 在{place}值班，请按时签到。"
    )
