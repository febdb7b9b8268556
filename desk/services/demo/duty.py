"""The demonstration's duty: shifts of the year so far, what was recorded of them and what was found."""

import random
from datetime import date, datetime, time, timedelta

from common.clock import SHANGHAI
from consultations.models import Attendance, Finding, Shift, StationMonth
from organizations.models import Station
from programmes import calendar
from programmes.models import Month

FIRST, LAST = date(2022, 1, 1), date(2022, 10, 31)
CENTRE_HOURS, TOWN_HOURS = (time(8, 0), time(18, 0), 120), (time(8, 30), time(12, 30), 0)
CENTRE_PEOPLE = 4
# Townships whose October is not planned yet: gaps that the roster page names.
UNPLANNED_IN_OCTOBER = ("柳树口镇", "南岭镇", "川底镇")


def add_shifts(*, county, people, section, rng: random.Random) -> list[Shift]:
    """The centre every working day by four in turn; each township once a week on its market day."""
    stations = list(Station.objects.in_county(county).active().order_by("order"))
    days = calendar.between(FIRST, LAST)
    centre, towns = stations[0], stations[1:]
    # The first undertakes cases and is not on duty; somebody without a town takes the turn.
    in_turn = [people[-2], *people[1:CENTRE_PEOPLE]]
    shifts = []
    for n, day in enumerate(days.working_days(FIRST, LAST)):
        shifts.append(new_shift(centre, day, in_turn[n % len(in_turn)], CENTRE_HOURS, section))
    for place, town in enumerate(towns):
        weekday = (place + 4) % 5  # 巴公镇 on Mondays, so that its people are there on the demonstration's day
        pair = people[CENTRE_PEOPLE + 2 * place : CENTRE_PEOPLE + 2 * place + 2]
        for n, day in enumerate(all_weekdays(weekday)):
            if not days.is_working_day(day) or (day.month == 10 and town.short_name in UNPLANNED_IN_OCTOBER):
                continue
            if town.short_name in ("柳树口镇", "南岭镇") and n % 2 and day.month > 2:
                continue  # remote: every second week (reduced frequency)
            shifts.append(new_shift(town, day, pair[n % 2], TOWN_HOURS, section))
    return Shift.objects.bulk_create(shifts, batch_size=500)


def all_weekdays(weekday):
    day = FIRST + timedelta(days=(weekday - FIRST.weekday()) % 7)
    while day <= LAST:
        yield day
        day += timedelta(days=7)


def new_shift(station, day, person, hours, section) -> Shift:
    starts, ends, lunch = hours
    return Shift(
        station=station, day=day, practitioner=person, starts_at=starts, ends_at=ends, lunch_minutes=lunch, created_by=section
    )


# Where the clerk of the demonstration finds shifts to settle: her own station.
FORGETFUL = "巴公镇"


def add_attendance(shifts, *, today, clerk, rng: random.Random) -> list[Attendance]:
    """Most come and go in time; some are late or leave early; this month a few forgot to sign out. Today people are there."""
    records = []
    for shift in shifts:
        if shift.day > today or (shift.day == today and shift.station.short_name == FORGETFUL):
            continue  # who looks around may sign in herself
        came, left = shift.starts_at, shift.ends_at
        chance = rng.random()
        if chance < 0.03:
            came = add_minutes(came, rng.choice((5, 12, 25)))
        elif chance < 0.045:
            left = add_minutes(left, -rng.choice((10, 30)))
        if shift.day == today:
            left = None
        elif shift.day.month == today.month and (chance > 0.96 or shift.station.short_name == FORGETFUL):
            left = None
        records.append(
            Attendance(
                shift=shift,
                sign_in=came,
                sign_out=left,
                source=Attendance.Source.CLERK,
                signed_in_by=clerk,
                signed_in_at=moment(shift.day, came),
                signed_out_by=clerk if left else None,
                signed_out_at=moment(shift.day, left) if left else None,
            )  # fmt: skip
        )
    return Attendance.objects.bulk_create(records, batch_size=500)


def moment(day: date, at: time) -> datetime:
    """An instant of the demonstration, in Shanghai."""
    return datetime.combine(day, at, SHANGHAI)


