"""Applications and notices: taken in, handed in, taken over, mended."""

from django.urls import path

from legalaid.views import hand_ins, inbox
from legalaid.views import intake as views

urlpatterns = [
    path("cases/new/", views.case_new, name="case-new"),
    path("cases/new/check/", views.case_check, name="case-check"),
    path("cases/notice/new/", views.case_notice_new, name="case-notice-new"),
    path("cases/notice/new/check/", views.case_notice_check, name="case-notice-check"),
    path("cases/inbox/", inbox.inbox, name="intake"),
    path("cases/handed-in/", hand_ins.hand_ins, name="hand-ins"),
    path("cases/handed-in/<int:pk>/", hand_ins.hand_in, name="hand-in"),
    path("cases/of-consultation/<int:pk>/", hand_ins.consultation_case, name="consultation-case"),
    path("cases/<int:pk>/take/", inbox.case_take, name="case-take"),
    path("cases/<int:pk>/dismiss/", inbox.case_dismiss, name="case-dismiss"),
    path("cases/<int:pk>/hand-over/", inbox.case_hand_over, name="case-hand-over"),
    path("cases/<int:pk>/edit/", views.case_edit, name="case-edit"),
    path("cases/<int:pk>/papers-received/", inbox.case_papers_received, name="case-papers-received"),
]
