"""What the page of a report shows around its figures: the steps, the acts of this reader, and what still has to be written."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.policy import may
from common import clock
from organizations.models import Region
from performance.models import Report
from performance.rules.kinds import KINDS, Kind, periods_due
from performance.services.reports import due_of
from programmes.services.plans import NoPlan, plan_for
from subsidies.services.return_page import Step

Status = Report.Status
WAY = (("编制", "drafted"), ("复核", "reviewed"), ("签发", "issued"))
# How many steps of the way are done, by the state the report is in.
DONE = {Status.DRAFT: 0, Status.REVIEWED: 2, Status.ISSUED: 3, Status.SUPERSEDED: 3}
ACTS = {
    Status.DRAFT: (("review", "performance.review_report"), ("write", "performance.draft_report")),
    Status.REVIEWED: (("issue", "performance.issue_report"), ("send-back", "performance.send_back_report")),
    Status.ISSUED: (("renew", "performance.draft_report"),),
}
HOLDERS = {"review": ("drafted_by_id",), "issue": ("drafted_by_id", "reviewed_by_id")}
OTHERS = "编制、复核、签发须由不同的人办理：请由另一人办理这一步。"


def steps_of(report: Report) -> list[Step]:
    done = DONE[report.status]
    found = []
    for place, (words, who) in enumerate(WAY):
        person, at = getattr(report, f"{who}_by"), getattr(report, f"{who}_at")
        held = f"{person} {at.astimezone(clock.SHANGHAI).date()}" if person else ""
        found.append(Step(words, "done" if place < done else "now" if place == done else "", held))
    return found


def acts_of(report: Report, user) -> dict[str, str]:
    """The acts this reader's posts allow now, each with why she may not all the same (empty when she may). I14."""
    found = {}
    for act, action in ACTS.get(report.status, ()):
        if may(user, action):
            found[act] = OTHERS if user.pk in [getattr(report, name) for name in HOLDERS.get(act, ())] else ""
    if "renew" in found and hasattr(report, "superseded_by"):
        found.pop("renew")
    return found


@dataclass(frozen=True)
class Due:
    """A report that has to be written now and that nobody has begun."""

    kind: Kind
    period: Any
    due_on: date

    @property
    def name(self) -> str:
        return self.kind.name_of(self.period.label)


def reports_due(county: Region, day: date) -> list[Due]:
    """The reports about the periods just over that have no row yet, by due day. None where no plan held then."""
    found = []
    for kind in KINDS.values():
        period = periods_due(kind.code, day)
        if period is None or Report.objects.about(county, kind.code, period.first).exists():
            continue
        try:
            plan_for(county=county, day=period.last)
        except NoPlan:
            continue
        found.append(Due(kind, period, due_of(kind.code, county, period.last)))
    return sorted(found, key=lambda due: due.due_on)
