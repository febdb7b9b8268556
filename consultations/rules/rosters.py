"""What a month's roster must be: checks that name each gap and each clash. Pure.

Plan 四（一）4 (Z-ROS-1…5), 三（一）(Z-ORG-2, Z-DUTY-3). An error keeps a roster from being published, a warning never
does. What "special circumstances" may excuse can be overridden with a reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any

from common.periods import YearMonth
from programmes.rules.workdays import WorkingCalendar

ERROR, WARNING = "error", "warning"
WORKDAY, WEEKLY, REDUCED, INCREASED = "workday", "weekly", "reduced", "increased"

THURSDAY = 3
POOL_CLAUSE = "三（一）"
FREQUENCY_CLAUSE = "四（一）4"

_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class StationFacts:
    """A station and what the plan, or the bureau for it alone, asks of it.

    `must` is set where the plan itself asks for every working day (the county centre). `least` is the floor of turns a
    month, `minimum` the planned minutes of a turn without lunch; None where the plan says nothing of this kind. `rate` is
    the pay of a turn in fen, for even pay; 0 where nobody is paid.
    """

    id: int
    name: str
    policy: str = ""
    times_per_month: int | None = None
    must: bool = False
    least: int = 0
    minimum: int | None = None
    opens_at: time = time(8, 30)
    closes_at: time = time(12, 30)
    lunch_minutes: int = 0
    frequency_clause: str = FREQUENCY_CLAUSE
    minimum_clause: str = FREQUENCY_CLAUSE
    rate: int = 0


@dataclass(frozen=True)
class Stay:
    """A stay in the duty pool; no stations means all of the county."""

    since: date
    until: date | None = None
    stations: frozenset = frozenset()


@dataclass(frozen=True)
class Wish:
    """What somebody would like: weekdays (0 is Monday) gladly, weekdays rather not, and at most so many turns a month."""

    liked: frozenset = frozenset()
    avoided: frozenset = frozenset()
    most: int | None = None


@dataclass(frozen=True)
class PersonFacts:
    """Somebody in the pool. `leaves` are first and last days; `is_unpaid` a public servant (Z-DUTY-2); `recent` her turns
    of the two months before, for who comes first where all else is equal."""

    id: int
    name: str
    stays: tuple[Stay, ...] = ()
    leaves: tuple[tuple[date, date], ...] = ()
    wish: Wish = Wish()
    is_unpaid: bool = False
    recent: int = 0

    def stays_on(self, day: date) -> list[Stay]:
        return [stay for stay in self.stays if stay.since <= day and (stay.until is None or day <= stay.until)]

    def may_serve(self, station_id: int, day: date) -> bool:
        """In the pool on that day and allowed at that station. Z-DUTY-3."""
        return any(not stay.stations or station_id in stay.stations for stay in self.stays_on(day))

    def is_on_leave(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.leaves)


@dataclass(frozen=True)
class PlannedShift:
    """One person at one station on one day; `id` is None while it is only proposed."""

    station_id: int
    person_id: int
    day: date
    starts_at: time
    ends_at: time
    lunch_minutes: int = 0
    override_reason: str = ""
    id: int | None = None

    @property
    def minutes(self) -> int:
        """Planned service without lunch (reading D9)."""
        return _minute(self.ends_at) - _minute(self.starts_at) - self.lunch_minutes

    def overlaps(self, other: "PlannedShift") -> bool:
        return self.day == other.day and self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class MonthFacts:
    """What a month is planned against. `shifts` reach into the neighbouring months, for weeks that straddle them."""

    month: YearMonth
    stations: tuple[StationFacts, ...]
    people: Mapping[int, PersonFacts]
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)

    @cached_property
    def by_id(self) -> dict[int, StationFacts]:
        return {station.id: station for station in self.stations}

    @cached_property
    def weeks(self) -> list["Week"]:
        return weeks_of(self.month)

    @cached_property
    def working_days(self) -> list[date]:
        return self.calendar.working_days(self.month.first, self.month.last)


@dataclass(frozen=True)
class Week:
    """A natural week, Monday to Sunday. It belongs to the month that holds its Thursday."""

    first: date

    @property
    def last(self) -> date:
        return self.first + timedelta(days=6)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range(7)]

    @property
    def label(self) -> str:
        return f"{short(self.first)}至{short(self.last)}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or thin in a month's roster; `brief` says it where the station is named already."""

    level: str
    code: str
    text: str
    clause: str
    station_id: int | None = None
    day: date | None = None
    person_id: int | None = None
    shift_id: int | None = None
    can_override: bool = False
    brief: str = ""

    @property
    def key(self) -> str:
        """The same problem has the same key tomorrow: what a stored reason is filed under."""
        return ":".join(str(part or "") for part in (self.code, self.station_id, self.day, self.person_id))

    @property
    def is_error(self) -> bool:
        return self.level == ERROR


