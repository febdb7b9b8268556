"""What this floor gives to 待办: admissions, statuses, accounts and posts that wait for this reader.

One of a kind opens its very form, several their list.
"""

from django.urls import reverse

from accounts.policy import may
from organizations.models import BankAccount, OrganizationAccount, PoolEntry, Post, StatusProposal
from records.todo import TodoItem

NAMED = 3


def todo_items(user):
    """Open proposals that this user may decide, one item for each kind; and papers she still owes."""
    proposals = reverse("proposals")
    if may(user, "organizations.decide_pool"):
        stays = _not_own(PoolEntry.objects.visible_to(user).to_decide().exclude(entered_by=user), user)
        yield from _item("审定入库", stays.select_related("practitioner"), proposals, "users", "stay")
    if may(user, "organizations.decide_status"):
        statuses = _not_own(StatusProposal.objects.visible_to(user).to_decide().exclude(proposed_by=user), user)
        yield from _item("审定公职身份", statuses.select_related("practitioner"), proposals, "stamp", "status-proposal")
    accounts = BankAccount.objects.visible_to(user).to_decide().select_related("practitioner")
    if may(user, "organizations.decide_account"):
        ready = _not_own(accounts.exclude(proposed_by=user).exclude(paper=None), user)
        yield from _item("审定收款账户变更", ready, proposals, "wallet", "bank-account")
        firms = OrganizationAccount.objects.visible_to(user).to_decide().exclude(proposed_by=user)
        for account in firms.select_related("organization", "proposed_by"):
            url = reverse("organization-account", args=[account.pk])
            yield TodoItem(f"审定{account.organization}的收款账户", f"{account.proposed_by}登记", url, None, "wallet")
    if may(user, "organizations.propose_account"):
        yield from _item("补交账户确认书", accounts.filter(paper=None), proposals, "paperclip", "bank-account")
    if may(user, "organizations.confirm_posts"):
        posts = Post.objects.visible_to(user).to_confirm().exclude(entered_by=user).exclude(user=user)
        url = reverse("posts") + "?state=waiting"
        yield from _item("确认经手资金的岗位", posts.select_related("user"), url, "id-card", "post")


def _not_own(rows, user):
    return rows.exclude(practitioner__user=user)


def _item(title, rows, url, icon, form):
    """`form`: the address where one row alone is dealt with."""
    shown = list(rows.order_by("pk")[: NAMED + 1])
    if not shown:
        return
    count = len(shown) if len(shown) <= NAMED else rows.order_by().count()
    names = "、".join(str(getattr(row, "practitioner", None) or row.user) for row in shown[:NAMED])
    if count == 1:
        url = reverse(form, args=[shown[0].pk])
    yield TodoItem(title=f"{title}（{count} 项）", detail=names + ("等" if count > NAMED else ""), url=url, icon=icon)
