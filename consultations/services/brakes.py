"""Counting in the cache how often something was tried: so many in so many seconds under one name (safety.md §2).

The span begins with the first try and ends when it ends. The cache lies in tables, and there an `incr` is two steps of which the
second forgets the span: a lock of the database makes them one, and the end of the span is kept beside the count.
"""

import time

from django.core.cache import cache
from django.db import connection, transaction


def counted_in(name: str, *, most: int, seconds: int) -> bool:
    """Count one more under this name; whether it is still within what is allowed in that span of time."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key_of(name)])
        now = time.time()
        count, ends_at = cache.get(key_of(name)) or (0, now + seconds)
        cache.set(key_of(name), (count + 1, ends_at), timeout=max(1, round(ends_at - now)))
    return count < most


def is_over(name: str, *, most: int) -> bool:
    """Whether as many were counted under this name already; counts nothing."""
    count, _ends_at = cache.get(key_of(name)) or (0, 0)
    return count >= most


def key_of(name: str) -> str:
    return f"tries:{name}"
