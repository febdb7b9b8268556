"""Drawing a month's roster: choose the limits, wait for the job, look at the proposal, take it over or drop it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allowed
from common import clock
from common.errors import Refused
from consultations.forms.availability import TakeOverForm
from consultations.forms.rosters import PlanForm
from consultations.models import DutyLeave, RosterProposal
from consultations.rules import solving
from consultations.services import drawing
from consultations.services.proposal_page import proposal_page
from consultations.services.roster_facts import roster_facts
from consultations.services.rosters import roster_of
from consultations.views.places import planned_county_of


@require_http_methods(["GET", "POST"])
@allowed("consultations.plan_roster")
def plan(request, month):
    """The county's month: choose the limits, and the program draws it in the background."""
    county = planned_county_of(request)
    facts = roster_facts(county=county, month=month)
    roster = roster_of(county=county, month=month)
    drafts = not roster.is_published and any(shift.day in month for shift in facts.shifts)
    form = PlanForm(request.POST or None, facts=facts.facts, has_drafts=drafts, initial=_initial(facts, month))
    if form.is_bound and form.is_valid():
        try:
            job = drawing.start_drawing(county=county, month=month, limits=form.limits(), by=request.user)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            return redirect("job", pk=job.pk)
    leaves = DutyLeave.objects.visible_to(request.user).standing().touching(month.first, month.last)
    context = {
        "form": form,
        "county": county,
        "month": month,
        "leaves": leaves.filter(practitioner__in=facts.facts.people).select_related("practitioner"),
        "waiting": drawing.open_proposal(county=county, month=month),
        "has_plan": facts.has_plan,
        "has_solver": solving.is_installed(),
    }
    return render(request, "consultations/rosters/plan.html", context)


def _initial(facts, month):
    today = clock.today()
    return {
        "stations": [str(each.id) for each in facts.facts.stations if each.policy],
        "people": [str(each) for each in facts.facts.people],
        "since": today if today in month and today > month.first else None,
    }


@require_http_methods(["GET", "POST"])
@allowed("consultations.plan_roster")
def proposal(request, month, pk):
    """What a drawing would do to the month; taken over whole, or the stations ticked."""
    row = _find(request, pk)
    page = proposal_page(row)
    form = TakeOverForm(request.POST if "chosen" in request.POST else None, stations=page.stations)
    if request.method == "POST" and ("all" in request.POST or form.is_valid()):
        stations = None if "all" in request.POST else {int(each) for each in form.cleaned_data["stations"]}
        try:
            added = drawing.take_over(proposal_id=pk, stations=stations, by=request.user)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"已排 {len(added)} 个班次。")
            row.refresh_from_db()
            back = row.get_absolute_url() if row.state == RosterProposal.State.OPEN else _month_url(row)
            return redirect(back)
    context = {"page": page, "proposal": row, "form": form, "county": row.county, "month": row.month}
    return render(request, "consultations/rosters/proposal.html", context)


@require_POST
@allowed("consultations.plan_roster")
def proposal_drop(request, pk):
    row = _find(request, pk)
    try:
        drawing.drop_proposal(proposal_id=pk, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已弃用这份方案；需要时可以重新生成。")
    return redirect(_month_url(row))


def _find(request, pk):
    rows = RosterProposal.objects.visible_to(request.user).select_related("county__parent", "made_by", "decided_by")
    return get_object_or_404(rows, pk=pk)


def _month_url(row):
    return f"{reverse('roster-month', args=[row.month])}?county={row.county_id}"
