import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import services

pytestmark = pytest.mark.django_db


def at(begun, **later):
    return time_machine.travel(begun + datetime.timedelta(**later), tick=False)


def test_twenty_idle_minutes_end_a_session(client, person, sign_in):
    begun = timezone.now()
    with at(begun):
        sign_in(person("section"))
    with at(begun, minutes=19):
        assert client.get("/me/").status_code == 200
    with at(begun, minutes=38):
        assert client.get("/me/").status_code == 200
    with at(begun, minutes=59):
        answer = client.get("/me/")
        assert answer.url == "/login/?next=/me/"
        assert "超过 20 分钟没有操作" in client.get(answer.url).content.decode()


def test_nine_hours_end_a_session_however_busy(client, person, sign_in):
    begun = timezone.now()
    with at(begun):
        sign_in(person("section"))
    for minutes in range(15, 9 * 60, 15):
        with at(begun, minutes=minutes):
            assert client.get("/me/").status_code == 200
    with at(begun, hours=9, minutes=1):
        answer = client.get("/me/")
        assert answer.status_code == 302
        assert answer.url.startswith("/login/")


def test_fragments_that_a_page_fetches_by_itself_do_not_keep_a_session_alive(client, person, sign_in):
    begun = timezone.now()
    with at(begun):
        sign_in(person("section"))
    for minutes in (10, 19):
        with at(begun, minutes=minutes):
            client.get("/me/", headers={"HX-Request": "true"})
    with at(begun, minutes=21):
        assert client.get("/me/").status_code == 302


def test_a_fragment_of_an_ended_session_sends_the_whole_page_to_the_login(client, person, sign_in):
    begun = timezone.now()
    with at(begun):
        sign_in(person("section"))
    with at(begun, minutes=30):
        answer = client.get("/me/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/login/"


def test_pages_of_somebody_signed_in_are_not_kept_by_the_browser(client, person, sign_in):
    sign_in(person("section"))
    for path in ("/me/", "/base/users/", "/me/sessions/"):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_a_disabled_user_is_out_at_the_next_request(client, person, sign_in):
    user = person("section")
    sign_in(user)
    assert client.get("/me/").status_code == 200
    services.disable_user(user_id=user.pk, reason="调离", by=person("admin"))
    assert client.get("/me/").url.startswith("/login/")
    sign_in(user)
    assert client.get("/me/").url.startswith("/login/")


def test_a_post_that_ended_yesterday_allows_nothing_today(client, person, sign_in):
    user = person("admin", is_demo=True)
    sign_in(user)
    assert client.get("/base/users/").status_code == 200
    user.posts.update(until=timezone.localdate() - datetime.timedelta(days=1))
    assert client.get("/base/users/").status_code == 403


def test_one_sees_ones_sessions_and_ends_the_others(client, person, sign_in):
    user = person("section")
    elsewhere = Client()
    sign_in(user, browser=elsewhere)
    sign_in(user)
    assert "在 2 台设备上登录" in client.get("/me/sessions/").content.decode()
    client.post("/me/sessions/")
    assert client.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


def test_a_new_password_ends_the_other_sessions(client, person, sign_in):
    from tests.accounts.conftest import PASSWORD

    user = person("section")
    elsewhere = Client()
    sign_in(user, browser=elsewhere)
    sign_in(user)
    client.post(
        "/me/password/", {"oldpassword": PASSWORD, "password1": "nine-orange-kettles", "password2": "nine-orange-kettles"}
    )
    assert client.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


def test_after_ten_minutes_the_password_is_asked_again_and_the_act_then_goes_on(client, person, sign_in):
    from tests.accounts.conftest import PASSWORD

    begun = timezone.now()
    admin = person("admin", is_demo=True)
    new = {"username": "lisi", "name": "李示例", "phone": ""}
    with at(begun):
        sign_in(admin)
    with at(begun, minutes=9):
        assert client.get("/base/users/new/").status_code == 200
    with at(begun, minutes=11):
        answer = client.post("/base/users/new/", new)
        assert answer.url.startswith("/me/confirm/")
        assert not type(admin).objects.filter(username="lisi").exists()
        answer = client.post(answer.url, {"password": PASSWORD, "next": "/base/users/new/"})
        assert answer.status_code == 302
        assert type(admin).objects.filter(username="lisi").exists()


def test_the_address_of_the_client_is_believed_only_from_our_own_proxies(client, person, settings):
    from accounts.models import AuditEntry

    person()

    def from_where():
        client.post("/login/", {"login": "x", "password": "y"}, headers={"X-Forwarded-For": "6.6.6.6, 10.1.2.3"})
        return AuditEntry.objects.latest("pk").address

    assert from_where() == "127.0.0.1"
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    assert from_where() == "10.1.2.3"


def test_fragments_on_the_page_of_a_duty_stay_empty_and_repeat_no_warning(client, person, sign_in):
    sign_in(person("section", must_change_password=True))
    client.get("/me/")
    assert client.get("/me/", headers={"HX-Request": "true"}).status_code == 204
    assert client.get("/me/password/").content.decode().count("请先设置自己的密码") == 1
