"""Workbooks and papers of a roster: the month's workbook, the notice F01, the approval sheets F28. domain.md §6."""

import io
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string

from common import clock
from common.pdf import one_page_pdf, render_pdf
from common.workbooks.writing import Column, Sheet, file_name, write_workbook
from consultations.rules import rosters as rules
from consultations.services.public_duty import PublicDuty, Turn
from consultations.services.roster_page import MonthPage
from consultations.services.rosters import RosterError

# Letters of the notice in tenths of a point, largest first, and how many lines of the largest a sheet holds.
SIZES = tuple(range(115, 50, -5))
LINES_AT_LARGEST = 34
# More lines than this are gathered by station and person.
MOST_BY_DAY = 48

DETAIL = (
    Column("日期", "date", 12),
    Column("站点", "text", 26),
    Column("值班人员", "text", 12),
    Column("开始时间", "time", 10),
    Column("结束时间", "time", 10),
    Column("午休分钟", "int", 10),
    Column("调整原因", "text", 30),
)
NOTICE = (
    Column("日期", "date", 12),
    Column("星期", "text", 7),
    Column("服务地点", "text", 28),
    Column("值班人员", "text", 12),
    Column("人员类别", "text", 20),
    Column("所属单位", "text", 24),
    Column("时间", "text", 22),
    Column("咨询电话", "text", 16),
    Column("监督电话", "text", 16),
)


class TooMuchForAPage(RosterError):
    """The notice does not fit on one sheet even in the smallest letters."""


def roster_workbook(page: MonthPage, *, by) -> bytes:
    """The month as a grid of stations and days, and its shifts one by one, as the import reads them back."""
    columns = [Column("站点", "text", 14)]
    columns += [Column(f"{day.day.day}{rules.weekday(day.day)}", "text", 7) for day in page.days]
    columns += [Column("合计", "int", 7, total=True)]
    footer = f"{by.name} {clock.real_now():%Y-%m-%d %H:%M} 导出"
    title = f"{page.county.name}{page.month.label}法律服务值班表"
    grid = ((row.station.short_name, *(_names(cell) for cell in row.cells), row.count) for row in page.rows)
    details = sorted(
        (chip.shift for row in page.rows for cell in row.cells for chip in cell.chips),
        key=lambda shift: (shift.day, shift.station.order, shift.starts_at, shift.pk),
    )
    lines = [
        (
            shift.day,
            shift.station.name,
            shift.practitioner.name,
            shift.starts_at,
            shift.ends_at,
            shift.lunch_minutes,
            shift.override_reason,
        )
        for shift in details
    ]
    sheets = [
        Sheet(title, columns, grid, unit="", footer=footer, name="值班表"),
        Sheet("排班", DETAIL, lines, plain=True, name="排班"),
    ]
    return _bytes(sheets)


def roster_file_name(county, month) -> str:
    return file_name(county.name, "值班表", str(month))


def notice_workbook(duty: PublicDuty, title: str) -> bytes:
    """F01 as a workbook: what the public page shows."""
    rows = (
        (
            turn.day,
            turn.weekday,
            turn.station.name,
            turn.name,
            turn.kind,
            turn.unit,
            _times(turn),
            turn.station.phone,
            turn.station.supervision_phone,
        )
        for turn in duty.turns
    )
    return _bytes([Sheet(title, NOTICE, rows, unit="", heading=[_published_words(duty)], name="值班公示")])


