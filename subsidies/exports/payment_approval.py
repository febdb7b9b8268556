"""F31 付款审批单: the sheet, its amount in figures and words, the fund with its documents, the chain of signatures."""

from django.db.models import Sum

from common.money import in_words
from common.workbooks.writing import file_name
from subsidies.exports.frame import Download, Paper, printed
from subsidies.exports.issued import issued, require_approved
from subsidies.exports.sheet_book import SheetBook
from subsidies.models import FundMovement

KIND = "payment_approval"


def payment_approval_pdf(book: SheetBook, *, by) -> Download:
    """The numbered form, once per approval. Raises PaperRefused before the approval, PdfUnavailable."""
    require_approved(book.sheet, "付款审批单")
    month = book.sheet.month
    return issued(
        book=book,
        kind=KIND,
        prefix="FK",
        title=f"{month.county.name}{month.label}值班补贴付款审批单",
        name=file_name(month.county.name, "付款审批单", str(month.period), f"v{book.sheet.version}", suffix=".pdf"),
        make=lambda number: payment_approval_paper(book, number=number, by=by).pdf(),
        by=by,
    )


def payment_approval_paper(book: SheetBook, *, number, by) -> Paper:
    sheet = book.sheet
    events = {event.to_status: event for event in sheet.events.order_by("pk")}
    opinions = {status: event.reason for status, event in events.items()}
    facts = {
        **book.frame,
        **printed(by),
        "paper_number": number,
        "title": "付款审批单",
        "words": in_words(sheet.total),
        "people": len(book.due),
        "clause": "、".join(dict.fromkeys(line.clause for payee in book.payees for line in payee.lines if line.kind == "rate")),
        "documents": documents_of(sheet),
        "steps": [
            ("业务股复核", sheet.reviewed_by, sheet.reviewed_at, opinions.get("reviewed", "")),
            ("财务审核", sheet.checked_by, sheet.checked_at, opinions.get("checked", "")),
            ("局领导审批", sheet.approved_by, sheet.approved_at, opinions.get("approved", "")),
        ],
    }
    return Paper("print/payment_approval.html", facts)


def documents_of(sheet) -> list[tuple[str, object]]:
    """指标文号: the documents under which the fund was given money up to the approval, in the year of the duty month."""
    moved = FundMovement.objects.filter(
        fund=sheet.fund,
        kind=FundMovement.Kind.FORWARDED,
        entry__reversed_by=None,
        day__gte=sheet.month.first.replace(month=1, day=1),
        day__lte=sheet.approved_at,
    )
    return list(moved.order_by("document_no").values_list("document_no").annotate(sum=Sum("amount")))
