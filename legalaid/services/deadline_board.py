"""Whose limits run out: the board 已逾期 / 7日内 / 以后, and what each person must act on. domain.md §3.0; reading D22."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Q

from accounts.policy import Role, may
from common import clock
from legalaid.models import CaseDeadline
from legalaid.rules.procedure import DECIDE, HANDLE, UNDERTAKE
from legalaid.services.deadlines import APPLICANTS
from organizations.models.places import within
from organizations.scope import regions_of

SOON_DAYS = 7
MOST_SHOWN = 200
# Who keeps a limit; what is not named here is the officer's who handles the case.
UNDERTAKERS = frozenset({"engagement", "file_submission"})
DECIDERS = frozenset({"aid_decision"})
LEADERS = frozenset({"objection_decision"})
# Once the applicant's days are over, the office goes on: LAF 43(2), 44. An objection that was not filed asks for nothing.
OVER = {"supplement": "期满未补正的，可以按撤回申请处理", "pre_aid_papers": "期满未补办的，可以终止援助"}
WORDS = {
    "overdue": ("已逾期", "bad"),
    "soon": ("7日内", "warn"),
    "over": ("当事人期限届满", "warn"),
    "later": ("以后", "info"),
    "suspended": ("中止计算", "mute"),
}


def keeper_of(code: str) -> str:
    """Who has to act, in words."""
    if code in APPLICANTS:
        return "当事人"
    if code in UNDERTAKERS:
        return "承办人"
    return "主任" if code in DECIDERS else "局领导" if code in LEADERS else "经办人"


@dataclass
class Group:
    """One part of the board."""

    code: str
    words: str
    tone: str
    rows: list = field(default_factory=list)
    count: int = 0

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.rows)


def parts(today: date) -> dict[str, Q]:
    """The conditions of the groups; every open limit is in one of them, a lapsed objection limit in none."""
    running = Q(suspended_since=None)
    ours = running & ~Q(code__in=APPLICANTS)
    soon = today + timedelta(days=SOON_DAYS)
    return {
        "overdue": ours & Q(due_on__lt=today),
        "soon": running & Q(due_on__gte=today, due_on__lte=soon),
        "over": running & Q(code__in=OVER, due_on__lt=today),
        "later": running & Q(due_on__gt=soon),
        "suspended": Q(suspended_since__isnull=False),
    }


def board_of(user, *, handler=None, code="", mine=False) -> list[Group]:
    """The board of what this user may see: one query a group, one for the counts."""
    today = clock.today()
    rows = limits(user, handler=handler, code=code, mine=mine)
    groups = []
    for name, condition in parts(today).items():
        chosen = rows.filter(condition)
        found = list(chosen.select_related("rule", "case__handler").order_by("due_on", "due_at", "pk")[: MOST_SHOWN + 1])
        count = chosen.count() if len(found) > MOST_SHOWN else len(found)
        groups.append(Group(name, *WORDS[name], rows=found[:MOST_SHOWN], count=count))
    return groups


def limits(user, *, handler=None, code="", mine=False):
    """The open limits of the cases this user may see. History runs no limits."""
    rows = waiting_for(user) if mine else CaseDeadline.objects.visible_to(user).open()
    if handler:
        rows = rows.filter(case__handler=handler)
    return rows.filter(code=code) if code else rows


def waiting_for(user):
    """The open limits on which this very person has to act."""
    wanted = Q(pk__in=[])
    if may(user, HANDLE):
        theirs = Q(case__handler=user) | Q(case__handler=None) & within(regions_of(user, Role.CENTRE), "case__county")
        wanted |= theirs & ~Q(code__in=UNDERTAKERS | LEADERS)
    if may(user, DECIDE):
        wanted |= Q(code__in=DECIDERS, case__state="under_review") & within(regions_of(user, Role.DIRECTOR), "case__county")
    if may(user, UNDERTAKE):
        wanted |= Q(code__in=UNDERTAKERS, case__lawyer__user=user)
    if may(user, "legalaid.decide_objection"):
        wanted |= Q(code__in=LEADERS) & within(regions_of(user, Role.LEADER), "case__county")
    return CaseDeadline.objects.open().filter(wanted)


def urgent_for(user, today: date):
    """Of those the overdue ones, those of the next seven days, and applicants' days that are over."""
    conditions = parts(today)
    return waiting_for(user).filter(conditions["overdue"] | conditions["soon"] & ~Q(code__in=APPLICANTS) | conditions["over"])


def limits_in_words(user, today: date) -> str:
    """What of it waits for one person, in one line for her daily notice; empty when nothing does."""
    conditions = parts(today)
    found = urgent_for(user, today).aggregate(
        late=Count("pk", filter=conditions["overdue"]),
        today=Count("pk", filter=Q(due_on=today)),
        soon=Count("pk", filter=conditions["soon"] & ~Q(due_on=today)),
        over=Count("pk", filter=conditions["over"]),
    )
    counts = (("已逾期", "late"), ("今天到期", "today"), ("7日内到期", "soon"), ("当事人期限届满", "over"))
    return "，".join(f"{words} {found[name]} 项" for words, name in counts if found[name])
