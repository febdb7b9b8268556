"""What the frame of every page needs. Cheap: nothing here asks the database."""

from django.conf import settings


def shell(request):
    return {
        "version": settings.VERSION,
        # Not get_host(): the page that says "this host is not served here" has this context, too.
        "is_plain_http": not request.is_secure() and not _is_loopback(request.META.get("HTTP_HOST", "localhost")),
        "request_id": getattr(request, "request_id", ""),
    }


def _is_loopback(host):
    name = host.rsplit(":", 1)[0].strip("[]")
    return name in ("localhost", "testserver", "::1") or name.startswith("127.")
