"""A pay sheet read once for all of its papers: people with their lines, counts and accounts.

Numbers are masked while reading unless asked for in full: what a paper may not show never reaches it (domain.md 7.6).
"""

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count

from common.id_numbers import mask_account, mask_id_number
from common.money import ZERO, yuan
from subsidies.exports.frame import day_words, office_name
from subsidies.models import PayLine, Payment, PayRow, PaySheet
from subsidies.services.documents import pay_sheet_document
from subsidies.services.payment import accounts_in_use
from subsidies.services.sheets import require_it_adds_up

CANCELLING = ("no_show", "sham_duty")
EARLIER = ("difference", "carried")


@dataclass
class Payee:
    """One person of the sheet as its papers show her."""

    number: int
    row: PayRow
    id_number: str
    bank_name: str = ""
    account_no: str = ""
    payment: Payment | None = None
    unsettled: int = 0
    lines: list[PayLine] = field(default_factory=list)
    times: Counter = field(default_factory=Counter)
    amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    stations: dict[str, None] = field(default_factory=dict)
    rates: dict[Decimal, None] = field(default_factory=dict)

    def add(self, line: PayLine) -> None:
        self.lines.append(line)
        self.times[line.kind] += line.times
        self.amounts[line.kind] += line.amount
        if line.shift and line.kind not in EARLIER:
            self.stations[line.shift.station.short_name] = None
        if line.kind == "rate" and line.amount:
            self.rates[line.amount] = None

    def count_of(self, *kinds) -> int:
        return sum(self.times[kind] for kind in kinds)

    def sum_of(self, *kinds) -> Decimal:
        return sum((self.amounts[kind] for kind in kinds), ZERO)

    @property
    def station_words(self) -> str:
        return "、".join(self.stations)

    @property
    def rate_cell(self):
        """补贴标准: an amount; words where the person served at two rates; nothing where none is paid."""
        if len(self.rates) > 1:
            return "、".join(yuan(rate) for rate in sorted(self.rates))
        return next(iter(self.rates), None)

    @property
    def account_words(self) -> str:
        """The account on paper: all of it, or its last four digits."""
        return f"尾号 {self.account_no[-4:]}" if self.account_no.startswith("*") else self.account_no

    @property
    def cancelled(self) -> int:
        """Shifts of cancelled days. 五（二）1（5）."""
        return sum(line.kind in CANCELLING for line in self.lines)

    @property
    def remark(self) -> str:
        words = []
        if self.times["public_servant"]:
            words.append("公职人员不计补贴")
        if self.row.is_month_void:
            words.append("当月脱岗三次以上，不予发放")
        words += [f"{line.source_month.label}差额" for line in self.lines if line.kind == "difference" and line.source_month]
        if (carried := self.amounts["carried"]) > 0:
            words.append(f"结转下月抵扣 {yuan(carried)} 元")
        if self.unsettled:
            words.append(f"另有 {self.unsettled} 个班次未定，未计")
        if self.row.payable and not self.account_no:
            words.append("未登记收款账户")
        return "；".join(dict.fromkeys(words))


