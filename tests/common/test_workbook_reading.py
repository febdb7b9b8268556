"""Workbooks as honest people send them, and as hostile ones do: each is read or refused with a sentence, within seconds."""

import io
import random
import struct
import time as clock_time
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest

from common.errors import Refused
from common.workbooks import reading
from common.workbooks.reading import ErrorValue, Formula, Problem, WorkbookRefused, column_letter, mark_errors, read_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(fill=None, **sheets) -> bytes:
    """An honest workbook made by openpyxl."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in (sheets or {"排班": [["日期", "站点"], ["2022-03-01", "巴公镇"]]}).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if fill:
        fill(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(content: bytes, change: dict[str, bytes | None], *, extra=(), stored=False) -> bytes:
    """The same archive with members replaced, added or (None) left out."""
    target = io.BytesIO()
    kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", kind) as new:
        for name in old.namelist():
            body = change.get(name, old.read(name))
            if body is not None:
                new.writestr(name, body)
        for name, body in [*((name, body) for name, body in change.items() if name not in old.namelist()), *extra]:
            if body is not None:
                new.writestr(name, body)
    return target.getvalue()


def sheet_xml(rows: str, before: str = "", after: str = "", head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'.encode()
    )


def with_sheet(rows: str, before: str = "", after: str = "", head: str = "") -> bytes:
    return repacked(workbook(), {"xl/worksheets/sheet1.xml": sheet_xml(rows, before, after, head)})


def with_strings(rows: str, strings: bytes) -> bytes:
    """A workbook whose texts stand in the shared table, as Excel writes them; openpyxl writes them in place."""
    content = with_sheet(rows)
    types = zipfile.ZipFile(io.BytesIO(content)).read("[Content_Types].xml").decode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = types.replace("</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>')
    return repacked(content, {"xl/sharedStrings.xml": strings, "[Content_Types].xml": types.encode()})


def inline(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADER = f'<row r="1">{inline("A1", "日期")}</row>'
ONE_ROW = HEADER + f'<row r="2">{inline("A2", "2022-03-01")}</row>'
BOMB_STRINGS = (
    '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "笑笑笑笑笑笑笑笑笑笑">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + f']><sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>&j;</t></si></sst>'
).encode()
EXTERNAL = '<!DOCTYPE worksheet [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE worksheet SYSTEM "http://127.0.0.1:9/evil.dtd">'


def zip_bomb() -> bytes:
    return repacked(workbook(), {"xl/worksheets/sheet1.xml": b"<a>" + b" " * 60_000_000 + b"</a>"})


def dense_bomb() -> bytes:
    """Under every sum, but one member is packed a thousandfold; junk hides the ratio of the whole."""
    junk = random.Random(1).randbytes(600_000)
    return repacked(workbook(), {"xl/worksheets/sheet1.xml": sheet_xml(" " * 30_000_000), "xl/media/a.bin": junk})


def lying_directory() -> bytes:
    """The directory says that the sheet is small; it is not."""
    big = sheet_xml(ONE_ROW + " " * 20_000_000)
    content = bytearray(repacked(workbook(), {"xl/worksheets/sheet1.xml": big}))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = content.find(mark)
        while place >= 0:
            if struct.unpack_from("<I", content, place + offset)[0] == len(big):
                struct.pack_into("<I", content, place + offset, 500)
            place = content.find(mark, place + 4)
    return bytes(content)


def duplicated_members() -> bytes:
    return repacked(workbook(), {}, extra=[("xl/worksheets/sheet1.xml", sheet_xml(ONE_ROW))])


def encrypted_flag() -> bytes:
    content = bytearray(workbook())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


def merged(count: int) -> str:
    """Merged cells that compress badly."""
    choose = random.Random(2)
    return (
        "<mergeCells>"
        + "".join(f'<mergeCell ref="A{choose.randrange(1, 10**6)}:B{choose.randrange(1, 10**6)}"/>' for _ in range(count))
        + "</mergeCells>"
    )


def wide_shared_string() -> bytes:
    """One long string, shown in a quarter of a million cells: 8 GB of text from a file of a few KB."""
    cells = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{column_letter(column)}{row}" t="s"><v>0</v></c>' for column in range(1, 51))
        + "</row>"
        for row in range(1, 5001)
    )
    strings = f'<sst xmlns="{MAIN}"><si><t>{"长" * 32_000}</t></si></sst>'.encode()
    return with_strings(cells, strings)


HOSTILE = {
    "nothing at all": (lambda: b"", "空文件"),
    "a text file": (lambda: "日期,站点\n".encode(), "不是完整的 .xlsx"),
    "an old .xls renamed": (lambda: reading._OLE + b"\0" * 4000, "另存为 .xlsx"),
    "an encrypted workbook": (lambda: reading._OLE + b"\0" * 500 + reading._ENCRYPTED_STREAM + b"\0" * 500, "打开密码"),
    "encrypted members": (encrypted_flag, "打开密码"),
    "a truncated archive": (lambda: workbook()[:2000], "不是完整的 .xlsx"),
    "an archive without a workbook": (lambda: repacked(workbook(), {"xl/workbook.xml": None}), "不是 Excel 工作簿"),
    "over five megabytes": (lambda: b"PK\x03\x04" + b"\0" * (5 * 1024 * 1024), "超过 5 MB"),
    "a zip bomb": (zip_bomb, "展开后过大"),
    "a bomb behind junk": (dense_bomb, "展开后过大"),
    "a directory that lies about sizes": (lying_directory, "损坏|展开后过大"),
    "two hundred and one members": (
        lambda: repacked(workbook(), {f"xl/media/{n}.bin": b"x" for n in range(201)}),
        "内部文件超过 200",
    ),
    "duplicated members": (duplicated_members, "重名文件"),
    "members that differ in case": (lambda: repacked(workbook(), {"XL/Worksheets/sheet1.xml": b"<a/>"}), "重名文件"),
    "macros": (lambda: repacked(workbook(), {"xl/vbaProject.bin": b"\xd0\xcf"}), "带有宏"),
    "links to other files": (lambda: repacked(workbook(), {"xl/externalLinks/externalLink1.xml": b"<a/>"}), "指向其他文件"),
    "an unusual compression": (
        lambda: (
            t := io.BytesIO(),
            zipfile.ZipFile(t, "w", zipfile.ZIP_LZMA).writestr("xl/workbook.xml", b"x" * 99),
            t.getvalue(),
        )[2],
        "压缩方式|不是完整的",
    ),
    "an external entity": (
        lambda: with_sheet(ONE_ROW.replace("2022-03-01", "&secret;"), head=EXTERNAL),
        "损坏或含有不允许的内容",
    ),
    "a billion laughs": (
        lambda: with_strings('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', BOMB_STRINGS),
        "损坏或含有不允许的内容",
    ),
    "xml nested a million deep": (lambda: with_sheet("<row r='1'>" + "<c>" * 1_000_000), "损坏|展开后过大|太复杂"),
    "xml that does not end": (lambda: repacked(workbook(), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"}), "损坏"),
    "rows of a negative number": (lambda: with_sheet('<row r="-5"><c r="A1"><v>1</v></c></row>'), "行号混乱|损坏"),
    "rows beyond Excel": (lambda: with_sheet(f'<row r="{10**15}"><c><v>1</v></c></row>'), "行号混乱"),
    "the same row twice": (lambda: with_sheet(ONE_ROW + f'<row r="2">{inline("A2", "x")}</row>'), "行号混乱"),
    "the same cell twice": (lambda: with_sheet(f'<row r="1">{inline("A1", "a")}{inline("A1", "b")}</row>'), "位置混乱"),
    "a cell in another row": (lambda: with_sheet(f'<row r="1">{inline("A7", "a")}</row>'), "位置混乱"),
    "a number that is none": (lambda: with_sheet('<row r="1"><c r="A1"><v>NaN</v></c></row>'), "损坏"),
    "a string that is not there": (
        lambda: with_strings('<row r="1"><c r="A1" t="s"><v>99</v></c></row>', f'<sst xmlns="{MAIN}"/>'.encode()),
        "损坏",
    ),
    "control characters": (lambda: with_sheet(f'<row r="1">{inline("A1", chr(1) + "a")}</row>'), "损坏"),
    "fifty-one columns": (lambda: workbook(排班=[["x"] * 51]), "超过 50 列"),
    "5,001 rows under the header": (lambda: workbook(排班=[["x"]] * 5002), "超过 5000 行"),
    "a row beyond the stated size": (lambda: with_sheet(ONE_ROW, before='<dimension ref="A1:A1"/>'), "超出了该表声明的范围"),
    "a column beyond the stated size": (
        lambda: with_sheet(f'<row r="1">{inline("B1", "x")}</row>', before='<dimension ref="A1:A9"/>'),
        "超出了该表声明的范围",
    ),
    "a very long cell": (lambda: with_sheet(f'<row r="1">{inline("A1", "长" * 40_000)}</row>'), "超过 32767 字"),
    "eight gigabytes of text": (wide_shared_string, "文字内容过多|展开后过大"),
    "two sheets of one name": (
        lambda: repacked(
            (two := workbook(排班=[["a"]], 考勤=[["b"]])),
            {
                "xl/workbook.xml": zipfile.ZipFile(io.BytesIO(two))
                .read("xl/workbook.xml")
                .replace("考勤".encode(), "排班".encode())
            },
        ),
        "两个工作表都叫“排班”",
    ),
    "a sheet that is missing": (lambda: repacked(workbook(), {"xl/worksheets/sheet1.xml": None}), "损坏"),
    "styles that are missing": (lambda: repacked(workbook(), {"xl/styles.xml": b"<a"}), "损坏"),
}

HARMLESS = {
    "a huge stated size": lambda: with_sheet(ONE_ROW, before='<dimension ref="A1:XFD1048576"/>'),
    "a million merged cells": lambda: with_sheet(ONE_ROW, after=merged(400_000)),
    "everything merged into one": lambda: with_sheet(ONE_ROW, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "a document type elsewhere": lambda: with_sheet(ONE_ROW, head=PARAMETER),
    "an empty styled row at the end": lambda: with_sheet(ONE_ROW + '<row r="1048576"><c r="A1048576"/></row>'),
    "four thousand empty rows": lambda: with_sheet(
        ONE_ROW + "".join(f'<row r="{n}"><c r="A{n}"/></row>' for n in range(3, 9000))
    ),
    "a path that climbs": lambda: repacked(workbook(日期=[["日期"], ["2022-03-01"]]), {"../../../../tmp/huimin-escaped": b"x"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_with_a_sentence_within_seconds(name):
    make, told = HOSTILE[name]
    content = make()
    began = clock_time.monotonic()
    with pytest.raises(WorkbookRefused, match=told) as refused:
        read_workbook(content)
    assert isinstance(refused.value, Refused)
    assert str(refused.value).endswith("。") and "Traceback" not in str(refused.value)
    assert clock_time.monotonic() - began < 15


@pytest.mark.parametrize("name", HARMLESS)
def test_a_strange_workbook_is_read_harmlessly(name):
    content = HARMLESS[name]()
    began = clock_time.monotonic()
    (sheet,) = read_workbook(content)
    assert [row.cells for row in sheet.rows] == [("日期",), ("2022-03-01",)]
    assert clock_time.monotonic() - began < 15


def test_five_thousand_rows_and_fifty_columns_are_read():
    (sheet,) = read_workbook(workbook(排班=[["x"] * 50] * 5001))
    assert len(sheet.rows) == 5001 and len(sheet.rows[-1].cells) == 50


def test_cells_keep_their_types():
    def dated(book):
        sheet = book["全部"]
        sheet.append(
            [date(2022, 3, 1), datetime(2022, 3, 1, 8, 30), time(8, 30), 3, 2.5, True, "  文字\r\n第二行 ", "   ", None, "=A1+1"]
        )
        sheet["L2"].value, sheet["L2"].data_type = "=HYPERLINK", "s"
        sheet["M2"].value, sheet["M2"].data_type = "#REF!", "e"
        sheet.append([None, None])
        sheet.append(["末行"])

    sheets = read_workbook(workbook(fill=dated, 全部=[["表头"]], 空表=[]))
    assert [sheet.name for sheet in sheets] == ["全部", "空表"]
    header, values, last = sheets[0].rows
    assert values.cells == (
        datetime(2022, 3, 1),
        datetime(2022, 3, 1, 8, 30),
        time(8, 30),
        3,
        2.5,
        True,
        "文字\n第二行",
        None,
        None,
        Formula("=A1+1"),
        None,
        "=HYPERLINK",
        ErrorValue("#REF!"),
    )
    assert (header.number, values.number, last.number) == (1, 2, 4), "a blank row is left out, numbers stay"
    assert sheets[1].rows == []


def test_a_formula_with_a_stored_value_is_still_a_formula():
    (sheet,) = read_workbook(with_sheet('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>'))
    assert sheet.rows[0].cells == (Formula("=1+1"),)


def test_the_same_file_is_read_from_a_path_a_stream_and_bytes(tmp_path):
    content = workbook()
    path = tmp_path / "三月.xlsx"
    path.write_bytes(content)
    assert read_workbook(path) == read_workbook(str(path)) == read_workbook(io.BytesIO(content)) == read_workbook(content)
    with pytest.raises(WorkbookRefused, match="打不开"):
        read_workbook(tmp_path / "没有.xlsx")


def test_the_child_cannot_take_all_the_memory(monkeypatch):
    """A full (not streaming) reading of one merged range over the whole sheet would take gigabytes."""
    hungry = with_sheet(ONE_ROW, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
    began = clock_time.monotonic()
    with pytest.raises(WorkbookRefused, match="太复杂|内存|超时"):
        mark_errors(hungry, [Problem("排班", 2, 1, "x")], io.BytesIO())
    assert clock_time.monotonic() - began < 40


def test_wrong_cells_are_red_and_say_why_and_nothing_else_changes():
    def trap(book):
        book["排班"]["B2"].value, book["排班"]["B2"].data_type = "=1+1", "s"

    target = io.BytesIO()
    problems = [
        Problem("排班", 2, 1, "看不懂日期“明天”：请写成 2022-03-01。"),
        Problem("排班", 2, 1, "这一天不是工作日。"),
        Problem("排班", 3, None, "这一行没有站点。"),
        Problem("没有的表", 1, 1, "x"),
    ]
    content = workbook(fill=trap, 排班=[["日期", "站点"], ["明天", "巴公镇"], ["2022-03-02", None]])
    mark_errors(content, problems, target)
    sheet = openpyxl.load_workbook(io.BytesIO(target.getvalue()))["排班"]
    assert sheet["A2"].fill.start_color.rgb == "FFFFC7CE" and sheet["A3"].comment.text == "这一行没有站点。"
    assert sheet["A2"].comment.text == "看不懂日期“明天”：请写成 2022-03-01。\n这一天不是工作日。"
    assert sheet["A1"].comment is None and sheet["B2"].fill.fill_type is None
    assert read_workbook(target.getvalue()) == read_workbook(content), "text that begins with = stays text"


def test_shared_strings_are_read_like_any_text():
    strings = f'<sst xmlns="{MAIN}"><si><t>=1+1</t></si><si><r><t>巴公</t></r><r><t>镇</t></r></si></sst>'.encode()
    (sheet,) = read_workbook(with_strings('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>', strings))
    assert sheet.rows[0].cells == ("=1+1", "巴公镇")


def test_letters_of_columns():
    assert [column_letter(number) for number in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]
