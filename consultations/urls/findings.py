"""Findings, their life and their papers."""

from django.urls import path

from consultations.views import findings

urlpatterns = [
    path("findings/", findings.finding_list, name="findings"),
    path("findings/mine/", findings.my_findings, name="my-findings"),
    path("findings/new/", findings.finding_new, name="finding-new"),
    path("findings/<int:pk>/", findings.finding, name="finding"),
    path("findings/<int:pk>/state/", findings.finding_state, name="finding-state"),
    path("findings/<int:pk>/hear/", findings.finding_hear, name="finding-hear"),
    path("findings/<int:pk>/decide/", findings.finding_decide, name="finding-decide"),
    path("findings/<int:pk>/object/", findings.finding_object, name="finding-object"),
    path("findings/<int:pk>/review/", findings.finding_review, name="finding-review"),
    path("findings/<int:pk>/criticism/", findings.finding_criticism, name="finding-criticism"),
    path("findings/<int:pk>/paper.pdf", findings.finding_paper, name="finding-paper"),
    path("criticisms/<int:pk>/paper.pdf", findings.criticism_paper, name="criticism-paper"),
]
