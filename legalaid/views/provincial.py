"""省系统录入: number and day of each case in the provincial system, many at once or one by one. Z-CASE-9."""

from django.contrib import messages
from django.db.models import F, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import allowed
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from legalaid.forms.provincial import EntryFilter, EntryForm, OneEntryForm
from legalaid.models import AidCase
from legalaid.services.provincial import NOT_ENTERED_STATES, Entry, enter, enter_many, progress_of
from organizations.scope import county_or_404


def chosen_cases(request, form):
    told = form.cleaned_data if form.is_valid() else {}
    rows = AidCase.objects.visible_to(request.user).of_county(county_or_404(request.user))
    state = told.get("state") or "waiting"
    if state == "waiting":
        rows = rows.filter(Q(provincial_no="") | Q(provincial_entered_on=None)).exclude(state__in=NOT_ENTERED_STATES)
    elif state == "entered":
        rows = rows.exclude(provincial_no="").exclude(provincial_entered_on=None)
    if text := told.get("q"):
        rows = rows.filter(Q(number__icontains=text) | Q(provincial_no__icontains=text))
    if told.get("concluded"):
        rows = rows.exclude(concluded_on=None)
    # What is concluded and not entered counts for nothing yet: it stands first.
    return rows.order_by(F("concluded_on").desc(nulls_last=True), "-received_on", "-pk")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("legalaid.view_provincial")
def provincial(request):
    """The cases that wait for their entry, twenty a page, each with its two fields; saved all or none."""
    form = EntryFilter(request.GET)
    page = page_of(request, chosen_cases(request, form))
    may_enter = may(request.user, "legalaid.enter_provincial")
    rows = [(case, entry_form(request, case)) for case in page]
    problem = None
    if request.method == "POST" and may_enter:
        problem = save_entries(request, rows)
        if problem is None:
            return redirect(request.get_full_path())
    context = {
        "form": form,
        "chips": chips_of(request, form),
        "page": page,
        "rows": rows,
        "problem": problem,
        "may_enter": may_enter,
        "progress": progress_of(county_or_404(request.user), clock.today().year),
    }
    return render(request, "legalaid/provincial/entries.html", context)


def entry_form(request, case):
    initial = {"number": case.provincial_no, "day": case.provincial_entered_on, "version": case.version}
    data = request.POST if request.method == "POST" and f"case-{case.pk}-version" in request.POST else None
    return EntryForm(data, initial=initial, prefix=f"case-{case.pk}")


def save_entries(request, rows):
    """Save what was changed on this page; None when it is saved, else the sentence."""
    changed = [(case, form) for case, form in rows if form.is_bound and form.has_changed()]
    if not all(form.is_valid() for _, form in changed):
        return "有的行填写不对：请改正标红的行，改好后一次保存。"
    entries = [
        Entry(case.pk, form.cleaned_data["number"], form.cleaned_data["day"], form.cleaned_data["version"])
        for case, form in changed
    ]
    try:
        count = enter_many(entries=entries, by=request.user)
    except Refused as error:
        for case, form in changed:
            if case.pk == getattr(error, "case_id", None):
                form.add_error(error.field if error.field in form.fields else None, str(error))
        return str(error)
    messages.success(request, f"已登记 {count} 件的省系统录入。" if count else "没有改动。")
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("legalaid.enter_provincial")
def provincial_case(request, pk):
    """One case's entry, where it is corrected with a reason."""
    case = get_object_or_404(AidCase.objects.visible_to(request.user), pk=pk)
    initial = {"number": case.provincial_no, "day": case.provincial_entered_on, "version": case.version}
    form = OneEntryForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            enter(entry=Entry(pk, told["number"], told["day"], told["version"]), by=request.user, reason=told["reason"])
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已登记案件 {case} 的省系统录入。")
            return redirect("case", pk)
    return render(request, "legalaid/provincial/entry.html", {"form": form, "case": case})
