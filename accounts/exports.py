"""The audit log as a workbook."""

import io

from accounts import audit
from common.clock import SHANGHAI, real_now
from common.workbooks.writing import Column, Sheet, write_workbook

AUDIT_COLUMNS = (
    Column("序号", "int", 9),
    Column("时间", "text", 20),
    Column("操作人", "text", 22),
    Column("操作", "text", 22),
    Column("对象", "text", 30),
    Column("来源地址", "text", 16),
    Column("改动", "text", 60),
    Column("理由", "text", 30),
    Column("请求编号", "text", 16),
)


def audit_workbook(entries, *, by):
    """The bytes of a workbook with these entries, newest first; the foot says who took it and when."""
    rows = (
        (
            entry.pk,
            f"{entry.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
            entry.actor_name,
            audit.words_of(entry.action),
            entry.object_label,
            entry.address or "",
            entry.changed_words,
            entry.reason,
            entry.request_id,
        )
        for entry in entries.iterator(chunk_size=1000)
    )
    footer = f"{by.name} {real_now():%Y-%m-%d %H:%M} 导出"
    target = io.BytesIO()
    write_workbook([Sheet("审计日志", AUDIT_COLUMNS, rows, unit="", footer=footer)], target)
    return target.getvalue()
