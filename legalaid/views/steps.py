"""One step of a case: its form, what must be there, what it makes and starts; and taking back a slip."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import allowed
from common import clock
from common.errors import Refused
from common.free_text import mask_numbers
from legalaid.forms.steps import DANGEROUS, StepForm, TakeBackForm, is_plain
from legalaid.models.cases import AidCase
from legalaid.rules import guards, papers
from legalaid.rules.procedure import STEPS
from legalaid.services.intake import papers_missing
from legalaid.services.step_facts import facts_of
from legalaid.services.steps import take_back_step, take_step, why_not, why_not_taken_back
from legalaid.views.cases import case_of, page_of_step
from programmes.models import DeadlineRule


@require_http_methods(["GET", "POST"])
@allowed("legalaid.view_cases")
def case_step(request, pk, code):
    """The page of one step. Who may not take it is told why; a step with a page of its own leads there."""
    row, step = case_of(request, pk), STEPS.get(code)
    if step is None or step.since == ("",):
        raise Http404("没有这一步。")
    if not is_plain(code):
        if address := page_of_step(code, row):
            return redirect(address)
        raise Http404("没有这一步。")
    if request.method == "POST":
        form = StepForm(request.POST, step=step, case=row)
        if form.is_valid() and (done := taken(request, form, pk, code)):
            return done
    else:
        if why := why_not(row, step, by=request.user):
            messages.error(request, why)
            return redirect("case", pk)
        form = StepForm(step=step, case=row, known=known_items(row, code))
    return render(request, "legalaid/cases/step.html", {"form": form, **context_of(row, step)})


def known_items(case, code):
    """What the file says is missing, for a notice that may be given once only; what was asked for, when it comes."""
    if code in ("ask_supplement", "ask_organ") and hasattr(case, "applicant"):
        return [each.words for each in papers_missing(case)]
    if code == "supply":
        asked = case.events.filter(step="ask_supplement").order_by("-pk").first()
        return asked.facts.get("items", []) if asked else []
    return []


def taken(request, form, pk, code):
    """Take the step; a refusal stays in the form, each thing at its field."""
    said = form.said()
    try:
        event = take_step(pk, code, version=form.cleaned_data["version"], by=request.user, **said)
    except Refused as error:
        form.add_lacks(error)
        return None
    tell(
        request, f"已{event.words}，案件现在是“{AidCase.State(event.to_state).label}”。", said["reason"], *said["facts"].values()
    )
    still_mine = AidCase.objects.visible_to(request.user).filter(pk=pk).exists()
    return redirect("case", pk) if still_mine else redirect("cases")


def tell(request, words, *texts):
    """What was done, and a warning when somebody typed a personal number into free text."""
    messages.success(request, words)
    lines = [line for text in texts for line in (text if isinstance(text, list) else [text]) if isinstance(line, str)]
    if warning := mask_numbers("\n".join(lines)).warning:
        messages.warning(request, warning)


def context_of(row, step):
    facts = facts_of(row)
    today = clock.today()
    rules = {rule.code: rule for rule in DeadlineRule.objects.filter(code__in=step.starts, since__lte=today).order_by("since")}
    return {
        "case": row,
        "step": step,
        "lacks": [] if row.is_history else guards.standing_lacks(step.code, facts, today),
        "reminders": guards.reminders(step.code, facts, today),
        "limits": [rules[code] for code in step.starts if code in rules],
        "papers": [
            kind.name_in(papers.set_on(today)) for kind in papers.KINDS.values() if kind.formats.get("2023") in step.papers
        ],
        "is_dangerous": step.code in DANGEROUS,
    }


@require_http_methods(["GET", "POST"])
@allowed("legalaid.view_cases")
def case_take_back(request, pk):
    """撤回: within ten minutes, by who took the step, as a step of its own."""
    row = case_of(request, pk)
    last = row.events.select_related("by").order_by("-pk").first()
    why = why_not_taken_back(row, last, request.user)
    form = TakeBackForm(request.POST or None, initial={"version": row.version})
    if why:
        if request.method == "POST" and last is not None and last.by_id != request.user.pk:
            raise PermissionDenied(why)
        messages.error(request, why)
        return redirect("case", pk)
    if request.method == "POST" and form.is_valid():
        try:
            event = take_back_step(pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已{event.words}，案件回到“{AidCase.State(event.to_state).label}”。")
            return redirect("case", pk)
    return render(request, "legalaid/cases/take_back.html", {"form": form, "case": row, "last": last})
