"""F14 使用专项资金案件信息表 and F15 案件补贴发放表／签领表, as workbook and PDF; F31 for a list. domain.md 6; plan 五（二）2."""

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from common import clock
from common.id_numbers import mask_account, mask_name
from common.money import ZERO, in_words
from common.workbooks.writing import Column, Sheet, file_name
from legalaid.models import AidCase
from legalaid.models.cases import is_sensitive_row
from programmes.rules.vocabulary import BASES, GROUPS, STAGES
from records.models import IssuedPaper
from records.services import issue_paper, read_file, void_paper
from subsidies.exports.frame import PDF, XLSX, Download, Paper, foot, office_name, printed, workbook
from subsidies.models import CaseList, FundMovement
from subsidies.services.case_lists import lock_list
from subsidies.services.case_pages import ListedCase, listed_cases
from subsidies.services.case_payment import account_key, accounts_of
from subsidies.services.refusals import MoneyRefused

HIDDEN = "不显示"
APPROVED = (CaseList.Status.APPROVED, CaseList.Status.PAID)

CASES = (
    Column("序号", "int", 6),
    Column("案号", "text", 20),
    Column("省系统案号", "text", 16),
    Column("受援人", "text", 12),
    Column("群体", "text", 12),
    Column("案由", "text", 20),
    Column("案件类型", "text", 14),
    Column("办理阶段", "text", 10),
    Column("依据", "text", 18),
    Column("批准日期", "date", 12),
    Column("办结日期", "date", 12),
    Column("承办机构", "text", 22),
    Column("承办人", "text", 12),
    Column("质量等次", "text", 9),
    Column("标注日期", "date", 12),
    Column("专项资金", "yuan", 13, total=True),
    Column("业务经费", "yuan", 13, total=True),
    Column("收款人", "text", 22),
    Column("账号", "text", 22),
    Column("备注", "text", 24),
)
PAYEES = (
    Column("序号", "int", 6),
    Column("收款人", "text", 26),
    Column("承办人", "text", 22),
    Column("件数", "int", 8, total=True),
    Column("补贴标准", "text", 18),
    Column("专项资金", "yuan", 14, total=True),
    Column("业务经费", "yuan", 14, total=True),
    Column("合计", "yuan", 14, total=True),
    Column("开户行", "text", 22),
    Column("收款账号", "text", 24),
    Column("签领", "text", 18),
)


class ListPaperRefused(MoneyRefused):
    """The paper cannot be printed now; the sentence says why."""


@dataclass
class PayeeSum:
    """One payee of a list with what both funds pay her: a line of F15."""

    name: str
    undertakers: list
    cases: int = 0
    standards: tuple = ()
    special: Decimal = ZERO
    operating: Decimal = ZERO
    account: object = None
    account_no: str = ""

    @property
    def total(self):
        return self.special + self.operating

    @property
    def standard_words(self):
        """One standard, or the lowest and the highest."""
        low, high = min(self.standards), max(self.standards)
        return f"{low:,.2f}" if low == high else f"{low:,.2f}—{high:,.2f}"


class ListBook:
    """A list with everything its papers say, read once. `with_numbers` gives whole account numbers (finance only)."""

    def __init__(self, case_list: CaseList, *, with_numbers=False):
        self.list = case_list
        self.with_numbers = with_numbers
        self.cases: list[ListedCase] = listed_cases(case_list)
        ids = [each.claim.case_id for each in self.cases]
        self.sensitive = set(AidCase.objects.filter(is_sensitive_row(), pk__in=ids).values_list("pk", flat=True))
        rows = list(case_list.rows.select_related("fund", "organization", "practitioner"))
        self.accounts = accounts_of(rows)
        self.keys = {(row.organization_id, row.practitioner_id): account_key(row) for row in rows}

    def account_of(self, claim):
        return self.accounts.get(self.keys.get((claim.organization_id, claim.practitioner_id)))

    def number_of(self, account) -> str:
        if account is None:
            return ""
        return account.account_no if self.with_numbers else mask_account(account.account_no)

    def recipient(self, each: ListedCase) -> str:
        """Masked; of criminal and minors' cases not at all (safety.md §5)."""
        return HIDDEN if each.claim.case_id in self.sensitive else mask_name(each.claim.case.recipient)

    def cause(self, each: ListedCase) -> str:
        return HIDDEN if each.claim.case_id in self.sensitive else each.claim.case.cause

    @property
    def payees(self) -> list[PayeeSum]:
        found: dict = {}
        for each in self.cases:
            claim = each.claim
            key = claim.organization_id, claim.practitioner_id
            payee = found.setdefault(key, PayeeSum(str(claim.payee or "没有收款人"), []))
            payee.cases += 1
            payee.special += each.special
            payee.operating += each.operating
            payee.standards = tuple({*payee.standards, claim.standard})
            if claim.case.undertaker and claim.case.undertaker not in payee.undertakers:
                payee.undertakers.append(claim.case.undertaker)
            payee.account = self.account_of(claim)
            payee.account_no = self.number_of(payee.account)
        return sorted(found.values(), key=lambda payee: payee.name)

    @property
    def number(self) -> str:
        each = self.list
        return f"AB-{each.county.code or each.county_id}-{each.period}-{each.batch:02d}-v{each.version}"

    @property
    def digest(self) -> str:
        facts = [f"{each.facts.number}|{each.special}|{each.operating}|{each.claim.payee}" for each in self.cases]
        return hashlib.sha256("\n".join([*facts, str(self.list.version)]).encode()).hexdigest()

    @property
    def seal(self) -> str:
        return self.digest[:8].upper()

    @property
    def is_draft(self) -> bool:
        return self.list.status == CaseList.Status.DRAFT

    def heading(self) -> list[str]:
        each = self.list
        return [
            f"编制单位：{office_name(each.county)}　　期间：{each.label}　　资金来源：省级专项资金、法律援助业务经费",
            f"系统编号：{self.number}　　校验码：{self.seal}　　状态：{each.get_status_display()}",
        ]

    @property
    def signers(self) -> list[tuple[str, object, object]]:
        each = self.list
        return [
            ("编制", each.drafted_by, each.drafted_at),
            ("援助中心主任", each.submitted_by, each.submitted_at),
            ("业务股复核", each.reviewed_by, each.reviewed_at),
            ("财务审核", each.checked_by, each.checked_at),
            ("局领导审批", each.approved_by, each.approved_at),
        ]

    def frame(self) -> dict:
        return {
            "list": self.list,
            "book": self,
            "seal": self.seal,
            "office": office_name(self.list.county),
            "signers": self.signers,
            "words": in_words(self.list.total),
        }


