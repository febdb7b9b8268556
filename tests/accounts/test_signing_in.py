import datetime

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.utils import timezone

from accounts import services
from accounts.models import AuditEntry
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
LOCKED = "连续 5 次输入不对，这个登录名已锁定 15 分钟"


def wrong(client, user, times):
    for _ in range(times):
        answer = client.post("/login/", {"login": user.username, "password": "wrong-password-1"})
    return answer


def test_the_right_password_opens_the_door(client, person, sign_in):
    answer = sign_in(person("section"))
    assert answer.status_code == 302
    assert "_auth_user_id" in client.session


def test_a_wrong_password_is_answered_with_one_sentence_whoever_it_was(client, person):
    known = wrong(client, person(), 1).content.decode()
    unknown = client.post("/login/", {"login": "nobody", "password": "wrong-password-1"}).content.decode()
    assert "登录名或密码不对" in known
    assert "登录名或密码不对" in unknown


def test_five_wrong_passwords_lock_the_login_even_for_the_right_one(client, person, sign_in):
    user = person()
    assert LOCKED not in wrong(client, user, 5).content.decode()
    answer = sign_in(user)
    assert LOCKED in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_four_wrong_passwords_do_not_lock(client, person, sign_in):
    user = person()
    wrong(client, user, 4)
    assert sign_in(user).status_code == 302


def test_the_lock_ends_after_fifteen_minutes_and_not_before(client, person, sign_in):
    user = person()
    begun = timezone.now()
    with time_machine.travel(begun, tick=False):
        wrong(client, user, 5)
    with time_machine.travel(begun + datetime.timedelta(minutes=14, seconds=59), tick=False):
        assert LOCKED in sign_in(user).content.decode()
    with time_machine.travel(begun + datetime.timedelta(minutes=15, seconds=1), tick=False):
        assert sign_in(user).status_code == 302


def test_slow_failures_lock_for_the_whole_fifteen_minutes_after_the_fifth(client, person, sign_in):
    user = person()
    begun = timezone.now()
    for minute in (0, 3, 6, 9, 12):
        with time_machine.travel(begun + datetime.timedelta(minutes=minute), tick=False):
            wrong(client, user, 1)
    with time_machine.travel(begun + datetime.timedelta(minutes=20), tick=False):
        assert LOCKED in sign_in(user).content.decode()


def test_another_spelling_of_the_login_does_not_go_round_the_lock(client, person):
    user = person(username="zhangshili")
    wrong(client, user, 5)
    answer = client.post("/login/", {"login": " ZHANGSHILI ", "password": PASSWORD})
    assert LOCKED in answer.content.decode()


def test_a_new_password_from_the_administrator_releases_the_lock(client, person, sign_in):
    user = person()
    wrong(client, user, 5)
    _, password = services.reset_password(user_id=user.pk, by=person("admin"))
    assert sign_in(user, password).status_code == 302


def test_failures_locks_and_sign_ins_stand_in_the_audit_log_with_the_address(client, person, sign_in):
    user = person()
    wrong(client, user, 5)
    sign_in(person(username="other"))
    told = list(AuditEntry.objects.order_by("pk").values_list("action", "address"))
    assert told.count(("accounts.sign_in_failed", "127.0.0.1")) == 5
    assert ("accounts.sign_in_locked", "127.0.0.1") in told
    assert told[-1] == ("accounts.signed_in", "127.0.0.1")


def test_no_password_ever_reaches_the_audit_log(client, person):
    wrong(client, person(), 2)
    for entry in AuditEntry.objects.all():
        assert "wrong-password-1" not in f"{entry.before}{entry.after}{entry.object_label}{entry.reason}"


def test_nobody_signs_in_as_the_system_user(client):
    system = services.system_user()
    client.post("/login/", {"login": system.username, "password": "!"})
    assert "_auth_user_id" not in client.session


