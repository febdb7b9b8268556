"""What the database refuses, told in the words of its own trigger or constraint."""

from contextlib import contextmanager

from django.db import IntegrityError

from common.errors import Refused

# Constraints speak in names; triggers speak Chinese already.
WORDS = {
    "payment_once_a_person": "这一笔已经支付，不能重复支付。",
    "payment_in_cash_up_to_a_thousand": "现金支付不能超过 1,000 元：请改用转账、支票，或填写开户银行批准文号（现金管理暂行条例第五条、第六条）。",
    "payment_transfer_has_an_account": "没有使用中的收款账户：请先登记并确认账户，或改用支票、现金。",
    "payment_has_a_receipt": "没有填写银行回单号：请填写后再登记。",
    "fund_movement_entered_once": "同一天、同一文号、同一金额的这笔资金已经登记过。",
    "reversal_decided_by_another": "不能审定自己提出的冲销：请由另一人审定。",
    "reversal_one_open_proposal": "这张凭证已有待审定的冲销申请。",
    "pay_sheet_reviewed_by_another": "复核人与制表人是同一人：请由业务股另一人复核。",
    "pay_sheet_checked_by_another": "审核人与制表人或复核人是同一人：请由另一人审核。",
    "pay_sheet_approved_by_another": "审批人与前面各步的经办人是同一人：请由另一人审批。",
    "ledger_balance_never_negative": "资金余额不足。",
    "bank_statement_once": "这一期的对账单已经录入。",
    "bank_statement_ends_after_it_begins": "截止日期早于起始日期：请检查两个日期。",
    "pay_objection_one_open_at_a_time": "这个月的补贴已经提出异议，等待答复。",
    "case_mark_signed_by_another": "签发人与提出人是同一人：请由主任另行签发。",
    "case_mark_has_its_day_and_proof": "标注要有标注日期和惠民工程管理系统的截图。",
    "case_list_one_draft_a_quarter": "这个季度的季表刚刚由别人编制：请刷新页面。",
    "case_list_signed_by_another": "签报人与编制人是同一人：请由主任签报。",
    "case_list_reviewed_by_another": "复核人与编制人或签报人是同一人：请由业务股复核。",
    "case_list_checked_by_another": "审核人与前面各步的经办人是同一人：请由另一人审核。",
    "case_list_approved_by_another": "审批人与前面各步的经办人是同一人：请由另一人审批。",
    "payment_once_a_payee_and_fund": "这一笔已经支付，不能重复支付。",
    "claim_special_or_whole": "一件案件不能既用专项资金又由业务经费全额补贴。",
    "claim_part_once_a_fund": "一件案件从同一资金只能补贴一次。",
    "pay_chain_once_a_day": "这一天已经定过岗位分工：请选较晚的日期。",
}


class MoneyRefused(Refused):
    """Something about money that will not be done; the sentence says why."""


@contextmanager
def told_in_words():
    """Turn a refusal of the database into a MoneyRefused. Goes inside the service's own transaction, which then rolls back."""
    try:
        yield
    except IntegrityError as error:
        raise MoneyRefused(sentence(error)) from error


def sentence(error):
    """The constraint's words, or the trigger's own sentence."""
    told = getattr(error.__cause__, "diag", None)
    if told is None:
        raise error
    if told.constraint_name:
        return WORDS.get(told.constraint_name, f"数据不合规定，没有保存（{told.constraint_name}）。")
    return f"{told.message_primary}。"
