"""The tasks of the plan's year: which there are, when they are due, and that they are done with evidence. Z-ORG-7."""

import datetime
import io

import pytest

from common.errors import Refused
from programmes.rules.obligations import ObligationRule, due_on, periods_of, read_rules, tasks_of

CLAUSES = {"六（一）", "六（二）", "六（三）", "五（二）末段", "五（二）2"}
DAYS = {"fund_report": 15}


def of_2022():
    return {task.key: task for task in tasks_of(2022, read_rules(), clauses=CLAUSES, days=DAYS)}


@pytest.mark.rule("Z-ORG-7")
def test_the_year_has_twelve_reports_four_checks_a_midyear_and_a_year_end_task():
    tasks = of_2022()
    codes = [code for code, _ in tasks]
    counted = {
        code: codes.count(code) for code in ("monthly_report", "quarterly_check", "midyear_inspection", "yearend_assessment")
    }
    assert counted == {"monthly_report": 12, "quarterly_check": 4, "midyear_inspection": 1, "yearend_assessment": 1}
    assert len(tasks) == 28


@pytest.mark.rule("Z-ORG-7")
@pytest.mark.parametrize(
    ("key", "day"),
    [
        (("monthly_report", "2022-01"), "2022-02-05"),
        (("monthly_report", "2022-12"), "2023-01-05"),
        (("quarterly_check", "2022Q1"), "2022-03-31"),
        (("quarterly_return", "2022Q3"), "2022-10-15"),
        (("case_information", "2022Q2"), "2022-07-10"),
        (("midyear_inspection", "2022H1"), "2022-07-31"),
        (("yearend_assessment", "2022"), "2023-01-15"),
        (("publicity_plan", "2022"), "2022-03-31"),
        (("training", "2022"), "2022-06-30"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_each_task_is_due_on_its_day(key, day):
    assert of_2022()[key].due_on == datetime.date.fromisoformat(day)


def test_what_the_plan_gives_no_day_for_says_so_and_why():
    for rule in read_rules():
        assert (rule.basis == "internal") == bool(rule.why)
    assert [rule.code for rule in read_rules() if rule.basis == "plan"] == ["quarterly_return"]


def test_a_clause_or_limit_that_the_plan_lacks_makes_no_task():
    codes = {task.rule.code for task in tasks_of(2022, read_rules(), clauses={"六（一）", "五（二）末段"}, days={})}
    assert codes == {"monthly_report", "quarterly_check", "midyear_inspection", "yearend_assessment"}


def rule(since, after_days, **more):
    values = {"code": "x", "title": "{label}", "each": "month", "owner": "section", "clause": "六（一）", "basis": "internal",
              "why": "试", "asks": "文件", **more}  # fmt: skip
    return ObligationRule(since=datetime.date.fromisoformat(since), after_days=after_days, **values)


def test_a_later_rule_holds_for_the_periods_that_begin_after_it():
    versions = [rule("2020-01-01", 5), rule("2022-07-01", 3)]
    days = {task.period: (task.due_on - task.last).days for task in tasks_of(2022, versions, clauses=CLAUSES, days={})}
    assert (days["2022-06"], days["2022-07"]) == (5, 3)
    assert due_on(versions[1], periods_of("month", 2022)[1], {}) == datetime.date(2022, 3, 3)


@pytest.mark.parametrize(
    "wrong",
    [{"each": "week"}, {"after_days": None}, {"on": "03-31"}, {"why": ""}, {"basis": "plan"}],
    ids=["each", "no day", "two days", "no reason", "plan without limit"],
)
def test_a_rule_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match="x："):
        rule("2022-01-01", **{"after_days": 5, **wrong})


# --- rows -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def world(db, monkeypatch):
    """Zezhou with its plan and calendar on the fifth of April, and a maker of people with a post."""
    from django.conf import settings

    from accounts.models import User
    from accounts.services import system_user
    from organizations.models import Post
    from programmes.services.calendars import load_calendar
    from programmes.services.loading import load_plan

    monkeypatch.setenv("TODAY", "2022-04-05")
    system = system_user()
    plan = load_plan(content=(settings.BASE_DIR / "programmes/plans/zezhou-2022.toml").read_bytes(), by=system).plan
    load_calendar(by=system, years=[2022])

    def person(role, name=""):
        made = User.objects.create_user(f"{role}{User.objects.count()}", "seven quiet lanterns", name=name or role, is_demo=True)
        Post.objects.create(user=made, role=role, region=plan.region, since="2018-01-01", is_confirmed=True, entered_by=made)
        return made

    return plan, person


@pytest.fixture
def tasks(world):
    from programmes.models import Obligation
    from programmes.services.obligations import make_missing

    assert make_missing() == 28
    return {(row.code, row.period): row for row in Obligation.objects.all()}


class Sent(io.BytesIO):
    name = "月报.pdf"


PAPER = b"%PDF-1.4\n"


@pytest.mark.rule("Z-ORG-7")
def test_the_tasks_are_made_once_from_the_plan_in_force(tasks):
    from programmes.models import Obligation
    from programmes.services.obligations import make_missing

    assert make_missing() == 0 and Obligation.objects.count() == 28


@pytest.mark.rule("Z-RPT-1")
def test_the_plans_own_day_moves_on_from_a_day_off_and_the_bureaus_own_does_not(tasks):
    third = tasks["quarterly_return", "2022Q3"]
    assert (third.due_on, third.late_after) == (datetime.date(2022, 10, 15), datetime.date(2022, 10, 17))
    assert third.basis == "plan"
    own = tasks["case_information", "2022Q1"]  # a Sunday
    assert own.late_after == own.due_on == datetime.date(2022, 4, 10) and own.basis == "internal"


def finish(row, by, **more):
    from programmes.services.obligations import finish

    values = {"done_on": datetime.date(2022, 4, 4), "words": "已报", "evidence_file": Sent(PAPER), **more}
    return finish(obligation_id=row.pk, by=by, **values)


def test_a_task_is_done_with_a_file_or_a_page_of_this_system_and_not_without(tasks, world):
    _, person = world
    section, march, february = person("section"), tasks["monthly_report", "2022-03"], tasks["monthly_report", "2022-02"]
    with pytest.raises(Refused, match="没有凭据"):
        finish(march, section, evidence_file=None)
    assert finish(march, section).evidence_file.mime == "application/pdf"
    assert finish(february, section, evidence_file=None, evidence_url="/reports/?x=1").evidence_url == "/reports/?x=1"


@pytest.mark.parametrize("url", ["https://example.org/", "//example.org/", "javascript:alert(1)", "/no/such/page/", "reports/"])
def test_a_link_to_elsewhere_or_to_nothing_is_no_evidence(tasks, world, url):
    with pytest.raises(Refused) as refused:
        finish(tasks["monthly_report", "2022-03"], world[1]("section"), evidence_file=None, evidence_url=url)
    assert refused.value.field == "evidence_url"


def test_a_day_to_come_and_a_day_before_the_period_are_refused(tasks, world):
    section = world[1]("section")
    for day in ("2022-04-06", "2022-02-28"):
        with pytest.raises(Refused, match="完成日期"):
            finish(tasks["monthly_report", "2022-03"], section, done_on=datetime.date.fromisoformat(day))


def test_only_its_owner_its_post_and_the_bureau_finish_a_task(tasks, world):
    _, person = world
    with pytest.raises(Refused, match="业务股办理"):
        finish(tasks["monthly_report", "2022-03"], person("centre"))
    assert finish(tasks["case_information", "2022Q1"], person("director")).state == "done"


def test_a_task_is_given_to_somebody_of_its_post_and_taken_back_with_a_reason(tasks, world):
    from programmes.services.obligations import assign, reopen

    _, person = world
    leader, section, centre = person("leader"), person("section"), person("centre")
    march = tasks["monthly_report", "2022-03"]
    with pytest.raises(Refused, match="责任人"):
        assign(obligation_id=march.pk, owner=centre, by=leader)
    assert assign(obligation_id=march.pk, owner=section, by=leader).owner == section
    finish(march, section)
    with pytest.raises(Refused, match="撤回理由"):
        reopen(obligation_id=march.pk, reason=" ", by=leader)
    again = reopen(obligation_id=march.pk, reason="数字有误", by=leader)
    assert (again.state, again.evidence_file, again.done_on) == ("open", None, None)


def test_the_table_takes_no_done_task_without_evidence(tasks):
    from django.db import IntegrityError, transaction

    from programmes.models import Obligation

    with pytest.raises(IntegrityError, match="obligation_done_with_evidence"), transaction.atomic():
        Obligation.objects.filter(period="2022-03").update(state="done", done_on="2022-04-01")


def test_whoever_owes_it_is_told_once_when_it_is_near_and_once_when_it_is_late(tasks, world, monkeypatch):
    from programmes.services.obligations import remind_of_obligations

    _, person = world
    section = person("section")
    remind_of_obligations()
    near = section.notices.filter(text__contains="2022年3月工作进展应在 2022-04-05 前完成")
    assert near.count() == 1
    section.notices.all().delete()
    assert remind_of_obligations() == 0
    monkeypatch.setenv("TODAY", "2022-04-06")
    remind_of_obligations()
    assert section.notices.filter(text__contains="2022年3月工作进展已经逾期").count() == 1
    assert remind_of_obligations() == 0


def test_the_board_shows_the_late_ones_first_and_the_page_takes_the_evidence(tasks, world, client):
    from django.urls import reverse

    from desk.todo import todo_items

    section = world[1]("section")
    client.force_login(section)
    shown = client.get(reverse("obligations")).text
    assert shown.index("上报2022年1月工作进展") < shown.index("上报2022年3月工作进展")
    assert "内部口径" in shown and "方案规定" in shown
    march = tasks["monthly_report", "2022-03"]
    assert any(item.title == f"办理：{march.title}" and item.due_on == march.late_after for item in todo_items(section))
    page = reverse("obligation-finish", args=[march.pk])
    assert "没有凭据" in client.post(page, {"done_on": "2022-4-4", "words": ""}).text
    done = client.post(page, {"done_on": "2022-4-4", "words": "已报", "evidence_file": Sent(PAPER)}, follow=True).text
    assert "已办结" in done and "月报.pdf" in done
    assert client.get(reverse("obligation-evidence", args=[march.pk])).status_code == 200
    assert not any(item.title == f"办理：{march.title}" for item in todo_items(section))
    january = reverse("obligation-finish", args=[tasks["monthly_report", "2022-01"].pk])
    client.post(january, {"done_on": "2022-4-4", "words": "已报", "evidence_file": Sent(PAPER)}, follow=True)
    done = client.get(reverse("obligations"), {"state": "done"}).text
    assert done.index("上报2022年3月工作进展") < done.index("上报2022年1月工作进展"), "what is done, the newest first"


def test_the_program_offers_what_it_knows_as_evidence_and_says_whether_it_is_enough(tasks, world):
    from consultations.services.inspections import register_inspection
    from desk.services.obligation_proofs import proofs_of
    from organizations.models import Station

    plan, person = world
    section, first = person("section"), tasks["quarterly_check", "2022Q1"]
    assert proofs_of(first) == []
    stations = Station.objects.in_county(plan.region)
    for n, station in enumerate(stations):
        register_inspection(
            station=station, kind="quarterly", day=datetime.date(2022, 3, 10), inspectors="甲", summary="在岗", by=section
        )
        (proof,) = proofs_of(first)
        assert proof.is_enough == (n + 1 == len(stations))
    assert "查到站点 17/17 个" in proof.words
