"""Drawing whom to call on: weighted to stations that were seldom checked, kept with its seed. Plan 五（二）1（4）, 六（一）."""

import secrets

from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.models import User
from common import clock
from common.errors import Refused
from consultations.models import RollCall, RollCallDraw, Shift
from consultations.rules.roll_calls import Candidate, draw
from organizations.models import Region

MOST = 20


class DrawRefused(Refused):
    """Nobody can be drawn; the sentence says why."""


@transaction.atomic
def draw_roll_calls(*, county: Region, scope: str, count: int, by: User, seed: str = "") -> RollCallDraw:
    """Draw so many of the shifts of today, or of those on duty this minute. The row is enough to draw again.

    Raises DrawRefused where there is nobody to draw from. The drawer's own shifts are left out.
    """
    if not 1 <= count <= MOST:
        raise DrawRefused(f"一次抽取 1 到 {MOST} 个班次：请改数量。", field="count")
    now = clock.now()
    shifts = list(shifts_to_draw(county, scope, now, by))
    if not shifts:
        words = "现在没有人在班" if scope == RollCallDraw.Scope.NOW else "今天没有班次"
        raise DrawRefused(f"{words}，没有可以抽取的班次：请换一个范围，或换一个时间再抽。", field="scope")
    unchecked = days_unchecked(county, now.date())
    candidates = [Candidate(each.pk, each.station_id, unchecked.get(each.station_id)) for each in shifts]
    seed = seed or secrets.token_hex(4)
    picked = [each.shift for each in draw(candidates, count, seed)]
    row = RollCallDraw.objects.create(
        county=county,
        day=now.date(),
        scope=scope,
        seed=seed,
        frame=frame_of(shifts, candidates),
        picked=picked,
        drawn_by=by,
        drawn_at=now,
    )
    audit.record(by=by, action="consultations.roll_call", on=row, after={"抽取": f"{len(picked)} 个班次", "随机种子": seed})
    return row


def shifts_to_draw(county, scope, now, by):
    rows = Shift.objects.in_county(county).standing().filter(day=now.date()).exclude(practitioner__user=by)
    if scope == RollCallDraw.Scope.NOW:
        rows = rows.filter(starts_at__lte=now.time(), ends_at__gte=now.time())
    return rows.select_related("station", "practitioner").order_by("pk")


def frame_of(shifts, candidates) -> list[dict]:
    """The population as it was, for whoever draws it again."""
    return [
        {"shift": shift.pk, "station": shift.station.short_name, "person": shift.practitioner.name,
         "unchecked": each.unchecked, "tickets": each.tickets}
        for shift, each in zip(shifts, candidates, strict=True)
    ]  # fmt: skip


def days_unchecked(county, today) -> dict[int, int]:
    """Days since each station was last called on; stations never called on are not in it."""
    last = (
        RollCall.objects.filter(shift__station__county=county, shift__day__lte=today)
        .order_by()
        .values("shift__station")
        .annotate(last=Max("shift__day"))
    )
    return {row["shift__station"]: (today - row["last"]).days for row in last}
