"""Records that lack something: the station mends them, the bureau checks them. Hand-overs nobody has answered."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.policy import Role, may
from common import clock
from common.periods import YearMonth
from consultations.models import Consultation, Finding, Handover
from consultations.todo.attendance import closed_counties
from records.todo import TodoItem

# A hand-over without an answer is asked after when so many days have passed.
PATIENCE = timedelta(days=7)


def todo_items(user):
    return [*lacking(user), *unanswered(user)]


def unanswered(user):
    """Hand-overs of her station, or her own, that wait for an answer. Those to legal aid that are a case follow the case."""
    if not may(user, "consultations.follow_handover"):
        return []
    mine = Consultation.objects.filter(station__in=user.post_stations) | Consultation.objects.filter(practitioner__user=user)
    waiting = Handover.objects.open().filter(consultation__in=mine, day__lte=clock.today() - PATIENCE)
    waiting = waiting.exclude(consultation__aid_case__isnull=False)
    count = waiting.count()
    if not count:
        return []
    detail = "调解、信访、援助申请的去向和结果"
    url = reverse("handover", args=[waiting.get().pk]) if count == 1 else reverse("handovers")
    return [TodoItem(f"跟进没有回音的转办 {count} 件", detail, url, icon="send")]


def lacking(user):
    if not may(user, "consultations.write_consultation") and Role.SECTION not in user.roles:
        return []
    this = YearMonth.of(clock.today())
    waiting = Consultation.objects.visible_to(user).counted().incomplete().between(this.previous().first, clock.today())
    for period in (this.previous(), this):
        waiting = waiting.exclude(day__range=(period.first, period.last), station__county__in=closed_counties(period))
    if Role.SECTION in user.roles:
        faulted = Finding.objects.filter(kind=Finding.Kind.RECORD_DEFECT, consultation_no=OuterRef("number"))
        waiting = waiting.exclude(Exists(faulted)).exclude(shift=None)
    count = waiting.count()
    if not count:
        return []
    url = f"{reverse('consultations-incomplete')}?since={this.previous().first}"
    words = "检查缺项的咨询记录" if Role.SECTION in user.roles else "补齐缺项的咨询记录"
    return [TodoItem(f"{words} {count} 条", "缺项一份记录扣一次", url, icon="file-exclamation-point")]
