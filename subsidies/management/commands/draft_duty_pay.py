import json

from django.db import transaction

from accounts.commands import ActingCommand
from common.errors import Refused
from common.money import yuan
from common.periods import YearMonth
from organizations.imports import county_by_code
from subsidies.services.closing import ask_where_facts_changed
from subsidies.services.documents import pay_sheet_document
from subsidies.services.drafting import draft_duty_pay


class Command(ActingCommand):
    help = "Draft or redraft a month's duty pay (contract.md 4). Exit code 2 once the sheet is reviewed."
    action = "subsidies.draft_pay"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("month", metavar="YYYY-MM")
        parser.add_argument("--county", required=True, help="the county's code or name")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def act(self, *, by, month, county, as_json, **options):
        county, month = county_by_code(county), parsed_month(month)
        with transaction.atomic():  # a refused draft leaves no request behind
            ask_where_facts_changed(county=county, month=month, by=by)
            sheet = draft_duty_pay(county=county, month=month, by=by)
        if as_json:
            self.stdout.write(json.dumps(pay_sheet_document(sheet), ensure_ascii=False, indent=1))
            return
        unsettled = sheet.unsettled.count()
        self.stdout.write(f"{sheet}：{sheet.rows.count()} 人，实发合计 {yuan(sheet.total)} 元，未定班次 {unsettled} 个。")


def parsed_month(text):
    """A month from the command line. Raises Refused."""
    try:
        return YearMonth.parse(text)
    except ValueError as error:
        raise Refused(str(error)) from None
