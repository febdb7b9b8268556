"""A case from the first word to the money in the firm's account, by clicks, each step by the login that takes it.

A civil case that begins at a township's station, and a court's notice for a minor. Every paper made on the way is opened.
"""

from datetime import date

import pytest
from playwright.sync_api import expect

from legalaid.models import AidCase
from records.services import read_file
from subsidies.models import CaseList, QuarterlyReturn
from tests.journeys.chapters import (
    assign_with_papers,
    conclude,
    confirm_the_grade,
    draw,
    enter_in_the_provincial_system,
    look_at_the_money,
    make,
    mark,
    note,
    open_every_paper,
    pay_the_quarter,
    photograph,
    read,
    review_and_archive,
    score,
    step,
    supervise,
)
from tests.journeys.ground import FIRM, id_number, lay_ground, picture
from tests.journeys.walking import PHONE, Walk

pytestmark = pytest.mark.slow


@pytest.fixture
def walk(page, live_server, new_county, sign_in):
    page.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    lay_ground(new_county, day=date(2022, 2, 9))
    return Walk(page, live_server.url, sign_in)


# --- a civil case -----------------------------------------------------------------------------------------------------


def test_a_consultation_in_a_township_becomes_a_paid_case_and_a_line_of_the_return(walk):
    hand_in_on_a_phone(walk)
    case = AidCase.objects.get()
    take_and_review(walk, case)
    grant(walk, case)
    assign_with_papers(walk, case, "专长：劳动争议")
    undertake_on_a_phone(walk, case)
    walk.on(3, 2).as_("centre", "/")
    supervise(walk, case, "案中监督", "旁听庭审", "旁听一审开庭，承办人准备充分。")
    walk.on(3, 10).as_("lawyer", "/", size=PHONE)
    conclude(
        walk, case, document_no="（2022）晋0525民初123号", result="胜诉、诉请支持", amount_recovered="20000", remark="法院判决支付二万元。"
    )
    walk.on(3, 14)
    review_and_archive(walk, case)
    enter_in_the_provincial_system(walk, case, "SX2022000123")
    walk.on(3, 16)
    draw(walk, case, "行政评查", ["王演示"])
    score(walk, "section2")
    confirm_the_grade(walk, case)
    walk.on(3, 18)
    mark(walk, case, "1500")
    walk.on(4, 6)
    pay_the_quarter(walk, case, "2022年第一季度")
    look_at_the_money(walk, case, "1,000.00", "500.00")
    the_station_reads_what_became_of_it(walk, case)
    report_the_quarter(walk, case)
    open_every_paper(walk, case, CIVIL_PAPERS, amount="1,000.00")
    assert walk.looked_at == {}


CIVIL_PAPERS = {
    "receipt": ["法律援助申请材料接收凭证", "赵虚构"],
    "review_sheet": ["法律援助审批表", "建议给予法律援助"],
    "grant_decision": ["给予法律援助决定书", "赵虚构：", "泽援决字〔2022〕第001号"],
    "assignment_notice": ["指派通知书", FIRM],
    "official_letter": ["法律援助公函", "泽州县人民法院：", "卫示例"],
    "closing_report": ["结案报告表", "（2022）晋0525民初123号", "法院判决支付二万元"],
    "file_cover": ["法律援助案件卷宗", "泽援档字〔2022〕第001号"],
    "file_index": ["卷内目录", "起诉、答辩"],
    "file_remarks": ["卷内备考表"],
    "supervision": ["案前告知", "旁听一审开庭"],
    "follow_up": ["受援人回访记录表", "√非常满意"],
}


def hand_in_on_a_phone(walk):
    """文员, 360 px: a consultation is written and turned into an application in one click."""
    walk.as_("clerk", "/consultations/new/", size=PHONE)
    walk.fill(client_name="赵虚构", client_phone="13800001234")
    walk.tick("农民工", "劳动争议", "引导申请法律援助")
    walk.fill(
        question="在某工地干活八个月，拖欠工资两万元，多次催要不给。",
        answer="告知可以申请法律援助，请求支付劳动报酬，准备欠条、考勤记录。",
    )
    walk.look()
    walk.press("保存登记", says="已保存")
    walk.follow("转为援助申请")
    walk.fill(
        id_number=id_number(date(1985, 6, 15), 50), current_address="泽州县巴公镇某村", organ_name="泽州县人民法院",
        opponent="某建筑工程有限公司",
    )  # fmt: skip
    walk.look()
    walk.press("转交援助中心", says="已转交法律援助中心")
    walk.shows("查询码", "请申请人准备")
    walk.look()


