"""Consultations pointed on: the list of those without an answer, one with its fate, the slip that goes along."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from consultations.exports import consultations as papers
from consultations.exports.attendance import file_name
from consultations.forms.handovers import AddressForm, FateForm, HandoverFilter
from consultations.models import Handover
from consultations.services import handovers as services
from consultations.views.attendance import paper
from records.services import installation

# The case a referral has become is a row of a higher floor that points at the record.
WITH_RECORD = ("consultation__station__county", "consultation__practitioner", "consultation__aid_case", "made_by")


@require_safe
@allowed("consultations.view_consultations")
def handover_list(request):
    form = HandoverFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = Handover.objects.visible_to(request.user).filter(consultation__is_void=False).select_related(*WITH_RECORD)
    state = chosen.get("state") or ""
    if not state:
        rows = rows.open()
    elif state != "all":
        rows = rows.filter(state=state)
    if chosen.get("kind"):
        rows = rows.filter(kind=chosen["kind"])
    page = page_of(request, rows.order_by("day", "pk"))
    lines = [(each, papers.shown_name(request.user, each.consultation), services.is_case(each)) for each in page]
    context = {"form": form, "page": page, "lines": lines, "chips": chips_of(request, form)}
    return render(request, "consultations/records/handovers.html", context)


@require_http_methods(["GET", "POST"])
@allowed("consultations.view_consultations")
def handover(request, pk):
    """One hand-over: to whom, what they were told, what came back."""
    row = visible_handover(request, pk)
    is_ours = may(request.user, "consultations.follow_handover") and papers.sees_names(request.user, row.consultation)
    address = AddressForm(initial={"to": row.to, "note": row.note})
    fate = FateForm(initial={"day": clock.today()})
    if request.method == "POST" and is_ours:
        address, fate, is_done = answered(request, row, address, fate)
        if is_done:
            return redirect("handover", pk)
    context = {
        "row": row,
        "record": row.consultation,
        "name": papers.shown_name(request.user, row.consultation),
        "case": services.is_case(row),
        "may_address": is_ours and row.state == Handover.State.OPEN,
        "may_answer": is_ours and row.state in Handover.OPEN_STATES,
        "address": address,
        "fate": fate,
    }
    return render(request, "consultations/records/handover.html", context)


def answered(request, row, address, fate):
    """Take whichever of the two forms was sent. Gives both forms and whether it was taken."""
    is_fate = request.POST.get("act") == "fate"
    form = FateForm(request.POST) if is_fate else AddressForm(request.POST)
    if is_fate:
        fate = form
    else:
        address = form
    if not form.is_valid():
        return address, fate, False
    service = services.answer_handover if is_fate else services.address_handover
    try:
        service(handover_id=row.pk, by=request.user, **form.cleaned_data)
    except Refused as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return address, fate, False
    messages.success(request, "已登记回音。" if is_fate else "已保存转办单。")
    return address, fate, True


@require_safe
@allowed("consultations.view_consultations")
def handover_paper(request, pk):
    """转办单, with a slip for the answer."""
    row, demo = visible_handover(request, pk), installation().is_demo
    make = lambda: papers.handover_pdf(row, by=request.user, is_demo=demo)  # noqa: E731
    return paper(request, make, file_name("咨询转办单", str(row.consultation), suffix=".pdf"), "handovers")


def visible_handover(request, pk):
    return get_object_or_404(Handover.objects.visible_to(request.user).select_related(*WITH_RECORD), pk=pk)
