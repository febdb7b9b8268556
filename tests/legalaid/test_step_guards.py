"""What must be there before a step, and what the database itself refuses whoever asks."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import audit
from legalaid.models import AidCase, CaseEvent
from legalaid.rules import guards
from legalaid.rules.guards import CaseFacts, lacking, possible_modes, standing_lacks
from legalaid.rules.procedure import STEPS, pairs
from legalaid.services.steps import StepRefused, move_case, take_step
from tests.legalaid.steps_world import COMPLETE, TODAY, ground, one_test

DAY = date(2022, 9, 26)


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with ground(django_db_blocker) as world:
        yield world


@pytest.fixture
def world(made):
    with one_test(made):
        yield made


def facts(**given):
    told = {
        "state": "under_review", "source": "application", "matter": "m05", "hardship": "exempt", "hardship_ground": "农民工",
        "groups": ("migrant_worker",), "files": frozenset(COMPLETE),
    }  # fmt: skip
    return CaseFacts(**{**told, **given})


def words(code, case, said=None, day=DAY):
    return [lack.words for lack in lacking(code, case, said or {}, day)]


# --- the decision -----------------------------------------------------------------------------------------------------


def test_a_complete_application_may_be_granted():
    assert words("grant", facts()) == []


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ("hardship_proof", None),
        ("group_proof", "缺农民工的证明"),
        ("review_sheet", "缺法律援助审查表"),
    ],
)
def test_a_grant_names_the_paper_that_lacks(without, said):
    files = frozenset(each for each in COMPLETE if each[0] != without)
    found = words("grant", facts(files=files))
    # The proof of the group proves the exemption too, where one is there.
    assert (found == []) if said is None else (len(found) == 1 and said in found[0])


def test_an_exempt_case_without_any_proof_is_not_granted():
    files = frozenset({("identity", ""), ("review_sheet", "")})
    found = words("grant", facts(groups=("elderly",), matter="m04", files=files))
    assert found == ["缺免予核查、不受经济困难条件限制的证明或者特殊群体证明：请上传或者登记纸质原件。"]


def test_each_of_several_groups_has_its_own_proof():
    found = words("grant", facts(groups=("migrant_worker", "disabled", "woman")))
    assert len(found) == 1
    assert "缺残疾人的证明（残疾人证）" in found[0]


def test_the_identity_card_proves_age_and_sex():
    case = facts(
        groups=("elderly", "woman"),
        matter="m04",
        files=frozenset({("identity", ""), ("hardship_proof", ""), ("review_sheet", "")}),
    )
    assert words("grant", case) == []


@pytest.mark.rule("Z-CASE-7")
@pytest.mark.parametrize(
    ("given", "modes"),
    [
        ({"source": "notice", "matter": "c25_1"}, {"not_applicable"}),
        ({"matter": "n04"}, {"no_condition"}),
        ({"matter": "m05"}, {"exempt"}),
        ({"matter": "m07"}, {"exempt", "shared_check", "commitment"}),
        ({"matter": "m04", "groups": ("woman",)}, {"exempt", "shared_check", "commitment"}),
    ],
)
def test_the_mode_of_review_is_one_the_table_gives(given, modes):
    case = facts(**given)
    assert set(possible_modes(case)) == modes
    for mode in ("not_applicable", "no_condition", "exempt", "shared_check", "commitment"):
        found = [lack for lack in lacking("grant", facts(**given, hardship=mode), {}, DAY) if lack.field == "hardship"]
        assert bool(found) == (mode not in modes), mode


def test_an_exemption_says_which_one():
    assert words("grant", facts(hardship_ground="")) == ["选择了免予核查，没有写明属于哪种情形：请填写。"]


def test_a_refusal_says_why_and_where_to_object():
    assert words("refuse", facts()) == [
        "没有选择不予援助的理由：请选择。",
        "没有写明不予法律援助的具体理由：请填写。",
        "不予援助的决定书须写明异议途径：请确认已经写明。",
    ]
    said = {"refusal_ground": "not_in_scope", "reason": "不在范围", "tells_objection": True}
    assert words("refuse", facts(), said) == []


# --- supplement, withdrawal -------------------------------------------------------------------------------------------


def test_missing_papers_are_named_once_only():
    said = {"items": ["户口簿"], "due_on": date(2022, 10, 12)}
    assert words("ask_supplement", facts(), said) == []
    assert "已经一次性告知过补正" in words("ask_supplement", facts(supplements_asked=1), said)[0]


def test_a_second_request_is_refused_by_the_service(world):
    case = world.case("received")
    said = {"facts": {"items": ["户口簿"], "due_on": date(2022, 10, 12)}}
    take_step(case.pk, "ask_supplement", version=1, by=world.centre, day=TODAY, **said)
    take_step(case.pk, "supply", version=2, by=world.centre, day=TODAY, facts={"items": ["户口簿"]})
    with pytest.raises(StepRefused, match="已经一次性告知过补正"):
        take_step(case.pk, "ask_supplement", version=3, by=world.centre, day=TODAY, **said)


@pytest.mark.parametrize(("day", "may"), [(date(2022, 10, 11), False), (date(2022, 10, 12), False), (date(2022, 10, 13), True)])
def test_an_application_counts_as_withdrawn_only_after_the_set_day(day, may):
    case = facts(state="need_supplement", supplements_asked=1, supplement_due_on=date(2022, 10, 12))
    assert (words("deem_withdrawn", case, day=day) == []) is may


def test_papers_of_an_application(world):
    case = world.case("received", files=(), proxy="样父")
    with pytest.raises(StepRefused) as refused:
        take_step(case.pk, "accept", version=1, by=world.centre, day=TODAY)
    assert [lack.kind for lack in refused.value.lacks] == ["application", "identity", "proxy_proof", "case_material"]
    world.add(case, ("application", ""), ("identity", ""), ("proxy_proof", ""), ("case_material", ""))
    take_step(case.pk, "accept", version=1, by=world.centre, day=TODAY)


# --- pre-aid ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ends", "may"),
    [(date(2022, 10, 2), True), (date(2022, 10, 3), False), (date(2022, 9, 26), True), (date(2022, 9, 25), False)],
)
def test_fewer_than_seven_days_are_left_for_aid_before_review(ends, may):
    found = words("grant_pre_aid", facts(), {"ground": "near_limit", "limit_ends_on": ends})
    assert (found == []) is may


def test_pre_aid_is_completed_by_the_papers_of_a_grant(world):
    case = world.case("received", files=(("identity", ""),))
    said = {"facts": {"ground": "preservation", "papers_due_on": date(2022, 10, 11)}, "is_pre_aid": True}
    take_step(case.pk, "grant_pre_aid", version=1, by=world.director, day=TODAY, **said)
    limit = case.deadlines.get(code="pre_aid_papers")
    assert limit.due_on == date(2022, 10, 11)
    with pytest.raises(StepRefused, match="缺法律援助申请表"):
        take_step(case.pk, "complete_pre_aid", version=2, by=world.centre, day=TODAY)
    world.add(case, *COMPLETE)
    take_step(case.pk, "complete_pre_aid", version=2, by=world.centre, day=TODAY)
    limit.refresh_from_db()
    assert limit.met_on == TODAY
    case.refresh_from_db()
    assert case.state == "granted"


# --- the client refuses (B4), termination -----------------------------------------------------------------------------


def refused(matter="c25_4", **given):
    return facts(state="client_refused", source="notice", matter=matter, files=frozenset({("meeting_record", "")}), **given)


def test_a_refused_defence_that_the_law_demands_is_told_to_the_organ():
    case = refused(matter="c25_4")
    assert words("decline", case, {"reason": "不信任"}) == [
        "应当通知辩护的案件，本人拒绝须书面告知办案机关查明原因：请填写告知日期。"
    ]
    assert words("decline", case, {"reason": "不信任", "organ_told_on": DAY}) == []
    assert words("decline", refused(matter="c25p2"), {"reason": "不信任"}) == []


@pytest.mark.parametrize(
    ("matter", "said", "may"),
    [
        ("c25_4", {"grounds": ["asked"]}, False),
        ("c25_4", {"grounds": ["own_counsel"]}, False),
        ("c25_4", {"grounds": ["own_counsel"], "organ_answered_on": DAY}, True),
        ("c25_4", {"grounds": ["case_stopped"]}, True),
        ("c25p2", {"grounds": ["asked"]}, True),
    ],
)
def test_a_demanded_defence_does_not_end_because_the_client_refuses(matter, said, may):
    found = words("terminate", refused(matter), {**said, "reason": "见笔录", "tells_objection": True})
    assert (found == []) is may, found


def test_a_termination_has_a_ground_of_article_48():
    assert "没有选择终止的理由：请按法律援助法48条至少选择一项。" in words("terminate", facts(state="in_progress"))


def test_what_does_not_depend_on_the_form_is_told_before_it_is_opened():
    case = facts(files=frozenset())
    assert {lack.kind for lack in standing_lacks("grant", case, DAY)} == {"hardship_proof", "group_proof", "review_sheet"}
    assert standing_lacks("refuse", facts(), DAY) == []


def test_every_guarded_step_is_a_step_of_the_table():
    assert set(guards.GUARDS) | set(guards.REMINDERS) <= set(STEPS)


# --- the database -----------------------------------------------------------------------------------------------------


def test_the_database_knows_the_table_of_steps(world):
    """When this fails, write a migration that replaces huimin_case_steps() by the pairs of the table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT step, from_state, to_state FROM huimin_case_steps()")
        known = set(cursor.fetchall())
    assert pairs() - known == set()
    assert known - pairs() == set()


