"""Consultation records: registered, mended, made void; checked by the bureau. Z-CON-1…5, Z-DED-1, domain 4.5."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import User
from accounts.policy import Role
from common import clock
from common.encryption import keyed_index
from common.errors import Refused
from common.id_numbers import check_phone
from common.periods import YearMonth
from consultations.models import Consultation, Finding, Shift
from consultations.rules.records import ANONYMOUS, Nearby, Suggestion, doubts, missing_items, suggest_legal_aid
from consultations.services.findings import abbreviation_of, report_finding
from consultations.services.shift_facts import Terms
from programmes.services.months import lock_month, require_open
from records.services import next_number

COLUMNS = (
    "station",
    "practitioner",
    "day",
    "time",
    "channel",
    "client_name",
    "client_phone",
    "groups",
    "party_count",
    "matter",
    "question",
    "answer",
    "outcome",
    "advisor_signed",
)


class ConsultationRefused(Refused):
    """The record cannot be kept like that; the sentence says why."""


class Incomplete(ConsultationRefused):
    """The record lacks something and nobody has said to keep it so. `missing` names what."""

    def __init__(self, missing):
        self.missing = missing
        super().__init__(f"缺 {len(missing)} 项：{'、'.join(missing)}。请补齐，或者确认按缺项保存。")


@transaction.atomic
def register_consultation(*, values: dict, by: User, keep_incomplete: bool = False) -> Consultation:
    """Register one person's one consultation (人次) and number it: 泽咨〔2022〕北石店-0001.

    Raises Incomplete where something is missing and `keep_incomplete` is not given; MonthClosed in a closed month.
    """
    require_own_station(values, by)
    require_month(values["station"], values["day"])
    record = Consultation(recorded_by=by, recorded_at=clock.now())
    fill(record, values, keep_incomplete)
    record.number = new_number(record)
    record.save()
    audit.record(by=by, action="consultations.write_consultation", on=record, after=summary(record))
    return record


@transaction.atomic
def edit_consultation(*, consultation_id: int, values: dict, by: User, keep_incomplete: bool = False) -> Consultation:
    """Mend a record while its month is open. Number and rating stay; the audit keeps what was changed."""
    record = lock_record(consultation_id)
    require_own_station(values, by)
    require_own_station({"station": record.station, "practitioner": record.practitioner}, by)
    require_month(record.station, record.day)
    require_month(values["station"], values["day"])
    if values["station"].pk != record.station_id:
        raise ConsultationRefused("登记编号带有站点，不能改到别的站点：请作废后到那个站点重新登记。", field="station")
    before = summary(record)
    fill(record, values, keep_incomplete)
    record.save()
    changed = audit.changes(before, summary(record))
    if changed:
        audit.record(by=by, action="consultations.write_consultation", on=record, before=changed[0], after=changed[1])
    return record


@transaction.atomic
def void_consultation(*, consultation_id: int, reason: str, by: User) -> Consultation:
    """Make a record void: it stays readable, keeps its number and no longer counts."""
    record = lock_record(consultation_id)
    require_own_station({"station": record.station, "practitioner": record.practitioner}, by)
    require_month(record.station, record.day)
    if record.is_void:
        raise ConsultationRefused("这条记录已经作废。")
    if not reason.strip():
        raise ConsultationRefused("没有写作废原因：请写明，例如重复登记。", field="reason")
    record.is_void, record.void_reason = True, reason.strip()[:200]
    record.save(update_fields=["is_void", "void_reason"])
    audit.record(
        by=by,
        action="consultations.write_consultation",
        on=record,
        before={"作废": "否"},
        after={"作废": "是"},
        reason=reason,
    )
    return record


@transaction.atomic
def restore_consultation(*, consultation_id: int, by: User) -> Consultation:
    """Take 作废 back while the month is open: the record counts again under its number."""
    record = lock_record(consultation_id)
    require_own_station({"station": record.station, "practitioner": record.practitioner}, by)
    require_month(record.station, record.day)
    if not record.is_void:
        raise ConsultationRefused("这条记录没有作废，不用恢复。")
    reason = f"撤销作废（原因曾为：{record.void_reason}）"
    record.is_void, record.void_reason = False, ""
    record.save(update_fields=["is_void", "void_reason"])
    audit.record(
        by=by,
        action="consultations.write_consultation",
        on=record,
        before={"作废": "是"},
        after={"作废": "否"},
        reason=reason,
    )
    return record


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


# --- before saving ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Preview:
    """What the form says before it is saved: what is missing, what that costs, what looks doubtful, who may get legal aid."""

    missing: list
    cost: object
    clause: str
    doubts: list
    suggestion: Suggestion | None
    earlier: list


def preview(*, values: dict, by: User, record: Consultation | None = None) -> Preview:
    """Look a record over before it is saved; nothing is written. Values may be incomplete."""
    shift = shift_of(values)
    missing = missing_items({**values, "shift": shift})
    cost, clause = cost_of_a_defect(values)
    return Preview(
        missing,
        cost if missing else None,
        clause,
        doubts_about(values, shift, record),
        suggest_legal_aid(values.get("groups") or (), values.get("matter") or ""),
        same_phone(values, by, record),
    )


def shift_of(values) -> Shift | None:
    """The shift on which the adviser gave this consultation."""
    station, person, day = values.get("station"), values.get("practitioner"), values.get("day")
    if not (station and person and day):
        return None
    return Shift.objects.standing().filter(station=station, practitioner=person, day=day).first()


def cost_of_a_defect(values):
    """What one defective record costs at the station on the day, by the plan; None where nothing is deducted."""
    station, day = values.get("station"), values.get("day")
    terms = Terms().on(station.county, day) if station and day else None
    if terms is None or terms.for_station("duty.rate", station.kind) is None:
        return None, ""
    term = terms.for_station("duty.deduction.record_defect", station.kind)
    return (term.value, term.clause) if term else (None, "")


def doubts_about(values, shift, record):
    station, day = values.get("station"), values.get("day")
    if not (station and day):
        return []
    phone_index = index_of(values.get("client_phone"))
    own = Nearby("", values.get("time"), values.get("matter") or "", phone_index, (values.get("question") or "").strip(), True)
    person = values.get("practitioner")
    others = Consultation.objects.filter(station__county=station.county_id, day=day, is_void=False)
    others = others.filter(Q(station=station) | Q(client_phone_index=phone_index) if phone_index else Q(station=station))
    if record:
        others = others.exclude(pk=record.pk)
    rows = others.order_by("pk").values_list("number", "time", "matter", "client_phone_index", "question", "practitioner_id")[
        :200
    ]
    nearby = [
        Nearby(number or "未编号", at, matter, index, question.strip(), bool(person) and adviser == person.pk)
        for number, at, matter, index, question, adviser in rows
    ]
    span = (shift.starts_at, shift.ends_at) if shift else None
    return doubts(own, span, nearby)


def same_phone(values, by, record):
    """Earlier consultations of the same telephone that this user may see, newest first."""
    index = index_of(values.get("client_phone"))
    if not index:
        return []
    found = Consultation.objects.visible_to(by).filter(client_phone_index=index, is_void=False)
    if record:
        found = found.exclude(pk=record.pk)
    return list(found.select_related("station")[:5])


def index_of(phone) -> str:
    """The key a telephone is found by; empty for what is no telephone."""
    try:
        return keyed_index(check_phone(phone)) if phone else ""
    except ValueError:
        return ""


# --- the row ----------------------------------------------------------------------------------------------------------


def lock_record(consultation_id) -> Consultation:
    """The locked record, after its month."""
    rows = Consultation.objects.select_related("station__county", "practitioner", "shift").filter(pk=consultation_id)
    record = rows.first()
    if record is not None:
        lock_month(county=record.station.county, year_month=YearMonth.of(record.day))
        record = rows.select_for_update(of=("self",)).first()
    if record is None:
        raise ConsultationRefused("没有找到这条咨询记录：请返回列表。")
    return record


def fill(record, values, keep_incomplete):
    if values["day"] > clock.today():
        raise ConsultationRefused("咨询日期晚于今天：请核对。", field="day")
    for column in COLUMNS:
        if column in values:
            setattr(record, column, values[column])
    record.client_phone_index = index_of(record.client_phone)
    record.shift = shift_of(values)
    record.missing = missing_items({column: getattr(record, column) for column in (*COLUMNS, "shift")})
    if record.missing and not keep_incomplete:
        raise Incomplete(record.missing)


def new_number(record) -> str:
    """泽咨〔2022〕北石店-0001, without gaps for a station and year."""
    station, year = record.station, record.day.year
    place = station.short_name.removesuffix("镇").removesuffix("乡") or station.short_name
    while True:
        count = next_number(series=f"consultations.{station.pk}", year=year)
        number = f"{abbreviation_of(station.county)}咨〔{year}〕{place}-{count:04d}"
        # A workbook may have brought in such a number already.
        if not Consultation.objects.filter(number=number).exists():
            return number


def require_month(station, day):
    require_open(lock_month(county=station.county, year_month=YearMonth.of(day)))


def require_own_station(values, by):
    """Station staff write for their station, a person on duty for her own consultations (safety.md §5)."""
    if by.is_system or values["station"].pk in by.post_stations:
        return
    if Role.DUTY in by.roles and values["practitioner"].user_id == by.pk:
        return
    raise ConsultationRefused("只能登记本站的咨询，值班人员只能登记自己接待的咨询。", field="station")


def summary(record) -> dict:
    """A record as the audit keeps it: what it is about, not people's troubles (safety.md §1.8–9)."""
    return {
        "站点": record.station.name,
        "值班人员": record.practitioner.name,
        "日期": record.day.isoformat(),
        "时间": f"{record.time:%H:%M}" if record.time else "",
        "咨询方式": record.get_channel_display(),
        "咨询人": "匿名" if record.client_name == ANONYMOUS else "已填" if record.client_name else "未填",
        "联系电话": f"已填（{record.client_phone_index[:6]}）" if record.client_phone else "未填",
        "特殊群体": "、".join(record.group_labels),
        "同行人数": record.party_count,
        "咨询类别": record.get_matter_display(),
        "咨询内容": f"{len(record.question)} 字",
        "答复意见": f"{len(record.answer)} 字",
        "处理方式": record.get_outcome_display(),
        "值班人员签名": "是" if record.advisor_signed else "否",
        "缺项": "、".join(record.missing),
    }
