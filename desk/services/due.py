"""Jobs that are due or were lost: sent again, by beat each minute, by cron, or by hand (design.md 6)."""

from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection

from accounts.services import seal_audit, system_user
from common import clock
from common.periods import YearMonth
from consultations.services.followups import draw_missed
from consultations.services.reminders import remind_of_duty
from consultations.services.signals import sweep_counties
from desk.services.digest import send_todo_digests
from desk.services.export_centre import drop_expired
from performance.services.due import draft_missed_reports, remind_of_reports
from programmes.services.obligations import make_missing, remind_of_obligations
from records.services import resend_lost_jobs
from subsidies.models import PaySheet
from subsidies.services.returns import remind_of_returns
from subsidies.tasks import counties_that_pay, draft_missed_returns, start_drafting


def run_due() -> dict:
    """Send what is due or was lost, remind people of their duty and of time limits, and seal the new audit entries. Gives how many of each."""
    return {
        "reminded": remind_of_duty(),
        "follow_ups": draw_missed(),
        "drafts": draft_what_was_missed(),
        "returns": draft_missed_returns(),
        "reminders": remind_of_returns(),
        "reports": draft_missed_reports(),
        "report_reminders": remind_of_reports(),
        "digests": send_todo_digests(),
        "expired_exports": drop_expired(),
        "signals": sweep_counties(),
        "obligations": make_missing(),
        "obligation_reminders": remind_of_obligations(),
        "resent": resend_lost_jobs(),
        "sealed": seal_audit(),
        "swept": sweep_cache(),
    }


def draft_what_was_missed() -> int:
    """Last month's sheets that nobody drafted, as when there was no beat on the first. Gives how many were queued."""
    month = YearMonth.of(clock.today()).previous()
    counties = counties_that_pay(month)
    drafted = set(
        PaySheet.objects.filter(month__first=month.first, month__county__in=counties).values_list("month__county", flat=True)
    )
    missed = [county for county in counties if county.pk not in drafted]
    for county in missed:
        start_drafting(county=county, month=month, by=system_user())
    return len(missed)


def sweep_cache() -> int:
    """Take rows out of the cache table whose time is over: the cache itself does so only when it is full. Gives how many."""
    cache = caches["default"]
    if not isinstance(cache, DatabaseCache):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(cache._table)} WHERE expires < now()")
        return cursor.rowcount
