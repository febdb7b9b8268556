"""Draws of roll calls, inspections with rectification, signals that open a check: by services, pages and the workbook. Z-ORG-9, Z-CON-4."""

import datetime
import io

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from openpyxl import load_workbook

from accounts.services import system_user
from common import clock
from common.errors import Refused
from consultations.models import Consultation, Finding, InspectionPoint, RollCallDraw, Signal, SignalSweep
from consultations.rules.roll_calls import Candidate, draw
from consultations.services import inspections, signals
from consultations.services.roll_call_draws import draw_roll_calls
from consultations.services.roll_calls import record_roll_call
from consultations.services.shift_facts import facts_of
from consultations.todo import todo_items
from records.models import Notice

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


class Sent(io.BytesIO):
    def __init__(self, content=PNG, name="照片.png"):
        super().__init__(content)
        self.name = name


@pytest.fixture(autouse=True)
def mid_march(at):
    at("2022-03-15 10:00")


@pytest.fixture
def section(user):
    return user("section")


@pytest.fixture
def section2(user):
    return user("section")


@pytest.fixture
def head(user, bagong):
    return user("head", station=bagong)


# --- drawing whom to call on ------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-DED-4")
def test_a_draw_keeps_seed_tickets_and_order_so_that_anybody_draws_the_same(county, shift, bagong, dayang, centre, section):
    for station in (bagong, dayang, centre):
        shift("2022-03-15", station=station)
    row = draw_roll_calls(county=county, scope="now", count=2, by=section)
    again = draw([Candidate(each["shift"], each["station"], each["unchecked"]) for each in row.frame], 2, row.seed)
    assert [each.shift for each in again] == row.picked and len(row.picked) == 2
    assert {each["tickets"] for each in row.frame} == {10}  # never checked


def test_only_those_on_duty_this_minute_are_drawn_where_now_is_asked_for(county, shift, dayang, section):
    on_duty, later = shift("2022-03-15"), shift("2022-03-15", station=dayang, starts="14:00", ends="18:00")
    shift("2022-03-16", station=dayang)
    assert draw_roll_calls(county=county, scope="now", count=5, by=section).picked == [on_duty.pk]
    assert set(draw_roll_calls(county=county, scope="today", count=5, by=section).picked) == {on_duty.pk, later.pk}


def test_nobody_on_duty_is_said_with_what_to_do(county, section):
    with pytest.raises(Refused, match="现在没有人在班"):
        draw_roll_calls(county=county, scope="now", count=1, by=section)


def test_nobody_draws_herself(county, shift, adviser):
    both = adviser()
    shift("2022-03-15", person=both)
    with pytest.raises(Refused):
        draw_roll_calls(county=county, scope="today", count=1, by=both.user)


def test_a_check_lowers_the_tickets_of_its_station(county, shift, section, at):
    checked = shift("2022-03-15")
    record_roll_call(shift_id=checked.pk, checked_at=clock.now(), method="phone", is_present=True, by=section)
    at("2022-03-22 10:00")
    shift("2022-03-22")
    row = draw_roll_calls(county=county, scope="now", count=1, by=section)
    assert [(each["unchecked"], each["tickets"]) for each in row.frame] == [(7, 1)]


def test_a_roll_call_that_says_drawn_must_have_been_drawn(county, shift, dayang, section):
    mine, other = shift("2022-03-15"), shift("2022-03-15", station=dayang)
    drawn = RollCallDraw.objects.create(
        county=county,
        day=clock.today(),
        scope="now",
        seed="x",
        frame=[],
        picked=[mine.pk],
        drawn_by=section,
        drawn_at=clock.now(),
    )
    call = {"checked_at": clock.now(), "method": "phone", "is_present": True, "by": section}
    assert record_roll_call(shift_id=mine.pk, draw=drawn, **call).reason == "drawn"
    with pytest.raises(Refused, match="不在抽取名单"):
        record_roll_call(shift_id=other.pk, draw=drawn, **call)
    with pytest.raises(Refused, match="不在抽取名单"):
        record_roll_call(shift_id=other.pk, reason="drawn", **call)


