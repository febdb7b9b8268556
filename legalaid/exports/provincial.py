"""F36 省系统、惠民工程管理系统对账签字表, as PDF and workbook: counts, every uneven line, two signatures. domain.md §6.

Of people it says nothing: cases are named by their numbers, a differing name only as differing.
"""

from io import BytesIO

from django.db import transaction

from common import clock
from common.pdf import render_pdf
from common.periods import Quarter
from common.workbooks.writing import Column, Sheet, file_name, write_workbook
from legalaid.models import ReconciledRow, Reconciliation
from legalaid.services.reconciling import lock, system_of
from legalaid.services.reconciling_page import PERSONAL, figures_now, lines_of, rows_of
from organizations.models import Organization
from records.models import IssuedPaper
from records.services import installation, issue_paper, read_file

KIND = "F36"
Pile, Fix = ReconciledRow.Pile, ReconciledRow.Fix
SUMMARY = (Column("项目", "text", 40), Column("件数", "int", 12), Column("说明", "text", 60))
LINES = (
    Column("结果", "text", 14),
    Column("本系统案件编号", "text", 24),
    Column("对方文件行号", "int", 12),
    Column("本系统所列", "text", 44),
    Column("对方所列", "text", 44),
    Column("不一致的项", "text", 24),
    Column("处理", "text", 18),
    Column("处理说明", "text", 40),
    Column("处理人", "text", 12),
    Column("处理日期", "date", 12),
)


def office_of(county) -> str:
    office = Organization.objects.filter(region=county, kind=Organization.Kind.AID_CENTRE).first()
    return office.name if office else f"{county.name}法律援助中心"


def summary_of(found: Reconciliation) -> list[tuple[str, int, str]]:
    told = figures_now(found)
    system = system_of(found)
    return [
        ("对方系统导出件数", told["theirs"], f"{found.first} 至 {found.last}，{system.words}"),
        ("本系统参加核对件数", told["ours"], "导出范围内应在对方系统的案件，以及在对方系统查到的案件"),
        (Pile.SAME.label, told[Pile.SAME], "所核对的各项逐格相同"),
        (Pile.DIFFERING.label, told[Pile.DIFFERING], "至少一项不一致"),
        (Pile.ONLY_HERE.label, told[Pile.ONLY_HERE], "对方系统没有"),
        (Pile.ONLY_THERE.label, told[Pile.ONLY_THERE], "本系统没有"),
        *[(fix.label, told[fix], "核对中的处理") for fix in Fix],
    ]


def uneven_of(found: Reconciliation, user) -> list[dict]:
    """Every line that is or was not equal, as the paper writes it."""
    rows = rows_of(found).exclude(pile=Pile.SAME, fix="")
    return [
        {
            "pile": line.row.get_pile_display(),
            "case": line.case_number or "—",
            "row": line.row.row_number,
            "ours": told_cells(line, "ours"),
            "theirs": told_cells(line, "theirs"),
            "differing": line.differing_words + (f"（{line.row.note}）" if line.row.note else ""),
            "fix": line.row.get_fix_display(),
            "note": line.row.fix_note,
            "by": line.row.fixed_by.name if line.row.fixed_by else "",
            "on": line.row.fixed_at.astimezone(clock.SHANGHAI).date() if line.row.fixed_at else None,
        }
        for line in lines_of(found, rows, user)
    ]


def told_cells(line, side) -> str:
    """Numbers and days in full; of a person's cells only that they were there."""
    told = [(cell.words, getattr(cell, side)) for cell in line.cells if cell.code not in PERSONAL and getattr(cell, side)]
    return "；".join(f"{words} {value}" for words, value in told) or "—"


def signed_words(found: Reconciliation) -> str:
    if found.state == Reconciliation.State.SIGNED:
        return "已签字"
    return "已作废" if found.state == Reconciliation.State.VOID else "草稿：未经双人签字，不得作为依据"


def workbook(found: Reconciliation, *, by) -> bytes:
    quarter = Quarter.parse(found.quarter)
    heading = [
        f"编制单位：{office_of(found.county)}　　期间：{quarter.label}　　系统：{found.get_system_display()}　　{signed_words(found)}"
    ]
    demo = "演示数据　" if installation().is_demo else ""
    footer = f"{demo}{by.name} {clock.real_now():%Y-%m-%d %H:%M} 导出"
    signatures = [f"经办：{signer(found.centre_signed_by, found.centre_signed_at)}　　　　"
                  f"主任：{signer(found.director_signed_by, found.director_signed_at)}"]  # fmt: skip
    lines = [
        (
            each["pile"], each["case"], each["row"], each["ours"], each["theirs"], each["differing"], each["fix"], each["note"],
            each["by"], each["on"],
        )
        for each in uneven_of(found, by)
    ]  # fmt: skip
    stream = BytesIO()
    title = title_of(found)
    write_workbook(
        [
            Sheet(title, SUMMARY, summary_of(found), heading, signatures, unit="单位：件", footer=footer, name="汇总"),
            Sheet(f"{title}（逐件）", LINES, lines, heading, signatures, unit="", footer=footer, name="不一致与单方有"),
        ],
        stream,
    )
    return stream.getvalue()


def title_of(found: Reconciliation) -> str:
    return f"{found.county.name}{Quarter.parse(found.quarter).label}{found.get_system_display()}对账签字表"


def signer(user, at) -> str:
    return f"{user.name} {at.astimezone(clock.SHANGHAI):%Y-%m-%d}" if user else ""


def make_pdf(found: Reconciliation, *, by, number: str = "") -> bytes:
    """Raises PdfUnavailable."""
    facts = {
        "title": title_of(found),
        "office": office_of(found.county),
        "period": Quarter.parse(found.quarter).label,
        "unit": "单位：件",
        "found": found,
        "system": system_of(found),
        "is_draft": found.state != Reconciliation.State.SIGNED,
        "state": signed_words(found),
        "summary": summary_of(found),
        "lines": uneven_of(found, by),
        "centre": signer(found.centre_signed_by, found.centre_signed_at),
        "director": signer(found.director_signed_by, found.director_signed_at),
        "paper_number": number,
        "printed_at": clock.real_now(),
        "printed_by": by.name,
        "is_demo": installation().is_demo,
    }
    return render_pdf("print/provincial_reconciliation.html", facts)


@transaction.atomic
def pdf(found: Reconciliation, *, by) -> bytes:
    """A draft is printed anew each time; the signed list is numbered and kept once, and given out again unchanged."""
    if found.state != Reconciliation.State.SIGNED:
        return make_pdf(found, by=by)
    found = lock(found.pk)
    paper = IssuedPaper.objects.in_force().about(found).filter(kind=KIND).first()
    if paper is None:
        paper = issue_paper(
            kind=KIND,
            title=title_of(found),
            content=lambda number: make_pdf(found, by=by, number=number),
            by=by,
            on=found,
            file_name=name_of(found, ".pdf"),
        )
    return read_file(paper.file)


def name_of(found: Reconciliation, suffix: str) -> str:
    return file_name(found.county.name, f"{system_of(found).short}对账签字表", found.quarter, suffix=suffix)
