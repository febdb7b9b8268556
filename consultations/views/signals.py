"""Signals: what looks odd, on what evidence, and what somebody made of it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.forms import ReasonForm
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common.errors import Refused
from consultations.forms.signals import FoundForm, SignalFilter
from consultations.models import Consultation, Shift, Signal
from consultations.rules.signals import KINDS, SHIFT
from consultations.services import signals as services
from consultations.views.inspections import tried
from organizations.scope import county_or_404

WITH_PLACES = ("station", "practitioner", "checked_by", "settled_by", "finding")


@require_safe
@allowed("consultations.view_signals")
def signals(request):
    """What waits for somebody, the newest first."""
    form = SignalFilter(request.GET, user=request.user)
    rows = form.chosen(Signal.objects.visible_to(request.user)).select_related(*WITH_PLACES)
    context = {
        "form": form,
        "page": page_of(request, rows),
        "chips": chips_of(request, form),
        "sweep": services.last_sweep(county_or_404(request.user)),
        "limits": services.limits_in_words(),
    }
    return render(request, "consultations/signals/list.html", context)


@require_POST
@allowed("consultations.handle_signals")
def signals_sweep(request):
    """Look through the records now."""
    row = services.sweep(county=county_or_404(request.user), by=request.user)
    messages.success(request, f"已检查 {row.first} 至 {row.last} 的记录，新提示 {row.found} 条。")
    return redirect("signals")


def visible_signal(request, pk):
    return get_object_or_404(Signal.objects.visible_to(request.user).select_related(*WITH_PLACES, "county"), pk=pk)


@require_safe
@allowed("consultations.view_signals")
def signal(request, pk):
    """One signal with the rows it rests on."""
    row = visible_signal(request, pk)
    is_own = bool(row.practitioner and row.practitioner.user_id == request.user.pk)
    may_handle = may(request.user, "consultations.handle_signals") and not is_own
    context = {
        "signal": row,
        "ask": KINDS[row.kind].ask,
        "evidence": linked(request.user, row),
        "rounds": Signal.objects.filter(county=row.county, key=row.key).exclude(pk=row.pk).order_by("round"),
        "may_open": may_handle and row.state == Signal.State.NEW,
        "may_settle": may_handle and row.state == Signal.State.CHECKING,
        "is_own": is_own,
        "reason_form": ReasonForm(),
    }
    return render(request, "consultations/signals/detail.html", context)


def linked(user, row):
    """The evidence, each with the address of its row where the reader may see it."""
    shifts = {each["id"] for each in row.evidence if each["of"] == SHIFT}
    records = {each["id"] for each in row.evidence if each["of"] != SHIFT}
    seen = {
        SHIFT: set(Shift.objects.visible_to(user).filter(pk__in=shifts).values_list("pk", flat=True)),
        "other": set(Consultation.objects.visible_to(user).filter(pk__in=records).values_list("pk", flat=True)),
    }
    for each in row.evidence:
        is_shift = each["of"] == SHIFT
        is_seen = each["id"] in seen[SHIFT if is_shift else "other"]
        url = reverse("attendance-shift" if is_shift else "consultation", args=[each["id"]]) if is_seen else ""
        yield {"words": each["words"], "url": url, "icon": "calendar-days" if is_shift else "message-square-text"}


@require_POST
@allowed("consultations.handle_signals")
def signal_open(request, pk):
    row = visible_signal(request, pk)
    return acted(request, row, "已开始核查。", services.open_check, signal_id=row.pk)


@require_POST
@allowed("consultations.handle_signals")
def signal_dismiss(request, pk):
    return reasoned(request, visible_signal(request, pk), services.dismiss, "已记为不予核查。")


@require_POST
@allowed("consultations.handle_signals")
def signal_nothing(request, pk):
    return reasoned(request, visible_signal(request, pk), services.find_nothing, "已记为核查无异常。")


def reasoned(request, row, service, done):
    reason = (request.POST.get("reason") or "").strip()
    return acted(request, row, done, service, signal_id=row.pk, reason=reason)


def acted(request, row, done, service, **arguments):
    try:
        service(by=request.user, **arguments)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("signal", row.pk)


@require_http_methods(["GET", "POST"])
@allowed("consultations.handle_signals")
def signal_found(request, pk):
    """The check found something: report a finding, to be heard and decided by others."""
    row = visible_signal(request, pk)
    shifts = services.shifts_of(row)
    form = FoundForm(request.POST or None, shifts=shifts, initial={"shift": shifts.first()})
    if form.is_valid():
        values = dict(form.cleaned_data)
        shift = values.pop("shift")
        if finding := tried(form, services.find_something, signal_id=row.pk, shift_id=shift.pk, by=request.user, **values):
            messages.success(request, "已登记考核事项，待本人说明和另一人核实；核实属实以前不扣减。")
            return redirect("finding", finding.pk)
    return render(request, "consultations/signals/found.html", {"form": form, "signal": row})
