"""Entering what the provincial system gave a case, and reconciling with its export. Z-CASE-9, Z-CASE-10, F36."""

import io
from datetime import date

import openpyxl
import pytest
from django.db import DatabaseError, transaction

from accounts.models import AuditEntry
from common.periods import Quarter
from common.workbooks.reading import WorkbookRefused
from legalaid.exports import provincial as papers
from legalaid.models import AidCase, ExportLayout, Reconciliation
from legalaid.rules.export_layout import LayoutRefused
from legalaid.services import reconciling
from legalaid.services.provincial import Entry, EntryRefused, enter, enter_many, progress_of
from legalaid.services.reconciling import ReconciliationRefused, figures_of
from legalaid.services.reconciling_page import lines_of, rows_of
from legalaid.services.steps import StepRefused
from tests.legalaid.provincial_world import HEADERS, Upload, World, id_number

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def april(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-04-06")


@pytest.fixture
def world(db):
    return World()


# -- the entry


@pytest.mark.rule("Z-CASE-9")
def test_number_and_day_are_written_down_and_audited(world):
    case = world.case(provincial_no="", provincial_entered_on=None)
    enter(entry=Entry(case.pk, " 晋援2022 0007 ", date(2022, 4, 1), case.version), by=world.centre)
    case.refresh_from_db()
    assert (case.provincial_no, case.provincial_entered_on, case.version) == ("晋援2022 0007", date(2022, 4, 1), 2)
    entry = AuditEntry.objects.get(action="legalaid.enter_provincial")
    assert entry.after == {"省系统案号": "晋援2022 0007", "省系统录入日期": "2022-04-01"}


@pytest.mark.rule("Z-CASE-9")
def test_the_three_numbers_count_concluded_cases_and_those_of_them_that_are_entered(world):
    world.case(concluded_on=date(2022, 3, 20))
    world.case(concluded_on=date(2022, 3, 21), provincial_entered_on=None, provincial_no="")
    world.case(concluded_on=date(2022, 3, 22), provincial_entered_on=None)  # a number alone is no entry
    world.case()
    told = progress_of(world.county, 2022)
    assert (told.concluded, told.entered, told.missing) == (3, 1, 2)


@pytest.mark.rule("Z-CASE-10")
@pytest.mark.parametrize("written", ["晋援（2022）7号", "晋援[2022]7号", "晋援〔2022〕 7 号", "晋援【２０２２】7号"])
def test_a_provincial_number_serves_one_case_however_its_brackets_are_written(world, written):
    first = world.case(provincial_no="晋援〔2022〕7号")
    second = world.case(provincial_no="", provincial_entered_on=None)
    with pytest.raises(EntryRefused, match=f"已经用在案件 {first.number}"):
        enter(entry=Entry(second.pk, written, date(2022, 4, 1)), by=world.centre)


@pytest.mark.parametrize(
    ("number", "day", "words"),
    [
        ("", date(2022, 4, 1), "补上省系统案号"),
        ("X1", None, "补上录入日期"),
        ("X1", date(2022, 4, 7), "在今天之后"),
        ("X1", date(2022, 1, 31), "早于申请或通知日期 2022-02-01"),
        ("暂无", date(2022, 4, 1), "没有数字"),
        ("1" * 61, date(2022, 4, 1), "超过 60 个字"),
    ],
)
def test_an_impossible_entry_is_refused_in_words(world, number, day, words):
    case = world.case(provincial_no="", provincial_entered_on=None)
    with pytest.raises(EntryRefused, match=words):
        enter(entry=Entry(case.pk, number, day), by=world.centre)


def test_a_history_case_may_have_been_entered_before_it_was_received(world):
    case = world.case(is_history=True, provincial_no="", provincial_entered_on=None)
    assert enter(entry=Entry(case.pk, "X1", date(2022, 1, 1)), by=world.centre).provincial_no == "X1"


def test_a_refused_application_has_no_entry(world):
    case = world.case(state="refused", provincial_no="", provincial_entered_on=None)
    with pytest.raises(EntryRefused, match="没有给予援助"):
        enter(entry=Entry(case.pk, "X1", date(2022, 4, 1)), by=world.centre)


def test_changing_an_entry_needs_a_reason_and_keeps_both_values_in_the_audit_log(world):
    case = world.case()
    with pytest.raises(EntryRefused, match="写明原因"):
        enter(entry=Entry(case.pk, "X9", date(2022, 3, 1)), by=world.centre)
    enter(entry=Entry(case.pk, "X9", date(2022, 3, 1)), by=world.centre, reason="案号抄错")
    entry = AuditEntry.objects.get(action="legalaid.enter_provincial")
    assert (entry.before, entry.after, entry.reason) == ({"省系统案号": case.provincial_no}, {"省系统案号": "X9"}, "案号抄错")


def test_an_unchanged_entry_writes_nothing(world):
    case = world.case()
    enter(entry=Entry(case.pk, case.provincial_no, case.provincial_entered_on), by=world.centre)
    assert AidCase.objects.get(pk=case.pk).version == 1
    assert not AuditEntry.objects.filter(action="legalaid.enter_provincial").exists()


def test_two_officers_at_once_the_second_is_told_to_look_again(world):
    case = world.case(provincial_no="", provincial_entered_on=None)
    enter(entry=Entry(case.pk, "X1", date(2022, 4, 1), 1), by=world.centre)
    with pytest.raises(StepRefused, match="请刷新页面"):
        enter(entry=Entry(case.pk, "X2", date(2022, 4, 1), 1), by=world.centre2, reason="x")


def test_many_entries_are_saved_all_or_none_and_the_wrong_case_is_named(world):
    first, second = (world.case(provincial_no="", provincial_entered_on=None) for _ in range(2))
    with pytest.raises(EntryRefused) as refused:
        enter_many(entries=[Entry(first.pk, "X1", date(2022, 4, 1)), Entry(second.pk, "X1", date(2022, 4, 1))], by=world.centre)
    assert refused.value.case_id == second.pk
    assert not AidCase.objects.exclude(provincial_no="").exists()
    assert (
        enter_many(entries=[Entry(first.pk, "X1", date(2022, 4, 1)), Entry(second.pk, "X2", date(2022, 4, 1))], by=world.centre)
        == 2
    )


@pytest.mark.parametrize("who", ["director", "section", "lawyer"])
def test_only_the_centre_enters(world, who):
    case = world.case(provincial_no="", provincial_entered_on=None)
    with pytest.raises(EntryRefused, match="岗位不能"):
        enter(entry=Entry(case.pk, "X1", date(2022, 4, 1)), by=getattr(world, who))


# -- upload and columns


def test_the_first_file_waits_for_its_columns_the_second_of_the_same_layout_does_not(world):
    case = world.case()
    found = world.upload(world.export(world.line(case)))
    assert found.state == "mapping"
    world.confirm(found)
    reconciling.void(pk=found.pk, by=world.centre, reason="换一份")
    again = world.upload(world.export(world.line(case)))
    assert (again.state, again.columns) == ("open", found.columns)
    assert ExportLayout.objects.count() == 1


def test_the_columns_chosen_by_a_person_are_remembered_and_not_the_guess(world):
    headers = ("编码", "说明", "案号", "日期甲")
    found = world.upload(world.export(("晋援20220001", "x", "y", "2022-03-01"), headers=headers))
    world.confirm(found, provincial_no=0, day=3)
    reconciling.void(pk=found.pk, by=world.centre, reason="换一份")
    again = world.upload(world.export(("晋援20220001", "x", "y", "2022-03-01"), headers=headers))
    assert (again.columns["provincial_no"], again.columns["day"]) == (0, 3)


def test_a_title_over_the_header_and_a_sheet_of_something_else_do_not_disturb(world):
    case = world.case()
    found = world.upload(world.export(world.line(case), title="泽州县法律援助案件信息表"))
    world.confirm(found)
    assert world.piles(found) == [("same", case.number, 3)]


def test_a_text_file_of_the_same_cases_gives_the_same_piles(world):
    case = world.case()
    text = "\r\n".join([",".join(HEADERS), ",".join(cell or "" for cell in world.line(case))])
    found = world.upload(Upload(text.encode("gb18030"), "导出.csv"))
    world.confirm(found)
    assert world.piles(found) == [("same", case.number, 2)]
    assert found.file.mime == "text/csv"


def test_a_number_column_that_excel_has_cut_is_a_difference_with_its_reason(world):
    case = world.case()
    book = openpyxl.Workbook()
    book.active.append(HEADERS)
    book.active.append([*world.line(case)[:2], 140525199001010010, *world.line(case)[3:]])
    stream = io.BytesIO()
    book.save(stream)
    found = world.upload(Upload(stream.getvalue()))
    world.confirm(found)
    row = found.rows.get()
    assert (row.pile, row.differing) == ("differing", ["id_number"])
    assert "丢失末几位" in row.doubts["id_number"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空文件"),
        (b"<html><table></table></html>", "网页格式"),
        (b"1,2\n3,4\n", "找不到表头"),
        (b"PK\x03\x04x", "不是完整的"),
    ],
)
def test_a_file_that_is_no_list_of_cases_is_refused_and_nothing_is_kept(world, content, words):
    with pytest.raises((ReconciliationRefused, WorkbookRefused), match=words):
        world.upload(Upload(content, "x.csv"))
    assert not Reconciliation.objects.exists()


