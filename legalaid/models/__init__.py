"""Tables of special-group legal aid: the case, its people, its procedure, who undertakes it."""

from legalaid.models.assignments import Assignment, Specialty
from legalaid.models.cases import AidCase
from legalaid.models.people import Applicant
from legalaid.models.procedure import CaseDeadline, CaseEvent, CaseFile, CaseNote, Supervision

__all__ = [
    "AidCase",
    "Applicant",
    "Assignment",
    "CaseDeadline",
    "CaseEvent",
    "CaseFile",
    "CaseNote",
    "Specialty",
    "Supervision",
]
