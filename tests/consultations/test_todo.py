"""What waits for whom in attendance, findings, months and records; it vanishes when its cause does."""

import datetime

import pytest

from common.periods import YearMonth
from consultations.services.attendance import sign_in, sign_out
from consultations.services.consultations import register_consultation
from consultations.services.findings import decide_finding, hear, report_finding
from consultations.services.record_checks import check_record
from consultations.services.settlements import decide_settlement, propose_settlement
from consultations.services.station_months import confirm_station_month, receive_station_month
from consultations.todo import attendance, consultations, findings, station_months

pytestmark = pytest.mark.django_db
MARCH = YearMonth(2022, 3)


def titles(room, user):
    del user.posts_in_force  # a user is read anew for each request
    return [item.title for item in room.todo_items(user)]


@pytest.fixture
def people(user, bagong):
    made = {"section": user("section"), "clerk": user("clerk", station=bagong), "head": user("head", station=bagong)}
    for each in made.values():
        each.posts_in_force  # noqa: B018 - so that titles() can forget it
    return made


def test_todays_shift_waits_until_she_has_come_and_gone(at, shift):
    mine = shift("2022-03-15")
    person = mine.practitioner.user
    person.posts_in_force  # noqa: B018
    at("2022-03-15 09:05")
    assert titles(attendance, person) == ["今天值班，还没有签到"]
    sign_in(shift_id=mine.pk, by=person)
    assert titles(attendance, person) == ["值班结束后签退"]
    at("2022-03-15 13:00")
    sign_out(shift_id=mine.pk, by=person)
    assert titles(attendance, person) == []


def test_unsettled_shifts_wait_for_the_clerk_then_for_a_second_person(at, shift, people, dayang):
    at("2022-04-01 10:00")
    gap = shift("2022-03-15")
    shift("2022-03-15", station=dayang)
    assert titles(attendance, people["clerk"]) == ["处理2022年3月未定班次 1 个"]
    assert titles(attendance, people["section"]) == ["处理2022年3月未定班次 2 个"]
    proposed = propose_settlement(shift_id=gap.pk, kind="served", reason="停电", by=people["clerk"])
    assert titles(attendance, people["clerk"]) == []
    assert titles(attendance, people["head"]) == ["确认补登和班次处理 1 条"]
    decide_settlement(settlement_id=proposed.pk, is_accepted=True, by=people["head"])
    assert titles(attendance, people["head"]) == []


def test_a_finding_waits_for_the_person_and_for_another_officer(at, shift, people, user):
    at("2022-03-20 10:00")
    mine = shift("2022-03-15", times=("09:00", "13:00"))
    subject, other = mine.practitioner.user, user("section")
    subject.posts_in_force, other.posts_in_force  # noqa: B018
    finding = report_finding(shift_id=mine.pk, kind="complaint", remark="态度", by=people["section"])
    assert titles(findings, subject) == ["说明情况：被投诉"]
    assert titles(findings, people["section"]) == []
    assert titles(findings, other) == ["核实考核事项 1 项"]
    assert [item.url for item in findings.todo_items(other)] == [f"/findings/{finding.pk}/"], "one opens its very form"
    hear(finding_id=finding.pk, statement="不是这样", by=subject)
    assert titles(findings, subject) == []
    second = report_finding(shift_id=mine.pk, kind="no_show", remark="不在", by=people["section"])
    assert [item.url for item in findings.todo_items(other)] == ["/findings/?state=open"], "several open their list"
    decide_finding(finding_id=second.pk, is_upheld=False, decision="不实", by=other)
    decide_finding(finding_id=finding.pk, is_upheld=False, decision="不实", by=other)
    assert titles(findings, other) == []


def test_a_month_waits_for_its_head_then_for_the_section(at, shift, people, bagong, user):
    at("2022-04-01 10:00")
    shift("2022-03-15", times=("09:00", "13:00"))
    item = station_months.todo_items(people["head"])[0]
    assert (item.title, item.due_on) == ("确认巴公镇2022年3月考勤", datetime.date(2022, 4, 5))
    confirm_station_month(station=bagong, period=MARCH, by=people["head"])
    assert titles(station_months, people["head"]) == []
    assert titles(station_months, people["section"]) == ["接收站点2022年3月考勤 1 个"]
    receive_station_month(station=bagong, period=MARCH, by=people["section"])
    assert titles(station_months, people["section"]) == []


def test_a_month_with_shifts_to_come_waits_for_nobody(at, shift, people):
    at("2022-03-20 10:00")
    shift("2022-03-15", times=("09:00", "13:00"))
    shift("2022-03-28")
    assert titles(station_months, people["head"]) == []


def test_an_incomplete_record_waits_for_the_station_and_for_one_check(at, shift, people):
    at("2022-03-20 10:00")
    mine = shift("2022-03-15", times=("09:00", "13:00"))
    values = {"station": mine.station, "practitioner": mine.practitioner, "day": mine.day, "question": "x", "answer": "y"}
    record = register_consultation(values=values, by=people["clerk"], keep_incomplete=True)
    assert titles(consultations, people["clerk"]) == ["补齐缺项的咨询记录 1 条"]
    assert titles(consultations, people["section"]) == ["检查缺项的咨询记录 1 条"]
    check_record(consultation_id=record.pk, remark="", by=people["section"])
    assert titles(consultations, people["section"]) == []
