"""Chapters that cases have in common, whichever way they begin: papers, supervision, closing, evaluation, mark, payment."""

import io
import re

from playwright.sync_api import expect
from pypdf import PdfReader

from legalaid.models import CasePaper
from records.models import IssuedPaper
from records.services import read_file
from subsidies.models import CaseList, LedgerEntry
from subsidies.services.checking import check_books
from tests.journeys.ground import FIRM, picture

A4 = {(595, 842), (842, 595)}


def read(content):
    """(pages, text without blanks) of a PDF of A4 pages."""
    pages = PdfReader(io.BytesIO(content)).pages
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} <= A4
    return len(pages), re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def papers_of(case):
    """Kind → text of every paper kept of a case, each of one or two pages."""
    kept = {}
    for row in CasePaper.objects.in_force().filter(case=case).select_related("paper__file"):
        pages, kept[row.kind] = read(read_file(row.paper.file))
        assert pages <= 2, row
    return kept


def step(walk, words, **fields):
    """A step of the case's own page."""
    walk.follow(words)
    walk.look()
    walk.fill(**fields)
    walk.press(words)


def make(walk, case, kind, words="制发并编号", **fields):
    """A paper is looked at and issued."""
    walk.go(f"/cases/{case.pk}/papers/{kind}/")
    walk.fill(**fields)
    walk.press(words, says="已制发")


def note(walk, kind, content):
    walk.follow("记一笔")
    walk.tick(kind)
    walk.fill(content=content)
    walk.press("保存", says=f"已登记：{kind}")


def photograph(walk, kind):
    walk.follow("拍材料")
    walk.page.locator("main [name=kind]").select_option(kind)
    walk.fill(photos=picture(kind))
    walk.press("上传", says="已上传 1 页")



def assign_with_papers(walk, case, reason):
    """援助中心: the first of the suggestions, with her reasons; the firm's notice and the court's letter."""
    walk.as_("centre", "/todo/")
    walk.follow(case.cause)
    walk.shows("卫示例", "第 1 名", reason)
    walk.look()
    walk.press("指派", says=f"已指派{FIRM}卫示例承办")
    walk.shows("已制发 指派通知书", "已制发 法律援助公函")
    supervise(walk, case, "案前告知", "电话", "告知免费、权利义务和投诉电话。")


def supervise(walk, case, kind, way, content):
    walk.go(f"/cases/{case.pk}/supervisions/")
    walk.follow(f"登记{kind}")
    walk.tick(way)
    walk.fill(content=content)
    walk.press("保存", says=f"已登记{kind}")


def ask_afterwards(walk, case):
    """案后回访 by telephone: five questions, nothing paid, very satisfied."""
    walk.go(f"/cases/{case.pk}/supervisions/post_visit/")
    walk.look()
    walk.tick("电话", "非常满意")
    for question in {box.get_attribute("name") for box in walk.page.locator("input[name^=answer_]").all()}:
        walk.page.locator(f"input[name={question}][value={'no' if question == 'answer_charged' else 'yes'}]").check(force=True)
    walk.fill(content="受援人表示满意。")
    walk.press("保存", says="已登记案后回访")
    expect(walk.page.get_by_text("需要核实")).to_have_count(0)


def conclude(walk, case, **said):
    """On the phone: the judgment has come; the report is written, the file handed in."""
    walk.go(f"/cases/mine/{case.pk}/")
    walk.shows("可以结案")
    walk.look()
    walk.follow("结案")
    walk.tick("收到判决书")
    walk.look()
    walk.fill(**said)
    walk.press("结案", says="已结案")
    walk.follow("制作")
    walk.press("制发并编号", says="已制发结案报告表")
    walk.go(f"/cases/mine/{case.pk}/")
    walk.follow("核对案卷、交卷")
    walk.look()
    walk.press("交卷", says="已交卷")


def review_and_archive(walk, case):
    """The centre looks the file through, asks the recipient, archives it with cover, index and remarks."""
    walk.as_("centre", "/todo/")
    walk.follow("结案审查 1 件")
    walk.look()
    walk.tick("合格")
    walk.press("提交审查", says="结案审查合格")
    ask_afterwards(walk, case)
    walk.todo("归档 1 件")
    walk.look()
    walk.fill(location="3 号柜 2 层")
    walk.press("归档", says="已归档，归档号")
    walk.shows("卷内目录")
    walk.look()
    for kind in ("file_cover", "file_index", "file_remarks", "supervision", "follow_up"):
        make(walk, case, kind, words="制发")
    case.refresh_from_db()
    assert case.archive_no


def enter_in_the_provincial_system(walk, case, number):
    walk.as_("centre", "/todo/")
    walk.follow("录入省系统 1 件")
    walk.look()
    walk.fill(**{f"case-{case.pk}-number": number, f"case-{case.pk}-day": case.archived_on.isoformat()})
    walk.press("保存本页", says="已登记 1 件的省系统录入")


