"""Public money: funds and their cash book, pay sheets with every line explained, payments, bank statements."""

from subsidies.models.case_lists import CaseClaim, CaseList, CaseListEvent, CasePayRow, ClaimPart
from subsidies.models.cases import BureauDecision, CaseMark
from subsidies.models.funds import (
    BankLine,
    BankStatement,
    Fund,
    FundMovement,
    LedgerEntry,
    ReversalProposal,
)
from subsidies.models.pay_sheets import (
    PayChain,
    PayLine,
    PayRow,
    PaySheet,
    PaySheetEvent,
    RecomputeRequest,
    UnsettledShift,
)
from subsidies.models.payments import Payment, Recovery
from subsidies.models.performance import IndicatorReason
from subsidies.models.returns import QuarterlyReturn, QuarterlyReturnEvent
from subsidies.models.submissions import PayObjection, Submission

__all__ = [
    "BankLine",
    "BankStatement",
    "BureauDecision",
    "CaseClaim",
    "CaseList",
    "CaseListEvent",
    "CaseMark",
    "CasePayRow",
    "ClaimPart",
    "Fund",
    "FundMovement",
    "IndicatorReason",
    "LedgerEntry",
    "PayChain",
    "PayLine",
    "PayObjection",
    "PayRow",
    "PaySheet",
    "PaySheetEvent",
    "Payment",
    "QuarterlyReturn",
    "QuarterlyReturnEvent",
    "RecomputeRequest",
    "Recovery",
    "ReversalProposal",
    "Submission",
    "UnsettledShift",
]
