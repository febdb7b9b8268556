"""Loading plan files into the database: what they make, what they may not change."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from accounts.models import AuditEntry
from organizations.models import Organization, Region, Station
from programmes.models import CalendarYear, Clause, DeadlineRule, Month, Note, Plan, Target, Term
from programmes.services.loading import PlanRefused, load_plan
from programmes.services.months import close_month, lock_month
from programmes.services.plans import NoPlan, plan_for

from .conftest import PLANS

COUNTED = (Plan, Clause, Note, Term, Target, DeadlineRule, Region, Organization, Station, AuditEntry)


def counts():
    return {model.__name__: model.objects.count() for model in COUNTED}


def extended(content, key, line):
    """The file with one more dated line at the end of a term's table."""
    head, tail = content.decode().split(f"[{key}]\n", 1)
    body, rest = tail.split("\n\n", 1)
    return f"{head}[{key}]\n{body}\n{line}\n\n{rest}".encode()


def test_the_file_makes_the_county_its_units_and_its_targets(plan):
    county = plan.region
    assert (county.name, county.parent.name, county.parent.parent.name) == ("泽州县", "晋城市", "山西省")
    stations = Station.objects.filter(county=county)
    assert stations.count() == 17
    assert stations.filter(kind=Station.Kind.TOWNSHIP_STATION, region__parent=county).count() == 16
    assert sum(Target.objects.consultations().values_list("value", flat=True)) == 4400
    cases = Target.objects.get(indicator=Target.Indicator.CASES)
    assert (cases.organization.name, cases.value) == ("泽州县法律援助中心", 135)
    assert Region.objects.get(name="北石店镇").code == "140502100"


def test_loading_again_changes_nothing_and_leaves_no_trace(plan, zezhou_file, system):
    before = counts(), Plan.objects.values().get()
    again = load_plan(content=zezhou_file, by=system)
    assert (counts(), Plan.objects.values().get()) == before
    assert not again.is_new and "没有新内容" in str(again)


def test_the_load_is_in_the_audit(plan, system):
    entry = AuditEntry.objects.get(action="programmes.load_plan")
    assert entry.actor == system
    assert entry.after["数值"] == plan.terms.count()


def test_what_a_person_changed_on_a_station_is_kept(plan, bagong, zezhou_file, system):
    Station.objects.filter(pk=bagong.pk).update(phone="0356-0000000", opens_at="09:00")
    load_plan(content=zezhou_file, by=system)
    bagong.refresh_from_db()
    assert (bagong.phone, bagong.opens_at.hour) == ("0356-0000000", 9)


def test_a_later_value_is_added_and_holds_from_its_day(plan, zezhou_file, system):
    later = extended(zezhou_file, "duty.rate.township_station", '2022-07-01 = "320.00"')
    loaded = load_plan(content=later, by=system)
    plan = Plan.objects.get(pk=plan.pk)
    rate = [plan.terms_on(date(2022, month, 30))["duty.rate.township_station"].value for month in (6, 7)]
    assert rate == [Decimal("300.00"), Decimal("320.00")]
    assert loaded.added["数值"] == 1 and plan.text == later.decode()


def test_the_terms_of_any_day_take_one_query(plan, django_assert_num_queries):
    plan = Plan.objects.get(pk=plan.pk)
    with django_assert_num_queries(1):
        for day in (date(2022, 1, 1), date(2022, 12, 31)):
            assert plan.terms_on(day)["reading.D31"].value is True


