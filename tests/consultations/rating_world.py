"""A registered consultation of an ordinary day, and the slip its person is given."""

import datetime

from consultations.models import Consultation
from consultations.services.consultations import register_consultation
from consultations.services.ratings import make_ticket

VALUES = {
    "time": datetime.time(9, 30),
    "channel": "onsite",
    "client_name": "甲某某",
    "client_phone": "13812345678",
    "groups": [],
    "party_count": 1,
    "matter": "labour",
    "question": "工程款拖欠工资八个月怎么办",
    "answer": "告知先申请劳动仲裁并准备证据",
    "outcome": "answered",
    "advisor_signed": True,
}


def consulted(shift, clerk, **changes) -> Consultation:
    """A complete record of that shift, registered by the clerk."""
    place = {"station": shift.station, "practitioner": shift.practitioner, "day": shift.day}
    return register_consultation(values={**VALUES, **place, **changes}, by=clerk)


def slip_for(record, clerk):
    return make_ticket(consultation_id=record.pk, by=clerk)
