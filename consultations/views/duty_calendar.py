"""The feed of one's own shifts for a telephone's calendar."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed, public
from common import clock
from common.errors import Refused
from consultations.exports.calendars import calendar_of
from consultations.models import CalendarFeed, PublishedRoster
from consultations.services import feeds
from consultations.views.limits import limited
from organizations.models import Station

LOOK_BACK = timedelta(days=62)


@require_safe
@allowed("consultations.subscribe_calendar")
def subscription(request):
    feed = CalendarFeed.objects.filter(practitioner__user=request.user).first()
    address = request.build_absolute_uri(feed.get_absolute_url()) if feed else ""
    return render(request, "consultations/rosters/calendar.html", {"feed": feed, "address": address})


@require_POST
@allowed("consultations.subscribe_calendar")
def renew(request):
    try:
        feeds.renew_feed(by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已生成订阅地址，原来的地址不再有效。")
    return redirect("calendar-feed")


@require_POST
@allowed("consultations.subscribe_calendar")
def end(request):
    feeds.end_feed(by=request.user)
    messages.success(request, "已停止订阅，原来的地址不再有效。")
    return redirect("calendar-feed")


@require_safe
@public
@limited("ical", 30)
def feed(request, token):
    """The published turns of whoever holds the address; nothing tells a wrong token from an ended one."""
    row = get_object_or_404(CalendarFeed.objects.select_related("practitioner"), token=token)
    person = row.practitioner
    versions = PublishedRoster.objects.filter(
        lines__contains=[{"person": person.pk}], roster__month__first__gte=(clock.today() - LOOK_BACK).replace(day=1)
    )
    every = PublishedRoster.objects.filter(roster__in=versions.values("roster")).order_by("roster", "-version")
    stations = {each.pk: each for each in Station.objects.filter(county__months__roster__in=versions.values("roster"))}
    response = HttpResponse(calendar_of(person, every, stations), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="duty.ics"'
    response["Cache-Control"] = "private, max-age=900"
    return response
