"""Pages of ratings, complaints and follow-ups through the client: the public ones, the clerk's, the section's."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from common.periods import YearMonth
from consultations.models import Consultation, DutyComplaint, Finding, FollowUp, Rating
from consultations.services.complaints import accept_complaint, file_complaint
from consultations.services.findings import decide_finding
from consultations.services.followups import draw_month
from consultations.services.ratings import give_rating
from records.models import IssuedPaper
from tests.consultations.rating_world import consulted, slip_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mid_march(at):
    at("2022-03-15 10:00")


@pytest.fixture
def clerk(user, bagong):
    return user("clerk", station=bagong, name="文员甲")


@pytest.fixture
def duty(shift):
    return shift("2022-03-15", times=("09:00", "13:00"))


@pytest.fixture
def record(duty, clerk):
    return consulted(duty, clerk)


@pytest.fixture
def citizen():
    return Client()


# --- the public -------------------------------------------------------------------------------------------------------


def test_a_citizen_scans_taps_and_sends(citizen, record, clerk):
    token = slip_for(record, clerk).token
    page = citizen.get(f"/p/rate/{token}/")
    assert all(word in page.text for word in ("非常满意", "满意", "基本满意", "不满意"))
    assert page.headers["Cache-Control"].count("no-store")
    done = citizen.post(f"/p/rate/{token}/", {"word": "very_satisfied", "words": "讲得清楚👍"}, follow=True)
    assert "谢谢您的评价" in done.text and "非常满意" in done.text
    assert Rating.objects.get().way == "scan" and len(Rating.objects.get().device) == 64


def test_a_citizen_types_the_code_and_the_word(citizen, record, clerk):
    code = slip_for(record, clerk).code
    page = citizen.post("/p/rate/", {"code": f"{code[:4]} {code[4:]}"}, follow=True)
    assert "您对这次法律咨询满意吗" in page.text and code not in page.text
    citizen.post("/p/rate/words/", {"word": "basic"})
    assert (Rating.objects.get().word, Rating.objects.get().way) == ("basic", "code")


def test_no_page_of_the_public_shows_who_was_advised_or_what_about(citizen, record, clerk):
    slip = slip_for(record, clerk)
    pages = [citizen.get("/p/rate/"), citizen.get(f"/p/rate/{slip.token}/"), citizen.get("/p/complaint/")]
    pages.append(citizen.post(f"/p/rate/{slip.token}/", {"word": "satisfied"}, follow=True))
    for page in pages:
        for secret in (
            record.client_name,
            record.client_phone,
            record.question,
            record.answer,
            record.number,
            record.practitioner.name,
        ):
            assert secret not in page.text


def without_tokens(text):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|编号 \w+', "", text)


def test_used_expired_replaced_and_unknown_tokens_look_alike_and_say_what_to_do(citizen, record, clerk, duty, at):
    replaced, used = slip_for(record, clerk).token, slip_for(record, clerk)
    give_rating(ticket_id=used.ticket.pk, word="satisfied", way="scan")
    expired = slip_for(consulted(duty, clerk), clerk).token
    at("2022-05-01 10:00")
    answers = [citizen.get(f"/p/rate/{token}/") for token in ("x" * 32, replaced, used.token, expired)]
    answers += [citizen.post(f"/p/rate/{token}/", {"word": "satisfied"}) for token in ("x" * 32, replaced, used.token, expired)]
    assert {page.status_code for page in answers} == {404}
    bodies = {re.sub(r"/p/rate/[\w-]+/", "", without_tokens(page.text)) for page in answers}
    assert len(bodies) == 1
    assert "重新打印评价单" in answers[0].text and "12348" in answers[0].text
    assert Rating.objects.count() == 1


def test_a_wrong_code_is_told_at_its_field_and_stays(citizen):
    page = citizen.post("/p/rate/", {"code": "1234 5678"})
    assert "这个评价码现在不能用" in page.text and 'value="1234 5678"' in page.text
    for nonsense in ("", "🙂", "x" * 10_000, "１２３"):
        assert citizen.post("/p/rate/", {"code": nonsense}).status_code == 200


def test_ten_thousand_characters_are_refused_politely_and_kept(citizen, record, clerk):
    token, words = slip_for(record, clerk).token, "好" * 9_999 + "完"
    page = citizen.post(f"/p/rate/{token}/", {"word": "satisfied", "words": words})
    assert "意见有 10000 个字，最多 500 个字" in page.text and words in page.text
    assert re.search(r'value="satisfied" checked', page.text)
    assert not Rating.objects.exists()
    long = citizen.post("/p/complaint/", {"station": record.station_id, "content": words})
    assert "事由有 10000 个字，最多 2000 个字" in long.text and words in long.text
    assert not DutyComplaint.objects.exists()


def test_an_id_number_typed_into_the_words_is_masked_with_a_warning(citizen, record, clerk):
    token = slip_for(record, clerk).token
    done = citizen.post(f"/p/rate/{token}/", {"word": "satisfied", "words": "我是140525198506150025"}, follow=True)
    assert "文字里有身份证号" in done.text and "140525198506150025" not in done.text + Rating.objects.get().words


def test_a_shared_address_has_room_and_a_machine_has_not(citizen, record, clerk):
    token = slip_for(record, clerk).token
    assert {citizen.get(f"/p/rate/{token}/").status_code for _ in range(100)} == {200}
    assert [citizen.get(f"/p/rate/{'y' * 32}/").status_code for _ in range(150)][-1] == 429
    assert {citizen.get("/p/rate/").status_code for _ in range(60)} == {200}
    assert citizen.get("/p/rate/").status_code == 429


def test_without_a_code_there_is_nothing_to_send_and_nothing_to_thank_for(citizen):
    assert citizen.get("/p/rate/words/").url == reverse("public-rate") == citizen.get("/p/rate/done/").url
    assert citizen.get("/p/complaint/done/").url == reverse("public-complaint")


def test_a_citizen_complains_and_is_told_number_and_limits(citizen, bagong, user):
    user("section")
    done = citizen.post(
        "/p/complaint/",
        {"station": bagong.pk, "day": "2022-3-14", "content": "没有人在😡", "phone": "138 1234 5678"},
        follow=True,
    )
    complaint = DutyComplaint.objects.get()
    assert complaint.number in done.text and "5 个工作日" in done.text and "13812345678" not in done.text
    assert complaint.phone == "13812345678" and complaint.get_channel_display() == "网上"


# --- the clerk --------------------------------------------------------------------------------------------------------


def test_the_slip_is_shown_to_who_made_it_and_the_code_is_an_svg_by_its_address(signed_in, record, clerk, user, bagong):
    client = signed_in(clerk)
    url = f"/consultations/{record.pk}/rating/"
    assert "生成评价码" in client.get(url).text
    page = client.post(url, follow=True)
    assert re.search(r'<p class="code num">\d{4} \d{4}</p>', page.text) and f'src="{url}qr.svg"' in page.text
    picture = client.get(f"{url}qr.svg")
    assert (
        picture.headers["Content-Type"] == "image/svg+xml"
        and picture.content.startswith(b"<svg")
        and b"style" not in picture.content
    )
    assert client.get(f"{url}slip.pdf").content.startswith(b"%PDF")
    other = Client()
    other.force_login(user("head", station=bagong))
    assert "已经生成过评价码" in other.get(url).text
    assert other.get(f"{url}qr.svg").status_code == 404 == other.get(f"{url}slip.pdf").status_code


def test_a_stranger_to_the_station_asks_nobody(signed_in, record, user, dayang):
    client = signed_in(user("clerk", station=dayang))
    assert client.get(f"/consultations/{record.pk}/rating/").status_code == 404
    assert client.post(f"/consultations/{record.pk}/rating/").status_code == 404
    assert signed_in(user("section")).get(f"/consultations/{record.pk}/rating/").status_code == 403


def test_a_tablet_that_was_handed_over_opens_nothing_but_the_rating(signed_in, record, clerk):
    client = signed_in(clerk)
    page = client.post(f"/consultations/{record.pk}/rating/screen/", {"pin": "2468"}, follow=True)
    address = page.redirect_chain[-1][0]
    assert "您对这次法律咨询满意吗" in page.text and "值班公示" not in page.text
    for path in ("/", "/consultations/", f"/consultations/{record.pk}/", "/me/", "/p/case/", "/logout/"):
        assert client.get(path).url == reverse("rating-back"), path
    done = client.post(address, {"word": "satisfied"}, follow=True)
    assert "请把平板交还工作人员" in done.text and Rating.objects.get().way == "screen"
    assert "交还口令不对" in client.post(reverse("rating-back"), {"pin": "1111"}).text
    assert client.get("/consultations/").status_code == 302
    assert client.post(reverse("rating-back"), {"pin": "2468"}).url == reverse("consultation", args=[record.pk])
    assert client.get("/consultations/").status_code == 200


def test_five_wrong_digits_end_the_clerks_session(signed_in, record, clerk):
    client = signed_in(clerk)
    client.post(f"/consultations/{record.pk}/rating/screen/", {"pin": "2468"})
    answers = [client.post(reverse("rating-back"), {"pin": "0000"}) for _ in range(5)]
    assert answers[-1].url == reverse("account_login") and "_auth_user_id" not in client.session


def test_what_somebody_complained_of_on_the_tablet_is_not_left_in_the_clerks_session(signed_in, record, clerk):
    client = signed_in(clerk)
    client.post(f"/consultations/{record.pk}/rating/screen/", {"pin": "2468"})
    told = client.post("/p/complaint/", {"station": record.station_id, "content": "让我等了一上午"}, follow=True).text
    assert "查询码" in told and DutyComplaint.objects.get().number in told
    client.post(reverse("rating-back"), {"pin": "2468"})
    assert client.get("/p/complaint/done/").url == reverse("public-complaint")


@pytest.mark.parametrize("pin", ["", "12", "123456789", "abcd"])
def test_handing_over_needs_four_to_eight_digits(signed_in, record, clerk, pin):
    page = signed_in(clerk).post(f"/consultations/{record.pk}/rating/screen/", {"pin": pin})
    assert "交还口令" in page.text and "4 到 8 位数字" in page.text and not Rating.objects.exists()


# --- the section ------------------------------------------------------------------------------------------------------


def test_a_dissatisfied_rating_is_followed_from_the_list_to_its_finding(signed_in, record, clerk, user):
    give_rating(ticket_id=slip_for(record, clerk).ticket.pk, word="dissatisfied", words="没听我说完", way="scan")
    client = signed_in(user("section"))
    page = client.get("/consultations/ratings/?word=dissatisfied&check=open")
    assert record.number in page.text and "待核实" in page.text
    rating = Rating.objects.get()
    detail = client.get(f"/consultations/ratings/{rating.pk}/")
    assert "没听我说完" in detail.text and f"/findings/{Finding.objects.get().pk}/" in detail.text
    assert record.number not in client.get("/consultations/ratings/?word=satisfied").text


def test_ratings_of_a_workbook_stand_in_the_list_too(signed_in, record, user):
    Consultation.objects.filter(pk=record.pk).update(rating="basic")
    page = signed_in(user("section")).get("/consultations/ratings/")
    assert record.number in page.text and "登记表" in page.text


def test_a_station_sees_its_own_ratings_and_no_others(signed_in, record, clerk, user, dayang):
    give_rating(ticket_id=slip_for(record, clerk).ticket.pk, word="satisfied", way="scan")
    client = signed_in(user("clerk", station=dayang))
    assert record.number not in client.get("/consultations/ratings/").text
    assert client.get(f"/consultations/ratings/{Rating.objects.get().pk}/").status_code == 404


@pytest.mark.rule("Z-CON-3")
def test_the_board_shows_both_rates_and_its_workbook_the_same(signed_in, record, user, clerk, duty):
    Consultation.objects.filter(pk=record.pk).update(rating="basic")
    Consultation.objects.filter(pk=consulted(duty, clerk).pk).update(rating="dissatisfied")
    client = signed_in(user("section"))
    for period in ("", "2022", "2022Q1", "2022-03"):
        page = client.get(f"/consultations/ratings/board/?period={period}")
        assert "50.0%" in page.text and "1 个站点没有达到目标" in page.text and "0.0%" in page.text
    assert "还没有评价" in client.get("/consultations/ratings/board/?period=2021").text
    assert client.get("/consultations/ratings/board/?period=2022-99").status_code == 200
    assert client.get("/consultations/ratings/board.xlsx?period=2022").content[:2] == b"PK"


def test_a_complaint_goes_from_the_list_to_its_archived_paper(signed_in, duty, clerk, user, bagong):
    section, other = user("section"), user("section")
    file_complaint(values={"station": bagong, "content": "不耐烦", "day": duty.day, "phone": "13812345678"}, by=clerk)
    complaint, client = DutyComplaint.objects.get(), signed_in(section)
    url = f"/consultations/ratings/complaints/{complaint.pk}/"
    page = client.get(url)
    assert "138****5678" in page.text and "13812345678" not in page.text and "决定是否受理" in page.text
    assert "13812345678" in client.post(f"{url}phone/").text
    client.post(f"{url}accept/", {"shift": duty.pk})
    finding = Finding.objects.get()
    decide_finding(finding_id=finding.pk, is_upheld=True, decision="属实", statement="无异议", by=other)
    refused = client.post(f"{url}answer/", {"reply": "", "told_on": "2022-3-15", "told_way": "phone"})
    assert "没有写答复" in refused.text
    client.post(f"{url}answer/", {"reply": "属实，已扣减补贴。", "told_on": "2022-3-15", "told_way": "phone"})
    paper = IssuedPaper.objects.get(kind="F23")
    assert paper.number == complaint.number and client.get(f"{url}paper.pdf").status_code == 200
    assert "已答复" in client.get("/consultations/ratings/complaints/").text


def test_who_took_a_complaint_down_sees_it_and_the_rest_of_the_station_does_not(signed_in, clerk, user, bagong):
    complaint = file_complaint(values={"station": bagong, "content": "不耐烦"}, by=clerk).complaint
    url = f"/consultations/ratings/complaints/{complaint.pk}/"
    assert signed_in(clerk).get(url).status_code == 200
    assert signed_in(user("head", station=bagong)).get(url).status_code == 404
    assert signed_in(user("duty")).get(url).status_code == 403


def test_a_complaint_without_a_known_consultation_is_refused_at_its_field(signed_in, clerk, bagong):
    page = signed_in(clerk).post(
        "/consultations/ratings/complaints/new/",
        {"channel": "phone", "station": bagong.pk, "content": "不耐烦", "consultation_no": "泽咨〔2022〕巴公-9999"},
    )
    assert "没有这个编号的咨询记录" in page.text and "不耐烦" in page.text and not DutyComplaint.objects.exists()


def test_what_is_not_about_duty_is_refused_on_its_own_page(signed_in, clerk, user, bagong):
    complaint = file_complaint(values={"station": bagong, "content": "物业不修电梯"}, by=clerk).complaint
    client = signed_in(user("section"))
    url = f"/consultations/ratings/complaints/{complaint.pk}/refuse/"
    client.post(url, {"reply": "请向住建局反映。", "told_on": "2022-3-15", "told_way": "nobody"})
    complaint.refresh_from_db()
    assert complaint.state == "refused" and IssuedPaper.objects.filter(kind="F23").exists()


# --- calling back -----------------------------------------------------------------------------------------------------


@pytest.fixture
def drawn(record, county, user, at):
    at("2022-04-01 09:00")
    return draw_month(county=county, month=YearMonth(2022, 3), by=user("section"), seed="20220401").follow_ups.get()


def test_a_clerk_calls_from_the_list_and_writes_the_answers_down(signed_in, drawn, clerk):
    client = signed_in(clerk)
    assert "甲某某" in client.get("/consultations/followups/").text
    url = f"/consultations/followups/{drawn.pk}/"
    page = client.get(url)
    assert "138****5678" in page.text and "13812345678" not in page.text
    assert 'href="tel:13812345678"' in client.post(f"{url}phone/").text
    assert AuditEntry.objects.filter(action="consultations.reveal_phone").count() == 1
    half = client.post(f"{url}answers/", {"way": "phone", "day": "2022-4-1", "opinion": "记下的话"})
    assert "第 1 问没有记录回答" in half.text and "记下的话" in half.text
    answers = {f"answer_{code}": "yes" for code in ("present", "patient", "clear", "charged", "solved")}
    client.post(f"{url}answers/", {"way": "phone", "day": "2022-4-1", "satisfaction": "dissatisfied", **answers})
    drawn.refresh_from_db()
    assert drawn.state == "done"
    client.post(f"{url}complaint/")
    assert DutyComplaint.objects.get().consultation == drawn.consultation
    assert client.get(f"{url}paper.pdf").content.startswith(b"%PDF")


def test_tries_and_statistics_and_papers_of_the_draw(signed_in, drawn, clerk, user):
    client = signed_in(clerk)
    client.post(f"/consultations/followups/{drawn.pk}/try/", {"result": "no_answer"})
    client.post(f"/consultations/followups/{drawn.pk}/try/", {})
    assert drawn.tries.count() == 1
    assert client.get("/consultations/followups/draw/").status_code == 403
    section = signed_in(user("section"))
    page = section.get(f"/consultations/followups/draw/{drawn.draw_id}/")
    assert "20220401" in page.text and "重算一致" in page.text
    assert section.get(f"/consultations/followups/draw/{drawn.draw_id}/paper.pdf").content.startswith(b"%PDF")
    assert "巴公镇" in section.get("/consultations/followups/statistics/?month=2022-03").text
    assert section.get("/consultations/followups/export.xlsx").content[:2] == b"PK"
    again = section.post("/consultations/followups/draw/", {"month": "2022-03", "percent": "10", "seed": ""})
    assert "每月只抽一次" in again.text


def test_a_record_may_be_called_back_for_a_reason(signed_in, record, clerk, at):
    at("2022-04-01 09:00")
    client = signed_in(clerk)
    page = client.post(f"/consultations/{record.pk}/followup/", {"statement": "本人要求回复"}, follow=True)
    assert "本人要求回复" in page.text and FollowUp.objects.get().draw is None


# --- to do ------------------------------------------------------------------------------------------------------------


def test_to_do_names_what_waits_and_empties_when_done(duty, clerk, user, bagong, drawn):
    from consultations.todo.ratings import todo_items

    section = user("section")
    complaint = file_complaint(values={"station": bagong, "content": "不耐烦"}, by=clerk).complaint
    titles = [item.title for item in todo_items(section)]
    assert titles == [f"受理服务投诉：{complaint.number}"]
    accept_complaint(complaint_id=complaint.pk, shift_id=duty.pk, by=section)
    assert list(todo_items(section)) == []
    [call] = todo_items(clerk)
    assert call.title == "电话回访 1 人" and str(call.due_on) == "2022-04-20"
