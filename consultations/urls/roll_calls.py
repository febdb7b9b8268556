"""Roll calls."""

from django.urls import path

from consultations.views import roll_calls

urlpatterns = [
    path("spotcheck/", roll_calls.roll_calls, name="roll-calls"),
    path("spotcheck/new/", roll_calls.roll_call_new, name="roll-call-new"),
    path("spotcheck/draw/", roll_calls.roll_call_draw_new, name="roll-call-draw-new"),
    path("spotcheck/draw/<int:pk>/", roll_calls.roll_call_draw, name="roll-call-draw"),
    path("spotcheck/<int:pk>/photo/", roll_calls.roll_call_photo, name="roll-call-photo"),
    path("spotcheck/<int:pk>/paper.pdf", roll_calls.roll_call_paper, name="roll-call-paper"),
]
