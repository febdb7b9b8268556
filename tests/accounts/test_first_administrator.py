from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts import services
from accounts.models import AuditEntry, User
from common.errors import Refused

FIELDS = {"username": "guanli", "name": "管理示例", "password": "seven-quiet-lanterns", "password_again": "seven-quiet-lanterns"}


@pytest.mark.django_db
def test_an_empty_installation_asks_for_the_first_administrator_on_the_login_page(client, county):
    assert client.get("/login/").url == "/first-administrator/"
    assert "建立首个管理员" in client.get("/first-administrator/").content.decode()


@pytest.mark.django_db
def test_the_first_administrator_is_made_once_and_the_page_is_closed_for_ever(client, county):
    services.system_user()
    assert client.post("/first-administrator/", FIELDS).url == "/login/"
    user = User.objects.people().get()
    assert user.roles == {"admin"}
    assert AuditEntry.objects.filter(action="accounts.first_administrator", actor=user).count() == 1
    assert client.get("/first-administrator/").url == "/login/"
    assert client.post("/first-administrator/", {**FIELDS, "username": "second"}).url == "/login/"
    services.disable_user(user_id=user.pk, reason="试", by=services.system_user())
    client.post("/first-administrator/", {**FIELDS, "username": "third"})
    assert User.objects.people().count() == 1


@pytest.mark.django_db
def test_a_poor_password_of_the_first_administrator_is_refused(client, county):
    words = client.post("/first-administrator/", {**FIELDS, "password": "short", "password_again": "other"}).content.decode()
    assert "密码太短" in words
    assert "两次输入的密码不一样" in words
    assert not User.objects.people().exists()


@pytest.mark.django_db(transaction=True)
def test_two_browsers_at_once_make_one_administrator(county):
    def make(name):
        try:
            services.create_first_administrator(username=name, name=name, password="seven-quiet-lanterns")
            return True
        except Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, ["甲甲", "乙乙", "丙丙", "丁丁"]))
    assert made.count(True) == 1
    assert User.objects.people().count() == 1
