"""A month from the workbook to the last payment, in a real browser, by the hands that the plan wants."""

from decimal import Decimal

import pytest
from django.conf import settings
from playwright.sync_api import expect

from desk.services.demo.open_work import PAPER
from organizations.models import Station
from programmes.models import Month
from subsidies.models import LedgerEntry, PaySheet
from subsidies.services.checking import check_books

DATA = settings.BASE_DIR / "tests/data"
pytestmark = pytest.mark.slow


def test_a_month_goes_from_import_to_paid_by_clicks(page, live_server, new_county, worker, sign_in):
    page.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)

    def go(path):
        page.goto(live_server.url + path)

    # The section brings in the workbook it keeps, then its corrections.
    sign_in("section")
    for file in ("zezhou-2022-03.xlsx", "zezhou-2022-03-settle.xlsx"):
        go("/imports/")
        page.set_input_files("input[type=file]", DATA / file)
        page.get_by_role("button", name="上传并检查").click()
        expect(page.get_by_text("检查通过，还没有导入")).to_be_visible()
        page.get_by_role("button", name="确认导入").click()
        expect(page.get_by_text("已导入“")).to_be_visible()

    # A job of the worker drafts it; the page follows.
    go("/pay/duty/2022-03/")
    page.get_by_role("button", name="开始核算").click()
    expect(page.get_by_text("21,160.00").first).to_be_visible()  # the job's outcome, or already the sheet
    go("/pay/duty/2022-03/")
    expect(page.locator("tfoot")).to_contain_text("21,160.00")
    assert PaySheet.objects.get().total == Decimal("21160.00")

    # Stations confirm: the head of 巴公镇 hers, for stations without a head an officer who entered nothing.
    stations = list(Station.objects.filter(shifts__isnull=False).order_by("order").distinct().values_list("pk", "short_name"))
    for login, mine in (("head", lambda name: name == "巴公镇"), ("section2", lambda name: name != "巴公镇")):
        sign_in(login)
        for pk, name in stations:
            if mine(name):
                go(f"/station-months/{pk}/2022-03/")
                with page.expect_navigation():
                    page.locator("form[action$='/confirm/'] button").click()
                expect(page.locator("form[action$='/confirm/']")).to_have_count(0)
    sign_in("section")
    go("/station-months/?month=2022-03")
    for box in page.locator("input[type=checkbox][name=stations]").all():
        box.check()
    with page.expect_navigation():
        page.get_by_role("button", name="接收勾选的站点").click()

    # Finance books what came; then everybody in turn.
    sign_in("finance")
    for kind in ("市财政到账", "拨付司法局"):
        go("/ledger/receipts/new/")
        page.get_by_label("类型").select_option(label=kind)
        page.get_by_label("日期").first.fill("2022-04-01")
        page.get_by_label("金额").fill("100000")
        page.get_by_label("文号").fill("演示〔2022〕1号")
        page.set_input_files("input[type=file]", {"name": "拨款文件.pdf", "mimeType": "application/pdf", "buffer": PAPER})
        page.locator("main form button.btn-primary[type=submit]").click()
        page.wait_for_url(lambda url: not url.endswith("/new/"))
    for login, words in (("section2", "复核"), ("finance", "审核"), ("leader", "审批")):
        sign_in(login)
        go("/pay/duty/2022-03/")
        with page.expect_navigation():
            page.locator("section[aria-labelledby=decide] button.btn-primary").click()
        expect(page.locator("main")).to_contain_text(f"已{words}")
    assert PaySheet.objects.get().status == "approved"

    sign_in("cashier")
    go("/pay/batches/2022-03/")
    for n, field in enumerate(page.locator("input[name^='receipt-']").all(), start=1):
        field.fill(f"回单{n:03}")
    with page.expect_navigation():
        page.get_by_role("button", name="登记支付").click()
    expect(page.locator("main")).to_contain_text("已支付")

    sheet = PaySheet.objects.get()
    assert sheet.status == "paid" and Month.objects.get(first="2022-03-01").is_closed
    assert -sum(entry.amount for entry in LedgerEntry.objects.filter(kind="payment")) == sheet.total == Decimal("21160.00")
    assert check_books() == []
