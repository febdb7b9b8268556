"""Opening a case: an application taken in or registered, a notice of an organ; and mending its facts. domain.md §3.1 A1–A2, §3.3.

Everything that looks doubtful is told before saving, never silently; who keeps it all the same says why, and that stays in the event.
"""

import secrets
from datetime import date

from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.policy import Role, may
from common import clock
from common.encryption import keyed_index
from consultations.models import Consultation
from legalaid.models import AidCase, Applicant, CaseEvent, CaseFile
from legalaid.rules import application_papers, hardship, matters
from legalaid.rules.application_papers import Needed
from legalaid.rules.doubts import Doubt
from legalaid.services import case_numbers, deadlines
from legalaid.services.intake_doubts import doubts_about, hardship_facts
from legalaid.services.intake_facts import IntakeRefused, fill, words_of_facts
from legalaid.services.steps import move_case, open_case
from organizations.models import Region, Station
from organizations.models.places import within
from organizations.scope import regions_of

HANDLE = "legalaid.handle_case"
TRANSFER_LIMIT = "application_transfer"
# Papers still to come: registered now, received when they are there.
REGISTERED_ONLY = ("phone_booking", "online", "station")


class Doubtful(IntakeRefused):
    """Something looks doubtful and nobody has confirmed it yet. `doubts` are all there are, confirmed ones included."""

    def __init__(self, doubts: list[Doubt]):
        self.doubts = doubts
        super().__init__(f"有 {len(doubts)} 处需要核对：请逐条核对，确实无误的写明理由后再保存。")


class NoReason(Doubtful):
    """Confirmed without a word of explanation."""


@transaction.atomic
def open_application(
    *,
    county: Region,
    values: dict,
    by: User,
    day: date | None = None,
    station: Station | None = None,
    consultation_id: int | None = None,
    confirmed: frozenset[str] = frozenset(),
    reason: str = "",
) -> AidCase:
    """Take in or register an application and number it. A1, A2; LAF 39–41.

    The centre receives at once what comes over the counter, by post, at home or transferred; a booking by telephone, a station's
    hand-in and what the public page brings are registered. `values` are those of `intake_facts.fill`. Raises Doubtful while
    a doubt is not among the `confirmed` keys or no reason is given; IntakeRefused or StepRefused for what cannot be kept at all.
    """
    day = require_past(day or clock.today(), "申请日期")
    require_scope(by, county, station)
    case = AidCase(county=county, source=AidCase.Source.APPLICATION, station=station)
    applicant = fill(case, values, day=day)
    if consultation_id:
        case.consultation = lock_consultation(consultation_id, by)
    lock_person(case)
    # What the public page brings nobody has looked at: the centre is told when it takes it over.
    doubts = [] if by.is_system else require_confirmed(doubts_about(case, applicant, by=by, day=day), confirmed, reason)
    is_registration = case.channel in REGISTERED_ONLY or not may(by, HANDLE)
    numbering = case_numbers.registration_number if is_registration else case_numbers.case_number
    case.number, case.query_code = numbering(county, day.year), new_query_code()
    # What a station or the public hands in waits for somebody of the centre.
    case.handler = by if may(by, HANDLE) else None
    step = "register" if is_registration else "receive"
    begin(case, applicant, step, by=by, day=day, reason=reason, facts=words_of_facts(case, applicant, doubts))
    run_transfer_limit(case, is_received=not is_registration, day=day)
    return case


@transaction.atomic
def open_notice(
    *,
    county: Region,
    values: dict,
    by: User,
    day: date | None = None,
    papers: frozenset[str] = frozenset(),
    confirmed: frozenset[str] = frozenset(),
    reason: str = "",
) -> AidCase:
    """Take in a notice of a court, procuratorate or the police. B1, B2; LAF 25, 28, 36; reading D13.

    `papers` are the kinds that came with it. With all of them the notice is accepted, and so approved, the same day; without, the
    organ is asked for the rest and the notice is approved when it has come. The three days of LAF 36 run from the receipt either way.
    """
    day = require_past(day or clock.today(), "收到通知的日期")
    require_scope(by, county, None)
    case = AidCase(county=county, source=AidCase.Source.NOTICE)
    applicant = fill(case, values, day=day)
    require_notice(case)
    lock_person(case)
    doubts = require_confirmed(doubts_about(case, applicant, by=by, day=day), confirmed, reason)
    needed = application_papers.of_notice(case.stage)
    missing = [each for each in needed if each.kind not in papers]
    case.number, case.handler = case_numbers.case_number(county, day.year), by
    if not missing:
        case.approved_on = day
    begin(case, applicant, "take_notice", by=by, day=day, reason=reason, facts=words_of_facts(case, applicant, doubts))
    for each in needed:
        if each.kind in papers:
            keep_paper(case, each, by=by, day=day)
    if missing:
        items = [each.words for each in missing]
        move_case(case, "ask_organ", by=by, day=day, reason=f"缺：{'；'.join(items)}", facts={"items": items})
    return case


# --- guards -----------------------------------------------------------------------------------------------------------


def require_past(day: date, words: str) -> date:
    if day > clock.today():
        raise IntakeRefused(f"{words} {day} 在今天之后：请填写实际日期。", field="day")
    return day


