"""Who could stand in on a shift, best first and with reasons, and which shifts could be swapped with it. Z-DUTY-3, Z-ROS-5, Z-ROS-6."""

from collections import Counter
from datetime import timedelta

from consultations.models import Shift
from consultations.rules.ranking import Candidate, ranked
from consultations.services.roster_facts import people_in_pool, planned_shifts, with_availability

OF_LATE = timedelta(days=62)


def substitutes_for(shift: Shift) -> list[Candidate]:
    """People in the pool who may serve there that day, are not elsewhere at that time and not on leave. Eight queries."""
    month = shift.period
    people = people_in_pool(county=shift.station.county, first=shift.day, last=shift.day)
    people = with_availability(people, month)
    others = planned_shifts(Shift.objects.standing().filter(day=shift.day, practitioner__in=list(people)))
    taken = {
        each.person_id
        for each in others
        if each.id != shift.pk and each.starts_at < shift.ends_at and shift.starts_at < each.ends_at
    }
    names = dict(
        Shift.objects.standing().filter(day=shift.day).exclude(pk=shift.pk).values_list("practitioner", "station__short_name")
    )
    turns, known = _turns(people, shift)
    return ranked(
        Candidate(person, turns[person.id], known[person.id], names.get(person.id, ""), shift.day)
        for person in people.values()
        if person.id != shift.practitioner_id
        and person.id not in taken
        and person.may_serve(shift.station_id, shift.day)
        and not person.is_on_leave(shift.day)
    )


def _turns(people, shift):
    """Everybody's turns of the month, and at this station of late."""
    month, turns, known = shift.period, Counter(), Counter()
    since = min(month.first, shift.day - OF_LATE)
    rows = Shift.objects.standing().filter(practitioner__in=list(people), day__range=(since, max(month.last, shift.day)))
    for person, station, day in rows.values_list("practitioner", "station", "day"):
        turns[person] += day in month
        known[person] += station == shift.station_id
    return turns, known


def shifts_to_swap(shift: Shift) -> list[Shift]:
    """Other people's shifts of the month with nothing recorded yet, where both may serve at the other's place."""
    month = shift.period
    people = people_in_pool(county=shift.station.county, first=month.first, last=month.last)
    rows = (
        Shift.objects.standing()
        .filter(station__county=shift.station.county, day__range=(month.first, month.last), attendance=None)
        .exclude(practitioner=shift.practitioner)
        .select_related("station", "practitioner")
        .order_by("day", "station__order", "pk")
    )
    leaver = people.get(shift.practitioner_id)
    if leaver is None:
        return []
    return [
        row
        for row in rows
        if row.practitioner_id in people
        and people[row.practitioner_id].may_serve(shift.station_id, shift.day)
        and leaver.may_serve(row.station_id, row.day)
    ]
