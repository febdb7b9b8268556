"""The demonstration's case subsidies: two quarters listed, paid and reported, the third one's marks and its list for the director."""

from datetime import date
from decimal import Decimal

from common.pdf import is_available
from common.periods import Quarter
from desk.services.demo.cases import standard_of
from legalaid.models import AidCase
from organizations.models import Organization
from organizations.services.organization_accounts import decide_organization_account, propose_organization_account
from records.services import keep_file, remember_day
from subsidies.exports.quarterly_return import keep_signed_papers
from subsidies.models import CaseClaim, Fund, FundMovement
from subsidies.services import returns
from subsidies.services.case_approval import (
    approve_case_list,
    check_case_list,
    put_forward,
    review_case_list,
    send_back_case,
    submit_case_list,
)
from subsidies.services.case_drafting import draft_case_list
from subsidies.services.case_payment import pay_case_rows
from subsidies.services.funds import enter_movement, fund_of
from subsidies.services.marks import decide_scope, propose_mark, sign_mark
from subsidies.services.payment import Receipt

PAPER = b"%PDF-1.4 demonstration"
# The days of a quarter's list and return in the month after it, all working days of April and July 2022.
DRAFTED, REVIEWED, SENT, APPROVED, PAID, MENDED = 13, 14, 15, 18, 19, 20
NARRATIVES = {
    1: ("演示：个别偏远乡镇咨询量偏少；1 件案件缺送达回证，已经退回补正。", "演示：加大下乡宣传，5 月底前补齐材料。"),
    2: ("演示：柳树口镇、南岭镇进度慢于时间；部分案件没有及时录入省系统。", "演示：每月核对省系统录入情况，三季度增加巡回咨询。"),
}
# Of the third quarter: how many marks of the older cases and of the later ones are signed, how many wait.
OLDER, LATER, PROPOSED = 4, 3, 1


def firms(county, users) -> None:
    """Each firm and office has an account that the leader has decided."""
    kinds = (Organization.Kind.LAW_FIRM, Organization.Kind.GRASSROOTS_OFFICE)
    for n, firm in enumerate(Organization.objects.filter(region=county, kind__in=kinds).order_by("pk")):
        paper = keep_file(content=PAPER, name="账户确认书（演示）.pdf", purpose="bank-account", by=users["section"])
        account = propose_organization_account(
            organization_id=firm.pk, holder=firm.name, bank_name="演示银行泽州支行", account_no=f"62200000000000{n:04}",
            by=users["section"], paper=paper,
        )  # fmt: skip
        decide_organization_account(account_id=account.pk, accept=True, by=users["leader"])


def enter_operating_money(*, county, users) -> None:
    """The county's own money for legal aid, at the beginning of the year."""
    remember_day(day=date(2022, 2, 15))
    enter_movement(
        fund=fund_of(county=county, kind=Fund.Kind.OPERATING), kind=FundMovement.Kind.FORWARDED, day=date(2022, 2, 15),
        amount=Decimal("60000.00"), document_no="泽财〔2022〕演示7号", remark="演示数据", by=users["finance"],
    )  # fmt: skip


def close_quarter(*, county, users, quarter: Quarter) -> None:
    """In the month after a quarter: its return to the city, its list of cases to the last payment, and what was sent back mended."""
    month = quarter.last.month + 1
    if quarter.number == 2:
        decide_arbitration(county, users)
    report_quarter(county, users, quarter, month)
    pay_quarter(county, users, quarter, month)
    remember_day(day=date(quarter.year, month, MENDED))
    for claim in CaseClaim.objects.held().filter(case__county=county).order_by("pk"):
        put_forward(claim_id=claim.pk, by=users["centre"])


def decide_arbitration(county, users) -> None:
    """The plan names no arbitration: the bureau included one such case (reading D15), of another it has not decided."""
    remember_day(day=date(2022, 6, 20))
    case = AidCase.objects.filter(county=county, type="labour_arbitration", mark__marked_on__isnull=False).order_by("pk").first()
    decide_scope(
        case_id=case.pk, is_included=True, reason="农民工讨薪，经局务会研究纳入（演示）", document_no="泽司会〔2022〕演示6号",
        by=users["leader"],
    )  # fmt: skip


