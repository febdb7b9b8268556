"""Posts: dated, confirmed where money passes, never two that must differ for one paper; delegation in its dates only."""

import datetime

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from accounts import audit
from accounts.models import AuditEntry, User
from accounts.policy import Role, may
from common.errors import Refused
from organizations import services
from organizations.models import Post
from organizations.services.posts import must_differ
from subsidies.models import PayChain

D = datetime.date.fromisoformat


@pytest.fixture
def admin(user):
    return user("admin")


@pytest.fixture
def give(admin, county):
    def make(person, role, since="2022-01-01", **options):
        return services.add_post(user=person, role=role, region=county, since=D(since), by=admin, **options)

    return make


def fresh(person):
    """As the next request reads her."""
    return User.objects.get(pk=person.pk)


def test_a_money_post_is_in_force_only_when_the_leader_has_confirmed_it(give, user, leader):
    person = user()
    post = give(person, "finance")
    assert not may(fresh(person), "subsidies.check_pay")
    services.confirm_post(post_id=post.pk, by=leader)
    assert may(fresh(person), "subsidies.check_pay")


def test_a_post_without_money_is_in_force_at_once(give, user, station):
    person = user()
    give(person, "clerk", station=station)
    assert fresh(person).roles == {Role.CLERK}


def test_the_first_leader_of_a_county_stands_on_the_paper_that_appoints_her(give, user):
    person, second = user(), user()
    with pytest.raises(Refused, match="任职文号") as refused:
        give(person, "leader")
    assert refused.value.field == "paper"
    assert give(person, "leader", paper="泽司任〔2022〕1号").is_confirmed
    assert not give(second, "leader", paper="泽司任〔2022〕2号").is_confirmed


@pytest.mark.parametrize(
    ("one", "other"),
    [("cashier", "finance"), ("cashier", "leader"), ("section", "finance"), ("section", "leader"), ("section", "cashier"),
     ("finance", "leader"), ("finance", "treasury"), ("centre", "director"), ("admin", "leader"), ("admin", "cashier")],
)  # fmt: skip
def test_nobody_holds_two_posts_that_must_differ_for_one_paper(give, user, leader, one, other):
    person = user(one)
    with pytest.raises(Refused, match="不能是同一人"):
        give(person, other, paper="x")


@pytest.mark.parametrize(("one", "other"), [("clerk", "duty"), ("head", "clerk"), ("duty", "lawyer"), ("expert", "lawyer")])
def test_posts_that_meet_on_no_paper_may_be_held_together(one, other):
    assert not must_differ(one, other)


def test_posts_of_different_times_or_counties_do_not_collide(give, user, other_county, admin, leader):
    person = user()
    post = give(person, "cashier", until=D("2022-06-30"))
    services.confirm_post(post_id=post.pk, by=leader)
    give(person, "finance", since="2022-07-01")
    abroad = user("cashier", region=other_county)
    give(abroad, "finance")
    with pytest.raises(Refused, match="不能是同一人"):
        give(person, "finance", since="2022-06-30", until=D("2022-06-30"))


def test_a_post_over_the_whole_province_collides_in_each_county(give, user, county):
    person = user("admin", region=county.parent.parent)
    with pytest.raises(Refused, match="不能是同一人"):
        give(person, "finance")


def test_a_small_county_lets_one_person_hold_what_its_chain_allows(give, user, county, leader):
    person = user("section")
    chain = PayChain.objects.create(county=county, people=4, since="2022-01-01", reason="人员编制", decided_by=leader)
    audit.record(by=leader, action="subsidies.set_chain", on=chain)
    give(person, "finance")
    with pytest.raises(Refused, match="不能是同一人"):
        give(person, "leader", paper="x")
    assert must_differ("section", "cashier", 4)
    assert not must_differ("section", "cashier", 3)
    assert must_differ("cashier", "finance", 3)


def test_nobody_gives_confirms_or_ends_her_own_post(give, admin, county, leader, user):
    with pytest.raises(Refused, match="给自己"):
        services.add_post(user=admin, role="section", region=county, since=D("2022-01-01"), by=admin)
    own = services.add_post(user=leader, role="auditor", region=county, since=D("2022-01-01"), by=admin)
    Post.objects.filter(pk=own.pk).update(is_confirmed=False)
    with pytest.raises(Refused, match="自己的岗位"):
        services.confirm_post(post_id=own.pk, by=leader)
    with pytest.raises(Refused, match="自己的岗位"):
        services.end_post(post_id=admin.posts.get().pk, on=D("2022-09-30"), reason="退休", by=admin)
    entered = give(user(), "finance")
    with pytest.raises(Refused, match="自己登记"):
        services.confirm_post(post_id=entered.pk, by=admin)


