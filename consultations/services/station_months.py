"""A station's month on its way: confirmed by its head, received or returned by the bureau. Z-ORG-3, plan 三（一）.

What the head attests is the station's own record: who came and left when, and how gaps were settled. A change of that
after the confirmation opens the month again and tells who had signed; what the bureau finds and decides later
(roll calls, findings) is its own assessment and does not.
"""

from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.models import User
from accounts.policy import Role, may
from common import clock
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import Attendance, Settlement, Shift, StationMonth
from consultations.services import shift_facts
from organizations.models import Post, Station
from programmes.models import Month
from programmes.services.months import lock_month, require_open
from records.services import notify


class StationMonthRefused(Refused):
    """The month cannot be confirmed, received or returned; the sentence says why."""


@dataclass
class Awaited:
    """A station that has shifts in a month, and how far its month has come."""

    station: Station
    row: StationMonth | None
    shifts: int

    @property
    def state(self):
        return self.row.state if self.row else StationMonth.State.OPEN

    @property
    def words(self):
        return StationMonth.State(self.state).label

    @property
    def was_returned(self):
        return bool(self.row and self.row.return_reason and self.state == StationMonth.State.OPEN)


def stations_of(*, county, period: YearMonth, stations=None) -> list[Awaited]:
    """Every active station of the county with standing shifts in the month, in the county's order. Two queries, no writes."""
    shifts = Shift.objects.in_county(county).standing().filter(day__range=(period.first, period.last), station__is_active=True)
    if stations is not None:
        shifts = shifts.filter(station__in=stations)
    counts = {}
    for station_id in shifts.values_list("station_id", flat=True):
        counts[station_id] = counts.get(station_id, 0) + 1
    rows = StationMonth.objects.filter(station__in=counts, month__first=period.first)
    known = {row.station_id: row for row in rows.select_related("month", "confirmed_by", "received_by")}
    return [
        Awaited(station, known.get(station.pk), counts[station.pk])
        for station in Station.objects.filter(pk__in=counts).select_related("county").order_by("order", "name")
    ]


@transaction.atomic
def open_station_months(*, month: Month) -> list[StationMonth]:
    """The month's rows, made where they are missing: one for each active station that has shifts."""
    for awaited in stations_of(county=month.county, period=month.period):
        if awaited.row is None:
            StationMonth.objects.get_or_create(station=awaited.station, month=month)
    return list(StationMonth.objects.filter(month=month).select_related("station", "month"))


@transaction.atomic
def confirm_station_month(*, station: Station, period: YearMonth, by: User) -> StationMonth:
    """审定: the head attests the station's record of the month; for a one-person station an officer of the bureau does.

    Refused while shifts are still to come or unsettled for want of a record, and to whoever entered any of it.
    """
    month, row = lock_row(station, period)
    if row.state != StationMonth.State.OPEN:
        raise StationMonthRefused(f"{station.short_name}{period.label}{row.get_state_display()}，不用再确认。")
    require_confirmer(station, period, by)
    facts = shift_facts.facts_of(
        Shift.objects.filter(station=station, day__range=(period.first, period.last)).select_related(
            "station__county", "practitioner"
        )
    )
    coming = [each for each in facts if each.state in (shift_facts.UPCOMING, shift_facts.ON_DUTY, shift_facts.NOT_COME)]
    if coming:
        raise StationMonthRefused(f"本月还有 {len(coming)} 个班次没有值完，最后一班之后再确认。")
    if not facts:
        raise StationMonthRefused(f"{station.short_name}{period.label}没有班次，不需要确认。")
    unsettled = [each for each in facts if each.state == shift_facts.UNSETTLED and "待核实" not in each.reason]
    if unsettled:
        names = "、".join(f"{each.day:%m-%d} {each.practitioner}（{each.reason}）" for each in unsettled[:5])
        raise StationMonthRefused(f"还有 {len(unsettled)} 个班次未定：{names}。请先补登或处理，一时查不清的申请暂缓。")
    row.state, row.confirmed_by, row.confirmed_at = StationMonth.State.CONFIRMED, by, clock.now()
    row.received_by = row.received_at = None
    row.attested_paper, row.return_reason = "", ""
    row.save()
    audit.record(by=by, action="consultations.confirm_month", on=row, after={"状态": row.get_state_display(), "班次": len(facts)})
    return row


@transaction.atomic
def receive_station_month(*, station: Station, period: YearMonth, by: User) -> StationMonth:
    """接收: the bureau takes a confirmed month; not the officer who confirmed it in the head's stead."""
    month, row = lock_row(station, period)
    if row.state != StationMonth.State.CONFIRMED:
        raise StationMonthRefused(f"{station.short_name}{period.label}{row.get_state_display()}，不能接收。")
    if row.confirmed_by_id == by.pk:
        raise StationMonthRefused(f"{station.short_name}{period.label}是您代为确认的，请由另一人接收。")
    row.state, row.received_by, row.received_at = StationMonth.State.RECEIVED, by, clock.now()
    row.save()
    audit.record(by=by, action="consultations.receive_month", on=row, after={"状态": row.get_state_display()})
    return row


def receive_many(*, stations, period: YearMonth, by: User) -> tuple[list[StationMonth], list[str]]:
    """Receive several months; gives those received and, for the rest, why not."""
    done, refused = [], []
    for station in stations:
        try:
            done.append(receive_station_month(station=station, period=period, by=by))
        except Refused as error:
            refused.append(str(error))
    return done, refused


