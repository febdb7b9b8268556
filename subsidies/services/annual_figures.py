"""A county's year of public money: the settlement of each fund (F34) and the special fund's performance (F35)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from accounts import audit
from accounts.policy import ACTIONS, may
from common import clock
from common.errors import Refused
from common.money import ZERO
from common.periods import Quarter
from consultations.services.progress import Progress, progress_of
from legalaid.models import AidCase
from organizations.models import Region
from programmes.models import Plan, Target
from subsidies.models import Fund, IndicatorReason, QuarterlyReturn
from subsidies.rules.annual import Indicator, YearOfFund, rate
from subsidies.rules.quarterly_return import CashLine, cash_of
from subsidies.services import case_figures
from subsidies.services.funds import arrivals
from subsidies.services.quarterly_figures import READ_WITH_ENTRIES, about, days_of


class YearRefused(Refused):
    """The year has no plan, or the words about it cannot be kept."""


@dataclass(frozen=True)
class YearFigures:
    """One county, one year, until a day."""

    county: Region
    year: int
    until: date
    plan: Plan
    funds: list[YearOfFund]
    indicators: list[Indicator]
    progress: Progress | None
    cases: case_figures.Progress

    @property
    def special(self) -> YearOfFund:
        return next(each for each in self.funds if each.kind == Fund.Kind.SPECIAL)


def year_figures(*, county: Region, year: int) -> YearFigures:
    """Read a county's year as it stands, until today or its last day. A fixed number of queries. Raises YearRefused."""
    plan = Plan.objects.covering(county, date(year, 12, 31)).first() or Plan.objects.covering(county, date(year, 1, 1)).first()
    if plan is None:
        raise YearRefused(f"{county}没有载入{year}年的实施方案：请先载入方案。")
    until = min(clock.today(), date(year, 12, 31))
    funds = [year_of_fund(county, kind, year) for kind in (Fund.Kind.SPECIAL, Fund.Kind.OPERATING)]
    progress = progress_of(county=county, day=until)
    try:
        cases = case_figures.progress_of(county=county, year=year, until=until)
    except case_figures.NoCases:
        cases = case_figures.Progress(0, 0, 0, 0)
    found = indicators(county, year, until, plan, funds[0], progress, cases)
    return YearFigures(county, year, until, plan, funds, found, progress, cases)


