"""Where a request comes from, how long a session lives, and what must be done before anything else."""

import datetime
import ipaddress
import uuid

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts import audit
from accounts.access import to_login
from accounts.adapters import needs_second_factor

# Reached by somebody who must first change the password or set up the second factor.
OPEN_DOORS = frozenset({"account_logout", "account_login", "font", "health", "favicon"})
PASSWORD_DOORS = OPEN_DOORS | {"account_change_password"}
FACTOR_DOORS = OPEN_DOORS | {
    "account_reauthenticate",
    "account_change_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_reauthenticate",
}
TOUCH_AFTER_SECONDS = 60


class OriginMiddleware:
    """Gives every request a number, and keeps address and number for the audit entries written in it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.request_id = uuid.uuid4().hex[:12].upper()
        token = audit.origin.set(audit.Origin(address=address_of(request), request_id=request.request_id))
        try:
            response = self.get_response(request)
        finally:
            audit.origin.reset(token)
        response["X-Request-ID"] = request.request_id
        return response


def address_of(request):
    """The client's address: the last hop that is not one of our own proxies (TRUSTED_PROXIES)."""
    hops = [request.META.get("REMOTE_ADDR", "")]
    if hops[0] in settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()] or hops
        hops = [hop for hop in hops if hop not in settings.TRUSTED_PROXIES][-1:] or hops[:1]
    try:
        return str(ipaddress.ip_address(hops[0]))
    except ValueError:
        return None


class SessionLimitsMiddleware:
    """Twenty minutes idle, nine hours in all; then what the user owes first; nothing signed-in is kept by a browser."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        response = self._ended(request) or self._touch(request) or self.get_response(request)
        add_never_cache_headers(response)
        return response

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated:
            return None
        door = request.resolver_match.url_name
        if door not in PASSWORD_DOORS and owes_password(request.user):
            return _lead(request, "account_change_password", "请先设置自己的密码，再继续使用。")
        if door not in FACTOR_DOORS and owes_second_factor(request):
            return _lead(request, "mfa_activate_totp", "您的岗位必须使用二次验证：请用手机上的验证器扫码启用。")
        return None

    def _ended(self, request):
        now = timezone.now().timestamp()
        session = request.session
        signed_in = session.setdefault("signed_in_at", now)
        seen = session.setdefault("seen_at", now)
        if now - signed_in > settings.SESSION_COOKIE_AGE:
            words = "登录已满 9 小时，已自动退出：请重新登录。"
        elif now - seen > settings.SESSION_IDLE_MINUTES * 60:
            words = f"超过 {settings.SESSION_IDLE_MINUTES} 分钟没有操作，已自动退出：请重新登录。"
        else:
            return None
        auth.logout(request)
        messages.info(request, words)
        return to_login(request)

    def _touch(self, request):
        """Moves the idle clock, once a minute at most; fragments that a page fetches by itself do not count."""
        now = timezone.now()
        fetched_by_itself = request.method == "GET" and request.headers.get("HX-Request")
        if not fetched_by_itself and now.timestamp() - request.session["seen_at"] > TOUCH_AFTER_SECONDS:
            request.session["seen_at"] = now.timestamp()
            UserSession.objects.filter(session_key=request.session.session_key).update(
                last_seen_at=now, ip=audit.origin.get().address or "0.0.0.0"
            )


def _lead(request, door, words):
    """To the page where the duty is done. A fragment of that very page stays empty."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    messages.warning(request, words)
    return redirect(door)


def owes_password(user):
    """A first password is to be changed; the profile mlps asks for a change every 180 days as well."""
    if user.is_demo:
        return False
    if user.must_change_password:
        return True
    is_old = timezone.now() - user.password_changed_at > datetime.timedelta(days=180)
    return settings.PASSWORD_PROFILE == "mlps" and is_old


def owes_second_factor(request):
    if request.session.get("has_second_factor") or not needs_second_factor(request.user):
        return False
    if is_mfa_enabled(request.user):
        request.session["has_second_factor"] = True
        return False
    return True
