"""Which plan holds for a county on a day."""

from datetime import date

from common.errors import Refused
from organizations.models import Region
from programmes.models import Plan


class NoPlan(Refused):
    """No loaded plan covers that county on that day."""


def plan_for(*, county: Region, day: date) -> Plan:
    """The plan in force for a county on a day, its own before the city's and the province's. Raises NoPlan."""
    plan = Plan.objects.covering(county, day).first()
    if plan is None:
        raise NoPlan(f"{county}在{day}没有已载入的实施方案：请先载入{day.year}年的方案。")
    return plan
