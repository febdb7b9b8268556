"""How allauth signs people in here: by login name only, no sign-up, no mail, and every sign-in in the audit log."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts import audit, locks
from accounts.access import recently_authenticated
from accounts.models import User
from accounts.policy import SECOND_FACTOR_ROLES
from common import encryption

LOCKED = "连续 5 次输入不对，这个登录名已锁定 15 分钟：请稍后再试，或请系统管理员重置密码。"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "登录名或密码不对：请检查后重新输入，注意区分大小写。",
        "too_many_login_attempts": LOCKED,
        "enter_current_password": "当前密码不对：请输入现在使用的密码。",
        "incorrect_password": "密码不对：请输入您的登录密码。",
        "account_inactive": "这个账号已停用：请联系系统管理员。",
        "rate_limited": "操作太频繁：请过一会儿再试。",
    }

    def is_open_for_signup(self, request):
        return False

    def send_notification_mail(self, *args, **kwargs):
        """There is no mail: what would be told stands in the audit log."""

    def get_client_ip(self, request):
        return audit.origin.get().address or super().get_client_ip(request)

    def is_reauthentication_required(self, *, app, **kwargs):
        return not recently_authenticated(context.request)

    # -- failures and the lock

    def _get_login_attempts_cache_key(self, request, **credentials):
        # Without the host, which the sender chooses.
        return locks.key_of(credentials.get("username", ""))

    def pre_authenticate(self, request, **credentials):
        if locks.is_locked(credentials.get("username", "")):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request, **credentials):
        username = credentials.get("username", "")
        user = User.objects.people().filter(username=username).first()
        label = user or f"登录名 {username[:40]}"
        audit.record(by=None, action="accounts.sign_in_failed", on=label)
        another = ratelimit.consume(
            request, app="allauth.account", action="login_failed", key=locks.key_of(username), dry_run=True
        )
        if not another:
            locks.lock(username)
            audit.record(by=None, action="accounts.sign_in_locked", on=label)

    # -- in and out

    def login(self, request, user):
        super().login(request, user)
        request.session["signed_in_at"] = request.session["seen_at"] = timezone.now().timestamp()
        audit.record(by=user, action="accounts.signed_in", on=user)

    def logout(self, request):
        if request.user.is_authenticated:
            audit.record(by=request.user, action="accounts.signed_out", on=request.user)
        super().logout(request)

    def set_password(self, user, password):
        user.set_password(password)
        user.must_change_password = False
        user.password_changed_at = timezone.now()
        user.save(update_fields=["password", "must_change_password", "password_changed_at"])
        audit.record(by=user, action="accounts.change_password", on=user)

    def get_password_change_redirect_url(self, request):
        return "/me/"


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "验证码不对：请输入手机上现在显示的 6 位数字，或一个没用过的恢复码。",
        "cannot_delete_authenticator": "您的岗位必须使用二次验证，不能停用；换手机请联系系统管理员。",
        "cannot_generate_recovery_codes": "还没有启用二次验证：请先启用，再生成恢复码。",
    }

    def get_totp_label(self, user):
        return user.username

    def encrypt(self, text):
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text):
        return encryption.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator):
        if authenticator.type != Authenticator.Type.TOTP:
            return True
        return not needs_second_factor(authenticator.user)


def needs_second_factor(user):
    """Whether this user's posts demand a second factor. Demonstration users are spared (contract.md §6)."""
    return not user.is_demo and not SECOND_FACTOR_ROLES.isdisjoint(user.roles)
