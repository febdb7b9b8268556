"""One drawn file as its organisers see it: seats, results, rectification. Not the recipient, nor what the file holds."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed
from accounts.policy import may
from legalaid.exports.reviews import file_sheet_pdf, sheet_name, sheet_rows
from legalaid.forms.reviews import OpenFixForm, SeatForm, WithdrawForm
from legalaid.models import FileReview, SampledFile
from legalaid.models.quality import ReviewBatch
from legalaid.services import reviews
from legalaid.services.reviews.assigning import knowledge, seats_of
from legalaid.services.supervising import missing_kinds
from legalaid.views.reviews.answers import act, send


def visible_file(request, pk):
    rows = SampledFile.objects.visible_to(request.user).select_related("batch__county", "case", "decided_by")
    return get_object_or_404(rows, pk=pk)


@require_safe
@allowed("legalaid.view_review_batches")
def review_file(request, pk):
    return show(request, visible_file(request, pk))


def show(request, file, *, seat_form=None, fix_form=None, status=200):
    """The file's page; forms that were refused come back with what was typed."""
    organizes = may(request.user, "legalaid.organize_reviews")
    is_open = file.batch.state == ReviewBatch.State.OPEN
    is_scoring = is_open and file.state in (SampledFile.State.FIRST, SampledFile.State.SECOND)
    sheets = list(file.reviews.select_related("reviewer"))
    context = {
        "file": file,
        "batch": file.batch,
        "sheets": sheets,
        "rows": sheet_rows(file, sheets) if file.is_told else None,
        "submitted": [sheet for sheet in sheets if sheet.state == FileReview.State.SUBMITTED],
        "fixes": file.rectifications.all(),
        "unsupervised": [] if file.state == SampledFile.State.DECIDED else missing_kinds(file.case),
        "may_see_names": may(request.user, "legalaid.view_reviewers"),
        "withdraw_form": WithdrawForm() if organizes and is_scoring else None,
        "seat_form": seat_form or (seat_form_of(file) if organizes and is_scoring else None),
        "fix_form": fix_form or (OpenFixForm() if may_open_fix(request.user, file) else None),
    }
    return render(request, "legalaid/reviews/file.html", context, status=status)


def may_open_fix(user, file):
    return file.state == SampledFile.State.DECIDED and may(user, "legalaid.review_administratively")


def seat_form_of(file, data=None):
    """The people who may take the free seat; None where no seat is free."""
    taken, free = seats_of([file], file.round, file.batch)
    if not free[file.pk]:
        return None
    people = [user for user in reviews.candidates(file.batch, file.round) if user.pk not in taken[file.pk]]
    known = knowledge(people, [file])
    return SeatForm(data, people=[user for user in people if not known.why_not(user.pk, known.cases[file.case_id])])


@require_POST
@allowed("legalaid.organize_reviews")
def review_file_assign(request, pk):
    file = visible_file(request, pk)
    form = seat_form_of(file, request.POST)
    if form is None:
        messages.error(request, "这一轮的评查人已经齐了：要换人，请先收回原来的分配。")
    elif not form.is_valid():
        return show(request, file, seat_form=form, status=200)
    elif act(
        request,
        lambda: reviews.assign_reviewer(file_id=file.pk, reviewer_id=form.cleaned_data["reviewer"], by=request.user),
    ):
        messages.success(request, "已分配。")
    return redirect("review-file", file.pk)


@require_POST
@allowed("legalaid.organize_reviews")
def review_withdraw(request, pk):
    """Take a file back from somebody who has not submitted."""
    files = SampledFile.objects.visible_to(request.user)
    review = get_object_or_404(FileReview.objects.standing().filter(file__in=files), pk=pk)
    reason = request.POST.get("reason", "")
    if act(request, lambda: reviews.withdraw_review(review_id=review.pk, reason=reason, by=request.user)):
        messages.success(request, "已收回，可以另行分配。")
    return redirect("review-file", review.file_id)


@require_POST
@allowed("legalaid.review_administratively")
def review_file_fix(request, pk):
    """Ask for something to be mended."""
    file = visible_file(request, pk)
    form = OpenFixForm(request.POST)
    if not form.is_valid():
        return show(request, file, fix_form=form)
    if act(request, lambda: reviews.open_fix(file_id=file.pk, by=request.user, **form.cleaned_data)):
        messages.success(request, "已提出整改，援助中心会在待办里看到。")
    return redirect("review-file", file.pk)


@require_safe
@allowed("legalaid.view_review_batches")
def review_file_sheet(request, pk):
    """F21 of one file, once all its sheets are in; names of reviewers only for those who may see them."""
    file = visible_file(request, pk)
    if not file.is_told:
        raise Http404("评查人全部提交后才有评查表。")
    return send(request, lambda: file_sheet_pdf(file, by=request.user), sheet_name(file), "review-file", file.pk)
