"""The side menu as data: groups of entries; an entry that holds several pages shows them as tabs on each of them.

An entry or a page is absent, not greyed, when the user may not, or when its URL does not exist (a floor still being built).
At most seven groups and fifteen entries for any one person: the whole menu stands in 900 pixels.
"""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from accounts.policy import ACTIONS, may


@dataclass(frozen=True)
class Page:
    """One page of an entry: what its tab says, its URL name, the action it needs."""

    words: str
    url: str
    action: str


@dataclass(frozen=True)
class Entry:
    words: str
    icon: str
    pages: tuple


@dataclass(frozen=True)
class Group:
    words: str
    entries: tuple


def one(words, url, icon, action):
    """An entry of a single page."""
    return Entry(words, icon, (Page(words, url, action),))


MENU = (
    Group("", (one("工作台", "dashboard", "house", "desk.view_dashboard"),)),
    Group(
        "值班与咨询",
        (
            one("签到签退", "my-shifts", "map-pin", "consultations.sign_in"),
            one("今日站点", "station-today", "store", "consultations.sign_in_for_others"),
            one("值班排班", "roster", "calendar-days", "consultations.view_roster"),
            Entry(
                "考勤记录",
                "clock",
                (
                    Page("考勤记录", "attendance", "consultations.view_attendance"),
                    Page("站点月报", "station-months", "consultations.confirm_month"),
                ),
            ),
            Entry(
                "监督考核",
                "clipboard-check",
                (
                    Page("点名抽查", "roll-calls", "consultations.roll_call"),
                    Page("考核事项", "findings", "consultations.view_findings"),
                    Page("检查整改", "inspections", "consultations.view_inspections"),
                    Page("异常提示", "signals", "consultations.view_signals"),
                    Page("任务台账", "obligations", "desk.view_obligations"),
                ),
            ),
            Entry(
                "咨询登记",
                "message-square-text",
                (
                    Page("咨询登记", "consultations", "consultations.view_consultations"),
                    Page("评价与投诉", "ratings", "consultations.view_ratings"),
                    Page("回访", "followups", "consultations.view_followups"),
                ),
            ),
        ),
    ),
    Group(
        "法律援助",
        (
            one("我的案件", "my-cases", "briefcase", "legalaid.undertake_case"),
            Entry(
                "援助案件",
                "folder-open",
                (
                    Page("案件", "cases", "legalaid.view_cases"),
                    Page("申请收件", "intake", "legalaid.handle_case"),
                    Page("期限", "case-deadlines", "legalaid.view_cases"),
                    Page("告知与回访", "case-supervisions", "legalaid.supervise_case"),
                    Page("异议与投诉", "objections", "legalaid.view_objections"),
                    Page("承办人", "specialties", "legalaid.keep_specialties"),
                ),
            ),
            one("代收申请", "hand-ins", "inbox", "legalaid.follow_hand_ins"),
            one("值班律师帮助", "legal-helps", "gavel", "legalaid.view_legal_help"),
            one("省系统对账", "provincial", "list-checks", "legalaid.view_provincial"),
            one("质量评查", "file-reviews", "scale", "legalaid.view_reviews"),
        ),
    ),
    Group(
        "补贴与资金",
        (
            one("我的补贴", "my-pay", "wallet", "subsidies.view_own_pay"),
            one("值班补贴", "pay-sheets", "banknote", "subsidies.view_pay"),
            Entry(
                "案件补贴",
                "hand-coins",
                (
                    Page("案件补贴季表", "case-lists", "subsidies.view_case_lists"),
                    Page("惠民标注", "case-marks", "subsidies.view_marks"),
                ),
            ),
            one("资金台账", "ledger", "chart-column", "subsidies.view_ledger"),
        ),
    ),
    Group(
        "报表与导入",
        (
            Entry(
                "报表",
                "file-text",
                (
                    Page("报表中心", "reports", "desk.view_reports"),
                    Page("导出中心", "exports", "desk.export"),
                    Page("季度报告", "quarterly-returns", "subsidies.view_returns"),
                    Page("年度清算与绩效", "fund-year", "subsidies.view_returns"),
                ),
            ),
            one("导入工作簿", "imports", "upload", "desk.import_workbook"),
        ),
    ),
    Group(
        "基础数据",
        (
            one("我的资料", "own-record", "user", "organizations.view_own_record"),
            Entry(
                "人员与机构",
                "users",
                (
                    Page("服务人员", "people", "organizations.view_people"),
                    Page("待审定", "proposals", "organizations.view_proposals"),
                    Page("站点", "stations", "organizations.view"),
                    Page("机构", "organizations", "organizations.view"),
                    Page("行政区划", "regions", "organizations.view"),
                ),
            ),
            one("实施方案", "plan", "book-open", "programmes.view_plan"),
        ),
    ),
    Group(
        "系统管理",
        (
            one("用户", "users", "user-cog", "accounts.manage_users"),
            one("岗位", "posts", "id-card", "organizations.view_posts"),
            one("数据接口", "api-clients", "plug", "accounts.manage_api_clients"),
            one("审计日志", "audit", "history", "accounts.view_audit"),
        ),
    ),
)


def menu_for(user, path):
    """The groups this user sees, as dicts for the template; the entry whose address fits `path` best is current.

    The current entry's `tabs` are its pages that she may open, empty where there is only one.
    """
    groups = []
    for group in MENU:
        entries = [_item(entry, user) for entry in group.entries]
        entries = [entry for entry in entries if entry]
        if entries:
            groups.append({"words": group.words, "entries": entries})
    _mark_current([entry for group in groups for entry in group["entries"]], path)
    return groups


def pages_for(user):
    """(words of the entry, its page) for each page of the menu this user may open; for the search box."""
    entries = [_item(entry, user) for group in MENU for entry in group.entries]
    return [(entry["words"], page) for entry in entries if entry for page in entry["pages"]]


def _item(entry, user):
    pages = [
        page for page in map(_page, (page for page in entry.pages if page.action in ACTIONS and may(user, page.action))) if page
    ]
    if not pages:
        return None
    words = entry.words if len(pages) > 1 else pages[0]["words"] if len(entry.pages) > 1 else entry.words
    return {
        "words": words,
        "icon": entry.icon,
        "url": pages[0]["url"],
        "is_current": False,
        "pages": pages,
        "tabs": [],
    }


def _page(page):
    try:
        return {"words": page.words, "url": reverse(page.url), "is_current": False}
    except NoReverseMatch:
        return None


def _mark_current(entries, path):
    fitting = [(entry, page) for entry in entries for page in entry["pages"] if _fits(page["url"], path)]
    if not fitting:
        return
    entry, page = max(fitting, key=lambda found: len(found[1]["url"]))
    entry["is_current"] = page["is_current"] = True
    # Tabs stand on the pages they name, not on everything below them.
    if len(entry["pages"]) > 1 and any(each["url"] == path for each in entry["pages"]):
        entry["tabs"] = entry["pages"]


def _fits(url, path):
    return path == url if url == "/" else path.startswith(url)
