"""Leave, substitution and swap: asked for by the person or her station, decided by the bureau. Z-ROS-6; paper F28.

The shift carries who is to come; the change keeps who was planned, why, and who agreed. Pay goes to whoever attended.
"""

from django.db import transaction

from accounts import audit
from accounts.policy import may
from common import clock
from consultations.models import Shift, ShiftChange
from consultations.rules import rosters as rules
from consultations.services.roster_facts import roster_facts
from consultations.services.rosters import (
    RosterError,
    keep_change,
    lock_roster,
    lock_shift,
    note_change,
    require_all_fit,
    require_no_facts,
    save_shift,
    tell_station,
)
from organizations.models import Practitioner
from records.services import notify

State = ShiftChange.State


class ChangeError(RosterError):
    """The change cannot be asked for or decided this way."""


@transaction.atomic
def propose_change(
    *, shift_id: int, reason: str, substitute: Practitioner | None = None, swapped_with: Shift | None = None, by
) -> ShiftChange:
    """Ask for somebody else on a shift: a named substitute, a swap with another shift, or leave with nobody named.

    For the person herself or a clerk or head of the station. Refused: a shift that is not hers, somebody who may not
    serve there or is taken, a shift with facts, a second request while one waits.
    """
    shift, roster = lock_shift(shift_id)
    require_may_ask(shift, by)
    if not reason.strip():
        raise ChangeError("没有写原因：请写明为什么换班或请假。", field="reason")
    if shift.changes.waiting().exists():
        raise ChangeError("这个班次已有申请等待审批：请先撤回原来的申请。")
    if swapped_with is not None:
        substitute = swapped_with.practitioner
    if substitute == shift.practitioner:
        raise ChangeError(f"{substitute}本来就在这个班次，请选别的人。", field="substitute")
    if substitute is not None:
        require_possible(shift, substitute, swapped_with)
    change = ShiftChange.objects.create(
        shift=shift,
        original=shift.practitioner,
        substitute=substitute,
        swapped_with=swapped_with,
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=clock.now(),
    )
    audit.record(by=by, action="consultations.request_change", on=change, after=_facts(change), reason=reason.strip())
    if substitute is not None:
        _tell(substitute, by, f"{by}提出由你值 {_turn(shift)} 的班（{change.kind}），等待业务股审批。", shift)
    return change


@transaction.atomic
def decide_change(
    *, change_id: int, approve: bool, decision: str = "", substitute: Practitioner | None = None, by
) -> ShiftChange:
    """Approve or refuse a request. Never one's own, nor one that concerns oneself; a refusal says why.

    Approving checks again that the person may serve and is free, changes the shift, and makes a published roster wait
    for its next version.
    """
    change = ShiftChange.objects.select_related("shift").get(pk=change_id)
    shift, roster = _lock(change)
    change = ShiftChange.objects.select_for_update(of=("self",)).select_related("original", "substitute").get(pk=change_id)
    if change.state != State.PROPOSED:
        raise ChangeError(f"这项申请{change.get_state_display()}，不用再审批。")
    substitute = change.substitute or substitute
    if by.pk in {change.proposed_by_id, change.original.user_id, substitute.user_id if substitute else None}:
        raise ChangeError("不能审批自己提出的或涉及自己的申请，请由业务股另一人审批。")
    if not approve and not decision.strip():
        raise ChangeError("没有写意见：请写明为什么不批准。", field="decision")
    if approve:
        require_no_facts(shift)
        if change.original_id != shift.practitioner_id:
            raise ChangeError("申请之后这个班次已换人，请退回后重新申请。")
        if substitute is None:
            raise ChangeError("请选择由谁来值这个班。", field="substitute")
        change.substitute = substitute
        apply_change(shift, substitute, _locked_other(change, by))
        note_change(roster, shift, by=by)
    change.state = State.APPROVED if approve else State.REFUSED
    change.decision, change.decided_by, change.decided_at = decision.strip(), by, clock.now()
    change.save(update_fields=["substitute", "state", "decision", "decided_by", "decided_at"])
    audit.record(by=by, action="consultations.decide_change", on=change, after=_facts(change), reason=decision.strip())
    _tell_all(change, shift, by)
    return change


@transaction.atomic
def withdraw_change(*, change_id: int, by) -> ShiftChange:
    """Take one's own request back while nobody has decided it."""
    change = ShiftChange.objects.select_for_update(of=("self",)).select_related("shift__station").get(pk=change_id)
    if change.proposed_by_id != by.pk:
        raise ChangeError("只能撤回自己提出的申请。")
    if change.state != State.PROPOSED:
        raise ChangeError(f"这项申请{change.get_state_display()}，不能撤回。")
    change.state = State.WITHDRAWN
    change.save(update_fields=["state"])
    audit.record(by=by, action="consultations.request_change", on=change, after=_facts(change), reason="撤回申请")
    return change


