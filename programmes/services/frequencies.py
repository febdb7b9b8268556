"""How often a station is on duty: the plan's frequency for its kind, or what the bureau decided for it."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts import audit
from common import clock
from common.errors import Refused
from organizations.models import Station
from programmes.models import Plan, StationFrequency
from programmes.rules.terms import Terms

Policy = StationFrequency.Policy


class FrequencyError(Refused):
    """The frequency cannot be decided this way."""


@dataclass(frozen=True)
class Frequency:
    """What holds for one station on a day, and who says so (None: the plan itself)."""

    policy: str
    times_per_month: int | None = None
    decision: StationFrequency | None = None

    def __str__(self):
        words = Policy(self.policy).label
        return f"{words}，每月{self.times_per_month}次" if self.times_per_month else words


def frequencies_on(*, stations, day: date, terms: Terms) -> dict[int, Frequency]:
    """The frequency of each station on the day, by its id. One query. Z-ROS-1, Z-ROS-3, plan 四（一）4."""
    decided = {
        row.station_id: row for row in StationFrequency.objects.filter(station__in=stations).on(day).select_related("decided_by")
    }
    found = {}
    for station in stations:
        if row := decided.get(station.pk):
            found[station.pk] = Frequency(row.policy, row.times_per_month, row)
        elif term := terms.for_station("duty.frequency", station.kind):
            found[station.pk] = Frequency(str(term.value))
    return found


def frequency_rows(*, stations, day: date) -> list[tuple[Station, Frequency | None]]:
    """Each station with its frequency on the day; None where no plan speaks of its kind. One plan is read per county."""
    by_county: dict[int, list[Station]] = {}
    for station in stations:
        by_county.setdefault(station.county_id, []).append(station)
    found: dict[int, Frequency] = {}
    for group in by_county.values():
        plan = Plan.objects.covering(group[0].county, day).first()
        terms = plan.terms_on(day) if plan else Terms({})
        found |= frequencies_on(stations=group, day=day, terms=terms)
    return [(station, found.get(station.pk)) for station in stations]


@transaction.atomic
def set_frequency(
    *, station: Station, policy: str, times_per_month: int | None, since: date, reason: str, by
) -> StationFrequency:
    """Decide a station's frequency from a day on. Reduced and increased need a number; every decision a reason.

    A station of the county centre is on duty each working day and cannot be changed. Raises FrequencyError.
    """
    if station.kind == Station.Kind.COUNTY_CENTRE:
        raise FrequencyError("县公共法律服务中心每个工作日都要值班（方案四（一）4），不能改频次。", field="policy")
    if not reason.strip():
        raise FrequencyError("没有写理由：请写明为什么这样安排。", field="reason")
    if policy in (Policy.REDUCED, Policy.INCREASED):
        if not times_per_month or not 1 <= times_per_month <= 31:
            raise FrequencyError("每月次数应是 1 至 31：再偏远的乡镇每月也至少排班 1 次。", field="times_per_month")
    else:
        times_per_month = None
    row = StationFrequency.objects.create(
        station=station,
        policy=policy,
        times_per_month=times_per_month,
        since=since,
        reason=reason.strip(),
        decided_by=by,
        decided_at=clock.real_now(),
    )
    after = {"值班频次": str(Frequency(policy, times_per_month)), "起始日期": since}
    audit.record(by=by, action="programmes.set_frequency", on=station, after=after, reason=reason.strip())
    return row
