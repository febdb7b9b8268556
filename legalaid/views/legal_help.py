"""值班律师法律帮助: register, one record with its steps, the ledger of format 29."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import allowed
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from legalaid.exports.legal_help import content_words, ledger_name, ledger_workbook, place_words
from legalaid.forms.legal_help import HelpFilter, HelpForm, form_of
from legalaid.models import LegalHelp
from legalaid.rules.legal_help import STEPS, transfer_words
from legalaid.services import legal_help as services
from legalaid.services.help_papers import help_ledger_pdf, help_paper_pdf, papers_of_help
from legalaid.views.papers import pdf_response
from organizations.scope import county_or_404
from records.services.files import XLSX


def chosen_helps(request, form):
    rows = LegalHelp.objects.visible_to(request.user)
    return rows.chosen(**(form.cleaned_data if form.is_valid() else {}))


@require_safe
@allowed("legalaid.view_legal_help")
def legal_helps(request):
    """The register, with the counts over what is chosen."""
    form = HelpFilter(request.GET)
    rows = chosen_helps(request, form)
    page = page_of(request, rows.select_related("station", "lawyer").order_by("-asked_on", "-pk"))
    now = clock.now()
    for found in page:
        found.transfer = transfer_words(found.transfer_due_at, found.transferred_at, now)
        found.where = place_words(found)
    counts = services.counts_of(rows)
    context = {
        "form": form,
        "page": page,
        "chips": chips_of(request, form),
        "counts": counts,
        "contents": [(label, counts[code]) for code, label in LegalHelp.Content.choices],
        "query": request.GET.urlencode(),
        "may_register": may_register(request.user),
    }
    return render(request, "legalaid/legal_help/list.html", context)


def may_register(user):
    return may(user, "legalaid.handle_legal_help") or may(user, "legalaid.give_legal_help")


@require_safe
@allowed("legalaid.view_legal_help")
def legal_help_ledger(request):
    """Format 29 of what is chosen on the list."""
    form = HelpFilter(request.GET)
    rows, county, period = chosen_helps(request, form), county_or_404(request.user), period_of(form)
    content = ledger_workbook(rows, county=county, period=period, by=request.user)
    after = {"条数": rows.count(), "期间": period}
    audit.record(by=request.user, action="legalaid.export_legal_help", on=None, after=after)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, ledger_name(county))
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def period_of(form):
    """The days chosen on the list, in words."""
    told = form.cleaned_data if form.is_valid() else {}
    return f"{told.get('since') or '全部'} 至 {told.get('until') or clock.today()}"


@require_safe
@allowed("legalaid.view_legal_help")
def legal_help_ledger_paper(request):
    """The same ledger as the printed form, names masked."""
    form = HelpFilter(request.GET)
    county, period = county_or_404(request.user), period_of(form)
    rows = chosen_helps(request, form).select_related("station", "lawyer").order_by("asked_on", "pk")
    try:
        content = help_ledger_pdf(rows, county=county, words=period)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("legal-helps")
    audit.record(by=request.user, action="legalaid.export_legal_help", on=None, after={"文书": "工作台账", "期间": period})
    return pdf_response(content, f"{county}值班律师法律帮助工作台账.pdf")


@require_safe
@allowed("legalaid.view_legal_help")
def legal_help_paper(request, pk, paper):
    """One of its own papers, filled; the form of request bears the whole ID number, so who took it is written down."""
    found = help_or_404(request, pk)
    try:
        content = help_paper_pdf(found, paper)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("legal-help", pk)
    title = dict(papers_of_help(found))[paper]
    audit.record(by=request.user, action="legalaid.print_legal_help", on=found, after={"文书": title})
    return pdf_response(content, f"{title}_{found.number}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("legalaid.view_legal_help")
def legal_help_new(request):
    """Register a request or a notice: by the centre, or by the lawyer who was asked."""
    if not may_register(request.user):
        messages.error(request, "值班律师法律帮助由法律援助中心经办人或者值班律师登记。")
        return redirect("legal-helps")
    county = county_or_404(request.user)
    initial = {"source": LegalHelp.Source.REQUEST, "asked_on": clock.today()}
    may_arrange = may(request.user, "legalaid.handle_legal_help")
    form = HelpForm(request.POST or None, county=county, may_arrange=may_arrange, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            found = services.register_help(county=county, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已登记 {found}。")
            return redirect("legal-help", found.pk)
    return render(request, "legalaid/legal_help/new.html", {"form": form})


def help_or_404(request, pk):
    rows = LegalHelp.objects.visible_to(request.user).select_related("county", "station", "lawyer", "case", "defender_case")
    return get_object_or_404(rows, pk=pk)


@require_safe
@allowed("legalaid.view_legal_help")
def legal_help(request, pk):
    found = help_or_404(request, pk)
    context = {
        "found": found,
        "steps": services.steps_for(found, request.user),
        "events": found.events.select_related("by"),
        "contents": content_words(found),
        "where": place_words(found),
        "papers": papers_of_help(found),
        "transfer": transfer_words(found.transfer_due_at, found.transferred_at, clock.now()),
        "defenders": [] if found.is_ended else services.defenders_of(found),
    }
    return render(request, "legalaid/legal_help/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("legalaid.view_legal_help")
def legal_help_step(request, pk, code):
    """One step on its own page, so that it works on a phone."""
    step = STEPS.get(code)
    if step is None or "" in step.since:
        raise Http404("没有这个步骤。")
    found = help_or_404(request, pk)
    if why := services.why_no_step(found, step, request.user):
        messages.error(request, why)
        return redirect("legal-help", pk)
    form = form_of(code)(request.POST or None, found=found)
    if request.method == "POST" and form.is_valid():
        told = {name: value for name, value in form.cleaned_data.items() if name != "time"}
        try:
            services.take_step(pk=pk, code=code, by=request.user, **told)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"{found}：{step.words}。")
            return redirect("legal-help", pk)
    return render(request, "legalaid/legal_help/step.html", {"form": form, "found": found, "step": step})
