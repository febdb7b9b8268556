"""Addresses of legal aid, noun by noun."""

from importlib import import_module
from importlib.util import find_spec

NOUNS = ("cases", "intake", "steps", "files", "papers", "assignments", "own_cases", "closing", "objections", "deadlines",
         "reviews", "provincial", "legal_help", "public")  # fmt: skip

urlpatterns = [
    pattern
    for noun in NOUNS
    if find_spec(f"{__name__}.{noun}")
    for pattern in import_module(f"{__name__}.{noun}").urlpatterns
]
