"""Making a month's roster public, with a date and a version, and reading what was made public. Z-ORG-2, Z-ROS-6.

A published version is kept word for word. Its lines hold, for each shift: shift, station, day, person, name, kind,
unit, starts, ends, lunch. Neither ID numbers nor private phones ever enter them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.policy import Role
from common import clock
from common.periods import YearMonth
from consultations.models import PublishedRoster, Roster, Shift
from consultations.rules import rosters as rules
from consultations.services.roster_facts import RosterFacts, roster_facts
from consultations.services.rosters import RosterError, lock_roster
from organizations.models import Affiliation, Practitioner, Region, Station
from programmes import calendar
from records.services import notify


class NotPublishable(RosterError):
    """The roster cannot go out. `problems` are those that stand in its way."""

    def __init__(self, message, problems=()):
        super().__init__(message)
        self.problems = list(problems)


@dataclass(frozen=True)
class Publication:
    """What came of publishing: the version, and whether it goes out later than one working day before its first duty."""

    published: PublishedRoster
    told: int

    @property
    def is_late(self):
        return self.published.is_late


@transaction.atomic
def publish_roster(*, county: Region, month: YearMonth, reasons: Mapping[str, str] | None = None, by) -> Publication:
    """Publish the month as it stands, as its next version, and tell the people concerned. Z-ORG-2, Z-ROS-1…6.

    Refused while an error stands: those that special circumstances may excuse need a reason each (`reasons`, by the
    key of the problem), the others must be mended. A station's head may only publish again what the county has agreed.
    """
    roster = lock_roster(county=county, month=month)
    facts = roster_facts(county=county, month=month)
    previous = roster.publications.first()
    lines = lines_of(county=county, month=month)
    changed = differing(previous.lines if previous else [], lines)
    require_may_publish(by, county, previous, changed)
    if not lines:
        raise NotPublishable(f"{month.label}还没有排班，不能公示。")
    if previous and not changed and roster.state == Roster.State.PUBLISHED:
        raise NotPublishable(f"第{previous.version}版公示之后没有变动，不用再公示。")
    excused = require_no_errors(facts, {key: text.strip() for key, text in (reasons or {}).items()})
    now = clock.now()
    roster.version = (previous.version if previous else 0) + 1
    roster.state, roster.published_at, roster.published_by = Roster.State.PUBLISHED, now, by
    roster.save(update_fields=["version", "state", "published_at", "published_by"])
    first_duty = min(line["day"] for line in changed or lines)
    published = PublishedRoster.objects.create(
        roster=roster,
        version=roster.version,
        published_at=now,
        published_by=by,
        is_late=is_late(first_duty),
        lines=lines,
        reasons=excused,
    )
    after = {"版本": roster.version, "班次": len(lines), "变动": len(changed), "未排班的原因": excused}
    audit.record(by=by, action="consultations.publish_roster", on=roster, after=after)
    return Publication(published, _tell(roster, month, changed, is_first=previous is None, by=by))


def require_may_publish(by, county, previous, changed):
    """The bureau's section publishes; a station's head again what was agreed: changes at her own stations only. safety.md 5."""
    if any(post.role == Role.SECTION and _covers(post.region, county) for post in by.posts_in_force):
        return
    if previous is None:
        raise NotPublishable("首次公示由县司法局业务股办理；站点负责人只公示县局已同意的调整。")
    if not {line["station"] for line in changed} <= by.post_stations:
        raise NotPublishable("调整涉及其他站点，请由县司法局业务股公示。")


def _covers(region, county):
    return region.pk in {county.pk, county.parent_id, county.parent and county.parent.parent_id}


def require_no_errors(facts: RosterFacts, reasons: Mapping[str, str]) -> dict[str, str]:
    """The reasons that were needed, by problem; refused when an error is without one or cannot have one."""
    standing = []
    excused = {}
    for problem in facts.problems():
        if not problem.is_error:
            continue
        if problem.can_override and reasons.get(problem.key):
            excused[problem.key] = reasons[problem.key][:200]
        else:
            standing.append(problem)
    if standing:
        words = f"还有 {len(standing)} 处不能公示：{standing[0].text}"
        raise NotPublishable(words if len(standing) == 1 else words + "……", standing)
    return excused


def is_late(first_duty) -> bool:
    """Whether a notice of today comes later than one working day before the duty. Z-ORG-2."""
    first_duty = date.fromisoformat(first_duty) if isinstance(first_duty, str) else first_duty
    return rules.is_late_notice(clock.today(), first_duty, calendar.around(first_duty))


# --- what goes out ----------------------------------------------------------------------------------------------------


def lines_of(*, county: Region, month: YearMonth) -> list[dict]:
    """The month's standing shifts as they are made public. Three queries."""
    shifts = list(
        Shift.objects.standing()
        .in_county(county)
        .filter(day__range=(month.first, month.last))
        .select_related("station", "practitioner")
        .order_by("day", "station__order", "starts_at", "pk")
    )
    units = units_on({shift.practitioner_id for shift in shifts}, month)
    return [
        {
            "shift": shift.pk,
            "station": shift.station_id,
            "day": shift.day.isoformat(),
            "person": shift.practitioner_id,
            "name": shift.practitioner.name,
            "kind": shift.practitioner.get_kind_display(),
            "unit": units.get(shift.practitioner_id, ""),
            "starts": f"{shift.starts_at:%H:%M}",
            "ends": f"{shift.ends_at:%H:%M}",
            "lunch": shift.lunch_minutes,
        }
        for shift in shifts
    ]


def units_on(practitioner_ids, month: YearMonth) -> dict[int, str]:
    """The firm or office of each person in the month; the later one where she changed."""
    rows = Affiliation.objects.filter(practitioner__in=practitioner_ids, since__lte=month.last).order_by("since")
    return {
        row.practitioner_id: row.organization.short_name or row.organization.name
        for row in rows.select_related("organization")
        if row.until is None or row.until >= month.first
    }


def differing(before: list[dict], after: list[dict]) -> list[dict]:
    """The lines that are new, gone or other than before."""
    old, new = ({tuple(sorted(line.items())): line for line in lines} for lines in (before, after))
    return [line for key, line in old.items() if key not in new] + [line for key, line in new.items() if key not in old]


def _tell(roster, month, changed, *, is_first, by) -> int:
    """A notice to everybody with a login whose turns changed. Gives how many."""
    days = {}
    for line in changed:
        days.setdefault(line["person"], set()).add(line["day"])
    people = Practitioner.objects.filter(pk__in=days, user__isnull=False).exclude(user=by).select_related("user")
    for person in people:
        if is_first:
            words = f"{month.label}值班表已公示，你有 {len(days[person.pk])} 个班次。"
        else:
            listed = "、".join(rules.short(date.fromisoformat(day)) for day in sorted(days[person.pk])[:6])
            words = f"{month.label}值班表有调整（第{roster.version}版），涉及你的日期：{listed}。"
        notify(to=person.user, text=words, url=reverse("roster-month", args=[month]), kind="change")
    return len(people)


def changes_since(latest: PublishedRoster | None, *, county: Region, month: YearMonth) -> list[dict]:
    """The lines that are new or gone since a version, by day, each with `is_new` and the station's name."""
    if latest is None:
        return []
    now = lines_of(county=county, month=month)
    names = dict(Station.objects.in_county(county).values_list("pk", "short_name"))
    changed = [
        {**line, "is_new": line in now, "place": names.get(line["station"], ""), "date": date.fromisoformat(line["day"])}
        for line in differing(latest.lines, now)
    ]
    return sorted(changed, key=lambda line: (line["day"], line["station"], line["is_new"]))
