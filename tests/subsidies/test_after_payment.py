"""What happens after a month is paid: late facts, negative rests, recovery, returned transfers, reopening. D26, vector M4."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.policy import Role
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import Attendance
from programmes.models import Month
from records.models import Installation
from subsidies.models import LedgerEntry, PaySheet, RecomputeRequest
from subsidies.services.approval import review_pay_sheet
from subsidies.services.checking import check_books
from subsidies.services.closing import (
    ask_where_facts_changed,
    close_again,
    decide_reopening,
    propose_reopening,
)
from subsidies.services.cockpit import what_holds_up
from subsidies.services.comparison import beside_last_month
from subsidies.services.funds import decide_reversal, propose_reversal, record_recovery
from subsidies.services.payment import accounts_paid_before, record_returned_transfer
from subsidies.services.refusals import MoneyRefused
from tests.subsidies.world import MARCH

FEBRUARY, APRIL, MAY = YearMonth(2022, 2), YearMonth(2022, 4), YearMonth(2022, 5)


@pytest.fixture
def may(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-05-06")


@pytest.fixture
def june(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-06-06")


def duty(world, person, period, turns, station=None):
    shifts = [world.shift(person, station or world.bagong, date(period.year, period.month, 1 + 7 * n)) for n in range(turns)]
    world.receive(period)
    return shifts


def row_of(sheet, person):
    return sheet.rows.get(practitioner=person)


def paid(world, period, day):
    return world.to("paid", period, day=day)


@pytest.fixture
def march_paid(world):
    """One person with three township turns and two absences in March: 600.00, paid."""
    person = world.person("庚示例")
    shifts = duty(world, person, MARCH, 3)
    for shift in shifts[:2]:
        world.finding(shift, "absence")
    world.money("20000.00")
    sheet = paid(world, MARCH, date(2022, 4, 6))
    assert sheet.total == Decimal("600.00")
    return person, shifts, sheet


@pytest.mark.rule("Z-DED-5")
def test_a_third_absence_found_after_payment_takes_the_month_back_in_the_next(world, march_paid, may):
    """Vector M4."""
    person, shifts, march = march_paid
    duty(world, person, APRIL, 4)
    world.finding(shifts[2], "absence", booked_in=world.month(APRIL))
    april = world.draft(APRIL)
    lines = april.lines.filter(kind="difference")
    assert sum(line.amount for line in lines) == Decimal("-600.00")
    assert {line.source_month_id for line in lines} == {march.month_id}
    assert all(line.clause and "2022年3月" in line.note for line in lines)
    assert row_of(april, person).payable == Decimal("600.00")
    march.refresh_from_db()
    assert (march.total, march.status) == (Decimal("600.00"), "paid")
    assert world.draft(APRIL).total == Decimal("600.00")
    paid(world, APRIL, date(2022, 5, 6))
    assert check_books() == []


def test_a_difference_larger_than_the_month_is_carried_and_nobody_is_paid_below_zero(world, march_paid, may):
    person, shifts, _march = march_paid
    duty(world, person, APRIL, 1)
    world.finding(shifts[2], "absence", booked_in=world.month(APRIL))
    april = world.draft(APRIL)
    row = row_of(april, person)
    assert row.payable == 0
    assert april.lines.get(kind="carried", amount__gt=0).amount == Decimal("300.00")
    paid(world, APRIL, date(2022, 5, 6))
    duty(world, person, MAY, 2)
    mays = world.draft(MAY)
    taken = mays.lines.get(kind="carried")
    assert (taken.amount, taken.source_month_id) == (Decimal("-300.00"), april.month_id)
    assert row_of(mays, person).payable == Decimal("300.00")


def test_who_has_no_duty_any_more_still_carries_her_rest(world, march_paid, may):
    person, shifts, _march = march_paid
    duty(world, world.person("辛示例"), APRIL, 1)
    world.finding(shifts[2], "absence", booked_in=world.month(APRIL))
    april = world.draft(APRIL)
    row = row_of(april, person)
    assert (row.shifts_served, row.payable) == (0, 0)
    assert april.lines.get(row=row, kind="carried").amount == Decimal("600.00")


def test_money_paid_back_is_not_deducted_again(world, march_paid, may):
    person, shifts, _march = march_paid
    duty(world, person, APRIL, 1)
    world.finding(shifts[2], "absence", booked_in=world.month(APRIL))
    april = world.to("reviewed", APRIL)
    row = row_of(april, person)
    back = {"row_id": row.pk, "day": date(2022, 5, 5), "by": world.people["finance"], "document_no": "回单9"}
    with pytest.raises(MoneyRefused, match="还有 300.00 元"):
        record_recovery(amount=Decimal("301.00"), **back)
    before = world.fund.balance
    record_recovery(amount=Decimal("100.00"), **back)
    assert world.fund.balance == before + 100
    duty(world, person, MAY, 2)
    paid(world, APRIL, date(2022, 5, 6))
    mays = world.draft(MAY)
    assert mays.lines.get(kind="carried").amount == Decimal("-200.00")
    world.people["section2"].__dict__.pop("posts_in_force", None)
    world.to("reviewed", MAY)
    with pytest.raises(MoneyRefused, match="已在以后月份抵扣"):
        record_recovery(amount=Decimal("1.00"), **back)
    assert check_books() == []


def test_a_fact_dropped_after_payment_is_paid_in_the_next_month(world, march_paid, may):
    person, shifts, _march = march_paid
    upheld = shifts[0].findings.get()
    duty(world, person, APRIL, 1)
    world.finding(shifts[0], "absence", state="dropped", booked_in=world.month(APRIL), continues=upheld)
    april = world.draft(APRIL)
    line = april.lines.get(kind="difference")
    assert (line.amount, line.shift_id) == (Decimal("150.00"), shifts[0].pk)
    assert row_of(april, person).payable == Decimal("450.00")


def test_what_became_known_between_review_and_payment_is_booked_in_the_next_month(world, may):
    person = world.person("壬示例")
    shifts = duty(world, person, MARCH, 2)
    check = world.finding(shifts[0], "complaint", state="reported", number="1")
    world.money("20000.00")
    sheet = world.to("approved", MARCH)
    check.state, check.decided_by, check.decided_at = "upheld", world.people["section"], check.reported_at
    check.save()
    world.pay(sheet, day=date(2022, 5, 6))
    request = RecomputeRequest.objects.get()
    assert (request.month.label, request.booked_in.label) == ("2022年3月", "2022年4月")
    duty(world, person, APRIL, 1)
    line = world.draft(APRIL).lines.get(kind="difference")
    assert (line.amount, line.clause) == (Decimal("-50.00"), "五（二）1（3）")
    assert check_books() == []


def test_a_status_decided_backwards_is_found_when_the_next_month_is_drafted(world, march_paid, may):
    person, _shifts, march = march_paid
    world.public_servant(person, date(2022, 3, 1))
    assert any(line.startswith("I9") for line in check_books())
    asked = ask_where_facts_changed(county=world.county, month=APRIL, by=world.people["section"])
    assert asked == [march.month]
    april = world.draft(APRIL)
    assert sum(line.amount for line in april.lines.filter(kind="difference")) == Decimal("-600.00")
    assert ask_where_facts_changed(county=world.county, month=APRIL, by=world.people["section"]) == []
    assert check_books() == []


def test_the_command_asks_for_what_was_decided_backwards_and_a_refused_one_leaves_nothing(world, march_paid, may):
    person, _shifts, _march = march_paid
    Installation.objects.update_or_create(pk=1, defaults={"is_demo": True, "demo_today": date(2022, 5, 6)})  # TODAY is allowed
    world.public_servant(person, date(2022, 3, 1))
    told = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("draft_duty_pay", "2022-03", county=world.county.name, stderr=told)
    assert ended.value.code == 2 and "已支付，不能重新核算" in told.getvalue() and not RecomputeRequest.objects.exists()
    call_command("draft_duty_pay", "2022-04", county=world.county.name, stdout=StringIO())
    april = PaySheet.objects.get(month__first=APRIL.first)
    assert sum(line.amount for line in april.lines.filter(kind="difference")) == Decimal("-600.00")


# -- reopening


def test_a_closed_month_is_reopened_by_a_second_person_with_a_reason_and_no_booked_row_changes(world, march_paid, may):
    person, shifts, march = march_paid
    entries = list(LedgerEntry.objects.values_list("pk", "amount", "balance"))
    month = march.month
    with pytest.raises(MoneyRefused, match="权限"):
        propose_reopening(month_id=month.pk, reason="签到有误", by=world.people["cashier"])
    propose_reopening(month_id=month.pk, reason="签到有误", by=world.people["section"])
    world.post(world.people["section"], Role.LEADER)
    with pytest.raises(Exception, match="另一人审定"):
        decide_reopening(month_id=month.pk, reason="同意", by=world.people["section"])
    decide_reopening(month_id=month.pk, reason="同意", by=world.people["leader"])
    assert not Month.objects.get(pk=month.pk).is_closed
    Attendance.objects.filter(shift=shifts[2]).update(sign_in="08:40")
    duty(world, person, APRIL, 1)
    april = world.draft(APRIL)
    assert april.lines.get(kind="difference").amount == Decimal("-50.00")
    march.refresh_from_db()
    assert (march.status, march.total) == ("paid", Decimal("600.00"))
    assert list(LedgerEntry.objects.values_list("pk", "amount", "balance")) == entries
    held = {each.kind for each in what_holds_up(month=april.month, sheet=april)}
    assert held == {"reopened"}
    with pytest.raises(MoneyRefused, match="重新结账"):
        review_pay_sheet(sheet_id=april.pk, version=april.version, by=world.people["section2"])
    close_again(month_id=month.pk, by=world.people["finance"])
    assert Month.objects.get(pk=month.pk).is_closed
    assert paid(world, APRIL, date(2022, 5, 6)).status == "paid"
    assert check_books() == []


def test_a_month_that_is_not_paid_is_not_closed_again(world):
    world.ordinary_month()
    sheet = world.draft()
    with pytest.raises(MoneyRefused, match="还没有付清"):
        close_again(month_id=sheet.month_id, by=world.people["finance"])


# -- returned transfers


@pytest.mark.rule("Z-PAY-3")
def test_a_returned_transfer_is_reversed_and_paid_again_in_the_closed_month(world, march_paid):
    person, _shifts, march = march_paid
    payment = row_of(march, person).payments.get()
    record_returned_transfer(payment_id=payment.pk, returned_on=date(2022, 4, 6), reason="账号不符", by=world.people["cashier"])
    march.refresh_from_db()
    assert Month.objects.get(pk=march.month_id).is_closed and march.status == "paid"
    assert (world.fund.balance, world.fund.committed) == (Decimal("20000.00"), Decimal("600.00"))
    assert [row.practitioner for row in march.rows.to_pay()] == [person]
    with pytest.raises(MoneyRefused, match="已经登记过"):
        record_returned_transfer(payment_id=payment.pk, returned_on=date(2022, 4, 6), reason="又", by=world.people["cashier"])
    world.pay(march)
    assert (world.fund.balance, world.fund.committed) == (Decimal("19400.00"), Decimal("0.00"))
    amounts = list(LedgerEntry.objects.order_by("sequence").values_list("amount", flat=True))
    assert amounts == [20000, -600, 600, -600]
    assert check_books() == []


def test_a_changed_account_is_known_at_the_next_payment(world, march_paid):
    person, _shifts, _march = march_paid
    old = person.bank_accounts.get()
    old.state = "replaced"
    old.save()
    new = world.account(person)
    assert accounts_paid_before([person.pk])[person.pk] == old != new


@pytest.mark.rule("Z-PAY-3")
def test_cash_is_paid_up_to_a_thousand_yuan_and_beyond_only_with_the_banks_approval(world):
    from subsidies.services.payment import pay_row

    person = world.person("癸示例")
    duty(world, person, MARCH, 4)
    world.money("20000.00")
    sheet = world.to("approved", MARCH)
    row = row_of(sheet, person)
    pay = {"row_id": row.pk, "receipt_no": "C1", "paid_on": date(2022, 4, 6), "by": world.people["cashier"], "method": "cash"}
    with pytest.raises(MoneyRefused, match="1,200.00 元，超过 1,000 元不能付现金"):
        pay_row(**pay)
    assert pay_row(bank_approval_no="银准〔2022〕1号", **pay).status == "paid"


def test_a_payment_is_dated_between_its_approval_and_today(world):
    world.ordinary_month()
    world.money("20000.00")
    sheet = world.to("approved")
    for day in (date(2022, 4, 5), date(2022, 4, 7)):
        with pytest.raises(MoneyRefused, match="支付日期"):
            world.pay(sheet, day=day)


# -- reversals


def test_a_wrong_payment_is_reversed_by_the_leader_and_waits_to_be_paid_again(world, march_paid):
    person, _shifts, march = march_paid
    entry = LedgerEntry.objects.get(kind="payment")
    proposal = propose_reversal(entry_id=entry.pk, reason="付错账户", by=world.people["finance"])
    with pytest.raises(MoneyRefused, match="已有待审定"):
        propose_reversal(entry_id=entry.pk, reason="再提", by=world.people["section"])
    with pytest.raises(MoneyRefused, match="权限"):
        decide_reversal(proposal_id=proposal.pk, accept=True, by=world.people["finance"])
    decide_reversal(proposal_id=proposal.pk, accept=True, by=world.people["leader"])
    assert [row.practitioner for row in march.rows.to_pay()] == [person]
    assert check_books() == []
    with pytest.raises(MoneyRefused, match="已经冲销"):
        propose_reversal(entry_id=entry.pk, reason="又", by=world.people["finance"])
    with pytest.raises(MoneyRefused, match="不能再冲销"):
        propose_reversal(entry_id=entry.reversed_by.pk, reason="又", by=world.people["finance"])


def test_the_proposer_does_not_decide_and_a_refused_proposal_changes_nothing(world):
    entry = world.money("100.00").entry
    world.post(world.people["finance"], Role.LEADER)
    proposal = propose_reversal(entry_id=entry.pk, reason="重复", by=world.people["finance"])
    with pytest.raises(MoneyRefused, match="另一人审定"):
        decide_reversal(proposal_id=proposal.pk, accept=True, by=world.people["finance"])
    decide_reversal(proposal_id=proposal.pk, accept=False, by=world.people["leader"])
    assert world.fund.balance == 100


def test_two_months_stand_beside_each_other_person_by_person(world, march_paid, may):
    person, _shifts, march = march_paid
    other = world.person("子示例")
    duty(world, other, APRIL, 2)
    april = world.draft(APRIL)
    previous, rows = beside_last_month(april)
    assert previous == march
    assert [(r.name, r.before, r.now, r.difference) for r in rows] == [
        (other.name, None, Decimal("600.00"), Decimal("600.00")),
        (person.name, Decimal("600.00"), None, Decimal("-600.00")),
    ]


def test_the_months_beside_each_other_say_what_made_the_difference(world, march_paid, may):
    person, _shifts, _march = march_paid
    late, *_rest = duty(world, person, APRIL, 4)
    world.finding(late, "absence")
    _previous, (row,) = beside_last_month(world.draft(APRIL))
    assert row.why == ("应发多 300.00（班次 3 → 4）", "少扣 150.00") and row.difference == 300 + 150


def test_a_paid_month_is_not_said_to_be_sent_back(world, march_paid, may):
    with pytest.raises(Refused, match="已支付，不能重新核算；需要修改的，在未结账的月份记差额"):
        world.draft(MARCH)


def test_redrafting_equal_facts_gives_an_equal_sheet(world):
    """I9."""
    people = world.ordinary_month()
    world.finding(people[0].shifts.first(), "absence")

    def document():
        sheet = PaySheet.objects.get()
        return sheet.total, list(sheet.lines.order_by("pk").values_list("row__name", "shift", "kind", "amount", "clause", "note"))

    world.draft()
    first = document()
    world.draft()
    assert document() == first
