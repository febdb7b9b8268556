"""Changing the data key of everything that is kept encrypted (safety.md §1.8). Safe to stop half-way and to run again.

Ciphertext lies in three places: the encrypted columns of the models, the secrets of second factors (JSON of allauth),
and the notes of imports, which only grow: those are rewritten as the owner of the tables, who sets their guard aside.
"""

import json

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import OperationalError, ProgrammingError, connection, connections, transaction

from common.encryption import EncryptedTextField, current_key_id, decrypt, encrypt, key_id_of
from common.errors import Refused
from records.models import ImportChange
from records.services.imports import SEALED

CHUNK = 500
SECRETS = ("secret", "seed", "migrated_codes")
GUARD = "records_importchange_only_grows"


class NotRotated(Refused):
    """Something is still encrypted under an older key; the sentence says what to do."""


def rotate_field_keys() -> dict[str, int]:
    """Encrypt everything under the current key; gives the number of values (rows for JSON) changed by ``app.Model.field``.

    Rows are changed in small transactions that touch nothing but the ciphertext and only where it is still the one read,
    so that the program may run meanwhile. Raises NotRotated where the notes of imports need the owner of the tables and
    his address is not given; all the rest is done by then.
    """
    counted = {
        f"{model._meta.label}.{field.name}": _rotate(model._meta.db_table, model._meta.pk.column, field.column)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    }
    counted[f"{Authenticator._meta.label}.data"] = _rotate_second_factors()
    counted[f"{ImportChange._meta.label}.before/after"] = _rotate_notes_of_imports()
    return counted


def _rotate(table: str, key: str, column: str) -> int:
    quote = connection.ops.quote_name
    read = (
        f"SELECT {quote(key)}, {quote(column)} FROM {quote(table)} "
        f"WHERE {quote(key)} > %s AND {quote(column)} <> '' AND {quote(column)} NOT LIKE %s ORDER BY 1 LIMIT {CHUNK}"
    )
    write = f"UPDATE {quote(table)} SET {quote(column)} = %s WHERE {quote(key)} = %s AND {quote(column)} = %s"
    changed, last = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(read, [last, current_key_id() + ":%"])
            rows = cursor.fetchall()
            for row_key, stored in rows:
                if _is_old(stored):
                    cursor.execute(write, [_again(stored), row_key, stored])
                    changed += cursor.rowcount
        if not rows:
            return changed
        last = rows[-1][0]


def _rotate_second_factors() -> int:
    changed = 0
    for key in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update(of=("self",)).filter(pk=key).first()
            if row is None:
                continue
            fresh = {name: _fresh_secret(name, value) for name, value in row.data.items()}
            if fresh != row.data:
                row.data = fresh
                row.save(update_fields=["data"])
                changed += 1
    return changed


def _fresh_secret(name: str, value):
    if name not in SECRETS:
        return value
    return [_again(each) for each in value] if isinstance(value, list) else _again(value)


def _rotate_notes_of_imports() -> int:
    waiting = _waiting_notes()
    if waiting and not _owns_the_tables():
        raise NotRotated(
            f"还有 {len(waiting)} 条导入改动用旧密钥加密，只有数据表的所有者能改：请带上 DATABASE_OWNER_URL 再运行一次，之前不要去掉旧密钥。"
        )
    return sum(_rewrite_notes(waiting[start : start + CHUNK]) for start in range(0, len(waiting), CHUNK))


def _waiting_notes() -> list[int]:
    rows = ImportChange.objects.order_by("pk").values_list("pk", "before", "after")
    return [key for key, *notes in rows.iterator(CHUNK) if any(_is_old(stored) for note in notes for stored in _sealed_in(note))]


def _owns_the_tables() -> bool:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = %s::regclass",
            [ImportChange._meta.db_table],
        )
        return cursor.fetchone()[0]


def _rewrite_notes(keys: list[int]) -> int:
    """One transaction: should it end early, the guard stands again and the rows are as they were."""
    owner = connections["owner"]
    table = owner.ops.quote_name(ImportChange._meta.db_table)
    try:
        with transaction.atomic(using="owner"), owner.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20s'")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {GUARD}")
            for row in ImportChange.objects.using("owner").filter(pk__in=keys):
                values = [value and json.dumps(_resealed(value)) for value in (row.before, row.after)]
                cursor.execute(f"UPDATE {table} SET before = %s, after = %s WHERE id = %s", [*values, row.pk])
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {GUARD}")
    except (OperationalError, ProgrammingError) as error:
        raise NotRotated(
            "导入改动暂时不能重新加密，可能正有一批数据在导入：请过一会儿再运行一次，之前不要去掉旧密钥。"
        ) from error
    return len(keys)


def _resealed(kept: dict | None) -> dict | None:
    """A note's values with what is sealed in them under the current key."""
    if kept is None:
        return None
    return {name: {SEALED: _again(value[SEALED])} if _is_sealed(value) else value for name, value in kept.items()}


def _sealed_in(kept: dict | None) -> list[str]:
    return [value[SEALED] for value in (kept or {}).values() if _is_sealed(value)]


def _is_sealed(value) -> bool:
    return isinstance(value, dict) and set(value) == {SEALED} and bool(value[SEALED])


def _is_old(stored: str) -> bool:
    return key_id_of(stored) != current_key_id()


def _again(stored: str) -> str:
    """The same text under the current key; what is under it already stays as it is."""
    return encrypt(decrypt(stored)) if _is_old(stored) else stored
