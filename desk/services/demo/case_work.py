"""One case of the demonstration at a time, brought on day by day by the services of the office and by those whose steps they are."""

from datetime import date, timedelta

from django.core.files.base import ContentFile

from accounts.policy import may
from desk.services.demo.cases import COURTS, MATTERS, identity, opponent_of, recipient_name
from legalaid.models import AidCase
from legalaid.rules.checklists import UNDERTAKER
from legalaid.services import closing, provincial, undertaking
from legalaid.services.assigning import assign_case
from legalaid.services.files import add_case_file
from legalaid.services.intake import note_papers, open_application, open_notice, papers_missing
from legalaid.services.papers import issue_case_paper, serve_case_paper
from legalaid.services.steps import take_step
from legalaid.services.supervising import questions, record_supervision
from organizations.models import Practitioner
from programmes import calendar
from records.services import remember_day
from records.services.files import read_file

PROGRESS = "演示：向受援人通报案件进展，说明下一步安排。"


class Office:
    """The county's aid office in the demonstration: its logins, its undertakers by name, the working days, and what day it is."""

    def __init__(self, *, county, users):
        self.county, self.users = county, users
        self.days = calendar.between(date(2022, 1, 1), date(2022, 12, 31))
        self.day = None
        self.serial = 59  # of the people; the older cases have those up to it

    def on(self, day) -> date:
        """Move the business day there."""
        if day != self.day:
            remember_day(day=day)
            self.day = day
        return day

    def undertaker(self, name) -> Practitioner:
        return Practitioner.objects.select_related("user").get(name=name)

    def next_person(self) -> int:
        self.serial += 1
        return self.serial


def person_values(n: int, matter) -> dict:
    """The recipient as the form tells her; a minor comes with a parent."""
    values = {
        "recipient": recipient_name(n),
        "id_kind": "resident",
        "id_number": identity(n, born=matter.born, gender=matter.gender),
        "gender": "9",
        "birth_date": None,
        "phone": f"1380000{n:04}",
        "ethnicity": "汉族",
        "registered_address": f"山西省晋城市泽州县演示镇虚构村{n}号",
        "current_address": f"山西省晋城市泽州县演示镇虚构村{n}号",
        "groups": [matter.group],
        "primary_group": "",
        "matter": matter.matter,
        "type": matter.type,
        "stage": matter.stage,
        "cause": matter.cause,
        "summary": f"演示：{matter.cause}，受援人请求法律援助。",
        "basis": "",
    }
    if matter.group == "minor":
        values["guardian"] = recipient_name(n + 51)
    return values


