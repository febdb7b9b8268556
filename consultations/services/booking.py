"""Where a fact about a shift is booked: in its own month while that is open, else in an open one. design.md §2, I6.

Locks are taken in one order everywhere, the month before the shift, so that nobody waits in a circle.
"""

from django.db import connection

from common import clock
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import Shift
from programmes.models import Month
from programmes.services.months import first_open_month, lock_month, require_open

WITH_PLACES = ("station__county", "practitioner__user")


class ShiftGone(Refused):
    """The shift that an act is about is not there any more."""


def month_to_book(shift) -> Month | None:
    """None while the shift's own month is open; else the open month a new fact about it is booked in, locked.

    That is the month of the business day, or the next one that is open. Locks the shift's month, so that it cannot
    close under the fact. Must run in a transaction.
    """
    county = shift.station.county
    own = lock_month(county=county, year_month=YearMonth.of(shift.day))
    if not own.is_closed:
        return None
    return first_open_month(county=county, on_or_after=max(clock.today(), own.first))


def require_open_month(shift) -> Month:
    """The shift's own month, locked; MonthClosed where its books are closed and nothing may be booked elsewhere."""
    own = lock_month(county=shift.station.county, year_month=YearMonth.of(shift.day))
    require_open(own)
    return own


def hold_open_month(shift) -> None:
    """Keep the shift's month from closing until the transaction ends, beside others who do the same (fifty sign-ins at once).

    MonthClosed where it is closed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM programmes_month WHERE county_id = %s AND first = %s FOR SHARE",
            [shift.station.county_id, shift.day.replace(day=1)],
        )
    require_open(Month.objects.for_day(shift.station.county, shift.day))


def find_shift(shift_id) -> Shift:
    """The shift with its station, county and person, not locked."""
    shift = Shift.objects.select_related(*WITH_PLACES).filter(pk=shift_id).first()
    if shift is None:
        raise ShiftGone("没有找到这个班次，可能已经调整：请刷新页面。")
    return shift


def lock_shift(shift_id, *, with_month=True) -> Shift:
    """The locked shift, after its month."""
    shift = find_shift(shift_id)
    if with_month:
        lock_month(county=shift.station.county, year_month=YearMonth.of(shift.day))
    shifts = Shift.objects.select_related(*WITH_PLACES).select_for_update(of=("self",))
    shift = shifts.filter(pk=shift_id).first()
    if shift is None:
        raise ShiftGone("没有找到这个班次，可能已经调整：请刷新页面。")
    return shift


def named(shift) -> str:
    """A shift in a sentence: 03-01 巴公镇 赵示例."""
    return f"{shift.day:%m-%d} {shift.station.short_name} {shift.practitioner}"
