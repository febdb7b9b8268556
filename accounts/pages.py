"""Lists by pages of twenty, and the conditions that were chosen as chips that can be taken away.

The exact number is counted only up to ten thousand (speed.md §3.3): beyond, people filter, they do not leaf.
"""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

PER_PAGE = 20
COUNTED = 10_000


class _CappedPaginator(Paginator):
    @cached_property
    def count(self):
        if isinstance(self.object_list, QuerySet):
            return self.object_list.order_by().values("pk")[: COUNTED + 1].count()
        return len(self.object_list)

    @property
    def is_capped(self):
        return self.count > COUNTED


def page_of(request, rows, per_page=PER_PAGE):
    """The page that ?page= asks for; nonsense gives the first, too much the last. For `includes/pager.html`.

    `page.total_words` is "214" or "10,000+".
    """
    page = _CappedPaginator(rows, per_page).get_page(request.GET.get("page"))
    page.total_words = f"{COUNTED:,}+" if page.paginator.is_capped else f"{page.paginator.count:,}"
    return page


@dataclass(frozen=True)
class Chip:
    words: str
    url: str


def chips_of(request, form):
    """The chosen conditions of a bound filter form, each with the address of this list without it."""
    if not form.is_bound or not form.is_valid():
        return []
    chips = []
    for field in form:
        value = form.cleaned_data.get(field.name)
        if value in (None, "", False) or (hasattr(value, "__len__") and not len(value)):
            continue
        query = request.GET.copy()
        query.pop(field.name, None)
        query.pop("page", None)
        chips.append(Chip(f"{field.label}：{_words(field, value)}", f"{request.path}?{query.urlencode()}"))
    return chips


def _words(field, value):
    if value is True:
        return "是"
    choices = dict(_flat(getattr(field.field, "choices", ())))
    if isinstance(value, str | int) and (value in choices or str(value) in choices):
        return choices.get(value) or choices.get(str(value))
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return "、".join(str(choices.get(each, each)) for each in value)
    return str(value)


def _flat(choices):
    for value, words in choices or ():
        if isinstance(words, list | tuple):
            yield from words
        else:
            yield str(getattr(value, "value", value)), words
