"""A county with an aid centre, its officers, a firm with a lawyer, and cases in any state: what tests of papers stand on."""

import io
from datetime import date
from itertools import count

from django.test import Client
from pypdf import PdfReader

from accounts.models import User
from accounts.policy import Role
from accounts.services import system_user
from common import clock
from common.encryption import keyed_index
from common.id_numbers import check_digit
from legalaid.models import AidCase, Applicant, Assignment
from legalaid.services.papers import issue_case_paper
from organizations.models import Organization, Post, Practitioner, Region, Station
from records.services import read_file

PASSWORD = "a long enough password"


class PapersWorld:
    ROLES = {
        "centre": Role.CENTRE,
        "centre2": Role.CENTRE,
        "director": Role.DIRECTOR,
        "leader": Role.LEADER,
        "clerk": Role.CLERK,
        "lawyer": Role.LAWYER,
        "other": Role.LAWYER,
        "section": Role.SECTION,
    }

    def __init__(self):
        self.system = system_user()
        province = Region.objects.create(level="province", name="示例省", code="990000")
        city = Region.objects.create(level="city", name="示例市", parent=province, code="990100")
        self.county = Region.objects.create(level="county", name="示例县", parent=city, code="990101")
        self.station = Station.objects.create(
            kind="township_station", name="示例镇公共法律服务工作站", short_name="示例镇", county=self.county
        )
        self.serial = count(1)
        self.people = {login: self.user(role, login) for login, role in self.ROLES.items()}
        self.agency = Organization.objects.create(
            kind="aid_centre", name="示例县法律援助中心", region=self.county, phone="0356-1234567", address="示例县府前街1号"
        )
        self.firm = Organization.objects.create(kind="law_firm", name="示例律师事务所", region=self.county, phone="0356-7654321")
        self.advocate = self.practitioner("承办示例", self.people["lawyer"])
        self.stranger = self.practitioner("旁人示例", self.people["other"])

    def __getattr__(self, login):
        try:
            return self.__dict__["people"][login]
        except KeyError:
            raise AttributeError(login) from None

    def user(self, role, login, region=None):
        user = User.objects.create_user(login, PASSWORD, name=f"示例{login}", is_demo=True)
        Post.objects.create(
            user=user,
            role=role,
            region=region or self.county,
            station=self.station if role == Role.CLERK else None,
            since="2018-01-01",
            is_confirmed=True,
            entered_by=self.system,
        )
        return user

    def number(self, birth="19750305"):
        digits = f"140525{birth}{next(self.serial):03d}"
        return digits + check_digit(digits)

    def practitioner(self, name, user):
        number = self.number("19800101")
        return Practitioner.objects.create(
            name=name,
            id_number=number,
            id_index=keyed_index(number),
            kind="lawyer",
            user=user,
            practice_certificate_no="11405000000000001",
        )

    def case(self, state="granted", *, with_lawyer=False, county=None, **fields):
        number = self.number()
        case = AidCase.objects.create(
            **{
                "county": county or self.county,
                "state": state,
                "number": f"例援民字〔2022〕第{next(self.serial):03d}号",
                "recipient": "赵虚构",
                "id_number": number,
                "id_index": keyed_index(number),
                "primary_group": "migrant_worker",
                "type": "civil_litigation",
                "source": "application",
                "stage": "first_instance",
                "cause": "追索劳动报酬纠纷",
                "matter": "m05",
                "basis": "laf_31",
                "hardship": "exempt",
                "received_on": date(2022, 9, 1),
                "approved_on": date(2022, 9, 5) if state not in ("received", "under_review", "refused") else None,
                "organ_name": "示例县人民法院",
                "handler": self.people["centre"],
                "recorded_by": self.people["centre"],
                "recorded_at": clock.now(),
            }
            | fields
        )
        Applicant.objects.create(
            case=case, gender="1", phone="13800005678", birth_date=date(1975, 3, 5), current_address="示例县示例村"
        )
        if with_lawyer:
            self.assign(case)
        return case

    def assign(self, case, lawyer=None):
        lawyer = lawyer or self.advocate
        Assignment.objects.create(
            case=case, office=self.firm, lawyer=lawyer, assigned_on=date(2022, 9, 6), assigned_by=self.people["centre"],
            assigned_at=clock.now(), reason="示例",
        )  # fmt: skip
        case.office, case.lawyer, case.assigned_on = self.firm, lawyer, date(2022, 9, 6)
        case.undertaking_office, case.undertaker = self.firm.name, lawyer.name
        case.save()

    def issue(self, case, kind, by=None, **options):
        return issue_case_paper(case=case, kind=kind, by=by or self.people["centre"], **options)


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def reader(row):
    return PdfReader(io.BytesIO(read_file(row.paper.file)))


def text_of(row) -> str:
    """All letters of a paper, without spaces and breaks."""
    return squeezed(reader(row))


def squeezed(pdf: PdfReader) -> str:
    return "".join("".join(page.extract_text().split()) for page in pdf.pages)
