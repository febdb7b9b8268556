"""What anybody may read without signing in: the published rosters, and nothing else. Z-ORG-2, plan 三（一）.

Only the latest published version speaks; drafts and changes not yet published do not exist here.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db.models import Q

from consultations.models import PublishedRoster
from consultations.rules import rosters as rules
from organizations.models import Region, Station


@dataclass(frozen=True)
class Turn:
    """One public line: who is where and when."""

    station: Station
    day: date
    name: str
    kind: str
    unit: str
    starts_at: time
    ends_at: time
    lunch_minutes: int
    is_changed: bool = False

    @property
    def hours(self):
        return f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M}"

    @property
    def lunch(self):
        return f"午休 {rules.hours(self.lunch_minutes)}" if self.lunch_minutes else ""

    @property
    def weekday(self):
        return rules.weekday(self.day)


@dataclass(frozen=True)
class PublicDuty:
    """The published turns between two days of a county, and which versions they come from."""

    county: Region
    first: date
    last: date
    turns: list[Turn] = field(default_factory=list)
    versions: list[PublishedRoster] = field(default_factory=list)

    def by_day(self) -> list[tuple[date, list[Turn]]]:
        days = defaultdict(list)
        for turn in self.turns:
            days[turn.day].append(turn)
        return sorted(days.items())

    def on(self, day: date) -> list[Turn]:
        return [turn for turn in self.turns if turn.day == day]

    @property
    def published_at(self) -> datetime | None:
        return max((version.published_at for version in self.versions), default=None)

    @property
    def changed(self) -> int:
        """How many of the turns the version in force has changed."""
        return sum(turn.is_changed for turn in self.turns)

    @property
    def supervision_phone(self) -> str:
        """The first supervision phone among the stations: one for the county as a rule."""
        return next((turn.station.supervision_phone for turn in self.turns if turn.station.supervision_phone), "")

    def key(self) -> str:
        """Changes when another version goes out."""
        return ".".join(f"{version.roster_id}v{version.version}" for version in self.versions)


def public_counties() -> list[Region]:
    """The counties that have published a roster."""
    published = PublishedRoster.objects.values("roster__month__county")
    return list(Region.objects.filter(pk__in=published).order_by("code", "name"))


def published_duty(*, county: Region, first: date, last: date, station: int | None = None) -> PublicDuty:
    """The public turns of a county between two days; what differs from the version before is marked. Three queries."""
    versions = list(
        PublishedRoster.objects.in_county(county)
        .filter(roster__month__first__range=(first.replace(day=1), last))
        .latest()
        .select_related("roster__month")
    )
    stations = {each.pk: each for each in Station.objects.in_county(county)}
    before = _versions_before(versions)
    turns = [
        _turn(line, stations[line["station"]], is_changed=version.roster_id in before and line not in before[version.roster_id])
        for version in versions
        for line in version.lines
        if line["station"] in stations
    ]
    chosen = [turn for turn in turns if first <= turn.day <= last and (station is None or turn.station.pk == station)]
    chosen.sort(key=lambda turn: (turn.day, turn.station.order, turn.starts_at, turn.name))
    return PublicDuty(county, first, last, chosen, sorted(versions, key=lambda each: each.roster.month.first))


def _versions_before(versions) -> dict[int, list[dict]]:
    """The lines of the version before each that is not the first, by roster."""
    wanted = Q(pk__in=[])
    for each in versions:
        wanted |= Q(roster=each.roster_id, version=each.version - 1)
    return dict(PublishedRoster.objects.filter(wanted).values_list("roster", "lines"))


def _turn(line, station, *, is_changed=False):
    return Turn(
        is_changed=is_changed,
        station=station,
        day=date.fromisoformat(line["day"]),
        name=line["name"],
        kind=line["kind"],
        unit=line["unit"],
        starts_at=time.fromisoformat(line["starts"]),
        ends_at=time.fromisoformat(line["ends"]),
        lunch_minutes=line["lunch"],
    )


def publication_stamp() -> str:
    """Changes with every roster that is published and with every name, address or number of a station. Two queries."""
    count = PublishedRoster.objects.count()
    places = Station.objects.order_by("pk").values_list(
        "pk", "name", "short_name", "address", "phone", "supervision_phone", "opens_at", "closes_at", "is_active", "order"
    )
    return hashlib.sha256(repr((count, list(places))).encode()).hexdigest()[:16]
