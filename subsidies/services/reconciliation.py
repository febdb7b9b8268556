"""The bank's statement beside the cash book: entered and matched by finance, never by the cashier. safety.md 5.

Agreed only when the bank's closing balance, less what only the bank shows, plus what only the ledger shows, is the ledger's
balance; those items are listed and kept (未达账项).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from accounts import audit
from common import clock
from common.money import ZERO, yuan
from common.workbooks import tables
from common.workbooks.reading import read_workbook
from subsidies.models import BankLine, BankStatement, LedgerEntry
from subsidies.services.refusals import MoneyRefused, told_in_words
from subsidies.services.sheets import require_right
from subsidies.services.submissions import take_once

CLOSE_BY = timedelta(days=5)


class ReconciliationRefused(MoneyRefused):
    """The statement cannot be taken, matched or agreed; the sentence says why."""


@dataclass(frozen=True)
class StatementLine:
    """One line of a bank statement: money into the account is positive."""

    day: date
    amount: Decimal
    text: str = ""
    receipt_no: str = ""


@transaction.atomic
def enter_statement(*, fund, first, last, closing_balance, lines, by, key=""):
    """Enter a statement with its lines and match what can be matched without doubt."""
    require_right(by, "subsidies.reconcile_bank")
    take_once(key=key, action="subsidies.reconcile_bank", by=by)
    if first > last:
        raise ReconciliationRefused("截止日期早于起始日期：请检查两个日期。", field="last")
    if outside := [line.day for line in lines if not first <= line.day <= last]:
        raise ReconciliationRefused(f"{outside[0]} 的明细不在 {first} 至 {last} 之间：请检查起止日期。", field="first")
    if overlapping := BankStatement.objects.filter(fund=fund, first__lte=last, last__gte=first).first():
        raise ReconciliationRefused(f"{overlapping.first} 至 {overlapping.last} 的对账单已经录入，日期重叠。", field="first")
    with told_in_words():
        statement = BankStatement.objects.create(
            fund=fund, first=first, last=last, closing_balance=closing_balance, entered_by=by, entered_at=clock.now()
        )
        BankLine.objects.bulk_create(
            BankLine(statement=statement, day=line.day, amount=line.amount, text=line.text, receipt_no=line.receipt_no)
            for line in lines
        )
    audit.record(by=by, action="subsidies.reconcile_bank", on=statement, after={"期末余额": closing_balance, "明细": len(lines)})
    match_lines(statement)
    return statement


def match_lines(statement):
    """Match open lines: by receipt number and amount, else by amount alone where one entry fits within five days.

    Two queries and one update; what is in doubt stays for a person.
    """
    lines = list(statement.lines.filter(entry=None))
    entries = open_entries(statement)
    by_receipt = {}
    for entry in entries:
        if entry.payment_id:
            by_receipt.setdefault((entry.payment.receipt_no, entry.amount), []).append(entry)
    taken, matched = set(), []
    for line in lines:
        fitting = by_receipt.get((line.receipt_no, line.amount), []) if line.receipt_no else []
        fitting = [entry for entry in fitting if entry.pk not in taken]
        if len(fitting) == 1:
            take(line, fitting[0], taken, matched)
    for line in lines:
        if line.entry_id:
            continue
        same = [e for e in entries if e.pk not in taken and e.amount == line.amount and abs(e.day - line.day) <= CLOSE_BY]
        same = [e for e in same if e.day == line.day] or same
        if len(same) == 1 and not (line.receipt_no and same[0].payment_id):
            take(line, same[0], taken, matched)
    BankLine.objects.bulk_update(matched, ["entry"])
    return len(matched)


def take(line, entry, taken, matched):
    line.entry = entry
    taken.add(entry.pk)
    matched.append(line)


def open_entries(statement):
    """Ledger entries of the fund up to the statement's end that no bank line shows yet."""
    entries = LedgerEntry.objects.filter(fund=statement.fund, day__lte=statement.last, bank_line=None)
    return list(entries.select_related("payment__row", "payment__case_row", "movement").order_by("day", "sequence"))


