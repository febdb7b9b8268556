"""The pages of intake: every bad value keeps what was typed, doubts before saving, who sees what, the public's page and its uniform answers."""

import io

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import AuditEntry
from legalaid.models import AidCase, CaseFile
from legalaid.services import inbox, online
from legalaid.todo.intake import todo_items
from tests.legalaid.intake_world import IntakeWorld, browser_of, number, typed, typed_notice


@pytest.fixture(autouse=True)
def september(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-09-26")


@pytest.fixture
def world(db):
    return IntakeWorld()


def picture(size=(20, 20)):
    stream = io.BytesIO()
    Image.new("RGB", size, "white").save(stream, "JPEG")
    return SimpleUploadedFile("photo.jpg", stream.getvalue(), content_type="image/jpeg")


# --- the application form ------------------------------------------------------------------------------------------------


def test_the_centre_takes_an_application_and_goes_on_to_its_papers(world):
    client = browser_of(world.centre)
    response = client.post("/cases/new/", typed(), follow=True)
    case = AidCase.objects.get()
    assert response.request["PATH_INFO"] == f"/cases/{case.pk}/papers-received/"
    assert case.number in response.text
    assert f"{case.query_code[:4]} {case.query_code[4:8]}" in response.text
    assert "申请人身份证明" in response.text
    response = client.post(
        f"/cases/{case.pk}/papers-received/", {"codes": ["identity:", "application:"], "day": "2022-9-26"}, follow=True
    )
    assert "已登记 2 项材料" in response.text
    assert "还缺 3 项" in response.text


def test_who_types_a_personal_number_into_the_story_is_told_that_it_was_masked(world):
    client = browser_of(world.centre)
    response = client.post("/cases/new/", typed(summary="身份证 140525198506150025，欠工资"), follow=True)
    assert "文字里有身份证号，已经遮住中间的数字" in response.text
    assert AidCase.objects.get().summary == "身份证 140***********0025，欠工资"
    assert "已经遮住" not in client.post(f"/cases/{AidCase.objects.get().pk}/papers-received/", {}, follow=True).text


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"day": "2022-9-27"}, "申请日期在今天之后"),
        ({"day": "二月三十"}, "日期"),
        ({"recipient": ""}, "没有填写姓名"),
        ({"id_number": "110105194912310021"}, "校验码不对"),
        ({"id_number": ""}, "没有填写证件号码"),
        ({"phone": "1380000000"}, "联系电话少 1 位"),
        ({"birth_date": "1985-6-16"}, "出生日期与身份证号不一致"),
        ({"gender": "2"}, "性别与身份证号不一致"),
        ({"groups": ["farmer", "disabled"]}, "请指定一个主要群体"),
        ({"primary_group": "elderly"}, "主要群体不在所选的群体里"),
        ({"matter": ""}, "没有选择援助事项"),
        ({"matter": "c25_1"}, "选择"),
        ({"type": "criminal_defence"}, "案件类型与援助事项不相符"),
        ({"stage": "investigation"}, "办理阶段与案件类型不相符"),
        ({"stage": ""}, "没有选择办理阶段"),
        ({"cause": ""}, "没有填写案由"),
        ({"amount_claimed": "-5"}, "金额"),
        ({"household_size": "三口"}, "家庭人口应是整数"),
        ({"postcode": "04800"}, "邮政编码应为 6 位数字"),
        ({"proxy_name": "孙演示"}, "没有写与申请人的关系"),
        ({"proxy_relation": "配偶"}, "没有填写代理人姓名"),
        ({"proxy_name": "孙演示", "proxy_relation": "配偶", "proxy_phone": "123"}, "联系电话"),
        ({"opponent_id_number": "110105194912310021"}, "校验码不对"),
        ({"custody_day": "2022-9-26"}, "没有填写时间"),
        ({"custody_time": "9:30"}, "没有填写日期"),
        ({"custody_day": "2022-9-27", "custody_time": "9:30"}, "在现在之后"),
        ({"channel": "station"}, "没有选择站点"),
        ({"channel": "online"}, "选择"),
        ({"id_kind": "other", "id_number": "无"}, "3 至 30 个字符"),
    ],
)
def test_a_bad_value_is_named_at_its_field_and_everything_typed_is_kept(world, more, words):
    response = browser_of(world.centre).post("/cases/new/", typed(summary="演示：要保留的案情", **more))
    assert response.status_code == 200
    assert words in response.text
    assert "没有保存，有" in response.text
    assert "要保留的案情" in response.text
    assert not AidCase.objects.exists()


