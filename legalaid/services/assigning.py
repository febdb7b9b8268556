"""Who undertakes a case: people of the county with their load, the ranked suggestion, assignment, replacement, specialties.

domain.md §3.1 A10, A13, A24, §3.2, §3.3 B3–B5; LAF 26, 36, 43, 55; PR23 24–27, 37*.
"""

import re
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q
from django.urls import reverse

from accounts import audit
from common import clock
from common.errors import Refused
from legalaid.models import AidCase, Assignment, Specialty
from legalaid.rules import suggesting
from legalaid.rules.procedure import State
from legalaid.rules.suggesting import Candidate, Needs, Ranking
from legalaid.services.legal_help import end_for_defender
from legalaid.services.steps import lock_case, move_case
from organizations.models import Organization, PoolEntry, Practitioner
from organizations.models.places import within
from records.services import notify

GROUNDS = {
    "neglect": "受援人有证据证明承办人不依法履行职责（法律援助法55条）",
    "conflict": "承办人与本案有利害关系或者利益冲突",
    "objective": "承办人因疾病、调离等客观原因不能继续承办",
    "client": "受援人有其他正当理由（刑事诉讼法律援助工作的规定15条）",
    "declined": "承办人未接受指派",
    "other": "其他",
}
SNAPSHOT = 5


class AssigningRefused(Refused):
    """A person who may not undertake the case, or an assignment that is not possible now."""


# --- who there is -----------------------------------------------------------------------------------------------------


def people_of(county):
    """Whoever gives legal service in the county: of its pool, or of a firm, office or aid centre that lies in it."""
    pool = PoolEntry.objects.admitted_on(clock.today()).filter(county=county).values("practitioner")
    firms = Organization.objects.filter(within([county.pk], "region"), is_active=True).values("pk")
    day = clock.today()
    placed = Q(affiliations__organization__in=firms, affiliations__since__lte=day) & (
        Q(affiliations__until=None) | Q(affiliations__until__gte=day)
    )
    ids = Practitioner.objects.filter(Q(pk__in=pool) | placed).values("pk")
    return Practitioner.objects.current().filter(pk__in=ids)


def needs_of(case: AidCase, day: date) -> Needs:
    return Needs(
        type=case.type,
        day=day,
        field=suggesting.field_of(type=case.type, matter=case.matter, cause=case.cause),
        is_grave=case.matter in suggesting.GRAVE_MATTERS or case.stage == AidCase.Stage.DEATH_REVIEW,
        is_minor=case.is_minor_case,
        township=case.station.region_id if case.station else None,
        county=case.county_id,
    )


def candidates_of(county, day: date, *, case: AidCase | None = None) -> list[Candidate]:
    """Everybody of the county with firm, specialties, load, share of the year and, for a case, what stands against her.

    A fixed number of queries, whatever the number of people.
    """
    people = list(people_of(county).with_present(day).select_related("user"))
    ids = [person.pk for person in people]
    fields: dict[int, dict[str, date]] = {}
    for row in Specialty.objects.of(ids):
        fields.setdefault(row.practitioner_id, {})[row.field] = row.since
    counted = counts_of(ids, day)
    against, doubts = conflicts_of(case, people) if case else ({}, {})
    return [
        Candidate(
            key=person.pk,
            name=person.name,
            kind=person.kind,
            office=person.firm_now.pk if person.firm_now else None,
            office_name=person.firm_now.name if person.firm_now else "",
            place=person.firm_now.region_id if person.firm_now else None,
            is_qualified=bool(person.practice_certificate_no or person.qualification_no),
            fields=fields.get(person.pk, {}),
            conflicts=tuple(against.get(person.pk, ())),
            doubts=tuple(doubts.get(person.pk, ())),
            has_login=person.user_id is not None and person.user.is_active,
            is_public=person.is_public_now,
            **counted.get(person.pk, {}),
        )
        for person in people
    ]


