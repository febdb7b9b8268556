"""The demonstration's older cases, as the workbook of the aid centre told them: concluded from January to June 2022.

Most were archived, verified, entered and marked, and are paid in the first two quarters; some are worth nothing, each for
another reason, so that the return says why. What came later is made step by step (case_stories).
"""

from datetime import date, time, timedelta

from accounts import audit
from desk.services.demo.cases import AGENCY, AGENCY_LAWYER, COURTS, MATTERS, identity, recipient_name, standard_of
from desk.services.demo.duty import moment
from legalaid.models import AidCase
from organizations.models import Affiliation, Organization, Practitioner
from programmes import calendar
from subsidies.models import CaseMark

MANY = 60
VERIFIED = 52  # of them; the rest were archived in June and wait for the check of the half year
FIRST_CONCLUDED = date(2022, 1, 5)
TOLD_AT = moment(date(2022, 1, 4), time(9, 0))
# In this order they came; each turn of the year has most of wages, support and defence.
IN_TURN = (
    "wages", "young_thief", "parent", "traffic", "divorce", "injury", "defendant", "child", "wages", "pension", "deaf", "wages",
    "victim", "traffic", "care", "wages", "young_thief", "medical", "injury", "defendant", "soldier",
)  # fmt: skip
# What keeps single ones from the money: by their place in the order.
WRONG: dict[int, dict] = {
    2: {"approved_on": date(2021, 9, 20), "received_on": date(2021, 9, 16)},
    6: {"primary_group": "none"},
    11: {"is_undertaken_by_agency": True},
    17: {"provincial_no": "", "provincial_entered_on": None},
    22: {"procedure": "summary"},
    27: {"kind": "prosecuted"},
    33: {"is_ordinary_paid": True},
    38: {"kind": "arbitration"},  # the bureau decides; it did, see case_money
    41: {"quality_grade": "fail"},
    44: {"kind": "arbitration", "is_unmarked": True},  # the bureau has not decided
    48: {"is_unmarked": True},
    50: {"is_unmarked": True},
    51: {"is_ordinary_paid": True},
}
GRADES = ("good", "excellent", "good", "pass", "good", "excellent")


def add_history(*, county, centre) -> int:
    """The older cases and their marks, as imported: taken as told, judged by the rules."""
    days = calendar.between(date(2021, 6, 1), date(2022, 12, 31))
    undertakers = Undertakers(county)
    told = [told_of(n, days, undertakers) for n in range(MANY)]
    told.sort(key=lambda facts: facts["received_on"])
    cases, marks, counted = [], [], {}
    for facts in told:
        year = facts["received_on"].year
        counted[year] = counted.get(year, 0) + 1
        marked_on, paid = facts.pop("marked_on"), facts.pop("is_ordinary_paid")
        number = f"泽法援〔{year}〕{counted[year]:03d}号"
        case = AidCase(county=county, is_history=True, number=number, recorded_by=centre, recorded_at=TOLD_AT, **facts)
        case.set_search_keys()
        cases.append(case)
        if marked_on or paid:
            entry = f"演示惠民{len(marks) + 1:03}" if marked_on else ""
            marks.append(CaseMark(case=case, marked_on=marked_on, entry_no=entry, local_standard=standard_of(case.type),
                                  is_ordinary_subsidy_paid=paid))  # fmt: skip
    AidCase.objects.bulk_create(cases, batch_size=500)
    CaseMark.objects.bulk_create(marks, batch_size=500)
    audit.record(
        by=centre, action="desk.import_workbook", on=county, after={"案件": len(cases), "标注": len(marks)}, reason="演示数据"
    )
    return len(cases)


def told_of(n: int, days, undertakers) -> dict:
    """What the workbook says of the n-th case; every day is a working day."""
    wrong = dict(WRONG.get(n, {}))
    kind = wrong.pop("kind", IN_TURN[n % len(IN_TURN)])
    matter = MATTERS[kind]
    is_verified, is_unmarked = n < VERIFIED, wrong.pop("is_unmarked", False)
    concluded = days.on_or_after(FIRST_CONCLUDED + timedelta(days=n * 148 // VERIFIED))

    def later(day, many):
        return days.on_or_after(day + timedelta(days=many))

    received = later(concluded, -(48 + n * 7 % 45))
    filed = later(concluded, 5 + n % 4)
    archived = later(filed, 5)
    verified = later(archived, 4) if is_verified else None
    facts = {
        "state": AidCase.State.QUALITY_PASSED if is_verified else AidCase.State.ARCHIVED,
        "recipient": recipient_name(n),
        "id_number": identity(n, born=matter.born, gender=matter.gender),
        "primary_group": matter.group,
        "type": matter.type,
        "source": AidCase.Source.NOTICE if matter.is_notice else AidCase.Source.APPLICATION,
        "organ": matter.organ,
        "organ_name": COURTS.get(matter.organ, ""),
        "stage": matter.stage,
        "procedure": matter.procedure,
        "cause": matter.cause,
        "matter": matter.matter,
        "basis": matter.basis,
        "hardship": matter.hardship,
        "is_minor_case": matter.group == "minor",
        "received_on": received,
        "approved_on": received if matter.is_notice else later(received, 4),
        "assigned_on": later(received, 6),
        "concluded_on": concluded,
        "result": matter.result,
        "file_submitted_on": filed,
        "archived_on": archived,
        "quality_verified_on": verified,
        "quality_grade": GRADES[n % len(GRADES)] if is_verified else "",
        "provincial_no": f"演示{n + 1:05}",
        "provincial_entered_on": later(concluded, 3),
        "marked_on": later(verified, 2 + n % 3) if is_verified and not is_unmarked else None,
        "is_ordinary_paid": False,
        **undertakers.of(n, matter),
    }
    if wrong.get("is_undertaken_by_agency"):
        facts |= {"undertaking_office": AGENCY, "undertaker": AGENCY_LAWYER}
    return facts | wrong


class Undertakers:
    """Lawyers and legal workers of the county's firms, in turn."""

    def __init__(self, county):
        firms = (Organization.Kind.LAW_FIRM, Organization.Kind.GRASSROOTS_OFFICE)
        rows = Affiliation.objects.filter(organization__region=county, organization__kind__in=firms)
        rows = list(rows.select_related("practitioner", "organization").order_by("pk"))
        self.anybody = rows
        self.lawyers = [row for row in rows if row.practitioner.kind == Practitioner.Kind.LAWYER]

    def of(self, n, matter) -> dict:
        among = self.lawyers if matter.type.startswith("criminal") else self.anybody
        row = among[n * 5 % len(among)]
        return {"undertaking_office": row.organization.name, "undertaker": row.practitioner.name}
