"""Cases: the list, its workbook, one case, a number of it in full."""

from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, resolve, reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed, fresh_login
from accounts.keyset import keyset_page
from accounts.pages import chips_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.workbooks.writing import file_name
from consultations.models import Consultation
from consultations.views.places import XLSX, send_file
from legalaid.exports.cases import cases_workbook, shown_name
from legalaid.forms.cases import CaseFilter, RevealForm
from legalaid.forms.steps import is_plain
from legalaid.models import AidCase
from legalaid.services import case_page, revealing
from legalaid.services.case_list import chosen, years_of

# Steps that have a page of their own, by the name of its address; the others are taken by `case-step`.
PAGES = {
    "receive": ("case-take",),
    "dismiss": ("case-dismiss",),
    "assign": ("case-assign",),
    "replace": ("case-assign",),
    "request_replacement": ("case-replacement",),
    "accept_assignment": ("case-accept",),
    "decline_assignment": ("case-decline",),
    "keep_undertaker": ("case-assign",),
    "conclude": ("case-conclude",),
    "submit_file": ("case-close",),
    "return_file": ("case-file-check",),
    "accept_file": ("case-file-check",),
    "archive": ("case-archive",),
    "submit_terminated": ("case-close",),
    "archive_terminated": ("case-archive",),
}
# What other rooms and floors show of a case, in this order: address and heading.
FRAGMENTS = (
    ("case-assignments", "指派与承办", "users"),
    ("case-papers", "法律文书", "file-text"),
    ("case-closing", "结案与归档", "folder-check"),
    ("case-supervision", "告知、监督与回访", "phone"),
    ("case-review", "质量评查", "scale"),
    ("case-money", "惠民标注与补贴", "stamp"),
)
# Nothing to show or to do there before somebody undertakes the case.
AFTER_ASSIGNMENT = frozenset({"case-closing", "case-supervision", "case-money"})
AFTER_ARCHIVE = frozenset({"case-review"})


def case_of(request, pk) -> AidCase:
    """A case this user may see, with what its page names; 404 otherwise."""
    rows = AidCase.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("county", "station", "handler", "lawyer", "office", "consultation"), pk=pk)


def chosen_cases(request):
    """The filter form and the cases it leaves, of those this user may see."""
    visible = AidCase.objects.visible_to(request.user)
    form = CaseFilter(request.GET, user=request.user, years=years_of(visible))
    return form, chosen(visible, **(form.cleaned_data if form.is_valid() else {}))


@require_safe
@allowed("legalaid.view_cases")
def case_list(request):
    form, rows = chosen_cases(request)
    page = keyset_page(request, rows.select_related("handler"), day="received_on")
    states = dict(AidCase.objects.visible_to(request.user).active().values_list("state").annotate(Count("pk")))
    context = {
        "form": form,
        "page": page,
        "chips": chips_of(request, form),
        "rows": [(case, shown_name(case)) for case in page],
        "active": sum(states.values()),
        "to_decide": states.get("under_review", 0),
        "query": request.GET.urlencode(),
    }
    return render(request, "legalaid/cases/list.html", context)


@require_safe
@allowed("legalaid.view_cases")
def cases_export(request):
    """The filtered cases and F13 over them."""
    form, rows = chosen_cases(request)
    year = (form.cleaned_data.get("year") if form.is_valid() else None) or clock.today().year
    return send_file(cases_workbook(rows, by=request.user, year=year), file_name("法律援助案件清单", str(clock.today())), XLSX)


@require_safe
@allowed("legalaid.view_cases")
def case(request, pk):
    row = case_of(request, pk)
    context = case_page.page_of(row, request.user)
    context["acts"] = [(act, page_of_step(act.step.code, row)) for act in context["acts"]]
    context["fragments"] = fragments_of(row, request.user)
    context["name"] = shown_name(row)
    context["consultation_url"] = consultation_url(row, request.user)
    return render(request, "legalaid/cases/detail.html", context)


def page_of_step(code, row) -> str:
    """Where a step is taken; nothing while no app serves it."""
    for name in PAGES.get(code, ()):
        try:
            return reverse(name, args=[row.pk])
        except NoReverseMatch:
            continue
    return reverse("case-step", args=[row.pk, code]) if is_plain(code) else ""


def fragments_of(row, user) -> list[dict]:
    """The parts of the page that other rooms make, where they exist and this user may see them."""
    found = []
    for name, words, sign in FRAGMENTS:
        if name in AFTER_ASSIGNMENT and not row.assigned_on and not row.is_history:
            continue
        if name in AFTER_ARCHIVE and not row.archived_on:
            continue
        try:
            address = reverse(name, args=[row.pk])
        except NoReverseMatch:
            continue
        action = getattr(resolve(address).func, "action", None)
        if action and may(user, action):
            found.append({"url": address, "words": words, "icon": sign, "id": name})
    return found


def consultation_url(row, user) -> str:
    if row.consultation_id and Consultation.objects.visible_to(user).filter(pk=row.consultation_id).exists():
        return reverse("consultation", args=[row.consultation_id])
    return ""


@require_http_methods(["GET", "POST"])
@allowed("legalaid.reveal")
@fresh_login
def case_reveal(request, pk):
    """A full number, in the answer to a POST only: with a reason, audited first, never in an address."""
    row = case_of(request, pk)
    choices = revealing.revealable(row)
    if not choices:
        raise Http404("没有登记证件号或者电话。")
    form, shown = RevealForm(request.POST or None, choices=choices), None
    if request.method == "POST" and form.is_valid():
        try:
            value = revealing.reveal(case=row, by=request.user, **form.cleaned_data)
            shown = {"words": revealing.WORDS[form.cleaned_data["what"]], "value": value}
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    return render(request, "legalaid/cases/reveal.html", {"case": row, "form": form, "shown": shown})
