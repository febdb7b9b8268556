"""Consultation records: registered and mended. Z-CON-1…5, Z-DED-1, domain 4.5."""

import json
import uuid

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.policy import Role
from common import clock
from common.errors import Refused
from common.free_text import mask_numbers
from common.id_numbers import check_phone, mask_id_number, mask_phone
from common.initials import initials
from common.periods import YearMonth
from consultations.models import Attendance, Consultation, ConsultationRevision, Shift
from consultations.models.searching import id_key, phone_key, tail_key, tidy_name
from consultations.rules.records import ANONYMOUS, missing_items
from consultations.rules.topics import topic_label, topics_of
from consultations.services.findings import abbreviation_of
from consultations.services.handovers import follow_outcome
from programmes.services.months import lock_month, require_open
from records.services import next_number

COLUMNS = (
    "station",
    "practitioner",
    "day",
    "time",
    "channel",
    "client_name",
    "client_gender",
    "client_phone",
    "client_id_number",
    "groups",
    "party_count",
    "matter",
    "topic",
    "question",
    "answer",
    "outcome",
    "advisor_signed",
)
FREE_TEXTS = ("question", "answer")


class ConsultationRefused(Refused):
    """The record cannot be kept like that; the sentence says why."""


class Incomplete(ConsultationRefused):
    """The record lacks something and nobody has said to keep it so. `missing` names what."""

    def __init__(self, missing):
        self.missing = missing
        super().__init__(f"缺 {len(missing)} 项：{'、'.join(missing)}。请补齐，或者确认按缺项保存。")


@transaction.atomic
def register_consultation(*, values: dict, by: User, keep_incomplete: bool = False, key: uuid.UUID | None = None) -> Consultation:
    """Register one person's one consultation (人次) and number it: 泽咨〔2022〕北石店-0001.

    The same `key` again gives the record that was made with it. `masked` of what is returned names the kinds of number that
    were masked in its texts. Raises Incomplete where something is missing and `keep_incomplete` is not given; MonthClosed in
    a closed month.
    """
    require_own_station(values, by)
    require_month(values["station"], values["day"])
    # After the month's lock: of two posts of one form the second waits here and then finds the first one's record.
    if key and (known := Consultation.objects.select_related("station", "practitioner").filter(key=key).first()):
        if known.recorded_by_id != by.pk:
            raise ConsultationRefused("这份表单已由别人提交过：请刷新页面重新填写。")
        known.masked = ()
        return known
    record = Consultation(recorded_by=by, recorded_at=clock.now(), key=key)
    fill(record, values, keep_incomplete)
    record.number = new_number(record)
    record.save()
    audit.record(by=by, action="consultations.write_consultation", on=record, after=summary(record))
    follow_outcome(record, by)
    withdraw_statement(record, by)
    return record


@transaction.atomic
def edit_consultation(
    *, consultation_id: int, values: dict, by: User, keep_incomplete: bool = False, reason: str = ""
) -> Consultation:
    """Mend a record while its month is open. Number and rating stay; audit and revision keep what was changed.

    Filling what was blank needs no reason, nor does a slip that the writer mends on the same day; any other correction does.
    """
    record = lock_record(consultation_id)
    require_own_station(values, by)
    require_own_station({"station": record.station, "practitioner": record.practitioner}, by)
    require_month(record.station, record.day)
    require_month(values["station"], values["day"])
    if values["station"].pk != record.station_id:
        raise ConsultationRefused("登记编号带有站点，不能改到别的站点：请作废后到那个站点重新登记。", field="station")
    if record.is_void:
        raise ConsultationRefused("这条记录已经作废，不能修改：作废错了的，先撤销作废。")
    before, told = summary(record), words_of(record)
    fill(record, values, keep_incomplete)
    changes = {name: [told[name], new] for name, new in words_of(record).items() if told[name] != new}
    if changes and needs_reason(record, changes, by) and not reason.strip():
        raise ConsultationRefused("没有写更正原因：不是当天本人登记的，更正已填的内容要写明原因。", field="reason")
    record.save()
    if changes:
        ConsultationRevision.objects.create(
            consultation=record,
            reason=reason.strip()[:200],
            changes=json.dumps(changes, ensure_ascii=False),
            revised_by=by,
            revised_at=clock.now(),
        )
    changed = audit.changes(before, summary(record))
    if changed:
        audit.record(
            by=by,
            action="consultations.write_consultation",
            on=record,
            before=changed[0],
            after=changed[1],
            reason=reason.strip()[:200],
        )
    follow_outcome(record, by)
    withdraw_statement(record, by)
    return record