def year_of_fund(county: Region, kind: str, year: int) -> YearOfFund:
    """One fund's year from its ledger. Two queries."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    fund = Fund.objects.filter(county=county, kind=kind).first()
    if fund is None:
        return YearOfFund(kind, *[ZERO] * 6)
    opening = fund.entries.filter(day__lt=first).aggregate(sum=Sum("amount"))["sum"] or ZERO
    entries = fund.entries.between(first, last).select_related(*READ_WITH_ENTRIES)
    cash = cash_of(opening, [CashLine(entry.day, entry.amount, about(entry)) for entry in entries])
    return YearOfFund(kind, cash.opening, cash.received, cash.returned, cash.remitted, cash.duty_pay, cash.case_subsidy)


def indicators(county, year, until, plan, special, progress, cases) -> list[Indicator]:
    """Output, quality, timeliness, cost, satisfaction: targets of the plan, what was reached, what people wrote."""
    time = Decimal(f"{progress.time_percent:.1f}") if progress else None
    total = progress.total if progress else None
    satisfied = Decimal(f"{total.satisfaction:.1f}") if total and total.satisfaction is not None else None
    target = Target.objects.filter(plan=plan, indicator=Target.Indicator.SATISFACTION).order_by("-value").first()
    on_time, came = forwarded_on_time(county, year, until)
    sent, due = returns_on_time(county, year, plan)
    passed, verified = verified_files(county, year, until)
    reasons = reasons_of(county, year)
    rows = (
        ("consultations", "产出（数量）", "免费法律咨询", "人次", "附件1", total and Decimal(total.target), total and Decimal(total.done), time),
        ("cases", "产出（数量）", "特殊群体法律援助案件（计入任务）", "件", "附件2；四（二）4（3）",
         Decimal(cases.target) if cases.target else None, Decimal(cases.counted), time),
        ("quality", "产出（质量）", "案件质量核验合格率", "%", "五（二）2", None, rate(passed, verified), None),
        ("forward", "产出（时效）", "资金到账后 5 个工作日内拨付率", "%", "五（一）", Decimal(100), rate(on_time, came), None),
        ("return", "产出（时效）", "季度报告按期报送率", "%", "五（二）", Decimal(100), rate(sent, due), None),
        ("duty_cost", "成本", "值班补贴支出", "元", "五（二）1", None, special.duty_pay, None),
        ("case_cost", "成本", "专项资金案件补贴支出", "元", "五（二）2", None, special.case_subsidy, None),
        ("satisfaction", "满意度", "咨询服务满意度", "%", "附件1", target and Decimal(target.value), satisfied, None),
    )  # fmt: skip
    return [Indicator(*row, reason=reasons.get(row[0], "")) for row in rows]


def forwarded_on_time(county, year, until) -> tuple[int, int]:
    """Arrivals of the year forwarded in time, and all whose five working days are over. Z-FUND-1."""
    funds = list(Fund.objects.filter(county=county, kind=Fund.Kind.SPECIAL))
    found = [
        each
        for each in arrivals(funds=funds, today=until, first=date(year, 1, 1), last=until)
        if each.forwarded_on or each.movement.forward_due_on < until
    ]
    return sum(not each.late_days for each in found), len(found)


def returns_on_time(county, year, plan) -> tuple[int, int]:
    """Quarters of the year whose return was first sent in time, and all that were sent or are late by now. Z-RPT-1, reading D22."""
    today, sent = clock.today(), {}
    for report in QuarterlyReturn.objects.filter(county=county, first__year=year, sent_on__isnull=False).order_by("revision"):
        sent.setdefault(report.first, report.sent_on <= report.late_after)
    over = [quarter for quarter in (Quarter(year, n) for n in range(1, 5)) if quarter.last < today]
    due = [quarter for quarter in over if quarter.first in sent or days_of(county, quarter, plan).late_after < today]
    return sum(sent.get(quarter.first, False) for quarter in due), len(due)


def verified_files(county, year, until) -> tuple[int, int]:
    """Files whose quality was verified in the year: those that passed, and all."""
    grades = AidCase.objects.of_county(county).filter(quality_verified_on__range=(date(year, 1, 1), until))
    found = list(grades.exclude(quality_grade="").values_list("quality_grade", flat=True))
    return sum(grade != AidCase.Grade.FAIL for grade in found), len(found)


def reasons_of(county, year) -> dict[str, str]:
    """Indicator → the last words about it."""
    return dict(IndicatorReason.objects.filter(county=county, year=year).values_list("indicator", "reason"))


@transaction.atomic
def write_reason(*, county: Region, year: int, indicator: str, reason: str, by) -> IndicatorReason:
    """Keep what the bureau says about an indicator. What was said before stays on record."""
    if not may(by, "subsidies.prepare_return"):
        raise YearRefused(f"{by}的岗位没有“{ACTIONS['subsidies.prepare_return'].words}”的权限。")
    known = {each.code for each in year_figures(county=county, year=year).indicators}
    if indicator not in known:
        raise YearRefused("没有这个指标：请刷新页面。")
    if not reason.strip():
        raise YearRefused("没有写偏差原因：请写明原因和改进措施。", field="reason")
    kept = IndicatorReason.objects.create(
        county=county, year=year, indicator=indicator, reason=reason.strip()[:500], by=by, at=clock.now()
    )
    audit.record(by=by, action="subsidies.prepare_return", on=kept, after={"指标": indicator, "原因": kept.reason})
    return kept
