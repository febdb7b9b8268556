"""The sentences of a report that its figures write: the same on the page and in the letter. F18, F25.

Public information is told under the rule of small numbers; reports inside the administration tell every number.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from common.money import yuan
from performance.exports.progress_table import percent
from performance.rules.kinds import HALF_YEAR, INFORMATION, MONTH, QUARTER, URGENT, YEAR
from performance.rules.small_numbers import PublicTable, public_table, told

NUMERALS = "一二三四五六七八九十"
MOST_MATTERS = 5
PERIOD_WORDS = {MONTH: "本月", QUARTER: "本季度", HALF_YEAR: "上半年", YEAR: "全年", URGENT: "当日", INFORMATION: "本期"}


@dataclass(frozen=True)
class Part:
    """One part of the report: its heading, its paragraphs, perhaps a table (heads, rows); who wrote it."""

    heading: str
    paragraphs: list[str]
    tables: list[tuple] = field(default_factory=list)
    is_written: bool = False


def parts_of(report) -> list[Part]:
    """The report's parts in order: what the figures say, then what a person wrote."""
    document = report.figures
    if report.kind == INFORMATION:
        found = [public_fund(document), public_consultations(document), public_cases(document), public_quality(document)]
    elif report.kind == URGENT:
        found = []
    else:
        words = PERIOD_WORDS[report.kind]
        found = [targets(document, words), service(document, words), duty(document, words), rectification(document, words)]
    written = [Part(section.heading, text.splitlines(), is_written=True) for section, text in report.sections if text]
    return [*found, *written]


