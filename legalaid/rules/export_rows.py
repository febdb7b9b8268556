"""The cells of an export as values: numbers that Excel has cut, days in every spelling, hidden ID numbers. Pure.

An export is not a form of ours, so a cell that cannot be read does not refuse the file: it is a doubt of its row, and a
row with a doubt is never equal.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from common.dates import parse_day
from common.id_numbers import check_id_number
from legalaid.rules.export_layout import KEYS, Header

EXCEL_ZERO = date(1899, 12, 30)
# Serial numbers of days between 2000 and 2060, as a sheet without a format for days shows them.
EXCEL_DAYS = range(36526, 58440)
MOST_DIGITS = 10**15
DAYS = ("day", "received_on", "concluded_on")
LONGEST = {"provincial_no": 60, "number": 60, "entry_no": 60, "recipient": 50, "id_number": 30, "cause": 100}
# The first words of lines under the table that are no rows of it.
FOOT = re.compile(r"(合计|总计|小计|共计|制表|填表|审核|负责人|备注|说明|导出时间|打印时间|注[:：])")


@dataclass(frozen=True)
class ReadRow:
    """One row of an export: its number in the sheet, what its mapped cells say, what could not be read and why.

    `id_number` is the full checked number, or "" where the export hides digits or gives none; `values["id_number"]` is
    then what it shows.
    """

    number: int
    values: Mapping[str, str | date | None]
    id_number: str = ""
    doubts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadExport:
    """The rows of an export and the row numbers that were passed over, with the reason."""

    rows: list[ReadRow]
    passed_over: list[tuple[int, str]]


def read_rows(rows: Sequence[tuple[int, Sequence]], header: Header, columns: Mapping[str, int]) -> ReadExport:
    """Every row under the header by the chosen columns. Blank lines, sums, foot lines and repeated headers are no rows."""
    found, passed = [], []
    last_header = header.row + header.depth - 1
    names = {place: header.words[place] for place in columns.values()}
    for number, cells in rows:
        if number <= last_header or not any(cell is not None for cell in cells):
            continue
        first = next(str(cell) for cell in cells if cell is not None)
        chosen = {code: cells[place] if place < len(cells) else None for code, place in columns.items()}
        if all(cell is None for cell in chosen.values()):
            if not FOOT.match(first):
                passed.append((number, "所选的列都是空的"))
            continue
        if is_repeated_header(chosen, columns, names):
            continue
        if FOOT.match(first) and sum(cell is not None for cell in chosen.values()) < len(chosen):
            continue
        row = read_row(number, chosen)
        if not any(row.values.get(key) for key in KEYS) and not any(key in row.doubts for key in KEYS):
            passed.append((number, "没有案号，也没有身份证号"))
            continue
        found.append(row)
    return ReadExport(found, passed)


def is_repeated_header(chosen: Mapping[str, object], columns: Mapping[str, int], names: Mapping[int, str]) -> bool:
    told = [(cell, names[columns[code]]) for code, cell in chosen.items() if cell is not None]
    return len(told) > 1 and all(isinstance(cell, str) and re.sub(r"\s", "", cell) == name for cell, name in told)


def read_row(number: int, chosen: Mapping[str, object]) -> ReadRow:
    values: dict[str, str | date | None] = {}
    doubts: dict[str, str] = {}
    id_number = ""
    for code, cell in chosen.items():
        try:
            if code in DAYS:
                values[code] = day_of(cell)
            elif code == "id_number":
                id_number, values[code] = id_of(cell)
            else:
                values[code] = text_of(cell, LONGEST[code])
        except ValueError as error:
            values[code] = None
            doubts[code] = str(error)
    return ReadRow(number, values, id_number, doubts)


def text_of(cell, longest: int) -> str:
    """Words, or a number as its digits. ValueError where Excel has cut the number, or the cell is an error or too long."""
    if cell is None:
        return ""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise ValueError(f"不是文字：{shown(cell)}")
    if isinstance(cell, int | float):
        if abs(cell) >= MOST_DIGITS:
            raise ValueError("单元格是数值，Excel 已丢失末几位数字：请在导出时把这一列设为文本")
        if isinstance(cell, float) and not cell.is_integer():
            raise ValueError("是小数，不是编号")
        cell = str(int(cell))
    words = unicodedata.normalize("NFC", cell).strip()
    if re.fullmatch(r"\d(\.\d+)?[Ee]\+?\d{2}", words):
        raise ValueError("写成了科学记数（如 1.4E+17），末几位数字已丢失：请在导出时把这一列设为文本")
    words = re.sub(r"\s+", " ", words)
    if len(words) > longest:
        raise ValueError(f"超过 {longest} 个字")
    return words


def shown(cell) -> str:
    return f"{cell:%Y-%m-%d}" if isinstance(cell, datetime) else str(cell)[:20]


def id_of(cell) -> tuple[str, str]:
    """The full number, checked, and what the cell shows of it with the middle hidden. Hidden digits: no full number."""
    words = unicodedata.normalize("NFKC", text_of(cell, LONGEST["id_number"])).replace(" ", "").upper().replace("＊", "*")
    if not words:
        return "", ""
    if "*" in words:
        if not re.fullmatch(r"[\dX*]{15,18}", words):
            raise ValueError("看不懂身份证号")
        return "", hidden(words)
    try:
        number = check_id_number(words)
    except ValueError:
        raise ValueError("身份证号不正确（位数或校验码不对）") from None
    return number, hidden(number)


def hidden(number: str) -> str:
    """At most the first three and the last four characters."""
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def day_of(cell) -> date | None:
    """A day; a time of day after it is left out. ValueError in Chinese."""
    if cell is None:
        return None
    if isinstance(cell, bool | time | timedelta):
        raise ValueError("不是日期")
    if isinstance(cell, datetime):
        return parse_day(cell.date())
    if isinstance(cell, int | float) and int(cell) in EXCEL_DAYS:
        return EXCEL_ZERO + timedelta(days=int(cell))
    words = unicodedata.normalize("NFKC", str(cell)).strip()
    if words in ("-", "--", "/", "无", "—"):
        return None
    if re.fullmatch(r"\d{5}", words) and int(words) in EXCEL_DAYS:
        return EXCEL_ZERO + timedelta(days=int(words))
    words = re.sub(r"(?<=[\d日号])[T\s]+\d{1,2}[:时]\d{1,2}([:分]\d{1,2}秒?)?(\.\d+)?分?$", "", words)
    return parse_day(words)
