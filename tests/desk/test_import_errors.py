"""What is wrong with a workbook is said at once, cell by cell, in words; and nothing of it is written."""

from io import BytesIO

import openpyxl
import pytest
from django.db import IntegrityError

from consultations.models import Attendance, Consultation, Finding, Shift
from desk.services.importing import NotConfirmable, confirm_batch, in_words, preview_workbook, take_back
from legalaid.models import AidCase
from organizations.models import BankAccount, Practitioner
from programmes.models import Month
from records.models import ImportBatch
from subsidies.models import FundMovement, LedgerEntry

PERSON = {
    "姓名": "赵示例",
    "身份证号": "14052519600101001X",
    "人员类别": "律师",
    "开户行": "示例银行",
    "银行账号": "6222000000000000123",
}
SHIFT = {"日期": "2022-03-01", "站点": "巴公镇", "值班人员": "赵示例", "开始时间": "8:30", "结束时间": "12:30"}
SEEN = {"日期": "2022-03-01", "站点": "巴公镇", "值班人员": "赵示例", "签到时间": "8:30", "签退时间": "12:30"}
FOUND = {"日期": "2022-03-01", "站点": "巴公镇", "值班人员": "赵示例", "情形": "抽查脱岗", "核实结果": "属实"}
RECORD = {"登记编号": "演示1", "日期": "2022-03-01", "站点": "巴公镇", "值班人员": "赵示例", "时间": "9:10", "咨询方式": "来访",
          "咨询人": "匿名", "咨询类别": "婚姻家庭", "咨询内容": "想了解离婚以后的抚养费问题", "答复意见": "说明了法律规定和办理步骤",
          "处理方式": "当场解答"}  # fmt: skip
MONEY = {"日期": "2022-03-01", "资金来源": "省级专项资金", "类型": "拨付司法局", "金额": 1000, "文号": "演示1号"}
CASE = {"案件编号": "演示001", "受援人": "受援人甲", "身份证号": "140525198506150025", "主要群体": "妇女", "案件类型": "民事诉讼代理",
        "案件来源": "申请", "办理阶段": "一审", "案由": "离婚纠纷", "惠民工程依据": "法律援助法31条", "经济困难审查": "免予核查",
        "申请或通知日期": "2022-03-01"}  # fmt: skip


