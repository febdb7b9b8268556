"""The way of a quarterly list: signed by the director, reviewed by the section, checked by finance, approved by the leader.

Plan 五（二）2; Z-SUB-5; safety.md 5. Sent back whole, or a single case with a reason. Compare-and-set on status and version.
"""

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from accounts import audit
from accounts.policy import may
from common import clock
from common.money import yuan
from legalaid.models import AidCase
from legalaid.rules.reconciling import plain_number
from records.services import notify
from subsidies.models import CaseClaim, CaseList, CasePayRow, ClaimPart, Fund, Payment
from subsidies.services.case_drafting import payees_of
from subsidies.services.case_figures import PlanRules, judged
from subsidies.services.case_lists import ListRefused, Status, lock_list, move_list, require_other_hands, require_state
from subsidies.services.case_payment import finish_if_paid
from subsidies.services.refusals import told_in_words
from subsidies.services.sheets import require_right

# Who may take a single case out of a list, by where the list is.
SINGLE = {
    Status.DRAFT: ("subsidies.draft_case_list", "subsidies.submit_case_list"),
    Status.SUBMITTED: ("subsidies.review_case_list",),
    Status.REVIEWED: ("subsidies.check_pay",),
    Status.CHECKED: ("subsidies.approve_pay",),
}
SIGNATURES = (
    "submitted_by", "submitted_at", "reviewed_by", "reviewed_at", "checked_by", "checked_at", "approved_by", "approved_at",
)  # fmt: skip


@transaction.atomic
def submit_case_list(*, list_id, version, by, note=""):
    """The director signs and hands in; from here on the list does not change. Refused where a case names no payee."""
    require_right(by, "subsidies.submit_case_list")
    case_list = lock_list(list_id)
    require_state(case_list, Status.DRAFT, version)
    require_other_hands(case_list, "submit", by)
    nameless = list(case_list.claims.filter(organization=None, practitioner=None).values_list("case__number", flat=True))
    if nameless:
        raise ListRefused(
            f"{'、'.join(nameless[:5])}{f'等 {len(nameless)} 件' if len(nameless) > 5 else ''}没有收款人："
            "请先登记承办机构或承办人，再重新编制季表。"
        )
    require_one_a_number(case_list)
    require_up_to_date(case_list)
    return move_list(
        case_list,
        Status.SUBMITTED,
        by=by,
        action="subsidies.submit_case_list",
        reason=note,
        submitted_by=by,
        submitted_at=clock.now(),
    )


def require_one_a_number(case_list):
    """Z-CASE-10, I3: one provincial number is one case. Two cases that bear it are not both paid, here or as ordinary subsidy."""
    paid_otherwise = Q(mark__is_ordinary_subsidy_paid=True) | Q(claim__list__isnull=False) & ~Q(claim__list__status=Status.DRAFT)
    cases = AidCase.objects.of_county(case_list.county).exclude(provincial_no="")
    mine = set(case_list.claims.values_list("case_id", flat=True))
    bearers: dict[str, list[tuple[int, str]]] = {}
    rows = cases.filter(Q(claim__list=case_list) | paid_otherwise).values_list("pk", "number", "provincial_no")
    for pk, number, provincial_no in rows.order_by("number"):
        bearers.setdefault(plain_number(provincial_no), []).append((pk, number))
    for same in bearers.values():
        if len(same) > 1 and any(pk in mine for pk, _number in same):
            numbers = "、".join(number for _pk, number in same)
            raise ListRefused(
                f"{numbers}的省系统案号相同：一个省系统案号只是一件，不能重复发放。请核对更正案号，或者退回不该发的一件。"
            )


def require_up_to_date(case_list):
    """What the draft says must still be what the rules say: facts may have moved since."""
    if differing := what_differs(case_list):
        raise ListRefused(f"{'、'.join(differing[:5])}{'等' if len(differing) > 5 else ''}在编制之后有变动：请重新编制季表。")


