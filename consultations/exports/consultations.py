"""Workbooks and papers of consultation records: the register F04, one record F03. domain.md §6."""

from common.id_numbers import mask_id_number, mask_name, mask_phone
from common.pdf import render_pdf
from common.workbooks.writing import Column, Sheet
from consultations.exports.attendance import footer_of, printed, workbook
from consultations.rules.topics import topic_label

REGISTER = (
    Column("登记编号", "text", 24),
    Column("日期", "date", 12),
    Column("时间", "time", 8),
    Column("站点", "text", 14),
    Column("咨询人", "text", 10),
    Column("性别", "text", 6),
    Column("群体", "text", 18),
    Column("联系电话", "text", 14),
    Column("咨询方式", "text", 10),
    Column("类别", "text", 12),
    Column("具体事项", "text", 12),
    Column("内容摘要", "text", 40),
    Column("答复摘要", "text", 40),
    Column("结果", "text", 16),
    Column("满意度", "text", 10),
    Column("值班人员", "text", 10),
    Column("缺项", "text", 16),
    Column("备注", "text", 16),
)
LONGEST = 120


def sees_names(user, record) -> bool:
    """Station staff and the adviser see who came; the bureau sees the record without the name (safety.md §5)."""
    return record.station_id in user.post_stations or record.practitioner.user_id == user.pk


def shown_name(user, record) -> str:
    return record.client_name if sees_names(user, record) else mask_name(record.client_name)


def group_words(record) -> str:
    return "、".join(record.group_labels)


def register_rows(records, user):
    """The register's lines, streamed; telephones are always masked, names by who reads."""
    for record in records:
        yield (
            str(record),
            record.day,
            record.time,
            record.station.short_name,
            shown_name(user, record),
            record.get_client_gender_display(),
            group_words(record),
            mask_phone(record.client_phone),
            record.get_channel_display(),
            record.get_matter_display(),
            topic_label(record.matter, record.topic),
            shortened(record.question),
            shortened(record.answer),
            record.get_outcome_display(),
            record.get_rating_display(),
            record.practitioner.name,
            "、".join(record.missing),
            remark_of(record),
        )


def remark_of(record) -> str:
    """Why a line may not count, or when it came."""
    if record.is_void:
        return "已作废，不计"
    return "离线补传" if getattr(record, "late_entry", None) else ""


def shortened(text) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def register_workbook(records, *, title, by) -> bytes:
    rows = register_rows(records.iterator(chunk_size=1000), by)
    return workbook(Sheet(title, REGISTER, rows, unit="", footer=footer_of(by), name="法律咨询登记台账"))


def register_pdf(records, *, title, office, period, by, is_demo) -> bytes:
    rows = [
        {"cells": cells, "number": index} for index, cells in enumerate(register_rows(records.iterator(chunk_size=1000), by), 1)
    ]
    context = {"title": title, "office": office, "period": period, "rows": rows, **printed(by, is_demo)}
    return render_pdf("print/register.html", context)


def record_pdf(record, *, by, is_demo) -> bytes:
    """F03: one record, to be signed by client and adviser."""
    context = {
        "title": "法律咨询登记表",
        "office": record.station.name,
        "record": record,
        "name": shown_name(by, record),
        "phone": mask_phone(record.client_phone),
        "id_number": mask_id_number(record.client_id_number),
        "groups": group_words(record),
        "handovers": [] if record.is_void else record.handovers.all(),
        **printed(by, is_demo),
    }
    return render_pdf("print/consultation.html", context)


def handover_pdf(handover, *, by, is_demo) -> bytes:
    """转办单: what is handed over and to whom, with a slip that comes back."""
    record = handover.consultation
    context = {
        "title": f"咨询转办单（{handover.get_kind_display()}）",
        "office": record.station.name,
        "handover": handover,
        "record": record,
        "name": shown_name(by, record),
        "phone": mask_phone(record.client_phone),
        **printed(by, is_demo),
    }
    return render_pdf("print/handover.html", context)