def test_doubts_are_shown_and_saved_only_with_the_button_and_a_reason(world):
    world.application()
    client = browser_of(world.centre)
    shown = client.post("/cases/new/", typed())
    assert "还没有保存：有 1 处请核对" in shown.text
    key = "duplicate:泽法援〔2022〕001号"
    assert f'value="{key}"' in shown.text
    client.post("/cases/new/", typed(confirmed=[key], doubt_reason="二审"))  # the ordinary button confirms nothing
    assert AidCase.objects.count() == 1
    without = client.post("/cases/new/", typed(confirmed=[key], keep="1"))
    assert "没有写明为什么仍然保存" in without.text
    client.post("/cases/new/", typed(confirmed=[key], keep="1", doubt_reason="二审另计一件"))
    assert AidCase.objects.count() == 2


def test_the_panel_tells_age_basis_hardship_papers_and_doubts_while_one_types(world):
    response = browser_of(world.centre).post("/cases/new/check/", typed(id_number=number("19550101", female=True)))
    for words in ("67 周岁", "老年人、妇女", "法律援助法31条", "42条3项", "农民工证明"):
        assert words in response.text
    empty = browser_of(world.centre).post("/cases/new/check/", {})
    assert empty.status_code == 200


def test_a_registered_poor_person_is_exempt_and_has_the_five_priorities(world):
    response = browser_of(world.centre).post("/cases/new/check/", typed(groups=["registered_poor"], matter="m09"))
    assert "免予核查" in response.text
    assert "优先接待、优先受理、优先指派、优先承办、优先回访" in response.text


# --- a station ----------------------------------------------------------------------------------------------------------


def test_a_clerk_turns_a_consultation_into_a_hand_in_with_what_is_known_already(world):
    consultation = world.consultation()
    client = browser_of(world.clerk)
    page = client.get(f"/cases/new/?consultation={consultation.pk}")
    assert "赵虚构" in page.text
    assert "138****0001" in page.text
    assert "13800000001" not in page.text  # the telephone is taken over without being shown
    form = typed(station=world.bagong.pk, phone="", type="", stage="")
    response = client.post(f"/cases/new/?consultation={consultation.pk}", form, follow=True)
    case = AidCase.objects.get()
    assert response.request["PATH_INFO"] == f"/cases/handed-in/{case.pk}/"
    assert (case.consultation, case.station, case.channel) == (consultation, world.bagong, "station")
    assert case.applicant.phone == "13800000001"
    fragment = client.get(f"/cases/of-consultation/{consultation.pk}/", headers={"HX-Request": "true"})
    assert "已登记" in fragment.text
    assert f"/cases/handed-in/{case.pk}/" in fragment.text


def test_a_consultation_that_was_turned_already_offers_no_second_form(world):
    consultation = world.consultation()
    world.application(consultation_id=consultation.pk)
    response = browser_of(world.clerk).get(f"/cases/new/?consultation={consultation.pk}", follow=True)
    assert response.request["PATH_INFO"] == f"/consultations/{consultation.pk}/"
    assert "已经转为援助申请" in response.text


def test_a_consultation_one_may_not_see_is_not_found(world):
    elsewhere = world.consultation(station=world.dayang)
    client = browser_of(world.clerk)
    assert client.get(f"/cases/new/?consultation={elsewhere.pk}").status_code == 404
    assert client.get("/cases/new/?consultation=x").status_code == 404
    assert client.get(f"/cases/of-consultation/{elsewhere.pk}/").status_code == 404


