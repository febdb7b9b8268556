"""Papers and files of pay: they add up to the document and the ledger, they hide what they must, and they are printed once."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import AuditEntry
from accounts.policy import Role
from common import clock
from common.money import ZERO, in_words, yuan
from organizations.models import BankAccount, Practitioner
from records.models import IssuedPaper
from records.services import read_file
from subsidies.exports import bank, bank_file, ledger, pay_slips
from subsidies.exports.issued import PaperRefused
from subsidies.exports.pay_sheet import pay_sheet_pdf, pay_sheet_workbook
from subsidies.exports.payment_approval import payment_approval_pdf
from subsidies.exports.receipt_list import public_list_pdf, public_list_workbook, receipt_list_pdf
from subsidies.exports.sheet_book import book_of
from subsidies.models import LedgerEntry, Payment, PaySheet
from subsidies.services.approval import send_back_pay_sheet
from subsidies.services.documents import pay_sheet_document
from subsidies.services.payment import record_returned_transfer
from subsidies.services.reconciliation import StatementLine, agree_statement, enter_statement
from tests.subsidies.world import MARCH, PASSWORD

FULL_ID = re.compile(r"14052519900101\d{3}[\dX]")
FULL_ACCOUNT = re.compile(r"62220000\d{8}")


@pytest.fixture
def march(world):
    """A March with something of every kind: clean, cut, cancelled, void, unpaid, and enough money."""
    world.money("90000.00")
    clean, cut, gone, void, public = (
        world.person("甲净示例"),
        world.person("乙扣示例"),
        world.person("丙缺示例"),
        world.person("丁停示例"),
        world.person("戊公示例", public=True),
    )
    for day in (1, 2, 3, 4):
        world.shift(clean, world.bagong if day % 2 else world.centre, f"2022-03-0{day}")
    late = world.shift(cut, world.gaodu, "2022-03-01", late=16, early=9)
    world.finding(late, "record_defect", times=2)
    world.finding(late, "dissatisfied")
    world.shift(gone, world.bagong, "2022-03-08")
    world.finding(world.shift(gone, world.gaodu, "2022-03-09", signed=False), "no_show")
    for day in (10, 11, 14):
        world.finding(world.shift(void, world.bagong, f"2022-03-{day}"), "absence")
    world.shift(public, world.centre, "2022-03-15")
    world.receive()
    return world


def opened(download):
    return openpyxl.load_workbook(io.BytesIO(download.content))


def valued(download):
    """The same workbook with the values that stand beside its formulas."""
    return openpyxl.load_workbook(io.BytesIO(download.content), data_only=True)


def head_of(page):
    """The row of headers, and header → column number."""
    for row in page.iter_rows():
        values = [cell.value for cell in row]
        if "序号" in values or "日期" in values or "凭证号" in values:
            return row[0].row, {value: number for number, value in enumerate(values, 1)}
    raise AssertionError("no header row")


def body_of(page):
    """The rows between header and total as dicts of cells, and the total row."""
    head, columns = head_of(page)
    rows = []
    for number in range(head + 1, page.max_row + 1):
        cells = {header: page.cell(number, column) for header, column in columns.items()}
        first = page.cell(number, 1).value
        if isinstance(first, str) and first.endswith("合计"):
            return rows, cells
        rows.append(cells)
    raise AssertionError("no total row")


def texts_of(download):
    """The text of each page; the letters of a mark across the page come out wherever they stand."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(download.content)).pages]


def amount(cell):
    return Decimal(str(cell.value)).quantize(Decimal("0.01"))


# -- F07


@pytest.mark.rule("Z-PAY-5")
def test_the_workbook_adds_up_to_the_document_and_once_paid_to_the_ledger(march):
    sheet = march.to("paid")
    download = pay_sheet_workbook(book_of(sheet), by=march.people["finance"])
    document = pay_sheet_document(sheet)
    rows, total = body_of(valued(download)["发放表"])
    assert [row["姓名"].value for row in rows] == [person["name"] for person in document["persons"]]
    for row, person in zip(rows, document["persons"], strict=True):
        assert amount(row["实发金额"]) == Decimal(person["payable"])
        assert amount(row["应发金额"]) == Decimal(person["rate"])
        assert row["身份证号"].value == person["id_number"]
        parts = [cell for header, cell in row.items() if header and header.endswith("扣款")]
        parts += [row["应发金额"], row["扣至零补回"], row["当月不予发放"], row["调整"]]
        assert sum(amount(cell) for cell in parts) == amount(row["实发金额"]), "every column is part of one equation"
    details, details_total = body_of(valued(download)["明细"])
    paid = -sum(entry.amount for entry in LedgerEntry.objects.filter(kind="payment"))
    assert paid == Decimal(document["total"]) == amount(total["实发金额"]) == amount(details_total["金额"])
    assert sum(amount(row["金额"]) for row in details) == paid
    assert paid == sheet.total == download.total > 0


