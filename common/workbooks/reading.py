"""Reading workbooks that people send (safety.md §1.6).

The archive is judged by its directory before anything is unpacked; the XML is parsed in a child process with little memory
and little time (`parser_process`), which hands back plain rows. Nothing in the file is ever executed or fetched.
"""

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from common.child import ChildFailed, ChildTooSlow, answer_of
from common.errors import Refused

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 50 * 1024 * 1024
LARGEST_RATIO = 100
MOST_MEMBERS = 200
# Small parts of honest workbooks (a theme, a style sheet full of repetitions) may be packed tighter than that.
RATIO_COUNTS_FROM = 1024 * 1024
SECONDS = 25
_PARSER = Path(__file__).with_name("parser_process.py")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


class WorkbookRefused(Refused):
    """A workbook that is not read, or not marked."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that holds a formula instead of a value."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """A cell that shows an error of the spreadsheet, such as ``#REF!``."""

    text: str

    def __str__(self) -> str:
        return self.text


Cell = str | int | float | bool | date | datetime | time | timedelta | Formula | ErrorValue | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that holds something: its number in the sheet (from 1) and its cells from column A, None where blank."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class SheetRows:
    """One sheet of a workbook."""

    name: str
    rows: list[SheetRow]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell (``row`` from 1, ``column`` from 1 or None for the row), or with a sheet (``row`` None)."""

    sheet: str
    row: int | None
    column: int | None
    message: str


def column_letter(column: int) -> str:
    """A, B, … Z, AA of a column number from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_workbook(source) -> list[SheetRows]:
    """The rows of an .xlsx file: a path, an open binary file, or bytes.

    Text is stripped and blank text is None; numbers, days, times and yes/no keep their type; a formula is a Formula.
    At most 5,000 rows under the header and 50 columns a sheet. Raises WorkbookRefused with a Chinese sentence.
    """
    content = _content_of(source)
    _judge_archive(content)
    sheets: list[SheetRows] = []
    for line in _run({"mode": "read"}, content).splitlines():
        entry = json.loads(line)
        if isinstance(entry, dict):
            if "refused" in entry:
                raise WorkbookRefused(entry["refused"])
            if "sheet" in entry:
                sheets.append(SheetRows(entry["sheet"], []))
        else:
            number, cells = entry
            sheets[-1].rows.append(SheetRow(number, tuple(_cell(cell) for cell in cells)))
    return sheets


def mark_errors(source, problems: Iterable[Problem], target) -> None:
    """Write a copy of an uploaded workbook into the binary file ``target``, wrong cells filled red with a comment.

    Raises WorkbookRefused where the file cannot be read at all.
    """
    content = _content_of(source)
    _judge_archive(content)
    told = [(problem.sheet, problem.row or 1, problem.column or 1, problem.message) for problem in problems]
    marked = _run({"mode": "mark", "problems": told}, content)
    if marked.startswith(b"{"):
        raise WorkbookRefused(json.loads(marked)["refused"])
    target.write(marked)


def _content_of(source) -> bytes:
    if isinstance(source, bytes):
        content = source
    elif hasattr(source, "read"):
        content = source.read(LARGEST_FILE + 1)
    else:
        try:
            with open(source, "rb") as stream:
                content = stream.read(LARGEST_FILE + 1)
        except OSError:
            raise WorkbookRefused("打不开工作簿文件：请检查文件名和权限。") from None
    if not content:
        raise WorkbookRefused("工作簿是空文件：请重新选择文件。")
    if len(content) > LARGEST_FILE:
        raise WorkbookRefused("工作簿超过 5 MB：请按月份或工作表拆分后再导入。")
    return content


def _judge_archive(content: bytes) -> None:
    """Limits that can be told from the archive's directory, before anything is unpacked."""
    if content.startswith(_OLE):
        if _ENCRYPTED_STREAM in content:
            raise WorkbookRefused("工作簿设了打开密码：请在 Excel 中取消密码后另存，再导入。")
        raise WorkbookRefused("这是旧格式（.xls）的工作簿：请在 Excel 或 WPS 中另存为 .xlsx 后再导入。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, OverflowError):
        raise WorkbookRefused("文件不是完整的 .xlsx 工作簿：请在 Excel 或 WPS 中打开并另存为 .xlsx 后再导入。") from None
    names = [member.filename for member in members]
    if len(members) > MOST_MEMBERS:
        raise WorkbookRefused(f"工作簿内部文件超过 {MOST_MEMBERS} 个：请把要导入的工作表复制到新的工作簿。")
    if len({name.casefold() for name in names}) != len(names):
        raise WorkbookRefused("工作簿内部有重名文件，可能被改动过：请在 Excel 或 WPS 中另存后再导入。")
    if any(member.flag_bits & 0x1 for member in members):
        raise WorkbookRefused("工作簿设了打开密码：请在 Excel 中取消密码后另存，再导入。")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise WorkbookRefused("工作簿的压缩方式不常见：请在 Excel 或 WPS 中另存为 .xlsx 后再导入。")
    unpacked = sum(member.file_size for member in members)
    is_bomb = unpacked > LARGEST_RATIO * len(content) or any(
        member.file_size > max(RATIO_COUNTS_FROM, LARGEST_RATIO * member.compress_size) for member in members
    )
    if unpacked > LARGEST_UNPACKED or is_bomb:
        raise WorkbookRefused("工作簿展开后过大：请删除多余的空行、格式和图片，或拆分后再导入。")
    lowered = {name.casefold() for name in names}
    if any(name.endswith("vbaproject.bin") for name in lowered):
        raise WorkbookRefused("工作簿带有宏：请另存为不带宏的 .xlsx 后再导入。")
    if any("externallinks/" in name for name in lowered):
        raise WorkbookRefused("工作簿里有指向其他文件的链接：请断开链接（数据—编辑链接）并粘贴为数值后再导入。")
    if "xl/workbook.xml" not in lowered:
        raise WorkbookRefused("文件不是 Excel 工作簿：请选择 .xlsx 文件。")


def _run(order: dict, content: bytes) -> bytes:
    """Let the child do one order; a child that dies or dawdles is an unreadable workbook."""
    try:
        return answer_of(_PARSER, order, content, seconds=SECONDS)
    except ChildTooSlow:
        raise WorkbookRefused("工作簿太复杂，读取超时：请把数据复制到新的工作簿后再导入。") from None
    except ChildFailed:
        raise WorkbookRefused("工作簿太复杂，读取时超出限制：请把数据复制到新的工作簿后再导入。") from None


def _cell(told) -> Cell:
    if not isinstance(told, dict):
        return told
    ((kind, text),) = told.items()
    match kind:
        case "day":
            return datetime.fromisoformat(text)
        case "time":
            return time.fromisoformat(text)
        case "span":
            return timedelta(seconds=text)
        case "formula":
            return Formula(text)
        case _:
            return ErrorValue(text)
