"""Duty and consultation: rosters, attendance, roll calls, findings, settlements, station months, records."""

from consultations.models.attendance import Attendance, RollCall, Settlement, StationMonth
from consultations.models.availability import DutyLeave, DutyWish
from consultations.models.complaints import DutyComplaint
from consultations.models.consultations import Consultation
from consultations.models.findings import CriticismNotice, Finding
from consultations.models.followups import FollowUp, FollowUpDraw, FollowUpTry
from consultations.models.handovers import Handover
from consultations.models.inspections import Inspection, InspectionPoint, RectificationStep
from consultations.models.offers import DutyReminder, SwapOffer
from consultations.models.proposals import RosterProposal
from consultations.models.ratings import Rating, RatingTicket
from consultations.models.revisions import ConsultationRevision
from consultations.models.roll_call_draws import RollCallDraw
from consultations.models.rosters import CalendarFeed, PublishedRoster, Roster, Shift, ShiftChange
from consultations.models.signals import Signal, SignalSweep
from consultations.models.station_days import ConsultationDraft, LateEntry, StationDayCode

__all__ = [
    "Attendance",
    "CalendarFeed",
    "Consultation",
    "ConsultationDraft",
    "ConsultationRevision",
    "CriticismNotice",
    "DutyComplaint",
    "DutyLeave",
    "DutyReminder",
    "DutyWish",
    "Finding",
    "FollowUp",
    "FollowUpDraw",
    "FollowUpTry",
    "Handover",
    "Inspection",
    "InspectionPoint",
    "LateEntry",
    "PublishedRoster",
    "Rating",
    "RatingTicket",
    "RectificationStep",
    "RollCall",
    "RollCallDraw",
    "Roster",
    "RosterProposal",
    "Settlement",
    "Shift",
    "ShiftChange",
    "Signal",
    "SignalSweep",
    "StationDayCode",
    "StationMonth",
    "SwapOffer",
]