def test_the_columns_of_the_form_hold_what_the_lines_say(march):
    rows, _total = body_of(valued(pay_sheet_workbook(book_of(march.draft()), by=march.people["section"]))["发放表"])
    by_name = {row["姓名"].value: {header: cell.value for header, cell in row.items()} for row in rows}
    cut, gone, void, public = (by_name[name] for name in ("乙扣示例", "丙缺示例", "丁停示例", "戊公示例"))
    assert (cut["迟到早退次数"], cut["迟到早退扣款"]) == (2, -100)
    assert (cut["记录缺项次数"], cut["记录缺项扣款"], cut["评价投诉次数"], cut["评价投诉扣款"]) == (2, -20, 1, -50)
    assert (gone["值班天数/人次"], gone["取消班次"], gone["取消班次扣款"], gone["实发金额"]) == (1, 1, -300, 300)
    assert (void["脱岗次数"], void["脱岗扣款"], void["当月不予发放"], void["实发金额"]) == (3, -450, -450, 0)
    assert "不予发放" in void["备注"]
    assert (public["应发金额"], public["补贴标准"], public["备注"]) == (0, None, "公职人员不计补贴")
    assert by_name["甲净示例"]["补贴标准"] == "200.00、300.00" and by_name["甲净示例"]["站点"] == "巴公镇、县中心"


def test_a_floor_and_a_difference_have_their_columns(march):
    deep = march.person("己深示例")
    shift = march.shift(deep, march.centre, "2022-03-16", late=20)
    march.finding(shift, "absence", times=2)
    march.receive()
    march.to("paid")
    late_truth = march.shift(deep, march.bagong, "2022-04-01")
    known = Practitioner.objects.get(name="甲净示例").shifts.order_by("day").first()
    march.finding(known, "complaint", booked_in=march.month(MARCH.next()))
    rows, _total = body_of(
        valued(pay_sheet_workbook(book_of(PaySheet.objects.get(month__first="2022-03-01")), by=march.people["section"]))["发放表"]
    )
    floored = next(row for row in rows if row["姓名"].value == "己深示例")
    assert (floored["扣至零补回"].value, floored["实发金额"].value) == (50, 0)
    april = march.draft(MARCH.next())
    rows, total = body_of(valued(pay_sheet_workbook(book_of(april), by=march.people["section"]))["发放表"])
    settled = next(row for row in rows if row["姓名"].value == "甲净示例")
    assert (settled["调整"].value, settled["实发金额"].value) == (0, 0) and "结转下月抵扣 50.00 元" in settled["备注"].value
    assert amount(total["实发金额"]) == april.total and late_truth.pk


@pytest.mark.parametrize("with_numbers", [False, True])
def test_numbers_are_text_cells_and_amounts_are_numbers(march, with_numbers):
    download = pay_sheet_workbook(book_of(march.draft(), with_numbers=with_numbers), by=march.people["section"])
    book = opened(download)
    rows, total = body_of(book["发放表"])
    for row in rows:
        for header in ("身份证号", "账号", "姓名", "开户行"):
            assert row[header].data_type == "s", header
        assert len(row["身份证号"].value) == 18
        assert row["实发金额"].data_type == "n" and row["实发金额"].number_format == "#,##0.00"
    head = rows[0]["实发金额"].row
    letter = rows[0]["实发金额"].column_letter
    assert total["实发金额"].value == f"=SUM({letter}{head}:{letter}{head + len(rows) - 1})"
    cached = body_of(valued(download)["发放表"])[1]["实发金额"]
    assert amount(cached) == march.draft().total
    found = FULL_ID.search(rows[0]["身份证号"].value), FULL_ACCOUNT.search(rows[0]["账号"].value)
    assert all(found) if with_numbers else not any(found)


