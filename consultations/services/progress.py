"""Consultations against the year's targets, beside the time that has passed. Z-CON-1…3, annex 1."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from common import clock
from consultations.models import Consultation
from consultations.rules.topics import focus_counts
from organizations.models import Station
from programmes.calendar import between
from programmes.models import Plan, Target


@dataclass
class StationProgress:
    """One station's year: how many consultations, of how many, how satisfied."""

    station: Station
    target: int
    done: int
    rated: int = 0
    dissatisfied: int = 0
    incomplete: int = 0

    @property
    def percent(self) -> float:
        return 100 * self.done / self.target if self.target else 0.0

    @property
    def satisfaction(self) -> float | None:
        """1 − 不满意 / rated, in per cent; None without a rating (Z-CON-3, reading D20)."""
        return 100 * (self.rated - self.dissatisfied) / self.rated if self.rated else None


@dataclass
class Progress:
    """A county's year."""

    plan: Plan
    day: date
    stations: list[StationProgress]
    days_passed: int
    days_of_year: int

    @property
    def time_percent(self) -> float:
        """The time line: working days passed of the year's working days (Z-CON-2)."""
        return 100 * self.days_passed / self.days_of_year if self.days_of_year else 0.0

    @property
    def total(self) -> StationProgress:
        sums = [
            sum(getattr(each, name) for each in self.stations)
            for name in ("target", "done", "rated", "dissatisfied", "incomplete")
        ]
        return StationProgress(None, *sums)


def progress_of(*, county, day: date | None = None) -> Progress | None:
    """How far the county's stations have come by a day of the plan's year; None where no plan has targets. Five queries."""
    day = day or clock.today()
    plan = next((plan for plan in Plan.objects.covering(county, day) if plan.has_part("duty")), None)
    if plan is None:
        plan = Plan.objects.filter(region=county, ends_on__lt=day).order_by("-year").first()
        day = plan.ends_on if plan else day
    if plan is None:
        return None
    targets = dict(Target.objects.consultations().filter(plan=plan, station__isnull=False).values_list("station", "value"))
    counts = {row["station"]: row for row in counts_by_station(county, plan.starts_on, day)}
    stations = Station.objects.filter(Q(pk__in=targets) | Q(pk__in=counts)).order_by("order", "name")
    rows = [StationProgress(station, targets.get(station.pk, 0), *figures(counts.get(station.pk))) for station in stations]
    calendar = between(plan.starts_on, plan.ends_on)
    passed = len(calendar.working_days(plan.starts_on, day))
    return Progress(plan, day, rows, passed, len(calendar.working_days(plan.starts_on, plan.ends_on)))


def focus_of_county(county, progress: Progress) -> list[tuple[str, int]]:
    """The plan's five focus areas with how many of the year's consultations each has had. 四（一）4. One query."""
    counted = Consultation.objects.counted().filter(station__county=county).between(progress.plan.starts_on, progress.day)
    by_matter = dict(counted.order_by().values_list("matter").annotate(Count("pk")))
    return list(focus_counts(by_matter).items())


def counts_by_station(county, first, last):
    counted = Consultation.objects.counted().filter(station__county=county).between(first, last)
    return counted.values("station").annotate(
        done=Count("pk"),
        rated=Count("pk", filter=~Q(rating="")),
        dissatisfied=Count("pk", filter=Q(rating="dissatisfied")),
        incomplete=Count("pk", filter=~Q(missing=[])),
    )


def figures(row):
    return (row["done"], row["rated"], row["dissatisfied"], row["incomplete"]) if row else (0, 0, 0, 0)
