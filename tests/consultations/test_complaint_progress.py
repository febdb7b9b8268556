"""Whoever complained asks with a code what became of it: the step and nothing of anybody; uniform answers, braked. LAF 55, 56; safety.md §2."""

import datetime

import pytest
from django.test import Client

from accounts.models import AuditEntry
from consultations.models import DutyComplaint
from consultations.rules.ratings import digits_of
from consultations.services.complaint_codes import complaint_of_code
from consultations.services.complaint_progress import step_of
from consultations.services.complaints import (
    accept_complaint,
    answer_complaint,
    complain_online,
    file_complaint,
    refuse_complaint,
)
from consultations.services.findings import decide_finding, hear, object_to

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2022, 3, 15)
PAGE = "/p/complaint/progress/"


@pytest.fixture(autouse=True)
def mid_march(at):
    at("2022-03-15 10:00")


@pytest.fixture
def clerk(user, bagong):
    return user("clerk", station=bagong)


@pytest.fixture
def section(user):
    return user("section")


@pytest.fixture
def duty(shift):
    return shift("2022-03-14", times=("09:00", "13:00"))


@pytest.fixture
def filed(bagong):
    values = {"station": bagong, "content": "问了两句就不耐烦", "complainant": "乙某某", "phone": "13812345678"}
    return complain_online(values=values, address="10.0.0.1")


def words_of(filed):
    return step_of(DutyComplaint.objects.get(pk=filed.complaint.pk)).words


def accepted(filed, duty, section):
    return accept_complaint(complaint_id=filed.complaint.pk, shift_id=duty.pk, by=section)


def decided(complaint, duty, by, is_upheld):
    hear(finding_id=complaint.finding_id, statement="当时人多", by=duty.practitioner.user)
    return decide_finding(finding_id=complaint.finding_id, is_upheld=is_upheld, decision="两名在场的人证明", by=by)


def told(filed, by):
    answer_complaint(complaint_id=filed.complaint.pk, reply="已批评郑某", told_on=TODAY, told_way="phone", by=by)


@pytest.mark.parametrize(("is_upheld", "end"), [(True, "已办结：反映的情况属实"), (False, "已办结：反映的情况没有查实")])
def test_each_step_is_told_in_plain_words(filed, duty, section, is_upheld, end):
    assert words_of(filed) == "已收到，等待受理"
    complaint = accepted(filed, duty, section)
    assert words_of(filed) == "已受理，正在核实"
    decided(complaint, duty, section, is_upheld)
    assert words_of(filed) == "核实已经结束，正在答复"
    told(filed, section)
    assert words_of(filed) == end


def test_until_when_each_step_is_due_is_told_with_it(filed, duty, section):
    assert step_of(filed.complaint).due_on == datetime.date(2022, 3, 22), "five working days after it came in"
    assert step_of(accepted(filed, duty, section)).due_on == datetime.date(2022, 4, 29), "forty-five days after it was accepted"


def test_one_that_is_not_accepted_says_so_and_one_whose_conclusion_changed_says_that_it_is_told_again(
    filed, duty, section, clerk, bagong
):
    other = file_complaint(values={"station": bagong, "content": "物业不修电梯"}, by=clerk)
    refuse_complaint(complaint_id=other.complaint.pk, reply="不是值班服务", told_on=TODAY, told_way="nobody", by=section)
    step = step_of(DutyComplaint.objects.get(pk=other.complaint.pk))
    assert step.words == "不予受理" and "没有留联系方式" in step.next and "物业" not in step.next
    finding = decided(accepted(filed, duty, section), duty, section, True)
    told(filed, section)
    object_to(finding_id=finding.pk, statement="当天在岗", by=duty.practitioner.user)
    decide_finding(finding_id=finding.pk, is_upheld=False, decision="查无此事", by=section)
    assert words_of(filed) == "结论有变化，正在重新答复"


def test_the_code_is_shown_once_after_sending_and_kept_nowhere(bagong):
    citizen = Client()
    values = {"station": bagong.pk, "content": "值班时间没有人在", "phone": "13812345678"}
    page = citizen.post("/p/complaint/", values, follow=True).text
    code = next(line for line in page.split('<p class="pub-code num">')[2:]).split("<")[0]
    kept = str(list(DutyComplaint.objects.values())) + str(list(AuditEntry.objects.values())) + str(dict(citizen.session))
    assert len(digits_of(code)) == 10 and code not in kept and digits_of(code) not in kept
    answer = Client().post(PAGE, {"code": code}).text
    assert "已收到，等待受理" in answer and DutyComplaint.objects.get().number in answer


def test_the_page_shows_nobody_and_nothing_of_what_either_side_said(filed, duty, section):
    decided(accepted(filed, duty, section), duty, section, True)
    told(filed, section)
    page = Client().post(PAGE, {"code": filed.code}).text
    assert "已办结" in page
    for secret in (
        "乙某某",
        "13812345678",
        "138****5678",
        "不耐烦",
        "已批评郑某",
        "两名在场",
        str(duty.practitioner),
        duty.station.name,
    ):
        assert secret not in page


def test_a_clerk_who_takes_a_complaint_down_is_given_the_code_for_who_complained(signed_in, clerk, bagong):
    client, url = signed_in(clerk), "/consultations/ratings/complaints/new/"
    assert f'<option value="{bagong.pk}" selected' in client.get(url).text, "her only station is chosen already"
    page = client.post(url, {"station": bagong.pk, "channel": "phone", "content": "没有人接待"}, follow=True).text
    code = page.split("查询码 ")[1][:12]
    assert complaint_of_code(code=code, address="10.0.0.2") == DutyComplaint.objects.get()
    assert code not in client.get(f"/consultations/ratings/complaints/{DutyComplaint.objects.get().pk}/").text, "once"


@pytest.mark.parametrize("typed", ["", "🙂", "0000000000", "x" * 10_000, "１２３", "1234 567 89", "' or 1=1", "㛃䶮·"])
def test_a_code_that_fits_nothing_is_answered_alike_and_breaks_nothing(filed, typed):
    page = Client().post(PAGE, {"code": typed})
    assert page.status_code == 200 and "办到这一步" not in page.text and filed.complaint.number not in page.text
    assert "没有查到，有 1 处需要修改" in page.text and "没有保存" not in page.text


def test_full_width_digits_and_dashes_find_it_too(filed):
    typed = "-".join(chr(ord(char) + 0xFEE0) for char in filed.code)
    assert complaint_of_code(code=typed, address="10.0.0.2") == filed.complaint


def test_after_twenty_wrong_codes_an_address_learns_nothing_for_a_quarter_of_an_hour(filed):
    for number in range(20):
        assert complaint_of_code(code=f"{number:010d}", address="10.0.0.9") is None
    assert complaint_of_code(code=filed.code, address="10.0.0.9") is None
    assert complaint_of_code(code=filed.code, address="10.0.0.8") == filed.complaint


def test_one_address_asks_twenty_times_a_minute(filed):
    answers = {Client().post(PAGE, {"code": filed.code}).status_code for _ in range(20)}
    assert answers == {200} and Client().get(PAGE).status_code == 429


def test_a_complaint_from_before_there_were_codes_is_found_by_none(filed):
    DutyComplaint.objects.update(code_hash="")
    assert complaint_of_code(code=filed.code, address="10.0.0.2") is None
    assert complaint_of_code(code="", address="10.0.0.2") is None
