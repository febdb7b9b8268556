"""The demonstration year is a living county: same rows every time, books that add up, work for everybody, nobody real."""

import re
from datetime import date
from itertools import pairwise

import pytest
from django.db import transaction

from accounts.models import User
from accounts.services import system_user
from common import clock
from common.id_numbers import check_id_number
from consultations.models import Consultation, Finding
from desk.services.demo import DemoRefused, add_logins
from desk.services.todo import todo_items
from legalaid.models import AidCase, Applicant, CaseDeadline, CasePaper, FileReview, Rectification
from legalaid.rules.procedure import State
from organizations.models import Practitioner
from programmes import calendar
from programmes.models import Month
from subsidies.models import CaseClaim, CaseList, CaseMark, PayRow, PaySheet, QuarterlyReturn
from subsidies.services.checking import check_books

FICTIONAL = re.compile("示例|虚构|样本|假设|模拟|范例|试用|占位|演示")


@pytest.fixture(scope="module")
def year(demo_year, django_db_blocker):
    """The year as it is loaded; what a test changes is taken back with the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_its_books_add_up(year):
    assert check_books() == []


def test_it_remembers_its_day_and_stands_behind_its_figures(year):
    assert str(clock.today()) == "2022-09-26"
    assert Consultation.objects.count() > 3000
    assert AidCase.objects.count() == 110
    assert Month.objects.closed().count() == 7
    assert PaySheet.objects.get(month__first="2022-08-01").status == "draft"
    assert PayRow.objects.filter(sheet__month__first="2022-08-01", is_month_void=True).count() == 1
    kinds = {kind for kind, _ in Finding.Kind.choices} - {"late", "early_leave"}
    assert set(Finding.objects.values_list("kind", flat=True)) == kinds


@pytest.mark.parametrize(
    "login",
    ["section", "section2", "leader", "clerk", "head", "duty", "centre", "centre2", "director", "expert", "lawyer", "finance",
     "cashier", "treasury"],
)  # fmt: skip
def test_everybody_who_acts_finds_open_work(year, login):
    assert todo_items(User.objects.get(username=login)) != []


# --- legal aid --------------------------------------------------------------------------------------------------------


def test_every_state_of_the_procedure_is_there_once_at_least(year):
    assert set(AidCase.objects.filter(is_history=False).values_list("state", flat=True)) == set(State.WORDS)


def test_the_days_of_a_live_case_are_in_order_and_working_days_unless_it_came_online(year):
    worked = calendar.between(date(2022, 1, 1), date(2022, 12, 31))
    for case in AidCase.objects.filter(is_history=False).prefetch_related("events"):
        days = [event.day for event in case.events.all()]
        assert all(earlier <= later for earlier, later in pairwise(days)), case
        assert days[-1] <= clock.today()
        assert case.channel == "online" or all(worked.is_working_day(day) for day in days), case
    numbers = [number for number in AidCase.objects.order_by("pk").values_list("number", flat=True) if "登" not in number]
    assert len(set(numbers)) == len(numbers)


def test_limits_are_late_running_and_kept(year):
    late = set(CaseDeadline.objects.overdue(clock.today()).values_list("code", flat=True))
    assert {"aid_decision", "aid_assignment", "notice_assignment", "file_submission", "file_review", "supplement"} <= late
    assert CaseDeadline.objects.running().filter(due_on__gt=clock.today()).count() >= 5
    assert CaseDeadline.objects.exclude(met_on=None).count() > 100


def test_the_lawyer_has_cases_of_many_kinds_one_to_accept_one_late(year):
    own = AidCase.objects.filter(lawyer__user__username="lawyer")
    states = {"assigned", "engaged", "first_met", "in_progress", "concluded", "file_returned", "archived"}
    assert set(own.values_list("state", flat=True)) == states
    titles = [item.title for item in todo_items(User.objects.get(username="lawyer"))]
    assert any(title.startswith("接受指派") for title in titles)
    assert CaseDeadline.objects.overdue(clock.today()).filter(case__in=own, code="file_submission").exists()


def test_papers_are_issued_served_and_made_void(year):
    assert 6 <= CasePaper.objects.count() <= 10
    assert CasePaper.objects.exclude(served_on=None).exists()
    assert CasePaper.objects.filter(paper__state="void").count() == 1


def test_a_file_that_failed_waits_to_be_mended_and_sheets_wait_for_the_expert(year):
    assert Rectification.objects.filter(state="open", file__grade="fail").exists()
    assert FileReview.objects.waiting().filter(reviewer__username="expert").exists()


def test_two_quarters_of_cases_are_paid_and_reported_the_third_waits_for_the_director(year):
    lists = dict(CaseList.objects.values_list("quarter", "status"))
    assert lists == {1: "paid", 2: "paid", 3: "draft"}
    assert all(total > 0 for row in CaseList.objects.values_list("special_total", "operating_total") for total in row)
    assert dict(QuarterlyReturn.objects.values_list("first__month", "status")) == {1: "noted", 4: "noted"}
    assert [report.sent_on <= report.due_on for report in QuarterlyReturn.objects.all()] == [True, True]
    cash = QuarterlyReturn.objects.get(first__month=4).figures["special_fund"]
    assert cash["case_subsidy"] == str(CaseList.objects.get(quarter=1).special_total)
    assert CaseMark.objects.to_sign().count() == 1
    mended = CaseClaim.objects.get(list__quarter=2, case__events=None, marked_on__lt="2022-04-01")
    assert mended.case.number in str(CaseList.objects.get(quarter=1).events.exclude(case=None).get().case)


def test_what_is_worth_nothing_says_so_with_many_reasons(year):
    told = [report.figures["case_subsidy"]["blocked"] for report in QuarterlyReturn.objects.all()]
    reasons = {reason for blocked in told for case in blocked for reason in case["reasons"]}
    assert {
        "不属于特殊群体", "承办人为法律援助机构人员，不发补贴，计入任务", "没有录入省法律援助管理系统", "不是人民法院通知的案件",
        "批准日期早于2021年10月1日", "已发普通法律援助补贴，不得重复发放",
    } <= reasons  # fmt: skip


def test_everybody_in_it_is_plainly_fictional(year):
    names = [*Practitioner.objects.values_list("name", flat=True), *User.objects.people().values_list("name", flat=True)]
    assert [name for name in names if not FICTIONAL.search(name)] == []
    clients = Consultation.objects.exclude(client_name="匿名").values_list("client_name", flat=True).distinct()
    assert [name for name in clients if not FICTIONAL.search(name)] == []
    cases = AidCase.objects.values_list("recipient", "undertaker", "opponent")
    assert [name for row in cases for name in row if name and not FICTIONAL.search(name)] == []
    beside = Applicant.objects.values_list("guardian", "proxy_name")
    assert [name for row in beside for name in row if name and not FICTIONAL.search(name)] == []
    for case in AidCase.objects.all():
        check_id_number(case.id_number)
    for person in Practitioner.objects.all():
        check_id_number(person.id_number)


def test_it_is_not_loaded_into_a_database_that_holds_facts(year):
    with pytest.raises(DemoRefused):
        add_logins(by=system_user())
