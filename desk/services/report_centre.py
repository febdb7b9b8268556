"""报表中心: every report and export of the house in one list, each only for who may open it."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, resolve, reverse

from accounts.policy import may


@dataclass(frozen=True)
class Link:
    """A page that shows or exports a report: its words, the form of domain.md §6, the name of its address."""

    words: str
    form: str
    name: str


CATALOGUE = (
    (
        "任务进度",
        (
            Link("目标任务完成进度表", "F12", "progress-table"),
            Link("各站点咨询进度", "", "consultation-progress"),
            Link("案件清单和任务进度表", "F13", "cases"),
            Link("年度任务台账", "", "obligations"),
        ),
    ),
    (
        "值班和考勤",
        (
            Link("月度值班表", "F28", "roster"),
            Link("值班频次核查", "", "roster-coverage"),
            Link("考勤记录", "F02", "attendance"),
            Link("站点月报（考勤审定）", "F06", "station-months"),
            Link("点名抽查", "F05", "roll-calls"),
            Link("考核事项和告知书", "F30", "findings"),
        ),
    ),
    (
        "咨询服务",
        (
            Link("咨询登记台账", "F03、F04", "consultations"),
            Link("评价与投诉", "F23", "ratings"),
            Link("回访", "F22", "followups"),
            Link("检查整改", "F38", "inspections"),
        ),
    ),
    (
        "案件质量和对账",
        (
            Link("质量评查表与通报", "F21", "file-reviews"),
            Link("评查整改台账", "F38", "review-fixes"),
            Link("省系统、惠民系统对账表", "F36", "provincial"),
        ),
    ),
    (
        "补贴和资金",
        (
            Link("值班补贴发放表", "F07–F11", "pay-sheets"),
            Link("案件补贴季表", "F14、F15、F33", "case-lists"),
            Link("专项资金季度报告", "F16", "quarterly-returns"),
            Link("资金拨付台账", "F17", "receipts"),
            Link("资金明细账、银行对账", "F32", "ledger"),
            Link("年度清算、绩效", "F34、F35", "fund-year"),
        ),
    ),
    (
        "公开页面",
        (
            Link("值班公示", "F01", "public-duty"),
            Link("公开信息", "F25", "public-info"),
        ),
    ),
)


def catalogue_for(user) -> list[tuple[str, list[dict]]]:
    """The groups with the links this reader may open; what does not exist yet is not offered."""
    found = []
    for group, links in CATALOGUE:
        open_to_her = [
            {"words": link.words, "form": link.form, "url": url} for link in links if (url := address_for(user, link.name))
        ]
        if open_to_her:
            found.append((group, open_to_her))
    return found


def address_for(user, name) -> str:
    """The address, where it exists and its own guard lets her in."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return ""
    view = resolve(url).func
    is_open = view.is_public or may(user, view.action)
    return url if is_open else ""
