"""What beat calls each minute."""

from celery import shared_task

from desk.services.due import run_due


@shared_task(name="desk.tasks.run_due")
def run_due_task():
    """Send every job that is due or was lost. Safe any number of times."""
    return run_due()
