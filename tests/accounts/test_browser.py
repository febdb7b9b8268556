"""The frame in a real browser: no complaint of the Content-Security-Policy, no sideways scroll, nothing for axe."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = [(1440, 900), (360, 740)]
SMALL_TEXT = """() => [...document.querySelectorAll('body *')].filter(e => e.offsetParent
  && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
  && parseFloat(getComputedStyle(e).fontSize) < 15).map(e => e.outerHTML.slice(0, 80))"""

TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth)
  .map(e => e.outerHTML.slice(0, 120))"""


def enter(page, server, user):
    page.goto(server.url + "/login/")
    page.get_by_label("登录名").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)


def faults(page):
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found += ["wider than the page: " + each for each in page.evaluate(TOO_WIDE)]
    return found + page.evaluate(SMALL_TEXT)


@pytest.mark.console("404")  # the desk of this floor alone may not be built
@pytest.mark.parametrize("large", [False, True], ids=["standard", "large"])
@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_every_page_of_this_floor_is_sound_on_desk_and_phone(page, live_server, person, size, large):
    user = person("admin", "leader", is_demo=True, font_large=large)
    other = person("clerk")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    enter(page, live_server, user)
    paths = [
        "/me/",
        "/me/password/",
        "/me/second-factor/",
        "/me/second-factor/start/",
        "/me/sessions/",
        "/base/users/",
        "/base/users/new/",
    ]
    paths += [f"/base/users/{other.pk}/", f"/base/users/{other.pk}/disable/", "/base/users/?q=没有", "/base/audit/", "/logout/"]
    assert {path: faults(page) for path in paths if page.goto(live_server.url + path) and faults(page)} == {}


@pytest.mark.console("404")
def test_large_type_is_switched_in_place_and_remembered(page, live_server, person):
    enter(page, live_server, person("section"))
    page.goto(live_server.url + "/me/")
    html = page.locator("html")
    with page.expect_response("**/font/"):
        page.locator("header").get_by_role("button", name="大字").click()
    assert "hm-large" in html.get_attribute("class")
    page.reload()
    assert "hm-large" in html.get_attribute("class")


@pytest.mark.console("404")
def test_the_menu_of_a_phone_opens_closes_by_escape_and_gives_the_focus_back(page, live_server, person):
    page.set_viewport_size({"width": 360, "height": 740})
    enter(page, live_server, person("admin", is_demo=True))
    page.goto(live_server.url + "/me/")
    button, side = page.get_by_role("button", name="菜单"), page.locator("#side")
    assert side.is_hidden()
    button.click()
    assert side.is_visible()
    assert button.get_attribute("aria-expanded") == "true"
    assert page.evaluate("document.activeElement === document.querySelector('#side a')"), "the next key press is in the menu"
    page.keyboard.press("Escape")
    assert side.is_hidden()
    assert button.evaluate("element => element === document.activeElement")


@pytest.mark.console("404")
def test_the_first_tab_leads_past_the_menu(page, live_server, person):
    enter(page, live_server, person("admin", is_demo=True))
    page.goto(live_server.url + "/me/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到主要内容"


@pytest.mark.console("404")
def test_a_list_is_reached_past_its_filter_and_kept_when_leafing(page, live_server, person):
    enter(page, live_server, person("admin", is_demo=True))
    for _ in range(25):
        person("clerk")
    page.goto(live_server.url + "/base/users/")
    page.locator("main a.hm-skip").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    in_table = "document.activeElement.closest('table') !== null"
    assert page.evaluate(in_table), page.evaluate("document.activeElement.outerHTML")
    page.get_by_role("link", name="下一页").click()
    page.wait_for_url("**page=2#list")
    page.keyboard.press("Tab")
    assert page.evaluate(in_table), "not at the top of the page again"


@pytest.mark.console("404")
def test_on_paper_a_wide_list_lies_on_its_side_without_menu_and_links(page, live_server, person):
    enter(page, live_server, person("admin", is_demo=True))
    page.goto(live_server.url + "/base/users/")
    page.emulate_media(media="print")
    for gone in (".hm-top", ".hm-side", ".filters", ".hm-actions"):
        assert page.locator(gone).first.is_hidden(), gone
    assert "打印" in page.locator(".hm-printed").inner_text()
    columns = page.locator("table.hm thead th").count()
    assert page.locator("body").evaluate("body => getComputedStyle(body).page") == ("wide" if columns >= 7 else "auto")


@pytest.mark.console("404")
def test_errors_take_the_focus_and_lead_to_the_field(page, live_server, person):
    enter(page, live_server, person("admin", is_demo=True))
    page.goto(live_server.url + "/base/users/new/")
    page.get_by_label("姓名").fill("赵示例")
    page.get_by_role("button", name="建立用户").click()
    summary = page.locator("#error-summary")
    assert summary.evaluate("element => element === document.activeElement")
    assert re.search("没有保存，有 1 处需要修改", summary.inner_text())
    summary.get_by_role("link").click()
    assert page.evaluate("document.activeElement.id") == "id_username" or page.url.endswith("#id_username")
    assert page.get_by_label("姓名").input_value() == "赵示例"


@pytest.mark.console("404")
def test_without_javascript_one_signs_in_and_opens_the_menu(browser, live_server, person):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    enter(page, live_server, person("admin", is_demo=True))
    page.goto(live_server.url + "/me/")
    page.get_by_role("button", name="菜单").click()
    page.locator("#side").get_by_role("link", name="用户").click()
    assert page.locator("h1").inner_text() == "用户"
    context.close()
