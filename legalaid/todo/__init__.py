"""What waits for this user in legal aid. `desk` asks every app's `todo_items`."""

from importlib import import_module
from importlib.util import find_spec

NOUNS = ("cases", "intake", "steps", "objections", "papers", "own_cases", "closing", "reviews", "provincial", "legal_help")


def todo_items(user):
    """Her open work as `records.todo.TodoItem`s, noun by noun."""
    return [
        item for noun in NOUNS if find_spec(f"{__name__}.{noun}") for item in import_module(f"{__name__}.{noun}").todo_items(user)
    ]
