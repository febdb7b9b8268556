"""Format 29: the ledger of the duty lawyers' work, as workbook. domain.md §3.7 no. 29, §6 F26.

ID numbers are masked; names stand, it is the office's own ledger and each export is audited.
"""

from io import BytesIO

from common import clock
from common.id_numbers import mask_id_number
from common.workbooks.writing import Column, Sheet, file_name, write_workbook
from legalaid.models import LegalHelp
from legalaid.services.legal_help import counts_of
from records.services import installation

LEDGER = (
    Column("序号", "int", 6),
    Column("登记编号", "text", 16),
    Column("日期", "date", 12),
    Column("来源", "text", 14),
    Column("受帮助人", "text", 10),
    Column("性别", "text", 6),
    Column("身份证号", "text", 20),
    Column("涉嫌罪名", "text", 16),
    Column("诉讼阶段", "text", 10),
    Column("办案机关", "text", 22),
    Column("帮助场所", "text", 18),
    Column("值班律师", "text", 10),
    Column("提供日期", "date", 12),
    Column("帮助内容", "text", 30),
    Column("意见与办理情况", "text", 40),
    Column("具结见证日期", "date", 12),
    Column("收到援助申请", "text", 16),
    Column("转交时间", "text", 16),
    Column("24小时内转交", "text", 12),
    Column("状态", "text", 14),
    Column("备注", "text", 24),
)
SUMMARY = (Column("项目", "text", 30), Column("人次", "int", 12))


def content_words(found: LegalHelp) -> str:
    labels = dict(LegalHelp.Content.choices)
    return "、".join(labels[code] for code in found.contents)


def place_words(found: LegalHelp) -> str:
    return found.station.short_name if found.station else found.place or found.get_place_kind_display()


def moment_words(at) -> str:
    return f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}" if at else ""


def in_time(found: LegalHelp) -> str:
    if not found.application_at:
        return ""
    if not found.transferred_at:
        return "未转交"
    return "是" if found.transferred_at <= found.transfer_due_at else "否"


def ledger_rows(rows):
    for number, found in enumerate(rows, 1):
        yield (
            number,
            found.number,
            found.asked_on,
            "通知" if found.source == LegalHelp.Source.NOTICE else "申请",
            found.person,
            found.get_gender_display(),
            mask_id_number(found.id_number) if found.id_number else "",
            found.cause,
            found.get_stage_display(),
            found.organ_name,
            place_words(found),
            found.lawyer.name if found.lawyer else "",
            found.given_on,
            content_words(found),
            found.opinion,
            found.witnessed_on,
            moment_words(found.application_at),
            moment_words(found.transferred_at),
            in_time(found),
            found.get_state_display() + ("（已终止）" if found.is_ended else ""),
            found.remark or found.end_reason,
        )


def summary_rows(counts) -> list[tuple[str, int]]:
    return [
        ("登记", counts["total"]),
        ("已提供帮助", counts["given"]),
        *[(f"其中：{label}", counts[code]) for code, label in LegalHelp.Content.choices],
        ("见证签署认罪认罚具结书", counts["witnessed"]),
        ("转交法律援助申请", counts["transferred"]),
        ("有辩护人而终止", counts["ended"]),
        ("未登记台账", counts["open"]),
    ]


def ledger_workbook(rows, *, county, period: str, by) -> bytes:
    """Rows must come with station and lawyer."""
    demo = "演示数据　" if installation().is_demo else ""
    footer = f"{demo}{by.name} {clock.real_now():%Y-%m-%d %H:%M} 导出"
    heading = [f"编制单位：{county.name}法律援助中心　　期间：{period}"]
    signatures = ["登记人：　　　　　　　　负责人：　　　　　　　　日期：　　　　年　　月　　日"]
    stream = BytesIO()
    ledger = rows.select_related("station", "lawyer").order_by("asked_on", "pk")
    write_workbook(
        [
            Sheet("值班律师法律帮助工作台账", LEDGER, list(ledger_rows(ledger)), heading, signatures, unit="格式二十九",
                  footer=footer, name="工作台账"),
            Sheet("值班律师法律帮助统计", SUMMARY, summary_rows(counts_of(rows)), heading, unit="单位：人次", footer=footer,
                  name="统计"),
        ],
        stream,
    )  # fmt: skip
    return stream.getvalue()


def ledger_name(county) -> str:
    return file_name(county.name, "值班律师法律帮助工作台账", f"{clock.today():%Y-%m-%d}")