def test_the_words_of_the_total_and_the_chain_stand_under_it(march):
    sheet = march.to("approved")
    page = opened(pay_sheet_workbook(book_of(sheet), by=march.people["finance"]))["发放表"]
    last = [row[0].value for row in page.iter_rows(min_row=page.max_row - 2)]
    assert last[0] == f"合计（大写）：{in_words(sheet.total)}"
    assert all(march.people[login].name in last[1] for login in ("section", "section2", "finance", "leader"))
    assert page.print_title_rows and page.page_setup.orientation == "landscape" and page.freeze_panes


def test_a_draft_says_so_and_a_reviewed_sheet_does_not(march):
    draft = book_of(march.draft())
    assert "草稿" in opened(pay_sheet_workbook(draft, by=march.people["section"]))["发放表"]["A1"].value
    assert all("稿" in text for text in texts_of(pay_sheet_pdf(draft, by=march.people["section"])))
    reviewed = book_of(march.to("reviewed"))
    assert "草稿" not in opened(pay_sheet_workbook(reviewed, by=march.people["section"]))["发放表"]["A1"].value
    assert not any("草" in text for text in texts_of(pay_sheet_pdf(reviewed, by=march.people["section"])))


def test_a_long_sheet_repeats_its_head_and_has_its_total_its_words_and_its_signatures_once(world):
    people = [world.person(f"长{number:02d}示例") for number in range(45)]
    for number, person in enumerate(people):
        world.shift(person, world.bagong, date(2022, 3, 1 + number % 30))
    world.receive()
    sheet = world.draft()
    pages = texts_of(pay_sheet_pdf(book_of(sheet), by=world.people["section"]))
    assert len(pages) >= 3
    assert all("姓名" in page and "实发金额" in page for page in pages)
    whole = "".join(pages)
    assert whole.count("合计大写") == 1 and whole.count("合计（45 人）") == 1 and whole.count("制表人") == 1
    assert "合计大写" in pages[-1] and "制表人" in pages[-1] and "长44示例" in pages[-1]
    assert in_words(sheet.total) in whole
    for number, page in enumerate(pages, 1):
        assert f"第 {number} 页 / 共 {len(pages)} 页" in page
        assert "数据截至" in page and "BT-140525-202203-V1" in page


def test_the_paper_hides_numbers_unless_they_are_asked_for(march):
    sheet = march.draft()
    hidden = "".join(texts_of(pay_sheet_pdf(book_of(sheet), by=march.people["leader"])))
    shown = "".join(texts_of(pay_sheet_pdf(book_of(sheet, with_numbers=True), by=march.people["finance"])))
    assert not FULL_ID.search(hidden) and not FULL_ACCOUNT.search(hidden)
    assert len(FULL_ID.findall(shown)) == 5 and len(FULL_ACCOUNT.findall(shown)) == 5


def test_unsettled_shifts_are_named(march):
    march.shift(march.person("庚未示例"), march.bagong, "2022-03-20", signed=False)
    book = book_of(march.draft())
    page = opened(pay_sheet_workbook(book, by=march.people["section"]))["未定班次"]
    assert "庚未示例" in [row[2].value for row in page.iter_rows()]
    assert next(payee for payee in book.payees if payee.row.name == "庚未示例").remark == "另有 1 个班次未定，未计"


def test_a_sheet_costs_the_same_number_of_queries_whatever_its_size(world, django_assert_max_num_queries):
    world.ordinary_month(people=9)
    sheet = PaySheet.objects.select_related("month__county", "fund", "plan", "drafted_by").get(pk=world.draft().pk)
    with django_assert_max_num_queries(20):
        book = book_of(sheet)
        pay_sheet_workbook(book, by=world.people["section"])


# -- F08, F31


@pytest.mark.rule("Z-PAY-6")
def test_a_receipt_list_is_printed_again_unchanged_and_numbered_anew_after_a_change(march):
    by = march.people["finance"]
    sheet = march.to("approved")
    first = receipt_list_pdf(book_of(sheet), by=by)
    assert receipt_list_pdf(book_of(sheet), by=march.people["cashier"]).content == first.content
    paper = IssuedPaper.objects.get(kind="pay_receipt_list")
    text = "".join(texts_of(first))
    assert paper.number in text and f"BT-140525-202203-V{sheet.version}" in text and book_of(sheet).seal in text
    send_back_pay_sheet(sheet_id=sheet.pk, version=sheet.version, reason="漏了一班", by=march.people["leader"])
    march.shift(march.person("辛补示例"), march.gaodu, "2022-03-22")
    march.receive()
    march.draft()
    second = receipt_list_pdf(book_of(march.to("approved")), by=by)
    paper.refresh_from_db()
    assert paper.state == "void" and paper.void_reason
    new = IssuedPaper.objects.get(kind="pay_receipt_list", state="issued")
    assert new.number != paper.number and new.number in "".join(texts_of(second)) and read_file(paper.file) == first.content


