"""The year's money: what came in, what is paid and promised, what is still to come. Z-FUND-2, domain.md 1.13."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import ExtractMonth

from common.money import ZERO
from common.periods import YearMonth
from consultations.models import Shift
from organizations.models import Station
from programmes import calendar
from programmes.models import Plan, StationFrequency, Target
from programmes.services.frequencies import frequencies_on
from subsidies.models import Fund, LedgerEntry, PaySheet
from subsidies.rules.forecast import Cases, Forecast, Turns, forecast, months_turns, weekly_turns

Policy = StationFrequency.Policy


@dataclass(frozen=True)
class YearOfMoney:
    """A county's special fund over a plan's year, by month where it is drawn as a chart."""

    plan: Plan
    fund: Fund
    forecast: Forecast
    received: Decimal
    paid: Decimal
    months: list[YearMonth]
    planned: list[Decimal]
    actual: list[Decimal | None]

    @property
    def short(self):
        """What is still to be received for the forecast to be paid; nothing when it is covered."""
        return max(self.forecast.total - self.received, ZERO)

    @property
    def spare(self):
        return max(self.received - self.forecast.total, ZERO)


def forecast_year(*, plan, today):
    """What the plan's year will cost its county: fixed sheets, planned or expected duty, cases of the target."""
    county = plan.county
    months = months_of(plan)
    fixed = dict(
        PaySheet.objects.filter(month__county=county, month__first__range=(plan.starts_on, plan.ends_on))
        .exclude(status=PaySheet.Status.DRAFT)
        .values_list("month__first", "total")
    )
    to_come = [month for month in months if month.first not in fixed]
    return forecast(fixed=sum(fixed.values(), ZERO), turns=turns_to_come(plan, to_come), cases=cases_to_come(plan, today))


def months_of(plan):
    month, last = YearMonth.of(plan.starts_on), YearMonth.of(plan.ends_on)
    months = []
    while month <= last:
        months.append(month)
        month = month.next()
    return months


def turns_to_come(plan, months):
    """Turns by kind of station: as rostered where a month's roster stands, else as the plan's frequency has it."""
    county = plan.county
    rostered = rostered_turns(county, months)
    expected = expected_turns(plan, [month for month in months if month not in rostered])
    for month in months:
        expected.update(rostered.get(month, {}))
    terms = plan.terms_on(months[-1].last if months else plan.ends_on)
    for kind, rate in terms.under("duty.rate").items():
        if kind in Station.Kind.values:
            yield Turns(Station.Kind(kind).label, expected[kind], rate.value, rate.clause)


def rostered_turns(county, months):
    """Month → station kind → shifts on its roster that would be paid. One query."""
    if not months:
        return {}
    found = {}
    public = Q(
        practitioner__public_servant_history__is_public_servant=True,
        practitioner__public_servant_history__since__lte=months[-1].last,
        practitioner__public_servant_history__until=None,
    )
    shifts = Shift.objects.standing().in_county(county).filter(day__range=(months[0].first, months[-1].last))
    counted = shifts.exclude(public).values("day__year", month=ExtractMonth("day")).annotate(count=Count("pk"))
    for row in counted.values("day__year", "month", "station__kind", "count").order_by():
        month = YearMonth(row["day__year"], row["month"])
        if month in months:
            found.setdefault(month, Counter())[row["station__kind"]] += row["count"]
    return found


def expected_turns(plan, months):
    """Station kind → turns by the frequency of each station over months without a roster. Z-ROS-1, Z-ROS-3."""
    turns = Counter()
    if not months:
        return turns
    stations = list(Station.objects.active().in_county(plan.county))
    frequencies = frequencies_on(stations=stations, day=months[0].first, terms=plan.terms_on(months[0].first))
    spans = runs(months)
    for station in stations:
        frequency = frequencies.get(station.pk)
        if frequency is None:
            continue
        if frequency.policy == Policy.WORKDAY:
            turns[station.kind] += sum(len(calendar.working_days(first, last)) for first, last in spans)
        elif frequency.times_per_month:
            turns[station.kind] += months_turns(frequency.times_per_month, len(months))
        else:
            turns[station.kind] += sum(weekly_turns(first, last) for first, last in spans)
    return turns


def runs(months):
    """First and last day of each unbroken run of months."""
    spans: list[tuple[date, date]] = []
    for month in months:
        if spans and spans[-1][1] + timedelta(days=1) == month.first:
            spans[-1] = (spans[-1][0], month.last)
        else:
            spans.append((month.first, month.last))
    return spans


def cases_to_come(plan, today):
    """The case target at the special fund's amount each. 五（二）2; those paid already come off when case subsidies are booked."""
    target = plan.targets.filter(indicator=Target.Indicator.CASES).aggregate(sum=Sum("value"))["sum"] or 0
    terms = plan.terms_on(min(max(today, plan.starts_on), plan.ends_on))
    if "case.subsidy.special" not in terms:
        return Cases(0, ZERO)
    each = terms["case.subsidy.special"]
    return Cases(target, each.value, each.clause)


def year_of_money(*, plan, today):
    """Everything the balance page shows of a year; the number of queries does not depend on the rows."""
    fund, _ = Fund.objects.get_or_create(county=plan.county, kind=Fund.Kind.SPECIAL)
    entries = LedgerEntry.objects.filter(fund=fund, day__range=(plan.starts_on, plan.ends_on))
    paid_by_month, received = Counter(), ZERO
    for entry in entries.values("day", "kind", "amount", "reverses__kind"):
        if LedgerEntry.Kind.PAYMENT in (entry["kind"], entry["reverses__kind"]):
            paid_by_month[YearMonth.of(entry["day"])] -= entry["amount"]
        else:
            received += entry["amount"]
    outlook = forecast_year(plan=plan, today=today)
    months = months_of(plan)
    even = outlook.total / len(months)
    actual, sum_paid = [], ZERO
    for month in months:
        sum_paid += paid_by_month[month]
        actual.append(sum_paid if month.first <= today else None)
    planned = [(even * (index + 1)).quantize(ZERO) for index in range(len(months))]
    return YearOfMoney(plan, fund, outlook, received, sum_paid, months, planned, actual)
