"""The page of a job, its polling fragment, and trying again."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed
from common.errors import Refused
from records import services
from records.models import JobRun

POLL_SOON_SECONDS = 10


@require_safe
@allowed("records.follow_job")
def job(request, pk):
    row = get_object_or_404(JobRun.objects.visible_to(request.user), pk=pk)
    return render(request, "records/job.html", {"job": row, "delay": _delay(row)})


@require_safe
@allowed("records.follow_job")
def job_progress(request, pk):
    """The part of the page that fetches itself again until the job is over; without htmx it is reached as the page."""
    row = get_object_or_404(JobRun.objects.visible_to(request.user), pk=pk)
    if not request.headers.get("HX-Request"):
        return redirect("job", pk=pk)
    return render(request, "records/_job.html", {"job": row, "delay": _delay(row)})


@require_POST
@allowed("records.follow_job")
def job_retry(request, pk):
    row = get_object_or_404(JobRun.objects.filter(started_by=request.user), pk=pk)
    try:
        row = services.retry_job(job=row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    return redirect("job", pk=row.pk)


def _delay(row: JobRun) -> int:
    """Seconds to the next look: one at first, three for what takes long (ui.md §5)."""
    return 1 if (timezone.now() - row.created_at).total_seconds() < POLL_SOON_SECONDS else 3
