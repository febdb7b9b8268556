"""Reconciling with another system: upload, columns, comparison, decisions row by row, two signatures. Z-CASE-9, D40, F36.

The rows of the export are kept as read (name, keyed index and masked number of the person, never the full number); the file
itself is kept privately. Once signed, database triggers hold figures and rows.
"""

from datetime import date

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.policy import may
from common import clock
from common.encryption import keyed_index
from common.errors import Refused
from common.periods import Quarter
from common.workbooks.delimited import is_workbook, read_export
from legalaid.models import ExportLayout, ReconciledRow, Reconciliation
from legalaid.rules import export_layout, reconciling
from legalaid.rules.export_layout import LayoutRefused
from legalaid.rules.export_rows import read_rows
from legalaid.services.other_systems import System, systems
from records.services import read_file
from records.services.files import LARGEST_UPLOAD, XLSX, keep_file

CSV = "text/csv"
State, Pile, Fix = Reconciliation.State, ReconciledRow.Pile, ReconciledRow.Fix
DAYS = ("day", "received_on", "concluded_on")


class ReconciliationRefused(Refused):
    """The reconciliation cannot go on like this; the sentence says why."""


def require_right(by, action):
    if not may(by, action):
        raise ReconciliationRefused("您的岗位不能办理系统对账：由法律援助中心经办人核对，主任签字。")


def system_of(reconciliation: Reconciliation) -> System:
    return systems()[reconciliation.system]


def lock(pk: int, *states) -> Reconciliation:
    """The reconciliation, locked, when it is in one of the states."""
    found = Reconciliation.objects.select_for_update(of=("self",)).select_related("county", "file").get(pk=pk)
    if states and found.state not in states:
        raise ReconciliationRefused(f"对账表现在是“{found.get_state_display()}”，不能这样办理：请刷新页面。")
    return found


# -- the file and its columns


@transaction.atomic
def upload_export(*, county, system: str, quarter: Quarter, first: date, last: date, upload, by) -> Reconciliation:
    """Take in an export. Where its header is known the comparison is made at once, else its columns wait to be confirmed."""
    require_right(by, "legalaid.reconcile")
    if system not in systems():
        raise ReconciliationRefused("没有这个系统：请重新选择。", field="system")
    if first > last:
        raise ReconciliationRefused("导出截止日期早于起始日期：请检查两个日期。", field="last")
    if last > clock.today():
        raise ReconciliationRefused(f"导出截止日期 {last} 在今天之后：请填写导出文件实际截止的日期。", field="last")
    if not first <= quarter.last or last < quarter.first:
        raise ReconciliationRefused(f"导出范围 {first} 至 {last} 不包括{quarter.label}的任何一天：请检查日期。", field="first")
    standing = Reconciliation.objects.standing().filter(county=county, system=system, quarter=str(quarter)).first()
    if standing:
        raise ReconciliationRefused(
            f"{quarter.label}的{systems()[system].words}对账表已经有了（{standing.get_state_display()}）：要换文件，请先作废原表。",
            field="quarter",
        )
    content = upload.read(LARGEST_UPLOAD + 1)
    sheets = read_export(content)
    sheet, header = likeliest(sheets, systems()[system])
    mime = XLSX if is_workbook(content) else CSV
    stored = keep_file(content=content, name=upload.name, purpose="系统对账", by=by, mime=mime)
    try:
        with transaction.atomic():
            found = Reconciliation.objects.create(
                county=county, system=system, quarter=str(quarter), first=first, last=last, file=stored, sheet=sheet.name[:31],
                header_row=header.row, header_depth=header.depth, labels=labels_of(header), uploaded_by=by,
                uploaded_at=clock.now(),
                columns=export_layout.guess(header, systems()[system].fields),
            )  # fmt: skip
    except IntegrityError:
        raise ReconciliationRefused(f"{quarter.label}的对账表刚由别人建立：请刷新页面。", field="quarter") from None
    audit.record(by=by, action="legalaid.reconcile", on=found, after={"文件": stored.name, "导出范围": f"{first} 至 {last}"})
    known = ExportLayout.objects.filter(county=county, system=system, signature=header.signature).first()
    if known:
        set_columns(pk=found.pk, sheet=found.sheet, row=header.row, depth=header.depth, columns=known.columns, by=by)
    return Reconciliation.objects.get(pk=found.pk)


