"""A county with the shipped Zezhou plan, its people, and short ways to make a month of duty. Reused by tests of other floors."""

from datetime import date, time
from decimal import Decimal
from itertools import count
from pathlib import Path

from django.db import transaction

from accounts.models import User
from accounts.policy import Role
from accounts.services import system_user
from common import clock
from common.encryption import keyed_index
from common.periods import YearMonth
from consultations.models import Attendance, Finding, Shift, StationMonth
from organizations.models import BankAccount, PoolEntry, Post, Practitioner, PublicServantStatus, Station
from programmes.services.calendars import load_calendar
from programmes.services.loading import load_plan
from programmes.services.months import lock_month
from records.services import keep_file
from subsidies.models import Fund, PaySheet
from subsidies.services.approval import approve_pay_sheet, check_pay_sheet, review_pay_sheet
from subsidies.services.drafting import draft_duty_pay
from subsidies.services.funds import enter_movement, fund_of
from subsidies.services.payment import Receipt, pay_rows

PLAN = Path(__file__).resolve().parents[2] / "programmes" / "plans" / "zezhou-2022.toml"
MARCH = YearMonth(2022, 3)
PASSWORD = "a long enough password"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial):
    """A valid, plainly fictional ID number."""
    digits = f"14052519900101{serial:03d}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]


