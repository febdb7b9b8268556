"""The seed of the working calendar and the text of a yearly notice, as days. No database here."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from programmes.rules.workdays import is_weekday

ONE_DAY = timedelta(days=1)
DAY = r"(\d{4})\s*[-/年.]\s*(\d{1,2})\s*[-/月.]\s*(\d{1,2})\s*日?"
LINE = re.compile(rf"\s*{DAY}(?:\s*(?:至|到|—|–|~|-)\s*{DAY})?\s*[，,：:]?\s*(\S.*)?")


@dataclass(frozen=True)
class Day:
    """One day of a year: worked or not, and why if it is out of the ordinary."""

    day: date
    is_working: bool
    name: str = ""


@dataclass(frozen=True)
class Year:
    """All the days of a year and the notice they come from."""

    year: int
    source: str
    days: tuple[Day, ...]

    @property
    def working_days(self) -> int:
        return sum(day.is_working for day in self.days)


def days_of(year: int, off: dict[date, str], make_up: dict[date, str]) -> tuple[Day, ...]:
    """Every day of a year: Monday to Friday is worked but for the days off; make-up days are worked. domain.md §7.1."""
    found = []
    day = date(year, 1, 1)
    while day.year == year:
        if day in make_up:
            found.append(Day(day, True, make_up[day]))
        elif day in off:
            found.append(Day(day, False, off[day]))
        else:
            found.append(Day(day, is_weekday(day)))
        day += ONE_DAY
    return tuple(found)


def read_calendars(content: str) -> list[Year]:
    """The shipped seed. Raises ValueError when a year does not come to the number of working days it states."""
    found = []
    for name, table in tomllib.loads(content).items():
        off = {day: run["name"] for run in table["off"] for day in _span(run["first"], run["last"])}
        make_up = {entry["day"]: entry["name"] for entry in table["make_up"]}
        year = Year(int(name), table["source"], days_of(int(name), off, make_up))
        if year.working_days != table["working_days"]:
            raise ValueError(f"{name}年算得 {year.working_days} 个工作日，文件写的是 {table['working_days']}。")
        found.append(year)
    return found


def read_notice(year: int, text: str) -> dict[date, str]:
    """Days typed line by line as `2027-02-06 至 2027-02-12 春节`. Raises ValueError naming the line at fault."""
    found: dict[date, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"第 {number} 行“{line.strip()[:30]}”看不懂：请写成“{year}-10-01 至 {year}-10-07 国庆节”。")
        try:
            first = date(*map(int, match.group(1, 2, 3)))
            last = date(*map(int, match.group(4, 5, 6))) if match[4] else first
        except ValueError:
            raise ValueError(f"第 {number} 行“{line.strip()[:30]}”的日期不存在。") from None
        if first.year != year or last.year != year:
            raise ValueError(f"第 {number} 行的日期不在 {year} 年。")
        if last < first:
            raise ValueError(f"第 {number} 行的结束日期早于开始日期。")
        found |= dict.fromkeys(_span(first, last), (match[7] or "").strip())
    return found


def _span(first: date, last: date) -> Iterable[date]:
    return (first + n * ONE_DAY for n in range((last - first).days + 1))
