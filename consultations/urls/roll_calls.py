"""Roll calls."""

from django.urls import path

from consultations.views import roll_calls

urlpatterns = [
    path("spotcheck/", roll_calls.roll_calls, name="roll-calls"),
    path("spotcheck/new/", roll_calls.roll_call_new, name="roll-call-new"),
    path("spotcheck/<int:pk>/paper.pdf", roll_calls.roll_call_paper, name="roll-call-paper"),
]
