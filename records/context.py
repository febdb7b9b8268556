"""What every page says about this database: whether it is a demonstration, and its day."""

from functools import cache

from records.models import Installation


def demonstration(request):
    """Lazy: a page asks once, a fragment does not ask at all."""

    @cache
    def row():
        return Installation.objects.filter(pk=1).first()

    return {
        "is_demo": lambda: row() is not None and row().is_demo,
        "demo_today": lambda: row().demo_today if row() else None,
    }
