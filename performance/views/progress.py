"""F12 of any month so far, from the records as they stand: page with charts, workbook, paper."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import allowed
from common import clock
from common.errors import Refused
from common.periods import YearMonth
from consultations.views.places import send_file
from performance.exports.charts import charts_of
from performance.exports.progress_table import progress_paper, progress_workbook
from performance.services.figures import figures_of
from performance.services.links import links_of
from performance.views.reports import chart_response
from subsidies.views.places import county_of

MAKERS = {"xlsx": progress_workbook, "pdf": progress_paper}


@require_safe
@allowed("performance.view_reports")
def progress(request, month=None):
    """The month asked for, today's by default."""
    county, period = county_of(request), month_of(month)
    facts = {"county": county, "month": period, "before": period.previous(), "after": later(period)}
    try:
        document = figures_of(county=county, first=period.first, last=period.last)
    except Refused as error:
        return render(request, "performance/progress_none.html", {**facts, "why": str(error)})
    facts |= {"document": document, "charts": charts_of(document), "links": links_of(request.user, document)}
    return render(request, "performance/progress.html", facts)


def month_of(month):
    """The month of the address or today's; 404 for one that has not begun."""
    period = YearMonth.parse(str(month)) if month else YearMonth.of(clock.today())
    if period.first > clock.today():
        raise Http404("这个月还没有开始。")
    return period


def later(period):
    return period.next() if period.next().first <= clock.today() else None


@require_safe
@allowed("performance.export_report")
def progress_file(request, month, suffix):
    if suffix not in MAKERS:
        raise Http404(f"没有 {suffix} 格式的文件。")
    county, period = county_of(request), month_of(month)
    try:
        document = figures_of(county=county, first=period.first, last=period.last)
        download = MAKERS[suffix](county, document, period.label, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("progress-table")
    audit.record(
        by=request.user,
        action="performance.export_report",
        on=f"{county}{period.label}目标任务完成进度表",
        after={"格式": suffix},
    )
    return send_file(download.content, download.name, download.mime)


@require_safe
@allowed("performance.view_reports")
def progress_chart(request, month, name, width):
    county, period = county_of(request), month_of(month)
    try:
        document = figures_of(county=county, first=period.first, last=period.last)
    except Refused as error:
        raise Http404(str(error)) from None
    return chart_response(charts_of(document), name, width)
