"""Open time limits as a workbook."""

import io

from common import clock
from common.workbooks.writing import Column, Sheet, write_workbook
from legalaid.exports.cases import shown_name
from legalaid.services.deadline_board import keeper_of

COLUMNS = (
    Column("案件编号", "text", 22),
    Column("受援人", "text", 10),
    Column("事项", "text", 30),
    Column("依据", "text", 40),
    Column("起算", "date", 12),
    Column("截止", "date", 12),
    Column("截止时刻", "text", 10),
    Column("状态", "text", 18),
    Column("由谁办理", "text", 10),
    Column("经办人", "text", 10),
    Column("承办人", "text", 10),
)


def deadlines_workbook(rows, *, by) -> bytes:
    """The open limits, the first due first; names of sensitive cases are masked."""
    today = clock.today()
    lines = (
        (
            row.case.number,
            shown_name(row.case),
            row.rule.name,
            row.rule.law,
            row.starts_on,
            row.due_on,
            f"{row.due_at.astimezone(clock.SHANGHAI):%H:%M}" if row.due_at else "",
            standing(row, today),
            keeper_of(row.code),
            row.case.handler.name if row.case.handler else "",
            row.case.undertaker,
        )
        for row in rows.iterator(chunk_size=1000)
    )
    stream = io.BytesIO()
    footer = f"{by.name} {clock.real_now():%Y-%m-%d %H:%M} 导出"
    write_workbook([Sheet("案件期限", COLUMNS, lines, heading=[f"截至 {today}"], unit="", footer=footer)], stream)
    return stream.getvalue()


def standing(row, today) -> str:
    if row.suspended_since:
        return f"{row.suspended_since} 起中止"
    left = (row.due_on - today).days
    return f"逾期 {-left} 天" if left < 0 else "今天到期" if left == 0 else f"还剩 {left} 天"
