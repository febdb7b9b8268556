"""The export centre: large files are made in the background, kept for a week, and can be asked for again.

Each kind says who may have it and how it is made from what that person may see. Making is safe to repeat (lessons 10).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.periods import Quarter, YearMonth
from consultations.exports.consultations import register_workbook
from consultations.models import Consultation
from desk.models import ExportFile
from legalaid.exports.cases import cases_workbook
from legalaid.models import AidCase
from records.services import keep_file, start_job
from subsidies.exports.annual import year_workbook
from subsidies.exports.ledger import ledger_workbook
from subsidies.exports.quarterly_return import return_workbook
from subsidies.models import Fund
from subsidies.services.annual_figures import year_figures
from subsidies.services.quarterly_figures import figures_of

KEPT = timedelta(days=7)
TASK = "desk.tasks.make_export"
MONTH, QUARTER, YEAR = "month", "quarter", "year"
EXAMPLE = {MONTH: "2022-03", QUARTER: "2022Q1", YEAR: "2022"}


class ExportRefused(Refused):
    """An export that is not made."""


@dataclass(frozen=True)
class Made:
    """A finished file: its name, its bytes, how many rows it holds."""

    name: str
    content: bytes
    rows: int


@dataclass(frozen=True)
class Kind:
    """One thing that can be exported. `make(county, period, by)` gives Made from what `by` may see."""

    words: str
    action: str
    span: str
    make: Callable


def register(county, month: YearMonth, by) -> Made:
    rows = Consultation.objects.visible_to(by).filter(station__county=county).between(month.first, month.last)
    rows = rows.select_related("station", "practitioner").order_by("day", "pk")
    title = f"{county}{month.label}法律咨询登记台账"
    return Made(f"{title}.xlsx", register_workbook(rows, title=title, by=by), rows.count())


def cases(county, year: int, by) -> Made:
    rows = AidCase.objects.visible_to(by).of_county(county).filter(received_on__year=year)
    return Made(f"{county}_援助案件_{year}.xlsx", cases_workbook(rows, by=by, year=year), rows.count())


def ledger(county, year: int, by) -> Made:
    fund = Fund.objects.visible_to(by).filter(county=county, kind=Fund.Kind.SPECIAL).first()
    if fund is None:
        raise ExportRefused(f"{county}还没有设立专项资金账。")
    return made(ledger_workbook(fund, year, by=by))


def fund_year(county, year: int, by) -> Made:
    return made(year_workbook(year_figures(county=county, year=year), by=by))


def quarter_return(county, quarter: Quarter, by) -> Made:
    return made(return_workbook(figures_of(county=county, quarter=quarter), by=by))


def made(download) -> Made:
    return Made(download.name, download.content, download.count)


KINDS = {
    "register": Kind("法律咨询登记台账（月）", "consultations.view_consultations", MONTH, register),
    "cases": Kind("援助案件清单（年）", "legalaid.view_cases", YEAR, cases),
    "ledger": Kind("专项资金台账（年）", "subsidies.export_ledger", YEAR, ledger),
    "quarter": Kind("专项资金季度报告（季）", "subsidies.export_return", QUARTER, quarter_return),
    "fund_year": Kind("年度清算与绩效（年）", "subsidies.export_return", YEAR, fund_year),
}


def kinds_for(user) -> dict[str, Kind]:
    return {key: kind for key, kind in KINDS.items() if may(user, kind.action)}


def parsed(span: str, text: str):
    """The period a person typed. Raises ExportRefused in her words."""
    try:
        if span == MONTH:
            return YearMonth.parse(text)
        if span == QUARTER:
            return Quarter.parse(text)
        year = int(text.strip().removesuffix("年"))
        if not 2018 <= year <= 2099:
            raise ValueError
        return year
    except ValueError as error:
        raise ExportRefused(str(error) if span != YEAR else f"看不懂年份“{text[:10]}”：请写成 2022。", field="period") from None


@transaction.atomic
def ask_for_export(*, kind: str, county, period: str, by) -> ExportFile:
    """Queue an export; its file lies in the export centre when it is done."""
    known = kinds_for(by).get(kind)
    if known is None:
        raise ExportRefused("不能导出这项内容：请从列表里选择。", field="kind")
    asked = parsed(known.span, period)
    if (date(asked, 1, 1) if known.span == YEAR else asked.first) > clock.today():
        raise ExportRefused(f"{period.strip()}还没有到：请填写已经开始的期间。", field="period")
    span = str(asked)
    wanted = ExportFile.objects.create(kind=kind, county=county, period=span, by=by, asked_at=timezone.now())
    wanted.job = start_job(
        kind="export",
        task=TASK,
        county=county.code or str(county.pk),
        period=f"{kind}-{wanted.pk}",
        by=by,
        title=f"导出{known.words} {span}",
        payload={"export": wanted.pk},
    )
    wanted.save(update_fields=["job"])
    return wanted


def make_for_job(progress) -> dict:
    """The work of one job. A person who lost the right meanwhile gets nothing."""
    wanted = ExportFile.objects.select_related("county__parent", "by").get(pk=progress.job.payload["export"])
    kind = kinds_for(wanted.by).get(wanted.kind)
    if kind is None:
        raise ExportRefused("您现在的岗位不能导出这项内容。")
    progress.say("正在生成文件", 30)
    done = kind.make(wanted.county, parsed(kind.span, wanted.period), wanted.by)
    with transaction.atomic():
        wanted.file = keep_file(content=done.content, name=done.name, purpose="export", by=wanted.by)
        wanted.rows, wanted.expires_at = done.rows, timezone.now() + KEPT
        wanted.save(update_fields=["file", "rows", "expires_at"])
        after = {"文件": wanted.file.name, "条数": done.rows, "期间": wanted.period}
        audit.record(by=wanted.by, action="desk.export", on=wanted, after=after)
    return {"message": f"已做好，{done.rows} 条，7 天内可以下载。", "url": reverse("exports")}


def drop_expired() -> int:
    """Take the bytes of exports off the disk whose week is over; the row says that they were there."""
    gone = 0
    for old in ExportFile.objects.filter(expires_at__lt=timezone.now(), file__isnull=False).select_related("file"):
        if old.file.path.exists():
            old.file.path.unlink()
            gone += 1
    return gone
