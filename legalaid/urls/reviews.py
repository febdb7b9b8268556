"""Quality evaluation: batches, drawn files, sheets of reviewers, rectification."""

from django.urls import path

from legalaid.views.reviews import batches, cases, files, fixes, sheets

urlpatterns = [
    path("reviews/", batches.review_list, name="file-reviews"),
    path("reviews/new/", batches.review_batch_new, name="review-batch-new"),
    path("reviews/batches/<int:pk>/", batches.review_batch, name="review-batch"),
    path("reviews/batches/<int:pk>/confirm/", batches.review_batch_confirm, name="review-batch-confirm"),
    path("reviews/batches/<int:pk>/void/", batches.review_batch_void, name="review-batch-void"),
    path("reviews/batches/<int:pk>/assign/", batches.review_batch_assign, name="review-batch-assign"),
    path("reviews/batches/<int:pk>/decide/", batches.review_batch_decide, name="review-batch-decide"),
    path("reviews/batches/<int:pk>/close/", batches.review_batch_close, name="review-batch-close"),
    path("reviews/batches/<int:pk>/report.<str:suffix>", batches.review_batch_report, name="review-batch-report"),
    path("reviews/files/<int:pk>/", files.review_file, name="review-file"),
    path("reviews/files/<int:pk>/assign/", files.review_file_assign, name="review-file-assign"),
    path("reviews/files/<int:pk>/fix/", files.review_file_fix, name="review-file-fix"),
    path("reviews/files/<int:pk>/sheet.pdf", files.review_file_sheet, name="review-file-sheet"),
    path("cases/<int:pk>/review/", cases.case_review, name="case-review"),
    path("reviews/mine/", sheets.my_reviews, name="my-reviews"),
    path("reviews/<int:pk>/", sheets.review, name="review"),
    path("reviews/<int:pk>/decline/", sheets.review_decline, name="review-decline"),
    path("reviews/<int:pk>/withdraw/", files.review_withdraw, name="review-withdraw"),
    path("reviews/<int:pk>/documents/<int:document>/", sheets.review_document, name="review-document"),
    path("reviews/<int:pk>/papers/<int:issued>/", sheets.review_paper, name="review-paper"),
    path("reviews/fixes/", fixes.review_fixes, name="review-fixes"),
    path("reviews/fixes.xlsx", fixes.review_fixes_export, name="review-fixes-export"),
    path("reviews/fixes/<int:pk>/", fixes.review_fix, name="review-fix"),
    path("reviews/fixes/<int:pk>/done/", fixes.review_fix_done, name="review-fix-done"),
    path("reviews/fixes/<int:pk>/confirm/", fixes.review_fix_confirm, name="review-fix-confirm"),
    path("reviews/fixes/<int:pk>/proof/", fixes.review_fix_proof, name="review-fix-proof"),
]
