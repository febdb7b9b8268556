"""Objections and complaints: the leader's list, one of them, their registration and decision. She sees no other case."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from accounts.pages import page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.id_numbers import mask_name
from common.pdf import PdfUnavailable
from legalaid.forms.objections import AnswerForm, ComplaintForm, DecisionForm, FindCaseForm, ObjectionForm, WithdrawalForm
from legalaid.models import AidCase, Complaint, Objection
from legalaid.services import objections as services
from legalaid.views.cases import case_of
from records.services import file_response


def name_for(user, case) -> str:
    """Who may open the case reads the name; the leader sees it masked."""
    return case.recipient if AidCase.objects.visible_to(user).filter(pk=case.pk).exists() else mask_name(case.recipient)


@require_safe
@allowed("legalaid.view_objections")
def objections(request):
    rows = Objection.objects.visible_to(request.user).select_related("case")
    newest_open_first = models.Case(models.When(state="filed", then=0), default=1)
    page = page_of(request, rows.order_by(newest_open_first, "-filed_on", "-pk"))
    complaints = Complaint.objects.visible_to(request.user).select_related("case").order_by("-state", "-filed_on")[:50]
    context = {"page": page, "complaints": list(complaints), "rows": [(row, mask_name(row.case.recipient)) for row in page]}
    return render(request, "legalaid/objections/list.html", context)


@require_safe
@allowed("legalaid.view_objections")
def objection(request, pk):
    row = objection_of(request, pk)
    decided = row.case.events.filter(step__in=("refuse", "terminate"), day=row.decided_on_then).order_by("-pk").first()
    context = {
        "row": row,
        "name": name_for(request.user, row.case),
        "case_url": reverse("case", args=[row.case_id])
        if AidCase.objects.visible_to(request.user).filter(pk=row.case_id)
        else "",
        "decided": decided,
        "limit": row.case.deadlines.filter(code="objection_decision", starts_on=row.filed_on).order_by("-pk").first(),
        "paper": services.decision_paper(row),
        "remedies": services.remedies(row) if row.decided_on else None,
    }
    return render(request, "legalaid/objections/detail.html", context)


def objection_of(request, pk) -> Objection:
    rows = Objection.objects.visible_to(request.user).select_related("case__county", "recorded_by", "decided_by")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
@allowed("legalaid.file_objection")
def objection_new(request):
    """The leader knows number and name from the letter; with both she registers the objection, without opening the case."""
    finding = FindCaseForm(request.POST or None)
    if request.method == "POST" and finding.is_valid():
        case = services.objectionable(request.user, **finding.cleaned_data)
        if case is None:
            finding.add_error(None, "没有这个编号和姓名的不予援助或者终止援助案件：请核对。")
        else:
            form = ObjectionForm(request.POST if "filed_on" in request.POST else None, initial=first_values(case))
            if "filed_on" in request.POST and form.is_valid() and (row := filed(request, case, form)):
                return redirect("objection", row.pk)
            context = {"form": form, "case": case, "name": mask_name(case.recipient), "finding": finding.cleaned_data}
            return render(request, "legalaid/objections/form.html", context)
    return render(request, "legalaid/objections/find.html", {"form": finding})


@require_http_methods(["GET", "POST"])
@allowed("legalaid.file_objection")
def case_objection_new(request, pk):
    case = case_of(request, pk)
    form = ObjectionForm(request.POST or None, initial=first_values(case))
    if request.method == "POST" and form.is_valid() and (row := filed(request, case, form)):
        return redirect("objection", row.pk)
    return render(request, "legalaid/objections/form.html", {"form": form, "case": case, "name": case.recipient})


def first_values(case):
    about = services.ABOUT.get(case.state)
    known = services.served_on(case, about) if about else None
    return {"filed_on": clock.today(), "filed_by": case.recipient, "relation": "本人", "known_on": known}


def filed(request, case, form):
    return attempt(request, form, services.file_objection, "已登记异议，局领导应在五日内作出审查决定。", case=case)


def attempt(request, form, service, words, **options):
    """Do it, or show at the field why not."""
    try:
        row = service(by=request.user, **options, **form.cleaned_data)
    except Refused as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None
    messages.success(request, words)
    return row


@require_http_methods(["GET", "POST"])
@allowed("legalaid.decide_objection")
def objection_decide(request, pk):
    row = objection_of(request, pk)
    form = DecisionForm(request.POST or None, initial={"day": clock.today()})
    url = reverse("case", args=[row.case_id])
    if request.method == "POST" and form.is_valid():
        if attempt(request, form, services.decide_objection, "已作出异议审查决定，已通知法律援助中心。", objection=row, url=url):
            return redirect("objection", pk)
    return render(
        request, "legalaid/objections/decide.html", {"form": form, "row": row, "name": name_for(request.user, row.case)}
    )


@require_http_methods(["GET", "POST"])
@allowed("legalaid.view_objections")
def objection_paper(request, pk):
    """The decision as a paper: fetched by who may read the objection, issued (by POST) by the leader."""
    row = objection_of(request, pk)
    if request.method == "POST":
        if not may(request.user, "legalaid.decide_objection"):
            raise PermissionDenied("异议审查决定书由局领导制发。")
        try:
            paper = services.issue_decision(objection=row, by=request.user)
        except (Refused, PdfUnavailable) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"已制发{paper}。")
        return redirect("objection", pk)
    if (paper := services.decision_paper(row)) is None:
        raise Http404("还没有制发决定书。")
    return file_response(paper.paper.file)


@require_http_methods(["GET", "POST"])
@allowed("legalaid.file_objection")
def objection_withdraw(request, pk):
    row = objection_of(request, pk)
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if attempt(request, form, services.withdraw_objection, "已登记撤回异议。", objection=row):
            return redirect("objection", pk)
    return render(request, "legalaid/objections/withdraw.html", {"form": form, "row": row})


@require_http_methods(["GET", "POST"])
@allowed("legalaid.file_complaint")
def case_complaint_new(request, pk):
    case = case_of(request, pk)
    form = ComplaintForm(request.POST or None, initial={"filed_on": clock.today(), "filed_by": case.recipient})
    if request.method == "POST" and form.is_valid():
        if row := attempt(request, form, services.file_complaint, "已登记投诉。", case=case):
            return redirect("complaint", row.pk)
    return render(request, "legalaid/objections/complaint_form.html", {"form": form, "case": case})


@require_http_methods(["GET", "POST"])
@allowed("legalaid.view_complaints")
def complaint(request, pk):
    rows = Complaint.objects.visible_to(request.user).select_related("case", "person", "recorded_by", "replied_by")
    row = get_object_or_404(rows, pk=pk)
    form = AnswerForm(request.POST or None, initial={"day": clock.today()})
    if request.method == "POST" and form.is_valid():
        if attempt(request, form, services.answer_complaint, "已登记答复。", complaint=row):
            return redirect("complaint", pk)
    return render(
        request, "legalaid/objections/complaint.html", {"form": form, "row": row, "name": name_for(request.user, row.case)}
    )
