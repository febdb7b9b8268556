"""What this floor gives to the search box: consultations by number, client, telephone, last four; stations' duty of a day."""

from django.urls import reverse

from accounts.policy import may
from common.dates import parse_day
from common.id_numbers import mask_name
from consultations.models import Consultation, Shift
from records.todo import SearchHit

MOST = 10


def search(user, text):
    """At most ten hits of each kind, of what this user may see; clients' names stay masked."""
    text = (text or "").strip()
    if not text:
        return
    if may(user, "consultations.view_consultations"):
        rows = Consultation.objects.visible_to(user).matching(text).select_related("station").order_by("-day", "-pk")
        for row in rows[:MOST]:
            title = f"{mask_name(row.client_name) or '匿名'} {row.get_matter_display()}"
            detail = f"{row.number or '未编号'}，{row.day:%Y-%m-%d}，{row.station.short_name}"
            yield SearchHit("咨询", title, detail, reverse("consultation", args=[row.pk]))
    if may(user, "consultations.view_roster"):
        yield from _shifts(user, text)


def _shifts(user, text):
    try:
        day = parse_day(text)
    except ValueError:
        return
    rows = Shift.objects.visible_to(user).filter(day=day).select_related("station", "practitioner")
    for shift in rows.order_by("station__order", "starts_at")[:MOST]:
        title = f"{shift.day:%m月%d日} {shift.station.short_name}"
        yield SearchHit("班次", title, shift.practitioner.name, reverse("shift", args=[shift.pk]))