def take_and_review(walk, case):
    """援助中心: taken over, originals noted, accepted, reviewed; receipt and review sheet."""
    walk.on(2, 10).as_("centre", "/todo/")
    walk.follow("接收援助申请 1 件")
    walk.look()
    walk.follow("接收")
    walk.look()
    walk.press("接收申请", says="已接收，编号 泽法援〔2022〕001号")
    for box in walk.page.locator("main input[name=codes]").all():
        box.check()
    walk.press("登记收到的原件", says="已登记 5 项材料")
    make(walk, case, "receipt")
    walk.go(f"/cases/{case.pk}/")
    expect(walk.page.locator("#acts .btn-primary")).to_have_text("受理")
    walk.look()
    step(walk, "受理")
    walk.on(2, 11)
    step(walk, "开始审查", reason="材料齐全，属于受案范围，建议给予法律援助。")
    make(walk, case, "review_sheet")


def grant(walk, case):
    """主任: the decision and its paper."""
    walk.on(2, 14).as_("director", "/todo/")
    walk.follow("审查决定")
    walk.look()
    step(walk, "决定给予法律援助")
    walk.shows("案件现在是“给予援助”")
    make(walk, case, "grant_decision")
    walk.page.locator("tr", has_text="给予法律援助决定书").get_by_role("link", name="登记送达").click()
    walk.press("登记送达", says="的送达")


def undertake_on_a_phone(walk, case):
    """承办人, 360 px: accepts, signs, meets, notes, photographs."""
    walk.as_("lawyer", "/todo/", size=PHONE)
    walk.follow("接受指派")
    walk.look()
    walk.press("接受", says="已接受案件")
    walk.on(2, 16)
    walk.go(f"/cases/mine/{case.pk}/")
    for words, file in (("登记签订委托协议", "agreement"), ("登记首次约见", "meeting_record")):
        walk.follow(words)
        walk.look()
        walk.fill(photos=picture(file))
        walk.press("登记", says="已登记")
    walk.on(3, 1)
    walk.go(f"/cases/mine/{case.pk}/")
    note(walk, "向受援人通报进展", "已经立案，告知案号和开庭时间。")
    note(walk, "开庭", "一审开庭，双方到庭。")
    for kind in ("pleading", "opinion", "judgment"):
        photograph(walk, kind)


def the_station_reads_what_became_of_it(walk, case):
    walk.as_("clerk", f"/cases/handed-in/{case.pk}/", size=PHONE)
    walk.shows("质量核验合格")
    walk.follow("泽咨")
    walk.shows("已有结果", "给予法律援助")
    walk.look()


def report_the_quarter(walk, case):
    """财务 drafts, 业务股 reviews, 局领导 signs, 财务 sends, 市局 takes note."""
    walk.on(4, 8).as_("finance", "/todo/")
    walk.follow("编制2022年第一季度季度报告")
    walk.press("编制2022年第一季度报告", says="已编制")
    walk.shows(case.number)
    walk.fill(problems="部分乡镇咨询量少。", next_steps="增加赶集日值班。")
    walk.press("保存文字", says="已保存文字")
    walk.look()
    for login, words, button in (
        ("section", "复核", "复核通过，送局领导签发"),
        ("leader", "签发", "签发，送财务报送市局"),
        ("finance", "报送市局", "登记已报送市局"),
        ("city", "接收", "接收"),
    ):
        walk.as_(login, "/todo/")
        walk.follow(f"{words}2022年第一季度季度报告")
        walk.press(button, says=f"已{'登记报送市局' if login == 'finance' else words}")
    walk.look()
    report = QuarterlyReturn.objects.get()
    assert report.status == "noted" and report.figures["case_subsidy"]["special"] == "1000.00"
    _pages, letter = read(read_file(report.letter))
    assert "晋城市司法局" in letter and "1,000.00元" in letter and "增加赶集日值班" in letter


# --- a notified defence -----------------------------------------------------------------------------------------------


