"""Consultation records, their checks, withdrawals and hand-overs."""

from django.urls import path

from consultations.views import consultations as views
from consultations.views import handovers, record_checks, withdrawals

urlpatterns = [
    path("consultations/", views.consultation_list, name="consultations"),
    path("consultations/new/", views.consultation_new, name="consultation-new"),
    path("consultations/check/", views.consultation_check, name="consultation-check"),
    path("consultations/draft/", views.consultation_draft, name="consultation-draft"),
    path("consultations/draft/discard/", views.consultation_draft_discard, name="consultation-draft-discard"),
    path("consultations/incomplete/", record_checks.consultations_incomplete, name="consultations-incomplete"),
    path("consultations/doubtful/", record_checks.consultations_doubtful, name="consultations-doubtful"),
    path("consultations/progress/", views.consultation_progress, name="consultation-progress"),
    path("consultations/export.xlsx", views.consultations_export, name="consultations-export"),
    path("consultations/register.pdf", views.consultations_register, name="consultations-register"),
    path("consultations/handovers/", handovers.handover_list, name="handovers"),
    path("consultations/handovers/<int:pk>/", handovers.handover, name="handover"),
    path("consultations/handovers/<int:pk>/paper.pdf", handovers.handover_paper, name="handover-paper"),
    path("consultations/<int:pk>/", views.consultation, name="consultation"),
    path("consultations/<int:pk>/edit/", views.consultation_edit, name="consultation-edit"),
    path("consultations/<int:pk>/void/", withdrawals.consultation_void, name="consultation-void"),
    path("consultations/<int:pk>/restore/", withdrawals.consultation_restore, name="consultation-restore"),
    path("consultations/<int:pk>/merge/", withdrawals.consultation_merge, name="consultation-merge"),
    path("consultations/<int:pk>/fault/", record_checks.consultation_fault, name="consultation-fault"),
    path("consultations/<int:pk>/form.pdf", views.consultation_paper, name="consultation-paper"),
]
