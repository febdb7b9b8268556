"""季度报告: the quarters of a county, one return with its figures, and each step of its way. One POST a step."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import allowed, fresh_login
from accounts.pages import page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.periods import Quarter
from legalaid.models import AidCase
from organizations.models import Station
from records.services import file_response
from subsidies.exports.quarterly_return import keep_signed_papers, return_letter, return_workbook
from subsidies.forms.returns import NarrativeForm, SentForm
from subsidies.models import Fund, QuarterlyReturn
from subsidies.services import returns
from subsidies.services.return_page import acts_of, quarters_without, steps_of
from subsidies.views.places import county_of

MAKERS = {"xlsx": (return_workbook, "workbook"), "pdf": (return_letter, "letter")}
PEOPLE = ("county", "prepared_by", "reviewed_by", "signed_by", "sent_by", "answered_by")


@require_safe
@allowed("subsidies.view_returns")
def quarterly_returns(request):
    """Every quarter of the county with its return, and those that still need one."""
    county = county_of(request)
    rows = QuarterlyReturn.objects.visible_to(request.user).filter(county=county).select_related(*PEOPLE)
    waiting = quarters_without(county) if may(request.user, "subsidies.prepare_return") else []
    facts = {"county": county, "page": page_of(request, rows), "waiting": waiting, "today": clock.today()}
    return render(request, "subsidies/quarterly_returns.html", facts)


def report_of(request, pk):
    return get_object_or_404(QuarterlyReturn.objects.visible_to(request.user).select_related(*PEOPLE), pk=pk)


@require_safe
@allowed("subsidies.view_returns")
def quarterly_return(request, pk):
    """One return: its figures as they stand in it, the words beside them, who held which step, the next act."""
    return page_of_return(request, report_of(request, pk))


def page_of_return(request, report, *, narrative=None, sent=None, status=200):
    document = report.figures
    numbers = [row["case"] for key in ("rows", "blocked") for row in document["case_subsidy"][key]]
    cases = AidCase.objects.of_county(report.county).filter(number__in=numbers)
    stations = Station.objects.filter(county=report.county)
    facts = {
        "report": report,
        "document": document,
        "quarter": report.quarter,
        "first": report.first.isoformat(),
        "last": report.quarter.last.isoformat(),
        "ledger_url": ledger_of(report),
        "steps": steps_of(report),
        "acts": acts_of(report, request.user),
        "events": report.events.select_related("by"),
        "changed": returns.what_changed(report) if not report.is_signed else [],
        "case_ids": dict(cases.values_list("number", "pk")),
        "station_ids": dict(stations.values_list("name", "pk")),
        "narrative": narrative or NarrativeForm(initial={"problems": report.problems, "next_steps": report.next_steps}),
        "sent": sent or SentForm(initial={"sent_on": clock.today()}),
        "today": clock.today(),
    }
    return render(request, "subsidies/quarterly_return.html", facts, status=status)


def ledger_of(report):
    """The cash book of the quarter: the rows behind the return's figures of cash."""
    quarter = report.quarter
    told = {"county": report.county_id, "fund": Fund.Kind.SPECIAL, "year": quarter.year, "quarter": quarter.number}
    return f"{reverse('ledger')}?{urlencode(told)}"


@require_POST
@allowed("subsidies.prepare_return")
def quarterly_return_draft(request):
    """Draft a quarter's return, or read its figures again."""
    county = county_of(request)
    back = f"{reverse('quarterly-returns')}?county={county.pk}"
    try:
        quarter = Quarter.parse(request.POST.get("quarter", ""))
        report = returns.draft_return(county=county, quarter=quarter, by=request.user)
    except (Refused, ValueError) as error:
        messages.error(request, str(error))
        return redirect(back)
    messages.success(request, f"已编制{report}，数据截至现在。")
    return redirect("quarterly-return", report.pk)


def step(request, pk, act, words, **told):
    """Do one step; back to the page with what came of it."""
    report = report_of(request, pk)
    version = request.POST.get("version", "")
    try:
        report = act(report_id=report.pk, version=int(version) if version.isdigit() else 0, by=request.user, **told)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words.format(report=report))
    return redirect("quarterly-return", pk)


def note_of(request):
    return request.POST.get("note", "").strip()[:500]


@require_POST
@allowed("subsidies.prepare_return")
def quarterly_return_narrative(request, pk):
    form = NarrativeForm(request.POST)
    if not form.is_valid():
        return page_of_return(request, report_of(request, pk), narrative=form, status=422)
    return step(request, pk, returns.write_narrative, "已保存文字。", **form.cleaned_data)


@require_POST
@allowed("subsidies.review_return")
def quarterly_return_review(request, pk):
    return step(request, pk, returns.review_return, "已复核{report}，送局领导签发。", note=note_of(request))


@require_POST
@allowed("subsidies.send_back_return")
def quarterly_return_send_back(request, pk):
    return step(request, pk, returns.send_back_return, "已退回编制人修改。", reason=note_of(request))


@require_POST
@allowed("subsidies.sign_return")
@fresh_login
def quarterly_return_sign(request, pk):
    def papers(report, *, by):
        return keep_signed_papers(report, returns.figures_now(report), by=by)

    return step(request, pk, returns.sign_return, "已签发{report}，表和报告已经留存。", make_papers=papers)


@require_POST
@allowed("subsidies.prepare_return")
def quarterly_return_send(request, pk):
    form = SentForm(request.POST)
    if not form.is_valid():
        return page_of_return(request, report_of(request, pk), sent=form, status=422)
    return step(request, pk, returns.send_return, "已登记报送市局。", **form.cleaned_data)


@require_POST
@allowed("subsidies.note_return")
def quarterly_return_note(request, pk):
    return step(request, pk, returns.note_return, "已接收{report}。")


@require_POST
@allowed("subsidies.note_return")
def quarterly_return_return(request, pk):
    return step(request, pk, returns.return_to_county, "已退回{report}。", reason=note_of(request))


@require_safe
@allowed("subsidies.export_return")
def quarterly_return_file(request, pk, suffix):
    """The signed paper as it was kept; before that a working copy from the books of now."""
    if suffix not in MAKERS:
        raise Http404(f"没有 {suffix} 格式的文件。")
    make, kept = MAKERS[suffix]
    report = report_of(request, pk)
    told = {"季度": report.quarter.label, "格式": suffix}
    if stored := getattr(report, kept):
        audit.record(by=request.user, action="subsidies.export_return", on=report, after={**told, "已签发": "是"})
        return file_response(stored)
    try:
        download = make(returns.figures_now(report), by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("quarterly-return", pk)
    audit.record(by=request.user, action="subsidies.export_return", on=report, after={**told, "已签发": "否"})
    response = HttpResponse(download.content, content_type=download.mime)
    response["Content-Disposition"] = content_disposition_header(True, download.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
