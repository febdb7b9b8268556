"""Who undertakes a case, and what people are good at."""

from django.urls import path

from legalaid.views import assignments

urlpatterns = [
    path("cases/undertakers/", assignments.specialties, name="specialties"),
    path("cases/undertakers/<int:pk>/", assignments.specialty_edit, name="specialty-edit"),
    path("cases/<int:pk>/assign/", assignments.case_assign, name="case-assign"),
    path("cases/<int:pk>/assignments/", assignments.case_assignments, name="case-assignments"),
    path("cases/<int:pk>/assign/keep/", assignments.case_keep, name="case-keep"),
    path("cases/<int:pk>/replacement/", assignments.case_replacement, name="case-replacement"),
]
