"""F38 检查问题整改台账. domain.md §6."""

from common.workbooks.writing import Column, Sheet
from consultations.exports.attendance import footer_of, workbook

LEDGER = (
    Column("序号", "int", 6),
    Column("检查编号", "text", 20),
    Column("检查日期", "date", 12),
    Column("检查方式", "text", 10),
    Column("站点", "text", 26),
    Column("检查人", "text", 16),
    Column("发现的问题", "text", 40),
    Column("依据", "text", 20),
    Column("整改要求", "text", 36),
    Column("整改期限", "date", 12),
    Column("状态", "text", 10),
    Column("逾期天数", "int", 9),
    Column("整改情况", "text", 40),
    Column("整改日期", "date", 12),
    Column("佐证", "text", 22),
    Column("报送人", "text", 10),
    Column("确认人", "text", 10),
    Column("确认日期", "date", 12),
)


def ledger_workbook(points, *, county, day, by) -> bytes:
    """The filtered problems with their rectification; late days up to `day`, or to the day it was done."""
    rows = (line(n, point, day) for n, point in enumerate(points, 1))
    title = "检查问题整改台账"
    heading = [f"编制单位：{county.name}司法局　　截至 {day}"]
    return workbook(Sheet(title, LEDGER, rows, heading=heading, unit="", footer=footer_of(by), name="F38"))


def line(n, point, day) -> tuple:
    inspection = point.inspection
    return (
        n,
        inspection.number,
        inspection.day,
        inspection.get_kind_display(),
        inspection.station.name,
        inspection.inspectors,
        point.problem,
        point.basis,
        point.demand,
        point.due_on,
        point.get_state_display(),
        max(((point.done_on or day) - point.due_on).days, 0) if point.is_late(day) else 0,
        point.measure,
        point.done_on,
        point.proof.name if point.proof else "",
        point.answered_by.name if point.answered_by else "",
        point.confirmed_by.name if point.confirmed_by else "",
        point.confirmed_on,
    )