def likeliest(sheets, system: System):
    """The sheet with the header that is understood best. Refused where no sheet has anything like a header."""
    best, best_known = None, -1
    for sheet in sheets:
        header = export_layout.find_header(cells_of(sheet), system.fields)
        if header and (known := len(export_layout.guess(header, system.fields))) > best_known:
            best, best_known = (sheet, header), known
    if best is None:
        names = "、".join(f"“{sheet.name}”" for sheet in sheets[:5])
        raise ReconciliationRefused(
            f"在工作表{names}里找不到表头：前 15 行里应有一行写着案号、受援人、案由等列名，请确认上传的是案件清单。", field="file"
        )
    return best


def cells_of(sheet):
    return [(row.number, row.cells) for row in sheet.rows]


def labels_of(header) -> list[str]:
    return [header.label(place)[:60] for place in range(len(header.words))]


def sheets_of(reconciliation: Reconciliation):
    """The sheets of the kept file, read again within the limits."""
    return read_export(read_file(reconciliation.file))


def header_of(reconciliation: Reconciliation, *, sheet: str = "", row: int | None = None, depth: int = 1):
    """The sheet and the header a person points at; without that, those that were found."""
    sheets = sheets_of(reconciliation)
    wanted = next((each for each in sheets if each.name[:31] == (sheet or reconciliation.sheet)), None)
    if wanted is None:
        raise ReconciliationRefused("文件里没有这个工作表：请重新选择。", field="sheet")
    if sheet in ("", reconciliation.sheet) and row is None:
        row, depth = reconciliation.header_row, reconciliation.header_depth
    if row is None:
        header = export_layout.find_header(cells_of(wanted), system_of(reconciliation).fields)
        if header is None:
            raise ReconciliationRefused("这个工作表里找不到表头：请换一个工作表，或写明表头在第几行。", field="sheet")
        return sheets, wanted, header
    return sheets, wanted, export_layout.header_at(cells_of(wanted), row, depth)


@transaction.atomic
def set_columns(*, pk: int, sheet: str, row: int, depth: int, columns: dict, by) -> Reconciliation:
    """Confirm what the columns hold, read the rows, compare; the layout is known from then on."""
    require_right(by, "legalaid.reconcile")
    found = lock(pk, State.MAPPING, State.OPEN)
    system = system_of(found)
    _, wanted, header = header_of(found, sheet=sheet, row=row, depth=depth)
    chosen = export_layout.check_columns(columns, header, system.fields)
    read = read_rows(cells_of(wanted), header, chosen)
    if not read.rows:
        raise LayoutRefused("按所选的列没有读到一个案件：请检查工作表、表头行和列。", field="sheet")
    found.rows.all().delete()
    ReconciledRow.objects.bulk_create([kept_row(found, each) for each in read.rows], batch_size=1000)
    found.sheet, found.header_row, found.header_depth = wanted.name[:31], header.row, header.depth
    found.labels, found.columns, found.passed_over = labels_of(header), chosen, read.passed_over[:200]
    found.state = State.OPEN
    found.save(update_fields=["sheet", "header_row", "header_depth", "labels", "columns", "passed_over", "state"])
    ExportLayout.objects.update_or_create(
        county=found.county, system=found.system, signature=header.signature,
        defaults={"labels": found.labels, "columns": chosen, "set_by": by, "set_at": clock.now()},
    )  # fmt: skip
    words = {system.words_of[code]: found.labels[place] for code, place in chosen.items()}
    audit.record(by=by, action="legalaid.reconcile", on=found, after={"对应的列": words, "读入": len(read.rows)})
    compare(found)
    return found


def kept_row(reconciliation, read) -> ReconciledRow:
    values = {code: value.isoformat() if isinstance(value, date) else value for code, value in read.values.items()}
    recipient, shown = values.pop("recipient", ""), values.pop("id_number", None)
    return ReconciledRow(
        reconciliation=reconciliation,
        pile=Pile.ONLY_THERE,
        row_number=read.number,
        values=values,
        recipient=recipient or "",
        id_index=keyed_index(read.id_number) if read.id_number else "",
        id_shown=shown or "",
        doubts=dict(read.doubts),
    )


# -- the comparison


