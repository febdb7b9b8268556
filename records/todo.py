"""One piece of open work, as every app's room `todo` gives it and the desk shows it."""

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
