"""The child that unpacks and parses an untrusted workbook. Run as a script: order line and file on stdin, answer on stdout.

It limits itself before it imports anything that reads XML, opens no other file and knows nothing of the program.
"""

import json
import resource
import sys

MEMORY_BYTES = 1024**3
CPU_SECONDS = 20
MOST_ROWS = 5000
MOST_COLUMNS = 50
MOST_CELL_CHARACTERS = 32_767
MOST_CHARACTERS = 20_000_000
LAST_EXCEL_ROW = 1_048_576

BROKEN = "工作簿内容损坏或含有不允许的内容，无法读取：请在 Excel 或 WPS 中打开并另存为 .xlsx 后再导入。"


class Unacceptable(Exception):
    """Told to the user as it is."""


def limit_myself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024**2, 64 * 1024**2))


def read(content: bytes, out) -> None:
    """Write a line for each sheet and each row that holds something."""
    import io

    from openpyxl import DEFUSEDXML, load_workbook
    from openpyxl.xml.constants import SHEET_MAIN_NS
    from openpyxl.xml.functions import fromstring

    if not DEFUSEDXML:
        raise Unacceptable("服务器缺少 defusedxml，不能读取工作簿：请系统管理员重新安装。")
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    listed = fromstring(book._archive.read("xl/workbook.xml")).findall(f"{{{SHEET_MAIN_NS}}}sheets/{{{SHEET_MAIN_NS}}}sheet")
    if not listed or len(listed) != len(book._sheets):
        # openpyxl passes over a sheet whose member is missing; a person must hear of it.
        raise Unacceptable(BROKEN)
    budget = [MOST_CHARACTERS]
    seen = set()
    for sheet in book.worksheets:
        if sheet.title.casefold() in seen:
            raise Unacceptable(f"有两个工作表都叫“{sheet.title[:31]}”：请改名后再导入。")
        seen.add(sheet.title.casefold())
        _say(out, {"sheet": sheet.title})
        for row in _rows_of(book, sheet, budget):
            _say(out, row)


def _say(out, entry) -> None:
    out.write(json.dumps(entry, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n")


def _rows_of(book, sheet, budget):
    from openpyxl.worksheet._reader import DATA_TAG, ROW_TAG, WorkSheetParser
    from openpyxl.xml.functions import iterparse

    class RowsOnly(WorkSheetParser):
        """Rows and nothing else: merged ranges, validations and formats of a hostile file are never built."""

        def parse(self):
            for _, element in iterparse(self.source):
                if element.tag == ROW_TAG:
                    yield self.parse_row(element)
                    element.clear()
                elif element.tag == DATA_TAG:
                    return

    name = sheet.title[:31]
    stated_columns, stated_rows = sheet.max_column, sheet.max_row
    filled, last_row = 0, 0
    with sheet._get_source() as source:
        parser = RowsOnly(
            source,
            sheet._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, parsed in parser.parse():
            if not last_row < number <= LAST_EXCEL_ROW:
                raise Unacceptable(f"工作表“{name}”的行号混乱（第 {number} 行）：请在 Excel 或 WPS 中另存后再导入。")
            last_row = number
            cells, width = {}, 0
            for cell in parsed:
                value = _value_of(cell, name, budget)
                if cell["row"] != number or cell["column"] in cells or cell["column"] <= width:
                    raise Unacceptable(f"工作表“{name}”第 {number} 行的单元格位置混乱：请在 Excel 或 WPS 中另存后再导入。")
                width = cell["column"]
                if value is not None:
                    cells[cell["column"]] = value
            if not cells:
                continue
            width = max(cells)
            if width > MOST_COLUMNS:
                raise Unacceptable(f"工作表“{name}”第 {number} 行超过 {MOST_COLUMNS} 列：请只保留模板里的列。")
            if stated_rows is not None and (number > stated_rows or width > stated_columns):
                raise Unacceptable(
                    f"工作表“{name}”第 {number} 行超出了该表声明的范围（{stated_rows} 行 {stated_columns} 列）："
                    "请在 Excel 或 WPS 中打开并另存后再导入。"
                )
            filled += 1
            if filled > MOST_ROWS + 1:
                raise Unacceptable(f"工作表“{name}”超过 {MOST_ROWS} 行：请拆分后再导入。")
            yield [number, [cells.get(column) for column in range(1, width + 1)]]


def _value_of(cell, name: str, budget):
    """A cell as JSON: text, number and yes/no as themselves, everything else as one key that names its kind."""
    from datetime import date, datetime, time, timedelta

    value, kind = cell["value"], cell["data_type"]
    if value is None:
        return None
    if kind == "f":
        text = value if isinstance(value, str) else getattr(value, "text", None) or "="
        return {"formula": text[:200]}
    if kind == "e":
        return {"error": str(value)[:20]}
    if isinstance(value, datetime):
        return {"day": value.isoformat()}
    if isinstance(value, date):
        return {"day": datetime(value.year, value.month, value.day).isoformat()}  # noqa: DTZ001 - cells have no zone
    if isinstance(value, time):
        return {"time": value.isoformat()}
    if isinstance(value, timedelta):
        return {"span": value.total_seconds()}
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else {"error": str(value)}
    return _text_of(str(value), cell, name, budget)


def _text_of(text: str, cell, name: str, budget):
    if len(text) > MOST_CELL_CHARACTERS:
        raise Unacceptable(f"工作表“{name}”第 {cell['row']} 行有一个单元格超过 {MOST_CELL_CHARACTERS} 字：请缩短内容。")
    budget[0] -= len(text)
    if budget[0] < 0:
        raise Unacceptable("工作簿的文字内容过多：请拆分后再导入。")
    # openpyxl undoes this escape in shared strings but not in inline ones.
    text = text.replace("_x005F_", "_").replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(char for char in text if char in "\n\t" or (char >= " " and not "\x7f" <= char <= "\x9f"))
    return text.strip() or None


def mark(content: bytes, problems, out) -> None:
    """Write the workbook again with the wrong cells filled red, each with its sentences as a comment."""
    import io

    from openpyxl import load_workbook
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book = load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    red = PatternFill("solid", start_color="FFFFC7CE")
    sentences = {}
    for sheet, row, column, message in problems:
        if sheet in book.sheetnames:
            sentences.setdefault((sheet, row, column), []).append(message)
    for (sheet, row, column), messages in sentences.items():
        cell = book[sheet].cell(row, column)
        if isinstance(cell, MergedCell):
            continue
        # Text that begins with "=" was text in the upload and stays text; what was a formula stays a formula.
        cell.fill = red
        cell.comment = Comment("\n".join(messages), "惠民", width=320, height=40 + 36 * len(messages))
    whole = io.BytesIO()
    book.save(whole)
    out.write(whole.getvalue())


def main() -> None:
    limit_myself()
    order = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    out = sys.stdout.buffer
    try:
        if order["mode"] == "read":
            read(content, out)
        else:
            mark(content, order["problems"], out)
    except Unacceptable as error:
        _say(out, {"refused": str(error)})
    except MemoryError:
        _say(out, {"refused": "工作簿太复杂，读取时超出内存限制：请把数据复制到新的工作簿后再导入。"})
    except Exception:  # noqa: BLE001 - whatever a broken file does to the parser, the user gets one sentence
        _say(out, {"refused": BROKEN})


if __name__ == "__main__":
    main()
