"""Funds: what arrives, is forwarded, comes back or is handed back; reversals decided by a second person. Plan 五（一）, Z-FUND-1, 2.

市财政到账 starts the five-working-day clock; only 拨付司法局 raises the bureau's balance; the two are paired by 文号 (contract 3.9).
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts import audit
from common import clock
from common.errors import Refused
from common.money import ZERO, yuan
from programmes import calendar
from programmes.models import DeadlineRule, Plan
from programmes.rules import deadlines
from subsidies.models import Fund, FundMovement, LedgerEntry, Payment, PayRow, PaySheet, Recovery, ReversalProposal
from subsidies.services.payment import reverse_entry, take_back
from subsidies.services.refusals import MoneyRefused, told_in_words
from subsidies.services.sheets import require_right
from subsidies.services.submissions import take_once

Kind = FundMovement.Kind


class FundRefused(MoneyRefused):
    """Money that is not booked; the sentence says why."""


def fund_of(*, county, kind=Fund.Kind.SPECIAL):
    """The county's fund of a kind, made when it is first asked for."""
    fund, _is_new = Fund.objects.get_or_create(county=county, kind=kind)
    return fund


@transaction.atomic
def enter_movement(*, fund, kind, day, amount, by, document_no="", remark="", paper=None, key=""):
    """Enter money that comes or goes outside of pay, and book it. Amount in positive yuan.

    An arrival gets the day by which the county's treasury must forward it (Z-FUND-1); the other kinds write their ledger
    entry at once: forwarded and returned raise the balance, remitted lowers it, never below what is approved and unpaid.
    """
    require_entering(by)
    take_once(key=key, action="subsidies.enter_receipt", by=by)
    if amount <= 0:
        raise FundRefused("金额要大于 0：缴回的金额也填正数。", field="amount")
    if day > clock.today():
        raise FundRefused(f"日期 {day} 在今天之后：请填写资金实际到账或支出的日期。", field="day")
    with told_in_words():
        movement = FundMovement.objects.create(
            fund=fund,
            kind=kind,
            day=day,
            amount=amount,
            document_no=document_no.strip(),
            remark=remark.strip(),
            paper=paper,
            forward_due_on=forward_due_on(fund.county, day) if kind == Kind.ARRIVED else None,
            entered_by=by,
            entered_at=clock.now(),
        )
        if kind != Kind.ARRIVED:
            book_movement(movement, by=by)
    after = {
        "类型": movement.get_kind_display(),
        "日期": day,
        "金额": amount,
        "文号": movement.document_no,
        "应拨付日": movement.forward_due_on,
    }
    audit.record(by=by, action="subsidies.enter_receipt", on=movement, after=after)
    return movement


def require_entering(by):
    """Finance enters; an import of a workbook by the section or the system brings in what the old books say."""
    if by.is_system:
        return
    try:
        require_right(by, "subsidies.enter_receipt")
    except Refused:
        require_right(by, "desk.import_workbook")


def book_movement(movement, *, by):
    sign = -1 if movement.kind == Kind.REMITTED else 1
    words = "，".join(filter(None, [movement.get_kind_display(), movement.document_no, movement.remark]))
    return LedgerEntry.objects.create(
        fund=movement.fund,
        day=movement.day,
        kind=LedgerEntry.Kind.MOVEMENT,
        amount=sign * movement.amount,
        memo=words[:200],
        movement=movement,
        booked_by=by,
        booked_at=clock.now(),
    )


def forward_due_on(county, day):
    """The last day on which the county's treasury forwards in time: five working days, the day of arrival not counted.

    Plan 五（一）; Civil Code art. 201; vectors domain.md 9.4.
    """
    # Money of a year may arrive when its plan has ended: the last plan that began still says how fast it is forwarded.
    plan = Plan.objects.covering(county, day).first() or Plan.objects.filter(region=county, starts_on__lte=day).first()
    rule = DeadlineRule.objects.in_force(plan, "fund_forward", day)
    if rule is None:
        raise FundRefused(f"{county}在{day}没有载入写明拨付期限的实施方案，请先载入方案。", field="day")
    return deadlines.due_on(day, rule.limit, calendar.around(day).is_working_day)


