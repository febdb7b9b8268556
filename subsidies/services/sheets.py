"""One sheet in one hand: locked behind its month, held against the version somebody saw, moved with its event and audit."""

from django.db.models import F, Sum

from accounts import audit
from accounts.policy import ACTIONS, may
from common import clock
from programmes.services.months import lock_month
from subsidies.models import PaySheet, PaySheetEvent
from subsidies.rules.chain import STEP_WORDS, step_that_clashes
from subsidies.services.refusals import MoneyRefused, told_in_words

Status = PaySheet.Status


class SheetRefused(MoneyRefused):
    """The sheet does not take this step now, or not from this person."""


def lock_sheet(sheet_id):
    """The sheet, locked after its month: the one order in which books are locked. Must run in a transaction."""
    month = PaySheet.objects.select_related("month__county").get(pk=sheet_id).month
    lock_month(county=month.county, year_month=month.period)
    return PaySheet.objects.select_for_update(of=("self",)).select_related("month__county", "fund", "plan").get(pk=sheet_id)


def require_right(by, action):
    """Services are also called by commands: the person's posts must allow the act there, too."""
    if not may(by, action):
        raise SheetRefused(f"{by}的岗位没有“{ACTIONS[action].words}”的权限。")


def require_state(sheet, status, version):
    """The sheet must be where the person saw it: compare-and-set on status and version (safety.md 1.5)."""
    if sheet.status != status:
        raise SheetRefused(f"{sheet.month.label}补贴表{sheet.get_status_display()}，这一步已经不能办理。请刷新页面再看。")
    if sheet.version != version:
        raise SheetRefused(f"{sheet.month.label}补贴表在打开页面之后有变动（现为第 {sheet.version} 版）。请刷新页面，看过再办。")


def holders_of(sheet):
    """Who has held which step so far."""
    return {
        "draft": sheet.drafted_by_id,
        "review": sheet.reviewed_by_id,
        "check": sheet.checked_by_id,
        "approve": sheet.approved_by_id,
    }


def why_not_by(sheet, step, by):
    """Why this person may not take the step after what she did before; empty when she may. I14."""
    clash = step_that_clashes(step, by.pk, holders_of(sheet), sheet.chain)
    if clash is None:
        return ""
    return f"本表由您{STEP_WORDS[clash]}，不能再由您{STEP_WORDS[step]}（{sheet.get_chain_display()}）。"


def require_other_hands(sheet, step, by):
    if why := why_not_by(sheet, step, by):
        raise SheetRefused(why)


def move_sheet(sheet, to, *, by, action, reason="", **fields):
    """Move a locked sheet along its way, with the event and the audit entry of the move (I15, I20)."""
    came_from, before = sheet.status, {"状态": sheet.get_status_display()}
    with told_in_words():
        moved = PaySheet.objects.filter(pk=sheet.pk, status=came_from, version=sheet.version).update(
            status=to, version=F("version") + 1, **fields
        )
        if moved != 1:
            raise SheetRefused("补贴表刚刚被别人办理，请刷新页面再看。")
        sheet.refresh_from_db()
        PaySheetEvent.objects.create(
            sheet=sheet,
            from_status=came_from,
            to_status=to,
            version=sheet.version,
            reason=reason,
            by=by,
            at=clock.now(),
        )
    after = {"状态": sheet.get_status_display(), "实发合计": sheet.total}
    audit.record(by=by, action=action, on=sheet, before=before, after=after, reason=reason)
    return sheet


def require_it_adds_up(sheet):
    """Z-PAY-5: lines, rows and total of the sheet are one amount."""
    rows = sheet.rows.aggregate(sum=Sum("payable"))["sum"] or 0
    lines = sheet.lines.aggregate(sum=Sum("amount"))["sum"] or 0
    if not rows == lines == sheet.total:
        raise SheetRefused(f"账不平：人员合计 {rows}，明细合计 {lines}，表上合计 {sheet.total}。请退回重新核算。")
