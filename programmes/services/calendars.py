"""Loading, opening and changing the working calendar."""

from datetime import date
from pathlib import Path

from django.db import transaction

from accounts import audit
from common.errors import Refused
from programmes.models import CalendarDay, CalendarYear
from programmes.rules.calendar_file import Year, days_of, read_calendars, read_notice

SHIPPED = Path(__file__).resolve().parent.parent / "calendars" / "2018-2026.toml"


class CalendarError(Refused):
    """The calendar cannot be loaded or changed this way."""


@transaction.atomic
def load_calendar(*, by, years=None) -> list[int]:
    """Load the shipped years, or those of them named in `years`. Gives the years that were new.

    Safe at any time: a year already there is left alone, and so is every day that a person has changed.
    """
    known = set(CalendarYear.objects.values_list("year", flat=True))
    wanted = [
        year
        for year in read_calendars(SHIPPED.read_text(encoding="utf-8"))
        if year.year not in known and (years is None or year.year in years)
    ]
    for year in wanted:
        _store(year)
    if wanted:
        loaded = {f"{year.year}年工作日": year.working_days for year in wanted}
        audit.record(by=by, action="programmes.load_calendar", on="工作日历", after=loaded)
    return [year.year for year in wanted]


@transaction.atomic
def open_year(*, year: int, source: str, days_off: str, make_up_days: str, by) -> CalendarYear:
    """Enter a year from its notice, typed line by line. Raises CalendarError naming the line at fault."""
    if CalendarYear.objects.filter(year=year).exists():
        raise CalendarError(f"{year}年的工作日历已经载入，要改请改其中的某一天。", field="year")
    off = _read(year, days_off, "days_off")
    make_up = _read(year, make_up_days, "make_up_days")
    if not off:
        raise CalendarError("没有写放假日期：请照国务院办公厅的通知逐行填写。", field="days_off")
    if both := sorted(off.keys() & make_up.keys()):
        raise CalendarError(f"{both[0]} 既写成放假又写成上班。", field="make_up_days")
    if weekdays := [day for day in make_up if day.weekday() < 5]:
        raise CalendarError(f"{min(weekdays)} 本来就是工作日，不用写成补班。", field="make_up_days")
    row = _store(Year(year, source, days_of(year, off, make_up)))
    working = row.days.working().count()
    audit.record(by=by, action="programmes.edit_calendar", on=row, after={"依据": source, "工作日": working})
    return row


@transaction.atomic
def change_day(*, day: date, is_working: bool, name: str, reason: str, by) -> CalendarDay:
    """Make one day worked or off, with a reason. The day is marked, so that no seed overwrites it."""
    if not reason.strip():
        raise CalendarError("没有写修改理由：请写明依据的通知或文件。", field="reason")
    row = CalendarDay.objects.select_for_update().filter(day=day).first()
    if row is None:
        raise CalendarError(f"{day.year}年的工作日历还没有载入，请先载入这一年。", field="day")
    before, after = _words(row.is_working, row.name), _words(is_working, name.strip())
    if before == after:
        raise CalendarError(f"{day} 已经是这样，没有需要修改的。")
    row.is_working, row.name, row.is_edited = is_working, name.strip(), True
    row.save(update_fields=["is_working", "name", "is_edited"])
    audit.record(by=by, action="programmes.edit_calendar", on=row, before=before, after=after, reason=reason.strip())
    return row


def _words(is_working: bool, name: str) -> dict[str, str]:
    return {"日期性质": "工作日" if is_working else "休息日", "说明": name}


def _read(year: int, text: str, field: str) -> dict[date, str]:
    try:
        return read_notice(year, text)
    except ValueError as error:
        raise CalendarError(str(error), field=field) from None


def _store(year: Year) -> CalendarYear:
    row = CalendarYear.objects.create(year=year.year, source=year.source)
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day.day, is_working=day.is_working, name=day.name, year=row) for day in year.days
    )
    return row
