"""The export of another system read and laid beside our cases: pure rules, hostile and odd layouts. Z-CASE-9, Z-CASE-10, D40."""

import time
from datetime import date, datetime

import pytest

from common.workbooks.delimited import read_delimited, read_export
from common.workbooks.reading import WorkbookRefused
from legalaid.rules.export_layout import (
    CAUSE,
    CONCLUDED,
    ID_NUMBER,
    NUMBER,
    PROVINCIAL_NO,
    RECEIVED,
    RECIPIENT,
    LayoutRefused,
    check_columns,
    day_field,
    find_header,
    guess,
    header_at,
)
from legalaid.rules.export_rows import day_of, id_of, read_rows, text_of
from legalaid.rules.reconciling import (
    DIFFERING,
    ONLY_HERE,
    ONLY_THERE,
    PROPOSED,
    SAME,
    OurCase,
    TheirRow,
    figures,
    plain_number,
    reconcile,
)

DAY = day_field("省系统录入日期", ("录入日期", "录入时间", "登记日期", "登记时间"))
FIELDS = (PROVINCIAL_NO, NUMBER, RECIPIENT, ID_NUMBER, CAUSE, DAY, RECEIVED, CONCLUDED)
HEADER = ("序号", "案件编号", "受援人姓名", "证件号码", "案由", "录入时间", "结案日期")


def numbered(*rows):
    return list(enumerate(rows, 1))


def places(*rows):
    header = find_header(numbered(*rows), FIELDS)
    return header, guess(header, FIELDS)


# -- where the header is and what the columns hold


def test_a_header_in_the_first_row_is_understood_by_its_words():
    header, columns = places(HEADER, (1, "X1", "赵虚构", "1405…", "劳动争议", "2022-03-01", None))
    assert (header.row, header.depth) == (1, 1)
    assert columns == {"provincial_no": 1, "recipient": 2, "id_number": 3, "cause": 4, "day": 5, "concluded_on": 6}


def test_a_merged_title_row_and_a_blank_row_above_the_header_are_passed_over():
    header, columns = places(("泽州县2022年法律援助案件信息表",), ("导出时间：2022-04-01", None, None, "导出人：赵虚构"), HEADER)
    assert header.row == 3
    assert columns["provincial_no"] == 1


def test_two_header_rows_are_read_as_one():
    upper = ("序号", "案件编号", "受援人", None, None, "案由", "日期", None)
    lower = (None, None, "姓名", "性别", "身份证号", None, "录入日期", "结案日期")
    header, columns = places(("案件表",), upper, lower, (1, "X1", "赵虚构", "男", "1405", "劳动争议", "2022-03-01", None))
    assert (header.row, header.depth) == (2, 2)
    assert columns == {"provincial_no": 1, "recipient": 2, "id_number": 4, "cause": 5, "day": 6, "concluded_on": 7}
    assert header.label(2) == "受援人 / 姓名"


def test_in_a_text_file_the_first_row_of_data_is_not_taken_for_a_second_header_row():
    header, _ = places(HEADER, ("1", "X1", "赵虚构", "1405", "劳动争议", "2022-03-01", "2022-03-09"))
    assert header.depth == 1


def test_the_undertakers_name_and_the_other_party_are_not_taken_for_the_recipient():
    _, columns = places(("案件编号", "承办人姓名", "对方当事人姓名", "受援人", "案由"))
    assert columns["recipient"] == 3


def test_where_both_numbers_stand_each_is_told_from_the_other():
    _, columns = places(("省系统案号", "案件编号", "受援人", "案由"))
    assert (columns["provincial_no"], columns["number"]) == (0, 1)


def test_a_sheet_of_another_kind_has_no_known_header():
    header, columns = places(("姓名", "日期", "签到时间"), ("赵虚构", "2022-03-01", "8:30"))
    assert header is None or "provincial_no" not in columns


def test_a_sheet_of_numbers_has_no_header_at_all():
    assert find_header(numbered((1, 2, 3), (4, 5, 6)), FIELDS) is None