def test_a_photo_is_judged_by_its_content_and_its_size(shift, section):
    mine = shift("2022-03-15")
    call = {"shift_id": mine.pk, "checked_at": clock.now(), "method": "onsite", "is_present": True, "by": section}
    for upload in (Sent(b"%PDF-1.4", "x.jpg"), Sent(PNG + b"0" * 5 * 1024 * 1024), Sent(b"")):
        with pytest.raises(Refused) as refused:
            record_roll_call(photo=upload, **call)
        assert refused.value.field == "photo"
    assert record_roll_call(photo=Sent(), **call).photo.mime == "image/png"


def test_the_photo_is_for_the_bureau_the_station_and_the_person_alone(shift, section, user, bagong, dayang, signed_in):
    mine = shift("2022-03-15")
    call = record_roll_call(shift_id=mine.pk, checked_at=clock.now(), method="onsite", is_present=False, by=section, photo=Sent())
    url = reverse("roll-call-photo", args=[call.pk])
    statuses = [
        signed_in(reader).get(url).status_code
        for reader in (
            section,
            mine.practitioner.user,
            user("clerk", station=bagong),
            user("clerk", station=dayang),
            user("lawyer"),
        )
    ]
    assert statuses == [200, 200, 200, 404, 403]


def test_the_pick_list_shows_the_seed_and_leads_to_the_call(county, shift, section, signed_in):
    mine = shift("2022-03-15")
    browser = signed_in(section)
    drawn = browser.post(reverse("roll-call-draw-new"), {"scope": "now", "count": "3"}, follow=True)
    row = RollCallDraw.objects.get()
    assert row.seed in drawn.text and f"shift={mine.pk}&amp;draw={row.pk}" in drawn.text
    form = f"{reverse('roll-call-new')}?shift={mine.pk}&draw={row.pk}"
    done = browser.post(
        form,
        {"shift": mine.pk, "time": "10:00", "method": "video", "is_present": "1", "reason": "drawn", "photo": Sent()},
        follow=True,
    )
    assert "已完成" in done.text
    assert mine.roll_calls.get().draw == row and mine.roll_calls.get().photo


# --- inspection and rectification -------------------------------------------------------------------------------------


@pytest.fixture
def point(bagong, section, head):
    visit = inspections.register_inspection(
        station=bagong,
        kind="quarterly",
        day=datetime.date(2022, 3, 14),
        inspectors="甲、乙",
        summary="值班公示没有更新。",
        by=section,
    )
    return inspections.add_point(
        inspection_id=visit.pk, problem="公示栏仍是二月的表", demand="更新公示", due_on=datetime.date(2022, 3, 20), by=section
    )


def answer(point, by, **more):
    values = {"measure": "已更新。", "done_on": clock.today(), "proof": Sent(), **more}
    return inspections.answer_point(point_id=point.pk, by=by, **values)


@pytest.mark.rule("Z-ORG-9")
def test_a_problem_is_answered_with_proof_and_confirmed_by_somebody_else(point, head, section2):
    assert Notice.objects.filter(to=head, text__contains="公示栏").exists()
    answer(point, head)
    done = inspections.confirm_point(point_id=point.pk, words="照片清楚", by=section2)
    assert (done.state, done.confirmed_by, done.proof.mime) == ("confirmed", section2, "image/png")
    assert list(done.steps.values_list("act", flat=True)) == ["found", "answered", "confirmed"]


@pytest.mark.rule("Z-ORG-9")
def test_whoever_answered_does_not_confirm_neither_by_the_service_nor_in_the_table(point, section):
    answered = answer(point, section)
    with pytest.raises(Refused, match="不能确认自己"):
        inspections.confirm_point(point_id=point.pk, words="", by=section)
    answered.state, answered.confirmed_by, answered.confirmed_on = "confirmed", section, clock.today()
    with pytest.raises(IntegrityError, match="inspection_point_confirmed_by_another"), transaction.atomic():
        answered.save()


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"proof": None}, "没有整改佐证"),
        ({"measure": " "}, "没有写整改情况"),
        ({"done_on": datetime.date(2022, 3, 16)}, "今天以前"),
    ],
    ids=["proof", "measure", "day"],
)
def test_an_answer_without_proof_words_or_with_a_day_to_come_is_refused(point, head, missing, words):
    with pytest.raises(Refused, match=words):
        answer(point, head, **missing)