def test_a_courts_notice_for_a_minor_becomes_a_paid_defence_that_only_its_handlers_see(walk):
    case = take_notice(walk)
    assign_with_papers(walk, case, "专长：刑事")
    strangers_do_not_see(walk, case)
    defend_on_a_phone(walk, case)
    walk.on(3, 1).as_("centre", "/")
    supervise(walk, case, "案中监督", "查阅案卷", "阅卷笔录、会见笔录齐全。")
    walk.on(3, 10).as_("lawyer", "/", size=PHONE)
    conclude(walk, case, document_no="（2022）晋0525刑初7号", result="从轻、减轻", remark="判处缓刑。")
    walk.on(3, 14)
    review_and_archive(walk, case)
    enter_in_the_provincial_system(walk, case, "SX2022000456")
    walk.on(3, 16)
    draw(walk, case, "同行评估", ["褚演示", "尤演示"], hides=MINOR)
    score(walk, "expert")
    score(walk, "expert2")
    confirm_the_grade(walk, case)
    walk.on(3, 18)
    mark(walk, case, "800")
    walk.on(4, 6)
    pay_the_quarter(walk, case, "2022年第一季度")
    look_at_the_money(walk, case, "1,000.00")
    strangers_do_not_see(walk, case)
    open_every_paper(walk, case, DEFENCE_PAPERS, amount="1,000.00")
    assert all(MINOR not in read(content)[1] for content in walk.taken.values())
    assert walk.looked_at == {}


MINOR = "钱虚构"
DEFENCE_PAPERS = {
    "assignment_notice": ["指派通知书", FIRM],
    "official_letter": ["法律援助公函", "泽州县人民法院：", "卫示例"],
    "closing_report": ["结案报告表", "（2022）晋0525刑初7号"],
    "file_cover": ["法律援助案件卷宗", "未成年人案件", "泽援档字〔2022〕第001号"],
    "file_index": ["卷内目录", "通知辩护公函", "阅卷笔录"],
    "file_remarks": ["卷内备考表"],
    "supervision": ["案前告知", "阅卷笔录、会见笔录齐全"],
    "follow_up": ["受援人回访记录表", "√非常满意"],
}


def take_notice(walk):
    """援助中心: the court's letter and the indictment are registered; three days run."""
    walk.on(2, 10).as_("centre", "/cases/")
    walk.follow("登记通知辩护")
    walk.look()
    walk.tick("人民法院", "未成年人")
    walk.fill(
        organ_name="泽州县人民法院", notice_no="（2022）晋0525刑初7号", stage="一审", procedure="普通程序", recipient=MINOR,
        custody_place="泽州县看守所", id_number=id_number(date(2005, 3, 1), 60), guardian="钱父虚构", cause="盗窃罪",
        summary="涉嫌多次盗窃电动车，自愿认罪。",
    )  # fmt: skip
    walk.page.locator("select[name=matter]").select_option("c25_1")
    walk.look()
    walk.press("保存通知", says="已登记，编号")
    walk.shows("限经办人查看")
    walk.look()
    return AidCase.objects.get()


def strangers_do_not_see(walk, case):
    """Another officer and the bureau: neither the case nor the name, wherever they look."""
    hidden = [f"/cases/{case.pk}/", f"/cases/{case.pk}/papers/", f"/cases/{case.pk}/close/"]
    for login, code in (("centre2", 404), ("section", 403)):
        walk.as_(login, "/")
        for path in hidden:
            assert walk.status(path) == code, (login, path)
        lists = [f"/pay/cases/{pk}/" for pk in CaseList.objects.values_list("pk", flat=True)]
        for path in ("/todo/", f"/search/?q={MINOR}", "/pay/marks/", "/reviews/", *lists):
            walk.go(path)
            assert MINOR not in walk.page.inner_text("main").replace(f"“{MINOR}”", ""), (login, path)
    walk.as_("centre2", "/cases/")
    assert case.number not in walk.page.content()
    walk.as_("director", f"/cases/{case.pk}/")
    walk.shows(MINOR)


def defend_on_a_phone(walk, case):
    """承办人, 360 px: meets the boy in custody, he consents, the file is read, the defence handed in."""
    walk.as_("lawyer", "/todo/", size=PHONE)
    walk.follow("接受指派")
    walk.press("接受", says="已接受案件")
    walk.on(2, 14)
    for words, file in (("登记首次会见", "meeting_record"), ("本人同意辩护", "agreement"), ("开始承办", "")):
        walk.go(f"/cases/mine/{case.pk}/")
        walk.follow(words)
        walk.look()
        if file:
            walk.fill(photos=picture(file))
        walk.press("登记", says="已登记")
    walk.on(3, 1)
    walk.go(f"/cases/mine/{case.pk}/")
    note(walk, "阅卷", "到法院阅卷，摘抄证据。")
    note(walk, "报告承办情况", "已会见、阅卷，拟作罪轻辩护。")
    for kind in ("file_reading_notes", "opinion", "judgment"):
        photograph(walk, kind)