def test_two_files_laid_out_alike_have_one_signature_and_a_moved_column_another():
    first, _ = places(HEADER)
    again, _ = places(("说明",), tuple(f" {word}\n" for word in HEADER))
    moved, _ = places((*HEADER[1:], HEADER[0]))
    assert first.signature == again.signature != moved.signature


def test_a_person_may_point_at_the_header_row():
    rows = numbered(("编",), ("甲", "乙", "丙"), (1, 2, 3))
    assert header_at(rows, 2, 1).words == ("甲", "乙", "丙")
    with pytest.raises(LayoutRefused, match="不是表头"):
        header_at(rows, 3, 1)


def test_one_column_serves_one_field_only():
    header, _ = places(HEADER)
    with pytest.raises(LayoutRefused, match="一列只能对应一项"):
        check_columns({"provincial_no": 1, "number": 1}, header, FIELDS)


def test_without_any_number_there_is_nothing_to_match_by():
    header, _ = places(HEADER)
    with pytest.raises(LayoutRefused, match="至少选一列"):
        check_columns({"recipient": 2, "day": 5}, header, FIELDS)


def test_a_column_beyond_the_sheet_is_refused():
    header, _ = places(HEADER)
    with pytest.raises(LayoutRefused, match="不在这个文件里"):
        check_columns({"provincial_no": 99}, header, FIELDS)


# -- cells


@pytest.mark.parametrize(
    "cell",
    ["2022-03-01", "2022/3/1", "20220301", "2022年3月1日", "２０２２－０３－０１", "2022-03-01 10:22:33", "2022-03-01T10:22",
     "2022.3.1", "2022年3月1日 8时30分", datetime(2022, 3, 1, 10, 22), 44621, 44621.5, "44621"],
)  # fmt: skip
def test_days_are_read_in_the_spellings_of_other_systems(cell):
    assert day_of(cell) == date(2022, 3, 1)


@pytest.mark.parametrize("cell", [None, "", "--", "/", "无"])
def test_a_dash_is_no_day(cell):
    assert day_of(cell) is None if cell != "" else True


@pytest.mark.parametrize("cell", ["2022-02-30", "三月一日", True, 3])
def test_what_is_no_day_is_a_doubt(cell):
    with pytest.raises(ValueError):
        day_of(cell)


def test_a_number_that_excel_has_cut_is_not_trusted():
    with pytest.raises(ValueError, match="丢失末几位"):
        text_of(1.40525202200001e17, 60)
    with pytest.raises(ValueError, match="科学记数"):
        text_of("1.40525E+17", 60)
    assert text_of(2022000123.0, 60) == "2022000123"


def test_an_id_number_is_checked_and_a_hidden_one_is_taken_as_it_is():
    assert id_of("14052519600101001x") == ("14052519600101001X", "140***********001X")
    assert id_of("140525********001X") == ("", "140***********001X")
    with pytest.raises(ValueError, match="身份证号不正确"):
        id_of("140525196001010011")


def test_sums_foot_lines_and_repeated_headers_are_no_rows():
    rows = numbered(
        HEADER,
        ("1", "X1", "赵虚构", "140525********001X", "劳动争议", "2022-03-01", None),
        HEADER,
        (None, None, None),
        ("合计", "1件"),
        ("制表人：钱虚构",),
        ("2", None, "孙虚构", None, "继承", "2022-03-02", None),
    )
    header = find_header(rows, FIELDS)
    read = read_rows(rows, header, guess(header, FIELDS))
    assert [row.number for row in read.rows] == [2]
    assert read.passed_over == [(7, "没有案号，也没有身份证号")]


def test_a_cell_that_cannot_be_read_is_a_doubt_of_its_row_and_refuses_nothing():
    rows = numbered(HEADER, ("1", 1.40525202200001e17, "赵虚构", "140525196001010011", "劳动争议", "昨天", None))
    header = find_header(rows, FIELDS)
    (row,) = read_rows(rows, header, guess(header, FIELDS)).rows
    assert set(row.doubts) == {"provincial_no", "id_number", "day"}


