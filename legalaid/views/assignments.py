"""Naming who undertakes a case, changing it, and what people are good at."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.pages import page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.pdf import PdfUnavailable
from legalaid.forms.assignments import AssignForm, KeepForm, ReplaceForm, ReplacementForm, SpecialtyForm
from legalaid.models import AidCase, Specialty
from legalaid.rules.procedure import State
from legalaid.services import assigning
from legalaid.services.papers import issue_case_paper
from organizations.models import Practitioner
from organizations.scope import county_or_404

FREE = ("granted", "notice_received")
SHOWN = 10  # candidates at once; the others are one press away


def case_for(request, pk) -> AidCase:
    """The case if she may see it; 404 otherwise."""
    rows = AidCase.objects.visible_to(request.user).select_related("county", "lawyer", "office", "station", "handler")
    return get_object_or_404(rows, pk=pk)


def refused(form, error) -> None:
    form.add_error(error.field if error.field in form.fields else None, str(error))


@require_http_methods(["GET", "POST"])
@allowed("legalaid.assign_case")
def case_assign(request, pk):
    """Screen 35: the people of the county ranked for this case, each with reasons; the person decides."""
    case = case_for(request, pk)
    if case.state not in (*FREE, *State.WITH_UNDERTAKER):
        messages.info(request, f"案件现在是“{case.get_state_display()}”，不能指派。")
        return redirect("case", pk=pk)
    is_replacement = case.state not in FREE
    ranking = assigning.ranking_of(case)
    kind = ReplaceForm if is_replacement else AssignForm
    form = kind(request.POST or None, ranking=ranking, initial=_initial(case, ranking, is_replacement))
    if form.is_valid():
        try:
            row = _decide(case, form.cleaned_data, request.user, is_replacement)
        except Refused as error:
            refused(form, error)
        else:
            messages.success(request, f"已指派{row.office.name}{row.lawyer.name}承办。")
            if form.cleaned_data["with_papers"]:
                make_papers(request, case, is_replacement)
            return redirect("case", pk=pk)
    rows = rows_of(form, ranking)
    context = {
        "case": case,
        "form": form,
        "rows": rows[:SHOWN],
        "more": rows[SHOWN:],
        "chosen_in_more": any(button.data["selected"] for button, *_ in rows[SHOWN:]),
        "others": [each for each in ranking.others if each.obstacles],
        "is_replacement": is_replacement,
        "asked": assigning.open_request(case) if is_replacement else None,
        "request_event": assigning.last_request(case) if is_replacement else None,
        "standing": case.assignments.standing().select_related("lawyer", "office").first(),
        "keep_form": KeepForm(initial={"version": case.version}),
    }
    return render(request, "legalaid/assignments/assign.html", context)


def _initial(case, ranking, is_replacement):
    first = ranking.suitable[0].candidate.key if ranking.suitable else None
    ground = None
    if is_replacement:
        event = assigning.last_request(case) if assigning.open_request(case) else None
        ground = "declined" if event and event.step == "decline_assignment" else event.facts.get("ground") if event else None
    return {"lawyer": first, "version": case.version, "with_papers": True, "ground": ground}


def rows_of(form, ranking):
    """Each person one may choose, beside the button that chooses her."""
    buttons = {int(button.data["value"]): button for button in form["lawyer"]}
    people = [each for each in (*ranking.suitable, *ranking.others) if each.candidate.key in buttons]
    return [(buttons[each.candidate.key], each, ranking.position(each.candidate.key)) for each in people]


def _decide(case, said, by, is_replacement):
    common = {name: said[name] for name in ("day", "reason", "version", "is_checked")}
    common |= {"case_id": case.pk, "lawyer_id": said["lawyer"], "by": by}
    if is_replacement:
        return assigning.replace_undertaker(ground=said["ground"], end_reason=said["end_reason"], **common)
    return assigning.assign_case(**common)


def make_papers(request, case, is_replacement):
    """The notice to the firm and, where an organ handles the case, the letter to it: after the assignment, each by itself."""
    kinds = ["assignment_notice"]
    if not is_replacement and (case.organ or case.organ_name):
        kinds.append("official_letter")
    again = "更换承办人后重新制发" if is_replacement else ""
    for kind in kinds:
        try:
            paper = issue_case_paper(case=case, kind=kind, by=request.user, again_because=again)
        except (Refused, PdfUnavailable) as error:
            messages.warning(request, f"文书没有制发：{error}")
        else:
            messages.success(request, f"已制发 {paper}。")


@require_safe
@allowed("legalaid.view_cases")
def case_assignments(request, pk):
    """Who undertook the case when and why, with what was suggested then: a part of the case's page."""
    case = case_for(request, pk)
    rows = case.assignments.select_related("office", "lawyer", "assigned_by").order_by("-pk")
    template = "legalaid/assignments/_assignments.html" if request.htmx else "legalaid/assignments/assignments.html"
    return render(request, template, {"case": case, "rows": rows})