@dataclass
class SheetBook:
    """A sheet with its people in the order of its document: by name, then by ID number."""

    sheet: PaySheet
    payees: list[Payee]
    digest: str
    has_numbers: bool

    @property
    def is_draft(self) -> bool:
        return self.sheet.status == PaySheet.Status.DRAFT

    @property
    def title(self) -> str:
        month = self.sheet.month
        return f"{month.county.name}{month.label}值班补贴发放表"

    @property
    def number(self) -> str:
        """The system's number of this version of the sheet."""
        month = self.sheet.month
        return f"BT-{month.county.code or month.county_id}-{month.first:%Y%m}-V{self.sheet.version}"

    @property
    def seal(self) -> str:
        """The first letters of the digest, for the eye."""
        return self.digest[:12].upper()

    @property
    def due(self) -> list[Payee]:
        """Who gets money."""
        return [payee for payee in self.payees if payee.row.payable > 0]

    @property
    def paid(self) -> Decimal:
        return sum((payee.payment.amount for payee in self.payees if payee.payment), ZERO)

    @property
    def state_words(self) -> str:
        if self.is_draft:
            return "草稿（未经复核，不得作为付款依据）"
        words = self.sheet.get_status_display()
        if self.paid and self.paid != self.sheet.total:
            words += f"，已付 {yuan(self.paid)} 元"
        return words

    @property
    def signers(self) -> list[tuple[str, str, str]]:
        """The chain as far as it has come: post, name, day."""
        sheet = self.sheet
        payers = dict.fromkeys(payee.payment.paid_by.name for payee in self.payees if payee.payment)
        return [
            ("制表人", sheet.drafted_by.name, day_words(sheet.drafted_at)),
            ("复核人", sheet.reviewed_by.name if sheet.reviewed_by else "", day_words(sheet.reviewed_at)),
            ("财务审核", sheet.checked_by.name if sheet.checked_by else "", day_words(sheet.checked_at)),
            ("负责人", sheet.approved_by.name if sheet.approved_by else "", day_words(sheet.approved_at)),
            ("出纳", "、".join(payers), day_words(sheet.paid_at)),
        ]

    @property
    def frame(self) -> dict:
        """What the print template's head and foot are given."""
        return {
            "office": office_name(self.sheet.month.county),
            "period": self.sheet.month.label,
            "unit": "单位：元",
            "paper_number": self.number,
            "seal": self.seal,
            "data_until": self.sheet.drafted_at,
            "is_draft": self.is_draft,
            "sheet": self.sheet,
            "book": self,
        }


def book_of(sheet: PaySheet, *, with_numbers: bool = False) -> SheetBook:
    """Read a sheet. The number of queries does not depend on its size.

    Refused where lines, rows and total are not one amount: no paper of a sheet that does not add up (Z-PAY-5).
    """
    require_it_adds_up(sheet)
    rows = list(sheet.rows.select_related("practitioner", "account"))
    full = {row.pk: row.practitioner.id_number for row in rows}
    rows.sort(key=lambda row: (row.name, full[row.pk]))
    accounts = accounts_in_use([row.practitioner_id for row in rows])
    standing = Payment.objects.standing().filter(row__sheet=sheet).select_related("account", "paid_by")
    payments = {payment.row_id: payment for payment in standing}
    unsettled = dict(
        sheet.unsettled.values("shift__practitioner").annotate(count=Count("pk")).values_list("shift__practitioner", "count")
    )
    payees = {}
    for number, row in enumerate(rows, 1):
        id_number = full[row.pk] if with_numbers else mask_id_number(full[row.pk])
        payee = Payee(number, row, id_number, payment=payments.get(row.pk), unsettled=unsettled.get(row.practitioner_id, 0))
        # Where it went, else what the sheet was drafted with, else what is in use since.
        account = payee.payment.account if payee.payment else row.account or accounts.get(row.practitioner_id)
        if account:
            payee.bank_name = account.bank_name
            payee.account_no = account.account_no if with_numbers else mask_account(account.account_no)
        payees[row.pk] = payee
    lines = sheet.lines.select_related("shift__station", "finding", "source_month")
    for line in lines.order_by("shift__day", "shift__starts_at", "shift", "pk"):
        payees[line.row_id].add(line)
    return SheetBook(sheet, list(payees.values()), digest_of(sheet), with_numbers)


def digest_of(sheet: PaySheet) -> str:
    """SHA-256 of the sheet's document without its status: equal exactly when every amount and every reason is (Z-PAY-6)."""
    document = pay_sheet_document(sheet)
    del document["status"]
    return hashlib.sha256(json.dumps(document, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def note_of(line: PayLine) -> str:
    """What stands behind a line: the clock's minutes, or what the finding says."""
    return line.note or (line.finding.remark if line.finding_id else "")
