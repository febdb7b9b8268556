"""Papers of the pool (F27 of domain.md 6) and the export of the list, as workbook and PDF."""

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.access import allowed
from organizations import exports
from organizations.models import PoolEntry
from organizations.views.people import chosen_people, person_of


@require_safe
@allowed("organizations.view_people")
def people_export(request):
    _, rows = chosen_people(request)
    return exports.workbook(exports.people_sheet(rows, by=request.user), name="服务人员名单")


@require_safe
@allowed("organizations.view_people")
def pool_list(request, suffix):
    return exports.paper(exports.pool_list(request.user), suffix, by=request.user)


@require_safe
@allowed("organizations.view_proposals")
def admission_sheet(request, suffix):
    return exports.paper(exports.admission_sheet(request.user), suffix, by=request.user)


@require_safe
@allowed("organizations.view_people")
def stay_admission(request, pk):
    rows = PoolEntry.objects.visible_to(request.user).select_related("practitioner", "county", "entered_by", "decided_by")
    return exports.admission_of(get_object_or_404(rows, pk=pk), by=request.user)


@require_safe
@allowed("organizations.edit_people")
def person_statement(request, pk):
    return exports.statement(person_of(request, pk), by=request.user)


@require_safe
@allowed("organizations.propose_account")
def person_account_form(request, pk):
    return exports.account_form(person_of(request, pk), by=request.user)
