"""F34 年度清算与结转表 and F35 专项资金绩效目标表、监控表、自评表 of one county year, as workbook and PDF."""

import hashlib
from datetime import date

from django.db import transaction

from common import clock
from common.money import in_words
from common.workbooks.writing import Column, Sheet, file_name
from organizations.models import Region
from records.models import IssuedPaper
from records.services import issue_paper, read_file, void_paper
from subsidies.exports.frame import PDF, XLSX, Download, Paper, foot, office_name, printed, workbook
from subsidies.models import Fund
from subsidies.rules.annual import Indicator
from subsidies.services.annual_figures import YearFigures
from subsidies.services.refusals import MoneyRefused

YEAR_PAPER = "fund_year"

SIGNATURES = ["制表人：　　　　　　　　复核人：　　　　　　　　负责人：　　　　　　　　日期：　　　　年　　月　　日"]
SETTLEMENT = (
    Column("资金来源", "text", 20),
    Column("上年结转", "yuan", 16, total=True),
    Column("本年到位", "yuan", 16, total=True),
    Column("退回", "yuan", 14, total=True),
    Column("缴回", "yuan", 14, total=True),
    Column("值班补贴支出", "yuan", 16, total=True),
    Column("案件补贴支出", "yuan", 16, total=True),
    Column("结转下年", "yuan", 16, total=True),
)
TASKS = (Column("任务", "text", 34), Column("年度目标", "int", 12), Column("完成", "int", 12), Column("完成率", "percent", 12))
TARGETS = (
    Column("类别", "text", 14),
    Column("指标", "text", 34),
    Column("单位", "text", 8),
    Column("目标值", "text", 14),
    Column("依据", "text", 24),
)
MONITOR = (
    *TARGETS,
    Column("截至目前", "text", 16),
    Column("完成率", "text", 10),
    Column("时序进度", "text", 10),
    Column("状态", "text", 12),
)
OWN_MARKS = (*TARGETS, Column("实际完成", "text", 16), Column("是否达到", "text", 10), Column("偏差原因和改进措施", "text", 60))


def year_workbook(figures: YearFigures, *, by) -> Download:
    """The year as a workbook: settlement, tasks, and the three tables of performance."""
    county, year = figures.county, figures.year
    heading = [f"编制单位：{office_name(county)}　　年度：{year}年　　数据截至：{figures.until}"]
    pieces = (
        ("年度清算与结转表", SETTLEMENT, settlement_rows(figures), "单位：元"),
        ("年度任务", TASKS, task_rows(figures), ""),
        ("绩效目标表", TARGETS, [target_cells(each) for each in figures.indicators], ""),
        ("绩效监控表", MONITOR, [monitor_cells(each) for each in figures.indicators], ""),
        ("绩效自评表", OWN_MARKS, [own_cells(each) for each in figures.indicators], ""),
    )
    sheets = [
        Sheet(
            title=f"{county.name}{year}年专项资金{name}",
            columns=columns,
            rows=rows,
            heading=heading,
            signatures=SIGNATURES,
            unit=unit,
            footer=foot(by),
            name=name,
        )
        for name, columns, rows, unit in pieces
    ]
    return Download(name_of(figures, ".xlsx"), workbook(sheets), XLSX, len(figures.indicators), figures.special.paid)


def name_of(figures: YearFigures, suffix: str) -> str:
    return file_name(figures.county.name, "年度清算与绩效", str(figures.year), suffix=suffix)


def settlement_rows(figures: YearFigures) -> list[list]:
    words = dict(Fund.Kind.choices)
    return [
        [
            words[each.kind],
            each.opening,
            each.received,
            each.returned,
            each.remitted,
            each.duty_pay,
            each.case_subsidy,
            each.carried_over,
        ]
        for each in figures.funds
    ]


def task_rows(figures: YearFigures) -> list[list]:
    rows = []
    if figures.progress:
        total = figures.progress.total
        rows.append(["免费法律咨询（人次）", total.target, total.done, total.done / total.target if total.target else None])
    target = figures.cases.target
    rows.append(["特殊群体法律援助案件（件）", target, figures.cases.counted, figures.cases.counted / target if target else None])
    return rows