def counts_of(ids, day: date) -> dict[int, dict]:
    """Open cases, assignments of the year and the last one. Who declined was not assigned."""
    meant = ~Q(accepted_at=None, ended_on__isnull=False)
    rows = (
        Assignment.objects.filter(lawyer__in=ids, assigned_on__lte=day)
        .order_by()
        .values("lawyer")
        .annotate(
            open_cases=Count("pk", filter=Q(ended_on=None) & ~Q(case__state__in=State.ENDED)),
            share=Count("pk", filter=meant & Q(assigned_on__year=day.year)),
            last_assigned=Max("assigned_on", filter=meant),
        )
    )
    return {row.pop("lawyer"): row for row in rows}


def conflicts_of(case: AidCase, people) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """What forbids a person this case (the same party on the other side, her own matter, once replaced), and what must be looked at."""
    against: dict[int, list[str]] = {}
    doubts: dict[int, list[str]] = {}
    parties = {index for index in (case.id_index, case.opponent_id_index) if index}
    names = names_in(case.opponent)
    for person in people:
        if person.id_index in parties:
            against.setdefault(person.pk, []).append("本人是本案当事人")
        elif person.name in names or person.name == case.recipient:
            doubts.setdefault(person.pk, []).append("与本案当事人同名，请核实是否本人")
    for row in case.assignments.all():
        against.setdefault(row.lawyer_id, []).append("本案已更换的承办人" if row.ended_on else "本案现在的承办人")
    _other_sides(case, names, against, doubts)
    return against, doubts


def _other_sides(case: AidCase, names, against, doubts) -> None:
    """The other side's and the co-defendants' undertakers, and the firms they sit in."""
    same_party = Q(opponent_id_index=case.id_index) if case.id_index else Q(pk=None)
    if case.opponent_id_index:
        same_party |= Q(id_index=case.opponent_id_index)
    same_name = Q(opponent__contains=case.recipient) if case.recipient else Q(pk=None)
    if names:
        same_name |= Q(recipient__in=names)
    together = Q(pk=None)
    if case.is_notified and case.notice_no:
        together = Q(notice_no=case.notice_no, organ_name=case.organ_name, type=AidCase.Type.CRIMINAL_DEFENCE)
    others = AidCase.objects.of_county(case.county).exclude(pk=case.pk).filter(same_party | same_name | together)
    rows = Assignment.objects.filter(case__in=others).select_related("case").order_by("pk")
    for row in rows:
        other = row.case
        is_party = bool(case.id_index) and case.id_index == other.opponent_id_index
        is_party |= bool(case.opponent_id_index) and case.opponent_id_index == other.id_index
        if is_party:
            against.setdefault(row.lawyer_id, []).append(f"承办过对方当事人的案件（{other}）")
        elif case.is_notified and case.notice_no and other.notice_no == case.notice_no:
            if other.id_index != case.id_index:
                against.setdefault(row.lawyer_id, []).append(f"已为同案其他被告人辩护（{other}）")
        elif case.recipient in names_in(other.opponent) or other.recipient in names:
            doubts.setdefault(row.lawyer_id, []).append(f"承办过对方同名当事人的案件（{other}），请核实是否同一人")


def names_in(opponent: str) -> set[str]:
    """The names in a field that may hold several."""
    return {name for name in re.split(r"[、,，;；\s]+", opponent or "") if name}


def ranking_of(case: AidCase, day: date | None = None) -> Ranking:
    """Everybody of the county, ranked for this case, with reasons."""
    day = day or clock.today()
    return suggesting.rank(needs_of(case, day), candidates_of(case.county, day, case=case))


# --- the decision -----------------------------------------------------------------------------------------------------


@transaction.atomic
def assign_case(
    *, case_id: int, lawyer_id: int, by, day: date, reason: str = "", version: int | None = None, is_checked: bool = False
) -> Assignment:
    """Assign a granted or notified case. The person decides; who does not take the first suggestion says why.

    Raises AssigningRefused: not of this county, an obstacle of the law or a conflict, a doubt nobody checked, no reason;
    StepRefused: not now, not by her, not on this day, or the case was changed meanwhile.
    """
    case = lock_case(case_id, version)
    row, fields = _new_assignment(case, lawyer_id=lawyer_id, by=by, day=day, reason=reason, is_checked=is_checked)
    move_case(case, "assign", by=by, day=day, reason=row.reason, facts=_facts(row), **fields)
    # A defender assigned ends the duty lawyer's help (CPL 36).
    end_for_defender(case=case, by=by, day=day)
    return _save(row)


