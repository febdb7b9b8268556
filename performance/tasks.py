"""Background work of reports. The row `JobRun` is the truth; each task is safe to run again (safety.md 1.3)."""

from celery import shared_task
from django.urls import reverse

from accounts.services import system_user
from organizations.models import Region
from performance.services.reports import draft_report as draft
from records.services import run_job


@shared_task(acks_late=True, reject_on_worker_lost=True)
def draft_report(job_id):
    """Draft the report that the job names."""
    run_job(job_id=job_id, work=report_for_job)


def report_for_job(progress):
    """The work of one job: county, kind and period come from its row."""
    job = progress.job
    county = Region.objects.counties().get(pk=job.payload["county"])
    progress.say("正在汇总任务进度、咨询、案件和考核", 30)
    report = draft(county=county, kind=job.payload["kind"], period=job.period, by=job.started_by or system_user())
    return {"message": f"{report}草稿已编好：请编制人补写文字，再由另一人复核。", "url": reverse("report", args=[report.pk])}
