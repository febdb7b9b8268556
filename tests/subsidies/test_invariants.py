"""What must never happen about money, tried by every path there is: ORM, update(), bulk, raw SQL, COPY (safety.md 3).

Everything runs as the program's role. The database itself must refuse, now or when the transaction ends.
"""

from datetime import date, datetime, time
from decimal import Decimal
from io import StringIO

import psycopg2
import psycopg2.errors
import pytest
from django.db import DatabaseError, connection, models, transaction

from accounts.models import AuditEntry
from common import clock
from common.periods import YearMonth
from consultations.models import Attendance, Finding, RollCall, Settlement, Shift, StationMonth
from programmes.models import Month, MonthEvent, Term
from subsidies.models import (
    BankStatement,
    FundMovement,
    LedgerEntry,
    PayChain,
    PayLine,
    Payment,
    PayRow,
    PaySheet,
    PaySheetEvent,
    Submission,
)
from subsidies.services.chains import decide_chain
from subsidies.services.funds import enter_movement
from subsidies.services.payment import record_returned_transfer
from tests.subsidies.world import World

FEBRUARY, MARCH, APRIL = YearMonth(2022, 2), YearMonth(2022, 3), YearMonth(2022, 4)
REFUSALS = (
    psycopg2.errors.CheckViolation,
    psycopg2.errors.UniqueViolation,
    psycopg2.errors.ExclusionViolation,
    psycopg2.errors.RestrictViolation,
    psycopg2.errors.InsufficientPrivilege,
    psycopg2.errors.NotNullViolation,
    psycopg2.errors.ForeignKeyViolation,
)
NOW = datetime(2022, 4, 6, 9, 0, tzinfo=clock.SHANGHAI)


def refused(act):
    """The act fails in the database, with a refusal and not by a slip of the test."""
    with pytest.raises((DatabaseError, psycopg2.Error)) as caught, transaction.atomic():
        act()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    # COPY comes without Django's wrapping.
    cause = caught.value if isinstance(caught.value, psycopg2.Error) else caught.value.__cause__
    assert isinstance(cause, REFUSALS), f"not a refusal but {caught.value!r}"


def column(model, name):
    return model._meta.get_field(name).column


def value_of(value):
    return value.pk if isinstance(value, models.Model) else value


# -- the paths


def by_save(model, pk, values):
    row = model.objects.get(pk=pk)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def by_update(model, pk, values):
    model.objects.filter(pk=pk).update(**values)


def by_bulk_update(model, pk, values):
    row = model.objects.get(pk=pk)
    for name, value in values.items():
        setattr(row, name, value)
    model.objects.bulk_update([row], list(values))


def by_raw_update(model, pk, values):
    assignments = ", ".join(f'"{column(model, name)}" = %s' for name in values)
    with connection.cursor() as cursor:
        sql = f"UPDATE {model._meta.db_table} SET {assignments} WHERE id = %s"
        cursor.execute(sql, [*map(value_of, values.values()), pk])


CHANGING = {"save": by_save, "update": by_update, "bulk": by_bulk_update, "raw": by_raw_update}


def by_create(model, values):
    model(**values).save(force_insert=True)


def by_bulk_create(model, values):
    model.objects.bulk_create([model(**values)])


def columns_of(model, values):
    """The row as the ORM would write it, defaults included."""
    row = model(**values)
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    return [field.column for field in fields], [
        field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields
    ]


def by_raw_insert(model, values):
    names, told = columns_of(model, values)
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(names))
        cursor.execute(f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) VALUES ({marks})", told)


def by_copy(model, values):
    names, told = columns_of(model, values)
    line = "\t".join("\\N" if value is None else str(value) for value in told)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {model._meta.db_table} ({', '.join(names)}) FROM STDIN", StringIO(line + "\n"))


ADDING = {"save": by_create, "bulk": by_bulk_create, "raw": by_raw_insert, "copy": by_copy}


def by_delete(model, pk):
    model.objects.get(pk=pk).delete()


