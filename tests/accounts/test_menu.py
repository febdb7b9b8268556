import pytest
from django.urls import path

from accounts.menu import MENU, menu_for
from accounts.policy import ACTIONS, Role, may


def every_entry():
    return [entry for group in MENU for entry in group.entries]


def every_page():
    return [page for entry in every_entry() for page in entry.pages if page.action in ACTIONS]


class Everywhere:
    """URLs under which every entry of the menu exists."""

    urlpatterns = [path(f"{page.url}/", lambda request: None, name=page.url) for page in every_page()]


@pytest.fixture
def all_built(settings):
    settings.ROOT_URLCONF = Everywhere


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_the_menu_shows_exactly_what_the_policy_allows(person, all_built, role):
    user = person(role)
    shown = {page["url"] for group in menu_for(user, "/") for entry in group["entries"] for page in entry["pages"]}
    assert shown == {f"/{page.url}/" for page in every_page() if may(user, page.action)}


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_no_menu_has_more_than_seven_groups_and_fifteen_entries(person, all_built, role):
    groups = menu_for(person(role), "/")
    assert len(groups) <= 7
    assert sum(len(group["entries"]) for group in groups) <= 15


def test_every_entry_needs_an_action_of_the_policy():
    assert {page.action for entry in every_entry() for page in entry.pages} <= set(ACTIONS)


@pytest.mark.django_db
def test_an_entry_whose_page_does_not_exist_is_absent(person, settings):
    class Few:
        urlpatterns = [path("", lambda request: None, name="dashboard")]

    settings.ROOT_URLCONF = Few
    groups = menu_for(person("section"), "/")
    assert [entry["words"] for group in groups for entry in group["entries"]] == ["工作台"]


@pytest.mark.django_db
def test_the_page_one_is_on_is_marked_also_below_it(person, all_built):
    def current(where):
        return [
            entry["words"] for group in menu_for(person("section"), where) for entry in group["entries"] if entry["is_current"]
        ]

    assert current("/roster/2022-09/") == ["值班排班"]
    assert current("/somewhere/") == []


@pytest.mark.django_db
def test_an_entry_of_several_pages_shows_them_as_tabs_on_each_of_them_and_not_below(person, all_built):
    def tabs(where):
        return [tab["words"] for group in menu_for(person("clerk"), where) for entry in group["entries"] for tab in entry["tabs"]]

    assert tabs("/people/") == tabs("/stations/") == ["服务人员", "站点", "机构", "行政区划"]
    assert tabs("/people/7/") == tabs("/roster/") == []


@pytest.mark.django_db
def test_the_menu_of_a_signed_in_page_holds_no_foreign_link(client, person, sign_in):
    sign_in(person("section"))
    page = client.get("/me/").content.decode()
    assert "/base/users/" not in page
    assert "/base/audit/" not in page
