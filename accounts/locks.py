"""The lock of a login after failures: five within fifteen minutes, then fifteen minutes of refusal (safety.md §2)."""

from allauth.core.internal import ratelimit
from django.core.cache import cache

MINUTES = 15


def key_of(username):
    return username.strip().lower()


def is_locked(username):
    return cache.get(_lock(username)) is not None


def lock(username):
    cache.set(_lock(username), True, MINUTES * 60)


def release(username):
    """The administrator has given a new password: begin again."""
    cache.delete(_lock(username))
    for rate in ratelimit.get_rates(app="allauth.account", action="login_failed"):
        if rate.per == "key":
            key = ratelimit.get_cache_key(None, app="allauth.account", action="login_failed", rate=rate, key=key_of(username))
            cache.delete(key)


def _lock(username):
    # Hashed by the cache's own rules would not do: a login may hold any letter.
    return "login-lock:" + key_of(username).encode("utf-8").hex()