@pytest.mark.rule("Z-PAY-6")
def test_another_approval_of_the_same_figures_is_another_voucher(march):
    by = march.people["finance"]
    sheet = march.to("approved")
    payment_approval_pdf(book_of(sheet), by=by)
    send_back_pay_sheet(sheet_id=sheet.pk, version=sheet.version, reason="附件不全", by=march.people["leader"])
    payment_approval_pdf(book_of(march.to("approved")), by=by)
    assert sorted(IssuedPaper.objects.filter(kind="payment_approval").values_list("state", flat=True)) == ["issued", "void"]


def test_the_receipt_list_holds_who_gets_money_and_no_number(march):
    sheet = march.to("approved")
    text = "".join(texts_of(receipt_list_pdf(book_of(sheet), by=march.people["finance"])))
    assert "甲净示例" in text and "丁停示例" not in text and "戊公示例" not in text
    assert text.count("合计大写") == 1 and in_words(sheet.total) in text
    assert not FULL_ID.search(text) and not FULL_ACCOUNT.search(text)


def test_the_payment_approval_names_amount_fund_documents_and_who_approved(march):
    march.money("1000.00", document_no="晋市财〔2022〕9号", day="2022-04-06")
    sheet = march.to("approved")
    text = "".join(texts_of(payment_approval_pdf(book_of(sheet), by=march.people["finance"])))
    for words in (
        f"¥{yuan(sheet.total)}",
        in_words(sheet.total),
        "省级专项资金",
        "晋市财〔2022〕1号",
        "晋市财〔2022〕9号",
        "五（二）1",
        "（3 人）",
    ):
        assert words in text, words
    assert all(march.people[login].name in text for login in ("section", "section2", "finance", "leader"))


@pytest.mark.parametrize("make", [receipt_list_pdf, payment_approval_pdf, public_list_workbook, public_list_pdf])
@pytest.mark.parametrize("status", ["draft", "reviewed", "checked"])
def test_nothing_is_signed_for_before_the_approval(march, make, status):
    with pytest.raises(PaperRefused, match="局领导审批后"):
        make(book_of(march.to(status)), by=march.people["finance"])
    assert not IssuedPaper.objects.exists()


def test_a_sheet_that_does_not_add_up_gives_no_paper(march):
    sheet = march.draft()
    PaySheet.objects.filter(pk=sheet.pk).update(total=sheet.total + 1)
    sheet.refresh_from_db()
    with pytest.raises(Exception, match="账不平"):
        book_of(sheet)


def test_the_public_list_masks_names(march):
    download = public_list_workbook(book_of(march.to("approved")), by=march.people["section"])
    rows, total = body_of(valued(download)["发放公示"])
    assert [row["姓名"].value for row in rows] == ["丙**例", "乙**例", "甲**例"]
    assert amount(total["发放金额"]) == download.total
    text = "".join(texts_of(public_list_pdf(book_of(march.to("approved")), by=march.people["section"])))
    assert "甲净示例" not in text and "甲**例" in text


# -- F09


def lines_of(download):
    return list(csv.reader(io.StringIO(download.content.decode("utf-8-sig"))))


@pytest.mark.rule("Z-PAY-5")
def test_the_bank_file_is_the_sheet_to_the_cent(march):
    sheet = march.to("approved")
    download = bank_file.bank_workbook(sheet)
    page = opened(download)["代发"]
    rows = list(page.iter_rows(min_row=2))
    assert [cell.value for cell in page[1]] == ["序号", "户名", "账号", "开户行", "金额", "用途"]
    assert sum(amount(row[4]) for row in rows) == sheet.total == sum(line.amount for line in sheet.lines.all())
    for row in rows:
        assert row[2].data_type == "s" and FULL_ACCOUNT.fullmatch(row[2].value)
        assert row[4].data_type == "n"
    head, *lines = lines_of(bank_file.bank_csv(sheet))
    assert sum(Decimal(line[4]) for line in lines) == sheet.total
    assert [line[2] for line in lines] == [row[2].value for row in rows]
    assert bank_file.bank_csv(sheet).content.startswith(b"\xef\xbb\xbf")


