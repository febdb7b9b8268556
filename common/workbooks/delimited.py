"""Reading tables that other systems give out as text (CSV): the limits of workbooks, no guessing beyond two encodings.

UTF-8 (with or without mark) and GB 18030, which holds GBK and GB 2312. Everything in such a file is text.
"""

import csv
import io

from common.workbooks.reading import (
    SheetRow,
    SheetRows,
    WorkbookRefused,
    _content_of,
    read_workbook,
)

MOST_ROWS = 5000
MOST_COLUMNS = 50
MOST_CELL_CHARACTERS = 2000
DELIMITERS = (",", "\t", ";")
_OLE = b"\xd0\xcf\x11\xe0"
SHEET_NAME = "CSV"


def read_export(source) -> list[SheetRows]:
    """The rows of an .xlsx or .csv file (path, open binary file or bytes), told apart by content.

    Raises WorkbookRefused with a Chinese sentence.
    """
    content = _content_of(source)
    if is_workbook(content):
        return read_workbook(content)
    return [SheetRows(SHEET_NAME, read_delimited(content))]


def is_workbook(content: bytes) -> bool:
    """An archive, or the old format, which the reader of workbooks refuses with the right words."""
    return content.startswith((b"PK", _OLE))


def read_delimited(content: bytes) -> list[SheetRow]:
    """The rows that hold something, their number in the file counted from 1. Blank cells are None."""
    text = decoded(content)
    first = text.lstrip()[:200].casefold()
    if first.startswith("<"):
        raise WorkbookRefused("这是网页格式的表格：请在 Excel 或 WPS 中打开并另存为 .xlsx 后再上传。")
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            kept = tuple(clean(cell) for cell in cells)
            if not any(kept):
                continue
            while kept and kept[-1] is None:
                kept = kept[:-1]
            if len(kept) > MOST_COLUMNS:
                raise WorkbookRefused(f"第 {number} 行超过 {MOST_COLUMNS} 列：请只保留需要的列。")
            if any(cell and len(cell) > MOST_CELL_CHARACTERS for cell in kept):
                raise WorkbookRefused(f"第 {number} 行有一格超过 {MOST_CELL_CHARACTERS} 字：请缩短内容。")
            rows.append(SheetRow(number, kept))
            if len(rows) > MOST_ROWS + 1:
                raise WorkbookRefused(f"文件超过 {MOST_ROWS} 行：请拆分后再上传。")
    except csv.Error:
        raise WorkbookRefused(f"第 {reader.line_num} 行的引号或分隔符不成对，无法读取：请另存为 .xlsx 后再上传。") from None
    return rows


def decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise WorkbookRefused("文件是 UTF-16 编码：请另存为 .xlsx，或“CSV UTF-8”后再上传。")
    if b"\x00" in content:
        raise WorkbookRefused("文件不是文本表格：请上传 .xlsx 或 .csv 文件。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WorkbookRefused("看不懂文件的编码：请另存为 .xlsx，或“CSV UTF-8”后再上传。")


def delimiter_of(text: str) -> str:
    """Comma, tab or semicolon: what the first lines hold most of."""
    head = "\n".join(text.splitlines()[:10])
    return max(DELIMITERS, key=head.count)


def clean(cell: str) -> str | None:
    """A cell without control characters and outer blanks; ="0123", by which exports keep long numbers as text, is 0123."""
    cell = "".join(char for char in cell if char in "\n\t" or (char >= " " and not "\x7f" <= char <= "\x9f")).strip()
    if cell.startswith('="') and cell.endswith('"') and '"' not in cell[2:-1]:
        cell = cell[2:-1].strip()
    if cell.startswith("'") and len(cell) > 1:
        cell = cell[1:]
    return cell or None