class World:
    """Everything a test of money needs to stand on. `world.people["section"]` and so on hold their posts in the county."""

    ROLES = {
        "section": Role.SECTION,
        "section2": Role.SECTION,
        "leader": Role.LEADER,
        "finance": Role.FINANCE,
        "cashier": Role.CASHIER,
        "treasury": Role.TREASURY,
    }

    def __init__(self):
        self.system = system_user()
        load_calendar(by=self.system, years=[2022])
        self.plan = load_plan(content=PLAN.read_bytes(), by=self.system).plan
        self.county = self.plan.region
        self.centre = Station.objects.get(county=self.county, kind=Station.Kind.COUNTY_CENTRE)
        self.bagong = Station.objects.get(county=self.county, short_name="巴公镇")
        self.gaodu = Station.objects.get(county=self.county, short_name="高都镇")
        self.serial = count(1)
        self.people = {login: self.user(role, login) for login, role in self.ROLES.items()}

    # -- people

    def user(self, role, login, station=None, region=None):
        user = User.objects.create_user(username=login, password=PASSWORD, name=f"示例{login}", is_demo=True)
        self.post(user, role, station, region)
        return user

    def post(self, user, role, station=None, region=None):
        Post.objects.create(
            user=user,
            role=Role(role),
            region=region or self.county,
            station=station,
            since="2018-01-01",
            is_confirmed=True,
            entered_by=self.system,
        )
        user.__dict__.pop("posts_in_force", None)
        return user

    def person(self, name, *, kind="lawyer", public=False, account=True, user=None):
        number = id_number(next(self.serial))
        person = Practitioner.objects.create(
            name=name,
            id_number=number,
            id_index=keyed_index(number),
            kind=kind,
            user=user,
            qualification_no="A1",
            service_years=9,
        )
        PoolEntry.objects.create(
            practitioner=person, county=self.county, since="2022-01-01", state="admitted", entered_by=self.system
        )
        if public:
            self.public_servant(person, date(2022, 1, 1))
        if account:
            self.account(person)
        return person

    def public_servant(self, person, since, until=None):
        return PublicServantStatus.objects.create(
            practitioner=person, since=since, until=until, is_public_servant=True, evidence="任职文件", confirmed_by=self.system
        )

    def account(self, person):
        """The account she is paid into; a later one with the payee's paper and a second person."""
        number = f"62220000{next(self.serial):08d}"
        is_first = not person.bank_accounts.exists()
        return BankAccount.objects.create(
            practitioner=person,
            holder=person.name,
            bank_name="示例银行",
            account_no=number,
            account_index=keyed_index(number),
            state="confirmed",
            is_first=is_first,
            proposed_by=self.system,
            proposed_at=clock.now(),
            decided_by=None if is_first else self.people["leader"],
            decided_at=None if is_first else clock.now(),
            paper=None if is_first else keep_file(content=b"%PDF-1.4 paper", name="账户确认书.pdf", purpose="account"),
        )

    # -- duty

    def shift(self, person, station, day, *, signed=True, late=0, early=0, source="clerk", by=None):
        """A planned shift; served in full unless told otherwise (minutes late, minutes early, or not signed at all)."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        starts, ends, lunch = (time(8), time(18), 120) if station.kind == "county_centre" else (time(8, 30), time(12, 30), 0)
        shift = Shift.objects.create(
            station=station,
            day=day,
            starts_at=starts,
            ends_at=ends,
            lunch_minutes=lunch,
            practitioner=person,
            created_by=self.system,
        )
        if signed:
            Attendance.objects.create(
                shift=shift,
                sign_in=moved(starts, late),
                sign_out=moved(ends, -early),
                source=source,
                signed_in_by=by or self.system,
                signed_out_by=by or self.system,
                signed_in_at=clock.now(),
                signed_out_at=clock.now(),
            )
        return shift

    def finding(self, shift, kind, *, times=1, state="upheld", number="", booked_in=None, continues=None):
        decided = state in ("upheld", "dropped")
        return Finding.objects.create(
            shift=shift,
            kind=kind,
            times=times,
            state=state,
            source="report",
            consultation_no=number,
            reported_by=self.system,
            reported_at=clock.now(),
            decided_by=self.people["section"] if decided else None,
            decided_at=clock.now() if decided else None,
            booked_in=booked_in,
            continues=continues,
        )

    def month(self, period=MARCH):
        with transaction.atomic():
            return lock_month(county=self.county, year_month=period)

    def receive(self, period=MARCH):
        """Every station with duty in the month confirmed by its head's signed sheet and received by the bureau."""
        month = self.month(period)
        on_duty = Shift.objects.in_month(month).in_county(self.county).values_list("station", flat=True).distinct().order_by()
        for station_id in on_duty:
            StationMonth.objects.update_or_create(
                station_id=station_id,
                month=month,
                defaults={
                    "state": "received",
                    "attested_paper": "审定表",
                    "received_by": self.people["section"],
                    "received_at": clock.now(),
                },
            )
        return month

    def ordinary_month(self, period=MARCH, people=3):
        """Some people with clean township duty once a week: 1,200.00 each where the month has four such days."""
        found = []
        for number in range(people):
            person = Practitioner.objects.filter(name=f"甲{number}示例").first() or self.person(f"甲{number}示例")
            for week in range(4):
                self.shift(person, [self.bagong, self.gaodu][number % 2], date(period.year, period.month, 1 + 7 * week + number))
            found.append(person)
        self.receive(period)
        return found

    # -- money

    @property
    def fund(self):
        return fund_of(county=self.county, kind=Fund.Kind.SPECIAL)

    def money(self, amount, day="2022-01-10", document_no="晋市财〔2022〕1号"):
        """Money in the bureau's account."""
        return enter_movement(
            fund=self.fund,
            kind="forwarded",
            day=date.fromisoformat(day),
            amount=Decimal(amount),
            document_no=document_no,
            by=self.people["finance"],
        )

    def draft(self, period=MARCH, by="section"):
        return draft_duty_pay(county=self.county, month=period, by=self.people[by])

    def to(self, status, period=MARCH, *, day=date(2022, 4, 6)):
        """The month's sheet brought as far as `status` by the five, one after the other."""
        sheet = PaySheet.objects.filter(month__county=self.county, month__first=period.first).first() or self.draft(period)
        steps = {
            "draft": (review_pay_sheet, "section2"),
            "reviewed": (check_pay_sheet, "finance"),
            "checked": (approve_pay_sheet, "leader"),
        }
        while sheet.status != status and sheet.status in steps:
            step, who = steps[sheet.status]
            sheet = step(sheet_id=sheet.pk, version=sheet.version, by=self.people[who])
        return sheet if sheet.status in (status, "paid") else self.pay(sheet, day=day)

    def pay(self, sheet, rows=None, *, day=date(2022, 4, 6), by="cashier"):
        rows = list(sheet.rows.to_pay()) if rows is None else rows
        receipts = [Receipt(row.pk, f"R{sheet.month.period}-{row.pk}-{next(self.serial)}") for row in rows]
        return pay_rows(sheet_id=sheet.pk, receipts=receipts, paid_on=day, by=self.people[by])


def moved(at, minutes):
    whole = at.hour * 60 + at.minute + minutes
    return time(whole // 60, whole % 60)
