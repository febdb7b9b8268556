"""Next year's plan: open it, type over it, confirm it or give it up."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allowed
from common.errors import Refused
from programmes.forms.plans import DraftForm
from programmes.models import Plan, PlanDraft
from programmes.rules.plan_file import read_plan
from programmes.services import years


@require_POST
@allowed("programmes.open_year")
def open_year(request, code):
    plan = get_object_or_404(Plan.objects.visible_to(request.user), code=code)
    try:
        draft = years.open_next_year(plan=plan, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("plan-of", code=code)
    messages.success(request, f"已按{plan.year}年方案编出{draft.year}年草稿，改好后由另一人确认。")
    return redirect("plan-draft", pk=draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("programmes.open_year")
def draft(request, pk):
    draft = _draft(request, pk)
    plan = read_plan(draft.text.encode())
    start = {"version": draft.version, "name": plan.name, "document_no": plan.document_no}
    form = DraftForm(request.POST or None, plan=plan, initial=start)
    if request.method == "POST" and form.is_valid() and _save(request, draft, form):
        return redirect("plan-draft", pk=draft.pk)
    return render(request, "programmes/plan_draft.html", {"form": form, "draft": draft, "plan": plan})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("programmes.confirm_year")
def confirm(request, pk):
    draft = _draft(request, pk)
    if request.method == "POST":
        try:
            loaded = years.confirm_draft(draft_id=pk, version=_version(request), by=request.user)
        except Refused as error:
            messages.error(request, str(error))
            return redirect("plan-draft-confirm", pk=pk)
        messages.success(request, str(loaded))
        return redirect("plan-of", code=loaded.plan.code)
    facts = {"draft": draft, "changes": years.differences(draft=draft), "plan": read_plan(draft.text.encode())}
    return render(request, "programmes/plan_draft_confirm.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("programmes.open_year")
def drop(request, pk):
    draft = _draft(request, pk)
    if request.method == "POST":
        try:
            years.drop_draft(draft_id=pk, version=_version(request), by=request.user)
        except Refused as error:
            messages.error(request, str(error))
            return redirect("plan-draft", pk=pk)
        messages.success(request, f"{draft.year}年草稿已作废。")
        return redirect("plan-of", code=draft.source.code)
    return render(request, "programmes/plan_draft_drop.html", {"draft": draft})


def _draft(request, pk):
    drafts = PlanDraft.objects.visible_to(request.user).open()
    return get_object_or_404(drafts.select_related("source__region", "opened_by", "changed_by"), pk=pk)


def _version(request):
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else 0


def _save(request, draft, form):
    """Whether the draft was saved; else the form says why not."""
    fields = form.cleaned_data
    try:
        years.change_draft(
            draft_id=draft.pk,
            version=fields["version"],
            name=fields["name"],
            document_no=fields["document_no"],
            changed=form.changed,
            by=request.user,
        )
    except Refused as error:
        for problem in str(error).splitlines():
            form.add_error(None, problem)
        return False
    messages.success(request, "草稿已保存。")
    return True
