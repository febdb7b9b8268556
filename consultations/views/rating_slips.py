"""Asking for a rating: the slip with QR code and digits, seen by whoever makes it, and the station's own screen."""

import io
import json

import segno
from django.contrib import auth, messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import allowed
from common import clock
from common.encryption import decrypt, encrypt
from common.errors import Refused
from consultations.exports.attendance import file_name
from consultations.exports.ratings import slip_pdf
from consultations.forms.ratings import PinForm
from consultations.handing_over import KEY, hand_over, is_handed_over, take_back, tries_left
from consultations.models import Consultation, RatingTicket
from consultations.rules.ratings import VALID_DAYS, grouped
from consultations.services import ratings as services
from consultations.views.attendance import paper
from consultations.views.public_rating import device_of
from records.services import installation

SLIPS = "rating_slips"


def asked_record(request, pk):
    """The record whose person this user may ask: her station's, or her own consultation. 404 otherwise."""
    records = Consultation.objects.visible_to(request.user).select_related("station__county", "practitioner")
    record = get_object_or_404(records, pk=pk)
    if record.station_id not in request.user.post_stations and record.practitioner.user_id != request.user.pk:
        raise Http404("不是本站的咨询。")
    return record


def keep_slip(request, slip):
    """Token and code stay in the session of whoever made them, sealed, to be shown and printed while it lasts."""
    kept = dict(list(request.session.get(SLIPS, {}).items())[-9:])
    kept[str(slip.ticket.pk)] = encrypt(json.dumps([slip.token, slip.code]))
    request.session[SLIPS] = kept


def slip_of(request, record):
    """The standing ticket of the record with token and code as this session knows them; None where it does not."""
    ticket = RatingTicket.objects.open_at(clock.real_now()).filter(consultation=record).first()
    sealed = request.session.get(SLIPS, {}).get(str(ticket.pk)) if ticket else None
    return services.Slip(ticket, *json.loads(decrypt(sealed))) if sealed else None


def address_of(request, slip):
    return request.build_absolute_uri(reverse("public-rate-token", args=[slip.token]))


def qr_of(request, slip) -> bytes:
    """The code as SVG, without XML declaration, style or script."""
    stream = io.BytesIO()
    segno.make(address_of(request, slip), error="m", micro=False).save(stream, kind="svg", scale=6, border=3, xmldecl=False)
    return stream.getvalue()


@require_http_methods(["GET", "POST"])
@allowed("consultations.ask_for_rating")
@never_cache
def slip(request, pk):
    """The slip: made by POST, shown while this session lasts."""
    record = asked_record(request, pk)
    if request.method == "POST":
        try:
            keep_slip(request, services.make_ticket(consultation_id=pk, by=request.user, device=device_of(request)))
        except Refused as error:
            messages.error(request, str(error))
            return redirect("consultation", pk)
        return redirect("consultation-rating", pk)
    made = slip_of(request, record)
    context = {
        "record": record,
        "made": made,
        "code": grouped(made.code) if made else "",
        "typed_at": request.build_absolute_uri(reverse("public-rate")),
        "standing": RatingTicket.objects.open_at(clock.real_now()).filter(consultation=record).first(),
        "valid_days": VALID_DAYS,
        "pin_form": PinForm(),
    }
    return render(request, "consultations/ratings/slip.html", context)


@require_safe
@allowed("consultations.ask_for_rating")
@never_cache
def slip_qr(request, pk):
    made = slip_of(request, asked_record(request, pk))
    if made is None:
        raise Http404("评价码已经用过或过期，请重新生成。")
    return HttpResponse(qr_of(request, made), content_type="image/svg+xml")


@require_safe
@allowed("consultations.ask_for_rating")
@never_cache
def slip_paper(request, pk):
    """The slip on paper, a quarter of A4."""
    record = asked_record(request, pk)
    made = slip_of(request, record)
    if made is None:
        raise Http404("评价码已经用过或过期，请重新生成。")
    typed_at = request.build_absolute_uri(reverse("public-rate"))
    make = lambda: slip_pdf(record, made, qr=qr_of(request, made), typed_at=typed_at, is_demo=installation().is_demo)  # noqa: E731
    return paper(request, make, file_name("评价单", str(record), suffix=".pdf"), "consultations")


# --- the station's own screen -----------------------------------------------------------------------------------------


@require_POST
@allowed("consultations.ask_for_rating")
def screen(request, pk):
    """Hand the tablet over: the four words come up, and nothing else opens until it is given back."""
    record, form = asked_record(request, pk), PinForm(request.POST)
    if form.is_valid():
        try:
            made = services.make_ticket(consultation_id=pk, by=request.user, device=device_of(request))
        except Refused as error:
            messages.error(request, str(error))
            return redirect("consultation", pk)
        audit.record(by=request.user, action="consultations.hand_over_screen", on=record)
        hand_over(request, pin=form.cleaned_data["pin"], consultation=pk)
        return redirect("public-rate-token", made.token)
    return render(request, "consultations/ratings/hand_over.html", {"form": form, "record": record})


@require_http_methods(["GET", "POST"])
@allowed("consultations.ask_for_rating")
@never_cache
def back(request):
    """Give the tablet back: the digits, then the clerk's own pages. Five wrong ones and she signs in again."""
    if not is_handed_over(request):
        return redirect("consultations")
    form, pk = PinForm(request.POST or None), request.session[KEY]["consultation"]
    if form.is_valid():
        if take_back(request, form.cleaned_data["pin"]):
            return redirect("consultation", pk)
        if tries_left(request) <= 0:
            auth.logout(request)
            messages.error(request, "交还口令输错太多次，请重新登录。")
            return redirect("account_login")
        form.add_error("pin", f"交还口令不对：还可以试 {tries_left(request)} 次，之后要重新登录。")
    return render(request, "consultations/ratings/back.html", {"form": form})
