"""What the page of a case shows: how far it is, what is due, what may be done now, what lacks, what happened. Constant queries."""

from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.policy import may
from common import clock
from legalaid.models import AidCase, Applicant, CaseDeadline, CaseEvent
from legalaid.rules import guards
from legalaid.rules.materials import words_of
from legalaid.rules.procedure import ASIDE, HANDLE, ROUTES, State, Step, age_on, steps_from
from legalaid.services.deadlines import APPLICANTS
from legalaid.services.files import is_closed
from legalaid.services.inbox import EDITABLE, may_hand_over
from legalaid.services.step_facts import facts_of, owes_file
from legalaid.services.steps import CORRECTIONS, who_may, why_not, why_not_taken_back

# --- how far it is ----------------------------------------------------------------------------------------------------

# The dates that show when a part of the way was done, the first that is known counts.
DONE_ON = {
    "application": (
        ("accepted_on", "received_on"), ("approved_on", "refused_on"), ("engaged_on", "assigned_on"),
        ("concluded_on", "terminated_on"), ("file_accepted_on", "file_submitted_on"), ("archived_on",), ("quality_verified_on",),
    ),
    "notice": (
        ("received_on",), ("assigned_on",), ("first_met_on",), ("concluded_on", "terminated_on"),
        ("file_accepted_on", "file_submitted_on"), ("archived_on",), ("quality_verified_on",),
    ),
}  # fmt: skip


@dataclass
class Part:
    """One dot of the way: done, now, bad or yet to come."""

    words: str
    mark: str = ""
    day: date | None = None
    note: str = ""


def way_of(case: AidCase) -> list[Part]:
    """The dots at the head of the page, with the day each was done."""
    route, dates = ROUTES[case.source], DONE_ON[case.source]
    here = next((place for place, part in enumerate(route) if case.state in part.states), None)
    if here is None:
        here = len(route) if case.state == "quality_passed" else 0
    parts = []
    for place, (part, names) in enumerate(zip(route, dates, strict=True)):
        day = next((getattr(case, name) for name in names if getattr(case, name)), None)
        mark = "done" if place < here else ("" if place > here else "bad" if case.state in State.SIDE_ENDS else "now")
        parts.append(
            Part(part.words, mark, day if mark in ("done", "bad") else None, case.get_state_display() if place == here else "")
        )
    return parts


# --- what is due ------------------------------------------------------------------------------------------------------


@dataclass
class Limit:
    """A time limit as the table shows it."""

    deadline: CaseDeadline
    words: str = ""
    tone: str = ""
    is_open: bool = False
    is_applicants: bool = False


def limits_of(deadlines, today: date) -> list[Limit]:
    return [limit_of(each, today) for each in deadlines]


def limit_of(deadline: CaseDeadline, today: date) -> Limit:
    """How a limit stands: met in time or late, suspended, no longer running, or open until its day."""
    applicants = deadline.code in APPLICANTS
    if deadline.met_on:
        late = deadline.late_days(today)
        words = f"{deadline.met_on.month}月{deadline.met_on.day}日，" + (f"逾期 {late} 天" if late else "按期")
        return Limit(deadline, words, "bad" if late else "ok", is_applicants=applicants)
    if deadline.dropped_on:
        return Limit(deadline, "不再适用", "mute", is_applicants=applicants)
    if deadline.suspended_since:
        return Limit(deadline, f"{deadline.suspended_since:%m-%d}起中止计算", "info", True, applicants)
    if applicants and deadline.due_on < today:
        return Limit(deadline, "期满", "mute", True, True)
    return Limit(deadline, is_open=True, is_applicants=applicants)


# --- what may be done -------------------------------------------------------------------------------------------------


@dataclass
class Act:
    """A step this user may take, with what still lacks before it goes through; `is_aside` is not the ordinary way."""

    step: Step
    lacks: list[guards.Lack] = field(default_factory=list)
    reminders: list[guards.Lack] = field(default_factory=list)

    @property
    def is_aside(self) -> bool:
        return self.step.code in ASIDE


@dataclass
class Waiting:
    """A step that somebody else takes."""

    step: Step
    who: str


def acts_of(case: AidCase, user, facts: guards.CaseFacts, today: date) -> tuple[list[Act], list[Waiting]]:
    """Steps the user may take now, the ordinary way first, and those the case waits for somebody else to take."""
    acts, waiting = [], []
    pointless = pointless_steps(case) | (set() if facts.ordered else set(CORRECTIONS))
    for step in steps_from(case.state):
        if step.code in pointless or step.source and step.source != case.source:
            continue
        if why_not(case, step, by=user):
            waiting.append(Waiting(step, who_may(step)))
        else:
            lacks = [] if case.is_history else guards.standing_lacks(step.code, facts, today)
            acts.append(Act(step, lacks, guards.reminders(step.code, facts, today)))
    return sorted(acts, key=lambda act: act.is_aside), sorted(waiting, key=lambda each: each.step.code in ASIDE)


def pointless_steps(case: AidCase) -> set[str]:
    """Steps the table allows from this state and that have no point in this case as it stands."""
    # What an evaluation comes to is no step that anybody takes here.
    found = {"fail_quality", "revoke_quality"} | (set() if case.is_pre_aid else {"complete_pre_aid"})
    if case.state in State.WITH_UNDERTAKER and not case.deadlines.open().filter(code="replacement_decision").exists():
        found.add("keep_undertaker")
    if case.state == "terminated":
        found |= {"archive_terminated"} if case.archive_no else set()
        found |= set() if owes_file(case) else {"submit_terminated"}
    if case.state == "assigned":
        standing = case.assignments.standing().first()
        if standing is None or standing.accepted_at:
            found |= {"accept_assignment", "decline_assignment"}
    return found


