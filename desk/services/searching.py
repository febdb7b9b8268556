"""Search over every app: each has a room `search` that answers for itself."""

from importlib import import_module
from importlib.util import find_spec

ROOMS = ("desk", "organizations", "consultations", "legalaid", "subsidies", "performance", "programmes")
SHORTEST = 1
MOST = 20


def search_everything(user, text) -> list:
    """Hits by app, at most so many each; nothing for an empty text."""
    text = (text or "").strip()
    if len(text) < SHORTEST:
        return []
    hits = []
    for app in ROOMS:
        if find_spec(f"{app}.search"):
            hits += list(import_module(f"{app}.search").search(user, text))[:MOST]
    return hits
