"""The undertaker at work: accept or decline, engage, meet, note what was done, photograph papers, report. domain.md §3.1 A11–A12, §3.3 B4.

Notes are struck with a reason, never changed or deleted. Photographs are kept as they came (type by content, 5 MB each).
"""

from datetime import date

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.free_text import mask_numbers
from legalaid.models import AidCase, Assignment, CaseFile, CaseNote
from legalaid.rules import materials
from legalaid.rules.procedure import HANDLE, STEPS, UNDERTAKE, State
from legalaid.services.assigning import end_assignment
from legalaid.services.files import add_case_file
from legalaid.services.step_facts import owes_file
from legalaid.services.steps import lock_case, move_case, steps_for
from records.services import notify

# What a note of this kind usually comes with: the kind of paper its photographs are kept as.
PAPER_OF_NOTE = {
    CaseNote.Kind.MEET: "meeting_record",
    CaseNote.Kind.FILE_READ: "file_reading_notes",
    CaseNote.Kind.INVESTIGATE: "evidence",
    CaseNote.Kind.HEARING: "hearing_record",
    CaseNote.Kind.MEDIATE: "mediation_record",
    CaseNote.Kind.SUBMIT: "opinion",
    CaseNote.Kind.REPORT: "progress_record",
    CaseNote.Kind.NOTICE_TO_CLIENT: "progress_record",
    CaseNote.Kind.MAJOR_REPORT: "progress_record",
    CaseNote.Kind.OTHER: "other",
}
# Steps the undertaker takes with no more than a day, some words and photographs; the paper that belongs to each.
OWN_STEPS = {
    "engage": "agreement",
    "begin": "meeting_record",
    "meet": "meeting_record",
    "consent": "agreement",
    "begin_defence": "",
}
MOST_PAGES = 30
# Time limits the undertaker herself keeps; the others are the office's.
OWN_LIMITS = ("engagement", "file_submission")
WORKING = (*State.WITH_UNDERTAKER, "concluded", "file_returned")


class UndertakingRefused(Refused):
    """What the undertaker may not note or do now; the sentence says why."""


# --- the assignment ---------------------------------------------------------------------------------------------------


@transaction.atomic
def accept_assignment(*, assignment_id: int, by) -> Assignment:
    """Take the case on. Raises UndertakingRefused when it is somebody else's by now or accepted already; StepRefused."""
    row = _standing(assignment_id, by)
    if row.accepted_at:
        raise UndertakingRefused(f"案件 {row.case} 已经接受，不用重复操作。")
    row.accepted_at = clock.now()
    row.save(update_fields=["accepted_at"])
    move_case(row.case, "accept_assignment", by=by, day=clock.today())
    _tell_handler(row.case, f"{row.lawyer} 已接受案件 {row.case}。")
    return row


@transaction.atomic
def decline_assignment(*, assignment_id: int, by, reason: str) -> Assignment:
    """Not taken on, with the reason: the case goes back to the centre, which decides within five days.

    Raises UndertakingRefused: no reason, somebody else's by now, accepted already (then a replacement is asked for); StepRefused.
    """
    if not reason.strip():
        raise UndertakingRefused("没有写明不接受的原因：请填写。", field="reason")
    row = _standing(assignment_id, by)
    if row.accepted_at:
        raise UndertakingRefused("已经接受的案件不能退回：不能继续承办的，请申请更换承办人。")
    move_case(
        row.case, "decline_assignment", by=by, day=clock.today(), reason=reason.strip(), facts={"原承办人": row.lawyer.name},
        lawyer=None, office=None, undertaker="", undertaking_office="", is_undertaken_by_agency=False,
    )  # fmt: skip
    end_assignment(row, day=clock.today(), reason=f"承办人未接受指派：{reason.strip()}")
    _tell_handler(row.case, f"{row.lawyer} 不接受案件 {row.case}：{reason.strip()[:100]}", name="case-assign")
    return row


def _standing(assignment_id: int, by) -> Assignment:
    """The assignment with its case locked, while it stands and is this person's (or the centre notes it for her)."""
    row = Assignment.objects.select_related("lawyer").get(pk=assignment_id)
    row.case = lock_case(row.case_id)
    row.refresh_from_db(fields=["ended_on", "accepted_at"])
    if row.ended_on is not None:
        raise UndertakingRefused(f"案件 {row.case} 已经改由{row.case.undertaker or '别人'}承办：请返回我的案件。")
    if row.lawyer.user_id != by.pk and not may(by, HANDLE):
        raise UndertakingRefused("这件案件没有指派给您。")
    return row


def _tell_handler(case: AidCase, text: str, name: str = "case") -> None:
    if case.handler:
        notify(to=case.handler, text=text, url=reverse(name, args=[case.pk]))


# --- steps ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def take_own_step(*, case_id: int, code: str, by, day: date, version: int | None = None, words: str = "", uploads=()):
    """Engage, meet, consent, begin: the step with its day, what there is to say and the photographed papers.

    Raises UndertakingRefused: not such a step, not accepted yet; StepRefused; UploadRefused.
    """
    if code not in OWN_STEPS:
        raise UndertakingRefused("这一步不在这里办理。")
    case = lock_case(case_id, version)
    standing = case.assignments.standing().first()
    if standing and standing.accepted_at is None and not may(by, HANDLE):
        raise UndertakingRefused("还没有接受指派：请先接受，再办理。")
    event = move_case(case, code, by=by, day=day, reason=words.strip())
    if uploads:
        keep_pages(case, kind=OWN_STEPS[code] or "other", uploads=uploads, by=by, day=day)
    return event


