"""One shift: its page, adding, changing, cancelling."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from accounts.policy import may
from common import clock
from common.dates import parse_day
from common.errors import Refused
from consultations.forms.rosters import CancelForm, ShiftForm
from consultations.models import Shift
from consultations.rules.rosters import hours
from consultations.services import rosters
from consultations.services.roster_facts import roster_facts
from consultations.services.roster_page import facts_on, shift_page, status_of
from consultations.views.places import planned_county_of


@require_safe
@allowed("consultations.view_roster")
def shift(request, pk):
    row = shift_page(user=request.user, pk=pk)
    roster = rosters.roster_of(county=row.station.county, month=row.period)
    is_own = row.practitioner.user_id == request.user.pk
    has_facts = facts_on(row)
    is_open = not row.is_cancelled and not roster.month.is_closed and not has_facts
    may_ask = is_own or row.station_id in request.user.post_stations or may(request.user, "consultations.plan_roster")
    css, word, tone = status_of(row)
    facts = {
        "shift": row,
        "roster": roster,
        "county": row.station.county,
        "word": "已取消" if row.is_cancelled else word,
        "tone": "mute" if row.is_cancelled else tone,
        "is_own": is_own,
        "is_open": is_open,
        "has_facts": has_facts,
        "may_ask": is_open and may_ask and may(request.user, "consultations.request_change"),
        "may_offer": is_open and is_own and row.day >= clock.today() and may(request.user, "consultations.offer_shift"),
        "may_plan": is_open and may(request.user, "consultations.plan_roster"),
        "unit": row.unit,
        "planned": hours(row.planned_minutes),
    }
    return render(request, "consultations/rosters/shift.html", facts)


@require_http_methods(["GET", "POST"])
@allowed("consultations.plan_roster")
def shift_add(request, month):
    county = planned_county_of(request)
    facts = roster_facts(county=county, month=month)
    form = ShiftForm(request.POST or None, facts=facts.facts, initial=_initial(request, facts))
    if request.method == "POST" and form.is_valid():
        added = _try(request, form, rosters.add_shift, **form.values())
        if added:
            messages.success(request, f"已排班：{added.practitioner} {added.day:%Y-%m-%d} {added.station.short_name}。")
            return redirect(_back(county, added))
    context = {"form": form, "county": county, "month": month}
    return render(request, "consultations/rosters/shift_form.html", context)


def _initial(request, facts):
    """Station and day as the cell of the grid names them; the station's own hours."""
    station = facts.facts.by_id.get(int(wanted)) if (wanted := request.GET.get("station", "")).isdecimal() else None
    try:
        day = parse_day(request.GET.get("day", ""))
    except ValueError:
        day = None
    initial = {"day": day if day and day in facts.month else None}
    if station:
        initial |= {
            "station": str(station.id),
            "starts_at": station.opens_at,
            "ends_at": station.closes_at,
            "lunch_minutes": station.lunch_minutes,
        }
    return initial


@require_http_methods(["GET", "POST"])
@allowed("consultations.plan_roster")
def shift_edit(request, pk):
    row = _find(request, pk)
    county = row.station.county
    facts = roster_facts(county=county, month=row.period)
    roster = rosters.roster_of(county=county, month=row.period)
    initial = {
        "station": str(row.station_id),
        "day": row.day,
        "practitioner": str(row.practitioner_id),
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "lunch_minutes": row.lunch_minutes,
        "override_reason": row.override_reason,
    }
    form = ShiftForm(request.POST or None, facts=facts.facts, initial=initial, needs_reason=roster.is_published)
    if request.method == "POST" and form.is_valid():
        if _try(request, form, rosters.edit_shift, shift_id=pk, **form.values()):
            messages.success(request, "已保存改动。" + ("需要重新公示。" if roster.is_published else ""))
            return redirect("shift", pk)
    context = {"form": form, "county": county, "month": row.period, "shift": row, "roster": roster}
    return render(request, "consultations/rosters/shift_form.html", context)


@require_http_methods(["GET", "POST"])
@allowed("consultations.plan_roster")
def shift_cancel(request, pk):
    row = _find(request, pk)
    roster = rosters.roster_of(county=row.station.county, month=row.period)
    form = CancelForm(request.POST or None, needs_reason=roster.is_published)
    if request.method == "POST" and form.is_valid():
        try:
            rosters.cancel_shift(shift_id=pk, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(
                request,
                f"已取消 {row.practitioner} {row.day:%Y-%m-%d} {row.station.short_name} 的班次；取消错了的，请在这一天重新排上。",
            )
            return redirect(_back(row.station.county, row))
    context = {"form": form, "shift": row, "roster": roster, "county": row.station.county, "month": row.period}
    return render(request, "consultations/rosters/shift_cancel.html", context)


def _find(request, pk):
    shifts = Shift.objects.visible_to(request.user).standing().select_related("station__county", "practitioner")
    return get_object_or_404(shifts, pk=pk)


def _try(request, form, service, **values):
    try:
        return service(by=request.user, **values)
    except Refused as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None


def _back(county, row):
    return f"{reverse('roster-month', args=[row.period])}?county={county.pk}#st-{row.station_id}"