REFUSED_LATER = [
    (
        "changed amount",
        lambda text: text.replace('"300.00"', '"310.00"'),
        "[duty.rate.township_station] 2022-01-01：已载入为“300.00 元/人次 五（二）1”，"
        "不能改成“310.00 元/人次 五（二）1”，请另加一个较晚日期的值。",
    ),
    (
        "changed clause",
        lambda text: text.replace(
            '[duty.cancelled_day]\nclause = "五（二）1（5）"', '[duty.cancelled_day]\nclause = "五（二）1"'
        ),
        "不能改成“true 五（二）1”",
    ),
    (
        "changed limit",
        lambda text: text.replace('law = "法律援助法第四十九条"\n2022-01-01 = 5', 'law = "法律援助法第四十九条"\n2022-01-01 = 6'),
        "[deadline.objection_decision] 2022-01-01：已载入为“5日，遇休息日顺延”，不能改成“6日，遇休息日顺延”，请另加一个较晚日期的值。",
    ),
    (
        "changed sentence",
        lambda text: text.replace("一次扣10元", "一次扣20元"),
        "[[clause]] 五（二）1（1）：已载入为",
    ),
    (
        "changed target",
        lambda text: text.replace("consultations = 760", "consultations = 740").replace(
            "consultations = 240", "consultations = 260", 1
        ),
        "[[unit]] 泽州县公共法律服务中心 consultations：已载入为“760”，不能改成“740”，目标任务载入后不改。",
    ),
    ("other year", lambda text: text.replace("year = 2022", "year = 2021"), "[plan]：“year”已载入为“2022”，不能改成“2021”。"),
    (
        "other code",
        lambda text: text.replace('code = "zezhou-2022"', 'code = "zezhou"'),
        "泽州县2022年已经载入方案“zezhou-2022”，不能再载入“zezhou”。",
    ),
    (
        "other kind of station",
        lambda text: text.replace(
            'short_name = "巴公镇"\nkind = "township_station"', 'short_name = "巴公镇"\nkind = "county_centre"'
        ),
        "“巴公镇公共法律服务工作站”已登记为乡镇公共法律服务工作站，与文件的站点类型不同。",
    ),
    (
        "unknown kind of body",
        lambda text: text.replace('kind = "finance"', 'kind = "bank"'),
        "泽州县财政局：不认识的机构类型“bank”。",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), [row[1:] for row in REFUSED_LATER], ids=[row[0] for row in REFUSED_LATER])
def test_what_is_loaded_is_not_changed_by_a_file(plan, zezhou_file, system, change, sentence):
    changed = change(zezhou_file.decode())
    assert changed != zezhou_file.decode()
    before = counts()
    with pytest.raises(PlanRefused) as caught:
        load_plan(content=changed.encode(), by=system)
    assert sentence in str(caught.value)
    assert counts() == before


def test_an_older_file_over_an_extended_plan_takes_nothing_away(plan, zezhou_file, system):
    later = extended(zezhou_file, "duty.rate.township_station", '2022-07-01 = "320.00"')
    load_plan(content=later, by=system)
    before = counts()
    assert "另有 1 项已载入而文件里没有，照旧有效" in str(load_plan(content=zezhou_file, by=system))
    plan = Plan.objects.get(pk=plan.pk)
    assert counts() == before and plan.text == later.decode()
    assert plan.terms_on(date(2022, 7, 1))["duty.rate.township_station"].value == Decimal("320.00")


def test_a_date_before_a_loaded_one_is_refused(plan, zezhou_file, system):
    key = "duty.rate.township_station"
    load_plan(content=extended(zezhou_file, key, '2022-07-01 = "320.00"'), by=system)
    both = extended(extended(zezhou_file, key, '2022-07-01 = "320.00"'), key, '2022-03-01 = "310.00"')
    with pytest.raises(PlanRefused, match="2022-03-01：早于已载入的 2022-07-01，请另加一个较晚日期的值"):
        load_plan(content=both, by=system)


def test_a_new_value_does_not_reach_into_a_closed_month(plan, county, zezhou_file, system):
    from common.periods import YearMonth

    close_month(month_id=lock_month(county=county, year_month=YearMonth(2022, 3)).pk, by=system)
    key = "duty.rate.township_station"
    with pytest.raises(PlanRefused, match="2022年3月已经结账，请另加一个较晚日期的值（2022-04-01 或以后）"):
        load_plan(content=extended(zezhou_file, key, '2022-03-15 = "310.00"'), by=system)
    load_plan(content=extended(zezhou_file, key, '2022-04-01 = "310.00"'), by=system)


