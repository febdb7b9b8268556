"""工作台: what waits for me, and how the county's year stands."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import allowed
from accounts.policy import may
from common import clock
from consultations.models import Shift
from desk.exports.charts import CHARTS, WIDTHS
from desk.services.aid_summary import aid_summary
from desk.services.progress import county_progress, fund_progress
from desk.services.todo import todo_items
from organizations.models import Station
from organizations.scope import county_of
from programmes.services.plans import NoPlan, plan_for
from subsidies.services.forecasting import year_of_money

TODO_SHOWN = 8
COMING_SHOWN = 4


@require_safe
@allowed("desk.view_dashboard")
def dashboard(request):
    """The first page. Who has no share in the county's figures sees only what waits for her."""
    items = todo_items(request.user)
    today = clock.today()
    context = {
        "items": items[:TODO_SHOWN],
        "item_count": len(items),
        "overdue": sum(item.due_on is not None and item.due_on < today for item in items),
        "today": today,
        "aid": aid_summary(request.user, today),
    }
    figures = figures_for(request.user)
    if "fund" in figures:
        context["money"] = year_of_money(plan=figures["plan"], today=today)
    return render(request, "desk/dashboard.html", context | figures | own_duty(request.user))


def figures_for(user):
    """The county's progress at the stations whose figures are hers, and the fund where she may know of it."""
    county, today = county_of(user), clock.today()
    sees_totals = may(user, "consultations.view_totals") and (user.post_regions or user.post_stations)
    sees_fund = may(user, "subsidies.view_ledger")
    if county is None or not (sees_totals or sees_fund):
        return {}
    try:
        plan = plan_for(county=county, day=today)
    except NoPlan as error:
        return {"no_plan": str(error)}
    figures = {"today": today}
    if sees_totals:
        stations = list(Station.objects.visible_to(user).in_county(county).active())
        figures["progress"] = county_progress(county, plan, today, stations)
    if sees_fund:
        figures |= {"fund": fund_progress(county, plan, today), "plan": plan}
    return figures


def own_duty(user):
    """Her own next shifts, for who is on duty herself."""
    if not may(user, "consultations.sign_in"):
        return {}
    coming = Shift.objects.own(user).standing().filter(day__gte=clock.today()).select_related("station")
    return {"coming": coming.order_by("day", "starts_at")[:COMING_SHOWN], "is_on_duty": True}


@require_safe
@allowed("desk.view_dashboard")
def dashboard_chart(request, name, width):
    """One chart of the dashboard as an SVG file; the data table stands on the page."""
    draw, needed = CHARTS.get(name, (None, None))
    figures = figures_for(request.user)
    if draw is None or width not in WIDTHS or needed not in figures:
        raise Http404("没有这张图。")
    return HttpResponse(draw(figures, WIDTHS[width]), content_type="image/svg+xml")
