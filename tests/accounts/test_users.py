import re

import pytest

from accounts import services
from accounts.models import AuditEntry, User

pytestmark = pytest.mark.django_db
PAGES = ["/base/users/", "/base/users/new/"]


@pytest.fixture
def admin(person, sign_in):
    user = person("admin", is_demo=True)
    sign_in(user)
    return user


def test_a_new_user_gets_a_first_password_that_is_shown_once_and_must_be_changed(client, admin, sign_in):
    answer = client.post("/base/users/new/", {"username": "zhaoliu", "name": "赵六", "phone": ""}, follow=True)
    password = re.search(r"[a-z]{4}-[a-z]{4}-\d{4}", answer.content.decode())[0]
    user = User.objects.get(username="zhaoliu")
    assert password not in client.get(f"/base/users/{user.pk}/").content.decode()
    client.post("/logout/")
    assert sign_in(user, password).status_code == 302
    assert client.get("/me/").url == "/me/password/"
    assert not any(password in f"{entry.after}{entry.before}" for entry in AuditEntry.objects.all())


def test_a_login_is_given_once(client, admin, person):
    person(username="zhaoliu")
    answer = client.post("/base/users/new/", {"username": "zhaoliu", "name": "赵七", "phone": "12"})
    words = answer.content.decode()
    assert "已经有人用这个登录名" in words
    assert "电话号码不对" in words
    assert "没有保存，有 2 处需要修改" in words
    assert 'value="赵七"' in words


def test_disabling_needs_a_reason_and_keeps_the_user(client, admin, person):
    user = person("clerk")
    refused = client.post(f"/base/users/{user.pk}/disable/", {"reason": ""})
    assert "没有填写理由" in refused.content.decode()
    client.post(f"/base/users/{user.pk}/disable/", {"reason": "调离"})
    user.refresh_from_db()
    assert not user.is_active
    assert AuditEntry.objects.get(action="accounts.disable_user").reason == "调离"
    client.post(f"/base/users/{user.pk}/enable/")
    user.refresh_from_db()
    assert user.is_active


def test_nobody_disables_or_resets_herself(client, admin):
    assert "不能停用自己" in client.post(f"/base/users/{admin.pk}/disable/", {"reason": "试"}).content.decode()
    with pytest.raises(services.AccountError, match="不能重置自己的密码"):
        services.reset_password(user_id=admin.pk, by=admin)


def test_the_system_user_is_on_no_list_and_no_page(client, admin):
    system = services.system_user()
    assert system.username not in [user.username for user in client.get("/base/users/").context["page"]]
    assert client.get(f"/base/users/{system.pk}/").status_code == 404
    assert client.post(f"/base/users/{system.pk}/enable/").status_code == 404


@pytest.mark.parametrize("role", ["section", "leader", "clerk", "finance", "auditor"])
def test_only_the_administrator_manages_users(client, person, sign_in, role):
    sign_in(person(role, is_demo=True))
    for page in PAGES:
        assert client.get(page).status_code == 403


def test_without_a_login_every_page_leads_to_it(client, person):
    person()
    for page in [*PAGES, "/me/", "/base/audit/", "/me/sessions/", "/me/second-factor/"]:
        assert client.get(page).url.startswith("/login/?next=")


def test_users_are_found_by_login_name_and_phone(client, admin, person):
    person(name="欧阳示例", username="ouyang", phone="0356-1234567")
    for text in ("欧阳", "OUYANG", "1234567"):
        assert [user.username for user in client.get("/base/users/", {"q": text}).context["page"]] == ["ouyang"]
    page = client.get("/base/users/", {"q": "没有此人"}).content.decode()
    assert "没有符合条件的用户" in page
    assert "登录名、姓名、电话：没有此人" in page


@pytest.mark.parametrize("rows", [10, 1000])
def test_the_list_of_users_costs_the_same_for_ten_and_a_thousand(client, admin, rows, django_assert_max_num_queries):
    User.objects.bulk_create(User(username=f"many{n}", name=f"示例{n}", password="!") for n in range(rows))
    client.get("/me/")  # what a process reads once
    with django_assert_max_num_queries(8):
        answer = client.get("/base/users/?page=1")
    assert len(answer.context["page"]) == min(20, rows + 1)


def test_ones_own_phone_is_changed_and_audited(client, person, sign_in):
    user = person("clerk", phone="13800000000")
    sign_in(user)
    client.post("/me/", {"phone": "13911112222"})
    user.refresh_from_db()
    assert user.phone == "13911112222"
    assert AuditEntry.objects.get(action="accounts.edit_user").after == {"联系电话": "139****2222"}


def test_large_type_stays_with_the_user_and_leads_nowhere_else(client, person, sign_in):
    user = person()
    sign_in(user)
    assert client.post("/font/", {"large": "1", "next": "https://evil.example/"}).url == "/"
    assert 'class="hm-large"' in client.get("/me/").content.decode()
    client.post("/font/", {"large": "", "next": "/me/"})
    assert "hm-large" not in client.get("/me/").content.decode()


def test_a_lost_telephone_is_helped_by_the_administrator_with_a_reason(client, admin, person):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    user = person("finance")
    TOTP.activate(user, generate_totp_secret())
    client.post(f"/base/users/{user.pk}/second-factor/", {"reason": "手机丢失，本人当面提出"})
    assert not user.authenticator_set.exists()
    assert AuditEntry.objects.get(action="accounts.reset_second_factor").reason == "手机丢失，本人当面提出"
