"""Applications and notices: taken in, handed in, taken over, mended."""

from django.urls import path

from legalaid.views import intake as views

urlpatterns = [
    path("cases/new/", views.case_new, name="case-new"),
    path("cases/new/check/", views.case_check, name="case-check"),
    path("cases/notice/new/", views.case_notice_new, name="case-notice-new"),
    path("cases/notice/new/check/", views.case_notice_check, name="case-notice-check"),
    path("cases/inbox/", views.inbox, name="intake"),
    path("cases/handed-in/", views.hand_ins, name="hand-ins"),
    path("cases/handed-in/<int:pk>/", views.hand_in, name="hand-in"),
    path("cases/of-consultation/<int:pk>/", views.consultation_case, name="consultation-case"),
    path("cases/<int:pk>/take/", views.case_take, name="case-take"),
    path("cases/<int:pk>/dismiss/", views.case_dismiss, name="case-dismiss"),
    path("cases/<int:pk>/hand-over/", views.case_hand_over, name="case-hand-over"),
    path("cases/<int:pk>/edit/", views.case_edit, name="case-edit"),
    path("cases/<int:pk>/papers-received/", views.case_papers_received, name="case-papers-received"),
]
