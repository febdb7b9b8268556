"""Telling one person what came of something."""

from django.db import transaction
from django.utils import timezone

from records.models import Notice, NoticeSwitch


@transaction.atomic
def notify(*, to, text: str, url: str = "", kind: str = Notice.Kind.RESULT) -> Notice | None:
    """Leave a notice; the same unread words about the same page are not left twice.

    The system user reads nothing, and nobody gets a kind that she switched off.
    """
    if to is None or to.is_system or is_off(to, kind):
        return None
    text = text[:300]
    unread = Notice.objects.filter(to=to, text=text, url=url).unread().first()
    return unread or Notice.objects.create(to=to, text=text, url=url, kind=kind)


def is_off(user, kind) -> bool:
    return kind in Notice.SWITCHABLE and NoticeSwitch.objects.filter(user=user, kind=kind).exists()


def who_switched_off(kind) -> set[int]:
    """Ids of the users who do not want that kind: for those who leave many notices at once. One query."""
    return set(NoticeSwitch.objects.filter(kind=kind).values_list("user", flat=True))


@transaction.atomic
def switch_notices(*, by, wanted) -> None:
    """Which of the kinds that can be switched off a person wants; the others she no longer gets."""
    NoticeSwitch.objects.filter(user=by).delete()
    off = [kind for kind in Notice.SWITCHABLE if kind not in wanted]
    NoticeSwitch.objects.bulk_create(NoticeSwitch(user=by, kind=kind) for kind in off)


@transaction.atomic
def mark_notices_read(*, by, ids=None) -> int:
    """Mark the reader's own notices as read, all of them or those named. Gives how many were unread."""
    mine = Notice.objects.visible_to(by).unread()
    if ids is not None:
        mine = mine.filter(pk__in=ids)
    return mine.update(read_at=timezone.now())
