"""今日待办: one notice a day to everybody who has open work, from every app's to-do room. Safe any number of times."""

from datetime import date

from django.db import connection, transaction
from django.urls import reverse

from accounts.models import User
from common import clock
from desk.services.todo import todo_items
from legalaid.services.deadline_board import limits_in_words
from records.models import Notice
from records.services import notify, who_switched_off

NOT_BEFORE_HOUR = 7
# One transaction at a time sends the day's digest; the number only has to be ours.
LOCK = 0x6469676573


def send_todo_digests() -> int:
    """Once a day from seven o'clock on, one notice a person: her open work, and the limits of cases in it. Gives how many were told."""
    now = clock.now()
    title = f"今日待办（{now:%Y-%m-%d}）"
    if now.hour < NOT_BEFORE_HOUR or was_sent(title):
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        return 0 if was_sent(title) else tell_everybody(title, now.date())


def was_sent(title: str) -> bool:
    return Notice.objects.filter(kind=Notice.Kind.DIGEST, text__startswith=title).exists()


def tell_everybody(title: str, today: date) -> int:
    told = 0
    for user in User.objects.people().active().exclude(pk__in=who_switched_off(Notice.Kind.DIGEST)).order_by("pk"):
        if words := words_for(todo_items(user), today):
            limits = limits_in_words(user, today)
            text = f"{title}：{words}。案件期限：{limits}" if limits else f"{title}：{words}"
            notify(to=user, text=text, url=reverse("todo"), kind=Notice.Kind.DIGEST)
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
