"""Time limits of a case: the vectors of domain.md 9.4, suspension, hours, the board, the daily digest."""

import datetime
from datetime import date

import pytest
import time_machine
from django.test import Client

from desk.services.due import run_due
from legalaid.models import AidCase, CaseDeadline
from legalaid.services import deadlines
from legalaid.services.deadline_board import board_of, limits_in_words, urgent_for, waiting_for
from legalaid.services.steps import open_case, take_step
from records.models import Notice
from tests.legalaid.steps_world import TODAY, ground, one_test


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with ground(django_db_blocker) as world:
        yield world


@pytest.fixture
def world(made):
    with one_test(made):
        yield made


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2022, 3, 1), date(2022, 3, 8)),
        (date(2022, 1, 25), date(2022, 2, 7)),  # the seventh day is new year's day
        (date(2022, 9, 26), date(2022, 10, 8)),  # rolls to a make-up Saturday
    ],
)
def test_an_application_is_decided_in_seven_days_rolled_over_holidays(world, day, due):
    with time_machine.travel(f"{day} 09:00+08:00", tick=False):
        case = AidCase(
            county=world.county, number=f"期限{day}", recipient="样某", id_number="140525198506150025", type="civil_litigation",
            source="application", stage="first_instance", cause="劳动报酬", basis="laf_31", hardship="exempt", primary_group="farmer",
        )  # fmt: skip
        open_case(case, "receive", by=world.centre, day=day)
    limit = case.deadlines.get(code="aid_decision")
    assert (limit.starts_on, limit.due_on) == (day, due)
    assert "第四十三条" in limit.rule.law


def test_an_assignment_is_due_three_days_after_the_decision_rolled_over_may_day(world):
    case = world.case("under_review", received_on=date(2022, 4, 20), accepted_on=date(2022, 4, 20))
    take_step(case.pk, "grant", version=1, by=world.director, day=date(2022, 4, 28))
    assert case.deadlines.get(code="aid_assignment").due_on == date(2022, 5, 5)


def test_days_of_supplementing_do_not_count(world):
    """1 March + 7 = 8 March; asked on the 3rd, supplied on the 8th: five days do not count, so 13 March, a Sunday, so the 14th."""
    case = world.case("received")
    deadlines.start(case, "aid_decision", date(2022, 3, 1))
    said = {"items": ["户口簿"], "due_on": date(2022, 3, 18)}
    take_step(case.pk, "ask_supplement", version=1, by=world.centre, day=date(2022, 3, 3), facts=said)
    limit = case.deadlines.get(code="aid_decision")
    assert limit.suspended_since == date(2022, 3, 3)
    assert not CaseDeadline.objects.running().filter(pk=limit.pk).exists()
    assert case.deadlines.get(code="supplement").due_on == date(2022, 3, 18)
    take_step(case.pk, "supply", version=2, by=world.centre, day=date(2022, 3, 8), facts={"items": ["户口簿"]})
    limit.refresh_from_db()
    assert (limit.suspended_days, limit.suspended_since, limit.due_on) == (5, None, date(2022, 3, 14))
    assert case.deadlines.get(code="supplement").met_on == date(2022, 3, 8)


def test_two_suspensions_add_up(world):
    case = world.case("under_review")
    deadlines.start(case, "aid_decision", date(2022, 3, 1))
    cooperate = {"agency": "高平市法律援助中心", "items": ["工资"]}
    take_step(case.pk, "cooperate", version=1, by=world.centre, day=date(2022, 3, 2), facts=cooperate)
    take_step(case.pk, "resume_review", version=2, by=world.centre, day=date(2022, 3, 4))
    take_step(case.pk, "cooperate", version=3, by=world.centre, day=date(2022, 3, 5), facts=cooperate)
    take_step(case.pk, "resume_review", version=4, by=world.centre, day=date(2022, 3, 10))
    limit = case.deadlines.get(code="aid_decision")
    assert (limit.suspended_days, limit.due_on) == (7, date(2022, 3, 15))


def test_twenty_four_hours_run_through_a_holiday(world):
    case = world.case("registered")
    moment = datetime.datetime.fromisoformat("2022-09-30 15:30+08:00")
    limit = deadlines.start_at(case, "application_transfer", moment)
    assert limit.due_at == datetime.datetime.fromisoformat("2022-10-01 15:30+08:00")
    assert (limit.starts_on, limit.due_on) == (date(2022, 9, 30), date(2022, 10, 1))
    with pytest.raises(ValueError, match="start_at"):
        deadlines.start(case, "application_transfer", TODAY)


def test_a_limit_that_runs_is_not_begun_again(world):
    case = world.case("received")
    deadlines.start(case, "aid_decision", date(2022, 9, 20))
    take_step(case.pk, "accept", version=1, by=world.centre, day=TODAY)
    assert case.deadlines.get(code="aid_decision").starts_on == date(2022, 9, 20)


def test_a_limit_met_late_says_by_how_many_days(world):
    case = world.case("under_review")
    deadlines.start(case, "aid_decision", date(2022, 3, 1))
    take_step(case.pk, "grant", version=1, by=world.director, day=date(2022, 3, 11))
    assert case.deadlines.get(code="aid_decision").late_days(TODAY) == 3


# --- the board --------------------------------------------------------------------------------------------------------


def laid(world, **limits):
    """Cases with one limit each, due on the given day."""
    found = {}
    for name, (code, due, facts) in limits.items():
        case = world.case(facts.pop("state", "received"), **facts)
        limit = deadlines.start(case, code, date(2022, 9, 1))
        CaseDeadline.objects.filter(pk=limit.pk).update(due_on=due)
        found[name] = limit.pk
    return found