def name_of(book: ListBook, what: str, suffix: str) -> str:
    each = book.list
    batch = f"第{each.batch}批" if each.batch > 1 else ""
    return file_name(each.county.name, what, str(each.period), batch, f"v{each.version}", suffix=suffix)


def title_of(book: ListBook, what: str) -> str:
    return f"{book.list.county.name}{book.list.label}{what}" + ("（草稿）" if book.is_draft else "")


# -- F14


def information_workbook(book: ListBook, *, by) -> Download:
    """F14 with the sheet of payees behind it."""
    signed = "　　".join(f"{post}：{who.name if who else '　　　　'}" for post, who, _at in book.signers)
    sheets = [
        Sheet(
            title=title_of(book, "使用专项资金特殊群体法律援助案件信息表"),
            columns=CASES,
            rows=(cells_of(book, number, each) for number, each in enumerate(book.cases, 1)),
            heading=book.heading(),
            signatures=[f"合计（大写）：{in_words(book.list.total)}", signed],
            footer=foot(by, book.number),
            name="案件信息表",
        ),
        payees_sheet(book, by),
    ]
    return Download(name_of(book, "案件信息表", ".xlsx"), workbook(sheets), XLSX, len(book.cases), book.list.total)


def cells_of(book: ListBook, number: int, each: ListedCase) -> list:
    case, facts = each.claim.case, each.facts
    return [
        number,
        facts.number,
        facts.provincial_no,
        book.recipient(each),
        GROUPS.get(facts.primary_group, "无"),
        book.cause(each),
        each.type_words,
        STAGES.get(facts.stage, ""),
        BASES.get(facts.basis, "未列"),
        facts.approved_on,
        facts.concluded_on,
        case.undertaking_office or str(each.claim.organization or ""),
        case.undertaker,
        case.get_quality_grade_display(),
        facts.marked_on,
        each.special,
        each.operating,
        str(each.claim.payee or ""),
        book.number_of(book.account_of(each.claim)),
        "；".join(part.note for part in each.parts if part.note),
    ]


def information_pdf(book: ListBook, *, by) -> Download:
    """F14 on A4 landscape."""
    facts = {
        **book.frame(),
        **printed(by),
        "title": title_of(book, "使用专项资金特殊群体法律援助案件信息表"),
        "paper_number": book.number,
        "rows": [
            {
                "each": each,
                "recipient": book.recipient(each),
                "cause": book.cause(each),
                "basis": BASES.get(each.facts.basis, "未列"),
                "stage": STAGES.get(each.facts.stage, ""),
                "account": book.number_of(book.account_of(each.claim)),
            }
            for each in book.cases
        ],
    }
    return Download(
        name_of(book, "案件信息表", ".pdf"), Paper("print/case_list.html", facts).pdf(), PDF, len(book.cases), book.list.total
    )


# -- F15


