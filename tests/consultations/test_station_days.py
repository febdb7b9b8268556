"""A day at the station: the code to sign in with, drafts, the card, entries made without a network. Issue 4, item 1."""

import datetime
import json
import queue
import re
import threading
import uuid

import pytest
from django.db import connection, connections
from django.urls import reverse

from accounts.models import AuditEntry
from common import clock
from common.errors import Refused
from consultations.models import Attendance, Consultation, ConsultationDraft, LateEntry, Settlement, StationDayCode
from consultations.services.attendance import declare_no_consultation, sign_in, sign_out
from consultations.services.consultations import register_consultation
from consultations.services.day_codes import MOST_AT_STATION, MOST_WRONG, show_day_code, sign_in_by_code
from consultations.services.drafts import content_of, draft_of, save_draft
from consultations.services.late_entries import Sent, take_consultation, take_presence

pytestmark = pytest.mark.django_db
DAY = "2022-03-21"


@pytest.fixture(autouse=True)
def monday(at):
    at(f"{DAY} 08:50")


@pytest.fixture
def clerk(user, bagong):
    return user("clerk", station=bagong)


@pytest.fixture
def duty(shift):
    return shift(DAY)


@pytest.fixture
def values(duty):
    def make(**changes):
        return {
            "station": duty.station,
            "practitioner": duty.practitioner,
            "day": duty.day,
            "time": datetime.time(9, 30),
            "channel": "onsite",
            "client_name": "甲某某",
            "matter": "labour",
            "question": "工程款拖欠工资八个月怎么办",
            "answer": "告知先申请劳动仲裁并准备证据",
            "outcome": "answered",
            "groups": [],
            "party_count": 1,
            "advisor_signed": True,
            **changes,
        }

    return make


# --- the code of the day ----------------------------------------------------------------------------------------------


def test_who_reads_the_code_at_the_station_signs_in_with_it_and_the_log_says_so(duty, clerk, bagong):
    shown = show_day_code(station=bagong, by=clerk)
    wide = shown.code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    record = sign_in_by_code(shift_id=duty.pk, code=f" {wide[:3]} {wide[3:]} ", by=duty.practitioner.user)
    assert (record.source, f"{record.sign_in:%H:%M}") == ("code", "08:50")
    assert AuditEntry.objects.get(action="consultations.sign_in").after["来源"] == "站点值班码签到"


def test_the_code_ends_with_its_day(shift, clerk, bagong, at):
    tomorrow = shift("2022-03-22")
    code = show_day_code(station=bagong, by=clerk).code
    at("2022-03-22 08:50")
    with pytest.raises(Refused, match="还没有值班码"):
        sign_in_by_code(shift_id=tomorrow.pk, code=code, by=tomorrow.practitioner.user)


def test_a_new_code_ends_the_old_one(duty, clerk, bagong):
    old = show_day_code(station=bagong, by=clerk).code
    assert show_day_code(station=bagong, by=clerk).code == old
    new = show_day_code(station=bagong, by=clerk, is_new=True).code
    with pytest.raises(Refused, match="值班码不对"):
        sign_in_by_code(shift_id=duty.pk, code=old, by=duty.practitioner.user)
    assert sign_in_by_code(shift_id=duty.pk, code=new, by=duty.practitioner.user).sign_in
    assert StationDayCode.objects.count() == 1


def test_wrong_codes_stop_the_guesser_even_with_the_right_one(duty, clerk, bagong):
    code = show_day_code(station=bagong, by=clerk).code
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(MOST_WRONG):
        with pytest.raises(Refused, match="值班码不对"):
            sign_in_by_code(shift_id=duty.pk, code=wrong, by=duty.practitioner.user)
    with pytest.raises(Refused, match="15 分钟"):
        sign_in_by_code(shift_id=duty.pk, code=code, by=duty.practitioner.user)
    assert not Attendance.objects.exists()


