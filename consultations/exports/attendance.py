"""Workbooks and papers of attendance: the list, sign-in sheet F02, attested month F06, declaration F29. domain.md §6."""

import io
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from common import clock
from common.pdf import render_pdf
from common.workbooks.writing import Column, Sheet, file_name, write_workbook
from consultations.models import Consultation, Shift
from consultations.services.shift_facts import ShiftFacts, facts_of

LIST = (
    Column("日期", "date", 12),
    Column("站点", "text", 28),
    Column("值班人员", "text", 12),
    Column("计划开始", "time", 10),
    Column("计划结束", "time", 10),
    Column("签到时间", "time", 10),
    Column("签退时间", "time", 10),
    Column("来源", "text", 16),
    Column("状态", "text", 22),
    Column("说明", "text", 34),
)


def footer_of(by) -> str:
    return f"{by.name} {clock.real_now():%Y-%m-%d %H:%M} 导出"


def workbook(*sheets) -> bytes:
    stream = io.BytesIO()
    write_workbook(sheets, stream)
    return stream.getvalue()


def attendance_workbook(facts: list[ShiftFacts], *, period, by) -> bytes:
    """The filtered list of shifts with their times and states."""
    rows = (
        (
            each.day,
            each.station.name,
            each.practitioner.name,
            each.starts_at,
            each.ends_at,
            *each.times,
            source_words(each),
            each.words,
            note_of(each),
        )
        for each in facts
    )
    return workbook(Sheet(f"{period.label}考勤记录", LIST, rows, unit="", footer=footer_of(by), name="考勤记录"))


def source_words(facts) -> str:
    if facts.settled_as in ("times", "served"):
        return facts.settlement.get_kind_display()
    return facts.record.get_source_display() if facts.record else ""


def note_of(facts) -> str:
    parts = [facts.reason]
    if facts.is_waived:
        parts.append(f"免予扣减：{facts.record.remark}")
    elif facts.record and facts.record.remark:
        parts.append(facts.record.remark)
    if facts.settlement:
        parts.append(facts.settlement.reason)
    return "；".join(dict.fromkeys(part for part in parts if part))


# --- F06: the station's month, person by person -----------------------------------------------------------------------


@dataclass
class PersonRow:
    """One person's line of the attested sheet."""

    person: object
    shifts: int = 0
    planned: int = 0
    served: int = 0
    counts: dict = field(default_factory=lambda: defaultdict(int))
    unsettled: int = 0

    def add(self, facts: ShiftFacts) -> None:
        self.shifts += 1
        self.planned += facts.planned
        self.served += (facts.served or 0) if facts.state != "void_day" else 0
        self.unsettled += facts.state in ("unsettled", "deferred")
        for kind in facts.clock:
            self.counts[kind] += 1
        for finding in facts.upheld:
            if finding.kind not in ("late", "early_leave"):
                self.counts[finding.kind] += finding.times

    @property
    def hours(self) -> tuple[Decimal, Decimal]:
        return Decimal(self.planned) / 60, Decimal(self.served) / 60

    @property
    def grievances(self) -> int:
        return self.counts["dissatisfied"] + self.counts["complaint"]

    @property
    def cancelled(self) -> int:
        return self.counts["sham_duty"] + self.counts["no_show"]

    @property
    def cells(self) -> tuple:
        planned, served = (hours.quantize(Decimal("0.1")) for hours in self.hours)
        counts = self.counts
        numbers = (counts["late"], counts["early_leave"], counts["absence"], counts["record_defect"])
        return (self.shifts, planned, served, *numbers, self.grievances, self.cancelled, self.unsettled)


HEADS = (
    "班次数",
    "应值时数",
    "实值时数",
    "迟到",
    "早退",
    "脱岗",
    "记录缺项",
    "不满意、投诉属实",
    "虚假值班、不在岗",
    "未定、暂缓",
)
MONTH = (
    Column("人员", "text", 12),
    Column("类别", "text", 20),
    Column("班次数", "int", 8, total=True),
    Column("应值时数", "yuan", 10, total=True),
    Column("实值时数", "yuan", 10, total=True),
    *(Column(head, "int", 9, total=True) for head in HEADS[3:]),
)
SIGNATURES = ("站点审定意见：　　　　　　　　　　　　站点负责人（签字）：　　　　　　　　（盖章）　　　　年　　月　　日",)


