"""Rectification (整改): the running list F38, one item, what was done, its confirmation."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.workbooks.writing import file_name
from legalaid.exports.reviews import fixes_workbook
from legalaid.forms.reviews import ConfirmFixForm, DoFixForm, FixFilter
from legalaid.models import AidCase, Rectification
from legalaid.services import reviews
from legalaid.views.reviews.answers import act, send
from records.services import file_response

WITH = ("file__case", "file__batch", "opened_by", "done_by", "confirmed_by", "proof")


def chosen(request, form):
    """The visible rectifications that meet the filter, the most urgent first."""
    rows = Rectification.objects.visible_to(request.user).select_related(*WITH).order_by("due_on", "pk")
    data = form.cleaned_data if form.is_valid() else {}
    if data.get("state") == "late":
        rows = rows.filter(state=Rectification.State.OPEN, due_on__lt=clock.today())
    elif data.get("state"):
        rows = rows.filter(state=data["state"])
    if data.get("since"):
        rows = rows.filter(opened_on__gte=data["since"])
    if data.get("until"):
        rows = rows.filter(opened_on__lte=data["until"])
    return rows


@require_safe
@allowed("legalaid.view_fixes")
def review_fixes(request):
    form = FixFilter(request.GET)
    context = {"form": form, "page": page_of(request, chosen(request, form)), "chips": chips_of(request, form)}
    return render(request, "legalaid/reviews/fixes.html", context)


@require_safe
@allowed("legalaid.view_fixes")
def review_fixes_export(request):
    """F38 of the rows the filter shows."""
    rows = chosen(request, FixFilter(request.GET))
    name = file_name("案件评查整改台账", str(clock.today()))
    return send(request, lambda: fixes_workbook(rows, by=request.user), name, "review-fixes")


def visible_fix(request, pk):
    return get_object_or_404(Rectification.objects.visible_to(request.user).select_related(*WITH), pk=pk)


@require_safe
@allowed("legalaid.view_fixes")
def review_fix(request, pk):
    return show(request, visible_fix(request, pk))


def show(request, fix, *, do_form=None):
    """The item; what the reader may do with it now."""
    does = fix.state == Rectification.State.OPEN and may(request.user, "legalaid.rectify")
    does = does and AidCase.objects.visible_to(request.user).filter(pk=fix.file.case_id).exists()
    confirms = fix.state == Rectification.State.DONE and may(request.user, "legalaid.review_administratively")
    context = {
        "fix": fix,
        "is_late": fix.is_late(clock.today()),
        "do_form": (do_form or DoFixForm()) if does else None,
        "confirm_form": ConfirmFixForm() if confirms and fix.done_by_id != request.user.pk else None,
        "may_see_batch": may(request.user, "legalaid.view_review_batches"),
    }
    return render(request, "legalaid/reviews/fix.html", context)


@require_POST
@allowed("legalaid.rectify")
def review_fix_done(request, pk):
    fix = visible_fix(request, pk)
    form = DoFixForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            reviews.do_fix(fix_id=fix.pk, measure=form.cleaned_data["measure"], upload=form.cleaned_data["file"], by=request.user)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, "已报整改，等业务股复核。")
            return redirect("review-fix", fix.pk)
    return show(request, fix, do_form=form)


@require_POST
@allowed("legalaid.review_administratively")
def review_fix_confirm(request, pk):
    """Confirm, or send back with a reason."""
    fix = visible_fix(request, pk)
    service = reviews.send_back_fix if "back" in request.POST else reviews.confirm_fix
    remark = request.POST.get("remark", "")
    if act(request, lambda: service(fix_id=fix.pk, remark=remark, by=request.user)):
        messages.success(request, "已退回援助中心。" if "back" in request.POST else "整改已确认。")
    return redirect("review-fix", fix.pk)


@require_safe
@allowed("legalaid.view_fixes")
def review_fix_proof(request, pk):
    """The proof, for those who may read the case or who confirm the mending."""
    fix = visible_fix(request, pk)
    return file_response(get_object_or_404(Rectification.objects.filter(pk=fix.pk).exclude(proof=None)).proof)
