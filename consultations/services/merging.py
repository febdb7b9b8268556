"""Making one of two records of the same person: what is open moves, what is closed stays where it was booked."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import User
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import Consultation, DutyLeave, DutyWish, Shift
from organizations import rules
from organizations.models import BankAccount, PoolEntry, Practitioner
from programmes.models import Month
from programmes.services.months import lock_month

SHOWN = 3


class MergeRefused(Refused):
    """Two records that cannot be made one, with the reason."""


@transaction.atomic
def merge_practitioners(*, keep: Practitioner, duplicate: Practitioner, reason: str, by: User) -> Practitioner:
    """Move the duplicate's shifts and consultations of open months, her stays, her cases, and what `keep` lacks; then retire her.

    Rows of closed months stay with the duplicate, which points to the record that is kept. Raises MergeRefused where both
    were on duty at once, where their status differed on a moved day, where a reviewed sheet holds the duplicate, or where a list of cases still owes her.
    """
    if not reason.strip():
        raise MergeRefused("没有填写合并理由：请写明为什么是同一人。", field="reason")
    if keep.pk == duplicate.pk:
        raise MergeRefused("两条是同一条记录：请选择另一条。", field="duplicate")
    months = _lock_months(duplicate)
    people = Practitioner.objects.select_for_update().filter(pk__in=[keep.pk, duplicate.pk]).order_by("pk").in_bulk()
    keep, duplicate = people[keep.pk], people[duplicate.pk]
    if keep.merged_into_id or duplicate.merged_into_id:
        raise MergeRefused("其中一条记录已经并入别的记录：请刷新页面重新选择。", field="duplicate")
    if by.pk in (keep.user_id, duplicate.user_id):
        raise MergeRefused("不能合并自己的记录：请由业务股另一人办理。")
    frozen = Q(pk__in=[])
    for month in months:
        if month.is_closed:
            frozen |= Q(station__county=month.county_id, day__range=(month.first, month.last))
    shifts = list(Shift.objects.filter(practitioner=duplicate).exclude(frozen).select_related("station"))
    _require_not_at_once(keep, duplicate)
    _require_same_status(keep, duplicate, shifts)
    _require_draft(months, shifts)
    moved = {
        "班次": Shift.objects.filter(pk__in=[shift.pk for shift in shifts]).update(practitioner=keep),
        "咨询记录": Consultation.objects.filter(practitioner=duplicate).exclude(frozen).update(practitioner=keep),
    }
    _join_stays(keep, duplicate)
    _fill_gaps(keep, duplicate)
    DutyLeave.objects.filter(practitioner=duplicate).update(practitioner=keep)
    if not DutyWish.objects.filter(practitioner=keep).exists():
        DutyWish.objects.filter(practitioner=duplicate).update(practitioner=keep)
    for floor in settings.FLOORS:  # each floor above brings what it holds of a person in its room `merging`
        if find_spec(f"{floor}.merging"):
            moved |= import_module(f"{floor}.merging").follow(keep=keep, duplicate=duplicate)
    duplicate.merged_into = keep
    duplicate.save(update_fields=["merged_into"])
    facts = {"保留": f"{keep} {keep.masked_id_number}", "并入": f"{duplicate} {duplicate.masked_id_number}", **moved}
    for row in (keep, duplicate):
        audit.record(by=by, action="organizations.merge_people", on=row, after=facts, reason=reason)
    return keep


def _lock_months(duplicate) -> list[Month]:
    """The months of her shifts and consultations, locked in one order; closed ones among them."""
    wanted = set()
    for model in (Shift, Consultation):
        rows = model.objects.filter(practitioner=duplicate).select_related("station__county")
        wanted |= {(row.station.county, row.day.replace(day=1)) for row in rows.only("day", "station__county")}
    ordered = sorted(wanted, key=lambda pair: (pair[0].pk, pair[1]))
    return [lock_month(county=county, year_month=YearMonth.of(first)) for county, first in ordered]


def _require_not_at_once(keep, duplicate):
    theirs = {}
    for shift in Shift.objects.standing().filter(practitioner=keep).select_related("station"):
        theirs.setdefault(shift.day, []).append(shift)
    clashes = []
    for shift in Shift.objects.standing().filter(practitioner=duplicate).select_related("station").order_by("day"):
        for other in theirs.get(shift.day, []):
            at_once = shift.starts_at < other.ends_at and other.starts_at < shift.ends_at
            if at_once or shift.station_id == other.station_id:
                clashes.append(f"{shift.day} {shift.station.short_name}和{other.station.short_name}")
    if clashes:
        named = "；".join(clashes[:SHOWN])
        raise MergeRefused(
            f"两条记录同时在值班，不是同一人，或班次登记有误（{named}{'等' if len(clashes) > SHOWN else ''}）：请先核对班次。",
            field="duplicate",
        )


def _require_same_status(keep, duplicate, shifts):
    """Merging must not turn paid duty into unpaid, or the other way, by the way. Z-DUTY-2."""
    histories = [list(person.public_servant_history.all()) for person in (keep, duplicate)]
    for day in sorted({shift.day for shift in shifts}):
        kept, other = (_is_public(history, day) for history in histories)
        if kept != other:
            raise MergeRefused(f"两条记录在 {day} 的公职身份不同：请先登记一致，经局领导审定后再合并。", field="duplicate")


def _is_public(history, day):
    return any(row.is_public_servant for row in history if rules.Span(row.since, row.until).covers(day))


def _require_draft(months, shifts):
    """From review on a sheet does not change. Read through the reverse relation of `subsidies.PaySheet`, a higher floor."""
    touched = {(shift.station.county_id, shift.day.replace(day=1)) for shift in shifts}
    pks = [month.pk for month in months if (month.county_id, month.first) in touched]
    under_way = Month.objects.filter(pk__in=pks, pay_sheet__isnull=False).exclude(pay_sheet__status="draft").order_by("first")
    if month := under_way.first():
        raise MergeRefused(f"{month.label}的补贴表已经复核：请等发放结束，或退回后再合并。")


def _join_stays(keep, duplicate):
    """The duplicate's stays become hers; where both stays meet they become one that spans both."""
    for stay in duplicate.pool_entries.exclude(state=PoolEntry.State.REFUSED).order_by("since"):
        own = keep.pool_entries.filter(county=stay.county_id).exclude(state=PoolEntry.State.REFUSED)
        meeting = [row for row in own if rules.overlap(row.since, row.until, stay.since, stay.until)]
        if not meeting:
            stay.practitioner = keep
            stay.save(update_fields=["practitioner"])
        elif stay.state == PoolEntry.State.PROPOSED:
            stay.delete()
        else:
            _widen(meeting, stay)


