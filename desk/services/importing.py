"""Importing the workbook people already keep: every sheet or nothing, every problem at once (contract.md 3)."""

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
from organizations.imports import PEOPLE, Directory, import_people
from programmes.services.plans import NoPlan, plan_for
from records.importing import ImportRun, Tally
from records.services.files import keep_file
from records.services.imports import apply_batch, preview_batch
from subsidies.imports import FUNDS, import_funds

TABLES = {table.name: table for table in (PEOPLE, SHIFTS, ATTENDANCE, FINDINGS, RECORDS, CASES, FUNDS)}
KIND = "workbook"


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
            if run.errors or is_dry_run:
                raise _Undone
            batch = keep_batch(run, content=content, name=name, outcome=outcome)
    except _Undone:
        return outcome
    except NoPlan as error:
        run.problems.append(whole_sheet("", str(error)))
        return outcome
    except DatabaseError as error:
        run.problems.append(whole_sheet("", f"数据库拒绝了这份工作簿：{first_line(error)}。请按提示核对后重新导入。"))
        return outcome
    outcome.batch = batch
    return outcome


def first_line(error: DatabaseError) -> str:
    return str(error).strip().splitlines()[0][:200]


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
        import_people(run, rows, default_since=first_day(run, parsed, plan_on, today), today=today)
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
    if rows := parsed.get(FUNDS.name):
        import_funds(run, rows, plan_on=plan_on)


def cached_plans(county):
    """Day → the plan that holds for the county then; one query a month."""

    @cache
    def of_month(first):
        return plan_for(county=county, day=first)

    return lambda day: of_month(day.replace(day=1))


def first_day(run: ImportRun, parsed, plan_on, today):
    """The plan's first day, for people without 入库日期: the plan of the file's first shift, else of today."""
    days = [row["日期"] for row in parsed.get(SHIFTS.name, ())]
    return plan_on(min(days, default=today)).starts_on


def keep_batch(run: ImportRun, *, content, name, outcome):
    """The file, the batch and its changes, so that it can be taken back; and the audit entry."""
    stored = keep_file(content=content, name=name, by=run.by, purpose="import")
    batch = preview_batch(kind=KIND, file=stored, by=run.by, county=run.county.code or run.county.name)
    summary = {
        "sheets": {sheet: vars(tally) for sheet, tally in outcome.tallies.items()},
        "changed": outcome.changed_rows,
        "warnings": [str(problem) for problem in outcome.warnings],
    }
    batch = apply_batch(batch=batch, by=run.by, changes=run.changes, summary=summary, confirmed_paper=run.paper)
    if run.changed_rows:
        audit.record(by=run.by, action="desk.import_workbook", on=batch, after={"changed": run.changed_rows[:200]})
    return batch
