"""What this floor gives to the search box: clauses of the plans the reader may see."""

from urllib.parse import urlencode

from django.urls import reverse

from accounts.policy import may
from programmes.models import Clause, Plan
from records.todo import SearchHit

MOST = 10


def search(user, text):
    """At most ten clauses that hold the words, each leading to the plan's page searched for them."""
    text = (text or "").strip()
    if not text or not may(user, "programmes.view_plan"):
        return
    plans = Plan.objects.visible_to(user)
    rows = Clause.objects.filter(plan__in=plans, sentence__icontains=text).select_related("plan").order_by("plan", "order")
    for row in rows[:MOST]:
        start = max(0, row.sentence.lower().find(text.lower()) - 15)
        detail = row.sentence[start : start + 50].replace("\n", " ")
        url = f"{reverse('plan-of', args=[row.plan.code])}?{urlencode({'q': text})}"
        yield SearchHit("方案条款", f"{row.plan.region}{row.plan.year}年方案 {row.number}", detail, url)
