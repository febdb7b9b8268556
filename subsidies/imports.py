"""Sheet 资金: what came and went. contract.md 3.9; Z-FUND-1, Z-FUND-2, plan 五（一）."""

from common.errors import Refused
from common.workbooks import tables
from common.workbooks.tables import Column, Row, Table
from programmes.calendar import is_loaded
from records.importing import ImportRun, twice_in_file
from subsidies.models import Fund, FundMovement, LedgerEntry
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
