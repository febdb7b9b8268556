"""Reports that fall due: drafted by themselves when a period is over, people reminded on the last working day in time."""

from django.urls import reverse

from accounts.services import system_user
from common import clock
from organizations.models import Region
from performance.models import Report
from performance.services.report_page import reports_due
from performance.services.reports import TURN, holders_of
from programmes import calendar
from programmes.models import Plan
from programmes.rules.deadlines import remind_on
from records.models import JobRun
from records.services import notify, start_job

TASK = "performance.tasks.draft_report"


def start_drafting(*, county: Region, kind: str, period, by):
    """Queue the drafting of a report; the same work waiting or running already is given back."""
    return start_job(
        kind=f"draft_report_{kind}",
        task=TASK,
        county=county.code or str(county.pk),
        period=period,
        by=by,
        title=f"编制{period.label}{Report.Kind(kind).label}",
        payload={"county": county.pk, "kind": kind},
    )


def draft_missed_reports() -> int:
    """Drafts of the reports about the periods just over that nobody has begun. Gives how many were queued."""
    started = 0
    for county in counties_that_report():
        for due in reports_due(county, clock.today()):
            # A draft that came to nothing, as while no calendar is loaded, is a person's to begin again.
            tried = JobRun.objects.filter(kind=f"draft_report_{due.kind.code}", county_code=county.code or str(county.pk),
                                          period=str(due.period))  # fmt: skip
            if not tried.exists():
                start_drafting(county=county, kind=due.kind.code, period=due.period, by=system_user())
                started += 1
    return started


def counties_that_report() -> list[Region]:
    """Counties with a plan of their own for duty."""
    plans = Plan.objects.filter(region__level=Region.Level.COUNTY).select_related("region")
    return list({plan.region_id: plan.region for plan in plans if plan.has_part("duty")}.values())


def remind_of_reports() -> int:
    """On the last working day up to its due day, tell whose turn it is with a report that is not issued. Gives how many."""
    today, told = clock.today(), 0
    waiting = Report.objects.open().filter(due_on__gte=today).select_related("county")
    for report in waiting:
        if remind_on(report.due_on, calendar.around(report.due_on).is_working_day) != today:
            continue
        text = f"今天提醒：{report}应在 {report.due_on} 前签发，现在是“{report.get_status_display()}”。"
        for person in holders_of(TURN[report.status], report.county, today):
            if not person.notices.filter(text=text).exists():
                notify(to=person, text=text, url=reverse("report", args=[report.pk]))
                told += 1
    return told
