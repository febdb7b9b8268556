"""Batches of quality evaluation: the list, the draw, its confirmation, dealing out, confirming grades, the report F21."""

from collections import Counter

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed
from accounts.forms import ReasonForm
from accounts.pages import chips_of, page_of
from accounts.policy import may
from common.errors import Refused
from legalaid.exports.reviews import batch_report_pdf, batch_report_workbook, report_name, results_of
from legalaid.forms.reviews import BatchFilter, DealForm, DrawForm
from legalaid.models import ReviewBatch, SampledFile
from legalaid.services import reviews
from legalaid.services.reviews.assigning import knowledge, seats_of
from legalaid.services.reviews.batches import STRATA, drawn_again
from legalaid.services.reviews.results import held_up
from legalaid.views.reviews.answers import act, send
from organizations.scope import county_or_404

DECIDED, SCORED, SECOND = SampledFile.State.DECIDED, SampledFile.State.SCORED, SampledFile.State.SECOND


@require_safe
@allowed("legalaid.view_reviews")
def review_list(request):
    """Batches, newest first. Who only scores goes to her own sheets."""
    if not may(request.user, "legalaid.view_review_batches"):
        return redirect("my-reviews")
    form = BatchFilter(request.GET)
    chosen = {name: value for name, value in (form.cleaned_data if form.is_valid() else {}).items() if value}
    rows = ReviewBatch.objects.visible_to(request.user).filter(**chosen).order_by("-drawn_at", "-pk")
    rows = rows.annotate(
        drawn=Count("files"),
        decided=Count("files", filter=Q(files__state=DECIDED)),
        failed=Count("files", filter=Q(files__state=DECIDED, files__grade="fail")),
    )
    context = {"form": form, "page": page_of(request, rows), "chips": chips_of(request, form)}
    return render(request, "legalaid/reviews/list.html", context)


@require_http_methods(["GET", "POST"])
@allowed("legalaid.organize_reviews")
def review_batch_new(request):
    """Draw. The draw is shown on the batch's own page, with its seed, and waits there to be confirmed."""
    county = county_or_404(request.user)
    form = DrawForm(request.POST or None)
    if form.is_valid():
        try:
            batch = reviews.draw_batch(county=county, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.info(request, f"已抽样，种子 {batch.seed}。请核对名单，再确认批次。")
            return redirect("review-batch", batch.pk)
    return render(request, "legalaid/reviews/new.html", {"form": form, "county": county})


def visible_batch(request, pk):
    rows = ReviewBatch.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("county", "drawn_by", "confirmed_by", "closed_by", "voided_by"), pk=pk)


@require_safe
@allowed("legalaid.view_review_batches")
def review_batch(request, pk):
    """One batch: its draw and how to draw it again, its files, who scores them, and what they came to."""
    batch = visible_batch(request, pk)
    files = list(batch.files.select_related("case").prefetch_related("reviews__reviewer", "rectifications").order_by("position"))
    context = {
        "batch": batch,
        "files": files,
        "strata": strata_of(batch, files),
        "stratum_words": "、".join(STRATA[name] for name in batch.strata) or "不分层",
        "can_be_drawn_again": drawn_again(batch),
        "counts": Counter(file.state for file in files),
        "results": results_of(files),
        "reason_form": ReasonForm(),
        "deals": deals_of(batch, files) if may(request.user, "legalaid.organize_reviews") else [],
        "may_see_names": may(request.user, "legalaid.view_reviewers"),
        "unsupervised": unsupervised_of(files),
    }
    return render(request, "legalaid/reviews/batch.html", context)


def unsupervised_of(files):
    """(file, which of 告知、监督、回访 lack) of those that passed and cannot be confirmed before these are there. Z-ORG-5."""
    return list(held_up([file for file in files if file.state == SCORED]).values())


def strata_of(batch, files):
    """(stratum, population, drawn) of a draw."""
    drawn = Counter(file.stratum for file in files)
    sizes = Counter(stratum for _number, stratum in batch.frame)
    return [(name, size, drawn[name]) for name, size in sorted(sizes.items())]


