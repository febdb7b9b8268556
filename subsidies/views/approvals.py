"""The steps of a sheet, one POST each: review, check, approve, send back."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import allowed, fresh_login
from common.errors import Refused
from common.money import yuan
from subsidies.services import approval
from subsidies.views.places import sheet_of


def step(request, month, act, words, **told):
    """Do one step with what the form says; back to the sheet with what came of it."""
    sheet = sheet_of(request, month)
    version = request.POST.get("version", "")
    back = f"{reverse('pay-sheet', args=[month])}?county={sheet.month.county_id}"
    try:
        sheet = act(sheet_id=sheet.pk, version=int(version) if version.isdigit() else 0, by=request.user, **told)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words.format(month=sheet.month.label, total=yuan(sheet.total)))
    return redirect(back)


@require_POST
@allowed("subsidies.review_pay")
def pay_sheet_review(request, month):
    note = request.POST.get("note", "").strip()[:500]
    return step(request, month, approval.review_pay_sheet, "已复核{month}补贴表，实发合计 {total} 元，送财务审核。", note=note)


@require_POST
@allowed("subsidies.check_pay")
def pay_sheet_check(request, month):
    note = request.POST.get("note", "").strip()[:500]
    return step(request, month, approval.check_pay_sheet, "已审核{month}补贴表，送局领导审批。", note=note)


@require_POST
@allowed("subsidies.approve_pay")
@fresh_login
def pay_sheet_approve(request, month):
    note = request.POST.get("note", "").strip()[:500]
    return step(request, month, approval.approve_pay_sheet, "已审批{month}补贴表，实发合计 {total} 元，送出纳支付。", note=note)


@require_POST
@allowed("subsidies.send_back_pay")
def pay_sheet_send_back(request, month):
    reason = request.POST.get("note", "")[:500]
    return step(request, month, approval.send_back_pay_sheet, "已退回{month}补贴表。", reason=reason)