def test_columns_that_read_no_case_are_refused(world):
    found = world.upload(world.export((None, "赵虚构", None, "x", None, None)))
    with pytest.raises(LayoutRefused, match="没有读到一个案件"):
        world.confirm(found)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"first": date(2022, 3, 1), "last": date(2022, 2, 1)}, "早于起始日期"),
        ({"last": date(2022, 4, 7), "first": date(2022, 1, 1)}, "在今天之后"),
        ({"quarter": Quarter(2021, 4)}, "不包括2021年第四季度"),
        ({"system": "other"}, "没有这个系统"),
    ],
)
def test_a_span_that_cannot_be_is_refused(world, told, words):
    with pytest.raises(ReconciliationRefused, match=words):
        world.upload(world.export(world.line(world.case())), **told)


def test_a_second_file_for_the_same_quarter_is_refused_until_the_first_is_void(world):
    case = world.case()
    found = world.reconciled(world.line(case))
    with pytest.raises(ReconciliationRefused, match="先作废原表"):
        world.upload(world.export(world.line(case)))
    reconciling.void(pk=found.pk, by=world.centre, reason="导错了月份")
    assert world.upload(world.export(world.line(case))).state == "open"


# -- piles and decisions


@pytest.mark.rule("Z-CASE-9")
def test_the_four_piles_of_a_quarter(world):
    same, late, missing = world.case(), world.case(), world.case()
    world.case(provincial_entered_on=date(2021, 12, 30))  # entered before the span: not missed
    world.case(state="refused", provincial_no="", provincial_entered_on=None)  # never a case of aid
    stranger = world.case(provincial_no="", provincial_entered_on=None, approved_on=None, accepted_on=None,
                          assigned_on=None, engaged_on=None, state="under_review")  # fmt: skip
    found = world.reconciled(
        world.line(same),
        world.line(late, 录入时间="2022年3月9日 10:20:00"),
        ("晋援20229999", "孙虚构", id_number(900), "继承", "2022-03-02", None),
    )
    assert world.piles(found) == [
        ("same", same.number, 2), ("differing", late.number, 3), ("only_there", None, 4), ("only_here", missing.number, None),
    ]  # fmt: skip
    assert stranger.pk not in found.rows.values_list("case", flat=True)