def require_scope(by: User, county: Region, station: Station | None) -> None:
    """The centre opens cases of its own county; station staff hand in at their own station."""
    if by.is_system:
        return
    if station is not None and station.county_id != county.pk:
        raise IntakeRefused("站点不在这个县：请重新选择。", field="station")
    if Role.CENTRE in by.roles:
        if Region.objects.filter(within(regions_of(by, Role.CENTRE), "self"), pk=county.pk).exists():
            return
        raise IntakeRefused(f"{county}不在您的岗位范围内。")
    if station is None or station.pk not in by.post_stations:
        raise IntakeRefused("站点只能转交本站收到的申请：请选择本站。", field="station")


def require_notice(case: AidCase) -> None:
    """An organ notifies about its own stage, and by the articles that know a notice."""
    if case.matter not in matters.NOTICE_MATTERS:
        raise IntakeRefused("没有选择通知的类别：请按法律援助法25条、28条选择。", field="matter")
    if not case.organ or case.stage not in matters.STAGES_OF_ORGAN.get(case.organ, ()):
        raise IntakeRefused("办理阶段与通知机关不相符：请核对，例如公安机关是侦查阶段。", field="stage")


def require_confirmed(doubts: list[Doubt], confirmed: frozenset[str], reason: str) -> list[Doubt]:
    """The doubts, once every one of them was shown and confirmed with a reason. Raises Doubtful."""
    if any(doubt.key not in confirmed for doubt in doubts):
        raise Doubtful(doubts)
    if doubts and len(reason.strip()) < 2:
        raise NoReason(doubts)
    return doubts


def lock_person(case: AidCase) -> None:
    """One application of one person at a time: of two clicks the second sees what the first has kept."""
    key = case.id_index or keyed_index(case.recipient)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(key[:15], 16)])


def lock_consultation(consultation_id: int, by: User) -> Consultation:
    """The consultation this comes from, locked: it becomes one case, whoever asks first."""
    consultation = Consultation.objects.visible_to(by).filter(pk=consultation_id).first()
    if consultation is None:
        raise IntakeRefused("没有找到这条咨询记录，或者不在您的岗位范围内。")
    Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    if consultation.is_void:
        raise IntakeRefused(f"{consultation}已经作废，不能转为援助申请。")
    if AidCase.objects.filter(consultation=consultation).exists():
        raise IntakeRefused(f"{consultation}已经转为援助申请，不用再转：请到咨询记录里看办理进度。")
    return consultation


# --- the rows ---------------------------------------------------------------------------------------------------------


def begin(case: AidCase, applicant: Applicant, step: str, *, by: User, day: date, reason: str, facts: dict) -> CaseEvent:
    """Save the case by its first step, and whose it is."""
    try:
        with transaction.atomic():
            event = open_case(case, step, by=by, day=day, reason=reason.strip(), facts=facts)
    except IntegrityError as error:
        if "consultation" in str(error):
            raise IntakeRefused("这条咨询刚被同事转为援助申请：请刷新页面。") from error
        raise
    applicant.case = case
    applicant.save(force_insert=True)
    return event


def run_transfer_limit(case: AidCase, *, is_received: bool, day: date) -> None:
    """Twenty-four hours for a place of custody or a duty lawyer to pass an application on; met when the centre has it. LAF 39."""
    if case.applied_in_custody_at is None:
        return
    deadline = deadlines.start_at(case, TRANSFER_LIMIT, case.applied_in_custody_at)
    if deadline and is_received:
        deadlines.meet(deadline, day)


def keep_paper(case: AidCase, needed: Needed, *, by: User | None, day: date, stored=None, pages: int = 1) -> CaseFile:
    """One paper that came with it: the original in the folder, or a kept file."""
    return CaseFile.objects.create(
        case=case,
        kind=needed.kind,
        group=needed.group,
        title=needed.words[:100],
        day=day,
        pages=pages,
        stored=stored,
        is_paper_only=stored is None,
        added_by=by,
        added_at=clock.now(),
    )


def new_query_code() -> str:
    """Ten random digits that nobody has yet: easy to read out on the telephone."""
    while True:
        code = f"{secrets.randbelow(10**10):010d}"
        if not AidCase.objects.filter(query_code=code).exists():
            return code


# --- papers -----------------------------------------------------------------------------------------------------------


def papers_needed(case: AidCase) -> list[Needed]:
    """What this application or notice comes with."""
    if case.is_notified:
        return application_papers.of_notice(case.stage)
    applicant = case.applicant
    chosen = frozenset(case.groups) - {AidCase.Group.NONE}
    facts = hardship_facts(case, applicant, chosen, prefers_check=case.hardship == AidCase.Hardship.SHARED_CHECK)
    return application_papers.of_application(
        hardship.decide(facts),
        [group for group in case.groups if group in chosen],
        has_identity_card=applicant.id_kind == Applicant.IdKind.RESIDENT,
        has_proxy=bool(applicant.proxy_name),
    )


def papers_missing(case: AidCase) -> list[Needed]:
    """What the file lacks still: the list of the one-time notice (Legal Aid Law 43(2))."""
    there = set(case.files.standing().values_list("kind", "group"))
    if case.papers.in_force().filter(kind="application").exists():
        there.add(("application", ""))
    return application_papers.missing(papers_needed(case), there)


@transaction.atomic
def note_papers(*, case: AidCase, codes: frozenset[str], by: User, day: date | None = None) -> list[CaseFile]:
    """Register originals that were handed in, out of those still missing."""
    AidCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    day = require_past(day or clock.today(), "收到日期")
    return [keep_paper(case, each, by=by, day=day) for each in papers_missing(case) if each.code in codes]