@transaction.atomic
def change_person(
    *, shift_id: int, reason: str, substitute: Practitioner | None = None, swapped_with: Shift | None = None, by
) -> Shift:
    """The planners put somebody else on a shift, or swap two shifts, themselves. Published: the change is kept with its reason."""
    shift, roster = lock_shift(shift_id)
    other = None
    if swapped_with is not None:
        other = _lock_other(shift, swapped_with.pk, by)
        substitute = other.practitioner
    if substitute is None or substitute == shift.practitioner:
        raise ChangeError("请选择由谁来值这个班。", field="substitute")
    original = shift.practitioner
    if by.pk in {original.user_id, substitute.user_id}:
        raise ChangeError("不能调整自己的班次，请由业务股另一人办理。")
    if roster.is_published and not reason.strip():
        raise ChangeError("这个月已经公示，请写明调整原因。", field="reason")
    apply_change(shift, substitute, other)
    note_change(roster, shift, by=by)
    if roster.is_published:
        change = keep_change(shift, original=original, substitute=substitute, reason=reason, by=by, swapped_with=other)
        _tell_all(change, shift, by)
    before, after = {"值班人员": str(original)}, {"值班人员": str(substitute)}
    audit.record(by=by, action="consultations.plan_roster", on=shift, before=before, after=after, reason=reason.strip())
    return shift


# --- the parts --------------------------------------------------------------------------------------------------------


def require_may_ask(shift: Shift, by) -> None:
    """The person on duty for herself; a clerk or head for her station; the bureau for the county."""
    if shift.practitioner.user_id == by.pk or shift.station_id in by.post_stations or may(by, "consultations.plan_roster"):
        return
    raise ChangeError("只能为自己或本站的班次提出换班、请假。")


def apply_change(shift: Shift, substitute: Practitioner, other: Shift | None) -> None:
    """Put the substitute on the shift and, for a swap, the one she replaces on hers. Refused where either may not."""
    leaver = shift.practitioner
    shift.practitioner = substitute
    if other is None:
        require_all_fit(_facts_for(shift), [shift])
        save_shift(shift)
        return
    other.practitioner = leaver
    _require_both_fit(shift, other)
    # Each stands in the other's way: for a moment one of them does not count.
    Shift.objects.filter(pk=other.pk).update(is_cancelled=True)
    save_shift(shift)
    Shift.objects.filter(pk=other.pk).update(practitioner=leaver, is_cancelled=False)


def _facts_for(shift):
    return roster_facts(county=shift.station.county, month=shift.period)


def _require_both_fit(shift, other):
    if shift.period == other.period:
        require_all_fit(_facts_for(shift), [shift, other])
    else:
        require_all_fit(_facts_for(shift), [shift])
        require_all_fit(_facts_for(other), [other])


def require_possible(shift, substitute, other):
    """What can be told at once about a request: whether the people may and are free."""
    trial = Shift.objects.select_related("station__county", "practitioner").get(pk=shift.pk)
    trial.practitioner = substitute
    if other is None:
        require_all_fit(_facts_for(trial), [trial])
        return
    if other.pk == shift.pk or other.is_cancelled:
        raise ChangeError("请选择另一个还在的班次来互换。", field="swapped_with")
    require_no_facts(other)
    back = Shift.objects.select_related("station__county", "practitioner").get(pk=other.pk)
    back.practitioner = shift.practitioner
    _require_both_fit(trial, back)


def _lock(change):
    """The shift and roster of a change, locked; a refusal must stay possible when facts came in between."""
    found = Shift.objects.select_related("station__county").get(pk=change.shift_id)
    roster = lock_roster(county=found.station.county, month=found.period)
    shift = Shift.objects.select_for_update(of=("self",)).select_related("station__county", "practitioner").get(pk=found.pk)
    return shift, roster


def _locked_other(change, by):
    return _lock_other(change.shift, change.swapped_with_id, by) if change.swapped_with_id else None


def _lock_other(shift, other_id, by):
    if other_id == shift.pk:
        raise ChangeError("请选择另一个班次来互换。", field="swapped_with")
    other, roster = lock_shift(other_id)
    note_change(roster, other, by=by)
    return other


def _facts(change):
    return {
        "班次": _turn(change.shift),
        "原值班人员": str(change.original),
        "替班人员": str(change.substitute or "待安排"),
        "状态": change.get_state_display(),
    }


def _turn(shift):
    return f"{rules.short(shift.day)} {shift.station.short_name}"


def _tell_all(change, shift, by):
    """Those who leave and come, whoever asked, and once it is agreed the people at the station."""
    words = f"{_turn(shift)} 的班：{change.original} → {change.substitute or '待安排'}，{change.get_state_display()}。"
    for person in (change.original, change.substitute):
        if person is not None:
            _tell(person, by, words, shift)
    if not change.is_direct and change.proposed_by_id not in {change.original.user_id, by.pk}:
        notify(to=change.proposed_by, text=words, url=shift.get_absolute_url())
    if change.state == State.APPROVED:
        tell_station(shift.station, words, url=shift.get_absolute_url(), by=by)


def _tell(person, by, words, shift):
    if person.user_id and person.user_id != by.pk:
        notify(to=person.user, text=words, url=shift.get_absolute_url())