def test_their_number_and_day_are_taken_over_with_one_click(world):
    case = world.case(number="X-1", provincial_no="", provincial_entered_on=None)
    found = world.reconciled(("晋援20220001", case.recipient, case.id_number, case.cause, "2022-03-09", None))
    row = world.row(found, "proposed")
    reconciling.pair_row(pk=found.pk, row_id=row.pk, case_id=case.pk, by=world.centre)
    row = world.row(found, "differing")
    assert row.differing == ["provincial_no", "day"]
    reconciling.take_theirs(pk=found.pk, row_id=row.pk, by=world.centre)
    case.refresh_from_db()
    assert (case.provincial_no, case.provincial_entered_on) == ("晋援20220001", date(2022, 3, 9))
    row.refresh_from_db()
    assert (row.pile, row.fix, row.fixed_by) == ("same", "taken", world.centre)


def test_what_differs_besides_number_and_day_cannot_be_taken_over(world):
    case = world.case()
    found = world.reconciled(world.line(case, 案由="工伤"))
    with pytest.raises(ReconciliationRefused, match="没有可以采用"):
        reconciling.take_theirs(pk=found.pk, row_id=world.row(found, "differing").pk, by=world.centre)


def test_taking_over_a_number_that_another_case_has_is_refused_and_leaves_all_as_it_was(world):
    one = world.case()
    other = world.case(number="泽援-2", provincial_no="晋援X2")
    found = world.reconciled(world.line(other, 案件编号=one.provincial_no + "9"), world.line(one))
    row = world.row(found, "proposed")
    reconciling.pair_row(pk=found.pk, row_id=row.pk, case_id=other.pk, by=world.centre)
    AidCase.objects.filter(pk=one.pk).update(provincial_no=one.provincial_no + "9")
    with pytest.raises(EntryRefused, match="只能是一件"):
        reconciling.take_theirs(pk=found.pk, row_id=found.rows.get(case=other).pk, by=world.centre)
    other.refresh_from_db()
    assert other.provincial_no == "晋援X2"


