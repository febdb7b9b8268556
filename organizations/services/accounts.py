"""Where a person's pay goes. A change stands on two people and the payee's signed paper (safety.md 5)."""

import re
import unicodedata

from django.db import transaction

from accounts import audit
from accounts.models import User
from common import clock
from common.encryption import keyed_index
from common.errors import Refused
from common.id_numbers import mask_account
from organizations.models import BankAccount, Practitioner
from records.models import StoredFile
from records.services import store_file

PAPERS = frozenset({"application/pdf", "image/png", "image/jpeg"})


class AccountRefused(Refused):
    """A change of account that is not done, with the reason."""


@transaction.atomic
def enter_first_account(*, practitioner: Practitioner, holder: str, bank_name: str, account_no: str, by: User) -> BankAccount:
    """The account that comes with a new person; it is in use at once. Raises AccountRefused."""
    person = Practitioner.objects.select_for_update().get(pk=practitioner.pk)
    if person.bank_accounts.exclude(state=BankAccount.State.REFUSED).exists():
        raise AccountRefused(f"{person}已有收款账户：请按变更办理，由另一人审定。")
    number = _checked(person, bank_name, account_no, by)
    account = BankAccount.objects.create(
        **_fields(person, holder, bank_name, number, by), state=BankAccount.State.CONFIRMED, is_first=True
    )
    audit.record(by=by, action="organizations.propose_account", on=person, after=told(account))
    return account


@transaction.atomic
def propose_account(
    *,
    practitioner_id: int,
    bank_name: str,
    account_no: str,
    by: User,
    upload=None,
    paper: StoredFile | None = None,
    reason: str = "",
) -> BankAccount:
    """Propose another account, with the confirmation the payee signed (`upload`, or `paper` where it is kept already).

    The holder is the payee herself. A proposal that still waits is withdrawn by the new one.
    Raises AccountRefused, UploadRefused.
    """
    person = Practitioner.objects.select_for_update().get(pk=practitioner_id)
    number = _checked(person, bank_name, account_no, by)
    if paper is None and upload is None:
        raise AccountRefused("没有上传收款人签字的账户确认书：请先打印确认书，由本人填写签字后上传。", field="paper")
    in_use = person.bank_accounts.in_use().first()
    if in_use and in_use.account_index == keyed_index(number) and in_use.bank_name == bank_name.strip():
        raise AccountRefused("这个账户正在使用：不用变更。", field="account_no")
    for waiting in person.bank_accounts.to_decide():
        waiting.state, waiting.opinion = BankAccount.State.REFUSED, "由新的变更代替"
        waiting.save(update_fields=["state", "opinion"])
    account = BankAccount.objects.create(
        **_fields(person, person.name, bank_name, number, by), paper=paper or _keep(upload, by), reason=reason.strip()[:200]
    )
    audit.record(
        by=by,
        action="organizations.propose_account",
        on=person,
        before=told(in_use) if in_use else None,
        after=told(account),
        reason=reason,
    )
    return account


@transaction.atomic
def add_account_paper(*, account_id: int, upload, by: User) -> BankAccount:
    """Add the payee's paper to a change that came without it (from a workbook)."""
    account = BankAccount.objects.select_for_update().get(pk=account_id)
    if account.state != BankAccount.State.PROPOSED:
        raise AccountRefused(f"这项账户变更{account.get_state_display()}，不能再补材料。")
    account.paper = _keep(upload, by)
    account.save(update_fields=["paper"])
    audit.record(by=by, action="organizations.propose_account", on=account.practitioner, after=told(account))
    return account


@transaction.atomic
def decide_account(*, account_id: int, accept: bool, by: User, opinion: str = "") -> BankAccount:
    """The leader's word on a change. Accepted, it takes the place of the account in use, and the next payment flags it.

    Not who proposed it, not the payee, not without the payee's paper. Raises AccountRefused.
    """
    owner_id = BankAccount.objects.values_list("practitioner", flat=True).get(pk=account_id)
    person = Practitioner.objects.select_for_update().get(pk=owner_id)  # before its accounts, as the other verbs do
    account = BankAccount.objects.select_for_update().get(pk=account_id)
    if account.state != BankAccount.State.PROPOSED:
        raise AccountRefused(f"这项账户变更{account.get_state_display()}，不能再审定。")
    if by.pk == account.proposed_by_id:
        raise AccountRefused("不能审定自己提出的账户变更：请由另一人审定。")
    if by.pk == person.user_id:
        raise AccountRefused("不能审定自己的收款账户：请由另一位局领导审定。")
    if accept and account.paper_id is None:
        raise AccountRefused("缺收款人签字的账户确认书：请业务股补交后再审定。")
    if not accept and not opinion.strip():
        raise AccountRefused("没有填写不同意的理由：请写明。", field="opinion")
    earlier = person.bank_accounts.in_use().first()
    if accept and earlier:
        earlier.state = BankAccount.State.REPLACED
        earlier.save(update_fields=["state"])
    account.state = BankAccount.State.CONFIRMED if accept else BankAccount.State.REFUSED
    account.opinion, account.decided_by, account.decided_at = opinion.strip()[:200], by, clock.now()
    account.save()
    audit.record(
        by=by,
        action="organizations.decide_account",
        on=person,
        before=told(earlier) if earlier else None,
        after=told(account),
        reason=opinion,
    )
    return account


def _keep(upload, by: User) -> StoredFile:
    return store_file(upload=upload, by=by, purpose="bank-account", accept=PAPERS)


def told(account: BankAccount) -> dict:
    """The account in the words of an audit entry, its number masked."""
    return {
        "户名": account.holder,
        "开户行": account.bank_name,
        "银行账号": mask_account(account.account_no),
        "状态": account.get_state_display(),
        "确认书": account.paper.sha256[:12] if account.paper else "",
    }


def _checked(person: Practitioner, bank_name: str, account_no: str, by: User) -> str:
    if person.merged_into_id:
        raise AccountRefused(f"{person}的这条记录已并入另一条：请在保留的记录上办理。")
    if person.user_id == by.pk:
        raise AccountRefused("不能登记自己的收款账户：请由业务股另一人登记。")
    if not bank_name.strip():
        raise AccountRefused("没有填写开户行：请写全称，例如“中国农业银行泽州县支行”。", field="bank_name")
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", account_no))
    if not re.fullmatch(r"[0-9]{8,30}", number):
        raise AccountRefused("银行账号应为 8 至 30 位数字：请核对。", field="account_no")
    return number


def _fields(person: Practitioner, holder: str, bank_name: str, number: str, by: User) -> dict:
    return {
        "practitioner": person,
        "holder": holder.strip(),
        "bank_name": bank_name.strip(),
        "account_no": number,
        "account_index": keyed_index(number),
        "proposed_by": by,
        "proposed_at": clock.now(),
    }
