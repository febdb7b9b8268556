"""What must never happen about case subsidies, tried by every path: ORM, update(), bulk, raw SQL, COPY (safety.md 3).

A book with one list paid, one reviewed and one draft; everything runs as the program's role, and the database itself must refuse.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import ProtectedError

from subsidies.models import (
    BureauDecision,
    CaseClaim,
    CaseList,
    CaseListEvent,
    CaseMark,
    CasePayRow,
    ClaimPart,
    LedgerEntry,
    Payment,
)
from tests.subsidies.case_world import CaseWorld
from tests.subsidies.test_invariants import ADDING, CHANGING, NOW, REMOVING, by_raw_delete, refused


class CaseBook:
    """Three lists: the first quarter's paid, a second batch reviewed, the second quarter's a draft with one place left of two."""

    def __init__(self):
        self.world = world = CaseWorld()
        self.people = world.people
        world.fill("10000.00", "3000.00")
        self.paid_case = world.case("2022-03-01", number="paid", standard="1500.00")
        self.paid = world.list_to("paid")
        self.reviewed_case = world.case("2022-03-02", number="reviewed", standard="1400.00", firm=world.other_firm)
        self.reviewed = world.list_to("reviewed")
        self.draft_case = world.case("2022-04-01", number="draft", standard="1300.00")
        self.free_case = world.case("2022-04-05", number="free", concluded_on=date(2022, 3, 1))
        self.draft = world.list("2022Q2")
        self.payment = Payment.objects.filter(case_row__fund=world.fund).get()

    def part(self, case_list, kind="special"):
        return case_list.parts.filter(kind=kind).order_by("pk").first()

    def claim(self, case):
        return CaseClaim.objects.get(case=case)

    def row(self, case_list, fund=None):
        return case_list.rows.get(fund=fund or self.world.fund)


@pytest.fixture(scope="module")
def standing_book(django_db_setup, django_db_blocker):
    """One book for the whole module, never committed: each attack breaks its teeth on it and is rolled back."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setenv("TODAY", "2022-04-06")
        yield CaseBook()
        transaction.set_rollback(True)


@pytest.fixture
def book(standing_book):
    with transaction.atomic():
        yield standing_book
        transaction.set_rollback(True)


