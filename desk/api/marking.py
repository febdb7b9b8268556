"""The interface's addresses, marked for whoever walks them: no login guards them, a token does."""

from django.urls import path

from accounts.access import public
from consultations.views.limits import limited

PER_ADDRESS = 240
"""Requests a minute from one address, whoever asks: several clients of one office behind it."""


def urls_of(api):
    """The interface under api/v1/, its views marked as public; each answers 401 without a token."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        pattern.callback = public(limited("api", PER_ADDRESS)(pattern.callback))
        pattern.callback.csrf_exempt = True  # no cookies here: the token is in a header that no form can send
    return [path("api/v1/", (patterns, app, namespace))]