# --- what happened ----------------------------------------------------------------------------------------------------

FACTS = {
    "items": "内容", "due_on": "截止", "agency": "机构", "papers_due_on": "补办截止", "limit_ends_on": "时效届满",
    "organ_told_on": "告知办案机关", "organ_answered_on": "办案机关答复",
}  # fmt: skip
BAD = frozenset({"refuse", "terminate", "deem_withdrawn", "decline", "return_file", "fail_quality", "revoke_quality"})
GOOD = frozenset({"grant", "grant_pre_aid", "accept_file", "archive", "verify_quality", "correct_refusal", "correct_termination"})


@dataclass
class Moment:
    """One entry of the timeline."""

    day: date
    at: datetime
    title: str
    who: str
    text: str = ""
    tone: str = ""
    details: list[tuple[str, str]] = field(default_factory=list)
    file: object = None
    is_struck: bool = False


def timeline_of(events, notes, supervisions) -> list[Moment]:
    """Steps, notes and supervision in one row, the newest first."""
    moments = [moment_of(event) for event in events]
    for note in notes:
        words = note.get_kind_display()
        moments.append(
            Moment(note.day, note.at, words, note.by.name, note.content, file=note.file, is_struck=bool(note.struck_at))
        )
    for each in supervisions:
        words = f"{each.get_kind_display()}（{each.get_way_display()}）"
        moments.append(Moment(each.day, each.at, words, each.by.name, each.content))
    return sorted(moments, key=lambda moment: (moment.day, moment.at), reverse=True)


def moment_of(event: CaseEvent) -> Moment:
    details = [(words, told(event.facts[name])) for name, words in FACTS.items() if event.facts.get(name)]
    tone = "bad" if event.step in BAD else "ok" if event.step in GOOD else ""
    return Moment(event.day, event.at, event.words, event.by.name, event.reason, tone, details)


def told(value) -> str:
    return "；".join(str(each) for each in value) if isinstance(value, list) else str(value)


# --- the page ---------------------------------------------------------------------------------------------------------


@dataclass
class Paper:
    """A document of the file as the page lists it."""

    file: object
    words: str


def page_of(case: AidCase, user) -> dict:
    """Everything the page of a case shows."""
    today = clock.today()
    facts = facts_of(case)
    events = list(case.events.select_related("by"))
    acts, waiting = acts_of(case, user, facts, today)
    deadlines = list(case.deadlines.select_related("rule").order_by("starts_on", "pk"))
    limits = limits_of(deadlines, today)
    files = [Paper(each, words_of(each.kind)) for each in case.files.standing().select_related("stored", "added_by")]
    applicant = Applicant.objects.filter(case=case).first()
    soonest = min(
        (limit.deadline for limit in limits if limit.is_open and not limit.is_applicants and not limit.deadline.suspended_since),
        key=lambda each: each.due_on,
        default=None,
    )
    return {
        "case": case,
        "applicant": applicant,
        "age": age_on(applicant.birth_date, events[0].day if events else case.received_on)
        if applicant and applicant.birth_date
        else None,
        "groups": [AidCase.Group(group).label for group in case.groups if group != AidCase.Group.NONE],
        "way": way_of(case),
        "limits": limits,
        "soonest": soonest if soonest and (soonest.due_on - today).days <= 7 else None,
        "acts": acts,
        "waiting": waiting,
        "missing": missing_of(case, facts, today),
        "timeline": timeline_of(
            events,
            case.notes.select_related("by", "file"),
            case.supervisions.select_related("by"),
        ),
        "files": files,
        "objections": list(case.objections.select_related("decided_by")),
        "complaints": list(case.complaints.visible_to(user)),
        "may_take_back": bool(events) and not why_not_taken_back(case, events[-1], user),
        "may_add_files": may_add_files(case, user),
        "may_edit": may(user, HANDLE) and case.state in EDITABLE and not case.is_history and applicant is not None,
        "may_hand_over": may_hand_over(case, user),
        "last_step": events[-1].words if events else "",
    }


def missing_of(case: AidCase, facts: guards.CaseFacts, today: date) -> list[guards.Lack]:
    """Papers without which the way to the decision does not go on: named before anybody tries."""
    if case.is_history or case.is_notified or case.state not in (*State.BEFORE_DECISION, "granted"):
        return []
    found: dict[tuple, guards.Lack] = {}
    for code in ("accept", "grant", *(["complete_pre_aid"] if case.is_pre_aid else [])):
        if case.state == "granted" and code != "complete_pre_aid":
            continue
        for lack in guards.lacking(code, facts, {}, today):
            if lack.kind:
                found.setdefault((lack.kind, lack.group), lack)
    return list(found.values())


def may_add_files(case: AidCase, user) -> bool:
    """Who handles or undertakes a case brings documents in, until it is archived."""
    if is_closed(case):
        return False
    return may(user, HANDLE) or (
        may(user, "legalaid.undertake_case") and case.lawyer is not None and case.lawyer.user_id == user.pk
    )
