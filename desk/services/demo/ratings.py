"""What citizens said, in the demonstration: ratings by ticket, complaints at every step, a month of follow-up calls."""

from datetime import date, timedelta

from common.periods import YearMonth
from consultations.models import Consultation, FollowUp, Rating, Shift
from consultations.services.complaints import accept_complaint, answer_complaint, complain_online, file_complaint
from consultations.services.findings import decide_finding
from consultations.services.followups import draw_month, note_try, record_answers, script
from consultations.services.ratings import device_key, give_rating, make_ticket
from organizations.models import Station
from records.services import remember_day

PLACE = "巴公镇"
SAID = [
    ("very_satisfied", "讲得很清楚，谢谢（演示）"),
    ("satisfied", ""),
    ("very_satisfied", ""),
    ("basic", "等了一会儿（演示）"),
    ("satisfied", "👍"),
    ("dissatisfied", "话没有说完就让我走了（演示）"),
]
SEED = "20220901"


def add_ratings(*, county, users, today: date) -> None:
    """Ratings of one telephone (a signal to look at), complaints, August's follow-ups, some of them still to be called."""
    rate(users["clerk"], today)
    complain(county, users, today)
    call_back(county, users, today)
    remember_day(day=today)


def rate(clerk, today) -> None:
    unrated = Consultation.objects.filter(station__short_name=PLACE, rating="", is_void=False, day__lt=today).exclude(shift=None)
    for record, (word, words) in zip(list(unrated.order_by("-day", "-pk")[: len(SAID)]), SAID, strict=False):
        slip = make_ticket(consultation_id=record.pk, by=clerk, device=device_key("203.0.113.9", "tablet"))
        give_rating(
            ticket_id=slip.ticket.pk, word=word, words=words, way=Rating.Way.SCAN, device=device_key("203.0.113.9", "telephone")
        )


def complain(county, users, today) -> None:
    station = Station.objects.get(county=county, short_name="大东沟镇")
    complain_online(
        values={"station": station, "day": today - timedelta(days=6), "content": "上午去了没有人在，门口没有贴通知（演示）", "phone": "13800000000"},
        address="203.0.113.10",
    )  # fmt: skip
    shifts = Shift.objects.in_county(county).filter(station__short_name=PLACE, day__lt=today, is_cancelled=False)
    first, second = list(shifts.exclude(practitioner__user=None).order_by("-day")[1:3])
    for shift, words in (
        (first, "值班律师接电话，让我等了半个小时（演示）"),
        (second, "说我的事不归他管，没有告诉我该找谁（演示）"),
    ):
        remember_day(day=shift.day + timedelta(days=1))
        filed = file_complaint(
            values={"station": shift.station, "day": shift.day, "content": words, "channel": "phone", "complainant": "卞示例"},
            by=users["clerk"],
        )
        accepted = accept_complaint(complaint_id=filed.complaint.pk, shift_id=shift.pk, by=users["section"])
    decide_finding(
        finding_id=accepted.finding.pk,
        is_upheld=False,
        decision="查看登记表和录音，已告知向人社局投诉，不属实（演示）。",
        by=users["section2"],
    )
    answer_complaint(
        complaint_id=accepted.pk, reply="经查看登记表，值班人员已告知应向县人社局反映，投诉不属实（演示）。",
        told_on=second.day + timedelta(days=1), told_way="phone" if accepted.phone else "nobody", by=users["section2"],
    )  # fmt: skip


def call_back(county, users, today) -> None:
    """August drawn on 1 September; called on the 8th, but for the last of each station that has more than one."""
    remember_day(day=date(2022, 9, 1))
    made = draw_month(county=county, month=YearMonth(2022, 8), by=users["section"], seed=SEED)
    remember_day(day=date(2022, 9, 8))
    fine = {question.code: "no" if question.concern == "yes" else "yes" for question in script().questions}
    left = {"answers": fine, "way": "phone", "day": date(2022, 9, 8), "by": users["section2"]}
    rows = made.follow_ups.select_related("consultation__station").order_by("consultation__station__order", "pk")
    for n, row in enumerate(rows):
        if row.consultation.station.short_name == PLACE:
            note_try(follow_up_id=row.pk, result="no_answer", by=users["clerk"])
        elif n % 9 == 4:
            note_try(follow_up_id=row.pk, result="wrong", by=users["section2"], note="已停机（演示）")
        elif n % 9 == 7:
            note_try(follow_up_id=row.pk, result="refused", by=users["section2"])
        elif n % 9 == 2:
            said = {**left, "answers": {**fine, "clear": "no"}}
            record_answers(follow_up_id=row.pk, satisfaction="dissatisfied", opinion="没有听明白下一步怎么办（演示）", **said)
        else:
            record_answers(follow_up_id=row.pk, satisfaction=list(FollowUp.Satisfaction)[n % 3], **left)