@transaction.atomic
def replace_undertaker(
    *,
    case_id: int,
    lawyer_id: int,
    by,
    day: date,
    ground: str,
    reason: str = "",
    end_reason: str = "",
    version: int | None = None,
    is_checked: bool = False,
) -> Assignment:
    """Another person undertakes it from that day: the old assignment ends, engagement and first meeting begin anew. A13, A24, B4.

    Raises as `assign_case`, and AssigningRefused without a ground.
    """
    if ground not in GROUNDS:
        raise AssigningRefused("没有选择更换的理由：请选择。", field="ground")
    case = lock_case(case_id, version)
    words = f"{GROUNDS[ground]}{'：' if end_reason.strip() else ''}{end_reason.strip()}"
    row, fields = _new_assignment(case, lawyer_id=lawyer_id, by=by, day=day, reason=reason, is_checked=is_checked)
    standing = case.assignments.standing().first()
    if standing:
        if day < standing.assigned_on:
            raise AssigningRefused(f"更换日期 {day} 早于原指派日期 {standing.assigned_on}：请检查日期。", field="day")
        end_assignment(standing, day=day, reason=words)
    facts = {**_facts(row), "原承办人": standing.lawyer.name if standing else "", "更换理由": words}
    move_case(case, "replace", by=by, day=day, reason=words, facts=facts, **fields)
    if standing:
        tell(standing.lawyer, f"案件 {case} 已更换承办人。", case)
    return _save(row)


def end_assignment(row: Assignment, *, day: date, reason: str) -> None:
    row.ended_on, row.end_reason = max(day, row.assigned_on), reason[:300]
    row.save(update_fields=["ended_on", "end_reason"])


def _new_assignment(case: AidCase, *, lawyer_id, by, day, reason, is_checked) -> tuple[Assignment, dict]:
    """The unsaved row, judged, and the case's columns that follow it."""
    ranking = ranking_of(case, day)
    chosen = ranking.of(lawyer_id)
    if chosen is None:
        raise AssigningRefused("没有选择本县的承办人：请从名单里选择。", field="lawyer")
    person = chosen.candidate
    if chosen.obstacles:
        raise AssigningRefused(f"不能指派{person.name}：{'；'.join(chosen.obstacles)}。", field="lawyer")
    if chosen.doubts and not is_checked:
        raise AssigningRefused(f"{person.name}{'；'.join(chosen.doubts)}：核实没有利益冲突的，请勾选确认。", field="is_checked")
    place = ranking.position(lawyer_id)
    written = reason.strip()
    if not written and place != 1:
        raise AssigningRefused("没有选推荐的第一名：请写明指派理由。", field="reason")
    if chosen.doubts:
        written = f"{written}（已核实：{'；'.join(chosen.doubts)}）"
    lawyer = Practitioner.objects.get(pk=lawyer_id)
    office = Organization.objects.get(pk=person.office)
    row = Assignment(
        case=case,
        office=office,
        lawyer=lawyer,
        is_agency_staff=person.is_agency,
        assigned_on=day,
        assigned_by=by,
        assigned_at=clock.now(),
        reason=(written or "按推荐次序第 1 名：" + "，".join(each.words for each in chosen.reasons))[:300],
        suggestions=snapshot(ranking, lawyer_id),
    )
    fields = {
        "office": office,
        "lawyer": lawyer,
        "undertaking_office": office.name,
        "undertaker": lawyer.name,
        "is_undertaken_by_agency": person.is_agency,
    }
    return row, fields


def snapshot(ranking: Ranking, chosen: int) -> list[dict]:
    """What was suggested, as plain data: the first ones, and the chosen one wherever she stood."""
    rows = []
    for place, each in enumerate(ranking.suitable, 1):
        if place <= SNAPSHOT or each.candidate.key == chosen:
            rows.append(_row(each, place, chosen))
    if not any(row["chosen"] for row in rows) and (other := ranking.of(chosen)):
        rows.append(_row(other, None, chosen))
    return rows


def _row(each, place, chosen) -> dict:
    return {
        "place": place,
        "lawyer": each.candidate.key,
        "name": each.candidate.name,
        "office": each.candidate.office_name,
        "points": each.points,
        "reasons": [f"{reason.words}（{reason.points} 分）" for reason in each.reasons],
        "doubts": list(each.doubts),
        "chosen": each.candidate.key == chosen,
    }


