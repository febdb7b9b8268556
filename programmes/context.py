"""The sentence above every page while the year's working calendar is missing. lessons.md 13."""

from django.utils.functional import SimpleLazyObject

from common import clock
from programmes.calendar import is_loaded

# Years seen loaded by this process: a year is never unloaded, so it need not be asked for again.
_loaded: set[int] = set()


def calendar_warning(request):
    """`warnings` for templates: asked only when a page shows them, and once per year and process when all is well."""
    return {"warnings": SimpleLazyObject(missing_years)}


def missing_years() -> list[str]:
    """A sentence for this year, and from December on for the next, if its notice is not loaded."""
    today = clock.today()
    years = [today.year] + ([today.year + 1] if today.month == 12 else [])
    return [
        f"{year}年的工作日历没有载入，工作日暂按星期一至星期五计算：请业务股在“工作日历”里照国务院办公厅的放假通知载入。"
        for year in years
        if not _is_known(year)
    ]


def _is_known(year: int) -> bool:
    if year in _loaded:
        return True
    if is_loaded(year):
        _loaded.add(year)
        return True
    return False
