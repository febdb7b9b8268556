"""Planning a county's month: adding, moving and cancelling shifts, one by one or a month at a time. Z-ROS-1…6.

Every act takes the month's lock first, so that nothing is planned into books that are being closed, and the checks
of two planners do not pass each other.
"""

from collections.abc import Iterable
from datetime import date, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import audit
from accounts.policy import Role
from common import clock
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import Roster, Shift, ShiftChange
from consultations.rules import rosters as rules
from consultations.rules.rosters import PlannedShift
from consultations.services.roster_facts import RosterFacts, roster_facts
from consultations.services.station_months import changed_in
from organizations.models import Post, Practitioner, Region, Station
from programmes.models import Month
from programmes.services.months import lock_month, require_open
from records.services import notify

CLASHES = {
    "shift_nobody_in_two_places": "{person}{day}同一时间已排在别处：请换人或错开时间。",
    "shift_once_per_station_day_and_person": "{person}{day}已排在{station}：一人一站一天只排一个班次。",
    "shift_ends_after_it_starts": "结束时间应晚于开始时间：请检查时间。",
}
FACTS = {
    "attendance": "考勤",
    "findings": "考核事项",
    "roll_calls": "点名抽查",
    "settlements": "班次处理",
    "consultations": "咨询记录",
}


class RosterError(Refused):
    """The roster cannot be changed this way."""


# --- where one stands -------------------------------------------------------------------------------------------------


def counties_for(user) -> list[Region]:
    """The counties whose rosters a user may open: those of her posts, and those where she is on duty."""
    if user.is_system:
        return list(Region.objects.counties())
    mine = Region.objects.counties().visible_to(user).order_by().values("pk")
    of_posts = Station.objects.filter(pk__in=user.post_stations).order_by().values("county")
    of_duties = Shift.objects.own(user).order_by().values("station__county")
    among = Q(pk__in=mine) | Q(pk__in=of_posts) | Q(pk__in=of_duties)
    return list(Region.objects.filter(among).select_related("parent").order_by("code", "name"))


def lock_roster(*, county: Region, month: YearMonth) -> Roster:
    """The month's roster under the month's lock; refused with MonthClosed when its books are closed."""
    row = lock_month(county=county, year_month=month)
    require_open(row)
    roster, _ = Roster.objects.get_or_create(month=row)
    roster.month = row
    return roster


def roster_of(*, county: Region, month: YearMonth) -> Roster:
    """The roster as it stands, for reading: not stored when nobody has planned anything yet."""
    rows = Month.objects.filter(county=county, first=month.first).select_related("closed_by", "county", "roster__published_by")
    row = rows.first() or Month(county=county, first=month.first)
    roster = getattr(row, "roster", None) or Roster(month=row)
    roster.month = row
    return roster


def usual_people(*, station_id: int, before: date) -> set[int]:
    """Who served at a station, or was to, in the two months up to a day: whom one asks first."""
    recent = Shift.objects.standing().filter(station=station_id, day__range=(before - timedelta(days=62), before))
    return set(recent.values_list("practitioner", flat=True))


# --- one shift --------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_shift(
    *,
    station: Station,
    day: date,
    practitioner: Practitioner,
    starts_at: time,
    ends_at: time,
    lunch_minutes: int = 0,
    override_reason: str = "",
    by,
) -> Shift:
    """Plan one shift. Refused: outside the pool, too short or a day off without a reason, a clash, a closed month.

    Z-DUTY-3, Z-ROS-2, Z-ROS-4, Z-ROS-5.
    """
    roster = lock_roster(county=station.county, month=YearMonth.of(day))
    shift = Shift(
        station=station,
        day=day,
        practitioner=practitioner,
        starts_at=starts_at,
        ends_at=ends_at,
        lunch_minutes=lunch_minutes,
        override_reason=override_reason.strip(),
        created_by=by,
    )
    require_fit(shift)
    save_shift(shift)
    note_change(roster, shift, by=by)
    audit.record(by=by, action="consultations.plan_roster", on=shift, after=facts_of(shift), reason=shift.override_reason)
    return shift


