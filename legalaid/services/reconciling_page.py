"""The lines of a reconciliation as page and papers show them: cell by cell, nothing of a person unmasked.

Names and ID numbers are masked on both sides; where they differ the cell says so and no more. The cause of a criminal or a
minor's case is shown only to those who may open the case.
"""

from dataclasses import dataclass, field
from datetime import date

from common.id_numbers import mask_name
from legalaid.models import AidCase, ReconciledRow, Reconciliation
from legalaid.rules.reconciling import COMPARED, MatchedBy
from legalaid.services.reconciling import DAYS, Pile, figures_of, system_of

HIDDEN = "（保密）"
MATCHED = {
    MatchedBy.PROVINCIAL_NO: "按省系统案号对上",
    MatchedBy.NUMBER: "按案件编号对上",
    MatchedBy.ENTRY_NO: "按惠民系统编号对上",
    MatchedBy.HAND: "人工对上",
    MatchedBy.LIKENESS: "系统建议",
}
PERSONAL = ("recipient", "id_number", "cause")


@dataclass
class Cell:
    """One compared thing of a line: ours, theirs, whether they differ, what could not be read."""

    code: str
    words: str
    ours: str = ""
    theirs: str = ""
    is_differing: bool = False
    doubt: str = ""


@dataclass
class Line:
    """One line of the comparison for the eye."""

    row: ReconciledRow
    cells: list[Cell]
    case_number: str
    is_open_to_reader: bool
    matched: str
    takeable: list[str] = field(default_factory=list)

    @property
    def differing_words(self) -> str:
        return "、".join(cell.words for cell in self.cells if cell.is_differing)


def lines_of(found: Reconciliation, rows, user) -> list[Line]:
    """The lines of these rows. Two queries whatever their number."""
    rows = list(rows)
    seen = AidCase.objects.visible_to(user).filter(pk__in=[row.case_id for row in rows if row.case_id])
    readable = set(seen.values_list("pk", flat=True))
    system = system_of(found)
    return [line_of(found, system, row, row.case_id in readable) for row in rows]


def line_of(found, system, row: ReconciledRow, is_readable: bool) -> Line:
    words, cells = system.words_of, []
    for code in COMPARED:
        if code not in words or (code not in found.columns and code not in ("provincial_no", "day")):
            continue
        cells.append(
            Cell(
                code,
                words[code],
                ours=our_words(row, code, is_readable),
                theirs=their_words(row, code, is_readable or row.case_id is None),
                is_differing=code in row.differing,
                doubt=row.doubts.get(code, ""),
            )
        )
    takeable = []
    if system.take and row.pile == Pile.DIFFERING:
        takeable = [words[code] for code in system.takeable if code in row.differing and row.values.get(code)]
    return Line(row, cells, row.case.number if row.case_id else "", is_readable, MATCHED.get(row.matched_by, ""), takeable)


def our_words(row, code, is_readable) -> str:
    if row.case is None:
        return ""
    match code:
        case "recipient":
            return mask_name(row.case.recipient)
        case "id_number":
            return "已登记"
        case "cause":
            return row.case.cause if is_readable else HIDDEN
        case _:
            return day_words(row.ours.get(code)) if code in DAYS else row.ours.get(code) or ""


def their_words(row, code, is_readable) -> str:
    if row.row_number is None:
        return ""
    match code:
        case "recipient":
            return mask_name(row.recipient) if row.recipient else ""
        case "id_number":
            return row.id_shown
        case "cause":
            return (row.values.get("cause") or "") if is_readable else HIDDEN
        case _:
            return day_words(row.values.get(code)) if code in DAYS else row.values.get(code) or ""


def day_words(text) -> str:
    return date.fromisoformat(text).isoformat() if text else ""


def rows_of(found: Reconciliation, pile: str = ""):
    rows = found.rows.select_related("case", "fixed_by")
    if pile == "open":
        return rows.filter(pile__in=(Pile.DIFFERING, Pile.ONLY_HERE, Pile.ONLY_THERE), fix="")
    if pile == "fixed":
        return rows.exclude(fix="")
    return rows.filter(pile=pile) if pile else rows


def candidates_of(found: Reconciliation) -> list[tuple[int, str]]:
    """The cases that only we have, for pairing by hand: number, masked name, day of receipt."""
    rows = found.rows.filter(pile=Pile.ONLY_HERE).select_related("case")[:200]
    return [(row.case_id, f"{row.case.number} {mask_name(row.case.recipient)} {row.case.received_on}") for row in rows]


def figures_now(found: Reconciliation) -> dict:
    """The frozen figures of a signed list, the living ones of any other."""
    return found.figures or figures_of(found)