def test_a_proposal_turned_down_does_not_come_back_when_compared_again(world):
    case = world.case(provincial_no="", provincial_entered_on=None)
    found = world.reconciled(("晋援20220001", case.recipient, case.id_number, case.cause, "2022-03-09", None))
    reconciling.part_row(pk=found.pk, row_id=world.row(found, "proposed").pk, by=world.centre)
    reconciling.compare_again(pk=found.pk, by=world.centre)
    assert [pile for pile, _, _ in world.piles(found)] == ["only_there", "only_here"]


def test_two_lone_lines_are_brought_together_by_hand(world):
    case = world.case(provincial_no="错号1")
    found = world.reconciled(("晋援20220001", "别人", None, "继承", "2022-03-09", None))
    row = world.row(found, "only_there")
    reconciling.pair_row(pk=found.pk, row_id=row.pk, case_id=case.pk, by=world.centre)
    row.refresh_from_db()
    assert (row.pile, row.case, row.is_confirmed) == ("differing", case, True)
    assert found.rows.count() == 1


def test_a_case_that_is_not_among_the_lone_ones_cannot_be_paired(world):
    one, other = world.case(), world.case(provincial_entered_on=date(2021, 12, 1))
    found = world.reconciled(world.line(one), ("晋援20220099", "别人", None, "继承", "2022-03-09", None))
    for case in (one, other):
        with pytest.raises(ReconciliationRefused, match="只在本系统"):
            reconciling.pair_row(pk=found.pk, row_id=world.row(found, "only_there").pk, case_id=case.pk, by=world.centre)


def test_a_word_on_a_lone_case_survives_the_next_comparison(world):
    world.case()
    found = world.reconciled(("晋援20229999", "孙虚构", id_number(900), "继承", "2022-03-02", None))
    row = world.row(found, "only_here")
    reconciling.note_fix(pk=found.pk, row_ids=[row.pk], fix="mend_there", note="省系统漏录，4 月补录", by=world.centre)
    reconciling.compare_again(pk=found.pk, by=world.centre)
    row = world.row(found, "only_here")
    assert (row.fix, row.fix_note, row.fixed_by) == ("mend_there", "省系统漏录，4 月补录", world.centre)


