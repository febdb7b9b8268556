"""The side menu as data: groups of entries, each with the URL name it opens and the action it needs.

An entry is absent, not greyed, when the user may not, or when its URL does not exist (a floor still being built).
At most seven groups and fifteen entries for any one person: the whole menu stands in 900 pixels.
"""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from accounts.policy import may


@dataclass(frozen=True)
class Entry:
    words: str
    url: str
    icon: str
    action: str


@dataclass(frozen=True)
class Group:
    words: str
    entries: tuple


MENU = (
    Group("", (Entry("工作台", "dashboard", "house", "desk.view_dashboard"),)),
    Group(
        "值班与咨询",
        (
            Entry("签到签退", "my-shifts", "map-pin", "consultations.sign_in"),
            Entry("今日站点", "station-today", "store", "consultations.sign_in_for_others"),
            Entry("值班排班", "roster", "calendar-days", "consultations.view_roster"),
            Entry("考勤记录", "attendance", "clock", "consultations.view_attendance"),
            Entry("点名抽查", "roll-calls", "clipboard-check", "consultations.roll_call"),
            Entry("考核事项", "findings", "flag", "consultations.view_findings"),
            Entry("站点月报", "station-months", "calendar-check", "consultations.confirm_month"),
            Entry("咨询登记", "consultations", "message-square-text", "consultations.view_consultations"),
        ),
    ),
    Group(
        "法律援助",
        (
            Entry("我的案件", "my-cases", "briefcase", "legalaid.undertake_case"),
            Entry("援助案件", "cases", "folder-open", "legalaid.view_cases"),
            Entry("告知与回访", "case-supervisions", "phone-call", "legalaid.supervise_case"),
            Entry("承办人", "specialties", "user-check", "legalaid.keep_specialties"),
            Entry("申请收件", "intake", "inbox", "legalaid.handle_case"),
            Entry("代收申请", "hand-ins", "inbox", "legalaid.follow_hand_ins"),
            Entry("省系统对账", "provincial", "list-checks", "legalaid.view_provincial"),
            Entry("值班律师帮助", "legal-helps", "gavel", "legalaid.give_legal_help"),
            Entry("质量评查", "file-reviews", "scale", "legalaid.take_part_in_reviews"),
            Entry("惠民标注", "case-marks", "stamp", "subsidies.view_marks"),
        ),
    ),
    Group(
        "补贴与资金",
        (
            Entry("我的补贴", "my-pay", "wallet", "subsidies.view_own_pay"),
            Entry("值班补贴", "pay-sheets", "banknote", "subsidies.view_pay"),
            Entry("案件补贴", "case-lists", "hand-coins", "subsidies.view_case_lists"),
            Entry("资金台账", "ledger", "chart-column", "subsidies.view_ledger"),
        ),
    ),
    Group(
        "报表与导入",
        (
            Entry("季度报告", "quarterly-returns", "file-check", "subsidies.view_returns"),
            Entry("报表中心", "reports", "file-text", "desk.view_reports"),
            Entry("导入工作簿", "imports", "upload", "desk.import_workbook"),
        ),
    ),
    Group(
        "基础数据",
        (
            Entry("我的资料", "own-record", "user", "organizations.view_own_record"),
            Entry("服务人员", "people", "users", "organizations.view_people"),
            Entry("机构站点", "stations", "building-2", "organizations.view"),
            Entry("实施方案", "plan", "book-open", "programmes.view_plan"),
        ),
    ),
    Group(
        "系统管理",
        (
            Entry("用户", "users", "user-cog", "accounts.manage_users"),
            Entry("岗位", "posts", "id-card", "organizations.view_posts"),
            Entry("数据接口", "api-clients", "plug", "desk.manage_api_clients"),
            Entry("审计日志", "audit", "history", "accounts.view_audit"),
        ),
    ),
)


def menu_for(user, path):
    """The groups this user sees, as dicts for the template; the entry whose address fits `path` best is current."""
    groups = []
    for group in MENU:
        entries = [_item(entry) for entry in group.entries if may(user, entry.action)]
        entries = [entry for entry in entries if entry]
        if entries:
            groups.append({"words": group.words, "entries": entries})
    _mark_current([entry for group in groups for entry in group["entries"]], path)
    return groups


def _item(entry):
    try:
        return {"words": entry.words, "icon": entry.icon, "url": reverse(entry.url), "is_current": False}
    except NoReverseMatch:
        return None


def _mark_current(entries, path):
    fitting = [entry for entry in entries if _fits(entry["url"], path)]
    if fitting:
        max(fitting, key=lambda entry: len(entry["url"]))["is_current"] = True


def _fits(url, path):
    return path == url if url == "/" else path.startswith(url)