def test_a_refused_file_leaves_not_even_its_county(db, system, zezhou_file):
    wrong = zezhou_file.decode().replace('kind = "finance"', 'kind = "bank"').encode()
    with pytest.raises(PlanRefused):
        load_plan(content=wrong, by=system)
    assert not Region.objects.exists() and not Plan.objects.exists()


def test_the_nearest_plan_of_the_day_holds_for_a_county(plan, county, system):
    load_plan(content=(PLANS / "jilin-2018.toml").read_bytes(), by=system)
    assert plan_for(county=county, day=date(2022, 3, 1)) == plan
    liuhe = Region.objects.get(name="柳河县")
    assert plan_for(county=liuhe, day=date(2018, 3, 1)).code == "jilin-2018"
    with pytest.raises(NoPlan, match="泽州县在2023-03-01没有已载入的实施方案：请先载入2023年的方案"):
        plan_for(county=county, day=date(2023, 3, 1))


def test_a_plan_is_seen_from_its_county_and_not_from_another(plan, county, somebody, system):
    load_plan(content=(PLANS / "jilin-2018.toml").read_bytes(), by=system)
    here, above = somebody("section"), somebody("city", region=county.parent)
    elsewhere = somebody("section", username="other", region=Region.objects.get(name="柳河县"))
    assert [list(Plan.objects.visible_to(user).values_list("code", flat=True)) for user in (here, above, elsewhere)] == [
        ["zezhou-2022"],
        ["zezhou-2022"],
        ["jilin-2018"],
    ]


# -- the deadlines of the plan -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "limit"),
    [
        ("fund_forward", (5, "working_day", False)),
        ("fund_report", (15, "calendar_day", False)),
        ("aid_decision", (7, "calendar_day", True)),
        ("aid_assignment", (3, "calendar_day", True)),
        ("engagement", (5, "calendar_day", True)),
        ("file_submission", (30, "calendar_day", True)),
        ("application_transfer", (24, "hour", False)),
    ],
)
def test_the_plans_limits_are_rows_with_unit_and_law(plan, code, limit):
    rule = DeadlineRule.objects.in_force(plan, code, date(2022, 3, 1))
    assert (rule.amount, rule.unit, rule.roll_on_holiday) == limit
    assert rule.law
    assert (rule.limit.amount, rule.limit.unit, rule.limit.roll_on_holiday) == limit


def test_a_plans_own_limit_goes_before_a_general_one_and_a_later_before_an_earlier(plan):
    shared = {"code": "aid_decision", "name": "审查", "unit": "calendar_day", "law": "示例"}
    DeadlineRule.objects.create(plan=None, amount=9, since="2022-02-01", **shared)
    assert DeadlineRule.objects.in_force(plan, "aid_decision", date(2022, 3, 1)).amount == 7
    DeadlineRule.objects.create(plan=plan, amount=6, since="2022-03-01", **shared)
    assert [DeadlineRule.objects.in_force(plan, "aid_decision", date(2022, m, 1)).amount for m in (2, 3)] == [7, 6]


# -- I13: nothing loaded changes, by whatever path -------------------------------------------------------------------


def refused(act):
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def raw(sql):
    def act():
        with connection.cursor() as cursor:
            cursor.execute(sql)

    return act


