"""F08 补贴签领表: who signs for what, without any number of a person. Z-PAY-6; and F40 补贴发放公示, names masked."""

from common.id_numbers import mask_name
from common.money import in_words
from common.workbooks.writing import Column, Sheet, file_name
from subsidies.exports.frame import PDF, XLSX, Download, Paper, foot, office_name, printed, workbook
from subsidies.exports.issued import issued, require_approved
from subsidies.exports.sheet_book import SheetBook

KIND = "pay_receipt_list"


def receipt_list_pdf(book: SheetBook, *, by) -> Download:
    """The numbered list, once per approval. Raises PaperRefused before the approval, PdfUnavailable."""
    require_approved(book.sheet, "签领表")
    month = book.sheet.month
    return issued(
        book=book,
        kind=KIND,
        prefix="QL",
        title=f"{month.county.name}{month.label}值班补贴签领表",
        name=file_name(month.county.name, "值班补贴签领表", str(month.period), f"v{book.sheet.version}", suffix=".pdf"),
        make=lambda number: receipt_list_paper(book, number=number, by=by).pdf(),
        by=by,
    )


def receipt_list_paper(book: SheetBook, *, number, by) -> Paper:
    month = book.sheet.month
    facts = {
        **book.frame,
        **printed(by),
        "paper_number": number,
        "title": f"{month.county.name}{month.label}值班补贴签领表",
        "payees": book.due,
        "words": in_words(book.sheet.total),
    }
    return Paper("print/receipt_list.html", facts)


def public_list_workbook(book: SheetBook, *, by) -> Download:
    """F40: what is shown in public: masked names, month, shifts and amount. Raises PaperRefused before the approval."""
    require_approved(book.sheet, "发放公示")
    month = book.sheet.month
    columns = [
        Column("序号", "int", 6),
        Column("姓名", "text", 12),
        Column("人员类别", "text", 24),
        Column("期间", "text", 12),
        Column("值班天数/人次", "int", 14, total=True),
        Column("发放金额", "yuan", 16, total=True),
    ]
    rows = [
        [number, mask_name(payee.row.name), payee.row.get_category_display(), month.label, payee.row.shifts_served,
         payee.row.payable]
        for number, payee in enumerate(book.due, 1)
    ]  # fmt: skip
    sheet = Sheet(
        title=f"{month.county.name}{month.label}值班补贴发放公示",
        columns=columns,
        rows=rows,
        heading=[f"公示单位：{office_name(month.county)}　　资金来源：{book.sheet.fund.get_kind_display()}"],
        signatures=[f"合计（大写）：{in_words(book.sheet.total)}"],
        footer=foot(by, book.number),
        name="发放公示",
    )
    name = file_name(month.county.name, "值班补贴发放公示", str(month.period))
    return Download(name, workbook([sheet]), XLSX, len(rows), book.sheet.total)


def public_list_paper(book: SheetBook, *, by) -> Paper:
    month = book.sheet.month
    facts = {
        **book.frame,
        **printed(by),
        "title": f"{month.county.name}{month.label}值班补贴发放公示",
        "rows": [(mask_name(payee.row.name), payee.row) for payee in book.due],
        "words": in_words(book.sheet.total),
    }
    return Paper("print/pay_notice.html", facts)


def public_list_pdf(book: SheetBook, *, by) -> Download:
    """Raises PaperRefused before the approval, PdfUnavailable."""
    require_approved(book.sheet, "发放公示")
    month = book.sheet.month
    name = file_name(month.county.name, "值班补贴发放公示", str(month.period), suffix=".pdf")
    return Download(name, public_list_paper(book, by=by).pdf(), PDF, len(book.due), book.sheet.total)