@transaction.atomic
def return_station_month(*, station: Station, period: YearMonth, reason: str, by: User) -> StationMonth:
    """退回: a confirmed or received month goes back to its station, with the reason."""
    month, row = lock_row(station, period)
    if row.state == StationMonth.State.OPEN:
        raise StationMonthRefused(f"{station.short_name}{period.label}还没有确认，不需要退回。")
    if not reason.strip():
        raise StationMonthRefused("没有写退回原因：请写明要站点改什么。", field="reason")
    reopen(row, reason.strip()[:200])
    audit.record(by=by, action="consultations.receive_month", on=row, after={"状态": row.get_state_display()}, reason=reason)
    tell(row, f"{station.short_name}{period.label}考勤被退回：{reason.strip()}")
    return row


@transaction.atomic
def attest_station_month(*, station: Station, period: YearMonth, paper: str, by: User) -> StationMonth:
    """A signed sheet on paper stands for the head's confirmation (contract 3.7); its number is kept."""
    if not paper.strip():
        raise StationMonthRefused("没有写审定表编号。", field="paper")
    if not may(by, "consultations.receive_month"):
        raise StationMonthRefused("只有接收站点月报的人可以凭纸质审定表确认。")
    month, row = lock_row(station, period)
    row.state, row.attested_paper, row.return_reason = StationMonth.State.RECEIVED, paper.strip()[:100], ""
    row.confirmed_by = row.confirmed_at = None
    row.received_by, row.received_at = by, clock.now()
    row.save()
    audit.record(
        by=by,
        action="consultations.receive_month",
        on=row,
        after={"状态": row.get_state_display(), "审定表编号": row.attested_paper},
    )
    return row


def facts_changed(*, shift: Shift, by: User) -> None:
    """The station's record of a shift has changed: a month that was confirmed waits for its head again, who is told."""
    changed_in(
        station=shift.station, period=YearMonth.of(shift.day), by=by, what=f"{shift.day:%m-%d} {shift.practitioner}的考勤有变动"
    )


def changed_in(*, station: Station, period: YearMonth, by: User, what: str) -> None:
    """As facts_changed, for whoever changes shifts (rosters, imports). Does nothing in a closed month."""
    rows = StationMonth.objects.select_for_update(of=("self",)).select_related("month", "station")
    row = rows.filter(station=station, month__first=period.first).exclude(state=StationMonth.State.OPEN).first()
    if row is None or row.month.is_closed:
        return
    told = {row.confirmed_by, row.received_by}
    reopen(row, f"{what}，请重新确认"[:200])
    audit.record(
        by=by, action="consultations.receive_month", on=row, after={"状态": row.get_state_display()}, reason=row.return_reason
    )
    tell(row, f"{station.short_name}{period.label}确认之后，{what}，须重新确认。", *told)


def reopen(row, reason):
    row.state, row.return_reason = StationMonth.State.OPEN, reason
    row.confirmed_by = row.confirmed_at = row.received_by = row.received_at = None
    row.attested_paper = ""
    row.save()


def tell(row, text, *people):
    url = reverse("station-month", args=[row.station_id, str(row.month.period)])
    heads = (post.user for post in heads_of(row.station))
    for person in {person.pk: person for person in [*heads, *people] if person is not None}.values():
        notify(to=person, text=text, url=url)


def lock_row(station, period):
    """The open month and the station's row of it, both locked."""
    month = lock_month(county=station.county, year_month=period)
    require_open(month)
    StationMonth.objects.get_or_create(station=station, month=month)
    rows = StationMonth.objects.select_for_update(of=("self",)).select_related("station", "month__county")
    return month, rows.get(station=station, month=month)


# --- who may confirm --------------------------------------------------------------------------------------------------


def heads_of(station):
    return list(
        Post.objects.in_force_on(clock.today())
        .filter(role=Role.HEAD, station=station, user__is_active=True)
        .select_related("user")
    )


def people_who_entered(station, period) -> set[int]:
    """Ids of the users who entered any of the station's record of the month: sign-ins for others or herself, settlements."""
    when = {"shift__station": station, "shift__day__range": (period.first, period.last)}
    by_import = {"source": Attendance.Source.IMPORT}
    ids = set()
    for pair in Attendance.objects.filter(**when).exclude(**by_import).values_list("signed_in_by", "signed_out_by"):
        ids.update(pair)
    ids.update(Settlement.objects.accepted().filter(**when).values_list("proposed_by", flat=True))
    return ids - {None}


def why_not_confirm(station, period, user) -> str:
    """Why this user may not confirm the station's month; empty when she may."""
    entered = people_who_entered(station, period)
    able = [post.user_id for post in heads_of(station) if post.user_id not in entered]
    if user.pk in entered:
        return "您登记过本月的考勤，不能由您确认：请由没有经手的人确认。"
    if user.pk in able:
        return ""
    if Role.SECTION in user.roles:
        return "本站负责人可以确认，不需要业务股代为确认。" if able else ""
    return "只有本站负责人可以确认。"


def require_confirmer(station, period, by):
    if why := why_not_confirm(station, period, by):
        raise StationMonthRefused(why)
