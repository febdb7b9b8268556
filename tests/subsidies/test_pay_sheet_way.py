"""A month's way from draft to paid, by different people. Z-PAY-2, plan 五（二）1; design.md 5."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from accounts.policy import Role
from common.periods import YearMonth
from consultations.models import StationMonth
from programmes.models import Month
from subsidies.models import PayChain, PaySheet
from subsidies.services.approval import approve_pay_sheet, check_pay_sheet, review_pay_sheet, send_back_pay_sheet
from subsidies.services.chains import decide_chain
from subsidies.services.checking import check_books
from subsidies.services.cockpit import what_holds_up
from subsidies.services.payment import pay_rows
from subsidies.services.refusals import MoneyRefused
from tests.subsidies.world import MARCH


@pytest.mark.rule("Z-PAY-2")
def test_a_month_goes_from_draft_to_paid_by_five_people_and_is_closed(world):
    world.ordinary_month()
    world.money("10000.00")
    sheet = world.to("paid")
    assert (sheet.status, sheet.total) == ("paid", Decimal("3600.00"))
    assert world.fund.balance == Decimal("6400.00")
    assert Month.objects.get(pk=sheet.month_id).is_closed
    assert [(e.from_status, e.to_status, e.by.username) for e in sheet.events.order_by("pk")] == [
        ("draft", "reviewed", "section2"),
        ("reviewed", "checked", "finance"),
        ("checked", "approved", "leader"),
        ("approved", "paid", "cashier"),
    ]
    assert check_books() == []


@pytest.mark.rule("Z-PAY-5")
def test_sheet_lines_payments_and_ledger_are_one_amount(world):
    world.ordinary_month()
    world.money("10000.00")
    sheet = world.to("paid")
    lines = sum(line.amount for line in sheet.lines.all())
    payments = sum(payment.amount for row in sheet.rows.all() for payment in row.payments.all())
    ledger = -sum(entry.amount for entry in world.fund.entries.filter(kind="payment"))
    assert lines == payments == ledger == sheet.total


def test_the_preparer_does_not_review(world):
    world.ordinary_month()
    sheet = world.draft()
    with pytest.raises(MoneyRefused, match="由您制表"):
        review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["section"])


def test_who_imported_facts_of_the_month_does_not_review(world):
    person = world.person("乙示例")
    world.shift(person, world.bagong, "2022-03-02", source="import", by=world.people["section2"])
    world.receive()
    sheet = world.draft()
    with pytest.raises(MoneyRefused, match="由您导入"):
        review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["section2"])


def test_a_form_that_is_older_than_the_sheet_is_refused(world):
    world.ordinary_month()
    sheet = world.draft()
    world.draft()
    with pytest.raises(MoneyRefused, match="刷新"):
        review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["section2"])


def test_nobody_acts_without_the_post(world):
    world.ordinary_month()
    sheet = world.draft()
    for login in ("leader", "cashier", "treasury"):
        with pytest.raises(MoneyRefused, match="权限"):
            review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people[login])
    with pytest.raises(MoneyRefused, match="权限"):
        review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.system)


def test_the_leader_needs_the_money_in_the_fund(world):
    world.ordinary_month()
    world.money("3000.00")
    sheet = world.to("checked")
    with pytest.raises(MoneyRefused, match="差 600.00 元"):
        approve_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["leader"])


def test_what_is_approved_and_unpaid_is_no_longer_free(world):
    world.ordinary_month()
    world.ordinary_month(YearMonth(2022, 2), people=2)
    world.money("5000.00")
    world.to("approved", YearMonth(2022, 2))
    assert (world.fund.balance, world.fund.committed, world.fund.free) == (5000, 2400, 2600)
    sheet = world.to("checked")
    with pytest.raises(MoneyRefused, match="可用 2,600.00 元"):
        approve_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["leader"])


@pytest.mark.parametrize("status", ["reviewed", "checked", "approved"])
def test_a_sheet_is_sent_back_with_a_reason_from_every_step_before_payment(world, status):
    world.ordinary_month()
    world.money("10000.00")
    sheet = world.to(status)
    with pytest.raises(MoneyRefused, match="理由"):
        send_back_pay_sheet(sheet_id=sheet.pk, version=sheet.version, reason=" ", by=world.people["leader"])
    sheet = send_back_pay_sheet(sheet_id=sheet.pk, version=sheet.version, reason="高都镇少一班", by=world.people["leader"])
    assert (sheet.status, sheet.reviewed_by, sheet.checked_by, sheet.approved_by) == ("draft", None, None, None)
    assert sheet.events.last().reason == "高都镇少一班"
    assert world.fund.committed == 0
    assert world.people["section"].notices.filter(text__contains="高都镇少一班").exists()
    assert world.to("paid").status == "paid"


def test_a_sheet_with_a_payment_is_not_sent_back(world):
    world.ordinary_month()
    world.money("10000.00")
    sheet = world.to("approved")
    world.pay(sheet, [sheet.rows.first()])
    sheet.refresh_from_db()
    with pytest.raises(MoneyRefused, match="已经有人支付"):
        send_back_pay_sheet(sheet_id=sheet.pk, version=sheet.version, reason="错了", by=world.people["leader"])


def test_a_sheet_on_which_nobody_is_paid_is_done_with_its_approval(world):
    person = world.person("丙示例", kind="public_lawyer", public=True)
    world.shift(person, world.centre, "2022-03-02")
    world.receive()
    sheet = world.to("approved")
    assert (sheet.status, sheet.total) == ("paid", 0)
    assert Month.objects.get(pk=sheet.month_id).is_closed


# -- chains of five, four and three


def chain(world, people):
    decide_chain(county=world.county, people=people, since=date(2022, 1, 1), reason="编制少", by=world.people["leader"])


def test_in_a_chain_of_five_finance_does_not_review(world):
    world.ordinary_month()
    sheet = world.draft()
    with pytest.raises(MoneyRefused, match="五人制"):
        review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["finance"])


@pytest.mark.parametrize("people", [4, 3])
def test_in_smaller_chains_finance_may_review_and_check(world, people):
    chain(world, people)
    world.ordinary_month()
    world.money("10000.00")
    sheet = world.draft()
    sheet = review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["finance"])
    sheet = check_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["finance"])
    sheet = approve_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["leader"])
    assert world.pay(sheet).status == "paid"
    assert check_books() == []


def test_in_a_chain_of_three_the_preparer_may_pay_but_in_one_of_four_not(world):
    world.post(world.people["section"], Role.CASHIER)
    world.money("20000.00")
    for people, period in ((4, YearMonth(2022, 2)), (3, MARCH)):
        decide_chain(county=world.county, people=people, since=period.first, reason="编制少", by=world.people["leader"])
        world.ordinary_month(period)
        sheet = world.to("approved", period)
        if people == 4:
            with pytest.raises(MoneyRefused, match="由您制表"):
                world.pay(sheet, by="section")
            world.pay(sheet)
        else:
            assert world.pay(sheet, by="section").status == "paid"
    assert check_books() == []


@pytest.mark.parametrize("people", [5, 4, 3])
def test_whatever_the_chain_the_preparer_never_approves_and_the_checker_never_pays(world, people):
    chain(world, people)
    world.post(world.people["section"], Role.LEADER)
    world.post(world.people["finance"], Role.CASHIER)
    world.ordinary_month()
    world.money("10000.00")
    sheet = world.to("checked")
    with pytest.raises(MoneyRefused, match="由您制表，不能再由您审批"):
        approve_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["section"])
    sheet = world.to("approved")
    with pytest.raises(MoneyRefused, match="由您审核，不能再由您支付"):
        world.pay(sheet, by="finance")


def test_a_chain_is_followed_by_a_later_one_only(world):
    chain(world, 4)
    with pytest.raises(MoneyRefused, match="要在它之后"):
        chain(world, 3)
    assert PayChain.objects.count() == 1


# -- what holds a month up


def kinds(world, period=MARCH):
    sheet = PaySheet.objects.get(month__first=period.first)
    return {each.kind: each for each in what_holds_up(month=sheet.month, sheet=sheet)}


def test_a_month_that_nothing_holds_up_can_be_reviewed(world):
    world.ordinary_month()
    world.draft()
    assert kinds(world) == {}


def test_the_cockpit_names_stations_that_have_not_confirmed_and_those_not_received(world):
    world.ordinary_month()
    StationMonth.objects.filter(station=world.bagong).update(state="confirmed", received_by=None, received_at=None)
    StationMonth.objects.filter(station=world.gaodu).delete()
    sheet = world.draft()
    found = kinds(world)
    assert [name for name, _url in found["station_open"].items] == ["高都镇"] and found["station_open"].who == "站点负责人"
    assert [name for name, _url in found["station_confirmed"].items] == ["巴公镇"] and found["station_confirmed"].who == "业务股"
    with pytest.raises(MoneyRefused, match="还没有确认当月考勤"):
        review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["section2"])


def test_an_unsettled_shift_holds_the_month_up(world):
    people = world.ordinary_month()
    world.shift(people[0], world.bagong, "2022-03-30", signed=False)
    sheet = world.draft()
    assert "缺签到、签退" in kinds(world)["unsettled"].items[0][0]
    with pytest.raises(MoneyRefused, match="1 个班次未定"):
        review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["section2"])


@pytest.mark.parametrize("kind", ["sham_duty", "no_show"])
def test_an_open_check_of_sham_duty_or_no_show_holds_the_month_up_but_a_complaint_does_not(world, kind):
    people = world.ordinary_month()
    shift = people[0].shifts.first()
    world.finding(shift, "complaint", state="reported", number="1")
    world.draft()
    assert not kinds(world)["open_checks"].is_blocking
    world.finding(shift, kind, state="reported")
    assert {"unsettled", "stale"} <= kinds(world).keys()


def test_a_payable_person_without_account_holds_the_month_up(world):
    person = world.person("丁示例", account=False)
    world.shift(person, world.bagong, "2022-03-02")
    world.receive()
    sheet = world.draft()
    assert [name for name, _url in kinds(world)["account"].items] == ["丁示例"]
    with pytest.raises(MoneyRefused, match="没有收款账户"):
        review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["section2"])


def test_facts_that_changed_after_drafting_ask_for_a_redraft(world):
    people = world.ordinary_month()
    sheet = world.draft()
    world.finding(people[1].shifts.first(), "record_defect", number="9")
    assert kinds(world)["stale"].items == [("甲1示例", "")]
    with pytest.raises(MoneyRefused, match="数据已变动，请重新核算"):
        review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=world.people["section2"])
    world.draft()
    assert kinds(world) == {}


def test_an_earlier_draft_holds_the_month_up(world):
    world.ordinary_month(YearMonth(2022, 2))
    world.draft(YearMonth(2022, 2))
    world.ordinary_month()
    world.draft()
    assert "2022年2月" in kinds(world)["earlier"].words


# -- trails


def test_every_move_leaves_an_audit_entry(world):
    world.ordinary_month()
    world.money("10000.00")
    sheet = world.to("paid")
    acts = AuditEntry.objects.filter(object_type="subsidies.PaySheet", object_id=str(sheet.pk)).order_by("pk")
    assert list(acts.values_list("action", flat=True)) == [
        "subsidies.draft_pay",
        "subsidies.review_pay",
        "subsidies.check_pay",
        "subsidies.approve_pay",
        "subsidies.pay",
    ]
    assert AuditEntry.objects.filter(object_type="subsidies.Payment").count() == 3


def test_a_second_arrival_of_the_same_form_pays_nobody_twice(world):
    from subsidies.services.payment import Receipt

    world.ordinary_month()
    world.money("10000.00")
    sheet = world.to("approved")
    row = sheet.rows.first()
    pay = {"sheet_id": sheet.pk, "paid_on": date(2022, 4, 6), "by": world.people["cashier"], "key": "form-1"}
    pay_rows(receipts=[Receipt(row.pk, "R1")], **pay)
    with pytest.raises(MoneyRefused, match="已经提交过"):
        pay_rows(receipts=[Receipt(row.pk, "R1")], **pay)
    assert row.payments.count() == 1
