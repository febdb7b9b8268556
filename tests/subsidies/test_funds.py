"""Receipts with their clock, reconciliation, forecast. Z-FUND-1, Z-FUND-2, plan 五（一）; domain.md 1.13, 9.4."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest

from common.workbooks.writing import Column, Sheet, write_workbook
from subsidies.models import FundMovement
from subsidies.rules.forecast import Cases, Turns, forecast, months_turns, weekly_turns
from subsidies.services.checking import check_books
from subsidies.services.forecasting import forecast_year, year_of_money
from subsidies.services.funds import arrivals, confirm_movement, enter_movement, forward_due_on
from subsidies.services.reconciliation import (
    StatementLine,
    agree_statement,
    enter_statement,
    match_line,
    position_of,
    read_statement,
)
from subsidies.services.refusals import MoneyRefused


def move(world, kind, day, amount, number="1号", by="finance"):
    return enter_movement(
        fund=world.fund, kind=kind, day=date.fromisoformat(day), amount=Decimal(amount), document_no=number, by=world.people[by]
    )


@pytest.mark.rule("Z-FUND-1")
@pytest.mark.parametrize(
    ("arrived", "due"),
    [("2022-01-28", "2022-02-09"), ("2022-03-01", "2022-03-08"), ("2022-04-29", "2022-05-10"), ("2022-09-28", "2022-10-10")],
)
def test_money_is_forwarded_within_five_working_days(world, arrived, due):
    assert forward_due_on(world.county, date.fromisoformat(arrived)) == date.fromisoformat(due)


@pytest.mark.rule("Z-FUND-1")
def test_an_arrival_moves_no_balance_and_forwarding_does(world):
    move(world, "arrived", "2022-03-01", "434600.00")
    assert world.fund.balance == 0
    move(world, "forwarded", "2022-03-08", "434600.00")
    assert world.fund.balance == Decimal("434600.00")
    (arrival,) = arrivals(funds=[world.fund], today=date(2022, 4, 6))
    assert (arrival.forwarded_on, arrival.late_days, arrival.rest) == (date(2022, 3, 8), 0, 0)


@pytest.mark.rule("Z-FUND-1")
def test_late_days_run_until_the_whole_of_it_is_forwarded_under_its_number(world):
    move(world, "arrived", "2022-03-01", "1000.00")
    move(world, "forwarded", "2022-03-07", "400.00")
    move(world, "forwarded", "2022-03-07", "900.00", number="2号")
    (arrival,) = arrivals(funds=[world.fund], today=date(2022, 3, 18))
    assert (arrival.forwarded, arrival.rest, arrival.forwarded_on, arrival.late_days) == (400, 600, None, 10)
    move(world, "forwarded", "2022-03-11", "600.00")
    (arrival,) = arrivals(funds=[world.fund], today=date(2022, 4, 6))
    assert (arrival.forwarded_on, arrival.late_days) == (date(2022, 3, 11), 3)


@pytest.mark.rule("Z-FUND-2")
def test_returned_money_raises_and_remitted_money_lowers_the_balance_never_below_zero(world):
    move(world, "forwarded", "2022-01-10", "1000.00")
    move(world, "returned", "2022-01-11", "50.00")
    move(world, "remitted", "2022-01-12", "300.00")
    assert world.fund.balance == Decimal("750.00")
    with pytest.raises(MoneyRefused, match="资金余额不足：差 250.00 元"):
        move(world, "remitted", "2022-01-13", "1000.00")
    assert FundMovement.objects.count() == 3
    assert check_books() == []


def test_what_is_approved_and_unpaid_is_not_remitted(world):
    world.ordinary_month()
    world.money("4000.00")
    world.to("approved")
    with pytest.raises(MoneyRefused, match="已审批未支付的补贴要用这笔钱"):
        move(world, "remitted", "2022-04-06", "500.00")


def test_the_same_document_is_entered_once(world):
    move(world, "forwarded", "2022-01-10", "1000.00")
    with pytest.raises(MoneyRefused, match="已经登记过"):
        move(world, "forwarded", "2022-01-10", "1000.00")


def test_only_finance_enters_and_only_the_treasury_confirms(world):
    with pytest.raises(MoneyRefused, match="权限"):
        move(world, "forwarded", "2022-01-10", "1.00", by="cashier")
    movement = move(world, "arrived", "2022-01-10", "1.00")
    with pytest.raises(MoneyRefused, match="权限"):
        confirm_movement(movement_id=movement.pk, by=world.people["finance"])
    assert confirm_movement(movement_id=movement.pk, by=world.people["treasury"]).confirmed_by == world.people["treasury"]


@pytest.mark.parametrize(("day", "amount", "words"), [("2022-04-07", "1.00", "在今天之后"), ("2022-04-06", "0.00", "大于 0")])
def test_money_of_tomorrow_and_of_nothing_is_refused(world, day, amount, words):
    with pytest.raises(MoneyRefused, match=words):
        move(world, "forwarded", day, amount)


def test_vouchers_are_numbered_by_year_without_gaps_also_after_a_refusal(world):
    move(world, "forwarded", "2021-12-30", "10.00")
    move(world, "forwarded", "2022-01-10", "10.00")
    with pytest.raises(MoneyRefused):
        move(world, "remitted", "2022-01-11", "1000.00")
    move(world, "forwarded", "2022-01-12", "10.00")
    assert list(world.fund.entries.values_list("year", "voucher_no")) == [(2021, 1), (2022, 1), (2022, 2)]


# -- reconciliation


def statement(world, *lines, closing, first="2022-01-01", last="2022-04-06", by="finance"):
    return enter_statement(
        fund=world.fund,
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        closing_balance=Decimal(closing),
        lines=[StatementLine(date.fromisoformat(day), Decimal(amount), text, number) for day, amount, text, number in lines],
        by=world.people[by],
    )


@pytest.fixture
def paid_month(world):
    world.ordinary_month()
    world.money("10000.00")
    return world.to("paid")


def bank_lines(sheet):
    receipts = [row.payments.get().receipt_no for row in sheet.rows.order_by("pk")]
    return [("2022-01-10", "10000.00", "财政", ""), *(("2022-04-06", "-1200.00", "代发", number) for number in receipts)]


def test_a_statement_matches_by_receipt_number_even_where_amounts_are_equal(world, paid_month):
    found = statement(world, *bank_lines(paid_month), closing="6400.00")
    assert not found.lines.filter(entry=None).exists()
    for line in found.lines.exclude(receipt_no=""):
        assert line.entry.payment.receipt_no == line.receipt_no
    assert position_of(found).is_even
    assert agree_statement(statement_id=found.pk, by=world.people["finance"]).differences == []


def test_equal_amounts_without_receipt_numbers_wait_for_a_person(world, paid_month):
    lines = [(day, amount, text, "") for day, amount, text, _number in bank_lines(paid_month)]
    found = statement(world, *lines, closing="6400.00")
    assert found.lines.filter(entry=None).count() == 3
    line = found.lines.filter(entry=None).first()
    entry = position_of(found).only_ledger[0]
    match_line(line_id=line.pk, entry_id=entry.pk, by=world.people["finance"])
    assert position_of(found).is_even
    received = world.fund.entries.first()
    with pytest.raises(MoneyRefused, match="金额不符"):
        match_line(line_id=found.lines.filter(entry=None).first().pk, entry_id=received.pk, by=world.people["finance"])


def test_a_statement_is_agreed_only_when_it_equals_the_ledger_with_the_differences_listed(world, paid_month):
    lines = bank_lines(paid_month)[:-1]
    wrong = statement(world, *lines, closing="7000.00")
    with pytest.raises(MoneyRefused, match="相差 600.00 元"):
        agree_statement(statement_id=wrong.pk, by=world.people["finance"])
    wrong.delete()
    right = statement(world, *lines, ("2022-04-06", "3.00", "利息", ""), closing="7603.00")
    agreed = agree_statement(statement_id=right.pk, by=world.people["finance"])
    assert [(d["side"], d["amount"]) for d in agreed.differences] == [("银行", "3.00"), ("台账", "-1200.00")]
    assert agreed.ledger_balance == Decimal("6400.00")
    with pytest.raises(MoneyRefused, match="已对平|已经对平"):
        agree_statement(statement_id=right.pk, by=world.people["finance"])


def test_the_cashier_does_not_reconcile(world, paid_month):
    with pytest.raises(MoneyRefused, match="权限"):
        statement(world, closing="0.00", by="cashier")


def test_statements_do_not_overlap(world, paid_month):
    statement(world, closing="0.00", last="2022-03-31")
    with pytest.raises(MoneyRefused, match="日期重叠"):
        statement(world, closing="0.00", first="2022-03-31")


def workbook(rows, name="对账单", headers=("日期", "金额", "摘要", "回单号")):
    stream = BytesIO()
    write_workbook([Sheet(name, [Column(header) for header in headers], rows, plain=True)], stream)
    return stream.getvalue()


def test_a_statement_is_read_from_a_workbook():
    lines = read_statement(workbook([("2022-4-6", "-1200.00", "代发", "R1"), ("2022年4月6日", "10,000", "", "")]))
    assert lines == [
        StatementLine(date(2022, 4, 6), Decimal("-1200.00"), "代发", "R1"),
        StatementLine(date(2022, 4, 6), Decimal("10000.00"), "", ""),
    ]


def test_a_bad_statement_workbook_names_every_cell():
    with pytest.raises(MoneyRefused) as caught:
        read_statement(workbook([("昨天", "-1200.00", "", ""), ("2022-4-6", "一千", "", "")]))
    assert "第 2 行“日期”" in str(caught.value) and "第 3 行“金额”" in str(caught.value)
    with pytest.raises(MoneyRefused, match="没有名为“对账单”的工作表"):
        read_statement(workbook([], name="别的"))


# -- forecast


def test_the_forecast_of_a_whole_year_is_the_plans_own_arithmetic():
    """domain.md 1.13: 49,800 + 249,600 + 135,000 = 434,400."""
    turns = [Turns("县中心", 249, Decimal("200.00")), Turns("乡镇站", 16 * 52, Decimal("300.00"))]
    whole = forecast(fixed=Decimal("0.00"), turns=turns, cases=Cases(135, Decimal("1000.00")))
    assert [each.cost for each in whole.turns] == [49_800, 249_600]
    assert (whole.cases.cost, whole.total) == (135_000, 434_400)


def test_weeks_of_a_year_and_turns_of_months():
    assert weekly_turns(date(2022, 1, 1), date(2022, 12, 31)) == 52
    assert weekly_turns(date(2022, 10, 1), date(2022, 12, 31)) == 13
    assert months_turns(2, 5) == 10


def test_the_forecast_of_a_county_without_rosters_is_the_plans_arithmetic(world):
    assert forecast_year(plan=world.plan, today=date(2022, 1, 1)).total == Decimal("434400.00")


def test_the_forecast_counts_what_is_fixed_then_what_is_rostered_then_what_is_expected(world):
    world.ordinary_month()
    world.money("10000.00")
    before = forecast_year(plan=world.plan, today=date(2022, 4, 6))
    world.to("paid")
    after = forecast_year(plan=world.plan, today=date(2022, 4, 6))
    assert (before.fixed, after.fixed) == (0, Decimal("3600.00"))
    assert before.total == after.total
    rostered = before.duty_to_come - after.duty_to_come
    assert rostered == Decimal("3600.00")


def test_the_year_of_money_adds_up_with_the_cash_book(world):
    world.ordinary_month()
    world.money("10000.00")
    world.to("paid")
    year = year_of_money(plan=world.plan, today=date(2022, 4, 6))
    assert (year.received, year.paid, year.received - year.paid) == (10000, 3600, world.fund.balance)
    assert year.actual[3] == 3600 and year.actual[4] is None
    assert year.planned[-1] == year.forecast.total
