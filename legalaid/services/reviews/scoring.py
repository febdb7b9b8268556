"""A reviewer's sheet: kept while she works on it, computed here, final once submitted. Nobody sees another's (blind scoring)."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from common import clock
from legalaid.models import FileReview, SampledFile
from legalaid.rules import quality
from legalaid.services.reviews.assigning import knowledge, seats_in
from legalaid.services.reviews.batches import lock_file, require_open
from legalaid.services.reviews.refusals import ReviewRefused, SheetRefused, told_in_words


@transaction.atomic
def save_sheet(*, review_id: int, typed, vetoes, opinion: str, by: User) -> FileReview:
    """Keep what was typed so far, unchecked but for its size; nothing counts yet."""
    review = own_review(review_id, by)
    rubric = rubric_of(review)
    write(review, {item.code: str(typed.get(item.code, ""))[:8] for item in rubric.items}, vetoes, opinion, rubric)
    review.save(update_fields=["points", "vetoes", "opinion"])
    return review


@transaction.atomic
def submit_sheet(*, review_id: int, typed, vetoes, opinion: str, by: User) -> FileReview:
    """Submit the sheet: every item scored, total and grade by the rubric. The last one of a round brings the file on.

    Raises SheetRefused with what is wrong where; ReviewRefused when it is not hers, not open, or she must stand aside.
    """
    review = own_review(review_id, by)
    rubric = rubric_of(review)
    points, faults = quality.read_sheet(rubric, typed)
    write(review, {code: str(value) for code, value in points.items()}, vetoes, opinion, rubric)
    if (review.vetoes or (not faults and quality.score(rubric, points, ()).grade == quality.FAIL)) and not review.opinion:
        faults["opinion"] = "评为不合格须写明事实和理由：请在评查意见里写明。"
    if faults:
        raise SheetRefused(faults)
    if why := knowledge([by], [review.file]).why_not(by.pk, review.file.case):
        raise ReviewRefused(f"您{why}，应当回避，评查表没有提交：请点“申请回避”。")
    result = quality.score(rubric, points, review.vetoes)
    review.total, review.grade = result.total, result.grade
    review.state, review.submitted_at = FileReview.State.SUBMITTED, clock.now()
    with told_in_words():
        review.save()
    audit.record(
        by=by, action="legalaid.submit_review", on=review, after={"总分": review.total, "等次": review.get_grade_display()}
    )
    bring_on(review.file, rubric)
    return review


def own_review(review_id: int, by: User) -> FileReview:
    """Her own unsubmitted sheet, its file locked."""
    found = FileReview.objects.standing().filter(pk=review_id, reviewer=by).first()
    if found is None:
        raise ReviewRefused("没有分配给您的这份评查表，可能已经收回：请回到“我的评查”。")
    file = lock_file(found.file_id)
    require_open(file)
    review = FileReview.objects.select_for_update(of=("self",)).get(pk=review_id)
    review.file = file
    if review.state != FileReview.State.ASSIGNED:
        raise ReviewRefused(f"评查表{review.get_state_display()}，不能再改。")
    return review


def rubric_of(review: FileReview) -> quality.Rubric:
    return review.file.batch.rubric(review.file.rubric_code)


def write(review, points, vetoes, opinion, rubric):
    known = {veto.code for veto in rubric.vetoes}
    review.points = points
    review.vetoes = sorted(known & set(vetoes))
    review.opinion = opinion.strip()[:2000]


def bring_on(file: SampledFile, rubric: quality.Rubric) -> None:
    """When the last sheet of a round is in: the result, or the second round. The file is locked."""
    done = {
        number: [quality.Score(review.total, review.grade) for review in reviews]
        for number in (1, 2)
        if len(reviews := list(file.reviews.filter(round=number, state=FileReview.State.SUBMITTED)))
        >= seats_in(rubric, file.kind, number)
    }
    if file.round not in done:
        return
    if file.round == 1:
        result = quality.first_round(rubric, done[1])
    else:
        result = quality.second_round(rubric, done[1], done[2])
    if result.needs_second_round:
        file.state, file.second_round_why = SampledFile.State.SECOND, result.why
    else:
        file.state, file.total, file.grade, file.why = SampledFile.State.SCORED, result.total, result.grade, result.why
    file.save(update_fields=["state", "second_round_why", "total", "grade", "why"])
