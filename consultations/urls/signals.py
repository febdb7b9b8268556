"""Signals."""

from django.urls import path

from consultations.views import signals

urlpatterns = [
    path("signals/", signals.signals, name="signals"),
    path("signals/sweep/", signals.signals_sweep, name="signals-sweep"),
    path("signals/<int:pk>/", signals.signal, name="signal"),
    path("signals/<int:pk>/open/", signals.signal_open, name="signal-open"),
    path("signals/<int:pk>/dismiss/", signals.signal_dismiss, name="signal-dismiss"),
    path("signals/<int:pk>/nothing/", signals.signal_nothing, name="signal-nothing"),
    path("signals/<int:pk>/found/", signals.signal_found, name="signal-found"),
]
