"""F21 质量评查表与通报, F38 整改台账 of quality evaluation. domain.md §6."""

import io
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from accounts.policy import may
from common import clock
from common.pdf import render_pdf
from common.workbooks.writing import Column, Sheet, file_name, write_workbook
from legalaid.models import AidCase, FileReview, SampledFile
from legalaid.rules.quality import GRADES, mean
from organizations.models import Organization
from records.services import installation

UNNAMED = "未填写"


@dataclass(frozen=True)
class Summary:
    """The confirmed results of one firm, person or of all."""

    name: str
    count: int
    grades: tuple[int, ...]
    average: Decimal

    @property
    def pass_share(self):
        return 1 - Decimal(self.grades[-1]) / self.count

    @property
    def pass_percent(self):
        return 100 * self.pass_share


def summary(name, files) -> Summary:
    return Summary(
        name,
        len(files),
        tuple(sum(file.grade == grade for file in files) for grade in GRADES),
        mean([file.total for file in files]),
    )


def results_of(files):
    """The confirmed results: altogether, by firm and by undertaker. None while nothing is confirmed."""
    decided = [file for file in files if file.state == SampledFile.State.DECIDED]
    if not decided:
        return None
    firms, people = defaultdict(list), defaultdict(list)
    for file in decided:
        firms[file.case.undertaking_office or UNNAMED].append(file)
        people[(file.case.undertaking_office or UNNAMED, file.case.undertaker or UNNAMED)].append(file)
    return {
        "all": summary("合计", decided),
        "firms": [summary(name, rows) for name, rows in sorted(firms.items())],
        "people": [(firm, summary(name, rows)) for (firm, name), rows in sorted(people.items())],
    }


def sheet_rows(file, sheets):
    """The rubric's items with what each submitted sheet gave: (section, [(item, [points…])…])."""
    rubric = file.batch.rubric(file.rubric_code)
    submitted = [sheet for sheet in sheets if sheet.state == FileReview.State.SUBMITTED]
    return [
        (words, [(item, [Decimal(sheet.points[item.code]) for sheet in submitted]) for item in items])
        for words, items in rubric.sections
    ]


def veto_words(file, sheet):
    words = {veto.code: veto.words for veto in file.batch.rubric(file.rubric_code).vetoes}
    return "、".join(words.get(code, code) for code in sheet.vetoes)


def office_of(county):
    bureau = Organization.objects.filter(region=county, kind=Organization.Kind.JUSTICE_BUREAU).first()
    return bureau.name if bureau else f"{county.name}司法局"


def frame_of(batch, *, by):
    return {
        "office": office_of(batch.county),
        "printed_at": clock.real_now(),
        "printed_by": by.name,
        "is_demo": installation().is_demo,
        "paper_number": batch.number,
    }


def foot(by, *parts):
    demo = "演示数据" if installation().is_demo else ""
    return "　".join(filter(None, [demo, *parts, f"{by.name} {clock.real_now():%Y-%m-%d %H:%M} 导出"]))


# --- F21 of one file --------------------------------------------------------------------------------------------------


def sheet_name(file) -> str:
    return file_name(file.batch.county.name, "案件质量评查表", file.case.number, suffix=".pdf")


def file_sheet_pdf(file, *, by) -> bytes:
    """The score sheet of one file; reviewers by name only for those who may know them."""
    sheets = list(file.reviews.select_related("reviewer").filter(state=FileReview.State.SUBMITTED))
    names = may(by, "legalaid.view_reviewers")
    reviewers = [
        {
            "name": sheet.reviewer.name if names else f"第{sheet.round}轮评查人{sheet.seat}",
            "round": sheet.round,
            "sheet": sheet,
            "vetoes": veto_words(file, sheet),
        }
        for sheet in sheets
    ]
    context = {
        **frame_of(file.batch, by=by),
        "title": f"法律援助案件质量{'评查' if file.kind == 'admin_check' else '评估'}表",
        "file": file,
        "batch": file.batch,
        "case": file.case,
        "rubric": file.batch.rubric(file.rubric_code),
        "rows": sheet_rows(file, sheets),
        "reviewers": reviewers,
    }
    return render_pdf("print/review_sheet.html", context)


# --- F21 of a batch ---------------------------------------------------------------------------------------------------


def report_name(batch, suffix) -> str:
    return file_name(batch.county.name, "案件质量评查通报", batch.number, suffix=f".{suffix}")


def files_of(batch):
    return list(batch.files.select_related("case").prefetch_related("reviews__reviewer", "rectifications").order_by("position"))


def batch_report_pdf(batch, *, by) -> bytes:
    files = files_of(batch)
    context = {
        **frame_of(batch, by=by),
        "title": f"{batch.title}通报",
        "period": f"归档日期 {batch.first} 至 {batch.last}",
        "batch": batch,
        "files": files,
        "results": results_of(files),
        "grade_words": [AidCase.Grade(grade).label for grade in GRADES],
        "rubrics": [batch.rubric(code) for code in sorted(batch.rubrics)],
        "undecided": sum(file.state != SampledFile.State.DECIDED for file in files),
    }
    return render_pdf("print/review_report.html", context)