def day_words(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"


def faster(points: str | None) -> str:
    if points is None:
        return ""
    value = Decimal(points)
    return f"，{'快' if value > 0 else '慢'}于时间进度{abs(value)}个百分点" if value else "，与时间进度持平"


def targets(document, words) -> Part:
    total, time, cases = document["total"], document["time"], document["cases"]
    first = (
        f"截至{day_words(document['until'])}，全年{time['whole']}个工作日已过{time['passed']}个，时间进度{time['percent']}%。"
        f"免费法律咨询全年目标{total['target']:,}人次，{words}完成{total['in_period']:,}人次，累计完成{total['done']:,}人次，"
        f"完成率{percent(total['percent'])}{faster(total['pace'])}。"
    )
    ranked = sorted((row for row in document["stations"] if row["rank"]), key=lambda row: row["rank"])
    behind = [row for row in reversed(ranked) if row["pace"] is not None and Decimal(row["pace"]) < 0]
    second = ""
    if ranked:
        second = f"进度靠前的单位：{'、'.join(named(row) for row in ranked[:3])}。"
        second += f"慢于时间进度的单位有{len(behind)}个" if behind else "各单位都不慢于时间进度"
        second += f"，最慢的是：{'、'.join(named(row) for row in behind[:3])}。" if behind else "。"
    third = (
        f"特殊群体法律援助案件全年目标{cases['target']}件，{words}受理{cases['period']['received']}件、办结{cases['period']['concluded']}件；"
        f"累计办结{cases['concluded_in_year']}件，已录入省系统{cases['entered_in_year']}件，计入任务{cases['counted']}件，完成率{percent(cases['percent'])}。"
    )
    return Part("目标任务完成情况", [each for each in (first, second, third) if each])


def named(row) -> str:
    return f"{row['short_name']}（{percent(row['percent'])}）"


def service(document, words) -> Part:
    total, served, quality = document["total"], document["consultations"], document["quality"]
    matters = served["matters"][:MOST_MATTERS]
    first = f"{words}咨询较多的事项：{'、'.join(f'{label}{count:,}人次' for label, _code, count in matters)}。" if matters else ""
    if first:
        first += f"五类重点咨询（方案四（一）4）：{'、'.join(f'{area}{count:,}人次' for area, count in served['focus'])}。"
    below = [
        row
        for row in document["stations"]
        if row["satisfaction"] is not None and Decimal(row["satisfaction"]) < row["satisfaction_target"]
    ]
    second = f"累计满意度{percent(total['satisfaction'])}（目标95%），按严口径（非常满意、满意）{percent(total['strict'])}，评价率{percent(total['response'])}。"
    second += (
        f"满意度低于95%的单位：{'、'.join(row['short_name'] + percent(row['satisfaction']) for row in below)}。"
        if below
        else "已有评价的单位满意度都达到95%。"
        if total["rated"]
        else ""
    )
    third = (
        f"{words}核定案件质量{quality['count']}件，其中{'、'.join(f'{label}{count}件' for label, count in quality['grades'] if count)}，合格率{percent(quality['passed'])}。"
        if quality["count"]
        else f"{words}没有核定案件质量。"
    )
    return Part("服务和案件质量", [each for each in (first, second, followed_up(document, words), third) if each])


def followed_up(document, words) -> str:
    """Who was called back, and how satisfied they were; nothing in a report of before this was counted."""
    calls = document.get("followups")
    if calls is None:
        return ""
    if not calls["called"]:
        first = f"{words}没有回访"
    else:
        first = f"{words}回访咨询人{calls['called']:,}人，答复{calls['answered']:,}人"
    if calls["rated"]:
        first += f"，其中不满意{calls['dissatisfied']}人，回访满意度{percent(calls['satisfaction'])}"
    return first + (f"；到期还没有回访的{calls['late']}人。" if calls["late"] else "。")


def duty(document, words) -> Part:
    told_of = document["duty"]
    first = f"{words}安排值班{told_of['shifts']:,}班次，{told_of['people']}人参加。"
    if told_of["empty_stations"]:
        first += f"没有安排值班的单位：{'、'.join(told_of['empty_stations'])}。"
    calls = f"点名抽查{told_of['calls']}次，其中不在岗{told_of['away']}次。" if told_of["calls"] else "没有点名抽查的记录。"
    upheld = "、".join(f"{label}{count}件" for label, _code, count in told_of["findings"])
    second = calls + (f"核实属实的考核事项：{upheld}。" if upheld else "没有核实属实的考核事项。")
    second += f"制发通报批评{told_of['criticisms']}份。" if told_of["criticisms"] else ""
    return Part("值班和抽查考核情况", [first, second])


def rectification(document, words) -> Part:
    visits = document["inspections"]
    first = f"{words}检查{visits['stations']}个站点{visits['visits']}次。" if visits["visits"] else f"{words}没有登记检查。"
    told_of = [first, mended_words("检查问题", visits), mended_words("案件质量问题", document["rectification"])]
    return Part("检查和整改情况", [each for each in told_of if each])


def mended_words(what, counted) -> str:
    """提出、整改、未完成、逾期; nothing where there was nothing."""
    if not any(counted[key] for key in ("asked", "mended", "open", "late")):
        return ""
    late = f"，其中逾期{counted['late']}件" if counted["late"] else ""
    return f"{what}：提出{counted['asked']}件，完成整改{counted['mended']}件，期末尚未完成{counted['open']}件{late}。"


# --- what anybody may read --------------------------------------------------------------------------------------------


def public_fund(document) -> Part:
    fund = document["fund"]
    words = (
        f"期初结余{yuan(fund['opening'])}元，到位{yuan(fund['received'])}元，支出{yuan(Decimal(fund['duty_pay']) + Decimal(fund['case_subsidy']))}元，"
        f"期末结余{yuan(fund['closing'])}元。按实际支付日期统计。"
    )
    rows = [
        ("期初结余", fund["opening"]), ("到位", fund["received"]), ("退回", fund["returned"]), ("缴回", fund["remitted"]),
        ("值班补贴支出", fund["duty_pay"]), ("案件补贴支出", fund["case_subsidy"]), ("期末结余", fund["closing"]),
    ]  # fmt: skip
    return Part(
        "法律援助专项资金使用情况",
        [words],
        [("资金收支", ("项目", "金额（元）"), [(name, f"{Decimal(value):,.2f}") for name, value in rows])],
    )


def public_consultations(document) -> Part:
    served = document["consultations"]
    by_matter = public_table({label: count for label, _code, count in served["matters"]})
    by_channel = public_table({label: count for label, _code, count in served["channels"]})
    words = f"免费法律咨询{told(served['count'])}人次。"
    if served["satisfaction"]:
        words += f"群众满意度{percent(served['satisfaction'])}。"
    return Part("免费法律咨询", [words], [shown("按事项", "人次", by_matter), shown("按方式", "人次", by_channel)])


def public_cases(document) -> Part:
    cases = document["cases"]
    words = f"受理法律援助案件{told(cases['period']['received'])}件，办结{told(cases['period']['concluded'])}件。"
    received = public_table({row[0]: row[1] for row in cases["types"] if row[1]})
    concluded = public_table({row[0]: row[3] for row in cases["types"] if row[3]})
    groups = public_table({row[0]: row[1] for row in cases["groups"] if row[1]})
    return Part(
        "法律援助案件",
        [words],
        [
            shown("受理案件，按类型", "件", received),
            shown("办结案件，按类型", "件", concluded),
            shown("受理案件，按受援群体", "件", groups),
        ],
    )


def public_quality(document) -> Part:
    quality = document["quality"]
    if not quality["count"]:
        return Part("案件质量考核结果", ["本期没有核定案件质量。"])
    grades = public_table({label: count for label, count in quality["grades"] if count})
    return Part("案件质量考核结果", [f"核定案件质量{told(quality['count'])}件。"], [shown("按等次", "件", grades)])


def shown(title: str, unit: str, table: PublicTable) -> tuple:
    """A table of public numbers: its title, heads, rows with the total last."""
    return title, (title.split("，")[-1].removeprefix("按"), unit), [*table.cells.items(), ("合计", table.total)]
