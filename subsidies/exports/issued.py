"""Papers of a sheet that people sign: numbered, kept, given out again unchanged, made void when the sheet has changed.

Z-PAY-6, 会计法 14: original vouchers are not altered. The number ends with a stamp of what the paper says; the same facts
give the stored file again, other facts a new number, and the old paper is void.
"""

import hashlib

from django.db import transaction

from records.models import IssuedPaper
from records.services import issue_paper, read_file, void_paper
from subsidies.exports.frame import PDF, Download
from subsidies.exports.sheet_book import SheetBook
from subsidies.models import PaySheet
from subsidies.services.refusals import MoneyRefused
from subsidies.services.sheets import lock_sheet

APPROVED = (PaySheet.Status.APPROVED, PaySheet.Status.PAID)


class PaperRefused(MoneyRefused):
    """The paper cannot be printed now; the sentence says why."""


def require_approved(sheet, what):
    if sheet.status not in APPROVED:
        raise PaperRefused(f"{sheet.month.label}补贴表{sheet.get_status_display()}：局领导审批后才能打印{what}。")


@transaction.atomic
def issued(*, book: SheetBook, kind: str, prefix: str, title: str, name: str, make, by) -> Download:
    """The paper of this kind in force about the sheet, printed by `make(number) -> bytes` when there is none or it has changed."""
    # Two who print at once wait for each other and get one paper.
    lock_sheet(book.sheet.pk)
    stamp = stamp_of(book, kind)
    paper = IssuedPaper.objects.in_force().about(book.sheet).filter(kind=kind).first()
    if paper and not paper.number.endswith(stamp):
        void_paper(paper=paper, by=by, reason="补贴表已有变动，重新编号打印")
        paper = None
    if paper is None:
        number = f"{prefix}-{book.number.removeprefix('BT-')}-{stamp}"
        paper = issue_paper(kind=kind, title=title, content=make, by=by, on=book.sheet, number=number, file_name=name)
    return Download(name, read_file(paper.file), PDF, len(book.due), book.sheet.total)


def stamp_of(book: SheetBook, kind: str) -> str:
    """Eight letters over the sheet's digest and its approval: another approval is another voucher."""
    sheet = book.sheet
    facts = "|".join([kind, book.digest, str(sheet.approved_at), str(sheet.approved_by_id)])
    return hashlib.sha256(facts.encode()).hexdigest()[:8].upper()