def test_many_guessers_stop_the_station(shift, adviser, clerk, bagong):
    code = show_day_code(station=bagong, by=clerk).code
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(MOST_AT_STATION // MOST_WRONG):
        theirs = shift(DAY, person=adviser())
        for _ in range(MOST_WRONG):
            with pytest.raises(Refused, match="值班码不对"):
                sign_in_by_code(shift_id=theirs.pk, code=wrong, by=theirs.practitioner.user)
    fresh = shift(DAY, person=adviser())
    with pytest.raises(Refused, match="暂停 1 小时"):
        sign_in_by_code(shift_id=fresh.pk, code=code, by=fresh.practitioner.user)


def test_another_stations_code_and_another_persons_shift_do_not_open(shift, duty, clerk, bagong, dayang, user):
    show_day_code(station=bagong, by=clerk)
    elsewhere = show_day_code(station=dayang, by=user("clerk", station=dayang)).code
    if elsewhere != StationDayCode.objects.get(station=bagong).code:
        with pytest.raises(Refused, match="值班码不对"):
            sign_in_by_code(shift_id=duty.pk, code=elsewhere, by=duty.practitioner.user)
    with pytest.raises(Refused, match="不是你的班次"):
        sign_in_by_code(shift_id=duty.pk, code="123456", by=user("duty"))
    with pytest.raises(Refused, match="只有本站人员"):
        show_day_code(station=bagong, by=user("clerk", station=dayang))


def test_looking_at_the_page_of_the_code_makes_none(clerk, bagong, signed_in):
    client = signed_in(clerk)
    address = reverse("day-code", args=[bagong.pk])
    assert "生成今天的值班码" in client.get(address).text
    assert client.get(reverse("day-code-poster", args=[bagong.pk])).status_code == 404
    assert not StationDayCode.objects.exists()
    client.post(address)
    code = StationDayCode.objects.get().code
    assert f"{code[:3]} {code[3:]}" in client.get(address).text


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_taken_up_again_and_gone_when_saved(duty, clerk, signed_in, bagong):
    client = signed_in(clerk)
    typed = {"station": bagong.pk, "practitioner": duty.practitioner.pk, "day": DAY, "time": "9:10", "channel": "phone",
             "matter": "labour", "topic": "labour.wages", "question": "包工头欠三个月工钱", "groups": ["migrant_worker", "farmer"],
             "client_phone": "1381234", "advisor_signed": "on"}  # fmt: skip
    answer = client.post(reverse("consultation-draft"), typed, headers={"Accept": "application/json"})
    assert answer.json() == {"words": "草稿 08:50 已存"}
    assert "包工头" not in str(raw_rows("consultations_consultationdraft"))
    page = client.get(reverse("consultation-new")).text
    for kept in ("已恢复", "包工头欠三个月工钱", 'value="1381234"', 'value="9:10"'):
        assert kept in page
    assert page.count("checked") == 6  # channel, two groups, matter, topic, signed
    saved = typed | {"client_phone": "", "client_name": "乙某", "answer": "告知可以申请劳动仲裁", "outcome": "answered"}
    client.post(reverse("consultation-new"), saved | {"question": "包工头拖欠三个月的工钱怎么办"})
    assert Consultation.objects.get().topic == "wages"
    assert not ConsultationDraft.objects.exists()


def raw_rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return cursor.fetchall()


def test_a_draft_is_ones_own_one_a_station_and_a_week_old_at_most(clerk, user, bagong, at):
    save_draft(by=clerk, station=bagong, content={"question": ["一"]})
    save_draft(by=clerk, station=bagong, content={"question": ["二"]})
    assert ConsultationDraft.objects.count() == 1
    assert content_of(draft_of(by=clerk)) == {"question": ["二"]}
    assert draft_of(by=user("clerk", station=bagong)) is None
    assert not ConsultationDraft.objects.visible_to(user("section")).exists()
    at("2022-03-29 09:00")
    assert draft_of(by=clerk) is None


def test_a_draft_can_be_thrown_away_and_a_huge_one_is_refused(clerk, bagong, signed_in):
    save_draft(by=clerk, station=bagong, content={"question": ["一"]})
    client = signed_in(clerk)
    client.post(reverse("consultation-draft-discard"))
    assert not ConsultationDraft.objects.exists()
    answer = client.post(reverse("consultation-draft"), {"question": "长" * 100_001}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["words"]) == (400, "内容太长，草稿没有保存：请先保存登记。")


# --- the card ---------------------------------------------------------------------------------------------------------


def test_the_card_goes_with_the_day(duty, clerk, signed_in, values):
    client = signed_in(clerk)
    page = client.get(reverse("station-today")).text
    assert duty.practitioner.name in page and "签到</button>" in page and "零咨询" not in page
    client.post(reverse("sign-in-for", args=[duty.pk]))
    page = client.get(reverse("station-today")).text
    assert "迟到" not in page
    assert "声明本班次零咨询" in page and "签退</button>" in page and f"shift={duty.pk}" in page
    register_consultation(values=values(answer=""), by=clerk, keep_incomplete=True)
    page = client.get(reverse("station-today")).text
    assert "其中 1 条缺项，每条会扣 10 元" in page and "声明本班次零咨询" not in page


@pytest.mark.rule("Z-DED-2")
def test_whoever_came_late_reads_it_on_the_card_at_once(duty, clerk, signed_in, at):
    at(f"{DAY} 09:07")
    client = signed_in(clerk)
    client.post(reverse("sign-in-for", args=[duty.pk]))
    assert "迟到 7 分钟" in client.get(reverse("station-today")).text


@pytest.mark.rule("Z-DED-1")
def test_what_is_missing_leads_to_its_place_on_the_form(duty, clerk, signed_in):
    at_the_desk = {"station": duty.station_id, "practitioner": duty.practitioner_id, "day": DAY, "client_name": "甲某某"}
    page = signed_in(clerk).post(reverse("consultation-new"), at_the_desk).text
    alert = page.split('id="incomplete"')[1].split("</div></div>")[0]
    for column in (
        "id_time",
        "div_id_channel",
        "div_id_matter",
        "id_question",
        "id_answer",
        "div_id_outcome",
        "id_advisor_signed",
    ):
        assert f'href="#{column}"' in alert and f'id="{column}"' in page
    assert "id_client_name" not in alert


@pytest.mark.rule("Z-DED-1")
def test_a_record_takes_the_statement_of_none_back(duty, clerk, values):
    sign_in(shift_id=duty.pk, by=clerk)
    declare_no_consultation(shift_id=duty.pk, by=clerk)
    record = register_consultation(values=values(), by=clerk)
    assert not Attendance.objects.get().no_consultation
    assert AuditEntry.objects.filter(after={"零咨询声明": "否"}, reason=f"已登记 {record}").exists()


def test_the_days_sheet_is_for_those_who_see_the_station(duty, clerk, user, dayang, signed_in):
    address = reverse("day-sheet", args=[duty.station_id])
    assert signed_in(clerk).get(address).status_code == 200
    assert signed_in(duty.practitioner.user).get(address)["Content-Type"] == "application/pdf"
    assert signed_in(user("clerk", station=dayang)).get(address).status_code == 404


# --- without a network ------------------------------------------------------------------------------------------------


def sent(age=600, clock_off=0):
    return Sent(uuid.uuid4(), age, clock_off)


def test_a_consultation_sent_later_is_a_record_with_both_times_and_made_once(duty, clerk, values, at):
    at(f"{DAY} 11:00")
    once = sent(age=5400)
    entry, is_new = take_consultation(sent=once, values=values(), by=clerk)
    again, is_new_again = take_consultation(sent=once, values=values(), by=clerk)
    assert (is_new, is_new_again, again) == (True, False, entry)
    record = Consultation.objects.get()
    assert record.late_entry.made_at.astimezone(clock.SHANGHAI).strftime("%H:%M") == "09:30"
    assert record.recorded_at.astimezone(clock.SHANGHAI).strftime("%H:%M") == "11:00"
    assert AuditEntry.objects.filter(reason="离线登记补传").exists()


def test_an_incomplete_one_is_kept_with_its_lacks(duty, clerk, values):
    entry, _ = take_consultation(sent=sent(), values=values(answer=""), by=clerk)
    assert entry.consultation.missing == ["答复意见"]


@pytest.mark.rule("Z-DED-2")
def test_a_sign_in_without_a_network_is_a_note_and_never_an_attendance(duty, at):
    at(f"{DAY} 12:00")
    person = duty.practitioner.user
    entry, _ = take_presence(sent=sent(age=3 * 3600 + 480), kind="sign_in", shift_id=duty.pk, by=person)
    assert entry.made_at.astimezone(clock.SHANGHAI).strftime("%H:%M") == "08:52"
    assert not Attendance.objects.exists()
    record = sign_out(shift_id=duty.pk, by=person)
    assert (record.sign_in, f"{record.sign_out:%H:%M}") == (None, "12:00")
    with pytest.raises(Refused, match="不能再签到"):
        sign_in(shift_id=duty.pk, by=person)


@pytest.mark.rule("Z-DED-2")
def test_pressing_after_the_network_is_back_counts_by_the_servers_clock(duty, at):
    at(f"{DAY} 09:40")
    person = duty.practitioner.user
    take_presence(sent=sent(age=3000), kind="sign_in", shift_id=duty.pk, by=person)
    assert f"{sign_in(shift_id=duty.pk, by=person).sign_in:%H:%M}" == "09:40"


def test_the_note_stands_beside_the_settlement_and_a_second_person_decides(duty, clerk, signed_in, at):
    at(f"{DAY} 12:10")
    person = duty.practitioner.user
    take_presence(sent=sent(age=3 * 3600 + 1080, clock_off=600), kind="sign_in", shift_id=duty.pk, by=person)
    sign_out(shift_id=duty.pk, by=person)
    at("2022-03-22 09:00")
    page = signed_in(clerk).get(reverse("attendance-fix", args=[duty.pk])).text
    assert "设备记录 03-21 08:52，服务器 03-21 12:10 收到，设备时钟快 10 分钟" in page
    assert 'value="08:52"' in page and 'value="12:10"' in page
    assert not Settlement.objects.exists()


@pytest.mark.parametrize(
    ("age", "words"),
    [(-5, "设备时钟被拨回"), (4 * 86400, "超过 3 天"), (20 * 3600, "不在 2022-03-21 值班当天")],
)
def test_a_note_of_another_day_or_a_clock_set_back_is_not_taken(duty, age, words):
    with pytest.raises(Refused, match=words):
        take_presence(sent=sent(age=age), kind="sign_in", shift_id=duty.pk, by=duty.practitioner.user)
    assert not LateEntry.objects.exists()


def test_nobody_sends_for_another_station_or_learns_of_anothers_entry(duty, clerk, user, dayang, values):
    stranger, once = user("clerk", station=dayang), sent()
    with pytest.raises(Refused, match="本人或本站文员"):
        take_presence(sent=once, kind="sign_in", shift_id=duty.pk, by=stranger)
    with pytest.raises(Refused, match="只能登记本站"):
        take_consultation(sent=once, values=values(), by=stranger)
    take_consultation(sent=once, values=values(), by=clerk)
    with pytest.raises(Refused, match="别的用户"):
        take_consultation(sent=once, values=values(), by=stranger)


def post_entry(client, **entry):
    whole = {"key": str(uuid.uuid4()), "age": 60, "clock_off": 0, **entry}
    return client.post(reverse("late-queue"), json.dumps(whole), content_type="application/json")


def test_the_queue_answers_a_telephone(duty, clerk, signed_in):
    client = signed_in(clerk)
    state = client.get(reverse("late-queue")).json()
    assert state["user"] == clerk.pk and state["token"] and state["now"] > 10**12
    fields = {"time": ["9:30"], "channel": ["onsite"], "client_name": ["甲某"], "matter": ["labour"], "topic": ["labour.wages"],
              "question": ["工程款拖欠工资八个月怎么办"], "answer": ["告知先申请劳动仲裁并准备证据"], "outcome": ["answered"]}  # fmt: skip
    key = str(uuid.uuid4())
    first = post_entry(client, key=key, kind="consultation", shift=duty.pk, fields=fields).json()
    second = post_entry(client, key=key, kind="consultation", shift=duty.pk, fields=fields).json()
    assert (first["state"], first["is_new"], second["is_new"]) == ("taken", True, False)
    assert Consultation.objects.get().missing == []
    wrong = post_entry(client, kind="consultation", shift=duty.pk, fields=fields | {"client_phone": ["1380000"]}).json()
    assert wrong["state"] == "refused" and "联系电话少 4 位" in wrong["words"]


def test_a_form_that_had_arrived_after_all_is_not_saved_twice(duty, clerk, signed_in, values):
    key = uuid.uuid4()
    register_consultation(values=values(), by=clerk, key=key)
    register_consultation(values=values(), by=clerk, key=key)
    answer = post_entry(signed_in(clerk), key=str(key), kind="consultation", shift=duty.pk, fields={}).json()
    assert answer["state"] == "taken" and "断网前已经保存成功" in answer["words"]
    assert Consultation.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"key": "x", "age": 1}', b'{"key": "00000000-0000-0000-0000-000000000001", "age": 1e400}',
     b'{"key": "00000000-0000-0000-0000-000000000001", "age": 1, "fields": []}', b"\xff\xfe", b'{"key": "00000000-0000-0000-0000-000000000001", "age": 1, "shift": "a"}'],
)  # fmt: skip
def test_nonsense_in_the_queue_is_refused_in_words(body, clerk, signed_in):
    answer = signed_in(clerk).post(reverse("late-queue"), body, content_type="application/json")
    assert answer.status_code in (200, 400) and answer.json()["state"] == "refused"


