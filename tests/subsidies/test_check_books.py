"""check_books is silent on a good book and names each fault planted behind the triggers' back."""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase

from common.periods import YearMonth
from subsidies.models import Payment
from subsidies.services.case_approval import send_back_case, send_back_case_list
from subsidies.services.checking import check_books
from subsidies.services.funds import decide_reversal, enter_movement, propose_reversal
from subsidies.services.payment import record_returned_transfer
from tests.subsidies.case_world import CaseWorld

FEBRUARY, MARCH = YearMonth(2022, 2), YearMonth(2022, 3)


@pytest.fixture(scope="module")
def committed_book(django_db_setup, django_db_blocker):
    """A book with everything in it: two months, a returned and repaid transfer, a reversed movement, deductions. Committed."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("TODAY", "2022-04-06")
        yield a_good_book()
        TransactionTestCase("run")._fixture_teardown()


def a_good_book():
    world = CaseWorld()
    a_good_list(world)
    people = world.ordinary_month(FEBRUARY)
    world.finding(people[0].shifts.order_by("day").first(), "absence")
    world.shift(people[0], world.centre, "2022-02-28", late=7)
    world.receive(FEBRUARY)
    world.money("20000.00")
    sheet = world.to("paid", FEBRUARY)
    payment = Payment.objects.exclude(row=None).order_by("pk").first()
    record_returned_transfer(payment_id=payment.pk, returned_on=date(2022, 4, 6), reason="户名不符", by=world.people["cashier"])
    world.pay(sheet)
    wrong = enter_movement(
        fund=world.fund, kind="returned", day=date(2022, 4, 6), amount=Decimal("77.00"), by=world.people["finance"]
    )
    proposal = propose_reversal(entry_id=wrong.entry.pk, reason="登记错误", by=world.people["finance"])
    decide_reversal(proposal_id=proposal.pk, accept=True, by=world.people["leader"])
    world.ordinary_month(MARCH)
    world.draft(MARCH)
    return world


def a_good_list(world):
    """A quarter's list of two cases, sent back once, with a case sent back, paid from both funds."""
    world.fill("5000.00", "5000.00")
    world.case("2022-03-01", number="一", standard="1500.00")
    back = world.case("2022-03-02", number="二")
    world.case("2022-03-03", number="三", firm=world.other_firm)
    case_list = world.list_to("reviewed")
    send_back_case_list(list_id=case_list.pk, version=case_list.version, reason="重看", by=world.people["finance"])
    case_list = world.list_to("submitted", case_list=world.list())
    send_back_case(list_id=case_list.pk, version=case_list.version, case_id=back.pk, reason="缺文书", by=world.people["section"])
    case_list.refresh_from_db()
    world.list_to("paid", case_list=case_list)


@pytest.fixture
def book(committed_book, django_db_blocker):
    with django_db_blocker.unblock():
        yield committed_book


@dataclass
class Fault:
    """What is done behind the program's back and how it is undone; `without` is a constraint that must be out of the way."""

    plant: str
    undo: str
    without: tuple[str, str] | None = None


LISTED = "case_id IN (SELECT case_id FROM subsidies_caseclaim WHERE list_id IS NOT NULL)"
PAID = "(SELECT id FROM subsidies_paysheet WHERE status = 'paid')"
LAST = "(SELECT MAX(id) FROM subsidies_ledgerentry)"
PAYMENT = "(SELECT MAX(id) FROM subsidies_payment WHERE state = 'paid' AND row_id IS NOT NULL)"
RATE = "(SELECT MIN(id) FROM subsidies_payline WHERE kind = 'rate' AND sheet_id = " + PAID + ")"

