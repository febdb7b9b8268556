"""Records taken out of the count: made void, or found to be the double of another; and both taken back. Z-CON-1, Z-CON-4."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from consultations.models import Consultation, Finding
from consultations.rules.records import ANONYMOUS
from consultations.services.consultations import (
    ConsultationRefused,
    judge,
    lock_record,
    make_keys,
    require_month,
    require_own_station,
    withdraw_statement,
)

ACTION = "consultations.write_consultation"
# What the kept record takes over from its double where it has nothing itself.
TAKEN_OVER = ("client_name", "client_gender", "client_phone", "client_id_number", "groups", "topic")


@transaction.atomic
def void_consultation(*, consultation_id: int, reason: str, by: User) -> Consultation:
    """Make a record void: it stays readable, keeps its number and no longer counts.

    Refused where somebody else's word or work hangs on it: nobody raises her rates by striking out whoever was not satisfied.
    """
    record = own_record(consultation_id, by)
    if record.is_void:
        raise ConsultationRefused("这条记录已经作废。")
    if why := why_not_void(record):
        raise ConsultationRefused(why)
    require_reason(reason)
    set_void(record, reason.strip()[:200])
    audit.record(by=by, action=ACTION, on=record, before={"作废": "否"}, after={"作废": "是"}, reason=reason)
    return record


@transaction.atomic
def restore_consultation(*, consultation_id: int, by: User) -> Consultation:
    """Take 作废 back while the month is open: the record counts again under its number. A merged one is taken apart again."""
    record = own_record(consultation_id, by)
    if not record.is_void:
        raise ConsultationRefused("这条记录没有作废，不用恢复。")
    if record.merged_into_id:
        return part_again(record, by)
    reason = f"撤销作废（原因曾为：{record.void_reason}）"
    set_void(record, "")
    audit.record(by=by, action=ACTION, on=record, before={"作废": "是"}, after={"作废": "否"}, reason=reason)
    withdraw_statement(record, by)
    return record


@transaction.atomic
def merge_consultations(*, keep_id: int, duplicate_id: int, reason: str, by: User) -> Consultation:
    """Of two records of one consultation keep one: the other is void, points to it, and counts no more. Gives the kept one.

    What the kept one lacks about the person comes along. Refused where the two are of different days or stations, and where
    something hangs on the duplicate that must not be lost: a case, a finding, a rating the other has not, a hand-over taken.
    """
    if keep_id == duplicate_id:
        raise ConsultationRefused("两条是同一条记录：请选择另一条。", field="duplicate")
    rows = {pk: own_record(pk, by) for pk in sorted((keep_id, duplicate_id))}
    keep, duplicate = rows[keep_id], rows[duplicate_id]
    require_reason(reason, word="合并")
    require_one_consultation(keep, duplicate)
    require_nothing_lost(keep, duplicate)
    filled = [column for column in TAKEN_OVER if is_blank(keep, column) and not is_blank(duplicate, column)]
    filled = [column for column in filled if column != "topic" or keep.matter == duplicate.matter]
    for column in filled:
        setattr(keep, column, getattr(duplicate, column))
    refresh(keep)
    duplicate.merged_into, duplicate.merge_filled = keep, ",".join(filled)
    set_void(duplicate, f"与 {keep} 重复：{reason.strip()}"[:200], "merged_into", "merge_filled")
    audit.record(by=by, action=ACTION, on=keep, before={"并入": ""}, after={"并入": str(duplicate)}, reason=reason)
    audit.record(by=by, action=ACTION, on=duplicate, before={"作废": "否"}, after={"作废": f"并入 {keep}"}, reason=reason)
    return keep


def part_again(duplicate, by) -> Consultation:
    """Undo a merge: both count again; what the kept record had taken over is blank there again unless mended since."""
    keep = own_record(duplicate.merged_into_id, by)
    for column in filter(None, duplicate.merge_filled.split(",")):
        if getattr(keep, column) == getattr(duplicate, column):
            setattr(keep, column, [] if column == "groups" else "")
    refresh(keep)
    duplicate.merged_into, duplicate.merge_filled = None, ""
    set_void(duplicate, "", "merged_into", "merge_filled")
    audit.record(by=by, action=ACTION, on=keep, before={"并入": str(duplicate)}, after={"并入": ""}, reason="撤销合并")
    audit.record(by=by, action=ACTION, on=duplicate, before={"作废": f"并入 {keep}"}, after={"作废": "否"}, reason="撤销合并")
    withdraw_statement(duplicate, by)
    return duplicate


# --- what must hold ---------------------------------------------------------------------------------------------------


def own_record(consultation_id, by) -> Consultation:
    """The locked record of an open month, if this user may write it."""
    record = lock_record(consultation_id)
    require_own_station({"station": record.station, "practitioner": record.practitioner}, by)
    require_month(record.station, record.day)
    return record


def require_reason(reason, word="作废"):
    if not reason.strip():
        raise ConsultationRefused(f"没有写{word}原因：请写明，例如重复登记。", field="reason")


def require_one_consultation(keep, duplicate):
    for record in (keep, duplicate):
        if record.is_void:
            raise ConsultationRefused(f"{record}已经作废，不用合并。", field="duplicate")
    if keep.station_id != duplicate.station_id:
        raise ConsultationRefused("两条记录不在同一站点：不是同一次咨询，不能合并；登记错站点的请作废。", field="duplicate")
    if keep.day != duplicate.day:
        raise ConsultationRefused("两条记录不是同一天：每天一次各计 1 人次，不能合并；日期写错的请先更正。", field="duplicate")


def why_not_void(record) -> str:
    """Why a record may not be struck out, in words and with the way out; empty where it may."""
    why = what_hangs_on(record)
    return f"{why}，不能作废：登记重复的，把另一条作废；内容写错的，请更正。" if why else ""


def what_hangs_on(record) -> str:
    """What must not go with a record: a case, a finding that was not dropped, what the person said. Empty for none."""
    if getattr(record, "aid_case", None) is not None:  # a row of a higher floor that points here
        return "已经转为法律援助申请"
    if Finding.objects.standing().filter(consultation_no=str(record)).exclude(state=Finding.State.DROPPED).exists():
        return "已经登记了考核事项"
    if record.rating == Consultation.Rating.DISSATISFIED or hasattr(record, "own_rating"):
        return "咨询人已经评价"
    if record.complaints.exists():
        return "有人对这次咨询提出过投诉"
    return ""


def require_nothing_lost(keep, duplicate):
    swap = f"请改为保留 {duplicate}。"
    # The case is a row of a higher floor that points here.
    if getattr(duplicate, "aid_case", None) is not None:
        raise ConsultationRefused(f"{duplicate}已经转为法律援助申请：{swap}", field="duplicate")
    if Finding.objects.standing().filter(consultation_no=str(duplicate)).exists():
        raise ConsultationRefused(f"{duplicate}已经登记了考核事项，不能并入别的记录：{swap}", field="duplicate")
    worst = Consultation.Rating.DISSATISFIED
    if duplicate.rating and not keep.rating or duplicate.rating == worst != keep.rating:
        raise ConsultationRefused(f"{duplicate}已有群众评价：{swap}", field="duplicate")
    if duplicate.handovers.exclude(state="open").exists():
        raise ConsultationRefused(f"{duplicate}的转办已有回音：{swap}", field="duplicate")


# --- the rows ---------------------------------------------------------------------------------------------------------


def set_void(record, reason, *columns):
    """Void with this reason; without one it stands again."""
    record.is_void, record.void_reason = bool(reason), reason
    record.save(update_fields=["is_void", "void_reason", *columns])


def is_blank(record, column) -> bool:
    value = getattr(record, column)
    return not value or (column == "client_name" and value == ANONYMOUS)


def refresh(record):
    make_keys(record)
    judge(record)
    record.save()