def test_the_consultation_page_shows_the_button_before_and_the_step_after(world):
    consultation = world.consultation()
    client = browser_of(world.clerk)
    assert f"/cases/of-consultation/{consultation.pk}/" in client.get(f"/consultations/{consultation.pk}/").text
    before = client.get(f"/cases/of-consultation/{consultation.pk}/")
    assert "转为援助申请" in before.text
    world.application(consultation_id=consultation.pk)
    after = browser_of(world.section).get(f"/cases/of-consultation/{consultation.pk}/")
    assert "已收申请" in after.text
    assert "转为援助申请" not in after.text


def test_of_a_criminal_case_the_consultation_tells_the_section_nothing(world):
    consultation = world.consultation(matter="criminal")
    world.application(consultation_id=consultation.pk, matter="c24", stage="investigation", groups=["farmer"])
    section = browser_of(world.section).get(f"/cases/of-consultation/{consultation.pk}/")
    assert "已收申请" not in section.text
    assert "已收申请" in browser_of(world.centre).get(f"/cases/of-consultation/{consultation.pk}/").text


def test_a_clerk_follows_only_what_her_station_handed_in_and_reaches_no_page_of_the_centre(world):
    own = world.application(by=world.clerk, station=world.bagong)
    other = world.application(by=world.clerk2, station=world.dayang, id_number=number(serial=1), recipient="孙别站")
    client = browser_of(world.clerk)
    page = client.get("/cases/handed-in/")
    assert own.number in page.text
    assert "孙别站" not in page.text
    assert client.get(f"/cases/handed-in/{own.pk}/").status_code == 200
    assert client.get(f"/cases/handed-in/{other.pk}/").status_code == 404
    for path in ("take", "dismiss", "hand-over", "edit", "papers-received"):
        assert client.get(f"/cases/{own.pk}/{path}/").status_code == 403
    assert client.get("/cases/inbox/").status_code == 403
    assert client.get("/cases/notice/new/").status_code == 403


def test_the_name_of_a_minor_is_masked_on_the_stations_page(world):
    case = world.application(
        by=world.clerk,
        station=world.bagong,
        id_number=number("20120101"),
        groups=["minor"],
        guardian="孙监护",
        recipient="孙小演",
    )
    page = browser_of(world.clerk).get(f"/cases/handed-in/{case.pk}/")
    assert "孙小演" not in page.text
    assert "孙*演" in page.text


# --- the inbox ------------------------------------------------------------------------------------------------------------


def test_the_inbox_lists_what_nobody_has_taken_and_todo_counts_it(world):
    case = world.application(by=world.clerk, station=world.bagong)
    assert [item.title for item in todo_items(world.centre)] == ["接收援助申请 1 件"]
    assert todo_items(world.clerk) == []
    client = browser_of(world.centre)
    assert case.number in client.get("/cases/inbox/").text
    response = client.post(f"/cases/{case.pk}/take/", {"version": case.version}, follow=True)
    case.refresh_from_db()
    assert "已接收，编号 泽法援〔2022〕001号" in response.text
    assert todo_items(world.centre) == []
    late = browser_of(world.centre2).post(f"/cases/{case.pk}/take/", {"version": 1}, follow=True)
    assert "已由演示centre接收" in late.text


def test_taking_over_shows_the_conflict_and_asks_why_it_is_taken_all_the_same(world):
    opponent = number("19700101")
    world.application(recipient="孙演示", id_number=opponent)
    case = world.application(by=world.clerk, station=world.bagong, opponent="孙演示", opponent_id_number=opponent)
    client = browser_of(world.centre)
    page = client.get(f"/cases/{case.pk}/take/")
    assert "利益冲突" in page.text
    refused = client.post(f"/cases/{case.pk}/take/", {"version": case.version})
    assert "没有接收" in refused.text
    key = "opponent_is_client:泽法援〔2022〕001号"
    client.post(f"/cases/{case.pk}/take/", {"version": case.version, "confirmed": [key], "doubt_reason": "指派另一家"})
    case.refresh_from_db()
    assert case.state == "received"


