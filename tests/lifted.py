"""Triggers switched off for a while in the worker's own database, by the owner's hand: the program's role cannot."""

import contextlib

import psycopg2
from django.conf import settings

# The triggers that are off now, as (table, trigger). Emptying the database leaves them off.
LIFTED: list[tuple[str, str]] = []
AT_ITS_BEGINNING = (("legalaid_aidcase", "begins_at_the_beginning"), ("legalaid_aidcase", "beginning_is_told"))


@contextlib.contextmanager
def lifted(triggers):
    """Without these triggers. No transaction may have written to their tables when it begins or ends."""
    LIFTED.extend(triggers)
    switch(triggers, "DISABLE")
    try:
        yield
    finally:
        del LIFTED[-len(triggers) :]
        switch(triggers, "ENABLE")


def switch(triggers, how: str) -> None:
    wanted = settings.DATABASES["owner"]
    connection = psycopg2.connect(
        dbname=settings.DATABASES["default"]["NAME"], user=wanted["USER"], password=wanted["PASSWORD"], host=wanted["HOST"],
        port=wanted["PORT"] or None,
    )  # fmt: skip
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '20s'")
        for table, trigger in triggers:
            cursor.execute(f'ALTER TABLE "{table}" {how} TRIGGER "{trigger}"')
