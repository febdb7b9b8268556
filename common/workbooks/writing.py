"""Workbooks that people print and file (domain.md §6): amounts as numbers, text as text, totals with formula and value.

The file is written as it is streamed: rows may be a generator of any length. It is written here and not by openpyxl, which
keeps a formula or its value but never both, and takes text that begins with "=" for a formula.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

from common.workbooks.reading import column_letter

KINDS = ("text", "int", "yuan", "date", "time", "percent", "points")
_EXCEL_ZERO = date(1899, 12, 30)
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)

# The order of the cell formats in _STYLES.
_STYLE = {
    name: index
    for index, name in enumerate(("plain", "title", "line", "unit", "header", *KINDS, "total", "total_int", "total_yuan", "sign"))
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, what its cells are, its width in characters, whether it is added up.

    ``yuan`` takes Decimal, ``percent`` a fraction (0.971 is shown as 97.1%), ``points`` a difference (4.7 is shown as +4.7),
    ``date`` a date, ``time`` a time. A str in any column is a text cell, None a blank one.
    """

    header: str
    kind: str = "text"
    width: float = 12
    total: bool = False

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of column: {self.kind}")
        if self.total and self.kind not in ("int", "yuan"):
            raise ValueError("only numbers and amounts are added up")


@dataclass(slots=True)
class Sheet:
    """One sheet. ``plain`` leaves out title, lines and totals: the header is the first row and the sheet can be imported.

    ``heading`` are lines under the title (编制单位, period), ``signatures`` lines under the totals, ``footer`` what stands
    at the left of the page foot (who exported, when). ``name`` is the tab, the title by default.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence]
    heading: Sequence[str] = ()
    signatures: Sequence[str] = ()
    unit: str = "单位：元"
    footer: str = ""
    name: str = ""
    total_label: str = "合计"
    plain: bool = False
    totals: dict[int, Decimal] = field(default_factory=dict, init=False)
    """After writing: the sum of each added-up column, by its index."""


def file_name(*parts: str, suffix: str = ".xlsx") -> str:
    """``泽州县_值班补贴发放表_2022-03_v2.xlsx``: parts joined by underscores, characters that file systems refuse left out."""
    return "_".join(re.sub(r'[\\/:*?"<>|\x00-\x1f]', "", part).strip() for part in parts if part) + suffix


def write_workbook(sheets: Sequence[Sheet], target) -> None:
    """Write sheets in order into ``target``, a path or a seekable binary file."""
    names = _sheet_names(sheets)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        defined = []
        for index, (sheet, name) in enumerate(zip(sheets, names, strict=True)):
            with archive.open(_member(f"xl/worksheets/sheet{index + 1}.xml"), "w", force_zip64=True) as stream:
                last = _SheetWriter(sheet, stream).write()
            defined += _print_names(sheet, name, index, last)
        for path, text in _frame(names, defined).items():
            archive.writestr(_member(path), text)


def _member(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _FIXED_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _sheet_names(sheets: Sequence[Sheet]) -> list[str]:
    names: list[str] = []
    for sheet in sheets:
        wanted = re.sub(r"[\[\]:*?/\\]", " ", sheet.name or sheet.title).strip("' ")[:31] or "工作表"
        name, count = wanted, 1
        while name.casefold() in (taken.casefold() for taken in names):
            count += 1
            name = f"{wanted[: 31 - len(str(count))]}{count}"
        names.append(name)
    return names


class _SheetWriter:
    """Writes one sheet, row by row."""

    def __init__(self, sheet: Sheet, stream):
        self.sheet, self.stream = sheet, stream
        self.row = 0
        self.merged: list[str] = []
        self.last_letter = column_letter(len(sheet.columns))

    def write(self) -> int:
        """Write the whole sheet; gives the number of its last row."""
        sheet = self.sheet
        self._put(_SHEET_HEAD)
        if sheet.plain and hasattr(sheet.rows, "__len__"):
            self._put(f'<dimension ref="A1:{self.last_letter}{len(sheet.rows) + 1}"/>')
        header = 1 if sheet.plain else 2 + len(sheet.heading) + bool(sheet.unit)
        self._put(
            f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{header}" topLeftCell="A{header + 1}" '
            'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="18"/><cols>'
        )
        for number, column in enumerate(sheet.columns, 1):
            self._put(f'<col min="{number}" max="{number}" width="{column.width + 0.71:.2f}" customWidth="1"/>')
        self._put("</cols><sheetData>")
        if not sheet.plain:
            self._line(sheet.title, "title", height=30)
            for line in sheet.heading:
                self._line(line, "line")
            if sheet.unit:
                self._line(sheet.unit, "unit")
        self._cells([column.header for column in sheet.columns], [_STYLE["header"]] * len(sheet.columns), height=32)
        self._body()
        if sheet.signatures:
            self.row += 1
            for line in sheet.signatures:
                self._line(line, "sign", height=26)
        self._put("</sheetData>")
        if self.merged:
            self._put(f'<mergeCells count="{len(self.merged)}">')
            self._put("".join(f'<mergeCell ref="{span}"/>' for span in self.merged) + "</mergeCells>")
        self._put(_SHEET_TAIL.format(footer=_text(f"&L{sheet.footer.replace('&', '&&')}&C第 &P 页 / 共 &N 页")))
        return self.row

    def _put(self, xml: str) -> None:
        self.stream.write(xml.encode())

    def _line(self, text: str, style: str, height: int = 20) -> None:
        """One text over the whole width."""
        self.row += 1
        self._put(f'<row r="{self.row}" ht="{height}" customHeight="1">{_text_cell(f"A{self.row}", text, _STYLE[style])}</row>')
        if len(self.sheet.columns) > 1:
            self.merged.append(f"A{self.row}:{self.last_letter}{self.row}")

    def _cells(self, values: Sequence, styles: Sequence[int], height: int | None = None) -> None:
        self.row += 1
        size = f' ht="{height}" customHeight="1"' if height else ""
        cells = "".join(
            _cell(f"{column_letter(number)}{self.row}", value, style)
            for number, (value, style) in enumerate(zip(values, styles, strict=True), 1)
        )
        self._put(f'<row r="{self.row}"{size}>{cells}</row>')

    def _body(self) -> None:
        columns = self.sheet.columns
        styles = [_STYLE[column.kind] for column in columns]
        sums = {index: Decimal(0) for index, column in enumerate(columns) if column.total}
        first = self.row + 1
        for values in self.sheet.rows:
            self._cells(values, styles)
            for index in sums:
                if values[index] is not None and not isinstance(values[index], str):
                    sums[index] += values[index]
        self.sheet.totals = sums
        if sums and not self.sheet.plain:
            self._totals(sums, first, self.row)

    def _totals(self, sums: dict[int, Decimal], first: int, last: int) -> None:
        self.row += 1
        cells = []
        for index, column in enumerate(self.sheet.columns):
            place = f"{column_letter(index + 1)}{self.row}"
            if index in sums:
                style = _STYLE[f"total_{column.kind}"]
                formula = f"SUM({column_letter(index + 1)}{first}:{column_letter(index + 1)}{last})" if last >= first else "0"
                cells.append(f'<c r="{place}" s="{style}"><f>{formula}</f><v>{_number(sums[index])}</v></c>')
            else:
                cells.append(_cell(place, self.sheet.total_label if index == 0 else None, _STYLE["total"]))
        self._put(f'<row r="{self.row}">{"".join(cells)}</row>')


def _cell(place: str, value, style: int) -> str:
    if value is None or value == "":
        return f'<c r="{place}" s="{style}"/>'
    if isinstance(value, str) or style in (_STYLE["header"], _STYLE["total"]):
        return _text_cell(place, value, style if style >= _STYLE["total"] or style == _STYLE["header"] else _STYLE["text"])
    if style == _STYLE["text"]:
        return _text_cell(place, str(value), style)
    return f'<c r="{place}" s="{style}"><v>{_number(value)}</v></c>'


def _text_cell(place: str, text, style: int) -> str:
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_text(str(text)[:32_767])}</t></is></c>'


def _text(text: str) -> str:
    # Excel reads _x0041_ as an escaped character, so a real one must be escaped in its turn.
    return escape(_ESCAPED.sub("_x005F_", _NOT_IN_XML.sub("", text)))


def _number(value) -> str:
    if isinstance(value, datetime):
        raise TypeError("a cell holds a day or a time of day, not both")
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, date):
        return str((value - _EXCEL_ZERO).days)
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, timedelta):
        return repr(value.total_seconds() / 86400)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return repr(value)


def _print_names(sheet: Sheet, name: str, index: int, last_row: int) -> list[str]:
    """The print area and the rows that every printed page repeats."""
    header = 1 if sheet.plain else 2 + len(sheet.heading) + bool(sheet.unit)
    quoted = "'" + name.replace("'", "''") + "'"
    area = f"{quoted}!$A$1:${column_letter(len(sheet.columns))}${last_row}"
    return [
        f'<definedName name="_xlnm.Print_Area" localSheetId="{index}">{escape(area)}</definedName>',
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{index}">{escape(f"{quoted}!$1:${header}")}</definedName>',
    ]


def _frame(names: list[str], defined: list[str]) -> dict[str, str]:
    """The parts of the archive around the sheets."""
    numbers = range(1, len(names) + 1)
    quoted = [escape(name, {'"': "&quot;"}) for name in names]
    return {
        "[Content_Types].xml": _XML
        + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        + '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + '<Default Extension="xml" ContentType="application/xml"/>'
        + f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        + f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        + "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers)
        + "</Types>",
        "_rels/.rels": _XML
        + f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/>'
        + "</Relationships>",
        "xl/workbook.xml": _XML
        + f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><bookViews><workbookView/></bookViews><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(numbers, quoted, strict=True))
        + f'</sheets><definedNames>{"".join(defined)}</definedNames><calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>',
        "xl/_rels/workbook.xml.rels": _XML
        + f'<Relationships xmlns="{_PACKAGE}">'
        + "".join(f'<Relationship Id="rId{n}" Type="{_REL}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers)
        + f'<Relationship Id="rId{len(names) + 1}" Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_SHEET_HEAD = _XML + f'<worksheet xmlns="{_MAIN}" xmlns:r="{_REL}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
_SHEET_TAIL = (
    '<printOptions horizontalCentered="1"/>'
    '<pageMargins left="0.47" right="0.47" top="0.59" bottom="0.71" header="0.3" footer="0.35"/>'
    '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
    "<headerFooter><oddFooter>{footer}</oddFooter></headerFooter></worksheet>"
)


def _format(number: int, font: int, fill: int, border: int, align: str) -> str:
    return (
        f'<xf numFmtId="{number}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" applyNumberFormat="1" '
        f'applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment {align}/></xf>'
    )


_MIDDLE = 'vertical="center"'
_FORMATS = (
    _format(0, 0, 0, 0, _MIDDLE),  # plain
    _format(49, 2, 0, 0, f'horizontal="center" {_MIDDLE}'),  # title
    _format(49, 0, 0, 0, f'horizontal="left" {_MIDDLE}'),  # line
    _format(49, 0, 0, 0, f'horizontal="right" {_MIDDLE}'),  # unit
    _format(49, 1, 2, 1, f'horizontal="center" {_MIDDLE} wrapText="1"'),  # header
    _format(49, 0, 0, 1, f'horizontal="left" {_MIDDLE} wrapText="1"'),  # text
    _format(3, 0, 0, 1, f'horizontal="right" {_MIDDLE}'),  # int
    _format(4, 0, 0, 1, f'horizontal="right" {_MIDDLE}'),  # yuan: built-in #,##0.00
    _format(164, 0, 0, 1, f'horizontal="center" {_MIDDLE}'),  # date
    _format(165, 0, 0, 1, f'horizontal="center" {_MIDDLE}'),  # time
    _format(166, 0, 0, 1, f'horizontal="right" {_MIDDLE}'),  # percent
    _format(167, 0, 0, 1, f'horizontal="right" {_MIDDLE}'),  # points
    _format(49, 1, 0, 2, f'horizontal="left" {_MIDDLE}'),  # total
    _format(3, 1, 0, 2, f'horizontal="right" {_MIDDLE}'),  # total_int
    _format(4, 1, 0, 2, f'horizontal="right" {_MIDDLE}'),  # total_yuan
    _format(49, 0, 0, 0, f'horizontal="left" {_MIDDLE} wrapText="1"'),  # sign
)


def _border(top: str) -> str:
    sides = {"left": "thin", "right": "thin", "top": top, "bottom": "thin"}
    lines = "".join(f'<{side} style="{line}"><color rgb="FF7D8BA0"/></{side}>' for side, line in sides.items())
    return f"<border>{lines}<diagonal/></border>"


def _font(size: int, extra: str = "") -> str:
    return f'<font>{extra}<sz val="{size}"/><name val="宋体"/><charset val="134"/></font>'


_STYLES = (
    _XML
    + f'<styleSheet xmlns="{_MAIN}"><numFmts count="4"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    + '<numFmt numFmtId="165" formatCode="hh:mm"/><numFmt numFmtId="166" formatCode="0.0%"/>'
    + '<numFmt numFmtId="167" formatCode="+0.0;&quot;−&quot;0.0;0.0"/></numFmts>'
    + f'<fonts count="3">{_font(11)}{_font(11, "<b/>")}{_font(16, "<b/>")}</fonts>'
    + '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    + '<fill><patternFill patternType="solid"><fgColor rgb="FFEDF1F7"/></patternFill></fill></fills>'
    + '<borders count="3"><border><left/><right/><top/><bottom/><diagonal/></border>'
    + _border("thin")
    + _border("medium")
    + '</borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    + f'<cellXfs count="{len(_FORMATS)}">{"".join(_FORMATS)}</cellXfs>'
    + '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
