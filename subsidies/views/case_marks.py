"""惠民标注: the cases of the year by what becomes of them, one case line by line, the mark and the bureau's decision."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.pages import chips_of, page_of
from common import clock
from common.errors import Refused
from legalaid.models import AidCase
from programmes.models import Plan
from records.services import file_response
from subsidies.forms.cases import MarkForm, MarksFilter, OpinionForm, OrdinaryForm, ScopeForm
from subsidies.models import CaseClaim, CaseMark
from subsidies.models.cases import cases_in_sight
from subsidies.services import marks
from subsidies.services.case_figures import judge_case, plan_with_cases, progress_of
from subsidies.services.case_pages import STATE_WORDS, told_lines, year_of_cases
from subsidies.views.places import county_of


@require_safe
@allowed("subsidies.view_case_lists")
def case_marks(request):
    """Cases of a plan's year: which may be marked, wait, are marked, stand in a list, and which are not worth it and why."""
    county = county_of(request)
    years = years_of(county)
    form = MarksFilter(request.GET, years=years)
    chosen = form.cleaned_data if form.is_valid() else {}
    year = int(chosen.get("year") or (years[0] if years else clock.today().year))
    facts = {"county": county, "form": form, "chips": chips_of(request, form), "year": year, "why_none": ""}
    try:
        sight = set(cases_in_sight(request.user).filter(county=county).values_list("pk", flat=True))
        every = year_of_cases(county=county, year=year)
        # The places are the county's, whoever looks; the rows are those that she may see.
        facts["special"] = sum(row.case.special > 0 for row in every)
        rows = [row for row in every if row.case.id in sight]
        facts["progress"] = progress_of(county=county, year=year, until=plan_with_cases(county=county, year=year).ends_on)
    except Refused as error:
        rows, facts["why_none"] = [], str(error)
    facts["counts"] = [(state, words, sum(row.state == state for row in rows)) for state, words in STATE_WORDS.items()]
    facts["page"] = page_of(request, [row for row in rows if fits(row, chosen)], per_page=50)
    return render(request, "subsidies/case_marks.html", facts)


def years_of(county):
    """Years of the county's plans with cases, the latest that has begun first."""
    plans = Plan.objects.filter(region__in=[county.pk, county.parent_id, county.parent and county.parent.parent_id])
    years = sorted({plan.year for plan in plans if plan.has_part("cases")}, reverse=True)
    begun = [year for year in years if year <= clock.today().year]
    return begun or years


def fits(row, chosen):
    quarter = chosen.get("quarter")
    return (
        (not chosen.get("state") or row.state == chosen["state"])
        and (not quarter or row.case.quarter is not None and str(row.case.quarter.number) == quarter)
        and (not chosen.get("q") or chosen["q"].strip() in row.case.number)
    )


def case_in_sight(request, pk):
    return get_object_or_404(cases_in_sight(request.user).select_related("county__parent"), pk=pk)


@require_safe
@allowed("subsidies.view_case_money")
def case_mark(request, pk):
    """One case held against the plan, line by line; the mark, the claim, and what may be done now."""
    case = case_in_sight(request, pk)
    form = MarkForm(initial={"marked_on": clock.today(), "local_standard": usual_standard(case)})
    return mark_page(request, case, form)


def usual_standard(case):
    """What the last case of the same type was told to be worth."""
    last = (
        CaseMark.objects.filter(case__county=case.county, case__type=case.type).exclude(case=case).order_by("-marked_on", "-pk")
    )
    return last.values_list("local_standard", flat=True).first() or 1000


