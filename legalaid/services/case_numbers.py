"""Numbers of cases: 泽法援〔2022〕087号, without gaps for a county and year. domain.md §3.7.

What is only registered (a booking, a station's hand-in, the public page) has a number of registration: spam takes no number of a case.
"""

from datetime import date

from consultations.services.findings import abbreviation_of
from legalaid.models import AidCase
from legalaid.rules.procedure import Step
from organizations.models import Region
from records.services import next_number

REGISTRATION = "法援登"
CASE = "法援"


def case_number(county: Region, year: int) -> str:
    """The next number of a case. Call it late, in the transaction of what is numbered."""
    return _next(county, year, CASE, f"legalaid.case.{county.pk}")


def registration_number(county: Region, year: int) -> str:
    """The next number of a registration that is no case yet."""
    return _next(county, year, REGISTRATION, f"legalaid.registration.{county.pk}")


def is_registration(number: str) -> bool:
    return f"{REGISTRATION}〔" in number


def number_case(case: AidCase, step: Step, day: date) -> None:
    """A registration that is received gets its number as a case; taking the step back does not take it away again."""
    if step.code in ("receive", "accept", "grant_pre_aid") and is_registration(case.number):
        case.number = case_number(case.county, day.year)
        case.save(update_fields=["number"])


def _next(county: Region, year: int, word: str, series: str) -> str:
    while True:
        number = f"{abbreviation_of(county)}{word}〔{year}〕{next_number(series=series, year=year):03d}号"
        # A workbook may have brought in such a number already.
        if not AidCase.objects.filter(county=county, number=number).exists():
            return number
