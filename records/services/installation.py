"""Whether this is a demonstration, and which day it remembers as today."""

import time
from datetime import date

from django.db import ProgrammingError, connection, transaction

from accounts import audit
from accounts.models import User
from common.errors import Refused
from records.models import Installation

_FRESH_FOR_SECONDS = 60
_remembered: dict[str, tuple[float, date | None]] = {}


def installation() -> Installation:
    """The one row, made on first use."""
    return Installation.objects.get_or_create(pk=1)[0]


def remembered_day() -> date | None:
    """The day the demonstration takes for today, or None. Read once a minute per process and database."""
    name = connection.settings_dict["NAME"]
    read_at, day = _remembered.get(name, (None, None))
    if read_at is None or time.monotonic() - read_at > _FRESH_FOR_SECONDS:
        day = _read_day()
        _remembered[name] = time.monotonic(), day
    return day


def _read_day() -> date | None:
    try:
        with transaction.atomic():
            return Installation.objects.filter(pk=1).values_list("demo_today", flat=True).first()
    except ProgrammingError:
        # Before the first migration there is no table, hence no demonstration.
        return None


def may_shift_today() -> bool:
    """Whether the business day may be set from outside: a demonstration, or a database nobody works in yet."""
    return Installation.objects.filter(is_demo=True).exists() or not User.objects.people().exists()


def forget_remembered_day() -> None:
    """Make the next question read the database again."""
    _remembered.clear()


@transaction.atomic
def mark_as_demo(*, day: date | None, by=None) -> Installation:
    """Declare the database a demonstration whose today is ``day``. The caller has made sure that it holds no facts."""
    row = installation()
    row.is_demo, row.demo_today = True, day
    row.save()
    audit.record(by=by, action="records.mark_as_demo", on=row, after={"demo_today": day})
    _refresh()
    return row


@transaction.atomic
def remember_day(*, day: date | None, by=None) -> Installation:
    """Move the demonstration's today. Refused where the books are real."""
    row = installation()
    if not row.is_demo:
        raise Refused("正式安装使用真实日期，不能改变“今天”：只有演示数据可以设定日期。")
    before, row.demo_today = row.demo_today, day
    row.save()
    audit.record(by=by, action="records.remember_day", on=row, before={"demo_today": before}, after={"demo_today": day})
    _refresh()
    return row


def _refresh() -> None:
    forget_remembered_day()
    # What another thread read before the commit must not live on for a minute.
    transaction.on_commit(forget_remembered_day)
