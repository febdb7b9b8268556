"""Half-written consultations: kept every half minute, taken up again, thrown away. One for a person and station, encrypted."""

import json
from datetime import timedelta

from django.db import transaction

from accounts.models import User
from common import clock
from common.errors import Refused
from consultations.models import ConsultationDraft
from organizations.models import Station

LONGEST = 100_000
KEPT = timedelta(days=7)


class DraftRefused(Refused):
    """The draft is not kept; the sentence says why."""


@transaction.atomic
def save_draft(*, by: User, station: Station | None, content: dict) -> ConsultationDraft:
    """Keep what was typed so far (field → list of texts) in place of the last draft. Those a week old go."""
    text = json.dumps(content, ensure_ascii=False)
    if len(text) > LONGEST:
        raise DraftRefused("内容太长，草稿没有保存：请先保存登记。")
    mine = ConsultationDraft.objects.filter(user=by)
    mine.filter(saved_at__lt=clock.now() - KEPT).delete()
    draft, _ = ConsultationDraft.objects.update_or_create(
        user=by, station=station, defaults={"content": text, "saved_at": clock.now()}
    )
    return draft


def draft_of(*, by: User) -> ConsultationDraft | None:
    """Her latest draft that is still kept, at a station that is still hers to write for."""
    mine = ConsultationDraft.objects.filter(user=by, saved_at__gte=clock.now() - KEPT)
    return mine.select_related("station").first()


def content_of(draft: ConsultationDraft) -> dict:
    """Field → list of texts, as they were typed."""
    return json.loads(draft.content)


@transaction.atomic
def discard_drafts(*, by: User, station: Station | None = None) -> None:
    """Throw away her draft of a station, or all of hers."""
    mine = ConsultationDraft.objects.filter(user=by)
    if station is not None:
        mine = mine.filter(station__in=[station]) | mine.filter(station=None)
    mine.delete()