def _facts(row: Assignment) -> dict:
    return {"承办机构": row.office.name, "承办人": row.lawyer.name, "指派理由": row.reason}


def _save(row: Assignment) -> Assignment:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise AssigningRefused("案件已经有承办人：请刷新页面。") from error
    tell(row.lawyer, f"新指派的案件 {row.case}，请接受。", row.case)
    return row


def tell(lawyer: Practitioner, text: str, case: AidCase) -> None:
    """A notice on the undertaker's own desk; who has no login is told by the centre."""
    if lawyer.user_id:
        notify(to=lawyer.user, text=text, url=reverse("my-case", args=[case.pk]))


# --- asking for another undertaker ------------------------------------------------------------------------------------


@transaction.atomic
def request_replacement(*, case_id: int, by, day: date, ground: str, reason: str, asked_by: str = "", version=None):
    """Somebody asks for another undertaker: the five days of the decision begin. A13; LAF 55.

    Raises AssigningRefused: no ground, no words, asked already; StepRefused.
    """
    if ground not in GROUNDS or ground == "declined":
        raise AssigningRefused("没有选择申请更换的理由：请选择。", field="ground")
    if not reason.strip():
        raise AssigningRefused("没有写明申请更换的具体情况：请填写。", field="reason")
    case = lock_case(case_id, version)
    if asked := open_request(case):
        raise AssigningRefused(f"{asked.starts_on} 已经提出更换，{asked.due_on} 前决定：不用重复申请。")
    facts = {"理由": GROUNDS[ground], "ground": ground, "申请人": asked_by.strip() or by.name}
    event = move_case(case, "request_replacement", by=by, day=day, reason=reason.strip(), facts=facts)
    if case.handler:
        notify(to=case.handler, text=f"案件 {case} 申请更换承办人。", url=reverse("case-assign", args=[case.pk]))
    return event


@transaction.atomic
def keep_undertaker(*, case_id: int, by, day: date, reason: str, version=None):
    """The centre decides against a replacement and says why. Raises AssigningRefused, StepRefused."""
    if not reason.strip():
        raise AssigningRefused("没有写明不予更换的理由：请填写。", field="reason")
    case = lock_case(case_id, version)
    if not open_request(case):
        raise AssigningRefused("没有待决定的更换申请。")
    if case.lawyer_id is None:
        raise AssigningRefused("案件现在没有承办人：请另行指派。")
    event = move_case(case, "keep_undertaker", by=by, day=day, reason=reason.strip())
    tell(case.lawyer, f"案件 {case} 不更换承办人，请继续办理。", case)
    return event


def open_request(case: AidCase):
    """The running limit of a replacement that was asked for, or None."""
    return case.deadlines.open().filter(code="replacement_decision").select_related("rule").first()


def last_request(case: AidCase):
    return case.events.filter(step__in=("request_replacement", "decline_assignment")).order_by("-pk").first()


# --- specialties ------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_specialties(*, practitioner: Practitioner, since: dict[str, date | None], by) -> None:
    """What a person is good at, each with the day it counts from; None takes a field away. Raises AssigningRefused."""
    known = {row.field: row for row in Specialty.objects.select_for_update().filter(practitioner=practitioner)}
    before = {row.get_field_display(): row.since for row in known.values()}
    for field, day in since.items():
        if field not in Specialty.Field.values:
            raise AssigningRefused("没有这种专长：请重新选择。")
        if day and day > clock.today():
            raise AssigningRefused(
                f"{Specialty.Field(field).label}的从业起始日 {day} 在今天之后：请检查。", field=f"since_{field}"
            )
        if day is None and field in known:
            known[field].delete()
        elif day is not None:
            Specialty.objects.update_or_create(practitioner=practitioner, field=field, defaults={"since": day})
    after = {row.get_field_display(): row.since for row in Specialty.objects.filter(practitioner=practitioner)}
    if changed := audit.changes(before, after):
        audit.record(by=by, action="legalaid.keep_specialties", on=practitioner, before=changed[0], after=changed[1])
