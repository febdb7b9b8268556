"""Telling one person what came of something."""

from django.db import transaction
from django.utils import timezone

from records.models import Notice


@transaction.atomic
def notify(*, to, text: str, url: str = "") -> Notice | None:
    """Leave a notice; the same unread words about the same page are not left twice. The system user reads nothing."""
    if to is None or to.is_system:
        return None
    text = text[:300]
    unread = Notice.objects.filter(to=to, text=text, url=url).unread().first()
    return unread or Notice.objects.create(to=to, text=text, url=url)


@transaction.atomic
def mark_notices_read(*, by, ids=None) -> int:
    """Mark the reader's own notices as read, all of them or those named. Gives how many were unread."""
    mine = Notice.objects.visible_to(by).unread()
    if ids is not None:
        mine = mine.filter(pk__in=ids)
    return mine.update(read_at=timezone.now())
