"""Addresses of pay and funds. The converter `month` is registered by consultations, a floor below."""

from django.urls import path

import consultations.urls.rosters  # noqa: F401 - registers the converter
from subsidies.views import approvals, bank, batches, ledger, own_pay, papers, pay_sheets, receipts, reopening

urlpatterns = [
    path("pay/duty/", pay_sheets.pay_sheets, name="pay-sheets"),
    path("pay/duty/<month:month>/", pay_sheets.pay_sheet, name="pay-sheet"),
    path("pay/duty/<month:month>/rows/<int:pk>/", pay_sheets.pay_row, name="pay-row"),
    path("pay/duty/<month:month>/compare/", pay_sheets.pay_sheet_compare, name="pay-sheet-compare"),
    path("pay/duty/<month:month>/draft/", pay_sheets.pay_sheet_draft, name="pay-sheet-draft"),
    path("pay/duty/<month:month>/review/", approvals.pay_sheet_review, name="pay-sheet-review"),
    path("pay/duty/<month:month>/check/", approvals.pay_sheet_check, name="pay-sheet-check"),
    path("pay/duty/<month:month>/approve/", approvals.pay_sheet_approve, name="pay-sheet-approve"),
    path("pay/duty/<month:month>/send-back/", approvals.pay_sheet_send_back, name="pay-sheet-send-back"),
    path("pay/duty/<month:month>/reopening/", reopening.month_reopening, name="month-reopening"),
    path("pay/duty/<month:month>/reopening/propose/", reopening.month_reopening_propose, name="month-reopening-propose"),
    path("pay/duty/<month:month>/reopening/decide/", reopening.month_reopening_decide, name="month-reopening-decide"),
    path("pay/duty/<month:month>/reopening/close/", reopening.month_close_again, name="month-close-again"),
    path("pay/batches/<month:month>/", batches.pay_batch, name="pay-batch"),
    path("pay/batches/<month:month>/pay/", batches.pay_batch_pay, name="pay-batch-pay"),
    path("pay/payments/<int:pk>/return/", batches.payment_return, name="payment-return"),
    path("pay/rows/<int:pk>/recovery/", receipts.recovery_new, name="recovery-new"),
    path("pay/mine/", own_pay.my_pay, name="my-pay"),
    path("pay/mine/<month:month>/object/", own_pay.my_pay_object, name="my-pay-object"),
    path("pay/objections/", own_pay.objections, name="pay-objections"),
    path("pay/objections/<int:pk>/", own_pay.objection, name="pay-objection"),
    path("pay/chain/", reopening.pay_chain, name="pay-chain"),
    path("pay/chain/new/", reopening.pay_chain_new, name="pay-chain-new"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/balance/", ledger.fund_balance, name="fund-balance"),
    path("ledger/balance/chart.svg", ledger.fund_chart, name="fund-chart"),
    path("ledger/entries/<int:pk>/reverse/", ledger.entry_reverse, name="entry-reverse"),
    path("ledger/reversals/", ledger.reversals, name="reversals"),
    path("ledger/reversals/<int:pk>/", ledger.reversal, name="reversal"),
    path("ledger/reversals/<int:pk>/decide/", ledger.reversal_decide, name="reversal-decide"),
    path("ledger/receipts/", receipts.receipts, name="receipts"),
    path("ledger/receipts/new/", receipts.receipt_new, name="receipt-new"),
    path("ledger/receipts/<int:pk>/confirm/", receipts.receipt_confirm, name="receipt-confirm"),
    path("ledger/receipts/<int:pk>/paper/", receipts.receipt_paper, name="receipt-paper"),
    path("ledger/bank/", bank.bank, name="bank"),
    path("ledger/bank/new/", bank.bank_new, name="bank-new"),
    path("ledger/bank/<int:pk>/", bank.bank_statement, name="bank-statement"),
    path("ledger/bank/<int:pk>/lines/<int:line>/", bank.bank_match, name="bank-match"),
    path("ledger/bank/<int:pk>/agree/", bank.bank_agree, name="bank-agree"),
    *papers.urlpatterns,
]