def test_the_head_of_another_station_and_the_leader_do_not_answer(point, user, dayang):
    for other in (user("head", station=dayang), user("leader")):
        with pytest.raises(Refused, match="负责人"):
            answer(point, other)


def test_what_is_returned_keeps_its_first_proof_and_is_answered_again(point, head, section):
    first = answer(point, head)
    returned = inspections.return_point(point_id=point.pk, reason="看不清日期", by=section)
    assert (returned.state, returned.proof, returned.measure) == ("open", None, "")
    assert point.steps.get(act="answered").proof == first.proof
    assert answer(point, head).state == "answered"


def test_returning_and_withdrawing_need_a_reason_and_an_extension_a_later_day(point, head, section):
    with pytest.raises(Refused, match="新的期限"):
        inspections.extend_point(point_id=point.pk, due_on=point.due_on, reason="下雪", by=section)
    assert (
        inspections.extend_point(point_id=point.pk, due_on=datetime.date(2022, 4, 1), reason="下雪", by=section).due_on.month == 4
    )
    with pytest.raises(Refused, match="撤销理由"):
        inspections.withdraw_point(point_id=point.pk, reason=" ", by=section)
    answer(point, head)
    with pytest.raises(Refused, match="退回理由"):
        inspections.return_point(point_id=point.pk, reason="", by=section)
    assert inspections.withdraw_point(point_id=point.pk, reason="当天正在更换", by=section).state == "withdrawn"
    with pytest.raises(Refused, match="不能撤销"):
        inspections.withdraw_point(point_id=point.pk, reason="再来", by=section)


def test_the_steps_of_a_problem_can_not_be_rewritten(point):
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE consultations_rectificationstep SET words = '改'")


