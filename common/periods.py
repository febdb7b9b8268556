"""Calendar months, quarters, half-years and years as values (domain.md §7.2: natural months and quarters)."""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

_MONTH = re.compile(r"(\d{4})(?:-(\d{1,2})|/(\d{1,2})|年(\d{1,2})月|(\d{2}))")
_QUARTER = re.compile(r"(\d{4})(?:-?[Qq]([1-4])|年(?:第)?([1-4一二三四])季度?)")
_HALF_YEAR = re.compile(r"(\d{4})(?:-?[Hh]([12])|年([上下])半年)")
_YEAR = re.compile(r"(\d{4})年?")


def _plain(text) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(text)))


def _require_year(year: int) -> None:
    if not 1900 <= year <= 2200:
        raise ValueError(f"年份 {year} 不在 1900 至 2200 年之间：请检查年份。")


@dataclass(frozen=True, order=True, slots=True)
class YearMonth:
    """A calendar month; ordered, hashable, ``str()`` gives ``2022-03``."""

    year: int
    month: int

    def __post_init__(self):
        _require_year(self.year)
        if not 1 <= self.month <= 12:
            raise ValueError(f"没有 {self.month} 月：月份应在 1 至 12 之间。")

    @classmethod
    def parse(cls, text) -> Self:
        """Read ``2022-03``, ``2022/3``, ``202203`` or ``2022年3月``; ValueError in Chinese otherwise."""
        match = _MONTH.fullmatch(_plain(text))
        if match is None:
            raise ValueError(f"看不懂月份“{str(text)[:20]}”：请写成 2022-03。")
        return cls(int(match[1]), int(next(part for part in match.groups()[1:] if part)))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def days(self) -> list[date]:
        return [self.first + timedelta(days=offset) for offset in range(self.last.day)]

    def next(self) -> Self:
        return self.of(self.last + timedelta(days=1))

    def previous(self) -> Self:
        return self.of(self.first - timedelta(days=1))

    @property
    def quarter(self) -> "Quarter":
        return Quarter.of(self.first)

    @property
    def label(self) -> str:
        return f"{self.year}年{self.month}月"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """A calendar quarter; ordered, hashable, ``str()`` gives ``2022Q1``."""

    year: int
    number: int

    def __post_init__(self):
        _require_year(self.year)
        if not 1 <= self.number <= 4:
            raise ValueError(f"没有第 {self.number} 季度：季度应在 1 至 4 之间。")

    @classmethod
    def parse(cls, text) -> Self:
        """Read ``2022Q1``, ``2022-Q1`` or ``2022年第1季度``; ValueError in Chinese otherwise."""
        match = _QUARTER.fullmatch(_plain(text))
        if match is None:
            raise ValueError(f"看不懂季度“{str(text)[:20]}”：请写成 2022Q1。")
        number = match[2] or match[3]
        return cls(int(match[1]), int(number) if number.isdigit() else "一二三四".index(number) + 1)

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, (day.month + 2) // 3)

    @property
    def months(self) -> tuple[YearMonth, YearMonth, YearMonth]:
        start = self.number * 3 - 2
        return YearMonth(self.year, start), YearMonth(self.year, start + 1), YearMonth(self.year, start + 2)

    @property
    def first(self) -> date:
        return self.months[0].first

    @property
    def last(self) -> date:
        return self.months[2].last

    def next(self) -> Self:
        return self.of(self.last + timedelta(days=1))

    def previous(self) -> Self:
        return self.of(self.first - timedelta(days=1))

    @property
    def label(self) -> str:
        return f"{self.year}年第{'一二三四'[self.number - 1]}季度"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.year:04d}Q{self.number}"


@dataclass(frozen=True, order=True, slots=True)
class HalfYear:
    """The first or second half of a calendar year; ordered, hashable, ``str()`` gives ``2022H1``."""

    year: int
    number: int

    def __post_init__(self):
        _require_year(self.year)
        if self.number not in (1, 2):
            raise ValueError(f"没有第 {self.number} 个半年：应为 1（上半年）或 2（下半年）。")

    @classmethod
    def parse(cls, text) -> Self:
        """Read ``2022H1`` or ``2022年上半年``; ValueError in Chinese otherwise."""
        match = _HALF_YEAR.fullmatch(_plain(text))
        if match is None:
            raise ValueError(f"看不懂半年“{str(text)[:20]}”：请写成 2022H1。")
        return cls(int(match[1]), int(match[2]) if match[2] else "上下".index(match[3]) + 1)

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, 1 if day.month <= 6 else 2)

    @property
    def first(self) -> date:
        return date(self.year, self.number * 6 - 5, 1)

    @property
    def last(self) -> date:
        return YearMonth(self.year, self.number * 6).last

    def next(self) -> Self:
        return self.of(self.last + timedelta(days=1))

    def previous(self) -> Self:
        return self.of(self.first - timedelta(days=1))

    @property
    def label(self) -> str:
        return f"{self.year}年{'上下'[self.number - 1]}半年"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.year:04d}H{self.number}"


@dataclass(frozen=True, order=True, slots=True)
class Year:
    """A calendar year; ordered, hashable, ``str()`` gives ``2022``."""

    year: int

    def __post_init__(self):
        _require_year(self.year)

    @classmethod
    def parse(cls, text) -> Self:
        """Read ``2022`` or ``2022年``; ValueError in Chinese otherwise."""
        match = _YEAR.fullmatch(_plain(text))
        if match is None:
            raise ValueError(f"看不懂年份“{str(text)[:20]}”：请写成 2022。")
        return cls(int(match[1]))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year)

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        return date(self.year, 12, 31)

    def next(self) -> Self:
        return type(self)(self.year + 1)

    def previous(self) -> Self:
        return type(self)(self.year - 1)

    @property
    def label(self) -> str:
        return f"{self.year}年"

    def __contains__(self, day: date) -> bool:
        return day.year == self.year

    def __str__(self) -> str:
        return f"{self.year:04d}"
