"""The pages of quality evaluation: what each role sees, forms that keep what was typed, papers, open work."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from legalaid.models import AidCase, CaseFile, FileReview, Rectification, ReviewBatch
from legalaid.services import reviews
from legalaid.todo.reviews import todo_items
from records.services import issue_paper, keep_file
from tests.legalaid.quality_world import QualityWorld


@pytest.fixture(autouse=True)
def july(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-07-01")


@pytest.fixture
def world(db):
    return QualityWorld()


@pytest.fixture
def ask():
    """ask(user, "review", pk, data): the answer to a GET, or to a POST of `data`."""

    def ask(user, name, *args, data=None, follow=False, query=""):
        client = Client()
        client.force_login(user)
        path = reverse(name, args=args) + query
        return client.get(path, follow=follow) if data is None else client.post(path, data, follow=follow)

    return ask


DRAW = {
    "kind": "peer", "title": "二季度评查", "first": "2022-4-1", "last": "20220630", "due_on": "2022-07-31", "only_unverified": "on",
    "method": "sample", "percent": "50", "strata": ["type"], "seed": "20220701",
}  # fmt: skip


def typed(world, total=90, **other):
    return {f"p_{code}": points for code, points in world.sheet(total).items()} | {"opinion": "写明了事实。"} | other


# --- the way of a batch


def test_the_section_draws_confirms_deals_and_confirms_grades_in_the_browser(world, ask):
    for _ in range(4):
        world.case()
    answer = ask(world.section, "review-batch-new", data=DRAW, follow=True)
    batch = ReviewBatch.objects.get()
    assert "20220701" in answer.text and "总体 4 件，抽中 2 件" in answer.text and "与名单一致" in answer.text
    ask(world.section, "review-batch-confirm", batch.pk, data={})
    experts = [world.expert1.pk, world.expert2.pk]
    answer = ask(world.section, "review-batch-assign", batch.pk, data={"round": 1, "reviewers": experts}, follow=True)
    assert "已分配 4 个评查席位" in answer.text
    for review in FileReview.objects.all():
        answer = ask(review.reviewer, "review", review.pk, data=typed(world, 90, submit="1"), follow=True)
        assert "评查表已提交：90.00 分，优秀" in answer.text
    answer = ask(world.section, "review-batch-decide", batch.pk, data={}, follow=True)
    assert "已核定 2 件" in answer.text and "甲律师事务所" in answer.text
    assert AidCase.objects.filter(state="quality_passed", quality_grade="excellent").count() == 2
    answer = ask(world.section, "review-batch-close", batch.pk, data={}, follow=True)
    assert "批次已结束" in answer.text


def test_a_draw_that_is_refused_keeps_what_was_typed(world, ask):
    world.case()
    answer = ask(world.section, "review-batch-new", data=DRAW | {"percent": "0", "title": "我的标题"})
    assert "抽取比例不能小于 1" in answer.text and "我的标题" in answer.text
    answer = ask(world.section, "review-batch-new", data=DRAW | {"first": "2021-1-1", "last": "2021-3-31"})
    assert "没有可以同行评估的归档案件" in answer.text and 'value="20220701"' in answer.text
    assert not ReviewBatch.objects.exists()


def test_a_draw_is_made_void_with_its_reason_and_stays_in_the_list(world, ask):
    world.case()
    batch = world.draw()
    assert "没有写作废原因" in ask(world.section, "review-batch-void", batch.pk, data={"reason": ""}, follow=True).text
    answer = ask(world.section, "review-batch-void", batch.pk, data={"reason": "时段填错"}, follow=True)
    assert "二季度评查" in answer.text and "已作废" in answer.text


# --- what the expert sees


def test_the_experts_home_is_her_own_reviews(world, ask):
    world.seat(world.file(), "expert1")
    answer = ask(world.expert1, "file-reviews")
    assert (answer.status_code, answer["Location"]) == (302, reverse("my-reviews"))
    waiting = ask(world.expert1, "my-reviews").text
    assert AidCase.objects.get().number in waiting
    assert "没有等您评分的案卷" in ask(world.expert2, "my-reviews").text


def test_an_expert_reads_her_file_without_the_id_number(world, ask):
    case = world.case(type="criminal_defence")
    stored = keep_file(content=b"%PDF-1.4 x", name="起诉书.pdf", purpose="case.file", by=world.centre)
    document = CaseFile.objects.create(case=case, kind="indictment", title="起诉书副本", stored=stored, added_by=world.centre, added_at="2022-01-05T09:00+08:00")  # fmt: skip
    removed = CaseFile.objects.create(
        case=case, kind="other", title="误传", stored=stored, added_by=world.centre, added_at="2022-01-05T09:00+08:00",
        removed_by=world.centre, removed_at="2022-01-06T09:00+08:00", removal_reason="传错",
    )  # fmt: skip
    paper = issue_paper(kind="notice", title="指派通知书", content=b"%PDF-1.4 y", by=world.centre, on=case)
    (review,) = world.seat(world.file(case), "expert1")
    page = ask(world.expert1, "review", review.pk).text
    assert case.recipient in page and "起诉书副本" in page and "指派通知书" in page and "误传" not in page
    assert case.id_number not in page and case.id_number[-4:] + "<" not in page
    assert ask(world.expert1, "review-document", review.pk, document.pk).status_code == 200
    assert ask(world.expert1, "review-paper", review.pk, paper.pk).status_code == 200
    assert ask(world.expert1, "review-document", review.pk, removed.pk).status_code == 404


def test_an_expert_reads_no_other_case_through_her_review(world, ask):
    other = world.case()
    stored = keep_file(content=b"%PDF-1.4 x", name="别案.pdf", purpose="case.file", by=world.centre)
    document = CaseFile.objects.create(case=other, kind="other", title="别案", stored=stored, added_by=world.centre, added_at="2022-01-05T09:00+08:00")  # fmt: skip
    paper = issue_paper(kind="notice", title="别案文书", content=b"%PDF-1.4 y", by=world.centre, on=other)
    mine = world.case()
    batch = world.batch()
    (review,) = world.seat(batch.files.get(case=mine), "expert1")
    assert ask(world.expert1, "review-document", review.pk, document.pk).status_code == 404
    assert ask(world.expert1, "review-paper", review.pk, paper.pk).status_code == 404
    for name, pk in (("review-batch", batch.pk), ("review-file", review.file_id)):
        assert ask(world.expert1, name, pk).status_code == 403


def test_the_sheet_of_another_is_not_there(world, ask):
    first, _second = world.seat(world.file(), "expert1", "expert2")
    for who in (world.expert2, world.expert3, world.section):
        assert ask(who, "review", first.pk).status_code == 404
        assert ask(who, "review", first.pk, data=typed(world)).status_code == 404


def test_neither_names_nor_scores_of_the_other_reach_an_expert(world, ask):
    first, second = world.seat(world.file(), "expert1", "expert2")
    world.submit(first, 81, opinion="第一位的意见")
    page = ask(world.expert2, "review", second.pk).text + ask(world.expert2, "my-reviews").text
    assert "第一位的意见" not in page and "81.00" not in page and world.expert1.name not in page


def test_a_closed_batch_opens_no_file_any_more(world, ask):
    file = world.decided(80, 82)
    review = file.reviews.first()
    reviews.close_batch(batch_id=file.batch_id, by=world.section)
    page = ask(review.reviewer, "review", review.pk).text
    assert "案卷不再开放查阅" in page and file.case.recipient not in page
    assert ask(review.reviewer, "review-paper", review.pk, 1).status_code == 404


def test_a_sheet_with_faults_comes_back_with_everything_typed(world, ask):
    (review,) = world.seat(world.file(), "expert1")
    answer = ask(world.expert1, "review", review.pk, data=typed(world, 90, p_appeared="13", opinion="我的意见", submit="1"))
    assert answer.status_code == 200
    assert "得分超出范围" in answer.text and 'value="13"' in answer.text and "我的意见" in answer.text
    review.refresh_from_db()
    assert review.state == FileReview.State.ASSIGNED


def test_a_draft_is_told_its_total_so_far_by_the_server(world, ask):
    (review,) = world.seat(world.file(), "expert1")
    answer = ask(world.expert1, "review", review.pk, data={"p_appeared": "10.5", "p_papers_right": "4", "save": "1"}, follow=True)
    assert "目前合计 14.5 分，还有 13 项未评" in answer.text
    assert 'value="10.5"' in answer.text


def test_an_expert_stands_aside_with_a_reason(world, ask):
    (review,) = world.seat(world.file(), "expert1")
    assert "没有写原因" in ask(world.expert1, "review-decline", review.pk, data={"reason": ""}).text
    ask(world.expert1, "review-decline", review.pk, data={"reason": "亲属"})
    assert ask(world.expert1, "review", review.pk).status_code == 404


# --- what the others see


def test_scores_show_nowhere_before_every_sheet_is_in(world, ask):
    file = world.file()
    first, second = world.seat(file, "expert1", "expert2")
    world.submit(first, 81, opinion="第一位的意见")
    for who in (world.section, world.leader, world.centre, world.director, world.people["city"]):
        for name, pk in (("review-batch", file.batch_id), ("review-file", file.pk)):
            page = ask(who, name, pk).text
            assert "第一位的意见" not in page and "81.00" not in page
        assert ask(who, "review-file-sheet", file.pk).status_code == 404
    world.submit(second, 83)
    assert "82.00" in ask(world.section, "review-file", file.pk).text


@pytest.mark.rule("Z-ORG-5")
def test_a_case_passes_only_with_its_three_records_and_holds_up_no_other(world, ask):
    case, whole = world.case(supervised=False), world.case()
    world.supervise(case, "pre_notice")
    batch = world.batch()
    for file in batch.files.all():
        for review in world.seat(file, "expert1", "expert2"):
            world.submit(review, 90)
    page = ask(world.section, "review-batch", batch.pk).text
    assert f"{case.number}：案中监督、案后回访" in page and "案前告知" not in page and f"{whole.number}：" not in page
    assert "案中监督、案后回访" in ask(world.section, "review-file", batch.files.get(case=case).pk).text
    assert "没有核定" in ask(world.section, "review-batch-decide", batch.pk, data={}, follow=True).text
    states = dict(AidCase.objects.values_list("pk", "state"))
    assert states == {case.pk: "archived", whole.pk: "quality_passed"}
    again = ask(world.section, "review-batch-decide", batch.pk, data={}, follow=True)
    assert f"{case.number}缺案中监督、案后回访记录" in again.text
    world.supervise(case, "mid_supervision", "post_visit")
    ask(world.section, "review-batch-decide", batch.pk, data={})
    assert AidCase.objects.get(pk=case.pk).state == "quality_passed"


@pytest.mark.rule("Z-ORG-5")
def test_a_fail_and_imported_history_wait_for_no_record(world):
    assert AidCase.objects.get(pk=world.decided(50, 50, case=world.case(supervised=False)).case_id).state == "archived"
    old = world.case(supervised=False, is_history=True)
    assert AidCase.objects.get(pk=world.decided(90, 90, case=old).case_id).state == "quality_passed"


@pytest.mark.parametrize(
    ("login", "sees"), [("section", True), ("leader", True), ("centre", False), ("director", False), ("city", False)]
)
def test_who_the_reviewers_were_is_for_the_bureau_only(world, ask, login, sees):
    file = world.decided(80, 82)
    who = world.people[login]
    pages = ask(who, "review-batch", file.batch_id).text + ask(who, "review-file", file.pk).text
    workbook = openpyxl.load_workbook(io.BytesIO(ask(who, "review-batch-report", file.batch_id, "xlsx").content))
    cells = [str(cell.value) for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert (world.expert1.name in pages) is sees
    assert any(world.expert1.name in cell for cell in cells) is sees


def test_batch_pages_never_name_the_recipient(world, ask):
    file = world.decided(50, 82)
    for who in (world.section, world.leader, world.people["city"]):
        for name, args in (("file-reviews", ()), ("review-batch", (file.batch_id,)), ("review-file", (file.pk,))):
            page = ask(who, name, *args).text
            assert file.case.recipient not in page and file.case.cause not in page
            assert file.case.number in page or name == "file-reviews"


def test_the_lawyer_and_the_station_have_no_business_here(world, ask):
    file = world.decided(80, 82)
    for role in ("lawyer", "finance", "duty"):
        who = world.user(role, f"a-{role}")
        for name, args in (("file-reviews", ()), ("review-batch", (file.batch_id,)), ("my-reviews", ()), ("review-fixes", ())):
            assert ask(who, name, *args).status_code == 403


def test_only_the_section_acts_on_a_batch(world, ask):
    world.case()
    batch = world.draw()
    for who in (world.leader, world.centre, world.director, world.expert1, world.people["city"]):
        for name in (
            "review-batch-confirm",
            "review-batch-void",
            "review-batch-assign",
            "review-batch-decide",
            "review-batch-close",
        ):
            assert ask(who, name, batch.pk, data={"reason": "x"}).status_code == 403
        assert ask(who, "review-batch-new").status_code == 403


def test_who_must_stand_aside_is_not_offered(world, ask):
    world.practitioner("甲所专家", world.firm, user=world.expert1)
    file = world.file()
    page = ask(world.section, "review-file", file.pk).text
    assert world.expert1.name not in page and world.expert2.name in page
    assert f"{world.expert1.name}（1 件回避）" in ask(world.section, "review-batch", file.batch_id).text
    answer = ask(world.section, "review-file-assign", file.pk, data={"reviewer": world.expert1.pk})
    assert "应当回避" in answer.text and not FileReview.objects.exists()


def test_the_section_takes_a_file_back_and_gives_it_to_another(world, ask):
    file = world.file()
    (review,) = world.seat(file, "expert1")
    ask(world.section, "review-withdraw", review.pk, data={"reason": "外出"})
    ask(world.section, "review-file-assign", file.pk, data={"reviewer": world.expert2.pk})
    assert list(FileReview.objects.standing().values_list("reviewer__username", flat=True)) == ["expert2"]


# --- rectification


def test_mending_goes_from_the_centre_with_proof_to_the_section(world, ask):
    world.decided(50, 55)
    fix = Rectification.objects.get()
    assert "等待法律援助中心整改" in ask(world.section, "review-fix", fix.pk).text
    answer = ask(world.centre, "review-fix-done", fix.pk, data={"measure": "补做笔录"})
    assert "没有上传证明材料" in answer.text and "补做笔录" in answer.text
    bad = SimpleUploadedFile("程序.png", b"MZ\x90\x00")
    answer = ask(world.centre, "review-fix-done", fix.pk, data={"measure": "补做笔录", "file": bad})
    assert "不能接收这种文件" in answer.text
    good = SimpleUploadedFile("笔录.png", b"\x89PNG\r\n\x1a\n" + b"0" * 60)
    ask(world.centre, "review-fix-done", fix.pk, data={"measure": "补做笔录", "file": good})
    assert ask(world.section, "review-fix-proof", fix.pk).status_code == 200
    ask(world.section, "review-fix-confirm", fix.pk, data={"remark": "没有签名", "back": "1"})
    fix.refresh_from_db()
    assert (fix.state, fix.remark) == ("open", "没有签名")
    good.seek(0)
    ask(world.centre, "review-fix-done", fix.pk, data={"measure": "补签名", "file": good})
    answer = ask(world.section, "review-fix-confirm", fix.pk, data={"remark": ""}, follow=True)
    assert "整改已确认" in answer.text


def test_the_list_of_mending_filters_and_exports_what_it_shows(world, ask, monkeypatch):
    world.decided(50, 55)
    fix = Rectification.objects.get()
    assert fix.file.case.number in ask(world.section, "review-fixes", query="?state=open").text
    assert fix.file.case.number not in ask(world.section, "review-fixes", query="?state=late").text
    monkeypatch.setenv("TODAY", "2022-08-01")
    assert fix.file.case.number in ask(world.section, "review-fixes", query="?state=late").text
    content = ask(world.section, "review-fixes-export", query="?state=late").content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    header = next(n for n, row in enumerate(rows) if row[0] == "序号")
    row = dict(zip(rows[header], rows[header + 1], strict=True))
    assert (row["案件编号"], row["状态"], row["逾期"]) == (fix.file.case.number, "待整改", "逾期")
    empty = ask(world.section, "review-fixes-export", query="?state=confirmed").content
    assert len(list(openpyxl.load_workbook(io.BytesIO(empty)).active.iter_rows())) < len(rows)


def test_the_section_asks_for_mending_on_the_files_page(world, ask):
    file = world.decided(80, 82)
    answer = ask(world.section, "review-file-fix", file.pk, data={"problem": "缺备考表", "due_on": "不是日期"})
    assert "缺备考表" in answer.text and not Rectification.objects.exists()
    ask(world.section, "review-file-fix", file.pk, data={"problem": "缺备考表", "due_on": "2022-7-9"})
    assert Rectification.objects.get().due_on == date(2022, 7, 9)


# --- papers


def test_the_report_and_the_score_sheet_are_printed(world, ask):
    file = world.decided(50, 82)
    for name, args in (("review-batch-report", (file.batch_id, "pdf")), ("review-file-sheet", (file.pk,))):
        answer = ask(world.section, name, *args)
        assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF-")


def test_the_workbook_sums_up_by_firm_and_by_person(world, ask):
    second = world.practitioner("承办乙", world.other_firm)
    world.case()
    world.case(lawyer=second, firm=world.other_firm)
    batch = world.batch()
    for file in batch.files.all():
        for review in world.seat(file, "expert1", "expert2"):
            world.submit(review, 92 if file.case.lawyer == second else 70)
    reviews.decide_files(batch_id=batch.pk, by=world.section)
    workbook = openpyxl.load_workbook(io.BytesIO(ask(world.section, "review-batch-report", batch.pk, "xlsx").content))
    assert workbook.sheetnames == ["逐案结果", "按机构", "按承办人"]
    firms = [[cell.value for cell in row] for row in workbook["按机构"].iter_rows()]
    assert ["乙律师事务所", 1, 1, 0, 0, 0, 1, "92.00"] in firms
    assert ["甲律师事务所", 1, 0, 0, 1, 0, 1, "70.00"] in firms
    assert ["合计", 2, 1, 0, 1, 0, 1, "81.00"] in firms
    people = [[cell.value for cell in row][:3] for row in workbook["按承办人"].iter_rows()]
    assert ["乙律师事务所", "承办乙", 1] in people


def test_an_unconfirmed_draw_has_no_report(world, ask):
    world.case()
    assert ask(world.section, "review-batch-report", world.draw().pk, "pdf").status_code == 404


# --- open work


def titles(user):
    return [item.title for item in todo_items(type(user).objects.get(pk=user.pk))]


def test_open_work_follows_a_file_from_the_draw_to_its_mending(world, monkeypatch):
    case = world.case()
    assert titles(world.section) == ["抽取 1 件归档案件评查"]
    batch = world.draw()
    assert "确认抽样：二季度评查" in titles(world.section)
    reviews.confirm_batch(batch_id=batch.pk, by=world.section)
    assert titles(world.section) == ["分配评查人：二季度评查"]
    file = batch.files.get()
    first, second = world.seat(file, "expert1", "expert2")
    assert titles(world.section) == []
    assert titles(world.expert1) == [f"评查 {case.number}"]
    world.submit(first, 50)
    world.submit(second, 55)
    assert titles(world.expert1) == []
    assert titles(world.section) == ["分配第二轮评查人：二季度评查"]
    for review in world.seat(file, "expert3", "expert4"):
        world.submit(review, 50)
    assert titles(world.section) == ["核定等次：二季度评查"]
    reviews.decide_files(batch_id=batch.pk, by=world.section)
    assert titles(world.section) == ["结束评查批次：二季度评查"]
    assert titles(world.centre) == [f"整改 {case.number}"]
    upload = SimpleUploadedFile("笔录.png", b"\x89PNG\r\n\x1a\n" + b"0" * 60)
    reviews.do_fix(fix_id=Rectification.objects.get().pk, measure="补做笔录", upload=upload, by=world.centre)
    assert titles(world.centre) == []
    assert f"复核整改 {case.number}" in titles(world.section)


def test_the_pages_ask_the_database_as_often_for_many_files_as_for_few(world, ask, django_assert_max_num_queries):
    def count(batch):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client = Client()
        client.force_login(world.section)
        client.get(reverse("review-batch", args=[batch.pk]))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("review-batch", args=[batch.pk]))
        return len(queries)

    few = world.file().batch
    world.seat(few.files.get(), "expert1")
    before = count(few)
    for _ in range(8):
        world.case()
    many = world.batch()
    chosen = [world.expert1.pk]
    reviews.assign_all(batch_id=many.pk, round_=1, reviewer_ids=chosen, by=world.section)
    assert count(many) <= before


# --- the demonstration


def test_the_demonstration_shows_a_checked_half_year_an_evaluation_under_way_and_a_draw(world, monkeypatch):
    from desk.services.demo.reviews import add_reviews
    from records.services import mark_as_demo

    monkeypatch.delenv("TODAY")
    mark_as_demo(day=date(2022, 9, 26), by=world.system)
    for day in (*["2022-05-10"] * 8, *["2022-08-10"] * 2, *["2022-09-10"] * 2):
        world.case(archived_on=day)
    users = {**world.people, "expert": world.expert1}
    assert add_reviews(county=world.county, users=users, today=date(2022, 9, 26)) == 8
    assert list(ReviewBatch.objects.order_by("pk").values_list("kind", "state")) == [
        ("admin_check", "closed"),
        ("admin_check", "closed"),
        ("peer", "open"),
        ("admin_check", "drawn"),
    ]
    assert sorted(Rectification.objects.values_list("state", "file__grade")) == [
        ("confirmed", "fail"), ("open", "excellent"), ("open", "fail"),
    ]  # fmt: skip
    assert AidCase.objects.filter(state="quality_passed").count() == 7 + 1
    assert FileReview.objects.waiting().filter(reviewer=world.expert1).exists()


# --- on the case's page


def test_the_cases_page_tells_what_evaluation_found_to_who_may_see_the_case(world, ask):
    person = world.practitioner("承办乙", world.firm, user=world.user("lawyer", "lawyer9"))
    case = world.case(lawyer=person)
    file = world.scored(90, 92, case=case)
    page = ask(world.centre, "case", case.pk).text
    assert reverse("case-review", args=[case.pk]) in page
    assert (
        "待核定" in ask(world.centre, "case-review", case.pk).text
        and "写明了事实" not in ask(world.centre, "case-review", case.pk).text
    )
    assert "还没有评查结果" in ask(person.user, "case-review", case.pk).text
    reviews.decide_files(batch_id=file.batch_id, by=world.section)
    for user in (world.centre, world.director, person.user):
        page = ask(user, "case-review", case.pk).text
        assert "同行评估" in page and "91.00 分" in page and "优秀" in page and "写明了事实" in page
        assert all(world.people[login].name not in page for login in ("expert1", "expert2"))
    assert reverse("review-file", args=[file.pk]) not in page  # the undertaker has no way into the batch
    assert ask(world.section, "case-review", case.pk).status_code == 403


def test_the_undertaker_reads_what_is_to_be_mended(world, ask):
    person = world.practitioner("承办乙", world.firm, user=world.user("lawyer", "lawyer9"))
    case = world.case(lawyer=person)
    world.decided(40, 41, case=case)
    page = ask(person.user, "case-review", case.pk).text
    assert "不合格" in page and "整改" in page and "评查不合格" in page
