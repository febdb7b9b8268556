"""A batch: its population, the draw, its confirmation, its end."""

import secrets
from datetime import date

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import User
from common import clock
from legalaid.models import AidCase, FileReview, Rectification, ReviewBatch, SampledFile
from legalaid.models.quality import Kind
from legalaid.rules.quality import Framed, draw, size_of
from legalaid.services.reviews.refusals import ReviewRefused, told_in_words
from legalaid.services.reviews.rubrics import rubric_on, text_of
from organizations.models import Region
from records.services import next_number

STRATA = {"type": "案件类型", "group": "主要群体", "office": "承办机构"}
UNNAMED = "未填写"


def population(*, county: Region, kind: str, first: date, last: date, only_unverified: bool):
    """Files archived in the period that may be evaluated now: not in another running batch of the kind, nothing left to mend."""
    states = ["archived"] if only_unverified else ["archived", "quality_passed"]
    running = SampledFile.objects.running().filter(kind=kind).values("case")
    unfinished = Rectification.objects.unfinished().values("file__case")
    rows = AidCase.objects.of_county(county).filter(archived_on__range=(first, last), state__in=states)
    return rows.exclude(Q(pk__in=running) | Q(pk__in=unfinished)).select_related("office").order_by("archived_on", "number")


def stratum_of(case: AidCase, strata) -> str:
    words = {
        "type": case.get_type_display(),
        "group": case.get_primary_group_display(),
        "office": case.undertaking_office or UNNAMED,
    }
    return "／".join(words[name] for name in STRATA if name in strata) or "全部案卷"


@transaction.atomic
def draw_batch(
    *,
    county: Region,
    kind: str,
    title: str,
    first: date,
    last: date,
    due_on: date,
    method: str,
    by: User,
    percent: int = 100,
    strata=(),
    only_unverified: bool = True,
    seed: str = "",
) -> ReviewBatch:
    """Draw a batch that still waits to be confirmed. Every draw stays on record, also one that is made void.

    Without a `seed` the program rolls eight digits. Raises ReviewRefused: empty period, nothing archived in it, no rubric.
    """
    if last < first:
        raise ReviewRefused("归档日期的“到”早于“从”：请检查两个日期。", field="last")
    if due_on < clock.today():
        raise ReviewRefused("评分截止日期已经过去：请填写今天或以后的日期。", field="due_on")
    cases = list(population(county=county, kind=kind, first=first, last=last, only_unverified=only_unverified))
    if not cases:
        raise ReviewRefused(
            f"{first} 至 {last} 没有可以{Kind(kind).label}的归档案件：请换一个时段，或取消“只抽未核验的案件”。", field="first"
        )
    rubrics = rubrics_of(cases)
    is_sample = method == ReviewBatch.Method.SAMPLE
    strata = [name for name in STRATA if name in strata] if is_sample else []
    seed = " ".join(seed.split())[:40] or f"{secrets.randbelow(10**8):08d}"
    frame = [Framed(case.number, stratum_of(case, strata)) for case in cases]
    drawn = draw(frame, size_of(len(frame), percent), seed) if is_sample else frame
    batch = ReviewBatch.objects.create(
        county=county,
        kind=kind,
        title=title.strip()[:100],
        first=first,
        last=last,
        due_on=due_on,
        method=method,
        percent=percent if is_sample else 100,
        strata=strata,
        only_unverified=only_unverified,
        seed=seed,
        frame=[[file.number, file.stratum] for file in frame],
        rubrics={rubric.code: text_of(rubric) for rubric in rubrics.values()},
        drawn_by=by,
        drawn_at=clock.now(),
    )
    by_number = {case.number: case for case in cases}
    SampledFile.objects.bulk_create(
        SampledFile(
            batch=batch,
            case=by_number[file.number],
            kind=kind,
            position=position,
            stratum=file.stratum,
            rubric_code=rubrics[by_number[file.number].type].code,
        )
        for position, file in enumerate(drawn, 1)
    )
    after = {"种子": seed, "总体": f"{len(frame)} 件", "抽中": f"{len(drawn)} 件"}
    audit.record(by=by, action="legalaid.draw_reviews", on=batch, after=after)
    return batch


def rubrics_of(cases):
    """The edition in force today for each type among the cases."""
    today = clock.today()
    found = {case.type: rubric_on(case.type, today) for case in cases}
    if missing := sorted(AidCase.Type(type_).label for type_, rubric in found.items() if rubric is None):
        raise ReviewRefused(f"没有适用于{'、'.join(missing)}的评查标准：请系统管理员在 legalaid/rubrics 放入标准文件。")
    return found


