"""The month's roster: looked at, filled station by station, checked, published. Drawing it is in `proposals`."""

import hashlib
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from accounts.pages import chips_of
from accounts.policy import may
from common import clock
from common.dates import parse_day
from common.errors import Refused
from common.pdf import PdfUnavailable
from common.periods import YearMonth
from consultations.exports.rosters import approval_pdf, roster_file_name, roster_workbook
from consultations.forms.rosters import FillForm, PublishForm, RosterFilter
from consultations.rules import proposing
from consultations.services import publishing, rosters
from consultations.services.coverage import coverage_of
from consultations.services.coverage_history import coverage_history
from consultations.services.roster_facts import roster_facts
from consultations.services.roster_page import month_page, reminders
from consultations.views.places import XLSX, county_of, office_of, planned_county_of, send_file
from records.services import installation

A_WEEK = timedelta(days=7)


@require_safe
@allowed("consultations.view_roster")
def roster(request):
    """The menu's entry: this month of the reader's county."""
    if not rosters.counties_for(request.user):
        return render(request, "consultations/rosters/nowhere.html")
    return redirect("roster-month", YearMonth.of(clock.today()))


@require_safe
@allowed("consultations.view_roster")
def roster_month(request, month):
    county = county_of(request)
    page = month_page(user=request.user, county=county, month=month, **_chosen(request))
    form = RosterFilter(request.GET, stations=page.stations, people=page.people)
    row = rosters.roster_of(county=county, month=month)
    may_plan = may(request.user, "consultations.plan_roster") and not row.month.is_closed
    since = _agenda_since(request, month)
    facts = {
        "page": page,
        "roster": row,
        "county": county,
        "month": month,
        "form": form,
        "chips": chips_of(request, form),
        "is_planning": may_plan and "plan" in request.GET,
        "may_plan": may_plan,
        "advice": page.advice(),
        "agenda": page.agenda(since),
        "agenda_since": since,
        "agenda_last": min(since + timedelta(days=6), month.last),
        "agenda_before": max(since - A_WEEK, month.first) if since > month.first else None,
        "agenda_after": since + A_WEEK if since + A_WEEK <= month.last else None,
        "today_day": clock.today(),
        "export_query": _query(request, county, "station", "person"),
        "add_url": reverse("shift-add", args=[month]) + _query(request, county),
    }
    return render(request, "consultations/rosters/month.html", facts)


def _chosen(request):
    return {key: int(value) for key in ("station", "person") if (value := request.GET.get(key, "")).isascii() and value.isdigit()}


def _query(request, county, *keys):
    chosen = {"county": county.pk, **{key: value for key in keys if (value := request.GET.get(key))}}
    return f"?{urlencode(chosen)}"


def _agenda_since(request, month):
    try:
        day = parse_day(request.GET.get("from", ""))
    except ValueError:
        day = clock.today()
    return day if day in month else month.first


@require_safe
@allowed("consultations.view_roster")
def export(request, month):
    county = county_of(request)
    page = month_page(user=request.user, county=county, month=month, **_chosen(request))
    return send_file(roster_workbook(page, by=request.user), roster_file_name(county, month), XLSX)


@require_http_methods(["GET", "POST"])
@allowed("consultations.plan_roster")
def fill(request, month, station):
    """One station's month in one go: choose, look, accept."""
    county = planned_county_of(request)
    facts = roster_facts(county=county, month=month, with_wishes=True)
    if station not in facts.facts.by_id:
        raise Http404("没有这个站点。")
    place = facts.facts.by_id[station]
    initial = {"starts_at": place.opens_at, "ends_at": place.closes_at, "lunch_minutes": place.lunch_minutes}
    initial["people"] = [str(pk) for pk in rosters.usual_people(station_id=station, before=month.last)]
    form = FillForm(request.POST or None, facts=facts.facts, station_id=station, initial=initial)
    proposal = _fill_proposal(facts, form) if form.is_bound and form.is_valid() else None
    if proposal and _accept(request, facts, proposal):
        return redirect(f"{_month_url(county, month)}#st-{station}")
    context = {"form": form, "county": county, "month": month, "station": place, **_preview(facts, proposal)}
    return render(request, "consultations/rosters/fill.html", context)


def _fill_proposal(facts, form):
    data = form.cleaned_data
    if data["how"] == "weekdays":
        proposal = proposing.fill_days(facts.facts, facts.shifts, form.station, form.days(), form.people_ids())
    else:
        limits = {"stations": {form.station.id}, "people": set(form.people_ids()), "since": data["since"]}
        proposal = proposing.propose_month(facts.facts, facts.shifts, **limits)
    return proposing.with_times(proposal, data["starts_at"], data["ends_at"], data["lunch_minutes"], data["override_reason"])


