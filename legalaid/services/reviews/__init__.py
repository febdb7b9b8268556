"""Quality evaluation: drawing a batch, assigning reviewers, scoring, confirming grades, rectification. Plan 四（二）2（2）, 五（二）2."""

from legalaid.services.reviews.assigning import assign_all, assign_reviewer, candidates, withdraw_review
from legalaid.services.reviews.batches import close_batch, confirm_batch, draw_batch, population, void_batch
from legalaid.services.reviews.fixes import confirm_fix, do_fix, open_fix, send_back_fix
from legalaid.services.reviews.refusals import ReviewRefused, SheetRefused
from legalaid.services.reviews.results import decide_files
from legalaid.services.reviews.scoring import save_sheet, submit_sheet

__all__ = [
    "ReviewRefused",
    "SheetRefused",
    "assign_all",
    "assign_reviewer",
    "candidates",
    "close_batch",
    "confirm_batch",
    "confirm_fix",
    "decide_files",
    "do_fix",
    "draw_batch",
    "open_fix",
    "population",
    "save_sheet",
    "send_back_fix",
    "submit_sheet",
    "void_batch",
    "withdraw_review",
]
