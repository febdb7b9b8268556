"""The board of time limits, and its workbook."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import allowed
from accounts.pages import chips_of
from common import clock
from common.workbooks.writing import file_name
from consultations.views.places import XLSX, send_file
from legalaid.exports.deadlines import deadlines_workbook
from legalaid.forms.deadlines import DeadlineFilter
from legalaid.services.deadline_board import OVER, board_of, keeper_of, limits


def filter_of(request):
    form = DeadlineFilter(request.GET, user=request.user)
    return form, (form.cleaned_data if form.is_valid() else {})


@require_safe
@allowed("legalaid.view_cases")
def case_deadlines(request):
    form, said = filter_of(request)
    groups = board_of(request.user, **said)
    for group in groups:
        group.lines = [(row, keeper_of(row.code), OVER.get(row.code, "")) for row in group.rows]
    context = {
        "form": form,
        "groups": groups,
        "chips": chips_of(request, form),
        "total": sum(group.count for group in groups),
        "query": request.GET.urlencode(),
        "today": clock.today(),
    }
    return render(request, "legalaid/cases/deadlines.html", context)


@require_safe
@allowed("legalaid.view_cases")
def case_deadlines_export(request):
    _, said = filter_of(request)
    rows = limits(request.user, **said).select_related("rule", "case__handler").order_by("due_on", "pk")
    return send_file(deadlines_workbook(rows, by=request.user), file_name("案件期限", str(clock.today())), XLSX)