def weeks_of(month: YearMonth) -> list[Week]:
    """The natural weeks whose Thursday lies in the month, so that each week belongs to exactly one month."""
    day = month.first - timedelta(days=month.first.weekday())
    weeks = []
    while day <= month.last:
        if day + timedelta(days=THURSDAY) in month:
            weeks.append(Week(day))
        day += timedelta(days=7)
    return weeks


def check_month(facts: MonthFacts, shifts: Iterable[PlannedShift]) -> list[Problem]:
    """Everything wrong or thin in a month, errors first, then by station and day. Z-ROS-1…5, Z-DUTY-3."""
    shifts = list(shifts)
    within = [shift for shift in shifts if shift.day in facts.month]
    problems = [problem for shift in within for problem in check_shift(facts, shift)]
    problems += check_people(facts, within)
    for station in facts.stations:
        problems += check_station(facts, station, [shift for shift in shifts if shift.station_id == station.id])
    order = {station.id: place for place, station in enumerate(facts.stations)}
    return sorted(
        problems,
        key=lambda each: (
            not each.is_error,
            order.get(each.station_id or 0, -1),
            each.day or facts.month.first,
            each.code,
            each.text,
        ),
    )


def check_shift(facts: MonthFacts, shift: PlannedShift) -> list[Problem]:
    """One shift by itself: its person, its length, its day. Z-DUTY-3, Z-ROS-2, Z-ROS-4, T12."""
    station = facts.by_id.get(shift.station_id)
    if station is None:
        return []
    about: dict[str, Any] = {"station_id": station.id, "day": shift.day, "person_id": shift.person_id, "shift_id": shift.id}
    problems = []
    when = f"{station.name}{short(shift.day)}"
    if problem := unfit(facts, shift.person_id, station, shift.day):
        code, words = problem
        problems.append(Problem(ERROR, code, f"{when}：{words}", POOL_CLAUSE, **about))
    person = facts.people.get(shift.person_id)
    if person is not None and person.is_on_leave(shift.day):
        text = f"{when}：{person.name}登记了请假，请换人，或先与本人商定。"
        problems.append(Problem(WARNING, "leave", text, FREQUENCY_CLAUSE, **about))
    if station.minimum is not None and shift.minutes < station.minimum and not shift.override_reason:
        text = f"{when}计划值班 {hours(shift.minutes)}（不含午休），少于 {hours(station.minimum)}：请延长时间，或在班次里写明调整原因。"
        problems.append(Problem(ERROR, "short", text, station.minimum_clause, can_override=True, **about))
    if station.must and not facts.calendar.is_working_day(shift.day) and not shift.override_reason:
        text = f"{when}（星期{weekday(shift.day)}）不是工作日：中心按工作日值班，确需安排的请在班次里写明调整原因。"
        problems.append(Problem(ERROR, "day_off", text, station.frequency_clause, can_override=True, **about))
    return problems


def unfit(facts: MonthFacts, person_id: int, station: StationFacts, day: date) -> tuple[str, str] | None:
    """Why somebody may not serve at a station on a day, as code and words; None when she may. Z-DUTY-3."""
    person = facts.people.get(person_id)
    if person is None or not person.stays_on(day):
        name = person.name if person else "这个人"
        return "pool", f"{name}当天不在值班人员库，不能排班：请换人，或先办理入库。"
    if not person.may_serve(station.id, day):
        return "station", f"{person.name}的入库范围不包括{station.name}：请换人，或先调整可值班站点。"
    return None


