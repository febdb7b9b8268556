"""Pages of assignment, of the undertaker's desk and of closing, as each role meets them; and a lawyer's day on a telephone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts import audit
from accounts.policy import may
from legalaid.models import AidCase, Archive, Supervision
from legalaid.rules.procedure import STEPS, TAKE_BACK
from legalaid.services import closing, supervising
from legalaid.views import assignments
from organizations.models import PoolEntry
from tests.legalaid.undertaking_world import PASSWORD, TODAY, UndertakingWorld, photo


@pytest.fixture(autouse=True)
def june(monkeypatch):
    monkeypatch.setenv("TODAY", TODAY.isoformat())


@pytest.fixture
def world(db):
    return UndertakingWorld()


def text_of(client, name, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, (name, response.status_code)
    return response.content.decode()


def post(client, name, *args, **data):
    return client.post(reverse(name, args=args), data, follow=True)


# --- assignment


def test_the_page_of_assignment_ranks_people_with_reasons_and_tells_who_cannot(world):
    world.person("基层演示", kind="grassroots_worker")
    case = world.case(state="notice_received", number="泽援〔2022〕通1号")
    page = text_of(world.client(world.centre), "case-assign", case.pk)
    assert page.index("王演示") < page.index("陈演示") < page.index("不能指派的 1 人")
    assert "第 1 名" in page and "在办 0 件（25 分）" in page and "刑事案件须由律师承办" in page


def test_ten_are_suggested_at_once_the_others_one_press_away_and_can_be_chosen(world, monkeypatch):
    monkeypatch.setattr(assignments, "SHOWN", 1)
    case, client = world.case(), world.client(world.centre)
    page = text_of(client, "case-assign", case.pk)
    assert page.index("王演示") < page.index("另外 1 人") < page.index("陈演示") and "<details" in page
    again = post(client, "case-assign", case.pk, lawyer=world.chen.pk, day="2022-3-6", reason="", version=case.version)
    assert "<details class=\"card-body\" open>" in again.content.decode()


def test_who_has_no_firm_comes_last_in_the_list_of_undertakers(world):
    alone = world.person("无所演示", firm=False)
    PoolEntry.objects.create(practitioner=alone, county=world.county, since="2019-01-01", state="admitted", entered_by=world.centre)
    page = text_of(world.client(world.centre), "specialties")
    assert page.index("陈演示") < page.index("无所演示")


def test_the_officer_decides_and_the_reason_stays_on_the_case(world):
    case, client = world.case(), world.client(world.centre)
    said = {"lawyer": world.chen.pk, "day": "2022-3-6", "reason": "", "version": case.version}
    response = post(client, "case-assign", case.pk, **said)
    assert "没有选推荐的第一名：请写明指派理由" in response.content.decode()
    response = post(client, "case-assign", case.pk, **{**said, "reason": "熟悉当地"})
    assert "已指派甲律师事务所陈演示承办" in response.content.decode()
    assert "熟悉当地" in text_of(client, "case-assignments", case.pk)


def test_the_page_of_the_case_leads_the_centre_through_what_an_undertaker_without_login_does(world):
    case, client = world.assigned(world.person("许演示"), accepted=False), world.client(world.centre)
    accept, keep = reverse("case-accept", args=[case.pk]), "不予更换承办人"
    page = text_of(client, "case", case.pk)
    assert f'<a class="btn btn-primary" href="{accept}">接受指派' in page and keep not in page
    assert "补办先行援助手续" not in page and "终止法律援助（援助中心主任）" in page
    client.post(accept)
    page = text_of(client, "case", case.pk)
    assert accept not in page and "签订委托协议" in page
    post(client, "case-replacement", case.pk, day="2022-6-15", asked_by="受援人", ground="objective", reason="长期出差")
    page = text_of(client, "case", case.pk)
    assert keep in page and client.get(reverse("case-step", args=[case.pk, "keep_undertaker"]), follow=True).status_code == 200


def test_ending_a_case_is_never_the_first_thing_to_do(world):
    page = text_of(world.client(world.director), "case", world.case().pk)
    assert "终止法律援助" in page and 'class="btn btn-primary"' not in page


def test_a_replacement_is_asked_for_and_decided_on_the_same_page(world):
    case, client = world.under_way(), world.client(world.centre)
    post(
        world.client(world.chen.user),
        "case-replacement",
        case.pk,
        day="2022-6-15",
        asked_by="陈演示",
        ground="objective",
        reason="住院",
    )
    page = text_of(client, "case-assign", case.pk)
    assert "更换承办人" in page and "住院" in page and "还剩 5 天" in page
    post(client, "case-keep", case.pk, reason="病已痊愈", version=AidCase.objects.get(pk=case.pk).version)
    case.refresh_from_db()
    assert case.lawyer == world.chen and not case.deadlines.open().filter(code="replacement_decision").exists()


def test_specialties_are_seen_and_kept(world):
    client = world.client(world.centre)
    post(client, "specialty-edit", world.chen.pk, since_criminal="2018-5-1", since_labour="2019年3月1日")
    page = text_of(client, "specialties")
    assert "刑事辩护（2018-05-01 起）" in page and "劳动争议（2019-03-01 起）" in page
    _region, far = world.neighbour()
    assert world.client(far).get(reverse("specialty-edit", args=[world.chen.pk])).status_code == 404


# --- who may


PAGES = ("case-assign", "specialties", "my-cases", "case-note-new", "case-conclude", "case-close", "case-file-check", "case-archive",
         "case-dossier", "case-supervisions", "case-replacement", "case-photo-new")  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_each_page_opens_for_whom_the_table_lets_in_and_for_nobody_else(world, name):
    case = world.under_way()
    args = [] if name in ("specialties", "my-cases", "case-supervisions") else [case.pk]
    for user in (world.centre, world.director, world.section, world.chen.user, world.wang.user):
        response = world.client(user).get(reverse(name, args=args))
        if not may(user, response.resolver_match.func.action):
            assert response.status_code == 403, (name, user)
        elif args and user == world.wang.user:
            assert response.status_code == 404, (name, user)
        else:
            assert response.status_code in (200, 302), (name, user)


def test_a_sensitive_case_of_another_officer_does_not_exist(world):
    case = world.assigned(state="notice_received")
    other = world.client(world.centre2)
    for name in ("case-assign", "case-close", "case-note-new", "case-file-check", "case-archive", "case-dossier"):
        assert other.get(reverse(name, args=[case.pk])).status_code == 404, name
    world.under_way(state="notice_received")
    assert "盗窃罪" not in text_of(other, "case-supervisions")


# --- the undertaker's desk


def test_my_cases_show_the_new_ones_first_and_then_by_the_next_limit(world):
    new, running = world.assigned(accepted=False), world.assigned()
    page = text_of(world.client(world.chen.user), "my-cases")
    assert page.index(new.recipient) < page.index(running.recipient)
    assert "等您接受" in page and "签订委托协议或者会见" in page


def test_a_note_with_photographs_is_kept_by_one_form(world):
    case, client = world.under_way(), world.client(world.chen.user)
    response = client.post(
        reverse("case-note-new", args=[case.pk]),
        {
            "kind": "hearing",
            "day": "2022-6-15",
            "content": "第一次开庭",
            "photo": photo("1.png"),
            "photos": [photo("2.png"), photo("3.png")],
        },
        follow=True,
    )
    assert "已登记：开庭" in response.content.decode()
    assert [row.title for row in case.files.order_by("pk")] == [f"庭审笔录（第 {page} 页，共 3 页）" for page in (1, 2, 3)]


def test_what_was_typed_stays_when_a_photograph_is_refused(world):
    case, client = world.under_way(), world.client(world.chen.user)
    response = client.post(
        reverse("case-note-new", args=[case.pk]),
        {"kind": "meet", "day": "2022-6-15", "content": "约见谈话", "photo": photo(content=b"not a picture at all")},
    )
    page = response.content.decode()
    assert "约见谈话" in page and "不能接收这种文件" in page and "照片要重新选择" in page


def test_the_desk_says_when_a_case_is_ready_to_be_concluded_and_what_still_lacks(world):
    from tests.legalaid.undertaking_world import OWN_PAPERS

    case, client = world.under_way(), world.client(world.chen.user)
    assert "交卷前要补齐 6 项" in text_of(client, "my-case", case.pk)
    world.bring(case, *(kind for kind in OWN_PAPERS if kind != "closing_report"))
    assert "可以结案" in text_of(client, "my-case", case.pk)
    end = {"day": TODAY, "event": "judgment", "document_no": "（2022）晋0525民初1号", "result": "won"}
    closing.conclude_case(case_id=case.pk, by=world.chen.user, **end)
    page = text_of(client, "my-case", case.pk)
    assert "交卷前要补齐 1 项" in page and reverse("case-paper-preview", args=[case.pk, "closing_report"]) in page
    assert 'name="day" id="id_day" value="2022-06-15"' in text_of(client, "case-close", case.pk)


def test_declining_and_striking_are_pages_that_say_what_follows(world):
    case, client = world.assigned(accepted=False), world.client(world.chen.user)
    assert "另行指派" in text_of(client, "case-decline", case.pk)
    response = post(client, "case-decline", case.pk, reason="出差三个月")
    assert "已退回案件" in response.content.decode()
    page = text_of(world.client(world.centre), "case-assign", case.pk)
    assert "案件现在没有承办人" in page and "出差三个月" in page


# --- closing


def test_the_way_from_the_conclusion_to_the_archive_by_pages(world):
    from tests.legalaid.undertaking_world import OFFICE_PAPERS, OWN_PAPERS

    case, lawyer, centre = world.under_way(), world.client(world.chen.user), world.client(world.centre)
    version = lambda: AidCase.objects.get(pk=case.pk).version  # noqa: E731
    page = post(lawyer, "case-conclude", case.pk, event="judgment", day="2022-6-15", document_no="（2022）晋0525民初1号", result="won",
                amount_recovered="12,000", is_opinion_adopted="yes", version=version()).content.decode()  # fmt: skip
    assert "已结案" in page and "交卷前 7 项" in page
    world.bring(case, *OWN_PAPERS)
    assert "已交卷" in post(lawyer, "case-submit-file", case.pk, day="2022-6-15", version=version()).content.decode()
    page = post(
        centre, "case-file-check", case.pk, verdict="return", defects="缺签名\n页码错", day="2022-6-15", version=version()
    )
    assert "已退回补正" in page.content.decode()
    assert "页码错" in text_of(lawyer, "my-case", case.pk)
    post(lawyer, "case-submit-file", case.pk, day="2022-6-15", version=version())
    page = post(centre, "case-file-check", case.pk, verdict="accept", day="2022-6-15", version=version())
    assert "结案审查合格" in page.content.decode()
    said = {"day": "2022-6-15", "retention": "10年", "location": "3 号柜"}
    page = post(centre, "case-archive", case.pk, version=version(), **said).content.decode()
    assert "案卷还缺" in page and not Archive.objects.exists()
    world.bring(case, *OFFICE_PAPERS)
    page = post(centre, "case-archive", case.pk, version=version(), **said).content.decode()
    assert "归档号 泽援档字〔2022〕第001号" in page and "卷内目录" in page
    assert "泽援档字〔2022〕第001号" in text_of(lawyer, "case-close", case.pk)


def test_the_centre_records_the_three_and_is_warned_of_an_answer_against_the_undertaker(world):
    case, client = world.under_way(), world.client(world.centre)
    assert case.number in text_of(client, "case-supervisions", kind="pre_notice")
    post(client, "case-supervision-new", case.pk, "pre_notice", way="phone", day="2022-6-15", person="本人", content="已告知")
    assert case.number not in text_of(client, "case-supervisions", kind="pre_notice")
    closing.conclude_case(case_id=case.pk, by=world.chen.user, day=TODAY, event="judgment", document_no="1号", result="won")
    answers = {f"answer_{each.code}": each.concern for each in supervising.questions()}
    page = post(client, "case-supervision-new", case.pk, "post_visit", way="phone", day="2022-6-15", person="本人", content="来电",
                satisfaction="satisfied", **answers)  # fmt: skip
    assert "需要核实" in page.content.decode()
    assert Supervision.objects.filter(case=case).count() == 2
    assert "draw" not in text_of(client, "case-supervisions", kind="mid_supervision", seed="x")


def test_a_step_or_a_record_nobody_knows_is_not_found(world):
    case = world.under_way()
    assert world.client(world.chen.user).get(f"/cases/mine/{case.pk}/steps/dance/").status_code == 404
    assert world.client(world.centre).get(f"/cases/{case.pk}/supervisions/seance/").status_code == 404


def test_every_step_of_a_case_stands_in_the_audit_log_in_words():
    silent = [code for code in (*STEPS, TAKE_BACK) if audit.words_of(f"legalaid.{code}").startswith("legalaid.")]
    assert silent == []


# --- a lawyer's day on a telephone

NO_SIDEWAYS = "() => document.documentElement.scrollWidth <= window.innerWidth"


@pytest.fixture
def lasting_world(transactional_db):
    return UndertakingWorld()


@pytest.mark.slow
def test_a_lawyers_day_on_a_telephone(lasting_world, live_server, page, tmp_path):
    """360 px: accept, sign the agreement with a photograph, meet, note a hearing, see what lacks; nothing scrolls sideways."""
    world = lasting_world
    case = world.assigned(accepted=False)
    picture = tmp_path / "协议.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 60)
    page.set_viewport_size({"width": 360, "height": 740})

    def fits(heading):
        """The page of that heading has come, and nothing of it lies beside the screen."""
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        assert page.evaluate(NO_SIDEWAYS), page.url

    page.goto(f"{live_server.url}/login/")
    page.fill("input[name=login]", "chen")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit], .btn-primary[type=submit]")
    page.goto(f"{live_server.url}/cases/mine/")
    fits("我的案件")
    page.get_by_role("button", name="接受", exact=True).click()
    expect(page.get_by_text("已接受案件")).to_be_visible()
    fits("追索劳动报酬纠纷")
    page.get_by_role("link", name="登记签订委托协议").click()
    page.get_by_label("从相册或者文件里选").set_input_files([str(picture)])
    fits("登记签订委托协议")
    page.get_by_role("button", name="登记").click()
    page.get_by_role("link", name="登记首次约见").click()
    page.get_by_label("拍照").set_input_files(str(picture))
    page.get_by_role("button", name="登记").click()
    page.get_by_role("link", name="记一笔").click()
    fits("记一笔")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("没有选择事项")
    page.get_by_text("开庭", exact=True).click()
    page.get_by_label("内容").fill("第一次开庭，对方没有到。")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已登记：开庭")).to_be_visible()
    expect(page.get_by_text("第一次开庭，对方没有到。")).to_be_visible()
    expect(page.get_by_text("交卷前要补齐 4 项")).to_be_visible()
    fits("追索劳动报酬纠纷")
    page.get_by_role("link", name="拍材料").click()
    fits("拍材料")
    page.goto(f"{live_server.url}/cases/{case.pk}/close/")
    fits("案卷清单")
    page.goto(f"{live_server.url}/cases/{case.pk}/conclude/")
    fits("结案")
    case.refresh_from_db()
    assert case.state == "in_progress"
    assert sorted(case.files.values_list("kind", flat=True)) == ["agreement", "meeting_record"]
