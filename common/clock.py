"""The business clock and the real one.

Duty, pay and deadlines follow the business day, which a demonstration or a test may set; the time of day is always real.
Sessions, security and audit follow ``real_now``.
"""

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from common.dates import parse_day

SHANGHAI = ZoneInfo("Asia/Shanghai")


def real_now() -> datetime:
    """The real instant, aware, in Shanghai time."""
    return timezone.now().astimezone(SHANGHAI)


def today(at: datetime | None = None) -> date:
    """The business day: ``TODAY`` of the environment, else the remembered day of a demonstration, else the real day in Shanghai.

    ``at`` is the real instant, where the caller has taken it already.
    """
    fixed = os.environ.get("TODAY", "").strip()
    if fixed:
        return parse_day(fixed)
    source = getattr(settings, "BUSINESS_DAY_SOURCE", "")
    remembered = import_string(source)() if source else None
    return remembered or (at or real_now()).date()


def why_today_is_refused() -> str:
    """Why ``TODAY`` may not be set here; empty where it may. Real books follow the real day (contract.md 1)."""
    is_set, source = os.environ.get("TODAY", "").strip(), getattr(settings, "DEMONSTRATION_SOURCE", "")
    if not is_set or settings.DEBUG or not source or import_string(source)():
        return ""
    return "数据库里不是演示数据，不能用 TODAY 改变业务日期：请去掉环境变量 TODAY 后再运行。"


def now() -> datetime:
    """The business day with the real time of day, aware, in Shanghai time."""
    # One reading of the real clock: between two of them midnight may pass.
    at = real_now()
    return datetime.combine(today(at), at.timetz())
