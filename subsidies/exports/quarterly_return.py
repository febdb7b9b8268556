"""F16 专项资金使用情况季度报告: the workbook of six sheets and the letter. Plan 五（二） last paragraph; contract.md 5.

Both are made from the same figures; the details of the last sheet add up to the sums of the others.
"""

from collections.abc import Iterator

from common import clock
from common.id_numbers import mask_name
from common.money import ZERO, in_words
from common.workbooks.writing import Column, Sheet, file_name
from consultations.models import Shift
from organizations.models import Practitioner
from records.services.files import keep_file
from subsidies.exports.frame import PDF, XLSX, Download, Paper, foot, office_name, printed, workbook
from subsidies.models import LedgerEntry, PayLine, PaySheet, QuarterlyReturn
from subsidies.services.quarterly_figures import QuarterFigures

SIGNATURES = ["编制人：　　　　　　　　复核人：　　　　　　　　签发人：　　　　　　　　日期：　　　　年　　月　　日"]
SUMMARY = (Column("项目", "text", 34), Column("金额", "yuan", 18), Column("说明", "text", 60))
DUTY = (
    Column("值班月份", "text", 12),
    Column("县公共法律服务中心应发", "yuan", 22, total=True),
    Column("乡镇工作站应发", "yuan", 18, total=True),
    Column("应发合计", "yuan", 16, total=True),
    Column("已支付", "yuan", 16, total=True),
    Column("未支付", "yuan", 16, total=True),
    Column("状态", "text", 18),
)
CASES = (
    Column("序号", "int", 6),
    Column("案号", "text", 24),
    Column("省系统案号", "text", 20),
    Column("受援人", "text", 12),
    Column("群体", "text", 16),
    Column("案由", "text", 22),
    Column("类型", "text", 16),
    Column("阶段", "text", 10),
    Column("依据", "text", 20),
    Column("批准日期", "date", 12),
    Column("办结日期", "date", 12),
    Column("承办机构", "text", 22),
    Column("承办人", "text", 12),
    Column("质量等次", "text", 9),
    Column("标注日期", "date", 12),
    Column("专项补贴", "yuan", 14, total=True),
    Column("业务经费", "yuan", 14, total=True),
    Column("名次", "int", 7),
    Column("不予补贴的原因", "text", 50),
)
LEDGER = (
    Column("凭证号", "text", 12),
    Column("日期", "date", 12),
    Column("类型", "text", 10),
    Column("摘要", "text", 46),
    Column("收入", "yuan", 16, total=True),
    Column("支出", "yuan", 16, total=True),
    Column("余额", "yuan", 16),
)
PROGRESS = (
    Column("单位", "text", 34),
    Column("年度目标", "int", 10, total=True),
    Column("累计完成", "int", 10, total=True),
    Column("本季完成", "int", 10, total=True),
    Column("完成率", "percent", 10),
    Column("满意度", "percent", 10),
)
DETAILS = (
    Column("类别", "text", 10),
    Column("月份或季度", "text", 12),
    Column("日期", "date", 12),
    Column("姓名或案号", "text", 24),
    Column("站点或承办机构", "text", 30),
    Column("事项", "text", 22),
    Column("金额", "yuan", 14, total=True),
    Column("依据", "text", 20),
    Column("说明", "text", 40),
)


def return_workbook(figures: QuarterFigures, *, by) -> Download:
    """The return as a workbook of the sheets 汇总, 值班补贴, 案件补贴, 资金台账, 任务进度, 明细."""
    county, quarter = figures.county, figures.quarter
    title = f"{county.name}{quarter.label}法律援助专项资金使用情况"
    heading = [f"编制单位：{office_name(county)}　　期间：{quarter.first} 至 {quarter.last}　　应报日：{figures.days.due_on}"]
    footer = foot(by)
    pieces = (
        ("汇总", SUMMARY, list(summary_rows(figures))),
        ("值班补贴", DUTY, duty_rows(figures)),
        ("案件补贴", CASES, case_rows(figures)),
        ("资金台账", LEDGER, ledger_rows(figures)),
        ("任务进度", PROGRESS, progress_rows(figures)),
        ("明细", DETAILS, list(detail_rows(figures))),
    )
    sheets = [
        Sheet(
            title=title if name == "汇总" else f"{title}（{name}）",
            columns=columns,
            rows=rows,
            heading=heading,
            signatures=SIGNATURES if name == "汇总" else (),
            unit="单位：人次" if name == "任务进度" else "单位：元",
            footer=footer,
            name=name,
        )
        for name, columns, rows in pieces
    ]
    count = len(figures.cases.worth) + len(figures.months)
    return Download(name_of(figures, ".xlsx"), workbook(sheets), XLSX, count, figures.cash.paid)


def name_of(figures: QuarterFigures, suffix: str) -> str:
    return file_name(figures.county.name, "专项资金季度报告", str(figures.quarter), suffix=suffix)


def summary_rows(figures: QuarterFigures) -> Iterator[list]:
    cash, cases = figures.cash, figures.cases
    execution = "—" if cash.execution is None else f"{cash.execution}%"
    yield ["期初结余", cash.opening, f"{figures.quarter.first} 以前的余额"]
    yield ["本季到位", cash.received, "县财政局拨付司法局，按到账日期"]
    yield ["退回", cash.returned, "已付资金退回本账"]
    yield ["缴回", cash.remitted, "本局缴回上级，减少余额"]
    yield ["本季支出：值班补贴", cash.duty_pay, "按支付日期，退票已扣除"]
    yield ["本季支出：案件补贴", cash.case_subsidy, "按支付日期，退票已扣除"]
    yield ["期末结余", cash.closing, f"期初 + 到位 + 退回 − 缴回 − 支出；执行率 {execution}"]
    yield ["值班补贴应发（按值班月份）", figures.due_of_months, f"已支付 {figures.paid_of_months:,.2f}"]
    yield ["案件补贴应发：专项资金", cases.special, f"本季标注、符合条件 {len(cases.worth)} 件"]
    yield ["案件补贴应发：业务经费", cases.operating, "当地标准高于专项补贴的部分和超出年度任务数的案件"]
    yield ["案件补贴已支付", cases.paid, "本季标注案件至今已付，两项资金合计"]


