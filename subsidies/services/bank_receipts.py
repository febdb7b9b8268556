"""The bank's list of receipts, read into the form of payments: looked at by the cashier before anything is booked."""

from decimal import Decimal

from common.id_numbers import mask_account
from common.money import yuan
from common.workbooks import tables
from common.workbooks.reading import read_workbook
from subsidies.services.payment import PaymentRefused

RECEIPTS = tables.Table(
    "回单",
    (
        tables.Column("姓名", tables.text(50), is_required=True),
        tables.Column("金额", tables.yuan_amount, is_required=True),
        tables.Column("回单号", tables.digits_text, is_required=True),
        tables.Column("账号", tables.digits_text, default="", mask=tables.masked_account),
    ),
)


def read_receipts(file, rows):
    """Row id → receipt number, for the rows still to pay (each with `account_now`).

    A line fits the one row of that name and amount, and of that account where the list gives one. Refused with every line
    that fits nobody or more than one; nothing is booked here.
    """
    sheets = [sheet for sheet in read_workbook(file) if sheet.name == RECEIPTS.name]
    if not sheets:
        raise PaymentRefused("没有名为“回单”的工作表：第一行写姓名、金额、回单号，也可以写账号。", field="file")
    parsed = tables.parse_table(sheets[0], RECEIPTS)
    problems, found = list(parsed.problems), {}
    for line in parsed.rows:
        fitting = [row for row in rows if row.pk not in found and fits(row, line)]
        if len(fitting) == 1:
            found[fitting[0].pk] = line["回单号"]
        else:
            problems.append(line.problem("姓名", why_not(rows, line, fitting)))
    if problems:
        raise PaymentRefused("\n".join(str(problem) for problem in problems[:20]), field="file")
    return found


def fits(row, line):
    account = row.account_now.account_no if row.account_now else ""
    return row.name == line["姓名"] and row.payable == line["金额"] and (not line["账号"] or line["账号"] == account)


def why_not(rows, line, fitting):
    """Why a line of the list belongs to nobody's payment, or to more than one."""
    if fitting:
        return "有多人同名同金额：请填写账号，由账号区分。"
    amounts: list[Decimal] = [row.payable for row in rows if row.name == line["姓名"]]
    if not amounts:
        return "待支付人员中没有这个人，或这个人已经读到一条回单。"
    if line["金额"] not in amounts:
        return f"金额与实发不符：应为 {yuan(amounts[0])} 元。"
    return f"账号 {mask_account(line['账号'])} 不是这个人使用中的收款账户。"
