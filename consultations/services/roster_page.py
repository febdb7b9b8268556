"""A month as people look at it: stations by days, and an agenda by day for telephones. A fixed number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Prefetch
from django.shortcuts import get_object_or_404

from common import clock
from common.periods import YearMonth
from consultations.models import Finding, Settlement, Shift, ShiftChange
from consultations.rules import rosters as rules
from consultations.rules.rosters import Problem
from consultations.services.publishing import units_on
from consultations.services.roster_facts import RosterFacts, roster_facts
from organizations.models import Region, Station
from programmes.models import CalendarDay
from programmes.rules.workdays import is_weekday

# Chip of a shift in the grid: CSS class, word, tone of its tag.
SERVED = ("ok", "已到岗", "ok")
PLANNED = ("plan", "已排班", "info")
SUBSTITUTED = ("swap", "替班", "warn")
ABSENT = ("miss", "缺勤", "bad")
UNRECORDED = ("miss", "未签到", "bad")


@dataclass
class Day:
    """One column of the grid."""

    day: date
    is_working: bool
    name: str = ""
    is_today: bool = False
    count: int = 0

    @property
    def css(self):
        kind = "" if self.is_working else "hol" if self.name else "we"
        return f"{kind} today".strip() if self.is_today else kind

    @property
    def weekday(self):
        return "今" if self.is_today else rules.weekday(self.day)

    @property
    def words(self):
        """For those who do not see the colours."""
        extra = self.name or ("" if self.is_working else "周末")
        if self.is_working and not is_weekday(self.day):
            extra = "补班"
        return f"{rules.short(self.day)} 星期{rules.weekday(self.day)}" + (f" {extra}" if extra else "")


@dataclass
class Chip:
    """One shift as it is shown."""

    shift: Shift
    css: str
    word: str
    tone: str

    @property
    def label(self):
        shift = self.shift
        return f"{shift.station.short_name} {rules.short(shift.day)} {shift.practitioner.name} {self.word}"


@dataclass
class Cell:
    day: Day
    chips: list[Chip] = field(default_factory=list)


@dataclass
class Row:
    """One station's month."""

    station: Station
    cells: list[Cell]
    gaps: list[Problem]

    @property
    def count(self):
        return sum(len(cell.chips) for cell in self.cells)

    @property
    def gap_words(self):
        return "".join(problem.text for problem in self.gaps)

    @property
    def gap_brief(self):
        return summary(self.gaps)


@dataclass
class MonthPage:
    """What the page of a month shows to one reader."""

    county: Region
    month: YearMonth
    days: list[Day]
    rows: list[Row]
    problems: list[Problem]
    has_plan: bool
    people: list
    stations: list[Station]

    @property
    def total(self):
        return sum(row.count for row in self.rows)

    @property
    def errors(self):
        return [problem for problem in self.problems if problem.is_error]

    def agenda(self, since: date) -> list[tuple[Day, list[Chip]]]:
        """The days of one week from `since`, those with somebody on duty."""
        week = [day for day in self.days if since <= day.day < since + timedelta(days=7)]
        chips = defaultdict(list)
        for row in self.rows:
            for cell in row.cells:
                chips[cell.day.day] += cell.chips
        return [(day, chips[day.day]) for day in week if chips[day.day]]

    def advice(self) -> list[tuple[list[Station], str, bool]]:
        """What is missing, stations with the same gaps together: which, in words, whether it forbids publishing."""
        grouped = defaultdict(list)
        for row in self.rows:
            if row.gaps:
                grouped[summary(row.gaps), any(problem.is_error for problem in row.gaps)].append(row.station)
        return [(stations, words, is_error) for (words, is_error), stations in grouped.items()]

    @property
    def short_stations(self) -> int:
        return sum(1 for row in self.rows if row.gaps)


GAP_CODES = ("none", "gap", "week", "fewer")


def month_page(*, user, county: Region, month: YearMonth, station: int | None = None, person: int | None = None) -> MonthPage:
    """The month as this user may see it, perhaps of one station or person only. About twelve queries."""
    facts = roster_facts(county=county, month=month)
    shifts = shifts_for(user, county, month)
    people = sorted({shift.practitioner for shift in shifts}, key=lambda each: each.name)
    seen = [each for each in Station.objects.visible_to(user).in_county(county) if each.is_active]
    known = {each.pk for each in seen}
    with_shifts = {shift.station_id: shift.station for shift in shifts}
    stations = sorted(
        [*seen, *(each for pk, each in with_shifts.items() if pk not in known)], key=lambda each: (each.order, each.name)
    )
    offered = stations
    if station is not None:
        stations = [each for each in stations if each.pk == station]
    if person is not None:
        shifts = [shift for shift in shifts if shift.practitioner_id == person]
        stations = [each for each in stations if any(shift.station_id == each.pk for shift in shifts)]
    problems = _visible_problems(facts, {each.pk for each in stations} & known) if person is None else []
    days = days_of(month, facts)
    return MonthPage(county, month, days, _rows(stations, shifts, days, problems), problems, facts.has_plan, people, offered)


def shifts_for(user, county, month) -> list[Shift]:
    """The month's shifts this user may see, each with its person, its attendance and what the grid shows of it. One query."""
    return list(
        annotated(Shift.objects.visible_to(user).standing())
        .filter(station__county=county, day__range=(month.first, month.last))
        .select_related("station", "practitioner", "attendance")
        .order_by("day", "station__order", "starts_at", "pk")
    )


