"""Papers that went out and of which nobody has noted that they arrived: for who handles the case. LAF 43, 48, 49; domain.md 3.7 no. 22."""

from django.db.models import Q
from django.urls import reverse

from accounts.policy import Role, may
from legalaid.models import CasePaper
from legalaid.rules.papers import KEPT
from organizations.models.places import within
from organizations.scope import regions_of
from records.todo import TodoItem

MOST = 10
# Given into the hand of who signs for it on the paper itself.
HANDED_OVER = ("receipt", "introduction")


def todo_items(user):
    """One row a case, the oldest paper first."""
    if not (may(user, "legalaid.serve_paper") and may(user, "legalaid.handle_case")):
        return []
    of_case = {}
    for row in unserved_of(user):
        of_case.setdefault(row.case, []).append(row)
    items = [item_of(case, rows) for case, rows in list(of_case.items())[:MOST]]
    if len(of_case) > MOST:
        rest = f"另有 {len(of_case) - MOST} 件案件的文书没有登记送达"
        items.append(TodoItem(rest, "登记以后，这里接着列出下面的", items[0].url, icon="send"))
    return items


def item_of(case, rows):
    names = "、".join(row.name for row in rows)
    url = reverse("case-paper-served", args=[rows[0].pk]) if len(rows) == 1 else reverse("case-papers", args=[case.pk])
    return TodoItem(f"送达文书 {len(rows)} 份", f"{case.number} {names}", url, icon="send")


def unserved_of(user):
    """Of the cases she handles, or that nobody handles in her county; an archived file is closed, history was never served here."""
    theirs = Q(case__handler=user) | Q(case__handler=None) & within(regions_of(user, Role.CENTRE), "case__county")
    rows = CasePaper.objects.unserved().visible_to(user).filter(theirs, case__is_history=False)
    rows = rows.exclude(kind__in=HANDED_OVER).exclude(case__state__in=KEPT)
    return rows.select_related("case", "paper").order_by("paper__issued_on", "pk")
