"""Every row of the table of steps: the right person takes it, the wrong one and the wrong state are refused, with days and limits."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import transaction

from accounts.models import AuditEntry
from accounts.policy import Role
from legalaid.models import AidCase, CaseDeadline, CaseEvent, Objection
from legalaid.rules.procedure import STEPS, State
from legalaid.services import deadlines
from legalaid.services.steps import StepRefused, lock_case, move_case, open_case, steps_for, take_back, take_step
from organizations.models import Region
from programmes.models import DeadlineRule
from tests.legalaid.steps_world import TODAY, ground, one_test

# What is said with a step that asks for something.
SAID = {
    "ask_supplement": {"facts": {"items": ["工资记录"], "due_on": date(2022, 10, 12)}},
    "supply": {"facts": {"items": ["工资记录"]}},
    "redirect": {"facts": {"ground": "litigation", "agency": "高平市法律援助中心"}},
    "return_notice": {"facts": {"ground": "litigation", "agency": "高平市法律援助中心"}},
    "cooperate": {"facts": {"agency": "高平市法律援助中心", "items": ["核实工资"]}},
    "grant_pre_aid": {"facts": {"ground": "near_limit", "limit_ends_on": date(2022, 10, 1)}, "is_pre_aid": True},
    "refuse": {"facts": {"tells_objection": True}, "refusal_ground": "not_in_scope", "reason": "申请事项不在范围内"},
    "withdraw": {"reason": "本人当面撤回"},
    "ask_organ": {"facts": {"items": ["起诉书副本"]}},
    "decline": {"reason": "本人另行委托"},
    "terminate": {"facts": {"grounds": ["asked"], "tells_objection": True}, "reason": "受援人要求终止"},
}
# Guarded by rows of other rooms as well, and tried there.
ELSEWHERE = {"archive", "archive_terminated", "verify_quality", "fail_quality", "revoke_quality"}
HOLDERS = {
    "legalaid.handle_case": "centre",
    "legalaid.decide_case": "director",
    "legalaid.undertake_case": "lawyer",
    "legalaid.hand_in_application": "centre",
}
ROWS = [(code, since) for code, step in STEPS.items() for since in step.since if since and code not in ELSEWHERE]


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with ground(django_db_blocker) as world:
        yield world


@pytest.fixture
def world(made):
    with one_test(made):
        yield made


def ready(world, code, since):
    """A case in which the step may be taken."""
    step = STEPS[code]
    facts = {"source": step.source} if step.source and since == "assigned" else {}
    case = world.case(since, is_pre_aid=code == "complete_pre_aid", **facts)
    if code.startswith("correct_"):
        about = "refusal" if since == "refused" else "termination"
        if code == "correct_termination_early":
            AidCase.objects.filter(pk=case.pk).update(engaged_on=None, first_met_on=None)
            case.refresh_from_db()
        Objection.objects.create(
            case=case, about=about, decided_on_then=date(2022, 3, 4), filed_on=date(2022, 3, 10), filed_by="样某某", way="post",
            content="不服", recorded_by=world.centre, recorded_at="2022-03-10T00:00Z", state="decided", decision="order_correction",
            reason="应当给予", decided_by=world.leader, decided_on=date(2022, 3, 12),
        )  # fmt: skip
    if code == "deem_withdrawn":
        CaseEvent.objects.create(
            case=case, step="ask_supplement", words="补正", to_state="need_supplement", day=date(2022, 3, 2), by=world.centre,
            at="2022-03-02T00:00Z",
        )  # fmt: skip
        deadlines.start(case, "supplement", date(2022, 3, 2))
    return case


@pytest.mark.parametrize(("code", "since"), ROWS)
def test_who_may_takes_the_step_and_it_is_told(world, code, since):
    case, step = ready(world, code, since), STEPS[code]
    by = getattr(world, HOLDERS[step.actions[0]])
    event = take_step(case.pk, code, version=case.version, by=by, day=TODAY, **SAID.get(code, {}))
    case.refresh_from_db()
    assert case.state == (step.to or since)
    assert case.version == 2
    assert (event.from_state, event.to_state, event.step, event.by) == (since, case.state, code, by)
    assert not step.sets or getattr(case, step.sets) == TODAY
    entry = AuditEntry.objects.get(action=f"legalaid.{code}", object_id=str(case.pk))
    assert entry.actor == by
    assert entry.after["步骤"] == step.words


@pytest.mark.parametrize(("code", "since"), ROWS)
def test_who_may_not_is_refused_and_nothing_moves(world, code, since):
    case, step = ready(world, code, since), STEPS[code]
    for by in (world.section, world.leader, world.nobody, world.expert):
        with pytest.raises(StepRefused, match="岗位不能"):
            take_step(case.pk, code, version=None, by=by, day=TODAY, **SAID.get(code, {}))
    if "legalaid.decide_case" in step.actions:
        with pytest.raises(StepRefused, match="岗位不能"):
            take_step(case.pk, code, version=None, by=world.centre, day=TODAY, **SAID.get(code, {}))
    elif "legalaid.handle_case" in step.actions:
        with pytest.raises(StepRefused, match="岗位不能"):
            take_step(case.pk, code, version=None, by=world.director, day=TODAY, **SAID.get(code, {}))
    case.refresh_from_db()
    assert (case.state, case.version) == (since, 1)
    assert not case.events.exclude(step="ask_supplement").exists()


@pytest.mark.parametrize("code", [code for code, step in STEPS.items() if step.since != ("",)])
def test_from_every_other_state_the_step_is_refused(world, code):
    step = STEPS[code]
    case = world.case("received")
    by = getattr(world, HOLDERS.get(step.actions[0], "section"))
    for state in set(State.WORDS) - set(step.since):
        case.state = state
        with pytest.raises(StepRefused, match="不能"):
            move_case(case, code, by=by, day=TODAY, **SAID.get(code, {}))


def test_another_lawyer_may_not_take_the_undertakers_step(world):
    other = world.user("lawyer2", Role.LAWYER)
    case = world.case("engaged")
    with pytest.raises(StepRefused, match="由王假设承办"):
        take_step(case.pk, "begin", version=1, by=other, day=TODAY)
    assert [step.code for step in steps_for(case, other)] == []


def test_who_does_not_see_a_case_takes_no_step_of_it(world):
    sensitive = world.case("notice_received", handler=world.centre)
    with pytest.raises(StepRefused, match="不在您经办的范围内"):
        take_step(sensitive.pk, "ask_organ", version=1, by=world.centre2, day=TODAY, **SAID["ask_organ"])
    next_county = Region.objects.create(level="county", name="邻县", parent=world.county.parent, code="140598")
    stranger = world.user("director-next", Role.DIRECTOR, region=next_county)
    with pytest.raises(StepRefused, match="不在您经办的范围内"):
        take_step(world.case("under_review").pk, "grant", version=1, by=stranger, day=TODAY)


def test_the_first_officer_becomes_the_handler(world):
    case = world.case("received", handler=None)
    take_step(case.pk, "accept", version=1, by=world.centre2, day=TODAY)
    case.refresh_from_db()
    assert case.handler == world.centre2


# --- days -------------------------------------------------------------------------------------------------------------


def test_a_step_is_not_taken_tomorrow(world):
    with pytest.raises(StepRefused, match="在今天之后"):
        take_step(world.case("received").pk, "accept", version=1, by=world.centre, day=TODAY + timedelta(days=1))


def test_a_decision_is_not_older_than_the_acceptance(world):
    case = world.case("under_review", accepted_on=date(2022, 3, 10))
    with pytest.raises(StepRefused, match="批准日期 2022-03-05 早于受理日期 2022-03-10") as refused:
        take_step(case.pk, "grant", version=1, by=world.director, day=date(2022, 3, 5))
    assert refused.value.field == "day"


def test_a_step_is_not_older_than_the_step_before(world):
    case = world.case("accepted")
    take_step(case.pk, "review", version=1, by=world.centre, day=date(2022, 9, 20))
    with pytest.raises(StepRefused, match="早于上一步的日期 2022-09-20"):
        take_step(case.pk, "cooperate", version=2, by=world.centre, day=date(2022, 9, 19), **SAID["cooperate"])


def test_history_is_bound_by_no_order_of_days_and_no_papers(world):
    case = world.case("under_review", is_history=True, files=(), accepted_on=date(2022, 9, 1))
    take_step(case.pk, "grant", version=1, by=world.director, day=date(2022, 3, 5))
    case.refresh_from_db()
    assert case.state == "granted"


# --- two at once ------------------------------------------------------------------------------------------------------


def test_the_second_of_two_officers_reads_who_was_first(world):
    case = world.case("received")
    take_step(case.pk, "accept", version=1, by=world.centre, day=TODAY)
    with pytest.raises(StepRefused, match="援助中心经办示例已经受理.*现在是“已受理”：请刷新页面"):
        take_step(case.pk, "withdraw", version=1, by=world.centre2, day=TODAY, reason="本人撤回")


def test_who_moves_an_old_copy_without_the_lock_loses_as_well(world):
    case = world.case("received")
    copy = AidCase.objects.get(pk=case.pk)
    move_case(case, "accept", by=world.centre, day=TODAY)
    with pytest.raises(StepRefused, match="刚刚变动过"), transaction.atomic():
        move_case(copy, "withdraw", by=world.centre2, day=TODAY, reason="本人撤回")
    assert AidCase.objects.get(pk=case.pk).state == "accepted"


# --- taking back a slip -----------------------------------------------------------------------------------------------


def test_a_slip_is_taken_back_with_its_date_and_its_limits(world):
    case = world.case("under_review")
    decision = deadlines.start(case, "aid_decision", date(2022, 9, 22))
    take_step(case.pk, "grant", version=1, by=world.director, day=TODAY)
    decision.refresh_from_db()
    assert decision.met_on == TODAY
    assert case.deadlines.filter(code="aid_assignment").exists()
    with transaction.atomic():
        event = take_back(lock_case(case.pk, 2), by=world.director, reason="点错了案件")
    case.refresh_from_db()
    decision.refresh_from_db()
    assert (case.state, case.approved_on, case.version) == ("under_review", None, 3)
    assert decision.met_on is None
    assert not case.deadlines.filter(code="aid_assignment").exists()
    assert (event.step, event.words, event.reason) == ("take_back", "撤回“决定给予法律援助”", "点错了案件")
    assert [each.step for each in case.events.all()] == ["grant", "take_back"]


def test_a_suspended_limit_runs_again_when_the_slip_is_taken_back(world):
    case = world.case("received")
    limit = deadlines.start(case, "aid_decision", date(2022, 9, 22))
    take_step(case.pk, "ask_supplement", version=1, by=world.centre, day=TODAY, **SAID["ask_supplement"])
    limit.refresh_from_db()
    assert limit.suspended_since == TODAY
    take_back(lock_case(case.pk), by=world.centre, reason="还没有通知")
    limit.refresh_from_db()
    assert limit.suspended_since is None
    # The notice that was taken back does not count as the only one.
    take_step(case.pk, "ask_supplement", version=3, by=world.centre, day=TODAY, **SAID["ask_supplement"])


def test_only_who_took_it_takes_it_back_and_only_for_ten_minutes(world):
    case = world.case("received")
    take_step(case.pk, "accept", version=1, by=world.centre, day=TODAY)
    with pytest.raises(StepRefused, match="只能由本人撤回"):
        take_back(lock_case(case.pk), by=world.centre2, reason="不是我办的")
    with pytest.raises(StepRefused, match="没有写明撤回的原因"):
        take_back(lock_case(case.pk), by=world.centre, reason=" ")
    with time_machine.travel("2022-09-26 12:10:01+08:00", tick=False), pytest.raises(StepRefused, match="超过 10 分钟"):
        take_back(lock_case(case.pk), by=world.centre, reason="太晚")
    with time_machine.travel("2022-09-26 12:09:59+08:00", tick=False):
        take_back(lock_case(case.pk), by=world.centre, reason="点错")


def test_a_step_is_not_taken_back_after_the_next_one(world):
    case = world.case("received")
    take_step(case.pk, "accept", version=1, by=world.centre, day=TODAY)
    take_step(case.pk, "review", version=2, by=world.centre, day=TODAY)
    take_back(lock_case(case.pk), by=world.centre, reason="点错")
    with pytest.raises(StepRefused, match="上一步不能撤回"):
        take_back(lock_case(case.pk), by=world.centre, reason="再退一步")


def test_an_assignment_is_replaced_and_not_taken_back(world):
    case = world.case("granted")
    take_step(case.pk, "assign", version=1, by=world.centre, day=TODAY)
    with pytest.raises(StepRefused, match="不能撤回"):
        take_back(lock_case(case.pk), by=world.centre, reason="派错了")


# --- opening ----------------------------------------------------------------------------------------------------------


def test_a_new_case_begins_with_a_first_step_and_is_found_by_its_keys(world):
    case = AidCase(
        county=world.county, number="泽援〔2022〕900号", recipient="张虚构", id_number="140525198506150025", type="civil_litigation",
        source="application", stage="first_instance", cause="追索劳动报酬", basis="laf_31", hardship="exempt",
        primary_group="migrant_worker",
    )  # fmt: skip
    event = open_case(case, "receive", by=world.centre, day=TODAY)
    assert (event.from_state, event.to_state, case.received_on) == ("", "received", TODAY)
    assert case.deadlines.get(code="aid_decision").due_on == date(2022, 10, 8)
    for text in ("张虚构", "zxg", "0025", "140525198506150025", "900号"):
        assert AidCase.objects.matching(text).get() == case, text
    assert not AidCase.objects.matching("0026").exists()
    with pytest.raises(StepRefused, match="不能从“受理”开始"):
        open_case(AidCase(), "accept", by=world.centre, day=TODAY)


def test_a_personal_number_in_the_reason_is_masked_in_the_event(world):
    case = world.case("received")
    event = take_step(case.pk, "withdraw", version=1, by=world.centre, day=TODAY, reason="本人身份证 140525198506150025 当面撤回")
    assert "140***********0025" in event.reason
    assert "140525198506150025" not in event.reason


def test_every_limit_the_table_names_has_a_rule_in_the_plan(world):
    named = {code for step in STEPS.values() for code in (*step.starts, *step.meets)}
    missing = {code for code in named if not DeadlineRule.objects.filter(code=code).exists()}
    assert missing == set()


def test_ending_a_case_ends_its_limits(world):
    case = world.case("received")
    deadlines.start(case, "aid_decision", date(2022, 9, 22))
    take_step(case.pk, "withdraw", version=1, by=world.centre, day=TODAY, reason="本人撤回")
    assert CaseDeadline.objects.get(case=case).dropped_on == TODAY


def test_a_personal_number_typed_with_a_step_stays_nowhere(world):
    """Neither in a list of items, nor in the ground that becomes a column, nor in the audit entry that is kept for ever."""
    number = "140525198506150025"
    case = world.case("received")
    said = {"items": [f"身份证 {number} 复印件"], "due_on": date(2022, 10, 10)}
    event = take_step(case.pk, "ask_supplement", version=1, by=world.centre, day=TODAY, reason="缺" * 285 + number, facts=said)
    assert number not in str(event.facts) and "140***********0025" in event.facts["items"][0]
    entry = AuditEntry.objects.filter(action="legalaid.ask_supplement", object_id=str(case.pk)).get()
    assert "1405" not in entry.reason  # nor half a number where a long reason is cut
    case = world.case("under_review")
    take_step(case.pk, "grant", version=1, by=world.director, day=TODAY, hardship="exempt", hardship_ground=f"低保证 {number}")
    case.refresh_from_db()
    assert number not in case.hardship_ground
