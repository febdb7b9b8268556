"""Drawing a month's roster in the background, looking at what came of it, taking it over whole or by station. Z-ROS-1…5.

A proposal changes nothing by itself. What stands in the month stays; only drafts that were never published may be drawn anew, and
only where the planners ask for it. Taking over goes through the same checks as planning by hand.
"""

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import date, time

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.services import system_user
from common import clock
from common.periods import YearMonth
from consultations.models import Roster, RosterProposal, Shift, ShiftChange
from consultations.rules import drawing
from consultations.rules.drawing import Drawing
from consultations.rules.explaining import explain
from consultations.rules.proposing import task_of
from consultations.rules.rosters import PlannedShift
from consultations.services.roster_facts import RosterFacts, roster_facts
from consultations.services.rosters import FACTS, RosterError, add_shifts, cancel_shift, lock_roster, roster_of
from organizations.models import Region
from programmes.services.months import require_open
from records.models import JobRun
from records.services import start_job

State = RosterProposal.State
KIND, TASK = "propose_roster", "consultations.tasks.propose_roster"
LIMITS = {"stations": None, "people": None, "since": None, "most": None, "redraw": False}


class ProposalError(RosterError):
    """The proposal cannot be made or taken over this way."""


def start_drawing(*, county: Region, month: YearMonth, limits: dict, by) -> JobRun:
    """Queue the drawing of a county's month; one that is under way already is given back. Refused for a closed month.

    `limits`: stations and people (ids), since (day or None), most (turns a month or None), redraw (drafts too).
    """
    require_open(roster_of(county=county, month=month).month)
    payload = {**LIMITS, **limits, "county": county.pk}
    payload["since"] = payload["since"].isoformat() if payload["since"] else None
    for name in ("stations", "people"):
        payload[name] = sorted(payload[name]) if payload[name] is not None else None
    title = f"{month.label}自动排班"
    return start_job(
        kind=KIND, task=TASK, county=county.code or str(county.pk), period=month, by=by, title=title, payload=payload
    )


def draw_for_job(progress) -> dict:
    """The work of one job: county, month and limits come from its row."""
    job = progress.job
    limits = {name: job.payload.get(name, default) for name, default in LIMITS.items()}
    limits["since"] = date.fromisoformat(limits["since"]) if limits["since"] else None
    proposal = make_proposal(
        county=Region.objects.counties().get(pk=job.payload["county"]),
        month=YearMonth.parse(job.period),
        limits=limits,
        by=job.started_by or system_user(),
        say=progress.say,
    )
    return {"message": summary(proposal), "url": proposal.get_absolute_url(), "proposal": proposal.pk}


def make_proposal(*, county: Region, month: YearMonth, limits: dict, by, say=lambda step, percent: None) -> RosterProposal:
    """Draw the month and keep what came of it; an earlier proposal that nobody took over is dropped."""
    say("正在读取站点、人员、请假和意愿", 10)
    limits = {**LIMITS, **limits}
    facts = roster_facts(county=county, month=month, with_wishes=True)
    released = releasable(facts, limits) if limits["redraw"] else set()
    kept = [shift for shift in facts.shifts if shift.id not in released]
    chosen = {name: limits[name] for name in ("stations", "people", "since", "most")}
    task = task_of(facts.facts, kept, **chosen)
    say(f"正在为 {len(task.slots)} 个班次安排 {len(task.people)} 人", 40)
    drawn = drawing.draw(task)
    say("正在说明排不出的班次", 90)
    return keep_proposal(facts=facts, drawn=drawn, released=released, limits=limits, by=by)


@transaction.atomic
def keep_proposal(*, facts: RosterFacts, drawn: Drawing, released: set[int], limits: dict, by) -> RosterProposal:
    """Store a drawing as the month's one open proposal."""
    lock_roster(county=facts.county, month=facts.month)
    earlier = RosterProposal.objects.open().filter(county=facts.county, first=facts.month.first)
    earlier.update(state=State.DROPPED, decided_by=by, decided_at=clock.now())
    proposal = RosterProposal.objects.create(
        county=facts.county,
        first=facts.month.first,
        method=drawn.method,
        is_proven=drawn.is_proven,
        limits={**limits, "since": limits["since"].isoformat() if limits["since"] else None}
        | {name: sorted(limits[name]) for name in ("stations", "people") if limits[name] is not None},
        lines=[line_of(shift) for shift in drawn.proposal.shifts],
        released=sorted(released),
        gaps=[
            {"station": gap.slot.station.id, "when": gap.slot.label, "why": gap.words, "must": gap.is_forbidden}
            for gap in explain(drawn.task, drawn.proposal)
        ],
        figures=figures_of(drawn),
        made_by=by,
        made_at=clock.now(),
    )
    after = {"班次": len(proposal.lines), "排不出": len(proposal.gaps), "排法": proposal.get_method_display()}
    audit.record(by=by, action="consultations.plan_roster", on=proposal, after=after, reason="自动排班")
    return proposal


