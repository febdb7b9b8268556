"""Time limits that wait for somebody, first due first; what the director has to decide."""

from django.urls import reverse

from accounts.policy import Role, may
from common import clock
from legalaid.models import AidCase
from legalaid.rules.procedure import DECIDE
from legalaid.services.deadline_board import DECIDERS, LEADERS, OVER, UNDERTAKERS, urgent_for
from legalaid.todo.closing import REPLACED, REVIEWED
from organizations.models.places import within
from organizations.scope import regions_of
from records.todo import TodoItem

MOST = 15
# Limits that one form alone meets, once the case is that far; the others are met by one of several steps of the case's page.
ASSIGNMENTS, ASSIGNABLE = {"aid_assignment", "notice_assignment"}, {"granted", "notice_received"}


def todo_items(user):
    # The undertaker's own limits stand on her desk; the leader's objections, the director's decisions, another undertaker and the
    # review of a file in rows of their own.
    rows = urgent_for(user, clock.today()).exclude(code__in=UNDERTAKERS | LEADERS | DECIDERS | {REPLACED, REVIEWED})
    yield from limit_items(user, rows)
    yield from decision_items(user)


def limit_items(user, rows):
    found = list(rows.select_related("rule", "case").order_by("due_on", "pk")[: MOST + 1])
    for row in found[:MOST]:
        detail = f"{row.case.number} {row.case.cause}"
        title = OVER.get(row.code, row.rule.name) if row.code in OVER and row.due_on < clock.today() else row.rule.name
        is_form = row.code in ASSIGNMENTS and row.case.state in ASSIGNABLE
        url = reverse("case-assign" if is_form else "case", args=[row.case_id])
        yield TodoItem(title, detail, url, due_on=row.due_on, icon="hourglass")
    if len(found) > MOST:
        yield TodoItem(
            f"还有 {rows.count() - MOST} 项案件期限", "在期限看板查看", f"{reverse('case-deadlines')}?mine=on", icon="hourglass"
        )


def decision_items(user):
    """Cases under review wait for the director; so do those an upheld objection sent back."""
    if not may(user, DECIDE):
        return
    cases = AidCase.objects.filter(within(regions_of(user, Role.DIRECTOR), "county"))
    waiting = cases.filter(state="under_review", is_history=False).order_by("received_on")
    for case in waiting.prefetch_related("deadlines")[:MOST]:
        due = next((each.due_on for each in case.deadlines.all() if each.code == "aid_decision" and not each.met_on), None)
        url = reverse("case", args=[case.pk])
        yield TodoItem("审查决定：是否给予法律援助", f"{case.number} {case.cause}", url, due_on=due, icon="stamp")
    for case in cases.filter(objections__decision="order_correction", objections__corrected_on=None).distinct():
        url = reverse("case", args=[case.pk])
        yield TodoItem("改正原决定：异议成立", f"{case.number} {case.cause}", url, icon="scale")
