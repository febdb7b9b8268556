from django.urls import path

from legalaid.views import objections

urlpatterns = [
    path("cases/objections/", objections.objections, name="objections"),
    path("cases/objections/new/", objections.objection_new, name="objection-new"),
    path("cases/objections/<int:pk>/", objections.objection, name="objection"),
    path("cases/objections/<int:pk>/decide/", objections.objection_decide, name="objection-decide"),
    path("cases/objections/<int:pk>/paper/", objections.objection_paper, name="objection-paper"),
    path("cases/objections/<int:pk>/withdraw/", objections.objection_withdraw, name="objection-withdraw"),
    path("cases/<int:pk>/objections/new/", objections.case_objection_new, name="case-objection-new"),
    path("cases/<int:pk>/complaints/new/", objections.case_complaint_new, name="case-complaint-new"),
    path("cases/complaints/<int:pk>/", objections.complaint, name="complaint"),
]
