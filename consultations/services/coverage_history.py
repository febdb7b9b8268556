"""Which stations stayed below their weekly or monthly minimum, month by month of a year. Z-ROS-3, plan 四（一）4.

Twelve months at most, each the same few queries: the page asks as much with many shifts as with few.
"""

from dataclasses import dataclass, field

from common.periods import Year, YearMonth
from consultations.services.coverage import Coverage, coverage_of
from organizations.models import Region, Station


@dataclass
class StationYear:
    """One station's months in the order of the year."""

    station: Station
    months: list[tuple[YearMonth, Coverage]] = field(default_factory=list)

    @property
    def short_months(self) -> int:
        """Months in which turns are missing."""
        return sum(line.is_short for _, line in self.months)

    @property
    def missing(self) -> int:
        return sum(line.missing for _, line in self.months)


def coverage_history(*, user, county: Region, year: int, last: YearMonth) -> tuple[list[YearMonth], list[StationYear]]:
    """The year's months up to `last`, and every station this user may see with what was missing, the worst first."""
    months = [month for n in range(1, 13) if (month := YearMonth(Year(year).year, n)) <= last]
    stations: dict[int, StationYear] = {}
    for month in months:
        for line in coverage_of(user=user, county=county, month=month):
            stations.setdefault(line.station.pk, StationYear(line.station)).months.append((month, line))
    worst_first = sorted(stations.values(), key=lambda row: (-row.short_months, -row.missing, row.station.order))
    return months, worst_first
