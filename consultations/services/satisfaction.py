"""Response and satisfaction by station against the target, the county pooled and averaged. Z-CON-3; domain 1.12."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Q

from consultations.models import Consultation, FollowUp
from consultations.rules.ratings import Tally, mean_of, pooled
from organizations.models import Region, Station
from programmes.models import Plan, Target

WORDS = ("very_satisfied", "satisfied", "basic", "dissatisfied")


@dataclass
class StationSatisfaction:
    """One station's period."""

    station: Station
    tally: Tally
    target: int | None = None

    @property
    def is_below(self) -> bool:
        rate = self.tally.satisfaction
        return rate is not None and self.target is not None and rate < self.target


@dataclass
class Satisfaction:
    """A county's period: its stations, their counts added up, the plain mean of their rates."""

    first: date
    last: date
    stations: list[StationSatisfaction]
    target: int | None

    @property
    def total(self) -> Tally:
        return pooled(each.tally for each in self.stations)

    @property
    def mean(self) -> float | None:
        return mean_of(each.tally.satisfaction for each in self.stations)

    @property
    def strict_mean(self) -> float | None:
        return mean_of(each.tally.strict for each in self.stations)

    @property
    def below(self) -> list[StationSatisfaction]:
        return [each for each in self.stations if each.is_below]


def satisfaction_of(*, county: Region, first: date, last: date) -> Satisfaction:
    """Every active station of the county and every one with a consultation in the period. Four queries."""
    counted = Consultation.objects.counted().filter(station__county=county).between(first, last)
    counts = (
        counted.order_by()
        .values("station")
        .annotate(asked=Count("pk"), **{f"n_{word}": Count("pk", filter=Q(rating=word)) for word in WORDS})
    )
    tallies = {row["station"]: Tally(row["asked"], *(row[f"n_{word}"] for word in WORDS)) for row in counts}
    targets = targets_of(county, last)
    stations = Station.objects.filter(Q(pk__in=tallies) | Q(pk__in=targets)).order_by("order", "name")
    rows = [StationSatisfaction(each, tallies.get(each.pk, Tally()), targets.get(each.pk)) for each in stations]
    return Satisfaction(first, last, rows, max(targets.values(), default=None))


def targets_of(county, day) -> dict[int, int]:
    """Each station's 平均满意度 target (annex 1), in per cent."""
    plan = next((plan for plan in Plan.objects.covering(county, day) if plan.has_part("duty")), None)
    found = Target.objects.filter(plan=plan, indicator=Target.Indicator.SATISFACTION, station__isnull=False) if plan else []
    return {row.station_id: row.value for row in found}


# --- follow-ups -------------------------------------------------------------------------------------------------------


@dataclass
class StationFollowUps:
    """One station's follow-ups of a period: by result, what was said, and beside it what those who were reached had rated."""

    station: Station
    results: dict[str, int] = field(default_factory=dict)
    said: Tally = Tally()
    own: Tally = Tally()
    worse: int = 0

    @property
    def drawn(self) -> int:
        """Whom somebody was to call; records made void meanwhile are nobody's to call."""
        return sum(n for state, n in self.results.items() if state != FollowUp.State.DROPPED)

    @property
    def answered(self) -> float | None:
        """Answers of all that were drawn, in per cent."""
        return 100 * self.results.get("done", 0) / self.drawn if self.drawn else None


def follow_ups_of(rows) -> list[StationFollowUps]:
    """These follow-ups by station. Two queries. `worse`: dissatisfied on the telephone who had rated otherwise."""
    rows = rows.order_by()
    is_worse = Q(satisfaction="dissatisfied") & ~Q(consultation__rating__in=["", "dissatisfied"])
    counts = (
        rows.annotate(station=F("consultation__station"))
        .values("station", "state")
        .annotate(
            n=Count("pk"),
            worse=Count("pk", filter=is_worse),
            **{f"said_{word}": Count("pk", filter=Q(satisfaction=word)) for word in WORDS},
            **{f"own_{word}": Count("pk", filter=Q(consultation__rating=word, state=FollowUp.State.DONE)) for word in WORDS},
        )
    )
    counts = list(counts)
    stations = Station.objects.in_bulk({row["station"] for row in counts})
    found: dict[int, StationFollowUps] = {}
    for row in counts:
        each = found.setdefault(row["station"], StationFollowUps(stations[row["station"]]))
        each.results[row["state"]] = row["n"]
        each.said += Tally(row["n"], *(row[f"said_{word}"] for word in WORDS))
        each.own += Tally(row["n"], *(row[f"own_{word}"] for word in WORDS))
        each.worse += row["worse"]
    return sorted(found.values(), key=lambda each: (each.station.order, each.station.name))


def state_words() -> list[tuple[str, str]]:
    return list(FollowUp.State.choices)
