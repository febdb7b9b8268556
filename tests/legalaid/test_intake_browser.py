"""From a township's consultation to a received application, on a telephone of 360 pixels; the public's page, with and without its script."""

import pytest

from legalaid.models import AidCase
from tests.legalaid.intake_world import PASSWORD, IntakeWorld, number

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def world(monkeypatch, transactional_db):
    monkeypatch.setenv("TODAY", "2022-09-26")
    return IntakeWorld()


def enter(page, live_server, user):
    page.goto(f"{live_server.url}/login/")
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit], .btn-primary[type=submit]")
    page.wait_for_load_state()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_consultation_becomes_a_received_application_on_a_phone(page, live_server, world):
    consultation = world.consultation()
    page.set_viewport_size(PHONE)
    enter(page, live_server, world.clerk)
    page.goto(f"{live_server.url}/consultations/{consultation.pk}/")
    page.click("text=转为援助申请")
    page.wait_for_url("**/cases/new/**")
    assert fits(page)
    assert page.input_value("#id_recipient") == "赵虚构"
    page.fill("#id_id_number", "140525198506150026")
    page.click("button:has-text('转交援助中心')")
    assert "校验码不对" in page.inner_text("#error-summary")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert page.input_value("#id_summary").startswith("演示：在工地")
    assert fits(page)
    page.fill("#id_id_number", number())
    page.select_option("#id_primary_group", "migrant_worker")
    page.wait_for_selector("#panel :text('42条3项')")
    page.click("button:has-text('转交援助中心')")
    page.wait_for_url("**/cases/handed-in/*/")
    assert "查询码" in page.inner_text("main")
    assert fits(page)
    page.context.clear_cookies()

    enter(page, live_server, world.centre)
    page.goto(f"{live_server.url}/cases/inbox/")
    assert fits(page)
    page.click("a:has-text('接收')")
    page.wait_for_url("**/take/")
    assert fits(page)
    page.click("button:has-text('接收申请')")
    page.wait_for_url("**/papers-received/")
    assert "已接收，编号 泽法援〔2022〕001号" in page.inner_text("main")
    assert fits(page)
    page.check("text=申请人身份证明")
    page.click("button:has-text('登记收到的原件')")
    assert "已登记 1 项材料" in page.inner_text("main")
    case = AidCase.objects.get()
    assert (case.state, case.consultation, case.handler) == ("received", consultation, world.centre)


def apply_online(page, live_server):
    page.goto(f"{live_server.url}/p/aid/")
    assert fits(page)
    page.click("button:has-text('提交申请')")
    assert "没有保存，有" in page.inner_text("#error-summary")
    page.fill("#id_recipient", "李网上")
    page.fill("#id_id_number", number(serial=5))
    page.fill("#id_phone", "13700000003")
    page.check("text=外出务工的农民工")
    page.check("text=干了活没拿到工资")
    page.fill("#id_summary", "演示：去年在工地干活，欠我两万元工钱。")
    page.check("#id_consent")
    page.click("button:has-text('提交申请')")
    page.wait_for_url("**/p/aid/done/")
    code = page.inner_text(".pub-code")
    assert "李网上" not in page.content()
    assert fits(page)
    page.goto(f"{live_server.url}/p/case/")
    page.fill("#id_code", code)
    page.fill("#id_secret", "13700000003")
    page.click("button:has-text('查进度')")
    assert "已提交，等待查看" in page.inner_text("main")
    assert fits(page)


def test_anybody_applies_and_asks_on_a_phone(page, live_server, world):
    page.set_viewport_size(PHONE)
    apply_online(page, live_server)


def test_the_same_without_javascript(browser, live_server, world):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    apply_online(context.new_page(), live_server)
    context.close()


def test_the_pages_of_intake_fit_a_desk_and_a_phone(page, live_server, world):
    case = world.application()
    world.application(by=world.clerk, station=world.bagong, id_number=number(serial=2), recipient="孙演示")
    notice = world.notice()
    enter(page, live_server, world.centre)
    paths = {"new": "/cases/new/", "notice": "/cases/notice/new/", "inbox": "/cases/inbox/", "edit": f"/cases/{case.pk}/edit/",
             "edit-notice": f"/cases/{notice.pk}/edit/", "hand-over": f"/cases/{case.pk}/hand-over/",
             "papers": f"/cases/{case.pk}/papers-received/"}  # fmt: skip
    for width, height in ((1440, 900), (360, 740)):
        page.set_viewport_size({"width": width, "height": height})
        for name, path in paths.items():
            page.goto(f"{live_server.url}{path}")
            assert fits(page), (name, width)
