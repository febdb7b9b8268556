"""The undertaker's own desk."""

from django.urls import path

from legalaid.views import own_cases

urlpatterns = [
    path("cases/mine/", own_cases.my_cases, name="my-cases"),
    path("cases/mine/<int:pk>/", own_cases.my_case, name="my-case"),
    path("cases/<int:pk>/accept/", own_cases.case_accept, name="case-accept"),
    path("cases/<int:pk>/decline/", own_cases.case_decline, name="case-decline"),
    path("cases/mine/<int:pk>/steps/<slug:code>/", own_cases.my_case_step, name="my-case-step"),
    path("cases/<int:pk>/notes/new/", own_cases.case_note_new, name="case-note-new"),
    path("cases/notes/<int:pk>/strike/", own_cases.case_note_strike, name="case-note-strike"),
    path("cases/<int:pk>/photos/new/", own_cases.case_photo_new, name="case-photo-new"),
]
