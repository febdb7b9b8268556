"""The bureau's look over the records: incomplete ones, doubtful ones, faults. Z-DED-1, Z-CON-4."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.pages import chips_of, page_of
from accounts.policy import Role, may
from common import clock
from consultations.exports.consultations import sees_names, shown_name
from consultations.forms.consultations import ConsultationFilter
from consultations.models import Finding
from consultations.services import record_checks
from consultations.services.record_preview import doubtful_records
from consultations.views.attendance import act, tell_many
from consultations.views.consultations import chosen_records, is_frozen, visible_record

MOST_COMPARED = 5000


@require_safe
@allowed("consultations.view_consultations")
def consultations_doubtful(request):
    """疑似虚增: doubles, too many in an hour, outside the shift, word for word alike. Hints to look, never a deduction. Z-CON-4."""
    form = ConsultationFilter(request.GET, user=request.user)
    rows = chosen_records(request, form).filter(is_void=False)
    since = form.cleaned_data.get("since") if form.is_valid() else None
    if since is None:
        since = clock.today().replace(day=1)
        rows = rows.filter(day__gte=since)
    keys = list(rows.values_list("pk", flat=True)[: MOST_COMPARED + 1])
    is_too_many = len(keys) > MOST_COMPARED
    found = [] if is_too_many else doubtful_records(rows)
    page = Paginator(found, 20).get_page(request.GET.get("page"))
    page.total_words = f"{len(found):,}"
    may_write = may(request.user, "consultations.write_consultation")
    lines = [
        (
            each,
            shown_name(request.user, each.record),
            may_write and each.twin is not None and sees_names(request.user, each.record) and not is_frozen(each.record),
        )
        for each in page
    ]
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "chips": chips_of(request, form),
        "since": since,
        "is_too_many": is_too_many,
        "last_month": (since.replace(day=1) - timedelta(days=1)).replace(day=1),
    }
    return render(request, "consultations/records/doubtful.html", context)


@require_http_methods(["GET", "POST"])
@allowed("consultations.view_consultations")
def consultations_incomplete(request):
    """缺项核查: the basis of the ten-yuan rule. The bureau ticks which become findings; a station sees what to mend."""
    form = ConsultationFilter(request.GET, user=request.user)
    rows = chosen_records(request, form).filter(is_void=False).incomplete()
    may_fault = Role.SECTION in request.user.roles
    if request.method == "POST":
        return fault_many(request, rows, may_fault)
    page = page_of(request, rows)
    faulted = set(
        Finding.objects.filter(kind="record_defect", consultation_no__in=[str(each) for each in page]).values_list(
            "consultation_no", flat=True
        )
    )
    context = {
        "form": form,
        "page": page,
        "chips": chips_of(request, form),
        "rows": [(record, str(record) in faulted) for record in page],
        "may_fault": may_fault,
    }
    return render(request, "consultations/records/incomplete.html", context)


def fault_many(request, rows, may_fault):
    ticked = [int(pk) for pk in request.POST.getlist("records") if pk.isascii() and pk.isdigit()]
    if not may_fault:
        messages.error(request, "记录不规范由司法局业务股登记。")
    elif not ticked:
        messages.error(request, "没有选择记录：请至少勾选一条。")
    else:
        chosen = rows.filter(pk__in=ticked).values_list("pk", flat=True)
        done, refused = record_checks.check_many(consultation_ids=list(chosen), by=request.user)
        tell_many(request, f"已登记 {len(done)} 项记录不规范，待本人说明和另一人核实。", done, refused)
    return redirect(request.get_full_path())


@require_POST
@allowed("consultations.report_finding")
def consultation_fault(request, pk):
    """记录不规范: a finding of this record, for another officer to decide."""
    record = visible_record(request, pk)
    if Role.SECTION not in request.user.roles:
        messages.error(request, "记录不规范由司法局业务股登记。")
        return redirect("consultation", pk)
    finding = act(
        request,
        record_checks.check_record,
        "已登记记录不规范，待本人说明和另一人核实。",
        consultation_id=record.pk,
        remark=request.POST.get("remark", ""),
    )
    return redirect("finding", finding.pk) if finding else redirect("consultation", pk)
