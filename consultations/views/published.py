"""Pages that anybody may read, kept ready: made once for each state of what was published, and never older than it.

No page is kept for a time and then thrown away: its key holds a stamp of what it shows, so that publishing makes a new one at
once. Browsers keep the page too and ask each time whether it still holds (ETag).
"""

import hashlib
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers

from common import clock

KEPT_SECONDS = 600
LONGEST_VALUE = 20


def published(name, *, stamp, query=()):
    """Keep a public page. `stamp()` gives a text that changes whenever what the page shows does; `query` are the keys it reads.

    Who has a session of her own (messages, a login) and who asks for more than the page knows gets it freshly made.
    """

    def decorate(view):
        @wraps(view)
        def kept(request, *args, **kwargs):
            if not is_common(request, query):
                return view(request, *args, **kwargs)
            etag = etag_of(request, name, stamp())
            if etag in request.headers.get("If-None-Match", ""):
                return labelled(HttpResponseNotModified(), etag)
            content = cache.get(f"published:{etag}")
            if content is None:
                response = view(request, *args, **kwargs)
                if response.status_code != 200:
                    return response
                content = response.content
                cache.set(f"published:{etag}", content, KEPT_SECONDS)
            return labelled(HttpResponse(content), etag)

        return kept

    return decorate


def is_common(request, query) -> bool:
    """Whether every reader would get the same page."""
    known = all(key in query and len(value) <= LONGEST_VALUE for key, value in request.GET.items())
    return known and settings.SESSION_COOKIE_NAME not in request.COOKIES


def etag_of(request, name, stamp) -> str:
    large = request.COOKIES.get("large") == "1"
    told = (name, request.path, sorted(request.GET.items()), stamp, clock.today(), settings.VERSION, large)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def labelled(response, etag):
    response["ETag"] = f'"{etag}"'
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response
