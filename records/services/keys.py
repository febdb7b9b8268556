"""Changing the data key of encrypted columns (safety.md §1.8). Safe to stop half-way and to run again."""

from django.apps import apps
from django.db import connection, transaction

from common.encryption import EncryptedTextField, current_key_id, decrypt, encrypt, key_id_of

CHUNK = 500


def rotate_field_keys() -> dict[str, int]:
    """Encrypt every value under the current key; gives the number changed by ``app.Model.field``.

    Rows are changed in small transactions that touch nothing but the ciphertext and only where it is still the one read,
    so that the program may run meanwhile.
    """
    return {
        f"{model._meta.label}.{field.name}": _rotate(model._meta.db_table, model._meta.pk.column, field.column)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    }


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
                if key_id_of(stored) != current_key_id():
                    cursor.execute(write, [encrypt(decrypt(stored)), row_key, stored])
                    changed += cursor.rowcount
        if not rows:
            return changed
        last = rows[-1][0]
