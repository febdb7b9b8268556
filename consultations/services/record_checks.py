"""The bureau's check of records: a defective one becomes a finding, once ever. Z-DED-1, reading D5."""

from django.db import transaction

from accounts.models import User
from common.errors import Refused
from consultations.models import Finding
from consultations.services.consultations import ConsultationRefused, lock_record
from consultations.services.findings import report_finding


@transaction.atomic
def check_record(*, consultation_id: int, remark: str, by: User) -> Finding:
    """The bureau's check finds a record defective: a finding of ten yuan, once for a record ever. Z-DED-1, reading D5.

    Incomplete records need no further words; a complete one is faulted (不规范) only with a reason.
    """
    record = lock_record(consultation_id)
    if record.is_void:
        raise ConsultationRefused("这条记录已经作废，不再检查。")
    if record.shift_id is None:
        raise ConsultationRefused(f"{record}没有对应的班次，不能计入考核：请先让站点补上班次。")
    if already_faulted(record):
        raise ConsultationRefused(f"{record}已经登记过记录不规范，同一记录只计一次。")
    if not record.missing and not remark.strip():
        raise ConsultationRefused("这条记录不缺项：认定不规范的，请写明哪里不规范。", field="remark")
    words = f"缺 {len(record.missing)} 项：{'、'.join(record.missing)}" if record.missing else "不规范"
    return report_finding(
        shift_id=record.shift_id,
        kind=Finding.Kind.RECORD_DEFECT,
        source=Finding.Source.RECORD,
        consultation_no=str(record),
        remark="；".join(part for part in (words, remark.strip()) if part),
        by=by,
    )


def check_many(*, consultation_ids, by: User) -> tuple[list[Finding], list[str]]:
    """Check several incomplete records; gives the findings made and, for the rest, why not."""
    done, refused = [], []
    for key in consultation_ids:
        try:
            done.append(check_record(consultation_id=key, remark="", by=by))
        except Refused as error:
            refused.append(str(error))
    return done, refused


def already_faulted(record) -> bool:
    return Finding.objects.filter(kind=Finding.Kind.RECORD_DEFECT, consultation_no=str(record)).exists()
