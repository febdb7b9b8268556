"""Which months are closed, and by whom."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import allowed
from accounts.pages import page_of
from programmes.models import Month


@require_safe
@allowed("programmes.view_months")
def months(request):
    rows = (
        Month.objects.visible_to(request.user)
        .select_related("county", "closed_by", "reopened_by")
        .prefetch_related("events__by", "events__proposed_by")
        .order_by("-first", "county__name")
    )
    return render(request, "programmes/months.html", {"page": page_of(request, rows)})