def their_row(row: ReconciledRow, columns) -> reconciling.TheirRow:
    values = {
        code: date.fromisoformat(value) if code in DAYS and value else (None if code in DAYS else value)
        for code, value in row.values.items()
    }
    if "recipient" in columns:
        values["recipient"] = row.recipient
    if "id_number" in columns:
        values["id_number"] = row.id_shown
    return reconciling.TheirRow(row.row_number, values, row.id_index, row.doubts)


def compare(found: Reconciliation) -> None:
    """Lay the kept rows beside our cases as they are now. What people decided about rows stays."""
    rows = {row.row_number: row for row in found.rows.exclude(row_number=None)}
    kept = {row.case_id: row for row in found.rows.filter(row_number=None)}
    confirmed = {number: row.case_id for number, row in rows.items() if row.is_confirmed and row.case_id}
    rejected = {(number, key) for number, row in rows.items() for key in row.rejected}
    ours = system_of(found).ours(county=found.county, first=found.first, last=found.last)
    theirs = [their_row(row, found.columns) for row in rows.values()]
    pairs = reconciling.reconcile(ours, theirs, confirmed=confirmed, rejected=rejected)
    found.rows.filter(row_number=None).delete()
    found.rows.exclude(case=None).update(case=None)  # a case may move from one row to another
    changed, alone = [], []
    for pair in pairs:
        if pair.theirs is None:
            alone.append(row_alone(found, pair.ours, kept.get(pair.ours.key)))
            continue
        row = rows[pair.theirs.number]
        row.pile, row.case_id, row.note = pair.pile, pair.ours.key if pair.ours else None, pair.note[:200]
        row.differing, row.matched_by, row.ours = list(pair.differing), pair.matched_by, ours_of(pair.ours)
        changed.append(row)
    fields = ["pile", "case", "note", "differing", "matched_by", "ours"]
    ReconciledRow.objects.bulk_update(changed, fields, batch_size=500)
    ReconciledRow.objects.bulk_create(alone, batch_size=1000)
    found.compared_at = clock.now()
    found.save(update_fields=["compared_at"])


def ours_of(case) -> dict:
    """What our side says at this moment, kept with the row: numbers and days, nothing of the person."""
    if case is None:
        return {}
    told = {code: case.values.get(code) for code in ("provincial_no", "number", "entry_no", *DAYS)}
    return {code: value.isoformat() if isinstance(value, date) else value for code, value in told.items()}


def row_alone(found, case, before) -> ReconciledRow:
    """A case that only we have, with what was said of it before."""
    row = ReconciledRow(reconciliation=found, pile=Pile.ONLY_HERE, case_id=case.key, ours=ours_of(case))
    if before:
        row.fix, row.fix_note, row.fixed_by_id, row.fixed_at = before.fix, before.fix_note, before.fixed_by_id, before.fixed_at
    return row


@transaction.atomic
def compare_again(*, pk: int, by) -> Reconciliation:
    require_right(by, "legalaid.reconcile")
    found = lock(pk, State.OPEN)
    compare(found)
    return found


# -- decisions about rows


def row_of(found: Reconciliation, row_id: int) -> ReconciledRow:
    row = found.rows.select_related("case").filter(pk=row_id).first()
    if row is None:
        raise ReconciliationRefused("这一行刚被重新核对过：请刷新页面。")
    return row


@transaction.atomic
def pair_row(*, pk: int, row_id: int, case_id: int, by) -> None:
    """A person says that a row is this case: a proposal confirmed, or two lone lines brought together."""
    require_right(by, "legalaid.reconcile")
    found = lock(pk, State.OPEN)
    row = row_of(found, row_id)
    if row.row_number is None or row.pile not in (Pile.PROPOSED, Pile.ONLY_THERE):
        raise ReconciliationRefused("这一行已经对上：要改，请先取消对应。")
    if row.pile == Pile.PROPOSED and row.case_id != case_id:
        raise ReconciliationRefused("建议的案件已经变了：请刷新页面。")
    if row.pile == Pile.ONLY_THERE and not found.rows.filter(case_id=case_id, pile=Pile.ONLY_HERE).exists():
        raise ReconciliationRefused("只能与“只在本系统”里的案件对上：请重新选择。", field="case")
    found.rows.filter(case_id=case_id, pile=Pile.ONLY_HERE).delete()
    row.case_id, row.is_confirmed, row.rejected = case_id, True, [key for key in row.rejected if key != case_id]
    row.save(update_fields=["case", "is_confirmed", "rejected"])
    record_row(by, row, {"人工对上": str(row.case or case_id)})
    compare(found)


