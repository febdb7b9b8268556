"""Why a turn could not be filled: whom the pool, the stations, leaves, limits and other turns keep away. Pure.

A gap is explained by the people, each with the first thing that stands in her way on the day that comes nearest.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from consultations.rules.proposing import Proposal, Slot, Task
from consultations.rules.rosters import POOL_CLAUSE

NAMED = 4
NOT_ASKED, POOL, STATION, LEAVE, TAKEN, LIMIT, DRAWN = "not_asked", "pool", "station", "leave", "taken", "limit", "drawn"
WORDS = {
    POOL: f"不在库（方案{POOL_CLAUSE}）",
    STATION: "入库范围不包括本站",
    LEAVE: "请假",
    LIMIT: "已到每月最多班次",
    TAKEN: "当天已有班次",
    DRAWN: "当天另排别站",
    NOT_ASKED: "没有选为可排人员",
}
ADVICE = {
    POOL: "增加入库人员",
    STATION: "扩大入库人员的可值班站点",
    LEAVE: "与请假的人商定",
    LIMIT: "放宽每人最多班次",
    TAKEN: "调开当天已排的班次",
    DRAWN: "增加当天可值班的人",
    NOT_ASKED: "把没有选的人也选上",
}


@dataclass(frozen=True)
class Reason:
    """One thing that stands in the way, and of whom."""

    code: str
    people: tuple[str, ...]

    @property
    def words(self) -> str:
        named = "、".join(self.people[:NAMED])
        more = f"等 {len(self.people)} 人" if len(self.people) > NAMED else ""
        return f"{named}{more}{WORDS[self.code]}"


@dataclass(frozen=True)
class Gap:
    """A turn nobody serves, why, and what would help first."""

    slot: Slot
    day: date
    reasons: tuple[Reason, ...]

    @property
    def is_forbidden(self) -> bool:
        """Whether the plan asks for it without exception."""
        return self.slot.station.must

    @property
    def words(self) -> str:
        if not self.reasons:
            return "值班人员库没有人：请先办理入库。"
        kept = "；".join(reason.words for reason in self.reasons)
        return f"{kept}。可以{ADVICE[self.reasons[-1].code]}。"


def explain(task: Task, proposal: Proposal) -> list[Gap]:
    """Every open turn with its reasons, what is farthest from being mended first."""
    drawn = {(shift.person_id, shift.day) for shift in proposal.shifts}
    return [_gap(task, slot, drawn) for slot in proposal.unfilled]


# From the farthest to the nearest: what is named last is what is easiest to mend.
DISTANCE = [POOL, STATION, NOT_ASKED, LEAVE, TAKEN, LIMIT, DRAWN]


def _gap(task, slot, drawn):
    """Of a turn with several days, the day on which the most people are nearest to being free."""
    day, found = max(
        ((day, _hindered(task, slot, day, drawn)) for day in slot.days),
        key=lambda each: [len(each[1][code]) for code in reversed(DISTANCE)],
    )
    return Gap(slot, day, tuple(Reason(code, tuple(sorted(found[code]))) for code in DISTANCE if found[code]))


def _hindered(task, slot, day, drawn) -> dict[str, list[str]]:
    found = defaultdict(list)
    for person in task.facts.people.values():
        found[_hindrance(task, slot, day, person, drawn)].append(person.name)
    return found


def _hindrance(task, slot, day, person, drawn):
    if not person.stays_on(day):
        return POOL
    if not person.may_serve(slot.station.id, day):
        return STATION
    if person.id not in task.people:
        return NOT_ASKED
    if person.is_on_leave(day):
        return LEAVE
    if (person.id, day) in task.busy:
        return TAKEN
    if (person.id, day) in drawn:
        return DRAWN
    return LIMIT


def gap_words(gap: Gap) -> str:
    """A gap in one line: where, when, why."""
    return f"{gap.slot.station.name} {gap.slot.label}：{gap.words}"
