"""One quarterly list in one hand: locked, held against the version somebody saw, moved with its event and audit. As for pay sheets."""

from django.db.models import F

from accounts import audit
from common import clock
from common.money import yuan
from subsidies.models import CaseList, CaseListEvent
from subsidies.rules.chain import STEP_WORDS, step_that_clashes
from subsidies.services.refusals import MoneyRefused, told_in_words

Status = CaseList.Status


class ListRefused(MoneyRefused):
    """The list does not take this step now, or not from this person."""


def lock_list(list_id):
    """The list, locked. Must run in a transaction."""
    related = ("county", "plan", "special_fund", "operating_fund")
    return CaseList.objects.select_for_update(of=("self",)).select_related(*related).get(pk=list_id)


def require_state(case_list, status, version):
    """The list must be where the person saw it: compare-and-set on status and version (safety.md 1.5)."""
    if case_list.status != status:
        raise ListRefused(f"{case_list.label}案件补贴季表{case_list.get_status_display()}，这一步已经不能办理。请刷新页面再看。")
    if case_list.version != version:
        raise ListRefused(
            f"{case_list.label}案件补贴季表在打开页面之后有变动（现为第 {case_list.version} 版）。请刷新页面，看过再办。"
        )


def why_not_by(case_list, step, by):
    """Why this person may not take the step after what she did before; empty when she may. I14."""
    holders = {
        "draft": case_list.drafted_by_id,
        "submit": case_list.submitted_by_id,
        "review": case_list.reviewed_by_id,
        "check": case_list.checked_by_id,
        "approve": case_list.approved_by_id,
    }
    clash = step_that_clashes(step, by.pk, holders, case_list.chain)
    if clash is None:
        return ""
    return f"本表由您{STEP_WORDS[clash]}，不能再由您{STEP_WORDS[step]}（{case_list.get_chain_display()}）。"


def require_other_hands(case_list, step, by):
    if why := why_not_by(case_list, step, by):
        raise ListRefused(why)


def move_list(case_list, to, *, by, action, reason="", case=None, **fields):
    """Move a locked list along its way, or take a case out of it, with the event and the audit entry (I15, I20)."""
    came_from, before = case_list.status, state_words(case_list)
    with told_in_words():
        moved = CaseList.objects.filter(pk=case_list.pk, status=came_from, version=case_list.version).update(
            status=to, version=F("version") + 1, **fields
        )
        if moved != 1:
            raise ListRefused("季表刚刚被别人办理，请刷新页面再看。")
        case_list.refresh_from_db()
        CaseListEvent.objects.create(
            list=case_list,
            case=case,
            from_status=came_from,
            to_status=to,
            version=case_list.version,
            reason=reason,
            by=by,
            at=clock.now(),
        )
    after = state_words(case_list) | ({"退回案件": case.number} if case else {})
    audit.record(by=by, action=action, on=case_list, before=before, after=after, reason=reason)
    return case_list


def state_words(case_list):
    return {
        "状态": case_list.get_status_display(),
        "专项资金": yuan(case_list.special_total),
        "业务经费": yuan(case_list.operating_total),
    }
