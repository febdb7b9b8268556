"""Importing the workbook people already keep: every sheet or nothing, every problem at once (contract.md 3)."""

import re
from dataclasses import dataclass, field
from functools import cache

from django.db import DatabaseError, transaction

from accounts import audit
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.workbooks.reading import WorkbookRefused, read_workbook
from common.workbooks.tables import ERROR, CellProblem, parse_table, whole_sheet
from consultations.imports.attendance import ATTENDANCE, FINDINGS, import_attendance, import_findings
from consultations.imports.records import RECORDS, import_records
from consultations.imports.shifts import SHIFTS, DutyBook, import_shifts
from legalaid.imports import CASES, import_cases
from organizations.imports import PEOPLE, Directory, county_by_code, import_people
from organizations.models import Region
from programmes.models import Plan
from programmes.services.plans import NoPlan, plan_for
from records.importing import ImportRun, Tally
from records.models import ImportBatch
from records.services.files import XLSX, keep_file, read_file, store_file
from records.services.imports import apply_batch, preview_batch, undo_batch
from subsidies.imports import FUNDS, import_funds, import_marks
from subsidies.services.drafting import draft_duty_pay, empty_drafts

TABLES = {table.name: table for table in (PEOPLE, SHIFTS, ATTENDANCE, FINDINGS, RECORDS, CASES, FUNDS)}
KIND = "workbook"
CHINESE = re.compile("[\u4e00-\u9fff]")
PURPOSE = "import"


class NotConfirmable(Refused):
    """Who imports may not attest the rows by a signed sheet."""


@dataclass
class Outcome:
    """What an import found and did. `batch` is None unless it was applied."""

    problems: list[CellProblem] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    changed_rows: list[str] = field(default_factory=list)
    batch: object | None = None

    @property
    def errors(self) -> list[CellProblem]:
        return [problem for problem in self.problems if problem.level == ERROR]

    @property
    def warnings(self) -> list[CellProblem]:
        return [problem for problem in self.problems if problem.level != ERROR]

    @property
    def is_good(self) -> bool:
        return not self.errors


class _Undone(Exception):
    """Ends the transaction of a dry run or of a file with errors."""


def import_workbook(*, content, name, county, by, is_dry_run=False, confirmed_paper="") -> Outcome:
    """Read, check and bring in a workbook (bytes). All sheets or nothing; with errors or dry nothing is written.

    `confirmed_paper` names the signed attendance sheet that attests the rows; only who may receive a
    station's month may give it (contract 3.7). Raises Refused for that, never for what is in the file.
    """

    def keep(run, outcome):
        stored = keep_file(content=content, name=name, by=by, purpose=PURPOSE)
        return apply(new_batch(stored, county, by), run, outcome)

    return examine(content, county, by, confirmed_paper, None if is_dry_run else keep)


def preview_workbook(*, upload, county, by) -> tuple[ImportBatch, Outcome]:
    """Keep an uploaded workbook, check it against the books as they are, and note what its import would do."""
    stored = store_file(upload=upload, by=by, purpose=PURPOSE, accept={XLSX})
    outcome = examine(read_file(stored), county, by)
    return new_batch(stored, county, by, summary_of(outcome)), outcome


def check_batch(*, batch: ImportBatch, by) -> Outcome:
    """Look at a previewed workbook once more, against the books as they are now. Writes nothing."""
    return examine(read_file(batch.file), county_of_batch(batch), by)


def confirm_batch(*, batch: ImportBatch, by, confirmed_paper="") -> Outcome:
    """Bring in a previewed workbook. It is checked again first: the books may have moved since."""
    if batch.state != ImportBatch.State.PREVIEWED:
        raise Refused(f"这批数据{batch.get_state_display()}，不能再次导入。")
    return examine(
        read_file(batch.file), county_of_batch(batch), by, confirmed_paper, lambda run, outcome: apply(batch, run, outcome)
    )


def take_back(*, batch: ImportBatch, by, reason) -> ImportBatch:
    """Undo an applied batch as a whole; drafts that leaned on it are drafted again without it."""
    county = county_of_batch(batch)
    with transaction.atomic():
        drafts = empty_drafts(county=county)
        batch = undo_batch(batch=batch, by=by, reason=reason)
        for month in drafts:
            draft_duty_pay(county=county, month=month, by=by)
    return batch


def county_of_batch(batch: ImportBatch) -> Region:
    return county_by_code(batch.county_code)


