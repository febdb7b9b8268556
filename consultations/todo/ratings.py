"""Complaints to accept and to answer, ratings nobody could bring to be verified, people to call back."""

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse

from accounts.policy import may
from common import clock
from consultations.models import Consultation, DutyComplaint, Finding, FollowUp, Rating
from consultations.services.complaints import limit_of
from records.todo import TodoItem


def todo_items(user):
    return [*complaints_of(user), *ratings_of(user), *calls_of(user)]


def complaints_of(user):
    if not may(user, "consultations.handle_complaint"):
        return
    waiting = DutyComplaint.objects.visible_to(user).open().select_related("county", "station", "finding__shift__practitioner")
    for complaint in waiting.exclude(shift__practitioner__user=user).order_by("received_on", "pk")[:50]:
        finding = complaint.finding
        if complaint.state == DutyComplaint.State.RECEIVED:
            title = "受理服务投诉"
        elif finding is not None and finding.decided_at:
            title = "答复投诉人"
        else:
            continue  # stands among the findings to decide
        limit = limit_of(complaint)
        url = reverse("duty-complaint", args=[complaint.pk])
        place = complaint.station.short_name if complaint.station else ""
        yield TodoItem(
            f"{title}：{complaint.number}", place, url, due_on=limit.due_on if limit else None, icon="message-square-warning"
        )


def ratings_of(user):
    if not may(user, "consultations.handle_complaint"):
        return
    registered = Finding.objects.filter(consultation_no=OuterRef("consultation__number"))
    kinds = (Finding.Kind.DISSATISFIED, Finding.Kind.COMPLAINT)
    loose = Rating.objects.visible_to(user).filter(word=Consultation.Rating.DISSATISFIED, consultation__is_void=False)
    for rating in loose.exclude(Exists(registered.filter(kind__in=kinds))).select_related("consultation__station")[:20]:
        detail = f"{rating.consultation.station.short_name} {rating.consultation}"
        yield TodoItem("“不满意”评价登记核实", detail, reverse("rating", args=[rating.pk]), icon="flag")


def calls_of(user):
    """A station calls its own people; the section is told when a month is overdue."""
    if not may(user, "consultations.follow_up"):
        return
    waiting = FollowUp.objects.visible_to(user).open().filter(consultation__is_void=False)
    waiting = waiting.exclude(consultation__practitioner__user=user)
    if not user.post_stations:
        waiting = waiting.filter(due_on__lt=clock.today())
    found = waiting.aggregate(
        n=Count("pk", distinct=True),
        one=Min("pk"),
        due_on=Min("due_on"),
        tried=Count("pk", filter=Q(tries__isnull=False), distinct=True),
    )
    if found["n"]:
        detail = f"其中 {found['tried']} 人拨打过没有接通" if found["tried"] else "随机抽取的咨询人"
        words = "电话回访" if user.post_stations else "催办逾期的电话回访"
        url = reverse("followup", args=[found["one"]]) if found["n"] == 1 else reverse("followups")
        yield TodoItem(f"{words} {found['n']} 人", detail, url, due_on=found["due_on"], icon="phone-call")