@transaction.atomic
def edit_shift(
    *,
    shift_id: int,
    day: date,
    starts_at: time,
    ends_at: time,
    lunch_minutes: int = 0,
    override_reason: str = "",
    practitioner: Practitioner | None = None,
    station: Station | None = None,
    reason: str = "",
    by,
) -> Shift:
    """Move a shift or change its hours, place or person. Once published it needs a reason, and a changed person is kept.

    Refused like add_shift, and where something has been recorded about the shift already.
    """
    shift, roster = lock_shift(shift_id)
    before, left = facts_of(shift), shift.station
    previous = shift.practitioner
    if YearMonth.of(day) != shift.period:
        raise RosterError("不能改到别的月份：请取消这个班次，再到那个月新排。", field="day")
    if roster.is_published and not reason.strip():
        raise RosterError("这个月已经公示，请写明调整原因。", field="reason")
    if station is not None and station.county_id != shift.station.county_id:
        raise RosterError("不能改到别的县的站点。", field="station")
    if practitioner is not None and practitioner != shift.practitioner and roster.is_published:
        keep_change(shift, original=shift.practitioner, substitute=practitioner, reason=reason, by=by)
    shift.station = station or shift.station
    shift.practitioner = practitioner or shift.practitioner
    shift.day, shift.starts_at, shift.ends_at = day, starts_at, ends_at
    shift.lunch_minutes, shift.override_reason = lunch_minutes, override_reason.strip()
    differing = audit.changes(before, facts_of(shift))
    if differing is None:
        raise RosterError("没有改动任何内容。")
    require_fit(shift)
    save_shift(shift)
    note_change(roster, shift, by=by, left=left)
    audit.record(
        by=by, action="consultations.plan_roster", on=shift, before=differing[0], after=differing[1], reason=reason.strip()
    )
    if roster.is_published:
        named = f"{rules.short(day)} {shift.station.short_name} {starts_at:%H:%M}–{ends_at:%H:%M} {shift.practitioner}"
        words = f"{rules.short(before['日期'])} {left.short_name} 的班次有调整：现为 {named}。原因：{reason.strip()}"
        tell_of_change(shift, words, by=by, others=[previous])
    return shift


@transaction.atomic
def cancel_shift(*, shift_id: int, reason: str = "", by) -> Shift | None:
    """Take a shift out of the plan. A draft vanishes; a published one stays, cancelled, with its reason (gives it back)."""
    shift, roster = lock_shift(shift_id)
    if roster.is_published and not reason.strip():
        raise RosterError("这个月已经公示，请写明取消原因。", field="reason")
    ShiftChange.objects.filter(shift=shift).waiting().update(state=ShiftChange.State.WITHDRAWN, decision="班次已取消")
    audit.record(by=by, action="consultations.plan_roster", on=shift, before=facts_of(shift), reason=reason.strip() or "取消班次")
    note_change(roster, shift, by=by)
    if roster.is_published:
        words = f"{rules.short(shift.day)} {shift.station.short_name} {shift.practitioner} 的班次已取消。原因：{reason.strip()}"
        tell_of_change(shift, words, by=by)
    if not roster.is_published and not ShiftChange.objects.filter(Q(shift=shift) | Q(swapped_with=shift)).exists():
        shift.delete()
        return None
    shift.is_cancelled = True
    shift.override_reason = reason.strip() or shift.override_reason
    shift.save(update_fields=["is_cancelled", "override_reason"])
    return shift


# --- many shifts ------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_shifts(*, county: Region, month: YearMonth, proposed: Iterable[PlannedShift], by) -> list[Shift]:
    """Take over a proposal, all or nothing: a fair month, or one station's month. Z-ROS-1…5.

    Refused with the first thing that became wrong since the preview: somebody else planned, or the pool changed.
    """
    roster = lock_roster(county=county, month=month)
    proposed = list(proposed)
    stations = {station.pk: station for station in Station.objects.active().in_county(county)}
    people = Practitioner.objects.in_bulk([shift.person_id for shift in proposed])
    shifts = []
    for each in proposed:
        if each.station_id not in stations or each.person_id not in people or each.day not in month:
            raise RosterError("预览之后站点或人员有变动：请重新生成。")
        shifts.append(
            Shift(
                station=stations[each.station_id],
                day=each.day,
                practitioner=people[each.person_id],
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                lunch_minutes=each.lunch_minutes,
                override_reason=each.override_reason,
                created_by=by,
            )
        )
    if not shifts:
        raise RosterError("没有可以排的班次：请检查所选的人员和日期。")
    require_all_fit(roster_facts(county=county, month=month), shifts)
    try:
        with transaction.atomic():
            Shift.objects.bulk_create(shifts)
    except IntegrityError as error:
        raise RosterError("其中有人同一时间已排在别处：请重新生成预览。") from error
    note_change(roster, *shifts, by=by)
    audit.record_many(
        {"by": by, "action": "consultations.plan_roster", "on": shift, "after": facts_of(shift)} for shift in shifts
    )
    return shifts


# --- what every act asks ----------------------------------------------------------------------------------------------


def lock_shift(shift_id: int) -> tuple[Shift, Roster]:
    """The shift and its month's roster, both locked; refused when cancelled or when facts hang on it."""
    found = Shift.objects.select_related("station__county").get(pk=shift_id)
    roster = lock_roster(county=found.station.county, month=found.period)
    shift = Shift.objects.select_for_update(of=("self",)).select_related("station__county", "practitioner").get(pk=shift_id)
    if shift.is_cancelled:
        raise RosterError("这个班次已经取消，不能再改。")
    require_no_facts(shift)
    return shift, roster


def require_no_facts(shift: Shift) -> None:
    """A shift with something recorded about it stays as it is: pay goes to whoever attended (Z-ROS-6)."""
    for name, words in FACTS.items():
        if Shift.objects.filter(pk=shift.pk, **{f"{name}__isnull": False}).exists():
            raise RosterError(f"这个班次已有{words}，不能再改：情况有误的，请在考勤或考核中更正。")


