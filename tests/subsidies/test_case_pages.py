"""The pages of marks and quarterly lists: each role's own login from the proposed mark to the paid subsidy; scope; papers; costs."""

from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.policy import Role
from legalaid.models import AidCase
from subsidies.exports.case_bank_file import case_bank_csv, case_bank_workbook
from subsidies.exports.case_checks import double_fund_workbook, tax_free_workbook
from subsidies.exports.case_lists import ListBook, ListPaperRefused, information_workbook
from subsidies.models import CaseClaim, CaseList, CaseMark, Payment
from subsidies.services.case_approval import send_back_case
from subsidies.todo import todo_items
from tests.subsidies.case_world import CaseWorld
from tests.subsidies.test_money_pages import text_of
from tests.subsidies.world import PASSWORD

PICTURE = b"%PDF-1.4 picture"


@pytest.fixture
def world(db):
    return CaseWorld()


@pytest.fixture
def browse(world):
    def sign_in(login):
        client = Client()
        assert client.post("/login/", {"login": login, "password": PASSWORD}).status_code == 302
        return client

    return sign_in


def titles(world, login):
    return [item.title for item in todo_items(world.people[login])]


def test_each_role_brings_a_case_from_its_mark_to_its_payment(world, browse):
    world.fill()
    case = world.case(None, standard="1000.00")
    CaseMark.objects.all().delete()
    page = reverse("case-mark", args=[case.pk])
    assert "标注 1 件质量核验合格的案件" in titles(world, "centre")
    told = {"marked_on": "2022-03-28", "local_standard": "1500", "is_unpaid": "on", "proof": SimpleUploadedFile("a.pdf", PICTURE)}
    browse("centre").post(reverse("case-mark-propose", args=[case.pk]), told)
    assert titles(world, "director") == [f"签发{case.number}的惠民标注"]
    browse("director").post(reverse("case-mark-sign", args=[case.pk]), {"opinion": ""})
    assert "已在惠民工程管理系统标注" in text_of(browse("director").get(page))
    assert "编制2022年第一季度案件补贴季表" in titles(world, "centre")
    browse("centre").post(reverse("case-list-draft"), {"county": world.county.pk, "quarter": "2022Q1"})
    case_list = CaseList.objects.get()
    for login, step in (("director", "submit"), ("section", "review"), ("finance", "check"), ("leader", "approve")):
        case_list.refresh_from_db()
        assert any("案件补贴季表" in title for title in titles(world, login)), login
        client = browse(login)
        assert "办理意见" in text_of(client.get(reverse("case-list", args=[case_list.pk])))
        client.post(reverse(f"case-list-{step}", args=[case_list.pk]), {"version": case_list.version, "note": "同意"})
    client = browse("cashier")
    assert "待支付 2 笔，共 1,500.00 元" in text_of(client.get(reverse("case-list-pay", args=[case_list.pk])))
    rows = {f"pay-{row.pk}": "on" for row in case_list.rows.all()}
    answer = client.post(
        reverse("case-list-pay-book", args=[case_list.pk]), {"paid_on": "2022-04-06", "receipt_for_all": "R1", "key": "k", **rows}
    )
    assert answer.status_code == 302, answer.content.decode()[:3000]
    case_list.refresh_from_db()
    assert case_list.status == "paid" and Payment.objects.count() == 2
    assert "已支付" in text_of(browse("centre").get(page))
    assert "案件补贴 虚构律师事务所" in text_of(browse("finance").get(reverse("ledger") + "?fund=operating"))


def test_the_eligibility_page_answers_line_by_line_with_clause(world, browse):
    case = world.case(None, basis="not_listed", approved_on="2021-09-30")
    text = text_of(browse("section").get(reverse("case-mark", args=[case.pk])))
    assert "需局里决定" in text and "四（二）2（1）" in text and "批准日期早于2021年10月1日" in text and "2021-09-30" in text
    assert case.recipient not in text
    leader = browse("leader")
    assert "还没有确定的条件" in text_of(leader.get(reverse("case-mark-scope", args=[case.pk])))
    leader.post(
        reverse("case-mark-scope", args=[case.pk]), {"is_included": "yes", "reason": "省条例涵盖", "document_no": "纪要1号"}
    )
    text = text_of(browse("section").get(reverse("case-mark", args=[case.pk])))
    assert "纳入惠民工程" in text and "纪要1号" in text


