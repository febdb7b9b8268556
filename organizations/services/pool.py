"""The county's duty pool (值班人员库): proposed by the section, decided by the leader, left with a reason. Z-DUTY-3, 三（一）."""

from datetime import date

from django.db import transaction

from accounts import audit
from accounts.models import User
from common import clock
from common.errors import Refused
from organizations import rules
from organizations.models import PoolEntry, Practitioner, Region


class PoolRefused(Refused):
    """A change of the pool that is not done, with the reason."""


@transaction.atomic
def propose_pool_entry(
    *, practitioner: Practitioner, county: Region, since: date, by: User, stations=(), reason: str = ""
) -> PoolEntry:
    """Propose somebody for the county's pool from a day on, for these stations or (none named) for all of them.

    Raises PoolRefused where the stay overlaps another, or a station lies elsewhere.
    """
    person = Practitioner.objects.select_for_update().get(pk=practitioner.pk)
    if person.merged_into_id:
        raise PoolRefused(f"{person}的这条记录已并入另一条：请在保留的记录上办理。")
    if person.user_id == by.pk:
        raise PoolRefused("不能提出自己入库：请由业务股另一人提出。")
    stations = list(stations)
    if any(station.county_id != county.pk for station in stations):
        raise PoolRefused(f"所选站点不都在{county}：请只选本县的站点。", field="stations")
    for entry in person.pool_entries.filter(county=county).exclude(state=PoolEntry.State.REFUSED):
        if rules.overlap(since, None, entry.since, entry.until):
            words = "正在等待批准" if entry.state == PoolEntry.State.PROPOSED else "已在库"
            raise PoolRefused(f"{person}自 {entry.since} 起{words}：日期不能重叠。", field="since")
    entry = PoolEntry.objects.create(practitioner=person, county=county, since=since, reason=reason.strip()[:200], entered_by=by)
    entry.stations.set(stations)
    audit.record(by=by, action="organizations.propose_pool", on=person, after=_told(entry), reason=reason)
    return entry


@transaction.atomic
def decide_pool_entry(*, entry_id: int, admit: bool, by: User, opinion: str = "") -> PoolEntry:
    """The leader admits or refuses. Not who entered it, not the person herself. Raises PoolRefused."""
    entry = PoolEntry.objects.select_for_update(of=("self",)).select_related("practitioner").get(pk=entry_id)
    if entry.state != PoolEntry.State.PROPOSED:
        raise PoolRefused(f"{entry.practitioner}{entry.get_state_display()}，不能再审定。")
    if by.pk == entry.entered_by_id:
        raise PoolRefused("不能审定自己提出的入库：请由另一人审定。")
    if by.pk == entry.practitioner.user_id:
        raise PoolRefused("不能审定自己入库：请由另一位局领导审定。")
    if not admit and not opinion.strip():
        raise PoolRefused("没有填写不批准的理由：请写明。", field="opinion")
    entry.state = PoolEntry.State.ADMITTED if admit else PoolEntry.State.REFUSED
    entry.decided_by, entry.decided_at = by, clock.now()
    if opinion.strip():
        entry.reason = opinion.strip()[:200]
    entry.save()
    audit.record(by=by, action="organizations.decide_pool", on=entry.practitioner, after=_told(entry), reason=opinion)
    return entry


@transaction.atomic
def set_stations(*, entry_id: int, stations, reason: str, by: User) -> PoolEntry:
    """Where somebody in the pool may be on duty; no station means all of the county's."""
    entry = PoolEntry.objects.select_for_update(of=("self",)).select_related("practitioner", "county").get(pk=entry_id)
    stations = list(stations)
    if any(station.county_id != entry.county_id for station in stations):
        raise PoolRefused(f"所选站点不都在{entry.county}：请只选本县的站点。", field="stations")
    before = _told(entry)
    entry.stations.set(stations)
    audit.record(
        by=by, action="organizations.set_stations", on=entry.practitioner, before=before, after=_told(entry), reason=reason
    )
    return entry


@transaction.atomic
def leave(*, entry_id: int, on: date, reason: str, by: User) -> PoolEntry:
    """Close a stay in the pool: `on` is its last day. What is planned after it is for the roster to change.

    A proposal that nobody decided is withdrawn. Raises PoolRefused.
    """
    entry = PoolEntry.objects.select_for_update(of=("self",)).select_related("practitioner").get(pk=entry_id)
    if not reason.strip():
        raise PoolRefused("没有填写出库原因：请写明，例如“调离”“本人申请”。", field="reason")
    if entry.state == PoolEntry.State.REFUSED:
        raise PoolRefused(f"{entry.practitioner}没有入库，不用出库。")
    if on < entry.since:
        raise PoolRefused(f"{entry.practitioner}自 {entry.since} 入库：出库日期不能早于入库日期。", field="on")
    if entry.until and entry.until <= on:
        raise PoolRefused(f"{entry.practitioner}已于 {entry.until} 出库：只能改为更早的日期。", field="on")
    before = _told(entry)
    entry.until, entry.end_reason = on, reason.strip()[:200]
    entry.save(update_fields=["until", "end_reason"])
    audit.record(
        by=by, action="organizations.leave_pool", on=entry.practitioner, before=before, after=_told(entry), reason=reason
    )
    return entry


def shifts_after(entry: PoolEntry, day: date) -> int:
    """Planned shifts of hers in the county after that day, which somebody must take over.

    Read through the reverse relation of `consultations.Shift`, which lies on a higher floor.
    """
    return entry.practitioner.shifts.filter(day__gt=day, is_cancelled=False, station__county=entry.county_id).count()


def _told(entry: PoolEntry) -> dict:
    return {
        "县": str(entry.county),
        "状态": entry.get_state_display(),
        "入库": entry.since,
        "出库": entry.until,
        "站点": "、".join(str(station) for station in entry.stations.all()) or "全部站点",
    }
