import json
import sys
from pathlib import Path

from accounts.commands import ActingCommand
from common.errors import Refused
from common.workbooks.reading import LARGEST_FILE
from desk.services.importing import import_workbook
from organizations.imports import county_by_code


class Command(ActingCommand):
    help = "Import the workbook people already keep (contract.md 3): all sheets or nothing."
    action = "desk.import_workbook"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--county", required=True, help="the county's code or name")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument(
            "--confirmed", default="", metavar="审定表编号", help="the signed attendance sheet that attests the rows"
        )
        parser.add_argument("--json", action="store_true", dest="as_json")

    def act(self, *, by, file, county, dry_run, confirmed, as_json, **options):
        outcome = import_workbook(
            content=content_of(file), name=file.name, county=county_by_code(county), by=by,
            is_dry_run=dry_run, confirmed_paper=confirmed,
        )  # fmt: skip
        if as_json:
            self.stdout.write(json.dumps(document(outcome, dry_run), ensure_ascii=False, indent=1))
        else:
            self.tell(outcome, dry_run)
        for problem in outcome.errors:
            self.stderr.write(str(problem))
        if outcome.errors:
            sys.exit(2)

    def tell(self, outcome, dry_run):
        for problem in outcome.warnings:
            self.stdout.write(f"提示：{problem}")
        for sheet, tally in outcome.tallies.items():
            self.stdout.write(f"{sheet}：新增 {tally.added} 行，更新 {tally.changed} 行，未变 {tally.same} 行。")
        for words in outcome.changed_rows:
            self.stdout.write(f"更新：{words}")
        if outcome.is_good:
            self.stdout.write("只检查，没有写入。" if dry_run else f"已导入，批次 {outcome.batch.pk}。")


def document(outcome, dry_run):
    """The outcome as one JSON document."""
    return {
        "imported": outcome.batch is not None,
        "dry_run": dry_run,
        "batch": outcome.batch.pk if outcome.batch else None,
        "sheets": {sheet: vars(tally) for sheet, tally in outcome.tallies.items()},
        "changed": outcome.changed_rows,
        "errors": [as_problem(problem) for problem in outcome.errors],
        "warnings": [as_problem(problem) for problem in outcome.warnings],
    }


def as_problem(problem):
    return {
        "sheet": problem.sheet, "row": problem.row, "column": problem.header, "value": problem.value,
        "message": problem.message,
    }  # fmt: skip


def content_of(file):
    """The bytes of the workbook, one more than allowed at most. Raises Refused."""
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise Refused(f"{file}：没有这个文件。") from None
    except OSError as error:
        raise Refused(f"{file}：读不出来（{error.strerror}）。") from None
