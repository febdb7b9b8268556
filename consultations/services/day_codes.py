"""The station's code of the day: whoever can read it is there. It ends at midnight; wrong ones are counted. domain.md 4.4, ui.md 13."""

import secrets

from django.db import transaction

from accounts import audit
from accounts.models import User
from common import clock
from common.errors import Refused
from consultations.models import Attendance, Shift, StationDayCode
from consultations.services import attendance
from consultations.services.booking import WITH_PLACES
from consultations.services.brakes import counted_in, is_over
from organizations.models import Station

# Six digits and at most so many guesses: one in 200,000 a quarter of an hour for a person, one in 33,000 an hour for a station.
MOST_WRONG, WRONG_SECONDS = 5, 15 * 60
MOST_AT_STATION, STATION_SECONDS = 30, 60 * 60


class DayCodeRefused(Refused):
    """The code is not shown or not taken; the sentence says why."""


@transaction.atomic
def show_day_code(*, station: Station, by: User, is_new: bool = False) -> StationDayCode:
    """Today's code of a station, made when first asked for; `is_new` puts another one in its place, where it has got about."""
    if station.pk not in by.post_stations:
        raise DayCodeRefused("只有本站人员可以出示值班码。")
    today = clock.today()
    shown, was_made = StationDayCode.objects.get_or_create(
        station=station, day=today, defaults={"code": new_code(), "made_by": by, "made_at": clock.now()}
    )
    if is_new and not was_made:
        shown.code, shown.made_by, shown.made_at = new_code(but=shown.code), by, clock.now()
        shown.save()
    if is_new or was_made:
        audit.record(
            by=by, action="consultations.show_day_code", on=shown, after={"日期": today, "换新": "是" if is_new else "否"}
        )
    return shown


def new_code(but: str = "") -> str:
    while (code := f"{secrets.randbelow(10**6):06}") == but:
        pass
    return code


def sign_in_by_code(*, shift_id: int, code: str, by: User) -> Attendance:
    """Sign in oneself with the code that hangs at the station. The raw log says that it was by code.

    Wrong codes are counted for the person and for the station, outside the transaction, so that a refusal counts too.
    """
    shift = Shift.objects.select_related(*WITH_PLACES).filter(pk=shift_id, practitioner__user=by).first()
    if shift is None:
        raise DayCodeRefused("这不是你的班次：请刷新页面。")
    person, place = f"day-code:{by.pk}", f"day-code-at:{shift.station_id}"
    if is_over(person, most=MOST_WRONG):
        raise DayCodeRefused("值班码输错次数太多：请 15 分钟后再试，或者请文员代签。", field="code")
    if is_over(place, most=MOST_AT_STATION):
        raise DayCodeRefused("本站值班码输错次数太多，暂停 1 小时：请文员代签。", field="code")
    shown = StationDayCode.objects.filter(station=shift.station_id, day=clock.today()).first()
    if shown is None or shift.day != clock.today():
        raise DayCodeRefused("本站今天还没有值班码：请文员在“今日站点”出示，或者直接签到。", field="code")
    if not secrets.compare_digest(shown.code, plain_digits(code)):
        counted_in(person, most=MOST_WRONG, seconds=WRONG_SECONDS)
        counted_in(place, most=MOST_AT_STATION, seconds=STATION_SECONDS)
        raise DayCodeRefused("值班码不对：请照站点今天张贴的 6 位数字输入。", field="code")
    return attendance.sign_in(shift_id=shift.pk, by=by, source=Attendance.Source.CODE)


def plain_digits(code: str) -> str:
    """The digits as typed, full-width ones and blanks put right."""
    return "".join(str(int(char)) for char in code[:30] if char.isdecimal())
