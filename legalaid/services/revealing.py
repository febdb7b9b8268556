"""A number of a case in full: for who works on it, with a reason, audited before it is shown, at most twenty an hour (safety.md 1.8)."""

from datetime import timedelta

from django.db import transaction

from accounts import audit
from accounts.models import AuditEntry, User
from common import clock
from common.errors import Refused
from legalaid.models import AidCase, Applicant

MOST_IN_AN_HOUR = 20
ACTION = "legalaid.reveal"
WORDS = {
    "id_number": "受援人身份证号",
    "phone": "受援人联系电话",
    "proxy_id_number": "代理人证件号码",
    "proxy_phone": "代理人电话",
    "opponent_id_number": "对方证件号码",
}
OF_CASE = frozenset({"id_number", "opponent_id_number"})


class RevealRefused(Refused):
    """A number that is not shown, with the reason."""


@transaction.atomic
def reveal(*, case: AidCase, what: str, reason: str, by: User) -> str:
    """One number of one case in full. The audit entry is written before the caller has it. Raises RevealRefused."""
    User.objects.select_for_update().get(pk=by.pk)  # counts one after the other
    if what not in WORDS:
        raise RevealRefused("没有选择要查看的内容：请选择。", field="what")
    if not reason.strip():
        raise RevealRefused("没有填写查看理由：请写明办什么事。", field="reason")
    since = clock.real_now() - timedelta(hours=1)
    if AuditEntry.objects.filter(actor=by, action=ACTION, at__gt=since).count() >= MOST_IN_AN_HOUR:
        raise RevealRefused(f"一小时内最多查看 {MOST_IN_AN_HOUR} 次：请稍后再看。")
    value = value_of(case, what)
    if not value:
        raise RevealRefused(f"没有登记{WORDS[what]}。", field="what")
    audit.record(by=by, action=ACTION, on=case, after={"内容": WORDS[what]}, reason=reason)
    return value


def value_of(case: AidCase, what: str) -> str:
    if what in OF_CASE:
        return getattr(case, what)
    applicant = Applicant.objects.filter(case=case).first()
    return getattr(applicant, what) if applicant else ""


def revealable(case: AidCase) -> list[tuple[str, str]]:
    """What the case holds and shows masked."""
    return [(what, words) for what, words in WORDS.items() if value_of(case, what)]
