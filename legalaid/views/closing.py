"""The end of a case: conclusion, checklist, hand-in, review, archive, dossier; and what the centre told, watched and asked."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.pages import page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from legalaid.forms.closing import ArchiveForm, ConcludeForm, FileReviewForm, FollowUpForm, HandInForm, SupervisionForm
from legalaid.models import AidCase, Archive, Supervision
from legalaid.rules import checklists
from legalaid.rules.procedure import STEPS
from legalaid.services import closing, supervising
from legalaid.services.step_facts import owes_file
from legalaid.services.steps import why_not
from legalaid.views.assignments import case_for, refused
from legalaid.views.own_cases import makeable_papers

DRAWN = 3


def may_take(case, code, user) -> bool:
    return not why_not(case, STEPS[code], by=user)


def is_own(user) -> bool:
    """Whether she comes from her own desk: an undertaker without a post at the centre."""
    return not may(user, "legalaid.handle_case")


@require_http_methods(["GET", "POST"])
@allowed("legalaid.close_case")
def case_conclude(request, pk):
    case = case_for(request, pk)
    if not may_take(case, "conclude", request.user):
        messages.info(request, why_not(case, STEPS["conclude"], by=request.user))
        return redirect("case", pk=pk)
    form = ConcludeForm(request.POST or None, case=case, initial={"version": case.version, "day": clock.today()})
    if form.is_valid():
        try:
            closing.conclude_case(case_id=case.pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            refused(form, error)
        else:
            messages.success(request, "已结案。30 日内整理案卷、交卷。")
            return redirect("case-close", pk=pk)
    return render(request, "legalaid/closing/conclude.html", {"case": case, "form": form, "is_own": is_own(request.user)})


@require_safe
@allowed("legalaid.view_cases")
def case_close(request, pk):
    """Screen 37: the checklist of the file, what is there and what is not, and the next step."""
    case = case_for(request, pk)
    return render(request, "legalaid/closing/close.html", {**close_context(case, request.user), "is_own": is_own(request.user)})


def close_context(case, user):
    checklist, lines = closing.checklist_of(case)
    mine = checklists.missing_before(lines, checklists.FILING, party=checklists.UNDERTAKER)
    missing = checklists.missing_before(lines, checklists.ARCHIVE)
    return {
        "case": case,
        "checklist": checklist,
        "lines": lines,
        "missing_filing": mine,
        "missing_archive": missing,
        "missing_office": [item for item in missing if item not in mine],
        "missing_quality": [item for item in checklists.missing_before(lines, checklists.QUALITY) if item not in missing],
        "makeable": makeable_papers(case, user),
        "there": sum(line.is_there for line in lines),
        "defects": closing.defects_of(case),
        "may_submit": may_take(case, "submit_file", user) or may_take(case, "submit_terminated", user) and owes_file(case),
        "may_check": may_take(case, "accept_file", user),
        "may_archive": may_take(case, "archive", user) or may_take(case, "archive_terminated", user),
        "hand_in": HandInForm(initial={"version": case.version}),
        "archive": Archive.objects.filter(case=case).select_related("by").first(),
        "deadline": case.deadlines.running().filter(code__in=("file_submission", "file_review")).select_related("rule").first(),
    }


@require_safe
@allowed("legalaid.view_cases")
def case_closing(request, pk):
    """The fragment on the case's page."""
    if not request.htmx:
        return redirect("case-close", pk=pk)
    return render(request, "legalaid/closing/_closing.html", close_context(case_for(request, pk), request.user))


@require_POST
@allowed("legalaid.close_case")
def case_submit_file(request, pk):
    case, form = case_for(request, pk), HandInForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused("没有填写交卷日期：请填写，例如 2022-9-26。")
        closing.submit_file(case_id=case.pk, by=request.user, **form.cleaned_data)
    except Refused as error:
        messages.error(request, str(error))
    else:
        case.refresh_from_db()
        rest = "过了异议期归档" if case.state == AidCase.State.TERMINATED else " 30 日内审查"
        messages.success(request, f"已交卷，援助中心{rest}。")
    return redirect("case-close", pk=pk)