@pytest.mark.rule("I13")
@pytest.mark.parametrize("model", [Term, Clause, Note, Target, DeadlineRule])
def test_loaded_rows_are_refused_every_change_by_every_path(plan, model):
    row = model.objects.first()
    field = next(f for f in model._meta.fields if f.name in ("value", "sentence", "text", "amount"))
    before = list(model.objects.order_by("pk").values())
    setattr(row, field.name, "9")
    refused(row.save)
    refused(row.delete)
    refused(lambda: model.objects.update(**{field.name: "9"}))
    refused(lambda: model.objects.all()._raw_delete("default"))
    refused(lambda: model.objects.bulk_update([row], [field.name]))
    table = model._meta.db_table
    refused(raw(f"UPDATE {table} SET {field.column} = '9'"))
    refused(raw(f"DELETE FROM {table}"))
    refused(raw(f"TRUNCATE {table}"))
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.rule("I13")
@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
@pytest.mark.parametrize("table", ["programmes_term", "programmes_clause", "programmes_target", "programmes_deadlinerule"])
def test_even_the_owner_of_the_tables_may_not_change_a_loaded_plan(plan, table):
    from django.db import connections

    for statement in (f"UPDATE {table} SET plan_id = plan_id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with (
            pytest.raises(DatabaseError, match="only grows"),
            transaction.atomic("owner"),
            connections["owner"].cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.rule("I13")
def test_two_values_of_one_key_cannot_begin_on_one_day_nor_in_the_past(plan):
    def add(since):
        return lambda: Term.objects.bulk_create(
            [Term(plan=plan, key="duty.rate.county_centre", since=since, value="1.00", value_kind="yuan", clause="五（二）1")]
        )

    refused(add("2022-01-01"))
    refused(add("2021-12-31"))
    add("2022-05-01")()
    refused(add("2022-04-30"))


def test_a_plan_itself_keeps_its_word(plan):
    refused(plan.delete)
    refused(lambda: Plan.objects.update(starts_on="2021-01-01"))
    refused(raw("UPDATE programmes_plan SET code = 'x'"))
    Plan.objects.update(loaded_at=timezone.now())


def test_a_reading_without_a_reason_is_refused_by_the_database(plan):
    refused(
        lambda: Term.objects.create(
            plan=plan, key="x", since="2022-01-01", value="1", value_kind="int", clause="二", is_reading=True, reading_code="D1"
        )
    )


# -- the command -----------------------------------------------------------------------------------------------------


def test_the_command_loads_the_plan_and_the_calendar(db, capsys):
    call_command("load_plan", str(PLANS / "zezhou-2022.toml"))
    assert "新载入" in capsys.readouterr().out
    assert Plan.objects.count() == 1 and CalendarYear.objects.filter(year=2022).exists()


def test_the_command_tells_each_problem_on_a_line_and_exits_2(db, capsys, tmp_path, zezhou_file):
    wrong = tmp_path / "wrong.toml"
    wrong.write_bytes(zezhou_file.replace(b'"10.00"', b"10").replace(b"= 760", b"= 761"))
    with pytest.raises(SystemExit) as caught:
        call_command("load_plan", str(wrong))
    out, err = capsys.readouterr()
    assert (caught.value.code, out) == (2, "")
    assert len(err.splitlines()) == 2 and all(line.endswith("。") for line in err.splitlines())
    assert not Plan.objects.exists() and not CalendarYear.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["/nowhere/x.toml"], "没有这个文件"),
        (["/"], "读不出来"),
        (["--as", "nobody", str(PLANS / "zezhou-2022.toml")], "没有登录名为“nobody”的用户"),
    ],
)
def test_the_command_refuses_what_it_cannot_read_or_who_it_does_not_know(db, capsys, arguments, sentence):
    with pytest.raises(SystemExit) as caught:
        call_command("load_plan", *arguments)
    assert caught.value.code == 2
    assert sentence in capsys.readouterr().err


def test_somebody_without_the_post_may_not_load(somebody, capsys):
    somebody("finance")
    with pytest.raises(SystemExit):
        call_command("load_plan", "--as", "finance", str(PLANS / "zezhou-2022.toml"))
    assert "没有“载入方案文件”的权限" in capsys.readouterr().err


def test_months_of_other_counties_do_not_matter_to_a_load(plan, zezhou_file, system, county):
    other = Region.objects.create(level="county", name="示例县", parent=county.parent)
    Month.objects.create(county=other, first="2022-12-01", state="closed", closed_at=timezone.now(), closed_by=system)
    load_plan(content=extended(zezhou_file, "duty.rate.township_station", '2022-03-15 = "310.00"'), by=system)
