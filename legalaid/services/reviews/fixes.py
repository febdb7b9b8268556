"""Rectification: asked for by the section, done by the centre with proof, confirmed by a second person."""

from datetime import date

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.policy import may
from common import clock
from legalaid.models import AidCase, Rectification, SampledFile
from legalaid.services.reviews.batches import lock_file
from legalaid.services.reviews.refusals import ReviewRefused, told_in_words
from records.services import store_file


@transaction.atomic
def open_fix(*, file_id: int, problem: str, due_on: date, by: User) -> Rectification:
    """Ask for something to be mended in a file whose grade is confirmed."""
    file = lock_file(file_id)
    if file.state != SampledFile.State.DECIDED:
        raise ReviewRefused("等次还没有核定：核定后再提出整改。")
    if not problem.strip():
        raise ReviewRefused("没有写问题：请写明要整改什么。", field="problem")
    if due_on < clock.today():
        raise ReviewRefused("整改期限已经过去：请填写今天或以后的日期。", field="due_on")
    fix = Rectification.objects.create(
        file=file,
        problem=problem.strip()[:1000],
        due_on=due_on,
        opened_by=by,
        opened_on=clock.today(),
        opened_at=clock.now(),
    )
    audit.record(by=by, action="legalaid.open_fix", on=fix, after={"期限": due_on}, reason=fix.problem[:200])
    return fix


@transaction.atomic
def do_fix(*, fix_id: int, measure: str, upload, by: User) -> Rectification:
    """The centre tells what it did and shows it. Raises ReviewRefused, UploadRefused."""
    fix = lock_fix(fix_id)
    if fix.state != Rectification.State.OPEN:
        raise ReviewRefused(f"这项整改现在是“{fix.get_state_display()}”，不用再报。")
    if not AidCase.objects.visible_to(by).filter(pk=fix.file.case_id).exists():
        raise ReviewRefused("这是刑事或未成年人案件，由经办人或中心主任整改。")
    if not measure.strip():
        raise ReviewRefused("没有写整改措施：请写明做了什么。", field="measure")
    if upload is None:
        raise ReviewRefused("没有上传证明材料：请上传补正后的材料照片或 PDF。", field="file")
    fix.measure = measure.strip()[:1000]
    fix.proof = store_file(upload=upload, by=by, purpose="review.proof")
    fix.state, fix.done_by, fix.done_on = Rectification.State.DONE, by, clock.today()
    fix.save()
    audit.record(by=by, action="legalaid.rectify", on=fix, after={"整改措施": fix.measure[:200]})
    return fix


@transaction.atomic
def confirm_fix(*, fix_id: int, remark: str, by: User) -> Rectification:
    """A second person finds it mended; a failed file may then be evaluated anew."""
    fix = require_done(fix_id, by)
    fix.state, fix.confirmed_by, fix.confirmed_on = Rectification.State.CONFIRMED, by, clock.today()
    fix.remark = remark.strip()[:300]
    with told_in_words():
        fix.save()
    audit.record(by=by, action="legalaid.confirm_fix", on=fix, reason=fix.remark)
    return fix


@transaction.atomic
def send_back_fix(*, fix_id: int, remark: str, by: User) -> Rectification:
    """Not mended yet: back to the centre, with a reason; the day does not move."""
    fix = require_done(fix_id, by)
    if not remark.strip():
        raise ReviewRefused("没有写退回理由：请写明还缺什么。", field="remark")
    before = {"整改措施": fix.measure[:200], "整改人": fix.done_by.name}
    fix.state, fix.remark = Rectification.State.OPEN, remark.strip()[:300]
    fix.measure, fix.proof, fix.done_by, fix.done_on = "", None, None, None
    fix.save()
    audit.record(by=by, action="legalaid.send_back_fix", on=fix, before=before, reason=fix.remark)
    return fix


def require_done(fix_id: int, by: User) -> Rectification:
    fix = lock_fix(fix_id)
    if not may(by, "legalaid.review_administratively"):
        raise ReviewRefused("您的岗位不能复核整改。")
    if fix.state != Rectification.State.DONE:
        raise ReviewRefused(f"这项整改现在是“{fix.get_state_display()}”，不能复核。")
    if fix.done_by_id == by.pk:
        raise ReviewRefused("整改人不能复核自己的整改：请由另一人复核。")
    return fix


def lock_fix(fix_id: int) -> Rectification:
    rows = Rectification.objects.select_for_update(of=("self",)).select_related("file__case", "file__batch__county", "done_by")
    fix = rows.filter(pk=fix_id).first()
    if fix is None:
        raise ReviewRefused("没有找到这项整改：请刷新页面。")
    return fix