def mark_page(request, case, form, status=200):
    facts = {"case": case, "form": form, "opinion": OpinionForm(), "lines": [], "why_none": ""}
    facts["mark"] = CaseMark.objects.filter(case=case).select_related("proof", "proposed_by", "signed_by").first()
    facts["claim"] = CaseClaim.objects.filter(case=case).select_related("list", "organization", "practitioner").first()
    facts["decisions"] = case.bureau_decisions.select_related("decided_by").order_by("-pk")
    facts["is_open_case"] = AidCase.objects.visible_to(request.user).filter(pk=case.pk).exists()
    try:
        told, verdict, rules = judge_case(case)
    except Refused as error:
        facts["why_none"] = str(error)
    else:
        facts |= {"lines": told_lines(told, verdict), "verdict": verdict, "facts": told, "plan": rules.plan}
    return render(request, "subsidies/case_mark.html", facts, status=status)


@require_POST
@allowed("subsidies.mark_case")
def case_mark_propose(request, pk):
    case = case_in_sight(request, pk)
    form = MarkForm(request.POST, request.FILES)
    if not form.is_valid():
        return mark_page(request, case, form)
    told = {name: form.cleaned_data[name] for name in ("marked_on", "entry_no", "local_standard", "proof")}
    try:
        marks.propose_mark(case_id=case.pk, by=request.user, **told)
    except Refused as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return mark_page(request, case, form)
    messages.success(request, f"已提出{case.number}的惠民标注，等待主任签发。")
    return redirect("case-mark", case.pk)


@require_POST
@allowed("subsidies.sign_marks")
def case_mark_sign(request, pk):
    mark = mark_of(request, pk)
    return decide(request, mark, marks.sign_mark, "已签发{number}的惠民标注。")


@require_POST
@allowed("subsidies.sign_marks")
def case_mark_send_back(request, pk):
    mark = mark_of(request, pk)
    return decide(request, mark, marks.send_back_mark, "已退回{number}的惠民标注。")


def mark_of(request, pk):
    return get_object_or_404(CaseMark.objects.visible_to(request.user).select_related("case"), case=pk)


def decide(request, mark, act, words):
    try:
        act(mark_id=mark.pk, by=request.user, opinion=request.POST.get("opinion", "")[:200])
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words.format(number=mark.case.number))
    return redirect("case-mark", mark.case_id)


@require_safe
@allowed("subsidies.view_case_money")
def case_mark_proof(request, pk):
    mark = mark_of(request, pk)
    if mark.proof is None:
        raise Http404("没有标注截图。")
    return file_response(mark.proof)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("subsidies.mark_case")
def case_mark_ordinary(request, pk):
    """Note that an ordinary subsidy was paid: the case is then never paid from here."""
    case = case_in_sight(request, pk)
    form = OrdinaryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            marks.record_ordinary_subsidy(case_id=case.pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已登记{case.number}发过普通法律援助补贴，不再从惠民工程补贴。")
            return redirect("case-mark", case.pk)
    return render(request, "subsidies/case_mark_ordinary.html", {"case": case, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("subsidies.decide_scope")
def case_mark_scope(request, pk):
    """The leader's decision where the plan leaves it open (readings D15, D16, D39)."""
    case = case_in_sight(request, pk)
    form = ScopeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            marks.decide_scope(case_id=case.pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已登记对{case.number}的决定。")
            return redirect("case-mark", case.pk)
    told, verdict, _rules = judge_case(case)
    open_lines = [line for line in told_lines(told, verdict) if line.reason]
    return render(request, "subsidies/case_mark_scope.html", {"case": case, "form": form, "lines": open_lines})


@require_safe
@allowed("subsidies.view_case_money")
def case_money(request, pk):
    """What the page of a case includes: its mark and its subsidy. A page of its own is the case's mark."""
    case = case_in_sight(request, pk)
    if not request.headers.get("HX-Request"):
        return redirect("case-mark", pk)
    claim = (
        CaseClaim.objects.filter(case=case)
        .select_related("list", "organization", "practitioner")
        .prefetch_related("parts")
        .first()
    )
    facts = {"case": case, "mark": CaseMark.objects.filter(case=case).first(), "claim": claim, "verdict": None}
    try:
        _told, facts["verdict"], _rules = judge_case(case)
    except Refused as error:
        facts["why_none"] = str(error)
    return render(request, "subsidies/_case_money.html", facts)
