"""资金台账: the cash book, the balance with its forecast, reversals."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, fresh_login
from accounts.pages import chips_of, page_of
from common import charts, clock
from common.errors import Refused
from programmes.models import Plan
from subsidies.forms.funds import LedgerFilter, ReversalForm
from subsidies.models import Fund, LedgerEntry, ReversalProposal
from subsidies.services.forecasting import year_of_money
from subsidies.services.funds import decide_reversal, propose_reversal
from subsidies.views.places import county_of

RELATED = ("payment__row__sheet__month", "payment__case_row", "movement", "reverses", "reversed_by", "booked_by")


@require_safe
@allowed("subsidies.view_ledger")
def ledger(request):
    """One fund's cash book, latest first, each entry with the balance after it."""
    county = county_of(request)
    entries = LedgerEntry.objects.visible_to(request.user).filter(fund__county=county)
    years = entries.order_by("-year").values_list("year", flat=True).distinct()
    form = LedgerFilter(request.GET or {"fund": Fund.Kind.SPECIAL}, years=years)
    chosen = form.cleaned_data if form.is_valid() else {}
    fund = Fund.objects.filter(county=county, kind=chosen.get("fund") or Fund.Kind.SPECIAL).first()
    entries = entries.filter(fund=fund)
    if chosen.get("year"):
        entries = entries.filter(year=chosen["year"])
    if chosen.get("quarter"):
        last_month = int(chosen["quarter"]) * 3
        entries = entries.filter(day__month__range=(last_month - 2, last_month))
    if chosen.get("kind"):
        entries = entries.filter(kind=chosen["kind"])
    page = page_of(request, entries.select_related(*RELATED).order_by("-sequence"))
    facts = {"county": county, "fund": fund, "form": form, "page": page, "chips": chips_of(request, form)}
    if fund:
        balance, committed = fund.balance, fund.committed
        facts |= {"balance": balance, "committed": committed, "free": balance - committed}
    return render(request, "subsidies/ledger.html", facts)


def plan_of_year(county, year):
    """The county's plan with duty of the year asked for, else the one of the business day, else the latest."""
    plans = [plan for plan in Plan.objects.filter(region=county).order_by("-starts_on") if plan.has_part("duty")]
    wanted = int(year) if year.isdigit() and len(year) == 4 else clock.today().year
    chosen = next((plan for plan in plans if plan.year == wanted), plans[0] if plans and not year else None)
    return chosen, plans


@require_safe
@allowed("subsidies.view_ledger")
def fund_balance(request):
    """What is there, what is promised, what the year will still cost."""
    county = county_of(request)
    plan, plans = plan_of_year(county, request.GET.get("year", ""))
    funds = Fund.objects.filter(county=county)
    facts = {"county": county, "plan": plan, "plans": plans, "funds": funds}
    if plan:
        facts["year"] = year_of_money(plan=plan, today=clock.today())
        facts["rows"] = zip(facts["year"].months, facts["year"].planned, facts["year"].actual, strict=True)
    return render(request, "subsidies/fund_balance.html", facts)


@require_safe
@allowed("subsidies.view_ledger")
def fund_chart(request):
    """Planned and actual spending of the year as an SVG file; ?narrow=1 for phones."""
    plan, _plans = plan_of_year(county_of(request), request.GET.get("year", ""))
    if plan is None:
        raise Http404("没有这一年的实施方案。")
    year = year_of_money(plan=plan, today=clock.today())
    drawing = charts.planned_and_actual(
        [f"{month.month}月" for month in year.months],
        year.planned,
        year.actual,
        names=("按全年测算平均", "实际支付累计"),
        alt=f"{plan.year}年专项资金支付累计与全年测算",
        width=charts.NARROW if request.GET.get("narrow") else charts.WIDE,
        formatter=lambda amount: charts.told(float(amount) / 10_000) + "万",
    )
    return HttpResponse(drawing, content_type="image/svg+xml")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("subsidies.propose_reversal")
@fresh_login
def entry_reverse(request, pk):
    """Propose the reversal of one entry: its own page, which says what follows."""
    entry = get_object_or_404(LedgerEntry.objects.visible_to(request.user).select_related(*RELATED, "fund"), pk=pk)
    form = ReversalForm(request.POST or None, initial={"key": uuid4().hex})
    if request.method == "POST" and form.is_valid():
        try:
            propose_reversal(entry_id=pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已提出冲销 {entry}，等待局领导审定。")
            return redirect("reversals")
    return render(request, "subsidies/entry_reverse.html", {"form": form, "entry": entry})


@require_safe
@allowed("subsidies.view_ledger")
def reversals(request):
    rows = ReversalProposal.objects.visible_to(request.user).select_related("entry__fund", "proposed_by", "decided_by")
    return render(request, "subsidies/reversals.html", {"page": page_of(request, rows.order_by("-proposed_at", "-pk"))})


@require_safe
@allowed("subsidies.view_ledger")
def reversal(request, pk):
    """One proposal: the entry, why it is wrong, and for the leader the decision."""
    rows = ReversalProposal.objects.visible_to(request.user).select_related("entry__fund", "proposed_by", "decided_by")
    return render(request, "subsidies/reversal.html", {"proposal": get_object_or_404(rows, pk=pk), "key": uuid4().hex})


@require_POST
@allowed("subsidies.decide_reversal")
@fresh_login
def reversal_decide(request, pk):
    proposal = get_object_or_404(ReversalProposal.objects.visible_to(request.user), pk=pk)
    accept, note = request.POST.get("decision") == "accept", request.POST.get("note", "")[:200]
    try:
        decide_reversal(proposal_id=proposal.pk, accept=accept, note=note, by=request.user, key=request.POST.get("key", ""))
    except Refused as error:
        messages.error(request, str(error))
        return redirect("reversal", pk)
    messages.success(request, "已同意，原凭证已冲销。" if accept else "已不予冲销。")
    return redirect("reversals")
