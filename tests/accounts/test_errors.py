import re

import pytest
from django.test import Client
from django.urls import path

from accounts.access import allowed, public
from huimin import urls as house


@pytest.fixture
def breaking(settings):
    class Breaking:
        @public
        def broken(request):
            raise RuntimeError("13800001234 is nobody's business")

        urlpatterns = [*house.urlpatterns, path("broken/", broken)]
        handler400, handler403, handler404, handler500 = house.handler400, house.handler403, house.handler404, house.handler500

    settings.ROOT_URLCONF = Breaking
    return Client(raise_request_exception=False)


@pytest.mark.django_db
def test_a_fault_shows_a_number_and_nothing_of_the_inside(breaking):
    answer = breaking.get("/broken/")
    words = answer.content.decode()
    assert answer.status_code == 500
    assert "系统出错了" in words
    assert answer["X-Request-ID"] in words
    assert "RuntimeError" not in words
    assert "13800001234" not in words


@pytest.mark.django_db
def test_a_missing_page_says_so_in_chinese_with_a_number(client, person, sign_in):
    person()
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "没有这一页" in answer.content.decode()
    assert re.search(r"问题编号 <b class=\"num\">[0-9A-F]{12}</b>", answer.content.decode())


@pytest.mark.django_db
def test_a_forbidden_page_names_what_is_missing(client, person, sign_in):
    sign_in(person("clerk"))
    answer = client.get("/base/users/")
    assert answer.status_code == 403
    assert "管理用户" in answer.content.decode()


@pytest.mark.django_db
def test_a_foreign_host_is_told_off_by_a_page_and_not_by_a_fault(breaking):
    answer = breaking.get("/login/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "请求有误" in answer.content.decode()


@pytest.mark.django_db
def test_a_page_open_too_long_is_explained(person):
    person()
    answer = Client(enforce_csrf_checks=True).post("/login/", {"login": "a", "password": "b"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def test_a_guard_for_an_unknown_action_fails_when_the_view_is_written():
    with pytest.raises(KeyError):
        allowed("subsidies.aprove_pay")(lambda request: None)


def test_guards_say_what_they_guard():
    assert allowed("accounts.manage_users")(lambda request: None).action == "accounts.manage_users"
    assert public(lambda request: None).action is None
