"""到位登记: money that arrives, is forwarded, comes back; the treasury's five working days; what people pay back."""

from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, fresh_login
from accounts.pages import page_of
from common import clock
from common.errors import Refused
from records.services import file_response, store_file
from subsidies.forms.funds import MovementForm, RecoveryForm
from subsidies.models import Fund, FundMovement, PayRow, PaySheet
from subsidies.services.funds import arrivals, confirm_movement, enter_movement, fund_of, record_recovery, still_carried
from subsidies.views.places import county_of


@require_safe
@allowed("subsidies.view_ledger")
def receipts(request):
    """Arrivals with their clock, and every other movement."""
    county = county_of(request)
    funds = Fund.objects.filter(county=county)
    clocked = arrivals(funds=funds, today=clock.today())
    moved = FundMovement.objects.visible_to(request.user).filter(fund__in=funds).exclude(kind=FundMovement.Kind.ARRIVED)
    moved = moved.select_related("fund", "confirmed_by", "entered_by", "entry__reversed_by").order_by("-day", "-pk")
    facts = {"county": county, "arrivals": list(reversed(clocked)), "page": page_of(request, moved)}
    return render(request, "subsidies/receipts.html", facts)


def forwarding_of(request, county):
    """What ?arrival= still lacks, filled in as the forwarding of it; nothing for any other address."""
    wanted = request.GET.get("arrival", "")
    for arrival in arrivals(funds=Fund.objects.filter(county=county), today=clock.today()) if wanted else ():
        if str(arrival.movement.pk) == wanted and not arrival.is_forwarded:
            moved = arrival.movement
            kind = FundMovement.Kind.FORWARDED
            return {"fund": moved.fund.kind, "kind": kind, "amount": arrival.rest, "document_no": moved.document_no}
    return {}


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("subsidies.enter_receipt")
def receipt_new(request):
    county = county_of(request)
    initial = {"fund": Fund.Kind.SPECIAL, "day": clock.today(), "key": uuid4().hex} | forwarding_of(request, county)
    form = MovementForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        fund, paper = fund_of(county=county, kind=told.pop("fund")), told.pop("paper")
        try:
            with transaction.atomic():
                stored = store_file(upload=paper, by=request.user, purpose="fund_movement")
                movement = enter_movement(fund=fund, paper=stored, by=request.user, **told)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            due = f"，应在 {movement.forward_due_on} 前拨付" if movement.forward_due_on else ""
            messages.success(request, f"已登记{movement.get_kind_display()} {movement.amount:,.2f} 元{due}。")
            return redirect("receipts")
    return render(request, "subsidies/receipt_new.html", {"form": form, "county": county})


@require_POST
@allowed("subsidies.confirm_receipt")
def receipt_confirm(request, pk):
    movement = get_object_or_404(FundMovement.objects.visible_to(request.user), pk=pk)
    try:
        confirm_movement(movement_id=movement.pk, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已确认 {movement.day} {movement.get_kind_display()} {movement.amount:,.2f} 元。")
    return redirect("receipts")


@require_safe
@allowed("subsidies.view_ledger")
def receipt_paper(request, pk):
    """The scanned document of a movement."""
    movement = get_object_or_404(FundMovement.objects.visible_to(request.user).exclude(paper=None), pk=pk)
    return file_response(movement.paper)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("subsidies.enter_receipt")
@fresh_login
def recovery_new(request, pk):
    """Somebody paid back what is carried against her."""
    rows = PayRow.objects.filter(sheet__in=PaySheet.objects.visible_to(request.user)).select_related("sheet__month")
    row = get_object_or_404(rows, pk=pk)
    rest = still_carried(row)
    form = RecoveryForm(request.POST or None, initial={"day": clock.today(), "amount": rest, "key": uuid4().hex})
    if request.method == "POST" and form.is_valid():
        try:
            record_recovery(row_id=pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已登记{row.name}退回的补贴，下月按余额抵扣。")
            return redirect("pay-sheet", row.sheet.month.period)
    return render(request, "subsidies/recovery_new.html", {"form": form, "row": row, "rest": rest})
