"""年度清算与绩效: a county's year of public money, its indicators, what people say of them, and both as papers."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed
from common import clock
from common.errors import Refused
from subsidies.exports.annual import shown, state_of, year_pdf, year_workbook
from subsidies.models import Fund
from subsidies.services.annual_figures import YearRefused, write_reason, year_figures
from subsidies.views.papers import give
from subsidies.views.places import county_of

MAKERS = {"xlsx": year_workbook, "pdf": year_pdf}
YEARS = range(2018, 2100)


def figures_or_404(request, year):
    if year not in YEARS:
        raise Http404(f"没有{year}年的资料。")
    try:
        return year_figures(county=county_of(request), year=year)
    except YearRefused as error:
        raise Http404(str(error)) from None


@require_safe
@allowed("subsidies.view_returns")
def fund_year(request, year=None):
    """The year so far: each fund, the tasks, the indicators with what people wrote about those that are behind."""
    figures = figures_or_404(request, year or clock.today().year)
    words = dict(Fund.Kind.choices)
    facts = {
        "county": figures.county,
        "figures": figures,
        "funds": [(words[each.kind], each) for each in figures.funds],
        "rows": [
            (each, shown(each.target, each.unit), shown(each.actual, each.unit), state_of(each)) for each in figures.indicators
        ],
    }
    return render(request, "subsidies/fund_year.html", facts)


def back_to(county, year):
    return f"{reverse('fund-year-of', args=[year])}?county={county.pk}"


@require_POST
@allowed("subsidies.prepare_return")
def fund_year_reason(request, year):
    county = county_of(request)
    try:
        write_reason(
            county=county,
            year=year,
            indicator=request.POST.get("indicator", ""),
            reason=request.POST.get("reason", ""),
            by=request.user,
        )
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已保存偏差原因。")
    return redirect(back_to(county, year))


@require_safe
@allowed("subsidies.export_return")
def fund_year_file(request, year, suffix):
    if suffix not in MAKERS:
        raise Http404(f"没有 {suffix} 格式的文件。")
    figures = figures_or_404(request, year)
    return give(
        request,
        lambda: MAKERS[suffix](figures, by=request.user),
        on=figures.county,
        action="subsidies.export_return",
        back=back_to(figures.county, year),
        年度=year,
    )