@require_POST
@allowed("legalaid.assign_case")
def case_keep(request, pk):
    """The centre's no to a replacement, with its reason."""
    case, form = case_for(request, pk), KeepForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused("没有写明不予更换的理由：请填写。")
        said = form.cleaned_data
        assigning.keep_undertaker(
            case_id=case.pk, by=request.user, day=clock.today(), reason=said["reason"], version=said["version"]
        )
    except Refused as error:
        messages.error(request, str(error))
        return redirect("case-assign", pk=pk)
    messages.success(request, "已决定不更换承办人，并通知承办人。")
    return redirect("case", pk=pk)


@require_http_methods(["GET", "POST"])
@allowed("legalaid.note_progress")
def case_replacement(request, pk):
    """Ask for another undertaker: the recipient through the centre, or the undertaker herself."""
    case = case_for(request, pk)
    is_own = not may(request.user, "legalaid.assign_case")
    asked_by = request.user.name if is_own else case.recipient
    form = ReplacementForm(request.POST or None, initial={"asked_by": asked_by})
    if form.is_valid():
        try:
            assigning.request_replacement(case_id=case.pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            refused(form, error)
        else:
            messages.success(request, "已登记更换申请，援助中心五日内决定。")
            return redirect("my-case" if is_own else "case", pk=pk)
    return render(request, "legalaid/assignments/replacement.html", {"case": case, "form": form, "is_own": is_own})


@require_safe
@allowed("legalaid.keep_specialties")
def specialties(request):
    """Firms and people of the county: specialities, open cases, share of the year, last assignment."""
    county = county_or_404(request.user)
    people = sorted(assigning.candidates_of(county, clock.today()), key=lambda each: (not each.office_name, each.office_name, each.name))
    q = request.GET.get("q", "").strip()
    chosen = [each for each in people if q in each.name or q in each.office_name]
    words = dict(Specialty.Field.choices)
    page = page_of(request, chosen)
    page.rows = [
        (each, [f"{words[field]}（{since:%Y-%m-%d} 起）" for field, since in sorted(each.fields.items())]) for each in page
    ]
    offices = {each.office_name for each in people if each.office}
    context = {"page": page, "q": q, "county": county, "year": clock.today().year, "people": len(people), "offices": len(offices)}
    return render(request, "legalaid/assignments/specialties.html", context)


@require_http_methods(["GET", "POST"])
@allowed("legalaid.keep_specialties")
def specialty_edit(request, pk):
    county = county_or_404(request.user)
    person = assigning.people_of(county).filter(pk=pk).first()
    if person is None:
        raise Http404("本县没有这位承办人。")
    known = dict(Specialty.objects.filter(practitioner=person).values_list("field", "since"))
    form = SpecialtyForm(request.POST or None, known=known)
    if form.is_valid():
        try:
            assigning.set_specialties(practitioner=person, since=form.since, by=request.user)
        except Refused as error:
            refused(form, error)
        else:
            messages.success(request, f"已保存{person}的专长。")
            return redirect("specialties")
    history = Practitioner.objects.with_present(clock.today()).get(pk=pk)
    return render(request, "legalaid/assignments/specialty.html", {"person": history, "form": form})
