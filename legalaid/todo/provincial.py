"""Entries in the provincial system that wait, lists that wait for columns, a word or a signature."""

from django.urls import reverse

from accounts.policy import may
from legalaid.models import AidCase, Reconciliation
from records.todo import TodoItem

State = Reconciliation.State


def todo_items(user):
    return [*entries_of(user), *lists_of(user)]


def entries_of(user):
    """Concluded cases without an entry: they count for nothing until it is there. Z-CASE-9."""
    if not may(user, "legalaid.enter_provincial"):
        return
    concluded = AidCase.objects.visible_to(user).exclude(concluded_on=None).exclude(state__in=("terminated", "redirected"))
    count = concluded.filter(provincial_entered_on=None).count()
    if count:
        url = f"{reverse('provincial')}?concluded=yes"
        yield TodoItem(f"录入省系统 {count} 件", "已结案、还没有登记省系统案号和录入日期", url, icon="external-link")


def lists_of(user):
    if may(user, "legalaid.reconcile"):
        for found in Reconciliation.objects.visible_to(user).filter(state__in=(State.MAPPING, State.OPEN)):
            words = "确认导出文件的列" if found.state == State.MAPPING else "核对并签字"
            name = "provincial-columns" if found.state == State.MAPPING else "provincial-list"
            detail = (
                f"退回：{found.returned_reason}" if found.returned_reason else f"{found.quarter} {found.get_system_display()}"
            )
            yield TodoItem(f"系统对账：{words}", detail, reverse(name, args=[found.pk]), icon="list-checks")
    if may(user, "legalaid.sign_reconciliation"):
        for found in Reconciliation.objects.visible_to(user).filter(state=State.CENTRE_SIGNED):
            detail = f"{found.quarter} {found.get_system_display()}"
            yield TodoItem("签认系统对账表", detail, reverse("provincial-list", args=[found.pk]), icon="stamp")