def month_facts(station, period) -> list[ShiftFacts]:
    """The standing shifts of a station's month with their facts, by day."""
    shifts = Shift.objects.standing().filter(station=station, day__range=(period.first, period.last))
    return facts_of(shifts.select_related("station__county", "practitioner").order_by("day", "starts_at", "pk"))


def person_rows(facts: list[ShiftFacts]) -> list[PersonRow]:
    """The month person by person, by name."""
    rows: dict[int, PersonRow] = {}
    for each in facts:
        rows.setdefault(each.practitioner_id, PersonRow(each.practitioner)).add(each)
    return sorted(rows.values(), key=lambda row: (row.person.name, row.person.pk))


def month_workbook(station, period, facts, *, state, by) -> bytes:
    """F06 as a workbook, its shifts one by one on a second sheet."""
    rows = [(row.person.name, row.person.get_kind_display(), *row.cells) for row in person_rows(facts)]
    title = f"{station.name}{period.label}考勤审定表"
    heading = [f"编制单位：{station.name}　　月份：{period.label}　　状态：{state}"]
    summary = Sheet(
        title, MONTH, rows, heading=heading, unit="单位：小时、次", signatures=SIGNATURES, footer=footer_of(by), name="考勤审定表"
    )
    lines = (
        (each.day, each.station.name, each.practitioner.name, each.starts_at, each.ends_at, *each.times, source_words(each),
         each.words, note_of(each))
        for each in facts
    )  # fmt: skip
    return workbook(summary, Sheet("班次明细", LIST, lines, unit="", footer=footer_of(by), name="班次明细"))


def month_pdf(station, period, facts, *, state, row, by, is_demo) -> bytes:
    """F06 as a paper to be signed and sealed."""
    people = person_rows(facts)
    context = {
        "title": f"{station.name}考勤审定表",
        "office": station.name,
        "period": period.label,
        "unit": "单位：小时、次",
        "heads": HEADS,
        "people": people,
        "totals": [sum(column) for column in zip(*(person.cells for person in people), strict=True)],
        "facts": facts,
        "state": state,
        "row": row,
        **printed(by, is_demo),
    }
    return render_pdf("print/attendance_sheet.html", context)


def month_file_name(station, period, suffix=".xlsx") -> str:
    return file_name(station.name, "考勤审定表", str(period), suffix=suffix)


# --- F02: the sheet people sign ---------------------------------------------------------------------------------------


def sign_sheet_pdf(station, period, facts, *, is_blank, by, is_demo) -> bytes:
    """F02, blank to be signed by hand or filled with what was recorded."""
    received = defaultdict(int)
    records = Consultation.objects.filter(shift__in=[each.pk for each in facts], is_void=False)
    for shift_id in records.values_list("shift_id", flat=True):
        received[shift_id] += 1
    context = {
        "title": f"{station.name}值班签到表",
        "office": station.name,
        "period": period.label,
        "rows": [(each, received[each.pk]) for each in facts],
        "is_blank": is_blank,
        **printed(by, is_demo),
    }
    return render_pdf("print/sign_sheet.html", context)


def no_consultation_pdf(facts: ShiftFacts, *, by, is_demo) -> bytes:
    """F29, one shift's declaration that nobody came for advice."""
    context = {"title": "零咨询声明", "facts": facts, **printed(by, is_demo)}
    return render_pdf("print/no_consultation.html", context)


def day_code_pdf(shown, *, by, is_demo) -> bytes:
    """The code of the day to hang up at the station."""
    context = {"title": "今日值班码", "office": shown.station.name, "shown": shown, **printed(by, is_demo)}
    return render_pdf("print/day_code.html", context)


def printed(by, is_demo) -> dict:
    """Who printed a paper and when; every paper carries it."""
    return {"printed_at": clock.real_now(), "printed_by": by.name, "maker": by.name, "is_demo": is_demo}
