"""The figures of a county's quarter, read once for the page, the workbook, the letter and the JSON document (contract.md 5).

Cash is by payment date from the ledger; what is due is by duty month and by mark from the rules (I19). What was signed is
not read here: it stands frozen with its return.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from common import clock
from common.money import ZERO
from common.periods import Quarter, YearMonth
from consultations.models import Consultation
from organizations.models import Region, Station
from programmes import calendar
from programmes.models import DeadlineRule, Plan, Target
from subsidies.models import Fund, FundMovement, LedgerEntry, PayLine, PaySheet
from subsidies.rules.duty_pay import PersonMonth
from subsidies.rules.quarterly_return import (
    CENTRE,
    Cash,
    CashLine,
    DutyMonth,
    ReturnDays,
    cash_of,
    percent,
    return_days,
    satisfaction,
)
from subsidies.services.drafting import DraftRefused, plan_for, results
from subsidies.services.funds import Arrival, arrivals
from subsidies.services.quarterly_cases import QuarterCases, cases_of_quarter

ABOUT_MOVEMENT = {
    FundMovement.Kind.FORWARDED: "received",
    FundMovement.Kind.RETURNED: "returned",
    FundMovement.Kind.REMITTED: "remitted",
}
FAR = date(9999, 12, 1)


@dataclass(frozen=True)
class StationQuarter:
    """A station's consultations: from 1 January to the quarter's end, in the quarter, and how satisfied people were."""

    station: Station
    target: int
    done: int
    in_quarter: int
    rated: int
    dissatisfied: int

    @property
    def satisfaction(self) -> Decimal | None:
        return satisfaction(self.rated, self.dissatisfied)


@dataclass(frozen=True)
class QuarterFigures:
    """Everything the return says of a county's quarter."""

    county: Region
    quarter: Quarter
    plan: Plan
    days: ReturnDays
    cash: Cash
    months: list[DutyMonth]
    cases: QuarterCases
    stations: list[StationQuarter]
    consultation_target: int
    arrivals: list[Arrival]
    details: list = field(default_factory=list)

    @property
    def done(self) -> int:
        return sum(each.done for each in self.stations)

    @property
    def done_in_quarter(self) -> int:
        return sum(each.in_quarter for each in self.stations)

    @property
    def satisfaction(self) -> Decimal | None:
        return satisfaction(sum(each.rated for each in self.stations), sum(each.dissatisfied for each in self.stations))

    @property
    def due_of_months(self) -> Decimal:
        return sum((each.due for each in self.months), ZERO)

    @property
    def centre_of_months(self) -> Decimal:
        return sum((each.county_centre for each in self.months), ZERO)

    @property
    def townships_of_months(self) -> Decimal:
        return sum((each.township_stations for each in self.months), ZERO)

    @property
    def paid_of_months(self) -> Decimal:
        return sum((each.paid for each in self.months), ZERO)

    @property
    def percent_done(self) -> Decimal | None:
        return percent(self.done, self.consultation_target)


@transaction.atomic
def figures_of(*, county: Region, quarter: Quarter, as_of: date | None = None) -> QuarterFigures:
    """Read a county's quarter from the books. Raises DraftRefused where no plan pays duty in it.

    `as_of`: the day up to which money that waits at the treasury counts its late days; today by default.
    """
    plan = plan_for(county, YearMonth.of(quarter.last))
    year_start = date(quarter.first.year, 1, 1)
    stations = stations_of(county, plan, quarter, year_start)
    lines: list = []
    return QuarterFigures(
        county=county,
        quarter=quarter,
        plan=plan,
        days=days_of(county, quarter, plan),
        cash=cash_by_payment_date(county, quarter),
        months=duty_months(county, quarter, lines),
        cases=cases_of_quarter(county=county, quarter=quarter),
        stations=stations,
        consultation_target=sum(each.target for each in stations),
        arrivals=receipts_of(county, quarter, as_of or clock.today()),
        details=lines,
    )


def days_of(county: Region, quarter: Quarter, plan: Plan) -> ReturnDays:
    """When the return is due, by the plan's limit in force at the quarter's end."""
    rule = DeadlineRule.objects.in_force(plan, "fund_report", quarter.last)
    return return_days(quarter, rule.amount if rule else 15, calendar.around(quarter.last).is_working_day)


def cash_by_payment_date(county: Region, quarter: Quarter) -> Cash:
    """The special fund's quarter from its ledger. Two queries."""
    fund = Fund.objects.filter(county=county, kind=Fund.Kind.SPECIAL).first()
    if fund is None:
        return cash_of(ZERO, ())
    opening = fund.entries.filter(day__lt=quarter.first).aggregate(sum=Sum("amount"))["sum"] or ZERO
    entries = fund.entries.between(quarter.first, quarter.last).select_related(*READ_WITH_ENTRIES)
    return cash_of(opening, [CashLine(entry.day, entry.amount, about(entry)) for entry in entries])


