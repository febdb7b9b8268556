"""Gather what a paper of a case prints: case, applicant, assignment, offices, notes, files. domain.md 3.7, 4.6, safety.md §3."""

from datetime import date

from common.id_numbers import mask_id_number, mask_phone
from common.money import yuan
from legalaid.models import AidCase, Applicant
from legalaid.models.cases import CRIMINAL_TYPES
from legalaid.rules import papers as rules
from legalaid.rules.materials import BROUGHT
from legalaid.rules.paper_facts import FileRow, NoteRow, PaperFacts
from legalaid.services.closing import dossier_of
from legalaid.services.deadlines import rule_of
from legalaid.services.supervising import questions
from organizations.models import Organization

Kinds = Organization.Kind


def facts_of(case: AidCase, kind: rules.Kind, *, on: date, hide_id: bool = False) -> PaperFacts:
    """The facts of a paper of this kind. The whole identity number only where the official form has it, and never with ``hide_id``."""
    shows_id = kind.shows_id and not hide_id
    return PaperFacts(
        issued_on=on,
        **offices(case.county),
        handler=case.handler.name if case.handler else "",
        **_case(case),
        **_person(case, shows_id=shows_id),
        **_undertaker(case),
        **_said(case, kind, on),
        **_lists(case, kind),
    )


def office_facts(county) -> PaperFacts:
    """Only the offices: for blank forms."""
    return PaperFacts(**offices(county)) if county else PaperFacts()


def offices(county) -> dict:
    """Names and addresses of the agency and the bureau; where they are not registered, the county's name speaks for them."""
    kinds = (Kinds.AID_CENTRE, Kinds.JUSTICE_BUREAU)
    known = {row.kind: row for row in Organization.objects.active().filter(region=county, kind__in=kinds).order_by("-pk")}
    agency, bureau = known.get(Kinds.AID_CENTRE), known.get(Kinds.JUSTICE_BUREAU)
    return {
        "county": county.name,
        "agency": agency.name if agency else f"{county.name}法律援助中心",
        "agency_address": agency.address if agency else "",
        "agency_phone": agency.phone if agency else "",
        "agency_head": agency.leader if agency else "",
        "bureau": bureau.name if bureau else f"{county.name}司法局",
        "government": f"{county.name}人民政府",
    }


def _case(case: AidCase) -> dict:
    return {
        "case_number": case.number,
        "is_notified": case.is_notified,
        "is_criminal": case.type in CRIMINAL_TYPES,
        "is_minor_case": case.is_minor_case,
        "is_pre_aid": case.is_pre_aid,
        "case_type": case.get_type_display(),
        "case_type_code": case.type,
        "channel": case.get_channel_display(),
        "stage": case.get_stage_display(),
        "stage_code": case.stage,
        "cause": case.cause,
        "summary": case.summary,
        "matter": case.get_matter_display(),
        "basis": case.get_basis_display(),
        "opponent": case.opponent,
        "amount_claimed": yuan(case.amount_claimed) if case.amount_claimed is not None else "",
        "amount_recovered": yuan(case.amount_recovered) if case.amount_recovered is not None else "",
        "received_on": case.received_on,
        "accepted_on": case.accepted_on,
        "assigned_on": case.assigned_on,
        "engaged_on": case.engaged_on,
        "first_met_on": case.first_met_on,
        "concluded_on": case.concluded_on or case.terminated_on,
        "file_submitted_on": case.file_submitted_on,
        "archived_on": case.archived_on,
        "archive_no": case.archive_no,
        "retention": case.retention,
        "result": case.get_result_display() or ("终止法律援助" if case.terminated_on else ""),
        "result_document_no": case.result_document_no,
        "provincial_no": case.provincial_no,
        "organ": case.organ_name or case.get_organ_display(),
        "organ_code": case.organ,
        "notice_no": case.notice_no,
        "hardship": case.get_hardship_display(),
        "hardship_code": case.hardship,
        "hardship_ground": case.hardship_ground,
        "group_codes": tuple(case.groups),
        "groups": "、".join(AidCase.Group(code).label for code in case.groups),
    }


