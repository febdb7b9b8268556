"""Asking colleagues to take a shift, and taking one."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from common.errors import Refused
from consultations.forms.availability import OfferForm, TakeForm
from consultations.models import Shift, SwapOffer
from consultations.services import offers
from consultations.services.substitutes import substitutes_for
from organizations.models import Practitioner

WITH_PEOPLE = ("shift__station__county", "shift__practitioner", "offered_by", "to", "taken_by")


@require_safe
@allowed("consultations.offer_shift")
def offer_list(request):
    """What others offer and she could take; what she offered herself."""
    rows = SwapOffer.objects.visible_to(request.user).select_related(*WITH_PEOPLE)
    others = rows.open().exclude(offered_by=request.user)
    mine = rows.filter(offered_by=request.user).order_by("-pk")[:20]
    return render(request, "consultations/rosters/offers.html", {"others": others[:50], "mine": mine})


@require_http_methods(["GET", "POST"])
@allowed("consultations.offer_shift")
def offer_new(request, pk):
    shifts = Shift.objects.own(request.user).standing().select_related("station__county", "practitioner")
    shift = get_object_or_404(shifts, pk=pk)
    candidates = substitutes_for(shift)
    form = OfferForm(request.POST or None, candidates=candidates)
    if form.is_bound and form.is_valid():
        try:
            offer = offers.offer_shift(shift_id=pk, by=request.user, **form.values())
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已请{offer.to or '能来的人'}接班；有人接了会通知你，业务股批准以前仍由你值班。")
            return redirect("swap-offers")
    return render(request, "consultations/rosters/offer_form.html", {"form": form, "shift": shift, "candidates": candidates})


@require_http_methods(["GET", "POST"])
@allowed("consultations.offer_shift")
def offer(request, pk):
    """One offer: take it, or say no."""
    row = get_object_or_404(SwapOffer.objects.visible_to(request.user).select_related(*WITH_PEOPLE), pk=pk)
    me = Practitioner.objects.filter(user=request.user).first()
    is_open = SwapOffer.objects.open().filter(pk=pk).exclude(offered_by=request.user).exists() and me is not None
    shifts = offers.returns_for(row, me) if is_open and row.wants_return else None
    form = TakeForm(request.POST if "take" in request.POST else None, shifts=shifts)
    if request.method == "POST" and ("decline" in request.POST or form.is_valid() or not form.fields):
        try:
            if "decline" in request.POST:
                offers.decline_offer(offer_id=pk, by=request.user)
                messages.success(request, "已回绝，对方会收到通知。")
            else:
                offers.take_offer(offer_id=pk, in_return=form.chosen() if form.fields else None, by=request.user)
                messages.success(request, "已接下这个班，等待业务股审批；批准以前仍由原来的人值班。")
        except Refused as error:
            messages.error(request, str(error))
        else:
            return redirect("swap-offers")
    context = {"form": form, "offer": row, "is_open": is_open, "is_asked": bool(me and row.to_id == me.pk)}
    return render(request, "consultations/rosters/offer.html", context)


@require_POST
@allowed("consultations.offer_shift")
def offer_withdraw(request, pk):
    get_object_or_404(SwapOffer.objects.visible_to(request.user), pk=pk)
    try:
        offers.withdraw_offer(offer_id=pk, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已收回邀约，这个班次仍由你值班。")
    return redirect("swap-offers")