def test_a_refused_post_goes_and_the_log_keeps_it(give, user, leader):
    post = give(user(name="沈某"), "cashier")
    with pytest.raises(Refused, match="理由"):
        services.refuse_post(post_id=post.pk, reason="", by=leader)
    services.refuse_post(post_id=post.pk, reason="另有安排", by=leader)
    assert not Post.objects.filter(pk=post.pk).exists()
    assert AuditEntry.objects.get(action="organizations.refuse_post").before["用户"] == "沈某"


@pytest.mark.parametrize(("role", "station_given", "words"), [("clerk", False, "须选择站点"), ("section", True, "不要选择站点")])
def test_only_station_posts_name_a_station(give, user, station, role, station_given, words):
    with pytest.raises(Refused, match=words):
        give(user(), role, station=station if station_given else None)


def test_a_county_post_is_given_in_a_county(user, admin, county):
    with pytest.raises(Refused, match="请选择县"):
        services.add_post(user=user(), role="finance", region=county.parent, since=D("2022-01-01"), by=admin)


# --- delegation -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "is_in_force"),
    [("2022-09-30", False), ("2022-10-01", True), ("2022-10-10", True), ("2022-10-11", False)],
)
def test_a_delegation_is_in_force_in_its_dates_only(monkeypatch, user, admin, leader, today, is_in_force):
    cashier, stand_in = user("cashier"), user()
    made = services.delegate(
        post_id=cashier.posts.get().pk, to=stand_in, since=D("2022-10-01"), until=D("2022-10-10"), paper="委〔2022〕3号", by=admin
    )
    monkeypatch.setenv("TODAY", today)
    assert not may(fresh(stand_in), "subsidies.pay")
    services.confirm_post(post_id=made.pk, by=leader)
    assert may(fresh(stand_in), "subsidies.pay") is is_in_force


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"paper": " "}, "书面文件"),
        ({"until": D("2022-09-30")}, "早于开始日期"),
        ({"since": D("2017-12-31")}, "超出了原岗位"),
    ],
)
def test_a_delegation_is_written_and_lies_within_the_post(user, admin, change, words):
    facts = {"since": D("2022-10-01"), "until": D("2022-10-10"), "paper": "委〔2022〕3号", **change}
    with pytest.raises(Refused, match=words):
        services.delegate(post_id=user("cashier").posts.get().pk, to=user(), by=admin, **facts)


def test_a_delegation_never_joins_posts_that_must_differ(user, admin):
    finance = user("finance")
    with pytest.raises(Refused, match="不能是同一人"):
        services.delegate(
            post_id=user("cashier").posts.get().pk,
            to=finance,
            since=D("2022-10-01"),
            until=D("2022-10-10"),
            paper="委3号",
            by=admin,
        )


def test_a_delegation_ends_with_the_post_and_is_not_passed_on(user, admin):
    head, stand_in = user("head"), user()
    post = head.posts.get()
    made = services.delegate(post_id=post.pk, to=stand_in, since=D("2022-09-20"), until=D("2022-10-10"), paper="委3号", by=admin)
    assert fresh(stand_in).roles == {Role.HEAD}
    with pytest.raises(Refused, match="不能再转托"):
        services.delegate(post_id=made.pk, to=user(), since=D("2022-09-21"), until=D("2022-09-22"), paper="委4号", by=admin)
    services.end_post(post_id=post.pk, on=D("2022-09-25"), reason="调离", by=admin)
    assert fresh(stand_in).roles == frozenset()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE organizations_post SET delegated_from_id = %(post)s, until = NULL WHERE id = %(other)s", "dated_and_written"),
        ("UPDATE organizations_post SET delegated_from_id = %(post)s, until = '2022-10-01', paper = '' WHERE id = %(other)s", "dated_and_written"),
        ("UPDATE organizations_post SET until = '2010-01-01' WHERE id = %(post)s", "ends_after_it_begins"),
        ("UPDATE organizations_post SET confirmed_by_id = entered_by_id WHERE id = %(post)s", "confirmed_by_another"),
        ("UPDATE organizations_post SET role = 'clerk' WHERE id = %(post)s", "name_their_station"),
    ],
)  # fmt: skip
def test_the_database_refuses_posts_without_form(user, sql, words):
    values = {"post": user("cashier").posts.get().pk, "other": user("finance").posts.get().pk}
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


# --- the first administrator ------------------------------------------------------------------------------------------


def test_the_first_administrator_administers_every_province(county):
    person = User.objects.create_user("first", "seven quiet lanterns", name="甲")
    services.appoint_first_administrator(user=person)
    assert fresh(person).roles == {Role.ADMIN}
    assert may(fresh(person), "accounts.manage_users")
    assert not may(fresh(person), "organizations.view_people")


def test_without_a_plan_there_is_nothing_to_administer(db):
    person = User.objects.create_user("first", "seven quiet lanterns", name="甲")
    with pytest.raises(Refused, match="load_plan"):
        services.appoint_first_administrator(user=person)