def by_group(user, **said):
    return {group.code: {row.pk for row in group.rows} for group in board_of(user, **said)}


@pytest.fixture
def board(world):
    return laid(
        world,
        late=("file_review", date(2022, 9, 25), {"state": "file_submitted"}),
        today=("aid_assignment", date(2022, 9, 26), {"state": "granted"}),
        week=("aid_assignment", date(2022, 10, 3), {"state": "granted"}),
        later=("aid_assignment", date(2022, 10, 4), {"state": "granted"}),
        over=("supplement", date(2022, 9, 25), {"state": "need_supplement"}),
        lapsed=("objection_filing", date(2022, 9, 25), {"state": "refused"}),
        colleague=("aid_assignment", date(2022, 9, 20), {"state": "granted", "handler": world.centre2}),
        lawyers=("file_submission", date(2022, 9, 20), {"state": "concluded"}),
    )


def test_the_board_sorts_limits_by_what_is_left(world, board):
    groups = by_group(world.director)
    assert groups["overdue"] == {board["late"], board["colleague"], board["lawyers"]}
    assert groups["soon"] == {board["today"], board["week"]}
    assert groups["later"] == {board["later"]}
    assert groups["over"] == {board["over"]}
    assert groups["suspended"] == set()


def test_an_applicants_lapsed_right_is_nobodys_overdue_work(world, board):
    assert board["lapsed"] not in {pk for group in by_group(world.director).values() for pk in group}


def test_the_board_of_one_officer(world, board):
    assert by_group(world.director, handler=world.centre2)["overdue"] == {board["colleague"]}
    assert by_group(world.director, code="file_review")["overdue"] == {board["late"]}


def test_each_limit_waits_for_who_keeps_it(world, board):
    assert board["colleague"] not in set(waiting_for(world.centre).values_list("pk", flat=True))
    assert set(urgent_for(world.centre, TODAY).values_list("pk", flat=True)) == {
        board["late"], board["today"], board["week"], board["over"],
    }  # fmt: skip
    assert set(waiting_for(world.lawyer).values_list("pk", flat=True)) == {board["lawyers"]}
    assert not waiting_for(world.director).exists()
    assert not waiting_for(world.section).exists()


def test_a_suspended_limit_is_shown_apart_and_hurries_nobody(world):
    laid(world, one=("aid_decision", date(2022, 9, 20), {"state": "cooperating"}))
    limit = CaseDeadline.objects.get(code="aid_decision", case__state="cooperating")
    limit.suspended_since = date(2022, 9, 10)
    limit.save()
    groups = by_group(world.director)
    assert groups["suspended"] == {limit.pk}
    assert groups["overdue"] == set()


def queries_of_board(world, django_assert_max_num_queries, count):
    client = Client()
    client.force_login(world.director)
    with django_assert_max_num_queries(count):
        assert client.get("/cases/deadlines/").status_code == 200


def test_the_board_asks_no_more_with_more_limits(world, board, django_assert_max_num_queries):
    queries_of_board(world, django_assert_max_num_queries, 30)
    laid(world, **{f"n{number}": ("aid_assignment", date(2022, 9, 28), {"state": "granted"}) for number in range(25)})
    queries_of_board(world, django_assert_max_num_queries, 30)


def test_the_board_is_exported(world, board):
    client = Client()
    client.force_login(world.director)
    response = client.get("/cases/deadlines/export/?code=file_review")
    assert response.status_code == 200
    assert response["Content-Type"].endswith("sheet")


# --- the daily notice -------------------------------------------------------------------------------------------------


def test_the_limits_of_each_person_in_one_line(world, board):
    told = {user.username: limits_in_words(user, TODAY) for user in (world.centre, world.centre2, world.lawyer, world.section)}
    assert told == {
        "centre": "已逾期 1 项，今天到期 1 项，7日内到期 1 项，当事人期限届满 1 项",
        "centre2": "已逾期 1 项",
        "lawyer": "已逾期 1 项",
        "section": "",
    }


def test_the_limits_stand_in_the_one_notice_of_the_day(world, board):
    assert run_due()["digests"] >= 3
    mine = Notice.objects.get(to__username="centre", kind="digest")
    assert "案件期限：已逾期 1 项，今天到期 1 项" in mine.text and mine.url == "/todo/"
    assert run_due()["digests"] == 0


def test_todo_rows_name_the_limits_first_due_first(world, board):
    from legalaid.todo.steps import todo_items

    rows = list(todo_items(world.centre))
    # The late file review is not among them: it stands in the row of the files to review, once.
    assert [row.due_on for row in rows] == [date(2022, 9, 25), date(2022, 9, 26), date(2022, 10, 3)]
    assert "期满未补正的，可以按撤回申请处理" in {row.title for row in rows}
    opened = {row.title: row.url.strip("/").split("/")[-1] for row in rows}
    assert opened["指派法律援助人员"] == "assign", "one form meets it, so that form opens"
    assert opened["期满未补正的，可以按撤回申请处理"].isdigit(), "what may be done in several ways opens the case"


def test_the_director_is_shown_what_waits_for_a_decision(world):
    from legalaid.todo.steps import todo_items

    case = world.case("under_review")
    deadlines.start(case, "aid_decision", date(2022, 9, 22))
    (row,) = todo_items(world.director)
    assert (row.title, row.due_on) == ("审查决定：是否给予法律援助", date(2022, 9, 29))
    assert list(todo_items(world.leader)) == []
