"""What a form says before it is saved, and which records look doubtful. Z-CON-4, Z-DED-1. Nothing is written here."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from common.free_text import mask_numbers
from consultations.models import Consultation
from consultations.models.searching import id_key, phone_key
from consultations.rules.records import Nearby, Suggestion, doubts, missing_columns, suggest_legal_aid
from consultations.services.consultations import FREE_TEXTS, shift_of
from consultations.services.shift_facts import Terms
from consultations.services.signals import limits

SHOWN = 5
NEIGHBOURS = ("number", "time", "matter", "client_phone_index", "question", "practitioner_id", "client_id_index")


@dataclass(frozen=True)
class Preview:
    """What the form says before it is saved: what is missing (column → words), what that costs, what looks doubtful, who may get legal aid."""

    missing: dict
    cost: object
    clause: str
    doubts: list
    suggestion: Suggestion | None
    earlier: list
    elsewhere: list
    numbers_in_text: tuple


def preview(*, values: dict, by: User, record: Consultation | None = None) -> Preview:
    """Look a record over before it is saved. Values may be incomplete."""
    shift = shift_of(values)
    missing = missing_columns({**values, "shift": shift})
    cost, clause = cost_of_a_defect(values)
    own, elsewhere = same_person(values, by, record)
    return Preview(
        missing,
        cost if missing else None,
        clause,
        doubts_about(values, shift, record),
        suggest_legal_aid(values.get("groups") or (), values.get("matter") or ""),
        own,
        elsewhere,
        tuple(dict.fromkeys(kind for column in FREE_TEXTS for kind in mask_numbers(values.get(column)).found)),
    )


def cost_of_a_defect(values):
    """What one defective record costs at the station on the day, by the plan; None where nothing is deducted."""
    station, day = values.get("station"), values.get("day")
    terms = Terms().on(station.county, day) if station and day else None
    if terms is None or terms.for_station("duty.rate", station.kind) is None:
        return None, ""
    term = terms.for_station("duty.deduction.record_defect", station.kind)
    return (term.value, term.clause) if term else (None, "")


def doubts_about(values, shift, record):
    """The warnings about one record, from all records of the day that could be the same."""
    station, day = values.get("station"), values.get("day")
    if not (station and day):
        return []
    phone, number = phone_key(values.get("client_phone")), id_key(values.get("client_id_number"))
    question = (values.get("question") or "").strip()
    own = Nearby("", values.get("time"), values.get("matter") or "", phone, question, True, number)
    person = values.get("practitioner")
    others = Consultation.objects.filter(station__county=station.county_id, day=day, is_void=False)
    alike = Q(station=station)
    if phone:
        alike |= Q(client_phone_index=phone)
    if number:
        alike |= Q(client_id_index=number)
    others = others.filter(alike)
    if record:
        others = others.exclude(pk=record.pk)
    rows = others.order_by("pk").values_list(*NEIGHBOURS)[:200]
    nearby = [nearby_of(row, person.pk if person else None) for row in rows]
    span = (shift.starts_at, shift.ends_at) if shift else None
    return doubts(own, span, nearby, most_an_hour=limits().an_hour)


def nearby_of(row, person_id) -> Nearby:
    number, at, matter, phone, question, adviser, id_index = row
    return Nearby(
        number or "未编号", at, matter, phone, question.strip(), person_id is not None and adviser == person_id, id_index
    )


def same_person(values, by, record):
    """Earlier consultations of the same telephone or ID number: those this user may see, and the days of the others.

    Of another station's record she learns the day only, so that nobody is sent from counter to counter unheard.
    """
    phone, number, station = phone_key(values.get("client_phone")), id_key(values.get("client_id_number")), values.get("station")
    if not (phone or number):
        return [], []
    alike = Q(pk__in=[])
    if phone:
        alike |= Q(client_phone_index=phone)
    if number:
        alike |= Q(client_id_index=number)
    found = Consultation.objects.filter(alike, is_void=False)
    if record:
        found = found.exclude(pk=record.pk)
    own = list(found.filter(pk__in=Consultation.objects.visible_to(by).filter(alike)).select_related("station")[:SHOWN])
    if station is None:
        return own, []
    others = found.filter(station__county=station.county_id).exclude(pk__in=Consultation.objects.visible_to(by).filter(alike))
    return own, list(others.values_list("day", flat=True).order_by("-day")[:SHOWN])


# --- the list of doubtful records -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Doubtful:
    """A record with what is odd about it, and the earlier one it may be the double of."""

    record: Consultation
    words: list
    twin: Consultation | None


def doubtful_records(records) -> list[Doubtful]:
    """Those of the given records that look made up or doubled, newest first. Each is compared with the day's others given.

    One query. Of two doubles only the later one is listed, with the earlier one as its twin.
    """
    rows = list(records.select_related("station__county", "practitioner", "shift").order_by("day", "pk"))
    days = defaultdict(list)
    for row in rows:
        days[row.station.county_id, row.day].append(row)
    found = []
    for same_day in days.values():
        for place, row in enumerate(same_day):
            others = [
                other for other in same_day if other.pk != row.pk and (other.station_id == row.station_id or is_twin(row, other))
            ]
            span = (row.shift.starts_at, row.shift.ends_at) if row.shift else None
            words = doubts(seen(row, row), span, [seen(other, row) for other in others], most_an_hour=limits().an_hour)
            earlier = [other for other in same_day[:place] if is_twin(row, other)]
            later = [other for other in same_day[place + 1 :] if is_twin(row, other)]
            if later and not earlier:
                words = [each for each in words if "同一" not in each[:2]]
            if words:
                found.append(Doubtful(row, words, earlier[0] if earlier else None))
    return sorted(found, key=lambda each: (each.record.day, each.record.pk), reverse=True)


def seen(other, row) -> Nearby:
    return nearby_of(
        (
            str(other),
            other.time,
            other.matter,
            other.client_phone_index,
            other.question,
            other.practitioner_id,
            other.client_id_index,
        ),
        row.practitioner_id,
    )


def is_twin(one, other) -> bool:
    """The same person with the same matter."""
    return one.matter == other.matter and seen(one, one).is_same_person(seen(other, one))
