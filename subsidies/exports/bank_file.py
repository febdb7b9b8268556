"""F09 银行代发文件 as workbook and CSV, with whole account numbers: for finance and cashier only. Z-PAY-5.

It holds who is still to be paid, so that a second file after half of the payments pays nobody twice.
"""

import csv
from io import StringIO

from common.money import ZERO, in_words, yuan
from common.workbooks.writing import Column, Sheet, file_name
from subsidies.exports.frame import CSV, XLSX, Download, workbook
from subsidies.exports.issued import PaperRefused, require_approved
from subsidies.models import Payment
from subsidies.services.payment import accounts_in_use
from subsidies.services.sheets import require_it_adds_up

COLUMNS = (
    Column("序号", "int", 6),
    Column("户名", "text", 12),
    Column("账号", "text", 26),
    Column("开户行", "text", 30),
    Column("金额", "yuan", 14),
    Column("用途", "text", 24),
)
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def transfers_of(sheet) -> list[list]:
    """Number, holder, account, bank, amount, purpose of everybody still to be paid.

    Raises PaperRefused: not approved, nobody left, somebody without an account, or a sum that is not the rest of the sheet.
    """
    require_approved(sheet, "银行代发文件")
    require_it_adds_up(sheet)
    rows = list(sheet.rows.to_pay().select_related("practitioner").order_by("name", "pk"))
    if not rows:
        raise PaperRefused(f"{sheet.month.label}补贴已全部支付，没有要代发的人员。")
    accounts = accounts_in_use([row.practitioner_id for row in rows])
    if missing := [row.name for row in rows if row.practitioner_id not in accounts]:
        raise PaperRefused(f"{'、'.join(missing)}没有使用中的收款账户：请先登记并审定账户，或用支票支付并登记。")
    paid = sum(Payment.objects.standing().filter(row__sheet=sheet).values_list("amount", flat=True), ZERO)
    rest = sum((row.payable for row in rows), ZERO)
    if rest + paid != sheet.total:
        raise PaperRefused(f"账不平：已付 {yuan(paid)} 元，待付 {yuan(rest)} 元，表上合计 {yuan(sheet.total)} 元。请核对账目。")
    purpose = f"{sheet.month.label}值班补贴"
    return [
        [number, accounts[row.practitioner_id].holder, accounts[row.practitioner_id].account_no,
         accounts[row.practitioner_id].bank_name, row.payable, purpose]
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip


def bank_workbook(sheet) -> Download:
    """F09 of a month's sheet as a workbook."""
    rows = transfers_of(sheet)
    told = [["期间", sheet.month.label], ["补贴表合计", yuan(sheet.total)]]
    return transfers_workbook(name_of(sheet, ".xlsx"), rows, told)


def bank_csv(sheet) -> Download:
    """F09 of a month's sheet as CSV."""
    return transfers_csv(name_of(sheet, ".csv"), transfers_of(sheet))


def transfers_workbook(name, rows, told) -> Download:
    """The first sheet is what the bank reads: headers in the first row, no title, no total. The second is for the eye."""
    total = sum((row[4] for row in rows), ZERO)
    facts = [*told, ["笔数", str(len(rows))], ["金额合计", yuan(total)], ["大写", in_words(total)]]
    sheets = [
        Sheet("代发", COLUMNS, rows, plain=True, unit=""),
        Sheet("核对", [Column("项目", "text", 16), Column("内容", "text", 44)], facts, unit=""),
    ]
    return Download(name, workbook(sheets), XLSX, len(rows), total)


def transfers_csv(name, rows) -> Download:
    """UTF-8 with BOM, every cell quoted; a text that would begin a formula is prefixed (domain.md 6).

    The account is its digits and nothing else: a tab or formula that keeps Excel from rounding them would stop the bank's import.
    """
    stream = StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow([column.header for column in COLUMNS])
    for number, holder, account, bank, amount, purpose in rows:
        writer.writerow([number, harmless(holder), harmless(account), harmless(bank), f"{amount:.2f}", harmless(purpose)])
    return Download(name, stream.getvalue().encode("utf-8-sig"), CSV, len(rows), sum((row[4] for row in rows), ZERO))


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def name_of(sheet, suffix) -> str:
    month = sheet.month
    return file_name(month.county.name, "银行代发", str(month.period), f"v{sheet.version}", suffix=suffix)
