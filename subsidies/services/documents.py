"""A pay sheet as the JSON document of contract.md 4: the same lines that the page, the slip and the workbook show."""

from collections import defaultdict

from common.id_numbers import mask_id_number

NOT_OF_A_SHIFT = ("month_void", "difference", "carried")


def pay_sheet_document(sheet) -> dict:
    """Everybody with a shift, by name and ID number; each settled shift with its lines; what is unsettled. Four queries."""
    rows = list(sheet.rows.select_related("practitioner"))
    numbers = {row.pk: row.practitioner.id_number for row in rows}
    shifts, month_lines = defaultdict(dict), defaultdict(list)
    lines = sheet.lines.select_related("shift__station").order_by("shift__day", "shift__starts_at", "shift", "pk")
    for line in lines:
        if line.kind in NOT_OF_A_SHIFT:
            month_lines[line.row_id].append(as_line(line))
        else:
            shifts[line.row_id].setdefault(line.shift, []).append(line)
    unsettled = sheet.unsettled.select_related("shift__station", "shift__practitioner").order_by(
        "shift__day", "shift__station__order", "shift__practitioner__name"
    )
    return {
        "county": sheet.month.county.code or sheet.month.county.name,
        "month": str(sheet.month.period),
        "status": sheet.status,
        "plan": sheet.plan.code,
        "total": money(sheet.total),
        "persons": [
            as_person(row, numbers[row.pk], shifts[row.pk], month_lines[row.pk])
            for row in sorted(rows, key=lambda row: (row.name, numbers[row.pk]))
        ],
        "unsettled": [
            {
                "day": item.shift.day.isoformat(),
                "station": item.shift.station.name,
                "name": item.shift.practitioner.name,
                "reason": item.reason,
            }
            for item in unsettled
        ],
    }


def as_person(row, id_number, shifts, month_lines) -> dict:
    return {
        "name": row.name,
        "id_number": mask_id_number(id_number),
        "category": row.get_category_display(),
        "shifts_served": row.shifts_served,
        "rate": money(row.rate),
        "deducted": money(row.deducted),
        "payable": money(row.payable),
        "month_void": row.is_month_void,
        "shifts": [
            {
                "day": shift.day.isoformat(),
                "station": shift.station.name,
                "payable": money(sum(line.amount for line in lines)),
                "lines": [as_line(line) for line in lines],
            }
            for shift, lines in shifts.items()
        ],
        "month_lines": month_lines,
    }


def as_line(line) -> dict:
    document = {"kind": line.kind, "amount": money(line.amount), "clause": line.clause}
    if line.note:
        document["note"] = line.note
    return document


def money(amount) -> str:
    return f"{amount:.2f}"
