"""The demonstration's case subsidies: history marked and paid for two quarters, the third quarter's list under way, marks that wait."""

from datetime import date, timedelta
from decimal import Decimal

from common import clock
from common.encryption import keyed_index
from common.periods import Quarter
from legalaid.models import AidCase
from organizations.models import Organization, OrganizationAccount
from records.services import keep_file, remember_day
from subsidies.models import CaseMark, Fund, FundMovement
from subsidies.services.case_approval import (
    approve_case_list,
    check_case_list,
    review_case_list,
    send_back_case,
    submit_case_list,
)
from subsidies.services.case_drafting import draft_case_list
from subsidies.services.case_payment import pay_case_rows
from subsidies.services.funds import enter_movement, fund_of
from subsidies.services.marks import propose_mark
from subsidies.services.payment import Receipt

PAPER = b"%PDF-1.4 demonstration"
STANDARDS = ("1000.00", "1500.00", "1200.00", "800.00")
WAITING = 3  # cases whose mark the centre has proposed or may propose


def mark_history(*, county, users) -> int:
    """Most concluded cases of history get their file, their quality and their mark, as a centre's old books would tell them."""
    firms(county, users)
    told = AidCase.objects.of_county(county).filter(is_history=True, concluded_on__isnull=False, archived_on=None)
    cases = [case for case in told.order_by("concluded_on", "number") if int(case.pk) % 3][:60]
    marks = []
    for n, case in enumerate(cases):
        case.file_submitted_on = case.concluded_on + timedelta(days=9)
        case.archived_on = case.concluded_on + timedelta(days=14)
        case.quality_verified_on = case.concluded_on + timedelta(days=18)
        case.quality_grade, case.state = ("good", "pass", "excellent")[n % 3], AidCase.State.QUALITY_PASSED
        case.is_undertaken_by_agency = n % 17 == 5
        if n < len(cases) - WAITING:
            marks.append(
                CaseMark(
                    case=case,
                    marked_on=case.concluded_on + timedelta(days=20),
                    local_standard=Decimal(STANDARDS[n % 4]),
                    is_ordinary_subsidy_paid=n % 19 == 7,
                )
            )
    fields = ["file_submitted_on", "archived_on", "quality_verified_on", "quality_grade", "state", "is_undertaken_by_agency"]
    AidCase.objects.bulk_update(cases, fields, batch_size=500)
    CaseMark.objects.bulk_create(marks, batch_size=500)
    return len(marks)


def firms(county, users) -> None:
    """Each firm and office has an account that the leader has decided."""
    kinds = (Organization.Kind.LAW_FIRM, Organization.Kind.GRASSROOTS_OFFICE)
    for n, firm in enumerate(Organization.objects.filter(region=county, kind__in=kinds).order_by("pk")):
        number = f"62200000000000{n:04}"
        OrganizationAccount.objects.create(
            organization=firm, holder=firm.name, bank_name="演示银行泽州支行", account_no=number, account_index=keyed_index(number),
            state="confirmed", paper=keep_file(content=PAPER, name="账户确认书（演示）.pdf", purpose="bank-account", by=users["section"]),
            proposed_by=users["section"], proposed_at=clock.now(), decided_by=users["leader"], decided_at=clock.now(),
        )  # fmt: skip


def enter_operating_money(*, county, users) -> None:
    """The county's own money for legal aid, at the beginning of the year."""
    remember_day(day=date(2022, 2, 15))
    enter_movement(
        fund=fund_of(county=county, kind=Fund.Kind.OPERATING), kind=FundMovement.Kind.FORWARDED, day=date(2022, 2, 15),
        amount=Decimal("60000.00"), document_no="泽财〔2022〕演示7号", remark="演示数据", by=users["finance"],
    )  # fmt: skip


def pay_quarter(*, county, users, quarter: Quarter, day: date) -> None:
    """A quarter's list from the draft to the last payment, on a day."""
    remember_day(day=day)
    case_list = forward(draft_case_list(county=county, quarter=quarter, by=users["centre"]), users)
    case_list = check_case_list(list_id=case_list.pk, version=case_list.version, by=users["finance"])
    case_list = approve_case_list(list_id=case_list.pk, version=case_list.version, by=users["leader"])
    receipts = [Receipt(row.pk, f"演示{quarter}-{n:03}") for n, row in enumerate(case_list.rows.to_pay(), start=1)]
    pay_case_rows(list_id=case_list.pk, receipts=receipts, paid_on=day, by=users["cashier"])


def forward(case_list, users):
    """Signed by the director, reviewed by the section."""
    case_list = submit_case_list(list_id=case_list.pk, version=case_list.version, by=users["director"])
    return review_case_list(list_id=case_list.pk, version=case_list.version, by=users["section"])


def leave_open_work(*, county, users, today: date) -> None:
    """On the remembered day: the third quarter's list with finance, a case of it sent back, a mark to sign and one to propose."""
    remember_day(day=today)
    draft = draft_case_list(county=county, quarter=Quarter.of(today), by=users["centre"])
    case_list = submit_case_list(list_id=draft.pk, version=draft.version, by=users["director"])
    if case_list.claims.count() > 1:
        claim = case_list.claims.order_by("pk").first()
        send_back_case(
            list_id=case_list.pk, version=case_list.version, case_id=claim.case_id, reason="缺裁判文书送达回证（演示）",
            by=users["section"],
        )  # fmt: skip
        case_list.refresh_from_db()
    review_case_list(list_id=case_list.pk, version=case_list.version, by=users["section"])
    ready = AidCase.objects.of_county(county).filter(state=AidCase.State.QUALITY_PASSED, mark=None, is_undertaken_by_agency=False)
    case = ready.filter(quality_verified_on__lte=today).order_by("concluded_on", "number").first()
    if case:
        paper = keep_file(content=PAPER, name="标注截图（演示）.pdf", purpose="case-mark", by=users["centre"])
        propose_mark(
            case_id=case.pk, marked_on=today, local_standard=Decimal("1500.00"), entry_no="演示-HM-100", by=users["centre"],
            stored=paper,
        )  # fmt: skip
