"""What every paper of money has around it: office, numbers, who printed it, and the file it becomes."""

from dataclasses import dataclass
from io import BytesIO

from common import clock
from common.money import ZERO
from common.pdf import render_pdf
from common.workbooks.writing import write_workbook
from organizations.models import Organization
from records.services import installation

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Download:
    """A file that is ready to go out, and what the audit says of it: how many rows, how much money."""

    name: str
    content: bytes
    mime: str
    count: int
    total: object = ZERO


@dataclass(frozen=True)
class Paper:
    """A paper before it is laid out: its template and what the template is given."""

    template: str
    facts: dict

    def pdf(self) -> bytes:
        """Raises PdfUnavailable where this machine cannot make PDF."""
        return render_pdf(self.template, self.facts)


def workbook(sheets) -> bytes:
    stream = BytesIO()
    write_workbook(sheets, stream)
    return stream.getvalue()


def office_of(county) -> Organization | None:
    """The justice bureau that signs the county's papers."""
    return Organization.objects.filter(region=county, kind=Organization.Kind.JUSTICE_BUREAU).first()


def office_name(county) -> str:
    office = office_of(county)
    return office.name if office else f"{county.name}司法局"


def printed(by) -> dict:
    """Who printed it and when. The hour is real, also where a demonstration remembers another day."""
    return {"printed_at": clock.real_now(), "printed_by": by.name, "is_demo": installation().is_demo}


def foot(by, *parts) -> str:
    """The left of a workbook's page foot."""
    demo = "演示数据" if installation().is_demo else ""
    return "　".join(filter(None, [demo, *parts, f"{by.name} {clock.real_now():%Y-%m-%d %H:%M} 导出"]))


def day_words(instant) -> str:
    """2022年4月6日, in Shanghai; empty for nothing."""
    return f"{instant.astimezone(clock.SHANGHAI):%Y年%-m月%-d日}" if instant else ""
