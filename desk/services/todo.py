"""待办: what each app says waits for this user, the most urgent first. An item vanishes when its cause does."""

from datetime import date
from importlib import import_module
from importlib.util import find_spec

from django.core.cache import cache

from desk import todo as own

# Each app has a room `todo` that answers for itself; the desk asks them all.
ROOMS = ("organizations", "programmes", "consultations", "legalaid", "subsidies", "performance")
BADGE_SECONDS = 60
LATER = date.max


def todo_items(user):
    """Everything that waits for the user, by due day; what has no due day comes last."""
    items = [*own.todo_items(user)]
    for app in ROOMS:
        if find_spec(f"{app}.todo"):
            items += import_module(f"{app}.todo").todo_items(user)
    return sorted(items, key=lambda item: (item.due_on or LATER, item.title))


def todo_count(user):
    """How many things wait, at most a minute old: the badge of every page asks."""
    return cache.get_or_set(f"todo-count-{user.pk}", lambda: len(todo_items(user)), BADGE_SECONDS)


def forget_count(user):
    cache.delete(f"todo-count-{user.pk}")
