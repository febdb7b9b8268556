"""The mark: only for what is worth money, after the quality, with proof, by two people; and what the sheet of cases tells."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts import audit
from common import clock
from common.errors import Refused
from legalaid.models import AidCase, CaseEvent
from organizations.services.organization_accounts import decide_organization_account, propose_organization_account
from records.services import keep_file
from subsidies.models import CaseMark
from subsidies.services.case_figures import judge_cases
from subsidies.services.marks import decide_scope, propose_mark, record_ordinary_subsidy, send_back_mark, sign_mark
from tests.subsidies.case_world import CaseWorld

PICTURE = b"%PDF-1.4 picture"


@pytest.fixture
def world(db):
    return CaseWorld()


def mark(world, case, day="2022-03-20", by="centre", **told):
    told = {
        "local_standard": Decimal("1200.00"),
        "stored": keep_file(content=PICTURE, name="截图.pdf", purpose="case-mark"),
    } | told
    return propose_mark(case_id=case.pk, marked_on=date.fromisoformat(day), by=world.people[by], **told)


@pytest.mark.rule("Z-SUB-5")
def test_the_centre_proposes_the_director_signs_and_then_it_counts(world):
    case = world.case(None)
    CaseMark.objects.all().delete()
    proposed = mark(world, case, entry_no="HM-1")
    assert proposed.state == "proposed" and judge_cases(county=world.county, year=2022) == []
    sign_mark(mark_id=proposed.pk, by=world.people["director"])
    (judged,) = judge_cases(county=world.county, year=2022)
    assert (judged.special, judged.operating) == (1000, 200)
    with pytest.raises(Refused, match="已于 2022-03-20 标注"):
        mark(world, case)


@pytest.mark.rule("Z-SUB-5")
def test_a_case_marked_twice_is_refused_while_the_first_waits(world):
    case = world.case(None)
    mark(world, case)
    with pytest.raises(Refused, match="等待主任签发"):
        mark(world, case, by="centre2")


def test_nobody_signs_her_own_proposal_nor_without_the_right(world):
    case = world.case(None)
    world.post(world.people["director"], "centre")
    proposed = mark(world, case, by="director")
    with pytest.raises(Refused, match="不能签发自己提出的标注"):
        sign_mark(mark_id=proposed.pk, by=world.people["director"])
    with pytest.raises(Refused, match="权限"):
        sign_mark(mark_id=proposed.pk, by=world.people["centre"])
    with pytest.raises(Refused, match="权限"):
        mark(world, world.case(None), by="section")


@pytest.mark.rule("Z-SUB-8")
def test_what_is_not_worth_money_is_not_marked_and_every_reason_is_told(world):
    case = world.case(None, quality_grade="fail", provincial_no="")
    with pytest.raises(Refused, match="没有录入省法律援助管理系统；质量核验不合格"):
        mark(world, case)
    staff = world.case(None, is_undertaken_by_agency=True)
    with pytest.raises(Refused, match="机构人员"):
        mark(world, staff)


@pytest.mark.rule("Z-SUB-5")
def test_the_mark_comes_after_the_quality_and_not_tomorrow_and_with_proof(world):
    case = world.case(None)
    with pytest.raises(Refused, match="早于质量核验日期 2022-02-25"):
        mark(world, case, "2022-02-24")
    with pytest.raises(Refused, match="在今天之后"):
        mark(world, case, "2022-04-07")
    with pytest.raises(Refused, match="没有上传"):
        mark(world, case, stored=None)
    with pytest.raises(Refused, match="不能接收这种文件"):
        mark(world, case, stored=None, proof=SimpleUploadedFile("截图.png", b"MZ not a picture"))


def test_a_proposal_is_sent_back_with_a_reason_and_made_again(world):
    case = world.case(None)
    proposed = mark(world, case)
    with pytest.raises(Refused, match="没有写退回理由"):
        send_back_mark(mark_id=proposed.pk, by=world.people["director"], opinion=" ")
    send_back_mark(mark_id=proposed.pk, by=world.people["director"], opinion="截图不清")
    again = mark(world, case, "2022-03-21")
    assert again.pk == proposed.pk and again.opinion == "" and again.marked_on == date(2022, 3, 21)
    signed = sign_mark(mark_id=again.pk, by=world.people["director"])
    send_back_mark(mark_id=signed.pk, by=world.people["director"], opinion="标错了")
    assert judge_cases(county=world.county, year=2022) == []


def test_a_signed_mark_is_not_taken_back_from_a_list_that_was_handed_in(world):
    case = world.case(None)
    signed = sign_mark(mark_id=mark(world, case).pk, by=world.people["director"])
    world.list_to("submitted")
    with pytest.raises(Refused, match="已列入签报的案件补贴季表"):
        send_back_mark(mark_id=signed.pk, by=world.people["director"], opinion="标错了")
    with pytest.raises(Refused, match="先从季表退回"):
        record_ordinary_subsidy(case_id=case.pk, by=world.people["centre"], reason="凭证 1 号")


@pytest.mark.rule("Z-SUB-4")
def test_an_ordinary_subsidy_keeps_a_case_from_the_fund_for_good(world):
    case = world.case(None)
    record_ordinary_subsidy(case_id=case.pk, by=world.people["centre"], reason="2022年2月发放，凭证 1 号")
    with pytest.raises(Refused, match="不得重复发放"):
        mark(world, case)
    with pytest.raises(Refused, match="已登记"):
        record_ordinary_subsidy(case_id=case.pk, by=world.people["centre"], reason="再次")


@pytest.mark.rule("Z-CASE-3")
def test_only_what_the_plan_leaves_open_is_decided_by_the_leader(world):
    plain, open_case = world.case(None), world.case(None, type="labour_arbitration")
    told = {"is_included": True, "reason": "与诉讼衔接", "document_no": "纪要〔2022〕2号", "by": world.people["leader"]}
    with pytest.raises(Refused, match="不需要局里决定"):
        decide_scope(case_id=plain.pk, **told)
    with pytest.raises(Refused, match="没有填写会议纪要"):
        decide_scope(case_id=open_case.pk, **told | {"document_no": " "})
    with pytest.raises(Refused, match="权限"):
        decide_scope(case_id=open_case.pk, **told | {"by": world.people["director"]})
    with pytest.raises(Refused, match="需局里决定"):
        mark(world, open_case)
    decide_scope(case_id=open_case.pk, **told)
    assert mark(world, open_case).state == "proposed"
    with pytest.raises(Refused, match="已经决定纳入"):
        decide_scope(case_id=open_case.pk, **told)


def test_the_account_of_a_firm_stands_on_two_people_and_its_paper(world):
    firm = world.new_firm("第三虚构律师事务所", account=False)
    told = {"organization_id": firm.pk, "holder": firm.name, "bank_name": "示例银行", "account_no": "6222 0000 0000 1"}
    with pytest.raises(Refused, match="没有上传机构盖章"):
        propose_organization_account(**told, by=world.people["section"])
    upload = SimpleUploadedFile("确认书.pdf", PICTURE)
    account = propose_organization_account(**told, by=world.people["section"], upload=upload)
    world.post(world.people["section"], "leader")
    with pytest.raises(Refused, match="不能审定自己登记"):
        decide_organization_account(account_id=account.pk, accept=True, by=world.people["section"])
    decide_organization_account(account_id=account.pk, accept=True, by=world.people["leader"])
    assert firm.accounts.in_use().get().account_no == "6222000000001"
    upload = SimpleUploadedFile("确认书.pdf", BytesIO(PICTURE).read())
    other = propose_organization_account(**told | {"account_no": "62220000000099"}, by=world.people["section"], upload=upload)
    decide_organization_account(account_id=other.pk, accept=True, by=world.people["leader"])
    assert [each.state for each in firm.accounts.order_by("pk")] == ["replaced", "confirmed"]


# -- the sheet of cases


@pytest.fixture
def bring(world):
    from desk.services.importing import import_workbook, take_back
    from tests.desk.test_import_errors import CASE, workbook

    def bring(*rows):
        content = workbook(法律援助案件=[CASE | row for row in rows])
        return import_workbook(content=content, name="案件.xlsx", county=world.county, by=world.people["section"])

    bring.take_back = lambda batch: take_back(batch=batch, by=world.people["section"], reason="导错了")
    return bring


WHOLE = {
    "主要群体": "农民工", "经济困难审查": "个人诚信承诺", "批准日期": "2022-03-03", "结案日期": "2022-03-20", "归档日期": "2022-03-22",
    "质量核验日期": "2022-03-25", "质量等次": "良好", "省系统案号": "SX1", "省系统录入日期": "2022-03-21",
    "标注日期": "2022-03-28", "当地补贴标准": 1300, "承办机构": "虚构律师事务所",
}  # fmt: skip


def tally(outcome):
    assert not outcome.errors, outcome.errors
    each = outcome.tallies["法律援助案件"]
    return each.added, each.changed, each.same


@pytest.mark.rule("Z-SUB-2")
def test_the_sheet_tells_the_mark_and_a_second_time_adds_nothing(world, bring):
    assert tally(bring(WHOLE)) == (1, 0, 0)
    (case,) = judge_cases(county=world.county, year=2022)
    assert (case.special, case.operating) == (1000, 300)
    assert tally(bring(WHOLE)) == (0, 0, 1)
    assert tally(bring(WHOLE | {"标注日期": "2022-03-29"})) == (0, 1, 0)
    assert CaseMark.objects.get().marked_on == date(2022, 3, 29)
    changed = bring(WHOLE | {"标注日期": "2022-03-30", "质量等次": "合格"})
    assert tally(changed) == (0, 1, 0) and changed.changed_rows == ["法律援助案件第 2 行：演示001"]


def test_an_import_is_taken_back_with_its_marks(world, bring):
    bring(WHOLE)
    outcome = bring(WHOLE | {"已发普通补贴": "是"})
    assert CaseMark.objects.get().is_ordinary_subsidy_paid
    bring.take_back(outcome.batch)
    assert not CaseMark.objects.get().is_ordinary_subsidy_paid
    first = bring({**WHOLE, "案件编号": "演示002"})
    bring.take_back(first.batch)
    assert not AidCase.objects.filter(number="演示002").exists()


def test_a_listed_case_is_not_told_otherwise_by_a_sheet(world, bring):
    bring(WHOLE)
    world.list_to("submitted")
    outcome = bring(WHOLE | {"当地补贴标准": 1500})
    assert ["已列入签报的案件补贴季表" in str(problem) for problem in outcome.errors] == [True]
    for told in (
        {"质量等次": "不合格"},
        {"批准日期": "2021-09-30"},
        {"省系统案号": "SX2"},
        {"标注日期": "2022-03-29", "案由": "别的"},
    ):
        outcome = bring(WHOLE | told)
        assert ["已列入签报的案件补贴季表" in str(problem) for problem in outcome.errors] == [True], told
    assert tally(bring(WHOLE)) == (0, 0, 1)
    assert world.the_list().claims.get().case.quality_grade == "good"


def test_a_case_that_is_handled_here_is_not_told_otherwise_by_a_sheet(world, bring):
    later = dict.fromkeys(("approved_on", "concluded_on", "archived_on", "quality_verified_on", "provincial_entered_on"))
    with transaction.atomic():
        case = world.case(None, number="演示001", is_history=False, state="received", quality_grade="", provincial_no="", **later)
        CaseEvent.objects.create(case=case, step="receive", words="接收申请", from_state="", to_state="received", day=case.received_on,
                                 by=world.people["centre"], at=clock.now())  # fmt: skip
        audit.record(by=world.people["centre"], action="legalaid.handle_case", on=case)
    outcome = bring(WHOLE | {"标注日期": "", "省系统案号": "SX9"})
    assert ["本案在本系统办理" in str(problem) for problem in outcome.errors] == [True]
    case.refresh_from_db()
    assert (case.state, case.provincial_no, case.recipient) == ("received", "", "受援人001")
