"""What every page says about this database: whether it is a demonstration, and its day."""

from records.services.installation import installation


def demonstration(request):
    """Lazy: a template asks, a fragment does not."""
    row = {}

    def read():
        if "row" not in row:
            row["row"] = installation()
        return row["row"]

    return {"is_demo": lambda: read().is_demo, "demo_today": lambda: read().demo_today}
