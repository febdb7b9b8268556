"""Signals: found every night, looked at by a person, settled with a finding or with a reason. Z-CON-4.

Nothing here deducts anything: a check that finds something reports a finding, which is heard and decided like any other.
"""

from datetime import date, timedelta
from functools import cache

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.services import system_user
from common import clock
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import Finding, Shift, Signal, SignalSweep
from consultations.rules import signals as rules
from consultations.services.findings import report_finding
from consultations.services.signal_facts import signal_facts
from organizations.models import Region
from programmes.models import Plan

State = Signal.State


class SignalRefused(Refused):
    """The step does not fit the signal; the sentence says why."""


# --- looking ----------------------------------------------------------------------------------------------------------


def sweep_counties() -> int:
    """Look through the records of every county with duty that nobody has looked through today. Gives how many signals are new.

    Beat asks each minute: it is one query on all but the first call of a day.
    """
    today = clock.today()
    done = SignalSweep.objects.filter(day=today).values("county")
    plans = Plan.objects.filter(starts_on__lte=today, ends_on__gte=today, region__level=Region.Level.COUNTY)
    counties = [plan.region for plan in plans.exclude(region__in=done).select_related("region") if plan.has_part("duty")]
    return sum(sweep(county=county, by=system_user()).found for county in counties)


@transaction.atomic
def sweep(*, county: Region, by: User) -> SignalSweep:
    """Look through this month and the last, up to yesterday, and write down what is new. Safe any number of times."""
    today = clock.today()
    Region.objects.select_for_update().get(pk=county.pk)  # twice at once finds the same things once
    first, last = YearMonth.of(today).previous().first, today - timedelta(days=1)
    found = rules.suspicions(signal_facts(county=county, first=first, last=last), limits())
    new = keep(county, found)
    row = SignalSweep.objects.create(county=county, day=today, first=first, last=last, found=new, by=by, at=clock.now())
    audit.record(by=by, action="consultations.handle_signals", on=row, after={"记录": f"{first} 至 {last}", "新提示": new})
    return row


@cache
def limits() -> rules.Limits:
    return rules.read_limits()[0]


def limits_in_words() -> list[tuple[str, int, str]]:
    """Each limit with its value and why it is where it is, for the page."""
    values, why = rules.read_limits()
    return [(LIMIT_WORDS[name], getattr(values, name), words) for name, words in why.items()]


LIMIT_WORDS = {
    "travel_minutes": "两站之间最少相隔（分钟）",
    "bunch": "集中补登（条）",
    "bunch_minutes": "集中补登的时间（分钟）",
    "after_hours": "下班以后多久算事后（小时）",
    "same_text": "一周内内容相同（条）",
    "shortest_text": "比较的最短内容（字）",
    "idle_duties": "一月内无咨询的值班（次）",
    "idle_percent": "无咨询的比例（%）",
    "an_hour": "一小时最多（人次）",
    "ratings": "同一设备的评价（条）",
    "again": "同日同人同事项（次）",
}


def keep(county, found) -> int:
    """Write down what is new: an open signal gets its new evidence, a settled one comes again only with evidence not yet seen."""
    latest = {}
    for row in Signal.objects.filter(county=county, key__in=[each.key for each in found]).order_by("round"):
        latest[row.key] = row
    new = []
    for each in found:
        row = latest.get(each.key)
        if row is None:
            new.append(row_of(county, each, 1))
        elif each.refs <= refs_of(row):
            continue
        elif row.is_settled:
            new.append(row_of(county, each, row.round + 1))
        else:
            row.words, row.evidence, row.day = each.words[:300], evidence_of(each), each.day
            row.save(update_fields=["words", "evidence", "day"])
    Signal.objects.bulk_create(new)
    return len(new)


def row_of(county, each: rules.Suspicion, number: int) -> Signal:
    return Signal(
        county=county, kind=each.kind, key=each.key, round=number, station_id=each.station, practitioner_id=each.person,
        day=each.day, words=each.words[:300], evidence=evidence_of(each), seen_at=clock.now(),
    )  # fmt: skip


def evidence_of(each: rules.Suspicion) -> list[dict]:
    return [{"of": row.of, "id": row.id, "words": row.words} for row in each.evidence]


