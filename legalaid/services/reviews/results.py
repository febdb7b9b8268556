"""Confirming grades: what an evaluation means for the case. Archive before quality (D41), quality before marking (五（二）2)."""

from datetime import timedelta

from django.db import transaction

from accounts import audit
from accounts.models import User
from common import clock
from legalaid.models import FileReview, Rectification, SampledFile
from legalaid.models.quality import ReviewBatch
from legalaid.rules.quality import FAIL
from legalaid.services.reviews.batches import lock_batch
from legalaid.services.reviews.refusals import ReviewRefused
from legalaid.services.steps import lock_case, move_case
from legalaid.services.supervising import missing_in


@transaction.atomic
def decide_files(*, batch_id: int, by: User, file_ids=None) -> list[SampledFile]:
    """Confirm the results of the batch's scored files, or of those named. A pass verifies the case, a 不合格 asks for mending.

    A pass of a case that lacks a record of 告知、监督、回访 waits for it (Z-ORG-5) and holds up no other file. Raises ReviewRefused
    where nothing waits, or nothing but such files.
    """
    batch = lock_batch(batch_id)
    if batch.state != ReviewBatch.State.OPEN:
        raise ReviewRefused(f"批次现在是“{batch.get_state_display()}”，不能核定。")
    files = batch.files.select_for_update(of=("self",)).select_related("case").filter(state=SampledFile.State.SCORED)
    if file_ids is not None:
        files = files.filter(pk__in=file_ids)
    files = list(files.order_by("position"))
    if not files:
        raise ReviewRefused("没有待核定的案卷：评查人全部提交后才能核定。")
    lacking = held_up(files)
    files = [file for file in files if file.pk not in lacking]
    if not files:
        raise ReviewRefused(f"{words_of_held(lacking)}：请援助中心补记以后再核定。")
    for file in files:
        file.batch = batch
        file.state, file.decided_by = SampledFile.State.DECIDED, by
        file.decided_on, file.decided_at = clock.today(), clock.now()
        file.save(update_fields=["state", "decided_by", "decided_on", "decided_at"])
        after = {"总分": file.total, "等次": file.get_grade_display()}
        audit.record(by=by, action="legalaid.decide_review", on=file, after=after)
        verify(file, by=by)
        if file.grade == FAIL:
            ask_for_mending(file, by=by)
    return files


def held_up(files) -> dict[int, tuple[SampledFile, list[str]]]:
    """Of these scored files those that passed and may not yet: the case lacks what the centre owes it. File number → file and words."""
    passed = [file for file in files if file.grade != FAIL and file.case.state == "archived"]
    missing = missing_in([file.case for file in passed])
    return {file.pk: (file, missing[file.case_id]) for file in passed if file.case_id in missing}


def words_of_held(lacking) -> str:
    return "；".join(f"{file.case.number}缺{'、'.join(words)}记录" for file, words in lacking.values())


def verify(file: SampledFile, *, by: User) -> None:
    """Bring the case on. A later evaluation that fails takes an earlier verification back; a later pass leaves it as it stands."""
    case = lock_case(file.case_id)
    is_fail = file.grade == FAIL
    step = {
        ("archived", False): "verify_quality",
        ("archived", True): "fail_quality",
        ("quality_passed", True): "revoke_quality",
    }.get((case.state, is_fail))
    if step:
        reason = f"{file.batch.get_kind_display()} {file.batch.number}，{file.total} 分，{file.get_grade_display()}"
        move_case(case, step, by=by, day=file.decided_on, reason=reason, quality_grade=file.grade)


def ask_for_mending(file: SampledFile, *, by: User) -> Rectification:
    days = file.batch.rubric(file.rubric_code).rectification_days
    return Rectification.objects.create(
        file=file,
        problem=problem_of(file),
        due_on=file.decided_on + timedelta(days=days),
        opened_by=by,
        opened_on=file.decided_on,
        opened_at=clock.now(),
    )


def problem_of(file: SampledFile) -> str:
    """What the reviewers found, without their names: vetoes first, then their opinions."""
    rubric = file.batch.rubric(file.rubric_code)
    reviews = list(file.reviews.filter(state=FileReview.State.SUBMITTED))
    found = {code for review in reviews for code in review.vetoes}
    vetoes = "、".join(veto.words for veto in rubric.vetoes if veto.code in found)
    opinions = dict.fromkeys(review.opinion for review in reviews if review.grade == FAIL and review.opinion)
    parts = ["评查不合格。", f"否决项：{vetoes}。" if vetoes else "", *opinions]
    return "\n".join(part for part in parts if part)[:1000]
