"""F32: bank receipts and returned transfers of a sheet, and the reconciliation of a statement, as workbook and PDF."""

from datetime import date
from decimal import Decimal

from common.money import ZERO, in_words
from common.workbooks.writing import Column, Sheet, file_name
from subsidies.exports.frame import PDF, XLSX, Download, Paper, day_words, foot, office_name, printed, workbook
from subsidies.models import BankStatement, Payment
from subsidies.services.reconciliation import differences_of, position_of

PAYMENTS = (
    Column("序号", "int", 6),
    Column("姓名", "text", 10),
    Column("金额", "yuan", 14, total=True),
    Column("支付方式", "text", 10),
    Column("账号", "text", 22),
    Column("银行回单号", "text", 24),
    Column("支付日期", "date", 12),
    Column("凭证号", "text", 12),
    Column("状态", "text", 9),
    Column("退票日期", "date", 12),
    Column("退票原因", "text", 24),
    Column("退回金额", "yuan", 14, total=True),
    Column("实付金额", "yuan", 14, total=True),
    Column("重付情况", "text", 30),
)
POSITION = (Column("项目", "text", 40), Column("日期", "date", 14), Column("金额", "yuan", 18), Column("说明", "text", 50))
STATEMENT = (
    Column("日期", "date", 12),
    Column("金额", "yuan", 16, total=True),
    Column("摘要", "text", 40),
    Column("回单号", "text", 24),
    Column("对应凭证", "text", 14),
)


# -- 银行回单与退票登记


def payments_of(sheet) -> list[dict]:
    """Every payment of a sheet in the order in which it was made, returned ones with what was paid instead. One query."""
    found = Payment.objects.filter(row__sheet=sheet).select_related("row", "account", "entry").order_by("row__name", "row", "pk")
    rows = []
    for payment in found:
        if rows and rows[-1]["payment"].row_id == payment.row_id:
            rows[-1]["again"] = f"{payment.paid_on} 重付，回单号 {payment.receipt_no}"
        is_back = payment.state == Payment.State.RETURNED
        rows.append(
            {
                "payment": payment,
                "name": payment.row.name,
                "account": payment.account.masked_account_no if payment.account else "",
                "voucher": voucher_of(payment.entry),
                "returned": payment.amount if is_back else None,
                "net": ZERO if is_back else payment.amount,
                "again": "待重付" if is_back else "",
            }
        )
    return rows


