"""Pages of attendance, findings, months and records: who sees what, what is kept after an error, how many queries."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.services import system_user
from common.encryption import keyed_index
from consultations.models import Attendance, Consultation, Finding, RollCall, Settlement, Shift, StationMonth

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mid_march(at):
    at("2022-03-20 10:00")


@pytest.fixture
def record(bagong):
    def make(shift, **values):
        values = {
            "number": f"泽咨〔2022〕巴公-{Consultation.objects.count() + 1:04d}",
            "channel": "onsite",
            "client_name": "甲某某",
            "client_phone": "13812345678",
            "client_phone_index": keyed_index("13812345678"),
            "matter": "labour",
            "question": "工程款拖欠工资八个月怎么办",
            "answer": "告知可以先申请劳动仲裁并准备证据",
            "outcome": "answered",
            "time": "09:30",
            **values,
        }
        return Consultation.objects.create(
            station=shift.station,
            shift=shift,
            practitioner=shift.practitioner,
            day=shift.day,
            recorded_by=system_user(),
            recorded_at=timezone.now(),
            **values,
        )

    return make


@pytest.fixture
def living(shift, user, bagong, record):
    """A shift of every kind at 巴公镇 in March."""
    late = shift("2022-03-15", times=("09:12", "13:00"))
    shift("2022-03-16")
    shift("2022-03-20")
    shift("2022-03-28")
    section = user("section")
    finding = Finding.objects.create(
        shift=late, kind="sham_duty", source="report", remark="代签", reported_by=section, reported_at=timezone.now()
    )
    Settlement.objects.create(
        shift=shift("2022-03-17"), kind="served", reason="停电", proposed_by=section, proposed_at=timezone.now()
    )
    RollCall.objects.create(shift=late, checked_at=timezone.now(), method="phone", is_present=True, checked_by=section)
    consultation = record(late, answer="", missing=["答复意见"])
    return {"shift": late, "finding": finding, "consultation": consultation, "section": section}


def addresses(living, bagong):
    """Address → roles that may open it."""
    shift, finding, consultation = living["shift"], living["finding"], living["consultation"]
    month = [bagong.pk, "2022-03"]
    readers = {"section", "leader", "clerk", "head", "duty"}
    return {
        reverse("my-shifts"): {"duty"},
        reverse("station-today"): {"clerk"},
        reverse("attendance"): readers,
        reverse("attendance-export"): readers,
        reverse("attendance-shift", args=[shift.pk]): readers,
        reverse("attendance-fix", args=[shift.pk]): {"section", "clerk"},
        reverse("settle-shifts"): {"section", "clerk"},
        reverse("settlements"): {"section", "head"},
        reverse("roll-calls"): {"section", "leader"},
        reverse("roll-call-new"): {"section", "leader"},
        reverse("findings"): readers,
        reverse("my-findings"): {"duty"},
        reverse("finding-new"): readers - {"duty"},
        reverse("finding", args=[finding.pk]): readers,
        reverse("finding-criticism", args=[finding.pk]): {"section", "leader"},
        reverse("station-months"): {"section", "head"},
        reverse("station-month", args=month): readers - {"duty"},
        reverse("station-month-workbook", args=month): readers - {"duty"},
        reverse("consultations"): readers,
        reverse("consultations-export"): readers,
        reverse("consultation-new"): {"clerk", "head", "duty"},
        reverse("consultations-incomplete"): readers,
        reverse("consultation-progress"): readers | {"city"},
        reverse("consultation", args=[consultation.pk]): readers,
        reverse("consultation-edit", args=[consultation.pk]): {"clerk", "head", "duty"},
        reverse("consultation-void", args=[consultation.pk]): {"clerk", "head", "duty"},
    }


@pytest.mark.parametrize("role", ["section", "leader", "clerk", "head", "duty", "city", "cashier"])
def test_each_page_opens_for_those_it_is_for_and_for_nobody_else(role, living, bagong, user, signed_in):
    person = living["shift"].practitioner.user if role == "duty" else user(role, station=bagong)
    client = signed_in(person)
    for address, roles in addresses(living, bagong).items():
        status = client.get(address).status_code
        if role in roles:
            assert status == 200, address
        else:
            assert status in (403, 404), address


@pytest.mark.parametrize("role", ["clerk", "head", "duty"])
def test_another_station_is_not_there(role, living, bagong, dayang, user, signed_in):
    client = signed_in(user(role, station=dayang))
    shift, finding, consultation = living["shift"], living["finding"], living["consultation"]
    for name, pk in (("attendance-shift", shift.pk), ("finding", finding.pk), ("consultation", consultation.pk)):
        assert client.get(reverse(name, args=[pk])).status_code == 404
    assert client.get(reverse("station-month", args=[bagong.pk, "2022-03"])).status_code == 404
    assert "2022-03-15" not in client.get(reverse("attendance")).content.decode()


@pytest.mark.parametrize(
    "name",
    ["finding-paper", "consultation-paper", "roll-call-paper", "station-month-paper", "sign-sheet", "consultations-register"],
)
def test_papers_are_pdf(name, living, bagong, user, signed_in):
    arguments = {
        "finding-paper": [living["finding"].pk],
        "consultation-paper": [living["consultation"].pk],
        "roll-call-paper": [RollCall.objects.get().pk],
        "station-month-paper": [bagong.pk, "2022-03"],
        "sign-sheet": [bagong.pk, "2022-03"],
    }.get(name, [])
    response = signed_in(user("section")).get(reverse(name, args=arguments))
    assert response.content.startswith(b"%PDF-")


def test_a_late_sign_in_on_the_phone_says_so_before_and_after(shift, signed_in, at):
    mine = shift("2022-03-21")
    at("2022-03-21 09:08")
    client = signed_in(mine.practitioner.user)
    page = client.get(reverse("my-shifts")).content.decode()
    assert "09:00 以后签到记为迟到，一次扣 50 元" in page and "五（二）1（2）" in page
    page = client.post(reverse("sign-in", args=[mine.pk]), follow=True).content.decode()
    assert "已签到，09:08。" in page and "签退" in page


def test_leaving_early_asks_once_more(shift, signed_in, at):
    mine = shift("2022-03-21")
    at("2022-03-21 09:00")
    client = signed_in(mine.practitioner.user)
    client.post(reverse("sign-in", args=[mine.pk]))
    at("2022-03-21 12:00")
    client = signed_in(mine.practitioner.user)
    page = client.post(reverse("sign-out", args=[mine.pk])).content.decode()
    assert "记为早退" in page and Attendance.objects.get().sign_out is None
    client.post(reverse("sign-out", args=[mine.pk]), {"early": "1"})
    assert Attendance.objects.get().sign_out == datetime.time(12, 0)


def test_somebody_elses_shift_cannot_be_signed_by_address(living, user, signed_in):
    client = signed_in(user("duty"))
    assert client.post(reverse("sign-in", args=[living["shift"].pk])).status_code == 404


def test_the_list_filters_by_state(living, user, signed_in):
    page = signed_in(user("section")).get(reverse("attendance"), {"month": "2022-03", "state": "unsettled"}).content.decode()
    assert "缺签到、签退" in page and "虚假值班待核实" in page and "未开始" not in page.split("<tbody>")[1]


def test_a_wrong_past_day_keeps_what_was_typed(shift, user, bagong, signed_in):
    mine = shift("2022-03-16")
    client = signed_in(user("clerk", station=bagong))
    typed = {"kind": "times", "sign_in": "13:00", "sign_out": "9点", "reason": "停电，见纸质表"}
    page = client.post(reverse("attendance-fix", args=[mine.pk]), typed).content.decode()
    assert "签退时间不晚于签到时间" in page and "停电，见纸质表" in page and "9点" in page
    assert not Settlement.objects.exists()


def test_many_shifts_are_settled_in_one_go_by_two_people(shift, user, bagong, signed_in):
    shifts = [shift("2022-03-15"), shift("2022-03-16")]
    client = signed_in(user("clerk", station=bagong))
    address = reverse("settle-shifts") + "?month=2022-03"
    page = client.post(address, {"shifts": [each.pk for each in shifts], "kind": "", "reason": "停电"}).content.decode()
    assert "没有选择处理方式" in page and page.count("checked") == 2
    client.post(address, {"shifts": [each.pk for each in shifts], "kind": "served", "reason": "停电"})
    client = signed_in(user("head", station=bagong))
    waiting = list(Settlement.objects.proposed())
    client.post(reverse("settlements"), {"settlements": [each.pk for each in waiting], "act": "accept"})
    assert Settlement.objects.accepted().count() == 2


def test_a_finding_goes_its_way_through_the_pages(shift, user, signed_in, living):
    finding = living["finding"]
    page = signed_in(living["section"]).get(reverse("finding", args=[finding.pk])).content.decode()
    assert "登记人不能核实自己登记的事项" in page
    subject = signed_in(living["shift"].practitioner.user)
    subject.post(reverse("finding-state", args=[finding.pk]), {"statement": "当天我在岗，有照片"})
    other = signed_in(user("section"))
    page = other.post(reverse("finding-decide", args=[finding.pk]), {"decision": "监控属实"}).content.decode()
    assert "没有选择核实结果" in page and "监控属实" in page
    other.post(reverse("finding-decide", args=[finding.pk]), {"result": "upheld", "decision": "监控属实"})
    finding.refresh_from_db()
    assert finding.state == "upheld" and "有照片" in finding.statement
    other.post(reverse("finding-criticism", args=[finding.pk]), {"facts": "他人代签"})
    notice = finding.criticism
    paper = other.get(reverse("criticism-paper", args=[notice.pk]))
    assert b"".join(paper.streaming_content).startswith(b"%PDF-")


def test_a_roll_call_on_the_phone_becomes_a_finding(shift, user, signed_in, at):
    mine = shift("2022-03-21")
    at("2022-03-21 10:30")
    client = signed_in(user("leader"))
    page = client.post(reverse("roll-call-new"), {"shift": mine.pk, "time": "10:20", "method": "phone"}).content.decode()
    assert "没有选择在岗情况" in page and "10:20" in page
    client.post(reverse("roll-call-new"), {"shift": mine.pk, "time": "10:20", "method": "phone", "is_present": "0"})
    assert Finding.objects.get().kind == "absence"


def test_the_bureau_reads_records_without_the_name(living, user, signed_in, bagong):
    address = reverse("consultation", args=[living["consultation"].pk])
    for person, sees in ((user("section"), False), (user("leader"), False), (user("clerk", station=bagong), True)):
        page = signed_in(person).get(address).content.decode()
        assert ("甲某某" in page) is sees
        assert "13812345678" not in page and "138****5678" in page


def test_the_aid_centre_sees_what_was_pointed_to_it_only(living, shift, record, user, signed_in):
    referred = record(living["shift"], outcome="referred_legal_aid")
    client = signed_in(user("centre"))
    assert client.get(reverse("consultation", args=[referred.pk])).status_code == 200
    assert client.get(reverse("consultation", args=[living["consultation"].pk])).status_code == 404


def test_records_are_found_by_telephone_number_and_name(living, shift, record, user, bagong, signed_in):
    other = record(shift("2022-03-18"), client_name="乙某某", client_phone="", client_phone_index="")
    client = signed_in(user("clerk", station=bagong))
    for text, found, missed in (
        ("138 1234 5678", living["consultation"], other),
        ("乙某", other, living["consultation"]),
        (other.number, other, living["consultation"]),
    ):
        page = client.get(reverse("consultations"), {"q": text}).content.decode()
        assert str(found) in page and str(missed) not in page


# --- queries ----------------------------------------------------------------------------------------------------------


def queries_of(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def many_shifts(bagong, person, count):
    """So many shifts in March: a fact of each kind on every one."""
    shifts = Shift.objects.bulk_create(
        Shift(
            station=bagong,
            day=datetime.date(2022, 3, 1 + index % 19),
            starts_at=datetime.time(index // 19 // 60, index // 19 % 60),
            ends_at=datetime.time((index // 19 + 1) // 60, (index // 19 + 1) % 60),
            practitioner=person,
            created_by=system_user(),
            is_cancelled=index >= 19,
        )
        for index in range(count)
    )
    now = timezone.now()
    Attendance.objects.bulk_create(Attendance(shift=each, sign_in=each.starts_at, source="import") for each in shifts)
    Finding.objects.bulk_create(
        Finding(shift=each, kind="complaint", source="report", reported_by=system_user(), reported_at=now) for each in shifts
    )
    RollCall.objects.bulk_create(
        RollCall(shift=each, checked_at=now, method="phone", is_present=True, checked_by=system_user()) for each in shifts
    )
    Settlement.objects.bulk_create(
        Settlement(shift=each, kind="served", reason="x", proposed_by=system_user(), proposed_at=now) for each in shifts
    )
    Consultation.objects.bulk_create(
        Consultation(
            station=bagong, shift=each, practitioner=person, day=each.day, recorded_by=system_user(), recorded_at=now,
            missing=["时间"], number=f"N{each.pk}",
        )
        for each in shifts
    )  # fmt: skip


@pytest.mark.slow
def test_lists_cost_the_same_queries_with_ten_rows_and_a_thousand(bagong, adviser, user, signed_in):
    person = adviser()
    client = signed_in(user("section"))
    names = ("attendance", "settlements", "settle-shifts", "roll-calls", "findings", "consultations", "consultations-incomplete",
             "consultation-progress", "station-months")  # fmt: skip
    pages = [reverse(name) for name in names]
    pages += [reverse("attendance") + "?month=2022-03&state=unsettled", reverse("station-month", args=[bagong.pk, "2022-03"])]
    many_shifts(bagong, person, 10)
    before = [queries_of(client, page) for page in pages]
    Consultation.objects.all().delete()
    Settlement.objects.all().delete()
    Finding.objects.all().delete()
    RollCall.objects.all().delete()
    Shift.objects.all().delete()
    many_shifts(bagong, person, 1000)
    assert [queries_of(client, page) for page in pages] == before
    assert max(before) <= 20


def test_station_months_in_the_pages_are_not_made_by_looking(living, user, signed_in):
    signed_in(user("section")).get(reverse("station-months") + "?month=2022-03")
    assert not StationMonth.objects.exists()


def test_attendance_begins_today_then_goes_back_and_ends_with_what_is_to_come(shift, user, signed_in):
    for day in ("2022-03-15", "2022-03-20", "2022-03-22", "2022-03-28", "2022-03-18"):
        shift(day)
    page = signed_in(user("section")).get(reverse("attendance"), {"month": "2022-03"})
    days = [str(each.day)[-2:] for each in page.context["page"].object_list]
    assert days == ["20", "18", "15", "22", "28"]


def test_findings_are_listed_by_the_day_of_duty(shift, user, signed_in):
    section = user("section")
    for day in ("2022-03-15", "2022-03-17", "2022-03-16"):
        Finding.objects.create(
            shift=shift(day), kind="sham_duty", source="report", remark="代签", reported_by=section, reported_at=timezone.now()
        )
    page = signed_in(section).get(reverse("findings"))
    assert [each.shift.day.day for each in page.context["page"].object_list] == [17, 16, 15]


def test_a_record_made_void_offers_the_way_back(living, bagong, user, signed_in):
    record = living["consultation"]
    client = signed_in(user("clerk", station=bagong))
    page = client.post(reverse("consultation-void", args=[record.pk]), {"reason": "重复登记"}, follow=True).content.decode()
    assert "撤销作废" in page and reverse("consultation-restore", args=[record.pk]) in page
    page = client.post(reverse("consultation-restore", args=[record.pk]), follow=True).content.decode()
    record.refresh_from_db()
    assert "重新计入人次" in page and not record.is_void


def test_the_progress_page_links_only_the_stations_one_may_open(bagong, dayang, user, signed_in):
    page = signed_in(user("clerk", station=bagong)).get(reverse("consultation-progress")).content.decode()
    assert f"?station={bagong.pk}&" in page and f"?station={dayang.pk}&" not in page
    refused = signed_in(user("clerk", station=bagong)).get(reverse("consultations"), {"station": dayang.pk}).content.decode()
    assert "这个站点不在您的范围内" in refused
