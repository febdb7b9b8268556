"""A proposal as the planners look at it: what it would add to the grid and take out, how even it is, what it leaves open."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from consultations.models import RosterProposal
from consultations.rules import drawing
from consultations.rules import rosters as rules
from consultations.rules.rosters import Problem
from consultations.services.drawing import judged_lines, to_release
from consultations.services.roster_facts import roster_facts
from consultations.services.roster_page import Day, days_of
from consultations.services.rosters import roster_of
from organizations.models import Station

# Word and CSS class of what the grid shows.
KEPT, NEW, OUT = ("已排", "kept"), ("新排", "new"), ("撤下", "out")


@dataclass(frozen=True)
class Mark:
    """One person in one cell."""

    name: str
    word: str
    css: str
    label: str


@dataclass
class Cell:
    day: Day
    marks: list[Mark] = field(default_factory=list)


@dataclass
class Row:
    """One station's month."""

    station: Station
    cells: list[Cell]
    new: int = 0
    gaps: list[dict] = field(default_factory=list)

    @property
    def changes(self) -> list[tuple[Day, Mark]]:
        """For telephones: what comes and goes, day by day."""
        return [(cell.day, mark) for cell in self.cells for mark in cell.marks if mark.css != KEPT[1]]


@dataclass(frozen=True)
class Load:
    """One person's month as it would be; pay in yuan, None for who is not paid (Z-DUTY-2)."""

    name: str
    before: int
    new: int
    pay: int | None
    against: int
    limit: int | None
    leaves: str

    @property
    def total(self) -> int:
        return self.before + self.new


@dataclass
class ProposalPage:
    proposal: RosterProposal
    days: list[Day]
    rows: list[Row]
    loads: list[Load]
    problems: list[Problem]
    added: int
    released: int
    unneeded: int

    @property
    def has_errors(self) -> bool:
        return any(problem.is_error for problem in self.problems)

    @property
    def stations(self) -> list[Station]:
        """Those with something to take over."""
        return [row.station for row in self.rows if row.new]


def proposal_page(proposal: RosterProposal) -> ProposalPage:
    """What a proposal would do to the month as it stands now. About fifteen queries."""
    month = proposal.month
    facts = roster_facts(county=proposal.county, month=month, with_wishes=True)
    roster = roster_of(county=proposal.county, month=month)
    lines = judged_lines(proposal, facts, roster)
    added = [line.shift for line in lines if line.is_new]
    there = {line.existing for line in lines if line.existing}
    out = [shift for shift in to_release(proposal, facts, roster) if shift.id not in there]
    gone = {shift.id for shift in out}
    kept = [shift for shift in facts.shifts if shift.id not in gone]
    new = {(each.station_id, each.day, each.person_id) for each in added}
    found = rules.check_month(facts.facts, [*kept, *added])
    problems = [each for each in found if (each.station_id, each.day, each.person_id) in new]
    days = days_of(month, facts)
    return ProposalPage(
        proposal=proposal,
        days=days,
        rows=_rows(proposal, facts, days, kept, added, out),
        loads=_loads(facts, kept, added),
        problems=problems,
        added=len(added),
        released=len(out),
        unneeded=sum(line.state == drawing.UNNEEDED for line in lines),
    )


def _rows(proposal, facts, days, kept, added, out):
    marks, news, gaps = defaultdict(list), Counter(each.station_id for each in added), defaultdict(list)
    for (word, css), shifts in ((KEPT, kept), (NEW, added), (OUT, out)):
        for each in shifts:
            if each.day in facts.month:
                marks[each.station_id, each.day].append(_mark(facts, each, word, css))
    for gap in proposal.gaps:
        gaps[gap["station"]].append(gap)
    wanted = {each.station_id for each in (*kept, *added, *out) if each.day in facts.month} | set(gaps)
    return [
        Row(station, [Cell(day, marks[station.pk, day.day]) for day in days], news[station.pk], gaps[station.pk])
        for station in facts.stations
        if station.pk in wanted
    ]


def _mark(facts, shift, word, css):
    person, station = facts.facts.people.get(shift.person_id), facts.facts.by_id.get(shift.station_id)
    name = person.name if person else "不在库"
    return Mark(name, word, css, f"{station.name if station else ''} {rules.short(shift.day)} {name} {word}".strip())


def _loads(facts, kept, added):
    before = Counter(each.person_id for each in kept if each.day in facts.month)
    new = Counter(each.person_id for each in added)
    pay, against = Counter(), Counter()
    for each in (*kept, *added):
        station, person = facts.facts.by_id.get(each.station_id), facts.facts.people.get(each.person_id)
        if each.day in facts.month and station and person:
            pay[each.person_id] += station.rate // 100
            against[each.person_id] += each.day.weekday() in person.wish.avoided
    return [
        Load(
            name=person.name,
            before=before[pk],
            new=new[pk],
            pay=None if person.is_unpaid else pay[pk],
            against=against[pk],
            limit=person.wish.most,
            leaves="、".join(_span(max(first, facts.month.first), min(last, facts.month.last)) for first, last in person.leaves),
        )
        for pk, person in sorted(facts.facts.people.items(), key=lambda item: (-before[item[0]] - new[item[0]], item[1].name))
    ]


def _span(first, last):
    return rules.short(first) if first == last else f"{rules.short(first)}至{rules.short(last)}"
