"""The way of a pay sheet: reviewed by a second person, checked by finance, approved by the leader, or sent back. Z-PAY-2.

Plan 五（二）1; design.md 5. Each step is compare-and-set on status and version, behind the lock of the month.
"""

from django.db import transaction
from django.urls import reverse

from accounts.policy import Role
from common import clock
from common.money import yuan
from records.services import notify
from subsidies.models import Payment, PaySheet
from subsidies.services.cockpit import imported_facts_of, what_holds_up
from subsidies.services.payment import finish_if_paid
from subsidies.services.sheets import (
    SheetRefused,
    lock_sheet,
    move_sheet,
    require_it_adds_up,
    require_other_hands,
    require_right,
    require_state,
    why_not_by,
)

Status = PaySheet.Status


@transaction.atomic
def review_pay_sheet(*, sheet_id, version, by, note=""):
    """The second person of the section confirms the draft; from here on the sheet does not change.

    Refused while anything holds the month up, by whoever drafted it, and by whoever imported facts of the month.
    """
    require_right(by, "subsidies.review_pay")
    sheet = lock_sheet(sheet_id)
    require_state(sheet, Status.DRAFT, version)
    if why := why_not_reviewed_by(sheet, by):
        raise SheetRefused(why)
    in_the_way = [obstacle for obstacle in what_holds_up(month=sheet.month, sheet=sheet) if obstacle.is_blocking]
    if in_the_way:
        raise SheetRefused("还不能复核：" + "；".join(f"{each.words}（{each.who}）" for each in in_the_way) + "。")
    return move_sheet(
        sheet, Status.REVIEWED, by=by, action="subsidies.review_pay", reason=note, reviewed_by=by, reviewed_at=clock.now()
    )


def why_not_reviewed_by(sheet, by):
    """Why this person may not review this draft; empty when she may."""
    if Role.SECTION not in by.roles and sheet.chain == 5:
        return "五人制的县，补贴表由业务股另一人复核，财务在下一步审核。"
    if why := why_not_by(sheet, "review", by):
        return why
    if imported_facts_of(sheet.month, by):
        return "本月的考勤或考核由您导入，复核是它们的第二道把关，请由另一人复核。"
    return ""


@transaction.atomic
def check_pay_sheet(*, sheet_id, version, by, note=""):
    """Finance checks the figures."""
    require_right(by, "subsidies.check_pay")
    sheet = lock_sheet(sheet_id)
    require_state(sheet, Status.REVIEWED, version)
    require_other_hands(sheet, "check", by)
    require_it_adds_up(sheet)
    return move_sheet(
        sheet, Status.CHECKED, by=by, action="subsidies.check_pay", reason=note, checked_by=by, checked_at=clock.now()
    )


@transaction.atomic
def approve_pay_sheet(*, sheet_id, version, by, note=""):
    """The leader's approval. The money is committed here, so the fund must hold it. 五（二）1, last sentence; Z-PAY-5, Z-FUND-2."""
    require_right(by, "subsidies.approve_pay")
    sheet = lock_sheet(sheet_id)
    require_state(sheet, Status.CHECKED, version)
    require_other_hands(sheet, "approve", by)
    require_it_adds_up(sheet)
    require_uncommitted(sheet)
    move_sheet(
        sheet, Status.APPROVED, by=by, action="subsidies.approve_pay", reason=note, approved_by=by, approved_at=clock.now()
    )
    return finish_if_paid(sheet, by=by)


def require_uncommitted(sheet):
    """The fund's balance less what is approved and unpaid must hold the sheet; the database asks again under its own lock."""
    fund = type(sheet.fund).objects.select_for_update().get(pk=sheet.fund_id)
    if fund.free < sheet.total:
        raise SheetRefused(
            f"{fund.get_kind_display()}不够：余额 {yuan(fund.balance)} 元，已审批未支付 {yuan(fund.committed)} 元，"
            f"可用 {yuan(fund.free)} 元，本表 {yuan(sheet.total)} 元，差 {yuan(sheet.total - fund.free)} 元。"
            "请等资金到位后再审批。"
        )


@transaction.atomic
def send_back_pay_sheet(*, sheet_id, version, reason, by):
    """Back to the draft, with a reason, from any step before the first payment."""
    require_right(by, "subsidies.send_back_pay")
    sheet = lock_sheet(sheet_id)
    if sheet.status not in (Status.REVIEWED, Status.CHECKED, Status.APPROVED):
        raise SheetRefused(f"{sheet.month.label}补贴表{sheet.get_status_display()}，不能退回。")
    require_state(sheet, sheet.status, version)
    if not reason.strip():
        raise SheetRefused("没有写退回理由：请写明哪里需要修改。", field="reason")
    if Payment.objects.filter(row__sheet=sheet).exists():
        raise SheetRefused("已经有人支付，不能退回：查明的差错在下月列差额，或申请冲销。")
    concerned = {sheet.drafted_by, sheet.reviewed_by, sheet.checked_by} - {None, by}
    move_sheet(
        sheet,
        Status.DRAFT,
        by=by,
        action="subsidies.send_back_pay",
        reason=reason.strip(),
        **dict.fromkeys(("reviewed_by", "reviewed_at", "checked_by", "checked_at", "approved_by", "approved_at")),
    )
    for person in concerned:
        notify(
            to=person,
            text=f"{sheet.month.label}值班补贴表被{by}退回：{reason.strip()}"[:300],
            url=reverse("pay-sheet", args=[sheet.month.period]),
        )
    return sheet