def test_the_case_page_gets_its_fragment_and_without_javascript_the_page(world, browse):
    case = world.case("2022-03-01")
    client = browse("director")
    assert client.get(reverse("case-money", args=[case.pk])).headers["Location"] == reverse("case-mark", args=[case.pk])
    text = text_of(client.get(reverse("case-money", args=[case.pk]), headers={"HX-Request": "true"}))
    assert "已标注" in text and "<html" not in text


def test_readers_see_lists_and_marks_and_others_do_not(world, browse):
    world.fill()
    case = world.case("2022-03-01", type="criminal_defence", source="notice", organ="court", basis="cpl_35")
    world.cases(2)
    case_list = world.list_to("submitted")
    pages = [
        reverse("case-marks"),
        reverse("case-lists"),
        *(reverse(name, args=[case_list.pk]) for name in ("case-list", "case-list-pay")),
    ]
    for login in ("section", "leader", "finance", "cashier", "treasury", "director", "centre"):
        client = browse(login)
        for page in pages:
            text = text_of(client.get(page))
            assert case.recipient not in text
    world.user(Role.CLERK, "clerk", station=world.bagong)
    world.user(Role.DUTY, "duty")
    for login in ("clerk", "duty"):
        client = browse(login)
        for page in [*pages, reverse("case-mark", args=[case.pk])]:
            assert client.get(page).status_code == 403


def test_a_neighbouring_county_sees_nothing_of_it(world, browse):
    from organizations.models import Region

    other = Region.objects.create(level="county", name="邻县", parent=world.county.parent)
    case = world.case("2022-03-01")
    case_list = world.list_to("submitted")
    claim = CaseClaim.objects.get()
    for login, role in (("section-b", Role.SECTION), ("director-b", Role.DIRECTOR)):
        world.user(role, login, region=other)
        client = browse(login)
        for name, pk in (
            ("case-mark", case.pk), ("case-money", case.pk), ("case-list", case_list.pk), ("case-list-pay", case_list.pk),
            ("case-claim-back", claim.pk),
        ):  # fmt: skip
            assert client.get(reverse(name, args=[pk])).status_code == 404, name
        assert client.get(reverse("case-list-file", args=[case_list.pk, "xlsx"])).status_code == 404


def test_a_single_case_goes_back_by_its_own_page_and_forward_by_a_button(world, browse):
    world.cases(2)
    case_list = world.list_to("submitted")
    claim = case_list.claims.first()
    client = browse("section")
    page = reverse("case-claim-back", args=[claim.pk])
    assert "从2022年第一季度季表退回援助中心" in text_of(client.get(page))
    assert "没有写退回理由" in text_of(client.post(page, {"reason": "", "version": case_list.version}))
    assert client.post(page, {"reason": "缺文书", "version": case_list.version}).status_code == 302
    assert f"更正从季表退回的{claim.case.number}" in titles(world, "centre")
    client = browse("centre")
    assert "缺文书" in text_of(client.get(reverse("case-lists")))
    client.post(reverse("case-claim-forward", args=[claim.pk]))
    claim.refresh_from_db()
    assert not claim.is_held


def test_an_old_page_does_not_move_a_list_that_has_changed(world, browse):
    cases = world.cases(2)
    case_list = world.list_to("submitted")
    seen = case_list.version
    send_back_case(list_id=case_list.pk, version=seen, case_id=cases[0].pk, reason="缺文书", by=world.people["section"])
    client = browse("section")
    answer = client.post(reverse("case-list-review", args=[case_list.pk]), {"version": seen}, follow=True)
    assert "有变动" in answer.content.decode()
    case_list.refresh_from_db()
    assert case_list.status == "submitted"


def test_a_returned_transfer_by_its_page(world, browse):
    world.fill()
    world.case()
    case_list = world.list_to("paid")
    payment = Payment.objects.get()
    client = browse("cashier")
    page = reverse("payment-return", args=[payment.pk])
    assert "虚构律师事务所回到待支付" in text_of(client.get(page))
    answer = client.post(page, {"returned_on": "2022-04-06", "reason": "户名不符", "key": "k1"})
    assert answer.headers["Location"] == reverse("case-list-pay", args=[case_list.pk])
    assert any("重付虚构律师事务所" in title for title in titles(world, "cashier"))
    assert "1 笔待重付" in text_of(browse("finance").get(reverse("case-list", args=[case_list.pk])))


