"""F09 银行代发文件 of a quarterly list of cases: one file a fund, for each fund has its own bank account. Z-SUB-6, Z-PAY-5.

Whole account numbers, for finance and cashier only. It holds what the fund still owes, so that a second file pays nobody twice.
"""

from common.money import ZERO, yuan
from common.workbooks.writing import file_name
from subsidies.exports.bank_file import transfers_csv, transfers_workbook
from subsidies.exports.case_lists import APPROVED, ListPaperRefused
from subsidies.exports.frame import Download
from subsidies.models import CaseList, Fund, Payment
from subsidies.services.case_payment import account_key, accounts_of


def transfers_of(case_list: CaseList, fund: Fund) -> list[list]:
    """Number, holder, account, bank, amount, purpose of each payee whom the fund still owes.

    Raises ListPaperRefused: not approved, nobody left, a payee without an account, or a sum that is not the rest of the list.
    """
    if case_list.status not in APPROVED:
        raise ListPaperRefused(
            f"{case_list.label}案件补贴季表{case_list.get_status_display()}：局领导审批后才能导出银行代发文件。"
        )
    owed = case_list.rows.to_pay().filter(fund=fund).select_related("organization", "practitioner").order_by("name", "pk")
    rows = list(owed)
    if not rows:
        raise ListPaperRefused(f"{case_list.label}案件补贴的{fund.get_kind_display()}没有要支付的收款人。")
    accounts = accounts_of(rows)
    if missing := [row.name for row in rows if account_key(row) not in accounts]:
        raise ListPaperRefused(f"{'、'.join(missing)}没有使用中的收款账户：请先登记并审定账户，或用支票支付并登记。")
    require_it_adds_up(case_list, fund, rows)
    purpose, found = f"{case_list.label}案件补贴", []
    for number, row in enumerate(rows, 1):
        account = accounts[account_key(row)]
        found.append([number, account.holder, account.account_no, account.bank_name, row.amount, purpose])
    return found


def require_it_adds_up(case_list, fund, rows):
    """What the fund has paid and what it still owes are together what the list says of it (I8)."""
    payments = Payment.objects.standing().filter(case_row__list=case_list, case_row__fund=fund)
    paid = sum(payments.values_list("amount", flat=True), ZERO)
    rest, total = sum((row.amount for row in rows), ZERO), total_of(case_list, fund)
    if paid + rest != total:
        raise ListPaperRefused(f"账不平：已付 {yuan(paid)} 元，待付 {yuan(rest)} 元，表上合计 {yuan(total)} 元。请核对账目。")


def total_of(case_list, fund):
    return case_list.special_total if fund.pk == case_list.special_fund_id else case_list.operating_total


def case_bank_workbook(case_list: CaseList, fund: Fund) -> Download:
    told = [["季度", case_list.label], ["资金", fund.get_kind_display()], ["季表上本项资金合计", yuan(total_of(case_list, fund))]]
    return transfers_workbook(name_of(case_list, fund, ".xlsx"), transfers_of(case_list, fund), told)


def case_bank_csv(case_list: CaseList, fund: Fund) -> Download:
    return transfers_csv(name_of(case_list, fund, ".csv"), transfers_of(case_list, fund))


def name_of(case_list, fund, suffix) -> str:
    quarter = f"{case_list.period}第{case_list.batch}批" if case_list.batch > 1 else str(case_list.period)
    return file_name(case_list.county.name, "案件补贴银行代发", fund.get_kind_display(), quarter, suffix=suffix)
