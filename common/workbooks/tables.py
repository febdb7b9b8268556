"""Sheets with a header row as typed rows: which columns there are, what each cell may hold, what is wrong with it.

An app describes its sheet once (`Table`); reading gives rows of parsed values and every problem at once,
each with sheet, row, column, the value (personal data masked), what is wrong and how to mend it.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from common.dates import parse_day, parse_time
from common.id_numbers import check_id_number, mask_account, mask_id_number
from common.money import parse_yuan
from common.workbooks.reading import Cell, ErrorValue, Formula, SheetRows, column_letter

ERROR, WARNING = "error", "warning"


def unmasked(text: str) -> str:
    return text


@dataclass(frozen=True)
class Column:
    """One column: its header, how a cell becomes a value (ValueError says what is wrong), whether it may be blank."""

    header: str
    parse: Callable[[Cell], Any]
    is_required: bool = False
    default: Any = None
    mask: Callable[[str], str] = unmasked


@dataclass(frozen=True)
class Table:
    """A sheet: its name and its columns."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One thing wrong (or doubtful) with a file. `row` and `column` count from 1; None is the sheet or the whole row."""

    sheet: str
    row: int | None
    column: int | None
    header: str
    value: str
    message: str
    level: str = ERROR

    def __str__(self) -> str:
        where = f"工作表“{self.sheet}”" if self.sheet else "工作簿"
        if self.row:
            where += f"第 {self.row} 行"
        if self.header:
            letter = f"（{column_letter(self.column)} 列）" if self.column else ""
            where += f"“{self.header}”{letter}"
        shown = f"“{self.value}”" if self.value else ""
        return f"{where}{shown}：{self.message}"


@dataclass(slots=True)
class Row:
    """One data row: its number in the sheet, its parsed values by header, and the places of its cells."""

    sheet: str
    number: int
    values: dict[str, Any]
    shown: dict[str, str]
    places: Mapping[str, int]

    def __getitem__(self, header: str) -> Any:
        return self.values[header]

    def problem(self, header: str, message: str, level: str = ERROR) -> CellProblem:
        """A problem with this row's cell (or with the row, header "")."""
        return CellProblem(self.sheet, self.number, self.places.get(header), header, self.shown.get(header, ""), message, level)


@dataclass
class Parsed:
    """The rows of one sheet that could be read, and what is wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)


def parse_table(sheet: SheetRows, table: Table) -> Parsed:
    """Read a sheet by its description. A row with a wrong cell is left out of `rows`."""
    parsed = Parsed()
    if not sheet.rows:
        parsed.problems.append(whole_sheet(sheet.name, "没有表头：第一行应是各列的名称，可下载模板对照。"))
        return parsed
    places = header_places(sheet, table, parsed.problems)
    if places is None:
        return parsed
    for row in sheet.rows[1:]:
        values, shown, wrong = {}, {}, []
        for column in table.columns:
            place = places.get(column.header)
            cell = row.cells[place - 1] if place and place <= len(row.cells) else None
            shown[column.header] = shown_cell(cell, column.mask)
            try:
                values[column.header] = parse_cell(cell, column)
            except ValueError as error:
                wrong.append(CellProblem(sheet.name, row.number, place, column.header, shown[column.header], str(error)))
        parsed.problems += wrong
        parsed.problems += beyond_the_headers(sheet.name, row, places)
        if not wrong:
            parsed.rows.append(Row(sheet.name, row.number, values, shown, places))
    return parsed


def header_places(sheet: SheetRows, table: Table, problems: list[CellProblem]) -> dict[str, int] | None:
    """Header → column number; None when the headers themselves are wrong."""
    known = {column.header for column in table.columns}
    places: dict[str, int] = {}
    before = len(problems)
    first = sheet.rows[0]
    for place, cell in enumerate(first.cells, start=1):
        if cell is None:
            continue
        header = plain_text(str(cell)).rstrip("*＊")
        if header not in known:
            message = f"没有“{header}”这一列：请删除或改名，可用的列是{'、'.join(c.header for c in table.columns)}。"
            problems.append(CellProblem(sheet.name, first.number, place, header, "", message))
        elif header in places:
            problems.append(CellProblem(sheet.name, first.number, place, header, "", "表头重复出现：请只保留一列。"))
        else:
            places[header] = place
    for column in table.columns:
        if column.is_required and column.header not in places:
            problems.append(whole_sheet(sheet.name, f"缺少必需的列“{column.header}”：请在表头中补上。"))
    return None if len(problems) > before else places


def beyond_the_headers(sheet: str, row, places: Mapping[str, int]) -> Iterable[CellProblem]:
    """Cells that stand under no header would be lost silently."""
    headed = set(places.values())
    for place, cell in enumerate(row.cells, start=1):
        if cell is not None and place not in headed:
            yield CellProblem(sheet, row.number, place, "", "", f"{column_letter(place)} 列没有表头却有内容：请补上表头或清空。")


def whole_sheet(name: str, message: str) -> CellProblem:
    return CellProblem(name, None, None, "", "", message)


def parse_cell(cell: Cell, column: Column) -> Any:
    """A cell as the column's value. ValueError in Chinese."""
    if isinstance(cell, Formula):
        raise ValueError("单元格是公式：请粘贴为数值后再导入。")
    if isinstance(cell, ErrorValue):
        raise ValueError(f"单元格是错误值 {cell}：请改正。")
    if isinstance(cell, str):
        cell = cell.strip() or None
    if cell is None:
        if column.is_required:
            raise ValueError("没有填写：这一列必须填写。")
        return column.default
    return column.parse(cell)


