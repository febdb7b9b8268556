"""Findings that wait for a decision, and those that wait for the person's own words."""

from django.db.models import Count, Min, Q
from django.urls import reverse

from accounts.policy import may
from consultations.models import Finding
from records.todo import TodoItem


def todo_items(user):
    return [*statements_of(user), *decisions_of(user)]


def statements_of(user):
    if not may(user, "consultations.state_own_case"):
        return
    mine = Finding.objects.undecided().filter(shift__practitioner__user=user, state=Finding.State.REPORTED)
    for finding in mine.select_related("shift__station"):
        detail = f"{finding.shift.day:%m-%d} {finding.shift.station.short_name}"
        url = reverse("finding", args=[finding.pk])
        yield TodoItem(f"说明情况：{finding.get_kind_display()}", detail, url, icon="message-square-text")


def decisions_of(user):
    if not may(user, "consultations.decide_finding"):
        return
    waiting = Finding.objects.undecided().visible_to(user).exclude(shift__practitioner__user=user)
    others = waiting.exclude(reported_by=user) | waiting.filter(source=Finding.Source.CLOCK)
    found = others.aggregate(count=Count("pk"), heard=Count("pk", filter=Q(state=Finding.State.HEARD)), first=Min("pk"))
    if found["count"]:
        # One opens its very form, several their list.
        url = reverse("finding", args=[found["first"]]) if found["count"] == 1 else f"{reverse('findings')}?state=open"
        yield TodoItem(f"核实考核事项 {found['count']} 项", f"其中已听取本人意见 {found['heard']} 项", url, icon="flag")
