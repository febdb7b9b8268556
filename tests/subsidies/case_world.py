"""Cases, marks, firms and their accounts on the ground of money: short ways to a quarter's list. Reused by tests of other floors."""

from datetime import date
from decimal import Decimal
from itertools import count

from accounts.policy import Role
from common import clock
from common.encryption import keyed_index
from common.periods import Quarter
from legalaid.models import AidCase
from organizations.models import Organization, OrganizationAccount
from records.services import keep_file
from subsidies.models import CaseList, CaseMark, Fund
from subsidies.services.case_approval import approve_case_list, check_case_list, review_case_list, submit_case_list
from subsidies.services.case_drafting import draft_case_list
from subsidies.services.case_payment import pay_case_rows
from subsidies.services.funds import enter_movement, fund_of
from subsidies.services.payment import Receipt
from tests.subsidies.world import World, id_number

USUAL = {
    "primary_group": "migrant_worker",
    "type": "civil_litigation",
    "source": "application",
    "stage": "first_instance",
    "basis": "laf_31",
    "hardship": "commitment",
    "cause": "劳动争议（虚构）",
    "received_on": date(2021, 12, 1),
    "approved_on": date(2021, 12, 5),
    "concluded_on": date(2022, 2, 10),
    "archived_on": date(2022, 2, 20),
    "quality_verified_on": date(2022, 2, 25),
    "quality_grade": "good",
    "provincial_entered_on": date(2022, 2, 12),
}


class CaseWorld(World):
    """A county with its aid centre, two firms and money in both funds."""

    ROLES = World.ROLES | {"centre": Role.CENTRE, "centre2": Role.CENTRE, "director": Role.DIRECTOR}

    def __init__(self):
        super().__init__()
        self.numbers = count(1)
        self.firm = self.new_firm("虚构律师事务所")
        self.other_firm = self.new_firm("样例法律服务所", kind="grassroots_office")

    def new_firm(self, name, *, kind="law_firm", account=True):
        firm = Organization.objects.create(kind=kind, name=name, region=self.county)
        if account:
            self.firm_account(firm)
        return firm

    def firm_account(self, firm):
        number = f"14050000{next(self.serial):08d}"
        firm.accounts.filter(state="confirmed").update(state="replaced")
        return OrganizationAccount.objects.create(
            organization=firm,
            holder=firm.name,
            bank_name="示例银行",
            account_no=number,
            account_index=keyed_index(number),
            state="confirmed",
            paper=keep_file(content=b"%PDF-1.4 paper", name="账户确认书.pdf", purpose="account"),
            proposed_by=self.people["section"],
            proposed_at=clock.now(),
            decided_by=self.people["leader"],
            decided_at=clock.now(),
        )

    def case(self, marked_on="2022-03-01", *, standard="1000.00", paid=False, firm=None, number="", **facts):
        """A case of history, complete unless told otherwise; `marked_on=None` leaves it unmarked."""
        n = next(self.numbers)
        told = USUAL | facts
        told = {name: date.fromisoformat(v) if name.endswith("_on") and isinstance(v, str) else v for name, v in told.items()}
        firm = firm or self.firm
        who = id_number(n % 900)
        case = AidCase.objects.create(
            **{"is_history": True, "state": "quality_passed", "office": firm, "undertaking_office": firm.name}
            | {"undertaker": "卫虚构", "provincial_no": f"SX{n:05}"}
            | told,
            county=self.county,
            number=number or f"泽援〔2022〕{n:03}号",
            recipient=f"受援人{n:03}",
            id_number=who,
            id_index=keyed_index(who),
            recorded_by=self.system,
            recorded_at=clock.now(),
        )
        CaseMark.objects.create(
            case=case,
            marked_on=date.fromisoformat(marked_on) if marked_on else None,
            local_standard=Decimal(standard),
            is_ordinary_subsidy_paid=paid,
        )
        return case

    def cases(self, many, marked_on="2022-03-01", **facts):
        return [self.case(marked_on, **facts) for _ in range(many)]

    @property
    def operating(self):
        return fund_of(county=self.county, kind=Fund.Kind.OPERATING)

    def fill(self, special="200000.00", operating="200000.00", day="2022-01-10"):
        """Money in both funds."""
        for fund, amount in ((self.fund, special), (self.operating, operating)):
            if Decimal(amount):
                enter_movement(
                    fund=fund,
                    kind="forwarded",
                    day=date.fromisoformat(day),
                    amount=Decimal(amount),
                    document_no=f"泽财〔2022〕{next(self.serial)}号",
                    by=self.people["finance"],
                )

    # -- the quarter's list

    def list(self, quarter="2022Q1", by="centre"):
        return draft_case_list(county=self.county, quarter=Quarter.parse(quarter), by=self.people[by])

    def list_to(self, status, quarter="2022Q1", *, day=date(2022, 4, 6), case_list=None):
        """The quarter's list brought as far as `status` by the six, one after the other."""
        case_list = case_list or self.list(quarter)
        steps = {
            "draft": (submit_case_list, "director"),
            "submitted": (review_case_list, "section"),
            "reviewed": (check_case_list, "finance"),
            "checked": (approve_case_list, "leader"),
        }
        while case_list.status != status and case_list.status in steps:
            step, who = steps[case_list.status]
            case_list = step(list_id=case_list.pk, version=case_list.version, by=self.people[who])
        return case_list if case_list.status == status else self.pay_list(case_list, day=day)

    def pay_list(self, case_list, rows=None, *, day=date(2022, 4, 6), by="cashier"):
        rows = list_of(case_list.rows.to_pay()) if rows is None else rows
        receipts = [Receipt(row.pk, f"C{case_list.period}-{row.pk}-{next(self.serial)}") for row in rows]
        return pay_case_rows(list_id=case_list.pk, receipts=receipts, paid_on=day, by=self.people[by])

    def the_list(self, quarter=1):
        return CaseList.objects.get(county=self.county, quarter=quarter)


def list_of(rows):
    return list(rows)