def drawn_again(batch: ReviewBatch) -> bool:
    """Whether drawing again from the kept population with the kept seed gives just the files of this batch."""
    frame = [Framed(number, stratum) for number, stratum in batch.frame]
    is_sample = batch.method == ReviewBatch.Method.SAMPLE
    expected = draw(frame, size_of(len(frame), batch.percent), batch.seed) if is_sample else frame
    return [file.number for file in expected] == list(batch.files.order_by("position").values_list("case__number", flat=True))


@transaction.atomic
def confirm_batch(*, batch_id: int, by: User) -> ReviewBatch:
    """Take the draw as it is: the batch gets its number, its files may be given to reviewers."""
    batch = lock_batch(batch_id)
    if batch.state != ReviewBatch.State.DRAWN:
        raise ReviewRefused(f"批次现在是“{batch.get_state_display()}”，不能再确认：请刷新页面。")
    year = clock.today().year
    batch.state, batch.confirmed_by, batch.confirmed_at = ReviewBatch.State.OPEN, by, clock.now()
    batch.number = f"{batch.county.name[0]}援评〔{year}〕{next_number(series=f'reviews.{batch.county_id}', year=year):03d}号"
    batch.save(update_fields=["state", "number", "confirmed_by", "confirmed_at"])
    with told_in_words():
        batch.files.update(state=SampledFile.State.FIRST)
    audit.record(by=by, action="legalaid.confirm_reviews", on=batch, after={"编号": batch.number, "案卷": batch.files.count()})
    return batch


@transaction.atomic
def void_batch(*, batch_id: int, reason: str, by: User) -> ReviewBatch:
    """Make a draw void, or a batch in which nobody has submitted a sheet. The reason stays on record."""
    batch = lock_batch(batch_id)
    if not reason.strip():
        raise ReviewRefused("没有写作废原因：请说明为什么重抽或作废。", field="reason")
    if batch.state not in (ReviewBatch.State.DRAWN, ReviewBatch.State.OPEN):
        raise ReviewRefused(f"批次现在是“{batch.get_state_display()}”，不能作废。")
    list(batch.files.select_for_update())
    reviews = FileReview.objects.filter(file__batch=batch)
    if reviews.filter(state=FileReview.State.SUBMITTED).exists():
        raise ReviewRefused("已经有评查人提交了评查表，批次不能作废：请继续评完。")
    now = clock.now()
    reviews.filter(state=FileReview.State.ASSIGNED).update(
        state=FileReview.State.WITHDRAWN, withdrawn_at=now, withdrawal_reason="批次作废"
    )
    batch.files.update(state=SampledFile.State.DROPPED)
    batch.state, batch.voided_by, batch.voided_at = ReviewBatch.State.VOID, by, now
    batch.void_reason = reason.strip()[:200]
    batch.save(update_fields=["state", "voided_by", "voided_at", "void_reason"])
    audit.record(by=by, action="legalaid.void_reviews", on=batch, reason=batch.void_reason)
    return batch


@transaction.atomic
def close_batch(*, batch_id: int, by: User) -> ReviewBatch:
    """End a batch of which every file has its confirmed grade."""
    batch = lock_batch(batch_id)
    if batch.state != ReviewBatch.State.OPEN:
        raise ReviewRefused(f"批次现在是“{batch.get_state_display()}”，不能结束。")
    if left := batch.files.exclude(state=SampledFile.State.DECIDED).count():
        raise ReviewRefused(f"还有 {left} 份案卷没有核定等次：请先评完、核定，再结束批次。")
    batch.state, batch.closed_by, batch.closed_at = ReviewBatch.State.CLOSED, by, clock.now()
    batch.save(update_fields=["state", "closed_by", "closed_at"])
    audit.record(by=by, action="legalaid.close_reviews", on=batch)
    return batch


def lock_batch(batch_id: int) -> ReviewBatch:
    batch = ReviewBatch.objects.select_for_update(of=("self",)).select_related("county").filter(pk=batch_id).first()
    if batch is None:
        raise ReviewRefused("没有找到这个评查批次：请刷新页面。")
    return batch


def lock_file(file_id: int) -> SampledFile:
    """The drawn file, locked: its reviews are written one after the other."""
    rows = SampledFile.objects.select_for_update(of=("self",)).select_related("batch__county", "case")
    file = rows.filter(pk=file_id).first()
    if file is None:
        raise ReviewRefused("没有找到这份案卷：请刷新页面。")
    return file


def require_open(file: SampledFile) -> None:
    if file.batch.state != ReviewBatch.State.OPEN:
        raise ReviewRefused(f"评查批次现在是“{file.batch.get_state_display()}”，不能再改动。")
