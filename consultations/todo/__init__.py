"""What waits for this user in duty and consultation. `desk` asks every app's `todo_items`."""

from importlib import import_module
from importlib.util import find_spec

NOUNS = ("rosters", "attendance", "roll_calls", "findings", "station_months", "consultations", "ratings", "inspections")


def todo_items(user):
    """Her open work as `records.todo.TodoItem`s, noun by noun."""
    return [
        item for noun in NOUNS if find_spec(f"{__name__}.{noun}") for item in import_module(f"{__name__}.{noun}").todo_items(user)
    ]
