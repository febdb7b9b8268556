"""What the public start page says: where somebody is on duty today and this week, township by township. Z-ORG-2; ui.md §3.2."""

from dataclasses import dataclass
from datetime import date, timedelta

from consultations.services.public_duty import PublicDuty, Turn, published_duty
from organizations.models import Region, Station


@dataclass(frozen=True)
class Place:
    """One station of the county this week: its published turns, and whether the week is published at all."""

    station: Station
    turns: list[Turn]
    today: list[Turn]

    @property
    def is_empty(self) -> bool:
        return not self.turns


@dataclass(frozen=True)
class PublicWeek:
    """The week of a day in one county. Nothing published for it is said as such, not as nobody being there."""

    county: Region
    first: date
    last: date
    duty: PublicDuty
    places: list[Place]

    @property
    def is_published(self) -> bool:
        return bool(self.duty.turns)


def public_week(county: Region, day: date) -> PublicWeek:
    """Monday to Sunday around the day, every active station of the county in the order of annex 1. Four queries."""
    first = day - timedelta(days=day.weekday())
    last = first + timedelta(days=6)
    duty = published_duty(county=county, first=first, last=last)
    turns: dict[int, list[Turn]] = {}
    for turn in duty.turns:
        turns.setdefault(turn.station.pk, []).append(turn)
    stations = (
        Station.objects.active().in_county(county).filter(kind__in=[Station.Kind.COUNTY_CENTRE, Station.Kind.TOWNSHIP_STATION])
    )
    places = [
        Place(station, turns.get(station.pk, []), [turn for turn in turns.get(station.pk, []) if turn.day == day])
        for station in stations
    ]
    return PublicWeek(county, first, last, duty, places)
