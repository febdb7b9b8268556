"""Where pay goes: two people and the payee's paper, and no rewriting."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from accounts.models import AuditEntry
from common import clock
from common.errors import Refused
from organizations import services
from organizations.models import BankAccount

FIRST = {"bank_name": "示例银行", "account_no": "6228480000000001"}
SECOND = {"bank_name": "示例银行城东支行", "account_no": "6228 4800-0000 0002"}


@pytest.fixture
def payee(person):
    return person(**FIRST)


@pytest.fixture
def change(payee, section, paper):
    return services.propose_account(practitioner_id=payee.pk, by=section, upload=paper(), **SECOND)


def test_the_first_account_comes_with_the_person(payee):
    account = payee.bank_accounts.get()
    assert (account.state, account.is_first, account.holder) == ("confirmed", True, payee.name)
    assert account.masked_account_no == "************0001"


def test_a_change_takes_effect_only_by_a_second_person(payee, change, section, leader):
    assert payee.bank_accounts.in_use().get().account_no == "6228480000000001"
    with pytest.raises(Refused, match="自己提出"):
        services.decide_account(account_id=change.pk, accept=True, by=section)
    before = clock.now()
    services.decide_account(account_id=change.pk, accept=True, by=leader)
    assert payee.bank_accounts.in_use().get().account_no == "6228480000000002"
    assert set(payee.bank_accounts.values_list("state", flat=True)) == {"confirmed", "replaced"}
    assert BankAccount.objects.changed_since(before).get() == change


def test_a_change_needs_the_payees_paper(payee, section, leader):
    with pytest.raises(Refused, match="账户确认书") as refused:
        services.propose_account(practitioner_id=payee.pk, by=section, **SECOND)
    assert refused.value.field == "paper"
    imported = BankAccount.objects.create(
        practitioner=payee, holder=payee.name, bank_name="x", account_no="62284800", account_index="i",
        proposed_by=section, proposed_at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(Refused, match="缺收款人签字"):
        services.decide_account(account_id=imported.pk, accept=True, by=leader)


def test_the_paper_can_be_added_to_a_change_from_a_workbook(payee, section, leader, paper):
    imported = BankAccount.objects.create(
        practitioner=payee, holder=payee.name, bank_name="x", account_no="62284800", account_index="i",
        proposed_by=section, proposed_at=timezone.now(),
    )  # fmt: skip
    services.add_account_paper(account_id=imported.pk, upload=paper(), by=section)
    services.decide_account(account_id=imported.pk, accept=True, by=leader)
    assert payee.bank_accounts.in_use().get() == imported


def test_the_payee_neither_enters_nor_decides_her_own_account(payee, change, section, leader, user, paper):
    services.link_login(practitioner_id=payee.pk, user=leader, by=section)
    with pytest.raises(Refused, match="自己的收款账户"):
        services.decide_account(account_id=change.pk, accept=True, by=leader)
    own = user("section")
    services.link_login(practitioner_id=payee.pk, user=own, by=section)
    with pytest.raises(Refused, match="自己的收款账户"):
        services.propose_account(practitioner_id=payee.pk, by=own, upload=paper(), **SECOND)


def test_a_new_proposal_withdraws_the_one_that_waits(payee, change, section, paper):
    newer = services.propose_account(
        practitioner_id=payee.pk, by=section, upload=paper(), bank_name="另一银行", account_no="6228480000000003"
    )
    change.refresh_from_db()
    assert (change.state, newer.state) == ("refused", "proposed")


def test_a_refusal_says_why_and_the_old_account_stays(payee, change, leader):
    with pytest.raises(Refused, match="理由"):
        services.decide_account(account_id=change.pk, accept=False, by=leader)
    services.decide_account(account_id=change.pk, accept=False, opinion="签名不符", by=leader)
    assert payee.bank_accounts.in_use().get().is_first
    with pytest.raises(Refused, match="不能再审定"):
        services.decide_account(account_id=change.pk, accept=True, by=leader)


def test_the_account_in_use_is_not_proposed_again(payee, section, paper):
    with pytest.raises(Refused, match="正在使用"):
        services.propose_account(practitioner_id=payee.pk, by=section, upload=paper(), **FIRST)


def test_the_log_holds_no_whole_account_number(payee, change, leader):
    services.decide_account(account_id=change.pk, accept=True, by=leader)
    whole = str(list(AuditEntry.objects.values_list("before", "after")))
    assert "6228480000000001" not in whole
    assert "6228480000000002" not in whole
    assert "************0002" in whole


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE organizations_bankaccount SET bank_name = '别的银行' WHERE is_first", "不能改写"),
        ("UPDATE organizations_bankaccount SET account_index = 'f00d' WHERE is_first", "不能改写"),
        ("UPDATE organizations_bankaccount SET state = 'confirmed' WHERE NOT is_first", "one_in_use|needs_a_second_person"),
        ("UPDATE organizations_bankaccount SET is_first = true WHERE NOT is_first", "首个账户|one_first"),
        (
            "UPDATE organizations_bankaccount SET state = 'replaced' WHERE is_first;"
            " UPDATE organizations_bankaccount SET state = 'confirmed', decided_by_id = proposed_by_id WHERE NOT is_first",
            "needs_a_second_person",
        ),
        (
            "UPDATE organizations_bankaccount SET state = 'replaced' WHERE is_first;"
            " UPDATE organizations_bankaccount SET state = 'confirmed' WHERE is_first",
            "不能恢复",
        ),
    ],
)
def test_the_database_refuses_to_turn_pay_elsewhere(change, sql, words):
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
