"""Legal help by duty lawyers."""

from django.urls import path

from legalaid.views import legal_help as views

urlpatterns = [
    path("legal-help/", views.legal_helps, name="legal-helps"),
    path("legal-help/new/", views.legal_help_new, name="legal-help-new"),
    path("legal-help/ledger.xlsx", views.legal_help_ledger, name="legal-help-ledger"),
    path("legal-help/ledger.pdf", views.legal_help_ledger_paper, name="legal-help-ledger-paper"),
    path("legal-help/<int:pk>/", views.legal_help, name="legal-help"),
    path("legal-help/<int:pk>/request.pdf", views.legal_help_paper, {"paper": "help_request"}, name="legal-help-request"),
    path("legal-help/<int:pk>/register.pdf", views.legal_help_paper, {"paper": "help_register"}, name="legal-help-register"),
    path("legal-help/<int:pk>/<slug:code>/", views.legal_help_step, name="legal-help-step"),
]
