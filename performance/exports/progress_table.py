"""F12 目标任务完成进度表, in the form of annex 1: workbook sheet and paper, from the figures of a report or of today."""

from decimal import Decimal

from common.workbooks.writing import Column, Sheet, file_name
from organizations.models import Region
from subsidies.exports.frame import PDF, XLSX, Download, Paper, foot, office_name, printed, workbook

COLUMNS = (
    Column("单位", "text", 34),
    Column("目标（人次）", "int", 12, total=True),
    Column("本期（人次）", "int", 12, total=True),
    Column("累计（人次）", "int", 12, total=True),
    Column("完成率", "percent", 10),
    Column("时序进度差（百分点）", "points", 14),
    Column("满意度目标", "percent", 11),
    Column("实际满意度", "percent", 11),
    Column("评价率", "percent", 10),
    Column("排名", "int", 7),
)
SIGNATURES = ["制表人：　　　　　　　　复核人：　　　　　　　　负责人：　　　　　　　　日期：　　　　年　　月　　日"]
READING = (
    "满意度 = 1 − 不满意 ÷ 已评价；评价率 = 已评价 ÷ 累计；全县满意度按人次合并计算，不是各单位的平均数（理解口径 D20）。"
    "时序进度差 = 完成率 − 已过工作日占全年工作日的比例；排名按完成率。"
)


def signed(points: str | None) -> str:
    """+3.2, −1.1, 0.0; — where there is no target."""
    if points is None:
        return "—"
    value = Decimal(points)
    return f"+{value}" if value > 0 else f"−{-value}" if value < 0 else f"{abs(value)}"


def share(percent: str | None) -> Decimal | None:
    return None if percent is None else Decimal(percent) / 100


def progress_rows(document: dict) -> list[list]:
    """The units in the order of annex 1."""
    return [
        [
            row["name"],
            row["target"],
            row["in_period"],
            row["done"],
            share(row["percent"]),
            None if row["pace"] is None else Decimal(row["pace"]),
            Decimal(row["satisfaction_target"]) / 100,
            share(row["satisfaction"]),
            share(row["response"]),
            row["rank"],
        ]
        for row in document["stations"]
    ]


def summary_line(document: dict) -> str:
    total, time = document["total"], document["time"]
    return (
        f"全年工作日 {time['whole']} 天，已过 {time['passed']} 天（{time['percent']}%）；全县完成率 {percent(total['percent'])}，"
        f"时序进度差 {signed(total['pace'])}；满意度 {percent(total['satisfaction'])}，评价率 {percent(total['response'])}"
    )


def percent(text: str | None) -> str:
    return "—" if text is None else f"{text}%"


def progress_sheet(county: Region, document: dict, label: str, *, footer: str) -> Sheet:
    return Sheet(
        title=f"{county}{label}目标任务完成进度表",
        columns=COLUMNS,
        rows=progress_rows(document),
        heading=[
            f"编制单位：{office_name(county)}　　期间：{document['first']} 至 {document['until']}",
            summary_line(document),
            READING,
        ],
        signatures=SIGNATURES,
        unit="单位：人次",
        footer=footer,
        name="进度表",
    )


def progress_workbook(county: Region, document: dict, label: str, *, by) -> Download:
    content = workbook([progress_sheet(county, document, label, footer=foot(by))])
    return Download(file_name(county.name, "目标任务完成进度表", label), content, XLSX, len(document["stations"]))


def progress_paper(county: Region, document: dict, label: str, *, by) -> Download:
    """Raises PdfUnavailable."""
    facts = {
        **printed(by),
        "title": f"{county}{label}目标任务完成进度表",
        "office": office_name(county),
        "period": f"{document['first']} 至 {document['until']}",
        "unit": "单位：人次",
        "document": document,
        "summary": summary_line(document),
        "reading": READING,
    }
    content = Paper("print/progress_table.html", facts).pdf()
    return Download(file_name(county.name, "目标任务完成进度表", label, suffix=".pdf"), content, PDF, len(document["stations"]))
