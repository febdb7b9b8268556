from django.urls import path

from legalaid.views import files

urlpatterns = [
    path("cases/<int:pk>/files/new/", files.case_file_new, name="case-file-new"),
    path("cases/files/<int:pk>/", files.case_file_download, name="case-file-download"),
    path("cases/files/<int:pk>/preview/", files.case_file_preview, name="case-file-preview"),
    path("cases/files/<int:pk>/pages/<int:number>.jpg", files.case_file_page, name="case-file-page"),
    path("cases/files/<int:pk>/remove/", files.case_file_remove, name="case-file-remove"),
]
