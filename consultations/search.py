"""What this floor gives to the search box: consultations by number, client, telephone, last four; stations' duty of a day;
complaints, inspections and letters of criticism by their number.
"""

from django.urls import reverse

from accounts.policy import may
from common.dates import parse_day
from common.id_numbers import mask_name
from consultations.models import Consultation, CriticismNotice, DutyComplaint, Finding, Inspection, Shift
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
    yield from _numbered(user, text)


def _numbered(user, text):
    """What carries a number of its own: complaints, inspections, letters of criticism."""
    if may(user, "consultations.view_ratings"):
        complaints = DutyComplaint.objects.visible_to(user).filter(number__icontains=text).select_related("station")
        for row in complaints.order_by("-received_on", "-pk")[:MOST]:
            detail = "，".join(filter(None, [f"{row.received_on:%Y-%m-%d}", str(row.station or ""), row.get_state_display()]))
            yield SearchHit("投诉", row.number, detail, reverse("duty-complaint", args=[row.pk]))
    if may(user, "consultations.view_inspections"):
        inspections = Inspection.objects.visible_to(user).filter(number__icontains=text).select_related("station")
        for row in inspections[:MOST]:
            detail = f"{row.get_kind_display()}，{row.day:%Y-%m-%d}，{row.station.short_name}"
            yield SearchHit("检查", row.number, detail, reverse("inspection", args=[row.pk]))
    if may(user, "consultations.view_findings"):
        letters = CriticismNotice.objects.filter(number__icontains=text, finding__in=Finding.objects.visible_to(user))
        for row in letters.select_related("finding__shift__station")[:MOST]:
            shift = row.finding.shift
            detail = f"{row.finding.get_kind_display()}，{shift.day:%Y-%m-%d}，{shift.station.short_name}"
            yield SearchHit("通报批评", row.number, detail, reverse("finding", args=[row.finding_id]))


def _shifts(user, text):
    try:
        day = parse_day(text)
    except ValueError:
        return
    rows = Shift.objects.visible_to(user).filter(day=day).select_related("station", "practitioner")
    for shift in rows.order_by("station__order", "starts_at")[:MOST]:
        title = f"{shift.day:%m月%d日} {shift.station.short_name}"
        yield SearchHit("班次", title, shift.practitioner.name, reverse("shift", args=[shift.pk]))
