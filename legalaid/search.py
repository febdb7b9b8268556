"""What this floor gives to the search box: cases by number, name, initials or whole ID number."""

from django.urls import reverse

from accounts.policy import may
from common.id_numbers import mask_name
from legalaid.models import AidCase
from records.todo import SearchHit

MOST = 10


def search(user, text):
    """At most ten cases, of those this user may see; names of criminal and minors' cases stay masked."""
    text = (text or "").strip()
    if not text or not may(user, "legalaid.view_cases"):
        return
    rows = AidCase.objects.visible_to(user).matching(text).order_by("-received_on", "-pk")
    for case in rows[:MOST]:
        name = mask_name(case.recipient) if case.is_sensitive else case.recipient
        detail = f"{case.number}，{case.get_type_display()}，{case.get_state_display()}"
        yield SearchHit("援助案件", f"{name} {case.cause}", detail, reverse("case", args=[case.pk]))