def attacks(case):
    def save():
        case.state = "concluded"
        case.save()

    def bulk():
        case.state, case.version = "concluded", 2
        AidCase.objects.bulk_update([case], ["state", "version"])

    def raw():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE legalaid_aidcase SET state = 'concluded', version = version + 1 WHERE id = %s", [case.pk])

    def update():
        AidCase.objects.filter(pk=case.pk).update(state="concluded", version=2)

    return {"save": save, "update": update, "bulk_update": bulk, "raw SQL": raw}


@pytest.mark.parametrize("way", ["save", "update", "bulk_update", "raw SQL"])
def test_no_way_leads_past_the_table(world, way):
    case = world.case("received")
    with pytest.raises(IntegrityError, match="不能从“received”直接变为“concluded”"), transaction.atomic():
        attacks(case)[way]()


def test_a_move_without_its_event_is_refused_at_the_end(world):
    case = world.case("received")
    with pytest.raises(IntegrityError, match="没有记下办理步骤"), transaction.atomic():
        AidCase.objects.filter(pk=case.pk).update(state="accepted", version=2)
        audit.record(by=world.centre, action="legalaid.accept", on=case)
        connection.check_constraints()


def test_a_move_without_its_audit_entry_is_refused_at_the_end(world):
    case = world.case("received")
    with pytest.raises(IntegrityError, match="没有写审计记录"), transaction.atomic():
        AidCase.objects.filter(pk=case.pk).update(state="accepted", version=2)
        CaseEvent.objects.create(
            case=case, step="accept", words="受理", from_state="received", to_state="accepted", day=TODAY, by=world.centre,
            at="2022-09-26T00:00Z",
        )  # fmt: skip
        connection.check_constraints()


