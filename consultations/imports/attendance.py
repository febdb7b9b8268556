"""Sheets 考勤 and 考核: what the station recorded about a shift, and what was found about it. contract.md 3.1, 3.3, 3.5."""

from common.workbooks import tables
from common.workbooks.tables import Column, Row, Table
from consultations.imports.shifts import SHIFT_KEY, DutyBook
from consultations.models import Attendance, Finding

ATTENDANCE = Table(
    "考勤",
    (
        *SHIFT_KEY,
        Column("签到时间", tables.time_of_day),
        Column("签退时间", tables.time_of_day),
        Column("免予扣减", tables.yes_or_no, default=False),
        Column("说明", tables.text(200), default=""),
    ),
)
KIND_WORDS = {
    "服务记录不规范": Finding.Kind.RECORD_DEFECT,
    "服务对象不满意": Finding.Kind.DISSATISFIED,
    "被投诉": Finding.Kind.COMPLAINT,
    "抽查脱岗": Finding.Kind.ABSENCE,
    "值班日不在岗": Finding.Kind.NO_SHOW,
    "虚假值班": Finding.Kind.SHAM_DUTY,
    "迟到": Finding.Kind.LATE,
    "早退": Finding.Kind.EARLY_LEAVE,
}
STATE_WORDS = {
    "属实": Finding.State.UPHELD,
    "不属实": Finding.State.DROPPED,
    "待核实": Finding.State.REPORTED,
}
FINDINGS = Table(
    "考核",
    (
        *SHIFT_KEY,
        Column("情形", tables.one_of(KIND_WORDS), is_required=True),
        Column("次数", tables.whole_number(1, 99), default=1),
        Column("核实结果", tables.one_of(STATE_WORDS), is_required=True),
        Column("咨询登记编号", tables.text(60), default=""),
        Column("说明", tables.text(200), default=""),
    ),
)
# A rating and a complaint are facts about one consultation; every other kind is one fact about the shift.
PER_CONSULTATION = (Finding.Kind.DISSATISFIED, Finding.Kind.COMPLAINT)


def import_attendance(book: DutyBook, rows: list[Row]) -> None:
    """Add or change the record of a shift. Key: the shift."""
    run = book.run
    book.load([row["日期"] for row in rows])
    by_shift = shifts_of(book, rows, lambda row, shift: (shift.day, shift.station_id, shift.practitioner_id))
    known = {
        record.shift_id: record for record in Attendance.objects.filter(shift__in=[s.pk for _, s in by_shift.values() if s.pk])
    }
    new = []
    for row, shift in by_shift.values():
        if not is_possible(book, row):
            continue
        values = {
            "sign_in": row["签到时间"], "sign_out": row["签退时间"], "is_waived": row["免予扣减"], "remark": row["说明"],
        }  # fmt: skip
        record = known.get(shift.pk)
        if record and all(getattr(record, name) == value for name, value in values.items()):
            run.count(row)
        elif book.touch(row, shift.day, shift.station_id):
            hand = {
                "source": Attendance.Source.IMPORT, "signed_in_by": run.by, "signed_in_at": run.at,
                "signed_out_by": run.by, "signed_out_at": run.at,
            }  # fmt: skip
            if record is None:
                new.append(Attendance(shift=shift, **values, **hand))
                run.count(row, is_new=True)
            else:
                run.update(record, **values, **hand)
                run.count(row, is_changed=True, words=f"{shift}")
    if not run.errors:
        run.added(Attendance.objects.bulk_create(new))


def is_possible(book: DutyBook, row: Row) -> bool:
    before = len(book.run.problems)
    came, left = row["签到时间"], row["签退时间"]
    if came and left and left < came:
        book.run.wrong(row, "签退时间", "签退早于签到：请核对。")
    if row["免予扣减"] and not row["说明"]:
        book.run.wrong(row, "说明", "免予扣减须写明理由：请在“说明”中填写。")
    return len(book.run.problems) == before


def import_findings(book: DutyBook, rows: list[Row]) -> None:
    """Add or change findings. Key: the shift, 情形, and 咨询登记编号 for 不满意 and 被投诉."""
    run = book.run
    book.load([row["日期"] for row in rows])

    def key(row: Row, shift) -> tuple:
        number = row["咨询登记编号"] if row["情形"] in PER_CONSULTATION else ""
        return shift.day, shift.station_id, shift.practitioner_id, row["情形"], number

    by_key = shifts_of(book, rows, key)
    shift_ids = [shift.pk for _, shift in by_key.values() if shift.pk]
    known = {}
    for finding in Finding.objects.standing().filter(shift__in=shift_ids).order_by("pk"):
        number = finding.consultation_no if finding.kind in PER_CONSULTATION else ""
        known[finding.shift_id, finding.kind, number] = finding
    new = []
    for (*_, kind, number), (row, shift) in by_key.items():
        state = row["核实结果"]
        values = {"times": row["次数"], "state": state, "consultation_no": row["咨询登记编号"], "remark": row["说明"]}
        finding = known.get((shift.pk, kind, number))
        if finding and all(getattr(finding, name) == value for name, value in values.items()):
            run.count(row)
        elif book.touch(row, shift.day, shift.station_id):
            is_decided = state != Finding.State.REPORTED
            hand = {
                "source": Finding.Source.IMPORT, "attested_by": run.paper,
                "decided_by": run.by if is_decided else None, "decided_at": run.at if is_decided else None,
            }  # fmt: skip
            if finding is None:
                new.append(Finding(shift=shift, kind=kind, reported_by=run.by, reported_at=run.at, **values, **hand))
                run.count(row, is_new=True)
            else:
                run.update(finding, **values, **hand)
                run.count(row, is_changed=True, words=f"{shift} {finding.get_kind_display()}")
    if not run.errors:
        run.added(Finding.objects.bulk_create(new))


def shifts_of(book: DutyBook, rows: list[Row], key) -> dict:
    """Key → (row, shift) of the rows that have their shift; a key twice is an error."""
    found: dict = {}
    for row in rows:
        shift = book.shift_of(row)
        if shift is None:
            continue
        known = found.setdefault(key(row, shift), (row, shift))
        if known[0] is not row:
            book.run.wrong(row, "", f"与第 {known[0].number} 行重复（同一班次、同一内容）：请只保留一行。")
    return found
