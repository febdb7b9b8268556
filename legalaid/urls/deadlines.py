from django.urls import path

from legalaid.views import deadlines

urlpatterns = [
    path("cases/deadlines/", deadlines.case_deadlines, name="case-deadlines"),
    path("cases/deadlines/export/", deadlines.case_deadlines_export, name="case-deadlines-export"),
]
