"""Signing in today, unsettled shifts, settlements that wait for a second person."""

from django.urls import reverse

from accounts.policy import Role, may
from common import clock
from common.periods import YearMonth
from consultations.models import Settlement, Shift
from consultations.services.shift_facts import NOT_COME, ON_DUTY, UNSETTLED, UPCOMING, facts_of
from programmes.models import Month
from records.todo import TodoItem


def todo_items(user):
    return [*today_of(user), *unsettled_of(user), *settlements_of(user)]


def today_of(user):
    """Her own shift of today, until she has come and gone."""
    if not may(user, "consultations.sign_in"):
        return
    mine = Shift.objects.own(user).standing().filter(day=clock.today()).select_related("station__county", "practitioner")
    for facts in facts_of(mine):
        words = {UPCOMING: "今天值班", NOT_COME: "今天值班，还没有签到", ON_DUTY: "值班结束后签退"}.get(facts.state)
        if words:
            detail = f"{facts.station.short_name} {facts.starts_at:%H:%M}–{facts.ends_at:%H:%M}"
            yield TodoItem(words, detail, reverse("my-shifts"), clock.today(), "map-pin")


def unsettled_of(user):
    """Unsettled shifts of this month and the last at the stations she may settle, one row for each month."""
    if not may(user, "consultations.settle_shift"):
        return
    this = YearMonth.of(clock.today())
    visible = Shift.objects.visible_to(user).standing().exclude(practitioner__user=user)
    for period in (this.previous(), this):
        shifts = visible.filter(day__range=(period.first, min(period.last, clock.today())))
        shifts = shifts.exclude(station__county__in=closed_counties(period))
        facts = [each for each in facts_of(shifts.select_related("station__county", "practitioner")) if each.state == UNSETTLED]
        waiting = [each for each in facts if each.can_be_settled and not each.proposed]
        if waiting:
            names = "、".join(dict.fromkeys(each.station.short_name for each in waiting))
            url = f"{reverse('settle-shifts')}?month={period}"
            yield TodoItem(f"处理{period.label}未定班次 {len(waiting)} 个", names, url, report_day(period), "wrench")


def closed_counties(period):
    return Month.objects.closed().filter(first=period.first).values("county")


def report_day(period):
    """The monthly report is due on the fifth of the next month (Z-ORG-7)."""
    return period.next().first.replace(day=5)


def settlements_of(user):
    if not may(user, "consultations.confirm_settlement"):
        return
    waiting = Settlement.objects.visible_to(user).proposed().exclude(proposed_by=user).exclude(shift__practitioner__user=user)
    if Role.SECTION not in user.roles:
        waiting = waiting.filter(shift__station__in=user.post_stations)
    count = waiting.count()
    if count:
        yield TodoItem(f"确认补登和班次处理 {count} 条", "由第二人确认后生效", reverse("settlements"), icon="check-check")