def test_the_offline_page_holds_nobodys_data_and_the_worker_keeps_nothing_else(client, duty):
    page = client.get(reverse("offline")).text
    assert duty.practitioner.name not in page and "没有网络" in page
    worker = client.get(reverse("service-worker"))
    assert worker["Content-Type"].startswith("text/javascript") and '"/offline/"' in worker.text
    assert "cache.put" not in worker.text


# --- fifty at once ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("Z-DED-2")
def test_fifty_sign_ins_at_once_are_neither_lost_nor_doubled(shift, adviser):
    shifts = [shift(DAY, person=adviser()) for _ in range(50)]
    # As many connections as the server has places for; every sign-in is pressed twice, by two of them.
    waiting, start, failures = queue.SimpleQueue(), threading.Barrier(20), []
    for each in shifts * 2:
        waiting.put(each)

    def press():
        try:
            start.wait()
            while True:
                mine = waiting.get_nowait()
                sign_in(shift_id=mine.pk, by=mine.practitioner.user)
        except queue.Empty:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a lost sign-in
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Attendance.objects.filter(sign_in="08:50").count() == 50
    assert AuditEntry.objects.filter(action="consultations.sign_in").count() == 50


@pytest.mark.django_db(transaction=True)
def test_one_entry_sent_by_ten_hands_at_once_is_one_record(duty, clerk, values):
    once, start, found, failures = sent(), threading.Barrier(10), [], []

    def send():
        try:
            start.wait()
            found.append(take_consultation(sent=once, values=values(), by=clerk))
        except Exception as error:  # noqa: BLE001
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (Consultation.objects.count(), LateEntry.objects.count(), sum(is_new for _, is_new in found)) == (1, 1, 1)


def test_the_worker_keeps_every_file_the_offline_page_asks_for(client, db):
    asked = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get(reverse("offline")).text))
    files = re.search(r"var FILES = (\[.*\]);", client.get(reverse("service-worker")).text)[1]
    kept = set(json.loads(files))
    assert asked and asked - kept == set()