def refs_of(row: Signal) -> set[str]:
    return {f"{each['of']}:{each['id']}" for each in row.evidence}


# --- what a person does with it ---------------------------------------------------------------------------------------


@transaction.atomic
def open_check(*, signal_id: int, by: User) -> Signal:
    """Somebody takes it on."""
    row = lock_signal(signal_id)
    if row.state != State.NEW:
        raise SignalRefused("这条提示已经有人核查或处理：请刷新页面。")
    require_other(row, by)
    row.state, row.checked_by, row.checked_at = State.CHECKING, by, clock.now()
    row.save(update_fields=["state", "checked_by", "checked_at"])
    note(row, by)
    return row


@transaction.atomic
def dismiss(*, signal_id: int, reason: str, by: User) -> Signal:
    """Not worth a check, with a reason."""
    row = lock_signal(signal_id)
    if row.state != State.NEW:
        raise SignalRefused("已经开始核查的提示要写核查结论，不能不予核查。")
    require_other(row, by)
    return settle(row, State.DISMISSED, reason, by, "没有写理由：请写明为什么不用核查。")


@transaction.atomic
def find_nothing(*, signal_id: int, reason: str, by: User) -> Signal:
    """Checked, and there is nothing to it."""
    row = lock_signal(signal_id)
    require_checking(row, by)
    return settle(row, State.GROUNDLESS, reason, by, "没有写核查情况：请写明怎样核查的、结论是什么。")


@transaction.atomic
def find_something(*, signal_id: int, shift_id: int, kind: str, remark: str, by: User, consultation_no: str = "") -> Finding:
    """Checked, and there is: a finding is reported about one shift, to be heard and decided by others as always."""
    row = lock_signal(signal_id)
    require_checking(row, by)
    if shift_id not in set(shifts_of(row).values_list("pk", flat=True)):
        raise SignalRefused("这个班次与提示无关：请从列出的班次里选。", field="shift")
    finding = report_finding(
        shift_id=shift_id, kind=kind, by=by, remark=f"{remark.strip()}（来自异常提示：{row.words}）" if remark.strip() else "",
        consultation_no=consultation_no, source=Finding.Source.REPORT,
    )  # fmt: skip
    row.finding = finding
    settle(row, State.FOUND, remark, by, "没有写明情况：请写明核查到的事实。")
    return finding


def shifts_of(row: Signal):
    """The shifts a signal is about: those in its evidence, and those of its records."""
    ids = {
        of: [each["id"] for each in row.evidence if each["of"] == of] for of in (rules.SHIFT, rules.CONSULTATION, rules.RATING)
    }
    direct = Shift.objects.filter(pk__in=ids[rules.SHIFT])
    records = Shift.objects.filter(consultations__in=ids[rules.CONSULTATION] + ids[rules.RATING])
    return (direct | records).filter(is_cancelled=False).distinct().order_by("day", "pk")


def lock_signal(signal_id) -> Signal:
    return Signal.objects.select_for_update(of=("self",)).select_related("practitioner", "checked_by").get(pk=signal_id)


def require_other(row, by):
    if row.practitioner and row.practitioner.user_id == by.pk:
        raise SignalRefused("这条提示与本人有关：请由另一人处理。")


def require_checking(row, by):
    if row.state != State.CHECKING:
        raise SignalRefused("还没有开始核查，或已经处理：请刷新页面。")
    require_other(row, by)


def settle(row, state, reason, by, missing):
    if not reason.strip():
        raise SignalRefused(missing, field="reason" if state != State.FOUND else "remark")
    row.state, row.reason, row.settled_by, row.settled_at = state, reason.strip()[:500], by, clock.now()
    row.save(update_fields=["state", "reason", "settled_by", "settled_at", "finding"])
    note(row, by, row.reason)
    return row


def note(row, by, reason=""):
    after = {"类别": row.get_kind_display(), "状态": row.get_state_display()}
    audit.record(by=by, action="consultations.handle_signals", on=row, after=after, reason=reason)


def last_sweep(county: Region, day: date | None = None) -> SignalSweep | None:
    rows = SignalSweep.objects.filter(county=county)
    return (rows.filter(day=day) if day else rows).first()