def workbook(**sheets):
    """An .xlsx file: sheet name → rows as dicts. The first row's keys are the headers."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        headers = list(dict.fromkeys(key for row in rows for key in row))
        sheet.append(headers)
        for row in rows:
            sheet.append([row.get(header) for header in headers])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def complaints(outcome):
    return [(problem.sheet, problem.row, problem.header, problem.message) for problem in outcome.errors]


NOBODY = {"值班人员": [PERSON]}
CASES = [
    pytest.param({"值班人员": [PERSON | {"身份证号": "140525196001010011"}]}, "身份证号", "校验", id="check digit"),
    pytest.param({"值班人员": [PERSON | {"身份证号": 140525196001010011}]}, "身份证号", "文本", id="number that Excel has rounded"),
    pytest.param({"值班人员": [PERSON | {"姓名": None}]}, "姓名", "必须填写", id="blank name"),
    pytest.param({"值班人员": [PERSON | {"人员类别": "法官"}]}, "人员类别", "不认识", id="unknown kind"),
    pytest.param({"值班人员": [PERSON | {"人员类别": "公职律师", "是否公职人员": "否"}]}, "是否公职人员", "公职律师", id="public lawyer who is not"),
    pytest.param({"值班人员": [PERSON | {"人员类别": "政法机关退休人员", "从业年限": 4}]}, "从业年限", "5 年", id="four years of service"),
    pytest.param({"值班人员": [PERSON | {"人员类别": "高校法律专业学生"}]}, "法律职业资格证号", "资格考试", id="student without certificate"),
    pytest.param({"值班人员": [PERSON | {"银行账号": "62-2"}]}, "银行账号", "8 至 30 位", id="account of letters"),
    pytest.param({"值班人员": [PERSON | {"开户行": None}]}, "开户行", "开户行", id="account without bank"),
    pytest.param({"值班人员": [PERSON, PERSON]}, "", "重复", id="the same person twice"),
    pytest.param({"值班人员": [PERSON | {"姓名": "=1+1"}]}, "姓名", "公式", id="formula"),
    pytest.param({"排班": [SHIFT]}, "值班人员", "没有这个人", id="unknown person"),
    pytest.param(NOBODY | {"排班": [SHIFT | {"站点": "不存在镇"}]}, "站点", "没有这个站点", id="unknown station"),
    pytest.param(NOBODY | {"排班": [SHIFT | {"结束时间": "8:00"}]}, "结束时间", "不晚于", id="ends before it starts"),
    pytest.param(NOBODY | {"排班": [SHIFT | {"结束时间": "12:00"}]}, "调整原因", "不足 4 小时", id="too short without reason"),
    pytest.param(NOBODY | {"排班": [SHIFT | {"日期": "2031-03-03"}]}, "日期", "日历", id="beyond the calendar"),
    pytest.param(NOBODY | {"排班": [SHIFT | {"日期": "3月1日"}]}, "日期", "年份", id="day without year"),
    pytest.param(NOBODY | {"排班": [SHIFT | {"站点": "县中心", "日期": "2022-03-05", "开始时间": "8:00", "结束时间": "18:00", "午休分钟": 120}]}, "调整原因", "工作日", id="centre on a Saturday"),
    pytest.param(NOBODY | {"排班": [SHIFT, SHIFT | {"站点": "高都镇"}]}, "开始时间", "两个站点", id="two places at once"),
    pytest.param(NOBODY | {"排班": [SHIFT, SHIFT]}, "", "重复", id="the same shift twice"),
    pytest.param({"值班人员": [PERSON | {"入库日期": "2022-04-01"}], "排班": [SHIFT]}, "值班人员", "不在值班人员库", id="before admission"),
    pytest.param(NOBODY | {"考勤": [SEEN]}, "", "没有对应的班次", id="attendance without shift"),
    pytest.param(NOBODY | {"排班": [SHIFT], "考勤": [SEEN | {"签退时间": "8:00"}]}, "签退时间", "早于签到", id="leaves before coming"),
    pytest.param(NOBODY | {"排班": [SHIFT], "考勤": [SEEN | {"签到时间": "25:00"}]}, "签到时间", "", id="no such time"),
    pytest.param(NOBODY | {"排班": [SHIFT], "考勤": [SEEN | {"免予扣减": "是"}]}, "说明", "理由", id="waiver without reason"),
    pytest.param(NOBODY | {"排班": [SHIFT], "考勤": [SEEN | {"免予扣减": "对"}]}, "免予扣减", "是", id="neither yes nor no"),
    pytest.param(NOBODY | {"排班": [SHIFT], "考核": [FOUND | {"次数": 0}]}, "次数", "1 至", id="count under one"),
    pytest.param(NOBODY | {"排班": [SHIFT], "考核": [FOUND | {"核实结果": "也许"}]}, "核实结果", "不认识", id="unknown verdict"),
    pytest.param(NOBODY | {"排班": [SHIFT], "考核": [FOUND, FOUND]}, "", "重复", id="one fact twice"),
    pytest.param(NOBODY | {"考核": [FOUND]}, "", "没有对应的班次", id="finding without shift"),
    pytest.param(NOBODY | {"咨询登记": [RECORD | {"咨询方式": "心灵感应"}]}, "咨询方式", "不认识", id="unknown channel"),
    pytest.param(NOBODY | {"咨询登记": [RECORD, RECORD]}, "", "重复", id="one number twice"),
    pytest.param({"资金": [MONEY | {"金额": -5}]}, "金额", "负", id="negative money"),
    pytest.param({"资金": [MONEY | {"金额": "10.005"}]}, "金额", "", id="a third decimal"),
    pytest.param({"资金": [MONEY | {"金额": 0}]}, "金额", "大于 0", id="no money"),
    pytest.param({"资金": [MONEY | {"类型": "缴回"}]}, "金额", "余额", id="more handed back than there is"),
    pytest.param({"法律援助案件": [CASE | {"办理阶段": "梦中"}]}, "办理阶段", "不认识", id="unknown stage"),
    pytest.param({"法律援助案件": [CASE, CASE]}, "", "重复", id="one case twice"),
    pytest.param({"工资表": [PERSON]}, "", "没有“工资表”这种工作表", id="unknown sheet"),
    pytest.param({"值班人员": [PERSON | {"爱好": "下棋"}]}, "爱好", "没有“爱好”这一列", id="unknown column"),
    pytest.param({"值班人员": [{"姓名": "赵示例"}]}, "", "缺少必需的列", id="missing column"),
]  # fmt: skip


@pytest.mark.parametrize(("sheets", "header", "words"), CASES)
def test_a_wrong_cell_is_named_and_nothing_is_written(bring_in, sheets, header, words):
    outcome = bring_in(workbook(**sheets))
    assert any(problem.header == header and words in problem.message for problem in outcome.errors), complaints(outcome)
    assert outcome.batch is None
    models = (Practitioner, Shift, Attendance, Finding, Consultation, AidCase, FundMovement, ImportBatch)
    assert [model.__name__ for model in models if model.objects.exists()] == []


def test_every_problem_of_a_file_is_told_at_once_with_its_row(bring_in):
    outcome = bring_in(workbook(**{"值班人员": [PERSON | {"人员类别": "法官", "身份证号": "1"}, PERSON | {"姓名": None}]}))
    assert [(row, header) for _sheet, row, header, _words in complaints(outcome)] == [
        (2, "身份证号"),
        (2, "人员类别"),
        (3, "姓名"),
    ]


def test_a_personal_number_in_an_error_is_masked(bring_in):
    outcome = bring_in(workbook(**{"值班人员": [PERSON | {"身份证号": "140525196001010011"}]}))
    assert outcome.errors[0].value == "140***********0011"
    assert "140525196001010011" not in str(outcome.errors[0])


def test_two_people_of_one_name_are_told_apart_by_their_number(bring_in):
    other = PERSON | {"身份证号": "140525198506150025", "银行账号": "6222000000000000999"}
    without = bring_in(workbook(**{"值班人员": [PERSON, other], "排班": [SHIFT]}))
    assert [problem.header for problem in without.errors] == ["身份证号"]
    assert bring_in(workbook(**{"值班人员": [PERSON, other], "排班": [SHIFT | {"身份证号": "140525198506150025"}]})).is_good
    assert Shift.objects.get().practitioner.id_number == "140525198506150025"


def test_a_changed_row_updates_while_its_month_is_open_and_is_an_error_once_it_is_closed(bring_in, county, login):
    bring_in(workbook(**NOBODY, 排班=[SHIFT], 考勤=[SEEN]))
    changed = workbook(考勤=[SEEN | {"签退时间": "12:00"}])
    assert bring_in(changed).changed_rows == ["考勤第 2 行：2022-03-01 巴公镇公共法律服务工作站 赵示例"]
    month = Month.objects.get(county=county)
    month.state, month.closed_by, month.closed_at = "closed", login("leader"), "2022-04-12T00:00:00Z"
    month.save()
    refused = bring_in(workbook(考勤=[SEEN]))
    assert [problem.header for problem in refused.errors] == ["日期"] and "已结账" in refused.errors[0].message
    assert bring_in(changed).is_good  # equal cells add nothing, also then


def test_a_changed_account_waits_for_a_second_person(bring_in):
    bring_in(workbook(**NOBODY))
    bring_in(workbook(值班人员=[PERSON | {"银行账号": "6222000000000000777"}]))
    assert set(BankAccount.objects.values_list("state", "is_first")) == {("confirmed", True), ("proposed", False)}


def test_arrival_moves_no_balance_and_forwarding_does(bring_in):
    outcome = bring_in(
        workbook(
            资金=[
                MONEY | {"类型": "市财政到账"},
                MONEY | {"日期": "2022-03-04"},
                MONEY | {"日期": "2022-03-05", "类型": "退回", "金额": 50},
            ]
        )
    )
    assert outcome.is_good
    arrival = FundMovement.objects.get(kind="arrived")
    assert str(arrival.forward_due_on) == "2022-03-08"
    assert [str(entry.balance) for entry in LedgerEntry.objects.order_by("sequence")] == ["1000.00", "1050.00"]


def test_a_group_that_the_number_contradicts_is_a_warning_only(bring_in):
    outcome = bring_in(workbook(法律援助案件=[CASE | {"身份证号": "14052519600101001X", "主要群体": "未成年人"}]))
    assert outcome.is_good and len(outcome.warnings) == 1
    assert AidCase.objects.get().primary_group == "minor"


def test_nobody_attests_rows_by_a_signed_sheet_who_may_not_receive_a_month(bring_in):
    with pytest.raises(NotConfirmable):
        bring_in(workbook(**NOBODY), by="clerk", confirmed_paper="审1号")


def test_a_batch_is_previewed_confirmed_and_taken_back_whole(county, login):
    content = workbook(**NOBODY, 排班=[SHIFT], 考勤=[SEEN], 考核=[FOUND], 咨询登记=[RECORD])
    upload = BytesIO(content)
    upload.name = "三月.xlsx"
    batch, outcome = preview_workbook(upload=upload, county=county, by=login("section"))
    assert outcome.is_good and not Shift.objects.exists()
    confirm_batch(batch=batch, by=login("section"))
    assert (Shift.objects.count(), Finding.objects.count(), Consultation.objects.count()) == (1, 1, 1)
    batch.refresh_from_db()
    take_back(batch=batch, by=login("section"), reason="传错了月份")
    models = (Practitioner, Shift, Attendance, Finding, Consultation)
    assert [model.__name__ for model in models if model.objects.exists()] == []
    batch.refresh_from_db()
    assert batch.state == "undone"


def test_what_only_the_database_knows_is_told_in_chinese():
    assert (
        in_words(IntegrityError("月份已结账，班次不能新增、修改或删除\nCONTEXT:  PL/pgSQL"))
        == "月份已结账，班次不能新增、修改或删除"
    )
    told = in_words(IntegrityError('duplicate key value violates unique constraint "shift_once"\nDETAIL:  Key (id)=(14052)'))
    assert "有人改动了" in told and "Key" not in told
