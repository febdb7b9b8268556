"""报表中心: reports by kind, period and state, what is due, and every other report and export."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import allowed
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common import clock
from desk.forms.reports import ReportFilter
from desk.services.report_centre import catalogue_for
from performance.models import Report
from performance.services.report_page import reports_due
from subsidies.views.places import county_of


@require_safe
@allowed("desk.view_reports")
def reports(request):
    county, form = county_of(request), ReportFilter(request.GET)
    rows = Report.objects.visible_to(request.user).filter(county=county).select_related("county", "drafted_by")
    today = clock.today()
    facts = {
        "county": county,
        "form": form,
        "page": page_of(request, form.chosen(rows)),
        "chips": chips_of(request, form),
        "due": reports_due(county, today) if may(request.user, "performance.draft_report") else [],
        "catalogue": catalogue_for(request.user),
        "today": today,
    }
    return render(request, "desk/reports.html", facts)