def batch_report_workbook(batch, *, by) -> bytes:
    """Every file with its result, and the summaries by firm and by person."""
    files = files_of(batch)
    names = may(by, "legalaid.view_reviewers")
    heading = [
        f"编制单位：{office_of(batch.county)}　　批次：{batch.number}　　{batch.get_kind_display()}",
        f"归档日期 {batch.first} 至 {batch.last}，总体 {len(batch.frame)} 件，评查 {len(files)} 件，随机种子 {batch.seed}",
    ]
    common = {"heading": heading, "unit": "", "footer": foot(by, batch.number)}
    sheets = [
        Sheet(
            f"{batch.title}结果",
            RESULTS,
            (result_row(n, file, names) for n, file in enumerate(files, 1)),
            name="逐案结果",
            **common,
        )
    ]
    if results := results_of(files):
        firms = [["", each.name, *summary_cells(each)] for each in [*results["firms"], results["all"]]]
        people = [[firm, each.name, *summary_cells(each)] for firm, each in results["people"]]
        sheets.append(
            Sheet(
                f"{batch.title}按机构汇总",
                summary_columns("", "承办机构")[1:],
                [row[1:] for row in firms],
                name="按机构",
                **common,
            )
        )
        sheets.append(
            Sheet(f"{batch.title}按承办人汇总", summary_columns("承办机构", "承办人"), people, name="按承办人", **common)
        )
    return workbook(sheets)


RESULTS = (
    Column("序号", "int", 6),
    Column("案件编号", "text", 26),
    Column("案件类型", "text", 16),
    Column("承办机构", "text", 26),
    Column("承办人", "text", 10),
    Column("归档日期", "date", 12),
    Column("层", "text", 24),
    Column("第一轮得分", "text", 16),
    Column("第二轮得分", "text", 16),
    Column("否决项", "text", 24),
    Column("总分", "text", 8),
    Column("等次", "text", 8),
    Column("评查意见", "text", 40),
    Column("评查人", "text", 20),
    Column("状态", "text", 10),
    Column("整改", "text", 10),
)


def result_row(number, file, names):
    """One file; scores only once every sheet is in."""
    sheets = [each for each in file.reviews.all() if each.state == FileReview.State.SUBMITTED] if file.is_told else []
    case, rounds = file.case, {n: [str(s.total) for s in sheets if s.round == n] for n in (1, 2)}
    fixes = list(file.rectifications.all())
    return [
        number, case.number, case.get_type_display(), case.undertaking_office, case.undertaker, case.archived_on, file.stratum,
        "、".join(rounds[1]), "、".join(rounds[2]), "；".join(filter(None, (veto_words(file, s) for s in sheets))),
        str(file.total) if file.is_told else "", file.get_grade_display() if file.is_told else "",
        "\n".join(s.opinion for s in sheets if s.opinion),
        "、".join(s.reviewer.name for s in sheets) if names else "",
        file.get_state_display(), "、".join(fix.get_state_display() for fix in fixes),
    ]  # fmt: skip


def summary_columns(firm, name):
    grades = [Column(AidCase.Grade(grade).label, "int", 8) for grade in GRADES]
    return [
        Column(firm or "-", "text", 26), Column(name, "text", 26), Column("件数", "int", 8), *grades,
        Column("合格率", "percent", 10), Column("平均分", "text", 10),
    ]  # fmt: skip


def summary_cells(each):
    return [each.count, *each.grades, each.pass_share, str(each.average)]


# --- F38 --------------------------------------------------------------------------------------------------------------

FIXES = (
    Column("序号", "int", 6),
    Column("案件编号", "text", 26),
    Column("评查批次", "text", 22),
    Column("问题", "text", 44),
    Column("提出日期", "date", 12),
    Column("提出人", "text", 10),
    Column("整改期限", "date", 12),
    Column("整改措施", "text", 40),
    Column("证明材料", "text", 24),
    Column("整改日期", "date", 12),
    Column("整改人", "text", 10),
    Column("复核日期", "date", 12),
    Column("复核人", "text", 10),
    Column("状态", "text", 10),
    Column("逾期", "text", 8),
)


def fixes_workbook(rows, *, by) -> bytes:
    """The running list of what is to be mended."""
    today = clock.today()
    cells = (
        [
            number, fix.file.case.number, fix.file.batch.number, fix.problem, fix.opened_on, fix.opened_by.name, fix.due_on,
            fix.measure, fix.proof.name if fix.proof else "", fix.done_on, fix.done_by.name if fix.done_by else "",
            fix.confirmed_on, fix.confirmed_by.name if fix.confirmed_by else "", fix.get_state_display(),
            "逾期" if fix.is_late(today) else "",
        ]
        for number, fix in enumerate(rows, 1)
    )  # fmt: skip
    return workbook([Sheet("案件评查整改台账", FIXES, cells, unit="", footer=foot(by), name="整改台账")])


def workbook(sheets) -> bytes:
    stream = io.BytesIO()
    write_workbook(sheets, stream)
    return stream.getvalue()
