"""Open work and things found, as every app's rooms `todo` and `search` give them and the desk shows them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class TodoItem:
    """What waits for somebody: the act that clears it, where it is done, and until when."""

    title: str
    detail: str
    url: str
    due_on: date | None = None
    icon: str = ""


@dataclass(frozen=True)
class SearchHit:
    """One thing found, as every app's room `search` gives it: what kind of thing, what it is called, where it is."""

    kind: str
    title: str
    detail: str
    url: str
