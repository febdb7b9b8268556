"""From the workbook to the ledger through the services alone, by the demonstration's logins, each with her own hands."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import User
from accounts.services import system_user
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import StationMonth
from consultations.services.station_months import confirm_station_month, receive_station_month, stations_of
from desk.services.demo import add_logins
from organizations.models import Region
from programmes.models import Month
from programmes.services.calendars import load_calendar
from programmes.services.loading import load_plan
from records.services import remember_day
from subsidies.models import Fund, FundMovement, PaySheet
from subsidies.services.approval import approve_pay_sheet, check_pay_sheet, review_pay_sheet
from subsidies.services.cockpit import what_holds_up
from subsidies.services.drafting import draft_duty_pay
from subsidies.services.funds import enter_movement, fund_of
from subsidies.services.payment import Receipt, pay_rows

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
MARCH = YearMonth(2022, 3)


@pytest.fixture
def county(db):
    system = system_user()
    load_plan(content=(ROOT / "programmes/plans/zezhou-2022.toml").read_bytes(), by=system)
    load_calendar(by=system)
    add_logins(by=system, password="demonstration only")
    remember_day(day=date(2022, 4, 12))
    return Region.objects.counties().get(code="140525")


@pytest.fixture
def by(county):
    users = {user.username: user for user in User.objects.people()}
    return users.__getitem__


def command(*words):
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def import_and_draft():
    for file in ("zezhou-2022-03.xlsx", "zezhou-2022-03-settle.xlsx"):
        command("import_workbook", str(DATA / file), "--county", "140525", "--as", "section")
    return json.loads(command("draft_duty_pay", "2022-03", "--county", "140525", "--as", "section", "--json"))


def confirm_and_receive(county, by):
    """巴公镇 has a head; the other stations' months are confirmed by an officer who neither entered nor drafts."""
    for awaited in stations_of(county=county, period=MARCH):
        confirmer = "head" if awaited.station.short_name == "巴公镇" else "section2"
        confirm_station_month(station=awaited.station, period=MARCH, by=by(confirmer))
        receive_station_month(station=awaited.station, period=MARCH, by=by("section"))


def fill_fund(county, by):
    for kind in (FundMovement.Kind.ARRIVED, FundMovement.Kind.FORWARDED):
        enter_movement(fund=fund_of(county=county, kind=Fund.Kind.SPECIAL), kind=kind, day=date(2022, 4, 1),
                       amount=Decimal("100000.00"), document_no="演示〔2022〕1号", by=by("finance"))  # fmt: skip


def test_a_month_goes_from_the_workbook_to_the_ledger_by_the_different_logins(county, by):
    document = import_and_draft()
    assert document["total"] == "21160.00" and document["unsettled"] == []
    sheet = PaySheet.objects.get()

    with pytest.raises(Refused):  # no station has confirmed yet
        review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=by("section2"))
    confirm_and_receive(county, by)
    assert set(StationMonth.objects.values_list("state", flat=True)) == {"received"}

    with pytest.raises(Refused):  # who drafted it does not review it
        review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=by("section"))
    sheet = review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=by("section2"))
    sheet = check_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=by("finance"))
    with pytest.raises(Refused):  # the fund is empty
        approve_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=by("leader"))
    fill_fund(county, by)
    sheet = approve_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=by("leader"))

    payable = list(sheet.rows.to_pay())
    receipts = [Receipt(row.pk, f"回单{n:03}") for n, row in enumerate(payable, start=1)]
    with pytest.raises(Refused):  # finance checked it, so finance does not pay it
        pay_rows(sheet_id=sheet.pk, receipts=receipts, paid_on=date(2022, 4, 12), by=by("finance"))
    sheet = pay_rows(sheet_id=sheet.pk, receipts=receipts, paid_on=date(2022, 4, 12), by=by("cashier"))

    assert sheet.status == PaySheet.Status.PAID
    assert Month.objects.get(county=county, first=MARCH.first).is_closed
    last = sheet.fund.entries.order_by("-sequence").first()
    assert last.balance == Decimal("100000.00") - Decimal("21160.00")
    assert command("check_books") == "" or "没有" in command("check_books")


def test_once_it_is_reviewed_the_month_is_not_drafted_again(county, by):
    import_and_draft()
    confirm_and_receive(county, by)
    sheet = PaySheet.objects.get()
    review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=by("section2"))
    with pytest.raises(Refused, match="不能重新核算"):
        draft_duty_pay(county=county, month=MARCH, by=by("section"))
    with pytest.raises(SystemExit) as stopped:
        command("draft_duty_pay", "2022-03", "--county", "140525")
    assert stopped.value.code == 2


def test_who_confirmed_stations_in_their_heads_stead_does_not_draft_their_pay(county, by):
    import_and_draft()
    confirm_and_receive(county, by)
    sheet = draft_duty_pay(county=county, month=MARCH, by=by("section2"))
    [obstacle] = [each for each in what_holds_up(month=sheet.month, sheet=sheet) if each.kind == "confirmed_by_drafter"]
    assert obstacle.is_blocking and "代 16 个站点确认了考勤" in obstacle.words
    sheet = draft_duty_pay(county=county, month=MARCH, by=by("section"))
    assert "confirmed_by_drafter" not in [each.kind for each in what_holds_up(month=sheet.month, sheet=sheet)]
