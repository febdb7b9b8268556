"""What this floor gives to the search box: people by name, initials or whole ID number; stations; organisations."""

from django.urls import reverse

from accounts.policy import may
from common import clock
from common.id_numbers import check_id_number
from organizations.models import Organization, Practitioner, Station
from records.todo import SearchHit

MOST = 10


def search(user, text):
    """At most ten hits of each kind, of what this user may see."""
    text = (text or "").strip()
    if not text:
        return
    if may(user, "organizations.view_people"):
        yield from _people(user, text)
    if may(user, "organizations.view"):
        for row in Station.objects.visible_to(user).chosen(q=text)[:MOST]:
            yield SearchHit("站点", row.name, row.get_kind_display(), reverse("station", args=[row.pk]))
        for row in Organization.objects.visible_to(user).chosen(q=text).order_by("name", "pk")[:MOST]:
            yield SearchHit("机构", row.name, row.get_kind_display(), reverse("organization", args=[row.pk]))


def _people(user, text):
    people = Practitioner.objects.visible_to(user).current()
    try:
        people = people.with_id_number(check_id_number(text))
    except ValueError:
        people = people.matching(text)
    for row in people.order_by("name", "pk").with_present(clock.today())[:MOST]:
        detail = "，".join(filter(None, [row.get_kind_display(), str(row.firm_now or ""), row.masked_id_number]))
        yield SearchHit("服务人员", row.name, detail, reverse("person", args=[row.pk]))