def target_cells(each: Indicator) -> list:
    return [each.dimension, each.name, each.unit, shown(each.target, each.unit), each.clause]


def monitor_cells(each: Indicator) -> list:
    return [
        *target_cells(each),
        shown(each.actual, each.unit),
        "—" if each.percent is None else f"{each.percent}%",
        "—" if each.time_percent is None else f"{each.time_percent}%",
        state_of(each),
    ]


def own_cells(each: Indicator) -> list:
    reached = {True: "达到", False: "未达到", None: "—"}[each.is_reached]
    return [*target_cells(each), shown(each.actual, each.unit), reached, each.reason]


def state_of(each: Indicator) -> str:
    if each.percent is None:
        return "—"
    return "落后" if each.is_behind else "正常"


def shown(value, unit: str) -> str:
    """A figure of an indicator in its unit; — where there is none."""
    if value is None:
        return "—"
    return f"{value:,.2f}" if unit == "元" else f"{value}" if unit == "%" else f"{value:,.0f}"


def year_pdf(figures: YearFigures, *, by) -> Download:
    """Raises PdfUnavailable."""
    return Download(
        name_of(figures, ".pdf"), year_paper(figures, by=by).pdf(), PDF, len(figures.indicators), figures.special.paid
    )


class YearPaperRefused(MoneyRefused):
    """The year's paper cannot be numbered now; the sentence says why."""


@transaction.atomic
def numbered_year_pdf(figures: YearFigures, *, by) -> Download:
    """F34 and F35 to be signed, once the year is over: numbered and kept at the first print.

    Equal figures give the kept file again; other figures make it void and take the next number. Raises YearPaperRefused, PdfUnavailable.
    """
    county, year = figures.county, figures.year
    if clock.today() <= date(year, 12, 31):
        raise YearPaperRefused(f"{year}年还没有结束：年度清算与绩效表在年度结束以后编号打印，现在可以导出查看。")
    Region.objects.select_for_update().get(pk=county.pk)  # two who print at once get one paper
    prefix, stamp = f"QS-{county.code or county.pk}-{year}", stamp_of(figures)
    papers = IssuedPaper.objects.about(county).filter(kind=YEAR_PAPER, number__startswith=f"{prefix}-")
    paper = papers.in_force().first()
    if paper and not paper.number.endswith(stamp):
        void_paper(paper=paper, by=by, reason="账目或绩效数据已有变动，重新编号打印")
        paper = None
    if paper is None:
        paper = issue_paper(
            kind=YEAR_PAPER,
            title=f"{county.name}{year}年专项资金年度清算与绩效表",
            content=lambda number: year_paper(figures, by=by, number=number).pdf(),
            by=by,
            on=county,
            number=f"{prefix}-{papers.count() + 1:02d}-{stamp}",
            file_name=name_of(figures, ".pdf"),
        )
    return Download(name_of(figures, ".pdf"), read_file(paper.file), PDF, len(figures.indicators), figures.special.paid)


def stamp_of(figures: YearFigures) -> str:
    """Eight letters over all that the paper says."""
    said = (settlement_rows(figures), task_rows(figures), [monitor_cells(each) + own_cells(each) for each in figures.indicators])
    return hashlib.sha256(repr(said).encode()).hexdigest()[:8].upper()


def year_paper(figures: YearFigures, *, by, number="") -> Paper:
    facts = {
        **printed(by),
        "paper_number": number,
        "title": f"{figures.county.name}{figures.year}年专项资金年度清算与结转表",
        "office": office_name(figures.county),
        "period": f"{figures.year}年，截至 {figures.until}",
        "unit": "单位：元",
        "figures": figures,
        "settlement": settlement_rows(figures),
        "tasks": [[*row[:3], "—" if row[3] is None else f"{row[3]:.1%}"] for row in task_rows(figures)],
        "monitor": [monitor_cells(each) for each in figures.indicators],
        "own": [own_cells(each) for each in figures.indicators],
        "words": in_words(max(figures.special.carried_over, 0)),
    }
    return Paper("print/year_of_funds.html", facts)
