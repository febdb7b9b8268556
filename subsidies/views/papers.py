"""Papers and files of pay and funds: each is looked up in the reader's scope, made, audited with its count, and sent."""

import re
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import allowed, fresh_login
from common import clock
from common.errors import Refused
from common.money import yuan
from records.models import IssuedPaper
from records.services import read_file, start_job
from subsidies.exports import bank, bank_file, ledger, pay_sheet, pay_slips, payment_approval, receipt_list
from subsidies.exports.frame import PDF, Download
from subsidies.exports.sheet_book import book_of
from subsidies.models import BankStatement, Fund, PayRow, PaySheet
from subsidies.views.places import SIGNERS, county_of, sheet_of

SLIPS_TASK = "subsidies.tasks.print_slips"
YEAR = re.compile(r"20\d\d")
LEDGERS = {"xlsx": ledger.ledger_workbook, "pdf": ledger.ledger_pdf}


def give(request, make, *, on, action, back, **told):
    """Make a file, write down who took what, send it as an attachment; a refusal goes back to the page with its sentence."""
    try:
        download = make()
    except Refused as error:
        messages.error(request, str(error))
        return redirect(back)
    after = {"文件": download.name, "条数": download.count, "金额": yuan(download.total), **told}
    audit.record(by=request.user, action=action, on=on, after=after)
    response = HttpResponse(download.content, content_type=download.mime)
    response["Content-Disposition"] = content_disposition_header(True, download.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def page_of_sheet(sheet):
    return f"{reverse('pay-sheet', args=[sheet.month.period])}?{urlencode({'county': sheet.month.county_id})}"


def give_sheet(request, month, make, *, action="subsidies.export_pay", **told):
    """A file about the month's sheet."""
    sheet = sheet_of(request, month)
    return give(request, lambda: make(sheet), on=sheet, action=action, back=page_of_sheet(sheet), **told)


def chosen(makers, suffix):
    """The maker for a suffix; 404 for any other."""
    if suffix not in makers:
        raise Http404(f"没有 {suffix} 格式的文件。")
    return makers[suffix]


# -- F07, F09


SHEETS = {"xlsx": pay_sheet.pay_sheet_workbook, "pdf": pay_sheet.pay_sheet_pdf}


@require_safe
@allowed("subsidies.export_pay")
def pay_sheet_file(request, month, suffix):
    """F07 with masked numbers."""
    make = chosen(SHEETS, suffix)
    return give_sheet(request, month, lambda sheet: make(book_of(sheet), by=request.user), 证件号和账号="掩码")


@require_POST
@allowed("subsidies.export_with_numbers")
@fresh_login
def pay_sheet_full_file(request, month):
    """F07 with whole ID and account numbers."""
    make = chosen(SHEETS, request.POST.get("format", "xlsx"))
    book = lambda sheet: book_of(sheet, with_numbers=True)  # noqa: E731
    action = "subsidies.export_with_numbers"
    return give_sheet(request, month, lambda sheet: make(book(sheet), by=request.user), action=action, 证件号和账号="完整")


@require_POST
@allowed("subsidies.export_bank_file")
@fresh_login
def bank_transfer_file(request, month):
    """F09 with whole account numbers of those still to be paid."""
    make = chosen({"xlsx": bank_file.bank_workbook, "csv": bank_file.bank_csv}, request.POST.get("format", "xlsx"))
    return give_sheet(request, month, make, action="subsidies.export_bank_file", 账号="完整")


# -- F08, F31: numbered papers; F40


@require_POST
@allowed("subsidies.export_pay")
def receipt_list_file(request, month):
    """F08. A POST: the first print takes a number."""
    return give_sheet(request, month, lambda sheet: receipt_list.receipt_list_pdf(book_of(sheet), by=request.user))


@require_POST
@allowed("subsidies.export_pay")
def payment_approval_file(request, month):
    """F31. A POST: the first print takes a number."""
    return give_sheet(request, month, lambda sheet: payment_approval.payment_approval_pdf(book_of(sheet), by=request.user))


@require_safe
@allowed("subsidies.export_pay")
def pay_notice_file(request, month, suffix):
    """F40."""
    make = chosen({"xlsx": receipt_list.public_list_workbook, "pdf": receipt_list.public_list_pdf}, suffix)
    return give_sheet(request, month, lambda sheet: make(book_of(sheet), by=request.user))


# -- F10


@require_safe
@allowed("subsidies.export_pay")
def pay_slips_file(request, month):
    """All slips of a month; a very long document is made as a job, whose page then leads back here."""
    sheet = sheet_of(request, month)
    if sheet.rows.count() > pay_slips.MOST_AT_ONCE:
        return slips_by_job(request, sheet)
    return give_sheet(request, month, lambda sheet: pay_slips.slips_pdf(book_of(sheet), by=request.user))


def slips_by_job(request, sheet):
    """The document the job made for this version of the sheet, or the job that makes it."""
    book = book_of(sheet)
    made = IssuedPaper.objects.in_force().about(sheet).filter(kind=pay_slips.KIND, number=pay_slips.paper_number(book)).first()
    if made is None:
        job = start_job(
            kind="pay_slips",
            task=SLIPS_TASK,
            county=sheet.month.county.code or str(sheet.month.county_id),
            period=sheet.month.period,
            by=request.user,
            title=f"打印{sheet.month.label}个人补贴通知单",
            payload={"sheet": sheet.pk},
        )
        return redirect("job", pk=job.pk)
    download = Download(made.file.name, read_file(made.file), PDF, len(book.payees), sheet.total)
    return give(request, lambda: download, on=sheet, action="subsidies.export_pay", back=page_of_sheet(sheet))


@require_safe
@allowed("subsidies.export_pay")
def pay_slip_file(request, month, pk):
    """One person's slip, printed by the office."""
    row = get_object_or_404(PayRow.objects.filter(sheet=sheet_of(request, month)), pk=pk)
    return give_sheet(request, month, lambda sheet: pay_slips.slip_pdf(book_of(sheet), row.pk, by=request.user))


@require_safe
@allowed("subsidies.print_own_slip")
def my_pay_slip(request, month):
    """The reader's own slip, once the sheet is reviewed. Nobody else's row is found this way."""
    rows = PayRow.objects.own(request.user).filter(sheet__month__first=month.first).exclude(sheet__status="draft")
    row = get_object_or_404(rows.order_by("pk")[:1])
    sheet = PaySheet.objects.select_related("month__county", "fund", "plan", *SIGNERS).get(pk=row.sheet_id)
    make = lambda: pay_slips.slip_pdf(book_of(sheet), row.pk, by=request.user)  # noqa: E731
    return give(request, make, on=sheet, action="subsidies.print_own_slip", back=reverse("my-pay"))


# -- F17, F32


@require_safe
@allowed("subsidies.export_ledger")
def ledger_file(request, suffix):
    """F17 and the cash book: ?fund= a kind (the special fund), ?year= (this year), ?county= as the ledger's page."""
    funds = Fund.objects.visible_to(request.user).select_related("county__parent")
    fund = get_object_or_404(funds, county=county_of(request), kind=request.GET.get("fund") or Fund.Kind.SPECIAL)
    year = request.GET.get("year") or str(clock.today().year)
    if not YEAR.fullmatch(year):
        raise Http404(f"没有 {year} 年的资金台账。")
    make, back = chosen(LEDGERS, suffix), f"{reverse('ledger')}?{request.GET.urlencode()}"
    return give(request, lambda: make(fund, int(year), by=request.user), on=fund, action="subsidies.export_ledger", back=back)


@require_safe
@allowed("subsidies.export_pay")
def payments_file(request, month, suffix):
    """F32: bank receipts and returned transfers of the month's sheet."""
    make = chosen({"xlsx": bank.returned_workbook, "pdf": bank.returned_pdf}, suffix)
    return give_sheet(request, month, lambda sheet: make(sheet, by=request.user))


@require_safe
@allowed("subsidies.export_ledger")
def reconciliation_file(request, pk, suffix):
    """F32: a bank statement beside the ledger."""
    statements = BankStatement.objects.visible_to(request.user).select_related("fund__county", "agreed_by")
    statement = get_object_or_404(statements, pk=pk)
    make = chosen({"xlsx": bank.reconciliation_workbook, "pdf": bank.reconciliation_pdf}, suffix)
    back = reverse("bank-statement", args=[pk])
    return give(request, lambda: make(statement, by=request.user), on=statement, action="subsidies.export_ledger", back=back)


# -- where they are found


@require_safe
@allowed("subsidies.export_pay")
def pay_papers(request, month):
    """Every paper of the month's sheet, and which numbered ones are in force."""
    sheet = sheet_of(request, month)
    issued = IssuedPaper.objects.about(sheet).select_related("issued_by").order_by("-pk")
    facts = {"sheet": sheet, "issued": issued, "is_approved": sheet.status in ("approved", "paid"), "people": sheet.rows.count()}
    return render(request, "subsidies/pay_papers.html", facts)


def both(route, view, name):
    """The same file as workbook and as PDF: names end with -xlsx and -pdf."""
    return [path(f"{route}.{suffix}", view, {"suffix": suffix}, name=f"{name}-{suffix}") for suffix in ("xlsx", "pdf")]


urlpatterns = [
    path("pay/duty/<month:month>/papers/", pay_papers, name="pay-papers"),
    *both("pay/duty/<month:month>/export", pay_sheet_file, "pay-sheet"),
    path("pay/duty/<month:month>/export-with-numbers/", pay_sheet_full_file, name="pay-sheet-full"),
    path("pay/duty/<month:month>/bank-file/", bank_transfer_file, name="bank-file"),
    path("pay/duty/<month:month>/receipt-list/", receipt_list_file, name="receipt-list"),
    path("pay/duty/<month:month>/payment-approval/", payment_approval_file, name="payment-approval"),
    *both("pay/duty/<month:month>/notice", pay_notice_file, "pay-notice"),
    *both("pay/duty/<month:month>/payments", payments_file, "pay-payments"),
    path("pay/duty/<month:month>/slips.pdf", pay_slips_file, name="pay-slips"),
    path("pay/duty/<month:month>/slips/<int:pk>.pdf", pay_slip_file, name="pay-slip"),
    path("pay/mine/<month:month>/slip.pdf", my_pay_slip, name="own-slip"),
    *both("ledger/export", ledger_file, "ledger"),
    *both("ledger/bank/<int:pk>/reconciliation", reconciliation_file, "reconciliation"),
]
