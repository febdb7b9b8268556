"""Papers and workbooks of follow-up calls: F22, the draw, the register. domain.md §6."""

from common.id_numbers import mask_phone
from common.pdf import render_pdf
from common.periods import YearMonth
from common.workbooks.writing import Column, Sheet
from consultations.exports.attendance import footer_of, printed, workbook
from consultations.exports.consultations import shown_name
from consultations.services.followups import concerns_of, said

REGISTER = (
    Column("咨询登记编号", "text", 24),
    Column("咨询日期", "date", 12),
    Column("站点", "text", 14),
    Column("咨询人", "text", 10),
    Column("联系电话", "text", 14),
    Column("抽取月份", "text", 12),
    Column("结果", "text", 10),
    Column("回访日期", "date", 12),
    Column("回访方式", "text", 10),
    Column("未接通次数", "int", 10),
    Column("回访满意度", "text", 12),
    Column("本人评价", "text", 12),
    Column("反映的问题", "text", 40),
    Column("意见和建议", "text", 40),
    Column("回访人", "text", 10),
)


def follow_up_workbook(rows, *, by) -> bytes:
    """The register of calls; telephones masked, the person's own rating beside what she said on the telephone."""
    lines = (
        (
            str(row.consultation), row.consultation.day, row.consultation.station.short_name, shown_name(by, row.consultation),
            mask_phone(row.consultation.client_phone), YearMonth.of(row.draw.first).label if row.draw else "单独回访",
            row.get_state_display(), row.day, row.get_way_display(), row.n_tries, row.get_satisfaction_display(),
            row.consultation.get_rating_display(), "；".join(concerns_of(row)), row.opinion, row.closed_by.name if row.closed_by else "",
        )
        for row in rows.iterator(chunk_size=1000)
    )  # fmt: skip
    return workbook(Sheet("咨询回访登记表", REGISTER, lines, unit="", footer=footer_of(by), name="咨询回访"))


def follow_up_pdf(row, *, name, by, is_demo) -> bytes:
    """F22 咨询人回访记录表: whom, how, five questions, satisfaction, opinion, who called, when."""
    context = {
        "title": "咨询人回访记录表",
        "office": row.consultation.station.name,
        "row": row,
        "record": row.consultation,
        "name": name,
        "phone": mask_phone(row.consultation.client_phone),
        "said": said(row),
        "tries": list(row.tries.select_related("by")),
        **printed(by, is_demo),
    }
    return render_pdf("print/followup.html", context)


def draw_pdf(draw, *, office, by, is_demo) -> bytes:
    """The draw for the file: population, share, seed, how to draw again, the numbers drawn."""
    drawn = draw.follow_ups.select_related("consultation__station").order_by(
        "consultation__station__order", "consultation__number"
    )
    context = {
        "title": f"{YearMonth.of(draw.first).label}咨询回访抽取单",
        "office": office,
        "draw": draw,
        "drawn": list(drawn),
        **printed(by, is_demo),
    }
    return render_pdf("print/followup_draw.html", context)
