"""What waits about rosters: months to publish, gaps, requests to decide. Z-ORG-2, Z-ROS-3, Z-ROS-6."""

from datetime import timedelta

from django.urls import reverse

from accounts.policy import may
from common import clock
from common.periods import YearMonth
from consultations.models import Roster, RosterProposal, Shift, ShiftChange, SwapOffer
from consultations.rules import rosters as rules
from consultations.services.roster_facts import roster_facts
from consultations.services.roster_page import GAP_CODES
from consultations.services.rosters import counties_for
from records.todo import TodoItem

# From this day of a month on the next one ought to be public.
PLAN_AHEAD_FROM = 25


def todo_items(user):
    """Hers only: the planners' months, the deciders' requests, everybody's own requests still open on a past day."""
    items = []
    if may(user, "consultations.plan_roster"):
        today = clock.today()
        for county in counties_for(user):
            items += _months(county, today)
            items += _proposals(county, today)
    if may(user, "consultations.decide_change"):
        items += _changes(user)
    if may(user, "consultations.offer_shift"):
        items += _offers(user)
    return items


def _proposals(county, today):
    """Drawings nobody has taken over or dropped, of months not yet over."""
    rows = RosterProposal.objects.open().filter(county=county, first__gte=YearMonth.of(today).first)
    return [
        TodoItem(
            f"{row.month.label}排班方案待采用",
            f"{county.name}，{len(row.lines)} 个班次",
            row.get_absolute_url(),
            row.first if row.first > today else today,
            "list-checks",
        )
        for row in rows
    ]


def _offers(user):
    """Shifts that somebody asks her, by name, to take."""
    rows = SwapOffer.objects.open().filter(to__user=user).select_related("shift__station", "shift__practitioner")
    return [
        TodoItem(
            f"{row.shift.practitioner.name}请您接班",
            f"{rules.short(row.shift.day)} {row.shift.station.short_name}，{row.reason}",
            reverse("swap-offer", args=[row.pk]),
            row.shift.day,
            "refresh-cw",
        )
        for row in rows[:20]
    ]


def _months(county, today):
    this = YearMonth.of(today)
    months = [this, this.next()] if today.day >= PLAN_AHEAD_FROM else [this]
    rosters = {
        roster.month.first: roster
        for roster in Roster.objects.filter(
            month__county=county, month__first__in=[month.first for month in months]
        ).select_related("month")
    }
    for month in months:
        roster = rosters.get(month.first)
        yield from _publication(county, month, roster, today)
        if roster is not None or month == this:
            yield from _gaps(county, month, today)


def _publication(county, month, roster, today):
    due_on = month.first if month.first > today else today
    if roster is not None and roster.state == Roster.State.REVISED:
        url = _url("roster-publish", county, month)
        yield TodoItem(
            f"{month.label}值班表有调整，待重新公示", f"{county.name}，现为第 {roster.version} 版", url, due_on, "megaphone"
        )
    elif roster is None or roster.state == Roster.State.DRAFT:
        planned = Shift.objects.standing().in_county(county).filter(day__range=(month.first, month.last)).exists()
        name = "roster-publish" if planned else "roster-plan"
        words = "待公示" if planned else "还没有排班"
        yield TodoItem(
            f"{month.label}值班表{words}", f"{county.name}；方案要求提前公示", _url(name, county, month), due_on, "calendar-days"
        )


def _gaps(county, month, today):
    """Gaps that can still be filled: days and weeks not yet past."""
    facts = roster_facts(county=county, month=month)
    open_gaps = [
        problem
        for problem in facts.problems()
        if problem.code in GAP_CODES
        and (problem.day is None or problem.day + timedelta(days=6) >= today)
        and not (problem.code == "gap" and problem.day < today)
    ]
    stations = list(dict.fromkeys(problem.station_id for problem in open_gaps))
    if not stations or not any(each.day in month for each in facts.shifts):
        return
    names = "、".join(facts.facts.by_id[pk].name for pk in stations[:4]) + ("等" if len(stations) > 4 else "")
    days = [problem.day for problem in open_gaps if problem.day and problem.day >= today]
    yield TodoItem(
        f"{month.label}有 {len(stations)} 个站点排班有空档",
        names,
        f"{reverse('roster-coverage')}?county={county.pk}&month={month}",
        min(days, default=None),
        "calendar-days",
    )


def _changes(user):
    waiting = ShiftChange.objects.visible_to(user).waiting().select_related("shift__station", "original", "substitute")
    return [
        TodoItem(
            f"审批{change.kind}：{change.original.name}",
            f"{rules.short(change.shift.day)} {change.shift.station.short_name}，{change.reason}",
            reverse("shift-change", args=[change.pk]),
            change.shift.day,
            "refresh-cw",
        )
        for change in waiting.exclude(proposed_by=user).exclude(original__user=user).exclude(substitute__user=user)[:50]
    ]


def _url(name, county, month):
    return f"{reverse(name, args=[month])}?county={county.pk}"
