"""Conclusion, file, archive, supervision."""

from django.urls import path

from legalaid.views import closing

urlpatterns = [
    path("cases/<int:pk>/conclude/", closing.case_conclude, name="case-conclude"),
    path("cases/<int:pk>/close/", closing.case_close, name="case-close"),
    path("cases/<int:pk>/close/part/", closing.case_closing, name="case-closing"),
    path("cases/<int:pk>/close/submit/", closing.case_submit_file, name="case-submit-file"),
    path("cases/<int:pk>/close/check/", closing.case_file_check, name="case-file-check"),
    path("cases/<int:pk>/archive/", closing.case_archive, name="case-archive"),
    path("cases/<int:pk>/dossier/", closing.case_dossier, name="case-dossier"),
    path("cases/supervisions/", closing.case_supervisions, name="case-supervisions"),
    path("cases/<int:pk>/supervisions/", closing.case_supervision, name="case-supervision"),
    path("cases/<int:pk>/supervisions/<str:kind>/", closing.supervision_new, name="case-supervision-new"),
]