def draw(walk, case, kind, reviewer, *, hides=""):
    """业务股 draws what was archived, deals it to `reviewer`; nobody's name of a citizen stands on these pages."""
    walk.as_("section", "/reviews/new/")
    walk.look()
    walk.tick(kind)
    walk.fill(title=f"2022年{kind}", first="2022-1-1", last=case.archived_on.isoformat(), due_on="2022-6-30")
    walk.press("抽样", says="已抽样")
    walk.shows(case.number)
    assert not hides or hides not in walk.page.content()
    walk.look()
    walk.press("确认批次", says="批次已确认")
    walk.tick(*reviewer)
    walk.press("平均分配", says="个评查席位")


def score(walk, login):
    """A reviewer reads the file and gives full points, but for one."""
    walk.as_(login, "/todo/")
    walk.follow("评查 泽法援")
    walk.look()
    for box in walk.page.locator("input[name^=p_]").all():
        label = walk.page.locator(f"label[for={box.get_attribute('id')}]").inner_text()
        box.fill(re.search(r"（(\d+) 分）", label)[1])
    walk.fill(opinion="手续齐全，意见有依据。")
    walk.press("提交评查表", says="评查表已提交")


def confirm_the_grade(walk, case):
    walk.as_("section", "/todo/")
    walk.follow("核定等次")
    expect(walk.page.get_by_text("缺告知、监督、回访记录")).to_have_count(0)
    walk.press("核定 1 件", says="已核定 1 件")
    walk.look()
    walk.press("结束批次", says="批次已结束")
    walk.take("review report", "评查通报 PDF")
    walk.follow(case.number)
    walk.take("score sheet", "评查表 PDF")
    case.refresh_from_db()
    assert case.state == "quality_passed"


def mark(walk, case, standard):
    """The centre tells of the entry in the official system, with its proof; the director signs."""
    walk.as_("centre", "/todo/")
    walk.follow("标注 1 件质量核验合格的案件")
    walk.look()
    walk.follow(case.number)
    walk.look()
    walk.fill(entry_no=f"HM-{case.pk}", local_standard=standard, proof=picture("mark"))
    walk.page.get_by_label("已核对：本案没有发过普通法律援助补贴").check()
    walk.press("提出，送主任签发", says="等待主任签发")
    walk.as_("director", "/todo/")
    walk.follow(f"签发{case.number}的惠民标注")
    walk.press("签发标注", says="已签发")


def pay_the_quarter(walk, case, quarter):
    """编制 → 签报 → 复核 → 审核 → 审批 → 支付: six people; two funds, two receipts."""
    walk.as_("centre", "/todo/")
    walk.follow(f"编制{quarter}案件补贴季表")
    walk.press(f"编制{quarter}", says="已编制")
    walk.look()
    for login, words in (("director", "签报"), ("section2", "复核"), ("finance", "审核"), ("leader", "审批")):
        walk.as_(login, "/todo/")
        walk.follow(f"{words}{quarter}案件补贴季表")
        with walk.page.expect_navigation():
            walk.page.locator("section[aria-labelledby=decide] button.btn-primary").click()
        walk.shows(f"已{words}")
    walk.look()
    walk.take("payment approval", "付款审批单")
    walk.take("sign sheet", "补贴签领表")
    walk.take("information", "PDF")
    walk.as_("cashier", "/todo/")
    walk.follow(f"支付{quarter}案件补贴季表")
    walk.look()
    for number, box in enumerate(walk.page.locator("input[name^='receipt-']").all(), start=1):
        box.fill(f"回单{number:03}")
    walk.press("登记支付", says="全部付清")
    assert CaseList.objects.get().status == "paid" and check_books() == []


def look_at_the_money(walk, case, *amounts):
    """Who handles and who undertakes the case see on its page what was paid; the ledger has both parts."""
    for login in ("centre", "lawyer"):
        walk.as_(login, f"/cases/{case.pk}/")
        expect(walk.page.locator("#case-money")).to_contain_text("已支付")
        for amount in amounts:
            expect(walk.page.locator("#case-money")).to_contain_text(amount)
    walk.look()
    walk.as_("finance", "/ledger/")
    walk.shows(FIRM, f"−{amounts[0]}")
    walk.look()
    paid = LedgerEntry.objects.filter(kind="payment").order_by("amount").values_list("amount", flat=True)
    assert [f"{-amount:,.2f}" for amount in paid] == list(amounts)


def open_every_paper(walk, case, expected, *, amount):
    """Every kept paper of the case, those of the list and of the evaluation: A4, what must stand in each."""
    kept = papers_of(case)
    assert set(kept) == set(expected)
    for kind, words in expected.items():
        for each in words:
            assert each in kept[kind], (kind, each, kept[kind])
    made = {name: read(content)[1] for name, content in walk.taken.items()}
    for name in ("payment approval", "sign sheet", "information"):
        assert amount in made[name] and (FIRM in made[name] or name == "payment approval"), (name, made[name])
    assert case.number in made["review report"] and case.number in made["score sheet"]
    for row in IssuedPaper.objects.in_force().select_related("file"):
        read(read_file(row.file))


def everything_was_sound(walk):
    assert walk.looked_at == {}
