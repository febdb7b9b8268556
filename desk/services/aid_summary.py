"""The legal aid cases of whoever handles them, on her first page: how many wait at which step, and what is late."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from accounts.policy import may
from legalaid.models import AidCase
from legalaid.rules.procedure import State
from legalaid.services.deadline_board import parts, waiting_for

# What a group is called, its states, and whose list of them a click opens.
GROUPS = (
    ("待接收、受理", ("registered", "received", "need_supplement", "notice_received", "notice_incomplete")),
    ("审查中", ("accepted", "under_review", "cooperating")),
    ("待指派", ("granted",)),
    ("承办中", State.WITH_UNDERTAKER),
    ("结案审查", ("concluded", "file_submitted", "file_returned")),
    ("待归档", ("file_accepted",)),
    ("待质量核验", ("archived",)),
)


@dataclass(frozen=True)
class Waiting:
    """How many cases stand at a step; `state` filters the list where the group is a single state."""

    words: str
    count: int
    state: str = ""


@dataclass(frozen=True)
class AidSummary:
    """One person's cases and limits today."""

    groups: list[Waiting]
    overdue: int
    soon: int

    @property
    def open(self) -> int:
        return sum(group.count for group in self.groups)


def aid_summary(user, today: date) -> AidSummary | None:
    """The cases this user may see, by step, without imported history that is done; None for who handles none. Three queries."""
    if not may(user, "legalaid.view_cases"):
        return None
    counts = dict(AidCase.objects.visible_to(user).order_by().values_list("state").annotate(n=Count("pk")))
    groups = [
        Waiting(words, sum(counts.get(state, 0) for state in states), states[0] if len(states) == 1 else "")
        for words, states in GROUPS
    ]
    conditions, limits = parts(today), waiting_for(user)
    overdue = limits.filter(conditions["overdue"]).count()
    return AidSummary(groups, overdue, limits.filter(conditions["soon"]).count())
