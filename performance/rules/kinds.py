"""The kinds of report a bureau writes, as a table: what each is called, when it is due, which words a person writes in.

Zezhou plan 2022, 六（一）: 逐月上报、季度抽查、年中督查、年底考核; Z-ORG-7, J-PERF-4, LAF 58. Where a plan gives no day the
table's own number of days holds (domain.md 2.5).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from common.periods import HalfYear, Quarter, Year, YearMonth

MONTH, QUARTER, HALF_YEAR, YEAR, URGENT, INFORMATION = "month", "quarter", "half_year", "year", "urgent", "information"


@dataclass(frozen=True)
class Section:
    """A part of the report that a person writes: its key, its heading, and what is asked there."""

    key: str
    heading: str
    hint: str


WORK = Section("work", "主要工作", "本期做了哪些工作：宣传、培训、走访、典型案例等。")
CHECKS = Section("checks", "抽查检查情况", "抽查、督查了哪些站点，发现什么问题，怎样处理。")
RECTIFICATION = Section("rectification", "问题整改情况", "上期问题的整改结果；没有完成的，写明原因和期限。")
PROBLEMS = Section("problems", "存在的问题", "进度慢、满意度低的站点和原因。没有的写“无”。")
NEXT_STEPS = Section("next_steps", "下一步工作", "下一期的具体安排、责任人和时限。")
EVENT = Section("event", "基本情况", "什么时间、什么地点、什么人、什么事。不写群众姓名、证件号和电话。")
HANDLING = Section("handling", "处理情况", "已经采取的措施和现在的进展。")
REQUEST = Section("request", "需要上级支持的事项", "没有的写“无”。")
INTRODUCTION = Section("introduction", "说明", "公开范围、统计口径、监督电话等。不写任何个人信息。")


@dataclass(frozen=True)
class Kind:
    """One kind of report. `periods` reads and makes its periods; `due` is the code of its time limit, `days` the default."""

    code: str
    words: str
    title: str
    periods: Any  # a kind of period of common.periods, or None
    due: str
    days: int
    sections: tuple[Section, ...]
    is_drafted_by_itself: bool = True
    name: str = ""

    def name_of(self, label: str) -> str:
        """What a report of that period is called: 2022年3月月报, 2022年第二季度抽查报告, 2022年年中督查报告."""
        return self.name.format(label=label, year=label[: label.find("年") + 1]) if self.name else f"{label}{self.words}"

    def title_of(self, label: str, subject: str = "") -> str:
        return self.title.format(label=label, subject=subject)


KINDS = {
    kind.code: kind
    for kind in (
        Kind(MONTH, "月报", "{label}惠民工程任务进展情况的通报", YearMonth, "monthly_bulletin", 5, (WORK, PROBLEMS, NEXT_STEPS)),
        Kind(
            QUARTER, "季度抽查报告", "{label}惠民工程抽查情况的报告", Quarter, "quarterly_dispatch", 10,
            (CHECKS, RECTIFICATION, PROBLEMS, NEXT_STEPS), name="{label}抽查报告",
        ),
        Kind(
            HALF_YEAR, "年中督查报告", "{label}惠民工程督查情况的报告", HalfYear, "half_year_summary", 10,
            (WORK, CHECKS, RECTIFICATION, PROBLEMS, NEXT_STEPS), name="{year}年中督查报告",
        ),
        Kind(
            YEAR, "年底考核报告", "{label}惠民工程考核情况的报告", Year, "annual_ranking", 10,
            (WORK, CHECKS, RECTIFICATION, PROBLEMS, NEXT_STEPS),
        ),
        Kind(URGENT, "专报", "关于{subject}的专报", None, "urgent_report", 1, (EVENT, HANDLING, REQUEST), is_drafted_by_itself=False),
        Kind(
            INFORMATION, "公开信息", "{label}法律援助工作公开信息", HalfYear, "public_information", 30, (INTRODUCTION,)
        ),
    )
}  # fmt: skip


def period_of(kind: str, first: date):
    """The period of that kind that begins on the day; None for an urgent report, which has a day."""
    periods = KINDS[kind].periods
    return periods.of(first) if periods else None


def label_of(kind: str, first: date) -> str:
    """2022年3月, 2022年第一季度, …; the day itself for an urgent report."""
    period = period_of(kind, first)
    return period.label if period else f"{first.year}年{first.month}月{first.day}日"


def periods_due(kind: str, day: date):
    """The period of that kind whose report is written now: the one before the day's. None where the plan asks for none.

    A half-year report is of the first half only: the second is in the year's.
    """
    periods = KINDS[kind].periods
    if periods is None:
        return None
    period = periods.of(day).previous()
    return None if kind == HALF_YEAR and period.number == 2 else period
