"""Guards of views. Every view carries exactly one of `allowed` and `public`; tests/test_access.py walks them.

    @require_POST
    @allowed("consultations.sign_in")
    def sign_in(request, pk): ...

`view.action` names the action (None on public views) for whoever walks the URLs.
"""

import time
from functools import wraps
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve

from accounts.policy import ACTIONS, may


def allowed(action):
    """Let in who is signed in and may do `action`; the rest to the login page or to 403.

    KeyError while importing when the policy table does not know the action.
    """
    ACTIONS[action]

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return to_login(request)
            if not may(request.user, action):
                raise PermissionDenied(f"您的岗位没有“{ACTIONS[action].words}”的权限。")
            return view(request, *args, **kwargs)

        guarded.action = action
        guarded.is_public = False
        return guarded

    return decorate


def public(view):
    """Mark a view that needs no login."""

    @wraps(view)
    def open_to_all(request, *args, **kwargs):
        return view(request, *args, **kwargs)

    open_to_all.action = None
    open_to_all.is_public = True
    return open_to_all


def fresh_login(view):
    """Ask for the password again when it was last given more than ten minutes ago (safety.md §2).

    Goes under `allowed`. A suspended POST is taken up again, with its fields, after the password is given.
    """

    @wraps(view)
    def renewed(request, *args, **kwargs):
        if not recently_authenticated(request):
            raise ReauthenticationRequired()
        return view(request, *args, **kwargs)

    renewed.needs_fresh_login = True
    return renewed


def action_of(path):
    """The action behind an address of this system, None where anybody may. Resolver404 when there is no such page."""
    return getattr(resolve(urlsplit(path).path).func, "action", None)


def may_open(user, path):
    """Whether an address leads this user to a page and not to 403 or 404. Her scope is the page's own matter."""
    try:
        action = action_of(path)
    except Resolver404:
        return False
    return action is None or may(user, action)


def recently_authenticated(request):
    """Whether password or code were given in this session within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def to_login(request):
    """The login page, coming back here afterwards. A fragment sends the whole page there."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
        return response
    where = request.get_full_path() if request.method in ("GET", "HEAD") else settings.LOGIN_REDIRECT_URL
    return redirect_to_login(resolve_url(where))
