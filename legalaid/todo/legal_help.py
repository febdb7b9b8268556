"""Legal help that waits: for a lawyer, for the help, for an application to be passed on within 24 hours, for a defender's end."""

from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse

from accounts.policy import may
from common import clock
from legalaid.models import AidCase, LegalHelp
from legalaid.rules.legal_help import transfer_words
from records.todo import TodoItem

MOST = 20


def todo_items(user):
    if not may(user, "legalaid.view_legal_help"):
        return
    mine = LegalHelp.objects.visible_to(user)
    if may(user, "legalaid.handle_legal_help"):
        waiting = mine.filter(state__in=("requested", "notified"), ended_on=None)
        if count := waiting.count():
            url = reverse("legal-help-step", args=[waiting.get().pk, "arrange"]) if count == 1 else reverse("legal-helps")
            yield TodoItem(f"安排值班律师 {count} 件", "已申请或通知，还没有安排值班律师", url, icon="scale")
        yield from transfers_of(mine)
        yield from defended_of(mine)
    elif may(user, "legalaid.give_legal_help"):
        for found in mine.filter(state="arranged", ended_on=None)[:MOST]:
            detail = f"{found.get_place_kind_display()}，{found.cause}"
            yield TodoItem(f"提供法律帮助 {found}", detail, reverse("legal-help", args=[found.pk]), icon="scale")
        yield from transfers_of(mine)


def transfers_of(rows):
    """Applications of people in custody: 24 clock hours (LAF 39(2))."""
    now = clock.now()
    for found in rows.transfers_due().order_by("transfer_due_at")[:MOST]:
        words, _tone = transfer_words(found.transfer_due_at, None, now)
        due = found.transfer_due_at.astimezone(clock.SHANGHAI).date()
        url = reverse("legal-help-step", args=[found.pk, "transfer"])
        yield TodoItem(f"转交法律援助申请 {found}", words, url, due_on=due, icon="send")


def defended_of(rows):
    """A defender has been assigned since: the duty lawyer's help is over."""
    defended = AidCase.objects.filter(
        id_index=OuterRef("id_index"), county=OuterRef("county"), type="criminal_defence", assigned_on__gte=OuterRef("asked_on")
    )
    found = rows.open().filter(~Q(id_index=""), ended_on=None).annotate(defended_on=Subquery(defended.values("assigned_on")[:1]))
    for each in found.exclude(defended_on=None).order_by(F("pk"))[:MOST]:
        url = reverse("legal-help-step", args=[each.pk, "end"])
        yield TodoItem(f"终止值班律师帮助 {each}", f"{each.defended_on} 已指派辩护人", url, icon="user-check")
