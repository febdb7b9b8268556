"""发放登记: paying a month's sheet with receipt numbers, and transfers that came back."""

from uuid import uuid4

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed, fresh_login
from accounts.policy import may
from common import clock
from common.errors import Refused
from subsidies.forms.payments import PaymentsForm, ReceiptsForm, ReturnForm
from subsidies.models import Payment
from subsidies.services.bank_receipts import read_receipts
from subsidies.services.case_payment import record_returned_case_transfer
from subsidies.services.payment import accounts_in_use, accounts_paid_before, pay_rows, record_returned_transfer
from subsidies.services.sheets import why_not_by
from subsidies.services.submissions import AlreadyTaken
from subsidies.views.places import sheet_of


@require_safe
@allowed("subsidies.view_pay")
def pay_batch(request, month):
    """Who is still to be paid and who has been, of one month."""
    sheet = sheet_of(request, month)
    initial = {"paid_on": clock.today(), "key": uuid4().hex}
    return batch_page(request, sheet, PaymentsForm(initial=initial, rows=rows_to_pay(sheet)))


@require_http_methods(["POST"])
@allowed("subsidies.pay")
@fresh_login
def pay_batch_pay(request, month):
    """Register the payments that the form names, all or none."""
    sheet = sheet_of(request, month)
    form = PaymentsForm(request.POST, rows=rows_to_pay(sheet))
    if not form.is_valid():
        return batch_page(request, sheet, form)
    told = {name: form.cleaned_data[name] for name in ("receipts", "paid_on", "key")}
    try:
        sheet = pay_rows(sheet_id=sheet.pk, by=request.user, **told)
    except AlreadyTaken as error:
        messages.warning(request, str(error))
    except Refused as error:
        return batch_page(request, sheet, refused(form, error))
    else:
        done = "，全部付清，本月已结账。" if sheet.status == "paid" else "。"
        messages.success(request, f"已登记 {len(told['receipts'])} 人的支付{done}")
    return redirect(f"{reverse('pay-batch', args=[month])}?county={sheet.month.county_id}")


@require_http_methods(["POST"])
@allowed("subsidies.pay")
def pay_batch_receipts(request, month):
    """Read the bank's list of receipts into the form; nothing is booked before the cashier has looked at it."""
    sheet = sheet_of(request, month)
    rows, upload = rows_to_pay(sheet), ReceiptsForm(request.POST, request.FILES)
    initial = {"paid_on": clock.today(), "key": uuid4().hex}
    if upload.is_valid():
        try:
            numbers = read_receipts(upload.cleaned_data["file"], rows)
        except Refused as error:
            upload.add_error("file", str(error).splitlines())
        else:
            initial |= {f"receipt-{pk}": number for pk, number in numbers.items()}
            messages.info(request, f"已读入 {len(numbers)} 条回单，请核对后登记支付。")
    return batch_page(request, sheet, PaymentsForm(initial=initial, rows=rows), upload)


def refused(form, error):
    """Put a refusal where it belongs: at the person's receipt number, at the field, or above the form."""
    row_id = getattr(error, "row_id", None)
    field = f"receipt-{row_id}" if row_id else error.field
    form.add_error(field if field in form.fields else None, str(error))
    return form


def rows_to_pay(sheet):
    """Rows that wait for money, each with the account it goes to and whether that has changed since the last payment."""
    rows = list(sheet.rows.to_pay().order_by("name", "pk"))
    people = [row.practitioner_id for row in rows]
    accounts, before = accounts_in_use(people), accounts_paid_before(people)
    for row in rows:
        row.account_now = accounts.get(row.practitioner_id)
        row.account_before = before.get(row.practitioner_id)
        row.is_account_changed = row.account_before is not None and row.account_now != row.account_before
    return rows


def batch_page(request, sheet, form, upload=None):
    payments = Payment.objects.filter(row__sheet=sheet).select_related("row", "account", "paid_by", "returned_by", "entry")
    facts = {
        "sheet": sheet,
        "form": form,
        "upload": upload or ReceiptsForm(),
        "to_pay": sum(row.payable for row in form.rows),
        "payments": payments.order_by("-pk"),
        "why_not": why_not_by(sheet, "pay", request.user) if may(request.user, "subsidies.pay") else "",
        "changed": [row for row in form.rows if row.is_account_changed],
    }
    return render(request, "subsidies/pay_batch.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("subsidies.record_return")
@fresh_login
def payment_return(request, pk):
    """The bank sent a transfer back: its own page, which says what follows."""
    payments = (
        Payment.objects.visible_to(request.user)
        .standing()
        .select_related("row__sheet__month", "case_row__list", "account", "organization_account")
    )
    payment = get_object_or_404(payments, pk=pk)
    form = ReturnForm(request.POST or None, initial={"returned_on": clock.today(), "key": uuid4().hex})
    if request.method == "POST" and form.is_valid():
        try:
            record = record_returned_case_transfer if payment.case_row_id else record_returned_transfer
            record(payment_id=pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已登记{payment.payee_name}的退票，原支付已冲销，等待重付。")
            if payment.case_row_id:
                return redirect("case-list-pay", payment.case_row.list_id)
            return redirect("pay-batch", payment.row.sheet.month.period)
    return render(request, "subsidies/payment_return.html", {"form": form, "payment": payment})
