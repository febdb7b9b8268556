"""Zezhou county with its plan, people of the centre and of stations, a consultation, and a form as somebody fills it in."""

from datetime import date, time
from itertools import count
from pathlib import Path

from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import system_user
from common.encryption import keyed_index
from common.id_numbers import check_digit
from consultations.models import Consultation
from legalaid.services.intake import open_application, open_notice
from organizations.models import Post, Practitioner, Station
from programmes.services.calendars import load_calendar
from programmes.services.loading import load_plan

PLAN = Path(__file__).resolve().parents[2] / "programmes" / "plans" / "zezhou-2022.toml"
TODAY = date(2022, 9, 26)
PASSWORD = "seven quiet lanterns"
LOGINS = {
    "centre": "centre",
    "centre2": "centre",
    "director": "director",
    "section": "section",
    "lawyer": "lawyer",
    "duty": "duty",
}


def number(born="19850615", *, female=False, serial=0):
    first = f"140525{born}{serial:02d}{2 if female else 1}"
    return first + check_digit(first)


class IntakeWorld:
    def __init__(self):
        self.system = system_user()
        self.county = load_plan(content=PLAN.read_bytes(), by=self.system).plan.region
        load_calendar(by=self.system, years=[2022])
        self.bagong = Station.objects.get(county=self.county, short_name="巴公镇")
        self.dayang = Station.objects.get(county=self.county, short_name="大阳镇")
        self.serial = count(1)
        for login, role in LOGINS.items():
            setattr(self, login, self.user(role, login))
        self.clerk = self.user("clerk", "clerk", station=self.bagong)
        self.clerk2 = self.user("clerk", "clerk2", station=self.dayang)
        self.adviser = Practitioner.objects.create(
            name="值班演示", id_number=number(serial=99), id_index=keyed_index(number(serial=99)), kind="lawyer", user=self.duty
        )

    def user(self, role, login, station=None, region=None):
        user = User.objects.create_user(login, PASSWORD, name=f"演示{login}", is_demo=True)
        Post.objects.create(
            user=user,
            role=role,
            region=region or self.county,
            station=station,
            since="2018-01-01",
            is_confirmed=True,
            entered_by=user,
        )
        return user

    def consultation(self, **fields):
        values = {
            "number": f"泽咨〔2022〕巴公-{next(self.serial):04d}",
            "station": self.bagong,
            "practitioner": self.adviser,
            "day": TODAY,
            "time": time(9, 30),
            "channel": "onsite",
            "client_name": "赵虚构",
            "client_phone": "13800000001",
            "groups": ["migrant_worker", "farmer"],
            "matter": "labour",
            "question": "演示：在工地干活半年，工钱一直拖欠没有给。",
            "answer": "演示：说明了劳动报酬的规定和申请法律援助的办法。",
            "outcome": "referred_legal_aid",
            "recorded_by": self.clerk,
            "recorded_at": timezone.now(),
        }
        return Consultation.objects.create(**values | fields)

    def application(self, by=None, **more):
        """A received application for wages of a migrant worker, changed as told."""
        options = {name: more.pop(name) for name in ("station", "day", "confirmed", "reason", "consultation_id") if name in more}
        return open_application(county=self.county, values=application_values(**more), by=by or self.centre, **options)

    def notice(self, by=None, **more):
        options = {name: more.pop(name) for name in ("day", "papers", "confirmed", "reason") if name in more}
        options.setdefault("papers", frozenset({"notice_letter", "charge_document"}))
        return open_notice(county=self.county, values=notice_values(**more), by=by or self.centre, **options)


def application_values(**more):
    values = {
        "recipient": "赵虚构", "channel": "onsite", "id_kind": "resident", "id_number": number(), "gender": "9", "birth_date": None,
        "phone": "13800000001", "groups": ["migrant_worker"], "primary_group": "", "matter": "m05", "type": "", "stage": "first_instance",
        "cause": "追索劳动报酬纠纷", "opponent": "", "hardship_claims": [], "basis": "",
    }  # fmt: skip
    return values | more


def notice_values(**more):
    values = {
        "recipient": "钱演示", "id_kind": "resident", "id_number": number("20050301"), "gender": "9", "birth_date": None,
        "groups": ["minor"], "primary_group": "", "organ": "court", "organ_name": "泽州县人民法院", "notice_no": "（2022）晋0525刑初1号",
        "stage": "first_instance", "procedure": "ordinary", "matter": "c25_1", "type": "criminal_defence", "cause": "盗窃罪",
        "custody_place": "泽州县看守所", "basis": "",
    }  # fmt: skip
    return values | more


def typed(**more):
    """The application form as a browser sends it."""
    form = {
        "channel": "onsite", "day": "2022-9-26", "recipient": "赵虚构", "id_kind": "resident", "id_number": number(), "phone": "13800000001",
        "groups": ["migrant_worker"], "matter": "m05", "type": "", "stage": "first_instance", "cause": "追索劳动报酬纠纷",
        "summary": "演示：工地干活半年，欠工资两万元。", "opponent": "虚构建筑有限公司",
    }  # fmt: skip
    return form | more


def typed_notice(**more):
    form = {
        "organ": "court", "organ_name": "泽州县人民法院", "notice_no": "（2022）晋0525刑初1号", "day": "2022-9-26", "stage": "first_instance",
        "matter": "c25_1", "procedure": "ordinary", "papers": ["notice_letter", "charge_document"], "recipient": "钱演示",
        "id_kind": "resident", "id_number": number("20050301"), "groups": ["minor"], "cause": "盗窃罪", "custody_place": "泽州县看守所",
    }  # fmt: skip
    return form | more


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client