def what_differs(case_list):
    """Numbers of cases that the rules now judge otherwise than the list, or pay to somebody else. For a draft; what was handed in stands."""
    rules = PlanRules(case_list.plan)
    now = {case.id: case for case in judged({case_list.county_id: rules}, until=case_list.period)}
    claims = list(case_list.claims.select_related("case").prefetch_related("parts"))
    payees = payees_of([claim.case_id for claim in claims], {c.case_id: c.payee_choice for c in claims}, case_list.county)
    differing = []
    for claim in claims:
        case = now.get(claim.case_id)
        if payees[claim.case_id].key != (claim.organization_id, claim.practitioner_id):
            differing.append(claim.case.number)
            continue
        is_same = case and case.verdict.is_worth and (case.special, case.operating) == (claim.special, claim.operating)
        if not is_same and not (case and case.share.is_fixed and case.verdict.is_worth):
            differing.append(claim.case.number)
    return differing


@transaction.atomic
def review_case_list(*, list_id, version, by, note=""):
    """The section reviews each case against its papers."""
    require_right(by, "subsidies.review_case_list")
    case_list = lock_list(list_id)
    require_state(case_list, Status.SUBMITTED, version)
    require_other_hands(case_list, "review", by)
    require_still_worth(case_list)
    signed = {"reviewed_by": by, "reviewed_at": clock.now()}
    return move_list(case_list, Status.REVIEWED, by=by, action="subsidies.review_case_list", reason=note, **signed)


@transaction.atomic
def check_case_list(*, list_id, version, by, note=""):
    """Finance checks figures, funds and payees."""
    require_right(by, "subsidies.check_pay")
    case_list = lock_list(list_id)
    require_state(case_list, Status.REVIEWED, version)
    require_other_hands(case_list, "check", by)
    require_still_worth(case_list)
    signed = {"checked_by": by, "checked_at": clock.now()}
    return move_list(case_list, Status.CHECKED, by=by, action="subsidies.check_pay", reason=note, **signed)


@transaction.atomic
def approve_case_list(*, list_id, version, by, note=""):
    """The leader's approval. Both funds must hold their parts beside what is already committed (I2)."""
    require_right(by, "subsidies.approve_pay")
    case_list = lock_list(list_id)
    require_state(case_list, Status.CHECKED, version)
    require_other_hands(case_list, "approve", by)
    require_still_worth(case_list)
    require_one_a_number(case_list)
    require_uncommitted(case_list)
    signed = {"approved_by": by, "approved_at": clock.now()}
    move_list(case_list, Status.APPROVED, by=by, action="subsidies.approve_pay", reason=note, **signed)
    return finish_if_paid(case_list, by=by)


def require_still_worth(case_list):
    """A case that lost its worth since (quality revoked, no longer entered) must be sent back before the list goes on."""
    lost = cases_no_longer_worth(case_list)
    if lost:
        told = "；".join(f"{number}（{'、'.join(reasons)}）" for number, reasons in lost[:5])
        raise ListRefused(f"有案件现在不符合发放条件，请先逐件退回：{told}。")


def cases_no_longer_worth(case_list):
    """[(number, reasons)…] of cases of the list that the rules no longer find worth money."""
    listed = set(case_list.claims.values_list("case_id", flat=True))
    rules = PlanRules(case_list.plan)
    now = {case.id: case for case in judged({case_list.county_id: rules}, until=case_list.period) if case.id in listed}
    lost = [(case.number, case.reasons) for case in now.values() if not case.verdict.is_worth]
    gone = case_list.claims.exclude(case__in=now).values_list("case__number", flat=True)
    return lost + [(number, ("没有标注",)) for number in gone]


def require_uncommitted(case_list):
    """The database asks again under its own lock. Funds are locked in the order of their keys."""
    for fund in (
        Fund.objects.select_for_update()
        .filter(Q(pk=case_list.special_fund_id) | Q(pk=case_list.operating_fund_id))
        .order_by("pk")
    ):
        needed = case_list.special_total if fund.pk == case_list.special_fund_id else case_list.operating_total
        if needed and fund.free < needed:
            raise ListRefused(
                f"{fund.get_kind_display()}不够：余额 {yuan(fund.balance)} 元，已审批未支付 {yuan(fund.committed)} 元，"
                f"可用 {yuan(fund.free)} 元，本表 {yuan(needed)} 元，差 {yuan(needed - fund.free)} 元。请等资金到位后再审批。"
            )


