"""The figures of a county's report, read once and kept with it as a document: numbers as they stood, percentages as text.

F12, F18, F25; Z-CON-1…3. A fixed number of queries, whatever the size.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, F, Func, Q
from django.db.models.functions import TruncMonth

from common import clock
from consultations.models import Consultation, CriticismNotice, Finding, FollowUp, Inspection, InspectionPoint, RollCall, Shift
from consultations.rules.topics import focus_counts
from legalaid.models import AidCase, Rectification, SampledFile
from organizations.models import Region, Station
from performance.rules.progress import Counts, Time, mean_satisfaction, percent, pooled, ranks
from programmes.calendar import between
from programmes.models import Plan, Target
from programmes.services.plans import plan_for
from subsidies.services import case_figures
from subsidies.services.quarterly_figures import cash_by_payment_date

SATISFACTION_TARGET = 95
CASE_MEASURES = {
    "received": "received_on",
    "granted": "approved_on",
    "concluded": "concluded_on",
    "entered": "provincial_entered_on",
}


class Span(NamedTuple):
    """From which day to which day, both included."""

    first: date
    last: date


def figures_of(*, county: Region, first: date, last: date, with_fund: bool = False) -> dict:
    """Everything a report says in numbers about these days, and about the plan's year until their last. Raises NoPlan."""
    plan = plan_for(county=county, day=last)
    span = Span(first, min(last, clock.today()))
    year = Span(plan.starts_on, span.last)
    document = {
        "plan": plan.name,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "until": span.last.isoformat(),
        **progress_document(county, plan, span),
        "months": months_of(county, year),
        "consultations": consultations_of(county, span),
        "followups": followups_of(county, span),
        "cases": cases_of(county, span, year),
        "quality": quality_of(county, span),
        "duty": duty_of(county, span),
        "inspections": inspections_of(county, span),
        "rectification": rectification_of(county, span),
    }
    if with_fund:
        document["fund"] = fund_of(county, span)
    return document


def progress_document(county: Region, plan: Plan, span: Span) -> dict:
    """F12: every unit of annex 1 with target, period, total, share, pace, satisfaction, response and rank; and the county."""
    time, rows = progress_rows(county, plan, span)
    counts = [counted for _station, _wanted, counted in rows]
    placed = ranks(counts)
    whole = pooled(counts)
    return {
        "time": {"passed": time.passed, "whole": time.whole, "percent": text(time.percent)},
        "stations": [
            {"station": station.pk, "name": station.name, "short_name": station.short_name, "rank": rank, **line(time, wanted, counted)}
            for (station, wanted, counted), rank in zip(rows, placed, strict=True)
        ],
        "total": {**line(time, SATISFACTION_TARGET, whole), "mean_satisfaction": text(mean_satisfaction(counts))},
    }  # fmt: skip


def line(time: Time, wanted: int, counted: Counts) -> dict:
    return {
        "target": counted.target,
        "in_period": counted.in_period,
        "done": counted.done,
        "percent": text(percent(counted.done, counted.target)),
        "pace": text(time.pace(counted.done, counted.target)),
        "satisfaction_target": wanted,
        "satisfaction": text(counted.satisfaction),
        "strict": text(counted.strict),
        "response": text(counted.response),
        "rated": counted.rated,
        "dissatisfied": counted.dissatisfied,
    }


def progress_rows(county: Region, plan: Plan, span: Span) -> tuple[Time, list[tuple[Station, int, Counts]]]:
    """The time line, and of every station with a target or a consultation this year what was counted."""
    targets = plan.targets.filter(station__isnull=False).values_list("indicator", "station", "value")
    wanted = {(indicator, station): value for indicator, station, value in targets}
    done = Consultation.objects.counted().filter(station__county=county).between(plan.starts_on, span.last).order_by()
    found = {
        row["station"]: row
        for row in done.values("station").annotate(
            done=Count("pk"),
            in_period=Count("pk", filter=Q(day__gte=span.first)),
            rated=Count("pk", filter=~Q(rating="")),
            dissatisfied=Count("pk", filter=Q(rating="dissatisfied")),
            basic=Count("pk", filter=Q(rating="basic")),
        )
    }
    names = ("in_period", "done", "rated", "dissatisfied", "basic")
    stations = Station.objects.filter(
        Q(pk__in=found) | Q(pk__in=[station for indicator, station in wanted if indicator == Target.Indicator.CONSULTATIONS])
    ).order_by("order", "name")
    calendar = between(plan.starts_on, plan.ends_on)
    days = calendar.working_days(plan.starts_on, plan.ends_on)
    rows = [
        (
            station,
            wanted.get((Target.Indicator.SATISFACTION, station.pk), SATISFACTION_TARGET),
            Counts(
                wanted.get((Target.Indicator.CONSULTATIONS, station.pk), 0),
                *(found[station.pk][name] if station.pk in found else 0 for name in names),
            ),
        )
        for station in stations
    ]
    return Time(sum(day <= span.last for day in days), len(days)), rows


