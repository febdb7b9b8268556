"""F17 资金拨付台账 and the cash book of F32 (资金明细账) of one fund and year, as workbook and PDF. Plan 五（一）; Z-FUND-1, Z-FUND-2."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from common import clock
from common.money import ZERO, in_words
from common.workbooks.writing import Column, Sheet, file_name
from subsidies.exports.frame import PDF, XLSX, Download, Paper, foot, office_name, printed, workbook
from subsidies.models import Fund, LedgerEntry
from subsidies.services.funds import arrivals

ARRIVALS = (
    Column("序号", "int", 6),
    Column("文号", "text", 26),
    Column("上级", "text", 18),
    Column("金额", "yuan", 16, total=True),
    Column("到账日", "date", 12),
    Column("应拨日", "date", 12),
    Column("实拨日", "date", 12),
    Column("已拨付", "yuan", 16, total=True),
    Column("未拨付", "yuan", 16, total=True),
    Column("逾期天数", "int", 9),
    Column("财政确认", "text", 14),
    Column("说明", "text", 26),
)
ENTRIES = (
    Column("凭证号", "text", 12),
    Column("日期", "date", 12),
    Column("类型", "text", 10),
    Column("摘要", "text", 46),
    Column("收入", "yuan", 16, total=True),
    Column("支出", "yuan", 16, total=True),
    Column("余额", "yuan", 16),
    Column("记账人", "text", 12),
)


@dataclass(frozen=True)
class Booked:
    """One row of the cash book. A reversal stands on the side of what it reverses, with the other sign."""

    entry: LedgerEntry
    income: Decimal | None
    outgo: Decimal | None
    balance: Decimal


@dataclass
class CashBook:
    """A fund's year: what came over, each entry by its day, what is left."""

    fund: Fund
    year: int
    opening: Decimal
    rows: list[Booked] = field(default_factory=list)

    @property
    def income(self) -> Decimal:
        return sum((row.income for row in self.rows if row.income is not None), ZERO)

    @property
    def outgo(self) -> Decimal:
        return sum((row.outgo for row in self.rows if row.outgo is not None), ZERO)

    @property
    def closing(self) -> Decimal:
        return self.opening + self.income - self.outgo


def cash_book(fund: Fund, year: int) -> CashBook:
    """The entries of a year with the running balance by day. Two queries."""
    book = CashBook(fund, year, fund.balance_on(date(year - 1, 12, 31)))
    entries = fund.entries.between(date(year, 1, 1), date(year, 12, 31)).select_related("booked_by", "reverses")
    balance = book.opening
    for entry in entries.order_by("day", "sequence"):
        balance += entry.amount
        is_income = (entry.reverses or entry).amount > 0
        book.rows.append(Booked(entry, entry.amount if is_income else None, None if is_income else -entry.amount, balance))
    return book


def ledger_workbook(fund: Fund, year: int, *, by) -> Download:
    book, came = cash_book(fund, year), arrivals_of(fund, year)
    heading = [f"编制单位：{office_name(fund.county)}　　资金来源：{fund.get_kind_display()}　　年度：{year}年"]
    balances = f"上年结转 {book.opening:,.2f}　　本年收入 {book.income:,.2f}　　本年支出 {book.outgo:,.2f}　　期末余额 {book.closing:,.2f}"
    signatures = ["制表人：　　　　　　　　复核人：　　　　　　　　负责人：　　　　　　　　日期：　　　　年　　月　　日"]
    footer = foot(by)
    sheets = [
        Sheet(
            title=f"{fund.county.name}{year}年资金拨付台账",
            columns=ARRIVALS,
            rows=[arrival_cells(number, each) for number, each in enumerate(came, 1)],
            heading=heading,
            signatures=signatures,
            footer=footer,
            name="资金拨付台账",
        ),
        Sheet(
            title=f"{fund.county.name}{year}年资金明细账",
            columns=ENTRIES,
            rows=[entry_cells(row) for row in book.rows],
            heading=[*heading, balances],
            signatures=signatures,
            footer=footer,
            name="资金明细账",
            total_label="本年合计",
        ),
    ]
    return Download(name_of(fund, year, ".xlsx"), workbook(sheets), XLSX, len(came) + len(book.rows), book.closing)


def arrivals_of(fund, year):
    today = clock.today()
    return arrivals(funds=[fund], today=today, first=date(year, 1, 1), last=date(year, 12, 31))


def superior(fund) -> str:
    """Who sends the money to the county's treasury."""
    return f"{fund.county.parent.name}财政局" if fund.county.parent else ""


def arrival_cells(number, arrival) -> list:
    movement = arrival.movement
    return [
        number,
        movement.document_no,
        superior(movement.fund),
        movement.amount,
        movement.day,
        movement.forward_due_on,
        arrival.forwarded_on,
        arrival.forwarded,
        arrival.rest,
        arrival.late_days,
        str(movement.confirmed_by or "未确认"),
        movement.remark,
    ]


def entry_cells(row: Booked) -> list:
    entry = row.entry
    voucher = f"{entry.year}-{entry.voucher_no:04d}"
    return [voucher, entry.day, entry.get_kind_display(), entry.memo, row.income, row.outgo, row.balance, str(entry.booked_by)]


def name_of(fund, year, suffix) -> str:
    return file_name(fund.county.name, "资金台账", fund.get_kind_display(), str(year), suffix=suffix)


def ledger_pdf(fund: Fund, year: int, *, by) -> Download:
    """Raises PdfUnavailable."""
    paper = ledger_paper(fund, year, by=by)
    facts = paper.facts
    return Download(
        name_of(fund, year, ".pdf"), paper.pdf(), PDF, len(facts["arrivals"]) + len(facts["book"].rows), facts["book"].closing
    )


def ledger_paper(fund: Fund, year: int, *, by) -> Paper:
    book, came = cash_book(fund, year), arrivals_of(fund, year)
    facts = {
        **printed(by),
        "title": f"{fund.county.name}{year}年资金拨付台账",
        "book_title": f"{fund.county.name}{year}年资金明细账",
        "office": office_name(fund.county),
        "period": f"{year}年　{fund.get_kind_display()}",
        "unit": "单位：元",
        "superior": superior(fund),
        "arrivals": came,
        "arrived": sum((each.movement.amount for each in came), ZERO),
        "forwarded": sum((each.forwarded for each in came), ZERO),
        "rest": sum((each.rest for each in came), ZERO),
        "book": book,
        "words": in_words(book.closing),
    }
    return Paper("print/ledger.html", facts)
