import json
from pathlib import Path

from django.db import transaction

from accounts import audit
from accounts.commands import ActingCommand
from common.errors import Refused
from common.money import yuan
from common.periods import Quarter
from organizations.imports import county_by_code
from records.services import read_file
from subsidies.exports.quarterly_return import return_letter, return_workbook
from subsidies.management.commands.export_pay_sheet import maker_for, write_whole
from subsidies.models import QuarterlyReturn
from subsidies.services.quarterly_document import return_document
from subsidies.services.quarterly_figures import figures_of

MAKERS = {".xlsx": return_workbook, ".pdf": return_letter}
SIGNED_FILE = {".xlsx": "workbook", ".pdf": "letter"}


class Command(ActingCommand):
    help = "Write a quarter's return (F16) as .xlsx or .pdf, or print it as JSON (contract.md 5). A signed one is given as signed."
    action = "subsidies.export_return"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("quarter", metavar="YYYYQn")
        parser.add_argument("--county", required=True, help="the county's code or name")
        parser.add_argument("--output", metavar="FILE", help="ends with .xlsx or .pdf")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def act(self, *, by, quarter, county, output, as_json, **options):
        if not output and not as_json:
            raise Refused("没有说明要什么：请用 --output 写明文件名（.xlsx 或 .pdf），或用 --json 输出数据。")
        county, quarter = county_by_code(county), parsed_quarter(quarter)
        signed = signed_return(by, county, quarter)
        figures = figures_of(county=county, quarter=quarter)
        if output:
            self.write(Path(output), figures, signed, by=by, is_quiet=as_json)
        if as_json:
            document = {**signed.figures, "signed": True} if signed else return_document(figures)
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))

    def write(self, target, figures, signed, *, by, is_quiet):
        make = maker_for(target, MAKERS)
        stored = getattr(signed, SIGNED_FILE[target.suffix.lower()]) if signed else None
        content = read_file(stored) if stored else make(figures, by=by).content
        with transaction.atomic():
            after = {"文件": target.name, "季度": figures.quarter.label, "已签发": "是" if signed else "否"}
            audit.record(by=by, action=self.action, on=signed or figures.county, after=after)
            write_whole(target, content)
        if not is_quiet:
            self.stdout.write(
                f"{figures.county}{figures.quarter.label}专项资金使用情况：本季支出 {yuan(figures.cash.paid)} 元，"
                f"期末结余 {yuan(figures.cash.closing)} 元，已写入 {target}"
            )


def signed_return(by, county, quarter) -> QuarterlyReturn | None:
    """The quarter's standing signed return, whose figures and papers never change (I19)."""
    standing = QuarterlyReturn.objects.visible_to(by).of_quarter(county, quarter).exclude(status="returned")
    return next((report for report in standing.select_related("workbook", "letter") if report.is_signed), None)


def parsed_quarter(text) -> Quarter:
    """A quarter from the command line. Raises Refused."""
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise Refused(str(error)) from None