@transaction.atomic
def part_row(*, pk: int, row_id: int, by) -> None:
    """A person says that a row is not this case: a proposal turned down, or a pair taken apart."""
    require_right(by, "legalaid.reconcile")
    found = lock(pk, State.OPEN)
    row = row_of(found, row_id)
    if row.case_id is None or row.row_number is None:
        raise ReconciliationRefused("这一行没有对上任何案件。")
    record_row(by, row, {"取消对应": str(row.case)})
    row.rejected, row.is_confirmed, row.fix, row.fix_note = [*row.rejected, row.case_id], False, "", ""
    row.save(update_fields=["rejected", "is_confirmed", "fix", "fix_note"])
    compare(found)


@transaction.atomic
def take_theirs(*, pk: int, row_id: int, by) -> list[str]:
    """Write number and day as the other system has them into our case. The words of what was taken."""
    require_right(by, "legalaid.reconcile")
    found = lock(pk, State.OPEN)
    system, row = system_of(found), row_of(found, row_id)
    if system.take is None:
        raise ReconciliationRefused(f"{system.words}的数据不能直接采用：请登记需更正的一方。")
    if row.pile != Pile.DIFFERING or row.case_id is None:
        raise ReconciliationRefused("只有“不一致”的行可以采用对方数据。")
    theirs = their_row(row, found.columns).values
    values = {code: theirs[code] for code in system.takeable if code in row.differing and theirs.get(code)}
    if not values:
        raise ReconciliationRefused("这一行没有可以采用的案号或日期：请登记需更正的一方。")
    names = [system.words_of[code] for code in values]
    system.take(
        case_id=row.case_id, values=values, by=by, reason=f"{found.quarter} 对账采用{system.short}导出文件第 {row.row_number} 行"
    )
    row.fix, row.fix_note = Fix.TAKEN, f"采用{'、'.join(names)}"
    row.fixed_by, row.fixed_at = by, clock.now()
    row.save(update_fields=["fix", "fix_note", "fixed_by", "fixed_at"])
    record_row(by, row, {"采用对方数据": "、".join(names)})
    compare(found)
    return names


@transaction.atomic
def note_fix(*, pk: int, row_ids, fix: str, note: str, by) -> int:
    """Say of rows what is to be mended where, or why nothing is. How many rows."""
    require_right(by, "legalaid.reconcile")
    found = lock(pk, State.OPEN)
    if fix not in (Fix.MEND_HERE, Fix.MEND_THERE, Fix.EXPLAINED):
        raise ReconciliationRefused("没有选择如何处理：请选择。", field="fix")
    if not note.strip():
        raise ReconciliationRefused("没有写处理说明：请写明改什么、由谁改，或者为什么不需更正。", field="note")
    rows = list(found.rows.select_related("case").filter(pk__in=row_ids, pile__in=UNEVEN))
    if not rows:
        raise ReconciliationRefused("没有选中需要处理的行：请在行首打勾。", field="rows")
    for row in rows:
        row.fix, row.fix_note, row.fixed_by, row.fixed_at = fix, note.strip()[:300], by, clock.now()
    ReconciledRow.objects.bulk_update(rows, ["fix", "fix_note", "fixed_by", "fixed_at"], batch_size=500)
    told = {"处理": Fix(fix).label, "行数": len(rows), "行": [row.row_number or str(row.case) for row in rows[:50]]}
    audit.record(by=by, action="legalaid.reconcile", on=found, after=told, reason=note[:300])
    return len(rows)


UNEVEN = (Pile.DIFFERING, Pile.ONLY_HERE, Pile.ONLY_THERE)


def record_row(by, row, after):
    audit.record(by=by, action="legalaid.reconcile", on=row, after=after)


# -- signatures