@transaction.atomic
def send_back_case_list(*, list_id, version, reason, by):
    """Back to the centre's draft, whole, with a reason, from any step before the first payment."""
    require_right(by, "subsidies.send_back_cases")
    case_list = lock_list(list_id)
    if case_list.status not in (Status.SUBMITTED, Status.REVIEWED, Status.CHECKED, Status.APPROVED):
        raise ListRefused(f"{case_list.label}案件补贴季表{case_list.get_status_display()}，不能退回。")
    require_state(case_list, case_list.status, version)
    if not reason.strip():
        raise ListRefused("没有写退回理由：请写明哪里需要修改。", field="reason")
    if Payment.objects.filter(case_row__list=case_list).exists():
        raise ListRefused("已经有收款人支付，季表不能退回：有差错的，登记退票或申请冲销。")
    concerned = {case_list.drafted_by, case_list.submitted_by, case_list.reviewed_by, case_list.checked_by} - {None, by}
    move_list(
        case_list,
        Status.DRAFT,
        by=by,
        action="subsidies.send_back_cases",
        reason=reason.strip(),
        **dict.fromkeys(SIGNATURES),
    )
    for person in concerned:
        tell(person, case_list, f"{case_list.label}案件补贴季表被{by}退回：{reason.strip()}")
    return case_list


@transaction.atomic
def send_back_case(*, list_id, version, case_id, reason, by):
    """Take a single case out of a list with a reason, by whoever has the list before her; the others go on. Before the approval only.

    The case waits with the centre, which puts it forward again (`put_forward`) once it is mended.
    """
    case_list = lock_list(list_id)
    if not may_send_back_single(case_list, by):
        raise ListRefused(f"季表{case_list.get_status_display()}，您现在不能退回其中的单件。")
    require_state(case_list, case_list.status, version)
    if not reason.strip():
        raise ListRefused("没有写退回理由：请写明这一件哪里需要更正。", field="reason")
    claim = CaseClaim.objects.select_for_update(of=("self",)).select_related("case").filter(list=case_list, case=case_id).first()
    if claim is None:
        raise ListRefused("这一件已经不在本表：请刷新页面。")
    parts = list(claim.parts.all())
    with told_in_words():
        ClaimPart.objects.filter(claim=claim).delete()
        for part in parts:
            if part.row_id:
                CasePayRow.objects.filter(pk=part.row_id).update(amount=F("amount") - part.amount, cases=F("cases") - 1)
        CasePayRow.objects.filter(list=case_list, cases=0).delete()
        claim.list, claim.place = None, 0
        claim.held_reason, claim.held_by, claim.held_at = reason.strip()[:500], by, clock.now()
        claim.save(update_fields=["list", "place", "held_reason", "held_by", "held_at"])
    special = sum(part.amount for part in parts if part.kind == ClaimPart.Kind.SPECIAL)
    operating = sum(part.amount for part in parts if part.kind != ClaimPart.Kind.SPECIAL)
    move_list(
        case_list,
        case_list.status,
        by=by,
        action="subsidies.send_back_case",
        reason=reason.strip(),
        case=claim.case,
        special_total=F("special_total") - special,
        operating_total=F("operating_total") - operating,
    )
    for person in {case_list.drafted_by, case_list.submitted_by} - {None, by}:
        tell(person, case_list, f"{claim.case.number}从{case_list.label}案件补贴季表退回：{reason.strip()}")
    return claim


def may_send_back_single(case_list, by):
    return any(may(by, action) for action in SINGLE.get(case_list.status, ()))


@transaction.atomic
def put_forward(*, claim_id, by):
    """A case that was sent back is mended: the next draft takes it in again."""
    require_right(by, "subsidies.draft_case_list")
    claim = CaseClaim.objects.select_for_update(of=("self",)).select_related("case").get(pk=claim_id)
    if not claim.is_held:
        raise ListRefused("这一件没有退回，不用重新列入。")
    before = {"案件": claim.case.number, "退回原因": claim.held_reason}
    claim.held_reason, claim.held_by, claim.held_at = "", None, None
    claim.save(update_fields=["held_reason", "held_by", "held_at"])
    audit.record(by=by, action="subsidies.put_forward", on=claim, before=before, after={"案件": claim.case.number})
    return claim


def tell(person, case_list: CaseList, text):
    notify(to=person, text=text[:300], url=reverse("case-list", args=[case_list.pk]))