def test_a_registration_is_made_void_on_a_page_of_its_own(world):
    case = world.application(by=world.clerk, station=world.bagong)
    client = browser_of(world.centre)
    missing = client.post(f"/cases/{case.pk}/dismiss/", {"version": case.version, "reason": ""})
    assert "没有写登记作废的原因" in missing.text
    client.post(f"/cases/{case.pk}/dismiss/", {"version": case.version, "reason": "重复提交"})
    case.refresh_from_db()
    assert case.state == "dismissed"
    assert "没有等待接收的申请" in client.get("/cases/inbox/").text


def test_a_case_is_handed_over_on_its_page_and_a_criminal_one_is_gone_from_ones_sight(world):
    case = world.notice()
    client = browser_of(world.centre)
    page = client.get(f"/cases/{case.pk}/hand-over/")
    assert "演示centre2" in page.text
    assert "交出以后您不再能看到" in page.text
    done = client.post(
        f"/cases/{case.pk}/hand-over/", {"version": case.version, "to": world.centre2.pk, "reason": "休假"}, follow=True
    )
    assert "已交给演示centre2" in done.text
    assert client.get(f"/cases/{case.pk}/edit/").status_code == 404
    assert browser_of(world.centre2).get(f"/cases/{case.pk}/edit/").status_code == 200


# --- a notice ---------------------------------------------------------------------------------------------------------------


def test_a_notice_is_registered_with_what_came_and_what_is_missing(world):
    client = browser_of(world.centre)
    assert client.get("/cases/notice/new/").status_code == 200
    response = client.post("/cases/notice/new/", typed_notice(papers=["notice_letter"]), follow=True)
    case = AidCase.objects.get()
    assert case.state == "notice_incomplete"
    assert "材料没有收齐" in response.text


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"organ": ""}, "没有选择通知机关"),
        ({"organ_name": ""}, "没有填写机关名称"),
        ({"notice_no": ""}, "没有填写通知文号"),
        ({"organ": "public_security"}, "办理阶段与通知机关不相符"),
        ({"matter": ""}, "没有选择通知的类别"),
        ({"organ": "procuratorate", "stage": "prosecution_review"}, "审判以前的阶段没有审理程序"),
        ({"cause": ""}, "没有填写涉嫌罪名"),
        ({"day": ""}, "没有填写收到通知的日期"),
        ({"day": "2022-9-27"}, "在今天之后"),
    ],
)
def test_a_bad_value_of_a_notice_is_named_and_the_rest_is_kept(world, more, words):
    response = browser_of(world.centre).post("/cases/notice/new/", typed_notice(**{"custody_place": "要保留的看守所", **more}))
    assert words in response.text
    assert "要保留的看守所" in response.text
    assert not AidCase.objects.exists()


# --- mending ----------------------------------------------------------------------------------------------------------------


def test_the_page_of_mending_shows_no_number_and_leaves_what_is_left_empty(world):
    case = world.application()
    client = browser_of(world.centre)
    page = client.get(f"/cases/{case.pk}/edit/")
    assert number() not in page.text
    assert "13800000001" not in page.text
    form = typed(id_number="", phone="", cause="劳动报酬", opponent="", version=case.version)
    client.post(f"/cases/{case.pk}/edit/", form)
    case.refresh_from_db()
    assert (case.cause, case.id_number, case.applicant.phone) == ("劳动报酬", number(), "13800000001")
    assert AuditEntry.objects.filter(action="legalaid.edit_case").count() == 1