FAULTS = {
    "I1 a total": Fault(
        f"UPDATE subsidies_paysheet SET total = total + 1 WHERE id = {PAID}",
        f"UPDATE subsidies_paysheet SET total = total - 1 WHERE id = {PAID}",
    ),
    "I1 a line": Fault(
        f"UPDATE subsidies_payline SET amount = amount - 1 WHERE id = {RATE}",
        f"UPDATE subsidies_payline SET amount = amount + 1 WHERE id = {RATE}",
    ),
    "I1 the parts of a row": Fault(
        f"UPDATE subsidies_payrow SET rate = rate - 9, deducted = deducted + 9 WHERE sheet_id = {PAID}",
        f"UPDATE subsidies_payrow SET rate = rate + 9, deducted = deducted - 9 WHERE sheet_id = {PAID}",
    ),
    "I2 a balance": Fault(
        f"UPDATE subsidies_ledgerentry SET balance = balance + 1 WHERE id = {LAST}",
        f"UPDATE subsidies_ledgerentry SET balance = balance - 1 WHERE id = {LAST}",
    ),
    "I2 what came in": Fault(
        "UPDATE subsidies_fundmovement SET amount = amount + 1 WHERE kind = 'forwarded'",
        "UPDATE subsidies_fundmovement SET amount = amount - 1 WHERE kind = 'forwarded'",
    ),
    "I5 a shift paid twice": Fault(
        "UPDATE subsidies_payline l SET clause = l.clause || '#' || l.shift_id, shift_id = (SELECT shift_id FROM subsidies_payline"
        f" WHERE id = {RATE}) WHERE l.id = (SELECT MAX(id) FROM subsidies_payline)",
        "UPDATE subsidies_payline l SET shift_id = split_part(clause, '#', 2)::bigint, clause = split_part(clause, '#', 1)"
        " WHERE l.id = (SELECT MAX(id) FROM subsidies_payline)",
        ("subsidies_payline", "pay_line_shift_paid_once"),
    ),
    "I6 a late finding without a month": Fault(
        "UPDATE consultations_finding SET reported_at = reported_at + interval '90 years'",
        "UPDATE consultations_finding SET reported_at = reported_at - interval '90 years'",
    ),
    "I6 a month closed before it is paid": Fault(
        "UPDATE programmes_month SET state = 'closed', closed_at = now(), closed_by_id = (SELECT MIN(id) FROM accounts_user)"
        " WHERE first = '2022-03-01'",
        "UPDATE programmes_month SET state = 'open', closed_at = NULL, closed_by_id = NULL WHERE first = '2022-03-01'",
    ),
    "I7 a reversal of another amount": Fault(
        f"UPDATE subsidies_ledgerentry SET amount = amount - 1, balance = balance - 1 WHERE id = {LAST}",
        f"UPDATE subsidies_ledgerentry SET amount = amount + 1, balance = balance + 1 WHERE id = {LAST}",
    ),
    "I7 a returned payment that was not reversed": Fault(
        f"UPDATE subsidies_payment SET state = 'returned', returned_on = paid_on, return_reason = 'x' WHERE id = {PAYMENT}",
        "UPDATE subsidies_payment SET state = 'paid', returned_on = NULL, return_reason = '' WHERE return_reason = 'x'",
    ),
    "I8 a payment of another amount": Fault(
        f"UPDATE subsidies_payment SET amount = amount + 1 WHERE id = {PAYMENT}",
        f"UPDATE subsidies_payment SET amount = amount - 1 WHERE id = {PAYMENT}",
    ),
    "I8 a ledger entry of another day": Fault(
        "UPDATE subsidies_ledgerentry SET day = day - 1 WHERE kind = 'payment'",
        "UPDATE subsidies_ledgerentry SET day = day + 1 WHERE kind = 'payment'",
    ),
    "I9 a fact of a closed month": Fault(
        "UPDATE consultations_attendance SET sign_in = sign_in + interval '10 minutes' WHERE shift_id ="
        f" (SELECT shift_id FROM subsidies_payline WHERE id = {RATE})",
        "UPDATE consultations_attendance SET sign_in = sign_in - interval '10 minutes' WHERE shift_id ="
        f" (SELECT shift_id FROM subsidies_payline WHERE id = {RATE})",
    ),
    "I10 more than the rate": Fault(
        f"UPDATE subsidies_payline SET amount = -amount WHERE kind = 'late' AND sheet_id = {PAID}",
        f"UPDATE subsidies_payline SET amount = -amount WHERE kind = 'late' AND sheet_id = {PAID}",
        ("subsidies_payline", "pay_line_sign_fits_its_kind"),
    ),
    "I10 a deduction without its clause": Fault(
        f"UPDATE subsidies_payline SET clause = '', note = note || clause WHERE kind = 'late' AND sheet_id = {PAID}",
        f"UPDATE subsidies_payline SET clause = '五（二）1（2）', note = '迟到 7 分钟' WHERE kind = 'late' AND sheet_id = {PAID}",
        ("subsidies_payline", "pay_line_names_its_clause"),
    ),
    "I11 a deduction that adds": Fault(
        f"UPDATE subsidies_payline SET amount = -amount WHERE kind = 'absence' AND sheet_id = {PAID}",
        f"UPDATE subsidies_payline SET amount = -amount WHERE kind = 'absence' AND sheet_id = {PAID}",
        ("subsidies_payline", "pay_line_sign_fits_its_kind"),
    ),
    "I12 a public servant who was paid": Fault(
        "INSERT INTO organizations_publicservantstatus (practitioner_id, since, is_public_servant, evidence, confirmed_by_id)"
        " SELECT practitioner_id, '2022-02-01', true, 'x', (SELECT MIN(id) FROM accounts_user) FROM subsidies_payrow LIMIT 1",
        "DELETE FROM organizations_publicservantstatus WHERE evidence = 'x'",
    ),
    "I13 two values from one day": Fault(
        "INSERT INTO programmes_term (plan_id, key, since, value, value_kind, unit, clause, is_reading, reading_code, why)"
        " SELECT plan_id, key, since, value, value_kind, 'x', clause, false, '', '' FROM programmes_term"
        " WHERE key = 'duty.rate.county_centre'",
        "DELETE FROM programmes_term WHERE unit = 'x'",
        ("programmes_term", "term_one_value_from_a_day"),
    ),
    "I14 an approver who checked": Fault(
        f"UPDATE subsidies_paysheet SET approved_by_id = checked_by_id WHERE id = {PAID}",
        "UPDATE subsidies_paysheet SET approved_by_id = (SELECT id FROM accounts_user WHERE username = 'leader')"
        f" WHERE id = {PAID}",
        ("subsidies_paysheet", "pay_sheet_approved_by_another"),
    ),
    "I14 a cashier who approved": Fault(
        "UPDATE subsidies_payment SET paid_by_id = (SELECT id FROM accounts_user WHERE username = 'leader')",
        "UPDATE subsidies_payment SET paid_by_id = (SELECT id FROM accounts_user WHERE username = 'cashier')",
    ),
    "I15 a step that left no event": Fault(
        "UPDATE subsidies_paysheetevent SET to_status = 'checked' WHERE to_status = 'approved'",
        "UPDATE subsidies_paysheetevent SET to_status = 'approved' WHERE from_status = 'checked'",
    ),
    "I15 a sheet that is elsewhere than its events say": Fault(
        "UPDATE subsidies_paysheet SET status = 'reviewed', reviewed_by_id = (SELECT id FROM accounts_user WHERE username = 'leader')"
        " WHERE status = 'draft'",
        "UPDATE subsidies_paysheet SET status = 'draft', reviewed_by_id = NULL WHERE status = 'reviewed'",
    ),
    "I16 a finding decided by its subject": Fault(
        "UPDATE organizations_practitioner SET user_id = (SELECT decided_by_id FROM consultations_finding LIMIT 1) WHERE id ="
        " (SELECT s.practitioner_id FROM consultations_finding f JOIN consultations_shift s ON s.id = f.shift_id LIMIT 1)",
        "UPDATE organizations_practitioner SET user_id = NULL",
    ),
    "I17 a person in two places": Fault(
        "INSERT INTO consultations_shift (station_id, day, starts_at, ends_at, lunch_minutes, practitioner_id, override_reason,"
        " is_cancelled, created_by_id) SELECT (SELECT MIN(id) FROM organizations_station), day, starts_at, ends_at, 0,"
        " practitioner_id, 'x', false, created_by_id FROM consultations_shift WHERE day >= '2022-03-01' ORDER BY id LIMIT 1",
        "DELETE FROM consultations_shift WHERE override_reason = 'x'",
        ("consultations_shift", "shift_nobody_in_two_places"),
    ),
    "I18 a voucher number that is missing": Fault(
        f"UPDATE subsidies_ledgerentry SET voucher_no = voucher_no + 5 WHERE id = {LAST}",
        f"UPDATE subsidies_ledgerentry SET voucher_no = voucher_no - 5 WHERE id = {LAST}",
    ),
    "I18 a sequence number that is missing": Fault(
        f"UPDATE subsidies_ledgerentry SET sequence = sequence + 5 WHERE id = {LAST}",
        f"UPDATE subsidies_ledgerentry SET sequence = sequence - 5 WHERE id = {LAST}",
    ),
    "I1 the total of a list": Fault(
        "UPDATE subsidies_caselist SET special_total = special_total + 1",
        "UPDATE subsidies_caselist SET special_total = special_total - 1",
    ),
    "I1 what a payee gets of a list": Fault(
        "UPDATE subsidies_casepayrow SET cases = cases + 1",
        "UPDATE subsidies_casepayrow SET cases = cases - 1",
    ),
    "I3 a part called otherwise": Fault(
        "UPDATE subsidies_claimpart SET kind = 'local_full' WHERE kind = 'topup'",
        "UPDATE subsidies_claimpart SET kind = 'topup' WHERE kind = 'local_full'",
        ("subsidies_claimpart", "claim_special_or_whole"),
    ),
    "I3 a top-up without a special part": Fault(
        "UPDATE subsidies_claimpart p SET claim_id = (SELECT MAX(id) FROM subsidies_caseclaim WHERE list_id IS NULL),"
        " note = p.claim_id::text WHERE kind = 'topup'",
        "UPDATE subsidies_claimpart p SET claim_id = note::bigint, note = '当地标准高于专项补贴的部分' WHERE kind = 'topup'",
    ),
    "I3 an ordinary subsidy beside the list": Fault(
        f"UPDATE subsidies_casemark SET is_ordinary_subsidy_paid = true WHERE {LISTED}",
        f"UPDATE subsidies_casemark SET is_ordinary_subsidy_paid = false WHERE {LISTED}",
    ),
    "I3 a listed case that is not worth money any more": Fault(
        f"UPDATE legalaid_aidcase SET quality_grade = 'fail' WHERE id IN (SELECT case_id FROM subsidies_casemark WHERE {LISTED})",
        f"UPDATE legalaid_aidcase SET quality_grade = 'good' WHERE id IN (SELECT case_id FROM subsidies_casemark WHERE {LISTED})",
    ),
    "I4 more special parts than the target": Fault(
        "UPDATE programmes_term SET value = '1' WHERE key = 'case.total'",
        "UPDATE programmes_term SET value = '135' WHERE key = 'case.total'",
    ),
    "I8 what a payee was paid": Fault(
        "UPDATE subsidies_casepayrow SET amount = amount - 1; UPDATE subsidies_claimpart SET amount = amount - 1",
        "UPDATE subsidies_casepayrow SET amount = amount + 1; UPDATE subsidies_claimpart SET amount = amount + 1",
    ),
    "I14 a list approved by its reviewer": Fault(
        "UPDATE subsidies_caselist SET approved_by_id = reviewed_by_id",
        "UPDATE subsidies_caselist SET approved_by_id = (SELECT id FROM accounts_user WHERE username = 'leader')",
        ("subsidies_caselist", "case_list_approved_by_another"),
    ),
    "I15 a list in a state that no event knows": Fault(
        "UPDATE subsidies_caselist SET status = 'approved'", "UPDATE subsidies_caselist SET status = 'paid'"
    ),
    "I20 a list's move without its audit entry": Fault(
        "UPDATE accounts_auditentry SET object_type = 'x' WHERE action = 'subsidies.review_case_list'",
        "UPDATE accounts_auditentry SET object_type = 'subsidies.CaseList' WHERE object_type = 'x'",
    ),
    "I20 a payment without its audit entry": Fault(
        "UPDATE accounts_auditentry SET object_type = 'x' WHERE object_type = 'subsidies.Payment'",
        "UPDATE accounts_auditentry SET object_type = 'subsidies.Payment' WHERE object_type = 'x'",
    ),
    "I20 a move without its audit entry": Fault(
        "UPDATE accounts_auditentry SET object_type = 'x' WHERE action = 'subsidies.check_pay' AND object_type = 'subsidies.PaySheet'",
        "UPDATE accounts_auditentry SET object_type = 'subsidies.PaySheet' WHERE object_type = 'x'",
    ),
}


