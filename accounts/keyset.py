"""Long lists by pages whose cost does not grow with the page number: the next page begins after the last row of this one.

Ordered by a day, newest first, then by id. The exact number is counted only up to ten thousand (speed.md §3.3).
"""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from accounts.pages import COUNTED, PER_PAGE


@dataclass
class KeysetPage:
    """One page: its rows, the places where the neighbours begin ("" where there is none), how many rows there are in all."""

    rows: list
    newer: str = ""
    older: str = ""
    is_first: bool = True
    count: int = 0
    object_list: list = field(init=False)

    def __post_init__(self):
        self.object_list = self.rows

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    @property
    def total_words(self) -> str:
        """ "214", or "10,000+" beyond what is counted."""
        return f"{COUNTED:,}+" if self.count > COUNTED else f"{self.count:,}"


def keyset_page(request, rows, *, day: str, per_page: int = PER_PAGE) -> KeysetPage:
    """The page that ?after= or ?before= names. Nonsense gives the first page. `rows` need no order of their own."""
    count = rows.order_by().values("pk")[: COUNTED + 1].count()
    after, before = _place(request.GET.get("after")), _place(request.GET.get("before"))
    if before and not after:
        found = list(rows.filter(_beyond(day, *before, "gt")).order_by(day, "pk")[: per_page + 1])
        more, found = len(found) > per_page, found[:per_page][::-1]
        has_newer, has_older = more, bool(found)
        if not found:
            return keyset_page_from(rows, None, day=day, per_page=per_page, count=count)
        return _page(found, day, has_newer=has_newer, has_older=has_older, count=count)
    return keyset_page_from(rows, after, day=day, per_page=per_page, count=count)


def keyset_page_from(rows, after, *, day: str, per_page: int, count: int) -> KeysetPage:
    """The page that begins after a place; None is the beginning."""
    if after:
        rows = rows.filter(_beyond(day, *after, "lt"))
    found = list(rows.order_by(f"-{day}", "-pk")[: per_page + 1])
    return _page(found[:per_page], day, has_newer=bool(after), has_older=len(found) > per_page, count=count)


def _page(found, day, *, has_newer, has_older, count):
    page = KeysetPage(found, count=count, is_first=not has_newer)
    if found and has_newer:
        page.newer = f"{getattr(found[0], day)}.{found[0].pk}"
    if found and has_older:
        page.older = f"{getattr(found[-1], day)}.{found[-1].pk}"
    return page


def _beyond(name: str, day: date, pk: int, way: str) -> Q:
    """Strictly after the place. The first condition alone is what an index walks along."""
    return Q(**{f"{name}__{way}e": day}) & (Q(**{f"{name}__{way}": day}) | Q(**{f"pk__{way}": pk}))


def _place(text: str | None) -> tuple[date, int] | None:
    try:
        day, pk = (text or "").split(".")
        number = int(pk)
        return (date.fromisoformat(day), number) if 0 < number < 2**63 else None
    except ValueError:
        return None