def test_of_two_who_mend_one_case_the_second_is_told_and_keeps_what_she_typed(world):
    case = world.application()
    client = browser_of(world.centre)
    client.post(f"/cases/{case.pk}/edit/", typed(id_number="", cause="第一次修改", opponent="", version=case.version))
    second = browser_of(world.centre2).post(
        f"/cases/{case.pk}/edit/", typed(id_number="", cause="第二次修改", opponent="", version=case.version)
    )
    assert "第二次修改" in second.text
    assert "刚刚变动过" in second.text
    case.refresh_from_db()
    assert case.cause == "第一次修改"


def test_a_notice_and_a_hand_in_are_mended_on_the_same_page(world):
    notice = world.notice()
    client = browser_of(world.centre)
    assert client.get(f"/cases/{notice.pk}/edit/").status_code == 200
    client.post(f"/cases/{notice.pk}/edit/", typed_notice(id_number="", cause="抢夺罪", version=notice.version))
    notice.refresh_from_db()
    assert (notice.cause, notice.notice_no) == ("抢夺罪", "（2022）晋0525刑初1号")
    handed = world.application(by=world.clerk, station=world.bagong, id_number=number(serial=1))
    client.post(
        f"/cases/{handed.pk}/edit/", typed(id_number="", opponent="", cause="工资", version=handed.version, channel="station")
    )
    handed.refresh_from_db()
    assert handed.cause == "工资"


@pytest.mark.parametrize("who", ["director", "section", "lawyer", "clerk"])
def test_only_the_centres_officers_mend_facts(world, who):
    case = world.application()
    assert browser_of(getattr(world, who)).get(f"/cases/{case.pk}/edit/").status_code == 403


# --- the public page ----------------------------------------------------------------------------------------------------------


def online_form(**more):
    form = {
        "recipient": "李网上", "id_number": number(serial=5), "phone": "13700000003", "groups": ["migrant_worker"], "matter": "m05",
        "summary": "演示：去年在工地干活，欠我两万元工钱。", "consent": "on",
    }  # fmt: skip
    return form | more


def test_anybody_applies_online_and_gets_a_code_and_nothing_of_the_person_back(world):
    client = Client()
    assert client.get("/p/aid/").status_code == 200
    response = client.post("/p/aid/", online_form(), follow=True)
    case = AidCase.objects.get()
    assert response.request["PATH_INFO"] == "/p/aid/done/"
    assert (case.state, case.channel, case.handler, case.recorded_by.is_system) == ("registered", "online", None, True)
    code = case.query_code
    assert f"{code[:4]} {code[4:8]} {code[8:]}" in response.text
    for private in ("李网上", number(serial=5), "13700000003", "两万元"):
        assert private not in response.text
    assert "李网上" not in client.get("/p/aid/").text
    assert list(inbox.waiting(world.centre)) == [case]


def test_the_done_page_of_a_stranger_leads_back_to_the_form(world):
    assert Client().get("/p/aid/done/")["Location"] == "/p/aid/"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"recipient": ""}, "没有填写姓名"),
        ({"id_number": "123"}, "身份证号应为 18 位"),
        ({"phone": "12"}, "联系电话"),
        ({"summary": ""}, "没有写发生了什么事"),
        ({"consent": ""}, "没有勾选同意"),
        ({"proxy_name": "孙代"}, "姓名和关系都要填"),
        ({"id_number": number("20120101", serial=5), "groups": ["minor"]}, "不满 14 岁"),
        ({"matter": "c25_1"}, "选择"),
    ],
)
def test_what_is_wrong_in_the_public_form_is_said_plainly_and_nothing_is_lost_or_kept(world, more, words):
    response = Client().post("/p/aid/", {**online_form(opponent="要保留的对方"), **more})
    assert words in response.text
    assert "要保留的对方" in response.text
    assert not AidCase.objects.exists()