def test_an_event_of_another_step_does_not_cover_a_move(world):
    case = world.case("received")
    with pytest.raises(IntegrityError, match="没有记下办理步骤"), transaction.atomic():
        AidCase.objects.filter(pk=case.pk).update(state="accepted", version=2)
        CaseEvent.objects.create(
            case=case, step="withdraw", words="撤回", from_state="received", to_state="accepted", day=TODAY, by=world.centre,
            at="2022-09-26T00:00Z",
        )  # fmt: skip
        audit.record(by=world.centre, action="legalaid.accept", on=case)
        connection.check_constraints()


def test_a_move_keeps_its_version_growing(world):
    case = world.case("received")
    with pytest.raises(IntegrityError, match="没有更新版本"), transaction.atomic():
        AidCase.objects.filter(pk=case.pk).update(state="accepted")


def test_a_case_does_not_become_history_to_escape(world):
    case = world.case("received")
    with pytest.raises(IntegrityError, match="导入的历史案件"), transaction.atomic():
        AidCase.objects.filter(pk=case.pk).update(is_history=True, state="concluded")


def test_history_is_corrected_by_the_workbook_without_steps(world):
    case = world.case("received", is_history=True)
    AidCase.objects.filter(pk=case.pk).update(state="concluded")
    connection.check_constraints()


def test_two_moves_in_one_transaction_are_both_told(world):
    case = world.case("received")
    move_case(case, "accept", by=world.centre, day=TODAY)
    move_case(case, "review", by=world.centre, day=TODAY)
    connection.check_constraints()
    assert case.state == "under_review"


def test_events_are_never_changed(world):
    case = world.case("received")
    move_case(case, "accept", by=world.centre, day=TODAY)
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        case.events.update(reason="改")
