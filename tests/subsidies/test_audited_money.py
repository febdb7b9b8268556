"""I20: without its audit entry, written in the same transaction, no change of money is committed."""

from datetime import date, datetime

import psycopg2.errors
import pytest
from django.db import DatabaseError, transaction

from common import clock
from subsidies.models import FundMovement, LedgerEntry, PayChain, PaySheet, PaySheetEvent, ReversalProposal
from subsidies.services.funds import propose_reversal

NOW = datetime(2022, 4, 6, 9, 0, tzinfo=clock.SHANGHAI)


def unaudited(world):
    sheet = PaySheet.objects.get()
    fund = world.fund
    finance = world.people["finance"]

    def move_a_sheet():
        PaySheet.objects.filter(pk=sheet.pk).update(status="checked", checked_by=finance, version=sheet.version + 1)
        PaySheetEvent.objects.create(
            sheet=sheet, from_status="reviewed", to_status="checked", version=sheet.version + 1, by=finance, at=NOW
        )

    def enter_a_movement():
        movement = FundMovement.objects.create(
            fund=fund, kind="returned", day=date(2022, 4, 6), amount=1, entered_by=finance, entered_at=NOW
        )
        LedgerEntry.objects.create(
            fund=fund,
            day=movement.day,
            kind="movement",
            amount=1,
            memo="无审计",
            movement=movement,
            booked_by=finance,
            booked_at=NOW,
        )

    def arrive():
        FundMovement.objects.create(
            fund=fund,
            kind="arrived",
            day=date(2022, 4, 6),
            amount=1,
            entered_by=finance,
            entered_at=NOW,
            forward_due_on=date(2022, 4, 13),
        )

    def confirm():
        FundMovement.objects.filter(kind="forwarded").update(confirmed_by=world.people["treasury"], confirmed_at=NOW)

    def propose():
        ReversalProposal.objects.create(entry=LedgerEntry.objects.first(), reason="无审计", proposed_by=finance, proposed_at=NOW)

    def choose_posts():
        PayChain.objects.create(county=world.county, people=3, since="2022-05-01", reason="无审计", decided_by=finance)

    return [move_a_sheet, enter_a_movement, arrive, confirm, propose, choose_posts]


def test_no_change_of_money_is_committed_without_its_audit_entry(lasting_world):
    world = lasting_world
    world.ordinary_month()
    world.money("10000.00")
    world.to("reviewed")
    for act in unaudited(world):
        with pytest.raises(DatabaseError) as caught, transaction.atomic():
            act()
        assert isinstance(caught.value.__cause__, psycopg2.errors.CheckViolation), act.__name__
        assert "huimin_require_audit" in str(caught.value), act.__name__
    assert PaySheet.objects.get().status == "reviewed"
    assert FundMovement.objects.count() == 1


def test_an_audit_entry_of_an_earlier_transaction_does_not_serve(lasting_world):
    world = lasting_world
    world.money("10000.00")
    movement = FundMovement.objects.get()
    propose_reversal(entry_id=movement.entry.pk, reason="重复", by=world.people["finance"])
    with pytest.raises(DatabaseError, match="huimin_require_audit"), transaction.atomic():
        ReversalProposal.objects.update(state="refused")