@pytest.mark.parametrize(("fix", "note", "words"), [("taken", "x", "没有选择如何处理"), ("explained", " ", "没有写处理说明")])
def test_a_word_without_what_or_why_is_refused(world, fix, note, words):
    world.case()
    found = world.reconciled(("晋援20229999", "孙虚构", id_number(900), "继承", "2022-03-02", None))
    with pytest.raises(ReconciliationRefused, match=words):
        reconciling.note_fix(
            pk=found.pk, row_ids=list(found.rows.values_list("pk", flat=True)), fix=fix, note=note, by=world.centre
        )


def test_no_full_id_number_is_kept_beside_the_file(world):
    case = world.case()
    found = world.reconciled(world.line(case), world.line(case, 案件编号="晋援X", 证件号码=id_number(901)))
    stored = " ".join(str(vars(row)) for row in found.rows.all())
    assert case.id_number not in stored
    assert id_number(901) not in stored


def test_page_and_papers_show_no_name_or_number_of_a_person(world):
    case = world.case(recipient="赵虚构甲")
    found = world.reconciled(world.line(case, 受援人姓名="赵虚构乙"))
    (line,) = lines_of(found, rows_of(found), world.centre)
    shown = str(line.cells)
    assert "赵虚构甲" not in shown
    assert "赵虚构乙" not in shown
    assert case.id_number not in shown
    assert line.differing_words == "受援人"


def test_the_cause_of_anothers_criminal_case_is_not_shown(world):
    world.case(type="criminal_defence", cause="盗窃罪", handler=world.centre2, recipient="赵虚构甲")
    case = AidCase.objects.get()
    found = world.reconciled(world.line(case))
    shown = {user.username: str(lines_of(found, rows_of(found), user)[0].cells) for user in (world.centre, world.centre2)}
    assert "盗窃罪" not in shown["centre"]
    assert "盗窃罪" in shown["centre2"]


# -- signatures


def signed(world, found):
    world.settle(found)
    reconciling.sign_by_centre(pk=found.pk, by=world.centre)
    return reconciling.sign_by_director(pk=found.pk, by=world.director)


def test_a_list_with_an_open_proposal_or_a_line_without_a_word_is_not_signed(world):
    case = world.case(provincial_no="", provincial_entered_on=None)
    found = world.reconciled(("晋援20220001", case.recipient, case.id_number, case.cause, "2022-03-09", None))
    with pytest.raises(ReconciliationRefused, match="1 行待确认"):
        reconciling.sign_by_centre(pk=found.pk, by=world.centre)
    reconciling.part_row(pk=found.pk, row_id=world.row(found, "proposed").pk, by=world.centre)
    with pytest.raises(ReconciliationRefused, match="2 行没有处理意见"):
        reconciling.sign_by_centre(pk=found.pk, by=world.centre)


def test_signing_compares_once_more_with_the_cases_as_they_are_now(world):
    case = world.case()
    found = world.reconciled(world.line(case))
    enter(entry=Entry(case.pk, "X9", date(2022, 3, 1)), by=world.centre, reason="改")
    with pytest.raises(ReconciliationRefused):
        reconciling.sign_by_centre(pk=found.pk, by=world.centre)


def test_two_people_sign_and_the_figures_stay_whatever_happens_to_the_cases(world):
    case = world.case()
    found = world.reconciled(world.line(case), ("晋援20229999", "孙虚构", id_number(900), "继承", "2022-03-02", None))
    signed(world, found)
    figures = reconciling.signed_for(county=world.county, system="provincial", quarter=Quarter(2022, 1)).figures
    enter(entry=Entry(case.pk, "X9", date(2022, 3, 1)), by=world.centre, reason="改")
    found.refresh_from_db()
    assert (figures["same"], figures["only_there"], figures["mend_there"]) == (1, 1, 1)
    assert found.figures == figures == figures_of(found)
    assert found.rows.get(pile="same").ours["provincial_no"] == case.provincial_no


def test_the_officer_cannot_sign_for_the_director_nor_the_director_first(world):
    found = world.reconciled(world.line(world.case()))
    with pytest.raises(ReconciliationRefused):
        reconciling.sign_by_director(pk=found.pk, by=world.director)
    reconciling.sign_by_centre(pk=found.pk, by=world.centre)
    with pytest.raises(ReconciliationRefused):
        reconciling.sign_by_director(pk=found.pk, by=world.centre2)


