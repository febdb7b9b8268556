"""Leaves and wishes: one's own on the telephone, everybody's for the planners."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allowed
from accounts.policy import may
from common.errors import Refused
from consultations.forms.availability import LeaveForm, WishForm
from consultations.models import DutyLeave, DutyWish
from consultations.services import availability
from consultations.services.roster_facts import people_in_pool
from consultations.views.places import planned_county_of
from organizations.models import Practitioner


@require_http_methods(["GET", "POST"])
@allowed("consultations.state_availability")
def own(request):
    """Her leaves, and a form for the next; her wishes."""
    me = Practitioner.objects.filter(user=request.user).first()
    if me is None:
        return render(request, "consultations/rosters/no_practitioner.html")
    is_wish = "wish" in request.POST
    leave_form = LeaveForm(request.POST if request.method == "POST" and not is_wish else None)
    wish = DutyWish.objects.filter(practitioner=me).first()
    initial = {"liked": wish.liked, "avoided": wish.avoided, "most": wish.most, "note": wish.note} if wish else {}
    wish_form = WishForm(request.POST if is_wish else None, initial=initial)
    if leave_form.is_bound and leave_form.is_valid():
        if leave := _try(request, leave_form, availability.enter_leave, practitioner=me, **leave_form.values()):
            messages.success(request, f"已登记请假：{leave.span}。排班时会避开这几天。")
            return redirect("duty-wishes")
    if wish_form.is_bound and wish_form.is_valid():
        if _try(request, wish_form, availability.save_wish, practitioner=me, **wish_form.cleaned_data):
            messages.success(request, "已保存排班意愿，下次排班时采用。")
            return redirect("duty-wishes")
    leaves = list(DutyLeave.objects.filter(practitioner=me).standing().coming())
    context = {
        "leave_form": leave_form,
        "wish_form": wish_form,
        "leaves": [(leave, availability.shifts_on_leave(leave)) for leave in leaves],
        "wish": wish,
    }
    return render(request, "consultations/rosters/wishes.html", context)


@require_http_methods(["GET", "POST"])
@allowed("consultations.keep_availability")
def county(request, month):
    """Who cannot come in a month, and what people wish; the planners enter what they were told."""
    place = planned_county_of(request)
    people = people_in_pool(county=place, first=month.first, last=month.last)
    form = LeaveForm(request.POST or None, people=sorted(people.values(), key=lambda each: each.name))
    if form.is_bound and form.is_valid():
        if leave := _try(request, form, availability.enter_leave, **form.values()):
            messages.success(request, f"已登记{leave.practitioner}请假：{leave.span}。")
            return redirect(request.get_full_path())
    leaves = DutyLeave.objects.visible_to(request.user).standing().touching(month.first, month.last)
    wishes = DutyWish.objects.visible_to(request.user).filter(practitioner__in=people).select_related("practitioner")
    context = {
        "form": form,
        "county": place,
        "month": month,
        "leaves": leaves.filter(practitioner__in=people).select_related("practitioner", "entered_by"),
        "wishes": wishes.order_by("practitioner__name"),
    }
    return render(request, "consultations/rosters/leaves.html", context)


@require_POST
@allowed("consultations.withdraw_leave")
def leave_withdraw(request, pk):
    """By the person herself, or by the planners."""
    leave = get_object_or_404(DutyLeave.objects.visible_to(request.user).select_related("practitioner"), pk=pk)
    try:
        availability.withdraw_leave(leave_id=pk, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已撤销 {leave.span} 的请假。")
    if leave.practitioner.user_id == request.user.pk or not may(request.user, "consultations.keep_availability"):
        return redirect("duty-wishes")
    return redirect("duty-leaves", f"{leave.since:%Y-%m}")


def _try(request, form, service, **values):
    try:
        return service(by=request.user, **values)
    except Refused as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None
