"""The papers of a case: the list on its page, preview, issue, download, service, void; blank forms for the hand."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import allowed
from accounts.policy import may
from common import clock
from common.errors import Refused
from legalaid.forms.papers import PaperForm, PrefixForm, ServeForm, VoidForm
from legalaid.models import AidCase, CasePaper, PaperPrefix
from legalaid.rules import papers as rules
from legalaid.services import papers as services
from legalaid.services.paper_facts import facts_of, office_facts
from legalaid.services.paper_printing import blank_pdf, bound, paper_html
from organizations.scope import county_of, county_or_404
from records.services import file_response


def case_of(request, pk) -> AidCase:
    return get_object_or_404(
        AidCase.objects.visible_to(request.user).select_related("county", "handler", "office", "lawyer"), pk=pk
    )


def paper_of(request, pk) -> CasePaper:
    rows = CasePaper.objects.visible_to(request.user).select_related("case__county", "paper__file", "receipt")
    return get_object_or_404(rows, pk=pk)


def kind_or_404(code) -> rules.Kind:
    if code not in rules.KINDS:
        raise Http404("没有这种文书。")
    return rules.kind_of(code)


@require_safe
@allowed("legalaid.view_papers")
def case_papers(request, pk):
    """Every paper of a case and what may be made now: a fragment of the case's page, a page of its own without JavaScript."""
    case = case_of(request, pk)
    facts = {
        "case": case,
        "rows": list(services.papers_of(case).order_by("paper__issued_on", "pk")),
        "groups": services.kinds_to_make(case, request.user, on=clock.today()),
        "waiting": services.waiting_papers(case, request.user, on=clock.today()),
        "set": rules.set_on(clock.today()),
    }
    template = "legalaid/papers/_list.html" if request.htmx else "legalaid/papers/list.html"
    return render(request, template, facts)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("legalaid.make_paper")
def case_paper_preview(request, pk, paper):
    """What would go out, with what is missing. A POST only shows it again with what was written: nothing is kept."""
    case, kind = case_of(request, pk), kind_or_404(paper)
    return preview(request, case, kind, PaperForm(request.POST or None, **form_of(case, kind)))


def form_of(case, kind):
    facts = facts_of(case, kind, on=clock.today(), hide_id=True)
    return {"kind": kind, "facts": facts, "standing": services.standing_paper(case, kind)}


def preview(request, case, kind, form):
    is_said = form.is_bound and form.is_valid()
    day = form.cleaned_data["on"] if is_said else clock.today()
    facts = facts_of(case, kind, on=day, hide_id=True).saying(**(form.said() if is_said else {}))
    each = rules.set_on(day)
    page = {
        "case": case,
        "kind": kind,
        "form": form,
        "title": kind.name_in(each),
        "set": each,
        "why_not": services.why_not(case, kind, by=request.user, day=day),
        "lacking": kind.lacking(facts, kind.must),
        "missing": kind.lacking(facts, [name for name in kind.needs if name not in kind.must]),
        "paper": mark_safe(paper_html(kind, facts, each)),
    }
    return render(request, "legalaid/papers/preview.html", page)


@require_POST
@allowed("legalaid.make_paper")
def case_paper_issue(request, pk, paper):
    """Number it, keep it; refused with what was written still there."""
    case, kind = case_of(request, pk), kind_or_404(paper)
    form = PaperForm(request.POST, **form_of(case, kind))
    if form.is_valid():
        again = form.cleaned_data.get("again_because", "")
        try:
            row = services.issue_case_paper(
                case=case, kind=kind.code, by=request.user, on=form.cleaned_data["on"], facts=form.said(), again_because=again
            )
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已制发{row}。")
            return redirect("case-papers", case.pk)
    return preview(request, case, kind, form)


@require_safe
@allowed("legalaid.view_papers")
def case_paper_download(request, pk):
    """The kept file, void ones included; who took it is written down."""
    row = paper_of(request, pk)
    audit.record(
        by=request.user, action="legalaid.download_paper", on=row.case, after={"文书": str(row), "版次": row.paper.version}
    )
    return file_response(row.paper.file)


