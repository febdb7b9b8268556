"""The secret address of one person's calendar: made, renewed, ended by herself."""

from django.db import transaction

from accounts import audit
from common import clock
from consultations.models import CalendarFeed
from consultations.models.rosters import new_token
from consultations.services.rosters import RosterError
from organizations.models import Practitioner


@transaction.atomic
def renew_feed(*, by) -> CalendarFeed:
    """A new address for the reader's own shifts; the old one, if any, is dead from now on."""
    person = Practitioner.objects.filter(user=by).first()
    if person is None:
        raise RosterError("你的登录名没有对应的值班人员：请联系县司法局业务股。")
    feed, _ = CalendarFeed.objects.update_or_create(
        practitioner=person, defaults={"token": new_token(), "renewed_at": clock.real_now()}
    )
    audit.record(by=by, action="consultations.subscribe_calendar", on=feed)
    return feed


@transaction.atomic
def end_feed(*, by) -> None:
    """Stop the subscription: the address is dead from now on."""
    for feed in CalendarFeed.objects.filter(practitioner__user=by):
        audit.record(by=by, action="consultations.subscribe_calendar", on=feed, reason="停止订阅")
        feed.delete()