def test_the_bank_file_leaves_out_who_is_paid_and_holds_who_came_back(march):
    sheet = march.to("approved")
    first, *_rest = sheet.rows.to_pay().order_by("name")
    sheet = march.pay(sheet, [first])
    assert first.name not in [line[1] for line in lines_of(bank_file.bank_csv(sheet))[1:]]
    payment = Payment.objects.get(row=first)
    record_returned_transfer(payment_id=payment.pk, returned_on=date(2022, 4, 6), reason="户名不符", by=march.people["cashier"])
    assert first.name in [line[1] for line in lines_of(bank_file.bank_csv(sheet))[1:]]


def test_there_is_no_bank_file_while_somebody_has_no_account(march):
    sheet = march.to("approved")
    BankAccount.objects.filter(practitioner__name="甲净示例").update(state="replaced")
    with pytest.raises(PaperRefused, match="甲净示例没有使用中的收款账户"):
        bank_file.bank_csv(sheet)


def test_there_is_no_bank_file_when_all_are_paid(march):
    with pytest.raises(PaperRefused, match="已全部支付"):
        bank_file.bank_csv(march.to("paid"))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_name_that_would_be_a_formula_stays_text(march, start):
    evil = f'{start}HYPERLINK("http://x.invalid","点")'
    person = march.person("甲恶示例", account=False)
    account = BankAccount(practitioner=person, holder=evil, bank_name=evil, account_no="6222000099999999", state="confirmed")
    account.is_first, account.proposed_by, account.proposed_at = True, march.system, clock.now()
    account.save()
    march.shift(person, march.bagong, "2022-03-21")
    march.receive()
    sheet = march.to("approved")
    line = next(line for line in lines_of(bank_file.bank_csv(sheet)) if "HYPERLINK" in line[1])
    assert line[1] == line[3] == f"'{evil}"
    cells = [cell for row in opened(bank_file.bank_workbook(sheet))["代发"].iter_rows() for cell in row]
    found = [cell for cell in cells if "HYPERLINK" in str(cell.value)]
    assert len(found) == 2 and all(cell.data_type == "s" and cell.value.strip() == evil.strip() for cell in found)
    page = opened(pay_sheet_workbook(book_of(sheet), by=march.people["finance"]))["发放表"]
    assert all(cell.data_type == "s" for row in page.iter_rows() for cell in row if "HYPERLINK" in str(cell.value))


# -- F10


def test_a_slip_tells_each_fact_its_clause_and_how_to_object(march):
    book = book_of(march.to("paid"))
    row = next(payee.row for payee in book.payees if payee.row.name == "乙扣示例")
    text = "".join(texts_of(pay_slips.slip_pdf(book, row.pk, by=march.people["section"])))
    for words in (
        "迟到 16 分钟",
        "早退 9 分钟",
        "五（二）1（2）",
        "五（二）1（1）",
        "实发 130.00",
        in_words(row.payable),
        "异议",
    ):
        assert words in text, words
    assert "银行回单号 R2022-03" in text
    assert not FULL_ID.search(text) and not FULL_ACCOUNT.search(text) and "甲净示例" not in text


def test_all_slips_of_a_month_are_one_document(march):
    book = book_of(march.draft())
    text = "".join(texts_of(pay_slips.slips_pdf(book, by=march.people["section"])))
    assert text.count("姓名：") == len(book.payees) == 5


def test_very_many_slips_are_a_job_whose_file_the_page_then_gives_out(world, browse, monkeypatch):
    from records.models import JobRun
    from subsidies.tasks import slips_for_job

    monkeypatch.setattr(pay_slips, "MOST_AT_ONCE", 2)
    world.ordinary_month(people=3)
    world.draft()
    client = browse("section")
    answer = client.get(reverse("pay-slips", args=[MARCH]))
    job = JobRun.objects.get(kind="pay_slips")
    assert answer.status_code == 302 and answer.url == reverse("job", args=[job.pk])

    class Told:
        def say(self, *_words):
            pass

    told = Told()
    told.job = job
    assert slips_for_job(told)["url"] == reverse("pay-slips", args=[MARCH])
    assert slips_for_job(told) and IssuedPaper.objects.filter(kind="pay_slips").count() == 1, "delivered twice, printed once"
    given = client.get(reverse("pay-slips", args=[MARCH]))
    assert given["Content-Type"] == "application/pdf" and given.content == read_file(
        IssuedPaper.objects.get(kind="pay_slips").file
    )


