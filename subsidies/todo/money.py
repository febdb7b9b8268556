"""What waits for whom about money. Each item opens the page where it is done and vanishes with its cause (lessons 11)."""

from datetime import date

from django.db.models import Count
from django.urls import reverse

from accounts.policy import may
from common import clock
from common.money import yuan
from common.periods import YearMonth
from organizations.models import Region
from programmes import calendar
from programmes.models import MonthEvent
from records.todo import TodoItem
from subsidies.models import BankStatement, Fund, FundMovement, PayObjection, PayRow, PaySheet, QuarterlyReturn, ReversalProposal
from subsidies.services.approval import why_not_reviewed_by
from subsidies.services.funds import arrivals
from subsidies.services.return_page import ACTS, acts_of, quarters_without
from subsidies.services.returns import lacks_words
from subsidies.services.sheet_page import NEXT, stations_received, undrafted
from subsidies.services.sheets import why_not_by

PAY_BY = 15  # of the next month; the plan names no day (Z-PAY-2)


def todo_items(user):
    """The user's open work about money. A handful of queries, whatever the size of the county."""
    return [
        *months_to_draft(user),
        *sheets_to_move(user),
        *returned_transfers(user),
        *reversals_to_decide(user),
        *reopenings_to_decide(user),
        *receipts_to_confirm(user),
        *money_to_forward(user),
        *statements_to_agree(user),
        *objections_to_answer(user),
        *returns_to_move(user),
    ]


def returns_to_move(user):
    """Quarterly returns whose next step is hers, and quarters that have none yet."""
    acts = {"review": "复核", "sign": "签发", "send": "报送市局", "note": "接收"}
    waiting = QuarterlyReturn.objects.visible_to(user).filter(status__in=ACTS).select_related("county")
    for report in waiting if may(user, "subsidies.view_returns") else ():
        if lacks_words(report):  # the section has nothing to review yet
            if may(user, "subsidies.prepare_return"):
                title, url = f"填写{report.quarter.label}季度报告的文字", reverse("quarterly-return", args=[report.pk])
                yield TodoItem(title, f"{report.county}，数据已编好", url, report.late_after, "file-check")
            continue
        mine = [act for act, why in acts_of(report, user).items() if act in acts and not why]
        if mine:
            url = reverse("quarterly-return", args=[report.pk])
            yield TodoItem(
                f"{acts[mine[0]]}{report.quarter.label}季度报告", str(report.county), url, report.late_after, "file-check"
            )
    if may(user, "subsidies.prepare_return"):
        for county in Region.objects.counties().visible_to(user):
            for quarter in quarters_without(county):
                url = f"{reverse('quarterly-returns')}?county={county.pk}"
                yield TodoItem(f"编制{quarter.label}季度报告", f"{county}，还没有编制", url, None, "file-check")


def pay_by(month):
    """Until when a month's pay is usually out: the 15th of the next month, or the working day before."""
    return calendar.around(month.next().first).on_or_before(date(month.next().year, month.next().month, PAY_BY))


def months_to_draft(user):
    if not may(user, "subsidies.draft_pay"):
        return
    now = YearMonth.of(clock.today())
    for county in Region.objects.counties().visible_to(user):
        for month in undrafted(county):
            if month < now:
                url = f"{reverse('pay-sheet', args=[month])}?county={county.pk}"
                yield TodoItem(f"核算{month.label}值班补贴", f"{county}，还没有核算", url, pay_by(month), "calculator")


def sheets_to_move(user):
    """Sheets whose next step is hers: by post, and because she held none of the steps that must be another's."""
    steps = {status: told for status, told in NEXT.items() if may(user, told[1])}
    if not steps:
        return
    sheets = PaySheet.objects.visible_to(user).filter(status__in=steps).select_related("month__county")
    for sheet in sheets.annotate(people=Count("rows")):
        step, _action, _words, _who = steps[sheet.status]
        if why_not_reviewed_by(sheet, user) if step == "review" else why_not_by(sheet, step, user):
            continue
        page = "pay-batch" if step == "pay" else "pay-sheet"
        url = f"{reverse(page, args=[sheet.month.period])}?county={sheet.month.county_id}"
        verb = {"review": "复核", "check": "审核", "approve": "审批", "pay": "支付"}[step]
        detail = f"{sheet.month.county}，{sheet.people} 人，{yuan(sheet.total)} 元"
        if step == "review":
            received, of = stations_received(sheet.month)
            detail += f"；还差 {of - received} 个站点的考勤，齐了才能复核" if received < of else ""
        yield TodoItem(f"{verb}{sheet.month.label}值班补贴表", detail, url, pay_by(sheet.month.period), "banknote")


