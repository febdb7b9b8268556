"""The demonstration's day at the station: hand-overs with their fate, a double merged and one to merge, what came without a network."""

import uuid

from common import clock
from consultations.models import Shift
from consultations.services.consultations import edit_consultation, register_consultation
from consultations.services.day_codes import show_day_code
from consultations.services.drafts import save_draft
from consultations.services.handovers import address_handover, answer_handover
from consultations.services.late_entries import Sent, take_consultation
from consultations.services.withdrawals import merge_consultations
from organizations.models import Station

ANSWER = "演示：说明了有关法律规定和处理步骤，告知需要准备的证据材料。"


def add_service_days(*, county, users, today) -> None:
    """Last week's records of the demonstration's own station, by the same services as at the counter."""
    clerk, station = users["clerk"], Station.objects.in_county(county).get(short_name="巴公镇")
    shift = (
        Shift.objects.standing().filter(station=station, day__lt=today).select_related("practitioner").order_by("-day").first()
    )
    typed = {
        "station": station, "practitioner": shift.practitioner, "day": shift.day, "channel": "onsite", "answer": ANSWER,
        "groups": [], "party_count": 1, "advisor_signed": True,
    }  # fmt: skip
    at = shift.starts_at.replace(minute=0)

    def register(minute, **values):
        return register_consultation(
            values={**typed, "time": at.replace(minute=minute), **values}, by=clerk, keep_incomplete=True
        )

    point_on(register, clerk, shift.day, today)
    doubles(register, clerk)
    mended = register(50, client_name="冯演示", matter="loan", topic="private", question="演示：借条写错了名字，还能不能起诉",
                      outcome="answered")  # fmt: skip
    edit_consultation(
        consultation_id=mended.pk, by=clerk, reason="核对纸质登记表后更正类别（演示）",
        values={**typed, "time": mended.time, "client_name": "冯演示", "matter": "contract", "topic": "sale",
                "question": mended.question, "outcome": "answered"},
    )  # fmt: skip
    show_day_code(station=station, by=clerk)
    save_draft(by=clerk, station=station, content=draft_of(station))
    without_network(county, users, today)


def point_on(register, clerk, day, today) -> None:
    """One to the mediators with a result, one to the petition office that is taken, one nobody has answered."""
    kinds = (
        ("referred_mediation", "neighbour", "light"),
        ("petition_assist", "administrative", "petition"),
        ("referred_legal_aid", "labour", "wages"),
    )
    made = [
        register(10 + 10 * n, client_name=f"{name}演示", client_phone=f"1380000020{n}", matter=matter, topic=topic, outcome=outcome,
                 question=f"演示：第 {n + 1} 件需要转办的咨询，说明了来龙去脉")
        for n, ((outcome, matter, topic), name) in enumerate(zip(kinds, "蒋沈韩", strict=True))
    ]  # fmt: skip
    mediated, petition, _aid = (record.handovers.get() for record in made)
    address_handover(handover_id=mediated.pk, to=mediated.to, note="请组织双方到现场调解（演示）", by=clerk)
    answer_handover(handover_id=mediated.pk, state="taken", day=day, result="", by=clerk)
    answer_handover(handover_id=mediated.pk, state="done", day=today, result="双方达成调解协议，已履行（演示）", by=clerk)
    answer_handover(handover_id=petition.pk, state="taken", day=day, result="", by=clerk)


def doubles(register, clerk) -> None:
    """The same person twice on one day: one pair merged, one pair still to be looked at."""
    for phone, name, is_merged in (("13800000301", "朱演示", True), ("13800000302", "秦演示", False)):
        first, second = (
            register(40 + n, client_name=name, client_phone=phone, matter="family", topic="divorce", outcome="answered",
                     question=f"演示：{name[0]}姓群众咨询离婚，第 {n // 5 + 1} 次登记")
            for n in (0, 5)
        )  # fmt: skip
        if is_merged:
            merge_consultations(keep_id=first.pk, duplicate_id=second.pk, reason="同一人同一事登记了两次（演示）", by=clerk)


def draft_of(station) -> dict:
    return {
        "station": [str(station.pk)],
        "channel": ["onsite"],
        "advisor_signed": ["on"],
        "matter": ["labour"],
        "question": ["演示：包工头拖欠三个月工钱，只有微信记录"],
    }


def without_network(county, users, today) -> None:
    """A consultation of a walk through the villages that was sent an hour and a half later."""
    person = users["duty"]
    shift = Shift.objects.in_county(county).own(person).filter(day=today).select_related("practitioner", "station").first()
    moment = clock.now()
    since_midnight = moment.hour * 3600 + moment.minute * 60
    values = {
        "station": shift.station, "practitioner": shift.practitioner, "day": today, "time": shift.starts_at, "channel": "home_visit",
        "client_name": "匿名", "matter": "land_rights", "topic": "contract_land", "outcome": "answered", "answer": ANSWER,
        "question": "演示：入户走访时问承包地被占怎么办，山里没有信号", "groups": [], "party_count": 1, "advisor_signed": True,
    }  # fmt: skip
    take_consultation(sent=Sent(uuid.UUID(int=2), min(5400, since_midnight)), values=values, by=person)
