"""Reports that wait for somebody: to be written, reviewed, issued."""

from django.urls import reverse

from accounts.policy import may
from common import clock
from organizations.scope import counties_of
from performance.models import Report
from performance.services.report_page import acts_of, reports_due
from records.todo import TodoItem

WORDS = {"issue": "签发", "review": "复核", "write": "编写"}


def todo_items(user):
    if may(user, "performance.draft_report") or may(user, "performance.issue_report"):
        waiting = Report.objects.open().visible_to(user).select_related("county", "drafted_by", "reviewed_by")
        for report in waiting.order_by("due_on", "pk"):
            if item := item_of(report, user):
                yield item
    if may(user, "performance.draft_report"):
        for county in counties_of(user):
            for due in reports_due(county, clock.today()):
                yield TodoItem(
                    title=f"编制{due.name}",
                    detail="数据由系统汇总，补写文字后送另一人复核",
                    url=f"{reverse('reports')}?county={county.pk}",
                    due_on=due.due_on,
                    icon="file-text",
                )


def item_of(report, user):
    """The one act of this reader that moves the report on; nothing where it is another's turn."""
    acts = acts_of(report, user)
    ready = not report.blanks
    for act in ("issue", "review", "write"):
        if act not in acts or acts[act] or (act == "review" and not ready) or (act == "write" and ready):
            continue
        detail = f"还要写：{'、'.join(report.blanks)}" if act == "write" else f"编制人 {report.drafted_by}"
        url = reverse("report", args=[report.pk])
        return TodoItem(title=f"{WORDS[act]}{report}", detail=detail, url=url, due_on=report.due_on, icon="file-text")
    return None
