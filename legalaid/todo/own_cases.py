"""What waits for an undertaker: assignments to accept, limits of her cases, files that came back."""

from django.urls import reverse

from accounts.policy import may
from legalaid.models import Assignment, CaseDeadline
from legalaid.rules.procedure import State
from legalaid.services.undertaking import OWN_LIMITS
from records.todo import TodoItem


def todo_items(user):
    if not may(user, "legalaid.undertake_case"):
        return
    yield from new_ones(user)
    yield from limits(user)


def new_ones(user):
    waiting = Assignment.objects.standing().filter(lawyer__user=user, accepted_at=None, case__state=State.WITH_UNDERTAKER[0])
    for row in waiting.select_related("case"):
        due = row.case.deadlines.running().filter(code="engagement").values_list("due_on", flat=True).first()
        yield TodoItem(
            f"接受指派：{row.case.cause}", row.case.number, reverse("my-case", args=[row.case_id]), due, icon="briefcase"
        )


def limits(user):
    mine = Assignment.objects.standing().filter(lawyer__user=user).exclude(accepted_at=None).values("case")
    rows = (
        CaseDeadline.objects.running()
        .filter(case__in=mine, code__in=OWN_LIMITS)
        .select_related("case", "rule")
        .order_by("due_on")
    )
    for row in rows:
        came_back = row.case.state == "file_returned"
        words = f"退卷补正：{row.case.cause}" if came_back else f"{row.rule.name}：{row.case.cause}"
        yield TodoItem(
            words, row.case.number, reverse("my-case", args=[row.case_id]), row.due_on, icon="undo-2" if came_back else "clock"
        )