def shown_cell(cell: Cell, mask: Callable[[str], str]) -> str:
    """A cell as an error may show it: short, personal data masked."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        text = f"{cell:%Y-%m-%d}" if cell.time() == time(0) else f"{cell:%Y-%m-%d %H:%M}"
    else:
        text = mask(str(cell))
    return text if len(text) <= 30 else text[:30] + "…"


def plain_text(text: str) -> str:
    """Full-width letters and digits as ordinary ones, without outer blanks."""
    return unicodedata.normalize("NFKC", text).strip()


# -- what cells hold


def text(longest: int) -> Callable[[Cell], str]:
    """Free text of at most so many characters. Text that begins with = stays text."""

    def parse(cell: Cell) -> str:
        words = str(cell).strip()
        if isinstance(cell, float) and cell.is_integer():
            words = str(int(cell))
        if len(words) > longest:
            raise ValueError(f"超过 {longest} 个字：请缩短。")
        return words

    return parse


def digits_text(cell: Cell) -> str:
    """A number kept as text (account, phone): a numeric cell of over 15 digits has lost its last ones in Excel."""
    if isinstance(cell, float) or (isinstance(cell, int) and not isinstance(cell, bool) and cell >= 10**15):
        raise ValueError("单元格是数值，Excel 会丢失末几位：请把这一列设为文本后重新填写。")
    return plain_text(str(cell)).replace(" ", "")


def id_number(cell: Cell) -> str:
    """A resident ID number (GB 11643)."""
    return check_id_number(digits_text(cell))


def account_number(cell: Cell) -> str:
    words = digits_text(cell)
    if not (words.isascii() and words.isdigit() and 8 <= len(words) <= 30):
        raise ValueError("银行账号应是 8 至 30 位数字：请核对。")
    return words


def day(cell: Cell):
    return parse_day(cell)


def time_of_day(cell: Cell) -> time:
    """A time in whole minutes."""
    return parse_time(cell).replace(second=0, microsecond=0)


def whole_number(least: int, most: int) -> Callable[[Cell], int]:
    def parse(cell: Cell) -> int:
        words = plain_text(str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell))
        if isinstance(cell, bool) or not (words.isascii() and words.lstrip("-").isdigit() and len(words) <= 9):
            raise ValueError("不是整数：请填写数字。")
        if not least <= int(words) <= most:
            raise ValueError(f"应在 {least} 至 {most} 之间。")
        return int(words)

    return parse


def yuan_amount(cell: Cell) -> Decimal:
    """An amount of at least 0 with at most two decimals."""
    if isinstance(cell, bool):
        raise ValueError("不是金额：请填写数字。")
    amount = parse_yuan(repr(cell) if isinstance(cell, float) else str(cell), negative=True)
    if amount < 0:
        raise ValueError("金额不能是负数。")
    return amount


def yes_or_no(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    words = plain_text(str(cell))
    if words not in ("是", "否"):
        raise ValueError("请填写“是”或“否”。")
    return words == "是"


def one_of(words: Mapping[str, Any]) -> Callable[[Cell], Any]:
    """One of the given words, as what it stands for."""

    def parse(cell: Cell) -> Any:
        word = plain_text(str(cell))
        if word not in words:
            raise ValueError(f"不认识“{word[:20]}”：请填写{'、'.join(words)}之一。")
        return words[word]

    return parse


def several_of(words: Mapping[str, Any]) -> Callable[[Cell], list]:
    """Several of the given words, parted by 、"""
    single = one_of(words)

    def parse(cell: Cell) -> list:
        found = [single(part) for part in plain_text(str(cell)).replace(",", "、").split("、") if part.strip()]
        if len(set(found)) != len(found):
            raise ValueError("同一个词写了两次：请删去一个。")
        return found

    return parse


def masked_id(value: str) -> str:
    return mask_id_number(value) if len(value) >= 8 else "***"


def masked_account(value: str) -> str:
    return mask_account(value)


def masked_digits(value: str) -> str:
    return f"{value[:3]}****{value[-4:]}" if len(value) >= 8 else "***"
