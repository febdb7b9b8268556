"""Leave, substitution and swap: asked for, decided, printed."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.pages import page_of
from accounts.policy import may
from common.errors import Refused
from common.pdf import PdfUnavailable
from consultations.exports.rosters import change_pdf
from consultations.forms.rosters import DecisionForm, SwapForm
from consultations.models import Shift, ShiftChange
from consultations.services import changes
from consultations.services.substitutes import shifts_to_swap, substitutes_for
from consultations.views.places import county_of, office_of, send_file
from organizations.models import Practitioner
from records.services import installation

WITH_PEOPLE = ("shift__station__county", "original", "substitute", "swapped_with__station", "proposed_by", "decided_by")


@require_safe
@allowed("consultations.view_roster")
def change_list(request):
    rows = ShiftChange.objects.visible_to(request.user).select_related(*WITH_PEOPLE)
    waiting = list(rows.waiting().order_by("shift__day", "pk")[:100])
    done = page_of(request, rows.exclude(state=ShiftChange.State.PROPOSED))
    return render(request, "consultations/rosters/change_list.html", {"waiting": waiting, "page": done})


@require_http_methods(["GET", "POST"])
@allowed("consultations.decide_change")
def change_decide(request, pk):
    change = get_object_or_404(ShiftChange.objects.visible_to(request.user).select_related(*WITH_PEOPLE), pk=pk)
    people = None if change.substitute_id else substitutes_for(change.shift)
    form = DecisionForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        approve = "approve" in request.POST
        try:
            changes.decide_change(change_id=pk, approve=approve, by=request.user, **_decision(form))
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"{'已批准' if approve else '未批准'}这项申请，已通知有关人员。")
            return redirect("shift-changes")
    return render(request, "consultations/rosters/change_decide.html", {"form": form, "change": change})


def _decision(form):
    data = form.cleaned_data
    chosen = data.get("substitute")
    person = Practitioner.objects.filter(pk=chosen).first() if chosen else None
    return {"decision": data["decision"], "substitute": person}


@require_POST
@allowed("consultations.request_change")
def change_withdraw(request, pk):
    get_object_or_404(ShiftChange.objects.visible_to(request.user), pk=pk)
    try:
        changes.withdraw_change(change_id=pk, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已撤回申请；仍要换班的，可以重新提出。")
    return redirect("shift-changes")


@require_http_methods(["GET", "POST"])
@allowed("consultations.request_change")
def shift_swap(request, pk):
    """The bureau changes the person; everybody else asks for it."""
    shifts = Shift.objects.visible_to(request.user).standing().select_related("station__county", "practitioner")
    shift = get_object_or_404(shifts, pk=pk)
    is_planner = may(request.user, "consultations.plan_roster")
    form = SwapForm(
        request.POST or None,
        people=substitutes_for(shift),
        shifts=shifts_to_swap(shift),
        may_leave=not is_planner,
    )
    if request.method == "POST" and form.is_valid():
        act = changes.change_person if is_planner else changes.propose_change
        try:
            act(shift_id=pk, by=request.user, **form.values())
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(
                request,
                "已换人，有关人员会收到通知。"
                if is_planner
                else "已提交申请，等待业务股审批；审批以前可以在“换班与请假”中撤回。",
            )
            return redirect("shift", pk)
    return render(request, "consultations/rosters/swap.html", {"form": form, "shift": shift, "is_planner": is_planner})


@require_safe
@allowed("consultations.print_roster")
def change_paper(request, pk):
    """F28: one substitution."""
    change = get_object_or_404(ShiftChange.objects.visible_to(request.user).select_related(*WITH_PEOPLE), pk=pk)
    county = change.shift.station.county
    return _paper(
        request, county, [change], "替班审批表", f"{change.shift.day:%Y-%m-%d}", f"替班审批表_{pk}.pdf", "shift-changes"
    )


@require_safe
@allowed("consultations.print_roster")
def changes_paper(request, month):
    """F28: the month's substitutions."""
    county = county_of(request)
    rows = ShiftChange.objects.visible_to(request.user).select_related(*WITH_PEOPLE)
    rows = rows.filter(shift__station__county=county, shift__day__range=(month.first, month.last)).order_by("shift__day", "pk")
    title, name = f"{month.label}替班审批表", f"{county.name}_替班审批表_{month}.pdf"
    return _paper(request, county, list(rows), title, month.label, name, "shift-changes")


def _paper(request, county, rows, title, period, name, back):
    try:
        content = change_pdf(
            rows, title=title, office=office_of(county), period=period, by=request.user, is_demo=installation().is_demo
        )
    except PdfUnavailable as error:
        messages.error(request, str(error))
        return redirect(back)
    return send_file(content, name, "application/pdf")
