"""A reviewer's own pages: what waits for her, the file she may read, her sheet. She sees no other sheet, nor the ID number."""

from decimal import Decimal

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed
from accounts.pages import page_of
from common.errors import Refused
from legalaid.forms.reviews import SheetForm, WithdrawForm
from legalaid.models import FileReview
from legalaid.models.quality import ReviewBatch
from legalaid.rules.quality import read_sheet
from legalaid.services import reviews
from legalaid.services.reviews import SheetRefused
from legalaid.views.reviews.answers import act
from records.models import IssuedPaper
from records.services import file_response


@require_safe
@allowed("legalaid.score_file")
def my_reviews(request):
    """My reviews: those that wait first, then what I have submitted."""
    rows = FileReview.objects.visible_to(request.user).select_related("file__batch", "file__case")
    context = {
        "waiting": rows.waiting().order_by("file__batch__due_on", "pk"),
        "page": page_of(request, rows.filter(state=FileReview.State.SUBMITTED).order_by("-submitted_at")),
    }
    return render(request, "legalaid/reviews/mine.html", context)


def own_review(request, pk):
    rows = FileReview.objects.visible_to(request.user).select_related("file__batch__county", "file__case__county")
    return get_object_or_404(rows.exclude(file__batch__state=ReviewBatch.State.VOID), pk=pk)


def readable_review(request, pk):
    """A review whose file may be read: while its batch is under way."""
    return get_object_or_404(
        FileReview.objects.visible_to(request.user)
        .filter(file__batch__state=ReviewBatch.State.OPEN)
        .select_related("file__case"),
        pk=pk,
    )


@require_http_methods(["GET", "POST"])
@allowed("legalaid.score_file")
def review(request, pk):
    """The file to read and the sheet to fill: kept as a draft, or submitted for good."""
    row = own_review(request, pk)
    rubric = row.file.batch.rubric(row.file.rubric_code)
    form = SheetForm(request.POST or None, rubric=rubric, initial=SheetForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        typed = {"typed": form.typed, "vetoes": form.cleaned_data["vetoes"], "opinion": form.cleaned_data["opinion"]}
        service = reviews.submit_sheet if "submit" in request.POST else reviews.save_sheet
        try:
            saved = service(review_id=row.pk, by=request.user, **typed)
        except SheetRefused as error:
            form.tell(error.faults)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, told(saved, rubric))
            return redirect("my-reviews" if saved.state == FileReview.State.SUBMITTED else "review", *after(saved))
    return render(request, "legalaid/reviews/sheet.html", {"review": row, "rubric": rubric, "form": form, **reading(row, rubric)})


def after(saved):
    return [] if saved.state == FileReview.State.SUBMITTED else [saved.pk]


def told(saved, rubric):
    if saved.state == FileReview.State.SUBMITTED:
        return f"评查表已提交：{saved.total} 分，{saved.get_grade_display()}。"
    points, faults = read_sheet(rubric, saved.points)
    rest = f"，还有 {len(faults)} 项未评" if faults else ""
    return f"已暂存，目前合计 {sum(points.values(), Decimal(0))} 分{rest}。提交后才算数。"


def reading(row, rubric):
    """What she reads: the case without its numbers, its papers, notes and steps. Nothing once the batch is closed."""
    case = row.file.case
    points, faults = read_sheet(rubric, row.points)
    context = {
        "case": case,
        "is_readable": row.file.batch.state == ReviewBatch.State.OPEN,
        "is_open": row.file.batch.state == ReviewBatch.State.OPEN and row.state == FileReview.State.ASSIGNED,
        "so_far": sum(points.values(), Decimal(0)),
        "unscored": len(faults),
    }
    if context["is_readable"]:
        context |= {
            "documents": case.files.standing().select_related("stored"),
            "papers": IssuedPaper.objects.in_force().about(case).select_related("case_paper").order_by("issued_on", "pk"),
            "notes": case.notes.filter(struck_at=None),
            "events": case.events.all(),
        }
    return context


@require_http_methods(["GET", "POST"])
@allowed("legalaid.score_file")
def review_decline(request, pk):
    """Stand aside (申请回避): with a reason, and the file goes back to the organiser."""
    row = own_review(request, pk)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        if act(request, lambda: reviews.withdraw_review(review_id=row.pk, by=request.user, **form.cleaned_data)):
            messages.success(request, "已回避，案卷退回业务股另行分配。")
            return redirect("my-reviews")
        return redirect("review", row.pk)
    return render(request, "legalaid/reviews/decline.html", {"review": row, "form": form})


@require_safe
@allowed("legalaid.score_file")
def review_document(request, pk, document):
    """A document of the file she reviews."""
    row = readable_review(request, pk)
    found = get_object_or_404(row.file.case.files.standing().exclude(stored=None).select_related("stored"), pk=document)
    return file_response(found.stored)


@require_safe
@allowed("legalaid.score_file")
def review_paper(request, pk, issued):
    """An issued paper of the case she reviews."""
    row = readable_review(request, pk)
    found = get_object_or_404(IssuedPaper.objects.in_force().about(row.file.case).select_related("file"), pk=issued)
    return file_response(found.file)
