"""Who of the centre handles a case: taken with the first step, passed on by the director or by herself. safety.md §5."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.policy import Role, may
from common.errors import Refused
from legalaid.models import AidCase
from legalaid.rules.procedure import DECIDE, HANDLE
from organizations.models import Region
from records.services import notify


class HandlerRefused(Refused):
    """A case that is not handed over like that."""


def staff_of(county: Region):
    """The centre's officers of a county, with a post in force."""
    ids = [
        user.pk
        for user in User.objects.active().filter(posts__role=Role.CENTRE, posts__region=county).distinct()
        if Role.CENTRE in user.roles
    ]
    return User.objects.filter(pk__in=ids)


@transaction.atomic
def set_handler(*, case: AidCase, handler: User, reason: str, by: User, url: str = "") -> AidCase:
    """Hand a case to another officer of the centre. Raises HandlerRefused: not one's case, not an officer, no reason."""
    case = AidCase.objects.select_for_update(of=("self",)).select_related("handler", "county").get(pk=case.pk)
    if not (may(by, DECIDE) or (may(by, HANDLE) and case.handler_id in (None, by.pk))):
        raise HandlerRefused("只有现经办人或者主任可以转交案件。")
    if not reason.strip():
        raise HandlerRefused("没有填写理由：请填写。", field="reason")
    if not staff_of(case.county).filter(pk=handler.pk).exists():
        raise HandlerRefused("不是本县法律援助中心的经办人：请重新选择。", field="handler")
    if handler.pk == case.handler_id:
        raise HandlerRefused(f"现在就由{handler}经办：请选择其他人。", field="handler")
    before, case.handler = case.handler, handler
    case.save(update_fields=["handler"])
    audit.record(
        by=by,
        action="legalaid.set_handler",
        on=case,
        before={"经办人": before.name if before else "—"},
        after={"经办人": handler.name},
        reason=reason,
    )
    if handler.pk != by.pk:
        notify(to=handler, text=f"案件 {case.number} 转由您经办。", url=url)
    return case
