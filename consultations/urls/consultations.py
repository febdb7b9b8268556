"""Consultation records."""

from django.urls import path

from consultations.views import consultations as views

urlpatterns = [
    path("consultations/", views.consultation_list, name="consultations"),
    path("consultations/new/", views.consultation_new, name="consultation-new"),
    path("consultations/check/", views.consultation_check, name="consultation-check"),
    path("consultations/incomplete/", views.consultations_incomplete, name="consultations-incomplete"),
    path("consultations/progress/", views.consultation_progress, name="consultation-progress"),
    path("consultations/export.xlsx", views.consultations_export, name="consultations-export"),
    path("consultations/register.pdf", views.consultations_register, name="consultations-register"),
    path("consultations/<int:pk>/", views.consultation, name="consultation"),
    path("consultations/<int:pk>/edit/", views.consultation_edit, name="consultation-edit"),
    path("consultations/<int:pk>/void/", views.consultation_void, name="consultation-void"),
    path("consultations/<int:pk>/restore/", views.consultation_restore, name="consultation-restore"),
    path("consultations/<int:pk>/fault/", views.consultation_fault, name="consultation-fault"),
    path("consultations/<int:pk>/form.pdf", views.consultation_paper, name="consultation-paper"),
]