def pay_quarter(county, users, quarter, month) -> None:
    """By six hands; in the first quarter the section sends one case back, which goes with the second."""

    def on(day):
        return remember_day(day=date(quarter.year, month, day))

    on(DRAFTED)
    case_list = draft_case_list(county=county, quarter=quarter, by=users["centre"])
    case_list = submit_case_list(list_id=case_list.pk, version=case_list.version, by=users["director"])
    on(REVIEWED)
    if quarter.number == 1:
        claim = case_list.claims.order_by("pk")[2]
        reason = "缺裁判文书送达回证，请补正后再列入（演示）"
        send_back_case(list_id=case_list.pk, version=case_list.version, case_id=claim.case_id, reason=reason, by=users["section"])
        case_list.refresh_from_db()
    case_list = review_case_list(list_id=case_list.pk, version=case_list.version, by=users["section"])
    on(SENT)
    case_list = check_case_list(list_id=case_list.pk, version=case_list.version, by=users["finance"])
    on(APPROVED)
    case_list = approve_case_list(list_id=case_list.pk, version=case_list.version, by=users["leader"])
    on(PAID)
    rows = case_list.rows.to_pay().order_by("fund", "name", "pk")
    receipts = [Receipt(row.pk, f"演示{quarter}-{n:03}") for n, row in enumerate(rows, start=1)]
    pay_case_rows(list_id=case_list.pk, receipts=receipts, paid_on=date(quarter.year, month, PAID), by=users["cashier"])


def report_quarter(county, users, quarter, month) -> None:
    """Drafted and told by finance, reviewed by the section, signed by the leader, sent in time, noted by the city."""
    remember_day(day=date(quarter.year, month, DRAFTED))
    report = returns.draft_return(county=county, quarter=quarter, by=users["finance"])
    problems, next_steps = NARRATIVES[quarter.number]
    report = returns.write_narrative(
        report_id=report.pk, version=report.version, problems=problems, next_steps=next_steps, by=users["finance"]
    )
    remember_day(day=date(quarter.year, month, REVIEWED))
    report = returns.review_return(report_id=report.pk, version=report.version, by=users["section"])
    if not is_available():  # workbook and letter are kept with the signature
        return
    report = returns.sign_return(report_id=report.pk, version=report.version, by=users["leader"], make_papers=papers_of)
    sent_on = date(quarter.year, month, SENT)
    remember_day(day=sent_on)
    report = returns.send_return(report_id=report.pk, version=report.version, sent_on=sent_on, by=users["finance"])
    remember_day(day=date(quarter.year, month, APPROVED))
    returns.note_return(report_id=report.pk, version=report.version, by=users["city"])


def papers_of(report, *, by):
    return keep_signed_papers(report, returns.figures_now(report), by=by)


# --- the third quarter ------------------------------------------------------------------------------------------------


def mark_third_quarter(*, county, users, today: date) -> None:
    """What was verified since: marked and signed, one more proposed, the rest for the centre; the list waits for the director."""
    passed = AidCase.objects.filter(
        county=county, state=AidCase.State.QUALITY_PASSED, mark=None, quality_verified_on__gte=date(2022, 7, 1)
    )
    older = list(passed.filter(is_history=True).order_by("number")[:OLDER])
    later = list(passed.filter(is_history=False).order_by("number"))
    for case in older:
        mark(case, users, date(2022, 8, 10), date(2022, 8, 12))
    for case in later[:LATER]:
        mark(case, users, date(2022, 9, 14), date(2022, 9, 15))
    for case in later[LATER : LATER + PROPOSED]:
        mark(case, users, date(2022, 9, 22), None)
    remember_day(day=date(2022, 9, 23))
    draft_case_list(county=county, quarter=Quarter.of(today), by=users["centre"])
    remember_day(day=today)


def mark(case, users, proposed_on, signed_on) -> None:
    remember_day(day=proposed_on)
    paper = keep_file(content=PAPER, name="惠民系统标注截图（演示）.pdf", purpose="case-mark", by=users["centre"])
    found = propose_mark(
        case_id=case.pk, marked_on=proposed_on, local_standard=standard_of(case.type), entry_no=f"演示惠民-{case.number[-4:-1]}",
        by=users["centre"], stored=paper,
    )  # fmt: skip
    if signed_on:
        remember_day(day=signed_on)
        sign_mark(mark_id=found.pk, by=users["director"])
