"""Roll calls (点名抽查): the list, a new one phone first, the paper F05."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from accounts.pages import chips_of, page_of
from common import clock
from common.dates import parse_day
from common.errors import Refused
from consultations.exports.attendance import file_name
from consultations.exports.findings import roll_call_pdf
from consultations.forms.findings import DrawForm, RollCallFilter, RollCallForm
from consultations.models import RollCall, RollCallDraw, Shift
from consultations.services.roll_call_draws import draw_roll_calls
from consultations.services.roll_calls import record_roll_call
from consultations.views.attendance import paper
from consultations.views.places import office_of
from organizations.scope import county_or_404
from records.services import file_response, installation

WITH_PLACES = ("shift__station__county", "shift__practitioner", "checked_by", "finding", "draw")
TYPED = ("method", "is_present", "excuse", "is_excused", "remark", "reason", "photo")


@require_safe
@allowed("consultations.roll_call")
def roll_calls(request):
    form = RollCallFilter(request.GET, user=request.user)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = RollCall.objects.visible_to(request.user).select_related(*WITH_PLACES)
    if chosen.get("station"):
        rows = rows.filter(shift__station=chosen["station"])
    if chosen.get("since"):
        rows = rows.filter(shift__day__gte=chosen["since"])
    if chosen.get("until"):
        rows = rows.filter(shift__day__lte=chosen["until"])
    if chosen.get("result"):
        rows = rows.filter(is_present=chosen["result"] == "present")
    context = {"form": form, "page": page_of(request, rows), "chips": chips_of(request, form)}
    return render(request, "consultations/findings/roll_calls.html", context)


@require_http_methods(["GET", "POST"])
@allowed("consultations.roll_call")
def roll_call_new(request):
    """One check: who of today, when, how, present or not."""
    day = day_of(request)
    moment = clock.now()
    initial = {"time": moment.time().replace(second=0, microsecond=0), "method": "phone", "shift": request.GET.get("shift")}
    draw = draw_asked_for(request)
    form = RollCallForm(request.POST or None, request.FILES or None, user=request.user, day=day, draw=draw, initial=initial)
    if form.is_valid():
        try:
            call = record_roll_call(
                shift_id=form.cleaned_data["shift"].pk, checked_at=form.checked_at(), by=request.user, draw=draw,
                **{name: form.cleaned_data[name] for name in TYPED},
            )  # fmt: skip
        except Refused as error:
            field = "time" if error.field == "checked_at" else error.field
            form.add_error(field if field in form.fields else None, str(error))
        else:
            is_finding = not call.is_present and not call.is_excused
            messages.success(request, "已登记不在岗，转为考核事项待核实。" if is_finding else "已登记抽查。")
            return redirect("roll-call-draw", draw.pk) if draw else redirect("roll-calls")
    context = {
        "form": form,
        "day": day,
        "draw": draw,
        "is_today": day == moment.date(),
        "has_shifts": form.fields["shift"].queryset.exists(),
    }
    return render(request, "consultations/findings/roll_call_form.html", context)


def draw_asked_for(request):
    """The draw of ?draw=; None where none is asked for, 404 out of scope."""
    pk = request.GET.get("draw", "")
    return get_object_or_404(RollCallDraw.objects.visible_to(request.user), pk=pk) if pk.isascii() and pk.isdigit() else None


@require_http_methods(["GET", "POST"])
@allowed("consultations.roll_call")
def roll_call_draw_new(request):
    """Draw whom to call on, of those on duty now or today."""
    county = county_or_404(request.user, request.GET.get("county"))
    form = DrawForm(request.POST or None)
    if form.is_valid():
        try:
            row = draw_roll_calls(county=county, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("roll-call-draw", row.pk)
    earlier = RollCallDraw.objects.visible_to(request.user).select_related("drawn_by")[:5]
    return render(request, "consultations/findings/draw_form.html", {"form": form, "county": county, "earlier": earlier})


@require_safe
@allowed("consultations.roll_call")
def roll_call_draw(request, pk):
    """The pick list: whom to call on, in this order; what was found; and how it can be drawn again."""
    row = get_object_or_404(RollCallDraw.objects.visible_to(request.user).select_related("drawn_by", "county"), pk=pk)
    shifts = Shift.objects.filter(pk__in=row.picked).select_related("station", "practitioner").in_bulk()
    calls = {call.shift_id: call for call in row.calls.select_related("finding")}
    tickets = {each["shift"]: each for each in row.frame}
    picks = [
        {"shift": shifts[each], "call": calls.get(each), "ticket": tickets.get(each)} for each in row.picked if each in shifts
    ]
    context = {"draw": row, "picks": picks, "left": sum(not pick["call"] for pick in picks)}
    return render(request, "consultations/findings/draw.html", context)


@require_safe
@allowed("consultations.view_findings")
def roll_call_photo(request, pk):
    """The photograph: for the bureau, the station, and the person it is about."""
    call = get_object_or_404(RollCall.objects.visible_to(request.user).select_related("photo").exclude(photo=None), pk=pk)
    return file_response(call.photo)


def day_of(request):
    """The day of ?day=, else today."""
    try:
        return parse_day(request.GET.get("day", ""))
    except ValueError:
        return clock.today()


@require_safe
@allowed("consultations.roll_call")
def roll_call_paper(request, pk):
    call = get_object_or_404(RollCall.objects.visible_to(request.user).select_related(*WITH_PLACES), pk=pk)
    office, demo = office_of(call.shift.station.county), installation().is_demo
    make = lambda: roll_call_pdf(call, office=office, by=request.user, is_demo=demo)  # noqa: E731
    return paper(request, make, file_name("抽查记录表", str(call.shift.day), suffix=".pdf"), "roll-calls")
