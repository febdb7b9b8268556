"""What the rows about a shift come to: the record, the last settlement, the findings that stand, and one word for it all.

A constant number of queries for any number of shifts. The rules are those that pay is drafted by.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from common import clock
from consultations.models import Attendance, Finding, Settlement, Shift
from consultations.rules import attendance as rules
from programmes.models import Plan

UPCOMING, ON_DUTY, NOT_COME = "upcoming", "on_duty", "not_come"
NORMAL, OFF_TIME, UNSETTLED, DEFERRED, CANCELLED, VOID_DAY = (
    "normal",
    "off_time",
    "unsettled",
    "deferred",
    "cancelled",
    "void_day",
)
STATES = {
    UNSETTLED: "未定",
    OFF_TIME: "迟到早退",
    VOID_DAY: "取消当天补贴",
    DEFERRED: "暂缓",
    NORMAL: "正常",
    NOT_COME: "未签到",
    ON_DUTY: "值班中",
    UPCOMING: "未开始",
    CANCELLED: "已取消",
}
TONES = {
    UNSETTLED: "warn",
    OFF_TIME: "warn",
    VOID_DAY: "bad",
    DEFERRED: "warn",
    NORMAL: "ok",
    NOT_COME: "bad",
    ON_DUTY: "info",
    UPCOMING: "mute",
    CANCELLED: "mute",
}


@dataclass
class ShiftFacts:
    """A shift with what is known about it, in the shape that rules/attendance.py reads."""

    shift: Shift
    record: Attendance | None = None
    settlement: Settlement | None = None
    proposed: Settlement | None = None
    findings: Sequence[Finding] = ()
    day_cancelled_by: Finding | None = None
    terms: object = None
    state: str = ""
    reason: str = ""
    clock: dict = field(default_factory=dict)

    def __getattr__(self, name):
        # starts_at, ends_at, lunch_minutes, is_cancelled, station, practitioner, day, pk …
        if name.startswith("_") or name == "shift":
            raise AttributeError(name)
        return getattr(self.shift, name)

    @property
    def sign_in(self):
        return self.record.sign_in if self.record else None

    @property
    def sign_out(self):
        return self.record.sign_out if self.record else None

    @property
    def is_waived(self):
        return bool(self.record and self.record.is_waived)

    @property
    def settled_as(self):
        return self.settlement.kind if self.settlement else ""

    @property
    def settled_in(self):
        return self.settlement.sign_in if self.settlement else None

    @property
    def settled_out(self):
        return self.settlement.sign_out if self.settlement else None

    @property
    def times(self):
        """When the person came and left: as settled, else as recorded."""
        return rules.times_of(self)

    @property
    def served(self) -> int | None:
        """Minutes served within the plan; None where they are not known."""
        if self.terms is None:
            return None
        if self.settled_as == "served":
            return self.planned
        return None if None in self.times else max(rules.served_minutes(self, self.terms), 0)

    @property
    def planned(self) -> int:
        return rules.planned_minutes(self, self.terms) if self.terms else self.shift.planned_minutes

    @property
    def late_words(self) -> str:
        """How late by the clock somebody came who is still on duty; empty for in time, waived, or where no plan pays duty."""
        if self.state != ON_DUTY or self.is_waived or self.terms is None:
            return ""
        late = rules.minutes(self.sign_in) - rules.minutes(self.shift.starts_at)
        return f"迟到 {late} 分钟" if late > self.terms.reading("D32").value else ""

    @property
    def is_short(self) -> bool:
        """Served less than the plan's minimum: shown, not deducted. Z-DED-8."""
        if self.state not in (NORMAL, OFF_TIME):
            return False
        least = self.terms and self.terms.for_station("duty.min_hours", self.shift.station.kind)
        return bool(least) and self.served is not None and self.served < least.value * 60

    @property
    def upheld(self):
        return [finding for finding in self.findings if finding.state == Finding.State.UPHELD]

    @property
    def undecided(self):
        return [finding for finding in self.findings if finding.state in ("reported", "heard")]

    @property
    def words(self) -> str:
        """The state in the words of the pages."""
        if self.state == VOID_DAY:
            return self.day_cancelled_by.get_kind_display()
        if self.state == OFF_TIME:
            names = {"late": "迟到", "early_leave": "早退"}
            return "、".join(f"{names[kind]} {off} 分钟" if off else names[kind] for kind, off in self.clock.items())
        return STATES[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @cached_property
    def can_be_settled(self) -> bool:
        """Unsettled for a reason a settlement ends, put off, or settled before (the later one counts)."""
        return (self.state in (UNSETTLED, DEFERRED) and "待核实" not in self.reason) or (
            self.settlement is not None and self.state not in (CANCELLED, VOID_DAY)
        )


class Terms:
    """The plan's terms of a county's day, each plan read once."""

    def __init__(self):
        self._plans, self._terms = {}, {}

    def on(self, county, day):
        """The terms of the plan that holds for the county's duty on the day, or None."""
        key = (county.pk, day)
        if key not in self._terms:
            plan = self._plan(county, day)
            self._terms[key] = plan.terms_on(day) if plan else None
        return self._terms[key]

    def _plan(self, county, day):
        key = (county.pk, day.year)
        if key not in self._plans:
            self._plans[key] = [plan for plan in Plan.objects.covering(county, day) if plan.has_part("duty")]
        return next((plan for plan in self._plans[key] if plan.starts_on <= day <= plan.ends_on), None)


def facts_of(shifts: Iterable[Shift]) -> list[ShiftFacts]:
    """The facts of each shift, in the order given. Shifts need their station with its county, and their practitioner."""
    shifts = list(shifts)
    by_key = {shift.pk: shift for shift in shifts}
    keys = list(by_key)
    records = {record.shift_id: record for record in Attendance.objects.filter(shift__in=keys)}
    accepted, proposed = {}, {}
    settlements = Settlement.objects.filter(shift__in=keys, state__in=["accepted", "proposed"])
    for settlement in settlements.select_related("proposed_by", "booked_in").order_by("decided_at", "pk"):
        (accepted if settlement.state == "accepted" else proposed)[settlement.shift_id] = settlement
    findings = defaultdict(list)
    standing = Finding.objects.standing().filter(shift__in=keys).select_related("booked_in")
    for finding in standing.order_by("pk"):
        finding.shift = by_key[finding.shift_id]
        findings[finding.shift_id].append(finding)
    cancelled_days = days_cancelled(shifts)
    terms, moment = Terms(), clock.now()
    found = []
    for shift in shifts:
        facts = ShiftFacts(
            shift,
            records.get(shift.pk),
            accepted.get(shift.pk),
            proposed.get(shift.pk),
            tuple(findings[shift.pk]),
            terms=terms.on(shift.station.county, shift.day),
        )
        judge(facts, cancelled_days, moment)
        found.append(facts)
    return found


def days_cancelled(shifts) -> dict:
    """(practitioner, day) → the upheld finding that cancels the whole day, sham duty before no-show. Reading D29."""
    rows = (
        Finding.objects.standing()
        .filter(kind__in=rules.CANCELLING, state="upheld")
        .filter(shift__practitioner__in={shift.practitioner_id for shift in shifts}, shift__day__in={s.day for s in shifts})
        .select_related("shift")
    )
    found = {}
    for finding in sorted(rows, key=lambda row: rules.CANCELLING.index(row.kind)):
        found.setdefault((finding.shift.practitioner_id, finding.shift.day), finding)
    return found


def judge(facts: ShiftFacts, cancelled_days: dict, moment) -> None:
    """Fill in state and reason."""
    shift, terms = facts.shift, facts.terms
    own = rules.cancelling_finding([facts])
    whole_day = cancelled_days.get((shift.practitioner_id, shift.day))
    if shift.is_cancelled or facts.settled_as == "closed":
        facts.state = CANCELLED
    elif own or (whole_day and (terms is None or terms.reading("D29").value == "day")):
        facts.state, facts.day_cancelled_by = VOID_DAY, own or whole_day
    elif facts.settled_as == "deferred":
        facts.state, facts.reason = DEFERRED, facts.settlement.reason
    elif shift.day > moment.date() or (shift.day == moment.date() and None in facts.times and not facts.settled_as):
        facts.state = state_today(facts, moment)
    else:
        # Where no plan pays duty, a missing time is still a gap in the station's record.
        facts.reason = rules.unsettled_because(facts, terms) if terms else rules.missing_times(facts)
        facts.clock = rules.clock_findings(facts, terms) if terms else {}
        facts.state = UNSETTLED if facts.reason else OFF_TIME if facts.clock else NORMAL


def state_today(facts, moment):
    """Before the day is over a missing time is no lack yet."""
    if facts.shift.day > moment.date():
        return UPCOMING
    if facts.sign_in:
        return ON_DUTY
    return NOT_COME if moment.time().replace(tzinfo=None) >= facts.shift.starts_at else UPCOMING
