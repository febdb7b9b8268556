"""Assignment and replacement: who may, why, who was suggested, what clock runs; two at once. domain.md 3.1 A10, A13, A24; 3.2; 3.3 B3–B5."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, User
from common.encryption import keyed_index
from common.errors import Refused
from legalaid.models import AidCase, Assignment, CaseEvent, Specialty
from legalaid.services import assigning, undertaking
from legalaid.services.assigning import AssigningRefused
from legalaid.services.steps import StepRefused
from legalaid.services.undertaking import UndertakingRefused
from legalaid.todo import todo_items
from records.models import Notice
from tests.legalaid.undertaking_world import TODAY, UndertakingWorld

DAY = date(2022, 3, 6)


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


def assign(world, case, person=None, **fields):
    options = {"day": DAY, "reason": "轮到", "by": world.centre, **fields}
    return assigning.assign_case(case_id=case.pk, lawyer_id=(person or world.chen).pk, **options)


def due(case, code):
    return case.deadlines.filter(code=code).order_by("-pk").first()


# --- the suggestion


def test_everybody_of_the_county_is_ranked_with_load_share_and_last_assignment(world):
    world.assigned(world.chen)
    ranking = assigning.ranking_of(world.case())
    first, second = ranking.suitable
    assert (first.candidate.name, second.candidate.name) == ("王演示", "陈演示")
    assert (second.candidate.open_cases, second.candidate.share, second.candidate.last_assigned) == (1, 1, DAY)
    assert "在办 1 件" in [reason.words for reason in second.reasons]


def test_who_declined_was_not_assigned_and_loses_nothing_of_her_turn(world):
    case = world.assigned(world.chen, accepted=False)
    undertaking.decline_assignment(assignment_id=case.assignments.get().pk, by=world.chen.user, reason="病假")
    chen = assigning.ranking_of(world.case()).of(world.chen.pk).candidate
    assert (chen.share, chen.open_cases, chen.last_assigned) == (0, 0, None)


def test_people_of_other_counties_and_of_past_firms_are_not_there(world):
    region, _far = world.neighbour()
    elsewhere = world.person("外县律师", firm=world.organization("丙律师事务所", region=region))
    left = world.person("已经离开", until="2022-01-01")
    keys = {each.key for each in assigning.candidates_of(world.county, TODAY)}
    assert not {elsewhere.pk, left.pk} & keys
    refused("没有选择本县的承办人", lambda: assign(world, world.case(), elsewhere))


def test_ranking_a_county_costs_the_same_queries_for_two_people_and_for_eighteen(world):
    case = world.case()
    with CaptureQueriesContext(connection) as few:
        assigning.ranking_of(case)
    for number in range(16):
        world.person(f"另一位{number}")
    with CaptureQueriesContext(connection) as many:
        assigning.ranking_of(case)
    assert len(many) == len(few)


# --- the decision


def test_an_assignment_keeps_who_why_and_what_was_suggested_and_moves_the_case(world):
    case = world.case()
    row = assign(world, case, world.wang, reason="熟悉当地情况")
    case.refresh_from_db()
    assert (case.state, case.lawyer, case.office, case.undertaker, case.assigned_on) == (
        "assigned", world.wang, world.other_firm, "王演示", DAY,
    )  # fmt: skip
    assert row.reason == "熟悉当地情况" and row.assigned_by == world.centre
    assert [(each["name"], each["place"], each["chosen"]) for each in row.suggestions] == [
        ("王演示", 1, True), ("陈演示", 2, False),
    ]  # fmt: skip
    assert Notice.objects.filter(to=world.wang.user).exists()
    assert AuditEntry.objects.filter(action="legalaid.assign").exists()


def test_the_limit_of_the_assignment_is_met_and_that_of_the_engagement_begins(world):
    case = world.case()
    assign(world, case)
    assert due(case, "aid_assignment").met_on == DAY
    assert due(case, "engagement").due_on == date(2022, 3, 11)


def test_the_first_suggestion_needs_no_words_any_other_does(world):
    ranking = assigning.ranking_of(case := world.case(), DAY)
    first, second = (each.candidate.key for each in ranking.suitable)
    refused("请写明指派理由", lambda: assigning.assign_case(case_id=case.pk, lawyer_id=second, by=world.centre, day=DAY))
    row = assigning.assign_case(case_id=case.pk, lawyer_id=first, by=world.centre, day=DAY)
    assert row.reason.startswith("按推荐次序第 1 名")


def test_only_the_centre_assigns(world):
    for user in (world.director, world.section, world.chen.user):
        case = world.case()
        refused("您的岗位不能指派", lambda case=case, user=user: assign(world, case, by=user), StepRefused)


def test_a_case_is_assigned_once_and_not_before_its_grant(world):
    case = world.case()
    assign(world, case)
    refused("不能指派", lambda: assign(world, case, world.wang), StepRefused)
    early = world.case()
    refused("早于", lambda: assign(world, early, day=date(2022, 3, 3)), StepRefused)


def test_two_officers_with_the_same_page_open_do_not_overwrite_each_other(world):
    case = world.case()
    assign(world, case, version=case.version)
    refused("刚刚变动过", lambda: assign(world, case, world.wang, version=case.version), StepRefused)


# --- obstacles


def test_a_grassroots_worker_is_not_assigned_a_defence(world):
    worker = world.person("基层演示", kind="grassroots_worker")
    refused("须由律师承办", lambda: assign(world, world.case(state="notice_received"), worker))
    assert assign(world, world.case(), worker).lawyer == worker


def test_a_grave_case_asks_for_three_years_of_criminal_practice(world):
    case = world.case(state="notice_received", matter="c25_4")
    refused("三年以上", lambda: assign(world, case))
    world.good_at(world.chen, "criminal", "2019-03-07")
    refused("三年以上", lambda: assign(world, case))
    Specialty.objects.update(since="2019-03-06")
    assert assign(world, case).lawyer == world.chen


def test_the_lawyer_of_the_other_side_is_neither_suggested_nor_assigned(world):
    first = world.assigned(world.chen)
    second = world.case(opponent="赵对方", opponent_id_number=first.id_number, opponent_id_index=first.id_index)
    ranking = assigning.ranking_of(second)
    assert ranking.position(world.chen.pk) is None
    refused("承办过对方当事人的案件", lambda: assign(world, second, is_checked=True))


def test_the_other_side_is_found_from_its_side_too(world):
    opponent = world.id_number()
    world.assigned(world.chen, opponent="赵对方", opponent_id_number=opponent, opponent_id_index=keyed_index(opponent))
    own = world.case(id_number=opponent, id_index=keyed_index(opponent))
    refused("承办过对方当事人的案件", lambda: assign(world, own))


def test_co_defendants_of_one_notice_get_different_lawyers(world):
    first = world.assigned(world.chen, state="notice_received", notice_no="（2022）晋0525刑初7号")
    second = world.case(state="notice_received", notice_no=first.notice_no)
    refused("同案其他被告人", lambda: assign(world, second))
    assert assign(world, second, world.wang).lawyer == world.wang


def test_a_lawyer_does_not_undertake_her_own_matter(world):
    case = world.case(opponent_id_number=world.chen.id_number, opponent_id_index=world.chen.id_index)
    refused("本人是本案当事人", lambda: assign(world, case, is_checked=True))


def test_the_same_name_on_the_other_side_is_a_doubt_that_somebody_checks_and_that_stays(world):
    first = world.assigned(world.chen)
    second = world.case(opponent=f"某公司、{first.recipient}")
    assert assigning.ranking_of(second).position(world.chen.pk) is None
    error = refused("请勾选确认", lambda: assign(world, second))
    assert error.field == "is_checked"
    row = assign(world, second, reason="只有她有空", is_checked=True)
    assert "已核实" in row.reason and first.number in row.reason


def test_agency_staff_are_assigned_and_flagged_without_subsidy(world):
    staff = world.person(
        "机构演示", kind="agency_staff", qualification_no="A1", firm=world.organization("援助中心", "aid_centre")
    )
    case = world.case()
    assert assign(world, case, staff).is_agency_staff
    case.refresh_from_db()
    assert case.is_undertaken_by_agency


# --- accept and decline


def test_a_declined_case_goes_back_and_the_centre_has_five_days(world):
    case = world.assigned(world.chen, accepted=False)
    undertaking.decline_assignment(assignment_id=case.assignments.get().pk, by=world.chen.user, reason="与对方有亲属关系")
    case.refresh_from_db()
    assert (case.state, case.lawyer, case.undertaker) == ("assigned", None, "")
    row = case.assignments.get()
    assert row.ended_on == TODAY and "亲属关系" in row.end_reason
    assert due(case, "replacement_decision").due_on == date(2022, 6, 20)
    assert Notice.objects.filter(to=world.centre, text__contains="不接受").exists()
    assert case not in AidCase.objects.filter(lawyer=world.chen)


def test_nobody_accepts_or_declines_for_another(world):
    case = world.assigned(world.chen, accepted=False)
    row = case.assignments.get()
    for act in (undertaking.accept_assignment, lambda **k: undertaking.decline_assignment(reason="忙", **k)):
        refused("没有指派给您", lambda act=act: act(assignment_id=row.pk, by=world.wang.user))
    assert undertaking.accept_assignment(assignment_id=row.pk, by=world.centre).accepted_at  # noted for who has no login


def test_an_accepted_case_is_not_declined_any_more_nor_accepted_twice(world):
    case = world.assigned(world.chen)
    row = case.assignments.get()
    refused("申请更换", lambda: undertaking.decline_assignment(assignment_id=row.pk, by=world.chen.user, reason="忙"))
    refused("已经接受", lambda: undertaking.accept_assignment(assignment_id=row.pk, by=world.chen.user))
    assert CaseEvent.objects.filter(case=case, step="accept_assignment").count() == 1


def test_declining_says_why(world):
    row = world.assigned(accepted=False).assignments.get()
    refused("原因", lambda: undertaking.decline_assignment(assignment_id=row.pk, by=world.chen.user, reason=" "))


# --- replacement


def test_a_request_starts_the_five_days_once(world):
    case = world.under_way()
    ask = {"case_id": case.pk, "by": world.chen.user, "day": TODAY, "ground": "objective", "reason": "住院"}
    assigning.request_replacement(**ask)
    assert due(case, "replacement_decision").due_on == date(2022, 6, 20)
    waiting = [item for item in todo_items(world.centre) if case.number in item.detail]
    assert [item.url for item in waiting] == [reverse("case-assign", args=[case.pk])], "one thing to do stands there once"
    refused("已经提出更换", lambda: assigning.request_replacement(**ask))


def test_a_replacement_ends_the_old_assignment_clears_engagement_and_starts_the_five_days_anew(world):
    case = world.under_way()
    assigning.request_replacement(
        case_id=case.pk, by=world.centre, day=TODAY, ground="neglect", reason="两月不见面", asked_by="本人"
    )
    row = assigning.replace_undertaker(
        case_id=case.pk, lawyer_id=world.wang.pk, by=world.centre, day=TODAY, ground="neglect", reason="轮到"
    )
    case.refresh_from_db()
    assert (case.state, case.lawyer, case.assigned_on, case.engaged_on, case.first_met_on) == (
        "assigned",
        world.wang,
        TODAY,
        None,
        None,
    )
    old = case.assignments.exclude(pk=row.pk).get()
    assert old.ended_on == TODAY and "不依法履行职责" in old.end_reason
    assert due(case, "replacement_decision").met_on == TODAY
    assert due(case, "engagement").starts_on == TODAY and due(case, "engagement").met_on is None


def test_who_was_replaced_is_not_assigned_the_case_again(world):
    case = world.under_way()
    replace = {"case_id": case.pk, "by": world.centre, "day": TODAY, "ground": "client", "reason": "轮到"}
    assigning.replace_undertaker(lawyer_id=world.wang.pk, **replace)
    refused("本案已更换的承办人", lambda: assigning.replace_undertaker(lawyer_id=world.chen.pk, **replace))


def test_a_replacement_has_a_ground(world):
    case = world.under_way()
    refused("更换的理由", lambda: assigning.replace_undertaker(
        case_id=case.pk, lawyer_id=world.wang.pk, by=world.centre, day=TODAY, ground="", reason="轮到"))  # fmt: skip


def test_the_centre_may_say_no_with_a_reason_and_the_clock_stops(world):
    case = world.under_way()
    refused("没有待决定", lambda: assigning.keep_undertaker(case_id=case.pk, by=world.centre, day=TODAY, reason="依据不足"))
    assigning.request_replacement(case_id=case.pk, by=world.centre, day=TODAY, ground="neglect", reason="不满意")
    assigning.keep_undertaker(case_id=case.pk, by=world.centre, day=TODAY, reason="依据不足")
    case.refresh_from_db()
    assert (case.state, case.lawyer) == ("in_progress", world.chen)
    assert due(case, "replacement_decision").met_on == TODAY


# --- what only the database knows


def test_at_most_one_assignment_of_a_case_stands(world):
    case = world.assigned()
    again = {"case": case, "office": world.other_firm, "lawyer": world.wang, "assigned_on": TODAY, "assigned_by": world.centre,
                 "assigned_at": "2022-06-15T09:00+08:00", "reason": "又一人"}  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(**again)


# --- at once


def at_once(*acts):
    """Each act in its own thread and connection, let go together; what each gave or refused with."""
    gate = Barrier(len(acts))

    def run(act):
        gate.wait(timeout=10)
        try:
            return act()
        except Refused as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result(timeout=60) for future in [threads.submit(run, act) for act in acts]]


def test_one_accepts_while_the_centre_gives_the_case_to_another_and_only_one_order_of_things_remains(lasting_world):
    world = lasting_world
    case = world.assigned(world.chen, accepted=False)
    old = case.assignments.get()
    accepted, replaced = at_once(
        lambda: undertaking.accept_assignment(assignment_id=old.pk, by=User.objects.get(pk=world.chen.user_id)),
        lambda: assigning.replace_undertaker(
            case_id=case.pk,
            lawyer_id=world.wang.pk,
            by=User.objects.get(pk=world.centre.pk),
            day=TODAY,
            ground="other",
            reason="轮到",
        ),
    )
    case.refresh_from_db()
    assert isinstance(replaced, Assignment)
    standing = case.assignments.standing().get()
    assert standing.lawyer == world.wang == case.lawyer
    # Either she was first and then replaced, or she was told that it is another's now.
    assert isinstance(accepted, Assignment) or "王演示承办" in str(accepted)
    assert standing.accepted_at is None


def test_two_lawyers_who_press_accept_at_once_after_a_replacement_leave_one_undertaker(lasting_world):
    world = lasting_world
    case = world.assigned(world.chen, accepted=False)
    old = case.assignments.get()
    new = assigning.replace_undertaker(
        case_id=case.pk, lawyer_id=world.wang.pk, by=world.centre, day=TODAY, ground="other", reason="轮到"
    )
    first, second = at_once(
        lambda: undertaking.accept_assignment(assignment_id=old.pk, by=User.objects.get(pk=world.chen.user_id)),
        lambda: undertaking.accept_assignment(assignment_id=new.pk, by=User.objects.get(pk=world.wang.user_id)),
    )
    assert isinstance(first, UndertakingRefused) and isinstance(second, Assignment)
    assert list(case.assignments.exclude(accepted_at=None)) == [new]


def test_a_double_press_of_accept_is_one_event(lasting_world):
    world = lasting_world
    row = world.assigned(accepted=False).assignments.get()
    press = lambda: undertaking.accept_assignment(assignment_id=row.pk, by=User.objects.get(pk=world.chen.user_id))  # noqa: E731
    results = at_once(press, press)
    assert sorted(type(each).__name__ for each in results) == ["Assignment", "UndertakingRefused"]
    assert CaseEvent.objects.filter(step="accept_assignment").count() == 1


def test_two_officers_assign_at_once_and_one_of_them_is_told(lasting_world):
    world = lasting_world
    case = world.case()
    results = at_once(
        *(
            lambda person=person, by=by: assigning.assign_case(
                case_id=case.pk, lawyer_id=person.pk, by=User.objects.get(pk=by.pk), day=DAY, reason="轮到"
            )
            for person, by in ((world.chen, world.centre), (world.wang, world.centre2))
        )
    )
    assert sum(isinstance(each, Assignment) for each in results) == 1
    assert sum(isinstance(each, StepRefused | AssigningRefused) for each in results) == 1
    assert case.assignments.get().ended_on is None


# --- specialties


def test_specialties_are_dated_kept_and_audited(world):
    assigning.set_specialties(practitioner=world.chen, since={"criminal": date(2018, 5, 1), "labour": None}, by=world.centre)
    assert list(world.chen.specialties.values_list("field", "since")) == [("criminal", date(2018, 5, 1))]
    assigning.set_specialties(practitioner=world.chen, since={"criminal": None}, by=world.centre)
    assert not world.chen.specialties.exists()
    assert AuditEntry.objects.filter(action="legalaid.keep_specialties").count() == 2
    refused(
        "今天之后", lambda: assigning.set_specialties(practitioner=world.chen, since={"civil": date(2030, 1, 1)}, by=world.centre)
    )