@transaction.atomic
def match_line(*, line_id, entry_id, by):
    """Match one line by hand (or, with no entry, loosen it). The amounts must be equal."""
    require_right(by, "subsidies.reconcile_bank")
    line = BankLine.objects.select_for_update(of=("self",)).select_related("statement").get(pk=line_id)
    before = {"凭证": str(line.entry) if line.entry_id else ""}
    entry = LedgerEntry.objects.get(pk=entry_id, fund=line.statement.fund) if entry_id else None
    if entry and entry.amount != line.amount:
        raise ReconciliationRefused(f"金额不符：对账单 {yuan(line.amount)} 元，凭证 {yuan(entry.amount)} 元。")
    if entry and BankLine.objects.filter(entry=entry).exists():
        raise ReconciliationRefused("这张凭证已经与另一条明细对上。")
    line.entry = entry
    with told_in_words():
        line.save(update_fields=["entry"])
    after = {"凭证": str(entry) if entry else ""}
    audit.record(by=by, action="subsidies.reconcile_bank", on=line, before=before, after=after)
    return line


@dataclass(frozen=True)
class Position:
    """How a statement stands against the ledger."""

    bank: Decimal
    ledger: Decimal
    only_bank: list
    only_ledger: list

    @property
    def adjusted(self):
        """The bank's balance with what each side does not show yet."""
        return (
            self.bank
            - sum((line.amount for line in self.only_bank), ZERO)
            + sum((entry.amount for entry in self.only_ledger), ZERO)
        )

    @property
    def rest(self):
        return self.adjusted - self.ledger

    @property
    def is_even(self):
        return self.rest == 0


def position_of(statement):
    """The statement against the ledger at its last day; lines of earlier statements that still wait are among what only the bank shows."""
    waiting = BankLine.objects.filter(statement__fund=statement.fund, entry=None).filter(
        Q(statement=statement) | Q(statement__last__lt=statement.first)
    )
    return Position(
        bank=statement.closing_balance,
        ledger=statement.fund.balance_on(statement.last),
        only_bank=list(waiting),
        only_ledger=open_entries(statement),
    )


@transaction.atomic
def agree_statement(*, statement_id, by):
    """Sign the statement as agreeing with the ledger, its open items listed. By finance, not by who paid."""
    require_right(by, "subsidies.reconcile_bank")
    statement = BankStatement.objects.select_for_update(of=("self",)).select_related("fund").get(pk=statement_id)
    if statement.agreed_at:
        raise ReconciliationRefused("这期对账单已经对平。")
    position = position_of(statement)
    if not position.is_even:
        raise ReconciliationRefused(
            f"还没有对平：银行余额调节后 {yuan(position.adjusted)} 元，账面余额 {yuan(position.ledger)} 元，"
            f"相差 {yuan(abs(position.rest))} 元。请核对期末余额和未对上的明细。"
        )
    statement.agreed_by, statement.agreed_at = by, clock.now()
    statement.ledger_balance = position.ledger
    statement.differences = differences_of(position)
    with told_in_words():
        statement.save(update_fields=["agreed_by", "agreed_at", "ledger_balance", "differences"])
    after = {"账面余额": position.ledger, "银行余额": position.bank, "未达账项": len(statement.differences)}
    audit.record(by=by, action="subsidies.reconcile_bank", on=statement, after=after)
    return statement


def differences_of(position):
    """The open items as they are kept with the signed statement."""
    return [
        {"side": "银行", "day": str(line.day), "amount": str(line.amount), "text": line.text} for line in position.only_bank
    ] + [{"side": "台账", "day": str(each.day), "amount": str(each.amount), "text": each.memo} for each in position.only_ledger]


def signed_amount(cell):
    """An amount that may be negative: money out of the account."""
    return tables.parse_yuan(tables.plain_text(cell) if isinstance(cell, str) else cell, negative=True)


STATEMENT = tables.Table(
    "对账单",
    (
        tables.Column("日期", tables.day, is_required=True),
        tables.Column("金额", signed_amount, is_required=True),
        tables.Column("摘要", tables.text(200), default=""),
        tables.Column("回单号", tables.digits_text, default=""),
    ),
)


def read_statement(file):
    """The lines of a statement workbook with the sheet 对账单: 日期、金额 (支出为负)、摘要、回单号. Every problem at once."""
    sheets = [sheet for sheet in read_workbook(file) if sheet.name == STATEMENT.name]
    if not sheets:
        raise ReconciliationRefused(
            "没有名为“对账单”的工作表：第一行写日期、金额、摘要、回单号，支出的金额写负数。", field="file"
        )
    parsed = tables.parse_table(sheets[0], STATEMENT)
    if parsed.problems:
        raise ReconciliationRefused("\n".join(str(problem) for problem in parsed.problems[:20]), field="file")
    return [StatementLine(row["日期"], row["金额"], row["摘要"], row["回单号"]) for row in parsed.rows]