class CaseAtWork:
    """A case on its way; each method takes it one or more steps on and gives it back. Days are the business days of the steps."""

    def __init__(self, office: Office, case: AidCase, handler):
        self.office, self.handler = office, handler
        # As it was opened: services that lock the case anew are given this, `row` where its present state is read.
        self.case, self.pk = case, case.pk

    @property
    def row(self) -> AidCase:
        return AidCase.objects.select_related("lawyer__user", "county", "handler").get(pk=self.pk)

    @property
    def short(self) -> str:
        """The last figures of its number."""
        return self.row.number[-4:-1]

    # -- the door

    @classmethod
    def applied(cls, office, kind, day, *, handler="centre", by=None, station=None, **more):
        """An application; `by` when somebody else than the handler takes it in."""
        user, matter, n = office.users[handler], MATTERS[kind], office.next_person()
        values = person_values(n, matter) | {"channel": "onsite", "opponent": opponent_of(n, matter), "hardship_claims": []}
        if matter.group == "minor":
            values |= {"proxy_name": recipient_name(n + 51), "proxy_relation": "母亲"}
        consultation = more.pop("consultation_id", None)
        office.on(day)
        case = open_application(
            county=office.county, values=values | more, by=by or user, day=day, station=station, consultation_id=consultation
        )
        return cls(office, case, user)

    @classmethod
    def notified(cls, office, kind, day, *, handler="centre", papers=("notice_letter", "charge_document"), **more):
        """A notice of a court; with both papers it is accepted the same day."""
        user, matter, n = office.users[handler], MATTERS[kind], office.next_person()
        values = person_values(n, matter) | {
            "organ": matter.organ,
            "organ_name": COURTS[matter.organ],
            "notice_no": f"（2022）晋0525刑初演示{n}号",
            "procedure": matter.procedure,
            "custody_place": "泽州县看守所（演示）",
        }
        office.on(day)
        case = open_notice(county=office.county, values=values | more, by=user, day=day, papers=frozenset(papers))
        return cls(office, case, user)

    # -- the way to the decision

    def step(self, code, day, *, by="", reason="", facts=None, **columns):
        """Any step of the table that has no page of its own."""
        self.office.on(day)
        user = self.office.users[by] if by else self.handler
        take_step(self.pk, code, version=None, by=user, day=day, reason=reason, facts=facts, **columns)
        return self

    def with_papers(self, day, but=()):
        """Everything that is missing was handed in, `but` what is of these kinds."""
        self.office.on(day)
        missing = frozenset(each.code for each in papers_missing(self.case) if each.kind not in but)
        note_papers(case=self.case, codes=missing, by=self.handler, day=day)
        return self

    def asked_to_supply(self, day, due_on):
        """Told once of everything that is missing."""
        items = [each.words for each in papers_missing(self.case)]
        return self.step("ask_supplement", day, facts={"items": items, "due_on": due_on})

    def accepted(self, day):
        return self.with_papers(day).step("accept", day)

    def reviewed(self, day):
        """Under review, with the sheet filled in: it waits for the director."""
        return self.step("review", day).kept("review_sheet", day=day)

    def granted(self, day):
        return self.step("grant", day, by="director").kept("grant_decision", day=day)

    def taken_in(self, day):
        """An application from its papers to the grant: papers and acceptance, review the next working day, the decision after."""
        return self.accepted(day).reviewed(self.after(day, 1)).granted(self.after(day, 3))

    def after(self, day, many) -> date:
        """The first working day so many days later."""
        return self.office.days.on_or_after(day + timedelta(days=many))

    # -- the undertaker

    def assigned(self, day, name, *, reason="按专长和在办件数轮派（演示）", is_accepted=True, has_notice=True):
        self.office.on(day)
        row = assign_case(
            case_id=self.pk, lawyer_id=self.office.undertaker(name).pk, by=self.handler, day=day, reason=reason, is_checked=True
        )
        if is_accepted:
            undertaking.accept_assignment(assignment_id=row.pk, by=self.undertaker)
            if has_notice:
                self.kept("assignment_notice", day=day)
        return self

    @property
    def undertaker(self):
        """Her login, or the handler who writes down for somebody without one."""
        lawyer = self.row.lawyer
        return lawyer.user if lawyer and lawyer.user_id and may(lawyer.user, "legalaid.undertake_case") else self.handler

    def own_step(self, code, day, *kinds):
        self.office.on(day)
        undertaking.take_own_step(case_id=self.pk, code=code, by=self.undertaker, day=day)
        return self.kept(*kinds, day=day, by=self.undertaker)

    def engaged(self, day):
        return self.own_step("engage", day, "agreement")

    def begun(self, day):
        """An application: engaged, and met some days later."""
        return self.engaged(day).own_step("begin", self.after(day, 3), "meeting_record")

    def defended(self, day):
        """A defence: met, agreed to, begun."""
        self.own_step("meet", day, "meeting_record")
        return self.own_step("consent", day, "agreement").own_step("begin_defence", day)

    def told_before(self, day):
        return self.supervised("pre_notice", day, "phone", "演示：告知承办要求和廉洁纪律。")

    def noted(self, day, kind, content):
        self.office.on(day)
        undertaking.add_note(case_id=self.pk, kind=kind, day=day, content=content, by=self.undertaker)
        return self

    # -- the tail

    def concluded(self, day):
        case = self.case
        matter = next(each for each in MATTERS.values() if each.cause == case.cause)
        event = {"mediated": "mediation", "settled": "mediation", "award": "award"}.get(matter.result, "judgment")
        number = f"（2022）晋0525{'刑初' if case.type.startswith('criminal') else '民初'}演示{self.short}号"
        self.noted(self.after(day, -12), "hearing", "演示：开庭，发表意见。").noted(self.after(day, -6), "report", PROGRESS)
        self.office.on(day)
        closing.conclude_case(case_id=self.pk, by=self.undertaker, day=day, event=event, document_no=number, result=matter.result)
        return self

    def handed_in(self, day):
        """The undertaker brings what she still owes and hands the file in."""
        self.office.on(day)
        missing = [item.code for item in closing.missing_of(self.row, "filing") if item.party == UNDERTAKER]
        self.kept(*missing, day=day, by=self.undertaker)
        closing.submit_file(case_id=self.pk, by=self.undertaker, day=day)
        return self

    def checked(self, day):
        self.office.on(day)
        closing.accept_file(case_id=self.pk, by=self.handler, day=day, remark="材料齐全（演示）")
        return self

    def entered(self, day):
        self.office.on(day)
        number = f"演示2022{self.short}"
        provincial.enter(entry=provincial.Entry(self.pk, number, day), by=self.handler)
        return self

    def archived(self, day):
        """Asked about, and put on its shelf."""
        self.visited(day)
        self.office.on(day)
        retention = closing.proposed_retention(self.row)
        closing.archive_case(case_id=self.pk, by=self.handler, day=day, retention=retention, location="演示档案柜 2 层")
        return self

    def finished(self, day):
        """Watched, then from the judgment to the archive within three weeks."""
        self.supervised("mid_supervision", self.after(day, -4), "file", "演示：抽查承办进度，按期办理。")
        self.concluded(day).entered(self.after(day, 3)).handed_in(self.after(day, 8))
        return self.checked(self.after(day, 13)).archived(self.after(day, 19))

    # -- papers and records

    def kept(self, *kinds, day, by=None):
        """Originals on paper laid into the file."""
        for kind in kinds:
            add_case_file(case=self.case, kind=kind, by=by or self.handler, day=day, is_paper_only=True)
        return self

    def issued(self, kind, day, *, by="", served_on=None, **facts):
        """A paper made as PDF; `served_on` when it arrived."""
        self.office.on(day)
        user = self.office.users[by] if by else self.handler
        row = issue_case_paper(case=self.case, kind=kind, by=user, on=day, facts=facts)
        if served_on:
            self.office.on(served_on)
            serve_case_paper(row=row, by=user, day=served_on, how="direct", to=self.case.recipient)
        return row

    def scanned(self, kind, day, title):
        """A paper made, signed and brought back as a PDF: the pages of such a file are looked at in the browser."""
        made = self.issued(kind, day)
        scan = ContentFile(read_file(made.paper.file), name=f"{title}.pdf")
        add_case_file(case=self.case, kind=kind, by=self.handler, day=day, title=title, upload=scan)
        return self

    def supervised(self, kind, day, way, content):
        self.office.on(day)
        record_supervision(case_id=self.pk, kind=kind, way=way, day=day, content=content, by=self.handler)
        return self

    def visited(self, day):
        self.office.on(day)
        answers = {each.code: "no" if each.concern == "yes" else "yes" for each in questions()}
        record_supervision(
            case_id=self.pk, kind="post_visit", way="phone", day=day, content="演示：回访受援人，对办理情况满意。", by=self.handler,
            person=self.case.recipient, answers=answers, satisfaction="satisfied",
        )  # fmt: skip
        return self
