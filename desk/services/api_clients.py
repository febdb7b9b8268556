"""Giving a client its token, taking it back, and knowing it again. safety.md §2: a token is kept as a hash only."""

import hashlib
import secrets
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import audit
from common import clock
from common.errors import Refused
from desk.models import ApiClient

LONGEST = timedelta(days=366)


class ClientRefused(Refused):
    """A client that is not entered or not revoked."""


@transaction.atomic
def make_client(*, name, region, scopes, paper, until: date, by) -> tuple[ApiClient, str]:
    """Enter a client; gives it and its token, which is told this once. Lasts a year at most."""
    today = clock.today()
    if not today < until <= today + LONGEST:
        raise ClientRefused("失效日期应在明天到一年之内：到期后重新登记。", field="until")
    if not scopes:
        raise ClientRefused("没有选择可读内容：请至少选一项。", field="scopes")
    token = secrets.token_urlsafe(32)
    client = ApiClient.objects.create(
        name=name,
        region=region,
        scopes=sorted(scopes),
        paper=paper,
        token_hash=hash_of(token),
        token_start=token[:6],
        since=today,
        until=until,
        made_by=by,
        made_at=timezone.now(),
    )
    after = {"使用方": name, "区域": str(region), "可读内容": client.get_scope_words(), "失效日期": until, "批准文号": paper}
    audit.record(by=by, action="accounts.manage_api_clients", on=client, after=after)
    return client, token


@transaction.atomic
def revoke_client(*, client: ApiClient, by) -> ApiClient:
    """From now on the token reads nothing. Cannot be undone: a new one is given instead."""
    client = ApiClient.objects.select_for_update().get(pk=client.pk)
    if client.revoked_at:
        raise ClientRefused("已经停用。")
    client.revoked_at, client.revoked_by = timezone.now(), by
    client.save(update_fields=["revoked_at", "revoked_by"])
    audit.record(by=by, action="accounts.manage_api_clients", on=client, before={"状态": "使用中"}, after={"状态": "已停用"})
    return client


def client_of(token: str) -> ApiClient | None:
    """Whose token it is, if it is in force. Security asks the real date, never the demonstration's."""
    known = ApiClient.objects.filter(token_hash=hash_of(token), revoked_at=None).select_related("region").first()
    today = max(clock.today(), known.since) if known else None
    if known is None or not known.since <= today <= known.until:
        return None
    return known


def note_reading(client: ApiClient) -> None:
    """When it last read; once a minute is enough."""
    now = timezone.now()
    if client.last_read_at is None or now - client.last_read_at > timedelta(minutes=1):
        ApiClient.objects.filter(pk=client.pk).update(last_read_at=now)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
