"""Registrations that nobody of the centre has taken."""

from django.urls import reverse

from accounts.policy import may
from legalaid.services.inbox import waiting
from records.todo import TodoItem


def todo_items(user):
    if not may(user, "legalaid.handle_case"):
        return []
    rows = list(waiting(user).order_by("received_on", "pk").values_list("received_on", flat=True)[:100])
    if not rows:
        return []
    count = f"{len(rows)} 件" if len(rows) < 100 else "100 件以上"
    return [TodoItem(f"接收援助申请 {count}", f"最早的 {rows[0]:%Y-%m-%d} 登记", reverse("intake"), icon="inbox")]
