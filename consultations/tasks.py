"""Background work of duty and consultation. The row `JobRun` is the truth; each task is safe to run again (safety.md 1.3)."""

from celery import shared_task

from consultations.services import followups
from consultations.services.drawing import draw_for_job
from records.services import run_job


@shared_task(acks_late=True, reject_on_worker_lost=True)
def propose_roster(job_id):
    """Draw the month's roster that the job names; gives a proposal to look at."""
    run_job(job_id=job_id, work=draw_for_job)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def draw_follow_ups(job_id):
    """Draw whom to call back of the month that the job names."""
    run_job(job_id=job_id, work=followups.draw_for_job)