@transaction.atomic
def confirm_movement(*, movement_id, by):
    """The county's treasury confirms the date and amount of an arrival or a forwarding (safety.md 5)."""
    require_right(by, "subsidies.confirm_receipt")
    movement = FundMovement.objects.select_for_update(of=("self",)).select_related("fund").get(pk=movement_id)
    if movement.confirmed_at:
        raise FundRefused("这笔资金已经确认。")
    if movement.kind not in (Kind.ARRIVED, Kind.FORWARDED):
        raise FundRefused("财政局只确认到账和拨付的日期。")
    if movement.entered_by_id == by.pk:
        raise FundRefused("不能确认自己登记的资金，请由财政局另一人确认。")
    movement.confirmed_by, movement.confirmed_at = by, clock.now()
    movement.save(update_fields=["confirmed_by", "confirmed_at"])
    audit.record(by=by, action="subsidies.confirm_receipt", on=movement, after={"日期": movement.day, "金额": movement.amount})
    return movement


@dataclass(frozen=True)
class Arrival:
    """An arrival beside what was forwarded of it, paired by document number."""

    movement: FundMovement
    forwarded: Decimal
    forwarded_on: date | None
    late_days: int

    @property
    def is_forwarded(self):
        return self.forwarded_on is not None

    @property
    def rest(self):
        return max(self.movement.amount - self.forwarded, ZERO)


def arrivals(*, funds, today, first=None, last=None):
    """Arrivals of funds, oldest first, each with what was forwarded under its document number and how late. Two queries.

    An arrival counts as forwarded on the day on which the whole of it was; late days are calendar days after the due day.
    Of several arrivals under one number the earlier is filled first. A reversed forwarding is none.
    """
    moved = FundMovement.objects.filter(fund__in=funds)
    forwarded = defaultdict(list)
    standing = moved.filter(kind=Kind.FORWARDED, entry__reversed_by=None).order_by("day", "pk")
    for fund_id, number, day, amount in standing.values_list("fund_id", "document_no", "day", "amount"):
        forwarded[fund_id, number].append([day, amount])
    found = []
    for movement in moved.filter(kind=Kind.ARRIVED).select_related("fund", "confirmed_by").order_by("day", "pk"):
        filled, on = fill(movement.amount, forwarded[movement.fund_id, movement.document_no])
        if (first is None or movement.day >= first) and (last is None or movement.day <= last):
            late = deadlines.late_days(movement.forward_due_on, on or today)
            found.append(Arrival(movement, filled, on, late))
    return found


def fill(amount, parts):
    """Take an amount out of dated parts, in place; gives what was found and the day on which it was whole."""
    filled = ZERO
    while parts and filled < amount:
        day, rest = parts[0]
        taken = min(rest, amount - filled)
        filled += taken
        parts[0][1] -= taken
        if not parts[0][1]:
            parts.pop(0)
        if filled == amount:
            return filled, day
    return filled, None


@transaction.atomic
def propose_reversal(*, entry_id, reason, by, key=""):
    """Ask for a wrong entry to be reversed. Section or finance proposes, the leader decides. I7."""
    require_right(by, "subsidies.propose_reversal")
    take_once(key=key, action="subsidies.propose_reversal", by=by)
    entry = LedgerEntry.objects.select_related("fund", "payment").get(pk=entry_id)
    if entry.kind == LedgerEntry.Kind.REVERSAL:
        raise FundRefused("冲销凭证不能再冲销：需要时请重新登记原来的事项。")
    if LedgerEntry.objects.filter(reverses=entry).exists():
        raise FundRefused("这张凭证已经冲销。")
    if not reason.strip():
        raise FundRefused("没有写冲销理由：请写明哪里错了。", field="reason")
    with told_in_words():
        proposal = ReversalProposal.objects.create(entry=entry, reason=reason.strip(), proposed_by=by, proposed_at=clock.now())
    after = {"凭证": str(entry), "金额": entry.amount}
    audit.record(by=by, action="subsidies.propose_reversal", on=proposal, after=after, reason=reason.strip())
    return proposal


