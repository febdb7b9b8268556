"""Many people at the same moment: one wins, the fund is never overdrawn, vouchers have no gaps (safety.md 1.1, 4)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import User
from accounts.policy import Role
from common.periods import YearMonth
from records.models import JobRun
from subsidies import tasks
from subsidies.models import LedgerEntry, Payment, PaySheet
from subsidies.services.approval import approve_pay_sheet
from subsidies.services.checking import check_books
from subsidies.services.drafting import draft_duty_pay
from subsidies.services.funds import enter_movement
from subsidies.services.payment import Receipt, pay_rows
from subsidies.services.refusals import MoneyRefused
from tests.subsidies.world import MARCH

FEBRUARY, JANUARY = YearMonth(2022, 2), YearMonth(2022, 1)


def at_once(acts):
    """Run all acts at the same moment, each on its own connection; gives what came of each (a value or its refusal)."""
    gate = Barrier(len(acts))

    def run(act):
        try:
            gate.wait(timeout=30)
            return act()
        except MoneyRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def won(outcomes):
    return [outcome for outcome in outcomes if not isinstance(outcome, MoneyRefused)]


def test_of_twenty_approvers_at_once_one_wins(lasting_world):
    world = lasting_world
    world.ordinary_month()
    world.money("10000.00")
    sheet = world.to("checked")
    leaders = [world.user(Role.LEADER, f"leader{n}") for n in range(20)]
    acts = [
        lambda pk=leader.pk: approve_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=User.objects.get(pk=pk))
        for leader in leaders
    ]
    outcomes = at_once(acts)
    assert len(won(outcomes)) == 1
    assert PaySheet.objects.get().events.filter(to_status="approved").count() == 1
    assert check_books() == []


def test_of_several_months_approved_at_once_only_what_the_fund_holds_is_approved(lasting_world):
    world = lasting_world
    sheets = []
    for period in (JANUARY, FEBRUARY, MARCH):
        world.ordinary_month(period)
        sheets.append(world.to("checked", period))
    world.money("8000.00")
    acts = [
        lambda s=sheet: approve_pay_sheet(sheet_id=s.pk, version=s.version, by=User.objects.get(username="leader"))
        for sheet in sheets
    ]
    outcomes = at_once(acts)
    assert len(won(outcomes)) == 2
    assert world.fund.committed == Decimal("7200.00")


def test_a_fund_of_a_thousand_yields_three_times_three_hundred_and_no_gap(lasting_world):
    world = lasting_world
    world.money("1000.00")
    fund_id = world.fund.pk

    def remit(number):
        return enter_movement(
            fund=type(world.fund).objects.get(pk=fund_id),
            kind="remitted",
            day=date(2022, 4, 6),
            amount=Decimal("300.00"),
            document_no=f"缴{number}",
            by=User.objects.get(username="finance"),
        )

    outcomes = at_once([lambda n=n: remit(n) for n in range(20)])
    assert len(won(outcomes)) == 3
    assert world.fund.balance == Decimal("100.00")
    assert list(LedgerEntry.objects.order_by("sequence").values_list("voucher_no", flat=True)) == [1, 2, 3, 4]
    assert check_books() == []


def test_a_person_paid_by_ten_requests_at_once_is_paid_once(lasting_world):
    world = lasting_world
    world.ordinary_month(people=1)
    world.money("10000.00")
    sheet = world.to("approved")
    row = sheet.rows.get()

    def pay(number):
        receipts = [Receipt(row.pk, f"R{number}")]
        cashier = User.objects.get(username="cashier")
        return pay_rows(sheet_id=sheet.pk, receipts=receipts, paid_on=date(2022, 4, 6), by=cashier)

    outcomes = at_once([lambda n=n: pay(n) for n in range(10)])
    assert len(won(outcomes)) == 1
    assert Payment.objects.count() == 1
    assert check_books() == []


def test_the_same_month_drafted_by_many_at_once_is_one_sheet(lasting_world):
    world = lasting_world
    world.ordinary_month()

    def draft():
        return draft_duty_pay(county=world.county, month=MARCH, by=User.objects.get(username="section"))

    assert len(won(at_once([draft] * 6))) == 6
    assert PaySheet.objects.get().total == Decimal("3600.00")
    assert PaySheet.objects.get().rows.count() == 3


# -- jobs


@pytest.fixture
def started(lasting_world):
    lasting_world.ordinary_month()
    return tasks.start_drafting(county=lasting_world.county, month=MARCH, by=lasting_world.people["section"])


def test_a_drafting_job_writes_the_sheet_and_says_where_it_is(lasting_world, started):
    tasks.draft_duty_pay(str(started.pk))
    started.refresh_from_db()
    assert (started.state, started.result_url) == ("done", "/pay/duty/2022-03/")
    assert "3 人，实发合计 3,600.00 元" in started.message
    assert PaySheet.objects.get().drafted_by == lasting_world.people["section"]


def test_a_job_delivered_ten_times_drafts_once(lasting_world, started):
    for _ in range(10):
        tasks.draft_duty_pay(str(started.pk))
    assert PaySheet.objects.get().version == 1
    assert JobRun.objects.count() == 1


def test_a_job_for_a_reviewed_month_fails_with_the_reason(lasting_world, started):
    lasting_world.to("reviewed")
    tasks.draft_duty_pay(str(started.pk))
    started.refresh_from_db()
    assert started.state == "failed" and "不能重新核算" in started.message


def test_on_the_first_the_month_before_is_drafted_for_every_county_with_a_plan_once(lasting_world, monkeypatch):
    lasting_world.ordinary_month()
    monkeypatch.setenv("TODAY", "2022-04-01")
    tasks.draft_last_month()
    tasks.draft_last_month()
    job = JobRun.objects.get()
    assert (job.period, job.started_by) == ("2022-03", lasting_world.system)
    tasks.draft_duty_pay(str(job.pk))
    assert PaySheet.objects.get().drafted_by == lasting_world.system
    lasting_world.to("reviewed")
    tasks.draft_last_month()
    assert JobRun.objects.count() == 1
