"""A county's records as the detectors of signals see them: six queries for any number of rows."""

from datetime import date, datetime

from common.clock import SHANGHAI
from consultations.models import Consultation, Rating, Shift
from consultations.rules.signals import Duty, Entry, Facts, Given
from organizations.models import Region


def signal_facts(*, county: Region, first: date, last: date) -> Facts:
    """Shifts that stood, records that count, and ratings, of the days from first to last."""
    entries = entries_of(county, first, last)
    served: dict[int, int] = {}
    for entry in entries:
        if entry.shift:
            served[entry.shift] = served.get(entry.shift, 0) + 1
    return Facts(duties_of(county, first, last, served), entries, ratings_of(county, first, last))


def moment(day, time) -> datetime:
    return datetime.combine(day, time, SHANGHAI)


def duties_of(county, first, last, served) -> list[Duty]:
    rows = Shift.objects.in_county(county).standing().filter(day__range=(first, last))
    found = []
    for row in rows.select_related("station", "practitioner", "attendance").order_by("pk"):
        record = getattr(row, "attendance", None)
        came, left = (record.sign_in, record.sign_out) if record else (None, None)
        found.append(
            Duty(
                row.pk, row.station_id, row.station.short_name, row.practitioner_id, row.practitioner.name,
                moment(row.day, row.starts_at), moment(row.day, row.ends_at),
                moment(row.day, came) if came else None, moment(row.day, left) if left else None, served.get(row.pk, 0),
            )
        )  # fmt: skip
    return found


def entries_of(county, first, last) -> list[Entry]:
    rows = Consultation.objects.counted().filter(station__county=county).between(first, last).order_by("pk")
    fields = ("pk", "number", "station", "station__short_name", "practitioner", "practitioner__name", "shift", "day", "time",
              "recorded_at", "recorded_by", "recorded_by__is_system", "question", "answer", "matter", "client_phone_index",
              "client_id_index", "late_entry__pk")  # fmt: skip
    return [
        Entry(
            id=pk, number=number or "", station=station, place=place, person=person, name=name, shift=shift, day=day,
            at=moment(day, time) if time else None, recorded_at=recorded_at.astimezone(SHANGHAI), recorder=recorder,
            text=f"{question}\n{answer}", matter=matter, client=id_key or phone_key,
            is_sent_later=bool(late or is_system),
        )
        for pk, number, station, place, person, name, shift, day, time, recorded_at, recorder, is_system, question, answer,
        matter, phone_key, id_key, late in rows.values_list(*fields)
    ]  # fmt: skip


def ratings_of(county, first, last) -> list[Given]:
    rows = Rating.objects.filter(consultation__station__county=county, consultation__day__range=(first, last)).order_by("pk")
    fields = ("pk", "consultation", "consultation__number", "consultation__station", "consultation__station__short_name",
              "consultation__day", "device", "ticket__device", "way")  # fmt: skip
    return [
        Given(pk, entry, number or "", station, place, day, device, made_on, way)
        for pk, entry, number, station, place, day, device, made_on, way in rows.values_list(*fields)
    ]
