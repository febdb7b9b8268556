"""A county with archived cases, firms, experts and officers: what tests of quality evaluation stand on."""

from datetime import date
from itertools import count

from accounts.models import User
from accounts.policy import Role
from accounts.services import system_user
from common import clock
from common.encryption import keyed_index
from common.id_numbers import check_digit
from legalaid.models import AidCase, Assignment, FileReview, ReviewBatch, SampledFile, Supervision
from legalaid.services import reviews
from legalaid.services.reviews.rubrics import rubric_on
from organizations.models import Affiliation, Organization, Post, Practitioner, Region

PASSWORD = "a long enough password"


class QualityWorld:
    ROLES = {
        "section": Role.SECTION,
        "section2": Role.SECTION,
        "section3": Role.SECTION,
        "leader": Role.LEADER,
        "centre": Role.CENTRE,
        "centre2": Role.CENTRE,
        "director": Role.DIRECTOR,
        "city": Role.CITY,
        **{f"expert{n}": Role.EXPERT for n in range(1, 7)},
    }

    def __init__(self):
        self.system = system_user()
        province = Region.objects.create(level="province", name="示例省", code="990000")
        self.city = Region.objects.create(level="city", name="示例市", parent=province, code="990100")
        self.county = Region.objects.create(level="county", name="示例县", parent=self.city, code="990101")
        self.serial = count(1)
        self.people = {login: self.user(role, login) for login, role in self.ROLES.items()}
        self.firm = self.organization("甲律师事务所")
        self.other_firm = self.organization("乙律师事务所")
        self.lawyer = self.practitioner("承办甲", self.firm)

    def __getattr__(self, login):
        try:
            return self.__dict__["people"][login]
        except KeyError:
            raise AttributeError(login) from None

    # -- people

    def user(self, role, login, region=None):
        user = User.objects.create_user(login, PASSWORD, name=f"示例{login}", is_demo=True)
        place = region or (self.city if role == Role.CITY else self.county)
        Post.objects.create(user=user, role=role, region=place, since="2018-01-01", is_confirmed=True, entered_by=self.system)
        return user

    def organization(self, name):
        return Organization.objects.create(kind="law_firm", name=name, region=self.county)

    def practitioner(self, name, firm, user=None, since="2020-01-01", until=None):
        digits = f"14052519800101{next(self.serial):03d}"
        number = digits + check_digit(digits)
        person = Practitioner.objects.create(
            name=name, id_number=number, id_index=keyed_index(number), kind="lawyer", user=user, service_years=9
        )
        if firm:
            Affiliation.objects.create(practitioner=person, organization=firm, since=since, until=until)
        return person

    # -- cases

    def case(self, *, archived_on="2022-05-10", type="civil_litigation", lawyer=None, firm=None, handler="centre", group="elderly",
             state="archived", assigned=True, supervised=True, **fields):  # fmt: skip
        serial = next(self.serial)
        digits = f"14052519500101{serial:03d}"
        number = digits + check_digit(digits)
        lawyer, firm = lawyer or self.lawyer, firm or self.firm
        case = AidCase.objects.create(
            **{
                "county": self.county,
                "state": state,
                "number": f"示援〔2022〕{serial:04d}号",
                "recipient": f"受援{serial}",
                "id_number": number,
                "id_index": keyed_index(number),
                "primary_group": group,
                "type": type,
                "source": "application",
                "stage": "first_instance",
                "cause": "劳动报酬",
                "basis": "laf_31",
                "hardship": "exempt",
                "handler": self.people[handler],
                "received_on": "2022-01-04",
                "approved_on": "2022-01-06",
                "assigned_on": "2022-01-07",
                "engaged_on": "2022-01-10",
                "concluded_on": "2022-03-01",
                "file_submitted_on": "2022-03-20",
                "file_accepted_on": "2022-04-01",
                "archived_on": archived_on,
                "office": firm if assigned else None,
                "lawyer": lawyer if assigned else None,
                "undertaking_office": firm.name,
                "undertaker": lawyer.name,
                "recorded_by": self.system,
                "recorded_at": clock.now(),
                **fields,
            }
        )
        if assigned:
            Assignment.objects.create(
                case=case, office=firm, lawyer=lawyer, assigned_on="2022-01-07", assigned_by=self.people[handler],
                assigned_at=clock.now(), reason="轮到",
            )  # fmt: skip
        if supervised:
            self.supervise(case)
        return case

    def supervise(self, case, *kinds):
        """告知、监督、回访, without which no case passes."""
        rows = [
            Supervision(case=case, kind=kind, way="phone", day="2022-03-02", content="演示", by=case.handler, at=clock.now())
            for kind in kinds or Supervision.Kind.values
        ]
        for row in rows:
            row.satisfaction = "satisfied" if row.kind == "post_visit" else ""
        Supervision.objects.bulk_create(rows)

    # -- evaluation

    def draw(self, kind="peer", by="section", **fields):
        return reviews.draw_batch(
            **{
                "county": self.county,
                "kind": kind,
                "title": "二季度评查",
                "first": date(2022, 4, 1),
                "last": date(2022, 6, 30),
                "due_on": date(2022, 7, 31),
                "method": "all",
                "by": self.people[by],
                **fields,
            }
        )

    def batch(self, kind="peer", **fields):
        """A confirmed batch of all cases."""
        return reviews.confirm_batch(batch_id=self.draw(kind, **fields).pk, by=self.section)

    def file(self, case=None, kind="peer"):
        """The only file of a fresh confirmed batch."""
        case = case or self.case()
        return self.batch(kind).files.select_related("batch").get(case=case)

    def seat(self, file, *logins):
        file = SampledFile.objects.get(pk=file.pk)
        return [reviews.assign_reviewer(file_id=file.pk, reviewer_id=self.people[login].pk, by=self.section) for login in logins]

    def sheet(self, total=90, type="civil_litigation"):
        """What somebody types who gives this total: full points, the rest taken from the first items."""
        left, typed = 100 - total, {}
        for item in rubric_on(type, date(2022, 7, 1)).items:
            off = min(left, item.points)
            typed[item.code] = str(item.points - off)
            left -= off
        return typed

    def submit(self, review, total=90, vetoes=(), opinion="写明了事实。"):
        return reviews.submit_sheet(
            review_id=review.pk, typed=self.sheet(total), vetoes=vetoes, opinion=opinion, by=review.reviewer
        )

    def scored(self, *totals, case=None):
        """A peer-reviewed file with the first round submitted."""
        file = self.file(case)
        for review, total in zip(self.seat(file, "expert1", "expert2"), totals, strict=True):
            self.submit(review, total)
        file.refresh_from_db()
        return file

    def decided(self, *totals, case=None):
        file = self.scored(*totals, case=case)
        if file.state == SampledFile.State.SECOND:
            for review in self.seat(file, "expert3", "expert4"):
                self.submit(review, totals[0])
        reviews.decide_files(batch_id=file.batch_id, by=self.section)
        file.refresh_from_db()
        return file


__all__ = ["AidCase", "FileReview", "QualityWorld", "ReviewBatch", "SampledFile"]
