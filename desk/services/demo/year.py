"""The demonstration year: a living county up to a remembered day in late September 2022, with open work of every kind."""

import random
from datetime import date, datetime, time, timedelta

from django.db import transaction

from common.clock import SHANGHAI
from common.periods import YearMonth
from consultations.models import Finding
from consultations.services.findings import issue_criticism
from consultations.services.publishing import publish_roster
from desk.services.demo import (
    at_the_desk,
    case_history,
    case_money,
    case_stories,
    cases,
    duty,
    money,
    open_work,
    other_systems,
    people,
    ratings,
    reports,
    reviews,
    rosters,
    service_days,
    services,
    supervision,
)
from desk.services.demo.case_work import Office
from desk.services.demo.logins import add_logins, demo_county
from organizations.models import Station
from programmes.models import Plan, Target
from programmes.services.frequencies import set_frequency
from records.services import remember_day

TODAY = date(2022, 9, 26)
AT = datetime.combine(date(2022, 1, 4), time(9, 0), SHANGHAI)
PUBLISHED = [YearMonth(2022, number) for number in range(1, 10)]
SEED = 2022


@transaction.atomic
def load_year(*, by) -> dict:
    """Load the whole year into a database without facts; the same rows every time. Gives how many of what."""
    users = {user.username: user for user in add_logins(by=by)}
    county, rng = demo_county(), random.Random(SEED)
    plan = Plan.objects.filter(region=county).order_by("year").first()
    remember_day(day=date(2022, 1, 4))
    pool = people.add_people(county=county, section=users["section"], leader=users["leader"], at=AT)
    give_phones(county)
    shifts = duty.add_shifts(county=county, people=pool, section=users["section"], rng=rng)
    link_logins(users, pool, shifts)
    duty.add_attendance(shifts, today=TODAY, clerk=users["clerk"], rng=rng)
    set_frequencies(county, plan, users["section"])
    publish_rosters(county, users["section"])
    findings = duty.add_findings(shifts, today=TODAY, section=users["section"], section2=users["section2"], rng=rng)
    targets = dict(Target.objects.filter(plan=plan, indicator=Target.Indicator.CONSULTATIONS).values_list("station", "value"))
    consultations = services.add_consultations(shifts=shifts, targets=targets, today=TODAY, clerk=users["clerk"], rng=rng)
    cases.add_agency(county=county, section=users["section"])
    history = case_history.add_history(county=county, centre=users["centre"])
    case_money.firms(county, users)
    criticise(findings, users["section"])
    money.pay_months(county=county, users=users)
    live = case_stories.add_cases(Office(county=county, users=users))
    reviews.add_reviews(county=county, users=users, today=TODAY)
    case_money.mark_third_quarter(county=county, users=users, today=TODAY)
    open_work.add_open_work(county=county, people=pool, users=users, today=TODAY)
    other_systems.add_other_systems(county=county, users=users, lawyer=pool[0], today=TODAY)
    rosters.add_rosters_at_work(county=county, people=pool, users=users, today=TODAY)
    ratings.add_ratings(county=county, users=users, today=TODAY)
    service_days.add_service_days(county=county, users=users, today=TODAY)
    at_the_desk.add_desk(county=county, users=users)
    reports.add_reports(county=county, users=users, today=TODAY)
    supervision.add_supervision(county=county, users=users, today=TODAY)
    return {"人员": len(pool), "班次": len(shifts), "咨询": consultations, "案件": history + live}


def give_phones(county) -> None:
    """Numbers for the public notice, of a kind that nobody has."""
    for n, station in enumerate(Station.objects.in_county(county).order_by("order")):
        station.phone, station.supervision_phone = f"0356-000{n:04}", "0356-0000148"
        station.save(update_fields=["phone", "supervision_phone"])


def link_logins(users, pool, shifts) -> None:
    """`duty` is on duty at 巴公镇 today; `lawyer` undertakes cases and is on no roster, as her login has no post for it."""
    on_duty = next(s.practitioner for s in shifts if s.day == TODAY and s.station.short_name == duty.FORGETFUL)
    for login, person in (("duty", on_duty), ("lawyer", pool[0])):
        person.user = users[login]
        person.save(update_fields=["user"])
        users[login].name = person.name
        users[login].save(update_fields=["name"])


REMOTE = ("柳树口镇", "南岭镇")


def set_frequencies(county, plan, section) -> None:
    """The two remote towns are on duty every second week, as 四（一）4 allows."""
    for station in Station.objects.in_county(county).filter(short_name__in=REMOTE):
        set_frequency(
            station=station, policy="reduced", times_per_month=2, since=plan.starts_on, by=section,
            reason="地理位置偏远、人口密度小、咨询量少（演示）",
        )  # fmt: skip


def publish_rosters(county, section) -> None:
    """January to September went out a few days before each month; October is still being planned."""
    for month in PUBLISHED:
        remember_day(day=max(month.first - timedelta(days=4), date(2022, 1, 4)))
        publish_roster(county=county, month=month, by=section)
    remember_day(day=TODAY)


def criticise(findings, section) -> None:
    for finding in findings:
        if finding.kind == Finding.Kind.SHAM_DUTY and finding.state == Finding.State.UPHELD:
            remember_day(day=finding.shift.day + timedelta(days=7))
            issue_criticism(finding_id=finding.pk, facts="经查，当日由他人代签，本人未到岗。", by=section)
