"""What the bureau has made public: half-year information, read by anybody without signing in. LAF 58; F25."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import public
from consultations.views.limits import limited
from consultations.views.published import published
from performance.exports.narrative import NUMERALS, parts_of
from performance.models import Report
from records.services import file_response
from subsidies.exports.frame import office_name


def stamp():
    """Changes with every publishing: what is in force now."""
    return ",".join(str(pk) for pk in Report.objects.public().order_by("pk").values_list("pk", flat=True))


@require_safe
@public
@limited("info", 60)
@published("info", stamp=stamp, query=("county", "period"))
def information(request):
    """The latest published information, or that of the county and half-year asked for."""
    rows = list(Report.objects.public().select_related("county", "issued_by").order_by("-first", "county__code"))
    chosen = [row for row in rows if request.GET.get("county", "") in ("", str(row.county_id))]
    wanted = request.GET.get("period", "")
    report = next((row for row in chosen if not wanted or str(row.period) == wanted), None)
    if report is None and (wanted or request.GET.get("county")):
        raise Http404("没有这一期公开信息。")
    facts = {"report": report, "others": [row for row in rows if row != report]}
    if report:
        facts |= {
            "parts": list(zip(NUMERALS, parts_of(report), strict=False)),
            "office": office_name(report.county),
            "county": report.county,
        }
    return render(request, "performance/information.html", facts)


@require_safe
@public
@limited("info-paper", 20)
def information_paper(request, pk):
    """The published paper as it was kept. 404 for anything that is not public information in force."""
    report = get_object_or_404(Report.objects.public().select_related("paper__file"), pk=pk)
    return file_response(report.paper.file)
