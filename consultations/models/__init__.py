"""Duty and consultation: rosters, attendance, roll calls, findings, settlements, station months, records."""

from consultations.models.attendance import Attendance, RollCall, Settlement, StationMonth
from consultations.models.consultations import Consultation
from consultations.models.findings import CriticismNotice, Finding
from consultations.models.rosters import CalendarFeed, PublishedRoster, Roster, Shift, ShiftChange

__all__ = [
    "Attendance",
    "CalendarFeed",
    "Consultation",
    "CriticismNotice",
    "Finding",
    "PublishedRoster",
    "RollCall",
    "Roster",
    "Settlement",
    "Shift",
    "ShiftChange",
    "StationMonth",
]
