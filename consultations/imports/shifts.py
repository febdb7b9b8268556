"""Sheet 排班: shifts as the county planned them. Z-ROS-1, 2, 4, 5, plan 四（一）4; contract.md 3."""

from collections import defaultdict
from datetime import date
from functools import cache

from common.periods import YearMonth
from common.workbooks import tables
from common.workbooks.tables import Column, Row, Table
from consultations.models import Roster, Shift, StationMonth
from consultations.models.rosters import minutes_between
from consultations.services.rosters import revise
from organizations.imports import Directory
from organizations.models import PoolEntry, Station
from programmes.calendar import around, is_loaded
from programmes.models import Month
from programmes.services.plans import NoPlan
from records.importing import ImportRun

SHIFT_KEY = (
    Column("日期", tables.day, is_required=True),
    Column("站点", tables.text(100), is_required=True),
    Column("值班人员", tables.text(50), is_required=True),
    Column("身份证号", tables.id_number, mask=tables.masked_id),
)
SHIFTS = Table(
    "排班",
    (
        *SHIFT_KEY,
        Column("开始时间", tables.time_of_day, is_required=True),
        Column("结束时间", tables.time_of_day, is_required=True),
        Column("午休分钟", tables.whole_number(0, 600), default=0),
        Column("调整原因", tables.text(200), default=""),
    ),
)

ShiftKey = tuple[date, int, int]


class DutyBook:
    """The duty of a county as an import sees it: known shifts by (day, station, person), months and their state."""

    def __init__(self, run: ImportRun, directory: Directory, plan_on):
        self.run, self.directory, self.plan_on = run, directory, plan_on
        self.shifts: dict[ShiftKey, Shift] = {}
        self.months: dict[date, Month] = {}
        self.touched: set[tuple[int, date]] = set()
        self._terms: dict[date, object] = {}

    def load(self, days: list[date]) -> None:
        """Read the known shifts between the first and the last day (and a person's shifts there)."""
        if not days:
            return
        known = Shift.objects.in_county(self.run.county).standing().filter(day__range=(min(days), max(days)))
        self.shifts |= {(shift.day, shift.station_id, shift.practitioner_id): shift for shift in known}

    def terms_on(self, day: date):
        if day not in self._terms:
            self._terms[day] = self.plan_on(day).terms_on(day)
        return self._terms[day]

    @cache  # noqa: B019 - a book lives as long as one import
    def has_calendar(self, year: int) -> bool:
        return is_loaded(year)

    @cache  # noqa: B019
    def calendar(self, year: int):
        return around(date(year, 7, 1))

    def month(self, day: date) -> Month:
        """The month of a day, made and locked once per import: a month must not close under it."""
        first = day.replace(day=1)
        if first not in self.months:
            Month.objects.get_or_create(county=self.run.county, first=first)
            self.months[first] = Month.objects.select_for_update(of=("self",)).get(county=self.run.county, first=first)
        return self.months[first]

    def touch(self, row: Row, shift_day: date, station_id: int) -> bool:
        """Whether facts of that day may change; notes the station's month as changed. An error in a closed month."""
        if self.month(shift_day).is_closed:
            label = YearMonth.of(shift_day).label
            self.run.wrong(row, "日期", f"{label}已结账，不能再改：以后查明的事实请在系统里登记，列为差额。")
            return False
        self.touched.add((station_id, shift_day.replace(day=1)))
        return True

    def shift_of(self, row: Row) -> Shift | None:
        """The shift that a row of 考勤 or 考核 is about; an error where there is none."""
        station, person = self.directory.station(self.run, row), self.directory.person(self.run, row)
        if station is None or person is None:
            return None
        shift = self.shifts.get((row["日期"], station.pk, person.pk))
        if shift is None:
            self.run.wrong(row, "", "没有对应的班次：请先在“排班”表中写明这一天、这个站点、这个人。")
        return shift

    def open_station_months(self, may_receive: bool) -> None:
        """What the import changed waits for its station again, or is received on the paper that attests it."""
        for station_id, first in sorted(self.touched):
            row, is_new = StationMonth.objects.get_or_create(station_id=station_id, month=self.months[first])
            if self.run.paper and may_receive:
                values = {
                    "state": StationMonth.State.RECEIVED, "attested_paper": self.run.paper, "received_by": self.run.by,
                    "received_at": self.run.at, "confirmed_by": None, "confirmed_at": None,
                }  # fmt: skip
            else:
                values = {
                    "state": StationMonth.State.OPEN, "attested_paper": "", "received_by": None, "received_at": None,
                    "confirmed_by": None, "confirmed_at": None,
                }  # fmt: skip
            if is_new:
                self.run.added([row])
            self.run.update(row, **values)