@require_safe
@allowed("legalaid.view_papers")
def case_paper_receipt(request, pk):
    row = paper_of(request, pk)
    if row.receipt is None:
        raise Http404("还没有上传回执。")
    return file_response(row.receipt)


@require_safe
@allowed("legalaid.view_papers")
def case_papers_bound(request, pk):
    """Cover, index, every paper in force and the remarks as one file, each as it was issued."""
    case = case_of(request, pk)
    rows = services.in_binding_order(case)
    try:
        content = bound(rows)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("case-papers", case.pk)
    audit.record(by=request.user, action="legalaid.download_paper", on=case, after={"文书": "全部在用文书", "份数": len(rows)})
    return pdf_response(content, f"{case.number}_文书.pdf")


def pdf_response(content, name):
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("legalaid.serve_paper")
def case_paper_served(request, pk):
    """送达: when, how, to whom, with the signed receipt."""
    row = paper_of(request, pk)
    initial = {"served_on": row.served_on or clock.today(), "served_how": row.served_how or "direct", "served_to": row.served_to}
    form = ServeForm(request.POST or None, request.FILES or None, initial=initial)
    if form.is_valid():
        told = form.cleaned_data
        try:
            services.serve_case_paper(
                row=row,
                by=request.user,
                day=told["served_on"],
                how=told["served_how"],
                to=told["served_to"],
                upload=told["receipt"],
            )
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已登记{row}的送达。")
            return redirect("case-papers", row.case_id)
    return render(request, "legalaid/papers/served.html", {"form": form, "row": row, "case": row.case})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("legalaid.void_paper")
def case_paper_void(request, pk):
    row = paper_of(request, pk)
    form = VoidForm(request.POST or None)
    if form.is_valid():
        try:
            services.void_case_paper(row=row, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已作废{row}，文号保留。")
            return redirect("case-papers", row.case_id)
    return render(request, "legalaid/papers/void.html", {"form": form, "row": row, "case": row.case})


@require_safe
@allowed("legalaid.print_blank_paper")
def paper_blanks(request):
    """Every form to be filled by hand, in the format of today."""
    each = rules.set_on(clock.today())
    kinds = {words: [kind for kind in rules.KINDS.values() if kind.group == group] for group, words in rules.GROUPS.items()}
    groups = [
        (words, [(kind, kind.name_in(each), kind.formats.get(each.code)) for kind in rows]) for words, rows in kinds.items()
    ]
    county = county_of(request.user)
    prefix = services.paper_prefix(county, clock.today()) if county else ""
    facts = {"groups": groups, "set": each, "prefix": prefix, "may_set": may(request.user, "legalaid.set_paper_prefix")}
    return render(request, "legalaid/papers/blanks.html", facts)


@require_safe
@allowed("legalaid.print_blank_paper")
def paper_blank(request, paper):
    kind, each = kind_or_404(paper), rules.set_on(clock.today())
    try:
        content = blank_pdf(kind, each, facts=office_facts(county_of(request.user)))
    except Refused as error:
        messages.error(request, str(error))
        return redirect("paper-blanks")
    return pdf_response(content, f"{kind.name_in(each).replace('/', '、')}_空白.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("legalaid.set_paper_prefix")
def paper_prefix(request):
    """What the county writes before the word of its document numbers."""
    county = county_or_404(request.user)
    form = PrefixForm(
        request.POST or None, initial={"prefix": services.paper_prefix(county, clock.today()), "since": clock.today()}
    )
    if form.is_valid():
        try:
            services.set_paper_prefix(county=county, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已设定文号代字“{form.cleaned_data['prefix']}”。")
            return redirect("paper-blanks")
    rows = PaperPrefix.objects.filter(county=county).select_related("set_by").order_by("-since", "-pk")
    return render(request, "legalaid/papers/prefix.html", {"form": form, "rows": rows, "county": county})