def payees_sheet(book: ListBook, by) -> Sheet:
    return Sheet(
        title=title_of(book, "特殊群体法律援助案件补贴发放表"),
        columns=PAYEES,
        rows=[
            [
                number,
                payee.name,
                "、".join(payee.undertakers),
                payee.cases,
                payee.standard_words,
                payee.special,
                payee.operating,
                payee.total,
                payee.account.bank_name if payee.account else "",
                payee.account_no,
                "",
            ]
            for number, payee in enumerate(book.payees, 1)
        ],
        heading=book.heading(),
        signatures=[
            f"合计（大写）：{in_words(book.list.total)}",
            "　　".join(f"{post}：{who.name if who else '　　　　'}" for post, who, _at in book.signers),
        ],
        footer=foot(by, book.number),
        name="发放表",
    )


def payees_workbook(book: ListBook, *, by) -> Download:
    return Download(
        name_of(book, "案件补贴发放表", ".xlsx"), workbook([payees_sheet(book, by)]), XLSX, len(book.payees), book.list.total
    )


def sign_sheet_pdf(book: ListBook, *, by) -> Download:
    """F15 to be signed by the payees: numbered, once per approval. Raises ListPaperRefused before it."""
    require_approved(book, "签领表")
    return issued(
        book,
        kind="case_sign_sheet",
        prefix="AQ",
        title=title_of(book, "案件补贴签领表"),
        name=name_of(book, "案件补贴签领表", ".pdf"),
        make=lambda number: sign_sheet_paper(book, number=number, by=by).pdf(),
        by=by,
    )


def sign_sheet_paper(book: ListBook, *, number, by) -> Paper:
    facts = {
        **book.frame(),
        **printed(by),
        "paper_number": number,
        "title": title_of(book, "特殊群体法律援助案件补贴发放签领表"),
        "payees": book.payees,
    }
    return Paper("print/case_sign_sheet.html", facts)


# -- F31


def payment_approval_pdf(book: ListBook, *, by) -> Download:
    """F31 for a list: both funds with their documents, the chain of signatures. Numbered, once per approval."""
    require_approved(book, "付款审批单")
    return issued(
        book,
        kind="case_payment_approval",
        prefix="AF",
        title=title_of(book, "案件补贴付款审批单"),
        name=name_of(book, "案件补贴付款审批单", ".pdf"),
        make=lambda number: payment_approval_paper(book, number=number, by=by).pdf(),
        by=by,
    )


def payment_approval_paper(book: ListBook, *, number, by) -> Paper:
    each = book.list
    opinions = {event.to_status: event.reason for event in each.events.filter(case=None).order_by("pk")}
    facts = {
        **book.frame(),
        **printed(by),
        "paper_number": number,
        "title": "付款审批单",
        "cases": len(book.cases),
        "payees": book.payees,
        "clause": "五（二）2",
        "funds": [
            (fund.get_kind_display(), total, documents_of(fund, each))
            for fund, total in ((each.special_fund, each.special_total), (each.operating_fund, each.operating_total))
            if total
        ],
        "steps": [
            ("业务股复核", each.reviewed_by, each.reviewed_at, opinions.get("reviewed", "")),
            ("财务审核", each.checked_by, each.checked_at, opinions.get("checked", "")),
            ("局领导审批", each.approved_by, each.approved_at, opinions.get("approved", "")),
        ],
    }
    return Paper("print/case_payment_approval.html", facts)


def documents_of(fund, each) -> list[tuple[str, object]]:
    """指标文号: under which documents the fund was given money in the list's year, up to the approval."""
    moved = FundMovement.objects.filter(
        fund=fund,
        kind=FundMovement.Kind.FORWARDED,
        entry__reversed_by=None,
        day__gte=date(each.year, 1, 1),
        day__lte=each.approved_at.astimezone(clock.SHANGHAI).date(),
    )
    return list(moved.order_by("document_no").values_list("document_no").annotate(sum=Sum("amount")))


# -- numbered papers


def require_approved(book: ListBook, what: str):
    if book.list.status not in APPROVED:
        raise ListPaperRefused(f"{book.list.label}案件补贴季表{book.list.get_status_display()}：局领导审批后才能打印{what}。")


@transaction.atomic
def issued(book: ListBook, *, kind, prefix, title, name, make, by) -> Download:
    """The paper of this kind in force about the list; printed once per approval, void when the list has changed (Z-PAY-6)."""
    each = lock_list(book.list.pk)
    facts = "|".join([kind, book.digest, str(each.approved_at), str(each.approved_by_id)])
    stamp = hashlib.sha256(facts.encode()).hexdigest()[:8].upper()
    paper = IssuedPaper.objects.in_force().about(each).filter(kind=kind).first()
    if paper and not paper.number.endswith(stamp):
        void_paper(paper=paper, by=by, reason="季表已有变动，重新编号打印")
        paper = None
    if paper is None:
        number = f"{prefix}-{book.number.removeprefix('AB-')}-{stamp}"
        paper = issue_paper(kind=kind, title=title, content=make, by=by, on=each, number=number, file_name=name)
    return Download(name, read_file(paper.file), PDF, len(book.cases), each.total)
