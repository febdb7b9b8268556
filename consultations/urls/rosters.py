"""Rosters: the bureau's pages, the public notice, the calendar feed."""

from django.urls import path, register_converter

from consultations.urls.converters import MonthConverter
from consultations.views import availability, duty_calendar, duty_changes, offers, proposals, public_duty, rosters, shifts

register_converter(MonthConverter, "month")

urlpatterns = [
    path("roster/", rosters.roster, name="roster"),
    path("roster/coverage/", rosters.coverage, name="roster-coverage"),
    path("roster/coverage/history/", rosters.coverage_years, name="roster-coverage-history"),
    path("roster/changes/", duty_changes.change_list, name="shift-changes"),
    path("roster/changes/<int:pk>/", duty_changes.change_decide, name="shift-change"),
    path("roster/changes/<int:pk>/withdraw/", duty_changes.change_withdraw, name="shift-change-withdraw"),
    path("roster/changes/<int:pk>/paper.pdf", duty_changes.change_paper, name="shift-change-paper"),
    path("roster/offers/", offers.offer_list, name="swap-offers"),
    path("roster/offers/<int:pk>/", offers.offer, name="swap-offer"),
    path("roster/offers/<int:pk>/withdraw/", offers.offer_withdraw, name="swap-offer-withdraw"),
    path("roster/wishes/", availability.own, name="duty-wishes"),
    path("roster/leaves/<int:pk>/withdraw/", availability.leave_withdraw, name="duty-leave-withdraw"),
    path("roster/proposals/<int:pk>/drop/", proposals.proposal_drop, name="roster-proposal-drop"),
    path("roster/calendar/", duty_calendar.subscription, name="calendar-feed"),
    path("roster/calendar/renew/", duty_calendar.renew, name="calendar-feed-renew"),
    path("roster/calendar/end/", duty_calendar.end, name="calendar-feed-end"),
    path("roster/ical/<str:token>.ics", duty_calendar.feed, name="calendar-ics"),
    path("roster/shift/<int:pk>/", shifts.shift, name="shift"),
    path("roster/shift/<int:pk>/edit/", shifts.shift_edit, name="shift-edit"),
    path("roster/shift/<int:pk>/cancel/", shifts.shift_cancel, name="shift-cancel"),
    path("roster/shift/<int:pk>/swap/", duty_changes.shift_swap, name="shift-swap"),
    path("roster/shift/<int:pk>/offer/", offers.offer_new, name="shift-offer"),
    path("roster/<month:month>/", rosters.roster_month, name="roster-month"),
    path("roster/<month:month>/export.xlsx", rosters.export, name="roster-export"),
    path("roster/<month:month>/add/", shifts.shift_add, name="shift-add"),
    path("roster/<month:month>/fill/<int:station>/", rosters.fill, name="roster-fill"),
    path("roster/<month:month>/plan/", proposals.plan, name="roster-plan"),
    path("roster/<month:month>/proposals/<int:pk>/", proposals.proposal, name="roster-proposal"),
    path("roster/<month:month>/leaves/", availability.county, name="duty-leaves"),
    path("roster/<month:month>/publish/", rosters.publish, name="roster-publish"),
    path("roster/<month:month>/approval.pdf", rosters.approval, name="roster-approval"),
    path("roster/<month:month>/changes.pdf", duty_changes.changes_paper, name="roster-changes-paper"),
    path("p/duty/", public_duty.notice, name="public-duty"),
    path("p/duty/<int:county>/<month:month>.pdf", public_duty.notice_pdf, name="public-duty-pdf"),
    path("p/duty/<int:county>/<month:month>.xlsx", public_duty.notice_xlsx, name="public-duty-xlsx"),
]