# -- text files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_files_are_read_in_both_encodings_and_all_delimiters(encoding, delimiter):
    content = f'案件编号{delimiter}受援人\r\n="140525202200000123"{delimiter}赵虚构\r\n\r\n'.encode(encoding)
    rows = read_delimited(content)
    assert [row.cells for row in rows] == [("案件编号", "受援人"), ("140525202200000123", "赵虚构")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空文件"),
        (b"\xff\xfe\x48\x68", "UTF-16"),
        (b"a,b\x00c", "不是文本表格"),
        (b"\x80\x81\xff\xff\xff", "编码"),
        ("<html><table><tr><td>案号</td></tr></table></html>".encode(), "网页格式"),
        (b'a,"b\nc', "引号"),
        (("x," * 60).encode() + b"x", "超过 50 列"),
        (b"a\n" * 5002, "超过 5000 行"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧格式"),
        (b"PK\x03\x04nonsense", "不是完整的"),
        (b"x" * (5 * 1024 * 1024 + 1), "超过 5 MB"),
    ],
)
def test_a_hostile_or_broken_file_is_refused_in_words(content, words):
    with pytest.raises(WorkbookRefused, match=words):
        read_export(content)


# -- laying the two lists beside each other


def ours(key, **values):
    index = values.pop("id_index", f"id{key}")
    is_expected = values.pop("is_expected", True)
    facts = {"provincial_no": f"晋援〔2022〕{key}号", "number": f"泽援{key}", "recipient": "赵虚构", "cause": "劳动争议",
             "id_number": "14052519600101001X", "day": date(2022, 3, 1), "received_on": date(2022, 2, 1), "concluded_on": None}  # fmt: skip
    return OurCase(key, {**facts, **values}, index, is_expected)


def theirs(row, key, **values):
    index, doubts = values.pop("id_index", f"id{key}"), values.pop("doubts", {})
    facts = {"provincial_no": f"晋援〔2022〕{key}号", "recipient": "赵虚构", "cause": "劳动争议", "day": date(2022, 3, 1)}
    return TheirRow(row, {**facts, **values}, index, doubts)


def piles(pairs):
    return [(pair.pile, pair.ours and pair.ours.key, pair.theirs and pair.theirs.number) for pair in pairs]


@pytest.mark.rule("Z-CASE-9")
def test_four_piles_equal_differing_only_here_only_there():
    pairs = reconcile(
        [ours(1), ours(2), ours(3)], [theirs(5, 1), theirs(6, 2, day=date(2022, 3, 9)), theirs(7, 9, id_index="id9")]
    )
    assert piles(pairs) == [(SAME, 1, 5), (DIFFERING, 2, 6), (ONLY_THERE, None, 7), (ONLY_HERE, 3, None)]
    assert pairs[1].differing == ("day",)
    assert figures(pairs) == {
        "ours": 3, "theirs": 3, "same": 1, "differing": 1, "only_here": 1, "only_there": 1, "proposed": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "written", ["晋援[2022]1号", "晋援【2022】1号", "晋援（2022）1号", " 晋援 ﹝2022﹞1号".replace("﹝", "(").replace("﹞", ")")]
)
def test_brackets_and_blanks_in_a_number_make_no_difference(written):
    assert piles(reconcile([ours(1)], [theirs(5, 1, provincial_no=written)])) == [(SAME, 1, 5)]
    assert plain_number("ＡＢ－１２") == "AB-12"


def test_punctuation_in_a_cause_makes_no_difference_other_words_do():
    assert reconcile([ours(1, cause="婚姻、继承")], [theirs(5, 1, cause="婚姻继承")])[0].pile == SAME
    assert reconcile([ours(1)], [theirs(5, 1, cause="工伤")])[0].differing == ("cause",)


def test_a_case_is_matched_by_our_number_when_the_provincial_one_is_missing_here():
    (pair,) = reconcile([ours(1, provincial_no="", day=None)], [theirs(5, 1, number="泽援1")])
    assert (pair.pile, pair.differing, pair.matched_by) == (DIFFERING, ("provincial_no", "day"), "number")


@pytest.mark.rule("Z-CASE-10")
def test_a_provincial_number_that_stands_twice_serves_one_case():
    pairs = reconcile([ours(1)], [theirs(5, 1, cause="工伤"), theirs(6, 1)])
    assert piles(pairs) == [(ONLY_THERE, None, 5), (DIFFERING, 1, 6)]
    assert "第 5、6 行重复" in pairs[0].note
    assert "第 5、6 行重复" in pairs[1].note


