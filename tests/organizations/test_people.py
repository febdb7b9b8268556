"""Entering people, what changes about them, and their status as dated history."""

import datetime

import pytest
from django.db import connection
from django.db.utils import DatabaseError

from accounts.models import AuditEntry
from common.errors import Refused
from organizations import services
from organizations.models import Affiliation, Organization, PoolEntry, Practitioner
from programmes.models import Month

D = datetime.date.fromisoformat


@pytest.mark.rule("Z-DUTY-3")
def test_a_registered_person_waits_for_the_leader_before_she_is_in_the_pool(county, person, leader):
    made = person(admitted=False)
    assert made not in Practitioner.objects.in_pool_on(county, D("2022-03-01"))
    entry = made.pool_entries.get()
    services.decide_pool_entry(entry_id=entry.pk, admit=True, by=leader)
    assert made in Practitioner.objects.in_pool_on(county, D("2022-01-01"))
    assert made not in Practitioner.objects.in_pool_on(county, D("2021-12-31"))


def test_birth_date_gender_initials_and_index_come_from_what_was_typed(person):
    made = person(name="张三", id_number="140525198506150025")
    assert (made.birth_date, made.gender, made.initials) == (D("1985-06-15"), "2", "zs")
    assert Practitioner.objects.with_id_number("140525198506150025").get() == made
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM organizations_practitioner WHERE id = %s", [made.pk])
        assert "140525198506150025" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"id_number": "140525198506150026"}, "id_number", "校验码"),
        ({"name": "  "}, "name", "没有填写姓名"),
        ({"kind": "retired_politlegal", "service_years": 4}, "service_years", "5 年以上"),
        ({"kind": "law_teacher"}, "qualification_no", "法律职业资格"),
        ({"kind": "public_lawyer", "is_public_servant": False}, "is_public_servant", "公职律师是公职人员"),
        ({"phone": "1380013800"}, "phone", "少 1 位"),
        ({"bank_name": "示例银行", "account_no": "12a4"}, "account_no", "8 至 30 位"),
        ({"account_no": "6228480000000001"}, "bank_name", "开户行"),
    ],
)
@pytest.mark.rule("Z-DUTY-1")
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(person, facts, field, words):
    with pytest.raises(Refused) as refused:
        person(**facts)
    assert refused.value.field == field
    assert words in str(refused.value)
    assert not Practitioner.objects.exists()
    assert not PoolEntry.objects.exists()


def test_one_id_number_is_entered_once(person, county):
    made = person(name="钱示例")
    with pytest.raises(Refused, match="已经登记过"):
        person(name="钱示例", id_number=made.id_number)
    with pytest.raises(Refused, match="另一个姓名"):
        person(name="孙示例", id_number=made.id_number)


def test_somebody_whom_another_county_knows_is_only_proposed_for_the_pool(person, other_county, user):
    made = person(name="钱示例")
    again = services.register_practitioner(
        name="钱示例", id_number=made.id_number, kind="lawyer", county=other_county, by=user("section", region=other_county)
    )
    assert again == made
    assert set(made.pool_entries.values_list("county__name", "state")) == {("示例县", "admitted"), ("邻县", "proposed")}


def test_every_change_is_audited_with_masked_numbers(person, section):
    made = person(id_number="140525198506150025", phone="13800138000")
    services.edit_practitioner(practitioner_id=made.pk, by=section, phone="13900139000")
    entry = AuditEntry.objects.get(action="organizations.edit_person")
    assert entry.before == {"联系电话": "138****8000"}
    assert entry.after == {"联系电话": "139****9000"}
    whole = str(list(AuditEntry.objects.values_list("before", "after", "reason", "object_label")))
    assert "140525198506150025" not in whole
    assert "13800138000" not in whole


def test_an_edit_without_a_difference_leaves_no_entry(person, section):
    made = person()
    services.edit_practitioner(practitioner_id=made.pk, by=section, name=made.name)
    assert not AuditEntry.objects.filter(action="organizations.edit_person").exists()


def test_an_edit_cannot_take_away_the_proof_of_a_kind(person, section):
    made = person(kind="retired_politlegal", service_years=6)
    with pytest.raises(Refused, match="5 年以上"):
        services.edit_practitioner(practitioner_id=made.pk, by=section, service_years=3)
    made.refresh_from_db()
    assert made.service_years == 6


