"""Station months: the station's sheet and its confirmation, the bureau's page of all stations."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed
from accounts.policy import may
from common import clock
from common.periods import YearMonth
from consultations.exports import attendance as papers
from consultations.forms.attendance import ReturnForm
from consultations.models import Shift, StationMonth
from consultations.services import shift_facts, station_months
from consultations.views.attendance import act, month_of, paper, tell_many
from consultations.views.places import XLSX, county_of, send_file
from organizations.models import Station
from programmes.models import Month
from records.services import installation


@require_safe
@allowed("consultations.confirm_month")
def station_month_list(request):
    """All stations of the month for the bureau; a head sees her own."""
    county = county_of(request)
    month = month_of(request) if request.GET.get("month") else month_to_look_at(county)
    rows = station_months.stations_of(county=county, period=month, stations=Station.objects.visible_to(request.user))
    unsettled = unsettled_by_station(county, month, request.user)
    states = [row.state for row in rows]
    context = {
        "county": county,
        "month": month,
        "previous": month.previous(),
        "next": month.next(),
        "rows": [(row, unsettled.get(row.station.pk, 0)) for row in rows],
        "counts": [(label, states.count(state)) for state, label in StationMonth.State.choices],
        "may_receive": may(request.user, "consultations.receive_month") and StationMonth.State.CONFIRMED in states,
        "is_closed": is_closed(county, month),
    }
    return render(request, "consultations/months/list.html", context)


def month_to_look_at(county):
    """This month; before the tenth the last one, which is then being closed."""
    month = YearMonth.of(clock.today())
    return month.previous() if clock.today().day <= 10 else month


def is_closed(county, month):
    row = Month.objects.for_day(county, month.first)
    return row is not None and row.is_closed


def unsettled_by_station(county, month, user):
    visible = Shift.objects.visible_to(user).standing().filter(station__county=county, day__range=(month.first, month.last))
    counts = {}
    for facts in shift_facts.facts_of(visible.select_related("station__county", "practitioner")):
        if facts.state == shift_facts.UNSETTLED:
            counts[facts.station_id] = counts.get(facts.station_id, 0) + 1
    return counts


def visible_station(request, station):
    return get_object_or_404(Station.objects.visible_to(request.user).select_related("county"), pk=station)


@require_safe
@allowed("consultations.view_attendance")
def station_month(request, station, month):
    """The month's sheet: who was on duty when, what is unsettled, what was found; and the button."""
    station = visible_station(request, station)
    facts = papers.month_facts(station, month)
    if not facts:
        raise Http404("这个站点这个月没有班次。")
    row = (
        StationMonth.objects.filter(station=station, month__first=month.first)
        .select_related("confirmed_by", "received_by")
        .first()
    )
    state = row.state if row else StationMonth.State.OPEN
    closed = is_closed(station.county, month)
    may_confirm = state == StationMonth.State.OPEN and not closed and may(request.user, "consultations.confirm_month")
    why_not = station_months.why_not_confirm(station, month, request.user) if may_confirm else ""
    context = {
        "station": station,
        "month": month,
        "row": row,
        "state": state,
        "state_words": StationMonth.State(state).label,
        "facts": facts,
        "people": papers.person_rows(facts),
        "heads": papers.HEADS,
        "unsettled": [each for each in facts if each.state == shift_facts.UNSETTLED],
        "coming": [each for each in facts if each.state in (shift_facts.UPCOMING, shift_facts.ON_DUTY, shift_facts.NOT_COME)],
        "findings": sorted((finding for each in facts for finding in each.findings), key=lambda finding: finding.pk),
        "may_confirm": may_confirm and not why_not,
        "why_not": why_not,
        "may_receive": state == StationMonth.State.CONFIRMED and not closed and may(request.user, "consultations.receive_month"),
        "may_return": state != StationMonth.State.OPEN and not closed and may(request.user, "consultations.receive_month"),
        "return_form": ReturnForm(),
        "is_closed": closed,
    }
    return render(request, "consultations/months/detail.html", context)


@require_POST
@allowed("consultations.confirm_month")
def station_month_confirm(request, station, month):
    place = visible_station(request, station)
    words = f"已确认{place.short_name}{month.label}考勤，待司法局接收。"
    act(request, station_months.confirm_station_month, words, station=place, period=month)
    return redirect("station-month", station, month)


@require_POST
@allowed("consultations.receive_month")
def station_month_receive(request, station, month):
    place = visible_station(request, station)
    act(
        request, station_months.receive_station_month, f"已接收{place.short_name}{month.label}考勤。", station=place, period=month
    )
    return redirect("station-month", station, month)


@require_POST
@allowed("consultations.receive_month")
def station_month_return(request, station, month):
    place = visible_station(request, station)
    form = ReturnForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        words = f"已退回{place.short_name}{month.label}考勤。"
        act(request, station_months.return_station_month, words, station=place, period=month, reason=reason)
    else:
        messages.error(request, form.errors["reason"][0])
    return redirect("station-month", station, month)


@require_POST
@allowed("consultations.receive_month")
def station_months_receive(request, month):
    """Receive the ticked stations, all that can be received."""
    county = county_of(request)
    ticked = [int(pk) for pk in request.POST.getlist("stations") if pk.isascii() and pk.isdigit()]
    stations = Station.objects.visible_to(request.user).in_county(county).filter(pk__in=ticked).select_related("county")
    if not stations:
        messages.error(request, "没有选择站点：请至少勾选一个已确认的站点。")
    done, refused = station_months.receive_many(stations=stations, period=month, by=request.user)
    tell_many(request, f"已接收 {len(done)} 个站点的{month.label}考勤。", done, refused)
    return redirect(f"{reverse('station-months')}?month={month}")


# --- papers -----------------------------------------------------------------------------------------------------------


def sheet_of(request, station, month):
    place = visible_station(request, station)
    facts = papers.month_facts(place, month)
    if not facts:
        raise Http404("这个站点这个月没有班次。")
    row = (
        StationMonth.objects.filter(station=place, month__first=month.first).select_related("confirmed_by", "received_by").first()
    )
    return place, facts, row, StationMonth.State(row.state if row else StationMonth.State.OPEN).label


@require_safe
@allowed("consultations.view_attendance")
def station_month_workbook(request, station, month):
    place, facts, _row, state = sheet_of(request, station, month)
    content = papers.month_workbook(place, month, facts, state=state, by=request.user)
    return send_file(content, papers.month_file_name(place, month), XLSX)


@require_safe
@allowed("consultations.view_attendance")
def station_month_paper(request, station, month):
    place, facts, row, state = sheet_of(request, station, month)
    demo = installation().is_demo
    make = lambda: papers.month_pdf(place, month, facts, state=state, row=row, by=request.user, is_demo=demo)  # noqa: E731
    return paper(request, make, papers.month_file_name(place, month, ".pdf"), "attendance")


@require_safe
@allowed("consultations.view_attendance")
def sign_sheet(request, station, month):
    """F02; ?blank=1 gives it to be signed by hand."""
    place, facts, _row, _state = sheet_of(request, station, month)
    demo, is_blank = installation().is_demo, bool(request.GET.get("blank"))
    make = lambda: papers.sign_sheet_pdf(place, month, facts, is_blank=is_blank, by=request.user, is_demo=demo)  # noqa: E731
    return paper(request, make, papers.file_name(place.name, "值班签到表", str(month), suffix=".pdf"), "attendance")