@require_http_methods(["GET", "POST"])
@allowed("legalaid.review_closed_file")
def case_file_check(request, pk):
    """The centre looks the file through: in order, or back with a list."""
    case = case_for(request, pk)
    form = FileReviewForm(request.POST or None, initial={"version": case.version})
    if form.is_valid():
        said = form.cleaned_data
        common = {"case_id": case.pk, "by": request.user, "day": said["day"], "version": said["version"]}
        try:
            if said["verdict"] == FileReviewForm.ACCEPT:
                closing.accept_file(**common)
                words = "结案审查合格。"
            else:
                closing.return_file(defects=said["defects"].splitlines(), **common)
                words = "已退回补正，并通知承办人。"
        except Refused as error:
            refused(form, error)
        else:
            messages.success(request, words)
            return redirect("case-close", pk=pk)
    return render(request, "legalaid/closing/check.html", {**close_context(case, request.user), "form": form})


@require_http_methods(["GET", "POST"])
@allowed("legalaid.review_closed_file")
def case_archive(request, pk):
    case = case_for(request, pk)
    form = ArchiveForm(request.POST or None, case=case, initial={"version": case.version})
    if form.is_valid():
        try:
            row = closing.archive_case(case_id=case.pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            refused(form, error)
        else:
            messages.success(request, f"已归档，归档号 {row.number}，共 {row.pages} 页。")
            return redirect("case-dossier", pk=pk)
    return render(request, "legalaid/closing/archive.html", {**close_context(case, request.user), "form": form})


@require_safe
@allowed("legalaid.view_cases")
def case_dossier(request, pk):
    """Screen 39: the index of the file in its order, with pages."""
    case = case_for(request, pk)
    rows, pages = closing.dossier_of(case)
    archive = Archive.objects.filter(case=case).first()
    context = {"case": case, "rows": rows, "pages": pages, "archive": archive, "is_own": is_own(request.user)}
    return render(request, "legalaid/closing/dossier.html", context)


# --- told, watched, asked ---------------------------------------------------------------------------------------------


@require_safe
@allowed("legalaid.supervise_case")
def case_supervisions(request):
    """Which cases lack which of the three, and a draw for the middle one."""
    visible = AidCase.objects.visible_to(request.user)
    kinds = Supervision.Kind
    kind = request.GET.get("kind", kinds.PRE_NOTICE)
    kind = kind if kind in kinds.values else kinds.PRE_NOTICE
    rows = supervising.lacking(visible, kind).select_related("lawyer").order_by("assigned_on", "pk")
    seed = request.GET.get("seed", "").strip()[:40]
    drawn = supervising.draw_for_supervision(visible, number=DRAWN, seed=seed) if seed and kind == kinds.MID_SUPERVISION else []
    context = {
        "kind": kind,
        "tabs": [(code, words, supervising.lacking(visible, code).count()) for code, words in kinds.choices],
        "page": page_of(request, rows),
        "drawn": drawn,
        "seed": seed,
        "suggested_seed": f"{clock.today():%Y-%m}",
        "number": DRAWN,
    }
    return render(request, "legalaid/closing/supervisions.html", context)


@require_safe
@allowed("legalaid.view_cases")
def case_supervision(request, pk):
    """The fragment on the case's page."""
    case = case_for(request, pk)
    rows = list(case.supervisions.select_related("by"))
    there = {row.kind for row in rows}
    context = {
        "case": case,
        "rows": [(row, supervising.concerns_of(row)) for row in rows],
        "missing": [] if case.is_history else [(kind, words) for kind, words in Supervision.Kind.choices if kind not in there],
    }
    template = "legalaid/closing/_supervision.html" if request.htmx else "legalaid/closing/supervision.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@allowed("legalaid.supervise_case")
def supervision_new(request, pk, kind):
    case = case_for(request, pk)
    if kind not in Supervision.Kind.values:
        raise Http404("没有这个环节。")
    maker = FollowUpForm if kind == Supervision.Kind.POST_VISIT else SupervisionForm
    form = maker(request.POST or None, kind=kind, case=case)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("way", "day", "person", "content")}
        try:
            row = supervising.record_supervision(
                case_id=case.pk, kind=kind, by=request.user, answers=form.answers,
                satisfaction=form.cleaned_data.get("satisfaction", ""), **said,
            )  # fmt: skip
        except Refused as error:
            refused(form, error)
        else:
            messages.success(request, f"已登记{row.get_kind_display()}。")
            if concerns := supervising.concerns_of(row):
                messages.warning(request, f"需要核实：{'；'.join(concerns)}。")
            return redirect("case", pk=pk)
    words = Supervision.Kind(kind).label
    return render(request, "legalaid/closing/supervision_new.html", {"case": case, "form": form, "words": words})
