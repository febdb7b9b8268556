"""Months to confirm, months that came back, months to receive."""

from django.urls import reverse

from accounts.policy import Role, may
from common import clock
from common.periods import YearMonth
from consultations.models import Shift, StationMonth
from consultations.services.station_months import stations_of
from consultations.todo.attendance import report_day
from organizations.models import Station
from programmes.models import Month
from records.todo import TodoItem


def todo_items(user):
    return [*to_confirm(user), *to_receive(user)]


def to_confirm(user):
    """A head's last month, and this one once its last shift is over; what was returned comes with its reason."""
    stations = [post.station for post in user.posts_in_force if post.role == Role.HEAD]
    this = YearMonth.of(clock.today())
    for station in stations:
        for period in (this.previous(), this):
            if has_shifts_to_come(station, period) or Month.objects.closed().filter(county=station.county_id, first=period.first):
                continue
            for awaited in stations_of(county=station.county, period=period, stations=Station.objects.filter(pk=station.pk)):
                if awaited.state == StationMonth.State.OPEN:
                    words = "重新确认" if awaited.was_returned else "确认"
                    detail = awaited.row.return_reason if awaited.was_returned else f"{awaited.shifts} 个班次，确认后报司法局"
                    url = reverse("station-month", args=[station.pk, str(period)])
                    title = f"{words}{station.short_name}{period.label}考勤"
                    yield TodoItem(title, detail, url, report_day(period), "calendar-check")


def has_shifts_to_come(station, period):
    last = period.last
    return last >= clock.today() and Shift.objects.standing().filter(station=station, day__range=(clock.today(), last)).exists()


def to_receive(user):
    if not may(user, "consultations.receive_month"):
        return
    waiting = StationMonth.objects.visible_to(user).confirmed().exclude(confirmed_by=user).select_related("month", "station")
    by_month = {}
    for row in waiting:
        by_month.setdefault(row.month, []).append(row.station.short_name)
    for month, names in sorted(by_month.items(), key=lambda item: item[0].first):
        url = f"{reverse('station-months')}?month={month.period}&county={month.county_id}"
        title = f"接收站点{month.label}考勤 {len(names)} 个"
        yield TodoItem(title, "、".join(names[:6]), url, report_day(month.period), "inbox")
