"""Which steps of one pay sheet, or of one quarterly list of cases, must be held by different people. design.md 5, I14.

A list of cases has one step more: the centre drafts, its director signs and hands in.
"""

from collections.abc import Mapping

DRAFT, SUBMIT, REVIEW, CHECK, APPROVE, PAY = "draft", "submit", "review", "check", "approve", "pay"
STEP_WORDS: Mapping[str, str] = {DRAFT: "制表", SUBMIT: "签报", REVIEW: "复核", CHECK: "审核", APPROVE: "审批", PAY: "支付"}

# Never, however small the office: preparer ≠ reviewer and checker, approver ≠ anyone before, cashier ≠ checker or approver.
ALWAYS_APART = frozenset(
    {(DRAFT, REVIEW), (DRAFT, CHECK), (DRAFT, APPROVE), (REVIEW, APPROVE), (CHECK, APPROVE), (CHECK, PAY), (APPROVE, PAY)}
    | {(DRAFT, SUBMIT), (SUBMIT, REVIEW), (SUBMIT, CHECK), (SUBMIT, APPROVE)}
)
# What larger offices also keep apart: with five people every step, with four all but review and check.
APART_IN = {
    5: ALWAYS_APART | {(REVIEW, CHECK), (DRAFT, PAY), (SUBMIT, PAY), (REVIEW, PAY)},
    4: ALWAYS_APART | {(DRAFT, PAY), (SUBMIT, PAY), (REVIEW, PAY)},
    3: ALWAYS_APART,
}


def step_that_clashes(step: str, by: int, holders: Mapping[str, int | None], people: int) -> str | None:
    """The earlier step that the same person holds and may not, or None when she may act.

    `holders` maps steps to the ids of who did them; `people` is the county's chain: five, four or three.
    """
    apart = APART_IN[people]
    return next((earlier for earlier, who in holders.items() if who == by and (earlier, step) in apart), None)