def import_shifts(book: DutyBook, rows: list[Row]) -> None:
    """Add or change shifts. Key: 日期, 站点, 人."""
    run = book.run
    by_key: dict[ShiftKey, tuple] = {}
    for row in rows:
        station, person = book.directory.station(run, row), book.directory.person(run, row)
        if station is None or person is None:
            continue
        known = by_key.setdefault((row["日期"], station.pk, person.pk), (row, station, person))
        if known[0] is not row:
            run.wrong(row, "", f"与第 {known[0].number} 行重复（同日、同站、同人）：请只保留一行。")
    book.load([row["日期"] for row in rows])
    pool = pool_spans(run)
    new = []
    for key, (row, station, person) in by_key.items():
        if not is_possible(book, row, station) or not is_in_pool(run, row, person, pool):
            continue
        values = {
            "starts_at": row["开始时间"], "ends_at": row["结束时间"], "lunch_minutes": row["午休分钟"],
            "override_reason": row["调整原因"],
        }  # fmt: skip
        shift = book.shifts.get(key)
        if shift is None:
            if book.touch(row, row["日期"], station.pk):
                shift = Shift(day=row["日期"], station=station, practitioner=person, created_by=run.by, **values)
                new.append(shift)
                book.shifts[key] = shift
                run.count(row, is_new=True)
        elif any(getattr(shift, name) != value for name, value in values.items()):
            if book.touch(row, row["日期"], station.pk):
                run.update(shift, **values)
                run.count(row, is_changed=True, words=f"{row['日期']} {station.short_name} {person}")
        else:
            run.count(row)
    refuse_two_places(run, book, by_key)
    if not run.errors:
        run.added(Shift.objects.bulk_create(new))
        publish_again(book, [row["日期"] for row in rows if run.tallies and run.tally(row).added + run.tally(row).changed])
        thin_coverage(run, book, rows)


def is_possible(book: DutyBook, row: Row, station: Station) -> bool:
    """A shift that can be: in the loaded calendar, ending after it starts, long enough or with its reason."""
    run, day, before = book.run, row["日期"], len(book.run.problems)
    if not book.has_calendar(day.year):
        run.wrong(row, "日期", f"没有载入 {day.year} 年的工作日历：请先载入，或核对年份。")
        return False
    if row["结束时间"] <= row["开始时间"]:
        run.wrong(row, "结束时间", "结束时间不晚于开始时间：请核对。")
        return False
    span = minutes_between(row["开始时间"], row["结束时间"])
    if row["午休分钟"] >= span:
        run.wrong(row, "午休分钟", "午休不短于整个班次：请核对。")
        return False
    try:
        terms = book.terms_on(day)
    except NoPlan as error:
        run.wrong(row, "日期", str(error))
        return False
    if row["调整原因"]:
        return True
    least = terms.for_station("duty.min_hours", station.kind)
    if least and span - row["午休分钟"] < least.value * 60:
        words = f"扣除午休后不足 {least.value} 小时（{least.clause}）：请核对时间，或在“调整原因”中说明。"
        run.wrong(row, "调整原因", words)
    if station.kind == Station.Kind.COUNTY_CENTRE and not book.calendar(day.year).is_working_day(day):
        run.wrong(row, "调整原因", "这一天不是工作日，县中心值班须在“调整原因”中说明（四（一）4）。")
    return len(run.problems) == before


def pool_spans(run: ImportRun) -> dict[int, list]:
    spans = defaultdict(list)
    entries = PoolEntry.objects.filter(county=run.county, state=PoolEntry.State.ADMITTED)
    for person_id, since, until in entries.values_list("practitioner_id", "since", "until"):
        spans[person_id].append((since, until))
    return spans


def is_in_pool(run: ImportRun, row: Row, person, pool: dict) -> bool:
    """Z-DUTY-3: only people valid in the pool on the day."""
    day = row["日期"]
    if any(since <= day and (until is None or day <= until) for since, until in pool.get(person.pk, ())):
        return True
    run.wrong(row, "值班人员", f"{person}在 {day} 不在值班人员库：请核对入库日期。")
    return False


def refuse_two_places(run: ImportRun, book: DutyBook, by_key: dict) -> None:
    """Nobody is in two places at once (I17); two stations on one day without overlap are a warning (D8)."""
    days = {(key[0], key[2]) for key in by_key}
    by_person = defaultdict(list)
    for (day, station_id, person_id), shift in book.shifts.items():
        if (day, person_id) in days:
            by_person[day, person_id].append((shift.starts_at, shift.ends_at, station_id))
    for (day, person_id), spans in by_person.items():
        spans.sort()
        for earlier, later in zip(spans, spans[1:], strict=False):
            entry = by_key.get((day, later[2], person_id)) or by_key.get((day, earlier[2], person_id))
            if entry is None:
                continue
            row, _station, person = entry
            if later[0] < earlier[1]:
                run.wrong(row, "开始时间", f"{person}这一天同一时间在两个站点值班：请改正其中一个班次。")
            else:
                run.doubtful(row, "站点", f"{person}这一天在两个站点值班，时间不重叠：请确认属实。")


def publish_again(book: DutyBook, days: list[date]) -> None:
    """A roster that was public and is changed by the import waits for its next version (Z-ROS-6)."""
    months = [book.month(day) for day in {day.replace(day=1) for day in days}]
    for roster in Roster.objects.filter(month__in=months, state=Roster.State.PUBLISHED):
        revise(roster)


def thin_coverage(run: ImportRun, book: DutyBook, rows: list[Row]) -> None:
    """Stations without any shift in a month of the file: a warning, since publishing is where coverage is refused."""
    for first in sorted({row["日期"].replace(day=1) for row in rows}):
        month = YearMonth.of(first)
        seen = {station_id for day, station_id, _ in book.shifts if YearMonth.of(day) == month}
        for station in Station.objects.in_county(run.county).active().exclude(pk__in=seen):
            least = book.terms_on(first).for_station("duty.rate", station.kind)
            if least is not None:
                words = f"{station.short_name}{month.label}没有一个班次（每月至少一次，四（一）4）。"
                run.problems.append(tables.CellProblem("排班", None, None, "", "", words, "warning"))
