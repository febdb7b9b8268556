"""What waits for whom about money, noun by noun. Each item opens the page where it is done and vanishes with its cause (lessons 11)."""

from subsidies.todo import cases, money
from subsidies.todo.money import PAY_BY, pay_by

__all__ = ["PAY_BY", "pay_by", "todo_items"]


def todo_items(user):
    """The user's open work about money. A handful of queries, whatever the size of the county."""
    return [*money.todo_items(user), *cases.todo_items(user)]