def test_photos_come_with_it_and_a_file_that_is_none_leaves_nothing_behind(world):
    refused = Client().post("/p/aid/", online_form(files=[SimpleUploadedFile("virus.jpg", b"MZ not a picture")]))
    assert "不能接收这种文件" in refused.text
    assert not AidCase.objects.exists()
    too_large = SimpleUploadedFile("big.jpg", b"\xff\xd8\xff" + b"0" * (5 * 1024 * 1024 + 1))
    assert "超过 5 MB" in Client().post("/p/aid/", online_form(files=[too_large])).text
    assert "最多传 3 张" in Client().post("/p/aid/", online_form(files=[picture() for _ in range(4)])).text
    Client().post("/p/aid/", online_form(files=[picture(), picture()]))
    assert CaseFile.objects.filter(case__channel="online", stored__mime="image/jpeg", added_by=None).count() == 2


def test_one_address_sends_only_so_many_applications_an_hour(world):
    cache.clear()
    for serial in range(online.SUBMISSIONS_AN_HOUR):
        Client().post("/p/aid/", online_form(id_number=number(serial=serial)))
    refused = Client().post("/p/aid/", online_form(id_number=number(serial=80)))
    assert "请过一小时再试" in refused.text
    assert AidCase.objects.count() == online.SUBMISSIONS_AN_HOUR
    Client(REMOTE_ADDR="10.9.8.7").post("/p/aid/", online_form(id_number=number(serial=81)))
    assert AidCase.objects.count() == online.SUBMISSIONS_AN_HOUR + 1


def test_numbers_of_cases_are_not_used_up_by_what_the_public_sends(world):
    Client().post("/p/aid/", online_form())
    assert AidCase.objects.get().number == "泽法援登〔2022〕001号"
    assert world.application().number == "泽法援〔2022〕001号"


def asked(code, secret, **options):
    return Client(**options).post("/p/case/", {"code": code, "secret": secret}).text


def test_the_progress_is_told_to_who_knows_the_code_and_the_telephone_or_the_last_four(world):
    case = world.application()
    for secret in ("13800000001", "138 0000 0001", number()[-4:], number()[-4:].lower()):
        text = asked(f"{case.query_code[:4]} {case.query_code[4:]}", secret)
        assert "已收到申请" in text
        for private in ("赵虚构", case.number, "13800000001", "追索劳动报酬"):
            assert private not in text


def test_every_way_of_not_finding_it_is_answered_alike(world):
    case = world.application()
    unsaid = world.application(id_number=number(serial=1), phone="")
    answers = {
        asked(code, secret).split('id="not-found"')[1].split("</div></div>")[0]
        for code, secret in [
            (case.query_code, "13900000009"),
            (case.query_code, "0000"),
            (case.query_code, "no telephone"),
            ("0000000000", "13800000001"),
            ("１２３", "13800000001"),
            (unsaid.query_code, "13800000001"),
            (unsaid.query_code, "x"),
        ]
    }
    assert len(answers) == 1


def test_a_code_that_is_tried_too_often_is_not_answered_any_more_even_with_the_right_telephone(world):
    case = world.application()
    for attempt in range(online.TRIES_OF_A_CODE):
        asked(case.query_code, f"139000000{attempt:02d}", REMOTE_ADDR=f"10.0.0.{attempt}")
    assert "没有查到" in asked(case.query_code, "13800000001", REMOTE_ADDR="10.0.1.1")
    cache.clear()
    assert "已收到申请" in asked(case.query_code, "13800000001")


def test_one_address_asks_only_so_often_a_minute(world):
    cache.clear()
    statuses = [Client().post("/p/case/", {"code": "1", "secret": "2"}).status_code for _ in range(22)]
    assert statuses[:18] == [200] * 18
    assert statuses[-1] == 429


def test_every_state_has_plain_words_for_the_applicant():
    tail = {"concluded", "file_submitted", "file_returned", "file_accepted", "archived", "quality_passed"}
    assert set(online.PLAIN) == set(AidCase.State.values) - tail
    assert all(words and next_ for words, next_ in online.PLAIN.values())


def test_where_no_aid_centre_is_known_the_page_says_whom_to_call(db):
    assert "12348" in Client().get("/p/aid/").text
