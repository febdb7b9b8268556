"""今日期限: one notice a day to each person on whom limits wait. Safe to run again and again; sent once a day."""

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import User
from accounts.policy import Role
from common import clock
from legalaid.services.deadline_board import parts, urgent_for
from records.models import Notice
from records.services import who_switched_off

NOT_BEFORE_HOUR = 7
ROLES = (Role.CENTRE, Role.DIRECTOR, Role.LAWYER, Role.LEADER)
# One transaction at a time sends the day's digest; the number only has to be ours.
LOCK = 0x6C656761


def send_digests(url: str, objections_url: str = "") -> int:
    """Tell everybody what is overdue, due today and due within seven days. Gives how many were told; 0 when today's went out.

    `url` is the board, `objections_url` where a leader decides, who sees no board.
    """
    now = clock.now()
    if now.hour < NOT_BEFORE_HOUR:
        return 0
    title = title_of(now.date())
    if Notice.objects.filter(text__startswith=title).exists():
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if Notice.objects.filter(text__startswith=title).exists():
            return 0
        people = User.objects.active().people().filter(posts__role__in=ROLES).distinct().order_by("pk")
        notices = [
            Notice(
                to=user,
                text=f"{title}：{words}",
                url=url if user.roles - {Role.LEADER} else objections_url or url,
                kind=Notice.Kind.DIGEST,
            )
            for user in people.exclude(pk__in=who_switched_off(Notice.Kind.DIGEST))
            if (words := words_for(user, now.date()))
        ]
        return len(Notice.objects.bulk_create(notices))


def title_of(day) -> str:
    return f"今日期限（{day:%Y-%m-%d}）"


def words_for(user, today) -> str:
    """What waits for one person, in one line; empty when nothing does."""
    conditions = parts(today)
    rows = urgent_for(user, today)
    late = rows.filter(conditions["overdue"]).count()
    over = rows.filter(conditions["over"]).count()
    due_today = rows.filter(Q(due_on=today)).count()
    soon = rows.filter(conditions["soon"]).count() - due_today
    counts = (("已逾期", late), ("今天到期", due_today), ("7日内到期", soon), ("当事人期限届满", over))
    return "，".join(f"{words} {count} 项" for words, count in counts if count)
