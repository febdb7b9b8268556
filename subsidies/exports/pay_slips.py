"""F10 个人补贴通知单: every fact with its clause and amount, and how to object. One person's, or a month's in one document."""

from django.db import transaction

from common.money import ZERO, in_words
from common.workbooks.writing import file_name
from records.models import IssuedPaper
from records.services import issue_paper, void_paper
from subsidies.exports.frame import PDF, Download, Paper, office_of, printed
from subsidies.exports.issued import PaperRefused
from subsidies.exports.sheet_book import CANCELLING, EARLIER, SheetBook, book_of, note_of
from subsidies.services.sheets import lock_sheet

KIND = "pay_slips"
# Beyond this many people a document of slips is made as a job: nobody waits for a page longer than some ten seconds.
MOST_AT_ONCE = 100


def slips_pdf(book: SheetBook, *, by) -> Download:
    """Everybody's slips in one document. Raises PaperRefused where nobody is on the sheet, PdfUnavailable."""
    if not book.payees:
        raise PaperRefused(f"{book.sheet.month.label}补贴表里没有人员。")
    return Download(slips_name(book), slips_paper(book, book.payees, by=by).pdf(), PDF, len(book.payees), book.sheet.total)


def slips_name(book: SheetBook) -> str:
    month = book.sheet.month
    return file_name(month.county.name, "个人补贴通知单", str(month.period), f"v{book.sheet.version}", suffix=".pdf")


def paper_number(book: SheetBook) -> str:
    """The number under which a document made by a job is kept: another for each version of the sheet."""
    return f"{book.number.replace('BT-', 'TZ-', 1)}-{book.seal}"


def keep_slips(*, sheet, by):
    """Make and keep a month's slips, for a job; gives the kept paper. An older version of them becomes void."""
    book = book_of(sheet)
    download = slips_pdf(book, by=by)
    with transaction.atomic():
        lock_sheet(sheet.pk)
        for older in IssuedPaper.objects.in_force().about(sheet).filter(kind=KIND):
            if older.number == paper_number(book):
                return older
            void_paper(paper=older, by=by, reason="补贴表已有变动，重新打印")
        title = f"{sheet.month.county.name}{sheet.month.label}个人补贴通知单"
        return issue_paper(
            kind=KIND, title=title, content=download.content, by=by, on=sheet, number=paper_number(book), file_name=download.name
        )


def slip_pdf(book: SheetBook, row_id: int, *, by) -> Download:
    """One person's slip. Raises PdfUnavailable."""
    payee = next(payee for payee in book.payees if payee.row.pk == row_id)
    month = book.sheet.month
    name = file_name(month.county.name, "个人补贴通知单", payee.row.name, str(month.period), suffix=".pdf")
    return Download(name, slips_paper(book, [payee], by=by).pdf(), PDF, 1, payee.row.payable)


def slips_paper(book: SheetBook, payees, *, by) -> Paper:
    office = office_of(book.sheet.month.county)
    facts = {
        **book.frame,
        **printed(by),
        "title": f"{book.sheet.month.label}值班补贴通知单",
        "slips": [slip_of(book, payee) for payee in payees],
        "office_phone": office.phone if office else "",
    }
    return Paper("print/pay_slip.html", facts)


def slip_of(book: SheetBook, payee) -> dict:
    row = payee.row
    cut = [kind for kind in payee.amounts if kind not in ("rate", "month_void", *EARLIER)]
    waiting = book.sheet.unsettled.filter(shift__practitioner=row.practitioner_id) if payee.unsettled else ()
    return {
        "payee": payee,
        "row": row,
        "number": f"{book.number.replace('BT-', 'TZ-', 1)}-{payee.number:03d}",
        "lines": [(line, note_of(line)) for line in payee.lines],
        "cut": payee.sum_of(*cut),
        "adjusted": payee.sum_of("month_void", *EARLIER),
        "words": in_words(row.payable) if row.payable else in_words(ZERO),
        "is_cancelled": payee.count_of(*CANCELLING) > 0,
        "waiting": [(item.shift, item.reason) for item in waiting.select_related("shift__station")] if waiting else [],
    }
