"""The figures of the dashboard: targets against what was done, with the time that has passed beside them. Z-CON-2, Z-CON-3."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from common.errors import Refused
from consultations.models import Consultation
from legalaid.models import AidCase
from organizations.models import Station
from programmes.calendar import between
from programmes.models import Plan, Target
from subsidies.models import Fund, LedgerEntry
from subsidies.services import case_figures

BEHIND, SLOW = 12, 0
"""Percentage points behind the time line from which a station is behind, or merely slow."""


def share(part, whole) -> float | None:
    """A percentage with one decimal; None without a whole."""
    return round(100 * float(part) / float(whole), 1) if whole else None


def time_passed(plan: Plan, today: date) -> float:
    """The share of the plan year's working days that has passed, in percent. Z-CON-2."""
    calendar = between(plan.starts_on, plan.ends_on)
    days = calendar.working_days(plan.starts_on, plan.ends_on)
    return share(sum(day <= today for day in days), len(days)) or 0.0


@dataclass(frozen=True)
class StationProgress:
    """A station against its target."""

    station: Station
    target: int
    done: int
    satisfaction: float | None
    time: float

    @property
    def percent(self) -> float:
        return share(self.done, self.target) or 0.0

    @property
    def tone(self) -> str:
        behind = self.time - self.percent
        return "bad" if behind >= BEHIND else "warn" if behind > SLOW else "ok"

    @property
    def words(self) -> str:
        return {"bad": "落后", "warn": "略慢", "ok": ""}[self.tone]


@dataclass(frozen=True)
class CountyProgress:
    """Everything the dashboard of one county shows."""

    plan: Plan
    today: date
    time: float
    stations: list[StationProgress]
    target: int
    done: int
    satisfaction: float | None
    months: list[tuple[date, int]]
    matters: list[tuple[str, int]]
    cases: case_figures.Progress
    cases_open: int

    @property
    def percent(self) -> float:
        return share(self.done, self.target) or 0.0

    @property
    def case_percent(self) -> float:
        """Only what is counted speaks of the target: concluded in the window, in scope, entered (Z-CASE-9)."""
        return share(self.cases.counted, self.cases.target) or 0.0

    @property
    def behind(self) -> list[StationProgress]:
        return [row for row in self.stations if row.tone == "bad"]

    @property
    def dissatisfied_stations(self) -> list[StationProgress]:
        return [row for row in self.stations if row.satisfaction is not None and row.satisfaction < 95]


def county_progress(county, plan: Plan, today: date, stations) -> CountyProgress:
    """The county's year so far, at the stations given (those the user may see). Seven queries, whatever the size."""
    last = min(today, plan.ends_on)
    done = Consultation.objects.counted().filter(station__in=stations).between(plan.starts_on, last).order_by()
    by_station = {row["station"]: row for row in done.values("station").annotate(
        n=Count("pk"), rated=Count("pk", filter=~Q(rating="")), bad=Count("pk", filter=Q(rating="dissatisfied")))}  # fmt: skip
    targets = dict(
        Target.objects.filter(plan=plan, indicator=Target.Indicator.CONSULTATIONS, station__in=stations).values_list(
            "station", "value"
        )
    )
    time = time_passed(plan, last)
    rows = [station_row(station, targets.get(station.pk, 0), by_station.get(station.pk), time) for station in stations]
    months = done.annotate(month=TruncMonth("day")).values("month").annotate(n=Count("pk")).order_by("month")
    matters = Counter({row["matter"]: row["n"] for row in done.values("matter").annotate(n=Count("pk"))})
    cases_open = AidCase.objects.of_county(county).active().filter(concluded_on=None).count()
    rated, bad = (sum(row[key] for row in by_station.values()) for key in ("rated", "bad"))
    return CountyProgress(
        plan=plan, today=today, time=time,
        stations=sorted((row for row in rows if row.target), key=lambda row: (row.percent, row.station.order)),
        target=sum(targets.values()), done=sum(row["n"] for row in by_station.values()),
        satisfaction=share(rated - bad, rated), months=[(row["month"], row["n"]) for row in months],
        matters=[(Consultation.Matter(matter).label if matter else "未填", n) for matter, n in matters.most_common()],
        cases=cases_until(county, last), cases_open=cases_open,
    )  # fmt: skip


def cases_until(county, day: date) -> case_figures.Progress:
    """Concluded, entered, counted from 1 January to a day; nothing where no plan holds cases."""
    try:
        return case_figures.progress_of(county=county, year=day.year, until=day)
    except Refused:
        return case_figures.Progress(0, 0, 0, 0)


def station_row(station, target, counted, time) -> StationProgress:
    counted = counted or {"n": 0, "rated": 0, "bad": 0}
    return StationProgress(station, target, counted["n"], share(counted["rated"] - counted["bad"], counted["rated"]), time)


@dataclass(frozen=True)
class FundProgress:
    """The special fund of a year: what came, what is left, month by month."""

    received: Decimal
    balance: Decimal
    months: list[tuple[date, Decimal]]

    @property
    def percent_left(self) -> float | None:
        return share(self.balance, self.received)


def fund_progress(county, plan: Plan, today: date) -> FundProgress:
    """The special fund's year so far: one query."""
    entries = LedgerEntry.objects.filter(
        fund__county=county, fund__kind=Fund.Kind.SPECIAL, day__range=(plan.starts_on, min(today, plan.ends_on))
    ).order_by("day", "sequence")
    received, balance, at_month_end = Decimal(0), Decimal(0), {}
    for day, amount, kind in entries.values_list("day", "amount", "kind"):
        balance += amount
        if kind == LedgerEntry.Kind.MOVEMENT and amount > 0:
            received += amount
        at_month_end[day.replace(day=1)] = balance
    return FundProgress(received, balance, sorted(at_month_end.items()))