def months_of(county: Region, year: Span) -> list[list]:
    """[2022-01, how many], one for each month of the year so far, empty ones too."""
    done = Consultation.objects.counted().filter(station__county=county).between(*year).order_by()
    found = {
        row["month"].month: row["n"] for row in done.annotate(month=TruncMonth("day")).values("month").annotate(n=Count("pk"))
    }
    return [[f"{year.last.year}-{month:02}", found.get(month, 0)] for month in range(year.first.month, year.last.month + 1)]


def consultations_of(county: Region, span: Span) -> dict:
    """The consultations of the period by matter, channel, outcome and special group."""
    done = Consultation.objects.counted().filter(station__county=county).between(*span).order_by()
    by_group = done.annotate(each=Func(F("groups"), function="unnest")).values("each").annotate(n=Count("pk"))
    rated = done.aggregate(
        all=Count("pk"), rated=Count("pk", filter=~Q(rating="")), bad=Count("pk", filter=Q(rating="dissatisfied"))
    )
    by_matter = by(done, "matter")
    return {
        "count": rated["all"],
        "satisfaction": text(percent(rated["rated"] - rated["bad"], rated["rated"])),
        "matters": shares(by_matter, Consultation.Matter),
        "focus": [list(pair) for pair in focus_counts(dict(by_matter)).items()],
        "channels": shares(by(done, "channel"), Consultation.Channel),
        "outcomes": shares(by(done, "outcome"), Consultation.Outcome),
        "groups": shares([(row["each"], row["n"]) for row in by_group], Consultation.Group),
    }


def followups_of(county: Region, span: Span) -> dict:
    """Calls to people who were advised, by the day they were closed: answered, how satisfied; and what was late at the end. Z-ORG-4.

    The rate leaves out who would not rate and counts like the ratings' own: 1 − 不满意 / rated (reading D20).
    """
    State, Said = FollowUp.State, FollowUp.Satisfaction
    rows = FollowUp.objects.filter(consultation__station__county=county, consultation__is_void=False).order_by()
    closed = Q(day__range=span)
    still = Q(day=None) | Q(day__gt=span.last)
    found = rows.aggregate(
        called=Count("pk", filter=closed & ~Q(state=State.DROPPED)),
        answered=Count("pk", filter=closed & Q(state=State.DONE)),
        refused=Count("pk", filter=closed & Q(state=State.REFUSED)),
        rated=Count("pk", filter=closed & Q(state=State.DONE) & ~Q(satisfaction=Said.UNSAID)),
        dissatisfied=Count("pk", filter=closed & Q(satisfaction=Said.DISSATISFIED)),
        late=Count("pk", filter=still & Q(due_on__lt=span.last)),
    )
    return {**found, "satisfaction": text(percent(found["rated"] - found["dissatisfied"], found["rated"]))}


def cases_of(county: Region, span: Span, year: Span) -> dict:
    """Cases of the period by their own dates, by group (the primary one, reading D25) and by type; the year against its target."""
    cases = AidCase.objects.of_county(county).order_by()
    counted = cases.values("primary_group", "type").annotate(
        **{name: Count("pk", filter=Q(**{f"{field}__range": span})) for name, field in CASE_MEASURES.items()}
    )
    rows = list(counted)
    try:
        progress = case_figures.progress_of(county=county, year=year.last.year, until=year.last)
    except case_figures.NoCases:
        progress = case_figures.Progress(0, 0, 0, 0)
    return {
        "target": progress.target,
        "concluded_in_year": progress.concluded,
        "entered_in_year": progress.entered,
        "counted": progress.counted,
        "percent": text(percent(progress.counted, progress.target)),
        "period": {name: sum(row[name] for row in rows) for name in CASE_MEASURES},
        "groups": case_table(rows, "primary_group", AidCase.Group),
        "types": case_table(rows, "type", AidCase.Type),
    }