def notice_pdf(duty: PublicDuty, *, title: str, period: str, office: str, is_demo: bool) -> bytes:
    """F01 on one sheet of A4: day by day where that fits (a week, a station), else station by station (a county's month).

    Letters as large as one sheet allows. Raises TooMuchForAPage, PdfUnavailable.
    """
    by_day = duty.by_day()
    lines = sum(max(2, sum(2 if turn.lunch_minutes else 1 for turn in turns)) for _, turns in by_day)
    groups = station_groups(duty) if lines > MOST_BY_DAY else []
    wanted = sum(max(2, len(people)) for _, _, people in groups) if groups else lines
    likely = [size for size in SIZES if wanted * size <= LINES_AT_LARGEST * SIZES[0]] or SIZES[-1:]
    context = {
        "title": title,
        "period": period,
        "office": office,
        "duty": duty,
        "by_day": by_day,
        "groups": groups,
        "is_demo": is_demo,
        "published_words": _published_words(duty),
    }
    content = one_page_pdf(render_to_string("print/roster_notice.html", {**context, "size": size}) for size in likely)
    if content is None:
        raise TooMuchForAPage("班次太多，一张 A4 放不下：请按周或按站点打印。")
    return content


@dataclass(frozen=True)
class Group:
    """One person's days at one station at the same hours; `times` is empty where the station's own say it."""

    name: str
    kind: str
    unit: str
    times: str
    days: str


def station_groups(duty: PublicDuty) -> list[tuple]:
    """The turns of a month gathered: (station, its hours if they are the same for all, [Group…])."""
    gathered = defaultdict(lambda: defaultdict(list))
    for turn in duty.turns:
        gathered[turn.station][turn.name, turn.kind, turn.unit, _times(turn)].append(turn.day)
    found = []
    for station, people in sorted(gathered.items(), key=lambda item: (item[0].order, item[0].name)):
        hours = {times for _, _, _, times in people}
        shared = hours.pop() if len(hours) == 1 else ""
        groups = [
            Group(name, kind, unit, "" if shared else times, _day_words(days))
            for (name, kind, unit, times), days in people.items()
        ]
        found.append((station, shared, groups))
    return found


def _day_words(days: list[date]) -> str:
    return "、".join(f"{day.day}日（{rules.weekday(day)}）" for day in days)


def approval_pdf(page: MonthPage, *, roster, publications, office, by, is_demo) -> bytes:
    """F28, the month: what was planned, what was adjusted and why, which versions went out by whom. Raises PdfUnavailable."""
    special = [chip.shift for row in page.rows for cell in row.cells for chip in cell.chips if chip.shift.override_reason]
    reasons = []
    if publications:
        words = {problem.key: problem.text for problem in page.problems}
        reasons = [(words.get(key, key), reason) for key, reason in publications[0].reasons.items()]
    context = {
        "title": f"{page.month.label}值班排班审批表",
        "office": office,
        "period": page.month.label,
        "unit": "",
        "page": page,
        "rows": [
            (row, "、".join(dict.fromkeys(c.shift.practitioner.name for cell in row.cells for c in cell.chips)))
            for row in page.rows
        ],
        "special": special,
        "reasons": reasons,
        "roster": roster,
        "publications": publications,
        "printed_at": clock.real_now(),
        "printed_by": by.name,
        "is_demo": is_demo,
    }
    return render_pdf("print/roster_approval.html", context)


def change_pdf(changes, *, title, office, period, by, is_demo) -> bytes:
    """F28, substitutions: one, or a month's. Raises PdfUnavailable."""
    context = {
        "title": title,
        "office": office,
        "period": period,
        "changes": changes,
        "printed_at": clock.real_now(),
        "printed_by": by.name,
        "is_demo": is_demo,
    }
    return render_pdf("print/roster_changes.html", context)


def _names(cell) -> str:
    return "、".join(chip.shift.practitioner.name for chip in cell.chips)


def _times(turn: Turn) -> str:
    return f"{turn.hours}（{turn.lunch}）" if turn.lunch else turn.hours


def _published_words(duty: PublicDuty) -> str:
    if not duty.published_at:
        return ""
    version = "、".join(f"{each.roster.month.label}第{each.version}版" for each in duty.versions)
    return f"{duty.published_at.astimezone(clock.SHANGHAI):%Y年%-m月%-d日}公示（{version}）"


def _bytes(sheets) -> bytes:
    target = io.BytesIO()
    write_workbook(sheets, target)
    return target.getvalue()