@pytest.mark.rule("Z-CASE-10")
def test_two_cases_here_under_one_provincial_number_are_never_equal():
    pairs = reconcile([ours(1), ours(2, provincial_no="晋援〔2022〕1号")], [theirs(5, 1)])
    assert piles(pairs) == [(DIFFERING, 1, 5), (ONLY_HERE, 2, None)]
    assert "本系统有 2 个案件" in pairs[0].note


def test_the_same_person_with_the_same_cause_is_proposed_and_not_decided():
    (pair,) = reconcile([ours(1, provincial_no="", day=None)], [theirs(5, 7, id_index="id1")])
    assert (pair.pile, pair.note) == (PROPOSED, "同一受援人，案由相同")


def test_the_same_person_with_another_cause_on_another_day_is_not_proposed():
    pairs = reconcile([ours(1, provincial_no="", day=None)], [theirs(5, 7, id_index="id1", cause="工伤")])
    assert [pair.pile for pair in pairs] == [ONLY_THERE, ONLY_HERE]


def test_a_row_that_fits_two_cases_of_a_person_alike_is_left_to_a_person():
    two = [ours(1, provincial_no="", id_index="p"), ours(2, provincial_no="", id_index="p")]
    assert [pair.pile for pair in reconcile(two, [theirs(5, 7, id_index="p")])] == [ONLY_THERE, ONLY_HERE, ONLY_HERE]


def test_without_an_id_number_the_name_is_proposed_only_with_cause_and_day():
    mine = ours(1, provincial_no="", day=date(2022, 3, 1))
    assert reconcile([mine], [theirs(5, 7, id_index="")])[0].pile == PROPOSED
    assert reconcile([mine], [theirs(5, 7, id_index="", day=date(2022, 3, 2))])[0].pile == ONLY_THERE


def test_a_confirmed_pair_stays_and_its_differences_are_shown():
    (pair,) = reconcile([ours(1, provincial_no="", day=None)], [theirs(5, 7)], confirmed={5: 1})
    assert (pair.pile, pair.matched_by, pair.differing[0]) == (DIFFERING, "hand", "provincial_no")


def test_a_proposal_that_was_turned_down_does_not_come_back():
    pairs = reconcile([ours(1, provincial_no="", day=None)], [theirs(5, 7, id_index="id1")], rejected={(5, 1)})
    assert [pair.pile for pair in pairs] == [ONLY_THERE, ONLY_HERE]


def test_a_hidden_id_number_that_fits_is_no_difference_one_that_does_not_is():
    fitting = theirs(5, 1, id_index="", id_number="140***********001X")
    other = theirs(5, 1, id_index="", id_number="140***********0025")
    assert reconcile([ours(1)], [fitting])[0].pile == SAME
    assert reconcile([ours(1)], [other])[0].differing == ("id_number",)


def test_a_row_with_a_doubt_is_never_equal():
    (pair,) = reconcile([ours(1)], [theirs(5, 1, day=None, doubts={"day": "看不懂日期"})])
    assert (pair.pile, pair.differing) == (DIFFERING, ("day",))


def test_blank_cause_there_says_nothing_blank_number_or_day_there_does():
    blank = theirs(5, 1, cause="", recipient="", day=None, number="")
    assert reconcile([ours(1)], [blank])[0].differing == ("day",)


def test_a_case_that_is_not_expected_there_is_not_missing_but_is_found_when_it_is_there():
    early = ours(1, is_expected=False)
    assert reconcile([early], []) == []
    assert piles(reconcile([early], [theirs(5, 1)])) == [(SAME, 1, 5)]


def test_a_file_of_five_thousand_like_lines_does_not_stall_the_comparison():
    many = [ours(key, provincial_no="", number=f"n{key}") for key in range(3000)]
    like = [theirs(row, 1, provincial_no="X1", id_index="") for row in range(5000)]
    began = time.monotonic()
    told = figures(reconcile(many, like))
    assert (told["only_there"], told["only_here"]) == (5000, 3000)
    assert time.monotonic() - began < 5