def returned_workbook(sheet, *, by) -> Download:
    rows = payments_of(sheet)
    month = sheet.month
    cells = [
        [number, row["name"], row["payment"].amount, row["payment"].get_method_display(), row["account"],
         row["payment"].receipt_no, row["payment"].paid_on, row["voucher"], row["payment"].get_state_display(),
         row["payment"].returned_on, row["payment"].return_reason, row["returned"], row["net"], row["again"]]
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip
    net = sum((row["net"] for row in rows), ZERO)
    page = Sheet(
        title=f"{month.county.name}{month.label}银行回单与退票登记",
        columns=PAYMENTS,
        rows=cells,
        heading=[f"编制单位：{office_name(month.county)}　　期间：{month.label}　　资金来源：{sheet.fund.get_kind_display()}"],
        signatures=[
            f"实付合计（大写）：{in_words(net)}",
            "出纳：　　　　　　　　财务：　　　　　　　　日期：　　　　年　　月　　日",
        ],
        footer=foot(by),
        name="回单与退票",
    )
    return Download(returned_name(sheet, ".xlsx"), workbook([page]), XLSX, len(rows), net)


def returned_name(sheet, suffix) -> str:
    return file_name(sheet.month.county.name, "银行回单与退票登记", str(sheet.month.period), suffix=suffix)


def returned_pdf(sheet, *, by) -> Download:
    """Raises PdfUnavailable."""
    paper = returned_paper(sheet, by=by)
    return Download(returned_name(sheet, ".pdf"), paper.pdf(), PDF, len(paper.facts["rows"]), paper.facts["net"])


def returned_paper(sheet, *, by) -> Paper:
    rows = payments_of(sheet)
    net = sum((row["net"] for row in rows), ZERO)
    facts = {
        **printed(by),
        "title": f"{sheet.month.county.name}{sheet.month.label}银行回单与退票登记",
        "office": office_name(sheet.month.county),
        "period": sheet.month.label,
        "unit": "单位：元",
        "rows": rows,
        "gross": sum((row["payment"].amount for row in rows), ZERO),
        "returned": sum((row["returned"] or ZERO for row in rows), ZERO),
        "net": net,
        "words": in_words(net),
        "sheet": sheet,
    }
    return Paper("print/returned.html", facts)


# -- 银行对账表


def reconciliation_of(statement: BankStatement) -> dict:
    """Bank and ledger brought to the same balance, each with what only the other shows. What was signed stands as it was."""
    if statement.agreed_at:
        ledger, items = statement.ledger_balance, statement.differences
    else:
        position = position_of(statement)
        ledger, items = position.ledger, differences_of(position)
    items = [{**item, "day": date.fromisoformat(item["day"]), "amount": Decimal(item["amount"])} for item in items]
    bank_only = [item for item in items if item["side"] == "银行"]
    book_only = [item for item in items if item["side"] == "台账"]
    bank_side = statement.closing_balance + sum((item["amount"] for item in book_only), ZERO)
    book_side = ledger + sum((item["amount"] for item in bank_only), ZERO)
    return {
        "ledger": ledger,
        "book_in": [item for item in book_only if item["amount"] > 0],
        "book_out": [item for item in book_only if item["amount"] < 0],
        "bank_in": [item for item in bank_only if item["amount"] > 0],
        "bank_out": [item for item in bank_only if item["amount"] < 0],
        "bank_side": bank_side,
        "book_side": book_side,
        "is_even": bank_side == book_side,
    }


def reconciliation_rows(statement, position) -> list[list]:
    """银行存款余额调节表, from top to bottom."""

    def items(words, found):
        return [[f"　{words}", item["day"], item["amount"], item["text"]] for item in found]

    return [
        ["银行对账单余额", statement.last, statement.closing_balance, ""],
        *items("加：单位已收，银行未收", position["book_in"]),
        *items("减：单位已付，银行未付", position["book_out"]),
        ["调节后银行余额", statement.last, position["bank_side"], ""],
        ["单位账面余额", statement.last, position["ledger"], ""],
        *items("加：银行已收，单位未收", position["bank_in"]),
        *items("减：银行已付，单位未付", position["bank_out"]),
        ["调节后账面余额", statement.last, position["book_side"], "对平" if position["is_even"] else "未对平"],
    ]


def statement_state(statement) -> str:
    if statement.agreed_at:
        return f"已对平（{statement.agreed_by}，{day_words(statement.agreed_at)}）"
    return "尚未对平签认"


def reconciliation_workbook(statement: BankStatement, *, by) -> Download:
    fund = statement.fund
    heading = [
        f"编制单位：{office_name(fund.county)}　　资金来源：{fund.get_kind_display()}　　对账期间：{statement.first} 至 {statement.last}",
        f"状态：{statement_state(statement)}",
    ]
    position = reconciliation_of(statement)
    lines = list(statement.lines.select_related("entry"))
    sheets = [
        Sheet(
            title=f"{fund.county.name}银行对账表",
            columns=POSITION,
            rows=reconciliation_rows(statement, position),
            heading=heading,
            signatures=["财务：　　　　　　　　出纳：　　　　　　　　负责人：　　　　　　　　日期：　　　　年　　月　　日"],
            footer=foot(by),
            name="银行对账表",
        ),
        Sheet(
            title="银行对账单明细",
            columns=STATEMENT,
            rows=[
                [line.day, line.amount, line.text, line.receipt_no, voucher_of(line.entry) if line.entry else "未对上"]
                for line in lines
            ],
            heading=heading[:1],
            footer=foot(by),
            name="对账单明细",
        ),
    ]
    return Download(statement_name(statement, ".xlsx"), workbook(sheets), XLSX, len(lines), position["ledger"])


def voucher_of(entry) -> str:
    return f"{entry.year}-{entry.voucher_no:04d}"


def statement_name(statement, suffix) -> str:
    fund = statement.fund
    return file_name(fund.county.name, "银行对账表", fund.get_kind_display(), str(statement.last), suffix=suffix)


def reconciliation_pdf(statement: BankStatement, *, by) -> Download:
    """Raises PdfUnavailable."""
    paper = reconciliation_paper(statement, by=by)
    return Download(statement_name(statement, ".pdf"), paper.pdf(), PDF, len(paper.facts["lines"]), paper.facts["ledger"])


def reconciliation_paper(statement: BankStatement, *, by) -> Paper:
    fund = statement.fund
    position = reconciliation_of(statement)
    facts = {
        **printed(by),
        **position,
        "title": f"{fund.county.name}银行对账表",
        "office": office_name(fund.county),
        "period": f"{statement.first} 至 {statement.last}",
        "unit": "单位：元",
        "statement": statement,
        "state": statement_state(statement),
        "position_rows": reconciliation_rows(statement, position),
        "lines": list(statement.lines.select_related("entry")),
    }
    return Paper("print/bank_reconciliation.html", facts)
