"""A county with its plan, people of the legal aid centre, and short ways to make cases and exports of other systems."""

import io
from datetime import date
from itertools import count
from pathlib import Path

from accounts.models import User
from accounts.policy import Role
from accounts.services import system_user
from common import clock
from common.encryption import keyed_index
from common.id_numbers import check_digit
from common.periods import Quarter
from common.workbooks.writing import Column, Sheet, write_workbook
from legalaid.models import AidCase, ReconciledRow
from legalaid.services import reconciling
from organizations.models import Organization, PoolEntry, Post, Practitioner, Region
from programmes.services.loading import load_plan

PLAN = Path(__file__).resolve().parents[2] / "programmes" / "plans" / "zezhou-2022.toml"
Q1 = Quarter(2022, 1)
HEADERS = ("案件编号", "受援人姓名", "证件号码", "案由", "录入时间", "结案日期")


def id_number(serial):
    """A valid, plainly fictional ID number."""
    first = f"14052519900101{serial % 1000:03d}"
    return first + check_digit(first)


class Upload(io.BytesIO):
    """A sent file."""

    def __init__(self, content, name="导出.xlsx"):
        super().__init__(content)
        self.name = name


class World:
    """`world.centre`, `world.centre2`, `world.director`, `world.section`, `world.lawyer` hold their posts in the county."""

    def __init__(self):
        self.system = system_user()
        self.county = load_plan(content=PLAN.read_bytes(), by=self.system).plan.region
        self.serial = count(1)
        for name, role in (("centre", Role.CENTRE), ("centre2", Role.CENTRE), ("director", Role.DIRECTOR),
                           ("section", Role.SECTION), ("lawyer", Role.LAWYER), ("lawyer2", Role.LAWYER)):  # fmt: skip
            setattr(self, name, self.user(name, role))

    def user(self, name, role, county=None):
        made = User.objects.create_user(name, "a long enough password", name=f"示例{name}", is_demo=True)
        Post.objects.create(
            user=made, role=role, region=county or self.county, since="2018-01-01", is_confirmed=True, entered_by=self.system
        )
        return made

    def neighbour(self, role=Role.CENTRE):
        """Somebody with the same post in the next county."""
        county, _ = Region.objects.get_or_create(
            level=Region.Level.COUNTY, name="演示邻县", parent=self.county.parent, defaults={"code": "140599"}
        )
        return self.user(f"neighbour-{role}", role, county)

    def practitioner(self, user=None, kind="lawyer", name=""):
        serial = next(self.serial) + 500
        made = Practitioner.objects.create(
            name=name or f"钱示例{serial}",
            id_number=id_number(serial),
            id_index=keyed_index(id_number(serial)),
            kind=kind,
            user=user,
        )
        PoolEntry.objects.create(
            practitioner=made, county=self.county, since="2022-01-01", state="admitted", entered_by=self.system
        )
        return made

    def case(self, serial=None, **facts):
        """A granted civil case of 2022, entered in the provincial system on 1 March unless told otherwise."""
        serial = serial or next(self.serial)
        told = {
            "county": self.county, "state": "in_progress", "number": f"泽援〔2022〕{serial:03d}号", "recipient": f"赵虚构{serial}",
            "id_number": id_number(serial), "id_index": keyed_index(id_number(serial)), "primary_group": "farmer",
            "type": "civil_litigation", "source": "application", "stage": "first_instance", "cause": "劳动争议",
            "basis": "laf_31", "hardship": "commitment", "received_on": date(2022, 2, 1), "accepted_on": date(2022, 2, 1),
            "approved_on": date(2022, 2, 3), "assigned_on": date(2022, 2, 4), "engaged_on": date(2022, 2, 5),
            "provincial_no": f"晋援2022{serial:04d}", "provincial_entered_on": date(2022, 3, 1),
            "recorded_by": self.system, "recorded_at": clock.now(), "handler": self.centre,
        }  # fmt: skip
        return AidCase.objects.create(**{**told, **facts})

    def line(self, case, **changes):
        """A case as the provincial export shows it."""
        told = {"案件编号": case.provincial_no, "受援人姓名": case.recipient, "证件号码": case.id_number, "案由": case.cause,
                "录入时间": case.provincial_entered_on and str(case.provincial_entered_on),
                "结案日期": case.concluded_on and str(case.concluded_on)}  # fmt: skip
        return tuple({**told, **changes}[header] for header in HEADERS)

    def export(self, *lines, headers=HEADERS, title=None, sheet="案件"):
        """An .xlsx as another system gives it out; with a title row above the header when `title` is given."""
        stream = io.BytesIO()
        columns = [Column(header) for header in headers]
        write_workbook([Sheet(title or "x", columns, list(lines), unit="", plain=title is None, name=sheet)], stream)
        return Upload(stream.getvalue())

    def upload(self, upload, *, by=None, quarter=Q1, system="provincial", first=date(2022, 1, 1), last=date(2022, 3, 31)):
        return reconciling.upload_export(
            county=self.county, system=system, quarter=quarter, first=first, last=last, upload=upload, by=by or self.centre
        )

    def reconciled(self, *lines, **told):
        """Uploaded, its columns confirmed as they were guessed, compared."""
        found = self.upload(self.export(*lines), **told)
        if found.state == "mapping":
            self.confirm(found)
        found.refresh_from_db()
        return found

    def confirm(self, found, **columns):
        return reconciling.set_columns(
            pk=found.pk, sheet=found.sheet, row=found.header_row, depth=found.header_depth,
            columns={**found.columns, **columns}, by=self.centre,
        )  # fmt: skip

    def piles(self, found):
        return [(row.pile, row.case and row.case.number, row.row_number) for row in found.rows.select_related("case")]

    def row(self, found, pile):
        return found.rows.select_related("case").get(pile=pile)

    def settle(self, found):
        """A word on every uneven row, so that it can be signed."""
        rows = found.rows.filter(pile__in=("differing", "only_here", "only_there"), fix="").values_list("pk", flat=True)
        if rows:
            reconciling.note_fix(pk=found.pk, row_ids=list(rows), fix="mend_there", note="下季度前更正", by=self.centre)
        return found

    def aid_centre(self):
        return Organization.objects.get_or_create(kind="aid_centre", name="泽州县法律援助中心（演示）", region=self.county)[0]


__all__ = ["HEADERS", "Q1", "ReconciledRow", "Upload", "World", "id_number"]
