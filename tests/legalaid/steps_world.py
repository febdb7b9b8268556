"""A county with its aid centre, and cases that stand wherever a test of the procedure wants them."""

from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path

import time_machine
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.policy import Role
from accounts.services import system_user
from common.encryption import keyed_index
from common.id_numbers import check_digit
from legalaid.models import AidCase, Applicant, Assignment, CaseFile
from organizations.models import Organization, Post, Practitioner, Station
from programmes.services.calendars import load_calendar
from programmes.services.loading import load_plan

PLAN = Path(__file__).resolve().parents[2] / "programmes" / "plans" / "zezhou-2022.toml"
PASSWORD = "a long enough password"
TODAY = date(2022, 9, 26)
NOON = "2022-09-26 12:00+08:00"
# How far each state is: dates that a case in it has.
AGREED = {"received_on": date(2022, 3, 1), "accepted_on": date(2022, 3, 1)}
GRANTED = {**AGREED, "approved_on": date(2022, 3, 4)}
ASSIGNED = {**GRANTED, "assigned_on": date(2022, 3, 6)}
NOTIFIED = {"received_on": date(2022, 3, 1), "approved_on": date(2022, 3, 1)}
WORKING = {**ASSIGNED, "engaged_on": date(2022, 3, 10), "first_met_on": date(2022, 3, 11)}
CLOSED = {**WORKING, "concluded_on": date(2022, 8, 31)}
FILED = {**CLOSED, "file_submitted_on": date(2022, 9, 10)}
CHECKED = {**FILED, "file_accepted_on": date(2022, 9, 15)}
ARCHIVED = {**CHECKED, "archived_on": date(2022, 9, 20)}
DATES = {
    "registered": {"received_on": date(2022, 3, 1)},
    "received": {"received_on": date(2022, 3, 1)},
    "need_supplement": {"received_on": date(2022, 3, 1)},
    "accepted": AGREED,
    "under_review": AGREED,
    "cooperating": AGREED,
    "granted": GRANTED,
    "refused": {**AGREED, "refused_on": date(2022, 3, 4)},
    "notice_received": NOTIFIED,
    "notice_incomplete": {"received_on": date(2022, 3, 1)},
    "assigned": ASSIGNED,
    "engaged": {**ASSIGNED, "engaged_on": date(2022, 3, 10)},
    "first_met": {**ASSIGNED, "first_met_on": date(2022, 3, 10)},
    "consented": {**ASSIGNED, "first_met_on": date(2022, 3, 10)},
    "client_refused": {**ASSIGNED, "first_met_on": date(2022, 3, 10)},
    "in_progress": WORKING,
    "concluded": CLOSED,
    "file_submitted": FILED,
    "file_returned": FILED,
    "file_accepted": CHECKED,
    "archived": ARCHIVED,
    "quality_passed": {**ARCHIVED, "quality_verified_on": date(2022, 9, 22)},
    "terminated": {**WORKING, "terminated_on": date(2022, 5, 1)},
}
ONLY_NOTICE = ("notice_received", "notice_incomplete", "first_met", "consented", "client_refused")
# What a complete application of a migrant worker about pay holds.
COMPLETE = (
    ("application", ""),
    ("identity", ""),
    ("case_material", ""),
    ("group_proof", "migrant_worker"),
    ("hardship_proof", ""),
    ("review_sheet", ""),
    ("meeting_record", ""),
)


def id_number(serial):
    """A valid, plainly fictional ID number."""
    digits = f"14052519850615{serial % 1000:03d}"
    return digits + check_digit(digits)


class World:
    """`world.centre`, `world.director`, `world.leader`, `world.lawyer` hold their posts; `world.case("granted")` is a case."""

    def __init__(self):
        self.system = system_user()
        load_calendar(by=self.system, years=[2022])
        self.county = load_plan(content=PLAN.read_bytes(), by=self.system).plan.region
        self.bagong = Station.objects.get(county=self.county, short_name="巴公镇")
        self.serial = count(1)
        self.centre = self.user("centre", Role.CENTRE)
        self.centre2 = self.user("centre2", Role.CENTRE)
        self.director = self.user("director", Role.DIRECTOR)
        self.leader = self.user("leader", Role.LEADER)
        self.section = self.user("section", Role.SECTION)
        self.expert = self.user("expert", Role.EXPERT)
        self.clerk = self.user("clerk", Role.CLERK, station=self.bagong)
        self.lawyer = self.user("lawyer", Role.LAWYER)
        self.nobody = User.objects.create_user("nobody", PASSWORD, name="无岗示例", is_demo=True)
        self.office = Organization.objects.create(kind="law_firm", name="示例律师事务所", region=self.county)
        self.undertaker = self.person("王假设", user=self.lawyer)

    def user(self, name, role, *, station=None, region=None):
        made = User.objects.create_user(name, PASSWORD, name=f"{role.label}示例", is_demo=True)
        Post.objects.create(
            user=made, role=role, region=region or self.county, station=station, since="2018-01-01", is_confirmed=True, entered_by=self.system
        )  # fmt: skip
        return made

    def person(self, name, *, user=None):
        number = id_number(next(self.serial))
        return Practitioner.objects.create(name=name, id_number=number, id_index=keyed_index(number), kind="lawyer", user=user)

    def case(self, state="received", *, files=COMPLETE, proxy="", **facts):
        """A case that stands in a state, as if the steps before had been taken."""
        serial = next(self.serial)
        source = "notice" if state in ONLY_NOTICE else facts.pop("source", "application")
        told = {
            "county": self.county,
            "state": state,
            "number": f"泽援〔2022〕{serial:03d}号",
            "recipient": "样某某",
            "id_number": id_number(serial),
            "primary_group": "migrant_worker",
            "type": "civil_litigation" if source == "application" else "criminal_defence",
            "source": source,
            "stage": "first_instance",
            "cause": "追索劳动报酬",
            "basis": "laf_31",
            "matter": "m05" if source == "application" else "c25p2",
            "hardship": "exempt" if source == "application" else "not_applicable",
            "hardship_ground": "进城务工人员请求支付劳动报酬",
            "handler": self.centre,
            "recorded_by": self.centre,
            "recorded_at": timezone.now(),
            **DATES[state],
            **facts,
        }
        if "assigned_on" in DATES[state] and "lawyer" not in facts:
            told |= {
                "lawyer": self.undertaker,
                "office": self.office,
                "undertaker": "王假设",
                "undertaking_office": "示例律师事务所",
            }
        case = AidCase(**told)
        case.set_search_keys()
        case.save()
        Applicant.objects.create(case=case, proxy_name=proxy, proxy_relation="父亲" if proxy else "", phone="13800000000")
        if case.lawyer:
            Assignment.objects.create(
                case=case, office=self.office, lawyer=case.lawyer, assigned_on=case.assigned_on, assigned_by=self.centre,
                assigned_at=timezone.now(), reason="轮到",
            )  # fmt: skip
        self.add(case, *files)
        return case

    def add(self, case, *files):
        for kind, group in files:
            CaseFile.objects.create(
                case=case, kind=kind, group=group, title=kind, is_paper_only=True, added_by=self.centre, added_at=timezone.now()
            )


@contextmanager
def ground(blocker):
    """A world made once for a module: loading the plan for each of some hundred tests would take minutes."""
    with blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOON, tick=False):
            made = World()
        yield made
        transaction.set_rollback(True)


@contextmanager
def one_test(made):
    """What one test does to it, with what the database checks at the end of a transaction, undone."""
    with time_machine.travel(NOON, tick=False), transaction.atomic():
        yield made
        connection.check_constraints()
        transaction.set_rollback(True)
