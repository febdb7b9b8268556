"""What the pure checks of a roster need, read with a number of queries that does not grow with the month."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.db.models import Count, Q

from common.periods import YearMonth
from consultations.models import DutyLeave, DutyWish, Shift
from consultations.rules.rosters import (
    FREQUENCY_CLAUSE,
    MonthFacts,
    PersonFacts,
    PlannedShift,
    Problem,
    StationFacts,
    Stay,
    Wish,
    check_month,
)
from organizations.models import PoolEntry, PublicServantStatus, Region, Station
from programmes import calendar
from programmes.rules.terms import Terms
from programmes.services.frequencies import frequencies_on
from programmes.services.plans import NoPlan, plan_for

A_WEEK = timedelta(days=6)
RECENT = 2  # months before, whose turns say who comes first where all else is equal


@dataclass
class RosterFacts:
    """A county's month: the pure facts, the shifts with their neighbours, and how firm the ground is."""

    county: Region
    month: YearMonth
    facts: MonthFacts
    shifts: list[PlannedShift]
    has_plan: bool = True
    stations: list[Station] = field(default_factory=list)

    def problems(self, extra=()) -> list[Problem]:
        """What is wrong with the month as it stands, or as it would stand with `extra` shifts."""
        return check_month(self.facts, [*self.shifts, *extra])


def roster_facts(*, county: Region, month: YearMonth, with_wishes: bool = False) -> RosterFacts:
    """Everything the checks ask about a county's month. Eight queries; `with_wishes`, for drawing, twelve.

    Without a plan for the month nothing is asked of the stations, and `has_plan` says so.
    """
    first, last = month.first - A_WEEK, month.last + A_WEEK
    terms = _terms(county, month)
    stations = list(Station.objects.active().in_county(county))
    shifts = planned_shifts(Shift.objects.standing().in_county(county).filter(day__range=(first, last)))
    people = people_in_pool(county=county, first=month.first, last=month.last)
    facts = MonthFacts(
        month=month,
        stations=tuple(_stations(stations, month, terms)),
        people=with_availability(people, month) if with_wishes else people,
        calendar=calendar.between(first, last),
    )
    return RosterFacts(county, month, facts, shifts, has_plan=bool(terms), stations=stations)


def planned_shifts(shifts) -> list[PlannedShift]:
    """Shifts as the rules see them; one query."""
    rows = shifts.order_by("day", "starts_at", "pk").values_list(
        "station_id", "practitioner_id", "day", "starts_at", "ends_at", "lunch_minutes", "override_reason", "pk"
    )
    return [PlannedShift(*row) for row in rows]


def people_in_pool(*, county: Region, first, last) -> dict[int, PersonFacts]:
    """Everybody with a stay in the county's pool between two days, with the stations allowed. Z-DUTY-3. Two queries."""
    entries = (
        PoolEntry.objects.filter(county=county, state=PoolEntry.State.ADMITTED, since__lte=last)
        .filter(Q(until=None) | Q(until__gte=first))
        .select_related("practitioner")
        .prefetch_related("stations")
    )
    stays, names = defaultdict(list), {}
    for entry in entries:
        allowed = frozenset(station.pk for station in entry.stations.all())
        stays[entry.practitioner_id].append(Stay(entry.since, entry.until, allowed))
        names[entry.practitioner_id] = entry.practitioner.name
    return {pk: PersonFacts(pk, name, tuple(stays[pk])) for pk, name in sorted(names.items(), key=lambda item: item[0])}


def with_availability(people: dict[int, PersonFacts], month: YearMonth) -> dict[int, PersonFacts]:
    """The same people with their leaves and wishes, whether they are paid, and their turns of late. Four queries."""
    leaves, recent = defaultdict(list), {}
    for leave in DutyLeave.objects.standing().filter(practitioner__in=people).touching(month.first, month.last):
        leaves[leave.practitioner_id].append((leave.since, leave.until))
    wishes = {
        wish.practitioner_id: Wish(frozenset(wish.liked), frozenset(wish.avoided), wish.most)
        for wish in DutyWish.objects.filter(practitioner__in=people)
    }
    since = month
    for _ in range(RECENT):
        since = since.previous()
    before = Shift.objects.standing().filter(practitioner__in=people, day__gte=since.first, day__lt=month.first)
    recent = dict(before.order_by().values_list("practitioner").annotate(turns=Count("pk")))
    public = PublicServantStatus.objects.public_on(month.last).filter(practitioner__in=people)
    unpaid = set(public.values_list("practitioner", flat=True))
    return {
        pk: replace(
            person,
            leaves=tuple(leaves[pk]),
            wish=wishes.get(pk, Wish()),
            is_unpaid=pk in unpaid,
            recent=recent.get(pk, 0),
        )
        for pk, person in people.items()
    }


def _terms(county, month) -> Terms:
    try:
        plan = plan_for(county=county, day=month.last)
    except NoPlan:
        return Terms({}, day=month.last)
    return plan.terms_on(month.last)


def _stations(stations, month, terms):
    frequencies = frequencies_on(stations=stations, day=month.last, terms=terms)
    for station in stations:
        planned = terms.for_station("duty.frequency", station.kind)
        minimum = terms.for_station("duty.min_hours", station.kind)
        least = terms.for_station("duty.min_times_per_month", station.kind)
        rate = terms.for_station("duty.rate", station.kind)
        frequency = frequencies.get(station.pk)
        yield StationFacts(
            id=station.pk,
            name=station.short_name or station.name,
            policy=str(frequency.policy) if frequency else "",
            times_per_month=frequency.times_per_month if frequency else None,
            must=bool(planned and planned.value == "workday"),
            least=least.value if least else 0,
            minimum=minimum.value * 60 if minimum else None,
            opens_at=station.opens_at,
            closes_at=station.closes_at,
            lunch_minutes=station.lunch_minutes,
            frequency_clause=planned.clause if planned else FREQUENCY_CLAUSE,
            minimum_clause=minimum.clause if minimum else FREQUENCY_CLAUSE,
            rate=int(rate.value * 100) if rate else 0,
        )
