"""Sheet 法律援助案件 (contract.md 3 and 3.8): cases are history, taken as told."""

from common.encryption import keyed_index
from common.id_numbers import birth_date_of, gender_of
from common.initials import initials
from common.workbooks import tables
from common.workbooks.tables import Column, Row, Table
from legalaid.models import AidCase
from legalaid.models.cases import tail_index
from legalaid.rules.procedure import is_elder, is_minor, state_told_by
from records.importing import ImportRun, twice_in_file


def words_of(choices) -> dict[str, str]:
    return {label: value for value, label in choices.choices}


GROUPS = words_of(AidCase.Group)
CASES = Table(
    "法律援助案件",
    (
        Column("案件编号", tables.text(60), is_required=True),
        Column("受援人", tables.text(50), is_required=True),
        Column("身份证号", tables.id_number, is_required=True, mask=tables.masked_id),
        Column("主要群体", tables.one_of(GROUPS), is_required=True),
        Column("其他群体", tables.several_of(GROUPS), default=()),
        Column("案件类型", tables.one_of(words_of(AidCase.Type)), is_required=True),
        Column("案件来源", tables.one_of(words_of(AidCase.Source)), is_required=True),
        Column("通知机关", tables.one_of(words_of(AidCase.Organ)), default=""),
        Column("办理阶段", tables.one_of(words_of(AidCase.Stage)), is_required=True),
        Column("审理程序", tables.one_of(words_of(AidCase.Procedure)), default=""),
        Column("案由", tables.text(100), is_required=True),
        Column("惠民工程依据", tables.one_of(words_of(AidCase.Basis)), is_required=True),
        Column("经济困难审查", tables.one_of(words_of(AidCase.Hardship)), is_required=True),
        Column("申请或通知日期", tables.day, is_required=True),
        Column("批准日期", tables.day),
        Column("指派日期", tables.day),
        Column("承办机构", tables.text(100), default=""),
        Column("承办人", tables.text(50), default=""),
        Column("承办人为机构人员", tables.yes_or_no, default=False),
        Column("结案日期", tables.day),
        Column("交卷日期", tables.day),
        Column("归档日期", tables.day),
        Column("质量核验日期", tables.day),
        Column("质量等次", tables.one_of(words_of(AidCase.Grade)), default=""),
        Column("省系统案号", tables.text(60), default=""),
        Column("省系统录入日期", tables.day),
        Column("标注日期", tables.day),
        Column("当地补贴标准", tables.yuan_amount, default=1000),
        Column("已发普通补贴", tables.yes_or_no, default=False),
    ),
)


def import_cases(run: ImportRun, rows: list[Row]) -> None:
    """Add or change cases of history. Key: 案件编号. The order of dates and the guards of the procedure do not refuse them.

    A case that is handled here moves by its procedure; no sheet tells it otherwise.
    """
    unique = twice_in_file(run, rows, lambda row: row["案件编号"])
    known = {case.number: case for case in AidCase.objects.filter(county=run.county, number__in=list(unique))}
    new = []
    for number, row in unique.items():
        doubt_groups(run, row)
        case, values = known.get(number), values_of(row)
        if case is None:
            new.append(
                AidCase(county=run.county, number=number, is_history=True, recorded_by=run.by, recorded_at=run.at, **values)
            )
            run.count(row, is_new=True)
        elif not case.is_history and any(getattr(case, name) != value for name, value in values.items()):
            run.wrong(row, "案件编号", "本案在本系统办理，工作簿不能更改它的内容：请在案件页办理，或使这一行与案件一致。")
        else:
            run.count(row, is_changed=run.update(case, **values), words=number)
    if not run.errors:
        run.added(AidCase.objects.bulk_create(new, batch_size=1000))


def values_of(row: Row) -> dict:
    """What a row tells of the case itself; its mark and money are read by the floor above."""
    is_notice = row["案件来源"] == AidCase.Source.NOTICE
    values = told(row, is_notice=is_notice)
    state = state_told_by(values, is_notice=is_notice)
    if state == "quality_passed" and values["quality_grade"] == AidCase.Grade.FAIL:
        state = "archived"
    return {**values, "state": state}


def told(row: Row, *, is_notice: bool) -> dict:
    return {
        "recipient": row["受援人"],
        "id_number": row["身份证号"],
        "id_index": keyed_index(row["身份证号"]),
        "recipient_initials": initials(row["受援人"])[:50],
        "id_tail_index": tail_index(row["身份证号"][-4:]),
        "primary_group": row["主要群体"],
        "other_groups": [group for group in row["其他群体"] if group != AidCase.Group.NONE],
        "type": row["案件类型"],
        "source": row["案件来源"],
        "organ": row["通知机关"],
        "stage": row["办理阶段"],
        "procedure": row["审理程序"],
        "cause": row["案由"],
        "basis": row["惠民工程依据"],
        "hardship": row["经济困难审查"],
        "received_on": row["申请或通知日期"],
        # Reading D13: a notice without a date of grant counts from the day it was accepted.
        "approved_on": row["批准日期"] or (row["申请或通知日期"] if is_notice else None),
        "assigned_on": row["指派日期"],
        "undertaking_office": row["承办机构"],
        "undertaker": row["承办人"],
        "is_undertaken_by_agency": row["承办人为机构人员"],
        "concluded_on": row["结案日期"],
        "file_submitted_on": row["交卷日期"],
        "archived_on": row["归档日期"],
        "quality_verified_on": row["质量核验日期"],
        "quality_grade": row["质量等次"],
        "provincial_no": row["省系统案号"],
        "provincial_entered_on": row["省系统录入日期"],
    }


def doubt_groups(run: ImportRun, row: Row) -> None:
    """A group that the ID number contradicts is a warning: the bureau knows the person, the number only the sex and age."""
    groups = {row["主要群体"], *row["其他群体"]}
    born, day = birth_date_of(row["身份证号"]), row["申请或通知日期"]
    if AidCase.Group.WOMAN in groups and gender_of(row["身份证号"]) == "男":
        run.doubtful(row, "主要群体", "身份证号显示为男性，群体写了妇女：请核对。")
    if AidCase.Group.ELDERLY in groups and not is_elder(born, day):
        run.doubtful(row, "主要群体", "按身份证号不满 60 周岁，群体写了老年人：请核对。")
    if AidCase.Group.MINOR in groups and not is_minor(born, day):
        run.doubtful(row, "主要群体", "按身份证号已满 18 周岁，群体写了未成年人：请核对。")
