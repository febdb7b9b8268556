"""Every address of this floor, a list for each noun."""

from importlib import import_module
from importlib.util import find_spec

NOUNS = (
    "rosters",
    "attendance",
    "station_days",
    "roll_calls",
    "findings",
    "station_months",
    "consultations",
    "people",
    "ratings",
    "inspections",
    "signals",
)

# While the house is being built, a noun without doors is left out.
urlpatterns = [
    pattern for noun in NOUNS if find_spec(f"{__name__}.{noun}") for pattern in import_module(f"{__name__}.{noun}").urlpatterns
]