CHANGES = {
    "I1 the total of a reviewed list": lambda b: (CaseList, b.reviewed.pk, {"special_total": Decimal("1.00")}),
    "I1 an amount of a reviewed part": lambda b: (ClaimPart, b.part(b.reviewed).pk, {"amount": Decimal("900.00")}),
    "I1 what a payee gets of a reviewed list": lambda b: (CasePayRow, b.row(b.reviewed).pk, {"amount": Decimal("900.00")}),
    "I1 a reviewed payee's name": lambda b: (CasePayRow, b.row(b.reviewed).pk, {"organization": b.world.firm}),
    "I1 a paid payee's amount": lambda b: (CasePayRow, b.row(b.paid).pk, {"amount": Decimal("1.00")}),
    "I3 a claim moved to another case": lambda b: (CaseClaim, b.claim(b.reviewed_case).pk, {"case": b.world.case(None)}),
    "I3 a paid claim moved to a draft": lambda b: (CaseClaim, b.claim(b.paid_case).pk, {"list": b.draft}),
    "I3 a paid claim taken out of its list": lambda b: (
        CaseClaim,
        b.claim(b.paid_case).pk,
        {"list": None, "held_at": NOW, "held_by": b.people["leader"], "held_reason": "错"},
    ),
    "I3 a reviewed claim taken out without a reason": lambda b: (CaseClaim, b.claim(b.reviewed_case).pk, {"list": None}),
    "I3 a reviewed claim taken out with its parts left behind": lambda b: (
        CaseClaim,
        b.claim(b.reviewed_case).pk,
        {"list": None, "held_at": NOW, "held_by": b.people["section"], "held_reason": "错"},
    ),
    "I3 a draft's claim put into a reviewed list": lambda b: (CaseClaim, b.claim(b.draft_case).pk, {"list": b.reviewed}),
    "I3 a draft's part put under a paid list": lambda b: (ClaimPart, b.part(b.draft).pk, {"list": b.paid}),
    "I3 a special part from the operating fund": lambda b: (ClaimPart, b.part(b.draft).pk, {"fund": b.world.operating}),
    "I3 a top-up called the whole": lambda b: (ClaimPart, b.part(b.draft, "topup").pk, {"kind": "local_full"}),
    "I3 a special part called a top-up": lambda b: (ClaimPart, b.part(b.draft).pk, {"kind": "topup"}),
    "I3 a part moved to another claim": lambda b: (ClaimPart, b.part(b.draft).pk, {"claim": b.claim(b.reviewed_case)}),
    "I3 an ordinary subsidy after the list": lambda b: (
        CaseMark,
        b.reviewed_case.mark.pk,
        {"is_ordinary_subsidy_paid": True},
    ),
    "I3 the standard of a paid case": lambda b: (CaseMark, b.paid_case.mark.pk, {"local_standard": Decimal("9000.00")}),
    "I3 the mark of a paid case": lambda b: (CaseMark, b.paid_case.mark.pk, {"marked_on": None}),
    "I3 a mark signed by who proposed it": lambda b: (
        CaseMark,
        b.free_case.mark.pk,
        {"state": "signed", "proposed_by": b.people["centre"], "proposed_at": NOW, "signed_by": b.people["centre"],
         "signed_at": NOW, "proof": b.world.firm.accounts.get().paper},
    ),
    "I3 a mark proposed without its proof": lambda b: (
        CaseMark,
        b.free_case.mark.pk,
        {"state": "proposed", "proposed_by": b.people["centre"], "proposed_at": NOW},
    ),
    "I7 the amount of a case's payment": lambda b: (Payment, b.payment.pk, {"amount": Decimal("1.00")}),
    "I7 the row of a case's payment": lambda b: (Payment, b.payment.pk, {"case_row": b.row(b.reviewed)}),
    "I7 the account of a case's payment": lambda b: (
        Payment,
        b.payment.pk,
        {"organization_account": b.world.other_firm.accounts.get()},
    ),
    "I7 a case's payment called returned without its reversal": lambda b: (
        Payment,
        b.payment.pk,
        {"state": "returned", "returned_on": date(2022, 4, 6), "return_reason": "错"},
    ),
    "I8 a list called paid that nobody paid": lambda b: (
        CaseList,
        b.reviewed.pk,
        {"status": "paid", "checked_by": b.people["finance"], "approved_by": b.people["leader"]},
    ),
    "I14 a draft signed by its preparer": lambda b: (CaseList, b.draft.pk, {"status": "submitted", "submitted_by": b.people["centre"]}),
    "I14 a list checked by its reviewer": lambda b: (CaseList, b.reviewed.pk, {"status": "checked", "checked_by": b.people["section"]}),
    "I14 the reviewer of a reviewed list": lambda b: (CaseList, b.reviewed.pk, {"reviewed_by": b.people["section2"]}),
    "I14 the chain of a reviewed list": lambda b: (CaseList, b.reviewed.pk, {"chain": 3}),
    "I15 a draft called approved": lambda b: (
        CaseList,
        b.draft.pk,
        {"status": "approved", "submitted_by": b.people["director"], "reviewed_by": b.people["section"],
         "checked_by": b.people["finance"], "approved_by": b.people["leader"]},
    ),
    "I15 a paid list called a draft": lambda b: (CaseList, b.paid.pk, {"status": "draft"}),
    "I15 a move without its event": lambda b: (CaseList, b.reviewed.pk, {"status": "checked", "checked_by": b.people["finance"]}),
    "I15 who moved a list": lambda b: (CaseListEvent, b.paid.events.first().pk, {"by": b.people["leader"]}),
    "I15 a list of another quarter": lambda b: (CaseList, b.draft.pk, {"quarter": 3}),
}  # fmt: skip