def returned_transfers(user):
    if not may(user, "subsidies.pay"):
        return
    rows = PayRow.objects.to_pay().filter(sheet__in=PaySheet.objects.visible_to(user), sheet__status=PaySheet.Status.PAID)
    for row in rows.select_related("sheet__month"):
        url = f"{reverse('pay-batch', args=[row.sheet.month.period])}?county={row.sheet.month.county_id}"
        yield TodoItem(f"重付{row.name}{row.sheet.month.label}补贴", f"已退票，{yuan(row.payable)} 元", url, None, "undo-2")


def reversals_to_decide(user):
    if not may(user, "subsidies.decide_reversal"):
        return
    rows = ReversalProposal.objects.visible_to(user).open().exclude(proposed_by=user).select_related("entry", "proposed_by")
    for proposal in rows:
        detail = f"{proposal.proposed_by}：{proposal.reason}"
        yield TodoItem(f"审定冲销凭证 {proposal.entry}", detail, reverse("reversal", args=[proposal.pk]), None, "undo-2")


def reopenings_to_decide(user):
    if not may(user, "subsidies.decide_reopening"):
        return
    months = {sheet.month_id for sheet in PaySheet.objects.visible_to(user).filter(status=PaySheet.Status.PAID)}
    latest = MonthEvent.objects.filter(month__in=months).order_by("month_id", "-pk").distinct("month_id")
    for event in latest.select_related("month", "by"):
        if event.action == MonthEvent.Action.REOPENING_PROPOSED and event.by_id != user.pk:
            url = f"{reverse('month-reopening', args=[event.month.period])}?county={event.month.county_id}"
            yield TodoItem(f"审定重开{event.month.label}", f"{event.by}：{event.reason}", url, None, "lock-open")


def receipts_to_confirm(user):
    if not may(user, "subsidies.confirm_receipt"):
        return
    kinds = [FundMovement.Kind.ARRIVED, FundMovement.Kind.FORWARDED]
    rows = FundMovement.objects.visible_to(user).filter(confirmed_at=None, kind__in=kinds).exclude(entered_by=user)
    for movement in rows.select_related("fund"):
        title = f"确认{movement.get_kind_display()} {yuan(movement.amount)} 元"
        url = f"{reverse('receipts')}?county={movement.fund.county_id}#m{movement.pk}"
        yield TodoItem(title, f"{movement.day} {movement.document_no}", url, None, "receipt")


def money_to_forward(user):
    """Arrivals that the treasury still has to forward, with their five-working-day clock. Z-FUND-1."""
    if not (may(user, "subsidies.confirm_receipt") or may(user, "subsidies.enter_receipt")):
        return
    funds = Fund.objects.visible_to(user)
    for arrival in arrivals(funds=funds, today=clock.today()):
        if not arrival.is_forwarded:
            moved = arrival.movement
            detail = f"{moved.day} 到账，{moved.document_no}（方案 五（一））"
            if may(user, "subsidies.enter_receipt"):
                title = f"登记专项资金拨付 {yuan(arrival.rest)} 元"
                url = f"{reverse('receipt-new')}?arrival={moved.pk}"
            else:
                title = f"拨付专项资金 {yuan(arrival.rest)} 元到司法局"
                url = f"{reverse('receipts')}?county={moved.fund.county_id}#m{moved.pk}"
            yield TodoItem(title, detail, url, moved.forward_due_on, "hourglass")


def statements_to_agree(user):
    if not may(user, "subsidies.reconcile_bank"):
        return
    rows = BankStatement.objects.visible_to(user).filter(agreed_at=None).select_related("fund__county")
    for each in rows.order_by("last", "pk"):
        detail = f"{each.fund.county}{each.fund.get_kind_display()}，银行期末余额 {yuan(each.closing_balance)} 元"
        yield TodoItem(
            f"核对银行对账单 {each.first} 至 {each.last}", detail, reverse("bank-statement", args=[each.pk]), None, "scale"
        )


def objections_to_answer(user):
    if not may(user, "subsidies.decide_objection"):
        return
    rows = PayObjection.objects.visible_to(user).open().exclude(raised_by=user)
    for objection in rows.select_related("practitioner", "sheet__month"):
        title = f"答复{objection.practitioner}{objection.sheet.month.label}补贴异议"
        yield TodoItem(title, objection.text[:40], reverse("pay-objection", args=[objection.pk]), None, "message-square-text")
