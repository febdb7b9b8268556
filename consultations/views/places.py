"""Which county a page is about, and small answers that several pages give."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from consultations.services.rosters import counties_for
from organizations.models import Organization

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def county_of(request):
    """The county asked for by ?county=, else the first of the reader's. 404 where she has none, or not that one."""
    counties = counties_for(request.user)
    wanted = request.GET.get("county", "")
    chosen = [each for each in counties if not wanted or str(each.pk) == wanted]
    if not chosen:
        raise Http404("没有这个县，或不在你的岗位范围内。")
    chosen[0].neighbours = counties
    return chosen[0]


def planned_county_of(request):
    """The county asked for, among those the reader plans for: a turn of her own in another county does not make her its planner."""
    county, mine = county_of(request), request.user.post_regions
    wider = {county.pk, county.parent_id, county.parent and county.parent.parent_id}
    if not mine & wider:
        raise Http404("没有这个县，或不在你的岗位范围内。")
    return county


def office_of(county):
    """Who signs the county's papers: its justice bureau."""
    bureau = Organization.objects.filter(region=county, kind=Organization.Kind.JUSTICE_BUREAU).first()
    return bureau.name if bureau else f"{county.name}司法局"


def send_file(content, name, kind):
    """A file to keep: workbooks download, PDFs open."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(kind == XLSX, name)
    return response
