"""What the program itself knows about a task of the year: where the evidence lies, and whether it is enough. Z-ORG-7.

A proof is only offered: a person looks at it and finishes the task.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse

from common.periods import Quarter
from consultations.models import Inspection, RollCall, Shift
from organizations.models import Station
from performance.models import Report
from programmes.models import Obligation
from subsidies.models import CaseList, QuarterlyReturn

# Of the shifts of a quarter so many per cent are called on: the bureau's own reading (programmes/obligations.toml).
ROLL_CALL_PERCENT = 10


@dataclass(frozen=True)
class Proof:
    """What there is, where, and whether it is what the task asks for."""

    words: str
    url: str
    is_enough: bool


def proofs_of(row: Obligation) -> list[Proof]:
    """What the program knows about this task; empty where it knows nothing."""
    return [proof for find in FINDERS.get(row.code, ()) if (proof := find(row))]


def report_of(kind: str) -> Callable[[Obligation], Proof | None]:
    def find(row):
        reports = Report.objects.filter(county=row.county, kind=kind, first=row.first).order_by("-revision")
        found = reports.in_force().first() or reports.first()
        if found is None:
            return None
        is_issued = found.status == Report.Status.ISSUED
        words = f"{found}：{found.get_status_display()}{f'（{found.number}）' if found.number else ''}"
        return Proof(words, reverse("report", args=[found.pk]), is_issued)

    return find


def inspections_of(kind: str) -> Callable[[Obligation], Proof | None]:
    def find(row):
        visits = Inspection.objects.filter(county=row.county, kind=kind, day__range=(row.first, max(row.last, row.due_on)))
        counted = visits.aggregate(stations=Count("station", distinct=True), visits=Count("pk"))
        if not counted["visits"]:
            return None
        stations = Station.objects.in_county(row.county).active().count()
        words = f"{Inspection.Kind(kind).label} {counted['visits']} 次，查到站点 {counted['stations']}/{stations} 个"
        return Proof(words, reverse("inspection-records"), counted["stations"] >= stations)

    return find


def roll_calls_of(row: Obligation) -> Proof | None:
    calls = RollCall.objects.filter(shift__station__county=row.county, shift__day__range=(row.first, row.last)).count()
    shifts = Shift.objects.standing().in_county(row.county).filter(day__range=(row.first, row.last)).count()
    if not calls:
        return None
    percent = 100 * calls / shifts if shifts else 0
    url = f"{reverse('roll-calls')}?since={row.first}&until={row.last}"
    words = f"点名 {calls} 次，占班次 {shifts} 个的 {percent:.1f}%（内部口径不少于 {ROLL_CALL_PERCENT}%）"
    return Proof(words, url, percent >= ROLL_CALL_PERCENT)


def return_of(row: Obligation) -> Proof | None:
    found = QuarterlyReturn.objects.of_quarter(row.county, Quarter.of(row.first)).first()
    if found is None:
        return None
    is_sent = found.sent_on is not None and found.status != QuarterlyReturn.Status.RETURNED
    words = f"{found}：{found.get_status_display()}{f'，{found.sent_on} 报送' if found.sent_on else ''}"
    return Proof(words, reverse("quarterly-return", args=[found.pk]), is_sent)


def case_list_of(row: Obligation) -> Proof | None:
    quarter = Quarter.of(row.first)
    found = CaseList.objects.filter(county=row.county, year=quarter.year, quarter=quarter.number).order_by("batch").first()
    if found is None:
        return None
    return Proof(
        f"{found}：{found.get_status_display()}",
        reverse("case-list", args=[found.pk]),
        found.status != CaseList.Status.DRAFT,
    )


FINDERS: Mapping[str, tuple[Callable[[Obligation], Proof | None], ...]] = {
    "monthly_report": (report_of(Report.Kind.MONTH),),
    "quarterly_check": (inspections_of(Inspection.Kind.QUARTERLY), roll_calls_of, report_of(Report.Kind.QUARTER)),
    "quarterly_return": (return_of,),
    "case_information": (case_list_of,),
    "midyear_inspection": (inspections_of(Inspection.Kind.MIDYEAR), report_of(Report.Kind.HALF_YEAR)),
    "yearend_assessment": (inspections_of(Inspection.Kind.YEAREND), report_of(Report.Kind.YEAR)),
}