def add_minutes(at: time, minutes: int) -> time:
    total = at.hour * 60 + at.minute + minutes
    return time(total // 60, total % 60)


def add_findings(shifts, *, today, section, section2, rng: random.Random) -> list[Finding]:
    """Findings of every kind: decided in the months that are paid, some waiting in the last weeks."""
    K, S = Finding.Kind, Finding.State
    served = [shift for shift in shifts if shift.day < today]
    findings = []

    def found(shift, kind, state, remark, times=1, source=Finding.Source.REPORT):
        is_decided = state in (S.UPHELD, S.DROPPED)
        findings.append(
            Finding(
                shift=shift,
                kind=kind,
                times=times,
                state=state,
                source=source,
                remark=remark,
                reported_by=section2,
                reported_at=moment(shift.day, time(16, 0)),
                decided_by=section if is_decided else None,
                decided_at=moment(min(shift.day + timedelta(days=6), today), time(10, 0)) if is_decided else None,
                decision="经核对记录属实" if state == S.UPHELD else "经核对不属实" if state == S.DROPPED else "",
                consultation_no=f"演示-{shift.pk}" if kind in (K.DISSATISFIED, K.COMPLAINT) else "",
            )  # fmt: skip
        )

    open_from = today - timedelta(days=18)
    for shift in served:
        state = S.REPORTED if shift.day >= open_from else S.UPHELD
        chance = rng.random()
        if chance < 0.05:
            found(shift, K.RECORD_DEFECT, state, "咨询记录缺“答复意见”", rng.choice((1, 1, 2)), Finding.Source.RECORD)
        elif chance < 0.065:
            found(shift, K.ABSENCE, state, "10:20 电话点名不在岗", source=Finding.Source.REPORT)
        elif chance < 0.075:
            found(
                shift,
                K.DISSATISFIED,
                S.DROPPED if rng.random() < 0.5 else state,
                "评价不满意：等候过久",
                source=Finding.Source.RATING,
            )
        elif chance < 0.080:
            found(shift, K.COMPLAINT, S.REPORTED if shift.day >= open_from else S.DROPPED, "电话投诉态度")
    # Known stories, for whoever looks around: a void month in August, a sham duty in June, a no-show in March.
    taken = {(item.shift_id, item.kind) for item in findings}
    august = [s for s in served if s.day.month == 8 and s.station.kind == Station.Kind.COUNTY_CENTRE]
    absent = [s for s in august if s.practitioner_id == august[1].practitioner_id][:3]
    for shift in absent:
        if (shift.pk, K.ABSENCE) not in taken:
            found(shift, K.ABSENCE, S.UPHELD, "点名抽查不在岗，无正当理由")
    sham = next(s for s in served if s.day.month == 6 and s.station.short_name == "周村镇")
    found(sham, K.SHAM_DUTY, S.UPHELD, "他人代签，本人未到")
    gone = next(s for s in served if s.day.month == 3 and s.station.short_name == "大箕镇")
    found(gone, K.NO_SHOW, S.UPHELD, "全天未到，未请假")
    return Finding.objects.bulk_create(findings, batch_size=500)


def receive_months(*, county, period, head_user, section, section2, but=()) -> None:
    """The stations' months of a period confirmed and received; those named in `but` stay open or wait to be received."""
    month, _ = Month.objects.get_or_create(county=county, first=period.first)
    stations = Station.objects.filter(shifts__day__range=(period.first, period.last), county=county).distinct()
    rows = []
    for station in stations:
        state = dict(but).get(station.short_name, StationMonth.State.RECEIVED)
        is_confirmed, is_received = state != StationMonth.State.OPEN, state == StationMonth.State.RECEIVED
        confirmer = head_user if station.short_name == "巴公镇" else section2
        rows.append(
            StationMonth(
                station=station,
                month=month,
                state=state,
                confirmed_by=confirmer if is_confirmed else None,
                confirmed_at=moment(period.next().first + timedelta(days=2), time(9, 30)) if is_confirmed else None,
                received_by=section if is_received else None,
                received_at=moment(period.next().first + timedelta(days=5), time(15, 0)) if is_received else None,
            )  # fmt: skip
        )
    StationMonth.objects.bulk_create(rows)