def test_a_first_password_leads_to_the_change_and_nowhere_else(client, person, sign_in):
    user = person("section", must_change_password=True)
    sign_in(user)
    assert client.get("/me/").url == "/me/password/"
    answer = client.post(
        "/me/password/", {"oldpassword": PASSWORD, "password1": "nine-orange-kettles", "password2": "nine-orange-kettles"}
    )
    assert answer.status_code == 302
    assert client.get("/me/").status_code == 200
    user.refresh_from_db()
    assert not user.must_change_password
    assert AuditEntry.objects.filter(action="accounts.change_password", actor=user).exists()


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("short-one-1", "密码太短：至少 12 个字符"),
        ("1q2w3e4r5t6y", "密码太常见"),
        ("831940275610", "密码不能全是数字"),
        ("zhangshili-2022", "太像"),
        (PASSWORD, "新密码和当前密码一样"),
    ],
)
def test_a_poor_password_is_refused_with_what_to_do(client, person, sign_in, new, sentence):
    sign_in(person(username="zhangshili"))
    answer = client.post("/me/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 200
    words = answer.content.decode()
    assert sentence in words
    assert "没有保存，有" in words


def test_the_profile_mlps_asks_for_classes_and_a_change_every_180_days(client, person, sign_in, settings):
    settings.PASSWORD_PROFILE = "mlps"
    user = person()
    sign_in(user)
    poor = client.post(
        "/me/password/", {"oldpassword": PASSWORD, "password1": "nine orange kettles", "password2": "nine orange kettles"}
    )
    assert "至少三种" in poor.content.decode()
    type(user).objects.filter(pk=user.pk).update(password_changed_at=timezone.now() - datetime.timedelta(days=181))
    assert client.get("/me/").url == "/me/password/"


def test_without_the_profile_an_old_password_stays_good(client, person, sign_in):
    user = person()
    type(user).objects.filter(pk=user.pk).update(password_changed_at=timezone.now() - datetime.timedelta(days=700))
    sign_in(user)
    assert client.get("/me/").status_code == 200


@pytest.mark.parametrize("role", ["admin", "leader", "finance", "cashier"])
def test_posts_with_power_must_set_up_a_second_factor_first(client, person, sign_in, role):
    sign_in(person(role))
    assert client.get("/me/").url == "/me/second-factor/start/"


@pytest.mark.parametrize("role", ["section", "clerk", "duty", "treasury"])
def test_other_posts_may_do_without(client, person, sign_in, role):
    sign_in(person(role))
    assert client.get("/me/").status_code == 200


def test_demonstration_users_need_neither_second_factor_nor_a_new_password(client, person, sign_in):
    sign_in(person("finance", is_demo=True, must_change_password=True))
    assert client.get("/me/").status_code == 200


def activate(client):
    client.get("/me/second-factor/start/")
    secret = client.session["mfa.totp.secret"]
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    return client.post("/me/second-factor/start/", {"code": code})


def test_with_a_second_factor_the_password_alone_is_not_enough(client, person, sign_in):
    user = person("finance")
    sign_in(user)
    assert activate(client).status_code == 302
    assert client.get("/me/").status_code == 200
    client.post("/logout/")
    answer = sign_in(user)
    assert answer.url == "/login/code/"
    assert client.get("/me/").url.startswith("/login/")
    assert "验证码不对" in client.post("/login/code/", {"code": "000000"}).content.decode()
    code = RecoveryCodes(user.authenticator_set.get(type="recovery_codes")).get_unused_codes()[0]
    assert client.post("/login/code/", {"code": code}).status_code == 302
    assert client.get("/me/").status_code == 200


def test_the_secret_of_the_second_factor_is_not_stored_in_clear(client, person, sign_in):
    user = person("finance")
    sign_in(user)
    client.get("/me/second-factor/start/")
    secret = client.session["mfa.totp.secret"]
    activate(client)
    assert secret not in str(user.authenticator_set.get(type="totp").data)


def test_who_must_have_a_second_factor_cannot_stop_it(client, person, sign_in):
    user = person("cashier")
    sign_in(user)
    activate(client)
    answer = client.post("/me/second-factor/stop/")
    assert "不能停用" in answer.content.decode()
    assert user.authenticator_set.filter(type="totp").exists()


def test_there_is_no_sign_up_and_no_reset_by_mail(client):
    for path in ("/signup/", "/accounts/signup/", "/password/reset/", "/accounts/password/reset/", "/email/"):
        assert client.get(path).status_code == 404
