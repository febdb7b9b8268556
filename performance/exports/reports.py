"""The papers of a report: the letter in official layout (GB/T 9704) with F12 behind it, and the workbook of its figures."""

from decimal import Decimal

from accounts.services.sealing import chain_head
from common import clock
from common.pdf import render_pdf
from common.workbooks.writing import Column, Sheet, file_name
from performance.exports.charts import WIDE, charts_of
from performance.exports.narrative import NUMERALS, parts_of
from performance.exports.progress_table import READING, progress_sheet, summary_line
from performance.models import Report
from performance.rules.kinds import INFORMATION, URGENT
from records.models import IssuedPaper
from records.services import issue_paper
from records.services.files import keep_file
from subsidies.exports.frame import PDF, XLSX, Download, foot, office_name, printed, workbook

MONTHS = (Column("月份", "text", 12), Column("咨询人次", "int", 14, total=True))
COUNTS = (Column("分类", "text", 14), Column("名称", "text", 24), Column("人次或件数", "int", 14))
CASES = (
    Column("分类", "text", 12), Column("群体或类型", "text", 20), Column("受理", "int", 10), Column("给予", "int", 10),
    Column("办结", "int", 10), Column("录入省系统", "int", 12),
)  # fmt: skip
FUND = (Column("项目", "text", 24), Column("金额", "yuan", 18))


def name_of(report: Report, suffix: str) -> str:
    period = report.period
    return file_name(
        report.county.name, report.get_kind_display(), str(period) if period else f"{report.first}", report.subject,
        f"v{report.revision}", suffix=suffix,
    )  # fmt: skip


def report_letter(report: Report, *, by) -> Download:
    """The letter as it stands; marked as a draft until it is issued. Raises PdfUnavailable."""
    return Download(name_of(report, ".pdf"), letter_content(report, by=by), PDF, 1)


def letter_content(report: Report, *, by, number: str = "") -> bytes:
    document, county = report.figures, report.county
    is_public, is_urgent = report.kind == INFORMATION, report.kind == URGENT
    charts = [] if is_public or is_urgent else charts_of(document)
    position, digest = chain_head()
    facts = {
        **printed(by),
        "report": report,
        "number": number,
        "title": report.title,
        "office": office_name(county),
        "addressee": "" if is_public else addressee(county),
        "parts": list(zip(NUMERALS, parts_of(report), strict=False)),
        "charts": charts,
        "document": document,
        "has_table": not is_public and not is_urgent,
        "table_title": f"{county}{report.label}目标任务完成进度表",
        "chart_title": f"{county}{report.label}任务进展图",
        "summary": summary_line(document),
        "reading": READING,
        "issued_on": report.issued_at.astimezone(clock.SHANGHAI) if report.issued_at else None,
        "seal_position": position,
        "seal": digest[:16],
    }
    return render_pdf("print/report.html", facts, pictures={chart.file: chart.draw(WIDE) for chart in charts})


def addressee(county) -> str:
    return f"{county.parent.name}司法局，县公共法律服务中心，各乡镇公共法律服务工作站" if county.parent else "各站点"


def report_workbook(report: Report, *, by) -> Download:
    """The frozen figures as a workbook: every number of the letter and the lists behind it."""
    document, footer = report.figures, foot(by, report.number)
    served, told_of, calls = document["consultations"], document["duty"], document.get("followups")
    counts = [
        *(["事项", label, count] for label, _code, count in served["matters"]),
        *(["五类重点咨询", label, count] for label, count in served["focus"]),
        *(["方式", label, count] for label, _code, count in served["channels"]),
        *(["处理结果", label, count] for label, _code, count in served["outcomes"]),
        *(["特殊群体", label, count] for label, _code, count in served["groups"]),
    ]
    cases = document["cases"]
    case_rows = [["按群体", *row] for row in cases["groups"]] + [["按类型", *row] for row in cases["types"]]
    checks = [
        ["值班", "班次", told_of["shifts"]], ["值班", "人数", told_of["people"]], ["抽查", "点名抽查", told_of["calls"]],
        ["抽查", "不在岗", told_of["away"]], *(["考核属实", label, count] for label, _code, count in told_of["findings"]),
        ["通报", "通报批评", told_of["criticisms"]], *(["案件质量", label, count] for label, count in document["quality"]["grades"]),
        *([["回访", "回访人数", calls["called"]], ["回访", "答复", calls["answered"]], ["回访", "不愿回访", calls["refused"]],
           ["回访", "不满意", calls["dissatisfied"]], ["回访", "到期未回访", calls["late"]]] if calls else []),
        ["检查", "次数", document["inspections"]["visits"]], ["检查", "站点数", document["inspections"]["stations"]],
        *([what, words, document[key][name]] for what, key in (("检查问题整改", "inspections"), ("案件质量整改", "rectification"))
          for name, words in (("asked", "提出"), ("mended", "完成"), ("open", "未完成"), ("late", "逾期"))),
    ]  # fmt: skip
    title = f"{report.county}{report.label}"
    heading = [
        f"编制单位：{office_name(report.county)}　　期间：{document['first']} 至 {document['until']}　　文号：{report.number or '未签发'}"
    ]
    sheets = [progress_sheet(report.county, document, report.label, footer=footer)]
    for name, columns, rows in (("每月咨询", MONTHS, document["months"]), ("咨询分类", COUNTS, counts), ("案件", CASES, case_rows),
                                ("值班质量整改", COUNTS, checks)):  # fmt: skip
        sheets.append(Sheet(f"{title}{name}", columns, rows, heading=heading, unit="", footer=footer, name=name))
    if fund := document.get("fund"):
        names = {"opening": "期初结余", "received": "到位", "returned": "退回", "remitted": "缴回", "duty_pay": "值班补贴支出",
                 "case_subsidy": "案件补贴支出", "closing": "期末结余"}  # fmt: skip
        rows = [[words, Decimal(fund[key])] for key, words in names.items()]
        sheets.append(Sheet(f"{title}专项资金", FUND, rows, heading=heading, footer=footer, name="资金"))
    return Download(name_of(report, ".xlsx"), workbook(sheets), XLSX, len(document["stations"]))


def keep_issued_papers(report: Report, *, by) -> dict:
    """The numbered letter and the workbook of a report that is being issued, kept as they are then. Raises PdfUnavailable."""
    paper: IssuedPaper = issue_paper(
        kind=f"report.{report.county_id}", number=report.number, title=report.title[:200], by=by, on=report, file_name=name_of(report, ".pdf"),
        content=lambda _number: letter_content(report, by=by, number=report.number),
    )  # fmt: skip
    book = report_workbook(report, by=by)
    return {
        "paper": paper,
        "workbook": keep_file(content=book.content, name=book.name, purpose="report", by=by, mime=book.mime),
    }
