"""F07 值班补贴发放表 as workbook and PDF: one row per person, then every line with its clause. Plan 五（二）1; Z-PAY-5."""

from common.money import ZERO, in_words
from common.workbooks.writing import Column, Sheet, file_name
from subsidies.exports.frame import PDF, XLSX, Download, Paper, foot, office_name, printed, workbook
from subsidies.exports.sheet_book import CANCELLING, EARLIER, SheetBook, note_of

# 扣款: what the form gathers under one heading (domain.md F07).
GROUPS = (
    ("记录缺项", ("record_defect",)),
    ("迟到早退", ("late", "early_leave")),
    ("评价投诉", ("dissatisfied", "complaint")),
    ("脱岗", ("absence",)),
)
DRAFT = "草稿：未经复核，不得作为付款依据"
HOW_IT_ADDS_UP = "应发金额含取消班次的标准；应发金额加各项扣款、补回、取消、不予发放和调整（均带正负号）等于实发金额。"

COLUMNS = (
    Column("序号", "int", 6),
    Column("姓名", "text", 10),
    Column("身份证号", "text", 21),
    Column("人员类别", "text", 16),
    Column("站点", "text", 20),
    Column("值班天数/人次", "int", 9, total=True),
    Column("补贴标准", "yuan", 12),
    Column("应发金额", "yuan", 13, total=True),
    *(
        column
        for words, _kinds in GROUPS
        for column in (Column(f"{words}次数", "int", 7, total=True), Column(f"{words}扣款", "yuan", 11, total=True))
    ),
    Column("扣至零补回", "yuan", 11, total=True),
    Column("取消班次", "int", 7, total=True),
    Column("取消班次扣款", "yuan", 12, total=True),
    Column("当月不予发放", "yuan", 13, total=True),
    Column("调整", "yuan", 12, total=True),
    Column("实发金额", "yuan", 14, total=True),
    Column("开户行", "text", 20),
    Column("账号", "text", 22),
    Column("备注", "text", 24),
)
LINES = (
    Column("日期", "date", 12),
    Column("姓名", "text", 10),
    Column("身份证号", "text", 21),
    Column("站点", "text", 28),
    Column("项目", "text", 20),
    Column("次数", "int", 7),
    Column("金额", "yuan", 13, total=True),
    Column("依据", "text", 16),
    Column("所属月份", "text", 11),
    Column("说明", "text", 34),
)
UNSETTLED = (Column("日期", "date", 12), Column("站点", "text", 28), Column("姓名", "text", 10), Column("原因", "text", 30))


def pay_sheet_workbook(book: SheetBook, *, by) -> Download:
    """The sheet, all of its lines, and where there are any its unsettled shifts."""
    sheets = [summary(book, by), details(book, by)]
    if book.sheet.unsettled.exists():
        sheets.append(unsettled(book, by))
    content = workbook(sheets)
    return Download(name_of(book, ".xlsx"), content, XLSX, len(book.payees), book.sheet.total)


def name_of(book: SheetBook, suffix: str) -> str:
    """泽州县_值班补贴发放表_2022-03_v2.xlsx"""
    month = book.sheet.month
    return file_name(month.county.name, "值班补贴发放表", str(month.period), f"v{book.sheet.version}", suffix=suffix)


def title_of(book: SheetBook) -> str:
    return book.title + ("（草稿）" if book.is_draft else "")


def summary(book: SheetBook, by) -> Sheet:
    signed = "　　".join(f"{post}：{name or '　　　　'}" for post, name, _day in book.signers)
    return Sheet(
        title=title_of(book),
        columns=COLUMNS,
        rows=(cells_of(payee) for payee in book.payees),
        heading=heading_of(book),
        signatures=[f"合计（大写）：{in_words(book.sheet.total)}", signed, HOW_IT_ADDS_UP],
        footer=foot(by, book.number),
        name="发放表",
    )


def heading_of(book: SheetBook) -> list[str]:
    sheet = book.sheet
    return [
        f"编制单位：{office_name(sheet.month.county)}　　期间：{sheet.month.label}　　资金来源：{sheet.fund.get_kind_display()}",
        f"系统编号：{book.number}　　第 {sheet.version} 版　　校验码：{book.seal}　　状态：{book.state_words}",
    ]


def cells_of(payee) -> list:
    row = payee.row
    groups = []
    for _words, kinds in GROUPS:
        groups += [payee.count_of(*kinds), payee.sum_of(*kinds)]
    return [
        payee.number,
        row.name,
        payee.id_number,
        row.get_category_display(),
        payee.station_words,
        row.shifts_served,
        payee.rate_cell,
        row.rate,
        *groups,
        payee.sum_of("floor"),
        payee.cancelled,
        payee.sum_of(*CANCELLING),
        payee.sum_of("month_void"),
        payee.sum_of(*EARLIER),
        row.payable,
        payee.bank_name,
        payee.account_no,
        payee.remark,
    ]