# What `about` looks at, so that a ledger is read in one query.
READ_WITH_ENTRIES = ("movement", "payment", "reverses__movement", "reverses__payment")


def about(entry: LedgerEntry) -> str:
    """What an entry moves money for: a payment under a quarterly list or for duty; a reversal speaks of what it reverses."""
    first = entry.reverses or entry
    if first.kind == LedgerEntry.Kind.MOVEMENT:
        return ABOUT_MOVEMENT[first.movement.kind]
    return "case_subsidy" if first.payment.case_row_id else "duty_pay"


def duty_months(county: Region, quarter: Quarter, lines: list) -> list[DutyMonth]:
    """The quarter's duty months: due by the rules with all that is known, paid by what was paid of each month.

    `lines` receives the details behind the sums: (month, person, PersonMonth).
    """
    paid = paid_by_duty_month(county, quarter)
    statuses = dict(
        PaySheet.objects.filter(month__county=county, month__first__range=(quarter.first, quarter.last)).values_list(
            "month__first", "status"
        )
    )
    found = []
    for month in quarter.months:
        centre, townships = ZERO, ZERO
        for practitioner_id, result in due_results(county, month):
            lines.append((month, practitioner_id, result))
            at_centre, elsewhere = split(result)
            centre, townships = centre + at_centre, townships + elsewhere
        found.append(DutyMonth(str(month), centre, townships, paid.get(month.first, ZERO), statuses.get(month.first)))
    return found


def due_results(county: Region, month: YearMonth):
    """(practitioner id, PersonMonth) of a month by the rules, later facts included; nothing where no plan pays duty."""
    try:
        plan = plan_for(county, month)
    except DraftRefused:
        return
    for _county, practitioner_id, result in results(plan, [county.pk], month, known=FAR):
        yield practitioner_id, result


def split(result: PersonMonth) -> tuple[Decimal, Decimal]:
    """A person's month between the county centre and the townships; a month that is not paid is nothing at either."""
    if result.is_month_void:
        return ZERO, ZERO
    centre = sum((pay.payable for pay in result.shifts if pay.shift.station_kind == CENTRE), ZERO)
    return centre, sum((pay.payable for pay in result.shifts), ZERO) - centre


def paid_by_duty_month(county: Region, quarter: Quarter) -> dict[date, Decimal]:
    """First day of a duty month → what was paid for it, differences booked in later months included. One query."""
    settled = Q(row__payments__state="paid") | Q(row__payable=0, sheet__status__in=["approved", "paid"])
    lines = PayLine.objects.filter(settled, sheet__month__county=county)
    sums = (
        lines.annotate(about=Coalesce("source_month__first", "sheet__month__first"))
        .filter(about__range=(quarter.first, quarter.last))
        .values("about")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    return {row["about"]: row["sum"] for row in sums}


def stations_of(county: Region, plan: Plan, quarter: Quarter, year_start: date) -> list[StationQuarter]:
    """Every station with a target or a consultation this year. Three queries."""
    targets = dict(Target.objects.consultations().filter(plan=plan, station__isnull=False).values_list("station", "value"))
    counted = Consultation.objects.counted().filter(station__county=county).between(year_start, quarter.last).order_by()
    counts = {
        row["station"]: row
        for row in counted.values("station").annotate(
            done=Count("pk"),
            in_quarter=Count("pk", filter=Q(day__gte=quarter.first)),
            rated=Count("pk", filter=~Q(rating="")),
            dissatisfied=Count("pk", filter=Q(rating="dissatisfied")),
        )
    }
    nothing = dict.fromkeys(("done", "in_quarter", "rated", "dissatisfied"), 0)
    stations = Station.objects.filter(Q(pk__in=targets) | Q(pk__in=counts)).order_by("order", "name")
    return [
        StationQuarter(
            station=station,
            target=targets.get(station.pk, 0),
            **{name: counts.get(station.pk, nothing)[name] for name in nothing},
        )
        for station in stations
    ]


def receipts_of(county: Region, quarter: Quarter, as_of: date) -> list[Arrival]:
    """Arrivals of the special fund that touch the quarter: arrived or forwarded in it, or still waiting from before."""
    funds = list(Fund.objects.filter(county=county, kind=Fund.Kind.SPECIAL).select_related("county__parent"))
    return [
        each
        for each in arrivals(funds=funds, today=as_of, last=quarter.last)
        if each.movement.day >= quarter.first or each.forwarded_on is None or each.forwarded_on >= quarter.first
    ]