def by_queryset_delete(model, pk):
    model.objects.filter(pk=pk).delete()


def by_bulk_delete(model, pk):
    rows = model.objects.filter(pk=pk)
    rows._raw_delete(rows.db)


def by_raw_delete(model, pk):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [pk])


REMOVING = {"delete": by_delete, "queryset": by_queryset_delete, "bulk": by_bulk_delete, "raw": by_raw_delete}


# -- a book to attack: February paid and closed, March reviewed, April a draft


class Book:
    def __init__(self, world):
        self.world = world
        self.people = world.people
        world.money("20000.00")
        for period in (FEBRUARY, MARCH, APRIL):
            world.ordinary_month(period)
        self.february = world.to("paid", FEBRUARY)
        self.march = world.to("reviewed", MARCH)
        self.april = world.draft(APRIL)
        self.payment = Payment.objects.filter(row__sheet=self.february).order_by("pk").first()
        self.entry = self.payment.entry
        self.movement = FundMovement.objects.get()
        self.reported = world.finding(self.shift(MARCH), "complaint", state="reported", number="7")

    def shift(self, period, station=None):
        return Shift.objects.filter(day__range=(period.first, period.last)).order_by("pk").first()

    def row(self, sheet):
        return sheet.rows.order_by("pk").first()

    def line(self, sheet):
        return sheet.lines.order_by("pk").first()