@contextmanager
def as_owner_without_triggers():
    """The owner, with every trigger of the tables asleep: what no user of the program can do."""
    connection = connections["owner"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            yield cursor
        finally:
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    connection.close()


def definition(cursor, table, name):
    """How a constraint or index is taken away and put back."""
    cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
    if found := cursor.fetchone():
        return f"ALTER TABLE {table} DROP CONSTRAINT {name}", f"ALTER TABLE {table} ADD CONSTRAINT {name} {found[0]}"
    cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
    return f"DROP INDEX {name}", cursor.fetchone()[0]


@contextmanager
def planted(fault):
    with as_owner_without_triggers() as cursor:
        back = None
        if fault.without:
            away, back = definition(cursor, *fault.without)
            cursor.execute(away)
        cursor.execute(fault.plant)
        assert cursor.rowcount > 0, "nothing was planted"
    try:
        yield
    finally:
        with as_owner_without_triggers() as cursor:
            cursor.execute(fault.undo)
            if back:
                cursor.execute(back)


def test_check_books_is_silent_on_a_good_book(book):
    assert check_books() == []
    out, err = StringIO(), StringIO()
    call_command("check_books", stdout=out, stderr=err)
    assert (out.getvalue(), err.getvalue()) == ("", "")


@pytest.mark.parametrize("name", FAULTS)
def test_check_books_names(book, name):
    with planted(FAULTS[name]):
        found = check_books()
        assert any(line.startswith(name.split()[0] + " ") for line in found), found
    assert check_books() == [], "the fault was not taken back"


def test_the_command_exits_1_and_prints_one_document(book):
    with planted(FAULTS["I1 a total"]):
        out = StringIO()
        with pytest.raises(SystemExit) as exit:
            call_command("check_books", "--json", stdout=out)
        document = json.loads(out.getvalue())
        assert exit.value.code == 1 and not document["is_good"] and document["problems"][0].startswith("I1 泽州县2022-02")