def deals_of(batch, files):
    """For each round with free seats: the form, how many seats are free, and how often each candidate must stand aside."""
    if batch.state != ReviewBatch.State.OPEN:
        return []
    deals = []
    for round_, state in ((1, SampledFile.State.FIRST), (2, SECOND)):
        waiting = [file for file in files if file.state == state]
        _taken, free = seats_of(waiting, round_, batch)
        if seats := sum(len(each) for each in free.values()):
            waiting = [file for file in waiting if free[file.pk]]
            people = reviews.candidates(batch, round_)
            known = knowledge(people, waiting)
            aside = {user.pk: sum(bool(known.why_not(user.pk, known.cases[file.case_id])) for file in waiting) for user in people}
            form = DealForm(initial={"round": round_}, people=people)
            form.fields["reviewers"].choices = [
                (user.pk, f"{user.name}（{aside[user.pk]} 件回避）" if aside[user.pk] else user.name) for user in people
            ]
            deals.append({"round": round_, "form": form, "seats": seats, "people": people})
    return deals


@require_POST
@allowed("legalaid.organize_reviews")
def review_batch_confirm(request, pk):
    batch = visible_batch(request, pk)
    done = act(request, lambda: reviews.confirm_batch(batch_id=batch.pk, by=request.user))
    if done:
        messages.success(request, f"批次已确认，编号 {done.number}。下一步：分配评查人。")
    return redirect("review-batch", batch.pk)


@require_POST
@allowed("legalaid.organize_reviews")
def review_batch_void(request, pk):
    batch = visible_batch(request, pk)
    reason = request.POST.get("reason", "")
    if act(request, lambda: reviews.void_batch(batch_id=batch.pk, reason=reason, by=request.user)):
        messages.success(request, "已作废，原因已留记录。可以重新抽样。")
        return redirect("file-reviews")
    return redirect("review-batch", batch.pk)


@require_POST
@allowed("legalaid.organize_reviews")
def review_batch_assign(request, pk):
    """Deal the free seats of a round among the people ticked."""
    batch = visible_batch(request, pk)
    round_ = 2 if request.POST.get("round") == "2" else 1
    form = DealForm(request.POST, people=reviews.candidates(batch, round_))
    if not form.is_valid():
        messages.error(request, form.errors.get("reviewers", ["请重新选择评查人。"])[0])
        return redirect("review-batch", batch.pk)
    given = act(
        request,
        lambda: reviews.assign_all(
            batch_id=batch.pk, round_=round_, reviewer_ids=form.cleaned_data["reviewers"], by=request.user
        ),
    )
    if given:
        messages.success(request, f"已分配 {given} 个评查席位，应当回避的已自动避开。")
    return redirect("review-batch", batch.pk)


@require_POST
@allowed("legalaid.review_administratively")
def review_batch_decide(request, pk):
    """Confirm every result that waits."""
    batch = visible_batch(request, pk)
    files = act(request, lambda: reviews.decide_files(batch_id=batch.pk, by=request.user))
    if files:
        failed = sum(file.grade == "fail" for file in files)
        messages.success(request, f"已核定 {len(files)} 件" + (f"，其中 {failed} 件不合格，已发整改。" if failed else "。"))
        if left := batch.files.filter(state=SCORED).count():
            messages.warning(request, f"还有 {left} 件缺告知、监督、回访记录，没有核定：请援助中心补记。")
    return redirect("review-batch", batch.pk)


@require_POST
@allowed("legalaid.organize_reviews")
def review_batch_close(request, pk):
    batch = visible_batch(request, pk)
    if act(request, lambda: reviews.close_batch(batch_id=batch.pk, by=request.user)):
        messages.success(request, "批次已结束，可以打印通报。")
    return redirect("review-batch", batch.pk)


@require_safe
@allowed("legalaid.view_review_batches")
def review_batch_report(request, pk, suffix):
    """F21: the batch's summary by firm and person with every file's grade."""
    batch = visible_batch(request, pk)
    if batch.state not in (ReviewBatch.State.OPEN, ReviewBatch.State.CLOSED) or suffix not in ("pdf", "xlsx"):
        raise Http404("批次确认后才有评查通报。")
    make = batch_report_pdf if suffix == "pdf" else batch_report_workbook
    return send(request, lambda: make(batch, by=request.user), report_name(batch, suffix), "review-batch", batch.pk)
