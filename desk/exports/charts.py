"""The dashboard's charts. Each has a title that asks, an alternative text, and its table on the page."""

from datetime import date
from decimal import Decimal

from common.charts import NARROW, WIDE, columns_with_total, planned_and_actual, sorted_bars

MONTHS = [f"{month}月" for month in range(1, 13)]
TEN_THOUSAND = Decimal(10000)
MOST_MATTERS = 8
REST = "其余各项"


def by_month(pairs, today: date) -> list:
    """Twelve values, None for months that have not begun."""
    known = {day.month: value for day, value in pairs}
    return [known.get(month, 0) if month <= today.month else None for month in range(1, 13)]


def months_chart(figures, width) -> bytes:
    progress = figures["progress"]
    values = by_month(progress.months, progress.today)
    alt = f"每月咨询量与累计人次：累计 {progress.done} 人次，目标 {progress.target} 人次"
    return columns_with_total(MONTHS, values, name="当月咨询（人次）", total_name="累计（人次）", alt=alt, width=width)


def matters_chart(figures, width) -> bytes:
    shown = figures["progress"].matters[:MOST_MATTERS]
    rest = sum(count for _words, count in figures["progress"].matters[MOST_MATTERS:])
    return sorted_bars(dict(shown) | ({REST: rest} if rest else {}), alt="按事项统计的咨询人次", width=width, rest=REST)


def fund_chart(figures, width) -> bytes:
    """What is left of the special fund beside an even use of what came, in ten thousand yuan."""
    fund, today = figures["fund"], figures["today"]
    left, running = {day.month: balance for day, balance in fund.months}, None
    actual = []
    for month in range(1, 13):
        running = left.get(month, running)
        actual.append(round(running / TEN_THOUSAND, 1) if running is not None and month <= today.month else None)
    planned = [round(fund.received * (12 - month) / 12 / TEN_THOUSAND, 1) for month in range(1, 13)]
    return planned_and_actual(
        MONTHS, planned, actual, names=("平均使用", "实际余额"), alt="专项资金按月平均使用的余额与实际余额（万元）", width=width
    )


# Letters keep their size: a chart is drawn as wide as it is shown.
WIDTHS = {"wide": WIDE, "narrow": NARROW}
# Name → what draws it, and the figures it needs, which only who may see them has.
CHARTS = {
    "months": (months_chart, "progress"),
    "matters": (matters_chart, "progress"),
    "fund": (fund_chart, "fund"),
}