@pytest.mark.parametrize("path", CHANGING)
@pytest.mark.parametrize("attack", CHANGES)
def test_the_database_refuses_to_change(book, attack, path):
    model, pk, values = CHANGES[attack](book)
    refused(lambda: CHANGING[path](model, pk, values))


def part_of(book, claim, kind="special", **values):
    fund = book.world.fund if kind == "special" else book.world.operating
    told = {"claim": claim, "list": claim.list, "fund": fund, "kind": kind, "amount": Decimal("1000.00"), "clause": "五（二）2"}
    return told | values


def payment_of(book, row, **values):
    told = {"case_row": row, "amount": row.amount, "method": "cheque", "receipt_no": "X", "paid_on": date(2022, 4, 6)}
    return told | {"paid_by": book.people["cashier"], "paid_at": NOW} | values


ADDITIONS = {
    "I1 a part under a reviewed list": lambda b: (ClaimPart, part_of(b, b.claim(b.reviewed_case), "local_full")),
    "I1 a payee on a reviewed list": lambda b: (
        CasePayRow,
        {"list": b.reviewed, "fund": b.world.fund, "organization": b.world.firm, "name": "所", "cases": 1, "amount": Decimal("1.00")},
    ),
    "I3 a second claim of a case": lambda b: (CaseClaim, {"case": b.paid_case}),
    "I3 a claim put into a paid list": lambda b: (CaseClaim, {"case": b.world.case(None), "list": b.paid}),
    "I3 a second special part": lambda b: (ClaimPart, part_of(b, b.claim(b.draft_case))),
    "I3 the whole beside a special part": lambda b: (ClaimPart, part_of(b, b.claim(b.draft_case), "local_full")),
    "I3 a top-up without a special part": lambda b: (
        ClaimPart,
        part_of(b, CaseClaim.objects.create(case=b.world.case(None), list=b.draft), "topup"),
    ),
    "I3 a second payment to a payee from one fund": lambda b: (Payment, payment_of(b, b.row(b.paid))),
    "I8 a payment under a list that nobody approved": lambda b: (Payment, payment_of(b, b.row(b.reviewed))),
    "I8 a payment of nobody": lambda b: (Payment, payment_of(b, b.row(b.paid), case_row=None)),
    "I8 a ledger entry in the other fund": lambda b: (
        LedgerEntry,
        {"fund": b.world.operating, "day": date(2022, 4, 6), "kind": "payment", "amount": -b.payment.amount, "memo": "攻击",
         "payment": b.payment, "booked_by": b.people["cashier"], "booked_at": NOW},
    ),
    "I15 an event of a move that never was": lambda b: (
        CaseListEvent,
        {"list": b.draft, "from_status": "draft", "to_status": "approved", "version": b.draft.version, "by": b.people["leader"],
         "at": NOW},
    ),
    "I15 a list that begins approved": lambda b: (
        CaseList,
        {"county": b.world.county, "plan": b.world.plan, "year": 2022, "quarter": 3, "special_fund": b.world.fund,
         "operating_fund": b.world.operating, "status": "approved", "drafted_by": b.people["centre"], "drafted_at": NOW,
         "submitted_by": b.people["director"], "reviewed_by": b.people["section"], "checked_by": b.people["finance"],
         "approved_by": b.people["leader"]},
    ),
    "I20 a list that the audit does not know": lambda b: (
        CaseList,
        {"county": b.world.county, "plan": b.world.plan, "year": 2022, "quarter": 3, "special_fund": b.world.fund,
         "operating_fund": b.world.operating, "drafted_by": b.people["centre"], "drafted_at": NOW},
    ),
    "I20 a decision that the audit does not know": lambda b: (
        BureauDecision,
        {"case": b.free_case, "is_included": True, "reason": "x", "document_no": "1", "decided_by": b.people["leader"],
         "decided_at": NOW},
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", ADDING)
@pytest.mark.parametrize("attack", ADDITIONS)
def test_the_database_refuses_to_add(book, attack, path):
    model, values = ADDITIONS[attack](book)
    refused(lambda: ADDING[path](model, values))


REMOVALS = {
    "I1 a payee of a reviewed list": lambda b: (CasePayRow, b.row(b.reviewed).pk),
    "I1 a part of a reviewed list": lambda b: (ClaimPart, b.part(b.reviewed).pk),
    "I1 a part of a paid list": lambda b: (ClaimPart, b.part(b.paid).pk),
    "I3 a claim of a paid list": lambda b: (CaseClaim, b.claim(b.paid_case).pk),
    "I3 the mark of a paid case": lambda b: (CaseMark, b.paid_case.mark.pk),
    "I7 a case's payment": lambda b: (Payment, b.payment.pk),
    "I15 a paid list": lambda b: (CaseList, b.paid.pk),
    "I15 an event": lambda b: (CaseListEvent, b.paid.events.first().pk),
}


@pytest.mark.parametrize("path", REMOVING)
@pytest.mark.parametrize("attack", REMOVALS)
def test_the_database_refuses_to_remove(book, attack, path):
    model, pk = REMOVALS[attack](book)

    def remove():
        try:
            REMOVING[path](model, pk)
        except ProtectedError:  # Django asks first what hangs on the row; the database is asked without it
            by_raw_delete(model, pk)

    refused(remove)


def test_the_cashier_who_checked_the_list_cannot_pay_it(book):
    row = book.row(book.paid)
    refused(lambda: Payment.objects.create(**payment_of(book, row, paid_by=book.people["finance"])))


def test_a_payment_goes_to_the_payees_own_account_in_use(book):
    book.world.list_to("approved", case_list=book.reviewed)
    row = book.row(book.reviewed)
    wrong = book.world.firm.accounts.get(state="confirmed")
    refused(lambda: Payment.objects.create(**payment_of(book, row, method="transfer", organization_account=wrong)))


# -- I4


def one_place_left(book):
    """135 − 1 special parts stand, written by nobody's rules but within the database's."""
    world = book.world
    taken = ClaimPart.objects.filter(kind="special").count()
    claims = CaseClaim.objects.bulk_create([CaseClaim(case=world.case(None), list=book.draft) for _ in range(134 - taken)])
    ClaimPart.objects.bulk_create([ClaimPart(**part_of(book, claim)) for claim in claims])
    return [CaseClaim.objects.create(case=world.case(None), list=book.draft) for _ in range(2)]


@pytest.mark.parametrize("path", ADDING)
@pytest.mark.rule("Z-SUB-3")
def test_the_database_refuses_the_136th_special_part(book, path):
    last, beyond = one_place_left(book)
    ADDING[path](ClaimPart, part_of(book, last))
    refused(lambda: ADDING[path](ClaimPart, part_of(book, beyond)))
    ADDING[path](ClaimPart, part_of(book, beyond, "local_full"))


@pytest.mark.parametrize("path", CHANGING)
def test_a_part_is_not_turned_into_the_136th_special_one(book, path):
    last, beyond = one_place_left(book)
    ClaimPart.objects.create(**part_of(book, last))
    part = ClaimPart.objects.create(**part_of(book, beyond, "local_full"))
    refused(lambda: CHANGING[path](ClaimPart, part.pk, {"kind": "special", "fund": book.world.fund}))


def test_many_special_parts_at_once_are_refused_together(book):
    last, beyond = one_place_left(book)
    refused(lambda: ClaimPart.objects.bulk_create([ClaimPart(**part_of(book, claim)) for claim in (last, beyond)]))
    assert not last.parts.exists()


def test_an_unworthy_case_does_not_leave_the_draft_by_raw_sql(book):
    """I3: unmarked, paid before, of the agency's staff, not entered: the list's move asks the cases, not the program."""
    for change in ("is_undertaken_by_agency = true", "archived_on = NULL", "provincial_no = ''", "quality_grade = 'fail'"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE legalaid_aidcase SET {change} WHERE id = %s", [book.draft_case.pk])
            refused(
                lambda: CaseList.objects.filter(pk=book.draft.pk).update(status="submitted", submitted_by=book.people["director"])
            )
            transaction.set_rollback(True)
