"""Papers and workbooks of ratings and complaints: the slip, the board, F23. domain.md §6."""

from common.id_numbers import mask_name, mask_phone
from common.pdf import render_pdf
from common.workbooks.writing import Column, Sheet
from consultations.exports.attendance import footer_of, printed, workbook
from consultations.rules.ratings import VALID_DAYS, grouped
from consultations.services.complaints import last_word

BOARD = (
    Column("站点", "text", 28),
    Column("咨询（人次）", "int", 12),
    Column("已评价", "int", 10),
    Column("评价率", "percent", 12),
    Column("非常满意", "int", 10),
    Column("满意", "int", 8),
    Column("基本满意", "int", 10),
    Column("不满意", "int", 8),
    Column("满意度", "percent", 12),
    Column("较严满意度", "percent", 14),
    Column("目标", "percent", 10),
)


def slip_pdf(record, slip, *, qr: bytes, typed_at: str, is_demo) -> bytes:
    """What the person takes home: QR code, digits, where to type them. No name, no question."""
    context = {
        "title": "请您评价",
        "record": record,
        "code": grouped(slip.code),
        "typed_at": typed_at,
        "valid_days": VALID_DAYS,
        "is_demo": is_demo,
    }
    return render_pdf("print/rating_slip.html", context, pictures={"qr.svg": qr})


def board_workbook(satisfaction, *, county, period, by) -> bytes:
    """Each station, the county pooled, the mean of the stations (Z-CON-3)."""

    def line(name, tally, target):
        return (
            name, tally.asked, tally.rated, rounded(tally.response), tally.very_satisfied, tally.satisfied, tally.basic,
            tally.dissatisfied, rounded(tally.satisfaction), rounded(tally.strict), rounded(target),
        )  # fmt: skip

    rows = [line(each.station.name, each.tally, each.target) for each in satisfaction.stations]
    rows.append(line("全县（合并计算）", satisfaction.total, satisfaction.target))
    rows.append(
        (
            "各站点平均",
            None,
            None,
            None,
            None,
            None,
            None,
            None,
            rounded(satisfaction.mean),
            rounded(satisfaction.strict_mean),
            None,
        )
    )
    return workbook(Sheet(f"{county.name}{period}满意度", BOARD, rows, unit="", footer=footer_of(by), name="满意度"))


def rounded(rate):
    """A rate in per cent as the fraction that a cell of percent holds."""
    return None if rate is None else round(rate / 100, 4)


def complaint_pdf(complaint, *, office, by, is_demo) -> bytes:
    """F23 投诉处理单: complainant masked, whom, what, verification, conclusion, when she was told."""
    finding = last_word(complaint)
    context = {
        "title": "投诉处理单",
        "office": office,
        "complaint": complaint,
        "complainant": mask_name(complaint.complainant) if complaint.complainant else "匿名",
        "phone": mask_phone(complaint.phone) if complaint.phone else "没有留",
        "finding": finding,
        "subject": complaint.shift.practitioner.name if complaint.shift_id else complaint.about or "—",
        **printed(by, is_demo),
    }
    return render_pdf("print/duty_complaint.html", context)