def test_a_wrong_id_number_is_put_right_with_a_reason(person, section, new_number):
    made, other = person(), person()
    number = new_number("19700101")
    with pytest.raises(Refused, match="合并重复人员"):
        services.correct_id_number(practitioner_id=made.pk, id_number=other.id_number, reason="核对原件", by=section)
    with pytest.raises(Refused, match="更正原因"):
        services.correct_id_number(practitioner_id=made.pk, id_number=number, reason=" ", by=section)
    services.correct_id_number(practitioner_id=made.pk, id_number=number, reason="核对原件", by=section)
    made.refresh_from_db()
    assert (made.id_number, made.birth_date) == (number, D("1970-01-01"))


def test_changing_firm_ends_the_earlier_membership_the_day_before(person, firm, county, section):
    made = person(organization=firm)
    second = Organization.objects.create(kind="law_firm", name="第二律师事务所", region=county)
    services.change_firm(practitioner_id=made.pk, organization=second, since=D("2022-06-01"), by=section)
    assert list(made.affiliations.values_list("organization__name", "since", "until")) == [
        ("示例律师事务所", D("2022-01-01"), D("2022-05-31")),
        ("第二律师事务所", D("2022-06-01"), None),
    ]
    with pytest.raises(Refused, match="须在此之后"):
        services.change_firm(practitioner_id=made.pk, organization=firm, since=D("2022-06-01"), by=section)
    with pytest.raises(Refused, match="现在就在"):
        services.change_firm(practitioner_id=made.pk, organization=second, since=D("2022-07-01"), by=section)
    services.change_firm(practitioner_id=made.pk, organization=None, since=D("2022-08-01"), by=section)
    assert made.affiliations.filter(until=None).count() == 0


def test_nobody_links_a_practitioner_to_her_own_login(person, section, user):
    made = person()
    with pytest.raises(Refused, match="自己的登录"):
        services.link_login(practitioner_id=made.pk, user=section, by=section)
    duty = user("duty")
    services.link_login(practitioner_id=made.pk, user=duty, by=section)
    with pytest.raises(Refused, match="已关联另一位"):
        services.link_login(practitioner_id=person().pk, user=duty, by=section)


# --- public servants --------------------------------------------------------------------------------------------------


@pytest.mark.rule("Z-DUTY-2")
def test_the_kind_says_who_is_a_public_servant_unless_the_bureau_does(person):
    assert person(kind="public_lawyer").public_servant_history.get().is_public_servant
    assert person(kind="agency_staff").public_servant_history.get().is_public_servant
    assert not person(kind="lawyer").public_servant_history.get().is_public_servant
    assert (
        person(kind="law_teacher", qualification_no="A1", is_public_servant=True).public_servant_history.get().is_public_servant
    )


@pytest.mark.rule("Z-DUTY-2")
def test_a_status_is_decided_by_the_leader_and_ends_the_earlier_one(person, section, leader):
    made = person()
    proposal = services.propose_status(
        practitioner_id=made.pk, since=D("2022-08-01"), is_public_servant=True, evidence="录用通知", by=section
    )
    assert not made.public_servant_status_on(D("2022-08-01")).is_public_servant
    services.decide_status(proposal_id=proposal.pk, accept=True, by=leader)
    assert list(made.public_servant_history.values_list("since", "until", "is_public_servant")) == [
        (D("2022-01-01"), D("2022-07-31"), False),
        (D("2022-08-01"), None, True),
    ]


@pytest.mark.rule("Z-DUTY-2")
def test_a_status_put_before_a_known_later_one_yields_to_it(person, section, leader):
    made = person()
    services.set_public_servant_status(practitioner=made, since=D("2022-08-01"), is_public_servant=True, evidence="a", by=leader)
    services.set_public_servant_status(practitioner=made, since=D("2021-06-01"), is_public_servant=True, evidence="b", by=leader)
    assert list(made.public_servant_history.values_list("since", "until", "is_public_servant")) == [
        (D("2021-06-01"), D("2021-12-31"), True),
        (D("2022-01-01"), D("2022-07-31"), False),
        (D("2022-08-01"), None, True),
    ]


def test_saying_the_same_status_again_changes_nothing(person, leader):
    made = person()
    before = made.public_servant_history.get()
    same = services.set_public_servant_status(
        practitioner=made, since=D("2022-05-01"), is_public_servant=False, evidence="再次确认", by=leader
    )
    assert same == before
    assert made.public_servant_history.count() == 1


