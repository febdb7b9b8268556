"""One report: its figures, its words, each step of its way, its files. One POST a step."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import allowed, fresh_login
from common import clock
from common.errors import Refused
from consultations.views.places import send_file
from performance.exports.charts import WIDTHS, charts_of
from performance.exports.narrative import NUMERALS, parts_of
from performance.exports.progress_table import progress_paper
from performance.exports.reports import keep_issued_papers, report_letter, report_workbook
from performance.forms import DraftForm, TextsForm
from performance.models import Report
from performance.services import reports
from performance.services.links import links_of
from performance.services.report_page import acts_of, steps_of
from records.services import file_response
from subsidies.views.places import county_of

PEOPLE = ("county__parent", "drafted_by", "reviewed_by", "issued_by", "supersedes", "paper__file", "workbook")
MAKERS = {"pdf": report_letter, "xlsx": report_workbook}


def report_of(request, pk):
    return get_object_or_404(Report.objects.visible_to(request.user).select_related(*PEOPLE), pk=pk)


@require_safe
@allowed("performance.view_reports")
def report(request, pk):
    return page_of_report(request, report_of(request, pk))


def page_of_report(request, report, *, texts=None, status=200):
    facts = {
        "report": report,
        "document": report.figures,
        "steps": steps_of(report),
        "acts": acts_of(report, request.user),
        "events": report.events.select_related("by"),
        "changed": reports.what_changed(report) if report.is_open else [],
        "parts": list(zip(NUMERALS, parts_of(report), strict=False)),
        "charts": charts_of(report.figures),
        "links": links_of(request.user, report.figures),
        "texts": texts or TextsForm(report=report),
        "today": clock.today(),
    }
    return render(request, "performance/report.html", facts, status=status)


@require_safe
@allowed("performance.draft_report")
def report_new(request):
    """Which report to draft: a special one, another period, or a new version of an issued one."""
    form = DraftForm(initial={key: request.GET.get(key, "") for key in ("kind", "period", "subject")})
    return render(request, "performance/report_new.html", {"form": form, "county": county_of(request)})


@require_POST
@allowed("performance.draft_report")
def report_draft(request):
    """Draft a report, or read its figures again."""
    county, form = county_of(request), DraftForm(request.POST)
    if form.is_valid():
        try:
            made = reports.draft_report(county=county, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已编制{made}，数据截至现在。")
            return redirect("report", made.pk)
    return render(request, "performance/report_new.html", {"form": form, "county": county}, status=422)


def step(request, pk, act, words, **told):
    """Do one step; back to the page with what came of it."""
    found = report_of(request, pk)
    version = request.POST.get("version", "")
    try:
        found = act(report_id=found.pk, version=int(version) if version.isdigit() else 0, by=request.user, **told)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words.format(report=found))
    return redirect("report", pk)


def note_of(request):
    return request.POST.get("note", "").strip()[:500]


@require_POST
@allowed("performance.draft_report")
def report_texts(request, pk):
    found = report_of(request, pk)
    form = TextsForm(request.POST, report=found)
    if not form.is_valid():
        return page_of_report(request, found, texts=form, status=422)
    return step(request, pk, reports.write_texts, "已保存文字。", texts=form.cleaned_data)


@require_POST
@allowed("performance.review_report")
def report_review(request, pk):
    return step(request, pk, reports.review_report, "已复核{report}，送局领导签发。", note=note_of(request))


@require_POST
@allowed("performance.send_back_report")
def report_send_back(request, pk):
    return step(request, pk, reports.send_back_report, "已退回编制人修改。", reason=note_of(request))


@require_POST
@allowed("performance.issue_report")
@fresh_login
def report_issue(request, pk):
    return step(request, pk, reports.issue_report, "已签发{report}，报告和数据表已经留存。", make_papers=keep_issued_papers)


@require_safe
@allowed("performance.export_report")
def report_file(request, pk, suffix):
    """The issued paper or workbook as it was kept; before that a working copy of the draft."""
    found = report_of(request, pk)
    if suffix not in MAKERS:
        raise Http404(f"没有 {suffix} 格式的文件。")
    audit.record(
        by=request.user, action="performance.export_report", on=found, after={"格式": suffix, "状态": found.get_status_display()}
    )
    if found.is_issued:
        return file_response(found.paper.file if suffix == "pdf" else found.workbook)
    return made(request, pk, lambda: MAKERS[suffix](found, by=request.user))


@require_safe
@allowed("performance.export_report")
def report_table(request, pk):
    """F12 alone, of the figures of this report."""
    found = report_of(request, pk)
    audit.record(by=request.user, action="performance.export_report", on=found, after={"格式": "进度表 pdf"})
    return made(request, pk, lambda: progress_paper(found.county, found.figures, found.label, by=request.user))


def made(request, pk, make):
    """A file made now, or back to the page with why not."""
    try:
        download = make()
    except Refused as error:
        messages.error(request, str(error))
        return redirect("report", pk)
    return send_file(download.content, download.name, download.mime)


@require_safe
@allowed("performance.view_reports")
def report_chart(request, pk, name, width):
    return chart_response(charts_of(report_of(request, pk).figures), name, width)


def chart_response(charts, name, width):
    """One of these charts as an SVG file. 404 for a name that is not theirs."""
    chart = next((each for each in charts if each.name == name), None)
    if chart is None or width not in WIDTHS:
        raise Http404("没有这张图。")
    return HttpResponse(chart.draw(WIDTHS[width]), content_type="image/svg+xml")
