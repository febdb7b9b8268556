"""What this floor gives to the search box: reports by their number, their period, their kind and what they are about."""

from django.urls import reverse

from accounts.policy import may
from performance.models import Report
from records.todo import SearchHit

MOST = 10
# Few rows a year, but each holds its figures: only what a title is made of is read.
HEAVY = ("figures", "texts")


def search(user, text):
    """At most ten reports, the latest first, of those this user may see. “2022年8月 月报” finds what holds both words."""
    words = (text or "").casefold().split()
    if not words or not may(user, "performance.view_reports"):
        return
    found = 0
    for report in Report.objects.visible_to(user).select_related("county").defer(*HEAVY):
        told = f"{report} {report.title} {report.number} {report.first:%Y-%m}".casefold()
        if found < MOST and all(word in told for word in words):
            found += 1
            detail = "，".join(filter(None, [report.number, report.title, report.get_status_display()]))
            yield SearchHit("报告", str(report), detail, reverse("report", args=[report.pk]))
