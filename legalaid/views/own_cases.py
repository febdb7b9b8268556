"""The undertaker's own desk, made for a phone: my cases, one case, the next step, notes, photographs."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import OuterRef, Prefetch, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.free_text import mask_numbers
from legalaid.forms.own_cases import NoteForm, PagesForm, StepForm, WhyForm
from legalaid.models import AidCase, CaseDeadline, CaseEvent, CaseNote
from legalaid.rules import checklists, conclusion, papers
from legalaid.rules.procedure import STEPS, State
from legalaid.services import assigning, closing, undertaking
from legalaid.services.papers import kinds_to_make
from legalaid.views.assignments import case_for, refused

PAGES = {"conclude": "case-conclude", "submit_file": "case-close", "submit_terminated": "case-close"}
# What a step is called on the button, where the table's words are for the office.
BUTTONS = {
    "engage": ("登记签订委托协议", "signature"),
    "begin": ("登记首次约见", "handshake"),
    "meet": ("登记首次会见", "handshake"),
    "consent": ("本人同意辩护", "check"),
    "decline": ("本人拒绝辩护", "x"),
    "begin_defence": ("开始承办", "play"),
    "conclude": ("结案", "flag"),
    "submit_file": ("核对案卷、交卷", "send"),
    "submit_terminated": ("核对案卷、交卷", "send"),
}
# Of a terminated case: whether its file was handed in since.
LAST_OF_THE_END = (
    CaseEvent.objects.filter(case=OuterRef("pk"), step__in=("terminate", "submit_terminated")).order_by("-pk").values("step")[:1]
)


@dataclass
class Next:
    """One thing to do now: its words and where."""

    code: str
    words: str
    icon: str
    url: str


def own_cases(user):
    """The cases that are hers now."""
    return AidCase.objects.filter(assignments__lawyer__user=user, assignments__ended_on=None)


def own_case(request, pk) -> AidCase:
    rows = own_cases(request.user).select_related("county", "lawyer", "office", "handler")
    return get_object_or_404(rows, pk=pk)


def next_of(case, user) -> list[Next]:
    found = []
    for code in undertaking.next_steps(case, user):
        words, sign = BUTTONS[code]
        if code in PAGES:
            url = reverse(PAGES[code], args=[case.pk])
        elif code in undertaking.OWN_STEPS:
            url = reverse("my-case-step", args=[case.pk, code])
        else:
            url = reverse("case-step", args=[case.pk, code])
        found.append(Next(code, words, sign, url))
    return found


@require_safe
@allowed("legalaid.undertake_case")
def my_cases(request):
    """What waits for her first: new assignments, then running cases by the next limit, then files, then the rest."""
    rows = (
        own_cases(request.user)
        .prefetch_related(
            Prefetch("deadlines", CaseDeadline.objects.running().select_related("rule").order_by("due_on"), to_attr="running"),
            Prefetch("assignments", to_attr="all_assignments"),
        )
        .annotate(last_of_the_end=Subquery(LAST_OF_THE_END))
        .order_by("-assigned_on", "-pk")
    )
    groups = {"new": [], "running": [], "closing": [], "done": []}
    for case in rows:
        standing = next(each for each in case.all_assignments if each.ended_on is None)
        case.soonest = next((each for each in case.running if each.code in undertaking.OWN_LIMITS), None)
        groups[group_of(case, standing)].append((case, standing))
    groups["running"].sort(key=lambda row: (row[0].soonest is None, row[0].soonest and row[0].soonest.due_on))
    return render(request, "legalaid/own/list.html", {"groups": groups, "total": sum(map(len, groups.values()))})


def group_of(case, standing) -> str:
    if case.last_of_the_end == "terminate" and case.state == "terminated" and standing.accepted_at and not case.archive_no:
        return "closing"
    if case.state in State.ENDED or case.state == "file_accepted":
        return "done"
    if standing.accepted_at is None and case.state == "assigned":
        return "new"
    return "closing" if case.state in State.TAIL else "running"


@require_safe
@allowed("legalaid.undertake_case")
def my_case(request, pk):
    case = own_case(request, pk)
    standing = case.assignments.standing().first()
    lines = closing.checklist_of(case)[1]
    wanted = checklists.missing_before(lines, checklists.FILING, party=checklists.UNDERTAKER)
    makeable = makeable_papers(case, request.user)
    # What is written only after the conclusion is not asked for before it.
    before_end = [item for item in wanted if not is_made_later(item.code, case)]
    context = {
        "case": case,
        "standing": standing,
        "is_new": standing.accepted_at is None and case.state == "assigned",
        "next": next_of(case, request.user),
        "deadlines": case.deadlines.running().filter(code__in=undertaking.OWN_LIMITS).select_related("rule").order_by("due_on"),
        "asked": assigning.open_request(case),
        "notes": case.notes.select_related("by", "file").order_by("-day", "-pk"),
        "files": case.files.standing().order_by("-pk"),
        "missing": wanted if case.state in State.TAIL else before_end,
        "makeable": makeable,
        "is_ready": case.state == "in_progress" and not before_end,
        "defects": closing.defects_of(case),
        "may_note": case.state in undertaking.WORKING and standing.accepted_at is not None,
        "rule": conclusion.conclusion_for(case.type, case.stage),
    }
    return render(request, "legalaid/own/case.html", context)


def makeable_papers(case, user) -> set[str]:
    """Kinds of papers she may make of this case now."""
    return {kind.code for _words, kinds in kinds_to_make(case, user, on=clock.today()) for kind, _name in kinds}


def is_made_later(code, case) -> bool:
    return case.state in State.WITH_UNDERTAKER and code in papers.KINDS and not papers.KINDS[code].states & papers.WORKING


def standing_of(request, case):
    """The assignment that stands; 404 when nobody undertakes the case now."""
    return get_object_or_404(case.assignments.standing().select_related("lawyer", "office"))


@require_http_methods(["GET", "POST"])
@allowed("legalaid.note_progress")
def case_accept(request, pk):
    """Take the case on; the centre notes it for who has no login."""
    case = case_for(request, pk)
    standing = standing_of(request, case)
    if request.method == "POST":
        try:
            undertaking.accept_assignment(assignment_id=standing.pk, by=request.user)
        except Refused as error:
            messages.error(request, str(error))
            return redirect("case", pk) if may(request.user, "legalaid.handle_case") else redirect("my-cases")
        messages.success(request, f"已接受案件 {case}。")
        return redirect(back_to(request, case))
    return render(request, "legalaid/own/accept.html", {"case": case, "standing": standing, "back": back_to(request, case)})


@require_http_methods(["GET", "POST"])
@allowed("legalaid.note_progress")
def case_decline(request, pk):
    case, form = case_for(request, pk), WhyForm(request.POST or None)
    standing = standing_of(request, case)
    if form.is_valid():
        try:
            undertaking.decline_assignment(assignment_id=standing.pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            refused(form, error)
        else:
            messages.success(request, f"已退回案件 {case}，由援助中心另行指派。")
            return redirect("case", pk) if may(request.user, "legalaid.handle_case") else redirect("my-cases")
    return render(request, "legalaid/own/decline.html", {"case": case, "form": form, "back": back_to(request, case)})


@require_http_methods(["GET", "POST"])
@allowed("legalaid.undertake_case")
def my_case_step(request, pk, code):
    """Engage, meet, consent, begin: the day, a few words, photographs."""
    case = own_case(request, pk)
    if code not in undertaking.OWN_STEPS:
        raise Http404("没有这一步。")
    form = StepForm(request.POST or None, request.FILES or None, initial={"version": case.version})
    if form.is_valid():
        said = form.cleaned_data
        try:
            undertaking.take_own_step(
                case_id=case.pk, code=code, by=request.user, day=said["day"], version=said["version"], words=said["words"],
                uploads=form.uploads,
            )  # fmt: skip
        except Refused as error:
            refused(form, error)
        else:
            messages.success(request, f"已登记：{STEPS[code].words}。")
            return redirect("my-case", pk=pk)
    return render(request, "legalaid/own/step.html", {"case": case, "form": form, "step": STEPS[code], "words": BUTTONS[code][0]})


# --- notes and photographs --------------------------------------------------------------------------------------------


def back_to(request, case):
    """Her own desk for the undertaker, the case for the centre."""
    return reverse("case" if may(request.user, "legalaid.handle_case") else "my-case", args=[case.pk])


@require_http_methods(["GET", "POST"])
@allowed("legalaid.note_progress")
def case_note_new(request, pk):
    """Screen 36: one screen, big buttons."""
    case = case_for(request, pk)
    form = NoteForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind")})
    if form.is_valid():
        said = form.cleaned_data
        try:
            undertaking.add_note(
                case_id=case.pk,
                kind=said["kind"],
                day=said["day"],
                content=said["content"],
                by=request.user,
                uploads=form.uploads,
            )
        except Refused as error:
            refused(form, error)
        else:
            messages.success(request, f"已登记：{dict(CaseNote.Kind.choices)[said['kind']]}，{said['day']}。")
            if warning := mask_numbers(said["content"]).warning:
                messages.warning(request, warning)
            return redirect(back_to(request, case))
    return render(request, "legalaid/own/note.html", {"case": case, "form": form, "back": back_to(request, case)})


@require_http_methods(["GET", "POST"])
@allowed("legalaid.note_progress")
def case_note_strike(request, pk):
    note = get_object_or_404(
        CaseNote.objects.filter(case__in=AidCase.objects.visible_to(request.user)).select_related("case", "by"), pk=pk
    )
    form = WhyForm(request.POST or None)
    if form.is_valid():
        try:
            undertaking.strike_note(note_id=note.pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            refused(form, error)
        else:
            messages.success(request, "已划去，记录和原因保留。")
            return redirect(back_to(request, note.case))
    return render(request, "legalaid/own/strike.html", {"note": note, "form": form, "back": back_to(request, note.case)})


@require_http_methods(["GET", "POST"])
@allowed("legalaid.note_progress")
def case_photo_new(request, pk):
    """Papers of the file, photographed page by page."""
    case = case_for(request, pk)
    wanted = closing.missing_of(case, checklists.FILING)
    form = PagesForm(request.POST or None, request.FILES or None, wanted=wanted, initial={"kind": request.GET.get("kind")})
    if form.is_valid():
        said = form.cleaned_data
        try:
            rows = undertaking.add_pages(
                case_id=case.pk, kind=said["kind"], by=request.user, uploads=form.uploads, day=said["day"], title=said["title"]
            )
        except Refused as error:
            refused(form, error)
        else:
            messages.success(request, f"已上传 {len(rows)} 页：{rows[0].title}。")
            return redirect(back_to(request, case))
    return render(request, "legalaid/own/photo.html", {"case": case, "form": form, "back": back_to(request, case)})
