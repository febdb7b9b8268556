"""Findings (考核事项): the list, one with its life, the person's own statement, the decision, the papers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.forms import ReasonForm
from accounts.models import AuditEntry
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common.errors import Refused
from common.pdf import PdfUnavailable
from consultations.exports.attendance import file_name
from consultations.exports.findings import criticism_pdf, effect_of, finding_pdf
from consultations.forms.attendance import StatementForm
from consultations.forms.findings import CriticismForm, DecisionForm, FindingFilter, FindingForm, ShiftSearch
from consultations.models import Consultation, CriticismNotice, Finding
from consultations.rules.findings import CRITICISED
from consultations.services import findings as services
from consultations.views.attendance import paper, shifts_with_places
from consultations.views.places import office_of
from records.models import IssuedPaper
from records.services import file_response, installation, issue_paper

WITH_PLACES = ("shift__station__county", "shift__practitioner", "reported_by", "decided_by", "booked_in")
NEWEST_DUTY = ("-shift__day", "-reported_at", "-pk")


@require_safe
@allowed("consultations.view_findings")
def finding_list(request):
    form = FindingFilter(request.GET, user=request.user)
    rows = chosen_findings(Finding.objects.visible_to(request.user), form).select_related(*WITH_PLACES)
    context = {"form": form, "page": page_of(request, rows), "chips": chips_of(request, form)}
    return render(request, "consultations/findings/list.html", context)


@require_safe
@allowed("consultations.state_own_case")
def my_findings(request):
    """My findings: those that wait for my words first."""
    mine = Finding.objects.standing().filter(shift__practitioner__user=request.user).select_related(*WITH_PLACES)
    mine = mine.order_by(*NEWEST_DUTY)
    context = {
        "waiting": mine.filter(state=Finding.State.REPORTED),
        "page": page_of(request, mine.exclude(state=Finding.State.REPORTED)),
    }
    return render(request, "consultations/findings/mine.html", context)


def chosen_findings(rows, form):
    """The findings that stand and meet the filter, the newest duty first."""
    rows = rows.standing().order_by(*NEWEST_DUTY)
    chosen = form.cleaned_data if form.is_valid() else {}
    state = chosen.get("state")
    if state:
        rows = rows.filter(state__in=["reported", "heard"] if state == "open" else [state])
    if chosen.get("kind"):
        rows = rows.filter(kind=chosen["kind"])
    if chosen.get("station"):
        rows = rows.filter(shift__station=chosen["station"])
    if chosen.get("since"):
        rows = rows.filter(shift__day__gte=chosen["since"])
    if chosen.get("until"):
        rows = rows.filter(shift__day__lte=chosen["until"])
    if chosen.get("person"):
        rows = rows.filter(shift__practitioner__name__icontains=chosen["person"])
    return rows


@require_http_methods(["GET", "POST"])
@allowed("consultations.report_finding")
def finding_new(request):
    """Report a finding: first the shift (by day and station), then what happened."""
    shift = shift_asked_for(request)
    search = ShiftSearch(request.GET, user=request.user)
    form = FindingForm(request.POST or None) if shift else None
    if form is not None and form.is_valid():
        try:
            finding = services.report_finding(shift_id=shift.pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, "已登记，待本人说明和业务股核实。")
            return redirect("finding", finding.pk)
    context = {"form": form, "search": search, "shift": shift, "shifts": [] if shift else shifts_found(request, search)}
    return render(request, "consultations/findings/new.html", context)


def shift_asked_for(request):
    """The shift of ?shift=; None where none is asked for, 404 out of scope."""
    pk = request.GET.get("shift", "")
    visible = shifts_with_places().visible_to(request.user)
    return get_object_or_404(visible, pk=pk) if pk.isascii() and pk.isdigit() else None


def shifts_found(request, search):
    if not search.is_valid() or not search.cleaned_data.get("day"):
        return []
    found = shifts_with_places().visible_to(request.user).standing().filter(day=search.cleaned_data["day"])
    if search.cleaned_data.get("station"):
        found = found.filter(station=search.cleaned_data["station"])
    return found.exclude(practitioner__user=request.user)


def visible_finding(request, pk):
    return get_object_or_404(Finding.objects.visible_to(request.user).select_related(*WITH_PLACES), pk=pk)


@require_safe
@allowed("consultations.view_findings")
def finding(request, pk):
    """One finding: what, on what evidence, what the person says, what was decided, what may be done now."""
    row = visible_finding(request, pk)
    if hasattr(row, "continued_by"):
        return redirect("finding", row.continued_by.pk)
    chain = services.chain_of(row)
    effect, clause = effect_of(row)
    context = {
        "finding": row,
        "chain": chain,
        "effect": effect,
        "clause": clause,
        "record": Consultation.objects.visible_to(request.user).filter(number=row.consultation_no).first()
        if row.consultation_no
        else None,
        "roll_call": next((each.roll_call for each in chain if each.roll_call_id), None),
        "criticism": CriticismNotice.objects.filter(finding__in=chain).first(),
        "history": AuditEntry.objects.filter(
            object_type="consultations.Finding", object_id__in=[str(each.pk) for each in chain]
        ).order_by("-id")[:20],
        **acts_open_to(request.user, row),
    }
    return render(request, "consultations/findings/detail.html", context)


def acts_open_to(user, row):
    """Which of the page's acts this reader may do now."""
    is_own = row.shift.practitioner.user_id == user.pk
    is_open = row.state in (Finding.State.REPORTED, Finding.State.HEARD)
    why_not = services.why_not_decide(row, user)
    return {
        "is_own": is_own,
        "may_state": is_own and is_open and may(user, "consultations.state_own_case"),
        "may_hear": not is_own and is_open and may(user, "consultations.hear_finding"),
        "may_decide": is_open and not why_not and may(user, "consultations.decide_finding"),
        "why_not": why_not if is_open and may(user, "consultations.decide_finding") else "",
        "may_object": is_own
        and row.state == Finding.State.UPHELD
        and not services.was_objected(row)
        and may(user, "consultations.state_own_case"),
        "may_review": not is_own and not is_open and may(user, "consultations.decide_finding"),
        "may_criticise": row.kind in CRITICISED
        and row.state == Finding.State.UPHELD
        and not is_own
        and may(user, "consultations.issue_criticism"),
        "statement_form": StatementForm(),
        "decision_form": DecisionForm(),
        "reason_form": ReasonForm(),
    }


