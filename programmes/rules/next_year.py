"""Next year's plan drawn from this one's: everything is carried over, every date moves by a year."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from programmes.rules import terms as values
from programmes.rules.plan_file import DatedLimit, DatedTerm, PlanFile, Sentence

Row = TypeVar("Row", DatedTerm, DatedLimit)


@dataclass(frozen=True)
class Changes:
    """What people typed over a draft: stored values by key, consultations by station, cases by organisation."""

    name: str
    document_no: str
    values: dict[str, str]
    consultations: dict[str, int]
    cases: dict[str, int]


def a_year_later(day: date) -> date:
    """The same day of the next year; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def next_year(plan: PlanFile) -> PlanFile:
    """The draft for the following year. The last value of each key holds from its first day.

    The sentences are still this year's: the new plan's own are not known yet, and a note says so.
    """
    year = plan.year + 1
    starts_on = a_year_later(plan.starts_on)
    note = Sentence(
        "",
        f"由{plan.year}年方案（{plan.code}）结转编制：条款原文仍是{plan.year}年的，待{year}年方案印发后逐条核对。",
        len(plan.notes) + 1,
    )
    return replace(
        plan,
        code=plan.code.replace(str(plan.year), str(year)) if str(plan.year) in plan.code else f"{plan.code}-{year}",
        name=plan.name.replace(str(plan.year), str(year)),
        year=year,
        document_no="",
        source=f"由{plan.code}结转，待核对",
        starts_on=starts_on,
        ends_on=a_year_later(plan.ends_on),
        notes=[*(row for row in plan.notes if "结转编制" not in row.text), note],
        terms=[_moved(term, starts_on) for term in _last(plan.terms, lambda term: term.key)],
        limits=[replace(limit, since=starts_on) for limit in _last(plan.limits, lambda limit: limit.code)],
    )


def with_changes(plan: PlanFile, changes: Changes) -> PlanFile:
    """The draft with what was typed; the totals of the annexes follow from their units."""
    units = [replace(unit, consultations=changes.consultations.get(unit.name, unit.consultations)) for unit in plan.units]
    bodies = [
        body if body.cases is None else replace(body, cases=changes.cases.get(body.name, body.cases))
        for body in plan.organizations
    ]
    totals = {
        "consultations": sum(unit.consultations for unit in units),
        "cases": sum(body.cases or 0 for body in bodies),
    }
    derived = {"consultation.total": str(totals["consultations"]), "case.total": str(totals["cases"])} if plan.targets else {}
    given = changes.values | derived
    return replace(
        plan,
        name=changes.name,
        document_no=changes.document_no,
        units=units,
        organizations=bodies,
        targets=plan.targets | totals if plan.targets else {},
        terms=[replace(term, value=given.get(term.key, term.value)) for term in plan.terms],
    )


def _moved(term: DatedTerm, starts_on: date) -> DatedTerm:
    value = term.value
    if term.kind == values.DATE:
        value = a_year_later(date.fromisoformat(value)).isoformat()
    return replace(term, since=starts_on, value=value)


def _last(rows: list[Row], key) -> list[Row]:
    found: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row.since):
        found[key(row)] = row
    return list(found.values())
