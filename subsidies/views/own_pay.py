"""我的补贴: a person's own pay with the same lines the bureau sees, and her objections; the section's answers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from accounts.pages import page_of
from common import clock
from common.errors import Refused
from common.money import ZERO
from subsidies.forms.funds import AnswerForm, ObjectionForm
from subsidies.models import Payment, PayObjection, PayRow
from subsidies.services.objections import answer_objection, raise_objection
from subsidies.services.sheet_page import lines_of
from subsidies.views.pay_sheets import opened_rows

MONTHS_ON_A_PAGE = 12


@require_safe
@allowed("subsidies.view_own_pay")
def my_pay(request):
    """Her months, the latest first; the opened ones line by line."""
    rows = PayRow.objects.own(request.user).select_related("sheet__month", "sheet__plan").order_by("-sheet__month__first")
    page = page_of(request, rows, per_page=MONTHS_ON_A_PAGE)
    opened = opened_rows(request)
    wanted = [row.pk for row in page if opened == "all" or row.pk in opened]
    lines = lines_of(wanted, is_own=True)
    payments = {p.row_id: p for p in Payment.objects.filter(row__in=[row.pk for row in page]).order_by("pk")}
    objections = {o.sheet_id: o for o in PayObjection.objects.filter(practitioner__user=request.user).order_by("raised_at")}
    for row in page:
        row.explained = lines.get(row.pk)
        row.payment = payments.get(row.pk)
        row.objection = objections.get(row.sheet_id)
    year = clock.today().year
    paid = Payment.objects.standing().filter(row__practitioner__user=request.user, paid_on__year=year)
    facts = {"page": page, "year": year, "paid": sum((p.amount for p in paid), ZERO)}
    return render(request, "subsidies/my_pay.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("subsidies.object_to_pay")
def my_pay_object(request, month):
    """Object to one's own pay of a month."""
    rows = PayRow.objects.own(request.user).select_related("sheet__month")
    row = get_object_or_404(rows, sheet__month__first=month.first)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            raise_objection(sheet_id=row.sheet_id, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已提出{row.sheet.month.label}补贴的异议，业务股会答复。")
            return redirect("my-pay")
    return render(request, "subsidies/my_pay_object.html", {"form": form, "row": row})


@require_safe
@allowed("subsidies.decide_objection")
def objections(request):
    rows = PayObjection.objects.visible_to(request.user).select_related("practitioner", "sheet__month", "answered_by")
    return render(request, "subsidies/objections.html", {"page": page_of(request, rows.order_by("-state", "-raised_at"))})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("subsidies.decide_objection")
def objection(request, pk):
    """One objection beside the person's lines, and the answer."""
    rows = PayObjection.objects.visible_to(request.user).select_related("practitioner", "sheet__month", "answered_by")
    found = get_object_or_404(rows, pk=pk)
    row = PayRow.objects.filter(sheet=found.sheet, practitioner=found.practitioner_id).first()
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_objection(objection_id=pk, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已答复{found.practitioner}的异议。")
            return redirect("pay-objections")
    lines = lines_of([row.pk])[row.pk] if row else []
    return render(request, "subsidies/objection.html", {"objection": found, "row": row, "lines": lines, "form": form})
