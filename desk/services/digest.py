"""今日待办: one notice a day to everybody who has open work, from every app's to-do room. Safe any number of times."""

from datetime import date

from django.urls import reverse

from accounts.models import User
from common import clock
from desk.services.todo import todo_items
from records.models import Notice
from records.services import notify, who_switched_off

NOT_BEFORE_HOUR = 7


def send_todo_digests() -> int:
    """Once a day from seven o'clock on. Gives how many were told."""
    now = clock.now()
    title = f"今日待办（{now:%Y-%m-%d}）"
    if now.hour < NOT_BEFORE_HOUR or Notice.objects.filter(text__startswith=title).exists():
        return 0
    people = User.objects.people().active().exclude(pk__in=who_switched_off(Notice.Kind.DIGEST)).order_by("pk")
    told = 0
    for user in people:
        if words := words_for(todo_items(user), now.date()):
            notify(to=user, text=f"{title}：{words}", url=reverse("todo"), kind=Notice.Kind.DIGEST)
            told += 1
    return told


def words_for(items, today: date) -> str:
    """How many, how many of them late, and the first limit; empty without open work."""
    if not items:
        return ""
    days = sorted(item.due_on for item in items if item.due_on)
    late = sum(day < today for day in days)
    coming = next((day for day in days if day >= today), None)
    parts = [f"共 {len(items)} 项"]
    if late:
        parts.append(f"已逾期 {late} 项")
    if coming:
        parts.append("今天到期" if coming == today else f"最早 {coming:%m月%d日} 到期")
    return "，".join(parts)
