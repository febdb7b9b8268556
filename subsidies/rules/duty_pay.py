"""Duty pay: from the facts of one person's month to lines that add up to the amount due.

Zezhou plan 2022, 五（二）1. Facts come in ordered by day; terms are those in force on the day of the duty.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from consultations.rules.attendance import (
    ABSENCE,
    BY_THE_CLOCK,
    CANCELLING,
    DROPPED,
    NO_SHOW,
    SET_ASIDE,
    UPHELD,
    cancelling_finding,
    minutes_by_the_clock,
    unsettled_because,
)
from programmes.rules.terms import Terms

ZERO = Decimal("0.00")
GRIEVANCES = ("dissatisfied", "complaint")

TermsOn = Callable[[date], Terms]


class FindingFact(NamedTuple):
    """A finding as the rules see it: only an upheld one cuts pay."""

    id: int
    kind: str
    times: int
    state: str
    consultation_no: str = ""


class ShiftFacts(NamedTuple):
    """What is known about one shift. Times are local times of day; lunch in minutes."""

    id: int
    day: date
    station_id: int
    station_kind: str
    starts_at: time
    ends_at: time
    lunch_minutes: int = 0
    is_public_servant: bool = False
    is_cancelled: bool = False
    sign_in: time | None = None
    sign_out: time | None = None
    is_waived: bool = False
    settled_as: str = ""
    settled_in: time | None = None
    settled_out: time | None = None
    findings: tuple[FindingFact, ...] = ()


class Line(NamedTuple):
    """One reason for one amount, in yuan; negative where it cuts."""

    kind: str
    amount: Decimal
    clause: str
    times: int = 1
    finding_id: int | None = None
    note: str = ""


class ShiftPay(NamedTuple):
    """A settled shift and its lines; cancelled with its day, whatever it would have paid (contract 3.6)."""

    shift: ShiftFacts
    lines: list[Line]
    is_cancelled: bool = False

    @property
    def payable(self) -> Decimal:
        return total(self.lines)


@dataclass(slots=True)
class PersonMonth:
    """What one person is due for one month."""

    shifts: list[ShiftPay] = field(default_factory=list)
    unsettled: list[tuple[ShiftFacts, str]] = field(default_factory=list)
    month_lines: list[Line] = field(default_factory=list)
    is_month_void: bool = False

    @property
    def shifts_served(self) -> int:
        return sum(not pay.is_cancelled for pay in self.shifts)

    @property
    def payable(self) -> Decimal:
        return sum((pay.payable for pay in self.shifts), total(self.month_lines))


def total(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


def pay_for_person_month(shifts: Sequence[ShiftFacts], terms_on: TermsOn) -> PersonMonth:
    """One person's month over all stations of the county, shifts ordered by day.

    五（二）1; the month rule of item (4) counts the person, not the station (reading D2).
    """
    month = PersonMonth()
    for day, same_day in groupby(shifts, key=lambda shift: shift.day):
        add_day(month, list(same_day), terms_on(day))
    if shifts:
        void_month(month, shifts, terms_on(shifts[-1].day))
    return month


def add_day(month: PersonMonth, shifts: list[ShiftFacts], terms: Terms) -> None:
    """A person's day: what is settled gets its lines, what is not stands among the unsettled.

    五（二）1（5）取消当天值班补贴: an upheld sham duty or no-show cancels the whole day (reading D29).
    """
    cancelled = cancelling_finding(shifts) if terms.reading("D29").value == "day" else None
    daily_rate_taken = False
    for shift in shifts:
        if shift.is_cancelled or shift.settled_as in SET_ASIDE:
            continue
        cancel = cancelled or (cancelling_finding([shift]) if shift.findings else None)
        reason = "" if cancel else unsettled_because(shift, terms)
        if reason:
            month.unsettled.append((shift, reason))
            continue
        lines = pay_for_shift(shift, cancel, terms, daily_rate_taken=daily_rate_taken)
        daily_rate_taken = daily_rate_taken or is_paid_by_the_day(shift, terms)
        month.shifts.append(ShiftPay(shift, lines, cancel is not None))


def pay_for_shift(shift: ShiftFacts, cancel: FindingFact | None, terms: Terms, *, daily_rate_taken: bool = False) -> list[Line]:
    """The lines of one settled shift.

    五（二）1: the rate, less items (1) to (4); item (5) cancels it, then nothing else is deducted.
    四（一）3: public servants on duty are not paid.
    """
    if shift.is_public_servant:
        return [Line("public_servant", ZERO, terms["duty.public_servant"].clause)]
    rate = terms.for_station("duty.rate", shift.station_kind)
    if rate is None:
        return [Line("rate", ZERO, terms["fund.special_uses"].clause, note="方案不发放这类站点的值班补贴")]
    if daily_rate_taken and rate.unit == PER_DAY:
        return [Line("rate", ZERO, rate.clause, note="每人每天补贴一次，当天已计")]
    lines = [Line("rate", rate.value, rate.clause)]
    if cancel:
        lines.append(Line(cancel.kind, -rate.value, terms["duty.cancelled_day"].clause, finding_id=cancel.id))
        return lines
    lines += clock_deductions(shift, terms)
    if shift.findings:
        lines += finding_deductions(shift, terms)
    below = total(lines) if len(lines) > 1 else rate.value
    if below < 0:
        floor = terms.reading("D1")
        lines.append(Line("floor", -below, floor.clause, note="扣减以本班次补贴为限（口径 D1）"))
    return lines


PER_DAY = "元/人/天"


def is_paid_by_the_day(shift: ShiftFacts, terms: Terms) -> bool:
    rate = terms.for_station("duty.rate", shift.station_kind)
    return rate is not None and rate.unit == PER_DAY


def clock_deductions(shift: ShiftFacts, terms: Terms) -> Iterator[Line]:
    """Late and early leave, once each a shift. 五（二）1（2）; reading D32 for the grace in minutes.

    A decided finding goes before clock and waiver alike; otherwise the clock speaks unless waived.
    """
    decided = {
        finding.kind: finding for finding in shift.findings if finding.kind in BY_THE_CLOCK and finding.state in (UPHELD, DROPPED)
    }
    minutes_off = {} if shift.is_waived or shift.settled_as == "served" else minutes_by_the_clock(shift)
    grace = terms.reading("D32").value
    for kind in BY_THE_CLOCK:
        finding = decided.get(kind)
        off = minutes_off.get(kind, 0)
        if finding.state == UPHELD if finding else off > grace:
            each = terms[f"duty.deduction.{kind}"]
            note = f"{'迟到' if kind == 'late' else '早退'} {off} 分钟" if off > 0 else ""
            yield Line(kind, -each.value, each.clause, 1, finding.id if finding else None, note)


def finding_deductions(shift: ShiftFacts, terms: Terms) -> Iterator[Line]:
    """Record defects (1), grievances (3) and absences (4), each times its count. Z-DED-1, 3, 4."""
    for finding in merged_grievances(shift.findings, terms):
        if finding.kind in BY_THE_CLOCK or finding.kind in CANCELLING:
            continue
        each = terms.for_station(f"duty.deduction.{finding.kind}", shift.station_kind)
        if each is not None:
            yield Line(finding.kind, -each.value * finding.times, each.clause, finding.times, finding.id)


def merged_grievances(findings: Iterable[FindingFact], terms: Terms) -> Iterator[FindingFact]:
    """Upheld findings; a rating and a complaint on one consultation are one fact, the larger count (reading D6)."""
    largest: dict[str, FindingFact] = {}
    for finding in findings:
        if finding.state != UPHELD:
            continue
        if finding.kind in GRIEVANCES and finding.consultation_no and terms.reading("D6").value:
            known = largest.get(finding.consultation_no)
            if known is None or finding.times > known.times:
                largest[finding.consultation_no] = finding
        else:
            yield finding
    yield from largest.values()


def void_month(month: PersonMonth, shifts: Sequence[ShiftFacts], terms: Terms) -> None:
    """五（二）1（4）: three absences in the month of duty, and the month is not paid. Z-DED-5; D2, D3, D4, D31, D35.

    Absences count on cancelled and unsettled shifts too. The line is written even over nothing.
    """
    limit = terms["duty.month_void.absences"]
    counted = (ABSENCE, NO_SHOW) if terms.reading("D4").value else (ABSENCE,)
    by_station: dict[int, int] = defaultdict(int)
    for shift in shifts:
        for finding in shift.findings:
            if finding.kind in counted and finding.state == UPHELD:
                by_station[shift.station_id] += finding.times
    reached = limit.value if terms.reading("D31").value else limit.value + 1
    everywhere = terms.reading("D2").value == "person"
    absences = {0: sum(by_station.values())} if everywhere else by_station
    for station, count in absences.items():
        if count >= reached:
            due = sum((pay.payable for pay in month.shifts if everywhere or pay.shift.station_id == station), ZERO)
            month.is_month_void = True
            month.month_lines.append(Line("month_void", -due, limit.clause, count, note=f"当月脱岗 {count} 次"))
