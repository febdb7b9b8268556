"""What waits for the centre: another undertaker, files to review and to archive, records that cases lack."""

from django.db.models import Min
from django.urls import reverse

from accounts.policy import may
from common import clock
from legalaid.models import AidCase, CaseDeadline, Objection, Supervision
from legalaid.services.supervising import lacking
from records.todo import TodoItem

# A file stands in the list of work as soon as it can be done, not only when its limit is near.
REPLACED, REVIEWED = "replacement_decision", "file_review"


def todo_items(user):
    if not may(user, "legalaid.handle_case"):
        return
    visible = AidCase.objects.visible_to(user)
    yield from replacements(visible)
    yield from files(visible)
    yield from records(visible)


def replacements(visible):
    rows = CaseDeadline.objects.running().filter(case__in=visible, code=REPLACED).select_related("case").order_by("due_on")
    for row in rows:
        words = "决定是否更换承办人" if row.case.lawyer_id else "另行指派承办人"
        yield TodoItem(
            f"{words}：{row.case.cause}", row.case.number, reverse("case-assign", args=[row.case_id]), row.due_on, icon="users"
        )


def files(visible):
    submitted = visible.filter(state="file_submitted")
    if count := submitted.count():
        open_ones = CaseDeadline.objects.running().filter(case__in=submitted, code=REVIEWED)
        due = open_ones.aggregate(first=Min("due_on"))["first"]
        one = submitted.first()
        url = reverse("case-file-check", args=[one.pk]) if count == 1 else f"{reverse('cases')}?state=file_submitted"
        yield TodoItem(f"结案审查 {count} 件", "收到案卷起三十日内", url, due, icon="clipboard-check")
    if count := (accepted := visible.filter(state="file_accepted")).count():
        url = reverse("case-archive", args=[accepted.first().pk]) if count == 1 else f"{reverse('cases')}?state=file_accepted"
        yield TodoItem(f"归档 {count} 件", "结案审查合格", url, icon="archive")
    if count := (ended := terminated_to_archive(visible)).count():
        url = reverse("case-archive", args=[ended.first().pk]) if count == 1 else f"{reverse('cases')}?state=terminated"
        yield TodoItem(f"归档终止案件 {count} 件", "异议期已满或者没有异议", url, icon="archive")


def terminated_to_archive(visible):
    """Terminated cases whose recipients may no longer object and whose files are not archived yet."""
    may_object = CaseDeadline.objects.open().filter(code="objection_filing", due_on__gte=clock.today()).values("case")
    rows = visible.filter(state="terminated", is_history=False, archive_no="").exclude(pk__in=may_object)
    return rows.exclude(pk__in=Objection.objects.open().values("case"))


def records(visible):
    for kind, words in Supervision.Kind.choices:
        if count := lacking(visible, kind).count():
            url = f"{reverse('case-supervisions')}?kind={kind}"
            yield TodoItem(f"{words} {count} 件", "质量核验前须有记录", url, icon="phone-call")
