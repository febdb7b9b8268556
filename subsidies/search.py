"""What this floor gives to the search box: months of pay, quarters of cases and returns, payments, ledger entries, documents."""

from django.db.models import Q
from django.urls import reverse

from accounts.policy import may
from common.money import yuan
from common.periods import Quarter, YearMonth
from records.todo import SearchHit
from subsidies.models import CaseList, FundMovement, LedgerEntry, Payment, PaySheet, QuarterlyReturn

MOST = 10


def search(user, text):
    """At most ten hits of each kind, of what this user may see."""
    text = (text or "").strip()
    if not text:
        return
    if may(user, "subsidies.view_pay"):
        yield from sheets(user, text)
        yield from payments(user, text)
    yield from quarters(user, text)
    if may(user, "subsidies.view_ledger"):
        yield from funds(user, text)


def sheets(user, text):
    try:
        month = YearMonth.parse(text)
    except ValueError:
        return
    for sheet in PaySheet.objects.visible_to(user).filter(month__first=month.first).select_related("month__county")[:MOST]:
        url = f"{reverse('pay-sheet', args=[month])}?county={sheet.month.county_id}"
        detail = f"{sheet.month.county}，{sheet.get_status_display()}，{yuan(sheet.total)} 元"
        yield SearchHit("补贴表", f"{month.label}值班补贴表", detail, url)


def quarters(user, text):
    """The lists of cases and the returns of a quarter, by any way of writing it."""
    try:
        quarter = Quarter.parse(text)
    except ValueError:
        return
    if may(user, "subsidies.view_case_lists"):
        lists = CaseList.objects.visible_to(user).filter(year=quarter.year, quarter=quarter.number).select_related("county")
        for each in lists[:MOST]:
            detail = f"{each.county}，{each.get_status_display()}，{yuan(each.total)} 元"
            yield SearchHit("案件补贴", f"{each.label}案件补贴季表", detail, reverse("case-list", args=[each.pk]))
    if may(user, "subsidies.view_returns"):
        returns = QuarterlyReturn.objects.visible_to(user).filter(first=quarter.first).select_related("county")
        for each in returns.defer("figures").order_by("-revision")[:MOST]:
            again = f"（第 {each.revision} 次编报）" if each.revision > 1 else ""
            url = reverse("quarterly-return", args=[each.pk])
            yield SearchHit("季度报告", f"{quarter.label}季度报告{again}", f"{each.county}，{each.get_status_display()}", url)


def payments(user, text):
    found = Payment.objects.visible_to(user).filter(Q(receipt_no__iexact=text) | Q(row__name=text) | Q(case_row__name=text))
    for payment in found.select_related("row__sheet__month", "case_row__list").order_by("-paid_on", "-pk")[:MOST]:
        if payment.case_row_id:
            case_list = payment.case_row.list
            detail = (
                f"{case_list.label}案件补贴，{yuan(payment.amount)} 元，回单 {payment.receipt_no}，{payment.get_state_display()}"
            )
            yield SearchHit("支付", payment.case_row.name, detail, reverse("case-list-pay", args=[case_list.pk]))
            continue
        month = payment.row.sheet.month
        url = f"{reverse('pay-sheet', args=[month.period])}?county={month.county_id}&open={payment.row_id}#r{payment.row_id}"
        detail = f"{month.label}，{yuan(payment.amount)} 元，回单 {payment.receipt_no}，{payment.get_state_display()}"
        yield SearchHit("支付", payment.row.name, detail, url)


def funds(user, text):
    year, _, number = text.partition("-")
    if year.isdigit() and number.isdigit() and len(year) == 4 and len(number) <= 6:
        entries = LedgerEntry.objects.visible_to(user).filter(year=int(year), voucher_no=int(number))
        for entry in entries.select_related("fund")[:MOST]:
            url = f"{reverse('ledger')}?county={entry.fund.county_id}&fund={entry.fund.kind}&year={entry.year}"
            yield SearchHit("凭证", str(entry), entry.memo, url)
    for movement in FundMovement.objects.visible_to(user).filter(document_no__icontains=text).order_by("-day")[:MOST]:
        detail = f"{movement.day} {movement.get_kind_display()} {yuan(movement.amount)} 元"
        yield SearchHit("资金文号", movement.document_no, detail, reverse("receipts"))