@pytest.fixture(scope="module")
def standing_book(django_db_setup, django_db_blocker):
    """One book for the whole module, never committed: each attack breaks its teeth on it and is rolled back."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setenv("TODAY", "2022-04-06")
        yield Book(World())
        transaction.set_rollback(True)


@pytest.fixture
def book(standing_book):
    with transaction.atomic():
        yield standing_book
        transaction.set_rollback(True)


CHANGES = {
    "I1 the total of a reviewed sheet": lambda b: (PaySheet, b.march.pk, {"total": Decimal("1.00")}),
    "I1 an amount of a reviewed sheet's line": lambda b: (PayLine, b.line(b.march).pk, {"amount": Decimal("301.00")}),
    "I1 a line moved from a reviewed sheet to a draft": lambda b: (PayLine, b.line(b.march).pk, {"sheet": b.april}),
    "I1 a draft's line put under a reviewed row": lambda b: (PayLine, b.line(b.april).pk, {"row": b.row(b.march)}),
    "I1 what a person gets on a reviewed sheet": lambda b: (
        PayRow,
        b.row(b.march).pk,
        {"payable": Decimal("9.00"), "month_amount": Decimal("-1191.00")},
    ),
    "I1 a reviewed row moved to a draft": lambda b: (PayRow, b.row(b.march).pk, {"sheet": b.april}),
    "I1 a draft reviewed with a total that its lines do not make": lambda b: (
        PaySheet,
        b.april.pk,
        {"status": "reviewed", "reviewed_by": b.people["section2"], "total": Decimal("1.00")},
    ),
    "I2 the balance of a ledger entry": lambda b: (LedgerEntry, b.entry.pk, {"balance": Decimal("99999.00")}),
    "I2 a booked movement's amount": lambda b: (FundMovement, b.movement.pk, {"amount": Decimal("90000.00")}),
    "I5 a second rate for a paid shift": lambda b: (PayLine, b.line(b.april).pk, {"shift": b.shift(FEBRUARY)}),
    "I6 a sign-in of a closed month": lambda b: (
        Attendance,
        Attendance.objects.get(shift=b.shift(FEBRUARY)).pk,
        {"sign_in": time(8, 0)},
    ),
    "I6 a shift of a closed month": lambda b: (Shift, b.shift(FEBRUARY).pk, {"is_cancelled": True}),
    "I6 a shift moved into a closed month": lambda b: (Shift, b.shift(MARCH).pk, {"day": date(2022, 2, 27)}),
    "I6 a station's confirmation of a closed month": lambda b: (
        StationMonth,
        StationMonth.objects.filter(month=b.february.month).first().pk,
        {"attested_paper": "另一张"},
    ),
    "I7 the amount of a ledger entry": lambda b: (LedgerEntry, b.entry.pk, {"amount": Decimal("-1.00")}),
    "I7 the day of a ledger entry": lambda b: (LedgerEntry, b.entry.pk, {"day": date(2022, 1, 1)}),
    "I7 the receipt number of a payment": lambda b: (Payment, b.payment.pk, {"receipt_no": "X"}),
    "I7 the method of a payment": lambda b: (Payment, b.payment.pk, {"method": "cheque"}),
    "I7 a payment called returned without its reversal": lambda b: (
        Payment,
        b.payment.pk,
        {"state": "returned", "returned_on": date(2022, 4, 6), "return_reason": "错"},
    ),
    "I8 the amount of a payment": lambda b: (Payment, b.payment.pk, {"amount": Decimal("1.00")}),
    "I10 a deduction without its clause": lambda b: (PayLine, b.line(b.april).pk, {"clause": ""}),
    "I10 a deduction without its evidence": lambda b: (
        PayLine,
        b.line(b.april).pk,
        {"kind": "absence", "amount": Decimal("-150.00")},
    ),
    "I10 a deduction that adds money": lambda b: (PayLine, b.line(b.april).pk, {"kind": "late", "note": "迟到 1 分钟"}),
    "I10 a payable below zero": lambda b: (
        PayRow,
        b.row(b.april).pk,
        {"payable": Decimal("-1.00"), "month_amount": Decimal("-1201.00")},
    ),
    "I13 a term's value": lambda b: (
        Term,
        Term.objects.get(plan=b.world.plan, key="duty.rate.county_centre").pk,
        {"value": "999.00"},
    ),
    "I14 a draft reviewed by its preparer": lambda b: (
        PaySheet,
        b.april.pk,
        {"status": "reviewed", "reviewed_by": b.people["section"]},
    ),
    "I14 a sheet checked by its reviewer in a chain of five": lambda b: (
        PaySheet,
        b.march.pk,
        {"status": "checked", "checked_by": b.people["section2"]},
    ),
    "I14 the reviewer of a reviewed sheet": lambda b: (PaySheet, b.march.pk, {"reviewed_by": b.people["finance"]}),
    "I14 the chain of a reviewed sheet": lambda b: (PaySheet, b.march.pk, {"chain": 3}),
    "I15 a draft called approved": lambda b: (
        PaySheet,
        b.april.pk,
        {
            "status": "approved",
            "reviewed_by": b.people["section2"],
            "checked_by": b.people["finance"],
            "approved_by": b.people["leader"],
        },
    ),
    "I15 a paid sheet called a draft": lambda b: (PaySheet, b.february.pk, {"status": "draft"}),
    "I15 a move without its event": lambda b: (
        PaySheet,
        b.march.pk,
        {"status": "checked", "checked_by": b.people["finance"]},
    ),
    "I15 who moved a sheet": lambda b: (PaySheetEvent, b.march.events.first().pk, {"by": b.people["leader"]}),
    "I16 a finding upheld by who reported it": lambda b: (
        Finding,
        b.reported.pk,
        {"state": "upheld", "decided_by": b.world.system, "decided_at": NOW},
    ),
    "I16 a finding upheld by nobody": lambda b: (Finding, b.reported.pk, {"state": "upheld"}),
    "I17 a person put into two places at once": lambda b: (
        Shift,
        Shift.objects.filter(practitioner=b.shift(MARCH).practitioner, day__gt=b.shift(MARCH).day).order_by("day").first().pk,
        {"day": b.shift(MARCH).day, "station": b.world.gaodu},
    ),
    "I18 a voucher number": lambda b: (LedgerEntry, b.entry.pk, {"voucher_no": 99}),
    "I20 what the audit says": lambda b: (AuditEntry, AuditEntry.objects.order_by("pk").last().pk, {"reason": "改"}),
}


@pytest.mark.parametrize("path", CHANGING)
@pytest.mark.parametrize("attack", CHANGES)
def test_the_database_refuses_to_change(book, attack, path):
    model, pk, values = CHANGES[attack](book)
    refused(lambda: CHANGING[path](model, pk, values))


def entry_of(book, **values):
    told = {
        "fund": book.world.fund,
        "day": date(2022, 4, 6),
        "memo": "攻击",
        "booked_by": book.people["finance"],
        "booked_at": NOW,
    }
    return told | values


def line_of(book, sheet, **values):
    told = {"sheet": sheet, "row": book.row(sheet), "shift": book.shift(MARCH), "kind": "rate", "clause": "五（二）1"}
    return told | {"amount": Decimal("300.00")} | values


def finding_of(book, **values):
    told = {"kind": "late", "source": "report", "reported_by": book.people["section"], "reported_at": NOW}
    return told | {"shift": book.shift(FEBRUARY)} | values


def payment_of(book, row, **values):
    told = {"row": row, "amount": row.payable, "method": "cheque", "receipt_no": "X", "paid_on": date(2022, 4, 6)}
    return told | {"paid_by": book.people["cashier"], "paid_at": NOW} | values


ADDITIONS = {
    "I1 a line under a reviewed sheet": lambda b: (PayLine, line_of(b, b.march, kind="difference")),
    "I1 a line of a draft under a reviewed row": lambda b: (
        PayLine,
        line_of(b, b.april, row=b.row(b.march), kind="difference"),
    ),
    "I1 a person on a reviewed sheet": lambda b: (
        PayRow,
        {"sheet": b.march, "practitioner": b.world.person("己示例"), "name": "己", "category": "lawyer"},
    ),
    "I2 an entry of nothing": lambda b: (LedgerEntry, entry_of(b, kind="movement", amount=Decimal("500.00"))),
    "I2 more money than the document says": lambda b: (
        LedgerEntry,
        entry_of(b, kind="movement", amount=Decimal("50000.00"), movement=b.movement),
    ),
    "I2 a movement that the cash book does not hold": lambda b: (
        FundMovement,
        {
            "fund": b.world.fund,
            "kind": "forwarded",
            "day": date(2022, 4, 1),
            "amount": Decimal("1.00"),
            "entered_by": b.people["finance"],
            "entered_at": NOW,
        },
    ),
    "I5 a second rate for a paid shift": lambda b: (PayLine, line_of(b, b.april, shift=b.shift(FEBRUARY))),
    "I6 a shift in a closed month": lambda b: (
        Shift,
        {
            "station": b.world.centre,
            "day": date(2022, 2, 27),
            "starts_at": time(8),
            "ends_at": time(18),
            "practitioner": b.shift(FEBRUARY).practitioner,
            "created_by": b.people["section"],
        },
    ),
    "I6 a finding about a closed month that is booked nowhere": lambda b: (Finding, finding_of(b)),
    "I6 a finding about a closed month booked in that month": lambda b: (Finding, finding_of(b, booked_in=b.february.month)),
    "I6 a roll call of a closed month": lambda b: (
        RollCall,
        {
            "shift": b.shift(FEBRUARY),
            "checked_at": NOW,
            "method": "phone",
            "is_present": False,
            "checked_by": b.people["section"],
        },
    ),
    "I6 a settlement about a closed month that is booked nowhere": lambda b: (
        Settlement,
        {
            "shift": b.shift(FEBRUARY),
            "kind": "served",
            "reason": "攻击",
            "proposed_by": b.people["section"],
            "proposed_at": NOW,
        },
    ),
    "I7 a reversal of another amount": lambda b: (
        LedgerEntry,
        entry_of(b, kind="reversal", amount=Decimal("1.00"), reverses=LedgerEntry.objects.get(pk=b.entry.pk)),
    ),
    "I7 a reversal whose payment is not returned": lambda b: (
        LedgerEntry,
        entry_of(b, kind="reversal", amount=-b.entry.amount, reverses=LedgerEntry.objects.get(pk=b.entry.pk)),
    ),
    "I8 a payment under a sheet that nobody approved": lambda b: (Payment, payment_of(b, b.row(b.march))),
    "I8 a second payment to the same person": lambda b: (Payment, payment_of(b, b.payment.row)),
    "I13 a value that would change the past": lambda b: (
        Term,
        {
            "plan": b.world.plan,
            "key": "duty.rate.county_centre",
            "since": date(2021, 6, 1),
            "value": "1.00",
            "value_kind": "yuan",
            "clause": "五（二）1",
        },
    ),
    "I13 a second value from the same day": lambda b: (
        Term,
        {
            "plan": b.world.plan,
            "key": "duty.rate.county_centre",
            "since": date(2022, 1, 1),
            "value": "1.00",
            "value_kind": "yuan",
            "clause": "五（二）1",
        },
    ),
    "I15 a sheet that begins as approved": lambda b: (
        PaySheet,
        {
            "month": b.world.month(YearMonth(2022, 5)),
            "plan": b.world.plan,
            "fund": b.world.fund,
            "status": "approved",
            "drafted_by": b.people["section"],
            "reviewed_by": b.people["section2"],
            "checked_by": b.people["finance"],
            "approved_by": b.people["leader"],
            "drafted_at": NOW,
        },
    ),
    "I15 an event that did not happen": lambda b: (
        PaySheetEvent,
        {"sheet": b.march, "from_status": "checked", "to_status": "approved", "version": 9, "by": b.people["leader"], "at": NOW},
    ),
    "I16 a finding decided by its subject": lambda b: (
        Finding,
        finding_of(
            b,
            shift=subject_shift(b),
            state="dropped",
            decided_by=b.people["section2"],
            decided_at=NOW,
        ),
    ),
    "I17 a person in two places at once": lambda b: (
        Shift,
        {
            "station": b.world.centre,
            "day": b.shift(MARCH).day,
            "starts_at": time(8),
            "ends_at": time(18),
            "practitioner": b.shift(MARCH).practitioner,
            "created_by": b.people["section"],
        },
    ),
}


def subject_shift(book):
    shift = book.shift(MARCH)
    shift.practitioner.user = book.people["section2"]
    shift.practitioner.save()
    return shift


@pytest.mark.parametrize("path", ADDING)
@pytest.mark.parametrize("attack", ADDITIONS)
def test_the_database_refuses_to_add(book, attack, path):
    model, values = ADDITIONS[attack](book)
    refused(lambda: ADDING[path](model, values))


REMOVALS = {
    "I1 a line of a reviewed sheet": lambda b: (PayLine, b.line(b.march).pk),
    "I1 a reviewed sheet": lambda b: (PaySheet, b.march.pk),
    "I2 a booked movement": lambda b: (FundMovement, b.movement.pk),
    "I6 the sign-in of a closed month": lambda b: (Attendance, Attendance.objects.get(shift=b.shift(FEBRUARY)).pk),
    "I7 a ledger entry": lambda b: (LedgerEntry, LedgerEntry.objects.order_by("pk").last().pk),
    "I7 a payment": lambda b: (Payment, b.payment.pk),
    "I15 an event": lambda b: (PaySheetEvent, b.march.events.first().pk),
    "I15 a month's closing": lambda b: (MonthEvent, MonthEvent.objects.first().pk),
    "I20 an audit entry": lambda b: (AuditEntry, AuditEntry.objects.order_by("pk").first().pk),
}


@pytest.mark.parametrize("path", REMOVING)
@pytest.mark.parametrize("attack", REMOVALS)
def test_the_database_refuses_to_remove(book, attack, path):
    model, pk = REMOVALS[attack](book)
    try:
        with transaction.atomic():
            REMOVING[path](model, pk)
    except models.ProtectedError:
        pass  # the ORM's own delete does not even ask the database
    except DatabaseError as error:
        assert isinstance(error.__cause__, REFUSALS), repr(error)
    assert model.objects.filter(pk=pk).exists()


@pytest.mark.parametrize(
    "table", ["subsidies_ledgerentry", "subsidies_payment", "subsidies_paysheetevent", "accounts_auditentry"]
)
def test_the_program_can_neither_empty_a_table_nor_switch_its_triggers_off(book, table):
    for statement in (f"TRUNCATE {table} CASCADE", f"ALTER TABLE {table} DISABLE TRIGGER USER", f"DROP TABLE {table} CASCADE"):
        with connection.cursor() as cursor:
            refused(lambda cursor=cursor, statement=statement: cursor.execute(statement))
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute("SET session_replication_role = replica"))


# -- what takes more than one step


def test_the_trigger_writes_number_voucher_and_balance_whatever_is_given(book):
    """I2, I18."""
    movement = enter_movement(
        fund=book.world.fund, kind="returned", day=date(2022, 4, 6), amount=Decimal("10.00"), by=book.people["finance"]
    )
    before = LedgerEntry.objects.exclude(pk=movement.entry.pk).order_by("-sequence").first()
    stored = LedgerEntry.objects.get(pk=movement.entry.pk)
    assert (stored.sequence, stored.voucher_no) == (before.sequence + 1, before.voucher_no + 1)
    assert stored.balance == before.balance + 10
    refused(
        lambda: LedgerEntry.objects.create(
            **entry_of(book, kind="movement", amount=Decimal("10.00"), movement=movement, voucher_no=900, balance=1)
        )
    )


@pytest.mark.rule("Z-PAY-6")
def test_an_entry_is_reversed_once(book):
    """I7."""
    record_returned_transfer(
        payment_id=book.payment.pk, returned_on=date(2022, 4, 6), reason="户名不符", by=book.people["cashier"]
    )
    payment = Payment.objects.get(pk=book.payment.pk)
    values = entry_of(book, kind="reversal", amount=-payment.entry.amount, reverses=payment.entry)
    for path in ADDING.values():
        refused(lambda path=path: path(LedgerEntry, values))
    reversal = LedgerEntry.objects.get(reverses_id=payment.entry.pk)
    refused(lambda: LedgerEntry.objects.create(**entry_of(book, kind="reversal", amount=-reversal.amount, reverses=reversal)))


def test_a_sheet_is_not_called_paid_while_somebody_waits(book):
    """I8."""
    sheet = book.world.to("approved", MARCH)
    book.world.pay(sheet, [book.row(sheet)])
    for path in CHANGING.values():
        refused(lambda path=path: path(PaySheet, sheet.pk, {"status": "paid"}))


def test_a_shift_that_pays_more_than_its_rate_is_not_reviewed(book):
    """I10."""
    line = book.line(book.april)
    PayLine.objects.create(**line_of(book, book.april, row=line.row, shift=line.shift, kind="floor"))
    row = line.row
    PayRow.objects.filter(pk=row.pk).update(deducted=300, payable=row.payable + 300)
    PaySheet.objects.filter(pk=book.april.pk).update(total=book.april.total + 300)
    values = {"status": "reviewed", "reviewed_by": book.people["section2"]}
    for path in CHANGING.values():
        refused(lambda path=path: path(PaySheet, book.april.pk, values))


def test_a_public_servant_with_a_rate_is_not_reviewed(book):
    """I12."""
    book.world.public_servant(book.row(book.april).practitioner, date(2022, 4, 1))
    values = {"status": "reviewed", "reviewed_by": book.people["section2"]}
    for path in CHANGING.values():
        refused(lambda path=path: path(PaySheet, book.april.pk, values))


@pytest.mark.parametrize("login", ["section", "section2", "finance", "leader"])
def test_whoever_held_a_step_does_not_pay(book, login):
    """I14."""
    sheet = book.world.to("approved", MARCH)
    values = payment_of(book, book.row(sheet), paid_by=book.people[login])
    for path in ADDING.values():
        refused(lambda path=path: path(Payment, values))


@pytest.mark.parametrize("login", ["section", "section2", "finance"])
def test_whoever_held_a_step_does_not_approve(book, login):
    """I14."""
    sheet = book.world.to("checked", MARCH)
    values = {"status": "approved", "approved_by": book.people[login]}
    for path in CHANGING.values():
        refused(lambda path=path: path(PaySheet, sheet.pk, values))


def test_more_than_the_fund_holds_is_neither_approved_nor_remitted_nor_reversed_away(book):
    """I2: balance less commitments."""
    sheet = book.world.to("approved", MARCH)
    world = book.world
    free = world.fund.free
    movement = FundMovement(
        fund=world.fund, kind="remitted", day=date(2022, 4, 6), amount=free + 1, entered_by=book.people["finance"], entered_at=NOW
    )

    def remit():
        movement.pk = None
        movement.save(force_insert=True)
        LedgerEntry.objects.create(**entry_of(book, kind="movement", amount=-movement.amount, movement=movement))

    refused(remit)
    received = LedgerEntry.objects.get(movement=book.movement)
    refused(lambda: LedgerEntry.objects.create(**entry_of(book, kind="reversal", amount=-received.amount, reverses=received)))
    assert sheet.status == "approved"


@pytest.mark.rule("Z-PAY-1")
def test_the_fund_pays_nothing_but_people_on_an_approved_sheet(book):
    """五（二）: duty pay and case subsidies, nothing else."""
    for values in (
        {"kind": "payment", "amount": Decimal("-100.00")},
        {"kind": "payment", "amount": Decimal("-100.00"), "payment": book.payment},
        {"kind": "movement", "amount": Decimal("-100.00")},
        {"kind": "movement", "amount": Decimal("-100.00"), "movement": book.movement},
        {"kind": "expense", "amount": Decimal("-100.00")},
    ):
        for path in ADDING.values():
            refused(lambda path=path, values=values: path(LedgerEntry, entry_of(book, **values)))


def test_a_payment_that_the_cash_book_does_not_hold_is_refused_at_the_end(book):
    """I2, I8."""
    sheet = book.world.to("approved", MARCH)
    for path in ADDING.values():
        refused(lambda path=path: path(Payment, payment_of(book, book.row(sheet))))


def test_posts_and_taken_forms_are_not_rewritten(book):
    """I14, and safety.md 1.5."""
    chain = decide_chain(county=book.world.county, people=4, since=date(2022, 5, 1), reason="编制", by=book.people["leader"])
    taken = Submission.objects.create(key="k", action="a", by=book.people["leader"], at=NOW)
    for path in CHANGING.values():
        refused(lambda path=path: path(PayChain, chain.pk, {"people": 3}))
        refused(lambda path=path: path(Submission, taken.pk, {"key": "other"}))
    refused(lambda: PayChain.objects.filter(pk=chain.pk).delete())


def test_who_paid_does_not_agree_the_bank_statement(book):
    """safety.md 5: finance, not the cashier."""
    statement = BankStatement.objects.create(
        fund=book.world.fund,
        first=date(2022, 1, 1),
        last=date(2022, 4, 6),
        closing_balance=book.world.fund.balance,
        entered_by=book.people["finance"],
        entered_at=NOW,
    )
    values = {"agreed_by": book.people["cashier"], "agreed_at": NOW}
    for path in CHANGING.values():
        refused(lambda path=path: path(BankStatement, statement.pk, values))


def test_a_reopened_month_takes_facts_again_and_its_sheet_stays(book):
    """I6, and reopening never changes a booked row."""
    Month.objects.filter(pk=book.february.month_id).update(state="open")
    Attendance.objects.filter(shift=book.shift(FEBRUARY)).update(sign_in=time(9, 0))
    for path in CHANGING.values():
        refused(lambda path=path: path(PaySheet, book.february.pk, {"total": Decimal("1.00")}))
        refused(lambda path=path: path(PayLine, book.line(book.february).pk, {"amount": Decimal("0.00")}))
