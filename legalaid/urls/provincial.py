"""The provincial system: entries, reconciliation."""

from django.urls import path

from legalaid.views import provincial as entries
from legalaid.views import reconciling as lists

urlpatterns = [
    path("provincial/", entries.provincial, name="provincial"),
    path("provincial/cases/<int:pk>/", entries.provincial_case, name="provincial-case"),
    path("provincial/lists/", lists.provincial_lists, name="provincial-lists"),
    path("provincial/lists/new/", lists.provincial_list_new, name="provincial-list-new"),
    path("provincial/lists/<int:pk>/", lists.provincial_list, name="provincial-list"),
    path("provincial/lists/<int:pk>/columns/", lists.provincial_columns, name="provincial-columns"),
    path("provincial/lists/<int:pk>/again/", lists.provincial_again, name="provincial-again"),
    path("provincial/lists/<int:pk>/rows/<int:line>/pair/", lists.provincial_pair, name="provincial-pair"),
    path("provincial/lists/<int:pk>/rows/<int:line>/part/", lists.provincial_part, name="provincial-part"),
    path("provincial/lists/<int:pk>/rows/<int:line>/take/", lists.provincial_take, name="provincial-take"),
    path("provincial/lists/<int:pk>/fix/", lists.provincial_fix, name="provincial-fix"),
    path("provincial/lists/<int:pk>/sign/", lists.provincial_sign, name="provincial-sign"),
    path("provincial/lists/<int:pk>/approve/", lists.provincial_approve, name="provincial-approve"),
    path("provincial/lists/<int:pk>/return/", lists.provincial_return, name="provincial-return"),
    path("provincial/lists/<int:pk>/void/", lists.provincial_void, name="provincial-void"),
    path("provincial/lists/<int:pk>/file/", lists.provincial_file, name="provincial-file"),
    path("provincial/lists/<int:pk>/f36.xlsx", lists.provincial_xlsx, name="provincial-xlsx"),
    path("provincial/lists/<int:pk>/f36.pdf", lists.provincial_pdf, name="provincial-pdf"),
]