def case_table(rows, key, words) -> list[list]:
    """[label, received, granted, concluded, entered] of each value that has any, in the order of the words."""
    found = {value: [sum(row[name] for row in rows if row[key] == value) for name in CASE_MEASURES] for value in words.values}
    return [[words(value).label, *counts] for value, counts in found.items() if any(counts)]


def quality_of(county: Region, span: Span) -> dict:
    """Files whose grade was confirmed in the period: verified cases, and those that failed and were not."""
    passed = AidCase.objects.of_county(county).filter(quality_verified_on__range=span).exclude(quality_grade="")
    failed = SampledFile.objects.filter(
        case__county=county, state=SampledFile.State.DECIDED, decided_on__range=span, grade=AidCase.Grade.FAIL
    ).exclude(case__in=passed)
    found = dict(by(passed.order_by(), "quality_grade"))
    found[AidCase.Grade.FAIL] = found.get(AidCase.Grade.FAIL, 0) + failed.values("case").distinct().count()
    whole = sum(found.values())
    return {
        "count": whole,
        "grades": [[grade.label, found.get(grade.value, 0)] for grade in AidCase.Grade],
        "passed": text(percent(whole - found[AidCase.Grade.FAIL], whole)),
    }


def duty_of(county: Region, span: Span) -> dict:
    """Duty of the period: turns and people, roll calls and who was away, findings that were upheld, criticisms."""
    shifts = Shift.objects.in_county(county).standing().filter(day__range=span)
    calls = RollCall.objects.filter(shift__station__county=county, shift__day__range=span)
    upheld = Finding.objects.standing().filter(shift__station__county=county, shift__day__range=span, state=Finding.State.UPHELD)
    manned = shifts.values("station").distinct()
    empty = Station.objects.in_county(county).active().filter(targets__isnull=False).exclude(pk__in=manned).distinct()
    people = shifts.aggregate(shifts=Count("pk"), people=Count("practitioner", distinct=True))
    away = calls.aggregate(calls=Count("pk"), away=Count("pk", filter=Q(is_present=False)))
    return {
        **people,
        **away,
        "empty_stations": [station.short_name for station in empty.order_by("order")],
        "findings": shares(by(upheld.order_by(), "kind"), Finding.Kind),
        "criticisms": CriticismNotice.objects.filter(finding__shift__station__county=county, issued_on__range=span).count(),
    }


def inspections_of(county: Region, span: Span) -> dict:
    """Visits to stations in the period, and what they asked to be mended."""
    visits = Inspection.objects.filter(county=county, day__range=span)
    points = InspectionPoint.objects.filter(inspection__county=county).exclude(state=InspectionPoint.State.WITHDRAWN)
    return {
        **visits.aggregate(visits=Count("pk"), stations=Count("station", distinct=True)),
        **mended(points, span, asked="inspection__day"),
    }


def rectification_of(county: Region, span: Span) -> dict:
    """What files' evaluations asked to be mended: asked for in the period, mended in it, still open and late at its end."""
    return mended(Rectification.objects.filter(file__batch__county=county), span, asked="opened_on")


def mended(rows, span: Span, *, asked: str) -> dict:
    """Of what was to be mended: asked for in the period (by that date), confirmed in it, open and late at its end."""
    still = Q(confirmed_on=None) | Q(confirmed_on__gt=span.last)
    known = Q(**{f"{asked}__lte": span.last})
    return rows.aggregate(
        asked=Count("pk", filter=Q(**{f"{asked}__range": span})),
        mended=Count("pk", filter=Q(confirmed_on__range=span)),
        open=Count("pk", filter=known & still),
        late=Count("pk", filter=known & still & Q(due_on__lt=span.last)),
    )


def fund_of(county: Region, span: Span) -> dict:
    """The special fund of the period by payment date, in yuan as text."""
    cash = cash_by_payment_date(county, span)
    names = ("opening", "received", "returned", "remitted", "duty_pay", "case_subsidy", "closing")
    return {name: f"{getattr(cash, name):.2f}" for name in names} | {"execution": text(cash.execution)}


# --- small parts ------------------------------------------------------------------------------------------------------


def by(rows, field) -> list[tuple]:
    return list(rows.values(field).annotate(n=Count("pk")).values_list(field, "n"))


def shares(pairs: Iterable[tuple], words) -> list[list]:
    """[label, code, count], the largest first; what nobody filled in comes as 未填."""
    known = dict(words.choices)
    ordered = sorted(pairs, key=lambda pair: (-pair[1], str(pair[0])))
    return [[known.get(code) or "未填", code or "", count] for code, count in ordered]


def text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
