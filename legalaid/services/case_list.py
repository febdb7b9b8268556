"""Which cases a filter leaves, and counts of the county's programme (F13)."""

from collections import defaultdict

from django.db.models import Count, Q

from legalaid.models import AidCase
from legalaid.rules.procedure import State

SPANS = {
    "active": Q(state__in=[code for code in State.WORDS if code not in (*State.TAIL, *State.ENDED)]),
    "closing": Q(state__in=["concluded", "file_submitted", "file_returned", "file_accepted"]),
    "ended": Q(state__in=State.ENDED),
}


def chosen(rows, *, q="", state="", type="", group="", basis="", source="", handler=None, undertaker="", year=None):
    """The cases of `rows` that meet the filter."""
    rows = rows.matching(q)
    if state:
        rows = rows.filter(SPANS[state]) if state in SPANS else rows.filter(state=state)
    if type:
        rows = rows.filter(type=type)
    if group:
        rows = rows.filter(Q(primary_group=group) | Q(other_groups__contains=[group]))
    if basis:
        rows = rows.filter(basis=basis)
    if source:
        rows = rows.filter(source=source)
    if handler:
        rows = rows.filter(handler=handler)
    if undertaker:
        rows = rows.filter(undertaker__icontains=undertaker.strip())
    if year:
        rows = rows.filter(received_on__year=year)
    return rows


def years_of(rows) -> list[int]:
    """The years in which these cases came in, the newest first."""
    return [day.year for day in rows.order_by().dates("received_on", "year", order="DESC")]


MEASURES = ("received", "granted", "concluded", "entered", "archived", "verified")


def progress(rows, *, year: int) -> dict[str, dict[str, list[int]]]:
    """F13: by group and by type the cases received, granted, concluded, entered, archived, verified in a year. Reading D25.

    Each measure counts by its own date, the primary group only. One query.
    """
    counted = (
        rows.order_by()
        .values("primary_group", "type")
        .annotate(
            received=Count("pk", filter=Q(received_on__year=year)),
            granted=Count("pk", filter=Q(approved_on__year=year)),
            concluded=Count("pk", filter=Q(concluded_on__year=year)),
            entered=Count("pk", filter=Q(provincial_entered_on__year=year)),
            archived=Count("pk", filter=Q(archived_on__year=year)),
            verified=Count("pk", filter=Q(quality_verified_on__year=year, state="quality_passed")),
        )
    )
    tables: dict[str, dict[str, list[int]]] = {"group": defaultdict(zero), "type": defaultdict(zero)}
    for row in counted:
        for table, key in (("group", row["primary_group"]), ("type", row["type"])):
            tables[table][key] = [a + row[name] for a, name in zip(tables[table][key], MEASURES, strict=True)]
    return {
        "group": {code: tables["group"][code] for code in AidCase.Group.values if any(tables["group"][code])},
        "type": {code: tables["type"][code] for code in AidCase.Type.values if any(tables["type"][code])},
    }


def zero() -> list[int]:
    return [0] * len(MEASURES)
