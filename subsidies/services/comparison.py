"""What a sheet would say if it were drafted now, beside what it says; and this month beside the one before."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from common.money import ZERO, yuan
from organizations.models import Practitioner
from subsidies.models import PayRow, PaySheet
from subsidies.rules.differences import carry
from subsidies.rules.duty_pay import PersonMonth
from subsidies.services.drafting import month_lines_from_earlier, plan_for, results
from subsidies.services.pay_writer import PayWriter


class Collected(PayWriter):
    """A writer that writes nothing: it keeps the lines it is handed."""

    def flush(self):
        pass

    def write_totals(self):
        pass


@dataclass
class Outcome:
    """The lines, the unsettled shifts and the amounts that drafting now would give, by practitioner."""

    lines: dict[int, Counter] = field(default_factory=dict)
    payable: dict[int, Decimal] = field(default_factory=dict)
    unsettled: set[tuple[int, str]] = field(default_factory=set)


@transaction.atomic
def outcome_now(month):
    """What drafting the month now would give. Reads; writes nothing. The queries do not grow with the shifts."""
    outcome = Outcome()
    later = month_lines_from_earlier(month)
    sheet = PaySheet(pk=0, month=month)
    with Collected({}) as writer:
        for _county, practitioner_id, result in results(
            plan_for(month.county, month.period), [month.county_id], month.period, known=month.first
        ):
            writer.write(sheet, practitioner_id, result, later.pop(practitioner_id, ()), carry)
        for practitioner_id, lines in later.items():
            writer.write(sheet, practitioner_id, PersonMonth(), lines, carry)
    for _sheet, practitioner_id, result, late_lines, payable in writer.pending:
        lines = Counter(key(pay.shift.id, line, None) for pay in result.shifts for line in pay.lines)
        lines.update(key(None, line, None) for line in result.month_lines)
        lines.update(key(shift_id, line, source) for shift_id, source, line in late_lines)
        outcome.lines[practitioner_id], outcome.payable[practitioner_id] = lines, payable
        outcome.unsettled.update((shift.id, reason) for shift, reason in result.unsettled)
    return outcome


def key(shift_id, line, source_id):
    return (shift_id, line.kind, line.amount, line.clause, line.times, line.finding_id, source_id, line.note)


COLUMNS = ("shift_id", "kind", "amount", "clause", "times", "finding_id", "source_month_id", "note")


def changed_people(sheet, outcome):
    """Ids of the practitioners about whom the sheet no longer says what the facts say, and whether unsettled shifts differ."""
    stands = {pk: Counter() for pk in sheet.rows.values_list("practitioner_id", flat=True)}
    for practitioner_id, *line in sheet.lines.values_list("row__practitioner_id", *COLUMNS):
        stands[practitioner_id][tuple(line)] += 1
    people = {pk for pk in stands.keys() | outcome.lines.keys() if stands.get(pk) != outcome.lines.get(pk)}
    return people, set(sheet.unsettled.values_list("shift_id", "reason")) != outcome.unsettled


@dataclass(frozen=True)
class Beside:
    """One person in two months; None where she had no duty."""

    name: str
    before: Decimal | None
    now: Decimal | None
    why: tuple[str, ...] = ()

    @property
    def difference(self):
        return (self.now or ZERO) - (self.before or ZERO)


def beside_last_month(sheet):
    """The sheet beside the county's sheet before it, largest differences first. Two queries."""
    previous = PaySheet.objects.filter(month__county=sheet.month.county, month__first__lt=sheet.month.first).first()
    people = {}
    for row in PayRow.objects.filter(sheet__in=[sheet, previous] if previous else [sheet]):
        people.setdefault(row.practitioner_id, {})[row.sheet_id] = row
    pairs = [(found.get(previous.pk) if previous else None, found.get(sheet.pk)) for found in people.values()]
    rows = [
        Beside((now or before).name, before and before.payable, now and now.payable, why_different(before, now))
        for before, now in pairs
    ]
    return previous, sorted(rows, key=lambda row: (-abs(row.difference), row.name))


def why_different(before, now):
    """What moved between two rows of one person, in words; their sum is the difference. Empty where one row is missing."""
    if not before or not now:
        return ()
    words = []
    shifts, rate = now.shifts_served - before.shifts_served, now.rate - before.rate
    if rate or shifts:
        words.append(f"应发{more(rate)}（班次 {before.shifts_served} → {now.shifts_served}）")
    if deducted := before.deducted - now.deducted:
        words.append(f"多扣 {yuan(deducted)}" if deducted > 0 else f"少扣 {yuan(-deducted)}")
    if adjusted := now.month_amount - before.month_amount:
        words.append(f"停发、差额和结转{more(adjusted)}")
    return tuple(words)


def more(amount):
    return f"多 {yuan(amount)}" if amount > 0 else f"少 {yuan(-amount)}" if amount else "不变"


def names_of(practitioner_ids):
    return list(Practitioner.objects.filter(pk__in=practitioner_ids).values_list("name", flat=True))
