"""A form that moves money is taken once, however often it arrives (safety.md 1.5)."""

from django.db import IntegrityError, transaction

from common import clock
from subsidies.models import Submission
from subsidies.services.refusals import MoneyRefused


class AlreadyTaken(MoneyRefused):
    """The same form has arrived before; nothing was done a second time."""


def take_once(*, key, action, by):
    """Mark a form as taken, in the transaction of what it does. AlreadyTaken when it was; without a key nothing is asked."""
    if not key:
        return
    try:
        with transaction.atomic():
            Submission.objects.create(key=key[:64], action=action, by=by, at=clock.real_now())
    except IntegrityError:
        raise AlreadyTaken("这份表单已经提交过，没有重复办理。") from None
