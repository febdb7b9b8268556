"""Every key a plan file may hold: its Chinese name, kind of value, units, and the words a value may be.

A key that is not here is refused by the loader: a value nobody reads would be a silent lie.
`*` in a key stands for a kind of station that the plan pays.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from programmes.rules import readings
from programmes.rules.terms import BOOL, DATE, INT, LIST, SHARE, TEXT, YUAN

STATION_KINDS = {
    "county_centre": "县公共法律服务中心",
    "township_station": "乡镇公共法律服务工作站",
    "court_post": "法院值班律师工作站",
    "procuratorate_post": "检察院值班律师工作站",
    "detention_post": "看守所值班律师工作站",
    "poverty_window": "脱贫攻坚便民法律援助窗口",
    "village_platform": "村便民法律咨询平台",
    "other": "其他站点",
}

UNITS = (
    "", "元/人/天", "元/人次", "元/次", "元/件", "次", "次/月", "小时", "分钟", "年", "周岁", "个工作日", "日", "件", "人次", "%",
    "个", "名",
)  # fmt: skip
DEADLINE_UNITS = {"calendar_day": "日", "working_day": "个工作日", "hour": "小时"}

PARTS = {
    "duty": "值班补贴",
    "cases": "特殊群体法律援助案件",
    "funds": "专项资金",
    "windows": "便民窗口与联络员",
    "duty_lawyers": "值班律师工作站",
    "full_coverage": "刑事辩护全覆盖试点",
    "quality": "质量评估与案例",
    "publicity": "宣传与培训",
    "performance": "绩效管理与信息报送",
}

PERSON_KINDS = {
    "lawyer": "律师",
    "public_lawyer": "公职律师",
    "grassroots_worker": "基层法律服务工作者",
    "retired_politlegal": "政法机关退休人员",
    "law_teacher": "高校法律专业教师",
    "law_student": "高校法律专业学生",
    "agency_staff": "法律援助机构人员",
    "volunteer": "法律援助志愿者",
    "other_non_public": "其他从事法律事务的非公职人员",
}
GROUPS = {
    "migrant_worker": "农民工",
    "farmer": "农民",
    "disabled": "残疾人",
    "elderly": "老年人",
    "minor": "未成年人",
    "woman": "妇女",
    "hardship_employee": "困难职工",
    "military": "军人军属",
    "registered_poor": "建档立卡贫困户",
    "left_behind_woman": "留守妇女",
    "left_behind_child": "留守儿童",
}
CASE_TYPES = {
    "civil_litigation": "民事诉讼代理",
    "criminal_defence": "刑事辩护",
    "criminal_litigation": "刑事诉讼代理",
    "administrative_litigation": "行政诉讼代理",
    "state_compensation": "国家赔偿",
    "non_litigation": "非诉讼代理",
    "labour_arbitration": "劳动仲裁代理",
}
BASES = {
    "laf_29": "法律援助法29条",
    "laf_31": "法律援助法31条",
    "laf_32": "法律援助法32条",
    "shanxi_9": "山西条例9条",
    "shanxi_10": "山西条例10条",
    "cpl_35": "刑诉法35条",
    "cpl_278": "刑诉法278条",
    "laf_25_1": "法律援助法25条1款",
    "laf_25_2": "法律援助法25条2款",
    "full_coverage_2019_8": "晋司办〔2019〕8号",
}
ORGANS = {
    "court": "人民法院",
    "procuratorate": "人民检察院",
    "public_security": "公安机关",
    "state_security": "国家安全机关",
}
STAGES = {
    "investigation": "侦查",
    "prosecution_review": "审查起诉",
    "first_instance": "一审",
    "second_instance": "二审",
    "retrial": "再审",
    "death_review": "死刑复核",
    "arbitration": "仲裁",
    "mediation": "调解",
    "reconsideration": "复议",
    "enforcement": "执行",
    "other": "其他",
}
PROCEDURES = {"ordinary": "普通程序", "summary": "简易程序", "fast_track": "速裁程序"}
FREQUENCIES = {"workday": "每个工作日", "weekly": "每周一次"}
FUND_USES = {"duty_pay": "值班补贴", "case_subsidy": "案件补贴"}
MATTERS = {
    "land_acquisition": "征地拆迁",
    "land_rights": "土地权属",
    "family": "婚姻家庭",
    "schooling": "入学教育",
    "medical": "就医医疗",
    "social_security": "社会保障",
}
PRIORITIES = {
    "reception": "优先接待",
    "acceptance": "优先受理",
    "assignment": "优先指派",
    "handling": "优先承办",
    "follow_up": "优先回访",
}
REPORTS = {
    "monthly_bulletin": "月通报",
    "quarterly_dispatch": "季调度",
    "half_year_summary": "半年小结",
    "annual_ranking": "年度总结评比",
    "urgent_report": "特殊情况随时专报",
}
ASSESSMENTS = {"self": "自我评估", "verification": "查访核验", "group": "考评组考评"}
VERIFICATIONS = {"field_visit": "实地考察", "special_check": "专项检查", "sample_survey": "抽样调查"}


@dataclass(frozen=True)
class Key:
    """What one key means. `choices` are the only words a text or list may hold."""

    label: str
    kind: str
    units: tuple[str, ...] = ("",)
    part: str = ""
    choices: dict[str, str] = field(default_factory=dict)
    is_required: bool = True


KEYS: dict[str, Key] = {
    # 值班
    "duty.rate.*": Key("值班补贴标准", YUAN, ("元/人/天", "元/人次"), "duty"),
    "duty.deduction.record_defect": Key("服务记录缺项、不规范", YUAN, ("元/次",), "duty"),
    "duty.deduction.late": Key("迟到", YUAN, ("元/次",), "duty"),
    "duty.deduction.early_leave": Key("早退", YUAN, ("元/次",), "duty"),
    "duty.deduction.dissatisfied": Key("服务对象不满意", YUAN, ("元/次",), "duty"),
    "duty.deduction.complaint": Key("被投诉", YUAN, ("元/次",), "duty"),
    "duty.deduction.absence.*": Key("点名抽查无正当理由脱岗", YUAN, ("元/次",), "duty"),
    "duty.month_void.absences": Key("当月不予发放的脱岗次数", INT, ("次",), "duty"),
    "duty.cancelled_day": Key("不在岗、虚假值班取消当天补贴", BOOL, ("",), "duty"),
    "duty.public_servant": Key("公职人员值班不发补贴", BOOL, ("",), "duty"),
    "duty.person_kinds": Key("可以值班的人员", LIST, ("",), "duty", PERSON_KINDS),
    "duty.retiree_min_years": Key("政法机关退休人员从业年限", INT, ("年",), "duty"),
    "duty.min_hours.*": Key("每次值班最少时间", INT, ("小时",), "duty"),
    "duty.frequency.*": Key("值班频次", TEXT, ("",), "duty", FREQUENCIES),
    "duty.min_times_per_month.township_station": Key("乡镇每月最少排班", INT, ("次/月",), "duty", {}, False),
    "duty.focus_matters": Key("重点普法问题", LIST, ("",), "duty", MATTERS, False),
    "consultation.total": Key("全年免费法律咨询", INT, ("人次",), "duty"),
    # 专项资金
    "fund.special_uses": Key("省级专项资金用途", LIST, ("",), "funds", FUND_USES),
    "fund.forward_working_days": Key("县财政拨付期限", INT, ("个工作日",), "funds"),
    "fund.report_days": Key("季度资金使用情况报送期限", INT, ("日",), "funds"),
    # 案件
    "case.total": Key("全年特殊群体法律援助案件", INT, ("件",), "cases"),
    "case.subsidy.special": Key("专项资金案件补贴", YUAN, ("元/件",), "cases"),
    "case.window.approved_from": Key("批准起始日", DATE, ("",), "cases"),
    "case.window.concluded_from": Key("办结起始日", DATE, ("",), "cases"),
    "case.window.concluded_to": Key("办结截止日", DATE, ("",), "cases"),
    "case.elder_age": Key("老年人年龄", INT, ("周岁",), "cases"),
    "case.groups": Key("特殊群体", LIST, ("",), "cases", GROUPS),
    "case.types": Key("纳入的案件类型", LIST, ("",), "cases", CASE_TYPES),
    "case.bases": Key("申请案件的依据", LIST, ("",), "cases", BASES),
    "case.mandatory_notice.bases": Key("应当通知辩护的依据", LIST, ("",), "cases", BASES),
    "case.mandatory_notice.organs": Key("应当通知辩护的机关", LIST, ("",), "cases", ORGANS),
    "case.mandatory_notice.stages": Key("应当通知辩护的阶段", LIST, ("",), "cases", STAGES),
    "case.optional_notice.bases": Key("律师辩护全覆盖的依据", LIST, ("",), "cases", BASES),
    "case.optional_notice.organs": Key("律师辩护全覆盖的通知机关", LIST, ("",), "cases", ORGANS),
    "case.optional_notice.stages": Key("律师辩护全覆盖的阶段", LIST, ("",), "cases", STAGES),
    "case.optional_notice.procedures": Key("律师辩护全覆盖的审理程序", LIST, ("",), "cases", PROCEDURES),
    "case.entry_is_sole_basis": Key("省系统录入为唯一依据", BOOL, ("",), "cases"),
    "case.no_double_payment": Key("不得与法律援助补贴重复发放", BOOL, ("",), "cases"),
    # 吉林：窗口、联络员、调研
    "window.new_counties": Key("当年建成便民窗口的贫困县", LIST, ("",), "windows"),
    "window.official_name": Key("窗口名称", TEXT, ("",), "windows"),
    "window.alias": Key("窗口的另一写法", TEXT, ("",), "windows", {}, False),
    "indicator.windows_new": Key("当年建成便民窗口", INT, ("个",), "windows"),
    "indicator.windows_kept": Key("上年建成继续运行的窗口", INT, ("个",), "windows"),
    "indicator.liaisons": Key("配备联络员的贫困村", INT, ("个",), "windows"),
    "indicator.platforms_kept": Key("上年建成的便民咨询平台", INT, ("个",), "windows"),
    "liaison.per_village": Key("每个贫困村联络员", INT, ("名",), "windows"),
    "liaison.posting_days": Key("联络员名单公示期限", INT, ("日",), "windows", {}, False),
    "due.liaison_list": Key("贫困县、村和联络员名单明确", DATE, ("",), "windows"),
    "due.needs_survey": Key("法律援助需求摸底调研完成", DATE, ("",), "windows"),
    "aid.groups": Key("重点人群", LIST, ("",), "windows", GROUPS),
    "aid.exempt_groups": Key("免予经济困难审查的人群", LIST, ("",), "windows", GROUPS),
    "aid.priorities": Key("五优先", LIST, ("",), "windows", PRIORITIES),
    # 吉林：刑事
    "duty_lawyer.post_kinds": Key("值班律师工作站", LIST, ("",), "duty_lawyers", STATION_KINDS),
    "pilot.areas": Key("刑事案件律师辩护全覆盖试点地区", LIST, ("",), "full_coverage"),
    "pilot.starts_on": Key("试点开始日期", DATE, ("",), "full_coverage"),
    # 吉林：质量、宣传、经费、绩效
    "volunteer.kinds": Key("参与法律援助的社会力量", LIST, ("",), "quality", PERSON_KINDS),
    "quality.evaluations_per_year": Key("每市（州）每年质量评估", INT, ("次",), "quality"),
    "due.budget_inclusion": Key("业务经费纳入同级财政预算", DATE, ("",), "publicity"),
    "due.implementation_report": Key("落实情况报送", DATE, ("",), "performance"),
    "performance.assessments": Key("考评方式", LIST, ("",), "performance", ASSESSMENTS),
    "performance.verifications": Key("查访核验方式", LIST, ("",), "performance", VERIFICATIONS),
    "performance.reports": Key("信息报送", LIST, ("",), "performance", REPORTS),
}
KEYS |= {
    f"reading.{reading.code}": Key(reading.question, reading.kind, reading.units, reading.part, reading.answers)
    for reading in readings.READINGS
}

# The same number may stand in two places of a file; it must be the same number.
EQUAL_DEADLINES = {"fund.forward_working_days": "fund_forward", "fund.report_days": "fund_report"}


def spec_of(key: str) -> Key | None:
    """The description of a key, also of one that ends in a kind of station; None when nobody knows it."""
    if key in KEYS:
        return KEYS[key]
    head, _, kind = key.rpartition(".")
    return KEYS.get(f"{head}.*") if kind in STATION_KINDS else None


def label_of(key: str) -> str:
    """The Chinese name of a key: 值班补贴标准（乡镇公共法律服务工作站）."""
    spec = spec_of(key)
    if spec is None:
        return key
    kind = key.rpartition(".")[2]
    return f"{spec.label}（{STATION_KINDS[kind]}）" if f"{key.rpartition('.')[0]}.*" in KEYS else spec.label


def shown_value(key: str, value) -> str:
    """A typed value in the words of a page: 1,000.00 · 95 · 是 · 2021年10月1日 · 律师、…"""
    spec = spec_of(key)
    words = spec.choices if spec else {}
    if isinstance(value, bool):
        return words.get("true" if value else "false") or ("是" if value else "否")
    if isinstance(value, tuple):
        return "、".join(words.get(word) or word for word in value)
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, Decimal):
        return f"{value:,}"
    return words.get(str(value), str(value))


def required_keys(parts: list[str], pays: list[str]) -> set[str]:
    """The keys a plan with these parts must hold, station kinds filled in."""
    found: set[str] = set()
    for key, spec in KEYS.items():
        if spec.is_required and spec.part in parts:
            found |= {key.replace("*", kind) for kind in pays} if "*" in key else {key}
    return found


__all__ = ["BOOL", "DATE", "INT", "LIST", "SHARE", "TEXT", "YUAN", "Key", "label_of", "required_keys", "shown_value", "spec_of"]