def test_who_proposed_a_status_does_not_decide_it(person, section, leader, user):
    made = person()
    facts = {"practitioner_id": made.pk, "since": D("2022-08-01"), "is_public_servant": True, "evidence": "录用通知"}
    proposal = services.propose_status(by=section, **facts)
    with pytest.raises(Refused, match="自己提出"):
        services.decide_status(proposal_id=proposal.pk, accept=True, by=section)
    services.link_login(practitioner_id=made.pk, user=leader, by=section)
    with pytest.raises(Refused, match="自己的公职身份"):
        services.decide_status(proposal_id=proposal.pk, accept=True, by=leader)
    with pytest.raises(Refused, match="理由"):
        services.decide_status(proposal_id=proposal.pk, accept=False, by=user("leader"))
    with pytest.raises(Refused, match="等待审定"):
        services.propose_status(by=section, **facts)


@pytest.mark.rule("Z-DUTY-2")
def test_becoming_a_public_lawyer_counts_from_the_day_of_the_change(person, section):
    made = person()
    services.change_kind(practitioner_id=made.pk, kind="public_lawyer", since=D("2022-07-01"), evidence="公职律师证", by=section)
    assert not made.public_servant_status_on(D("2022-06-30")).is_public_servant
    assert made.public_servant_status_on(D("2022-07-01")).is_public_servant


def test_a_change_that_reaches_into_a_closed_month_names_it(person, county, section):
    made = person()
    closed = {"state": "closed", "closed_at": "2022-04-10T00:00:00+08:00", "closed_by": section}
    Month.objects.create(county=county, first="2022-02-01", **closed)
    Month.objects.create(county=county, first="2022-03-01", **closed)
    Month.objects.create(county=county, first="2022-04-01")
    assert services.closed_months_warning(made, D("2022-03-15")) == "2022年3月已结账，须由业务股提出复算。"
    assert services.closed_months_warning(made, D("2022-04-01")) == ""
    assert services.closed_months_touched(made, D("2022-01-01")) == ["2022年2月", "2022年3月"]


# --- what the database refuses ----------------------------------------------------------------------------------------


def refused_by_database(sql, *values):
    with pytest.raises(DatabaseError) as refused, connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(refused.value)


@pytest.mark.rule("Z-DUTY-1")
@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("UPDATE organizations_practitioner SET kind = 'retired_politlegal', service_years = 4", "served_five_years"),
        ("UPDATE organizations_practitioner SET kind = 'law_student'", "hold_a_certificate"),
        ("UPDATE organizations_practitioner SET merged_into_id = id", "not_merged_into_itself"),
    ],
)
def test_a_person_without_proof_of_her_kind_is_refused_by_the_database(person, sql, name):
    person()
    assert name in refused_by_database(sql)


@pytest.mark.rule("Z-DUTY-2")
def test_two_statuses_on_one_day_are_refused_by_the_database(person, section):
    made = person()
    sql = (
        "INSERT INTO organizations_publicservantstatus (practitioner_id, since, is_public_servant, evidence, confirmed_by_id)"
        " VALUES (%s, '2022-05-01', true, 'x', %s)"
    )
    assert "status_one_at_a_time" in refused_by_database(sql, made.pk, section.pk)


def test_two_firms_on_one_day_are_refused_by_the_database(person, firm):
    made = person(organization=firm)
    with pytest.raises(DatabaseError, match="affiliation_one_at_a_time"):
        Affiliation.objects.bulk_create([Affiliation(practitioner=made, organization=firm, since=D("2022-02-01"))])


def test_a_proposer_who_decides_is_refused_by_the_database(person, section):
    made = person()
    proposal = services.propose_status(
        practitioner_id=made.pk, since=D("2022-08-01"), is_public_servant=True, evidence="录用通知", by=section
    )
    sql = "UPDATE organizations_statusproposal SET state = 'accepted', decided_by_id = %s, decided_at = now() WHERE id = %s"
    assert "decided_by_another" in refused_by_database(sql, section.pk, proposal.pk)


def test_a_subject_who_decides_is_refused_by_the_database(person, section, leader):
    made = person(admitted=False)
    services.link_login(practitioner_id=made.pk, user=leader, by=section)
    sql = "UPDATE organizations_poolentry SET state = 'admitted', decided_by_id = %s WHERE practitioner_id = %s"
    assert "本人不能审定自己的事项" in refused_by_database(sql, leader.pk, made.pk)