def test_the_director_sends_it_back_with_a_reason_and_the_officer_signs_again(world):
    found = world.reconciled(world.line(world.case()))
    reconciling.sign_by_centre(pk=found.pk, by=world.centre)
    with pytest.raises(ReconciliationRefused, match="退回原因"):
        reconciling.return_to_centre(pk=found.pk, by=world.director, reason=" ")
    reconciling.return_to_centre(pk=found.pk, by=world.director, reason="漏了一件")
    found.refresh_from_db()
    assert (found.state, found.centre_signed_by, found.returned_reason) == ("open", None, "漏了一件")
    assert signed(world, found).state == "signed"


def test_a_signed_list_is_put_aside_by_the_director_only_and_stays_readable(world):
    found = world.reconciled(world.line(world.case()))
    signed(world, found)
    with pytest.raises(ReconciliationRefused, match="岗位"):
        reconciling.void(pk=found.pk, by=world.centre, reason="x")
    reconciling.void(pk=found.pk, by=world.director, reason="省系统更正了数据")
    assert reconciling.signed_for(county=world.county, system="provincial", quarter=Quarter(2022, 1)) is None
    assert found.rows.count() == 1


@pytest.mark.parametrize("change", ["rows", "row", "figures", "delete"])
def test_the_database_keeps_what_was_signed(world, change):
    found = world.reconciled(world.line(world.case()))
    signed(world, found)
    found.refresh_from_db()
    acts = {
        "rows": lambda: found.rows.all().delete(),
        "row": lambda: found.rows.update(pile="differing"),
        "figures": lambda: Reconciliation.objects.filter(pk=found.pk).update(figures={}),
        "delete": lambda: Reconciliation.objects.filter(pk=found.pk).delete(),
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        acts[change]()


def test_nothing_is_decided_on_a_signed_list(world):
    found = world.reconciled(world.line(world.case()))
    row = found.rows.get().pk
    signed(world, found)
    for act in (
        lambda: reconciling.compare_again(pk=found.pk, by=world.centre),
        lambda: reconciling.part_row(pk=found.pk, row_id=row, by=world.centre),
        lambda: reconciling.note_fix(pk=found.pk, row_ids=[row], fix="explained", note="x", by=world.centre),
        lambda: world.confirm(found),
    ):
        with pytest.raises(ReconciliationRefused, match="已签字"):
            act()


# -- F36


def test_the_workbook_of_f36_holds_counts_and_every_uneven_line_and_no_person(world):
    same, other = world.case(), world.case(recipient="钱虚构")
    found = world.reconciled(world.line(same), world.line(other, 录入时间="2022-03-20", 受援人姓名="钱虚拟"))
    signed(world, found)
    found.refresh_from_db()
    book = openpyxl.load_workbook(io.BytesIO(papers.workbook(found, by=world.director)))
    summary = {row[0].value: row[1].value for row in book["汇总"].iter_rows()}
    assert (summary["相同"], summary["不一致"], summary["对方系统导出件数"]) == (1, 1, 2)
    text = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert other.number in text
    assert "2022-03-20" in text
    assert "示例centre 2022-04-06" in text
    assert "示例director 2022-04-06" in text
    assert not any(secret in text for secret in ("钱虚构", "钱虚拟", other.id_number))


def test_f36_is_numbered_once_signed_and_given_out_unchanged(world):
    found = world.reconciled(world.line(world.case()))
    draft = papers.pdf(found, by=world.centre)
    signed(world, found)
    found.refresh_from_db()
    first = papers.pdf(found, by=world.centre)
    assert first.startswith(b"%PDF")
    assert first == papers.pdf(found, by=world.director) != draft


# -- who sees it


def test_another_county_sees_no_list(world):
    world.reconciled(world.line(world.case()))
    assert not Reconciliation.objects.visible_to(world.neighbour()).exists()
    assert not Reconciliation.objects.visible_to(world.section).exists()
    assert Reconciliation.objects.visible_to(world.director).exists()
