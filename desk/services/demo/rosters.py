"""The roster of October, still being planned on the demonstration's day: leaves, wishes, an offer, a drawing to look at."""

from datetime import timedelta

from common.periods import YearMonth
from consultations.models import Shift
from consultations.services.availability import enter_leave, save_wish
from consultations.services.drawing import make_proposal
from consultations.services.offers import offer_shift

WISHES = [
    ([0, 2], [4], None, "周五多开庭（演示）"),
    ([], [0], 3, ""),
    ([1, 3], [], 2, "乡镇远，一月两次为宜（演示）"),
    ([], [2], None, ""),
]


def add_rosters_at_work(*, county, people, users, today) -> None:
    """What the people on duty have said, and what the program makes of it."""
    section, month = users["section"], YearMonth.of(today).next()
    for person, (liked, avoided, most, note) in zip(people[1:], WISHES, strict=False):
        save_wish(practitioner=person, liked=liked, avoided=avoided, most=most, note=note, by=person.user or section)
    first = month.first + timedelta(days=7)
    for number, reason in ((2, "外出培训（演示）"), (4, ""), (6, "住院（演示）")):
        since = first + timedelta(days=2 * number)
        enter_leave(practitioner=people[number], since=since, until=since + timedelta(days=number), reason=reason, by=section)
    offered = Shift.objects.standing().in_county(county).own(users["duty"]).filter(day__gt=today, changes=None)
    if coming := offered.first():
        offer_shift(shift_id=coming.pk, reason="家中有事，想请人代班（演示）", by=users["duty"])
    make_proposal(county=county, month=month, limits={}, by=section)
