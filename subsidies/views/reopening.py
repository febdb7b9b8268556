"""Reopening a closed month: proposed with a reason, decided by a second person, closed again. And who holds which step."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, fresh_login
from common import clock
from common.errors import Refused
from programmes.services.months import open_proposal
from subsidies.forms.funds import ChainForm, ReasonForm
from subsidies.models import PayChain, PaySheet, RecomputeRequest
from subsidies.services.chains import decide_chain
from subsidies.services.closing import close_again, decide_reopening, propose_reopening, why_not_decided_by
from subsidies.views.places import county_of, month_of


@require_safe
@allowed("subsidies.view_pay")
def month_reopening(request, month):
    """A month's closing: its history, and what this reader may do about it."""
    return reopening_page(request, month_of(request, month), ReasonForm())


def reopening_page(request, row, form):
    facts = {
        "month": row,
        "form": form,
        "proposal": open_proposal(row),
        "why_not": why_not_decided_by(row, request.user),
        "events": row.events.select_related("by", "proposed_by").order_by("-pk"),
        "requests": RecomputeRequest.objects.filter(month=row).select_related("booked_in", "by"),
        "sheet": PaySheet.objects.filter(month=row).first(),
    }
    return render(request, "subsidies/month_reopening.html", facts)


def with_reason(request, month, act, words):
    """Do one of the two acts that need a reason."""
    row = month_of(request, month)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            act(month_id=row.pk, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, words.format(month=row.label))
            return redirect(f"{reverse('month-reopening', args=[month])}?county={row.county_id}")
    return reopening_page(request, row, form)


@require_POST
@allowed("subsidies.propose_reopening")
@fresh_login
def month_reopening_propose(request, month):
    return with_reason(request, month, propose_reopening, "已申请重开{month}，等待局领导审定。")


@require_POST
@allowed("subsidies.decide_reopening")
@fresh_login
def month_reopening_decide(request, month):
    return with_reason(request, month, decide_reopening, "已重开{month}。已记账的内容不变，差额列入以后月份。")


@require_POST
@allowed("subsidies.propose_reopening")
@fresh_login
def month_close_again(request, month):
    row = month_of(request, month)
    try:
        close_again(month_id=row.pk, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{row.label}已重新结账。")
    return redirect(f"{reverse('month-reopening', args=[month])}?county={row.county_id}")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("subsidies.set_chain")
@fresh_login
def pay_chain_new(request):
    county = county_of(request)
    form = ChainForm(request.POST or None, initial={"since": clock.today(), "people": 5})
    if request.method == "POST" and form.is_valid():
        try:
            chain = decide_chain(county=county, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已确定：{chain.since} 起{chain}。")
            return redirect("pay-chain")
    return render(request, "subsidies/pay_chain_new.html", {"form": form, "county": county})


@require_safe
@allowed("subsidies.view_pay")
def pay_chain(request):
    county = county_of(request)
    chains = PayChain.objects.filter(county=county).select_related("decided_by").order_by("-since")
    return render(request, "subsidies/pay_chain.html", {"county": county, "chains": chains, "five": PayChain.People.FIVE})
