"""Closing a month when its sheet is paid, and reopening it by a second person. design.md 5, lessons 1 and 2.

What became known between review and closing is not lost: the next open month is asked to hold the month against the rules
again, and books the difference.
"""

from django.db import transaction

from accounts import audit
from common import clock
from programmes.models import Month
from programmes.services import months
from subsidies.models import PaySheet, RecomputeRequest
from subsidies.services.comparison import changed_people, outcome_now
from subsidies.services.drafting import differences_about, months_to_recompute
from subsidies.services.sheets import SheetRefused, require_right


def close_paid_month(sheet, *, by):
    """Close the books of a paid sheet's month; note what the facts say otherwise by now. The month is locked by the caller."""
    month = sheet.month
    month.refresh_from_db()
    if month.is_closed:
        return
    note_late_facts(sheet, by=by)
    months.close_month(month_id=month.pk, by=by)


def note_late_facts(sheet, *, by):
    """Where the facts say other than the fixed sheet, ask the next open month for the difference."""
    people, _unsettled = changed_people(sheet, outcome_now(sheet.month))
    if not people:
        return
    reason = f"{sheet.month.label}补贴表复核后事实有变动，涉及 {len(people)} 人"
    for month in [*months_to_recompute(sheet.month), sheet.month]:
        ask_for_recomputing(month, after=sheet.month, reason=reason, by=by)


@transaction.atomic
def ask_where_facts_changed(*, county, month, by):
    """Before a month is drafted: ask for closed months whose facts say other than is booked about them.

    Catches what changes outside the duty records, such as a public-servant status decided backwards. Gives the months.
    """
    row = months.lock_month(county=county, year_month=month)
    closed = Month.objects.closed().filter(county=county, first__lt=row.first).exclude(pay_sheet=None)
    known = set(months_to_recompute(row).values_list("pk", flat=True))
    found = []
    for earlier in closed.exclude(pk__in=known).select_related("county", "pay_sheet__plan").order_by("first"):
        if any(True for _ in differences_about(earlier, row)):
            ask_for_recomputing(earlier, after=earlier, reason=f"{earlier.label}结账后事实有变动", by=by, booked_in=row)
            found.append(earlier)
    return found


def ask_for_recomputing(month, *, after, reason, by, booked_in=None):
    """A request in the first open month after `after` whose sheet is still open to lines."""
    booked_in = booked_in or next_bookable_month(county=after.county, after=after)
    request, is_new = RecomputeRequest.objects.get_or_create(
        month=month, booked_in=booked_in, defaults={"reason": reason[:200], "by": by, "at": clock.now()}
    )
    if is_new:
        after_words = {"复算月份": month.label, "记入月份": booked_in.label}
        audit.record(by=by, action="subsidies.ask_for_recomputing", on=request, after=after_words, reason=reason)
    return request


def next_bookable_month(*, county, after):
    """The first month after this one that is open and whose sheet, if any, is still a draft; locked."""
    period = after.period.next()
    while True:
        month = months.lock_month(county=county, year_month=period)
        sheet = PaySheet.objects.filter(month=month).first()
        if not month.is_closed and (sheet is None or sheet.status == PaySheet.Status.DRAFT):
            return month
        period = period.next()


@transaction.atomic
def propose_reopening(*, month_id, reason, by):
    """Section or finance asks for a closed month to be opened again; the leader decides."""
    require_right(by, "subsidies.propose_reopening")
    return months.propose_reopening(month_id=month_id, reason=reason, by=by)


@transaction.atomic
def decide_reopening(*, month_id, reason, by):
    """Open it: facts may be corrected, booked rows stay; the next open month books what differs. A second person, a reason."""
    require_right(by, "subsidies.decide_reopening")
    month = months.reopen_month(month_id=month_id, reason=reason, by=by)
    ask_for_recomputing(month, after=month, reason=f"{month.label}重开：{reason.strip()}", by=by)
    return month


@transaction.atomic
def close_again(*, month_id, by):
    """Close a reopened month once its facts are corrected; its sheet was paid long ago."""
    require_right(by, "subsidies.propose_reopening")
    month = Month.objects.select_related("county").get(pk=month_id)
    month = months.lock_month(county=month.county, year_month=month.period)
    sheet = PaySheet.objects.filter(month=month, status=PaySheet.Status.PAID).first()
    if sheet is None:
        raise SheetRefused(f"{month.label}的补贴表还没有付清，付清后自动结账。")
    if month.is_closed:
        raise SheetRefused(f"{month.label}已经结账。")
    note_late_facts(sheet, by=by)
    return months.close_month(month_id=month.pk, by=by)


def why_not_decided_by(month, by):
    """Why this person may not decide on the open proposal; empty when she may."""
    proposal = months.open_proposal(month)
    if proposal and proposal.by_id == by.pk:
        return "不能审定自己提出的重开申请，请由另一人审定。"
    return ""
