"""Users: who may sign in, with which password, until when. What they may do is a matter of posts (organizations)."""

import secrets

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts import audit, locks
from accounts.models import User
from common.errors import Refused
from common.id_numbers import mask_phone

SYSTEM_LOGIN = "system"

# No letters and digits that are mistaken for each other when read aloud or written down.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"


class AccountError(Refused):
    """A change of users that is not done, with the reason."""


def system_user():
    """The user in whose name jobs and commands act when nobody is named. She cannot sign in."""
    user, _ = User.objects.get_or_create(
        is_system=True,
        defaults={"username": SYSTEM_LOGIN, "name": "系统", "password": "!"},
    )
    return user


def needs_first_administrator():
    """Whether nobody has ever been entered, so that the login page asks for the first administrator."""
    return not User.objects.people().exists()


@transaction.atomic
def create_first_administrator(*, username, name, password):
    """The first person of an empty installation; closed for ever after. Raises AccountError, ValidationError."""
    with connection.cursor() as cursor:
        # Two browsers at once must not make two.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('first administrator'))")
    if not needs_first_administrator():
        raise AccountError("首个管理员已经建立：请用管理员账号登录。")
    user = User(username=username, name=name)
    _check_password(password, user)
    user.set_password(password)
    _save_checked(user)
    import_string(settings.APPOINT_FIRST_ADMINISTRATOR)(user=user)
    audit.record(by=user, action="accounts.first_administrator", on=user, after=_told(user))
    return user


@transaction.atomic
def create_user(*, username, name, phone="", by):
    """A new user with a first password that she must change. Returns (user, first password); it is shown once."""
    password = first_password()
    user = User(username=username.strip(), name=name.strip(), phone=phone.strip(), must_change_password=True)
    user.set_password(password)
    _save_checked(user)
    audit.record(by=by, action="accounts.create_user", on=user, after=_told(user))
    return user, password


@transaction.atomic
def edit_user(*, user_id, name, phone, by):
    user = _locked(user_id)
    before = _told(user)
    user.name, user.phone = name.strip(), phone.strip()
    _save_checked(user)
    if changed := audit.changes(before, _told(user)):
        audit.record(by=by, action="accounts.edit_user", on=user, before=changed[0], after=changed[1])
    return user


@transaction.atomic
def change_own_details(*, by, phone):
    """One's own telephone number; the rest is entered by the administrator."""
    user = _locked(by.pk)
    before = _told(user)
    user.phone = phone.strip()
    _save_checked(user)
    if changed := audit.changes(before, _told(user)):
        audit.record(by=by, action="accounts.edit_user", on=user, before=changed[0], after=changed[1])
    return user


@transaction.atomic
def disable_user(*, user_id, reason, by):
    """She is out at her next request; what she did stays. Nobody disables herself, or the last administrator."""
    user = _locked(user_id)
    if user.pk == by.pk:
        raise AccountError("不能停用自己的账号：请由另一位系统管理员停用。")
    if not user.is_active:
        raise AccountError(f"{user.name}已经停用。")
    if not reason.strip():
        raise AccountError("没有填写停用理由：请写明为什么停用。", field="reason")
    user.is_active = False
    user.save(update_fields=["is_active"])
    _end_all_sessions(user)
    audit.record(by=by, action="accounts.disable_user", on=user, before={"启用": True}, after={"启用": False}, reason=reason)
    return user


@transaction.atomic
def enable_user(*, user_id, by):
    user = _locked(user_id)
    if user.is_active:
        raise AccountError(f"{user.name}已经启用。")
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record(by=by, action="accounts.enable_user", on=user, before={"启用": False}, after={"启用": True})
    return user


@transaction.atomic
def reset_password(*, user_id, by):
    """A new first password, which ends her sessions and the lock of her login. Returns (user, first password)."""
    user = _locked(user_id)
    if user.pk == by.pk:
        raise AccountError("不能重置自己的密码：请在“我的账号”里修改密码。")
    password = first_password()
    user.set_password(password)
    user.must_change_password = True
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    _end_all_sessions(user)
    locks.release(user.username)
    audit.record(by=by, action="accounts.reset_password", on=user)
    return user, password


@transaction.atomic
def reset_second_factor(*, user_id, reason, by):
    """For a lost telephone: she signs in by password alone and sets the second factor up again."""
    user = _locked(user_id)
    if user.pk == by.pk:
        raise AccountError("不能取消自己的二次验证：请由另一位系统管理员办理。")
    if not reason.strip():
        raise AccountError("没有填写理由：请写明为什么取消二次验证。", field="reason")
    removed, _ = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise AccountError(f"{user.name}没有启用二次验证。")
    _end_all_sessions(user)
    audit.record(by=by, action="accounts.reset_second_factor", on=user, reason=reason)
    return user


@transaction.atomic
def end_sessions(*, user_id, by):
    """Signs her out everywhere. Returns how many sessions there were."""
    user = _locked(user_id)
    ended = _end_all_sessions(user)
    audit.record(by=by, action="accounts.end_sessions", on=user, after={"会话数": ended})
    return ended


def first_password():
    """Fourteen characters in groups, letters and digits, easy to read from paper."""
    groups = ["".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2)]
    groups.append("".join(secrets.choice(_DIGITS) for _ in range(4)))
    return "-".join(groups)


def _locked(user_id):
    user = User.objects.people().select_for_update().filter(pk=user_id).first()
    if user is None:
        raise AccountError("没有这个用户：请返回用户列表重新选择。")
    return user


def _save_checked(user):
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        field, words = next(iter(error.message_dict.items()))
        raise AccountError(words[0], field=field) from error
    user.save()


def _check_password(password, user):
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AccountError("；".join(error.messages), field="password") from error


def _end_all_sessions(user):
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


def _told(user):
    return {"登录名": user.username, "姓名": user.name, "联系电话": mask_phone(user.phone) if user.phone else ""}
