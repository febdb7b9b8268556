"""Where a firm's money goes: entered with its sealed paper by the section, decided by the leader. safety.md 5; Z-SUB-6."""

import re
import unicodedata

from django.db import IntegrityError, transaction

from accounts import audit
from common import clock
from common.encryption import keyed_index
from common.id_numbers import mask_account
from organizations.models import Organization, OrganizationAccount
from organizations.services.accounts import PAPERS, AccountRefused
from records.services import store_file

State = OrganizationAccount.State


@transaction.atomic
def propose_organization_account(*, organization_id, holder, bank_name, account_no, by, upload=None, paper=None, reason=""):
    """Propose the account of a firm, the first one too, with the paper it sealed (`upload`, or `paper` where it is kept).

    Raises AccountRefused, UploadRefused. One proposal waits at a time.
    """
    organization = Organization.objects.select_for_update().get(pk=organization_id)
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", account_no))
    if not re.fullmatch(r"[0-9]{8,30}", number):
        raise AccountRefused("银行账号应为 8 至 30 位数字：请核对。", field="account_no")
    if not bank_name.strip():
        raise AccountRefused("没有填写开户行：请写全称，例如“中国农业银行泽州县支行”。", field="bank_name")
    if upload is None and paper is None:
        raise AccountRefused("没有上传机构盖章的账户确认书：请由机构盖章后上传。", field="paper")
    in_use = organization.accounts.in_use().first()
    if in_use and in_use.account_index == keyed_index(number) and in_use.bank_name == bank_name.strip():
        raise AccountRefused("这个账户正在使用：不用变更。", field="account_no")
    if organization.accounts.to_decide().exists():
        raise AccountRefused(f"{organization}已有一项账户登记等待局领导审定。")
    account = OrganizationAccount.objects.create(
        organization=organization,
        holder=holder.strip() or organization.name,
        bank_name=bank_name.strip(),
        account_no=number,
        account_index=keyed_index(number),
        paper=paper or store_file(upload=upload, by=by, purpose="bank-account", accept=PAPERS),
        proposed_by=by,
        proposed_at=clock.now(),
        reason=reason.strip()[:200],
    )
    before = told(in_use) if in_use else None
    audit.record(
        by=by, action="organizations.propose_account", on=organization, before=before, after=told(account), reason=reason
    )
    return account


@transaction.atomic
def decide_organization_account(*, account_id, accept, by, opinion=""):
    """The leader's word. Accepted, it takes the place of the account in use. Not who proposed it. Raises AccountRefused."""
    owner = OrganizationAccount.objects.values_list("organization", flat=True).get(pk=account_id)
    organization = Organization.objects.select_for_update().get(pk=owner)
    account = OrganizationAccount.objects.select_for_update().get(pk=account_id)
    if account.state != State.PROPOSED:
        raise AccountRefused(f"这项账户登记{account.get_state_display()}，不能再审定。")
    if by.pk == account.proposed_by_id:
        raise AccountRefused("不能审定自己登记的账户：请由另一人审定。")
    if not accept and not opinion.strip():
        raise AccountRefused("没有填写不同意的理由：请写明。", field="opinion")
    earlier = organization.accounts.in_use().first()
    if accept and earlier:
        earlier.state = State.REPLACED
        earlier.save(update_fields=["state"])
    account.state = State.CONFIRMED if accept else State.REFUSED
    account.opinion, account.decided_by, account.decided_at = opinion.strip()[:200], by, clock.now()
    try:
        with transaction.atomic():
            account.save(update_fields=["state", "opinion", "decided_by", "decided_at"])
    except IntegrityError:
        raise AccountRefused("这项账户刚刚由别人办理：请刷新页面再看。") from None
    before = told(earlier) if earlier else None
    audit.record(
        by=by, action="organizations.decide_account", on=organization, before=before, after=told(account), reason=opinion
    )
    return account


def told(account):
    """The account in the words of an audit entry, its number masked."""
    return {
        "户名": account.holder,
        "开户行": account.bank_name,
        "银行账号": mask_account(account.account_no),
        "状态": account.get_state_display(),
        "确认书": account.paper.sha256[:12],
    }
