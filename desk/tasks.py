"""What beat calls each minute."""

from celery import shared_task

from desk.services.due import run_due
from desk.services.export_centre import make_for_job
from records.services import run_job


@shared_task(name="desk.tasks.make_export", acks_late=True, reject_on_worker_lost=True)
def make_export(job_id):
    """Make the file that the job names."""
    run_job(job_id=job_id, work=make_for_job)


@shared_task(name="desk.tasks.run_due")
def run_due_task():
    """Send every job that is due or was lost. Safe any number of times."""
    return run_due()
