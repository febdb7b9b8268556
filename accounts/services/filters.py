"""Keeping a list's filter values under a name, and letting them go."""

from django.db import transaction
from django.urls import Resolver404, resolve

from accounts.models import SavedFilter
from common.errors import Refused

MOST = 20


class FilterRefused(Refused):
    """A set of filter values that is not kept."""


@transaction.atomic
def keep_filter(*, by, path: str, query: str, name: str) -> SavedFilter:
    """Keep the values under a name; the same name on the same list takes the new values."""
    name = name.strip()[:30]
    if not name:
        raise FilterRefused("没有填写名称：请给这组条件起个名字，例如“本月逾期”。")
    try:
        resolve(path)
    except Resolver404:
        raise FilterRefused("找不到这个列表：请回到列表页再保存。") from None
    if not query or len(query) > 1000:
        raise FilterRefused("没有可以保存的条件：请先筛选，再保存。")
    others = SavedFilter.objects.filter(user=by, path=path).exclude(name=name)
    if others.count() >= MOST:
        raise FilterRefused(f"每个列表最多保存 {MOST} 组条件：请先删掉不用的。")
    return SavedFilter.objects.update_or_create(user=by, path=path, name=name, defaults={"query": query})[0]


def drop_filter(*, by, pk: int) -> SavedFilter | None:
    """Let one of one's own go; None where it is not one's own."""
    kept = SavedFilter.objects.filter(user=by, pk=pk).first()
    if kept:
        kept.delete()
    return kept
