"""From the conclusion to the archive: the checklist blocks, numbers run without gaps, the three records of supervision. domain.md 3.1 A14–A17, 3.8."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import User
from common.errors import Refused
from legalaid.models import Archive, CaseFile, FileCheck, Supervision
from legalaid.rules.papers import kind_of
from legalaid.services import closing, supervising, undertaking
from legalaid.services.closing import ClosingRefused
from legalaid.services.files import remove_case_file
from legalaid.services.paper_facts import facts_of
from legalaid.services.papers import issue_case_paper, serve_case_paper
from legalaid.services.steps import StepRefused, lock_case, move_case
from legalaid.todo import closing as todo
from records.models import Notice
from tests.legalaid.undertaking_world import OFFICE_PAPERS, OWN_PAPERS, TODAY, UndertakingWorld


@pytest.fixture(autouse=True)
def june(monkeypatch):
    monkeypatch.setenv("TODAY", TODAY.isoformat())


@pytest.fixture
def world(db):
    return UndertakingWorld()


@pytest.fixture
def lasting_world(transactional_db):
    return UndertakingWorld()


def refused(told, act, kind=Refused):
    with pytest.raises(kind) as refusal:
        act()
    assert told in str(refusal.value)
    return refusal.value


def conclude(world, case, **fields):
    said = {
        "day": TODAY,
        "event": "judgment",
        "document_no": "（2022）晋0525民初1号",
        "result": "won",
        "by": case.lawyer.user,
        **fields,
    }
    return closing.conclude_case(case_id=case.pk, **said)


def due(case, code):
    return case.deadlines.filter(code=code).order_by("-pk").first()


# --- conclusion


@pytest.mark.rule("Z-CASE-6")
def test_a_case_is_concluded_on_the_day_of_its_event_and_thirty_days_begin(world):
    case = world.under_way()
    conclude(world, case, amount_recovered=Decimal("12000.00"), is_opinion_adopted=True)
    case.refresh_from_db()
    assert (case.state, case.concluded_on, case.result, case.result_document_no) == (
        "concluded", TODAY, "won", "（2022）晋0525民初1号",
    )  # fmt: skip
    assert (case.amount_recovered, case.is_opinion_adopted) == (Decimal("12000.00"), True)
    assert due(case, "file_submission").due_on == date(2022, 7, 15)
    assert case.events.last().facts["结案情形"] == "收到判决书"


def test_what_does_not_fit_is_told_at_its_field(world):
    case = world.under_way()
    assert refused("文书号", lambda: conclude(world, case, document_no="")).field == "document_no"
    assert refused("办理结果", lambda: conclude(world, case, result="award")).field == "result"
    assert refused("结案情形", lambda: conclude(world, case, event="indictment")).field == "event"
    assert refused("早于开始承办", lambda: conclude(world, case, day=date(2022, 6, 1))).field == "day"
    refused("今天之后", lambda: conclude(world, case, day=TODAY + timedelta(days=1)), StepRefused)


def test_a_hearing_after_the_conclusion_contradicts_it_until_it_is_struck(world, monkeypatch):
    monkeypatch.setenv("TODAY", "2022-06-20")
    case = world.under_way()
    row = undertaking.add_note(case_id=case.pk, kind="hearing", day=date(2022, 6, 18), content="开庭", by=world.chen.user)
    refused("还有开庭", lambda: conclude(world, case, day=TODAY))
    undertaking.strike_note(note_id=row.pk, by=world.chen.user, reason="日期记错")
    conclude(world, case, day=TODAY)


def test_a_case_nobody_began_is_not_concluded(world):
    refused("不能结案", lambda: conclude(world, world.assigned()), StepRefused)


# --- the file


def test_the_file_is_not_handed_in_while_the_undertaker_owes_papers_and_they_are_named(world):
    case = world.concluded()
    world.bring(case, *OWN_PAPERS[:-2])
    error = refused("还缺", lambda: closing.submit_file(case_id=case.pk, by=world.chen.user, day=TODAY), ClosingRefused)
    assert [item.code for item in error.missing] == ["progress_record", "closing_report"]
    world.bring(case, *OWN_PAPERS[-2:])
    closing.submit_file(case_id=case.pk, by=world.chen.user, day=TODAY)
    case.refresh_from_db()
    assert (case.state, case.file_submitted_on) == ("file_submitted", TODAY)
    assert due(case, "file_submission").met_on == TODAY and due(case, "file_review").due_on == date(2022, 7, 15)
    assert Notice.objects.filter(to=world.centre, text__contains="已交卷").exists()


def test_a_paper_taken_out_of_the_file_is_missing_again(world):
    case = world.concluded()
    world.bring(case, *OWN_PAPERS)
    CaseFile.objects.filter(case=case, kind="opinion").update(removed_at="2022-06-15T10:00+08:00", removal_reason="别案的")
    refused("代理词", lambda: closing.submit_file(case_id=case.pk, by=world.chen.user, day=TODAY))


def test_a_file_goes_back_with_a_list_and_thirty_days_and_comes_again(world):
    case = world.submitted()
    refused("需要补正的问题", lambda: closing.return_file(case_id=case.pk, by=world.centre, day=TODAY, defects=[" "]))
    closing.return_file(case_id=case.pk, by=world.centre, day=TODAY, defects=["代理词没有签名", "页码重复"])
    case.refresh_from_db()
    assert case.state == "file_returned" and closing.defects_of(case) == ["代理词没有签名", "页码重复"]
    assert due(case, "file_review").met_on == TODAY and due(case, "file_submission").met_on is None
    assert Notice.objects.filter(to=world.chen.user, text__contains="页码重复").exists()
    closing.submit_file(case_id=case.pk, by=world.chen.user, day=TODAY)
    case.refresh_from_db()
    assert case.state == "file_submitted" and closing.defects_of(case) == []


def test_only_the_centre_reviews_a_file_and_nobody_her_own(world):
    case = world.submitted()
    for user in (world.wang.user, world.director):
        refused("您的岗位不能", lambda user=user: closing.accept_file(case_id=case.pk, by=user, day=TODAY), StepRefused)
    refused("自己承办的案卷", lambda: closing.accept_file(case_id=case.pk, by=world.chen.user, day=TODAY))
    staff = world.person(
        "机构演示", kind="agency_staff", qualification_no="A1", firm=world.organization("援助中心", "aid_centre")
    )
    staff.user = world.centre
    staff.save()
    own = world.submitted(staff)
    refused("自己承办的案卷", lambda: closing.accept_file(case_id=own.pk, by=world.centre, day=TODAY))
    closing.accept_file(case_id=own.pk, by=world.centre2, day=TODAY)


# --- the archive


def test_a_complete_file_is_archived_with_number_term_place_and_the_check_it_rests_on(world):
    case = world.reviewed()
    row = world.archive(case)
    case.refresh_from_db()
    assert (case.state, case.archived_on, case.archive_no, case.retention) == ("archived", TODAY, row.number, "10年")
    assert row.number == "泽援档字〔2022〕第001号" and (row.year, row.sequence) == (2022, 1)
    assert row.check_of_file.is_complete and row.check_of_file.missing == [] and row.pages == 13
    found = {item["code"]: item["found"] for item in row.check_of_file.items}
    assert found["judgment"] == ["judgment"] and found["summons"] == []


def test_an_incomplete_file_is_not_archived_takes_no_number_and_says_what_lacks(world):
    case = world.reviewed()
    CaseFile.objects.filter(case=case, kind="identity").delete()
    error = refused("申请人身份证明", lambda: world.archive(case), ClosingRefused)
    assert [item.code for item in error.missing] == ["identity"]
    case.refresh_from_db()
    assert case.state == "file_accepted" and not Archive.objects.exists()
    assert world.archive(world.reviewed()).sequence == 1


def test_term_and_place_are_asked_for(world):
    case = world.reviewed()
    assert refused("保管期限", lambda: world.archive(case, retention="99年")).field == "retention"
    assert refused("存放位置", lambda: world.archive(case, location=" ")).field == "location"


def test_archive_numbers_run_by_the_year_of_the_conclusion(world, monkeypatch):
    first = world.archive(world.reviewed())
    late = world.reviewed()
    monkeypatch.setenv("TODAY", "2023-01-20")
    second = world.archive(late, day=date(2023, 1, 20))
    assert (first.number, second.number) == ("泽援档字〔2022〕第001号", "泽援档字〔2022〕第002号")


def test_numbers_have_no_gap_when_many_archive_at_once_and_some_fail(lasting_world):
    world = lasting_world
    cases = [world.reviewed() for _ in range(4)]
    CaseFile.objects.filter(case=cases[1], kind="identity").delete()
    gate = Barrier(4)

    def run(case):
        gate.wait(timeout=10)
        try:
            return world.archive(case, by=User.objects.get(pk=world.centre.pk)).sequence
        except ClosingRefused:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        numbers = [future.result(timeout=90) for future in [threads.submit(run, case) for case in cases]]
    assert sorted(each for each in numbers if each) == [1, 2, 3] and numbers[1] is None


def test_the_same_file_pressed_twice_has_one_number(lasting_world):
    world = lasting_world
    case = world.reviewed()
    gate = Barrier(2)

    def run():
        gate.wait(timeout=10)
        try:
            return world.archive(case, by=User.objects.get(pk=world.centre.pk)).number
        except Refused as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        results = [future.result(timeout=60) for future in [threads.submit(run), threads.submit(run)]]
    assert sum(isinstance(each, Refused) for each in results) == 1
    assert Archive.objects.count() == 1


# --- what only the database knows


def test_the_database_archives_no_case_without_the_archive_of_a_complete_file(world):
    case = lock_case(world.reviewed().pk)
    with pytest.raises(IntegrityError, match="不能归档"), transaction.atomic():
        move_case(case, "archive", by=world.centre, day=TODAY, archive_no="自编 1 号")


def test_the_database_takes_no_archive_on_a_check_that_lacks_something_or_is_another_cases(world):
    case, other = world.reviewed(), world.reviewed()
    CaseFile.objects.filter(case=case, kind="identity").delete()
    lacking = closing.check_file(case=case, by=world.centre)
    assert lacking.is_complete is False and lacking.missing == ["申请人身份证明"]
    complete = closing.check_file(case=other, by=world.centre)
    for check in (lacking, complete):
        with pytest.raises(IntegrityError, match="不能归档"), transaction.atomic():
            Archive.objects.create(case=case, county=case.county, year=2022, sequence=1, number="1", check_of_file=check, day=TODAY,
                                   retention="10年", location="柜", by=world.centre, at="2022-06-15T10:00+08:00")  # fmt: skip


def test_a_check_holds_no_more_once_a_paper_it_rests_on_was_taken_out(world):
    case = world.reviewed()
    check = closing.check_file(case=case, by=world.centre)
    CaseFile.objects.filter(case=case, kind="opinion").update(removed_at="2022-06-15T10:00+08:00", removal_reason="别案的")
    with pytest.raises(IntegrityError, match="不能归档"), transaction.atomic():
        Archive.objects.create(case=case, county=case.county, year=2022, sequence=1, number="1", check_of_file=check, day=TODAY,
                               retention="10年", location="柜", by=world.centre, at="2022-06-15T10:00+08:00")  # fmt: skip


def test_a_check_is_never_changed_and_cannot_call_itself_complete_with_something_missing(world):
    check = closing.check_file(case=world.concluded(), by=world.centre)
    with pytest.raises(DatabaseError), transaction.atomic():
        FileCheck.objects.filter(pk=check.pk).update(is_complete=True, missing=[])
    with pytest.raises(IntegrityError), transaction.atomic():
        FileCheck.objects.create(case=check.case, checklist="x", day=TODAY, missing=["判决书"], is_complete=True, by=world.centre,
                                 at="2022-06-15T10:00+08:00")  # fmt: skip


def test_an_archived_file_loses_no_paper_and_its_number_never_changes(world):
    case = world.reviewed()
    world.archive(case)
    for change in (
        lambda: CaseFile.objects.filter(case=case).update(removed_at="2022-06-15T10:00+08:00", removal_reason="不要了"),
        lambda: CaseFile.objects.filter(case=case).delete(),
        lambda: Archive.objects.filter(case=case).update(number="另号"),
        lambda: Archive.objects.filter(case=case).update(sequence=9),
        lambda: Archive.objects.filter(case=case).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# --- terminated cases


def test_a_terminated_case_has_its_own_list_and_archive_after_the_days_for_an_objection(world, monkeypatch):
    case = world.under_way()
    case = lock_case(case.pk)
    move_case(case, "terminate", by=world.director, day=TODAY, reason="自行委托律师",
              facts={"grounds": ["own_counsel"], "tells_objection": True}, termination_ground="own_counsel")  # fmt: skip
    assert closing.checklist_of(case)[0].code == "terminated"
    world.bring(case, *OFFICE_PAPERS, "termination_decision", "service_receipt")
    refused("可以在", lambda: world.archive(case))
    monkeypatch.setenv("TODAY", "2022-07-20")
    refused("还没有交卷", lambda: world.archive(case, day=date(2022, 7, 20)))
    closing.submit_file(case_id=case.pk, by=case.lawyer.user, day=date(2022, 7, 20))
    row = world.archive(case, day=date(2022, 7, 20))
    case.refresh_from_db()
    assert (case.state, case.archive_no) == ("terminated", row.number) and row.year == 2022
    refused("已经归档", lambda: world.archive(case, day=date(2022, 7, 20)))


def terminated(world, case):
    case = lock_case(case.pk)
    move_case(case, "terminate", by=world.director, day=TODAY, reason="自行委托律师",
              facts={"grounds": ["own_counsel"], "tells_objection": True}, termination_ground="own_counsel")  # fmt: skip
    return case


def test_the_undertaker_of_a_terminated_case_hands_her_file_in_once(world):
    case = terminated(world, world.under_way())
    mine = case.lawyer.user
    assert undertaking.next_steps(case, mine) == ["submit_terminated"]
    desk = world.client(mine).get(reverse("my-cases"))
    assert [row.pk for row, _ in desk.context["groups"]["closing"]] == [case.pk]
    answer = world.client(mine).post(
        reverse("case-submit-file", args=[case.pk]), {"day": str(TODAY), "version": case.version}, follow=True
    )
    assert "过了异议期归档" in answer.content.decode()
    case.refresh_from_db()
    assert (case.state, case.file_submitted_on) == ("terminated", None) and undertaking.next_steps(case, mine) == []
    assert [row.pk for row, _ in world.client(mine).get(reverse("my-cases")).context["groups"]["done"]] == [case.pk]
    refused("已经交卷", lambda: closing.submit_file(case_id=case.pk, by=mine, day=TODAY))


def test_objection_and_hand_in_count_from_the_service_of_the_decision(world, monkeypatch):
    case, served = terminated(world, world.under_way()), TODAY + timedelta(days=2)
    assert due(case, "objection_filing").starts_on == TODAY and due(case, "file_submission") is None
    row = issue_case_paper(case=case, kind="termination_decision", by=world.director, on=TODAY)
    monkeypatch.setenv("TODAY", served.isoformat())
    serve_case_paper(row=row, by=world.centre, day=served, how="direct", to="本人")
    assert due(case, "termination_notice").met_on == served
    for code, days in (("objection_filing", 15), ("file_submission", 30)):
        assert due(case, code).starts_on == served and due(case, code).due_on >= served + timedelta(days=days)
    closing.submit_file(case_id=case.pk, by=case.lawyer.user, day=served)
    assert due(case, "file_submission").met_on == served


def test_a_case_terminated_before_anybody_accepted_it_has_no_file_to_hand_in(world):
    case = terminated(world, world.assigned(accepted=False))
    assert undertaking.next_steps(case, case.lawyer.user) == []
    refused("没有人承办过", lambda: closing.submit_file(case_id=case.pk, by=world.centre, day=TODAY))


def test_an_archived_file_of_a_terminated_case_is_closed_with_a_sentence(world, monkeypatch):
    case = terminated(world, world.under_way())
    world.bring(case, *OFFICE_PAPERS, "termination_decision", "service_receipt")
    closing.submit_file(case_id=case.pk, by=world.centre, day=TODAY)
    waiting = lambda: [item.title for item in todo.todo_items(world.centre) if "终止" in item.title]  # noqa: E731
    assert waiting() == []
    monkeypatch.setenv("TODAY", "2022-07-20")
    assert waiting() == ["归档终止案件 1 件"]
    world.archive(case, day=date(2022, 7, 20))
    assert waiting() == []
    paper = case.files.standing().first()
    refused("已经归档", lambda: remove_case_file(row=paper, by=world.centre, reason="不要了"))
    page = world.client(world.centre).get(reverse("case", args=[case.pk])).content.decode()
    assert "上传材料" not in page and "移出" not in page and "没有下一步" in page


# --- the bound file


def test_the_index_follows_the_checklist_with_running_pages(world):
    case = world.reviewed()
    CaseFile.objects.filter(case=case, kind="opinion").update(pages=4)
    rows, pages = closing.dossier_of(case)
    order = ["application", "identity", "hardship_proof", "review_sheet", "grant_decision", "assignment_notice", "agreement",
             "meeting_record", "pleading", "opinion", "judgment", "progress_record", "closing_report"]  # fmt: skip
    assert [row.title for row in rows] == order and pages == 16
    assert [row.pages for row in rows][8:11] == ["9", "10—13", "14"]
    assert [row.position for row in rows] == list(range(1, 14))


def test_the_printed_index_is_the_index_of_the_page(world):
    case = world.reviewed()
    rows, pages = closing.dossier_of(case)
    printed = facts_of(case, kind_of("file_index"), on=TODAY)
    assert [(row.title, row.pages) for row in printed.files] == [(row.title, row.pages) for row in rows]
    assert printed.pages == str(pages)


# --- told, watched, asked


def record(world, case, kind="pre_notice", **fields):
    said = {"way": "phone", "day": TODAY, "content": "演示：告知免费、权利义务和投诉电话。", "by": world.centre, **fields}
    return supervising.record_supervision(case_id=case.pk, kind=kind, **said)


def follow_up(world, case, **fields):
    answers = {each.code: "no" if each.concern == "yes" else "yes" for each in supervising.questions()}
    return record(world, case, "post_visit", **{"answers": answers, "satisfaction": "satisfied", **fields})


@pytest.mark.rule("Z-ORG-5")
def test_a_case_lacks_each_of_the_three_records_from_its_time_on_until_it_is_there(world):
    from legalaid.models import AidCase

    cases = AidCase.objects.all()
    lacks = lambda: [list(supervising.lacking(cases, kind)) for kind in Supervision.Kind.values]  # noqa: E731
    case = world.case()
    assert lacks() == [[], [], []]
    case = world.under_way()
    assert lacks() == [[case], [case], []]
    record(world, case)
    record(world, case, "mid_supervision", way="court")
    assert lacks() == [[], [], []]
    conclude(world, case)
    assert lacks() == [[], [], [case]]
    follow_up(world, case)
    assert lacks() == [[], [], []]
    assert supervising.missing_kinds(case) == []
    assert [item.code for item in closing.missing_of(case, "quality")] == [
        item.code for item in closing.missing_of(case, "archive")
    ]


def test_history_is_exempt_from_records_and_lists(world):
    case = world.case(state="archived", is_history=True)
    assert supervising.missing_kinds(case) == [] and closing.missing_of(case) == ()


def test_a_follow_up_comes_after_the_end_and_asks_all_five_questions(world):
    case = world.under_way()
    refused("结案以后", lambda: follow_up(world, case))
    conclude(world, case)
    answers = {each.code: "yes" for each in supervising.questions()[:3]}
    assert refused("还有 2 个问题", lambda: follow_up(world, case, answers=answers)).field.startswith("answer_")
    refused("满意度", lambda: follow_up(world, case, satisfaction=""))
    assert len(supervising.questions()) == 5
    assert follow_up(world, case).get_satisfaction_display() == "满意"


@pytest.mark.parametrize("satisfaction", ["refused", "unreached"])
def test_who_would_not_say_or_was_not_reached_is_recorded_as_that(world, satisfaction):
    case = world.concluded()
    answers = {} if satisfaction == "unreached" else {each.code: "unsure" for each in supervising.questions()}
    row = follow_up(world, case, satisfaction=satisfaction, answers=answers)
    assert row.satisfaction == satisfaction and supervising.concerns_of(row) == []


def test_an_answer_against_the_undertaker_is_flagged(world):
    case = world.concluded()
    answers = {each.code: each.concern for each in supervising.questions()}
    row = follow_up(world, case, answers=answers, satisfaction="dissatisfied")
    assert len(supervising.concerns_of(row)) == 6 and "收取过费用" in supervising.concerns_of(row)[1]


def test_a_record_before_the_assignment_or_in_the_future_or_empty_is_refused(world):
    refused("指派以后", lambda: record(world, world.case()))
    case = world.under_way()
    refused("今天之后", lambda: record(world, case, day=TODAY + timedelta(days=1)))
    refused("没有填写内容", lambda: record(world, case, content=""))
    refused("环节或者方式", lambda: record(world, case, way="telepathy"))


def test_a_draw_for_supervision_can_be_repeated_by_its_seed(world):
    from legalaid.models import AidCase

    for _ in range(5):
        world.under_way()
    draw = lambda seed: [case.pk for case in supervising.draw_for_supervision(AidCase.objects.all(), number=2, seed=seed)]  # noqa: E731
    assert draw("2022-06") == draw("2022-06") and len(draw("2022-06")) == 2
    assert len({tuple(draw(str(seed))) for seed in range(20)}) > 1


# --- the centre's list of work


def test_the_centre_is_told_of_files_to_review_and_archive_and_of_records_that_lack(world):
    world.submitted()
    world.reviewed()
    titles = [item.title for item in todo.todo_items(world.centre)]
    assert titles == ["结案审查 1 件", "归档 1 件", "案前告知 2 件", "案中监督 2 件", "案后回访 2 件"]
    assert list(todo.todo_items(world.chen.user)) == []
