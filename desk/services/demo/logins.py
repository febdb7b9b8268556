"""The demonstration's logins (contract.md 6): one for every role, into a database without facts only."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.policy import Role
from common.errors import Refused
from consultations.models import Consultation, Shift
from legalaid.models import AidCase
from organizations.models import Post, Practitioner, Region, Station
from programmes.models import Plan
from records.services import mark_as_demo
from subsidies.models import FundMovement

SINCE = date(2022, 1, 1)
PAPER = "演示任职文件"


class DemoRefused(Refused):
    """The demonstration is not loaded here; the sentence says why."""


@dataclass(frozen=True)
class Login:
    username: str
    name: str
    role: Role
    station: str = ""
    is_city_wide: bool = False


LOGINS = (
    Login("section", "李演示", Role.SECTION),
    Login("section2", "王演示", Role.SECTION),
    Login("leader", "赵演示", Role.LEADER),
    Login("clerk", "孙演示", Role.CLERK, "巴公镇"),
    Login("head", "周演示", Role.HEAD, "巴公镇"),
    Login("duty", "吴示例", Role.DUTY),
    Login("centre", "郑演示", Role.CENTRE),
    Login("centre2", "冯演示", Role.CENTRE),
    Login("director", "陈演示", Role.DIRECTOR),
    Login("expert", "褚演示", Role.EXPERT),
    Login("lawyer", "卫示例", Role.LAWYER),
    Login("finance", "蒋演示", Role.FINANCE),
    Login("cashier", "沈演示", Role.CASHIER),
    Login("treasury", "韩演示", Role.TREASURY),
    Login("city", "杨演示", Role.CITY, is_city_wide=True),
    Login("admin", "朱演示", Role.ADMIN),
)


@transaction.atomic
def add_logins(*, by, password=None) -> list[User]:
    """Make the demonstration's users with their posts; raises DemoRefused where the database holds facts or users."""
    require_no_facts()
    county = demo_county()
    password = password or settings.DEMO_PASSWORD
    users = {}
    for login in LOGINS:
        if User.objects.filter(username=login.username).exists():
            raise DemoRefused(f"已经有登录名“{login.username}”：演示用户只能装入新的数据库。")
        users[login.username] = User.objects.create_user(login.username, password, name=login.name, is_demo=True)
    for login in LOGINS:
        confirmer = users["admin" if login.role == Role.LEADER else "leader"]
        add_post(login, users[login.username], county, by, confirmer)
    mark_as_demo(day=None, by=by)
    audit.record(by=by, action="accounts.create_user", after={"users": list(users)})
    return list(users.values())


def add_post(login: Login, user: User, county: Region, by, confirmer: User) -> Post:
    station = Station.objects.get(county=county, short_name=login.station) if login.station else None
    region = county.parent if login.is_city_wide else county
    return Post.objects.create(
        user=user, role=login.role, region=region, station=station, since=SINCE, paper=PAPER,
        is_confirmed=True, entered_by=by, confirmed_by=confirmer,
    )  # fmt: skip


def demo_county() -> Region:
    """The county of the loaded plan that pays duty."""
    plan = Plan.objects.filter(region__level=Region.Level.COUNTY).order_by("year").first()
    if plan is None:
        raise DemoRefused("没有载入县级实施方案：请先运行 load_plan programmes/plans/zezhou-2022.toml。")
    return plan.region


def require_no_facts() -> None:
    for model in (Practitioner, Shift, Consultation, AidCase, FundMovement):
        if model.objects.exists():
            raise DemoRefused(f"数据库里已有{model._meta.verbose_name}：演示只能装入没有业务数据的数据库。")
