"""The cases of a quarter's return: those whose mark lies in it, worth money or not, what was paid of them, and the progress."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from common.money import ZERO
from common.periods import Quarter
from legalaid.models import AidCase
from organizations.models import Region
from programmes.services.plans import NoPlan
from subsidies.models import ClaimPart
from subsidies.services.case_figures import JudgedCase, NoCases, Progress, judge_cases, progress_of, sums_of


@dataclass(frozen=True)
class QuarterCases:
    """Marked cases of the quarter in the order of the places, and the county's progress up to its end."""

    marked: list[JudgedCase]
    paid: Decimal
    progress: Progress

    @property
    def worth(self) -> list[JudgedCase]:
        return [case for case in self.marked if not case.reasons]

    @property
    def blocked(self) -> list[JudgedCase]:
        """Marked cases that are worth nothing, each with every reason."""
        return [case for case in self.marked if case.reasons]

    @property
    def special(self) -> Decimal:
        return sums_of(self.worth)[0]

    @property
    def operating(self) -> Decimal:
        return sums_of(self.worth)[1]

    def with_rows(self) -> list[tuple[JudgedCase, AidCase]]:
        """Each marked case beside its row. One query."""
        rows = AidCase.objects.in_bulk([case.id for case in self.marked])
        return [(case, rows[case.id]) for case in self.marked]


def cases_of_quarter(*, county: Region, quarter: Quarter) -> QuarterCases:
    """What a quarter's return says of the cases; nothing where the plan holds no case programme."""
    try:
        judged = judge_cases(county=county, year=quarter.year, until=quarter)
        progress = progress_of(county=county, year=quarter.year, until=quarter.last)
    except (NoPlan, NoCases):
        return QuarterCases([], ZERO, Progress(0, 0, 0, 0))
    marked = [case for case in judged if case.quarter == quarter]
    return QuarterCases(marked, paid_of([case.id for case in marked]), progress)


def paid_of(case_ids) -> Decimal:
    """What was paid of these cases until now, from every fund. One query."""
    parts = ClaimPart.objects.filter(claim__case__in=case_ids, row__payments__state="paid")
    return parts.aggregate(sum=Sum("amount"))["sum"] or ZERO
