"""A year of the working calendar as the page shows it: twelve months of weeks, from Monday."""

import calendar
from dataclasses import dataclass, field
from datetime import date

from programmes.models import CalendarDay
from programmes.rules.workdays import is_weekday


@dataclass
class Cell:
    """One day: its class in the grid, and what it is for those who do not see colours."""

    day: date
    is_working: bool
    name: str = ""
    is_edited: bool = False
    is_known: bool = True

    @property
    def is_special(self) -> bool:
        """Out of the ordinary: a holiday on a weekday, work on a weekend, or changed by hand."""
        return self.is_edited or self.is_working != is_weekday(self.day) or bool(self.name)

    @property
    def css(self) -> str:
        if self.is_working:
            return "makeup" if not is_weekday(self.day) else "work"
        return "holiday" if self.name or is_weekday(self.day) else "weekend"

    @property
    def words(self) -> str:
        return ("工作日" if self.is_working else "休息日") + (f" {self.name}" if self.name else "")


@dataclass
class MonthGrid:
    """One month: its weeks, each with seven cells or blanks."""

    number: int
    weeks: list[list[Cell | None]] = field(default_factory=list)

    @property
    def cells(self) -> list[Cell]:
        return [cell for week in self.weeks for cell in week if cell]

    @property
    def working(self) -> int:
        return sum(cell.is_working for cell in self.cells)

    @property
    def special(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_special]


@dataclass
class Run:
    """Days on end that are out of the ordinary for the same reason."""

    first: Cell
    last: Cell
    count: int = 1


def runs_of(months: list[MonthGrid]) -> list[Run]:
    """Holidays and make-up days of the year as runs: 春节 from 31 January to 6 February is one."""
    found: list[Run] = []
    for cell in (cell for month in months for cell in month.special):
        last = found[-1].last if found else None
        if (
            last
            and (cell.day - last.day).days == 1
            and (cell.name, cell.is_working, cell.is_edited)
            == (
                last.name,
                last.is_working,
                last.is_edited,
            )
        ):
            found[-1].last = cell
            found[-1].count += 1
        else:
            found.append(Run(cell, cell))
    return found


def months_of(year: int) -> list[MonthGrid]:
    """The twelve months. One query; a year that is not loaded is shown Monday to Friday."""
    known = {row.day: row for row in CalendarDay.objects.between(date(year, 1, 1), date(year, 12, 31))}
    weeks = calendar.Calendar(firstweekday=0)
    return [
        MonthGrid(
            number,
            [
                [_cell(day, known) if day.month == number else None for day in week]
                for week in weeks.monthdatescalendar(year, number)
            ],
        )
        for number in range(1, 13)
    ]


def _cell(day: date, known: dict[date, CalendarDay]) -> Cell:
    row = known.get(day)
    if row is None:
        return Cell(day, is_weekday(day), is_known=False)
    return Cell(day, row.is_working, row.name, row.is_edited)
