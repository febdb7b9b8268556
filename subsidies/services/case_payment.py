"""Paying a quarterly list: payee by payee and fund by fund, and what comes back. Z-SUB-6, Z-PAY-3; design.md 5.

A payee who is due money from both funds gets two payments, one from each, which may bear one receipt number. Each payment and its
ledger entry are one act. The whole of what is due is paid: legal aid subsidies are exempt from tax (Z-PAY-4).
"""

from django.db import transaction
from django.urls import reverse

from accounts import audit
from common import clock
from common.money import yuan
from organizations.models import OrganizationAccount
from records.services import notify
from subsidies.models import CaseList, CasePayRow, LedgerEntry, Payment
from subsidies.services.case_lists import Status, lock_list, move_list, require_other_hands
from subsidies.services.payment import (
    CASH_LIMIT,
    Method,
    PaymentRefused,
    State,
    accounts_in_use,
    require_day,
    require_day_of_return,
    take_back,
)
from subsidies.services.refusals import told_in_words
from subsidies.services.sheets import require_right
from subsidies.services.submissions import take_once

PERSON, FIRM = "person", "firm"


@transaction.atomic
def pay_case_rows(*, list_id, receipts, paid_on, by, key=""):
    """Register payments of one list, all or none; gives the list, paid when nobody is left.

    `receipts` are Receipt values whose row is a CasePayRow; `paid_on` is the bank's day. A form's `key` is taken once.
    """
    require_right(by, "subsidies.pay")
    take_once(key=key, action="subsidies.pay", by=by)
    case_list = lock_list(list_id)
    if case_list.status not in (Status.APPROVED, Status.PAID):
        raise PaymentRefused(f"{case_list.label}案件补贴季表{case_list.get_status_display()}，局领导审批后才能支付。")
    require_other_hands(case_list, "pay", by)
    require_day(paid_on, not_before=case_list.approved_at.astimezone(clock.SHANGHAI).date())
    if not receipts:
        raise PaymentRefused("没有选择支付的收款人：请填写至少一个银行回单号。")
    rows = {row.pk: row for row in case_list.rows.to_pay().select_related("fund", "organization", "practitioner")}
    accounts = accounts_of(rows.values())
    payments = [payment_of(rows, receipt, accounts, paid_on, by) for receipt in receipts]
    book(case_list, payments)
    return finish_if_paid(case_list, by=by)


def accounts_of(rows):
    """(person or firm, id) → the account that is paid into. Two queries."""
    people = accounts_in_use([row.practitioner_id for row in rows if row.practitioner_id])
    firms = OrganizationAccount.objects.in_use().filter(
        organization__in=[row.organization_id for row in rows if row.organization_id]
    )
    return {(PERSON, pk): account for pk, account in people.items()} | {
        (FIRM, account.organization_id): account for account in firms
    }


def account_key(row):
    return (FIRM, row.organization_id) if row.organization_id else (PERSON, row.practitioner_id)


def payment_of(rows: dict[int, CasePayRow], receipt, accounts, paid_on, by) -> Payment:
    """The payment a receipt tells of, refused with the payee's name where it cannot be."""
    row = rows.get(receipt.row_id)
    if row is None:
        raise PaymentRefused("其中有收款人已经支付，或不在本表：请刷新页面。", row_id=receipt.row_id)
    if not receipt.receipt_no.strip():
        raise PaymentRefused(f"{row.name}没有填写银行回单号。", row_id=row.pk)
    if receipt.method == Method.CASH and row.organization_id:
        raise PaymentRefused(f"{row.name}是机构，不能付现金：请转账或用支票。", row_id=row.pk)
    if receipt.method == Method.CASH and row.amount > CASH_LIMIT and not receipt.bank_approval_no.strip():
        raise PaymentRefused(
            f"{row.name}应付 {yuan(row.amount)} 元，超过 1,000 元不能付现金：请改用转账、支票，"
            "或填写开户银行批准文号（现金管理暂行条例第五条、第六条）。",
            row_id=row.pk,
        )
    account = accounts.get(account_key(row)) if receipt.method == Method.TRANSFER else None
    if receipt.method == Method.TRANSFER and account is None:
        raise PaymentRefused(f"{row.name}没有使用中的收款账户：请先登记并审定账户。", row_id=row.pk)
    return Payment(
        case_row=row,
        amount=row.amount,
        method=receipt.method,
        account=account if account and row.practitioner_id else None,
        organization_account=account if account and row.organization_id else None,
        receipt_no=receipt.receipt_no.strip(),
        bank_approval_no=receipt.bank_approval_no.strip(),
        paid_on=paid_on,
        paid_by=by,
        paid_at=clock.now(),
    )


def book(case_list: CaseList, payments):
    """Payments, their ledger entries in the fund of each, and their audit entries, in one transaction (I2, I8, I20)."""
    # One order for both funds, so that two cashiers cannot wait for each other.
    payments.sort(key=lambda payment: (payment.case_row.fund_id, payment.case_row_id))
    with told_in_words():
        Payment.objects.bulk_create(payments)
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                fund=payment.case_row.fund,
                day=payment.paid_on,
                kind=LedgerEntry.Kind.PAYMENT,
                amount=-payment.amount,
                memo=f"{case_list.label}案件补贴 {payment.case_row.name}（{payment.case_row.cases} 件）"[:200],
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
                "收款人": payment.case_row.name,
                "资金": payment.case_row.fund.get_kind_display(),
                "金额": payment.amount,
                "方式": payment.get_method_display(),
                "回单号": payment.receipt_no,
                "账户": payment.paid_into.masked_account_no if payment.paid_into else "",
                "支付日期": payment.paid_on,
            },
        }
        for payment in payments
    )


def finish_if_paid(case_list, *, by):
    """An approved list of which nobody is left to pay is paid."""
    if case_list.status == Status.APPROVED and not case_list.rows.to_pay().exists():
        move_list(case_list, Status.PAID, by=by, action="subsidies.pay", paid_at=clock.now())
    return case_list


@transaction.atomic
def record_returned_case_transfer(*, payment_id, returned_on, reason, by, key=""):
    """A transfer came back: its entry is reversed, the payee waits to be paid again from the same fund (I7)."""
    require_right(by, "subsidies.record_return")
    take_once(key=key, action="subsidies.record_return", by=by)
    case_list = lock_list(CaseList.objects.values_list("pk", flat=True).get(rows__payments=payment_id))
    payment = Payment.objects.select_for_update(of=("self",)).select_related("case_row", "entry").get(pk=payment_id)
    if payment.state != State.PAID:
        raise PaymentRefused("这一笔已经登记过退票。")
    if not reason.strip():
        raise PaymentRefused("没有写退票原因：请照银行退票通知填写。", field="reason")
    require_day_of_return(returned_on, payment)
    take_back(payment, day=returned_on, reason=reason.strip(), by=by)
    text = f"{payment.case_row.name}{case_list.label}案件补贴 {yuan(payment.amount)} 元被银行退回：{reason.strip()}，请核对账户后重付。"
    notify(to=case_list.reviewed_by, text=text, url=reverse("case-list-pay", args=[case_list.pk]))
    return payment
