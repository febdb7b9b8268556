"""Plans with their dated terms, the working calendar, deadlines, station frequencies, and months with their closing."""

from programmes.models.calendars import CalendarDay, CalendarYear
from programmes.models.deadlines import Deadline, DeadlineRule
from programmes.models.frequencies import StationFrequency
from programmes.models.months import Month, MonthEvent
from programmes.models.obligations import Obligation
from programmes.models.plans import Clause, Note, Plan, PlanDraft, Target, Term

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "Clause",
    "Deadline",
    "DeadlineRule",
    "Month",
    "MonthEvent",
    "Note",
    "Obligation",
    "Plan",
    "PlanDraft",
    "StationFrequency",
    "Target",
    "Term",
]
