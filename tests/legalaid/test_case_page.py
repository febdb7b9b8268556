"""The list of cases, the page of one, its steps by form, its documents, and who finds nothing there."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfWriter

from accounts.models import AuditEntry
from accounts.policy import Role
from legalaid.models import AidCase, CaseFile, CaseNote
from legalaid.rules.papers import kind_of
from legalaid.services import deadlines
from legalaid.services.files import CaseFileRefused, add_case_file, remove_case_file
from legalaid.services.paper_facts import facts_of as paper_facts
from legalaid.services.revealing import RevealRefused, reveal
from legalaid.services.steps import take_step
from organizations.models import Region
from records.services.files import UploadRefused
from tests.legalaid.steps_world import TODAY, ground, one_test

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with ground(django_db_blocker) as world:
        yield world


@pytest.fixture
def world(made):
    with one_test(made):
        yield made


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def upload(content, name="扫描件.png"):
    return SimpleUploadedFile(name, content)


def two_pages():
    """A small PDF of two pages."""
    writer, target = PdfWriter(), BytesIO()
    for _ in range(2):
        writer.add_blank_page(595, 842)
    writer.write(target)
    return target.getvalue()


# --- the list ---------------------------------------------------------------------------------------------------------


def many(world, count, **facts):
    return [
        world.case("received", files=(), received_on=date(2022, 1, 1) + timedelta(days=number // 3), **facts)
        for number in range(count)
    ]


def numbers_on(response):
    return [case.number for case, _ in response.context["rows"]]


def test_leafing_forth_and_back_shows_every_case_once(world):
    cases = many(world, 45)
    client = signed_in(world.director)
    pages, response = [], client.get("/cases/")
    while True:
        pages.append(numbers_on(response))
        if not response.context["page"].older:
            break
        response = client.get(f"/cases/?after={response.context['page'].older}")
    assert [len(page) for page in pages] == [20, 20, 5]
    newest_first = [case.number for case in sorted(cases, key=lambda each: (each.received_on, each.pk), reverse=True)]
    assert sum(pages, []) == newest_first
    back = client.get(f"/cases/?before={response.context['page'].newer}")
    assert numbers_on(back) == pages[1]
    assert numbers_on(client.get(f"/cases/?before={back.context['page'].newer}")) == pages[0]


@pytest.mark.parametrize("place", ["x", "2022-13-01.4", "2022-01-01.x", "2022-01-01.99999999999999999999", "'; DROP TABLE"])
def test_a_nonsense_place_is_the_first_page(world, place):
    many(world, 3)
    client = signed_in(world.director)
    assert len(numbers_on(client.get("/cases/", {"after": place}))) == 3
    assert len(numbers_on(client.get("/cases/", {"before": place}))) == 3


def test_the_list_asks_as_many_questions_of_many_cases_as_of_few(world, django_assert_max_num_queries):
    many(world, 5)
    client = signed_in(world.director)
    client.get("/cases/")
    with django_assert_max_num_queries(25) as few:
        client.get("/cases/")
    many(world, 40)
    with django_assert_max_num_queries(25) as lots:
        client.get("/cases/")
    assert len(few) == len(lots)


def test_filters_and_search(world):
    wanted = world.case(
        "granted", recipient="张虚构", cause="工伤赔偿", primary_group="disabled", other_groups=["elderly"], basis="laf_32"
    )
    world.case("received", recipient="李样例", handler=world.centre2)
    client = signed_in(world.director)
    for query in (
        {"q": "张虚"}, {"q": "zxg"}, {"q": wanted.number[-5:]}, {"q": wanted.id_number[-4:]}, {"state": "granted"}, {"state": "active", "q": "张"},
        {"group": "elderly"}, {"group": "disabled"}, {"basis": "laf_32"}, {"handler": world.centre.pk}, {"undertaker": "", "type": "civil_litigation", "q": "张"},
        {"year": "2022", "q": "张虚构"},
    ):  # fmt: skip
        assert numbers_on(client.get("/cases/", query)) == [wanted.number], query
    assert numbers_on(client.get("/cases/", {"state": "ended"})) == []
    page = client.get("/cases/", {"group": "elderly"})
    assert "群体：老年人 ×" in page.text


def test_names_of_criminal_and_minors_cases_are_masked_in_lists(world):
    world.case("received", recipient="张虚构人", is_minor_case=True)
    world.case("notice_received", recipient="李样例人")
    world.case("received", recipient="王示例人")
    text = signed_in(world.director).get("/cases/").text
    assert "张**人" in text
    assert "李**人" in text
    assert "王示例人" in text
    assert "张虚构人" not in text
    assert "李样例人" not in text


def test_the_workbook_holds_the_filtered_cases_and_the_progress(world):
    world.case("granted", recipient="张虚构人", type="criminal_defence", primary_group="elderly")
    world.case("quality_passed", provincial_no="SX1", provincial_entered_on=date(2022, 9, 1))
    world.case("received", received_on=date(2021, 12, 31))
    content = signed_in(world.director).get("/cases/export/?year=2022").content
    book = openpyxl.load_workbook(BytesIO(content))
    texts = [str(cell.value) for row in book["法律援助案件清单"].iter_rows() for cell in row if cell.value is not None]
    assert "张**人" in texts
    assert "张虚构人" not in texts
    assert not any(len(text) == 18 and text[:6] == "140525" for text in texts)
    rows = [[cell.value for cell in row] for row in book["任务进度"].iter_rows()]
    assert ["按群体", "农民工", 1, 1, 1, 1, 1, 1] in rows
    assert ["按群体", "老年人", 1, 1, 0, 0, 0, 0] in rows
    assert ["按类型", "刑事辩护", 1, 1, 0, 0, 0, 0] in rows
    assert ["合计", None, 2, 2, 1, 1, 1, 1] in rows or ["合计", "", 2, 2, 1, 1, 1, 1] in rows


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_a_criminal_case_is_seen_by_its_handler_the_director_and_the_undertaker_only(world):
    case = world.case("notice_received", handler=world.centre)
    for user, status in (
        (world.centre, 200), (world.director, 200), (world.centre2, 404), (world.lawyer, 404),
        (world.leader, 403), (world.section, 403), (world.clerk, 403), (world.expert, 403),
    ):  # fmt: skip
        assert signed_in(user).get(f"/cases/{case.pk}/").status_code == status, user
    AidCase.objects.filter(pk=case.pk).update(handler=None)
    assert signed_in(world.centre2).get(f"/cases/{case.pk}/").status_code == 200


def test_the_next_county_finds_nothing(world):
    case = world.case("in_progress")
    next_county = Region.objects.create(level="county", name="邻县", parent=world.county.parent, code="140598")
    stranger = signed_in(world.user("director-next", Role.DIRECTOR, region=next_county))
    for path in (
        f"/cases/{case.pk}/",
        f"/cases/{case.pk}/steps/terminate/",
        f"/cases/{case.pk}/reveal/",
        f"/cases/{case.pk}/take-back/",
    ):
        assert stranger.get(path).status_code in (302, 404) and "/cases/" not in stranger.get(path).headers.get("Location", "")
    assert numbers_on(stranger.get("/cases/")) == []
    row = case.files.first()
    assert stranger.get(f"/cases/files/{row.pk}/").status_code == 404
    assert stranger.get(f"/cases/files/{row.pk}/preview/").status_code == 404


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_way_limits_papers_and_what_happened(world):
    case = world.case("under_review", files=(("identity", ""),))
    deadlines.start(case, "aid_decision", date(2022, 9, 22))
    CaseNote.objects.create(case=case, kind="meet", day=TODAY, content="电话约见", by=world.centre, at="2022-09-26T02:00Z")
    page = signed_in(world.director).get(f"/cases/{case.pk}/")
    text = page.text
    assert 'aria-current="step"' in text
    assert "法律援助法第四十三条" in text
    assert "还剩 3 天" in text
    assert "140***********" in text
    assert case.id_number not in text
    assert "138****0000" in text
    assert "缺农民工的证明" in text
    assert "电话约见" in text
    assert [act.step.code for act, _ in page.context["acts"]] == ["grant", "grant_pre_aid", "refuse"]
    assert {each.step.code for each in page.context["waiting"]} == {"ask_supplement", "redirect", "cooperate", "withdraw"}


def test_the_page_asks_a_fixed_number_of_questions(world, django_assert_max_num_queries):
    case = world.case("in_progress")
    client = signed_in(world.centre)
    client.get(f"/cases/{case.pk}/")
    with django_assert_max_num_queries(60) as few:
        client.get(f"/cases/{case.pk}/")
    for number in range(15):
        world.add(case, ("evidence", ""))
        CaseNote.objects.create(
            case=case, kind="other", day=TODAY, content=f"第{number}次", by=world.lawyer, at="2022-09-26T02:00Z"
        )
    with django_assert_max_num_queries(60) as lots:
        client.get(f"/cases/{case.pk}/")
    assert len(few) == len(lots)


@pytest.mark.parametrize(
    "state", ["registered", "refused", "withdrawn", "notice_received", "quality_passed", "terminated", "archived"]
)
def test_the_page_of_a_case_in_any_state(world, state):
    case = world.case("received" if state == "withdrawn" else state)
    if state == "withdrawn":
        take_step(case.pk, "withdraw", version=1, by=world.centre, day=TODAY, reason="本人撤回")
    for user in (world.director, world.centre):
        text = signed_in(user).get(f"/cases/{case.pk}/").text
        assert "None" not in text
        assert case.number in text


def test_a_number_is_revealed_for_a_reason_and_noted(world):
    case = world.case("received")
    assert "/me/confirm/" in signed_in(world.centre).get(f"/cases/{case.pk}/reveal/")["Location"]
    with pytest.raises(RevealRefused, match="没有填写查看理由"):
        reveal(case=case, what="id_number", reason=" ", by=world.centre)
    assert reveal(case=case, what="id_number", reason="核对身份", by=world.centre) == case.id_number
    entry = AuditEntry.objects.get(action="legalaid.reveal")
    assert (entry.after, entry.reason) == ({"内容": "受援人身份证号"}, "核对身份")
    for _ in range(19):
        reveal(case=case, what="phone", reason="联系", by=world.centre)
    with pytest.raises(RevealRefused, match="最多查看 20 次"):
        reveal(case=case, what="phone", reason="联系", by=world.centre)


# --- steps by form ----------------------------------------------------------------------------------------------------


def test_a_decision_is_taken_by_the_form(world):
    case = world.case("under_review")
    client = signed_in(world.director)
    page = client.get(f"/cases/{case.pk}/steps/grant/")
    assert "应制发的文书" in page.text
    assert "给予法律援助决定书" in page.text
    said = {
        "day": "2022-9-26",
        "version": 1,
        "matter": "m05",
        "hardship": "exempt",
        "hardship_ground": "农民工请求劳动报酬",
        "reason": "",
    }
    response = client.post(f"/cases/{case.pk}/steps/grant/", said)
    assert response.status_code == 302
    case.refresh_from_db()
    assert (case.state, case.hardship_ground) == ("granted", "农民工请求劳动报酬")


def test_what_lacks_stands_at_its_field_and_what_was_typed_stays(world):
    case = world.case("under_review")
    said = {"day": "2022-9-26", "version": 1, "reason": "事由"}
    page = signed_in(world.director).post(f"/cases/{case.pk}/steps/refuse/", said)
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"refusal_ground", "tells_objection"}
    assert "事由" in page.text
    case.refresh_from_db()
    assert case.state == "under_review"


def test_of_two_forms_that_were_open_the_second_is_told(world):
    case = world.case("received")
    first, second = signed_in(world.centre), signed_in(world.centre2)
    said = {"day": "2022-9-26", "version": 1, "reason": "本人撤回"}
    assert first.post(f"/cases/{case.pk}/steps/accept/", said).status_code == 302
    page = second.post(f"/cases/{case.pk}/steps/withdraw/", said)
    assert page.status_code == 200
    assert "刚刚变动过（援助中心经办示例已经受理）" in page.text


def test_who_may_not_take_a_step_is_told_why(world):
    case = world.case("under_review")
    client = signed_in(world.centre)
    assert client.get(f"/cases/{case.pk}/steps/grant/", follow=True).text.count("您的岗位不能决定给予法律援助") == 1
    assert client.post(f"/cases/{case.pk}/steps/grant/", {"day": "2022-9-26", "version": 1}).status_code == 200
    case.refresh_from_db()
    assert case.state == "under_review"


@pytest.mark.parametrize("code", ["take_notice", "register", "nonsense", "verify_quality", "take_back"])
def test_what_is_no_step_of_this_page_is_not_found(world, code):
    case = world.case("received")
    assert signed_in(world.centre).get(f"/cases/{case.pk}/steps/{code}/").status_code == 404


def test_a_slip_is_taken_back_on_the_page(world):
    case = world.case("received")
    client = signed_in(world.centre)
    client.post(f"/cases/{case.pk}/steps/accept/", {"day": "2022-9-26", "version": 1})
    assert "撤回“受理”" in client.get(f"/cases/{case.pk}/").text
    assert client.post(f"/cases/{case.pk}/take-back/", {"reason": "点错", "version": 2}).status_code == 302
    case.refresh_from_db()
    assert case.state == "received"


def test_a_personal_number_typed_into_a_reason_is_masked_with_a_warning(world):
    case = world.case("received")
    client = signed_in(world.centre)
    said = {"day": "2022-9-26", "version": 1, "reason": "本人 140525198506150025 当面撤回"}
    page = client.post(f"/cases/{case.pk}/steps/withdraw/", said, follow=True)
    assert "文字里有身份证号，已经遮住中间的数字" in page.text
    assert "140525198506150025" not in page.text


# --- documents --------------------------------------------------------------------------------------------------------


def test_a_document_is_brought_in_shown_and_taken_out(world):
    case = world.case("received", files=())
    client = signed_in(world.centre)
    said = {"kind": "identity", "pages": "2", "file": upload(PNG)}
    assert client.post(f"/cases/{case.pk}/files/new/", said).status_code == 302
    row = case.files.get()
    shown = client.get(f"/cases/files/{row.pk}/preview/")
    assert shown["Content-Type"] == "image/png"
    assert shown["Content-Security-Policy"].startswith("sandbox")
    assert shown["X-Content-Type-Options"] == "nosniff"
    fetched = client.get(f"/cases/files/{row.pk}/")
    assert fetched["Content-Disposition"].startswith("attachment")
    assert client.post(f"/cases/files/{row.pk}/remove/", {"reason": ""}).status_code == 200
    assert client.post(f"/cases/files/{row.pk}/remove/", {"reason": "传错了"}).status_code == 302
    assert not case.files.standing().exists()
    assert client.get(f"/cases/files/{row.pk}/").status_code == 404


def test_a_pdf_is_shown_as_pictures_of_its_pages_and_never_opened_by_the_browser(world):
    case = world.case("received", files=())
    row = add_case_file(case=case, kind="identity", by=world.centre, upload=upload(two_pages(), "身份证.pdf"))
    client = signed_in(world.centre)
    page = client.get(f"/cases/files/{row.pk}/preview/")
    assert page["Content-Type"].startswith("text/html")
    text = page.content.decode()
    assert "PDF 共 2 页" in text and f"/cases/files/{row.pk}/pages/2.jpg" in text and "/pages/3.jpg" not in text
    shown = client.get(f"/cases/files/{row.pk}/pages/2.jpg")
    assert shown["Content-Type"] == "image/jpeg" and shown.content.startswith(b"\xff\xd8\xff")
    assert shown["Content-Security-Policy"].startswith("sandbox") and "no-store" in shown["Cache-Control"]
    assert [client.get(f"/cases/files/{row.pk}/pages/{number}.jpg").status_code for number in (0, 3, 101)] == [404] * 3
    for stranger, status in ((world.clerk, 403), (world.lawyer, 404)):
        assert signed_in(stranger).get(f"/cases/files/{row.pk}/pages/1.jpg").status_code == status


def test_a_pdf_that_cannot_be_drawn_is_offered_for_download_with_the_reason(world):
    case = world.case("received", files=())
    row = add_case_file(case=case, kind="identity", by=world.centre, upload=upload(PDF, "x.pdf"))
    client = signed_in(world.centre)
    page = client.get(f"/cases/files/{row.pk}/preview/").content.decode()
    assert "已损坏，不能在线预览" in page and f'href="/cases/files/{row.pk}/"' in page
    assert client.get(f"/cases/files/{row.pk}/pages/1.jpg").status_code == 404


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"<html><script>", b"MZ\x90\0", b"", b"PK\x03\x04junk"])
def test_what_is_no_document_by_its_content_is_not_taken_whatever_it_is_called(world, content):
    case = world.case("received", files=())
    with pytest.raises(UploadRefused):
        add_case_file(case=case, kind="identity", by=world.centre, upload=upload(content, "身份证.pdf"))
    page = signed_in(world.centre).post(
        f"/cases/{case.pk}/files/new/", {"kind": "identity", "pages": "1", "file": upload(content, "a.png")}
    )
    assert page.status_code == 200
    assert not CaseFile.objects.filter(case=case).exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "nonsense"}, "没有选择材料类别"),
        ({"kind": "identity", "upload": None}, "没有选择文件"),
        ({"kind": "group_proof"}, "没有写明证明哪个群体"),
        ({"kind": "group_proof", "group": "elderly"}, "不是本案受援人的群体"),
        ({"kind": "identity", "day": date(2022, 9, 27)}, "不能晚于今天"),
    ],
)
def test_documents_that_are_not_taken_in(world, said, words):
    case = world.case("received", files=())
    with pytest.raises(CaseFileRefused, match=words):
        add_case_file(case=case, by=world.centre, **{"upload": upload(PNG), **said})


def test_only_who_works_on_the_case_changes_its_file(world):
    case = world.case("in_progress", files=())
    for by in (world.director, world.leader, world.section, world.clerk):
        with pytest.raises(CaseFileRefused, match="岗位不能"):
            add_case_file(case=case, kind="evidence", by=by, upload=upload(PNG))
    row = add_case_file(case=case, kind="evidence", by=world.lawyer, upload=upload(PNG))
    theirs = add_case_file(case=case, kind="identity", by=world.centre, upload=upload(PNG))
    with pytest.raises(CaseFileRefused, match="只能移出自己上传的"):
        remove_case_file(row=theirs, by=world.lawyer, reason="不要了")
    remove_case_file(row=row, by=world.lawyer, reason="重拍")


def test_an_archived_file_is_closed(world):
    case = world.case("archived")
    with pytest.raises(CaseFileRefused, match="已经归档"):
        add_case_file(case=case, kind="other", by=world.centre, upload=upload(PNG))
    with pytest.raises(CaseFileRefused, match="已经归档"):
        remove_case_file(row=case.files.first(), by=world.centre, reason="x")


# --- who handles it ---------------------------------------------------------------------------------------------------


def test_the_director_gives_a_case_to_another_officer(world):
    case = world.case("notice_received", handler=world.centre)
    director, address = signed_in(world.director), f"/cases/{case.pk}/hand-over/"
    assert address in director.get(f"/cases/{case.pk}/").text
    version = AidCase.objects.get(pk=case.pk).version
    assert director.post(address, {"to": world.director.pk, "reason": "休假", "version": version}).status_code == 200
    assert director.post(address, {"to": world.centre2.pk, "reason": "原经办人休假", "version": version}).status_code == 302
    case.refresh_from_db()
    assert case.handler == world.centre2
    assert signed_in(world.centre).get(f"/cases/{case.pk}/").status_code == 404
    assert AuditEntry.objects.filter(action="legalaid.hand_over", reason="原经办人休假").exists()


def test_nobody_gives_away_a_colleagues_case(world):
    case = world.case("under_review", handler=world.centre)
    colleague, address = signed_in(world.centre2), f"/cases/{case.pk}/hand-over/"
    assert address not in colleague.get(f"/cases/{case.pk}/").text
    answer = colleague.post(address, {"to": world.centre.pk, "reason": "休假", "version": case.version})
    assert "只有经办人本人或者主任可以交给同事" in answer.text
    case.refresh_from_db()
    assert case.handler == world.centre


def test_what_is_missing_is_named_in_the_one_notice_in_its_paper_and_when_it_comes(world):
    case = world.case("received", files=(("identity", ""),))
    client = signed_in(world.centre)
    shown = client.get(f"/cases/{case.pk}/steps/ask_supplement/").context["form"]["items"].value().splitlines()
    assert "申请人身份证明" not in shown and any("法律援助申请表" in line for line in shown) and len(shown) >= 3
    said = {"items": ["法律援助申请表", "劳动合同"], "due_on": date(2022, 10, 10)}
    take_step(case.pk, "ask_supplement", version=1, by=world.centre, day=TODAY, facts=said)
    case.refresh_from_db()
    paper = paper_facts(case, kind_of("supplement_notice"), on=TODAY)
    assert (paper.items, paper.due_on) == ("法律援助申请表\n劳动合同", date(2022, 10, 10))
    assert client.get(f"/cases/{case.pk}/steps/supply/").context["form"]["items"].value() == "法律援助申请表\n劳动合同"


def test_the_reason_the_director_wrote_stands_in_the_decision(world):
    case = world.case("under_review")
    said = {"refusal_ground": "not_in_scope", "facts": {"refusal_ground": "not_in_scope", "tells_objection": True}}
    take_step(case.pk, "refuse", version=1, by=world.director, day=TODAY, reason="公司之间的买卖合同纠纷", **said)
    case.refresh_from_db()
    assert paper_facts(case, kind_of("refusal_decision"), on=TODAY).reason == "公司之间的买卖合同纠纷"
