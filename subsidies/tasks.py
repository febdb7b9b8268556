"""Background work of money. The row `JobRun` is the truth; each task is safe to run again (safety.md 1.3)."""

from celery import shared_task
from django.urls import reverse

from accounts.services import system_user
from common import clock
from common.periods import Quarter, YearMonth
from organizations.models import Region
from programmes.models import Plan
from records.services import run_job, start_job
from subsidies.exports.pay_slips import keep_slips
from subsidies.models import PaySheet, QuarterlyReturn
from subsidies.services.closing import ask_where_facts_changed
from subsidies.services.drafting import draft_duty_pay as draft
from subsidies.services.returns import draft_return

DRAFT_TASK = "subsidies.tasks.draft_duty_pay"
RETURN_TASK = "subsidies.tasks.draft_quarterly_return"


@shared_task(acks_late=True, reject_on_worker_lost=True)
def draft_duty_pay(job_id):
    """Draft or redraft the month's sheet that the job names."""
    run_job(job_id=job_id, work=draft_for_job)


def draft_for_job(progress):
    """The work of one job: county and month come from its row."""
    job = progress.job
    month = YearMonth.parse(job.period)
    county = Region.objects.counties().get(pk=job.payload["county"])
    progress.say("正在核对已结账月份的变动", 10)
    before = PaySheet.objects.filter(month__county=county, month__first=month.first).values_list("total", flat=True).first()
    by = job.started_by or system_user()
    ask_where_facts_changed(county=county, month=month, by=by)
    progress.say("正在逐人计算补贴", 40)
    sheet = draft(county=county, month=month, by=by)
    people = sheet.rows.count()
    if before == sheet.total:
        words = f"核算完成：{people} 人，实发合计 {sheet.total:,.2f} 元，与上次结果一致。"
    else:
        words = f"核算完成：{people} 人，实发合计 {sheet.total:,.2f} 元。"
    return {"message": words, "url": reverse("pay-sheet", args=[month]), "sheet": sheet.pk, "total": str(sheet.total)}


def start_drafting(*, county, month, by):
    """Queue the drafting of a county's month; the same work waiting or running already is given back."""
    return start_job(
        kind="draft_duty_pay",
        task=DRAFT_TASK,
        county=county.code or str(county.pk),
        period=month,
        by=by,
        title=f"核算{month.label}值班补贴",
        payload={"county": county.pk},
    )


@shared_task(acks_late=True, reject_on_worker_lost=True)
def print_slips(job_id):
    """Print a month's slips, where they are too many to wait for on a page."""
    run_job(job_id=job_id, work=slips_for_job)


def slips_for_job(progress):
    """The work of one job: the sheet comes from its row. The file is kept; the sheet's page gives it out."""
    sheet = PaySheet.objects.select_related("month__county", "fund", "plan").get(pk=progress.job.payload["sheet"])
    progress.say(f"正在排版 {sheet.rows.count()} 人的通知单", 20)
    keep_slips(sheet=sheet, by=progress.job.started_by or system_user())
    return {"message": f"{sheet.month.label}个人补贴通知单已经排好。", "url": reverse("pay-slips", args=[sheet.month.period])}


@shared_task(acks_late=True, reject_on_worker_lost=True)
def draft_last_month():
    """On the first of a month: draft the month before for every county whose plan pays duty and whose sheet is not fixed yet."""
    month = YearMonth.of(clock.today()).previous()
    for county in counties_that_pay(month):
        fixed = PaySheet.objects.filter(month__county=county, month__first=month.first).exclude(status=PaySheet.Status.DRAFT)
        if not fixed.exists():
            start_drafting(county=county, month=month, by=system_user())


@shared_task(acks_late=True, reject_on_worker_lost=True)
def draft_quarterly_return(job_id):
    """Draft the quarterly return that the job names."""
    run_job(job_id=job_id, work=return_for_job)


def return_for_job(progress):
    """The work of one job: county and quarter come from its row."""
    job = progress.job
    quarter = Quarter.parse(job.period)
    county = Region.objects.counties().get(pk=job.payload["county"])
    progress.say("正在汇总本季资金、补贴和任务进度", 30)
    report = draft_return(county=county, quarter=quarter, by=job.started_by or system_user())
    words = f"{report}草稿已编好：本季支出 {report.paid:,.2f} 元，期末结余 {report.closing:,.2f} 元。"
    return {"message": words, "url": reverse("quarterly-return", args=[report.pk])}


def start_return(*, county, quarter, by):
    """Queue the drafting of a county's quarterly return; the same work waiting or running already is given back."""
    return start_job(
        kind="draft_quarterly_return",
        task=RETURN_TASK,
        county=county.code or str(county.pk),
        period=quarter,
        by=by,
        title=f"编制{quarter.label}季度报告",
        payload={"county": county.pk},
    )


def draft_missed_returns():
    """The return of the quarter before today, for every county whose plan pays in it and that has none. Gives how many.

    The first run is on the first day after the quarter (plan 五（二） last paragraph); a missed one follows with the next.
    """
    quarter = Quarter.of(clock.today()).previous()
    counties = {county.pk: county for month in quarter.months for county in counties_that_pay(month)}
    made = set(QuarterlyReturn.objects.filter(first=quarter.first, county__in=counties).values_list("county", flat=True))
    missed = [county for key, county in counties.items() if key not in made]
    for county in missed:
        start_return(county=county, quarter=quarter, by=system_user())
    return len(missed)


def counties_that_pay(month):
    plans = Plan.objects.filter(starts_on__lte=month.last, ends_on__gte=month.first, region__level=Region.Level.COUNTY)
    return [plan.region for plan in plans.select_related("region") if plan.has_part("duty")]