def test_the_overdue_stand_first_and_the_ledger_says_how_many_days(point, bagong, section, signed_in, at):
    inspections.add_point(
        inspection_id=point.inspection_id, problem="没有监督电话", demand="公示", due_on=datetime.date(2022, 3, 18), by=section
    )
    answer(point, section)
    at("2022-03-25 09:00")
    browser = signed_in(section)
    shown = browser.get(reverse("inspections")).text
    assert shown.index("没有监督电话") < shown.index("公示栏仍是二月的表")
    sheet = load_workbook(io.BytesIO(browser.get(reverse("inspections-workbook")).content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    header = next(row for row in rows if "逾期天数" in row)
    first, second = (dict(zip(header, row, strict=True)) for row in rows[rows.index(header) + 1 :][:2])
    assert (first["发现的问题"], first["逾期天数"], first["状态"]) == ("没有监督电话", 7, "待整改")
    assert (second["逾期天数"], second["佐证"]) == (0, "照片.png")
    only = browser.get(reverse("inspections") + "?state=overdue").text
    assert "没有监督电话" in only and "公示栏仍是二月的表" not in only


def test_the_head_finds_her_problem_in_the_todo_list_until_she_answers(point, head, section, section2):
    assert [item.due_on for item in todo_items(head)] == [point.due_on]
    answer(point, head)
    assert todo_items(head) == []
    assert any("确认整改 1 项" in item.title for item in todo_items(section2))


def test_an_inspection_is_seen_by_its_station_the_bureau_and_the_auditor(point, head, user, dayang, section, signed_in):
    url = reverse("inspection-point", args=[point.pk])
    readers = (
        section,
        user("leader"),
        user("auditor"),
        head,
        user("head", station=dayang),
        user("clerk", station=point.inspection.station),
    )
    assert [signed_in(reader).get(url).status_code for reader in readers] == [200, 200, 200, 200, 404, 403]


def test_numbers_of_inspections_have_no_gaps(bagong, section):
    def visit(summary):
        return inspections.register_inspection(
            station=bagong, kind="spot", day=datetime.date(2022, 3, 14), inspectors="甲", summary=summary, by=section
        )

    first = visit("看了")
    with pytest.raises(Refused, match="检查情况"):
        visit(" ")
    assert [first.number, visit("又看了").number] == ["泽惠检〔2022〕1号", "泽惠检〔2022〕2号"]


# --- signals ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def record(shift, user, bagong):
    """record(shift, "09:10", "2022-03-14 20:01"): a consultation, and when it was entered."""
    clerk = user("clerk", station=bagong)
    numbers = iter(range(1, 100))

    def make(of, time, recorded, **more):
        number = next(numbers)
        return Consultation.objects.create(
            number=f"泽咨〔2022〕巴公-{number:04}", station=of.station, shift=of, practitioner=of.practitioner, day=of.day, time=time,
            channel="onsite", matter="family", question=f"第{number}位来问离婚的条件", answer=f"第{number}次说明规定", recorded_by=clerk,
            recorded_at=datetime.datetime.fromisoformat(f"{recorded}+08:00"), **more,
        )  # fmt: skip

    return make


@pytest.fixture
def bunch(shift, record):
    """Five talks of the 14th, all entered that evening."""
    mine = shift("2022-03-14", times=("09:00", "13:00"))
    return [record(mine, f"09:{10 * n}", f"2022-03-14 20:0{n}") for n in range(1, 6)]


@pytest.fixture
def told(county, bunch):
    signals.sweep(county=county, by=system_user())
    return Signal.objects.get(kind="bunch")


@pytest.mark.rule("Z-CON-4")
def test_the_nightly_look_finds_a_bunch_once_however_often_it_looks(county, bunch):
    assert signals.sweep_counties() == 1
    assert signals.sweep_counties() == 0  # looked at today already
    assert signals.sweep(county=county, by=system_user()).found == 0
    assert Signal.objects.count() == 1 and SignalSweep.objects.count() == 2
    assert len(Signal.objects.get().evidence) == 5


@pytest.mark.rule("Z-CON-4")
def test_a_signal_by_itself_deducts_nothing(county, bunch):
    mine = bunch[0].shift
    before = (facts_of([mine])[0].state, Finding.objects.count())
    signals.sweep(county=county, by=system_user())
    assert Signal.objects.exists()
    assert (facts_of([mine])[0].state, Finding.objects.count()) == before
    signals.open_check(signal_id=Signal.objects.get().pk, by=system_user())
    assert Finding.objects.count() == 0


def test_nothing_that_pays_reads_signals():
    """The table stands above the pay rules and no file of theirs names it."""
    from django.conf import settings

    files = [path for app in ("subsidies",) for path in (settings.BASE_DIR / app).rglob("*.py")]
    assert files and not [path for path in files if "signal_facts" in path.read_text() or "Signal.objects" in path.read_text()]


def test_what_a_telephone_sent_later_is_no_bunch(county, bunch, bagong):
    from uuid import uuid4

    from consultations.models import LateEntry

    for each in bunch:
        LateEntry.objects.create(
            key=uuid4(), kind="consultation", station=bagong, consultation=each, made_at=each.recorded_at,
            received_at=each.recorded_at, sent_by=each.recorded_by,
        )  # fmt: skip
    signals.sweep(county=county, by=system_user())
    assert not Signal.objects.filter(kind="bunch").exists()


def test_a_check_that_finds_something_reports_a_finding_for_others_to_decide(told, section):
    signals.open_check(signal_id=told.pk, by=section)
    finding = signals.find_something(
        signal_id=told.pk, shift_id=signals.shifts_of(told).get().pk, kind="record_defect", remark="登记簿上没有这五人",
        consultation_no="泽咨〔2022〕巴公-0001", by=section,
    )  # fmt: skip
    told.refresh_from_db()
    assert (finding.state, finding.reported_by, told.state, told.finding) == ("reported", section, "found", finding)
    assert "补登" in finding.remark


def test_a_finding_is_about_a_shift_of_the_evidence_only(told, shift, section):
    signals.open_check(signal_id=told.pk, by=section)
    with pytest.raises(Refused, match="与提示无关"):
        signals.find_something(signal_id=told.pk, shift_id=shift("2022-03-11").pk, kind="sham_duty", remark="x", by=section)


def test_settling_needs_a_check_and_a_reason(told, section, section2):
    with pytest.raises(Refused, match="还没有开始核查"):
        signals.find_nothing(signal_id=told.pk, reason="看过", by=section)
    with pytest.raises(Refused, match="没有写理由"):
        signals.dismiss(signal_id=told.pk, reason=" ", by=section)
    signals.open_check(signal_id=told.pk, by=section)
    with pytest.raises(Refused, match="已经有人"):
        signals.open_check(signal_id=told.pk, by=section2)
    with pytest.raises(Refused, match="不能不予核查"):
        signals.dismiss(signal_id=told.pk, reason="忙", by=section)
    with pytest.raises(Refused, match="没有写核查情况"):
        signals.find_nothing(signal_id=told.pk, reason="", by=section)
    assert signals.find_nothing(signal_id=told.pk, reason="停电，晚上补登", by=section).state == "groundless"


def test_a_settled_signal_comes_again_only_with_evidence_nobody_has_seen(county, told, bunch, record, section):
    signals.dismiss(signal_id=told.pk, reason="停电，晚上补登", by=section)
    assert signals.sweep(county=county, by=system_user()).found == 0
    record(bunch[0].shift, "09:58", "2022-03-14 20:07")
    assert signals.sweep(county=county, by=system_user()).found == 1
    again = Signal.objects.get(key=told.key, round=2)
    assert (again.state, len(again.evidence)) == ("new", 6)


def test_an_open_signal_grows_by_new_evidence(county, told, bunch, record):
    record(bunch[0].shift, "09:58", "2022-03-14 20:07")
    assert signals.sweep(county=county, by=system_user()).found == 0
    told.refresh_from_db()
    assert (len(told.evidence), told.round) == (6, 1)


def test_the_table_takes_no_signal_without_evidence_and_no_end_without_a_reason(told):
    for change in ({"evidence": []}, {"state": "dismissed"}, {"state": "found"}):
        with pytest.raises(IntegrityError, match="signal_"), transaction.atomic():
            Signal.objects.filter(pk=told.pk).update(**change)


def test_whoever_a_signal_is_about_does_not_settle_it(county, shift, adviser, user):
    person = adviser()
    for day in ("2022-03-01", "2022-03-08", "2022-03-14"):
        shift(day, person=person, times=("09:00", "13:00"))
    signals.sweep(county=county, by=system_user())
    with pytest.raises(Refused, match="与本人有关"):
        signals.open_check(signal_id=Signal.objects.get(kind="idle").pk, by=person.user)


def test_the_page_links_the_evidence_and_the_person_settles_it(told, section, signed_in, bunch):
    browser = signed_in(section)
    shown = browser.get(reverse("signals")).text
    assert told.words in shown and "界限是怎么定的" in shown
    page = browser.get(reverse("signal", args=[told.pk])).text
    assert reverse("consultation", args=[bunch[0].pk]) in page
    browser.post(reverse("signal-open", args=[told.pk]))
    done = browser.post(reverse("signal-nothing", args=[told.pk]), {"reason": "停电补登"}, follow=True).text
    assert "核查无异常" in done and "停电补登" in done


def test_signals_are_the_bureaus_alone(told, user, head, signed_in):
    for reader in (head, user("duty"), user("auditor"), user("clerk", station=head.posts.get().station)):
        assert signed_in(reader).get(reverse("signal", args=[told.pk])).status_code == 403


def test_an_unrelated_point_is_not_in_the_ledger_of_another_station(point, user, dayang, signed_in):
    assert InspectionPoint.objects.count() == 1
    assert "公示栏" not in signed_in(user("head", station=dayang)).get(reverse("inspections")).text


# --- coverage month by month ------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-ROS-3")
def test_the_year_lists_stations_below_their_minimum_month_by_month_the_worst_first(shift, dayang, section, signed_in):
    for day in ("2022-03-02", "2022-03-09", "2022-03-16", "2022-03-23", "2022-03-30"):
        shift(day, station=dayang)
    shown = signed_in(section).get(reverse("roster-coverage-history"), {"year": "2022"})
    rows = {row.station.short_name: row for row in shown.context["rows"]}
    assert [month.month for month in shown.context["months"]] == [1, 2, 3]
    assert (rows["大阳镇"].short_months, rows["巴公镇"].short_months) == (2, 3)
    assert [line.is_short for _, line in rows["大阳镇"].months] == [True, True, False]
    assert shown.context["rows"][-1].station.short_name == "大阳镇"
    assert "大阳镇" in shown.text


def test_a_head_sees_the_history_of_her_station_only_and_nonsense_years_give_this_one(head, signed_in):
    shown = signed_in(head).get(reverse("roster-coverage-history"), {"year": "９９"})
    assert shown.context["year"] == 2022
    assert [row.station.short_name for row in shown.context["rows"]] == ["巴公镇"]
