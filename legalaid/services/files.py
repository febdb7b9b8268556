"""Documents in the file of a case: brought in, checked by content, taken out with a reason. Private by the case (safety.md §1.6–7)."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.free_text import mask_numbers
from legalaid.models import AidCase, CaseFile
from legalaid.rules.materials import KINDS, words_of
from legalaid.rules.procedure import HANDLE
from records.services import store_file

UNDERTAKE, HAND_IN = "legalaid.undertake_case", "legalaid.hand_in_application"
PURPOSE = "legalaid.case_file"
MOST_FILES = 300
CLOSED = ("archived", "quality_passed")


class CaseFileRefused(Refused):
    """A document that is not taken in or out."""


@transaction.atomic
def add_case_file(
    *,
    case: AidCase,
    kind: str,
    by,
    upload=None,
    title: str = "",
    group: str = "",
    day: date | None = None,
    pages: int = 1,
    is_paper_only: bool = False,
) -> CaseFile:
    """Bring a document into the file: what it is by its content is checked (PDF, JPG, PNG, DOCX, XLSX up to 5 MB).

    Raises CaseFileRefused: unknown kind, neither file nor paper original, an archived case, a date in the future, somebody who
    neither handles, undertakes nor hands in the case; UploadRefused for the file itself.
    """
    case = AidCase.objects.select_for_update(of=("self",)).select_related("lawyer").get(pk=case.pk)
    require_keeper(case, by)
    if kind not in KINDS:
        raise CaseFileRefused("没有选择材料类别：请选择。", field="kind")
    if group and group not in case.groups:
        raise CaseFileRefused("所选群体不是本案受援人的群体：请重新选择。", field="group")
    if kind == "group_proof" and not group:
        raise CaseFileRefused("特殊群体证明没有写明证明哪个群体：请选择。", field="group")
    if upload is None and not is_paper_only:
        raise CaseFileRefused("没有选择文件：请选择文件，或者勾选“只有纸质原件”。", field="file")
    if day and day > clock.today():
        raise CaseFileRefused("材料日期不能晚于今天。", field="day")
    if case.files.standing().count() >= MOST_FILES:
        raise CaseFileRefused(f"一个案件最多 {MOST_FILES} 份材料：请合并后再上传。")
    stored = store_file(upload=upload, by=by, purpose=PURPOSE) if upload else None
    row = CaseFile.objects.create(
        case=case,
        kind=kind,
        group=group if kind == "group_proof" else "",
        title=(mask_numbers(title.strip()).text or words_of(kind))[:100],
        day=day,
        pages=pages,
        stored=stored,
        is_paper_only=is_paper_only and stored is None,
        added_by=by,
        added_at=timezone.now(),
    )
    audit.record(by=by, action="legalaid.add_file", on=case, after={"材料": row.title, "类别": words_of(kind), "页数": pages})
    return row


@transaction.atomic
def remove_case_file(*, row: CaseFile, by, reason: str) -> CaseFile:
    """Take a document out of the file: it stays kept, with who took it out and why. Raises CaseFileRefused."""
    case = AidCase.objects.select_for_update(of=("self",)).select_related("lawyer").get(pk=row.case_id)
    row = CaseFile.objects.select_for_update().get(pk=row.pk)
    require_keeper(case, by)
    if row.removed_at:
        raise CaseFileRefused("这份材料已经移出。")
    if not reason.strip():
        raise CaseFileRefused("没有填写移出的原因：请填写。", field="reason")
    if not may(by, HANDLE) and row.added_by_id != by.pk:
        raise CaseFileRefused("只能移出自己上传的材料：其他材料请由法律援助中心办理。")
    row.removed_by, row.removed_at, row.removal_reason = by, timezone.now(), mask_numbers(reason.strip()).text[:200]
    row.save(update_fields=["removed_by", "removed_at", "removal_reason"])
    audit.record(by=by, action="legalaid.remove_file", on=case, before={"材料": row.title}, reason=reason)
    return row


def require_keeper(case: AidCase, by) -> None:
    """Only who works on the case changes its file, and not after it was archived."""
    is_own = case.lawyer is not None and case.lawyer.user_id == by.pk and may(by, UNDERTAKE)
    hands_in = may(by, HAND_IN) and case.station_id in by.post_stations and case.state in ("registered", "need_supplement")
    if not (may(by, HANDLE) or is_own or hands_in):
        raise CaseFileRefused("您的岗位不能变动本案的材料：请联系法律援助中心。")
    if is_closed(case):
        raise CaseFileRefused("案件已经归档，材料不能再变动：确需补充的，请联系法律援助中心主任。")


def is_closed(case: AidCase) -> bool:
    """Archived, a terminated case too, whose state stays."""
    return case.state in CLOSED or case.state == AidCase.State.TERMINATED and bool(case.archive_no)