def details(book: SheetBook, by) -> Sheet:
    """One row per line: the sum of them is the pay."""
    rows = (
        [
            line.shift.day if line.shift else None,
            payee.row.name,
            payee.id_number,
            line.shift.station.name if line.shift else "",
            line.get_kind_display(),
            line.times,
            line.amount,
            line.clause,
            line.source_month.label if line.source_month_id else "",
            note_of(line),
        ]
        for payee in book.payees
        for line in payee.lines
    )
    title = f"{book.sheet.month.label}值班补贴明细" + ("（草稿）" if book.is_draft else "")
    return Sheet(title=title, columns=LINES, rows=rows, heading=heading_of(book), footer=foot(by, book.number), name="明细")


def unsettled(book: SheetBook, by) -> Sheet:
    """Shifts the sheet could not pay yet, and why."""
    waiting = book.sheet.unsettled.select_related("shift__station", "shift__practitioner").order_by("shift__day", "pk")
    rows = [[item.shift.day, item.shift.station.name, item.shift.practitioner.name, item.reason] for item in waiting]
    title = f"{book.sheet.month.label}未定班次"
    return Sheet(
        title=title,
        columns=UNSETTLED,
        rows=rows,
        heading=heading_of(book),
        unit="",
        footer=foot(by, book.number),
        name="未定班次",
    )


# -- the same as a paper


def pay_sheet_pdf(book: SheetBook, *, by) -> Download:
    """Raises PdfUnavailable."""
    return Download(name_of(book, ".pdf"), pay_sheet_paper(book, by=by).pdf(), PDF, len(book.payees), book.sheet.total)


def pay_sheet_paper(book: SheetBook, *, by) -> Paper:
    """A4 landscape: the people, the sum in words, the signatures; then every deduction and adjustment with its clause."""
    kinds = {line.kind for payee in book.payees for line in payee.lines}
    rows = [row_of(payee) for payee in book.payees]
    reasons = [
        (payee, line, note_of(line))
        for payee in book.payees
        for line in payee.lines
        if line.kind not in ("rate", "public_servant")
    ]
    facts = {
        **book.frame,
        **printed(by),
        "title": title_of(book),
        "rows": rows,
        "groups": [words for words, _kinds in GROUPS],
        "totals": totals_of(book),
        # Columns that say nothing this month would only make the others narrow.
        "has_floor": "floor" in kinds,
        "has_cancelled": bool(kinds.intersection(CANCELLING)),
        "has_void": "month_void" in kinds,
        "has_earlier": bool(kinds.intersection(EARLIER)),
        "reasons": reasons,
        "reasons_total": sum((line.amount for _payee, line, _note in reasons), ZERO),
        "words": in_words(book.sheet.total),
        "how_it_adds_up": HOW_IT_ADDS_UP,
        "draft_words": DRAFT,
    }
    return Paper("print/pay_sheet.html", facts)


def row_of(payee) -> dict:
    return {
        "payee": payee,
        "row": payee.row,
        "groups": [(payee.count_of(*kinds), payee.sum_of(*kinds)) for _words, kinds in GROUPS],
        "floor": payee.sum_of("floor"),
        "cancelled": (payee.cancelled, payee.sum_of(*CANCELLING)),
        "void": payee.sum_of("month_void"),
        "earlier": payee.sum_of(*EARLIER),
    }


def totals_of(book: SheetBook) -> dict:
    """The last row: each column added up."""
    payees = book.payees
    return {
        "shifts": sum(payee.row.shifts_served for payee in payees),
        "rate": sum((payee.row.rate for payee in payees), ZERO),
        "groups": [
            (sum(payee.count_of(*kinds) for payee in payees), sum((payee.sum_of(*kinds) for payee in payees), ZERO))
            for _words, kinds in GROUPS
        ],
        "floor": sum((payee.sum_of("floor") for payee in payees), ZERO),
        "cancelled": (
            sum(payee.cancelled for payee in payees),
            sum((payee.sum_of(*CANCELLING) for payee in payees), ZERO),
        ),
        "void": sum((payee.sum_of("month_void") for payee in payees), ZERO),
        "earlier": sum((payee.sum_of(*EARLIER) for payee in payees), ZERO),
        "payable": sum((payee.row.payable for payee in payees), ZERO),
    }
