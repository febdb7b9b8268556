"""How the export of another system is laid out: where its header is, which column holds what. Pure.

The export of the provincial system is a sheet whose layout nobody here decides: a title over the header, two header rows,
other words, other order. The header is found and the columns are guessed by their words; a person confirms them once, and a
layout with the same words is known from then on (`signature`). Z-CASE-9.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.errors import Refused

SEARCHED_ROWS = 15
LONGEST_HEADER = 30
# A word found inside a longer header may be this much shorter than it.
MOST_AROUND = 6


class LayoutRefused(Refused):
    """A sheet without a header, or columns that do not do."""


@dataclass(frozen=True)
class Field:
    """What a column of the export may hold, in our words, with the header words by which it is guessed, likeliest first."""

    code: str
    words: str
    headers: tuple[str, ...]
    hint: str = ""


PROVINCIAL_NO = Field(
    "provincial_no",
    "省系统案号",
    (
        "省系统案号",
        "省系统编号",
        "系统案号",
        "系统编号",
        "案件编号",
        "案号",
        "省平台案号",
        "平台编号",
        "援助案号",
        "援助编号",
        "受理编号",
    ),
    "对方系统给每个案件的编号，对账首先按它匹配",
)
NUMBER = Field(
    "number",
    "本系统案件编号",
    (
        "本系统案件编号",
        "本地案件编号",
        "本地编号",
        "机构案号",
        "机构编号",
        "内部编号",
        "卷宗编号",
        "案件编号",
        "援助编号",
        "案号",
    ),
    "没有这一列可以不选",
)
ENTRY_NO = Field("entry_no", "惠民工程管理系统编号", ("惠民系统编号", "惠民编号", "标注编号", "项目编号", "系统编号", "编号"))
RECIPIENT = Field("recipient", "受援人", ("受援人姓名", "受援人", "被援助人", "申请人姓名", "申请人", "当事人姓名", "姓名"))
ID_NUMBER = Field(
    "id_number",
    "身份证号",
    ("受援人身份证号", "受援人证件号码", "身份证号码", "身份证号", "公民身份号码", "证件号码", "证件号", "身份证"),
)
CAUSE = Field("cause", "案由", ("案由", "案件案由", "涉案事由", "案件事由", "事由"))
RECEIVED = Field(
    "received_on",
    "申请或通知日期",
    ("申请日期", "申请时间", "受理日期", "受理时间", "收案日期", "通知日期"),
    "只用来认出同一个案件，不逐格核对",
)
CONCLUDED = Field("concluded_on", "结案日期", ("结案日期", "结案时间", "办结日期", "办结时间"))
# Headers about somebody or something else than the recipient and the case.
FOREIGN = ("承办", "代理", "律师", "对方", "被申请人", "联系人", "法院", "机关", "监护", "审批", "指派", "归档")
KEYS = ("provincial_no", "number", "entry_no", "id_number")


def day_field(words: str, headers: tuple[str, ...]) -> Field:
    """The day that is compared: the entry in the provincial system, the mark in the other."""
    return Field("day", words, headers)


@dataclass(frozen=True)
class Header:
    """The header of a sheet: its first row (from 1), how many rows it takes (1 or 2) and the words over every column.

    `groups` are the words of the upper row of two; "" where there is none.
    """

    row: int
    depth: int
    words: tuple[str, ...]
    groups: tuple[str, ...] = ()

    def label(self, place: int) -> str:
        """The words over the column at that place (from 0), as the page shows them."""
        group = self.groups[place] if place < len(self.groups) else ""
        word = self.words[place]
        return f"{group} / {word}" if group and word and group != word else word or group

    @property
    def signature(self) -> str:
        """Says that two files are laid out alike: 64 hex digits over the words of the header in their order."""
        words = [plain(self.label(place)) for place in range(len(self.words))]
        while words and not words[-1]:
            words.pop()
        return hashlib.sha256("\n".join(words).encode()).hexdigest()

    def readings(self, place: int) -> tuple[str, ...]:
        """The ways in which the words over a column may be read when a field is guessed."""
        group = plain(self.groups[place]) if place < len(self.groups) else ""
        word = plain(self.words[place])
        return tuple(dict.fromkeys(text for text in (group + word, word, group) if text))


def plain(text: str) -> str:
    """Header words without blanks, line breaks, full-width forms, stars and colons."""
    return re.sub(r"[\s*＊:：_\-]", "", unicodedata.normalize("NFKC", text))


def score(reading: str, field: Field) -> int:
    """How well header words fit a field: an exact word before one inside, an earlier word before a later; 0 not at all."""
    best = 0
    for rank, word in enumerate(field.headers):
        if reading == word:
            best = max(best, 200 - rank)
        elif word in reading and len(reading) <= len(word) + MOST_AROUND:
            rest = reading.replace(word, "")
            if not any(foreign in rest for foreign in FOREIGN):
                best = max(best, 100 - rank)
    return best


def guess(header: Header, fields: Sequence[Field]) -> dict[str, int]:
    """Field code → place of the column (from 0), the surest first; no column serves two fields."""
    fits = []
    for order, field in enumerate(fields):
        for place in range(len(header.words)):
            best = max((score(reading, field) for reading in header.readings(place)), default=0)
            if best:
                fits.append((-best, order, place, field.code))
    found: dict[str, int] = {}
    for _, _, place, code in sorted(fits):
        if code not in found and place not in found.values():
            found[code] = place
    return found


def find_header(rows: Sequence[tuple[int, Sequence]], fields: Sequence[Field]) -> Header | None:
    """The likeliest header among the first rows, or None where no row looks like one.

    `rows` are (row number, cells). A title above, blank rows and a second header row are expected; on a tie the single
    row is taken, then the higher one.
    """
    best, best_rank = None, (0, 0)
    for index in range(min(len(rows), SEARCHED_ROWS)):
        for header in headers_at(rows, index):
            known = len(guess(header, fields))
            filled = sum(bool(word) for word in header.words)
            is_single = header.depth == 1
            rank = (known, int(is_single)) if known >= 2 else (0, filled if is_single and filled >= 3 else 0)
            if rank > best_rank:
                best, best_rank = header, rank
    return best


def header_at(rows: Sequence[tuple[int, Sequence]], number: int, depth: int) -> Header:
    """The header that a person points at. Raises LayoutRefused where that row holds none."""
    for index, (row, _) in enumerate(rows):
        if row == number:
            found = [header for header in headers_at(rows, index, is_told=True) if header.depth == depth]
            if found:
                return found[0]
    raise LayoutRefused(f"第 {number} 行不是表头：表头各格应是列的名称，请重新填写表头所在的行。", field="row")


def headers_at(rows, index: int, is_told: bool = False):
    number, cells = rows[index]
    upper = header_words(cells, is_told)
    if upper is None:
        return
    yield Header(number, 1, upper)
    if index + 1 < len(rows) and rows[index + 1][0] == number + 1:
        lower = header_words(rows[index + 1][1], is_told)
        if lower is not None:
            yield two_rows(number, upper, lower)


def header_words(cells: Sequence, is_told: bool) -> tuple[str, ...] | None:
    """The words of one header row, or None where a cell cannot stand in a header."""
    words = []
    for cell in cells:
        if cell is None:
            words.append("")
        elif isinstance(cell, str) and (is_told or len(cell) <= LONGEST_HEADER):
            words.append(re.sub(r"\s+", "", cell)[:60])
        else:
            return None
    return tuple(words) if sum(bool(word) for word in words) >= (1 if is_told else 2) else None


def two_rows(number: int, upper: tuple[str, ...], lower: tuple[str, ...]) -> Header:
    """One header of two rows. A group stands over its own column and the blank ones after it that have words below."""
    width = max(len(upper), len(lower))
    upper += ("",) * (width - len(upper))
    lower += ("",) * (width - len(lower))
    words, groups, group = [], [], ""
    for above, below in zip(upper, lower, strict=True):
        if above:
            group = above if below else ""
        elif not below:
            group = ""
        if above and not below:
            words.append(above)
            groups.append("")
        else:
            words.append(below)
            groups.append(group)
    return Header(number, 2, tuple(words), tuple(groups))


def check_columns(columns: Mapping[str, int], header: Header, fields: Sequence[Field]) -> dict[str, int]:
    """The chosen columns, when the sheet can be read by them. LayoutRefused says which choice does not do."""
    known = {field.code: field for field in fields}
    chosen = {code: place for code, place in columns.items() if place is not None}
    taken: dict[int, str] = {}
    for code, place in chosen.items():
        if code not in known or not 0 <= place < len(header.words):
            raise LayoutRefused("所选的列不在这个文件里：请重新选择。", field=code if code in known else None)
        if place in taken:
            raise LayoutRefused(
                f"“{header.label(place)}”这一列同时选给了“{known[taken[place]].words}”和“{known[code].words}”：一列只能对应一项。",
                field=code,
            )
        taken[place] = code
    if not any(code in chosen for code in KEYS):
        names = "、".join(known[code].words for code in KEYS if code in known)
        raise LayoutRefused(f"没有可以匹配案件的列：{names}至少选一列。", field="provincial_no")
    return chosen