def annotated(shifts):
    """Shifts with what `status_of` asks."""
    approved = ShiftChange.objects.approved().filter(shift=OuterRef("pk"), substitute=OuterRef("practitioner"))
    absent = Finding.objects.standing().filter(
        shift=OuterRef("pk"), state=Finding.State.UPHELD, kind__in=[Finding.Kind.NO_SHOW, Finding.Kind.SHAM_DUTY]
    )
    settled = Settlement.objects.filter(shift=OuterRef("pk"), state=Settlement.State.ACCEPTED)
    return shifts.annotate(
        is_substituted=Exists(approved),
        is_absent=Exists(absent),
        is_served=Exists(settled.filter(kind__in=[Settlement.Kind.TIMES, Settlement.Kind.SERVED])),
        is_no_show=Exists(settled.filter(kind=Settlement.Kind.NO_SHOW)),
    )


def status_of(shift: Shift) -> tuple[str, str, str]:
    """CSS class, word and tone of a shift that `shifts_for` has read."""
    attendance = getattr(shift, "attendance", None)
    if shift.is_absent or shift.is_no_show:
        return ABSENT
    if shift.is_served or (attendance and attendance.sign_in):
        return ("ok", "替班，已到岗", "ok") if shift.is_substituted else SERVED
    if shift.day < clock.today():
        return UNRECORDED
    return SUBSTITUTED if shift.is_substituted else PLANNED


def days_of(month: YearMonth, facts: RosterFacts) -> list[Day]:
    """The columns: working days, weekends, holidays with their names. One query."""
    today = clock.today()
    names = dict(CalendarDay.objects.between(month.first, month.last).values_list("day", "name"))
    calendar = facts.facts.calendar
    return [Day(day, calendar.is_working_day(day), names.get(day, ""), day == today) for day in month.days()]


def summary(gaps: list[Problem]) -> str:
    """Several gaps of a station in one sentence."""
    days = [problem.day for problem in gaps if problem.code == "gap"]
    weeks = [problem for problem in gaps if problem.code == "week"]
    parts = [problem.brief for problem in gaps if problem.code in ("none", "fewer")]
    if days:
        listed = "、".join(f"{day.day}日" for day in days[:8])
        more = f"等 {len(days)} 个工作日" if len(days) > 8 else ""
        parts.append(f"{listed}{more}没有排班（每个工作日至少 1 人）")
    if weeks and not any(problem.code == "none" for problem in gaps):
        listed = "、".join(f"{rules.short(problem.day)}起" for problem in weeks)
        parts.append(f"{listed}的一周没有排班（原则上每周 1 次）")
    return "；".join(parts)


def reminders(facts: RosterFacts, problems: list[Problem]) -> list[tuple[int | None, str]]:
    """Warnings for the page of publishing: a station's gaps in one line, the others one by one; with the station's id."""
    gaps, others = defaultdict(list), []
    for problem in problems:
        if problem.is_error:
            continue
        if problem.code in GAP_CODES:
            gaps[problem.station_id].append(problem)
        else:
            others.append((None, problem.text))
    names = facts.facts.by_id
    return [*((pk, f"{names[pk].name} {summary(found)}") for pk, found in gaps.items()), *others]


def _visible_problems(facts, station_ids):
    return [problem for problem in facts.problems() if problem.station_id in station_ids]


def _rows(stations, shifts, days, problems):
    chips, gaps = defaultdict(list), defaultdict(list)
    for shift in shifts:
        chips[shift.station_id, shift.day].append(Chip(shift, *status_of(shift)))
    for problem in problems:
        if problem.code in GAP_CODES:
            gaps[problem.station_id].append(problem)
    rows = []
    for station in stations:
        cells = [Cell(day, chips[station.pk, day.day]) for day in days]
        rows.append(Row(station, cells, gaps[station.pk]))
        for cell in cells:
            cell.day.count += len(cell.chips)
    return rows


def shift_page(*, user, pk: int) -> Shift:
    """One shift this user may see, with everything its page shows; Http404 otherwise. `unit` is the person's firm that month."""
    shift = get_object_or_404(
        annotated(Shift.objects.visible_to(user))
        .select_related("station__county__parent", "practitioner", "attendance", "created_by")
        .prefetch_related(
            Prefetch("changes", ShiftChange.objects.select_related("original", "substitute", "proposed_by", "decided_by")),
            Prefetch("findings", Finding.objects.standing()),
            "roll_calls",
            "settlements__proposed_by",
        ),
        pk=pk,
    )
    shift.unit = units_on([shift.practitioner_id], shift.period).get(shift.practitioner_id, "")
    return shift


def facts_on(shift: Shift) -> str:
    """What was recorded about the shift, in words: it then stays as it is. Empty when nothing was."""
    found = []
    if hasattr(shift, "attendance"):
        found.append("考勤")
    if shift.findings.all():
        found.append("考核事项")
    if shift.roll_calls.all():
        found.append("点名抽查")
    if shift.settlements.all():
        found.append("班次处理")
    if shift.consultations.exists():
        found.append("咨询记录")
    return "、".join(found)