@require_POST
@allowed("consultations.state_own_case")
def finding_state(request, pk):
    """The person concerned states her case."""
    row = get_object_or_404(Finding.objects.filter(shift__practitioner__user=request.user), pk=pk)
    return typed(
        request, row, StatementForm, lambda data: services.hear(finding_id=row.pk, by=request.user, **data), "说明已提交。"
    )


@require_POST
@allowed("consultations.hear_finding")
def finding_hear(request, pk):
    """The section writes down what the person said."""
    row = visible_finding(request, pk)
    done = "已记下本人意见。"
    return typed(request, row, StatementForm, lambda data: services.hear(finding_id=row.pk, by=request.user, **data), done)


@require_POST
@allowed("consultations.decide_finding")
def finding_decide(request, pk):
    row = visible_finding(request, pk)

    def decide(data):
        is_upheld = data.pop("result") == "upheld"
        return services.decide_finding(finding_id=row.pk, is_upheld=is_upheld, by=request.user, **data)

    return typed(request, row, DecisionForm, decide, "已核实。")


@require_POST
@allowed("consultations.state_own_case")
def finding_object(request, pk):
    row = get_object_or_404(Finding.objects.filter(shift__practitioner__user=request.user), pk=pk)
    done = "异议已提交，由业务股重新核实。"
    return typed(request, row, StatementForm, lambda data: services.object_to(finding_id=row.pk, by=request.user, **data), done)


@require_POST
@allowed("consultations.decide_finding")
def finding_review(request, pk):
    row = visible_finding(request, pk)
    done = "已重新核实，请听取本人意见后再作结论。"
    return typed(request, row, ReasonForm, lambda data: services.review_finding(finding_id=row.pk, by=request.user, **data), done)


def typed(request, row, form_class, call, done):
    """A small form of the detail page: saved and back, or its own page with what was typed and what is wrong."""
    form = form_class(request.POST)
    if form.is_valid():
        try:
            row = call(dict(form.cleaned_data))
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, done)
            return redirect("finding", row.pk)
    return render(request, "consultations/findings/act.html", {"form": form, "finding": row})


# --- papers -----------------------------------------------------------------------------------------------------------


@require_safe
@allowed("consultations.view_findings")
def finding_paper(request, pk):
    row = visible_finding(request, pk)
    office, demo = office_of(row.shift.station.county), installation().is_demo
    make = lambda: finding_pdf(row, office=office, by=request.user, is_demo=demo)  # noqa: E731
    name = file_name("考核事项核实表", row.shift.practitioner.name, str(row.shift.day), suffix=".pdf")
    return paper(request, make, name, "findings")


@require_http_methods(["GET", "POST"])
@allowed("consultations.issue_criticism")
def finding_criticism(request, pk):
    """通报批评: the facts, then the number and the paper."""
    row = visible_finding(request, pk)
    form = CriticismForm(request.POST or None, initial={"facts": facts_words(row)})
    if form.is_valid():
        try:
            notice = services.issue_criticism(finding_id=row.pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            keep_criticism(request, notice)
            return redirect("finding", row.pk)
    return render(request, "consultations/findings/criticism.html", {"form": form, "finding": row})


def keep_criticism(request, notice):
    """Keep the paper as it was issued, with its hash; where no PDF can be made it is made when it is first asked for."""
    office, demo = office_of(notice.finding.shift.station.county), installation().is_demo
    try:
        content = criticism_pdf(notice, office=office, is_demo=demo)
    except PdfUnavailable as error:
        messages.warning(request, f"已制发通报批评 {notice.number}；{error}")
        return
    issue_paper(kind="F11", number=notice.number, title="通报批评", content=content, by=request.user, on=notice)
    messages.success(request, f"已制发通报批评 {notice.number}。")


def facts_words(row):
    shift = row.shift
    return (
        f"{shift.day.year}年{shift.day.month}月{shift.day.day}日，{shift.practitioner}应在{shift.station}值班"
        f"（{shift.starts_at:%H:%M}至{shift.ends_at:%H:%M}）。{row.remark}"
    )


@require_safe
@allowed("consultations.view_findings")
def criticism_paper(request, pk):
    """F11: made once and kept as issued; whoever may see the finding may see it."""
    notices = CriticismNotice.objects.select_related("finding__shift__station__county", "finding__shift__practitioner")
    notice = get_object_or_404(notices.filter(finding__in=Finding.objects.visible_to(request.user).values("pk")), pk=pk)
    issued = IssuedPaper.objects.about(notice).in_force().select_related("file").first()
    if issued:
        return file_response(issued.file)
    office, demo = office_of(notice.finding.shift.station.county), installation().is_demo
    make = lambda: criticism_pdf(notice, office=office, is_demo=demo)  # noqa: E731
    return paper(request, make, file_name("通报批评", notice.number, suffix=".pdf"), "findings")
