from django.urls import path

from legalaid.views import steps

urlpatterns = [
    path("cases/<int:pk>/steps/<slug:code>/", steps.case_step, name="case-step"),
    path("cases/<int:pk>/take-back/", steps.case_take_back, name="case-take-back"),
]