def _person(case: AidCase, *, shows_id: bool) -> dict:
    person = Applicant.objects.filter(case=case).first() or Applicant(case=case)
    gender = person.get_gender_display() if person.gender != Applicant.Gender.UNSTATED else ""
    proxy_id = person.proxy_id_number
    return {
        "recipient": case.recipient,
        "gender": gender,
        "ethnicity": person.ethnicity,
        "birth_date": person.birth_date,
        "id_number": case.id_number if shows_id else mask_id_number(case.id_number) if case.id_number else "",
        "phone": person.phone if shows_id else mask_phone(person.phone) if person.phone else "",
        "household_address": person.registered_address,
        "address": person.current_address,
        "work_unit": person.work_unit,
        "occupation": person.occupation,
        "education": person.education,
        "health": person.health,
        "household_size": str(person.household_size or ""),
        "household_income": yuan(person.household_income) if person.household_income is not None else "",
        "custody_place": person.custody_place,
        "guardian": person.guardian,
        "proxy_name": person.proxy_name,
        "proxy_kind": person.proxy_relation,
        "proxy_id_number": proxy_id if shows_id else mask_id_number(proxy_id) if proxy_id else "",
        "proxy_phone": person.proxy_phone if shows_id else mask_phone(person.proxy_phone) if person.proxy_phone else "",
    }


def _undertaker(case: AidCase) -> dict:
    rows = list(case.assignments.select_related("office", "lawyer").order_by("pk"))
    standing = next((row for row in rows if row.ended_on is None), None)
    ended = [row for row in rows if row.ended_on is not None]
    office, lawyer = (standing.office, standing.lawyer) if standing else (case.office, case.lawyer)
    facts = {
        "office": office.name if office else case.undertaking_office,
        "office_phone": office.phone if office else "",
        "undertaker": lawyer.name if lawyer else case.undertaker,
        "undertaker_kind": lawyer.get_kind_display() if lawyer else "",
        "undertaker_licence": lawyer.practice_certificate_no if lawyer else "",
        # Undertakers are reached at their office; no private number goes out on a paper.
        "undertaker_phone": office.phone if office else "",
    }
    earlier = ended[-1] if ended else standing
    if earlier:
        facts |= {
            "earlier_office": earlier.office.name,
            "earlier_undertaker": earlier.lawyer.name,
            "earlier_assigned_on": earlier.assigned_on,
        }
    return facts


# The limit that a paper names, counted by the rule in force that day.
DAYS = {"assignment_notice": "engagement", "refusal_decision": "objection_filing", "termination_decision": "objection_filing"}


# What was said with a step and belongs into the paper of it: the fact and the step.
SAID_WITH = {
    "review_sheet": ("opinion", "review"),
    "closing_report": ("content", "conclude"),
    "refusal_decision": ("reason", "refuse"),
    "termination_decision": ("reason", "terminate"),
}
# Papers of a step that named items: which steps.
ITEMS_OF = {"supplement_notice": ("ask_supplement", "ask_organ"), "cooperation_letter": ("cooperate",)}


def _said(case: AidCase, kind: rules.Kind, on: date) -> dict:
    """What the case already says about the decision this paper is of."""
    decided = {
        "refusal_decision": case.refused_on,
        "termination_decision": case.terminated_on,
        "termination_letter": case.terminated_on,
    }
    said = {"decided_on": decided.get(kind.code, case.approved_on)}
    if kind.code == "refusal_decision" and case.refusal_ground:
        said["ground"] = case.get_refusal_ground_display()
        said["reason"] = said["ground"] if case.refusal_ground != "other" else ""
    if kind.code in ("termination_decision", "termination_letter") and case.termination_ground:
        said["ground"] = case.get_termination_ground_display()
    if kind.code == "assignment_notice":
        said["addressee"] = case.office.name if case.office else case.undertaking_office
    if kind.code == "replacement_notice":
        earlier = (
            case.assignments.exclude(ended_on=None).select_related("office").order_by("pk").last() or case.assignments.last()
        )
        said["addressee"] = earlier.office.name if earlier else case.undertaking_office
    if kind.code == "file_cover":
        notice = case.papers.in_force().filter(kind="assignment_notice").select_related("paper").order_by("pk").last()
        said["about_number"] = notice.number_text if notice else ""
    if kind.code in SAID_WITH:
        name, step = SAID_WITH[kind.code]
        said[name] = case.events.filter(step=step).order_by("pk").values_list("reason", flat=True).last() or said.get(name, "")
    if kind.code in ITEMS_OF and (told := case.events.filter(step__in=ITEMS_OF[kind.code]).order_by("pk").last()):
        said["items"] = "\n".join(told.facts.get("items", ()))
        if kind.code == "cooperation_letter":
            said["addressee"] = told.facts.get("agency", "")
    if kind.code in DAYS and (rule := rule_of(case, DAYS[kind.code], on)):
        said["days"] = str(rule.amount)
    if kind.code == "supplement_notice" and (running := case.deadlines.open().filter(code="supplement").last()):
        said["due_on"] = running.due_on
    if kind.code in ("service_receipt", "objection_decision"):
        about = _decision_of(case) if kind.code == "objection_decision" else _last_outgoing(case)
        said |= {"about_title": about.name, "about_number": about.number_text} if about else {}
        if kind.code == "service_receipt":
            said["addressee"] = receiver_of(about, case)
    return said


