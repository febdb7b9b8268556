"""Writing a sheet's rows and lines in bulk: COPY, chunk by chunk, so that memory does not grow with the county."""

from collections import defaultdict
from decimal import Decimal
from functools import lru_cache
from io import StringIO

from django.db import connection

from subsidies.models import PayLine, PayRow, PaySheet, UnsettledShift

ZERO = Decimal("0.00")
CHUNK = 500
ROW_COLUMNS = (
    "id", "sheet_id", "practitioner_id", "name", "category", "shifts_served", "rate", "deducted", "month_amount",
    "payable", "is_month_void", "account_id",
)  # fmt: skip
LINE_COLUMNS = (
    "sheet_id", "row_id", "shift_id", "kind", "amount", "clause", "times", "finding_id", "source_month_id", "note",
)  # fmt: skip
UNSETTLED_COLUMNS = ("sheet_id", "shift_id", "reason")


class PayWriter:
    """Collects people's results and writes them; on leaving writes the rest and the sheets' totals.

    One instance serves many sheets, so that a province is written as fast as a county.
    """

    def __init__(self, sheets):
        self.sheets = sheets
        self.pending = []
        self.totals = defaultdict(lambda: ZERO)

    def __enter__(self):
        return self

    def __exit__(self, kind, _error, _trace):
        if kind is None:
            self.flush()
            self.write_totals()

    def write(self, sheet, practitioner_id, result, earlier, carry):
        """One person: her result of the month and the lines that earlier months left for this one.

        `earlier` is [(shift id, source month id, Line)…]; `carry` gives the line that lifts a negative rest to 0.
        """
        late_lines = list(earlier)
        payable = result.payable + sum((line.amount for _shift, _source, line in late_lines), ZERO)
        lift = carry(payable, late_lines[-1][2].clause if late_lines else "")
        if lift:
            late_lines.append((None, sheet.month_id, lift))
            payable = ZERO
        self.totals[sheet.pk] += payable
        self.pending.append((sheet.pk, practitioner_id, result, late_lines, payable))
        if len(self.pending) >= CHUNK:
            self.flush()

    def flush(self):
        """Write what is pending: rows first, since lines name them."""
        if not self.pending:
            return
        people = payees([item[1] for item in self.pending])
        rows, lines, unsettled = (
            Table(PayRow, ROW_COLUMNS),
            Table(PayLine, LINE_COLUMNS),
            Table(UnsettledShift, UNSETTLED_COLUMNS),
        )
        for row_id, (sheet_id, practitioner_id, result, late_lines, payable) in zip(
            next_row_ids(len(self.pending)), self.pending, strict=True
        ):
            rate, deducted, month_amount = ZERO, ZERO, ZERO
            for pay in result.shifts:
                for line in pay.lines:
                    if line.kind == "rate":
                        rate += line.amount
                    else:
                        deducted += line.amount
                    lines.buffer.write(text_of_line(sheet_id, row_id, pay.shift.id, line, None))
            for shift_id, source, line in [*((None, None, line) for line in result.month_lines), *late_lines]:
                month_amount += line.amount
                lines.buffer.write(text_of_line(sheet_id, row_id, shift_id, line, source))
            for shift, reason in result.unsettled:
                unsettled.add(sheet_id, shift.id, reason)
            name, category, account_id = people[practitioner_id]
            rows.add(row_id, sheet_id, practitioner_id, name, category, result.shifts_served, rate, deducted,
                     month_amount, payable, result.is_month_void, account_id)  # fmt: skip
        for table in (rows, lines, unsettled):
            table.copy()
        self.pending.clear()

    def write_totals(self):
        """The sheets' totals, in one statement."""
        sheets = list(self.sheets.values())
        for sheet in sheets:
            sheet.total = self.totals[sheet.pk]
        PaySheet.objects.bulk_update(sheets, ["total"], batch_size=500)


class Table:
    """Rows of one table in COPY's text form."""

    def __init__(self, model, columns):
        self.table, self.columns, self.buffer = model._meta.db_table, columns, StringIO()

    def add(self, *values):
        self.buffer.write("\t".join([field(value) for value in values]))
        self.buffer.write("\n")

    def copy(self):
        self.buffer.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {self.table} ({', '.join(self.columns)}) FROM STDIN", self.buffer)


def text_of_line(sheet_id, row_id, shift_id, line, source):
    """One line in the order of LINE_COLUMNS: said in one breath, since there are more of them than of all else."""
    return (
        f"{sheet_id}\t{row_id}\t{field(shift_id)}\t{line.kind}\t{line.amount}\t{escaped(line.clause)}\t{line.times}"
        f"\t{field(line.finding_id)}\t{field(source)}\t{escaped(line.note)}\n"
    )


def field(value):
    """A value in COPY's text form; only text can hold what must be escaped."""
    if value is None:
        return "\\N"
    return escaped(value) if isinstance(value, str) else str(value)


@lru_cache(maxsize=4096)
def escaped(text):
    """Text in COPY's form. Clauses and notes are few and come again and again."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def next_row_ids(count):
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('subsidies_payrow', 'id')) FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def payees(practitioner_ids):
    """Practitioner id → (name, kind, id of the account in use or None), as they are now. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, p.name, p.kind, b.id FROM organizations_practitioner p LEFT JOIN organizations_bankaccount b "
            "ON b.practitioner_id = p.id AND b.state = 'confirmed' WHERE p.id = ANY(%s)",
            [practitioner_ids],
        )
        return {pk: payee for pk, *payee in cursor.fetchall()}
