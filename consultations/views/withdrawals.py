"""作废 and merging of records, and both taken back."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allowed
from common.errors import Refused
from consultations.forms.consultations import VoidForm
from consultations.forms.handovers import MergeForm
from consultations.models import Consultation
from consultations.services import withdrawals
from consultations.views.attendance import act
from consultations.views.consultations import visible_record


@require_http_methods(["GET", "POST"])
@allowed("consultations.write_consultation")
def consultation_void(request, pk):
    """作废: its own page that says what follows."""
    record = visible_record(request, pk)
    form = VoidForm(request.POST or None)
    if form.is_valid():
        try:
            withdrawals.void_consultation(consultation_id=pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"{record} 已作废，不再计入人次。作废错了的，结账以前可以在本页撤销作废。")
            return redirect("consultation", pk)
    context = {"form": form, "record": record, "why_not": withdrawals.why_not_void(record)}
    return render(request, "consultations/records/void.html", context)


@require_POST
@allowed("consultations.write_consultation")
def consultation_restore(request, pk):
    record = visible_record(request, pk)
    act(request, withdrawals.restore_consultation, f"已撤销作废，{record} 重新计入人次。", consultation_id=pk)
    return redirect("consultation", pk)


@require_http_methods(["GET", "POST"])
@allowed("consultations.write_consultation")
def consultation_merge(request, pk):
    """Two records of one consultation: this one stays, the other points to it."""
    record = visible_record(request, pk)
    others = Consultation.objects.visible_to(request.user).filter(station=record.station, day=record.day, is_void=False)
    others = others.exclude(pk=pk).order_by("time", "pk")
    form = MergeForm(request.POST or None, others=others, initial={"duplicate": request.GET.get("duplicate")})
    if form.is_valid():
        duplicate = form.cleaned_data["duplicate"]
        try:
            withdrawals.merge_consultations(
                keep_id=pk, duplicate_id=duplicate.pk, reason=form.cleaned_data["reason"], by=request.user
            )
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(
                request, f"已合并：保留 {record}，{duplicate} 作废，只计 1 人次。合并错了的，可以在作废的那条里撤销。"
            )
            return redirect("consultation", pk)
    return render(request, "consultations/records/merge.html", {"form": form, "record": record, "has_others": others.exists()})
