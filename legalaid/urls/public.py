"""Pages that need no login."""

from django.urls import path

from legalaid.views import public as views

urlpatterns = [
    path("p/aid/", views.apply, name="public-aid"),
    path("p/aid/done/", views.applied, name="public-aid-done"),
    path("p/case/", views.case_progress, name="public-case"),
]
