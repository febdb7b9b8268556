import io
import tracemalloc
import zipfile
from datetime import date, time
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.workbooks.reading import read_workbook
from common.workbooks.writing import Column, Sheet, file_name, write_workbook

COLUMNS = (
    Column("序号", "int", 6),
    Column("姓名"),
    Column("身份证号", width=22),
    Column("次数", "int", total=True),
    Column("实发金额", "yuan", 14, total=True),
    Column("日期", "date"),
    Column("时间", "time"),
    Column("完成率", "percent"),
    Column("时序进度差", "points"),
)
ROW = (
    1,
    "=赵示例",
    "14052519600101001X",
    2,
    Decimal("1234.50"),
    date(2022, 3, 1),
    time(8, 30),
    Decimal("0.971"),
    Decimal("-1.8"),
)


def written(*sheets: Sheet) -> bytes:
    target = io.BytesIO()
    write_workbook(sheets, target)
    return target.getvalue()


def opened(content: bytes, **options):
    return openpyxl.load_workbook(io.BytesIO(content), **options)


def pay_sheet(rows=(ROW, (2, "李示例", "140525198506150025", 1, Decimal("-0.50"), None, None, None, None))) -> Sheet:
    return Sheet(
        "泽州县值班补贴发放表",
        COLUMNS,
        rows,
        heading=["编制单位：泽州县司法局　2022年3月"],
        signatures=["制表人：　　复核人：　　负责人："],
        footer="section 2022-04-01 & 导出",
        name="发放表",
    )


def test_amounts_are_numbers_and_numbers_of_people_are_text():
    sheet = opened(written(pay_sheet()))["发放表"]
    cells = [(cell.value, cell.data_type, cell.number_format) for cell in sheet[5]]
    assert cells == [
        (1, "n", "#,##0"),
        ("=赵示例", "s", "@"),
        ("14052519600101001X", "s", "@"),
        (2, "n", "#,##0"),
        (1234.5, "n", "#,##0.00"),
        (sheet["F5"].value, "d", "yyyy\\-mm\\-dd"),
        (time(8, 30), "d", "hh:mm"),
        (0.971, "n", "0.0%"),
        (-1.8, "n", '+0.0;"−"0.0;0.0'),
    ]
    assert sheet["F5"].value.date() == date(2022, 3, 1)
    assert sheet["E5"].alignment.horizontal == "right"


def test_a_total_is_a_formula_whose_stored_value_is_right():
    content = written(pay_sheet())
    formulas, values = opened(content)["发放表"], opened(content, data_only=True)["发放表"]
    assert [formulas[place].value for place in ("A7", "D7", "E7")] == ["合计", "=SUM(D5:D6)", "=SUM(E5:E6)"]
    assert [values[place].value for place in ("D7", "E7")] == [3, 1234.0]
    assert formulas["E7"].number_format == "#,##0.00" and formulas["E7"].font.bold


def test_the_sums_are_told_to_whoever_writes_them_in_words():
    sheet = pay_sheet()
    written(sheet)
    assert sheet.totals == {3: Decimal(3), 4: Decimal("1234.00")}


def test_an_empty_sheet_adds_up_to_nothing():
    values = opened(written(pay_sheet(())), data_only=True)["发放表"]
    assert [values[place].value for place in ("A5", "E5")] == ["合计", 0]


def test_the_sheet_prints_on_a4_landscape_with_the_head_on_every_page():
    sheet = opened(written(pay_sheet()))["发放表"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (
        1,
        0,
        True,
    )
    assert sheet.print_title_rows == "$1:$4" and sheet.print_area == "'发放表'!$A$1:$I$9"
    assert sheet.freeze_panes == "A5"
    assert "&P" in sheet.oddFooter.center.text and "&N" in sheet.oddFooter.center.text
    assert "section 2022-04-01" in sheet.oddFooter.left.text
    assert [sheet[f"A{row}"].value for row in (1, 2, 3, 9)] == [
        "泽州县值班补贴发放表",
        "编制单位：泽州县司法局　2022年3月",
        "单位：元",
        "制表人：　　复核人：　　负责人：",
    ]
    assert sheet.column_dimensions["C"].width > 22


def test_a_plain_sheet_can_be_read_in_again():
    content = written(Sheet("排班", COLUMNS[:5], [ROW[:5]], plain=True), Sheet("说明", [Column("说明")], [("a",)], plain=True))
    first, second = read_workbook(content)
    assert first.rows[0].cells == ("序号", "姓名", "身份证号", "次数", "实发金额")
    assert first.rows[1].cells == (1, "=赵示例", "14052519600101001X", 2, 1234.5)
    assert second.name == "说明"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), max_size=30), min_size=1, max_size=5))
@hypothesis_settings(max_examples=60, deadline=None)
def test_any_text_comes_out_as_it_went_in(texts):
    content = written(Sheet("文字", [Column("内容")], [[text] for text in texts], plain=True))
    sheet = opened(content)["文字"]
    for row, text in enumerate(texts, 2):
        cell = sheet.cell(row, 1)
        kept = "".join(letter for letter in text if letter not in "\ufffe\uffff")
        assert (cell.value or "").replace("_x005F_", "_") == kept
        assert cell.data_type == "s" or not kept


@pytest.mark.parametrize("begin", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1"])
def test_text_that_looks_like_a_formula_stays_text(begin):
    sheet = opened(written(Sheet("表", [Column("内容"), Column("金额", "yuan")], [[begin, begin]], plain=True)))["表"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s"]


def test_control_characters_and_markup_do_not_break_the_file():
    name = '<甲>&"乙"\'\x00\x0b\ud800'
    sheet = opened(written(Sheet("表", [Column(name)], [[name]], footer=name, plain=True)))["表"]
    assert sheet["A1"].value == sheet["A2"].value == '<甲>&"乙"\''


def test_sheet_names_are_made_lawful_and_different():
    names = ["2022年3月/4月", "很长" * 30, "很长" * 30, "'", "泽州'县"]
    book = opened(written(*(Sheet(name, [Column("a")], [["x"]]) for name in names)))
    assert book.sheetnames == ["2022年3月 4月", ("很长" * 30)[:31], ("很长" * 30)[:30] + "2", "工作表", "泽州'县"]
    assert book["泽州'县"].print_title_rows


def test_a_day_with_a_time_is_not_written_as_a_day():
    from datetime import datetime

    with pytest.raises(TypeError):
        written(Sheet("表", [Column("日期", "date")], [[datetime(2022, 3, 1, 8)]]))


def test_only_amounts_and_numbers_are_added_up():
    with pytest.raises(ValueError):
        Column("姓名", total=True)
    with pytest.raises(ValueError):
        Column("姓名", "money")


def test_equal_sheets_make_equal_files():
    assert written(pay_sheet()) == written(pay_sheet())


def test_memory_does_not_grow_with_the_rows():
    def peak(rows: int) -> int:
        tracemalloc.start()
        write_workbook([pay_sheet(ROW for _ in range(rows))], io.BytesIO())
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)
    # The file itself is in memory here: about 10 bytes a row, packed.
    assert peak(4000) < peak(400) + 400_000


def test_what_is_written_is_a_whole_archive_on_disk(tmp_path):
    path = tmp_path / file_name("泽州县", "值班补贴发放表", "2022-03", "v2")
    assert path.name == "泽州县_值班补贴发放表_2022-03_v2.xlsx"
    write_workbook([pay_sheet()], path)
    assert zipfile.ZipFile(path).testzip() is None
    assert file_name("a/b", "../c:d", suffix=".pdf") == "ab_..cd.pdf"
