"""The roster notice that anybody may read: page, one-page PDF (F01), workbook. Z-ORG-2, plan 三（一）."""

import hashlib
from datetime import timedelta

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import public
from common import clock
from common.dates import parse_day
from common.errors import Refused
from common.workbooks.writing import file_name
from consultations.exports import rosters as exports
from consultations.forms.rosters import PublicDutyFilter
from consultations.rules.rosters import short
from consultations.services.public_duty import public_counties, publication_stamp, published_duty
from consultations.views.limits import limited
from consultations.views.places import XLSX, office_of, send_file
from consultations.views.published import published
from organizations.models import Station
from records.services import installation

A_DAY = timedelta(days=1)


@require_safe
@public
@limited("duty", 60)
@published("duty", stamp=publication_stamp, query=("county", "week", "span", "station", "page"))
def notice(request):
    counties = public_counties()
    county = _county(request, counties)
    if county is None:
        return render(request, "consultations/rosters/public_empty.html", {"counties": counties})
    stations = list(Station.objects.active().in_county(county))
    form = PublicDutyFilter(request.GET, counties=counties, stations=stations)
    first, last, station = _span(request)
    today = clock.today()
    duty = published_duty(county=county, first=first, last=last, station=station)
    context = {
        "form": form,
        "county": county,
        "counties": counties,
        "duty": duty,
        "office": office_of(county),
        "first": first,
        "last": last,
        "is_month": first.day == 1 and (last + A_DAY).day == 1,
        "has_today": first <= today <= last,
        "on_duty": duty.on(today),
        "before": first - A_DAY,
        "after": last + A_DAY,
        "paper": _paper_url(request, county, first, "pdf"),
        "workbook": _paper_url(request, county, first, "xlsx"),
    }
    return render(request, "consultations/rosters/public.html", context)


@require_safe
@public
@limited("duty-paper", 20)
def notice_pdf(request, county, month):
    """F01, always one sheet of A4. Drawn once for each version."""
    duty, period = _duty_for_paper(request, county, month)
    key = hashlib.sha256(
        f"{duty.county.pk}{duty.key()}{request.GET.urlencode()}{month}{duty.first}{duty.last}".encode()
    ).hexdigest()
    content = cache.get(f"notice:{key}")
    if content is None:
        try:
            content = exports.notice_pdf(
                duty,
                title="免费法律咨询值班公示",
                period=period,
                office=office_of(duty.county),
                is_demo=installation().is_demo,
            )
        except Refused as error:
            messages.error(request, str(error))
            return redirect(f"{reverse('public-duty')}?county={duty.county.pk}&week={duty.first}")
        cache.set(f"notice:{key}", content, 3600)
    return send_file(content, file_name(duty.county.name, "值班公示", period, suffix=".pdf"), "application/pdf")


@require_safe
@public
@limited("duty-paper", 20)
def notice_xlsx(request, county, month):
    duty, period = _duty_for_paper(request, county, month)
    content = exports.notice_workbook(duty, f"免费法律咨询值班公示（{period}）")
    return send_file(content, file_name(duty.county.name, "值班公示", period), XLSX)


def _county(request, counties):
    wanted = request.GET.get("county", "")
    if not wanted:
        return counties[0] if len(counties) == 1 else None
    return next((each for each in counties if str(each.pk) == wanted), None)


def _span(request):
    """The week (Monday to Sunday) or month of the day asked for, today's by default; and the station."""
    try:
        day = parse_day(request.GET.get("week", ""))
    except ValueError:
        day = clock.today()
    first = day - timedelta(days=day.weekday())
    last = first + timedelta(days=6)
    if request.GET.get("span") == "month":
        first = day.replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - A_DAY
    station = request.GET.get("station", "")
    return first, last, int(station) if station.isascii() and station.isdigit() and len(station) < 10 else None


def _duty_for_paper(request, county, month):
    """The turns of a paper and its period in words. 404 where nothing was published."""
    found = next((each for each in public_counties() if each.pk == county), None)
    if found is None:
        raise Http404("没有公示。")
    first, last, station = _span(request) if request.GET.get("week") else (month.first, month.last, _span(request)[2])
    duty = published_duty(county=found, first=first, last=last, station=station)
    if not duty.turns:
        raise Http404("这段时间没有公示的值班安排。")
    whole = first == month.first and last == month.last
    period = month.label if whole else f"{first.year}年{short(first)}—{short(last)}"
    return duty, period


def _paper_url(request, county, first, suffix):
    query = request.GET.copy()
    for key in ("county", "span"):
        query.pop(key, None)
    if request.GET.get("span") == "month":
        query.pop("week", None)
    else:
        query["week"] = first.isoformat()
    address = reverse(f"public-duty-{suffix}", args=[county.pk, f"{first:%Y-%m}"])
    return f"{address}?{query.urlencode()}" if query else address