# -- F17, F32


@pytest.mark.rule("Z-FUND-2")
def test_the_ledger_names_due_day_and_late_days_and_its_balance_is_the_funds(march):
    from subsidies.services.funds import enter_movement

    enter_movement(
        fund=march.fund,
        kind="arrived",
        day=date(2022, 1, 28),
        amount=Decimal("90000.00"),
        document_no="晋市财〔2022〕2号",
        by=march.people["finance"],
    )
    march.money("90000.00", day="2022-02-11", document_no="晋市财〔2022〕2号")
    sheet = march.to("approved")
    march.pay(sheet)
    payment = Payment.objects.first()
    record_returned_transfer(payment_id=payment.pk, returned_on=date(2022, 4, 6), reason="销户", by=march.people["cashier"])
    download = ledger.ledger_workbook(march.fund, 2022, by=march.people["finance"])
    (row,), total = body_of(valued(download)["资金拨付台账"])
    assert (row["文号"].value, row["上级"].value) == ("晋市财〔2022〕2号", "晋城市财政局")
    days = [row[header].value.date() for header in ("到账日", "应拨日", "实拨日")]
    assert days == [date(2022, 1, 28), date(2022, 2, 9), date(2022, 2, 11)] and row["逾期天数"].value == 2
    rows, total = body_of(valued(download)["资金明细账"])
    assert amount(total["收入"]) == Decimal("180000.00")
    assert amount(total["支出"]) == sheet.total - payment.amount, "a reversal takes away on the side it reverses"
    assert amount(rows[-1]["余额"]) == march.fund.balance == download.total
    pages = texts_of(ledger.ledger_pdf(march.fund, 2022, by=march.people["finance"]))
    assert "2022-02-09" in pages[0] and "资金明细账" in pages[1] and in_words(march.fund.balance) in "".join(pages)


def test_last_years_rest_opens_the_book(march):
    assert ledger.cash_book(march.fund, 2023).opening == march.fund.balance == Decimal("90000.00")
    assert ledger.cash_book(march.fund, 2022).opening == ZERO


@pytest.mark.rule("Z-PAY-5")
def test_returned_and_repaid_transfers_come_to_the_sheets_total(march):
    sheet = march.pay(march.to("approved"))
    payment = Payment.objects.get(row__name="甲净示例")
    record_returned_transfer(payment_id=payment.pk, returned_on=date(2022, 4, 6), reason="户名不符", by=march.people["cashier"])
    assert bank.payments_of(sheet)[-1]["again"] == "待重付"
    march.pay(sheet, [payment.row])
    rows, total = body_of(valued(bank.returned_workbook(sheet, by=march.people["finance"]))["回单与退票"])
    assert len(rows) == 4 and amount(total["实付金额"]) == sheet.total and amount(total["退回金额"]) == payment.amount
    back = next(row for row in rows if row["状态"].value == "已退票")
    again = Payment.objects.get(row=payment.row, state="paid")
    assert again.receipt_no in back["重付情况"].value and back["退票原因"].value == "户名不符"
    text = "".join(texts_of(bank.returned_pdf(sheet, by=march.people["finance"])))
    assert in_words(sheet.total) in text and not FULL_ACCOUNT.search(text)


