import re

import pytest

from accounts.policy import (
    ACTIONS,
    APART,
    EVERYBODY,
    MONEY_ROLES,
    SECOND_FACTOR_ROLES,
    SYSTEM_ACTIONS,
    Role,
    may,
)
from accounts.services import system_user

WRITING = re.compile(
    r"\.(edit|admit|decide|propose|enter|confirm|approve|pay|draft|review|check|plan|publish|settle|receive|report|issue|load|open|set|import|undo|write|sign|sign_in|merge|manage|reopen|record|reconcile|prepare|mark|handle|mark_case)\b|\.(edit|admit|decide|propose|enter|confirm|approve|draft|review|publish|settle|receive|report|issue|load|open|set|import|undo|write|sign|merge|manage|reopen|record|reconcile|prepare|mark|handle)_"
)


@pytest.mark.parametrize(("first", "second"), APART)
def test_no_single_post_holds_two_steps_of_one_paper(first, second):
    assert ACTIONS[first].roles.isdisjoint(ACTIONS[second].roles)


def test_the_chain_of_a_pay_sheet_has_a_holder_for_each_step():
    chain = ["draft_pay", "review_pay", "check_pay", "approve_pay", "pay"]
    assert [set(ACTIONS[f"subsidies.{step}"].roles) for step in chain] == [
        {Role.SECTION},
        {Role.SECTION, Role.FINANCE},  # finance where a chain of four or three says so
        {Role.FINANCE},
        {Role.LEADER},
        {Role.CASHIER},
    ]


def test_the_administrator_sees_no_business_data():
    hers = {name for name, action in ACTIONS.items() if Role.ADMIN in action.roles and action.roles != frozenset(EVERYBODY)}
    assert not {name for name in hers if name.startswith(("consultations.", "legalaid.", "subsidies.", "desk.", "performance."))}
    assert "organizations.reveal" not in hers
    assert "organizations.view_people" not in hers


@pytest.mark.parametrize("role", [Role.CITY, Role.AUDITOR])
def test_those_who_only_read_write_nothing_but_their_own_note(role):
    writes = {name for name, action in ACTIONS.items() if role in action.roles and WRITING.search(name)}
    assert writes == set()


def test_the_finance_bureau_confirms_dates_and_otherwise_reads():
    writes = {name for name, action in ACTIONS.items() if Role.TREASURY in action.roles and WRITING.search(name)}
    assert writes == {"subsidies.confirm_receipt"}


def test_stations_and_persons_do_not_see_the_pay_of_others():
    for role in (Role.CLERK, Role.HEAD, Role.DUTY, Role.LAWYER, Role.EXPERT, Role.CENTRE, Role.DIRECTOR):
        assert role not in ACTIONS["subsidies.view_pay"].roles
        assert role not in ACTIONS["subsidies.view_ledger"].roles


def test_criminal_cases_stay_with_those_who_handle_them():
    assert ACTIONS["legalaid.view_cases"].roles == {Role.CENTRE, Role.DIRECTOR, Role.LAWYER}


def test_the_duty_person_signs_in_for_herself_and_the_clerk_for_others():
    assert ACTIONS["consultations.sign_in"].roles == {Role.DUTY}
    assert ACTIONS["consultations.sign_in_for_others"].roles == {Role.CLERK}


def test_every_action_has_a_chinese_name_and_a_holder_and_an_english_verb():
    for name, action in ACTIONS.items():
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", name), name
        assert re.search(r"[\u4e00-\u9fff]", action.words), name
        assert action.roles, name


def test_posts_with_money_and_posts_with_a_second_factor_are_those_of_the_rules():
    assert {Role.FINANCE, Role.CASHIER, Role.LEADER} <= MONEY_ROLES & SECOND_FACTOR_ROLES
    assert Role.ADMIN in SECOND_FACTOR_ROLES


@pytest.mark.django_db
def test_the_system_user_brings_in_and_drafts_and_never_decides():
    system = system_user()
    assert {name for name in ACTIONS if may(system, name)} == SYSTEM_ACTIONS
    assert not {name for name in SYSTEM_ACTIONS if re.search(r"confirm|review|check|approve|\.pay$|decide|publish", name)}


@pytest.mark.django_db
def test_an_unknown_action_is_an_error_and_not_a_no(person):
    with pytest.raises(KeyError):
        may(person("section"), "subsidies.aprove_pay")


@pytest.mark.django_db
def test_a_disabled_user_may_nothing(person):
    user = person("section", is_active=False)
    assert not may(user, "accounts.own_account")


@pytest.mark.django_db
def test_somebody_without_a_post_has_her_account_and_the_plan_and_no_more(person):
    user = person()
    assert may(user, "accounts.own_account")
    assert not any(may(user, name) for name, action in ACTIONS.items() if action.roles != frozenset(EVERYBODY))


@pytest.mark.django_db
def test_a_post_that_is_not_confirmed_allows_nothing(person):
    user = person("finance")
    user.posts.update(is_confirmed=False)
    assert not may(type(user).objects.get(pk=user.pk), "subsidies.check_pay")
