"""Tables of special-group legal aid: the case, its people, its procedure, who undertakes it."""

from legalaid.models.assignments import Assignment, Specialty
from legalaid.models.cases import AidCase
from legalaid.models.closing import Archive, FileCheck
from legalaid.models.legal_help import LegalHelp, LegalHelpEvent
from legalaid.models.objections import Complaint, Objection
from legalaid.models.papers import CasePaper, PaperPrefix
from legalaid.models.people import Applicant
from legalaid.models.procedure import CaseDeadline, CaseEvent, CaseFile, CaseNote, Supervision
from legalaid.models.provincial import ExportLayout, OtherSystem, ReconciledRow, Reconciliation
from legalaid.models.quality import FileReview, Rectification, ReviewBatch, SampledFile

__all__ = [
    "AidCase",
    "Applicant",
    "Archive",
    "Assignment",
    "CaseDeadline",
    "CaseEvent",
    "CaseFile",
    "CaseNote",
    "CasePaper",
    "Complaint",
    "ExportLayout",
    "FileCheck",
    "FileReview",
    "LegalHelp",
    "LegalHelpEvent",
    "Objection",
    "OtherSystem",
    "PaperPrefix",
    "ReconciledRow",
    "Reconciliation",
    "Rectification",
    "ReviewBatch",
    "SampledFile",
    "Specialty",
    "Supervision",
]