def check_people(facts: MonthFacts, shifts: list[PlannedShift]) -> list[Problem]:
    """Nobody at two places at once; two stations on one day only with a warning. Z-ROS-5, invariant I17."""
    problems = []
    by_person_day = defaultdict(list)
    for shift in shifts:
        by_person_day[shift.person_id, shift.day].append(shift)
    for (person_id, day), turns in by_person_day.items():
        if len(turns) < 2:
            continue
        turns.sort(key=lambda turn: (turn.starts_at, turn.station_id))
        person = facts.people.get(person_id)
        name = person.name if person else "这个人"
        about: dict[str, Any] = {"day": day, "person_id": person_id, "station_id": turns[-1].station_id, "shift_id": turns[-1].id}
        places = "、".join(facts.by_id[turn.station_id].name for turn in turns if turn.station_id in facts.by_id)
        if len({turn.station_id for turn in turns}) < len(turns):
            text = f"{name}{short(day)}在同一站点排了两次（{places}）：一人一站一天只排一个班次。"
            problems.append(Problem(ERROR, "twice", text, FREQUENCY_CLAUSE, **about))
        elif any(one.overlaps(other) for n, one in enumerate(turns) for other in turns[n + 1 :]):
            text = f"{name}{short(day)}同一时间排在两处（{places}）：请换人或错开时间。"
            problems.append(Problem(ERROR, "overlap", text, FREQUENCY_CLAUSE, **about))
        else:
            text = f"{name}{short(day)}在 {len(turns)} 个站点值班（{places}），时间不重叠，请确认来得及。"
            problems.append(Problem(WARNING, "two_stations", text, FREQUENCY_CLAUSE, **about))
    return problems


def check_station(facts: MonthFacts, station: StationFacts, shifts: list[PlannedShift]) -> list[Problem]:
    """Whether one station is covered as often as it must be; each gap by its day or week. Z-ROS-1, Z-ROS-3."""
    within = {shift.day for shift in shifts if shift.day in facts.month}
    clause = station.frequency_clause
    problems = []
    if station.policy and not within and station.least:
        text = f"{station.name}{facts.month.label}没有排班：每月至少 {station.least} 次，不排不能公示。"
        brief = f"整月没有排班（每月至少 {station.least} 次）"
        problems.append(Problem(ERROR, "none", text, clause, station.id, brief=brief))
    if station.policy == WORKDAY:
        level = ERROR if station.must else WARNING
        for day in facts.working_days:
            if day not in within:
                text = f"{station.name}{short(day)}（星期{weekday(day)}）没有排班：每个工作日至少 1 人。"
                problems.append(Problem(level, "gap", text, clause, station.id, day, can_override=station.must))
    elif station.policy == WEEKLY:
        served = {shift.day for shift in shifts}
        for week in facts.weeks:
            if not is_exempt(week, facts.calendar) and served.isdisjoint(week.days):
                text = f"{station.name}{week.label}这一周没有排班：原则上每周 1 次。"
                problems.append(Problem(WARNING, "week", text, clause, station.id, week.first))
    elif station.policy in (REDUCED, INCREASED) and station.times_per_month and len(within) < station.times_per_month:
        text = f"{station.name}{facts.month.label}排了 {len(within)} 次，少于确定的每月 {station.times_per_month} 次。"
        if within or not station.least:
            brief = f"排了 {len(within)} 次，少于确定的每月 {station.times_per_month} 次"
            problems.append(Problem(WARNING, "fewer", text, clause, station.id, brief=brief))
    return problems


def is_exempt(week: Week, calendar: WorkingCalendar) -> bool:
    """A natural week without a working day asks nobody to serve (in 2022 only 01-31…02-06). Z-ROS-3."""
    return not any(calendar.is_working_day(day) for day in week.days)


def is_late_notice(published_on: date, first_duty: date, calendar: WorkingCalendar) -> bool:
    """Whether less than one working day lies between the notice and the first duty it covers. Z-ORG-2, plan 三（一）."""
    return published_on > calendar.on_or_before(first_duty - timedelta(days=1))


# --- words ------------------------------------------------------------------------------------------------------------


def short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def weekday(day: date) -> str:
    return _WEEKDAYS[day.weekday()]


def hours(minutes: int) -> str:
    """8 小时, 3 小时 30 分."""
    whole, rest = divmod(max(minutes, 0), 60)
    parts = [f"{whole} 小时"] if whole or not rest else []
    return " ".join([*parts, f"{rest} 分"] if rest else parts)


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute
