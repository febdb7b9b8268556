"""Closing a case: its conclusion, the checklist of its file, hand-in, review, archive, dossier. domain.md §3.1 A14–A17, §3.6, §3.8.

A file that lacks a required paper is not archived: the check that found it complete is kept as a `FileCheck`, and the
database asks for it. Archive numbers run without gaps in the year of the conclusion.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.db import transaction
from django.urls import reverse

from common import clock
from common.errors import Refused
from legalaid.models import AidCase, Applicant, Archive, CaseNote, CasePaper, FileCheck, Supervision
from legalaid.rules import checklists as rules
from legalaid.rules import conclusion, papers
from legalaid.rules.checklists import Checklist, Item, Line, Retention, Shape
from legalaid.services.assigning import tell
from legalaid.services.step_facts import owes_file
from legalaid.services.steps import lock_case, move_case
from records.services import next_number, notify

FOLDER = Path(__file__).resolve().parents[1] / "checklists"
NOT_LISTS = ("retention.toml", "follow-up.toml")


class ClosingRefused(Refused):
    """What stands against closing or archiving. `missing` names the papers that are not there."""

    def __init__(self, message: str, *, field: str | None = None, missing: tuple[Item, ...] = ()):
        super().__init__(message, field=field)
        self.missing = missing


# --- the checklist ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def editions() -> tuple[Checklist, ...]:
    """Every edition that lies beside the program. ValueError names the fault of a file."""
    texts = [tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml")) if path.name not in NOT_LISTS]
    return tuple(rules.checklist_of(text) for text in texts)


def shape_of(case: AidCase) -> Shape:
    marks = {"notice" if case.is_notified else "application"}
    if Applicant.objects.filter(case=case).exclude(proxy_name="").exists():
        marks.add("proxy")
    if case.hardship not in (AidCase.Hardship.NOT_APPLICABLE, ""):
        marks.add("hardship")
    if case.assigned_on:
        marks.add("assigned")
    if case.is_minor_case:
        marks.add("minor")
    return Shape(case.type, case.stage, case.state == AidCase.State.TERMINATED, frozenset(marks))


@dataclass(frozen=True)
class Found:
    """What stands in the file, by source, and the rows it rests on."""

    by_source: dict[str, list[str]]
    files: list[int]
    papers: list[int]


def found_in(case: AidCase) -> Found:
    """Documents brought in, papers issued, notes, supervision records: four queries."""
    by_source: dict[str, list[str]] = {}
    files, issued = [], []
    for pk, kind, title in case.files.standing().values_list("pk", "kind", "title"):
        by_source.setdefault(f"file:{kind}", []).append(title)
        files.append(pk)
    for row in CasePaper.objects.in_force().filter(case=case).select_related("paper"):
        by_source.setdefault(f"paper:{row.kind}", []).append(str(row))
        if row.served_on:
            by_source.setdefault(f"paper:{row.kind}:served", []).append(f"{row.name}（{row.served_on:%Y-%m-%d} 送达）")
        issued.append(row.pk)
    for kind, day in CaseNote.objects.filter(case=case, struck_at=None).values_list("kind", "day"):
        by_source.setdefault(f"note:{kind}", []).append(f"{CaseNote.Kind(kind).label} {day:%Y-%m-%d}")
    for kind, day in Supervision.objects.filter(case=case).values_list("kind", "day"):
        by_source.setdefault(f"supervision:{kind}", []).append(f"{Supervision.Kind(kind).label} {day:%Y-%m-%d}")
    return Found(by_source, files, issued)


def checklist_of(case: AidCase) -> tuple[Checklist, tuple[Line, ...]]:
    """The list of the case's kind in force at its end (today while it runs), item by item."""
    checklist, lines, _found = _judged(case)
    return checklist, lines


def _judged(case: AidCase) -> tuple[Checklist, tuple[Line, ...], Found]:
    shape, found = shape_of(case), found_in(case)
    day = case.concluded_on or case.terminated_on or clock.today()
    earliest = min(each.since for each in editions())
    checklist = rules.list_for(editions(), shape, max(day, earliest))
    return checklist, rules.judge(checklist, shape, found.by_source), found


def missing_of(case: AidCase, before: str = rules.ARCHIVE) -> tuple[Item, ...]:
    """The papers a case's file still lacks before a step (`filing`, `archive`, `quality`). None for imported history."""
    if case.is_history:
        return ()
    return rules.missing_before(checklist_of(case)[1], before)


def words_of(items) -> str:
    return "、".join(item.words for item in items)


# --- conclusion -------------------------------------------------------------------------------------------------------


@transaction.atomic
def conclude_case(
    *,
    case_id: int,
    by,
    day: date,
    event: str,
    document_no: str = "",
    result: str = "",
    amount_recovered: Decimal | None = None,
    is_opinion_adopted: bool | None = None,
    remark: str = "",
    version: int | None = None,
):
    """Conclude on the day of the event that ends cases of this type and stage (domain.md 3.6). Starts the 30 days for the file.

    Raises ClosingRefused: no such event here, a day before the work began or a hearing after it, no document number, a
    result that does not fit; StepRefused.
    """
    case = lock_case(case_id, version)
    rule = conclusion.conclusion_for(case.type, case.stage)
    hearing = case.notes.filter(kind=CaseNote.Kind.HEARING, struck_at=None).order_by("-day").values_list("day", flat=True).first()
    begun = max(filter(None, (case.assigned_on, case.engaged_on, case.first_met_on)), default=None)
    wrong = conclusion.faults(rule, event, day=day, number=document_no, result=result, begun_on=begun, last_hearing_on=hearing)
    if wrong:
        raise ClosingRefused(wrong[0].words, field=wrong[0].field)
    ended_by = rule.event(event)
    return move_case(
        case, "conclude", by=by, day=day, reason=remark.strip(), facts={"结案情形": ended_by.words, "文书号": document_no.strip()},
        result=result, result_document_no=document_no.strip()[:100], amount_recovered=amount_recovered,
        is_opinion_adopted=is_opinion_adopted,
    )  # fmt: skip


# --- hand-in and review -----------------------------------------------------------------------------------------------


@transaction.atomic
def submit_file(*, case_id: int, by, day: date, version: int | None = None):
    """Hand the file in, also that of a terminated case. Raises ClosingRefused while something the undertaker brings is missing; StepRefused."""
    case = lock_case(case_id, version)
    lines = checklist_of(case)[1]
    missing = rules.missing_before(lines, rules.FILING, party=rules.UNDERTAKER)
    if missing and not case.is_history:
        raise ClosingRefused(f"还缺：{words_of(missing)}。补齐后再交卷。", missing=missing)
    is_terminated = case.state == AidCase.State.TERMINATED
    if is_terminated and not owes_file(case):
        raise ClosingRefused("这件终止的案件已经交卷，或者没有人承办过，不用交卷。")
    event = move_case(case, "submit_terminated" if is_terminated else "submit_file", by=by, day=day)
    if case.handler:
        words, name = ("请归档", "case-archive") if is_terminated else ("请审查", "case-file-check")
        notify(to=case.handler, text=f"案件 {case} 已交卷，{words}。", url=reverse(name, args=[case.pk]))
    return event


@transaction.atomic
def return_file(*, case_id: int, by, day: date, defects: list[str], version: int | None = None):
    """Send the file back with a list of what is to be mended. Raises ClosingRefused without one; StepRefused."""
    defects = [line.strip() for line in defects if line.strip()]
    if not defects:
        raise ClosingRefused("没有列明需要补正的问题：每行写一项。", field="defects")
    case = lock_case(case_id, version)
    require_another(case, by)
    event = move_case(case, "return_file", by=by, day=day, reason="；".join(defects), facts={"问题": defects})
    if case.lawyer:
        tell(case.lawyer, f"案件 {case} 退卷补正：{'；'.join(defects)}", case)
    return event


@transaction.atomic
def accept_file(*, case_id: int, by, day: date, remark: str = "", version: int | None = None):
    """The file was looked through and is in order. Raises ClosingRefused: by the undertaker herself; StepRefused."""
    case = lock_case(case_id, version)
    require_another(case, by)
    return move_case(case, "accept_file", by=by, day=day, reason=remark.strip())


def require_another(case: AidCase, by) -> None:
    if case.lawyer and case.lawyer.user_id == by.pk:
        raise ClosingRefused("不能审查自己承办的案卷：请由其他经办人审查。")


def defects_of(case: AidCase) -> list[str]:
    """What the last return asked to be mended; empty when the file was not sent back last."""
    event = case.events.filter(step__in=("return_file", "submit_file")).order_by("-pk").first()
    return list(event.facts.get("问题", ())) if event and event.step == "return_file" else []


# --- archive ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def retentions() -> tuple[tuple[Retention, ...], tuple[str, ...]]:
    """The terms that are proposed by type, and those to choose from."""
    data = tomllib.loads((FOLDER / "retention.toml").read_text("utf-8"))
    return tuple(Retention(row["words"], tuple(row["types"])) for row in data["terms"]), tuple(data["choices"])


def proposed_retention(case: AidCase) -> str:
    return rules.retention_for(retentions()[0], case.type)


@transaction.atomic
def check_file(*, case: AidCase, by) -> FileCheck:
    """Write down what the file holds now, item by item, and what it lacks before it may be archived."""
    checklist, lines, found = _judged(case)
    missing = () if case.is_history else rules.missing_before(lines, rules.ARCHIVE)
    return FileCheck.objects.create(
        case=case,
        checklist=checklist.edition,
        day=clock.today(),
        items=[{"code": line.item.code, "words": line.item.words, "found": list(line.found)} for line in lines],
        missing=[item.words for item in missing],
        is_complete=not missing,
        files=found.files,
        papers=found.papers,
        by=by,
        at=clock.now(),
    )


@transaction.atomic
def archive_case(*, case_id: int, by, day: date, retention: str, location: str, version: int | None = None) -> Archive:
    """Archive a complete file under the next number of the year in which the case was concluded. A17; reading D41.

    A terminated case is archived too; its state stays. Raises ClosingRefused: papers missing, no such term, no place,
    archived already, a terminated case whose undertaker has not handed in; StepRefused.
    """
    case = lock_case(case_id, version)
    if retention not in retentions()[1]:
        raise ClosingRefused("没有选择保管期限：请选择。", field="retention")
    if not location.strip():
        raise ClosingRefused("没有填写存放位置：请填写，例如“3 号柜 2 层”。", field="location")
    is_terminated = case.state == AidCase.State.TERMINATED
    known = Archive.objects.select_for_update().filter(case=case).first()
    if known and is_terminated:
        raise ClosingRefused(f"案件已经归档：{known.number}。")
    if is_terminated and (open_to := _objection_runs(case)):
        raise ClosingRefused(f"受援人可以在 {open_to} 前提出异议：期满以后再归档。")
    if is_terminated and case.objections.open().exists():
        raise ClosingRefused("对终止决定的异议正在审查：等审查决定以后再归档。")
    if is_terminated and owes_file(case):
        raise ClosingRefused(f"{case.undertaker}还没有交卷：请承办人交卷，或者收到案卷后代为登记交卷，再归档。")
    check = check_file(case=case, by=by)
    if not check.is_complete:
        raise ClosingRefused(f"案卷还缺：{'、'.join(check.missing)}。补齐后再归档。", missing=missing_of(case))
    row = known or Archive(case=case, county=case.county)
    row.check_of_file, row.day, row.retention, row.location = check, day, retention, location.strip()[:100]
    row.pages, row.by, row.at = dossier_of(case)[1], by, clock.now()
    if known is None:
        # Cross-year files belong to the year of their conclusion (domain.md 3.8). The number is taken last.
        row.year = (case.concluded_on or case.terminated_on).year
        row.sequence = next_number(series=f"case.{case.county_id}.archive", year=row.year)
        row.number = archive_number(case, row.year, row.sequence, day)
    row.save()
    facts = {"归档号": row.number, "保管期限": retention, "存放位置": row.location, "页数": row.pages}
    step = "archive_terminated" if is_terminated else "archive"
    move_case(case, step, by=by, day=day, facts=facts, archive_no=row.number, retention=retention)
    return row


def archive_number(case: AidCase, year: int, sequence: int, day: date) -> str:
    from legalaid.services.papers import paper_prefix

    return papers.document_number(prefix=paper_prefix(case.county, day), word="档", year=year, number=sequence)


def _objection_runs(case: AidCase) -> date | None:
    """The last day on which the recipient may still object to the termination, while it has not passed."""
    deadline = case.deadlines.open().filter(code="objection_filing", due_on__gte=clock.today()).first()
    return deadline.due_on if deadline else None


# --- the bound file ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DossierRow:
    """One line of the index: position, title, day, from which page to which."""

    position: int
    title: str
    number: str
    day: date | None
    first: int
    last: int
    party: str

    @property
    def pages(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}—{self.last}"


def dossier_of(case: AidCase) -> tuple[list[DossierRow], int]:
    """The papers in the order of the checklist, with running pages, and how many pages there are. F20."""
    checklist, _lines, _found = _judged(case)
    place: dict[str, int] = {}
    party: dict[str, str] = {}
    for number, item in enumerate(checklist.items):
        for source in item.sources:
            place.setdefault(source, number)
            party.setdefault(source, item.party_words)
    end = len(checklist.items)
    rows = []
    issued = CasePaper.objects.in_force().filter(case=case).exclude(kind__in=papers.FILE_PAPERS).select_related("paper")
    for row in issued:
        source = f"paper:{row.kind}"
        rows.append((place.get(source, end), 0, row.paper.issued_on, row.pk, row.name, row.number_text, row.pages, source))
    for row in case.files.standing():
        source = f"file:{row.kind}"
        rows.append((place.get(source, end), 1, row.day or date.max, row.pk, row.title, "", row.pages, source))
    lines, page = [], 1
    for number, (_place, _after, day, _pk, title, paper_no, pages, source) in enumerate(sorted(rows), 1):
        lines.append(
            DossierRow(number, title, paper_no, None if day == date.max else day, page, page + pages - 1, party.get(source, ""))
        )
        page += pages
    return lines, page - 1
