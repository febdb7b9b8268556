"""The pages of pay and funds: who sees them, what they show, and that they cost the same at 10 and at 1,000 people."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.policy import Role
from common.workbooks.writing import Column, write_workbook
from common.workbooks.writing import Sheet as BookSheet
from consultations.models import Attendance, Shift, StationMonth
from organizations.models import BankAccount, Practitioner
from subsidies.models import FundMovement, LedgerEntry, PayObjection, PaySheet, ReversalProposal
from subsidies.services.approval import send_back_pay_sheet
from subsidies.todo import todo_items
from tests.subsidies.world import MARCH, PASSWORD


@pytest.fixture
def browse(world):
    """browse("finance"): a client signed in through the login page."""

    def sign_in(login):
        client = Client()
        told = client.post("/login/", {"login": login, "password": PASSWORD})
        assert told.status_code == 302, told.content.decode()[:2000]
        return client

    return sign_in


def text_of(response, status=200):
    assert response.status_code == status, f"{response.status_code}: {response.content.decode()[:1500]}"
    return response.content.decode()


SHEET = ["2022-03"]
READERS = ("section", "leader", "finance", "cashier", "treasury")
PAGES = [
    ("pay-sheets", []),
    ("pay-sheet", SHEET),
    ("pay-sheet-compare", SHEET),
    ("pay-batch", SHEET),
    ("month-reopening", SHEET),
    ("pay-chain", []),
    ("ledger", []),
    ("fund-balance", []),
    ("fund-chart", []),
    ("receipts", []),
    ("reversals", []),
    ("bank", []),
]


@pytest.mark.parametrize("status", ["draft", "reviewed", "approved", "paid"])
def test_every_reader_of_pay_sees_every_page_at_every_step(world, browse, status):
    people = world.ordinary_month()
    world.finding(people[0].shifts.first(), "absence")
    world.money("10000.00")
    world.to(status)
    for login in READERS:
        client = browse(login)
        for name, args in PAGES:
            text_of(client.get(reverse(name, args=args)))


def test_stations_and_other_persons_never_see_the_pay_of_others(world, browse):
    world.user(Role.CLERK, "clerk", station=world.bagong)
    world.user(Role.HEAD, "head", station=world.bagong)
    duty = world.user(Role.DUTY, "duty")
    mine = world.person("戊示例", user=duty)
    world.shift(mine, world.bagong, "2022-03-30")
    others = world.ordinary_month()
    world.money("10000.00")
    sheet = world.to("paid")
    for login in ("clerk", "head", "duty"):
        client = browse(login)
        for name, args in PAGES:
            assert client.get(reverse(name, args=args)).status_code == 403, (login, name)
    page = text_of(browse("duty").get(f"{reverse('my-pay')}?open=all"))
    assert "300.00" in page and others[0].name not in page
    row = sheet.rows.exclude(practitioner=mine).first()
    assert f"r{row.pk}" not in text_of(browse("duty").get(f"{reverse('my-pay')}?open={row.pk}"))


def test_another_county_does_not_see_the_sheet(world, browse):
    world.ordinary_month()
    world.to("reviewed")
    other = type(world.county).objects.create(level="county", name="邻县", parent=world.county.parent)
    world.user(Role.FINANCE, "stranger", region=other)
    client = browse("stranger")
    assert client.get(reverse("pay-sheet", args=SHEET)).status_code == 404
    assert client.get(f"{reverse('pay-sheet', args=SHEET)}?county={world.county.pk}").status_code == 404
    entry = world.money("100.00").entry
    assert client.get(reverse("entry-reverse", args=[entry.pk])).status_code == 404


def test_the_sheet_shows_each_line_with_date_fact_clause_and_evidence(world, browse):
    people = world.ordinary_month()
    finding = world.finding(people[0].shifts.order_by("day").first(), "absence")
    sheet = world.draft()
    row = sheet.rows.get(practitioner=people[0])
    page = text_of(browse("section2").get(f"{reverse('pay-sheet', args=SHEET)}?open={row.pk}"))
    for words in ("3月1日", "巴公镇 抽查脱岗", "五（二）1（4）", "−150.00", "1,050.00", "3,450.00"):
        assert words in page
    assert reverse("attendance-shift", args=[finding.shift_id]) in page
    assert reverse("finding", args=[finding.pk]) in page
    fragment = browse("section2").get(reverse("pay-row", args=["2022-03", row.pk]), HTTP_HX_REQUEST="true")
    assert "−150.00" in text_of(fragment)


def test_the_whole_way_by_pages_and_different_logins(world, browse):
    world.ordinary_month()
    world.money("10000.00")
    address = reverse("pay-sheet", args=SHEET)
    told = browse("section").post(reverse("pay-sheet-draft", args=SHEET), {"now": "1"}, follow=True)
    assert "核算完成：3 人" in text_of(told)
    for login, step in (("section2", "review"), ("finance", "check"), ("leader", "approve")):
        client = browse(login)
        assert text_of(client.get(address)).count("btn-primary") == 1, login
        version = PaySheet.objects.get().version
        client.post(reverse(f"pay-sheet-{step}", args=SHEET), {"version": version, "note": "同意"})
    sheet = PaySheet.objects.get()
    assert sheet.status == "approved"
    client = browse("cashier")
    fields = {"paid_on": "2022-4-6", "key": "k1", "receipt_for_all": "R2022"}
    fields |= {f"pay-{row.pk}": "on" for row in sheet.rows.all()} | {f"method-{row.pk}": "transfer" for row in sheet.rows.all()}
    told = client.post(reverse("pay-batch-pay", args=SHEET), fields, follow=True)
    assert "全部付清，本月已结账" in text_of(told)
    assert "已结账，本表锁定" in text_of(client.get(address))


def test_an_error_in_the_payment_form_keeps_what_was_typed_and_says_where(world, browse):
    world.ordinary_month(people=2)
    world.money("10000.00")
    sheet = world.to("approved")
    first, second = sheet.rows.order_by("name")
    fields = {"paid_on": "2022-4-6", "key": "k1", f"pay-{first.pk}": "on", f"receipt-{second.pk}": "R77"}
    page = text_of(browse("cashier").post(reverse("pay-batch-pay", args=SHEET), fields))
    assert "没有保存，有 1 处需要修改" in page and f"没有填写{first.name}的银行回单号" in page and "R77" in page
    assert LedgerEntry.objects.filter(kind="payment").count() == 0
    fields |= {f"receipt-{first.pk}": "R76", f"method-{first.pk}": "cash"}
    page = text_of(browse("cashier").post(reverse("pay-batch-pay", args=SHEET), fields))
    assert "不能付现金" in page and "R76" in page


def test_a_returned_transfer_is_registered_and_paid_again_by_pages(world, browse):
    world.ordinary_month(people=1)
    world.money("10000.00")
    sheet = world.to("paid")
    payment = sheet.rows.get().payments.get()
    client = browse("cashier")
    told = client.post(
        reverse("payment-return", args=[payment.pk]), {"returned_on": "2022-4-6", "reason": "户名不符", "key": "r1"}, follow=True
    )
    assert "等待重付" in text_of(told)
    assert any("重付" in item.title for item in todo_items(world.people["cashier"]))
    assert "1 人待重付" in text_of(client.get(reverse("pay-sheets")))
    page = text_of(client.get(reverse("pay-sheet", args=SHEET)))
    assert "1 人的补贴付出后退回或冲销，等待出纳重付" in page and "已付清" not in page
    world.pay(sheet)
    assert "待重付" not in text_of(client.get(reverse("pay-sheets")))
    assert "已付清" in text_of(client.get(reverse("pay-sheet", args=SHEET)))


def test_money_is_entered_confirmed_reversed_and_decided_by_pages(world, browse):
    finance = browse("finance")
    paper = SimpleUploadedFile("文件.pdf", b"%PDF-1.4 example", content_type="application/pdf")
    fields = {"fund": "special", "kind": "arrived", "day": "2022-4-1", "amount": "434600", "document_no": "1号", "key": "m1"}
    told = finance.post(reverse("receipt-new"), fields | {"paper": paper}, follow=True)
    assert "应在 2022-04-11 前拨付" in text_of(told)
    movement = FundMovement.objects.get()
    [waiting] = [item for item in todo_items(world.people["finance"]) if item.title == "登记专项资金拨付 434,600.00 元"]
    form = text_of(finance.get(waiting.url))
    assert 'value="434600.00"' in form and 'value="1号"' in form and '<option value="forwarded" selected' in form
    rows = [item for item in todo_items(world.people["treasury"]) if item.url.endswith(f"#m{movement.pk}")]
    assert [item.title for item in rows] == ["确认市财政到账 434,600.00 元", "拨付专项资金 434,600.00 元到司法局"]
    assert f'id="m{movement.pk}"' in text_of(browse("treasury").get(rows[0].url))
    text_of(browse("treasury").post(reverse("receipt-confirm", args=[movement.pk]), follow=True))
    movement.refresh_from_db()
    assert movement.confirmed_by == world.people["treasury"]
    entry = world.money("434600.00", day="2022-04-06", document_no="1号").entry
    finance.post(reverse("entry-reverse", args=[entry.pk]), {"reason": "重复登记", "key": "v1"})
    proposal = ReversalProposal.objects.get()
    assert any("审定冲销" in item.title for item in todo_items(world.people["leader"]))
    told = browse("leader").post(reverse("reversal-decide", args=[proposal.pk]), {"decision": "accept", "key": "d1"}, follow=True)
    assert "已冲销" in text_of(told)
    assert world.fund.balance == 0


def test_a_form_without_its_paper_says_so_and_keeps_the_rest(world, browse):
    fields = {"fund": "special", "kind": "arrived", "day": "明天", "amount": "-3", "document_no": "1号", "key": "m1"}
    page = text_of(browse("finance").post(reverse("receipt-new"), fields))
    assert "没有附凭据" in page and "明天" in page and 'value="-3"' in page
    assert FundMovement.objects.count() == 0


def test_a_bank_statement_is_typed_matched_and_agreed_by_pages(world, browse):
    world.ordinary_month(people=1)
    world.money("10000.00", day="2022-04-01")
    world.to("paid")
    receipt = LedgerEntry.objects.get(kind="payment").payment.receipt_no
    lines = f"2022-4-1，10000.00，，财政拨款\n2022-4-6，-1200.00，{receipt}，甲0示例"
    fields = {"fund": "special", "first": "2022-4-1", "last": "2022-4-6", "closing_balance": "8800", "typed": lines, "key": "b1"}
    page = text_of(browse("finance").post(reverse("bank-new"), fields, follow=True))
    assert "自动对上 2 条" in page and "签认对平" in page
    statement = world.fund.statements.get()
    waiting = "核对银行对账单 2022-04-01 至 2022-04-06"
    assert waiting in [item.title for item in todo_items(world.people["finance"])]
    assert waiting not in [item.title for item in todo_items(world.people["cashier"])]
    text_of(browse("finance").post(reverse("bank-agree", args=[statement.pk]), follow=True))
    statement.refresh_from_db()
    assert (statement.agreed_by, statement.ledger_balance, statement.differences) == (world.people["finance"], 8800, [])
    assert waiting not in [item.title for item in todo_items(world.people["finance"])]


def test_an_objection_is_raised_by_the_payee_and_answered_by_the_section(world, browse):
    duty = world.user(Role.DUTY, "duty")
    person = world.person("戊示例", user=duty)
    world.shift(person, world.bagong, "2022-03-02", late=5)
    world.receive()
    world.to("reviewed")
    told = browse("duty").post(reverse("my-pay-object", args=SHEET), {"text": "3月2日因大雪道路封闭"}, follow=True)
    assert "等待业务股答复" in text_of(told)
    objection = PayObjection.objects.get()
    assert any("异议" in item.title for item in todo_items(world.people["section"]))
    browse("section").post(reverse("pay-objection", args=[objection.pk]), {"answer": "已核实，更正"})
    assert "已核实，更正" in text_of(browse("duty").get(reverse("my-pay")))


def test_todo_items_follow_the_sheet_from_hand_to_hand(world):
    world.ordinary_month()
    world.money("10000.00")

    def waiting():
        return {login for login in world.people if any("2022年3月" in item.title for item in todo_items(world.people[login]))}

    assert waiting() == {"section", "section2"}
    for status, next_hands in (
        ("draft", {"section2"}),
        ("reviewed", {"finance"}),
        ("checked", {"leader"}),
        ("approved", {"cashier"}),
        ("paid", set()),
    ):
        world.to(status)
        assert waiting() == next_hands, status


def test_a_draft_that_cannot_be_reviewed_yet_says_how_many_stations_lack(world):
    world.ordinary_month()
    world.to("draft")
    told = lambda: [item.detail for item in todo_items(world.people["section2"]) if "复核2022年3月" in item.title]  # noqa: E731
    assert not any("还差" in each for each in told()) and told()
    StationMonth.objects.filter(station=world.bagong).delete()
    assert told()[0].endswith("；还差 1 个站点的考勤，齐了才能复核")


# -- what pages cost


LISTS = [("pay-sheets", []), ("pay-sheet", SHEET), ("pay-sheet-compare", SHEET), ("pay-batch", SHEET), ("ledger", [])]


@pytest.mark.parametrize("status", ["draft", "approved"])
def test_list_pages_cost_the_same_number_of_queries_at_ten_and_at_a_thousand_people(world, browse, status):
    world.money("1000000.00")
    client = browse("cashier")
    counts = {}
    for size in (10, 990):
        many_more(world, size, status)
        for name, args in LISTS:
            client.get(reverse(name, args=args))
            with CaptureQueriesContext(connection) as captured:
                text_of(client.get(reverse(name, args=args)))
            counts.setdefault(name, []).append(len(captured))
    assert all(few == large for few, large in counts.values()), counts
    assert max(large for _few, large in counts.values()) <= 60, counts


def many_more(world, size, status):
    sheet = PaySheet.objects.filter(month__first=MARCH.first).first()
    if sheet and sheet.status != "draft":
        send_back_pay_sheet(sheet_id=sheet.pk, version=sheet.version, reason="再加", by=world.people["leader"])
    done = Practitioner.objects.count()
    stations = list(type(world.bagong).objects.filter(county=world.county, kind="township_station"))
    people = Practitioner.objects.bulk_create(
        Practitioner(name=f"示例{done + n:04d}", id_number="x", id_index=f"index{done + n}", kind="lawyer") for n in range(size)
    )
    BankAccount.objects.bulk_create(
        BankAccount(
            practitioner=person,
            holder=person.name,
            bank_name="示例银行",
            account_no="622200001111",
            account_index="1",
            state="confirmed",
            is_first=True,
            proposed_by=world.system,
            proposed_at="2022-01-01T00:00:00+08:00",
        )
        for person in people
    )
    shifts = Shift.objects.bulk_create(
        Shift(
            station=stations[n % 16],
            day=date(2022, 3, 1 + n % 28),
            starts_at="08:30",
            ends_at="12:30",
            practitioner=person,
            created_by=world.system,
        )
        for n, person in enumerate(people)
    )
    Attendance.objects.bulk_create(Attendance(shift=s, sign_in="08:30", sign_out="12:30", source="clerk") for s in shifts)
    world.receive()
    world.draft()
    assert world.to(status).total == Decimal("300.00") * (done + size)


def receipt_list(rows):
    stream = BytesIO()
    columns = [Column(header) for header in ("姓名", "金额", "回单号")]
    write_workbook([BookSheet("回单", columns, rows, plain=True)], stream)
    return SimpleUploadedFile("回单.xlsx", stream.getvalue())


def test_the_banks_receipt_list_fills_the_form_and_books_nothing(world, browse):
    world.ordinary_month(people=2)
    world.money("10000.00")
    sheet = world.to("approved")
    names = list(sheet.rows.order_by("name").values_list("name", flat=True))
    client, address = browse("cashier"), reverse("pay-batch-receipts", args=SHEET)
    page = text_of(client.post(address, {"file": receipt_list([(names[0], "1200.00", "H1"), (names[1], "1200", "H2")])}))
    assert "已读入 2 条回单" in page and 'value="H1"' in page and 'value="H2"' in page
    page = text_of(client.post(address, {"file": receipt_list([(names[0], "1100.00", "H1"), ("无此人", "1200", "H2")])}))
    assert "金额与实发不符：应为 1,200.00 元" in page and "待支付人员中没有这个人" in page
    assert LedgerEntry.objects.filter(kind="payment").count() == 0


@pytest.mark.rule("Z-PAY-4")
def test_no_tax_is_withheld_from_duty_pay(world):
    """The plan's reading D28: exempt, to be confirmed with the tax office."""
    world.ordinary_month(people=1)
    world.money("10000.00")
    sheet = world.to("paid")
    assert world.plan.terms_on(MARCH.first).reading("D28").value is True
    row = sheet.rows.get()
    assert row.payments.get().amount == sum(line.amount for line in row.lines.filter(kind="rate")) == row.payable
