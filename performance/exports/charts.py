"""The charts of a report, drawn from its frozen figures: the same picture on the page and in the PDF. ui.md §5.

Each has a title that asks, words for those who do not see it, and its table on the page.
"""

from dataclasses import dataclass

from common.charts import NARROW, WIDE, bars_with_tick, columns_with_total, sorted_bars

MOST_MATTERS = 8
WIDTHS = {"wide": WIDE, "narrow": NARROW}


@dataclass(frozen=True)
class Chart:
    """One chart: its name in addresses, the question over it, its words, the heads and rows of its table."""

    name: str
    question: str
    words: str
    heads: tuple[str, ...]
    rows: list[tuple]
    draw: object

    @property
    def file(self):
        return f"{self.name}.svg"


def charts_of(document: dict) -> list[Chart]:
    """The four charts of a county's figures; one without a figure is left out."""
    found = [progress_chart(document), months_chart(document), matters_chart(document), satisfaction_chart(document)]
    return [chart for chart in found if chart.rows]


def tenth(value) -> str:
    """A share as every table tells it: one decimal, 55.0 too."""
    return f"{value:.1f}"


def progress_chart(document: dict) -> Chart:
    rows = [(row["short_name"], float(row["percent"])) for row in document["stations"] if row["percent"] is not None]
    rows.sort(key=lambda row: row[1])
    time = float(document["time"]["percent"])
    words = f"各单位完成率，由低到高；竖线为时间进度 {time:.1f}%"

    def draw(width):
        return bars_with_tick(dict(rows), tick=time, tick_name="时间进度", alt=words, width=width, formatter=tenth)

    table = [(name, f"{share:.1f}%") for name, share in rows]
    return Chart("progress", "哪些单位慢于时间进度？", words, ("单位", "完成率"), table, draw)


def months_chart(document: dict) -> Chart:
    pairs = [(f"{int(month[-2:])}月", count) for month, count in document["months"]]
    words = f"每月咨询人次与累计，累计 {sum(count for _name, count in pairs):,} 人次"

    def draw(width):
        names, counts = [name for name, _count in pairs], [count for _name, count in pairs]
        return columns_with_total(names, counts, name="当月咨询（人次）", total_name="累计（人次）", alt=words, width=width)

    running, rows = 0, []
    for name, count in pairs:
        running += count
        rows.append((name, f"{count:,}", f"{running:,}"))
    return Chart("months", "每月咨询了多少人次？", words, ("月份", "当月（人次）", "累计（人次）"), rows, draw)


def matters_chart(document: dict) -> Chart:
    matters = [(label, count) for label, _code, count in document["consultations"]["matters"]]
    rest = sum(count for _label, count in matters[MOST_MATTERS:])
    shown = dict(matters[:MOST_MATTERS]) | ({"其余": rest} if rest else {})
    words = "本期咨询人次，按事项由多到少"

    def draw(width):
        return sorted_bars(shown, alt=words, width=width, rest="其余")

    return Chart(
        "matters", "群众来问什么事？", words, ("事项", "人次"), [(label, f"{count:,}") for label, count in matters], draw
    )


def satisfaction_chart(document: dict) -> Chart:
    rows = [(row["short_name"], float(row["satisfaction"])) for row in document["stations"] if row["satisfaction"] is not None]
    rows.sort(key=lambda row: row[1])
    words = "各单位满意度，由低到高；竖线为目标 95%"

    def draw(width):
        return bars_with_tick(dict(rows), tick=95, tick_name="目标", alt=words, width=width, formatter=tenth)

    return Chart(
        "satisfaction",
        "哪些单位满意度不到 95%？",
        words,
        ("单位", "满意度"),
        [(name, f"{value:.1f}%") for name, value in rows],
        draw,
    )
