"""A county with a centre, firms and their people, and cases on their way: what tests of undertaking and closing stand on."""

from datetime import date
from itertools import count
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from accounts.services import system_user
from common import clock
from common.encryption import keyed_index
from common.id_numbers import check_digit
from legalaid.models import AidCase, Applicant, CaseFile, Specialty
from legalaid.services import assigning, closing, undertaking
from legalaid.services.deadlines import start
from organizations.models import Affiliation, Organization, Post, Practitioner, Region, Station
from programmes.services.calendars import load_calendar
from programmes.services.loading import load_plan

PLAN = Path(__file__).resolve().parents[2] / "programmes" / "plans" / "zezhou-2022.toml"
PASSWORD = "seven quiet lanterns"
TODAY = date(2022, 6, 15)
# What an undertaker brings for a civil case, by kind.
OWN_PAPERS = ("agreement", "meeting_record", "pleading", "opinion", "judgment", "progress_record", "closing_report")
OFFICE_PAPERS = ("application", "identity", "hardship_proof", "review_sheet", "grant_decision", "assignment_notice")


def photo(name="照片.png", content=b""):
    return SimpleUploadedFile(name, content or b"\x89PNG\r\n\x1a\n" + b"0" * 60, content_type="image/png")


class UndertakingWorld:
    def __init__(self):
        self.system = system_user()
        self.county = load_plan(content=PLAN.read_bytes(), by=self.system).plan.region
        load_calendar(by=self.system, years=[2022])
        self.bagong = Station.objects.get(county=self.county, short_name="巴公镇")
        self.serial = count(1)
        self.centre = self.user("centre", "centre")
        self.centre2 = self.user("centre", "centre2")
        self.director = self.user("director", "director")
        self.section = self.user("section", "section")
        self.firm = self.organization("甲律师事务所")
        self.other_firm = self.organization("乙律师事务所")
        self.chen = self.person("陈演示", login="chen")
        self.wang = self.person("王演示", login="wang", firm=self.other_firm)

    # -- people

    def user(self, role, login, region=None):
        user = User.objects.create_user(login, PASSWORD, name=f"演示{login}", is_demo=True)
        place = region or self.county
        Post.objects.create(user=user, role=role, region=place, since="2018-01-01", is_confirmed=True, entered_by=user)
        return user

    def organization(self, name, kind="law_firm", region=None):
        return Organization.objects.create(kind=kind, name=name, region=region or self.county)

    def person(self, name, *, login="", firm=None, kind="lawyer", since="2019-01-01", until=None, **fields):
        number = self.id_number()
        person = Practitioner.objects.create(
            name=name, id_number=number, id_index=keyed_index(number), kind=kind, service_years=9,
            user=self.user("lawyer", login) if login else None, **fields,
        )  # fmt: skip
        if firm is not False:
            Affiliation.objects.create(practitioner=person, organization=firm or self.firm, since=since, until=until)
        return person

    def good_at(self, person, field, since="2015-01-01"):
        return Specialty.objects.create(practitioner=person, field=field, since=since)

    def id_number(self):
        digits = f"14052519700101{next(self.serial):03d}"
        return digits + check_digit(digits)

    def neighbour(self):
        """A county beside this one, with its own centre."""
        region = Region.objects.create(level="county", name="邻县", parent=self.county.parent, code="140599")
        return region, self.user("centre", "far", region=region)

    # -- cases

    def case(self, state="granted", **fields):
        """A civil case of wages, granted on 2022-03-04, or a notified defence received that day."""
        serial, number = next(self.serial), self.id_number()
        is_notice = fields.get("source") == "notice" or state == "notice_received"
        kind = {"type": "criminal_defence", "source": "notice", "organ": "court", "organ_name": "泽州县人民法院", "cause": "盗窃罪",
                "basis": "laf_25_1", "hardship": "not_applicable", "matter": "c25_7"}  # fmt: skip
        values = {
            "county": self.county,
            "state": state,
            "number": f"泽援〔2022〕{serial:04d}号",
            "recipient": f"受援{serial}",
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
            "handler": self.centre,
            "received_on": "2022-03-01",
            "approved_on": "2022-03-04",
            "recorded_by": self.centre,
            "recorded_at": clock.now(),
            **(kind if is_notice else {}),
            **fields,
        }
        case = AidCase.objects.create(**values)
        case.refresh_from_db()
        Applicant.objects.create(case=case)
        start(case, "notice_assignment" if is_notice else "aid_assignment", case.approved_on)
        return case

    def assigned(self, person=None, day="2022-03-06", accepted=True, **fields):
        case = self.case(**fields)
        row = assigning.assign_case(
            case_id=case.pk, lawyer_id=(person or self.chen).pk, by=self.centre, day=date.fromisoformat(day), reason="轮到"
        )
        if accepted:
            undertaking.accept_assignment(assignment_id=row.pk, by=(person or self.chen).user or self.centre)
        case.refresh_from_db()
        return case

    def under_way(self, person=None, **fields):
        """Engaged on 2022-03-08, first met on 2022-03-09."""
        case = self.assigned(person, **fields)
        by = case.lawyer.user or self.centre
        if case.is_notified:
            for code in ("meet", "consent", "begin_defence"):
                undertaking.take_own_step(case_id=case.pk, code=code, by=by, day=TODAY)
        else:
            undertaking.take_own_step(case_id=case.pk, code="engage", by=by, day=TODAY)
            undertaking.take_own_step(case_id=case.pk, code="begin", by=by, day=TODAY)
        case.refresh_from_db()
        return case

    def concluded(self, person=None, day=TODAY, **fields):
        case = self.under_way(person, **fields)
        closing.conclude_case(
            case_id=case.pk, by=case.lawyer.user, day=day, event="judgment", document_no="（2022）晋0525民初1号", result="won"
        )
        case.refresh_from_db()
        return case

    def bring(self, case, *kinds, day="2022-06-01"):
        """Papers of these kinds lie in the file."""
        for kind in kinds:
            CaseFile.objects.create(
                case=case, kind=kind, title=kind, day=day, is_paper_only=True, added_by=self.centre, added_at=clock.now()
            )

    def submitted(self, person=None, **fields):
        case = self.concluded(person, **fields)
        self.bring(case, *OWN_PAPERS)
        closing.submit_file(case_id=case.pk, by=case.lawyer.user, day=TODAY)
        case.refresh_from_db()
        return case

    def reviewed(self, person=None, **fields):
        """Handed in, found in order, with the papers of the office: ready to be archived."""
        case = self.submitted(person, **fields)
        closing.accept_file(case_id=case.pk, by=self.centre, day=TODAY)
        self.bring(case, *OFFICE_PAPERS)
        case.refresh_from_db()
        return case

    def archive(self, case, **fields):
        options = {"day": TODAY, "retention": "10年", "location": "3 号柜 2 层", "by": self.centre, **fields}
        return closing.archive_case(case_id=case.pk, **options)

    # -- pages

    def client(self, user):
        client = Client()
        client.force_login(user)
        return client