def needs_reason(record, changes, by) -> bool:
    is_own_of_today = record.recorded_by_id == by.pk and record.recorded_at.astimezone(clock.SHANGHAI).date() == clock.today()
    return not is_own_of_today and any(old for old, _new in changes.values())


def withdraw_statement(record, by) -> None:
    """A record on a shift that was said to be without any takes that statement back (Z-DED-1)."""
    if record.shift_id is None:
        return
    said = Attendance.objects.select_for_update().filter(shift=record.shift_id, no_consultation=True).first()
    if said:
        said.no_consultation = False
        said.save(update_fields=["no_consultation"])
        audit.record(
            by=by,
            action="consultations.write_consultation",
            on=said,
            before={"零咨询声明": "是"},
            after={"零咨询声明": "否"},
            reason=f"已登记 {record}",
        )


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


def shift_of(values) -> Shift | None:
    """The shift on which the adviser gave this consultation."""
    station, person, day = values.get("station"), values.get("practitioner"), values.get("day")
    if not (station and person and day):
        return None
    return Shift.objects.standing().filter(station=station, practitioner=person, day=day).first()


def fill(record, values, keep_incomplete):
    """Set the columns and all that follows from them."""
    if values["day"] > clock.today():
        raise ConsultationRefused("咨询日期晚于今天：请核对。", field="day")
    for column in COLUMNS:
        if column in values:
            setattr(record, column, values[column])
    if record.topic and record.topic not in topics_of(record.matter):
        record.topic = ""  # of a matter that was chosen before
    record.client_name = tidy_name(record.client_name)
    record.masked = ()
    for column in FREE_TEXTS:
        masked = mask_numbers(getattr(record, column))
        setattr(record, column, masked.text)
        record.masked += masked.found
    make_keys(record)
    record.shift = shift_of(values)
    judge(record)
    if record.missing and not keep_incomplete:
        raise Incomplete(record.missing)


def make_keys(record) -> None:
    """What an encrypted number and a name are found by."""
    try:
        phone = check_phone(record.client_phone) if record.client_phone else ""
    except ValueError:
        phone = ""
    record.client_phone_index = phone_key(phone)
    record.client_phone_tail = tail_key("phone", phone)
    record.client_id_index = id_key(record.client_id_number)
    record.client_id_tail = tail_key("id", record.client_id_number)
    record.client_initials = "" if record.client_name == ANONYMOUS else initials(record.client_name)[:50]


def judge(record) -> None:
    """What is missing in it now."""
    record.missing = missing_items({column: getattr(record, column) for column in (*COLUMNS, "shift")})


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


# --- a record in words ------------------------------------------------------------------------------------------------


def words_of(record) -> dict:
    """A record as its own page tells it; numbers masked."""
    return {
        "值班人员": record.practitioner.name,
        "日期": record.day.isoformat(),
        "时间": f"{record.time:%H:%M}" if record.time else "",
        "咨询方式": record.get_channel_display(),
        "咨询人": record.client_name,
        "性别": record.get_client_gender_display(),
        "联系电话": number_words(mask_phone(record.client_phone), record.client_phone_index),
        "身份证号": number_words(mask_id_number(record.client_id_number), record.client_id_index),
        "特殊群体": "、".join(record.group_labels),
        "同行人数": str(record.party_count),
        "咨询类别": record.get_matter_display(),
        "具体事项": topic_label(record.matter, record.topic),
        "咨询内容": record.question,
        "答复意见": record.answer,
        "处理方式": record.get_outcome_display(),
        "值班人员签名": "是" if record.advisor_signed else "",
    }


def number_words(masked: str, key: str) -> str:
    """A masked number that still tells two numbers with the same ends apart."""
    return f"{masked}（{key[:6]}）" if masked else ""


def summary(record) -> dict:
    """A record as the audit keeps it: what it is about, not people's troubles (safety.md §1.8–9)."""
    return {
        **{
            name: words
            for name, words in words_of(record).items()
            if name not in ("咨询人", "咨询内容", "答复意见", "联系电话", "身份证号")
        },
        "站点": record.station.name,
        "咨询人": "匿名" if record.client_name == ANONYMOUS else "已填" if record.client_name else "未填",
        "联系电话": f"已填（{record.client_phone_index[:6]}）" if record.client_phone else "未填",
        "身份证号": f"已填（{record.client_id_index[:6]}）" if record.client_id_number else "未填",
        "同行人数": record.party_count,
        "咨询内容": f"{len(record.question)} 字",
        "答复意见": f"{len(record.answer)} 字",
        "值班人员签名": "是" if record.advisor_signed else "否",
        "缺项": "、".join(record.missing),
    }
