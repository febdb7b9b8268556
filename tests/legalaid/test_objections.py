"""Objections: fifteen days to file, five to decide, by the leader who sees no other case; complaints and who answers them."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.policy import Role
from legalaid.models import AidCase, Complaint, Objection
from legalaid.services import objections as services
from legalaid.services.objections import ObjectionRefused
from legalaid.services.steps import StepRefused, take_step
from organizations.models import Region
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


def refused_case(world, day=date(2022, 9, 20), **facts):
    case = world.case("under_review", received_on=date(2022, 9, 15), accepted_on=date(2022, 9, 15), **facts)
    said = {"facts": {"tells_objection": True}, "refusal_ground": "not_in_scope", "reason": "不在范围"}
    take_step(case.pk, "refuse", version=1, by=world.director, day=day, **said)
    case.refresh_from_db()
    return case


def file(world, case, **said):
    told = {"filed_on": TODAY, "filed_by": "样某某", "content": "我符合条件", "way": "in_person"}
    return services.file_objection(case=case, by=world.centre, **{**told, **said})


def decide(world, row, decision, by=None, **said):
    told = {"reason": "经查申请事项属于范围", "day": TODAY}
    return services.decide_objection(objection=row, decision=decision, by=by or world.leader, **{**told, **said})


def test_five_days_run_from_the_filing_and_the_filing_meets_its_own_limit(world):
    case = refused_case(world)
    row = file(world, case)
    assert (row.about, row.last_day, row.is_late) == ("refusal", date(2022, 10, 8), False)  # 5 October is a holiday
    assert case.deadlines.get(code="objection_filing").met_on == TODAY
    assert case.deadlines.get(code="objection_decision").due_on == date(2022, 10, 8)


def test_the_fifteen_days_run_from_the_day_the_decision_arrived(world):
    case = refused_case(world, day=date(2022, 9, 16))
    row = file(world, case, known_on=date(2022, 9, 20))
    assert row.last_day == date(2022, 10, 8)


def test_a_late_objection_needs_a_reason_to_be_taken(world):
    case = refused_case(world)
    AidCase.objects.filter(pk=case.pk).update(
        refused_on=date(2022, 9, 1), accepted_on=date(2022, 8, 30), received_on=date(2022, 8, 30)
    )
    with pytest.raises(ObjectionRefused, match="异议期限到 2022-09-16 为止"):
        file(world, case)
    assert file(world, case, late_reason="住院期间无法提出").is_late


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"filed_on": date(2022, 9, 27)}, "不能晚于今天"),
        ({"filed_on": date(2022, 9, 19)}, "不能早于原决定日期"),
        ({"known_on": date(2022, 9, 19)}, "不能早于决定日期"),
    ],
)
def test_impossible_days_of_an_objection(world, said, words):
    with pytest.raises(ObjectionRefused, match=words):
        file(world, refused_case(world), **said)


def test_only_a_refusal_or_a_termination_is_objected_to_and_one_at_a_time(world):
    with pytest.raises(ObjectionRefused, match="只有不予援助和终止援助"):
        file(world, world.case("under_review"))
    case = refused_case(world)
    file(world, case)
    with pytest.raises(ObjectionRefused, match="已有一件异议正在审查"):
        file(world, case)


def test_ordered_to_correct_the_director_grants_and_nobody_else_does(world):
    case = refused_case(world)
    with pytest.raises(StepRefused, match="没有作出责令改正"):
        take_step(case.pk, "correct_refusal", version=2, by=world.director, day=TODAY)
    row = file(world, case)
    decide(world, row, "order_correction")
    assert case.deadlines.get(code="objection_decision").met_on == TODAY
    assert set(Notice.objects.values_list("to__username", flat=True)) == {"director", "centre"}
    with pytest.raises(StepRefused, match="岗位不能"):
        take_step(case.pk, "correct_refusal", version=2, by=world.leader, day=TODAY)
    take_step(case.pk, "correct_refusal", version=2, by=world.director, day=TODAY)
    case.refresh_from_db()
    row.refresh_from_db()
    assert (case.state, case.refused_on, case.refusal_ground, case.approved_on) == ("granted", None, "", TODAY)
    assert row.corrected_on == TODAY
    assert case.deadlines.filter(code="aid_assignment", met_on=None).exists()


def test_a_terminated_case_goes_on_where_it_was(world):
    said = {"facts": {"grounds": ["no_longer_poor"], "tells_objection": True}, "reason": "收入增加"}
    for state, right, wrong, after in (
        ("in_progress", "correct_termination", "correct_termination_early", "in_progress"),
        ("granted", "correct_termination_early", "correct_termination", "granted"),
    ):
        case = world.case(state)
        take_step(case.pk, "terminate", version=1, by=world.director, day=TODAY, **said)
        case.refresh_from_db()
        assert case.termination_ground == ""  # a column only the form fills
        decide(world, file(world, case), "order_correction")
        with pytest.raises(StepRefused, match="请选"):
            take_step(case.pk, wrong, version=2, by=world.director, day=TODAY)
        take_step(case.pk, right, version=2, by=world.director, day=TODAY)
        case.refresh_from_db()
        assert (case.state, case.terminated_on) == (after, None)


def test_a_maintained_refusal_stays_and_tells_the_further_ways(world):
    case = refused_case(world)
    row = decide(world, file(world, case), "maintain", reason="事项不在范围")
    with pytest.raises(StepRefused, match="没有作出责令改正"):
        take_step(case.pk, "correct_refusal", version=2, by=world.director, day=TODAY)
    assert services.remedies(row) == {"reconsideration": date(2022, 11, 25), "lawsuit": date(2023, 3, 26)}
    with pytest.raises(ObjectionRefused, match="已经审查过"):
        file(world, case)


@pytest.mark.parametrize(
    ("day", "lawsuit"),
    [(date(2022, 8, 31), date(2023, 2, 28)), (date(2022, 12, 31), date(2023, 6, 30)), (date(2022, 6, 15), date(2022, 12, 15))],
)
def test_six_months_end_on_the_same_day_or_the_last_of_the_month(day, lawsuit):
    assert services.remedies(Objection(decided_on=day))["lawsuit"] == lawsuit


def test_who_decides_is_the_leader_of_the_county_and_only_once(world):
    row = file(world, refused_case(world))
    for by in (world.director, world.centre, world.section):
        with pytest.raises(ObjectionRefused, match="由本县司法局领导"):
            decide(world, row, "maintain", by=by)
    next_county = Region.objects.create(level="county", name="邻县", parent=world.county.parent, code="140598")
    stranger = world.user("leader-next", Role.LEADER, region=next_county)
    with pytest.raises(ObjectionRefused, match="由本县司法局领导"):
        decide(world, row, "maintain", by=stranger)
    with pytest.raises(ObjectionRefused, match="没有写明审查理由"):
        decide(world, row, "maintain", reason=" ")
    decide(world, row, "maintain")
    with pytest.raises(ObjectionRefused, match="不能再次审查"):
        decide(world, row, "order_correction")
    with pytest.raises(IntegrityError, match="不能更改"), transaction.atomic():
        Objection.objects.filter(pk=row.pk).update(decision="order_correction")


def test_a_withdrawn_objection_ends_its_limit(world):
    case = refused_case(world)
    row = services.withdraw_objection(objection=file(world, case), reason="本人不再坚持", by=world.centre)
    assert row.state == "withdrawn"
    assert case.deadlines.get(code="objection_decision").dropped_on == TODAY
    assert file(world, case).pk != row.pk


# --- pages ------------------------------------------------------------------------------------------------------------


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_leader_sees_the_objection_masked_and_no_case(world):
    case = refused_case(world, recipient="张虚构人", type="civil_litigation")
    row = file(world, case)
    client = signed_in(world.leader)
    page = client.get(f"/cases/objections/{row.pk}/")
    assert page.status_code == 200
    assert case.number in page.text
    assert "张**人" in page.text
    assert "张虚构人" not in page.text.replace("样某某", "")
    assert client.get(f"/cases/{case.pk}/").status_code == 403
    assert not AidCase.objects.visible_to(world.leader).exists()


def test_the_leader_decides_on_the_page(world):
    row = file(world, refused_case(world))
    client = signed_in(world.leader)
    response = client.post(f"/cases/objections/{row.pk}/decide/", {"decision": "maintain", "day": "2022-9-26", "reason": "维持"})
    assert response.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("decided", world.leader)
    assert "60 日内可以申请行政复议" in client.get(f"/cases/objections/{row.pk}/").text


def test_the_leader_registers_an_objection_by_number_and_name_together(world):
    case = refused_case(world)
    client = signed_in(world.leader)
    assert "没有这个编号和姓名" in client.post("/cases/objections/new/", {"number": case.number, "name": "别人"}).text
    found = client.post("/cases/objections/new/", {"number": case.number, "name": case.recipient})
    assert 'name="content"' in found.text
    told = {
        "number": case.number,
        "name": case.recipient,
        "filed_on": "2022-9-26",
        "filed_by": "样某某",
        "way": "post",
        "content": "不服",
    }
    assert client.post("/cases/objections/new/", told).status_code == 302
    assert Objection.objects.get(case=case).recorded_by == world.leader


def test_the_centre_registers_an_objection_from_the_case(world):
    case = refused_case(world)
    client = signed_in(world.centre)
    assert "objections/new/" in client.get(f"/cases/{case.pk}/").text
    told = {"filed_on": "2022-9-26", "filed_by": "样某某", "relation": "本人", "way": "post", "content": "不服"}
    assert client.post(f"/cases/{case.pk}/objections/new/", told).status_code == 302
    assert Objection.objects.filter(case=case).exists()


def test_the_decision_goes_out_as_a_paper_with_its_number(world):
    case = refused_case(world)
    row = file(world, case)
    client = signed_in(world.leader)
    path = f"/cases/objections/{row.pk}/paper/"
    assert client.get(path).status_code == 404
    assert "还没有作出审查决定" in client.post(path, follow=True).text
    decide(world, row, "maintain")
    assert signed_in(world.director).post(path).status_code == 403
    assert "已制发法律援助异议审查决定书" in client.post(path, follow=True).text
    response = client.get(path)
    assert response["Content-Type"] == "application/pdf"
    assert "已经制发" in client.post(path, follow=True).text


# --- complaints -------------------------------------------------------------------------------------------------------


def complain(world, about="person", **said):
    told = {"filed_by": "样某某", "filed_on": date(2022, 9, 20), "content": "没有会见"}
    return services.file_complaint(case=world.case("in_progress"), about=about, by=world.centre, **{**told, **said})


def test_a_complaint_is_answered_with_what_was_found(world):
    row = complain(world)
    assert row.person == world.undertaker
    with pytest.raises(ObjectionRefused, match="没有填写处理和答复"):
        services.answer_complaint(complaint=row, finding="true", reply=" ", day=TODAY, by=world.director)
    with pytest.raises(ObjectionRefused, match="之间"):
        services.answer_complaint(complaint=row, finding="true", reply="已批评", day=date(2022, 9, 19), by=world.director)
    services.answer_complaint(complaint=row, finding="true", reply="已批评", day=TODAY, by=world.director)
    with pytest.raises(ObjectionRefused, match="已经答复"):
        services.answer_complaint(complaint=row, finding="false", reply="无", day=TODAY, by=world.director)


def test_the_agency_does_not_answer_a_complaint_about_itself(world):
    row = complain(world, about="agency")
    with pytest.raises(ObjectionRefused, match="由司法局调查答复"):
        services.answer_complaint(complaint=row, finding="false", reply="没有", day=TODAY, by=world.director)
    services.answer_complaint(complaint=row, finding="false", reply="没有", day=TODAY, by=world.leader)


def test_the_person_complained_about_does_not_read_it(world):
    complain(world)
    assert not Complaint.objects.visible_to(world.lawyer).exists()
    assert signed_in(world.lawyer).get(f"/cases/complaints/{Complaint.objects.get().pk}/").status_code == 403
    assert Complaint.objects.visible_to(world.leader).count() == 1