def examine(content, county, by, confirmed_paper="", keep=None) -> Outcome:
    """Check a workbook and, where `keep` is given and nothing is wrong, let its rows stand."""
    if confirmed_paper and not may(by, "consultations.receive_month"):
        raise NotConfirmable("只有可以接收站点月报的人（业务股）才能用审定表编号确认：请换人导入，或不填审定表编号。")
    try:
        sheets = read_workbook(content)
    except WorkbookRefused as error:
        return Outcome([whole_sheet("", str(error))])
    parsed, problems = parse_sheets(sheets)
    run = ImportRun(county=county, by=by, at=clock.now(), paper=confirmed_paper, problems=problems)
    outcome = Outcome(problems=run.problems, tallies=run.tallies, changed_rows=run.changed_rows)
    try:
        with transaction.atomic():
            write(run, parsed)
            if run.errors or keep is None:
                raise _Undone
            outcome.batch = keep(run, outcome)
    except _Undone:
        pass
    except NoPlan as error:
        run.problems.append(whole_sheet("", str(error)))
    except DatabaseError as error:
        # What only the database knows (a shift that somebody planned a second ago) still reaches the user in words.
        run.problems.append(whole_sheet("", f"数据库拒绝了这份工作簿：{in_words(error)}。请核对后重新导入。"))
    return outcome


def in_words(error: DatabaseError) -> str:
    """What our own triggers say in Chinese; what PostgreSQL says itself means that somebody else was faster."""
    first = str(error).strip().splitlines()[0][:200]
    return first if CHINESE.search(first) else "检查之后有人改动了同样的班次、人员或记录"


def parse_sheets(sheets) -> tuple[dict[str, list], list[CellProblem]]:
    """Rows by sheet name, and everything wrong with headers and cells."""
    parsed, problems = {}, []
    for sheet in sheets:
        table = TABLES.get(sheet.name.strip())
        if table is None:
            words = f"没有“{sheet.name}”这种工作表：请删除或改名，可用的有{'、'.join(TABLES)}。"
            problems.append(whole_sheet(sheet.name, words))
            continue
        result = parse_table(sheet, table)
        parsed[table.name] = result.rows
        problems += result.problems
    if not sheets:
        problems.append(whole_sheet("", "工作簿里没有工作表。"))
    return parsed, problems


def write(run: ImportRun, parsed: dict[str, list]) -> None:
    """Hand each sheet to its app, people before shifts before what hangs on them."""
    plan_on = cached_plans(run.county)
    if rows := parsed.get(PEOPLE.name):
        today = clock.today()
        import_people(run, rows, default_since=first_day(parsed, run.county, today), today=today)
    directory = Directory.of(run.county)
    book = DutyBook(run, directory, plan_on)
    for table, load in (
        (SHIFTS, import_shifts),
        (ATTENDANCE, import_attendance),
        (FINDINGS, import_findings),
        (RECORDS, import_records),
    ):
        if rows := parsed.get(table.name):
            load(book, rows)
    book.open_station_months(may(run.by, "consultations.receive_month"))
    if rows := parsed.get(CASES.name):
        import_cases(run, rows)
        import_marks(run, rows)
    if rows := parsed.get(FUNDS.name):
        import_funds(run, rows)


def cached_plans(county):
    """Day → the plan that holds for the county then; one query a month."""

    @cache
    def of_month(first):
        return plan_for(county=county, day=first)

    return lambda day: of_month(day.replace(day=1))


def first_day(parsed, county, today):
    """The plan's first day, for people without 入库日期: the plan of the file's first shift, else of today, else the latest.

    Raises NoPlan where the county has none at all.
    """
    days = [row["日期"] for row in parsed.get(SHIFTS.name, ())]
    for day in (*sorted(days)[:1], today):
        plan = Plan.objects.covering(county, day).first()
        if plan:
            return plan.starts_on
    latest = Plan.objects.filter(region=county).order_by("-year").first()
    if latest is None:
        raise NoPlan(f"{county}还没有载入实施方案：请先载入。")
    return latest.starts_on


def new_batch(stored, county, by, summary=None) -> ImportBatch:
    return preview_batch(kind=KIND, file=stored, by=by, county=county.code or county.name, summary=summary)


def apply(batch: ImportBatch, run: ImportRun, outcome: Outcome) -> ImportBatch:
    """The batch with its changes, so that it can be taken back; and the audit entry of what it changed."""
    batch = apply_batch(batch=batch, by=run.by, changes=run.changes, summary=summary_of(outcome), confirmed_paper=run.paper)
    if run.changed_rows:
        audit.record(by=run.by, action="desk.import_workbook", on=batch, after={"更新": run.changed_rows[:200]})
    return batch


def summary_of(outcome: Outcome) -> dict:
    """What the batch's page shows later without the file."""
    return {
        "sheets": {sheet: vars(tally) for sheet, tally in outcome.tallies.items()},
        "changed": outcome.changed_rows,
        "errors": len(outcome.errors),
        "warnings": [str(problem) for problem in outcome.warnings],
    }
