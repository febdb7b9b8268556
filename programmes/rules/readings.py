"""Our readings of unclear sentences, D1 to D41 (domain.md §8): the question, and the answers the program knows.

A reading with one answer is fixed: the program does nothing else (yet), and a file that says otherwise is refused.
The plan file holds the answer a county works with, the clause it reads and why.
"""

from dataclasses import dataclass, field

from programmes.rules.terms import BOOL, INT, SHARE, TEXT


@dataclass(frozen=True)
class Reading:
    """One question about the plan's text, and the words an answer may be."""

    code: str
    question: str
    part: str
    kind: str = TEXT
    answers: dict[str, str] = field(default_factory=dict)
    units: tuple[str, ...] = ("",)


def yes_or_no(code: str, question: str, part: str, yes: str = "", no: str = "") -> Reading:
    """A reading answered by true or false; an answer left empty is one the program does not know."""
    answers = {"true": yes, "false": no}
    return Reading(code, question, part, BOOL, {value: words for value, words in answers.items() if words})


READINGS = (
    Reading("D1", "扣减的下限", "duty", answers={"shift": "每个班次最多扣到零"}),
    Reading(
        "D2",
        "脱岗三次按什么合计",
        "duty",
        answers={"person": "按人，在全县各站点合计", "person_station": "按人、按站点分别计"},
    ),
    Reading("D3", "脱岗三次的“一个月”", "duty", answers={"natural_month": "值班日期所在的自然月"}),
    yes_or_no("D4", "不在岗是否计入脱岗次数", "duty", yes="计入", no="不计入，另列由人工研究"),
    Reading("D5", "记录缺项的“一次”", "duty", answers={"record": "一份咨询记录一次核查计一次"}),
    yes_or_no("D6", "同一次服务既不满意又被投诉", "duty", yes="同一次服务只扣一次", no="两项各扣一次"),
    yes_or_no("D7", "当月不予发放是否包括案件补贴", "duty", no="不包括，只及值班补贴"),
    Reading("D8", "同一人一天多个班次", "duty", answers={"warn": "跨站点提示，同一站点不许"}),
    yes_or_no("D9", "值班时间是否含午休", "duty", yes="含午休", no="不含午休"),
    Reading("D10", "一周从哪天算起", "duty", answers={"monday": "星期一"}),
    yes_or_no("D11", "全周无工作日是否须安排乡镇值班", "duty", yes="该周免排"),
    yes_or_no("D12", "“2021年10月1日之后”是否含当日", "cases", yes="含当日"),
    Reading(
        "D13",
        "通知类案件的批准日期",
        "cases",
        answers={"notice_accepted": "受理通知之日"},
    ),
    Reading("D14", "“办结”的日期", "cases", answers={"concluded": "结案日"}),
    Reading(
        "D15",
        "仲裁、非诉讼、行政案件是否纳入",
        "cases",
        answers={"civil_and_criminal": "只纳入民事诉讼代理、刑事诉讼代理和刑事辩护"},
    ),
    Reading(
        "D16",
        "法律援助法24、28、33条的案件",
        "cases",
        answers={"bureau_decides": "须由县局研究决定"},
    ),
    Reading(
        "D17",
        "前135件的先后顺序",
        "cases",
        answers={"marked": "按标注日期、结案日期、案件编号"},
    ),
    yes_or_no("D18", "当地标准低于1000元", "cases", yes="按1000元补贴"),
    Reading(
        "D19",
        "案件补贴发给谁",
        "cases",
        answers={"institution": "有所的发给律师事务所或法律服务所"},
    ),
    Reading(
        "D20",
        "哪些评价算满意",
        "duty",
        answers={"not_dissatisfied": "不满意以外都算"},
    ),
    yes_or_no("D21", "集体咨询是否按人头计人次", "duty", no="一次咨询计一人次"),
    Reading(
        "D22",
        "报送到期日遇休息日",
        "funds",
        answers={"remind_earlier": "提前到之前最后一个工作日提醒，顺延后仍未报才算逾期"},
    ),
    Reading("D23", "法律援助法的“日”", "cases", answers={"calendar_day": "自然日"}),
    Reading(
        "D24",
        "生日当天的年龄",
        "cases",
        answers={"favour_recipient": "六十周岁生日当天算老年人，十八周岁生日当天仍算未成年人"},
    ),
    Reading("D25", "一人属多个群体", "cases", answers={"primary_group": "合计按主要群体，明细另列"}),
    Reading("D26", "发放时评价、投诉、记录、抽查尚未核实", "duty", answers={"pay_then_difference": "按时发放，属实后列差额"}),
    Reading("D27", "公办高校教师是否公职人员", "duty", answers={"bureau_confirms": "由县局逐人确认"}),
    yes_or_no("D28", "值班补贴是否免税", "duty", yes="按免税处理（代扣0元），须向税务机关确认"),
    Reading(
        "D29",
        "“取消当天值班补贴”的范围",
        "duty",
        answers={"day": "本人当天在各站点的全部补贴", "shift": "只取消该班次"},
    ),
    Reading(
        "D30",
        "哪些案件占前135件的名额",
        "cases",
        answers={"special_part": "领取专项资金的案件"},
    ),
    yes_or_no("D31", "“3次以上”是否含三次", "duty", yes="三次以上含三次", no="超过三次"),
    Reading("D32", "迟到、早退的宽限", "duty", INT, units=("分钟",)),
    Reading("D33", "服务时间不足计划的多少为未定", "duty", SHARE),
    yes_or_no("D34", "虚假值班、不在岗尚在核实", "duty", yes="该班次暂不发放，其余照发", no="照发，属实后列差额"),
    Reading(
        "D35",
        "点名抽查发现一直没有到岗",
        "duty",
        answers={"as_recorded": "记为抽查脱岗的计入三次，记为值班日不在岗的不计"},
    ),
    yes_or_no("D36", "脱岗是否吸收同一时段的迟到、早退", "duty", no="不吸收，两款各自认定"),
    Reading(
        "D37",
        "哪些咨询方式计入任务",
        "duty",
        answers={"all_on_duty": "与值班班次相连的各种方式"},
    ),
    yes_or_no("D38", "2021年批准的案件按当时法律立案的是否纳入", "cases", yes="事项相符即纳入"),
    Reading("D39", "法律援助法29条的案件在审判之前", "cases", answers={"bureau_decides": "须由县局研究决定"}),
    Reading(
        "D40",
        "“标注”以什么为准",
        "cases",
        answers={"official_system": "惠民工程管理系统中的标注日期，附截图"},
    ),
    Reading(
        "D41",
        "归档与质量核验的先后",
        "cases",
        answers={"archive_quality_mark": "先归档，再质量核验，再标注"},
    ),
)
