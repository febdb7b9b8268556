"""How often each station is on duty in a month, against what the plan and the bureau ask. Z-ROS-1, Z-ROS-3."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from common.periods import YearMonth
from consultations.rules.proposing import missing_turns
from consultations.services.roster_facts import roster_facts
from consultations.services.roster_page import GAP_CODES, summary
from organizations.models import Region, Station
from programmes.models import StationFrequency

POLICIES = dict(StationFrequency.Policy.choices)


@dataclass(frozen=True)
class Coverage:
    """One station's month: what is asked, what is planned, what is missing, in words."""

    station: Station
    policy: str
    reason: str
    planned: int
    missing: int
    words: str
    is_error: bool

    @property
    def is_short(self):
        return bool(self.words)


def coverage_of(*, user, county: Region, month: YearMonth) -> list[Coverage]:
    """A line for each station this user may see, the short ones first. A fixed number of queries."""
    facts = roster_facts(county=county, month=month)
    visible = set(Station.objects.visible_to(user).in_county(county).values_list("pk", flat=True))
    decided = {row.station_id: row for row in StationFrequency.objects.filter(station__in=visible).on(month.last)}
    planned = Counter(each.station_id for each in facts.shifts if each.day in month)
    gaps = defaultdict(list)
    for problem in facts.problems():
        if problem.code in GAP_CODES:
            gaps[problem.station_id].append(problem)
    lines = []
    for station, place in zip(facts.stations, facts.facts.stations, strict=True):
        if station.pk not in visible:
            continue
        decision = decided.get(station.pk)
        policy = POLICIES.get(place.policy, "方案未规定")
        if place.times_per_month:
            policy = f"{policy}，每月 {place.times_per_month} 次"
        found = gaps[station.pk]
        lines.append(
            Coverage(
                station=station,
                policy=policy,
                reason=decision.reason if decision else "",
                planned=planned[station.pk],
                missing=len(missing_turns(facts.facts, place, facts.shifts)),
                words=summary(found),
                is_error=any(problem.is_error for problem in found),
            )
        )
    return sorted(lines, key=lambda line: (not line.is_error, not line.is_short))
