"""Consultations pointed on to somebody else, and what became of them. domain.md 4.9, plan 四（一）4.

A record whose outcome points on opens its hand-over by itself; the station then writes to whom, and later what came back.
"""

from datetime import date

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.policy import Role
from common import clock
from common.errors import Refused
from common.free_text import mask_numbers
from consultations.models import Handover

ACTION = "consultations.follow_handover"
KIND_OF_OUTCOME = {
    "referred_legal_aid": Handover.Kind.LEGAL_AID,
    "referred_mediation": Handover.Kind.MEDIATION,
    "petition_assist": Handover.Kind.PETITION,
    "referred_organ": Handover.Kind.ORGAN,
}
USUAL_RECEIVER = {
    Handover.Kind.MEDIATION: "{place}人民调解委员会",
    Handover.Kind.PETITION: "{place}信访工作机构",
    Handover.Kind.LEGAL_AID: "{county}法律援助中心",
}


class HandoverRefused(Refused):
    """The hand-over cannot be written like that; the sentence says why."""


def follow_outcome(record, by: User) -> Handover | None:
    """Open the hand-over a record's outcome asks for; take away those no outcome asks for and nobody has touched."""
    wanted = KIND_OF_OUTCOME.get(record.outcome)
    untouched = record.handovers.filter(state=Handover.State.OPEN, note="").exclude(kind=wanted or "")
    untouched.delete()
    if wanted is None or record.handovers.filter(kind=wanted).exists():
        return None
    return Handover.objects.create(
        consultation=record, kind=wanted, to=receiver(record, wanted), day=record.day, made_by=by, made_at=clock.now()
    )


def receiver(record, kind) -> str:
    """Who usually takes it: the township's mediators, its petition office, the county's legal aid centre."""
    name = record.station.short_name
    place = name if name.endswith(("镇", "乡", "街道")) else record.station.county.name
    return USUAL_RECEIVER.get(kind, "").format(place=place, county=record.station.county.name)


@transaction.atomic
def address_handover(*, handover_id: int, to: str, note: str, by: User) -> Handover:
    """To whom it goes and what they are told; while nobody has answered."""
    handover = lock_handover(handover_id, by)
    if handover.state != Handover.State.OPEN:
        raise HandoverRefused("对方已经回复，转办单不能再改。")
    if not to.strip():
        raise HandoverRefused("没有写接收单位：请写明转给谁，例如巴公镇人民调解委员会。", field="to")
    before = told(handover)
    handover.to, handover.note = to.strip()[:100], mask_numbers(note.strip()).text[:300]
    handover.save(update_fields=["to", "note"])
    changed = audit.changes(before, told(handover))
    if changed:
        audit.record(by=by, action=ACTION, on=handover, before=changed[0], after=changed[1])
    return handover


@transaction.atomic
def answer_handover(*, handover_id: int, state: str, day: date, result: str, by: User) -> Handover:
    """What came back: taken, not taken, or the result. Taken needs no words; an end does. Ended ones stay ended.

    A referral that has become an application is answered by the steps of its case and by nobody's hand.
    """
    handover = lock_handover(handover_id, by)
    if not by.is_system and is_case(handover):
        raise HandoverRefused("已经转为援助申请，接收和结果跟着案件走，不用另外登记。")
    if state not in (Handover.State.TAKEN, Handover.State.DONE, Handover.State.DECLINED):
        raise HandoverRefused("没有选择回音：请选择已接收、未接收或者已有结果。", field="state")
    if handover.state not in Handover.OPEN_STATES:
        raise HandoverRefused(f"这件转办已经登记“{handover.get_state_display()}”，不能再改。")
    if state == Handover.State.TAKEN and handover.state == Handover.State.TAKEN:
        raise HandoverRefused("已经登记接收：有了结果再来登记。", field="state")
    if state == Handover.State.DECLINED and handover.state == Handover.State.TAKEN:
        raise HandoverRefused("对方已经接收，不能再登记未接收：请登记结果。", field="state")
    result = mask_numbers(result.strip()).text[:300]
    if state != Handover.State.TAKEN and not result:
        raise HandoverRefused("没有写结果：请写明，例如达成调解协议、当事人不申请。", field="result")
    first = handover.taken_on or handover.day
    if not first <= day <= clock.today():
        raise HandoverRefused(f"日期应在 {first:%Y-%m-%d} 和今天之间：请核对。", field="day")
    before = told(handover)
    handover.state, handover.result = state, result
    if state == Handover.State.TAKEN:
        handover.taken_on = day
    else:
        handover.closed_on = day
    handover.save()
    changed = audit.changes(before, told(handover))
    audit.record(by=by, action=ACTION, on=handover, before=changed[0], after=changed[1])
    return handover


def is_case(handover) -> bool:
    """Whether a referral to legal aid has become a case: a row of a higher floor that points at the record."""
    return handover.kind == Handover.Kind.LEGAL_AID and getattr(handover.consultation, "aid_case", None) is not None


def told(handover) -> dict:
    return {
        "接收单位": handover.to,
        "转办说明": f"{len(handover.note)} 字",
        "状态": handover.get_state_display(),
        "接收日期": handover.taken_on and handover.taken_on.isoformat(),
        "结果日期": handover.closed_on and handover.closed_on.isoformat(),
        "结果": f"{len(handover.result)} 字" if handover.result else "",
    }


def lock_handover(handover_id, by) -> Handover:
    rows = Handover.objects.select_related("consultation__station__county", "consultation__practitioner")
    handover = rows.select_for_update(of=("self",)).filter(pk=handover_id).first()
    if handover is None:
        raise HandoverRefused("没有找到这件转办：请返回列表。")
    record = handover.consultation
    is_own = record.station_id in by.post_stations or Role.DUTY in by.roles and record.practitioner.user_id == by.pk
    if not (is_own or by.is_system):
        raise HandoverRefused("转办由经办的站点或值班人员登记。")
    if record.is_void:
        raise HandoverRefused("咨询记录已经作废，转办不再登记。")
    return handover
