"""The hash chain over the audit entries: who changes one entry must change all after it (safety.md §1.9)."""

import hashlib
import json

from django.db import connection, transaction

from accounts.models import AuditEntry, AuditSeal

BEGINNING = "0" * 64


def digest_of(entry, previous):
    """SHA-256 over the previous link and everything the entry says."""
    told = {
        "id": entry.pk,
        "at": entry.at.isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "actor_name": entry.actor_name,
        "address": entry.address,
        "action": entry.action,
        "object": [entry.object_type, entry.object_id, entry.object_label],
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
        "request_id": entry.request_id,
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


@transaction.atomic
def seal_audit(*, limit=5000):
    """Links the entries that are not yet in the chain, at most `limit`. Returns how many it linked."""
    with connection.cursor() as cursor:
        # One sealer at a time; readers and writers of entries are not held up.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit seal'))")
    last = AuditSeal.objects.order_by("-position").first()
    position, digest = (last.position, last.digest) if last else (0, BEGINNING)
    seals = []
    for entry in AuditEntry.objects.filter(seal=None).order_by("pk")[:limit]:
        position += 1
        digest = digest_of(entry, digest)
        seals.append(AuditSeal(position=position, entry=entry, digest=digest))
    AuditSeal.objects.bulk_create(seals, batch_size=1000)
    return len(seals)


def chain_head():
    """(number of links, digest of the last), printed on the month's papers so that the chain cannot be made anew."""
    last = AuditSeal.objects.order_by("-position").values_list("position", "digest").first()
    return last or (0, BEGINNING)


def verify_audit():
    """Walks the chain. Returns None when it holds, else a sentence that names the first bad link."""
    digest = BEGINNING
    expected = 0
    for seal in AuditSeal.objects.select_related("entry").order_by("position").iterator(chunk_size=2000):
        expected += 1
        if seal.position != expected:
            return f"封存链第 {expected} 环缺失（下一环是第 {seal.position} 环）。"
        digest = digest_of(seal.entry, digest)
        if digest != seal.digest:
            return f"封存链第 {expected} 环不符：审计记录 {seal.entry_id} 或它之前的链被改动过。"
    return None
