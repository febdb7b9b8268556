"""The working calendar of a year, a day of it, and a new year."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from accounts.models import AuditEntry
from common import clock
from common.dates import parse_day
from common.errors import Refused
from programmes.forms.calendars import DayForm, YearForm
from programmes.models import CalendarDay, CalendarYear
from programmes.services import calendars
from programmes.services.calendar_page import months_of, runs_of


@require_safe
@allowed("programmes.view_calendar")
def calendar(request):
    return redirect("calendar-year", year=clock.today().year)


@require_safe
@allowed("programmes.view_calendar")
def calendar_year(request, year):
    if not 2000 <= year <= 2200:
        raise Http404
    months = months_of(year)
    facts = {
        "year": year,
        "row": CalendarYear.objects.filter(year=year).first(),
        "years": CalendarYear.objects.values_list("year", flat=True),
        "months": months,
        "total": sum(month.working for month in months),
        "runs": runs_of(months),
    }
    return render(request, "programmes/calendar.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("programmes.edit_calendar")
def calendar_day(request, day):
    try:
        row = get_object_or_404(CalendarDay, day=parse_day(day))
    except ValueError:
        raise Http404 from None
    start = {"is_working": "true" if row.is_working else "false", "name": row.name}
    form = DayForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            calendars.change_day(day=row.day, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"{row.day}已改为{'工作日' if form.cleaned_data['is_working'] else '休息日'}。")
            return redirect("calendar-year", year=row.day.year)
    history = AuditEntry.objects.filter(object_type="programmes.CalendarDay", object_id=str(row.pk))
    return render(request, "programmes/calendar_day.html", {"form": form, "row": row, "history": history})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("programmes.edit_calendar")
def open_year(request):
    last = CalendarYear.objects.order_by("-year").first()
    year = last.year + 1 if last else clock.today().year
    start = {
        "year": request.GET.get("year") or year,
        "source": f"国务院办公厅关于{request.GET.get('year') or year}年部分节假日安排的通知",
    }
    form = YearForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            row = calendars.open_year(by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"{row.year}年工作日历已载入，请核对工作日数。")
            return redirect("calendar-year", year=row.year)
    return render(request, "programmes/calendar_open.html", {"form": form})