# --- notes ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_note(*, case_id: int, kind: str, day: date, content: str, by, uploads=()) -> CaseNote:
    """One thing that was done: a meeting, reading the file, a hearing, a report. LAF 46, 50; domain.md 4.6 CaseProgress.

    Raises UndertakingRefused: nothing said, a day in the future or before the assignment, a case that is not under way or
    somebody else's; UploadRefused.
    """
    case = lock_case(case_id)
    require_own(case, by)
    if kind not in CaseNote.Kind.values:
        raise UndertakingRefused("没有选择事项：请选择。", field="kind")
    if not content.strip():
        raise UndertakingRefused("没有填写内容：请写明做了什么。", field="content")
    if case.state not in WORKING:
        raise UndertakingRefused(f"案件现在是“{case.get_state_display()}”，不再登记承办记录。")
    if day > clock.today():
        raise UndertakingRefused(f"日期 {day} 在今天之后：请填写实际日期。", field="day")
    if case.assigned_on and day < case.assigned_on and not case.assignments.exclude(ended_on=None).exists():
        raise UndertakingRefused(f"日期 {day} 早于指派日期 {case.assigned_on}：请检查日期。", field="day")
    if kind == CaseNote.Kind.HEARING and case.concluded_on and day > case.concluded_on:
        raise UndertakingRefused(f"开庭日期 {day} 晚于结案日期 {case.concluded_on}：请检查日期。", field="day")
    pages = keep_pages(case, kind=PAPER_OF_NOTE[CaseNote.Kind(kind)], uploads=uploads, by=by, day=day)
    note = CaseNote.objects.create(
        case=case, kind=kind, day=day, content=mask_numbers(content.strip()).text, file=pages[0] if pages else None, by=by,
        at=clock.now(),
    )  # fmt: skip
    after = {"事项": note.get_kind_display(), "日期": day, "照片": len(pages)}
    audit.record(by=by, action="legalaid.note_progress", on=case, after=after)
    if kind == CaseNote.Kind.MAJOR_REPORT:
        _tell_handler(case, f"案件 {case} 有重大事项报告。")
    return note


@transaction.atomic
def strike_note(*, note_id: int, by, reason: str) -> CaseNote:
    """Strike a wrong note through: it stays readable with who, when and why. Raises UndertakingRefused."""
    note = CaseNote.objects.select_for_update(of=("self",)).select_related("case").get(pk=note_id)
    require_own(note.case, by)
    if not reason.strip():
        raise UndertakingRefused("没有写明划去的原因：请填写。", field="reason")
    if note.struck_at:
        raise UndertakingRefused("这条记录已经划去。")
    if note.by_id != by.pk and not may(by, HANDLE):
        raise UndertakingRefused("只能划去自己登记的记录。")
    if note.case.state in ("archived", "quality_passed"):
        raise UndertakingRefused("案卷已经归档，承办记录不能再划去。")
    note.struck_at, note.struck_reason = clock.now(), reason.strip()[:200]
    note.save(update_fields=["struck_at", "struck_reason"])
    before = {"事项": note.get_kind_display(), "日期": note.day}
    audit.record(
        by=by, action="legalaid.strike_note", on=note.case, before=before, after={"记录": "已划去"}, reason=reason.strip()
    )
    return note


def require_own(case: AidCase, by) -> None:
    """The standing undertaker writes, or the centre for her."""
    if may(by, HANDLE):
        return
    if not may(by, UNDERTAKE) or case.lawyer is None or case.lawyer.user_id != by.pk:
        raise UndertakingRefused("案件现在不由您承办，只能查看。")


# --- photographs ------------------------------------------------------------------------------------------------------


def keep_pages(case: AidCase, *, kind: str, uploads, by, day: date | None, title: str = "") -> list[CaseFile]:
    """Keep photographs as papers of one kind, in the order they came. Raises UndertakingRefused (too many), UploadRefused."""
    uploads = [upload for upload in uploads if upload]
    if len(uploads) > MOST_PAGES:
        raise UndertakingRefused(f"一次最多上传 {MOST_PAGES} 页：请分几次上传。", field="photos")
    words, many = title.strip() or materials.words_of(kind), len(uploads)
    return [
        add_case_file(
            case=case,
            kind=kind,
            by=by,
            upload=upload,
            title=f"{words}（第 {number} 页，共 {many} 页）" if many > 1 else words,
            day=day,
        )
        for number, upload in enumerate(uploads, 1)
    ]


@transaction.atomic
def add_pages(*, case_id: int, kind: str, by, uploads, day: date | None = None, title: str = "") -> list[CaseFile]:
    """Papers of the file, photographed on a phone. Raises UndertakingRefused, UploadRefused."""
    case = lock_case(case_id)
    require_own(case, by)
    uploads = [upload for upload in uploads if upload]
    if not uploads:
        raise UndertakingRefused("没有选择照片或者文件：请拍照或者选择。", field="photos")
    return keep_pages(case, kind=kind, uploads=uploads, by=by, day=day, title=title)


# --- what comes next --------------------------------------------------------------------------------------------------


def next_steps(case: AidCase, user) -> list[str]:
    """Codes of the steps her own desk offers now, the ordinary way first."""
    if case.assignments.standing().filter(accepted_at=None).exists():
        return []
    order = ("meet", "engage", "begin", "consent", "decline", "begin_defence", "conclude", "submit_file", "submit_terminated")
    codes = {step.code for step in steps_for(case, user)}
    codes -= set() if owes_file(case) else {"submit_terminated"}
    codes -= {"engage"} if case.is_notified else {"meet"} if case.type not in ("criminal_defence",) else set()
    return [code for code in order if code in codes and code in STEPS]
