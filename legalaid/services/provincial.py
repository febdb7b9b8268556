"""Entering what the provincial system gave a case: its number there and the day of the entry. Z-CASE-9, Z-CASE-10."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts import audit
from accounts.policy import may
from common import clock
from common.errors import Refused
from legalaid.models import AidCase
from legalaid.rules.procedure import State
from legalaid.rules.reconciling import plain_number
from legalaid.services.steps import lock_case

NOT_ENTERED_STATES = ("registered", "dismissed", "refused", "deemed_withdrawn", "withdrawn", "redirected")


class EntryRefused(Refused):
    """An entry that is not taken; the sentence says why. `case_id` names the case where several are entered at once."""

    def __init__(self, message, field=None, case_id=None):
        super().__init__(message)
        self.field, self.case_id = field, case_id


@dataclass(frozen=True)
class Entry:
    """What the provincial system says of one case. `version`: of the case as it was read, None where that does not matter."""

    case_id: int
    number: str
    day: date | None
    version: int | None = None


def require_right(by, action="legalaid.enter_provincial"):
    if not may(by, action):
        raise EntryRefused("您的岗位不能登记省系统录入情况：由法律援助中心经办人登记。")


@transaction.atomic
def enter(*, entry: Entry, by, reason: str = "") -> AidCase:
    """Write down one case's entry. A first entry needs no reason; changing or deleting one does.

    Raises EntryRefused: number without day or day without number, a day in the future or before the case was received, a
    number that another case has (Z-CASE-10), a case that was never granted, somebody else's change in between.
    """
    require_right(by)
    case = lock_case(entry.case_id, entry.version)
    number = " ".join(str(entry.number or "").split())
    before = {"省系统案号": case.provincial_no, "省系统录入日期": case.provincial_entered_on}
    after = {"省系统案号": number, "省系统录入日期": entry.day}
    if (change := audit.changes(before, after)) is None:
        return case
    require_sound(case, number, entry.day)
    had_one = bool(case.provincial_no or case.provincial_entered_on)
    if had_one and not reason.strip():
        raise EntryRefused(f"案件 {case} 已有省系统录入记录：更改或者删除请写明原因。", "reason", case.pk)
    if number:
        require_unused(case, number)
    case.provincial_no, case.provincial_entered_on = number, entry.day
    case.version += 1
    case.save(update_fields=["provincial_no", "provincial_entered_on", "version"])
    audit.record(by=by, action="legalaid.enter_provincial", on=case, before=change[0], after=change[1], reason=reason[:300])
    return case


@transaction.atomic
def enter_many(*, entries: Iterable[Entry], by, reason: str = "") -> int:
    """Write down several entries, all or none. How many cases changed."""
    count = 0
    for entry in sorted(entries, key=lambda entry: entry.case_id):
        try:
            before = AidCase.objects.values_list("version", flat=True).get(pk=entry.case_id)
            count += enter(entry=entry, by=by, reason=reason).version != before
        except EntryRefused:
            raise
        except Refused as error:
            raise EntryRefused(str(error), error.field, entry.case_id) from None
    return count


def require_sound(case: AidCase, number: str, day: date | None) -> None:
    if case.state in NOT_ENTERED_STATES and number:
        raise EntryRefused(f"案件 {case} 现在是“{State.WORDS[case.state]}”，没有给予援助，不登记省系统录入。", "number", case.pk)
    if bool(number) != bool(day):
        missing, field = ("录入日期", "day") if number else ("省系统案号", "number")
        raise EntryRefused(f"案件 {case} 只填了一半：请补上{missing}，或者两项都清空。", field, case.pk)
    if len(number) > 60:
        raise EntryRefused("省系统案号超过 60 个字：请核对。", "number", case.pk)
    if number and not any(char.isdigit() for char in number):
        raise EntryRefused(f"“{number[:20]}”里没有数字，不像省系统案号：请核对。", "number", case.pk)
    if day is None:
        return
    if day > clock.today():
        raise EntryRefused(f"录入日期 {day} 在今天之后：请填写实际录入的日期。", "day", case.pk)
    if not case.is_history and day < case.received_on:
        raise EntryRefused(f"录入日期 {day} 早于申请或通知日期 {case.received_on}：请检查日期。", "day", case.pk)


def require_unused(case: AidCase, number: str) -> None:
    """Z-CASE-10: one provincial number is one case, however its brackets are written."""
    others = AidCase.objects.of_county(case.county).exclude(pk=case.pk).exclude(provincial_no="")
    wanted = plain_number(number)
    for other, used in others.values_list("number", "provincial_no"):
        if plain_number(used) == wanted:
            raise EntryRefused(f"省系统案号 {number} 已经用在案件 {other}：一个省系统案号只能是一件，请核对。", "number", case.pk)


def take_entry(*, case_id: int, values: dict, by, reason: str) -> AidCase:
    """Take over number and day as the export shows them; what it does not show stays as it is."""
    case = AidCase.objects.get(pk=case_id)
    entry = Entry(
        case_id,
        values.get("provincial_no") or case.provincial_no,
        values.get("day") or case.provincial_entered_on,
    )
    return enter(entry=entry, by=by, reason=reason)


@dataclass(frozen=True)
class Progress:
    """The three numbers beside each other, from 1 January: concluded, of these entered, of these not. Z-CASE-9."""

    year: int
    concluded: int
    entered: int

    @property
    def missing(self) -> int:
        return self.concluded - self.entered


def progress_of(county, year: int) -> Progress:
    concluded = AidCase.objects.of_county(county).concluded_between(date(year, 1, 1), date(year, 12, 31))
    return Progress(year, concluded.count(), concluded.exclude(provincial_entered_on=None).exclude(provincial_no="").count())