def figures_of(found: Reconciliation) -> dict[str, int]:
    """How many lines lie on each pile, how many of the uneven ones are dealt with how, how many still wait for a word."""
    told = dict.fromkeys(("ours", "theirs", *Pile.values, *Fix.values, "open"), 0)
    for pile, case, number, fix in found.rows.values_list("pile", "case_id", "row_number", "fix"):
        told[pile] += 1
        told["ours"] += case is not None and pile != Pile.PROPOSED
        told["theirs"] += number is not None
        if fix:
            told[fix] += 1
        elif pile in UNEVEN:
            told["open"] += 1
    return told


def why_not_signed(figures) -> str:
    """Why the list cannot be signed yet; empty when it can."""
    if figures[Pile.PROPOSED]:
        return f"还有 {figures[Pile.PROPOSED]} 行待确认是不是同一案件：请先逐行确认。"
    if figures["open"]:
        return f"还有 {figures['open']} 行没有处理意见：每一行不一致或者单方有的都要写明处理意见。"
    return ""


@transaction.atomic
def sign_by_centre(*, pk: int, by) -> Reconciliation:
    """The officer signs: compared once more, every uneven row with a word, the figures frozen."""
    require_right(by, "legalaid.reconcile")
    found = lock(pk, State.OPEN)
    compare(found)
    figures = figures_of(found)
    if why := why_not_signed(figures):
        raise ReconciliationRefused(why)
    found.state, found.figures = State.CENTRE_SIGNED, figures
    found.centre_signed_by, found.centre_signed_at, found.returned_reason = by, clock.now(), ""
    found.save(update_fields=["state", "figures", "centre_signed_by", "centre_signed_at", "returned_reason"])
    audit.record(by=by, action="legalaid.sign_reconciliation_as_centre", on=found, after=figures)
    return found


@transaction.atomic
def sign_by_director(*, pk: int, by) -> Reconciliation:
    """The director signs what the officer signed; she is somebody else."""
    require_right(by, "legalaid.sign_reconciliation")
    found = lock(pk, State.CENTRE_SIGNED)
    if by.pk in (found.centre_signed_by_id, found.uploaded_by_id):
        raise ReconciliationRefused("经办和签字必须是两个人：请由另一位主任签字。")
    found.state, found.director_signed_by, found.director_signed_at = State.SIGNED, by, clock.now()
    found.save(update_fields=["state", "director_signed_by", "director_signed_at"])
    audit.record(by=by, action="legalaid.sign_reconciliation", on=found, after=found.figures)
    return found


@transaction.atomic
def return_to_centre(*, pk: int, by, reason: str) -> Reconciliation:
    """The director sends it back with a reason; the officer's signature is gone."""
    require_right(by, "legalaid.sign_reconciliation")
    found = lock(pk, State.CENTRE_SIGNED)
    if not reason.strip():
        raise ReconciliationRefused("没有写退回原因：请写明哪里要改。", field="reason")
    found.state, found.returned_reason = State.OPEN, reason.strip()[:300]
    found.centre_signed_by, found.centre_signed_at, found.figures = None, None, {}
    found.save(update_fields=["state", "returned_reason", "centre_signed_by", "centre_signed_at", "figures"])
    audit.record(by=by, action="legalaid.return_reconciliation", on=found, reason=reason[:300])
    return found


@transaction.atomic
def void(*, pk: int, by, reason: str) -> Reconciliation:
    """Put a list aside: an unsigned one by the officer, a signed one only by the director. It stays to be read."""
    found = lock(pk, State.MAPPING, State.OPEN, State.CENTRE_SIGNED, State.SIGNED)
    was_signed = found.state in (State.CENTRE_SIGNED, State.SIGNED)
    require_right(by, "legalaid.sign_reconciliation" if was_signed else "legalaid.reconcile")
    if not reason.strip():
        raise ReconciliationRefused("没有写作废原因：请写明为什么作废。", field="reason")
    found.state, found.void_reason = State.VOID, reason.strip()[:300]
    found.voided_by, found.voided_at = by, clock.now()
    found.save(update_fields=["state", "void_reason", "voided_by", "voided_at"])
    audit.record(by=by, action="legalaid.void_reconciliation", on=found, reason=reason[:300])
    return found


def signed_for(*, county, system: str, quarter: Quarter) -> Reconciliation | None:
    """The signed list of a quarter, for whoever bases figures on it."""
    return Reconciliation.objects.signed().filter(county=county, system=system, quarter=str(quarter)).first()
