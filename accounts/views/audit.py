"""The audit log: newest first, by keyset, so that the millionth entry comes as fast as the first."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import allowed, fresh_login
from accounts.exports import audit_workbook
from accounts.forms import AuditFilter
from accounts.models import AuditEntry
from accounts.pages import chips_of
from accounts.services.sealing import chain_head
from common.workbooks.writing import file_name

PER_PAGE = 50
MOST_EXPORTED = 5000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@allowed("accounts.view_audit")
def audit_list(request):
    form = AuditFilter(request.GET)
    entries = _chosen(form)
    before = request.GET.get("before", "")
    if before.isdigit():
        entries = entries.filter(pk__lt=int(before))
    rows = list(entries.select_related("actor")[: PER_PAGE + 1])
    facts = {
        "form": form,
        "rows": rows[:PER_PAGE],
        "older": rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None,
        "is_first": not before,
        "chips": chips_of(request, form),
        "links": chain_head()[0],
        "export_query": request.GET.urlencode(),
    }
    return render(request, "accounts/audit_list.html", facts)


@require_safe
@allowed("accounts.view_audit")
def audit_entry(request, pk):
    entry = get_object_or_404(AuditEntry.objects.select_related("actor", "seal"), pk=pk)
    return render(request, "accounts/audit_entry.html", {"entry": entry})


@require_POST
@allowed("accounts.view_audit")
@fresh_login
def audit_export(request):
    """The chosen entries as a workbook, the newest five thousand at most. Itself an audited act."""
    entries = _chosen(AuditFilter(request.GET))[:MOST_EXPORTED]
    audit.record(by=request.user, action="accounts.export_audit", after=dict(request.GET.items()))
    response = HttpResponse(audit_workbook(entries, by=request.user), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, file_name("审计日志", f"{timezone.localdate()}"))
    return response


def _chosen(form):
    return AuditEntry.objects.chosen(**form.facts()) if form.is_valid() else AuditEntry.objects.all()