def require_fit(shift: Shift) -> None:
    """Refuse a shift that breaks a rule by itself or clashes with another of the same person."""
    facts = roster_facts(county=shift.station.county, month=shift.period)
    require_all_fit(facts, [shift])


def require_all_fit(facts: RosterFacts, shifts: Iterable[Shift]) -> None:
    """Refuse the first of these shifts that has an error of its own; gaps elsewhere are not its fault."""
    planned = [as_planned(shift) for shift in shifts]
    ids = {each.id for each in planned if each.id}
    others = [each for each in facts.shifts if each.id not in ids]
    for each in planned:
        if each.starts_at >= each.ends_at:
            raise RosterError(CLASHES["shift_ends_after_it_starts"], field="ends_at")
        if each.minutes <= 0:
            raise RosterError("午休时间不能超过值班时间：请检查午休分钟。", field="lunch_minutes")
        if each.station_id not in facts.facts.by_id:
            raise RosterError("这个站点已停用，不能排班。", field="station")
    problems = [problem for each in planned for problem in rules.check_shift(facts.facts, each)]
    people = {each.person_id for each in planned}
    with_theirs = [each for each in others if each.person_id in people and each.day in facts.month]
    problems += rules.check_people(facts.facts, [*with_theirs, *planned])
    touched = {(each.person_id, each.day) for each in planned}
    for problem in problems:
        if problem.is_error and (problem.person_id, problem.day) in touched:
            raise RosterError(f"{problem.text}（方案{problem.clause}）", field=FIELDS.get(problem.code))


FIELDS = {
    "pool": "practitioner",
    "station": "practitioner",
    "overlap": "practitioner",
    "twice": "practitioner",
    "short": "override_reason",
    "day_off": "override_reason",
}


def as_planned(shift: Shift) -> PlannedShift:
    return PlannedShift(
        shift.station_id,
        shift.practitioner_id,
        shift.day,
        shift.starts_at,
        shift.ends_at,
        shift.lunch_minutes,
        shift.override_reason,
        shift.pk,
    )


def save_shift(shift: Shift) -> None:
    """Store it; what the database refuses (invariant I17, also across counties) is said in words."""
    try:
        with transaction.atomic():
            shift.save()
    except IntegrityError as error:
        words = next((words for name, words in CLASHES.items() if name in str(error)), None)
        if words is None:
            raise
        text = words.format(person=shift.practitioner, day=rules.short(shift.day), station=shift.station.short_name)
        raise RosterError(text, field="practitioner") from error


def note_change(roster: Roster, *shifts: Shift, by, left: Station | None = None) -> None:
    """What changed after publication must be made public again (Z-ROS-6); a station's head who had confirmed the month
    of these shifts is asked again (Z-ORG-3). ``left`` is the station that a shift was moved away from."""
    revise(roster)
    for shift in {shift.station_id: shift for shift in shifts}.values():
        for station in {shift.station, left or shift.station}:
            changed_in(station=station, period=shift.period, by=by, what=f"{shift.day:%m-%d} {shift.practitioner}的班次有变动")


def tell_station(station: Station, words: str, *, url: str, by) -> None:
    """A notice to the clerks and the head of a station, except to who did it."""
    posts = Post.objects.in_force_on(clock.today()).filter(station=station, role__in=(Role.CLERK, Role.HEAD))
    for post in posts.exclude(user=by).select_related("user"):
        notify(to=post.user, text=words, url=url, kind="change")


def tell_of_change(shift: Shift, words: str, *, by, others: Iterable[Practitioner] = ()) -> None:
    """What a published shift has become, told at once to whom it concerns: its person, who was there before, the station. Z-ROS-6."""
    for person in {shift.practitioner, *others}:
        if person.user_id and person.user_id != by.pk:
            notify(to=person.user, text=words, url=shift.get_absolute_url(), kind="change")
    tell_station(shift.station, words, url=shift.get_absolute_url(), by=by)


def revise(roster: Roster) -> None:
    """A published roster waits for its next version."""
    if roster.state == Roster.State.PUBLISHED:
        roster.state = Roster.State.REVISED
        roster.save(update_fields=["state"])


def keep_change(shift: Shift, *, original, substitute, reason: str, by, swapped_with=None) -> ShiftChange:
    """The record of a change the planners made themselves. Z-ROS-6."""
    now = clock.now()
    ShiftChange.objects.filter(shift=shift).waiting().update(state=ShiftChange.State.WITHDRAWN, decision="业务股已另行调整")
    return ShiftChange.objects.create(
        shift=shift,
        original=original,
        substitute=substitute,
        swapped_with=swapped_with,
        reason=reason.strip(),
        state=ShiftChange.State.APPROVED,
        is_direct=True,
        proposed_by=by,
        proposed_at=now,
        decided_by=by,
        decided_at=now,
    )


def facts_of(shift: Shift) -> dict:
    """What the audit entry keeps of a shift."""
    return {
        "站点": str(shift.station),
        "日期": shift.day,
        "时间": f"{shift.starts_at:%H:%M}–{shift.ends_at:%H:%M}",
        "午休分钟": shift.lunch_minutes,
        "值班人员": str(shift.practitioner),
        "调整原因": shift.override_reason,
    }