def test_a_reconciliation_brings_both_sides_to_one_balance_and_keeps_what_was_signed(march):
    sheet = march.pay(march.to("approved"))
    paid = sum(payment.amount for payment in Payment.objects.all())
    lines = [
        StatementLine(date(2022, 1, 10), Decimal("90000.00"), "拨款"),
        StatementLine(date(2022, 4, 6), Decimal("-5.00"), "手续费"),
    ]
    statement = enter_statement(
        fund=march.fund,
        first=date(2022, 1, 1),
        last=date(2022, 4, 6),
        closing_balance=Decimal("89995.00"),
        lines=lines,
        by=march.people["finance"],
    )
    position = bank.reconciliation_of(statement)
    assert position["bank_side"] == position["book_side"] == Decimal("89995.00") - paid and position["is_even"]
    assert len(position["book_out"]) == 3 and [item["text"] for item in position["bank_out"]] == ["手续费"]
    signed = agree_statement(statement_id=statement.pk, by=march.people["finance"])
    record_returned_transfer(
        payment_id=Payment.objects.first().pk, returned_on=date(2022, 4, 6), reason="销户", by=march.people["cashier"]
    )
    assert bank.reconciliation_of(signed) == position, "a later change does not touch what was signed"
    book = opened(bank.reconciliation_workbook(signed, by=march.people["finance"]))
    cells = [row[0].value for row in book["银行对账表"].iter_rows()]
    assert "银行对账单余额" in cells and "调节后账面余额" in cells
    text = "".join(texts_of(bank.reconciliation_pdf(signed, by=march.people["finance"])))
    assert "手续费" in text and "已对平" in text and sheet.pk


# -- who gets what


@pytest.fixture
def browse(db):
    """browse("finance"): a client signed in through the login page."""

    def sign_in(login):
        client = Client()
        assert client.post("/login/", {"login": login, "password": PASSWORD}).status_code == 302
        return client

    return sign_in


GETS = [
    "pay-sheet-xlsx",
    "pay-sheet-pdf",
    "pay-slips",
    "pay-notice-xlsx",
    "pay-notice-pdf",
    "pay-payments-xlsx",
    "pay-payments-pdf",
]
POSTS = ["receipt-list", "payment-approval"]


def test_each_reader_of_pay_gets_each_paper_without_a_number_and_it_is_written_down(march, browse):
    sheet = march.to("approved")
    client = browse("treasury")
    for name in [*GETS, *POSTS]:
        told = (client.post if name in POSTS else client.get)(reverse(name, args=[MARCH]))
        assert told.status_code == 200 and told["Content-Disposition"].startswith("attachment"), name
        assert "no-store" in told["Cache-Control"]
        entry = AuditEntry.objects.filter(action="subsidies.export_pay").latest("pk")
        assert entry.actor == march.people["treasury"] and entry.after["条数"] in (3, 5, 0)
        if name.endswith("xlsx"):
            cells = [str(c.value) for p in openpyxl.load_workbook(io.BytesIO(told.content)) for r in p.iter_rows() for c in r]
            text = "\n".join(cells)
        else:
            text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(told.content)).pages)
        assert not FULL_ID.search(text) and not FULL_ACCOUNT.search(text), name
    assert AuditEntry.objects.filter(action="subsidies.export_pay").count() == len(GETS) + len(POSTS)
    page = client.get(reverse("pay-papers", args=[MARCH])).content.decode()
    assert "银行代发文件" not in page and "完整号码" not in page and f"QL-140525-202203-V{sheet.version}" in page


def test_the_file_has_its_chinese_name(march, browse):
    sheet = march.to("reviewed")
    told = browse("section").get(reverse("pay-sheet-xlsx", args=[MARCH]))
    from urllib.parse import unquote

    assert f"泽州县_值班补贴发放表_2022-03_v{sheet.version}.xlsx" in unquote(told["Content-Disposition"])


@pytest.mark.parametrize(
    ("login", "status"), [("finance", 200), ("cashier", 200), ("section", 200), ("leader", 403), ("treasury", 403)]
)
def test_whole_numbers_go_to_those_who_pay_and_are_written_down(march, browse, login, status):
    march.to("approved")
    told = browse(login).post(reverse("pay-sheet-full", args=[MARCH]), {"format": "xlsx"})
    assert told.status_code == status
    assert AuditEntry.objects.filter(action="subsidies.export_with_numbers").count() == (status == 200)
    if status == 200:
        page = openpyxl.load_workbook(io.BytesIO(told.content))["发放表"]
        assert any(FULL_ID.fullmatch(str(cell.value)) for row in page.iter_rows() for cell in row)


@pytest.mark.parametrize(("login", "status"), [("finance", 200), ("cashier", 200), ("section", 403), ("leader", 403)])
def test_the_bank_file_goes_to_finance_and_cashier(march, browse, login, status):
    march.to("approved")
    for kind in ("xlsx", "csv"):
        assert browse(login).post(reverse("bank-file", args=[MARCH]), {"format": kind}).status_code == status
    assert AuditEntry.objects.filter(action="subsidies.export_bank_file").count() == 2 * (status == 200)


