"""Pages for what went wrong: in Chinese, with a number by which the log can be searched. They need no database."""

import logging

from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token

from accounts.access import public

log = logging.getLogger("huimin.errors")


@public
@requires_csrf_token
def bad_request(request, exception=None):
    return _page(request, "errors/400.html", 400)


@public
@requires_csrf_token
def permission_denied(request, exception=None):
    why = str(exception) if exception and str(exception) else ""
    return _page(request, "errors/403.html", 403, {"why": why})


@public
@requires_csrf_token
def page_not_found(request, exception=None):
    return _page(request, "errors/404.html", 404)


@public
@requires_csrf_token
def too_many_requests(request, exception=None):
    return _page(request, "errors/429.html", 429)


@public
def csrf_failure(request, reason=""):
    log.warning("CSRF refused (%s): %s", _number(request), reason)
    return _page(request, "errors/csrf.html", 403)


@public
def server_error(request):
    log.error("Request %s failed at %s", _number(request), request.path)
    # Nothing of the frame, and bare words if even the static files are missing: whatever broke may break this page too.
    try:
        page = loader.get_template("errors/500.html").render({"number": _number(request)})
    except Exception:
        page = f"<!doctype html><html lang=zh-CN><meta charset=utf-8><title>系统出错了</title><h1>系统出错了</h1><p>问题编号 {_number(request)}</p>"
    return HttpResponseServerError(page)


def _page(request, template, status, context=None):
    return render(request, template, {"number": _number(request), **(context or {})}, status=status)


def _number(request):
    return getattr(request, "request_id", "") or "—"