def duty_rows(figures: QuarterFigures) -> list[list]:
    words = dict(PaySheet.Status.choices)
    return [
        [
            month.month,
            month.county_centre,
            month.township_stations,
            month.due,
            month.paid,
            month.due - month.paid,
            words.get(month.status, "未核算"),
        ]
        for month in figures.months
    ]


def case_rows(figures: QuarterFigures) -> list[list]:
    cases = figures.cases
    return [
        [
            number,
            case.number,
            case.provincial_no,
            mask_name(case.recipient),
            case.get_primary_group_display(),
            case.cause,
            case.get_type_display(),
            case.get_stage_display(),
            case.get_basis_display(),
            case.approved_on,
            case.concluded_on,
            case.undertaking_office,
            case.undertaker,
            case.get_quality_grade_display(),
            each.marked_on,
            each.special,
            each.operating,
            each.share.place or None,
            "；".join(each.reasons),
        ]
        for number, (each, case) in enumerate(cases.with_rows(), 1)
    ]


def ledger_rows(figures: QuarterFigures) -> list[list]:
    """The special fund's entries of the quarter; a reversal stands on the side of what it reverses."""
    quarter = figures.quarter
    entries = LedgerEntry.objects.filter(fund__county=figures.county, fund__kind="special").between(quarter.first, quarter.last)
    rows, balance = [], figures.cash.opening
    rows.append(["", quarter.first, "", "期初结余", None, None, balance])
    for entry in entries.select_related("reverses").order_by("day", "sequence"):
        balance += entry.amount
        is_income = (entry.reverses or entry).amount > 0
        income, outgo = (entry.amount, None) if is_income else (None, -entry.amount)
        voucher = f"{entry.year}-{entry.voucher_no:04d}"
        rows.append([voucher, entry.day, entry.get_kind_display(), entry.memo, income, outgo, balance])
    return rows


def progress_rows(figures: QuarterFigures) -> list[list]:
    return [
        [
            each.station.name,
            each.target,
            each.done,
            each.in_quarter,
            each.done / each.target if each.target else None,
            None if each.satisfaction is None else float(each.satisfaction) / 100,
        ]
        for each in figures.stations
    ]


def detail_rows(figures: QuarterFigures) -> Iterator[list]:
    """Every line of duty pay and every part of a case: their sum is what the other sheets say is due."""
    names = dict(Practitioner.objects.filter(pk__in={person for _, person, _ in figures.details}).values_list("pk", "name"))
    kinds = dict(PayLine.Kind.choices)
    ids = {pay.shift.id for _, _, result in figures.details for pay in result.shifts}
    stations = dict(Shift.objects.filter(pk__in=ids).values_list("pk", "station__name"))
    for month, person, result in figures.details:
        for pay in result.shifts:
            for line in pay.lines:
                yield [
                    "值班补贴", str(month), pay.shift.day, names[person], stations[pay.shift.id], kinds[line.kind], line.amount,
                    line.clause, line.note,
                ]  # fmt: skip
        for line in result.month_lines:
            yield ["值班补贴", str(month), None, names[person], "", kinds[line.kind], line.amount, line.clause, line.note]
    for each, case in figures.cases.with_rows():
        for words, amount in (("专项补贴", each.special), ("业务经费补贴", each.operating)):
            if amount:
                yield [
                    "案件补贴", str(figures.quarter), each.marked_on, each.number, case.undertaking_office, words, amount,
                    "五（二）2", "",
                ]  # fmt: skip


def return_letter(figures: QuarterFigures, *, by, report: QuarterlyReturn | None = None) -> Download:
    """The letter to the city with its table, in official layout. Raises PdfUnavailable."""
    return Download(name_of(figures, ".pdf"), return_paper(figures, by=by, report=report).pdf(), PDF, 1, figures.cash.paid)


def return_paper(figures: QuarterFigures, *, by, report: QuarterlyReturn | None = None) -> Paper:
    county = figures.county
    facts = {
        **printed(by),
        "figures": figures,
        "cash": figures.cash,
        "cases": figures.cases,
        "report": report,
        "office": office_name(county),
        "addressee": f"{county.parent.name}司法局" if county.parent else "市司法局",
        "closing_words": in_words(max(figures.cash.closing, ZERO)),
        "statuses": dict(PaySheet.Status.choices),
        "signed_on": report.signed_at.astimezone(clock.SHANGHAI) if report and report.signed_at else None,
    }
    return Paper("print/quarterly_return.html", facts)


def keep_signed_papers(report: QuarterlyReturn, figures: QuarterFigures, *, by) -> dict:
    """The workbook and the letter of a return that is being signed, kept as they are then. Raises PdfUnavailable."""
    made = {"workbook": return_workbook(figures, by=by), "letter": return_letter(figures, by=by, report=report)}
    return {
        field: keep_file(content=download.content, name=download.name, purpose="quarterly_return", by=by, mime=download.mime)
        for field, download in made.items()
    }
