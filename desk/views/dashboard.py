"""工作台: what waits for me, and how the county's year stands."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import allowed
from accounts.policy import may
from common import clock
from desk.exports.charts import CHARTS, WIDTHS
from desk.services.progress import county_progress, fund_progress
from desk.services.todo import todo_items
from organizations.models import Station
from organizations.scope import county_of
from programmes.services.plans import NoPlan, plan_for

TODO_SHOWN = 8


@require_safe
@allowed("desk.view_dashboard")
def dashboard(request):
    """The first page. Who has no share in the county's figures sees only what waits for her."""
    items = todo_items(request.user)
    context = {"items": items[:TODO_SHOWN], "item_count": len(items), "today": clock.today()}
    if may(request.user, "consultations.view_totals"):
        context |= figures_for(request.user)
    return render(request, "desk/dashboard.html", context)


def figures_for(user):
    """The county's progress at the stations she sees, and the fund where she may know of it."""
    county, today = county_of(user), clock.today()
    if county is None:
        return {}
    try:
        plan = plan_for(county=county, day=today)
    except NoPlan as error:
        return {"county": county, "no_plan": str(error)}
    stations = list(Station.objects.visible_to(user).in_county(county).active())
    progress = county_progress(county, plan, today, stations)
    fund = fund_progress(county, plan, today) if may(user, "subsidies.view_ledger") else None
    return {"county": county, "plan": plan, "progress": progress, "fund": fund, "is_whole_county": user.post_regions}


@require_safe
@allowed("desk.view_dashboard")
def dashboard_chart(request, name, width):
    """One chart of the dashboard as an SVG file; the data table stands on the page."""
    draw, action = CHARTS.get(name, (None, None))
    figures = figures_for(request.user)
    if draw is None or width not in WIDTHS or "progress" not in figures or not may(request.user, action):
        raise Http404("没有这张图。")
    return HttpResponse(draw(figures, WIDTHS[width]), content_type="image/svg+xml")