def _accept(request, facts, proposal):
    """Whether the reader pressed accept and the proposal she saw is the one that was saved."""
    seen = request.POST.get("accept")
    if seen is None:
        return False
    if seen != _digest(proposal):
        messages.warning(request, "预览之后排班有变动，已重新生成：请再看一遍。")
        return False
    try:
        shifts = rosters.add_shifts(county=facts.county, month=facts.month, proposed=proposal.shifts, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return False
    messages.success(request, f"已排 {len(shifts)} 个班次。")
    return True


def _digest(proposal):
    return hashlib.sha256(repr(proposal.shifts).encode()).hexdigest()[:32]


def _preview(facts, proposal):
    """What the page shows of a proposal: its shifts by station, what is wrong with them, who gets how many."""
    if proposal is None:
        return {"proposal": None}
    new = {(each.station_id, each.day, each.person_id) for each in proposal.shifts}
    problems = [each for each in facts.problems(proposal.shifts) if (each.station_id, each.day, each.person_id) in new]
    by_station = {}
    for each in sorted(proposal.shifts, key=lambda each: (each.day, each.starts_at)):
        by_station.setdefault(each.station_id, []).append((each, facts.facts.people[each.person_id].name))
    before = {}
    for each in facts.shifts:
        if each.day in facts.month:
            before[each.person_id] = before.get(each.person_id, 0) + 1
    loads = proposal.loads()
    return {
        "proposal": proposal,
        "digest": _digest(proposal),
        "problems": problems,
        "has_errors": any(each.is_error for each in problems),
        "by_station": [(station, by_station[station.id]) for station in facts.facts.stations if station.id in by_station],
        "loads": sorted(
            (person.name, before.get(pk, 0), loads[pk], before.get(pk, 0) + loads[pk])
            for pk, person in facts.facts.people.items()
            if loads[pk]
        ),
    }


@require_safe
@allowed("consultations.view_roster")
def coverage(request):
    """Stations below their frequency in a month. Z-ROS-3."""
    county = county_of(request)
    try:
        month = YearMonth.parse(request.GET.get("month") or str(YearMonth.of(clock.today())))
    except ValueError:
        month = YearMonth.of(clock.today())
    context = {"county": county, "month": month, "coverage": coverage_of(user=request.user, county=county, month=month)}
    return render(request, "consultations/rosters/coverage.html", context)


@require_safe
@allowed("consultations.view_roster")
def coverage_years(request):
    """Month by month of a year: which stations stayed below their minimum, the worst first."""
    county, this = county_of(request), YearMonth.of(clock.today())
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and 2000 <= int(asked) <= this.year else this.year
    months, rows = coverage_history(user=request.user, county=county, year=year, last=this)
    context = {"county": county, "year": year, "months": months, "rows": rows, "is_latest": year == this.year}
    return render(request, "consultations/rosters/coverage_history.html", context)


@require_http_methods(["GET", "POST"])
@allowed("consultations.publish_roster")
def publish(request, month):
    """Every problem of the month on one page, and the button that makes it public."""
    county = county_of(request)
    facts = roster_facts(county=county, month=month, with_wishes=True)
    row = rosters.roster_of(county=county, month=month)
    latest = row.publications.first() if row.pk else None
    problems = facts.problems()
    form = PublishForm(request.POST or None, problems=problems, known=latest.reasons if latest else None)
    if request.method == "POST" and (form.is_valid() or not form.fields):
        if _publish(request, county, month, form.reasons() if form.fields else {}):
            return redirect(_month_url(county, month))
    context = {
        "county": county,
        "month": month,
        "roster": row,
        "form": form,
        "latest": latest,
        "errors": [each for each in problems if each.is_error and not each.can_override],
        "reminders": reminders(facts, problems),
        "changed": publishing.changes_since(latest, county=county, month=month),
        "has_plan": facts.has_plan,
    }
    return render(request, "consultations/rosters/publish.html", context)


def _publish(request, county, month, reasons):
    try:
        outcome = publishing.publish_roster(county=county, month=month, reasons=reasons, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return False
    messages.success(request, f"已公示{month.label}值班表（第{outcome.published.version}版），已通知 {outcome.told} 人。")
    if outcome.is_late:
        messages.warning(request, "公示距最早的值班不足 1 个工作日：方案三（一）要求提前公示。")
    return True


@require_safe
@allowed("consultations.print_roster")
def approval(request, month):
    """F28: the approval sheet of the month."""
    county = county_of(request)
    page = month_page(user=request.user, county=county, month=month)
    row = rosters.roster_of(county=county, month=month)
    publications = list(row.publications.select_related("published_by")) if row.pk else []
    try:
        content = approval_pdf(
            page,
            roster=row,
            publications=publications,
            office=office_of(county),
            by=request.user,
            is_demo=installation().is_demo,
        )
    except PdfUnavailable as error:
        messages.error(request, str(error))
        return redirect(_month_url(county, month))
    return send_file(content, f"{county.name}_排班审批表_{month}.pdf", "application/pdf")


def _month_url(county, month):
    return f"{reverse('roster-month', args=[month])}?county={county.pk}"
