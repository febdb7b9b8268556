"""A county's months: the lock, the guard of closed books, closing and reopening. design.md §5, lessons.md 1."""

from datetime import date

from django.db import transaction

from accounts import audit
from accounts.models import User
from common import clock
from common.errors import Refused
from common.periods import YearMonth
from organizations.models import Region
from programmes.models import Month, MonthEvent


class MonthClosed(Refused):
    """The books of that month are closed."""


class MonthError(Refused):
    """The month cannot be closed or reopened now."""


def lock_month(*, county: Region, year_month: YearMonth) -> Month:
    """The month's row, locked until the transaction ends; made if nobody has opened it yet.

    Everything that changes what a month's pay depends on takes this lock first. Must run in a transaction.
    """
    Month.objects.get_or_create(county=county, first=year_month.first)
    return Month.objects.select_for_update(of=("self",)).select_related("county").get(county=county, first=year_month.first)


def lock_open_month(*, county: Region, day: date) -> Month:
    """The locked month of a day, refused with MonthClosed if its books are closed."""
    month = lock_month(county=county, year_month=YearMonth.of(day))
    require_open(month)
    return month


def require_open(month: Month | None) -> None:
    """Refuse to change facts of a closed month, saying who closed it and what to do instead. None: not opened, so open."""
    if month is not None and month.is_closed:
        when = month.closed_at.astimezone(clock.SHANGHAI)
        raise MonthClosed(
            f"{month.county}{month.label}已由{month.closed_by}于{when:%Y-%m-%d}结账，不能再改。"
            "以后查明的事项记入未结账的月份，列为差额；确需改动的，先申请重开。"
        )


def first_open_month(*, county: Region, on_or_after: date) -> Month:
    """The earliest month from that day on whose books are open, locked: where a late fact is booked."""
    period = YearMonth.of(on_or_after)
    closed = set(Month.objects.closed().filter(county=county, first__gte=period.first).values_list("first", flat=True))
    while period.first in closed:
        period = period.next()
    return lock_month(county=county, year_month=period)


@transaction.atomic
def close_month(*, month_id: int, by: User) -> Month:
    """Close the books: from now on its rows are frozen. The caller has made sure that the sheet is paid."""
    month = Month.objects.select_for_update(of=("self",)).select_related("county").get(pk=month_id)
    if month.is_closed:
        raise MonthError(f"{month.label}已经结账，不用再结。")
    month.state, month.closed_at, month.closed_by = Month.State.CLOSED, clock.now(), by
    month.closed_count += 1
    month.save(update_fields=["state", "closed_at", "closed_by", "closed_count"])
    return _note(month, MonthEvent.Action.CLOSED, by=by)


@transaction.atomic
def propose_reopening(*, month_id: int, reason: str, by: User) -> Month:
    """Ask for a closed month to be opened again, with a reason. Somebody else decides."""
    month = Month.objects.select_for_update(of=("self",)).select_related("county").get(pk=month_id)
    if not month.is_closed:
        raise MonthError(f"{month.label}没有结账，不需要重开。")
    if not reason.strip():
        raise MonthError("没有写理由：请写明为什么要重开。", field="reason")
    if open_proposal(month):
        raise MonthError(f"{month.label}已经有人申请重开，等待审定。")
    return _note(month, MonthEvent.Action.REOPENING_PROPOSED, by=by, reason=reason)


@transaction.atomic
def reopen_month(*, month_id: int, reason: str, by: User) -> Month:
    """Open a closed month again: only on a proposal, only by a second person. Booked rows stay as they are."""
    month = Month.objects.select_for_update(of=("self",)).select_related("county").get(pk=month_id)
    proposal = open_proposal(month)
    if not month.is_closed or proposal is None:
        raise MonthError(f"{month.label}没有重开申请，请先由业务股或财务提出。")
    if proposal.by_id == by.pk:
        raise MonthError("不能审定自己提出的重开申请，请由另一人审定。")
    if not reason.strip():
        raise MonthError("没有写理由：请写明同意重开的理由。", field="reason")
    month.state, month.reopened_at, month.reopened_by = Month.State.OPEN, clock.now(), by
    month.save(update_fields=["state", "reopened_at", "reopened_by"])
    return _note(month, MonthEvent.Action.REOPENED, by=by, reason=reason, proposed_by=proposal.by)


def open_proposal(month: Month) -> MonthEvent | None:
    """The proposal to reopen that nobody has decided yet: the month's latest event, if it is one."""
    latest = month.events.select_related("by").last()
    return latest if latest and latest.action == MonthEvent.Action.REOPENING_PROPOSED else None


def _note(month: Month, action: str, *, by: User, reason: str = "", proposed_by: User | None = None) -> Month:
    MonthEvent.objects.create(month=month, action=action, by=by, proposed_by=proposed_by, at=clock.now(), reason=reason.strip())
    audit.record(
        by=by, action=f"programmes.{AUDITED[action]}", on=month, after={"状态": month.get_state_display()}, reason=reason.strip()
    )
    return month


AUDITED = {
    MonthEvent.Action.CLOSED: "close_month",
    MonthEvent.Action.REOPENING_PROPOSED: "propose_reopening",
    MonthEvent.Action.REOPENED: "reopen_month",
}
