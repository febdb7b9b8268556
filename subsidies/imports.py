"""Sheet 资金: what came and went. contract.md 3.9; Z-FUND-1, Z-FUND-2, plan 五（一）.

And of the sheet 法律援助案件 what is told of mark and money, beside the case itself (contract.md 3.8).
"""

from common.errors import Refused
from common.money import yuan
from common.workbooks import tables
from common.workbooks.tables import Column, Row, Table
from legalaid.models import AidCase
from programmes.calendar import is_loaded
from records.importing import ImportRun, twice_in_file
from subsidies.models import CaseClaim, CaseMark, Fund, FundMovement, LedgerEntry
from subsidies.services.funds import enter_movement

FUNDS = Table(
    "资金",
    (
        Column("日期", tables.day, is_required=True),
        Column("资金来源", tables.one_of({label: value for value, label in Fund.Kind.choices}), is_required=True),
        Column("类型", tables.one_of({label: value for value, label in FundMovement.Kind.choices}), is_required=True),
        Column("金额", tables.yuan_amount, is_required=True),
        Column("文号", tables.text(100), default=""),
        Column("说明", tables.text(200), default=""),
    ),
)


def import_funds(run: ImportRun, rows: list[Row]) -> None:
    """Add movements in the order of their days. Key: all columns but 说明."""
    unique = twice_in_file(run, rows, key_of)
    kinds = {row["资金来源"] for row in rows}
    funds = {kind: Fund.objects.get_or_create(county=run.county, kind=kind)[0] for kind in kinds}
    known = {
        (item.day, item.fund.kind, item.kind, item.amount, item.document_no): item
        for item in FundMovement.objects.filter(fund__in=funds.values()).select_related("fund")
    }
    # What raises the balance goes before what lowers it, so that a day's order in the file does not matter.
    order = [FundMovement.Kind.ARRIVED, FundMovement.Kind.FORWARDED, FundMovement.Kind.RETURNED, FundMovement.Kind.REMITTED]
    for row in sorted(unique.values(), key=lambda row: (row["日期"], order.index(row["类型"]))):
        if not is_possible(run, row):
            continue
        movement = known.get(key_of(row))
        if movement is None:
            add_movement(run, row, funds[row["资金来源"]])
        else:
            is_changed = run.update(movement, remark=row["说明"])
            run.count(row, is_changed=is_changed, words=f"{movement}")


def key_of(row: Row) -> tuple:
    return row["日期"], row["资金来源"], row["类型"], row["金额"], row["文号"]


def is_possible(run: ImportRun, row: Row) -> bool:
    before = len(run.problems)
    if row["金额"] <= 0:
        run.wrong(row, "金额", "金额应大于 0：退回和缴回也填写正数，由“类型”说明方向。")
    if not is_loaded(row["日期"].year):
        run.wrong(row, "日期", f"没有载入 {row['日期'].year} 年的工作日历：请先载入，或核对年份。")
    return len(run.problems) == before


def add_movement(run: ImportRun, row: Row, fund: Fund) -> None:
    """Enter and book a movement as finance does by hand; what the service refuses is this row's error."""
    try:
        movement = enter_movement(
            fund=fund, kind=row["类型"], day=row["日期"], amount=row["金额"], document_no=row["文号"], remark=row["说明"], by=run.by
        )  # fmt: skip
    except Refused as error:
        run.wrong(row, {"day": "日期"}.get(error.field, "金额"), str(error))
        return
    run.added([movement, *LedgerEntry.objects.filter(movement=movement)])
    run.count(row, is_new=True)


def import_marks(run: ImportRun, rows: list[Row]) -> None:
    """标注日期, 当地补贴标准 and 已发普通补贴 of the sheet 法律援助案件. Key: 案件编号, after the cases themselves are in.

    A row that says nothing new about the case and something new about its mark counts as changed, once. What stands in a list
    that was handed in is not told otherwise any more.
    """
    told = {row["案件编号"]: row for row in rows}
    cases = dict(AidCase.objects.filter(county=run.county, number__in=list(told)).values_list("number", "pk"))
    marks = {mark.case_id: mark for mark in CaseMark.objects.filter(case__in=cases.values())}
    listed = set(CaseClaim.objects.handed_in().filter(case__in=cases.values()).values_list("case_id", flat=True))
    touched = [change for change in run.changes if change.model == AidCase._meta.label]
    fresh = {change.object_id for change in touched if change.action == "added"}
    altered = {int(change.object_id) for change in touched if change.action != "added"}
    changed = set(run.changed_rows)
    new = []
    for number, row in told.items():
        case_id = cases.get(number)
        if case_id is None:  # the case itself was refused
            continue
        if case_id in listed and case_id in altered:
            run.wrong(row, "案件编号", "案件已列入签报的案件补贴季表，内容不能再由工作簿更改：请先退回季表中的这一件。")
            continue
        values = {
            "marked_on": row["标注日期"],
            "local_standard": row["当地补贴标准"],
            "is_ordinary_subsidy_paid": row["已发普通补贴"],
        }
        mark = marks.get(case_id)
        if mark is None:
            new.append(CaseMark(case_id=case_id, **values))
            if case_id not in fresh and tuple(values.values()) != (None, 1000, False):
                count_changed(run, row, changed)
        elif any(getattr(mark, name) != value for name, value in values.items()):
            change_mark(run, row, mark, values, is_listed=case_id in listed, counted=changed)
    if not run.errors:
        run.added(CaseMark.objects.bulk_create(new, batch_size=1000))


def change_mark(run: ImportRun, row: Row, mark: CaseMark, values: dict, *, is_listed: bool, counted: set) -> None:
    """Tell a mark otherwise, where it may still be; the row is counted as changed if its case was not."""
    if is_listed:
        run.wrong(
            row,
            "标注日期",
            "案件已列入签报的案件补贴季表，标注日期、当地补贴标准、已发普通补贴不能再改：请先退回季表中的这一件。",
        )
        return
    if mark.state != CaseMark.State.TOLD:
        run.wrong(
            row,
            "标注日期",
            f"本案已在本系统标注（{mark.get_state_display()}，{mark.marked_on}，{yuan(mark.local_standard)} 元）："
            "请在标注页更正，或使工作簿与之一致。",
        )
        return
    run.update(mark, **values)
    count_changed(run, row, counted)


def count_changed(run: ImportRun, row: Row, counted: set) -> None:
    """Count a row as changed whose case was not: never twice."""
    if changed_words(row) not in counted:
        tally = run.tally(row)
        tally.same -= 1
        tally.changed += 1
        run.changed_rows.append(changed_words(row))


def changed_words(row: Row) -> str:
    """How a changed row of a case is listed; the same words as for the case itself, so that it is counted once."""
    return f"{row.sheet}第 {row.number} 行：{row['案件编号']}"
