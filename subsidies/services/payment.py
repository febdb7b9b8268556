"""Paying a sheet person by person, and what comes back. Z-PAY-3, plan 五（二）1; design.md 5.

Each payment and its ledger entry are one act. A returned transfer is reversed and waits to be paid again, in a closed month too.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse

from accounts import audit
from common import clock
from common.id_numbers import mask_account
from common.money import yuan
from organizations.models import BankAccount
from records.services import notify
from subsidies.models import LedgerEntry, Payment, PayRow, PaySheet
from subsidies.services.closing import close_paid_month
from subsidies.services.refusals import MoneyRefused, told_in_words
from subsidies.services.sheets import lock_sheet, move_sheet, require_it_adds_up, require_other_hands, require_right
from subsidies.services.submissions import take_once

Method, State = Payment.Method, Payment.State
CASH_LIMIT = 1000


@dataclass(frozen=True)
class Receipt:
    """What the cashier says of one payment: whom (the row), how, and the bank's receipt number."""

    row_id: int
    receipt_no: str
    method: str = Method.TRANSFER
    bank_approval_no: str = ""


class PaymentRefused(MoneyRefused):
    """A payment that is not made. `row_id` names the person concerned, if there is one."""

    def __init__(self, message, *, field=None, row_id=None):
        super().__init__(message, field=field)
        self.row_id = row_id


def pay_row(*, row_id, receipt_no, paid_on, by, method=Method.TRANSFER, bank_approval_no="", key=""):
    """Pay one person. See `pay_rows`."""
    sheet_id = PayRow.objects.values_list("sheet_id", flat=True).get(pk=row_id)
    receipts = [Receipt(row_id, receipt_no, method, bank_approval_no)]
    return pay_rows(sheet_id=sheet_id, receipts=receipts, paid_on=paid_on, by=by, key=key)


@transaction.atomic
def pay_rows(*, sheet_id, receipts, paid_on, by, key=""):
    """Register payments of one sheet, all or none; gives the sheet, paid and its month closed when nobody is left.

    `receipts` are Receipt values; `paid_on` is the bank's day. A form's `key` is taken once. Cash above 1,000 yuan needs
    the bank's approval (Z-PAY-3). The fund may not fall below zero (I2).
    """
    require_right(by, "subsidies.pay")
    take_once(key=key, action="subsidies.pay", by=by)
    sheet = lock_sheet(sheet_id)
    if sheet.status not in (PaySheet.Status.APPROVED, PaySheet.Status.PAID):
        raise PaymentRefused(f"{sheet.month.label}补贴表{sheet.get_status_display()}，局领导审批后才能支付。")
    require_other_hands(sheet, "pay", by)
    require_it_adds_up(sheet)
    require_day(paid_on, not_before=sheet.approved_at.astimezone(clock.SHANGHAI).date())
    rows = {row.pk: row for row in sheet.rows.to_pay()}
    accounts = accounts_in_use([row.practitioner_id for row in rows.values()])
    if not receipts:
        raise PaymentRefused("没有选择支付的人员：请填写至少一个银行回单号。")
    payments = [payment_of(rows, receipt, accounts, paid_on, by) for receipt in receipts]
    book(sheet, payments)
    return finish_if_paid(sheet, by=by)


def require_day(day, *, not_before):
    if day > clock.today():
        raise PaymentRefused(f"支付日期 {day} 在今天之后：请填写银行实际付款的日期。", field="paid_on")
    if day < not_before:
        raise PaymentRefused(f"支付日期 {day} 早于审批日期 {not_before}：请检查日期。", field="paid_on")


def payment_of(rows: dict[int, PayRow], receipt: Receipt, accounts: dict[int, BankAccount], paid_on: date, by) -> Payment:
    """The payment a receipt tells of, refused with the person's name where it cannot be.

    The whole of what is due: no tax is withheld from the subsidy (Z-PAY-4, reading D28).
    """
    row = rows.get(receipt.row_id)
    if row is None:
        raise PaymentRefused("其中有人已经支付，或不在本表：请刷新页面。", row_id=receipt.row_id)
    receipt_no = receipt.receipt_no.strip()
    if not receipt_no:
        raise PaymentRefused(f"{row.name}没有填写银行回单号。", row_id=row.pk)
    if receipt.method == Method.CASH and row.payable > CASH_LIMIT and not receipt.bank_approval_no.strip():
        raise PaymentRefused(
            f"{row.name}实发 {yuan(row.payable)} 元，超过 1,000 元不能付现金：请改用转账、支票，"
            "或填写开户银行批准文号（现金管理暂行条例第五条、第六条）。",
            row_id=row.pk,
        )
    account = accounts.get(row.practitioner_id)
    if receipt.method == Method.TRANSFER and account is None:
        raise PaymentRefused(f"{row.name}没有使用中的收款账户：请先登记并审定账户。", row_id=row.pk)
    return Payment(
        row=row,
        amount=row.payable,
        method=receipt.method,
        account=account if receipt.method == Method.TRANSFER else None,
        receipt_no=receipt_no,
        bank_approval_no=receipt.bank_approval_no.strip(),
        paid_on=paid_on,
        paid_by=by,
        paid_at=clock.now(),
    )


