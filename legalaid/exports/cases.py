"""The list of cases and the progress of the programme (F13) as a workbook. Identity numbers are never in it; sensitive names are masked."""

import io
from itertools import chain

from common import clock
from common.id_numbers import mask_name
from common.workbooks.writing import Column, Sheet, write_workbook
from legalaid.models import AidCase
from legalaid.services.case_list import MEASURES, progress

LIST = (
    Column("案件编号", "text", 22),
    Column("受援人", "text", 10),
    Column("群体", "text", 14),
    Column("案件类型", "text", 14),
    Column("办理阶段", "text", 10),
    Column("案由", "text", 20),
    Column("来源", "text", 8),
    Column("惠民工程依据", "text", 16),
    Column("状态", "text", 14),
    Column("申请或通知日期", "date", 14),
    Column("批准日期", "date", 12),
    Column("指派日期", "date", 12),
    Column("承办机构", "text", 22),
    Column("承办人", "text", 10),
    Column("结案日期", "date", 12),
    Column("归档日期", "date", 12),
    Column("质量核验日期", "date", 14),
    Column("省系统案号", "text", 18),
    Column("省系统录入日期", "date", 14),
    Column("经办人", "text", 10),
)
MEASURE_WORDS = {
    "received": "受理", "granted": "给予", "concluded": "办结", "entered": "已录入省系统", "archived": "已归档", "verified": "已核验",
}  # fmt: skip


def shown_name(case: AidCase) -> str:
    """In lists the recipient of a criminal or a minor's case is masked for everybody."""
    return mask_name(case.recipient) if case.is_sensitive else case.recipient


def list_rows(cases):
    for case in cases:
        yield (
            case.number,
            shown_name(case),
            "、".join(AidCase.Group(group).label for group in case.groups),
            case.get_type_display(),
            case.get_stage_display(),
            case.cause,
            case.get_source_display(),
            case.get_basis_display(),
            case.get_state_display(),
            case.received_on,
            case.approved_on,
            case.assigned_on,
            case.undertaking_office,
            case.undertaker,
            case.concluded_on,
            case.archived_on,
            case.quality_verified_on,
            case.provincial_no,
            case.provincial_entered_on,
            case.handler.name if case.handler else "",
        )


def cases_workbook(cases, *, by, year: int) -> bytes:
    """The filtered cases, and the progress of the year over them by group and by type."""
    footer = f"{by.name} {clock.real_now():%Y-%m-%d %H:%M} 导出"
    rows = list_rows(cases.select_related("handler").order_by("-received_on", "-pk").iterator(chunk_size=1000))
    sheets = [Sheet("法律援助案件清单", LIST, rows, unit="", footer=footer), progress_sheet(cases, year=year, footer=footer)]
    stream = io.BytesIO()
    write_workbook(sheets, stream)
    return stream.getvalue()


def progress_sheet(cases, *, year: int, footer: str) -> Sheet:
    """F13, one block by group and one by type; both add up to the same."""
    tables = progress(cases, year=year)
    columns = (
        Column("分类", "text", 10),
        Column("群体或类型", "text", 18),
        *(Column(MEASURE_WORDS[name], "int", 12) for name in MEASURES),
    )
    by_group = (("按群体", AidCase.Group(code).label, *counts) for code, counts in tables["group"].items())
    by_type = (("按类型", AidCase.Type(code).label, *counts) for code, counts in tables["type"].items())
    total = ("合计", "", *(sum(counts[place] for counts in tables["group"].values()) for place in range(len(MEASURES))))
    return Sheet(
        f"{year}年特殊群体案件任务进度表",
        columns,
        chain(by_group, [total], by_type, [total]),
        heading=["各列按各自日期所在年度统计；多重群体只计主要群体"],
        unit="单位：件",
        footer=footer,
        name="任务进度",
    )
