"""报表中心: every report and export of the house in one list, each only for who may open it."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from accounts.access import may_open


@dataclass(frozen=True)
class Link:
    """A page that shows or exports a report: its words and the name of its address."""

    words: str
    name: str


CATALOGUE = (
    (
        "任务进度",
        (
            Link("目标任务完成进度表", "progress-table"),
            Link("各站点咨询进度", "consultation-progress"),
            Link("案件清单和任务进度表", "cases"),
            Link("年度任务台账", "obligations"),
        ),
    ),
    (
        "值班和考勤",
        (
            Link("月度值班表", "roster"),
            Link("值班频次核查", "roster-coverage"),
            Link("考勤记录", "attendance"),
            Link("站点月报（考勤审定）", "station-months"),
            Link("点名抽查", "roll-calls"),
            Link("考核事项和告知书", "findings"),
        ),
    ),
    (
        "咨询服务",
        (
            Link("咨询登记台账", "consultations"),
            Link("评价与投诉", "ratings"),
            Link("回访", "followups"),
            Link("检查整改", "inspections"),
        ),
    ),
    (
        "案件质量和对账",
        (
            Link("质量评查表与通报", "file-reviews"),
            Link("评查整改台账", "review-fixes"),
            Link("省系统、惠民系统对账表", "provincial"),
        ),
    ),
    (
        "补贴和资金",
        (
            Link("值班补贴发放表", "pay-sheets"),
            Link("案件补贴季表", "case-lists"),
            Link("专项资金季度报告", "quarterly-returns"),
            Link("资金拨付台账", "receipts"),
            Link("资金明细账、银行对账", "ledger"),
            Link("年度清算、绩效", "fund-year"),
        ),
    ),
    (
        "公开页面",
        (
            Link("值班公示", "public-duty"),
            Link("公开信息", "public-info"),
        ),
    ),
)


def catalogue_for(user) -> list[tuple[str, list[dict]]]:
    """The groups with the links this reader may open; what does not exist yet is not offered."""
    found = []
    for group, links in CATALOGUE:
        open_to_her = [{"words": link.words, "url": url} for link in links if (url := address_for(user, link.name))]
        if open_to_her:
            found.append((group, open_to_her))
    return found


def address_for(user, name) -> str:
    """The address, where it exists and its own guard lets her in."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return ""
    return url if may_open(user, url) else ""
