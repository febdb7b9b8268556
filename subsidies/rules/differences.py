"""What a later fact changes about a month that was already booked: difference lines, and what is carried.

Lessons from practice: what is posted stays; the next open month names what it corrects. Reading D26,
vector M4 (domain.md 9.2).
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from subsidies.rules.duty_pay import Line, PersonMonth, total

ZERO = Decimal("0.00")


class BookedLine(NamedTuple):
    """A line that stands on an earlier sheet about the month in question."""

    shift_id: int | None
    kind: str
    amount: Decimal
    clause: str


class Difference(NamedTuple):
    """A difference line and the shift it is about (None for the month rule)."""

    shift_id: int | None
    line: Line


def differences(now: PersonMonth, booked: Iterable[BookedLine], month_label: str) -> list[Difference]:
    """What the rules say now of an earlier month, less what stands booked about it; one line per shift.

    The line carries the clause of the largest change and says in words what changed.
    """
    today: dict[int | None, list[Line]] = {pay.shift.id: pay.lines for pay in now.shifts}
    today[None] = now.month_lines
    before: dict[int | None, list[BookedLine]] = {}
    for line in booked:
        if line.kind != "carried":
            before.setdefault(line.shift_id, []).append(line)
    found = []
    for shift_id in [*before, *(key for key in today if key not in before)]:
        new, old = today.get(shift_id, []), before.get(shift_id, [])
        amount = total(new) - sum((line.amount for line in old), ZERO)
        if amount:
            clause, words = largest_change(new, old)
            found.append(Difference(shift_id, Line("difference", amount, clause, note=f"{month_label}：{words}")))
    return found


def largest_change(new: Iterable[Line], old: Iterable[BookedLine]) -> tuple[str, str]:
    """The clause behind the largest change of any kind of line, and the change in words."""
    sums: dict[str, Decimal] = {}
    clauses: dict[str, str] = {}
    for sign, lines in ((1, new), (-1, old)):
        for line in lines:
            sums[line.kind] = sums.get(line.kind, ZERO) + sign * line.amount
            if sign == 1 or line.kind not in clauses:
                clauses[line.kind] = line.clause
    kind = max(sums, key=lambda key: (abs(sums[key]), key))
    return clauses[kind], f"{KIND_WORDS.get(kind, kind)}{'补发' if sums[kind] > 0 else '扣减'}"


KIND_WORDS: Mapping[str, str] = {
    "rate": "值班补贴",
    "late": "迟到",
    "early_leave": "早退",
    "record_defect": "记录缺项、不规范",
    "dissatisfied": "评价不满意",
    "complaint": "被投诉",
    "absence": "抽查脱岗",
    "no_show": "值班日不在岗",
    "sham_duty": "虚假值班",
    "public_servant": "公职人员",
    "floor": "扣减下限",
    "month_void": "当月不予发放",
    "difference": "以前差额",
}


def carry(payable: Decimal, clause: str) -> Line | None:
    """Nobody is paid less than nothing: a negative rest is moved to the next month (contract 4)."""
    if payable >= 0:
        return None
    return Line("carried", -payable, clause, note="差额大于当月补贴，余额结转下月抵扣")