@transaction.atomic
def decide_reversal(*, proposal_id, accept, by, note="", key=""):
    """The leader decides: a reversal entry, equal and opposite, or none. A reversed payment counts as returned, to be paid again."""
    require_right(by, "subsidies.decide_reversal")
    take_once(key=key, action="subsidies.decide_reversal", by=by)
    proposal = ReversalProposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.state != ReversalProposal.State.PROPOSED:
        raise FundRefused("这份冲销申请已经审定。")
    if proposal.proposed_by_id == by.pk:
        raise FundRefused("不能审定自己提出的冲销：请由另一人审定。")
    entry = LedgerEntry.objects.select_related("fund", "movement").get(pk=proposal.entry_id)
    proposal.state = ReversalProposal.State.ACCEPTED if accept else ReversalProposal.State.REFUSED
    proposal.decided_by, proposal.decided_at = by, clock.now()
    with told_in_words():
        proposal.save(update_fields=["state", "decided_by", "decided_at"])
        if accept:
            reverse(entry, reason=proposal.reason, by=by)
    after = {"状态": proposal.get_state_display(), "凭证": str(entry), "金额": entry.amount}
    audit.record(by=by, action="subsidies.decide_reversal", on=proposal, after=after, reason=note)
    return proposal


def reverse(entry, *, reason, by):
    if entry.payment_id:
        payment = Payment.objects.select_for_update(of=("self",)).select_related("row", "entry").get(pk=entry.payment_id)
        if payment.state != Payment.State.PAID:
            raise FundRefused("这笔支付已经登记退票，不用再冲销。")
        return take_back(payment, day=clock.today(), reason=f"冲销：{reason}", by=by)
    return reverse_entry(entry, day=clock.today(), memo=reason, by=by)


@transaction.atomic
def record_recovery(*, row_id, amount, day, by, document_no="", remark="", key=""):
    """Money a person paid back of what is carried against her: cash into the fund, and less to deduct next month.

    Only while the carried amount still waits: once a later sheet is reviewed it has been deducted there.
    """
    require_right(by, "subsidies.enter_receipt")
    take_once(key=key, action="subsidies.record_recovery", by=by)
    row = PayRow.objects.select_related("sheet__month__county", "sheet__fund").get(pk=row_id)
    sheet = row.sheet
    if sheet.status == PaySheet.Status.DRAFT:
        raise FundRefused("这个月的补贴表还没有复核，结转金额还会变动。")
    later = PaySheet.objects.filter(month__county=sheet.month.county, month__first__gt=sheet.month.first)
    if later.exclude(status=PaySheet.Status.DRAFT).exists():
        raise FundRefused("结转的金额已在以后月份抵扣，不用再扣回。")
    rest = still_carried(row)
    if not ZERO < amount <= rest:
        raise FundRefused(f"{row.name}还有 {yuan(rest)} 元待抵扣，扣回金额要在此以内。", field="amount")
    movement = enter_movement(
        fund=sheet.fund,
        kind=Kind.RETURNED,
        day=day,
        amount=amount,
        document_no=document_no,
        remark=remark or f"{row.name}退回{sheet.month.label}多发补贴",
        by=by,
    )
    recovery = Recovery.objects.create(row=row, movement=movement, amount=amount, by=by, at=clock.now())
    audit.record(by=by, action="subsidies.record_recovery", on=recovery, after={"姓名": row.name, "金额": amount})
    return recovery


def still_carried(row):
    """What a row moved to the next month and nobody paid back yet."""
    carried = sum((line.amount for line in row.lines.filter(kind="carried", amount__gt=0)), ZERO)
    return carried - sum((recovery.amount for recovery in row.recoveries.all()), ZERO)
