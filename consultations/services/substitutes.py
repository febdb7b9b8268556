"""Who could stand in on a shift, and which shifts could be swapped with it. Z-DUTY-3, Z-ROS-5, Z-ROS-6."""

from consultations.models import Shift
from consultations.rules.rosters import PersonFacts
from consultations.services.roster_facts import people_in_pool, planned_shifts


def substitutes_for(shift: Shift) -> list[PersonFacts]:
    """People in the pool who may serve at the station on that day and are not elsewhere at that time. Three queries."""
    people = people_in_pool(county=shift.station.county, first=shift.day, last=shift.day)
    others = planned_shifts(Shift.objects.standing().filter(day=shift.day, practitioner__in=list(people)))
    taken = {
        each.person_id
        for each in others
        if each.id != shift.pk and each.starts_at < shift.ends_at and shift.starts_at < each.ends_at
    }
    free = [
        person
        for person in people.values()
        if person.id != shift.practitioner_id and person.id not in taken and person.may_serve(shift.station_id, shift.day)
    ]
    return sorted(free, key=lambda person: person.name)


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
