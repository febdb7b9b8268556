"""What waits for somebody on the demonstration's day: one piece of open work of every kind, made by the same services."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from common.clock import SHANGHAI
from common.id_numbers import check_digit
from consultations.models import Attendance, Finding, RollCall, Settlement, Shift
from consultations.services.changes import propose_change
from consultations.services.findings import report_finding
from consultations.services.roll_calls import record_roll_call
from consultations.services.settlements import propose_settlement
from organizations.models import Practitioner
from organizations.services.accounts import propose_account
from organizations.services.people import register_practitioner
from records.services import keep_file
from subsidies.models import LedgerEntry
from subsidies.services.funds import fund_of, propose_reversal
from subsidies.services.reconciliation import StatementLine, enter_statement

NEWCOMER = "14052519900101950"
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def add_open_work(*, county, people, users, today) -> None:
    """Requests, proposals, checks and statements that nobody has answered yet."""
    ask_for_people(county, people, users["section"], today)
    ask_about_shifts(county, users, today)
    ask_about_money(county, users)


def ask_for_people(county, people, section, today) -> None:
    register_practitioner(
        name="苏示例", id_number=NEWCOMER + check_digit(NEWCOMER), kind=Practitioner.Kind.LAWYER, county=county, by=section,
        since=today + timedelta(days=5), reason="新执业律师申请入库（演示）",
    )  # fmt: skip
    paper = keep_file(content=PAPER, name="账户确认书（演示）.pdf", purpose="account", by=section)
    propose_account(
        practitioner_id=people[5].pk, bank_name="演示银行泽州支行", account_no="6229000000000000055", by=section, paper=paper,
        reason="本人更换工资卡（演示）",
    )  # fmt: skip


def ask_about_shifts(county, users, today) -> None:
    coming = Shift.objects.in_county(county).own(users["duty"]).filter(day__gt=today).first()
    propose_change(shift_id=coming.pk, reason="当日开庭，申请请假（演示）", by=users["duty"])
    forgotten = (
        Attendance.objects.filter(shift__station__county=county, shift__day__lt=today, sign_out=None)
        .order_by("shift__day")
        .first()
    )
    propose_settlement(
        shift_id=forgotten.shift_id, kind=Settlement.Kind.TIMES, sign_in=forgotten.shift.starts_at, sign_out=forgotten.shift.ends_at,
        reason="忘记签退，站点登记簿可以证明（演示）", by=users["section2"],
    )  # fmt: skip
    last = Shift.objects.in_county(county).own(users["duty"]).filter(day__lt=today).order_by("-day").first()
    if not last.findings.filter(kind=Finding.Kind.COMPLAINT).exists():
        report_finding(
            shift_id=last.pk, kind=Finding.Kind.COMPLAINT, consultation_no="泽咨〔2022〕巴公-0140", by=users["section2"],
            remark="来访人电话反映答复不耐烦（演示）",
        )  # fmt: skip
    checked = Shift.objects.in_county(county).filter(day=today - timedelta(days=3)).order_by("pk")
    for shift, is_present in zip(checked[:2], (True, False), strict=False):
        record_roll_call(
            shift_id=shift.pk, checked_at=datetime.combine(shift.day, time(10, 20), SHANGHAI), method=RollCall.Method.PHONE,
            is_present=is_present, by=users["section2"], remark="演示抽查",
        )  # fmt: skip


def ask_about_money(county, users) -> None:
    fund = fund_of(county=county)
    entries = list(LedgerEntry.objects.filter(fund=fund, kind=LedgerEntry.Kind.PAYMENT).order_by("sequence")[:6])
    propose_reversal(entry_id=entries[0].pk, reason="回单号登记有误，申请冲销后重付（演示）", by=users["finance"])
    booked = LedgerEntry.objects.filter(fund=fund, day__month__lte=2).order_by("sequence")
    lines = [
        StatementLine(entry.day, entry.amount, entry.memo, entry.payment.receipt_no if entry.payment else "")
        for entry in booked.select_related("payment")
    ]
    # The bank's own line that the ledger does not know yet.
    lines.append(StatementLine(booked.last().day, Decimal("-10.00"), "账户管理费（演示）", "演示费001"))
    enter_statement(
        fund=fund, first=booked.first().day.replace(day=1), last=booked.last().day, by=users["finance"], lines=lines,
        closing_balance=booked.last().balance - Decimal("10.00"),
    )  # fmt: skip
