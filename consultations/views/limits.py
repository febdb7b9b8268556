"""A light brake on pages that need no login: room for a station's shared address, none for a machine that reads on and on."""

import time
from functools import wraps

from django.core.cache import cache

from accounts import audit
from accounts.views.errors import too_many_requests


def limited(name, per_minute):
    """At most so many requests a minute from one address; beyond, the page of 429."""

    def decorate(view):
        @wraps(view)
        def braked(request, *args, **kwargs):
            address = audit.origin.get().address or "nowhere"
            key = f"limit:{name}:{address}:{int(time.time() // 60)}"
            cache.add(key, 0, timeout=90)
            try:
                count = cache.incr(key)
            except ValueError:  # swept out of the cache between the two lines
                count = 1
            if count > per_minute:
                return too_many_requests(request)
            return view(request, *args, **kwargs)

        braked.most_a_minute = per_minute
        return braked

    return decorate
