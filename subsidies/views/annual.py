"""年度清算与绩效: a county's year of public money, its indicators, what people say of them, and both as papers."""

from datetime import date

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed
from common import clock
from common.errors import Refused
from programmes.models import Plan
from records.models import IssuedPaper
from subsidies.exports.annual import YEAR_PAPER, numbered_year_pdf, shown, state_of, year_pdf, year_workbook
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
    """A year: each fund, the tasks, the indicators with what people wrote about those that are behind. The latest begun by default."""
    years = years_of(county_of(request))
    figures = figures_or_404(request, year or (years[0] if years else clock.today().year))
    words = dict(Fund.Kind.choices)
    facts = {
        "county": figures.county,
        "figures": figures,
        "years": years,
        "is_over": clock.today() > date(figures.year, 12, 31),
        "papers": IssuedPaper.objects.about(figures.county)
        .filter(kind=YEAR_PAPER, number__contains=f"-{figures.year}-")
        .select_related("issued_by")
        .order_by("-pk"),
        "funds": [(words[each.kind], each) for each in figures.funds],
        "rows": [
            (each, shown(each.target, each.unit), shown(each.actual, each.unit), state_of(each)) for each in figures.indicators
        ],
    }
    return render(request, "subsidies/fund_year.html", facts)


def years_of(county) -> list[int]:
    """The years of the county's plans that have begun, the latest first."""
    plans = Plan.objects.filter(region__in=[county.pk, county.parent_id], starts_on__lte=clock.today())
    return sorted({plan.year for plan in plans}, reverse=True)


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


@require_POST
@allowed("subsidies.export_return")
def fund_year_paper(request, year):
    """F34 and F35 to be signed. A POST: the first print takes a number."""
    figures = figures_or_404(request, year)
    return give(
        request,
        lambda: numbered_year_pdf(figures, by=request.user),
        on=figures.county,
        action="subsidies.export_return",
        back=back_to(figures.county, year),
        年度=year,
    )
