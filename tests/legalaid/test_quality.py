"""Quality evaluation of archived files: draw, reviewers, blind sheets, grades on the case, rectification. 五（二）2, domain.md 3.8, D41."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditEntry, User
from accounts.policy import Role
from legalaid.models import AidCase, Assignment, FileReview, Rectification, ReviewBatch, SampledFile
from legalaid.services import reviews
from legalaid.services.reviews import ReviewRefused, SheetRefused
from legalaid.services.reviews.batches import drawn_again
from organizations.models import Post
from records.models import Notice
from tests.legalaid.quality_world import QualityWorld


@pytest.fixture(autouse=True)
def july(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-07-01")


@pytest.fixture
def world(db):
    return QualityWorld()


@pytest.fixture
def lasting_world(transactional_db):
    return QualityWorld()


def refused(act, told):
    with pytest.raises(ReviewRefused) as refusal:
        act()
    assert told in str(refusal.value)


def photo(name="补正.png"):
    return SimpleUploadedFile(name, b"\x89PNG\r\n\x1a\n" + b"0" * 60)


# --- the draw


def test_a_batch_of_all_holds_every_archived_unverified_case_of_the_period_in_order(world):
    inside = [world.case(archived_on="2022-04-30"), world.case(archived_on="2022-06-30")]
    world.case(archived_on="2022-07-01")
    world.case(state="quality_passed", quality_verified_on="2022-05-12", quality_grade="good")
    world.case(state="file_accepted", archived_on=None)
    batch = world.draw()
    assert [file.case for file in batch.files.order_by("position")] == inside
    assert batch.state == ReviewBatch.State.DRAWN and batch.number == ""


def test_a_later_evaluation_may_take_verified_files_too(world):
    case = world.case(state="quality_passed", quality_verified_on="2022-05-12", quality_grade="good")
    refused(lambda: world.draw(), "没有可以同行评估的归档案件")
    assert [file.case for file in world.draw(only_unverified=False).files.all()] == [case]


def test_a_sample_can_be_drawn_again_from_what_the_batch_keeps(world):
    for n in range(12):
        world.case(group="elderly" if n % 3 else "woman")
    batch = world.draw(method="sample", percent=30, strata=["group"], seed="20220701")
    assert batch.files.count() == 4
    assert sorted(batch.files.values_list("stratum", flat=True)) == ["妇女", "老年人", "老年人", "老年人"]
    assert batch.seed == "20220701" and len(batch.frame) == 12
    assert drawn_again(batch)
    twin = world.draw(method="sample", percent=30, strata=["group"], seed="20220701")
    assert list(twin.files.values_list("case", flat=True)) == list(batch.files.values_list("case", flat=True))


def test_without_a_seed_eight_digits_are_rolled_and_kept(world):
    world.case()
    seeds = {world.draw().seed for _ in range(3)}
    assert len(seeds) == 3 and all(seed.isdigit() and len(seed) == 8 for seed in seeds)


def test_every_draw_stays_on_record_also_the_one_that_was_made_void(world):
    world.case()
    first = world.draw(seed="1")
    refused(lambda: reviews.void_batch(batch_id=first.pk, reason=" ", by=world.section), "没有写作废原因")
    reviews.void_batch(batch_id=first.pk, reason="时段填错", by=world.section)
    world.draw(seed="2")
    assert list(ReviewBatch.objects.order_by("pk").values_list("seed", "state")) == [("1", "void"), ("2", "drawn")]
    drawn = AuditEntry.objects.filter(action="legalaid.draw_reviews")
    assert [entry.after["种子"] for entry in drawn.order_by("pk")] == ["1", "2"]


def test_only_confirmed_batches_take_numbers_and_the_numbers_have_no_gap(world):
    world.case()
    world.draw()
    numbers = [world.batch(kind).number for kind in ("peer", "city_sample")]
    assert numbers == ["示援评〔2022〕001号", "示援评〔2022〕002号"]


def test_a_case_runs_in_one_batch_of_a_kind_at_a_time(world):
    world.case()
    early, late = world.draw(), world.draw()
    reviews.confirm_batch(batch_id=early.pk, by=world.section)
    refused(lambda: reviews.confirm_batch(batch_id=late.pk, by=world.section2), "正在另一批次")
    refused(lambda: world.draw(), "没有可以同行评估的归档案件")
    assert world.draw("admin_check").files.count() == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"first": date(2022, 7, 1)}, "早于"),
        ({"due_on": date(2022, 6, 30)}, "已经过去"),
        ({"first": date(2021, 1, 1), "last": date(2021, 3, 31)}, "没有可以同行评估的归档案件"),
    ],
)
def test_a_draw_that_makes_no_sense_is_refused(world, fields, told):
    world.case()
    refused(lambda: world.draw(**fields), told)
    assert not ReviewBatch.objects.exists()


def test_a_batch_of_a_time_before_any_rubric_is_refused(world, monkeypatch):
    world.case(archived_on="2021-05-01", **{name: "2021-01-04" for name in ("received_on", "approved_on", "assigned_on", "engaged_on", "concluded_on", "file_submitted_on", "file_accepted_on")})  # fmt: skip
    monkeypatch.setenv("TODAY", "2021-07-01")
    refused(lambda: world.draw(first=date(2021, 4, 1), last=date(2021, 6, 30), due_on=date(2021, 8, 1)), "没有适用于民事诉讼代理")


def test_criminal_files_are_scored_by_the_criminal_rubric_and_the_batch_keeps_both(world):
    world.case()
    world.case(type="criminal_defence")
    batch = world.batch()
    assert dict(batch.files.values_list("case__type", "rubric_code")) == {
        "civil_litigation": "civil",
        "criminal_defence": "criminal",
    }
    assert batch.rubric("criminal").sections[1][0] == "会见"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE legalaid_reviewbatch SET seed = '别的'",
        "UPDATE legalaid_reviewbatch SET frame = '[]'",
        "UPDATE legalaid_reviewbatch SET rubrics = '{}'",
        "DELETE FROM legalaid_reviewbatch",
        "UPDATE legalaid_sampledfile SET position = 9",
        "DELETE FROM legalaid_sampledfile",
    ],
)
def test_the_database_keeps_a_draw_as_it_was(world, statement):
    world.case()
    world.draw()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_lets_no_file_be_slipped_into_a_confirmed_batch(world):
    file = world.file()
    other = world.case()
    with pytest.raises(DatabaseError, match="不能增减案卷"), transaction.atomic():
        SampledFile.objects.create(batch=file.batch, case=other, kind="peer", position=2, stratum="", rubric_code="civil")


# --- reviewers


def test_experts_evaluate_and_officers_check(world):
    batch = world.batch("peer") if world.case() else None
    assert {user.username for user in reviews.candidates(batch, 1)} == {f"expert{n}" for n in range(1, 7)}
    check = world.batch("admin_check")
    assert {user.username for user in reviews.candidates(check, 1)} == {"section", "section2", "section3"}
    assert len(reviews.candidates(check, 2)) == 9


def test_an_expert_of_another_county_is_no_candidate(world):
    from organizations.models import Region

    elsewhere = Region.objects.create(level="county", name="邻县", parent=world.city)
    stranger = world.user(Role.EXPERT, "stranger", region=elsewhere)
    city_expert = world.user(Role.EXPERT, "city-expert", region=world.city)
    file = world.file()
    assert city_expert in reviews.candidates(file.batch, 1)
    refused(lambda: reviews.assign_reviewer(file_id=file.pk, reviewer_id=stranger.pk, by=world.section), "没有本轮评查的岗位")


def undertaker(world, case, expert):
    world.practitioner("承办乙", None, user=expert)
    Assignment.objects.filter(case=case).update(lawyer=expert.practitioner)
    AidCase.objects.filter(pk=case.pk).update(lawyer=expert.practitioner)


def colleague(world, case, expert):
    world.practitioner("同事", world.firm, user=expert)


def former_colleague(world, case, expert):
    """She left the firm after the case was assigned to it."""
    world.practitioner("旧同事", world.firm, user=expert, until="2022-03-01")


def post_at_the_firm(world, case, expert):
    Post.objects.filter(user=expert).update(organization=world.firm)


def assigner(world, case, expert):
    Assignment.objects.filter(case=case).update(assigned_by=expert)


def handler(world, case, expert):
    AidCase.objects.filter(pk=case.pk).update(handler=expert)


def replaced_undertaker(world, case, expert):
    """She was replaced in the middle of the case."""
    person = world.practitioner("前承办人", world.other_firm, user=expert)
    Assignment.objects.create(
        case=case, office=world.other_firm, lawyer=person, assigned_on="2022-01-07", assigned_by=world.centre2,
        assigned_at="2022-01-07T09:00+08:00", reason="轮到", ended_on="2022-02-01", end_reason="更换",
    )  # fmt: skip


CONCERNED = [undertaker, colleague, former_colleague, post_at_the_firm, assigner, handler, replaced_undertaker]


@pytest.mark.parametrize("how", CONCERNED, ids=lambda how: how.__name__)
def test_who_had_to_do_with_a_case_is_not_given_its_file(world, how):
    file = world.file()
    how(world, file.case, world.expert1)
    refused(lambda: world.seat(file, "expert1"), "应当回避")
    refused(
        lambda: reviews.assign_all(batch_id=file.batch_id, round_=1, reviewer_ids=[world.expert1.pk], by=world.section),
        "都要回避",
    )
    assert not FileReview.objects.exists()


@pytest.mark.parametrize("how", CONCERNED, ids=lambda how: how.__name__)
def test_the_database_gives_it_to_her_by_no_other_path(world, how):
    file = world.file()
    how(world, file.case, world.expert1)
    raw = """INSERT INTO legalaid_filereview (file_id, round, seat, reviewer_id, assigned_by_id, assigned_at, state, points, vetoes,
             opinion, grade, withdrawal_reason) VALUES (%s, 1, 1, %s, %s, now(), 'assigned', '{}', '{}', '', '', '')"""
    with pytest.raises(DatabaseError, match="应当回避"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(raw, [file.pk, world.expert1.pk, world.section.pk])
    (review,) = world.seat(file, "expert2")
    with pytest.raises(DatabaseError, match="应当回避"), transaction.atomic():
        FileReview.objects.filter(pk=review.pk).update(reviewer=world.expert1)
    FileReview.objects.filter(pk=review.pk).update(state="withdrawn", withdrawal_reason="换人")
    with pytest.raises(DatabaseError, match="应当回避"), transaction.atomic():
        FileReview.objects.filter(pk=review.pk).update(reviewer=world.expert1, state="assigned")


def test_who_left_the_firm_before_the_case_came_to_it_may_review(world):
    world.practitioner("旧同事", world.firm, user=world.expert1, until="2022-01-06")
    assert world.seat(world.file(), "expert1")


def test_who_joins_the_firm_after_she_was_given_the_file_cannot_submit(world):
    file = world.file()
    (review,) = world.seat(file, "expert1")
    world.practitioner("新同事", world.firm, user=world.expert1, since="2022-06-20")
    refused(lambda: world.submit(review), "应当回避，评查表没有提交")
    with pytest.raises(DatabaseError, match="应当回避"), transaction.atomic():
        FileReview.objects.filter(pk=review.pk).update(
            state="submitted", total=0, grade="fail", submitted_at="2022-07-01T09:00+08:00"
        )


def test_of_a_case_told_by_the_workbook_the_names_decide(world):
    case = world.case(is_history=True, undertaker="某某", undertaking_office="甲律师事务所", assigned=False)
    file = world.file(case)
    world.practitioner("某某", world.other_firm, user=world.expert1)
    world.practitioner("别人", world.firm, user=world.expert2)
    for login in ("expert1", "expert2"):
        refused(lambda login=login: world.seat(file, login), "应当回避")
        with pytest.raises(DatabaseError, match="应当回避"), transaction.atomic():
            FileReview.objects.create(file=file, round=1, seat=1, reviewer=world.people[login], assigned_by=world.section, assigned_at="2022-07-01T09:00+08:00")  # fmt: skip
    assert world.seat(file, "expert3")


def test_files_are_dealt_to_two_different_experts_each_and_evenly(world):
    for _ in range(6):
        world.case()
    batch = world.batch()
    chosen = [world.people[f"expert{n}"].pk for n in (1, 2, 3)]
    assert reviews.assign_all(batch_id=batch.pk, round_=1, reviewer_ids=chosen, by=world.section) == 12
    loads = [FileReview.objects.filter(reviewer=pk).count() for pk in chosen]
    assert loads == [4, 4, 4]
    assert all(len(set(file.reviews.values_list("reviewer", flat=True))) == 2 for file in batch.files.all())
    assert Notice.objects.filter(to=world.expert1).count() == 1
    refused(lambda: reviews.assign_all(batch_id=batch.pk, round_=1, reviewer_ids=chosen, by=world.section), "都已分配")


def test_dealing_leaves_out_the_firm_and_fills_what_is_free(world):
    mine = world.case()
    theirs = world.case(lawyer=world.practitioner("承办乙", world.other_firm), firm=world.other_firm)
    world.practitioner("甲所专家", world.firm, user=world.expert1)
    batch = world.batch()
    chosen = [world.expert1.pk, world.expert2.pk]
    assert reviews.assign_all(batch_id=batch.pk, round_=1, reviewer_ids=chosen, by=world.section) == 3
    given = {file.case: set(file.reviews.values_list("reviewer__username", flat=True)) for file in batch.files.all()}
    assert given == {mine: {"expert2"}, theirs: {"expert1", "expert2"}}


def test_an_administrative_check_has_one_reviewer(world):
    file = world.file(kind="admin_check")
    world.seat(file, "section2")
    refused(lambda: world.seat(file, "section3"), "已经齐了")


def test_a_reviewer_stands_aside_with_a_reason_and_another_takes_the_seat(world):
    file = world.file()
    (review,) = world.seat(file, "expert1")
    refused(lambda: reviews.withdraw_review(review_id=review.pk, reason="", by=world.expert1), "没有写原因")
    reviews.withdraw_review(review_id=review.pk, reason="与承办人有亲属关系", by=world.expert1)
    assert AuditEntry.objects.filter(action="legalaid.decline_review", reason="与承办人有亲属关系").exists()
    assert [each.seat for each in world.seat(file, "expert2", "expert3")] == [1, 2]
    refused(lambda: world.submit(review), "没有分配给您")


# --- sheets


def test_a_sheet_is_computed_here_and_final(world):
    file = world.file()
    (review,) = world.seat(file, "expert1")
    review = world.submit(review, 88)
    assert (review.total, review.grade) == (Decimal("88.00"), "good")
    refused(lambda: world.submit(review, 95), "已提交，不能再改")
    refused(lambda: reviews.withdraw_review(review_id=review.pk, reason="反悔", by=world.section), "不能收回")


@pytest.mark.parametrize(
    "change",
    ["total = 99", "opinion = '改'", "points = '{}'", "state = 'withdrawn', withdrawal_reason = '改'", "grade = 'good'"],
)
def test_the_database_keeps_a_submitted_sheet(world, change):
    (review,) = world.seat(world.file(), "expert1")
    world.submit(review)
    for statement in (f"UPDATE legalaid_filereview SET {change}", "DELETE FROM legalaid_filereview"):
        with pytest.raises(DatabaseError, match="不能修改或删除"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("total", "grade", "vetoes"), [("99", "excellent", "{}"), ("90", "excellent", "{took_money}"), ("101", "excellent", "{}")]
)
def test_the_database_takes_no_sheet_whose_total_or_grade_is_made_up(world, total, grade, vetoes):
    (review,) = world.seat(world.file(), "expert1")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            'UPDATE legalaid_filereview SET state = \'submitted\', points = \'{"a": "60", "b": 30}\', total = %s, grade = %s,'
            " vetoes = %s, submitted_at = now() WHERE id = %s",
            [total, grade, vetoes, review.pk],
        )


def test_a_sheet_with_gaps_is_not_taken_and_every_gap_is_named(world):
    (review,) = world.seat(world.file(), "expert1")
    typed = world.sheet(90) | {"appeared": "13", "told_outcome": ""}
    with pytest.raises(SheetRefused) as refusal:
        reviews.submit_sheet(review_id=review.pk, typed=typed, vetoes=[], opinion="", by=world.expert1)
    assert set(refusal.value.faults) == {"appeared", "told_outcome"}
    review.refresh_from_db()
    assert review.state == FileReview.State.ASSIGNED


@pytest.mark.parametrize(("total", "vetoes"), [(50, []), (95, ["took_money"])])
def test_a_fail_must_say_why(world, total, vetoes):
    (review,) = world.seat(world.file(), "expert1")
    with pytest.raises(SheetRefused) as refusal:
        world.submit(review, total, vetoes, opinion=" ")
    assert set(refusal.value.faults) == {"opinion"}
    assert world.submit(review, total, vetoes).grade == "fail"


def test_a_draft_is_kept_and_counts_for_nothing(world):
    (review,) = world.seat(world.file(), "expert1")
    reviews.save_sheet(
        review_id=review.pk, typed={"appeared": "7", "no_such": "1"}, vetoes=["x"], opinion="初步", by=world.expert1
    )
    review.refresh_from_db()
    assert (review.points["appeared"], review.vetoes, review.opinion, review.state) == ("7", [], "初步", "assigned")
    assert "no_such" not in review.points


def test_nobody_writes_on_the_sheet_of_another(world):
    first, _second = world.seat(world.file(), "expert1", "expert2")
    for by in (world.expert2, world.section):
        refused(
            lambda by=by: reviews.submit_sheet(review_id=first.pk, typed=world.sheet(), vetoes=[], opinion="", by=by),
            "没有分配给您",
        )


def test_an_expert_finds_her_own_sheets_only(world):
    first, second = world.seat(world.file(), "expert1", "expert2")
    assert list(FileReview.objects.visible_to(world.expert1)) == [first]
    assert list(FileReview.objects.visible_to(world.section)) == []
    assert not AidCase.objects.visible_to(world.expert1).exists()
    assert not ReviewBatch.objects.visible_to(world.expert1).exists()


# --- rounds


def test_the_last_sheet_of_a_round_brings_the_mean(world):
    file = world.file()
    first, second = world.seat(file, "expert1", "expert2")
    world.submit(first, 89)
    file.refresh_from_db()
    assert (file.state, file.total) == ("first", None)
    world.submit(second, 92)
    file.refresh_from_db()
    assert (file.state, file.total, file.grade) == ("scored", Decimal("90.50"), "excellent")


def test_a_fail_goes_to_two_others_and_their_votes_decide(world):
    file = world.scored(50, 80)
    assert (file.state, file.total, file.second_round_why) == ("second", None, "第一轮有人评为不合格")
    refused(lambda: world.seat(file, "expert1"), "已经评过")
    third, fourth = world.seat(file, "expert3", "section2")
    world.submit(third, 70)
    world.submit(fourth, 80)
    file.refresh_from_db()
    assert (file.state, file.total, file.grade) == ("scored", Decimal("75.00"), "good")


def test_first_round_reviewers_are_not_dealt_the_second_round(world):
    file = world.scored(50, 80)
    chosen = [world.expert1.pk, world.expert2.pk]
    refused(
        lambda: reviews.assign_all(batch_id=file.batch_id, round_=2, reviewer_ids=chosen, by=world.section), "没有可以分配的席位"
    )


def at_once(acts):
    gate = Barrier(len(acts))

    def run(act):
        try:
            gate.wait(timeout=30)
            return act()
        except ReviewRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_reviewers_who_submit_at_the_same_moment_bring_one_result(lasting_world):
    world = lasting_world
    for totals in ((88, 90), (50, 90)):
        file = world.file()
        pair = world.seat(file, "expert1", "expert2")
        outcomes = at_once(
            [
                lambda pk=review.pk, who=review.reviewer_id, total=total: reviews.submit_sheet(
                    review_id=pk, typed=world.sheet(total), vetoes=[], opinion="事实", by=User.objects.get(pk=who)
                )
                for review, total in zip(pair, totals, strict=True)
            ]
        )
        assert all(isinstance(outcome, FileReview) for outcome in outcomes)
        file.refresh_from_db()
        assert file.state == ("scored" if min(totals) >= 60 else "second")
        reviews_left = FileReview.objects.filter(file=file, state="assigned").count()
        assert reviews_left == 0


def test_one_sheet_submitted_in_two_windows_is_taken_once(lasting_world):
    world = lasting_world
    (review,) = world.seat(world.file(kind="admin_check"), "section2")
    outcomes = at_once(
        [
            lambda total=total: reviews.submit_sheet(
                review_id=review.pk, typed=world.sheet(total), vetoes=[], opinion="事实", by=User.objects.get(username="section2")
            )
            for total in (80, 90)
        ]
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["FileReview", "ReviewRefused"]
    assert AuditEntry.objects.filter(action="legalaid.submit_review").count() == 1


def test_two_officers_who_give_out_the_same_seats_give_each_once(lasting_world):
    world = lasting_world
    for _ in range(4):
        world.case()
    batch = world.batch()
    chosen = [world.people[f"expert{n}"].pk for n in (1, 2, 3, 4)]
    at_once(
        [
            lambda login=login: reviews.assign_all(
                batch_id=batch.pk, round_=1, reviewer_ids=chosen, by=User.objects.get(username=login)
            )
            for login in ("section", "section2")
        ]
    )
    assert FileReview.objects.standing().count() == 8


def test_two_officers_who_confirm_the_same_grades_move_each_case_once(lasting_world):
    world = lasting_world
    file = world.scored(80, 82)
    outcomes = at_once(
        [
            lambda login=login: reviews.decide_files(batch_id=file.batch_id, by=User.objects.get(username=login))
            for login in ("section", "section2")
        ]
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ReviewRefused", "list"]
    assert AidCase.objects.get(pk=file.case_id).events.filter(step="verify_quality").count() == 1


# --- what it means for the case


@pytest.mark.rule("Z-SUB-5")
def test_a_pass_verifies_the_archived_case_with_day_and_grade(world):
    file = world.decided(80, 82)
    case = AidCase.objects.get(pk=file.case_id)
    assert (case.state, case.quality_verified_on, case.quality_grade) == ("quality_passed", date(2022, 7, 1), "good")
    event = case.events.get(step="verify_quality")
    assert file.batch.number in event.reason and event.by == world.section
    assert not Rectification.objects.exists()


@pytest.mark.rule("Z-SUB-5")
def test_a_fail_leaves_the_case_archived_and_asks_for_mending(world):
    file = world.decided(50, 55)
    case = AidCase.objects.get(pk=file.case_id)
    assert (case.state, case.quality_grade) == ("archived", "fail")
    fix = Rectification.objects.get()
    assert (fix.due_on, fix.state) == (date(2022, 7, 31), "open")
    assert "写明了事实" in fix.problem
    assert "expert" not in fix.problem


def test_a_later_evaluation_that_fails_takes_the_verification_back(world):
    case = world.case(state="quality_passed", quality_verified_on="2022-05-12", quality_grade="good")
    file = world.batch("city_sample", only_unverified=False).files.get()
    for review in world.seat(file, "expert1", "expert2"):
        world.submit(review, 50)
    for review in world.seat(file, "expert3", "expert4"):
        world.submit(review, 50)
    reviews.decide_files(batch_id=file.batch_id, by=world.section)
    case.refresh_from_db()
    assert (case.state, case.quality_grade) == ("archived", "fail")


def test_a_later_evaluation_that_passes_leaves_the_verification_as_it_stands(world):
    case = world.case(state="quality_passed", quality_verified_on="2022-05-12", quality_grade="good")
    file = world.batch("peer", only_unverified=False).files.get()
    for review in world.seat(file, "expert1", "expert2"):
        world.submit(review, 95)
    reviews.decide_files(batch_id=file.batch_id, by=world.section)
    case.refresh_from_db()
    assert (case.state, case.quality_grade, case.quality_verified_on) == ("quality_passed", "good", date(2022, 5, 12))


def test_no_grade_is_confirmed_before_every_sheet_is_in(world):
    file = world.file()
    first, _second = world.seat(file, "expert1", "expert2")
    world.submit(first, 80)
    refused(lambda: reviews.decide_files(batch_id=file.batch_id, by=world.section), "没有待核定的案卷")
    refused(lambda: reviews.close_batch(batch_id=file.batch_id, by=world.section), "还有 1 份案卷没有核定")


def test_a_confirmed_grade_and_a_closed_batch_stay(world):
    file = world.decided(80, 82)
    reviews.close_batch(batch_id=file.batch_id, by=world.section)
    refused(lambda: reviews.void_batch(batch_id=file.batch_id, reason="反悔", by=world.section), "不能作废")
    for statement in ("UPDATE legalaid_sampledfile SET grade = 'excellent'", "UPDATE legalaid_reviewbatch SET state = 'open'"):
        with pytest.raises(DatabaseError, match="不能修改或删除"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_batch_with_a_submitted_sheet_is_not_made_void(world):
    file = world.file()
    first, second = world.seat(file, "expert1", "expert2")
    world.submit(first, 80)
    refused(lambda: reviews.void_batch(batch_id=file.batch_id, reason="重来", by=world.section), "已经有评查人提交")
    other = world.batch("admin_check")
    reviews.void_batch(batch_id=other.pk, reason="重来", by=world.section)
    assert set(other.files.values_list("state", flat=True)) == {"dropped"}


# --- rectification


def fix_of(world):
    world.decided(50, 55)
    return Rectification.objects.get()


def test_what_is_asked_for_is_done_with_proof_and_confirmed_by_another(world):
    fix = fix_of(world)
    refused(lambda: reviews.do_fix(fix_id=fix.pk, measure="补了", upload=None, by=world.centre), "没有上传证明材料")
    refused(lambda: reviews.do_fix(fix_id=fix.pk, measure="", upload=photo(), by=world.centre), "没有写整改措施")
    reviews.do_fix(fix_id=fix.pk, measure="补做约见笔录", upload=photo(), by=world.centre)
    refused(lambda: reviews.confirm_fix(fix_id=fix.pk, remark="", by=world.centre), "您的岗位不能复核")
    reviews.confirm_fix(fix_id=fix.pk, remark="已补", by=world.section)
    fix.refresh_from_db()
    assert (fix.state, fix.done_by, fix.confirmed_by) == ("confirmed", world.centre, world.section)


def test_who_mended_it_does_not_confirm_it_even_with_both_posts(world):
    fix = fix_of(world)
    both = world.user(Role.SECTION, "both")
    Post.objects.create(
        user=both, role=Role.CENTRE, region=world.county, since="2018-01-01", is_confirmed=True, entered_by=world.system
    )
    both = User.objects.get(pk=both.pk)
    reviews.do_fix(fix_id=fix.pk, measure="补了", upload=photo(), by=both)
    refused(lambda: reviews.confirm_fix(fix_id=fix.pk, remark="", by=both), "不能复核自己的整改")
    with pytest.raises(DatabaseError, match="rectification_confirmed_by_another"), transaction.atomic():
        Rectification.objects.update(state="confirmed", confirmed_by=both, confirmed_on="2022-07-02")


def test_a_fix_that_is_not_enough_goes_back_and_keeps_its_day(world):
    fix = fix_of(world)
    reviews.do_fix(fix_id=fix.pk, measure="补了", upload=photo(), by=world.centre)
    refused(lambda: reviews.send_back_fix(fix_id=fix.pk, remark="", by=world.section), "没有写退回理由")
    reviews.send_back_fix(fix_id=fix.pk, remark="笔录没有签名", by=world.section)
    fix.refresh_from_db()
    assert (fix.state, fix.proof, fix.due_on, fix.remark) == ("open", None, date(2022, 7, 31), "笔录没有签名")


def test_a_failed_file_is_evaluated_anew_once_it_is_mended_and_may_pass(world, monkeypatch):
    fix = fix_of(world)
    reviews.close_batch(batch_id=fix.file.batch_id, by=world.section)
    refused(lambda: world.draw("admin_check"), "没有可以行政评查的归档案件")
    reviews.do_fix(fix_id=fix.pk, measure="补做约见笔录", upload=photo(), by=world.centre)
    reviews.confirm_fix(fix_id=fix.pk, remark="", by=world.section)
    monkeypatch.setenv("TODAY", "2022-07-20")
    file = world.batch("admin_check").files.get()
    (review,) = world.seat(file, "section2")
    world.submit(review, 78)
    reviews.decide_files(batch_id=file.batch_id, by=world.section)
    case = AidCase.objects.get(pk=file.case_id)
    assert (case.state, case.quality_grade, case.quality_verified_on) == ("quality_passed", "good", date(2022, 7, 20))


def test_a_criminal_files_mending_is_for_those_who_handle_it(world):
    case = world.case(type="criminal_defence")
    file = world.file(case)
    for review in world.seat(
        file,
        "expert1",
        "expert2",
    ):
        reviews.submit_sheet(
            review_id=review.pk,
            typed=world.sheet(100, "criminal_defence"),
            vetoes=["never_met"],
            opinion="无会见笔录",
            by=review.reviewer,
        )
    for review in world.seat(file, "expert3", "expert4"):
        reviews.submit_sheet(
            review_id=review.pk,
            typed=world.sheet(100, "criminal_defence"),
            vetoes=["never_met"],
            opinion="无会见笔录",
            by=review.reviewer,
        )
    reviews.decide_files(batch_id=file.batch_id, by=world.section)
    fix = Rectification.objects.get()
    assert "没有会见（约见）受援人" in fix.problem
    assert not Rectification.objects.visible_to(world.centre2).exists()
    assert Rectification.objects.visible_to(world.centre).exists()
    refused(lambda: reviews.do_fix(fix_id=fix.pk, measure="补", upload=photo(), by=world.centre2), "由经办人或中心主任整改")


def test_the_section_may_ask_for_mending_of_a_file_that_passed(world):
    file = world.decided(80, 82)
    refused(lambda: reviews.open_fix(file_id=file.pk, problem="", due_on=date(2022, 7, 9), by=world.section), "没有写问题")
    refused(lambda: reviews.open_fix(file_id=file.pk, problem="缺备考表", due_on=date(2022, 6, 9), by=world.section), "已经过去")
    fix = reviews.open_fix(file_id=file.pk, problem="缺备考表", due_on=date(2022, 7, 9), by=world.section)
    assert not fix.is_late(date(2022, 7, 9)) and fix.is_late(date(2022, 7, 10))


@pytest.mark.parametrize("change", ["problem = '没事'", "due_on = '2023-01-01'"])
def test_the_database_keeps_what_was_asked_for_and_until_when(world, change):
    fix_of(world)
    with pytest.raises(DatabaseError, match="不能修改或删除"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE legalaid_rectification SET {change}")