def test_pages_cost_the_same_for_few_and_for_many_cases(world, browse):
    client = browse("director")

    def queries():
        found = []
        case_list = CaseList.objects.get()
        for page in (reverse("case-marks"), reverse("case-lists"), reverse("case-list", args=[case_list.pk])):
            client.get(page)
            with CaptureQueriesContext(connection) as caught:
                text_of(client.get(page))
            found.append(len(caught))
        return found

    world.cases(3)
    world.list()
    few = queries()
    world.cases(30)
    world.list()
    assert queries() == few


# -- papers


def sheet_of(download, name):
    return openpyxl.load_workbook(BytesIO(download.content), data_only=True)[name]


def values(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_f14_and_f15_say_what_the_list_says_with_masks(world):
    world.case("2022-03-01", number="一", standard="1500.00")
    secret = world.case("2022-03-02", number="二", type="criminal_defence", source="notice", organ="court", basis="cpl_278")
    case_list = world.list()
    download = information_workbook(ListBook(case_list), by=world.people["section"])
    rows = values(sheet_of(download, "案件信息表"))
    flat = "\n".join(str(cell) for row in rows for cell in row if cell is not None)
    assert secret.recipient not in flat and "不显示" in flat and "1405" not in flat.replace("140525", "")
    total = next(row for row in rows if row[0] == "合计")
    assert (total[15], total[16]) == (2000, 500)
    payees = values(sheet_of(download, "发放表"))
    assert any(row[1] == "虚构律师事务所" and row[3:8] == [2, "1,000.00—1,500.00", 2000, 500, 2500] for row in payees)
    full = information_workbook(ListBook(case_list, with_numbers=True), by=world.people["finance"])
    number = world.firm.accounts.get().account_no
    assert number in {cell for row in values(sheet_of(full, "发放表")) for cell in row}
    assert number not in flat


def test_papers_are_given_out_numbered_once_and_noted(world, browse):
    world.fill()
    world.cases(2)
    case_list = world.list_to("submitted")
    client = browse("finance")
    answer = client.post(reverse("case-list-sign-sheet", args=[case_list.pk]), follow=True)
    assert "局领导审批后才能打印签领表" in answer.content.decode()
    world.list_to("approved", case_list=case_list)
    for name in ("case-list-sign-sheet", "case-list-approval-paper"):
        first, second = (client.post(reverse(name, args=[case_list.pk])) for _ in range(2))
        assert first.content[:5] == b"%PDF-" and first.content == second.content
    for suffix, start in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        assert client.get(reverse("case-list-file", args=[case_list.pk, suffix])).content.startswith(start)
    assert client.get(reverse("case-list-file", args=[case_list.pk, "doc"])).status_code == 404
    assert client.get(reverse("case-list-payees-file", args=[case_list.pk])).content.startswith(b"PK")
    assert client.post(reverse("case-list-full-file", args=[case_list.pk])).content.startswith(b"PK")
    assert AuditEntry.objects.filter(action="subsidies.export_with_numbers").exists()


@pytest.mark.rule("Z-SUB-4")
def test_f33_holds_each_cases_funds_beside_each_other(world):
    world.case("2022-03-01", number="一", standard="1500.00")
    world.case("2022-03-02", number="二", paid=True)
    world.case("2022-03-03", number="三", is_undertaken_by_agency=True)
    world.list_to("submitted")
    rows = values(sheet_of(double_fund_workbook(world.county, 2022, by=world.people["finance"]), "防重对照表"))
    told = {row[1]: (row[4], row[5], row[6], row[9]) for row in rows if row[1] in ("一", "二", "三")}
    assert told["一"] == (1000, 500, "没有", "不重复：专项资金与业务经费补足各一次")
    assert told["二"] == (0, 0, "已发", "不再发放：已发普通补贴")
    assert told["三"][3].startswith("不发：承办人为法律援助机构人员")


@pytest.mark.rule("Z-CASE-10")
def test_two_cases_with_one_provincial_number_are_pointed_out(world, browse):
    world.case("2022-03-01", number="一", provincial_no="SX-7")
    world.case("2022-03-02", number="二", provincial_no="SX-7")
    world.case("2022-03-03", number="三")
    case_list = world.list()
    text = text_of(browse("section").get(reverse("case-list", args=[case_list.pk])))
    assert "省系统案号重复" in text and "一 与 二" in text
    rows = values(sheet_of(double_fund_workbook(world.county, 2022, by=world.people["finance"]), "防重对照表"))
    told = {row[1]: row[9] for row in rows if row[1] in ("一", "二", "三")}
    assert told["一"] == "疑似重复：省系统案号与二相同，请核对" and told["三"].startswith("不重复")


@pytest.mark.rule("Z-PAY-4")
def test_f24_lists_persons_by_what_they_were_paid_and_no_tax(world):
    from common.periods import Quarter

    world.fill()
    person = world.person("卫虚构")
    world.case("2022-03-01", office=None, undertaking_office="", lawyer=person, standard="1500.00")
    world.case("2022-03-01")
    world.list_to("paid")
    download = tax_free_workbook(world.county, Quarter(2022, 2), by=world.people["finance"], with_numbers=True)
    rows = values(sheet_of(download, "免税申报"))
    mine = next(row for row in rows if row[1] == "卫虚构")
    assert mine[3] == person.id_number and mine[7:10] == [1500, 1500, 0]
    assert not any(row[1] == "虚构律师事务所" for row in rows)
    assert AidCase.objects.count() == 2


def transfers(download):
    """Rows of the sheet that the bank reads."""
    book = openpyxl.load_workbook(BytesIO(download.content))
    return list(book["代发"].iter_rows(values_only=True))


@pytest.mark.rule("Z-SUB-6", "Z-PAY-5")
def test_f09_of_a_list_is_one_file_a_fund_to_the_cent_and_holds_who_is_still_owed(world, browse):
    world.fill()
    world.case(standard="1500.00")
    world.case(standard="1500.00")
    world.case(firm=world.other_firm)
    case_list = world.list_to("approved")
    header, *special = transfers(case_bank_workbook(case_list, world.fund))
    assert header == ("序号", "户名", "账号", "开户行", "金额", "用途")
    accounts = {row.name: row.organization.accounts.get().account_no for row in case_list.rows.all()}
    purpose = "2022年第一季度案件补贴"
    assert special == [
        (1, "样例法律服务所", accounts["样例法律服务所"], "示例银行", 1000, purpose),
        (2, "虚构律师事务所", accounts["虚构律师事务所"], "示例银行", 2000, purpose),
    ]
    assert [row[1:5:3] for row in transfers(case_bank_workbook(case_list, world.operating))[1:]] == [("虚构律师事务所", 1000)]
    assert case_bank_csv(case_list, world.fund).total == case_list.special_total
    first = case_list.rows.get(name="样例法律服务所")
    world.pay_list(case_list, [first])
    assert [row[1] for row in transfers(case_bank_workbook(case_list, world.fund))[1:]] == ["虚构律师事务所"]
    client = browse("cashier")
    url = reverse("case-list-bank-file", args=[case_list.pk])
    page = client.get(reverse("case-list-pay", args=[case_list.pk]))
    assert "银行代发文件" in text_of(page) and url in page.content.decode()
    assert client.post(url, {"fund": "operating", "format": "csv"}).content.startswith(b"\xef\xbb\xbf")
    assert AuditEntry.objects.filter(action="subsidies.export_bank_file", after__contains={"资金": "法律援助业务经费"}).exists()
    for login in ("section", "leader", "director"):
        assert browse(login).post(url, {"fund": "special", "format": "xlsx"}).status_code == 403


def test_f09_of_a_list_waits_for_the_approval_and_for_every_account(world):
    world.fill()
    case = world.case()
    with pytest.raises(ListPaperRefused, match="局领导审批后才能导出"):
        case_bank_csv(world.list_to("checked"), world.fund)
    case_list = world.list_to("approved", case_list=CaseList.objects.get())
    case.office.accounts.update(state="replaced")
    with pytest.raises(ListPaperRefused, match="虚构律师事务所没有使用中的收款账户"):
        case_bank_csv(case_list, world.fund)
    with pytest.raises(ListPaperRefused, match="业务经费没有要支付的收款人"):
        case_bank_csv(case_list, world.operating)


@pytest.mark.usefixtures("cases_stand_anywhere")
def test_the_places_taken_are_the_countys_also_for_one_who_does_not_see_every_case(world, browse):
    world.case("2022-03-01", number="暗示例1号", handler=world.people["centre2"], type="criminal_defence", primary_group="minor",
               source="notice", organ="court", basis="cpl_278", hardship="not_applicable")  # fmt: skip
    world.case("2022-03-02", number="明示例2号")
    for login in ("finance", "centre"):
        page = browse(login).get(reverse("case-marks"))
        assert page.context["special"] == 2, login
    assert "暗示例1号" not in text_of(page) and "明示例2号" in text_of(page)
