"""Pages without a login: rating a consultation by code or token, complaining. Z-CON-3, LAF 55; safety.md §2.

Unknown, used, replaced and expired codes get one and the same answer. Nothing of the person who was advised is shown.
"""

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import public
from common.encryption import decrypt, encrypt
from common.errors import Refused
from consultations.forms.complaints import ComplaintCodeForm, PublicComplaintForm
from consultations.forms.ratings import CodeForm, RatingForm
from consultations.handing_over import CODE, COMPLAINED, RATED, is_handed_over
from consultations.models import Rating
from consultations.services import complaint_codes
from consultations.services import ratings as services
from consultations.services.complaint_progress import NOT_FOUND, step_of
from consultations.services.complaints import complain_online
from consultations.views.limits import limited
from organizations.models import Station

NOT_HERE = 404


def address_of_visitor():
    return audit.origin.get().address


def device_of(request):
    return services.device_key(address_of_visitor(), request.headers.get("User-Agent", ""))


@require_http_methods(["GET", "POST"])
@public
@never_cache
@limited("rate-code", 60)
def rate_by_code(request):
    """Type the eight digits of the slip."""
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            services.ticket_of_code(code=form.cleaned_data["code"], address=address_of_visitor())
        except services.TicketGone as error:
            form.add_error("code", f"{error}请核对后再试，或者请站点的工作人员重新打印评价单。")
        else:
            request.session[CODE] = encrypt(form.cleaned_data["code"])
            return redirect("public-rate-words")
    return render(request, "consultations/ratings/public_code.html", {"form": form})


@require_http_methods(["GET", "POST"])
@public
@never_cache
@limited("rate", 240)
def rate_typed(request):
    """The four words, for the code that was typed on the page before."""
    kept = request.session.get(CODE)
    if not kept:
        return redirect("public-rate")
    code = decrypt(kept)
    return rate(request, lambda: services.first_open(code_hash=services.hash_of_code(code)), Rating.Way.CODE)


@require_http_methods(["GET", "POST"])
@public
@never_cache
@limited("rate", 240)
def rate_scanned(request, token):
    """The four words, for the token of a QR code or of the station's own screen."""
    way = Rating.Way.SCREEN if is_handed_over(request) else Rating.Way.SCAN
    return rate(request, lambda: services.open_ticket(token=token), way)


def rate(request, find, way):
    form = RatingForm(request.POST or None)
    try:
        ticket = find()
        if form.is_valid():
            given = services.give_rating(ticket_id=ticket.pk, way=way, device=device_of(request), **form.cleaned_data)
            request.session.pop(CODE, None)
            request.session[RATED] = [given.rating.get_word_display(), given.warning]
            return redirect("public-rate-done")
    except services.TicketGone:
        return render(request, "consultations/ratings/public_gone.html", status=NOT_HERE)
    context = {"form": form, "station": ticket.consultation.station, "day": ticket.consultation.day}
    return render(request, "consultations/ratings/public_rate.html", context)


@require_safe
@public
@never_cache
@limited("rate", 240)
def rated(request):
    """Thanks; once."""
    word, warning = request.session.get(RATED) or ("", "")
    if not word:
        return redirect("public-rate")
    context = {"word": word, "warning": warning, "is_handed_over": is_handed_over(request)}
    return render(request, "consultations/ratings/public_done.html", context)


# --- complaining ------------------------------------------------------------------------------------------------------


def stations_on_duty():
    return Station.objects.active().select_related("county").order_by("county__code", "order", "name")


@require_http_methods(["GET", "POST"])
@public
@never_cache
@limited("duty-complaint", 30)
def complain(request):
    """投诉: what happened, where, when; name and telephone only who likes to."""
    form = PublicComplaintForm(request.POST or None, stations=stations_on_duty())
    if form.is_valid():
        try:
            filed = complain_online(values=form.cleaned_data, address=address_of_visitor())
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            has_phone, code = bool(filed.complaint.phone), encrypt(complaint_codes.grouped(filed.code))
            request.session[COMPLAINED] = [filed.complaint.number, code, has_phone, filed.warning]
            return redirect("public-complaint-done")
    return render(request, "consultations/ratings/public_complaint.html", {"form": form})


@require_safe
@public
@never_cache
@limited("duty-complaint", 30)
def complained(request):
    """The number of the complaint, the code to ask with, and what comes next."""
    number, code, has_phone, warning = request.session.get(COMPLAINED) or ("", "", False, "")
    if not number:
        return redirect("public-complaint")
    context = {
        "number": number,
        "code": decrypt(code),
        "has_phone": has_phone,
        "warning": warning,
        "is_handed_over": is_handed_over(request),
    }
    return render(request, "consultations/ratings/public_complained.html", context)


@require_http_methods(["GET", "POST"])
@public
@never_cache
@limited("complaint-progress", 20)
def complaint_progress(request):
    """查投诉办到哪一步: the step only, for whoever has the code."""
    form, complaint = ComplaintCodeForm(request.POST or None), None
    if form.is_valid():
        complaint = complaint_codes.complaint_of_code(code=form.cleaned_data["code"], address=address_of_visitor())
        if complaint is None:
            form.add_error("code", f"{NOT_FOUND}多次查不到的，过一刻钟再试，或者打 12348。")
    context = {"form": form, "complaint": complaint, "step": step_of(complaint) if complaint else None}
    return render(request, "consultations/ratings/public_complaint_progress.html", context)
