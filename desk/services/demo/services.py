"""The demonstration's consultations: invented questions of invented people, in the plan's proportions."""

import random
from datetime import time

from common.encryption import keyed_index
from common.initials import initials
from consultations.models import Consultation
from consultations.models.searching import tail_key
from consultations.rules.records import missing_items
from consultations.rules.topics import topics_of
from desk.services.demo.duty import moment
from desk.services.demo.people import GIVEN, SURNAMES

M = Consultation.Matter
QUESTIONS = {
    M.FAMILY: ("演示：夫妻长期分居，想了解离婚的条件和子女抚养", "演示：离婚后一方不给抚养费，如何主张"),
    M.LABOUR: ("演示：在工地干活半年，工钱一直拖欠没有给", "演示：没有签劳动合同，单位突然辞退"),
    M.LAND_RIGHTS: ("演示：承包地被邻居占用，如何要回来", "演示：土地流转合同到期，对方不退地"),
    M.LAND_ACQUISITION: ("演示：征地补偿标准怎么算，不同意怎么办", "演示：房屋拆迁协议签了以后能不能反悔"),
    M.LOAN: ("演示：朋友借钱写了欠条，到期不还怎么办", "演示：只有转账记录没有借条，能不能起诉"),
    M.SOCIAL_SECURITY: ("演示：社保断缴几年，退休待遇怎么算", "演示：新农合报销被拒绝，向谁反映"),
    M.TRAFFIC: ("演示：被电动车撞伤，对方不认账怎么办", "演示：交通事故赔偿包括哪些项目"),
    M.WORK_INJURY: ("演示：上班途中受伤，算不算工伤", "演示：单位不给申报工伤，自己能申报吗"),
    M.SCHOOLING: ("演示：孩子转学被拒绝，怎么办理入学",),
    M.MEDICAL: ("演示：手术以后出现问题，怎样申请医疗鉴定",),
    M.INHERITANCE: ("演示：老人没有立遗嘱，房子怎么继承",),
    M.NEIGHBOUR: ("演示：邻居盖房挡住采光，可以要求拆除吗",),
    M.OTHER: ("演示：想了解法律援助怎样申请，需要什么材料",),
}
WEIGHTS = (22, 17, 9, 6, 12, 8, 6, 5, 2, 2, 4, 3, 6)
ANSWER = "演示：说明了有关法律规定和处理步骤，告知需要准备的证据材料。"
GROUPS = [value for value, _ in Consultation.Group.choices[:8]]
# How the towns do against the time line, so that the dashboard has fast and slow ones.
PACE = {"柳树口镇": 0.63, "南岭镇": 0.74, "金村镇": 0.86, "巴公镇": 0.87, "大东沟镇": 1.14, "晋庙铺镇": 1.16, "县中心": 1.08}
DISSATISFIED_AT = "川底镇"


def add_consultations(*, shifts, targets, today, clerk, rng: random.Random) -> int:
    """Each station's records, spread over its shifts so that the year stands a little behind the time line."""
    by_station: dict[int, list] = {}
    for shift in shifts:
        if shift.day <= today:
            by_station.setdefault(shift.station_id, []).append(shift)
    matters = list(QUESTIONS)
    records = []
    for station_shifts in by_station.values():
        station = station_shifts[0].station
        wanted = round(targets[station.pk] * 0.735 * PACE.get(station.short_name, 0.97))
        for n in range(wanted):
            shift = station_shifts[n * len(station_shifts) // wanted]
            matter = rng.choices(matters, WEIGHTS)[0]
            records.append(record(station, shift, n + 1, matter, clerk, rng))
    Consultation.objects.bulk_create(records, batch_size=500)
    return len(records)


def record(station, shift, n, matter, clerk, rng) -> Consultation:
    minute = rng.randrange(200)
    phone = f"138{rng.randrange(10**8):08}" if rng.random() < 0.7 else ""
    bad_share = 0.07 if station.short_name == DISSATISFIED_AT else 0.02
    rating = "" if rng.random() < 0.2 else rng.choices(
        ("very_satisfied", "satisfied", "basic", "dissatisfied"), (50, 38, 12 - 100 * bad_share, 100 * bad_share)
    )[0]  # fmt: skip
    values = {
        "time": time(9 + minute // 60, minute % 60),
        "channel": rng.choices(("onsite", "phone", "home_visit"), (82, 15, 3))[0],
        "client_name": rng.choice(SURNAMES) + rng.choice(GIVEN) if rng.random() < 0.9 else "匿名",
        "matter": matter,
        "question": rng.choice(QUESTIONS[matter]),
        "answer": "" if rng.random() < 0.01 else ANSWER,
        "outcome": rng.choices(("answered", "drafted", "referred_legal_aid", "referred_mediation"), (80, 8, 7, 5))[0],
    }
    short = station.short_name.removesuffix("镇")
    return Consultation(
        number=f"泽咨〔2022〕{short}-{n:04}",
        station=station,
        shift=shift,
        practitioner=shift.practitioner,
        day=shift.day,
        client_phone=phone,
        client_phone_index=keyed_index(phone) if phone else "",
        client_phone_tail=tail_key("phone", phone),
        client_initials="" if values["client_name"] == "匿名" else initials(values["client_name"]),
        topic=list(topics_of(matter))[n % len(topics_of(matter))],
        groups=rng.sample(GROUPS, 1) if rng.random() < 0.5 else [],
        rating=rating,
        missing=missing_items(values),
        recorded_by=clerk,
        recorded_at=moment(shift.day, values["time"]),
        **values,
    )
