from django.urls import path

from legalaid.views import cases

urlpatterns = [
    path("cases/", cases.case_list, name="cases"),
    path("cases/export/", cases.cases_export, name="cases-export"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/reveal/", cases.case_reveal, name="case-reveal"),
]
