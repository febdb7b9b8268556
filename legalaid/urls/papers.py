"""Papers of a case."""

from django.urls import path

from legalaid.views import papers as views

urlpatterns = [
    path("cases/papers/blank/", views.paper_blanks, name="paper-blanks"),
    path("cases/papers/blank/<slug:paper>.pdf", views.paper_blank, name="paper-blank"),
    path("cases/papers/prefix/", views.paper_prefix, name="paper-prefix"),
    path("cases/papers/<int:pk>/file/", views.case_paper_download, name="case-paper-download"),
    path("cases/papers/<int:pk>/receipt/", views.case_paper_receipt, name="case-paper-receipt"),
    path("cases/papers/<int:pk>/served/", views.case_paper_served, name="case-paper-served"),
    path("cases/papers/<int:pk>/void/", views.case_paper_void, name="case-paper-void"),
    path("cases/<int:pk>/papers/", views.case_papers, name="case-papers"),
    path("cases/<int:pk>/papers/all.pdf", views.case_papers_bound, name="case-papers-bound"),
    path("cases/<int:pk>/papers/<slug:paper>/", views.case_paper_preview, name="case-paper-preview"),
    path("cases/<int:pk>/papers/<slug:paper>/issue/", views.case_paper_issue, name="case-paper-issue"),
]