def _last_outgoing(case):
    """What is to be served next: the newest that has not arrived, else the newest."""
    outgoing = [kind.code for kind in rules.KINDS.values() if kind.goes_out]
    rows = case.papers.in_force().filter(kind__in=outgoing).select_related("paper").order_by("pk")
    return rows.filter(served_on=None).last() or rows.last()


def receiver_of(row, case: AidCase) -> str:
    """On whom a paper is served: who was written into it, else the unit, the organ or the recipient, as its kind says."""
    if row is None:
        return case.recipient
    earlier = row.said.get("addressee") or row.said.get("organ") or row.said.get("asked_by")
    by_kind = {
        rules.UNIT: case.office.name if case.office else case.undertaking_office,
        "办案机关": case.organ_name or case.get_organ_display(),
    }
    if row.kind == "supplement_notice" and case.is_notified:
        return by_kind["办案机关"]
    return earlier or by_kind.get(row.rule.addressee) or case.recipient


def _decision_of(case):
    codes = ("refusal_decision", "termination_decision")
    return case.papers.in_force().filter(kind__in=codes).select_related("paper").order_by("pk").last()


WITH_NOTES = ("progress_record", "closing_report")
WITH_FILES = ("receipt", "file_index", "file_cover", "file_remarks")


def _lists(case: AidCase, kind: rules.Kind) -> dict:
    lists = {}
    if kind.code in WITH_NOTES:
        notes = case.notes.filter(struck_at=None).select_related("by").order_by("day", "pk")
        if kind.code == "progress_record":
            notes = notes.filter(kind__in=("report", "notice_to_client", "major_report"))
        lists["notes"] = tuple(NoteRow(note.day, note.get_kind_display(), note.content, note.by.name) for note in notes)
    if kind.code == "supervision":
        rows = case.supervisions.exclude(kind="post_visit").select_related("by")
        lists["notes"] = tuple(
            NoteRow(row.day, row.get_kind_display(), f"{row.get_way_display()}：{row.content}", row.by.name) for row in rows
        )
    if kind.code == "follow_up":
        visit = case.supervisions.filter(kind="post_visit").select_related("by").last()
        lists["answers"] = answered(visit.answers if visit else {})
        if visit:
            lists |= {"content": visit.content, "opinion": visit.get_satisfaction_display(), "place": visit.get_way_display()}
            lists |= {"asked_by": visit.by.name, "answered_on": visit.day}
    if kind.code in WITH_FILES:
        rows, pages = _file_rows(case, only_brought=kind.code == "receipt")
        lists |= {"files": rows, "pages": str(pages) if pages else ""}
    return lists


def answered(answers: dict) -> tuple[tuple[str, str], ...]:
    """The questions of the follow-up, each with what was answered, if it was."""
    return tuple((each.words, answers.get(each.code, "")) for each in questions())


def _file_rows(case: AidCase, *, only_brought: bool) -> tuple[tuple[FileRow, ...], int]:
    """What was brought in as it came, for the receipt; else the bound file in the order of its checklist, with running pages."""
    if not only_brought:
        dossier, pages = dossier_of(case)
        title = lambda row: f"{row.title}（{row.number}）" if row.number else row.title  # noqa: E731
        return tuple(FileRow(title(row), row.day, row.pages, row.last - row.first + 1) for row in dossier), pages
    rows, next_page = [], 1
    for row in case.files.standing().filter(kind__in=BROUGHT):
        last = next_page + row.pages - 1
        rows.append(FileRow(row.title, row.day, str(next_page) if row.pages == 1 else f"{next_page}—{last}", row.pages))
        next_page = last + 1
    return tuple(rows), next_page - 1
