"""Numbers without gaps."""

from django.db import connection, transaction

_NEXT = """
INSERT INTO records_numberseries (name, year, last) VALUES (%s, %s, 1)
ON CONFLICT (name, year) DO UPDATE SET last = records_numberseries.last + 1
RETURNING last
"""


@transaction.atomic
def next_number(*, series: str, year: int) -> int:
    """The next number of a series in a year, from 1.

    The row stays locked until the caller's transaction ends: a rolled-back act gives its number back, so no gap is left.
    Call it late and inside the transaction of what is numbered.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [series, year])
        return cursor.fetchone()[0]
