"""Which county and which month's books a page is about."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from organizations.models import Region
from programmes.models import Month
from subsidies.models import PaySheet


def counties_of(user):
    """Counties whose books this reader may see: those in the regions of her county posts."""
    return Region.objects.counties().visible_to(user).order_by("code", "name")


def county_of(request):
    """The county asked for by ?county=, else the first of the reader's. 404 where she has none, or not that one."""
    counties = list(counties_of(request.user))
    wanted = request.GET.get("county", "") or request.POST.get("county", "")
    chosen = next((each for each in counties if not wanted or str(each.pk) == wanted), None)
    if chosen is None:
        raise Http404("没有这个县，或不在您的岗位范围内。")
    chosen.neighbours = counties if len(counties) > 1 else []
    return chosen


def month_of(request, month):
    """The month's row, 404 where nothing has happened in it yet."""
    return get_object_or_404(Month.objects.select_related("county"), county=county_of(request), first=month.first)


SIGNERS = ("drafted_by", "reviewed_by", "checked_by", "approved_by")


def sheet_of(request, month):
    """The month's sheet, 404 where there is none the reader may see."""
    sheets = PaySheet.objects.visible_to(request.user).select_related("month__county", "fund", "plan", *SIGNERS)
    return get_object_or_404(sheets, month__county=county_of(request), month__first=month.first)
