"""Supervision in the demonstration: inspections with what became of them, odd records that were found, the tasks of the year."""

import io
from datetime import date, datetime, time, timedelta

from accounts.services import system_user
from common.clock import SHANGHAI
from consultations.models import Consultation, RollCall, Shift, Signal
from consultations.services import inspections, signals
from consultations.services.roll_call_draws import draw_roll_calls
from consultations.services.roll_calls import record_roll_call
from desk.services.demo.open_work import PAPER
from desk.services.obligation_proofs import proofs_of
from organizations.models import Station
from programmes.models import Obligation
from programmes.services import obligations
from records.services import remember_day

PHOTO = b"\x89PNG\r\n\x1a\n" + b"demo" * 16

# (station, kind, day, summary, problems); a problem: what, what is asked, due, how far it has come.
VISITS = (
    ("高都镇", "quarterly", date(2022, 3, 22), "值班人员在岗，台账齐全（演示）。", ()),
    ("周村镇", "quarterly", date(2022, 5, 17), "值班公示没有更新（演示）。", (("公示栏仍是3月的值班表（演示）", "更新公示，每月底前张贴下月值班表", date(2022, 5, 31), "confirmed"),)),
    ("大阳镇", "midyear", date(2022, 7, 12), "咨询登记簿与系统记录有出入（演示）。", (("登记簿比系统多2条（演示）", "核对补录", date(2022, 7, 27), "confirmed"),)),
    ("下村镇", "quarterly", date(2022, 9, 6), "监督电话没有公示（演示）。", (("没有公示监督电话（演示）", "在门口公示监督电话", date(2022, 9, 16), "answered"), ("评价牌摆放不明显（演示）", "移到咨询台上", date(2022, 9, 20), "open"))),
    ("巴公镇", "quarterly", date(2022, 9, 14), "在岗，记录基本规范（演示）。", (("两份记录没有写答复意见（演示）", "补齐答复意见，今后当场写完", date(2022, 9, 23), "open"), ("等候区没有放置法律援助告知单（演示）", "放置告知单", date(2022, 9, 30), "returned"))),
)  # fmt: skip


def add_supervision(*, county, users, today) -> None:
    """A year of inspections and tasks, and what waits on the demonstration's day."""
    for short_name, kind, day, summary, problems in VISITS:
        visit(county, users, short_name, kind, day, summary, problems)
    remember_day(day=today)
    call_on(county, users, today)
    find_oddities(county, users, today)
    keep_tasks(county, users, today)


def visit(county, users, short_name, kind, day, summary, problems) -> None:
    remember_day(day=day)
    station = Station.objects.get(county=county, short_name=short_name)
    row = inspections.register_inspection(
        station=station, kind=kind, day=day, inspectors="李演示、王演示", summary=summary, by=users["section"],
        photo=Sent(PHOTO, "现场（演示）.png"),
    )  # fmt: skip
    for problem, demand, due_on, reached in problems:
        point = inspections.add_point(
            inspection_id=row.pk, problem=problem, demand=demand, due_on=due_on, by=users["section"], basis="方案 六（二）"
        )
        rectify(point, users, due_on - timedelta(days=2), reached)


def rectify(point, users, day, reached) -> None:
    if reached == "open":
        return
    remember_day(day=day)
    # Stations without a login send their answer on paper: the section enters it, its second officer confirms.
    by = users["head"] if point.inspection.station.short_name == "巴公镇" else users["section"]
    inspections.answer_point(
        point_id=point.pk, measure="已按要求整改（演示）。", done_on=day, by=by, proof=Sent(PHOTO, "整改后（演示）.png")
    )
    if reached == "confirmed":
        inspections.confirm_point(point_id=point.pk, words="照片与要求一致（演示）。", by=users["section2"])
    elif reached == "returned":
        inspections.return_point(point_id=point.pk, reason="照片看不出放在哪里，请补拍（演示）。", by=users["section2"])


class Sent(io.BytesIO):
    """A file as somebody sends it."""

    def __init__(self, content, name):
        super().__init__(content)
        self.name = name


def call_on(county, users, today) -> None:
    """Three drawn for today, nobody called on yet; and a check of last week with its photograph."""
    draw_roll_calls(county=county, scope="today", count=3, by=users["section"], seed="demo2022")
    shift = (
        Shift.objects.in_county(county)
        .standing()
        .filter(day__lt=today - timedelta(days=3), roll_calls=None)
        .order_by("-day", "pk")
        .first()
    )
    checked_at = datetime.combine(shift.day, shift.starts_at, SHANGHAI) + timedelta(minutes=40)
    record_roll_call(
        shift_id=shift.pk, checked_at=checked_at, method=RollCall.Method.ONSITE, is_present=True, by=users["section2"],
        reason=RollCall.Reason.REPORTED, photo=Sent(PHOTO, "到岗（演示）.png"), remark="群众反映来电无人接听，实地查看（演示）",
    )  # fmt: skip


def find_oddities(county, users, today) -> None:
    """A few records made odd on purpose, found by the nightly look, and settled in different ways."""
    this_month = Consultation.objects.filter(station__county=county, day__gte=today.replace(day=1), day__lt=today)
    for n, row in enumerate(this_month.filter(station__short_name="周村镇").order_by("-day", "-pk")[:5]):
        Consultation.objects.filter(pk=row.pk).update(
            recorded_at=datetime.combine(today - timedelta(days=3), time(20, 2 + n), SHANGHAI)
        )
    same = this_month.filter(station__short_name="大阳镇").exclude(shift=None).order_by("day", "pk")
    first = same.first()
    for row in same.filter(shift=first.shift)[:3]:
        Consultation.objects.filter(pk=row.pk).update(question=first.question, answer=first.answer)
    late = this_month.filter(station__short_name="高都镇").exclude(shift=None).first()
    Consultation.objects.filter(pk=late.pk).update(time=time(19, 30))
    signals.sweep(county=county, by=system_user())
    waiting = {row.kind: row for row in Signal.objects.filter(county=county).unsettled().order_by("pk")}
    if row := waiting.get("off_duty"):
        signals.open_check(signal_id=row.pk, by=users["section"])
        signals.find_nothing(signal_id=row.pk, reason="登记时把 9:30 写成 19:30，站点已更正登记簿（演示）。", by=users["section"])
    if row := waiting.get("bunch"):
        signals.open_check(signal_id=row.pk, by=users["section2"])


def keep_tasks(county, users, today) -> None:
    """What was due by last month is done with evidence, but for the training; the rest waits."""
    obligations.make_missing()
    for row in Obligation.objects.open().filter(county=county, due_on__lt=today - timedelta(days=10)).exclude(code="training"):
        page = next((proof.url for proof in proofs_of(row) if proof.is_enough), "")
        by = users["director"] if row.owner_role == "director" else users["section"]
        done_on = max(row.first, row.due_on - timedelta(days=1))
        obligations.finish(
            obligation_id=row.pk, done_on=done_on, words="演示", by=by, evidence_url=page,
            evidence_file=None if page else Sent(PAPER, f"{row.title}（演示）.pdf"),
        )  # fmt: skip
    nearest = Obligation.objects.open().filter(county=county, due_on__gte=today).first()
    obligations.assign(obligation_id=nearest.pk, owner=users["section2"], by=users["leader"])