def _widen(meeting, stay):
    admitted = [row for row in meeting if row.state == PoolEntry.State.ADMITTED]
    for row in meeting:
        if row.state == PoolEntry.State.PROPOSED:
            row.delete()
    if not admitted:
        stay.practitioner = meeting[0].practitioner
        stay.save(update_fields=["practitioner"])
        return
    rows = [*admitted, stay]
    since = min(row.since for row in rows)
    until = None if any(row.until is None for row in rows) else max(row.until for row in rows)
    limits = [set(row.stations.all()) for row in rows]
    first, *others = admitted
    for row in (*others, stay):
        row.delete()
    first.since, first.until = since, until
    first.save(update_fields=["since", "until"])
    first.stations.set(set.union(*limits) if all(limits) else [])


def _fill_gaps(keep, duplicate):
    """Login, firm and account come along where the kept record has none."""
    if keep.user_id is None and duplicate.user_id is not None:
        user, duplicate.user = duplicate.user, None
        duplicate.save(update_fields=["user"])
        keep.user = user
        keep.save(update_fields=["user"])
    if not keep.affiliations.exists():
        duplicate.affiliations.update(practitioner=keep)
    if not keep.bank_accounts.exists():
        duplicate.bank_accounts.filter(state=BankAccount.State.CONFIRMED).update(practitioner=keep)
    for waiting in duplicate.bank_accounts.to_decide():
        waiting.state, waiting.opinion = BankAccount.State.REFUSED, "记录已合并"
        waiting.save(update_fields=["state", "opinion"])
