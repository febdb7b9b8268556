"""What evaluations found about one case, on its page."""

from django.db.models import Prefetch
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import allowed
from accounts.policy import may
from legalaid.models import FileReview, SampledFile
from legalaid.models.quality import ReviewBatch
from legalaid.views.cases import case_of

UNDER_WAY = (ReviewBatch.State.OPEN, ReviewBatch.State.CLOSED)


@require_safe
@allowed("legalaid.view_cases")
def case_review(request, pk):
    """The fragment on the case's page. The undertaker reads what was confirmed; who reviewed the file is told to neither."""
    case, sees_batches = case_of(request, pk), may(request.user, "legalaid.view_review_batches")
    submitted = FileReview.objects.filter(state=FileReview.State.SUBMITTED).order_by("round", "seat")
    files = case.sampled.filter(batch__state__in=UNDER_WAY).exclude(state=SampledFile.State.DROPPED)
    files = files if sees_batches else files.filter(state=SampledFile.State.DECIDED)
    files = files.select_related("batch").prefetch_related(
        Prefetch("reviews", queryset=submitted, to_attr="submitted"), "rectifications"
    )
    context = {"case": case, "files": files.order_by("-batch__drawn_at", "-pk"), "sees_batches": sees_batches}
    return render(request, f"legalaid/reviews/{'_of_case' if request.htmx else 'of_case'}.html", context)
