from django.urls import path

from programmes.views import calendars, drafts, frequencies, months, plans

urlpatterns = [
    path("plan/", plans.plan, name="plan"),
    path("plan/load/", plans.load, name="plan-load"),
    path("plan/draft/<int:pk>/", drafts.draft, name="plan-draft"),
    path("plan/draft/<int:pk>/confirm/", drafts.confirm, name="plan-draft-confirm"),
    path("plan/draft/<int:pk>/drop/", drafts.drop, name="plan-draft-drop"),
    path("plan/<slug:code>/", plans.plan_of, name="plan-of"),
    path("plan/<slug:code>/file/", plans.plan_file, name="plan-file"),
    path("plan/<slug:code>/open-year/", drafts.open_year, name="plan-open-year"),
    path("base/calendar/", calendars.calendar, name="calendar"),
    path("base/calendar/open/", calendars.open_year, name="calendar-open-year"),
    path("base/calendar/<int:year>/", calendars.calendar_year, name="calendar-year"),
    path("base/calendar/day/<str:day>/", calendars.calendar_day, name="calendar-day"),
    path("base/frequency/", frequencies.frequency_list, name="frequencies"),
    path("base/frequency/<int:pk>/", frequencies.frequency, name="frequency"),
    path("months/", months.months, name="months"),
]