def book(sheet, payments):
    """Payments, their ledger entries and their audit entries, in one transaction (I2, I8, I20)."""
    with told_in_words():
        Payment.objects.bulk_create(payments)
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                fund=sheet.fund,
                day=payment.paid_on,
                kind=LedgerEntry.Kind.PAYMENT,
                amount=-payment.amount,
                memo=f"{sheet.month.label}值班补贴 {payment.row.name}",
                payment=payment,
                booked_by=payment.paid_by,
                booked_at=payment.paid_at,
            )
            for payment in payments
        )
    audit.record_many(
        {
            "by": payment.paid_by,
            "action": "subsidies.pay",
            "on": payment,
            "after": {
                "金额": payment.amount,
                "方式": payment.get_method_display(),
                "回单号": payment.receipt_no,
                "账户": mask_account(payment.account.account_no) if payment.account else "",
                "支付日期": payment.paid_on,
            },
        }
        for payment in payments
    )


def finish_if_paid(sheet, *, by):
    """An approved sheet of which nobody is left to pay is paid, and its month is closed."""
    if sheet.status == PaySheet.Status.APPROVED and not sheet.rows.to_pay().exists():
        move_sheet(sheet, PaySheet.Status.PAID, by=by, action="subsidies.pay", paid_at=clock.now())
        close_paid_month(sheet, by=by)
    return sheet


@transaction.atomic
def record_returned_transfer(*, payment_id, returned_on, reason, by, key=""):
    """A transfer came back: its entry is reversed, the person waits to be paid again. Booked rows stay as they are (I7)."""
    require_right(by, "subsidies.record_return")
    take_once(key=key, action="subsidies.record_return", by=by)
    sheet = lock_sheet(PaySheet.objects.values_list("pk", flat=True).get(rows__payments=payment_id))
    payment = Payment.objects.select_for_update(of=("self",)).select_related("row", "entry").get(pk=payment_id)
    if payment.state != State.PAID:
        raise PaymentRefused("这一笔已经登记过退票。")
    if not reason.strip():
        raise PaymentRefused("没有写退票原因：请照银行退票通知填写。", field="reason")
    require_day_of_return(returned_on, payment)
    take_back(payment, day=returned_on, reason=reason.strip(), by=by)
    text = (
        f"{payment.row.name}{sheet.month.label}值班补贴 {yuan(payment.amount)} 元被银行退回：{reason.strip()}，请核对账户后重付。"
    )
    notify(to=sheet.reviewed_by, text=text, url=reverse("pay-batch", args=[sheet.month.period]))
    return payment


def require_day_of_return(day, payment):
    if day > clock.today():
        raise PaymentRefused(f"退票日期 {day} 在今天之后：请填写银行退回的日期。", field="returned_on")
    if day < payment.paid_on:
        raise PaymentRefused(f"退票日期 {day} 早于支付日期 {payment.paid_on}：请检查日期。", field="returned_on")


def take_back(payment, *, day, reason, by):
    """Mark a payment as returned and reverse its entry: equal and opposite, once."""
    before = {"状态": payment.get_state_display()}
    payment.state, payment.returned_on, payment.return_reason, payment.returned_by = State.RETURNED, day, reason[:200], by
    with told_in_words():
        payment.save(update_fields=["state", "returned_on", "return_reason", "returned_by"])
        entry = reverse_entry(payment.entry, day=day, memo=f"退票：{reason}", by=by)
    after = {"状态": payment.get_state_display(), "退票日期": day, "金额": payment.amount, "凭证": str(entry)}
    audit.record(by=by, action="subsidies.record_return", on=payment, before=before, after=after, reason=reason)
    return entry


def reverse_entry(entry, *, day, memo, by):
    """The reversal of one ledger entry."""
    return LedgerEntry.objects.create(
        fund=entry.fund,
        day=day,
        kind=LedgerEntry.Kind.REVERSAL,
        amount=-entry.amount,
        memo=f"冲销 {entry.year}-{entry.voucher_no:04d}：{memo}"[:200],
        reverses=entry,
        booked_by=by,
        booked_at=clock.now(),
    )


def accounts_in_use(practitioner_ids):
    """Practitioner id → the account that is paid into."""
    rows = BankAccount.objects.filter(practitioner__in=practitioner_ids, state=BankAccount.State.CONFIRMED)
    return {account.practitioner_id: account for account in rows}


def accounts_paid_before(practitioner_ids):
    """Practitioner id → the account the last transfer went to: what to hold the present one against (safety.md 5)."""
    last = (
        Payment.objects.filter(row__practitioner__in=practitioner_ids, account__isnull=False)
        .order_by("row__practitioner_id", "-paid_at", "-pk")
        .distinct("row__practitioner_id")
    )
    return {payment.row.practitioner_id: payment.account for payment in last.select_related("row", "account")}
