"""The demonstration's money: what came, the months paid by the different hands, and what is open now."""

from datetime import date
from decimal import Decimal

from common.periods import YearMonth
from consultations.models import StationMonth
from desk.services.demo import case_money, duty
from records.services import remember_day
from subsidies.models import Fund, FundMovement, Payment
from subsidies.services.approval import approve_pay_sheet, check_pay_sheet, review_pay_sheet
from subsidies.services.drafting import draft_duty_pay
from subsidies.services.funds import enter_movement, fund_of
from subsidies.services.payment import Receipt, pay_rows, record_returned_transfer

K = FundMovement.Kind
MOVEMENTS = (
    (date(2022, 1, 20), K.ARRIVED, "260000.00", "晋市财政法〔2022〕演示1号"),
    (date(2022, 1, 26), K.FORWARDED, "260000.00", "晋市财政法〔2022〕演示1号"),
    (date(2022, 6, 15), K.ARRIVED, "174600.00", "晋市财政法〔2022〕演示2号"),
    (date(2022, 6, 27), K.FORWARDED, "174600.00", "晋市财政法〔2022〕演示2号"),
    (date(2022, 9, 20), K.ARRIVED, "30000.00", "晋市财政法〔2022〕演示3号"),
)
PAID_MONTHS = range(1, 8)
AUGUST = YearMonth(2022, 8)


def enter_movements(*, county, finance, after, until) -> None:
    """What came between two days, entered when it came, so that the cash book reads in order."""
    for day, kind, amount, number in MOVEMENTS:
        if after < day <= until:
            remember_day(day=day)
            enter_movement(
                fund=fund_of(county=county, kind=Fund.Kind.SPECIAL), kind=kind, day=day, amount=Decimal(amount),
                document_no=number, remark="演示数据", by=finance,
            )  # fmt: skip


def pay_months(*, county, users) -> None:
    """January to July paid and closed, two quarters of cases paid and reported between; August drafted, two stations still to come."""
    entered = date(2021, 12, 31)
    case_money.enter_operating_money(county=county, users=users)
    for number in PAID_MONTHS:
        pays_on = pay_day(YearMonth(2022, number))
        enter_movements(county=county, finance=users["finance"], after=entered, until=pays_on)
        entered = pays_on
        pay_month(county=county, period=YearMonth(2022, number), users=users)
        if number in (3, 6):
            case_money.close_quarter(county=county, users=users, quarter=YearMonth(2022, number).quarter)
    enter_movements(county=county, finance=users["finance"], after=entered, until=date(2022, 9, 25))
    remember_day(day=date(2022, 9, 19))
    returned = Payment.objects.filter(row__sheet__month__first=YearMonth(2022, 7).first).order_by("pk").first()
    record_returned_transfer(
        payment_id=returned.pk, returned_on=date(2022, 9, 19), reason="户名与账号不符，银行退回（演示）", by=users["cashier"]
    )
    duty.receive_months(
        county=county, period=AUGUST, head_user=users["head"], section=users["section"], section2=users["section2"],
        but=(("巴公镇", StationMonth.State.OPEN), ("柳树口镇", StationMonth.State.CONFIRMED)),
    )  # fmt: skip
    draft_duty_pay(county=county, month=AUGUST, by=users["section"])


def pay_day(period) -> date:
    return period.next().first.replace(day=12)


def pay_month(*, county, period, users) -> None:
    duty.receive_months(
        county=county, period=period, head_user=users["head"], section=users["section"], section2=users["section2"]
    )
    remember_day(day=pay_day(period))
    sheet = draft_duty_pay(county=county, month=period, by=users["section"])
    sheet = review_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=users["section2"])
    sheet = check_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=users["finance"])
    sheet = approve_pay_sheet(sheet_id=sheet.pk, version=sheet.version, by=users["leader"])
    receipts = [
        Receipt(row.pk, f"演示{period.year}{period.month:02}{n:03}") for n, row in enumerate(sheet.rows.to_pay(), start=1)
    ]
    pay_rows(sheet_id=sheet.pk, receipts=receipts, paid_on=pay_day(period), by=users["cashier"])