@pytest.mark.parametrize("name", ["pay-sheet-full", "bank-file"])
def test_whole_numbers_want_the_password_again(march, browse, name, settings):
    march.to("approved")
    client = browse("finance")
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    told = client.post(reverse(name, args=[MARCH]), {"format": "xlsx"})
    assert told.status_code == 302 and told.url.startswith("/me/confirm/")
    assert not AuditEntry.objects.filter(action__in=["subsidies.export_with_numbers", "subsidies.export_bank_file"]).exists()


def test_a_get_never_shows_whole_numbers_nor_takes_a_number(march, browse):
    march.to("approved")
    client = browse("finance")
    for name in ("pay-sheet-full", "bank-file", *POSTS):
        assert client.get(reverse(name, args=[MARCH])).status_code == 405


def test_stations_persons_and_other_counties_get_nothing(march, browse):
    from organizations.models import Region

    march.to("approved")
    march.user(Role.HEAD, "head", station=march.bagong)
    other = Region.objects.create(level="county", name="示例县", parent=march.county.parent)
    march.user(Role.FINANCE, "stranger", region=other)
    for name in GETS:
        assert browse("head").get(reverse(name, args=[MARCH])).status_code == 403
        assert browse("stranger").get(reverse(name, args=[MARCH])).status_code == 404
    stranger = browse("stranger")
    assert stranger.post(reverse("bank-file", args=[MARCH]), {"county": march.county.pk}).status_code == 404
    assert stranger.get(reverse("ledger-xlsx"), {"county": march.county.pk}).status_code == 404
    assert not AuditEntry.objects.filter(action__startswith="subsidies.export").exists()


def test_a_person_prints_her_own_slip_and_no_other(march, browse):
    own = march.user(Role.DUTY, "own")
    Practitioner.objects.filter(name="乙扣示例").update(user=own)
    march.user(Role.DUTY, "nobody")
    march.draft()
    address = reverse("own-slip", args=[MARCH])
    assert browse("own").get(address).status_code == 404, "a draft may still change"
    sheet = march.to("reviewed")
    told = browse("own").get(address)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(told.content)).pages)
    assert "乙扣示例" in text and "甲净示例" not in text
    assert browse("nobody").get(address).status_code == 404
    for row in sheet.rows.all():
        assert browse("own").get(reverse("pay-slip", args=[MARCH, row.pk])).status_code == 403
    assert AuditEntry.objects.filter(action="subsidies.print_own_slip").count() == 1


def test_a_refused_paper_says_why_on_the_sheets_page(march, browse):
    march.to("reviewed")
    told = browse("finance").post(reverse("bank-file", args=[MARCH]), {"format": "csv"}, follow=True)
    assert "局领导审批后才能打印银行代发文件" in told.content.decode()
    assert not AuditEntry.objects.filter(action="subsidies.export_bank_file").exists()


def test_unknown_formats_and_years_are_not_found(march, browse):
    march.to("approved")
    client = browse("finance")
    assert client.post(reverse("bank-file", args=[MARCH]), {"format": "exe"}).status_code == 404
    assert client.get(reverse("ledger-xlsx"), {"year": "20x2"}).status_code == 404
    assert client.get(reverse("ledger-pdf"), {"year": "2022"}).status_code == 200
    assert AuditEntry.objects.filter(action="subsidies.export_ledger").count() == 1


def test_a_read_only_auditor_takes_the_ledger_and_the_reconciliation(march, browse):
    march.user(Role.AUDITOR, "auditor")
    statement = enter_statement(
        fund=march.fund,
        first=date(2022, 1, 1),
        last=date(2022, 3, 31),
        closing_balance=Decimal("90000.00"),
        lines=[StatementLine(date(2022, 1, 10), Decimal("90000.00"))],
        by=march.people["finance"],
    )
    client = browse("auditor")
    for address in (
        reverse("ledger-xlsx"),
        reverse("reconciliation-xlsx", args=[statement.pk]),
        reverse("reconciliation-pdf", args=[statement.pk]),
    ):
        assert client.get(address).status_code == 200


def test_books_stay_silent_after_printing_everything(march, capsys):
    sheet = march.to("paid")
    receipt_list_pdf(book_of(sheet), by=march.people["finance"])
    payment_approval_pdf(book_of(sheet), by=march.people["finance"])
    call_command("check_books")
    assert capsys.readouterr().err == ""
