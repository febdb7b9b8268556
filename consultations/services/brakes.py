"""Counting in the cache how often something was tried: so many in so many seconds under one name (safety.md §2)."""

from django.core.cache import cache


def counted_in(name: str, *, most: int, seconds: int) -> bool:
    """Count one more under this name; whether it is still within what is allowed in that time."""
    key = f"limit:{name}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # swept out of the cache between the two lines
        return True


def is_over(name: str, *, most: int) -> bool:
    """Whether as many were counted under this name already; counts nothing."""
    return (cache.get(f"limit:{name}") or 0) >= most
