"""Showing a personal number in full: a reason, own work only, audited before it is shown, at most twenty an hour.

safety.md 1.8 and 5.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import AuditEntry, User
from accounts.policy import Role
from common import clock
from common.errors import Refused
from organizations.models import BankAccount, PoolEntry, Practitioner
from organizations.models.places import within

MOST_IN_AN_HOUR = 20
ACTION = "organizations.reveal"
WORDS = {"id_number": "身份证号", "phone": "联系电话", "account": "银行账号"}
# Whose work needs which number (safety.md 5).
MAY_SEE = {
    "id_number": frozenset({Role.SECTION, Role.CENTRE, Role.FINANCE, Role.CASHIER, Role.CLERK}),
    "phone": frozenset({Role.SECTION, Role.CENTRE, Role.CLERK}),
    "account": frozenset({Role.SECTION, Role.FINANCE, Role.CASHIER}),
}


class RevealRefused(Refused):
    """A number that is not shown, with the reason."""


@transaction.atomic
def reveal(*, practitioner: Practitioner, what: str, reason: str, by: User) -> str:
    """One number of one person in full. The audit entry is written before the caller has it. Raises RevealRefused."""
    User.objects.select_for_update().get(pk=by.pk)  # counts one after the other
    if what not in WORDS:
        raise RevealRefused("没有选择要查看的内容：请选择。", field="what")
    if not reason.strip():
        raise RevealRefused("没有填写查看理由：请写明办什么事。", field="reason")
    if what not in revealable(practitioner, by):
        raise RevealRefused(f"查看{WORDS[what]}只限于经办自己的工作：请联系业务股。", field="what")
    since = clock.real_now() - timedelta(hours=1)
    if AuditEntry.objects.filter(actor=by, action=ACTION, at__gt=since).count() >= MOST_IN_AN_HOUR:
        raise RevealRefused(f"一小时内最多查看 {MOST_IN_AN_HOUR} 次：请稍后再看。")
    value = _value(practitioner, what)
    if not value:
        raise RevealRefused(f"没有登记{WORDS[what]}。", field="what")
    audit.record(by=by, action=ACTION, on=practitioner, after={"内容": WORDS[what]}, reason=reason)
    return value


def revealable(practitioner: Practitioner, user: User) -> list[str]:
    """Which of her numbers this user's work lets him see in full."""
    roles = set()
    for post in user.posts_in_force:
        if post.role == Role.CLERK:
            mine = _on_duty_today(practitioner, post)
        elif post.role in (Role.FINANCE, Role.CASHIER):
            mine = _in_pool_of(practitioner, post) and practitioner.bank_accounts.in_use().exists()
        else:
            mine = _in_pool_of(practitioner, post)
        if mine:
            roles.add(post.role)
    return [what for what, allowed in MAY_SEE.items() if allowed & roles]


def _in_pool_of(practitioner, post) -> bool:
    entries = PoolEntry.objects.filter(practitioner=practitioner)
    return entries.filter(within([post.region_id], "county")).exists()


def _on_duty_today(practitioner, post) -> bool:
    """Own records, same day. Read through the reverse relation of `consultations.Shift`, on a higher floor."""
    return practitioner.shifts.filter(Q(station=post.station_id, day=clock.today(), is_cancelled=False)).exists()


def _value(practitioner: Practitioner, what: str) -> str:
    if what == "account":
        account = BankAccount.objects.in_use().filter(practitioner=practitioner).first()
        return account.account_no if account else ""
    return getattr(practitioner, what)
