"""One run of an import: what it found wrong, what it added and changed. The apps' `imports` rooms write into it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from common.workbooks.tables import ERROR, CellProblem, Row
from records.models import ImportChange
from records.services.imports import added, changed, snapshot


@dataclass
class Tally:
    """Rows of one sheet: how many were new, changed something, or said nothing new."""

    added: int = 0
    changed: int = 0
    same: int = 0


@dataclass
class ImportRun:
    """The state of one import. Everything happens in one transaction that the caller rolls back on any error.

    `county` is the Region the rows belong to; `paper` the number of the signed attendance sheet, if one attests the rows.
    """

    county: Any
    by: Any
    at: datetime
    paper: str = ""
    problems: list[CellProblem] = field(default_factory=list)
    changes: list[ImportChange] = field(default_factory=list)
    changed_rows: list[str] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)

    @property
    def errors(self) -> list[CellProblem]:
        return [problem for problem in self.problems if problem.level == ERROR]

    def tally(self, row: Row) -> Tally:
        return self.tallies.setdefault(row.sheet, Tally())

    def wrong(self, row: Row, header: str, message: str) -> None:
        """Note an error: the file will be refused."""
        self.problems.append(row.problem(header, message))

    def doubtful(self, row: Row, header: str, message: str) -> None:
        """Note a warning: it is shown and refuses nothing."""
        self.problems.append(row.problem(header, message, level="warning"))

    def added(self, objects: Iterable[models.Model]) -> None:
        """Note saved new objects, so that the batch can be taken back."""
        self.changes += [added(item) for item in objects]

    def update(self, item: models.Model, **values: Any) -> bool:
        """Set what differs, save and note it. Says whether anything differed."""
        differing = {name: value for name, value in values.items() if getattr(item, name) != value}
        if not differing:
            return False
        before = snapshot(item)
        for name, value in differing.items():
            setattr(item, name, value)
        item.save(update_fields=list(differing))
        self.changes.append(changed(item, before))
        return True

    def count(self, row: Row, *, is_new: bool = False, is_changed: bool = False, words: str = "") -> None:
        """Count a row; a changed one is listed in words."""
        tally = self.tally(row)
        if is_new:
            tally.added += 1
        elif is_changed:
            tally.changed += 1
            self.changed_rows.append(f"{row.sheet}第 {row.number} 行：{words}")
        else:
            tally.same += 1


def twice_in_file(run: ImportRun, rows: Iterable[Row], key) -> dict:
    """Rows by key; a second row with one key in the same file is an error (contract 3.1)."""
    found: dict = {}
    for row in rows:
        known = found.setdefault(key(row), row)
        if known is not row:
            run.wrong(row, "", f"与第 {known.number} 行重复（同一个关键内容）：请只保留一行。")
    return found
