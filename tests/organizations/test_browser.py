"""The pages of this floor in a real browser: nothing for axe, no sideways scroll, no small print."""

import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from organizations import services
from organizations.models import Post
from tests.accounts.test_browser import SMALL_TEXT, TOO_WIDE

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def faults(page):
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found += page.evaluate(TOO_WIDE)
    return found + page.evaluate(SMALL_TEXT)


@pytest.mark.parametrize(("size", "large"), [((1440, 900), False), ((360, 740), True)], ids=["desk", "phone-large"])
def test_every_page_of_this_floor_is_sound_on_desk_and_phone(
    page, live_server, user, person, section, leader, firm, paper, station, size, large
):
    known = person(name="钱示例", organization=firm, bank_name="示例银行", account_no="6228480000000001")
    twin, waiting = person(name="钱示例"), person(name="孙待批", admitted=False)
    status = services.propose_status(
        practitioner_id=known.pk, since=datetime.date(2022, 8, 1), is_public_servant=True, evidence="录用通知", by=section
    )
    change = services.propose_account(
        practitioner_id=known.pk, bank_name="另一银行", account_no="6228480000000002", by=section, upload=paper()
    )
    admin = user("admin")
    post = services.add_post(user=user(), role="finance", region=station.county, since=datetime.date(2022, 9, 1), by=admin)
    stay = waiting.pool_entries.get().pk
    pages = {
        section: [
            reverse("people"), reverse("people") + "?q=没有", reverse("person-new"), reverse("proposals"), reverse("stations"),
            reverse("station-new"), reverse("organizations"), reverse("organization-new"), reverse("regions"),
            reverse("region", args=[station.county_id]), reverse("station", args=[station.pk]), reverse("stay-stations", args=[stay]),
            *(reverse(name, args=[known.pk]) for name in (
                "person", "person-edit", "person-kind", "person-firm", "person-status", "person-pool", "person-account",
                "person-login", "person-id-number", "person-reveal", "person-merge")),
        ],
        leader: [
            reverse("stay", args=[stay]), reverse("status-proposal", args=[status.pk]), reverse("bank-account", args=[change.pk]),
            reverse("posts"), reverse("post", args=[post.pk]), reverse("post-refuse", args=[post.pk]),
        ],
        admin: [
            reverse("post-new"), reverse("post-delegate", args=[Post.objects.get(user=leader).pk]), reverse("post-end", args=[post.pk]),
        ],
    }  # fmt: skip
    assert twin.pk
    page.set_viewport_size({"width": size[0], "height": size[1]})
    found = {}
    for reader, paths in pages.items():
        reader.font_large = large
        reader.save()
        page.context.clear_cookies()
        page.goto(live_server.url + "/login/")
        page.get_by_label("登录名").fill(reader.username)
        page.get_by_label("密码").fill("seven quiet lanterns")
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/login" not in url)
        for path in paths:
            page.goto(live_server.url + path)
            if problems := faults(page):
                found[path] = problems
    assert found == {}


def test_a_person_is_registered_and_admitted_in_the_browser(page, live_server, section, leader, county, station, browser):
    def enter(page, reader):
        page.goto(live_server.url + "/login/")
        page.get_by_label("登录名").fill(reader.username)
        page.get_by_label("密码").fill("seven quiet lanterns")
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/login" not in url)

    enter(page, section)
    page.goto(live_server.url + reverse("person-new"))
    page.get_by_label("姓名").fill("周示例")
    page.get_by_label("身份证号").fill("140525198506150026")
    page.get_by_label("人员类别").select_option(label="律师")
    page.get_by_role("button", name="登记并提交审定").click()
    page.get_by_role("link", name="校验码").click()
    assert page.evaluate("document.activeElement.name") == "id_number"
    page.get_by_label("身份证号").fill("140525198506150025")
    page.get_by_role("button", name="登记并提交审定").click()
    page.get_by_text("等待局领导批准入库").wait_for()

    other = browser.new_context(locale="zh-CN").new_page()
    enter(other, leader)
    other.goto(live_server.url + reverse("proposals"))
    other.get_by_role("link", name="周示例").click()
    other.get_by_role("button", name="批准入库").click()
    other.get_by_text("已批准周示例入库").wait_for()
    other.context.close()
