"""A county with the consultations of progress.toml, and short ways along a report's way. Reused by tests of other floors."""

import tomllib
from datetime import date
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from accounts.policy import Role
from common import clock
from consultations.models import Consultation
from organizations.models import Station
from performance.exports.reports import keep_issued_papers
from performance.models import Report
from performance.services import reports
from tests.subsidies.case_world import CaseWorld

WORKED = tomllib.loads((Path(__file__).parent / "progress.toml").read_text(encoding="utf-8"))
TEXTS = {
    key: "无"
    for key in ("work", "checks", "rectification", "problems", "next_steps", "introduction", "event", "handling", "request")
}
SECRET_NAME = "欧阳不可公开"


class ReportWorld(CaseWorld):
    ROLES = CaseWorld.ROLES | {"auditor": Role.AUDITOR}

    def __init__(self):
        super().__init__()
        self.people["city"] = self.user(Role.CITY, "city", region=self.county.parent)
        self.lawyer = self.person("周虚构")
        for name, worked in WORKED["units"].items():
            self.consult(self.station(name), worked)

    def station(self, name):
        return self.centre if name == "县中心" else Station.objects.get(county=self.county, short_name=name)

    def consult(self, station, worked):
        """The unit's consultations: its ratings stand on the first of them."""
        days = [date(2022, 1, 20)] * worked["january"] + [date(2022, 3, 16)] * worked["march"]
        marks = ["dissatisfied"] * worked["dissatisfied"] + ["basic"] * worked["basic"]
        marks += ["very_satisfied"] * (worked["rated"] - len(marks))
        marks += [""] * (len(days) - len(marks))
        Consultation.objects.bulk_create(self.record(station, day, rating=mark) for day, mark in zip(days, marks, strict=True))

    def record(self, station, day, **more):
        told = {
            "matter": "labour",
            "channel": "onsite",
            "client_name": SECRET_NAME,
            "question": "工资三个月没有发",
            "outcome": "answered",
        }
        return Consultation(
            station=station, practitioner=self.lawyer, day=day, recorded_by=self.system, recorded_at=clock.now(), **told | more
        )

    # -- the way of a report

    def draft(self, kind="month", period="2022-03", by="section", **more):
        return reports.draft_report(county=self.county, kind=kind, period=period, by=self.people[by], **more)

    def step(self, act, report, by, **told):
        report.refresh_from_db()
        return act(report_id=report.pk, version=report.version, by=self.people[by], **told)

    def written(self, **told):
        return self.step(reports.write_texts, self.draft(**told), "section", texts=TEXTS)

    def reviewed(self, **told):
        return self.step(reports.review_report, self.written(**told), "section2")

    def issue(self, report):
        return self.step(reports.issue_report, report, "leader", make_papers=keep_issued_papers)

    def issued(self, **told) -> Report:
        return self.issue(self.reviewed(**told))


def pdf_text(content) -> str:
    """Everything that stands in a PDF, without spaces and line ends."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages)


def pdf_pages(content) -> int:
    return len(PdfReader(BytesIO(content)).pages)