@transaction.atomic
def take_over(*, proposal_id: int, stations: Collection[int] | None = None, by) -> list[Shift]:
    """Put a proposal into the month: all of it, or the stations named. Refused when it was decided, or nothing is left to take.

    What was planned meanwhile stays: lines that are there or no longer needed are left out. Drafts of these stations that were to
    be drawn anew go. All or nothing; the first line that breaks a rule since is named.
    """
    found = RosterProposal.objects.select_related("county").get(pk=proposal_id)
    roster = lock_roster(county=found.county, month=found.month)
    proposal = RosterProposal.objects.select_for_update(of=("self",)).get(pk=proposal_id)
    if proposal.state != State.OPEN:
        raise ProposalError(f"这份方案{proposal.get_state_display()}，请重新生成。")
    facts = roster_facts(county=found.county, month=found.month)
    lines = judged_lines(proposal, facts, roster)
    chosen = [line for line in lines if stations is None or line.shift.station_id in stations]
    wanted = [line for line in chosen if line.is_new]
    if not wanted:
        raise ProposalError("所选站点没有可以采用的班次：可能已经排上了。")
    kept = {line.existing for line in chosen if line.existing}
    out = [shift for shift in to_release(proposal, facts, roster) if stations is None or shift.station_id in stations]
    for shift in out:
        if shift.id not in kept:
            cancel_shift(shift_id=shift.id, by=by)
    added = add_shifts(county=found.county, month=found.month, proposed=[line.shift for line in wanted], by=by)
    if not any(line.is_new for line in lines if line not in wanted):
        _close(proposal, State.TAKEN, by)
    named = "全部站点" if stations is None else "、".join(sorted({shift.station.short_name for shift in added}))
    audit.record(by=by, action="consultations.plan_roster", on=proposal, after={"采用": len(added), "站点": named})
    return added


@transaction.atomic
def drop_proposal(*, proposal_id: int, by) -> RosterProposal:
    """Nobody wants it."""
    proposal = RosterProposal.objects.select_for_update(of=("self",)).get(pk=proposal_id)
    if proposal.state != State.OPEN:
        raise ProposalError(f"这份方案{proposal.get_state_display()}，不用再弃用。")
    _close(proposal, State.DROPPED, by)
    audit.record(by=by, action="consultations.plan_roster", on=proposal, after={"状态": proposal.get_state_display()})
    return proposal


def _close(proposal, state, by):
    proposal.state, proposal.decided_by, proposal.decided_at = state, by, clock.now()
    proposal.save(update_fields=["state", "decided_by", "decided_at"])


# --- drafts that may be drawn anew --------------------------------------------------------------------------------------


def releasable(facts: RosterFacts, limits: dict) -> set[int]:
    """Ids of the drafts within the limits: of a month never published, with nothing recorded or asked about them."""
    if roster_of(county=facts.county, month=facts.month).is_published:
        return set()
    since = limits["since"] or facts.month.first
    among = [
        shift.id
        for shift in facts.shifts
        if shift.day in facts.month
        and shift.day >= since
        and not shift.override_reason
        and (limits["stations"] is None or shift.station_id in limits["stations"])
    ]
    touched = Q()
    for name in FACTS:
        touched |= Q(**{f"{name}__isnull": False})
    held = set(Shift.objects.filter(touched, pk__in=among).values_list("pk", flat=True))
    changes = ShiftChange.objects.filter(Q(shift__in=among) | Q(swapped_with__in=among))
    held |= {pk for pair in changes.values_list("shift", "swapped_with") for pk in pair if pk}
    return set(among) - held


def to_release(proposal: RosterProposal, facts: RosterFacts, roster: Roster) -> list[PlannedShift]:
    """The drafts a proposal would take out, those that still are drafts."""
    if roster.is_published or not proposal.released:
        return []
    limits = {**LIMITS, **proposal.limits, "since": None, "stations": None}
    still = releasable(facts, limits) & set(proposal.released)
    return [shift for shift in facts.shifts if shift.id in still]


# --- lines ------------------------------------------------------------------------------------------------------------


def line_of(shift: PlannedShift) -> dict:
    return {
        "station": shift.station_id,
        "day": shift.day.isoformat(),
        "person": shift.person_id,
        "starts": f"{shift.starts_at:%H:%M}",
        "ends": f"{shift.ends_at:%H:%M}",
        "lunch": shift.lunch_minutes,
    }


def shift_of(line: dict) -> PlannedShift:
    return PlannedShift(
        station_id=line["station"],
        person_id=line["person"],
        day=date.fromisoformat(line["day"]),
        starts_at=time.fromisoformat(line["starts"]),
        ends_at=time.fromisoformat(line["ends"]),
        lunch_minutes=line["lunch"],
    )


def judged_lines(proposal: RosterProposal, facts: RosterFacts, roster: Roster) -> list[drawing.Line]:
    """Each line as it stands today: new, there already, or no longer needed."""
    released = {shift.id for shift in to_release(proposal, facts, roster)}
    return drawing.judge(facts.facts, facts.shifts, [shift_of(line) for line in proposal.lines], released)


# --- words and figures ------------------------------------------------------------------------------------------------


def figures_of(drawn: Drawing) -> dict:
    """How even the month would be, and how even greedy would have made it. Yuan as text."""
    greedy = replace(drawn, proposal=drawn.greedy)
    return {
        "slots": len(drawn.task.slots),
        "price": drawn.price,
        "greedy_price": drawn.greedy_price,
        "evenness": asdict(drawing.evenness(drawn)),
        "greedy": asdict(drawing.evenness(greedy)),
    }


def summary(proposal: RosterProposal) -> str:
    gaps = f"，{len(proposal.gaps)} 个班次排不出人" if proposal.gaps else "，没有空档"
    proven = "，已证明没有更均衡的排法" if proposal.is_proven else ""
    return f"{proposal}：可排 {len(proposal.lines)} 个班次{gaps}{proven}。看过以后再采用。"


def open_proposal(*, county: Region, month: YearMonth) -> RosterProposal | None:
    return RosterProposal.objects.open().filter(county=county, first=month.first).select_related("made_by").first()
