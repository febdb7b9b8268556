"""Ways out for unsettled shifts: one person proposes with a reason, a second one decides. contract 3.4; D33, D34.

Entering a past day's times is one of the ways. Neither of the two is the person concerned.
"""

from datetime import time

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.models import User
from accounts.policy import Role
from common import clock
from common.errors import Refused
from common.periods import YearMonth
from consultations.models import Finding, Settlement, Shift
from consultations.rules.attendance import TOO_SHORT
from consultations.services.booking import WITH_PLACES, lock_shift, month_to_book, named
from consultations.services.shift_facts import UNSETTLED, ShiftFacts, facts_of
from consultations.services.station_months import facts_changed
from records.services import notify


class SettlementRefused(Refused):
    """The shift cannot be settled like that; the sentence says why."""


def unsettled_shifts(*, county, period: YearMonth, shifts=None) -> list[ShiftFacts]:
    """The shifts of a month that are unsettled, each with its reason; of `shifts` where given (already scoped)."""
    rows = Shift.objects.in_county(county) if shifts is None else shifts.filter(station__county=county)
    rows = rows.filter(day__range=(period.first, period.last), day__lte=clock.today()).select_related(*WITH_PLACES)
    return [facts for facts in facts_of(rows) if facts.state == UNSETTLED]


@transaction.atomic
def propose_settlement(
    *, shift_id: int, kind: str, reason: str, by: User, sign_in: time | None = None, sign_out: time | None = None
) -> Settlement:
    """Propose how an unsettled shift is to be settled. The times are for `times` only (补登)."""
    shift = lock_shift(shift_id)
    booked_in = month_to_book(shift)
    [facts] = facts_of([shift])
    require_not_concerned(shift, by)
    require_settleable(facts)
    require_reason_and_times(facts, kind, reason, sign_in, sign_out)
    settlement = Settlement.objects.create(
        shift=shift,
        kind=kind,
        sign_in=sign_in if kind == Settlement.Kind.TIMES else None,
        sign_out=sign_out if kind == Settlement.Kind.TIMES else None,
        reason=reason.strip()[:200],
        proposed_by=by,
        proposed_at=clock.now(),
        booked_in=booked_in,
    )
    audit.record(
        by=by,
        action="consultations.settle_shift",
        on=settlement,
        after=words_of(settlement),
        reason=settlement.reason,
    )
    return settlement


@transaction.atomic
def decide_settlement(*, settlement_id: int, is_accepted: bool, by: User, decision: str = "") -> Settlement:
    """The second person's word. Accepted no-show becomes an upheld finding, a closed station cancels the shift.

    What was served too short is decided by the bureau only (reading D33).
    """
    shift_id = Settlement.objects.filter(pk=settlement_id).values_list("shift_id", flat=True).first()
    shift = lock_shift(shift_id)
    settlement = Settlement.objects.select_for_update(of=("self",)).select_related("proposed_by").filter(pk=settlement_id).first()
    if settlement is None or settlement.state != Settlement.State.PROPOSED:
        raise SettlementRefused("这条处理已经有人确认过：请刷新页面。")
    settlement.shift = shift
    booked_in = month_to_book(shift)
    require_second_person(settlement, shift, by)
    if is_accepted:
        require_bureau_where_too_short(shift, by)
    elif not decision.strip():
        raise SettlementRefused("没有写不确认的理由：请写明，提出人要据此改正。", field="decision")
    settlement.state = Settlement.State.ACCEPTED if is_accepted else Settlement.State.REFUSED
    settlement.decided_by, settlement.decided_at, settlement.booked_in = by, clock.now(), booked_in
    settlement.decision = decision.strip()[:200]
    settlement.save()
    if is_accepted:
        carry_out(settlement, shift)
    audit.record(
        by=by,
        action="consultations.confirm_settlement",
        on=settlement,
        after={**words_of(settlement), "状态": settlement.get_state_display(), "记入月份": booked_in},
        reason=decision,
    )
    tell_proposer(settlement)
    return settlement


def propose_many(*, shift_ids, kind: str, reason: str, by: User) -> tuple[list[Settlement], list[str]]:
    """The same proposal for many shifts; gives those made and, for the rest, why not."""
    return each_of(shift_ids, lambda pk: propose_settlement(shift_id=pk, kind=kind, reason=reason, by=by))


def decide_many(*, settlement_ids, is_accepted: bool, by: User, decision: str = "") -> tuple[list[Settlement], list[str]]:
    """The same decision on many proposals; gives those decided and, for the rest, why not."""
    return each_of(
        settlement_ids,
        lambda pk: decide_settlement(settlement_id=pk, is_accepted=is_accepted, by=by, decision=decision),
    )


def each_of(keys, act):
    done, refused = [], []
    for key in keys:
        try:
            done.append(act(key))
        except Refused as error:
            refused.append(str(error))
    return done, refused


# --- what must hold ---------------------------------------------------------------------------------------------------


def require_not_concerned(shift, by):
    if shift.practitioner.user_id == by.pk:
        raise SettlementRefused(f"{named(shift)}：不能处理自己的班次，请由他人提出和确认。")


def require_settleable(facts):
    shift = facts.shift
    if facts.proposed:
        raise SettlementRefused(f"{named(shift)}：已提出“{facts.proposed.get_kind_display()}”，等待确认。")
    if shift.day > clock.today():
        raise SettlementRefused(f"{named(shift)}：还没有到值班日，不用处理；要取消的，请调整排班。")
    if "待核实" in facts.reason and facts.state == UNSETTLED:
        raise SettlementRefused(f"{named(shift)}：{facts.reason}，由业务股核实后自然了结，不用处理。")
    if shift.day == clock.today() and facts.state != UNSETTLED and not facts.can_be_settled:
        raise SettlementRefused(f"{named(shift)}：当天还可以签到签退，第二天起才能补登。")
    if not facts.can_be_settled:
        raise SettlementRefused(f"{named(shift)}：{facts.words}，不需要处理；对迟到早退有异议的，按考核事项办理。")


def require_reason_and_times(facts, kind, reason, sign_in, sign_out):
    if kind not in Settlement.Kind.values:
        raise SettlementRefused("没有选择处理方式：请选择。", field="kind")
    if not reason.strip():
        raise SettlementRefused("没有写理由：请写明情况和依据。", field="reason")
    if kind == Settlement.Kind.TIMES:
        if sign_in is None or sign_out is None:
            raise SettlementRefused("补登要同时写明签到和签退时间。", field="sign_in" if sign_in is None else "sign_out")
        if sign_out <= sign_in:
            raise SettlementRefused("签退时间不晚于签到时间：请核对。", field="sign_out")


def require_second_person(settlement, shift, by):
    require_not_concerned(shift, by)
    if settlement.proposed_by_id == by.pk:
        raise SettlementRefused(f"{named(shift)}：这是您自己提出的处理，请由另一人确认。")


def require_bureau_where_too_short(shift, by):
    [facts] = facts_of([shift])
    if facts.reason == TOO_SHORT and Role.SECTION not in by.roles:
        raise SettlementRefused(f"{named(shift)}：{TOO_SHORT}，由司法局业务股认定。")


# --- what follows -----------------------------------------------------------------------------------------------------


def carry_out(settlement, shift):
    if settlement.kind == Settlement.Kind.NO_SHOW:
        uphold_no_show(settlement, shift)
    if settlement.kind == Settlement.Kind.CLOSED and settlement.booked_in is None:
        # In a closed month the shift stays as it was paid; the settlement alone says that it was cancelled.
        shift.is_cancelled = True
        shift.save(update_fields=["is_cancelled"])
    if settlement.kind != Settlement.Kind.DEFERRED:
        facts_changed(shift=shift, by=settlement.decided_by)


def uphold_no_show(settlement, shift):
    """认定未到岗: the settlement has its proposer and its verifier, so the finding is upheld at once. Z-DED-6."""
    if shift.findings.standing().filter(kind=Finding.Kind.NO_SHOW).exists():
        raise SettlementRefused(f"{named(shift)}：已有“值班日不在岗”考核事项，请到考核事项里核实。")
    finding = Finding.objects.create(
        shift=shift,
        kind=Finding.Kind.NO_SHOW,
        source=Finding.Source.SETTLEMENT,
        state=Finding.State.UPHELD,
        remark=settlement.reason,
        reported_by=settlement.proposed_by,
        reported_at=settlement.proposed_at,
        decided_by=settlement.decided_by,
        decided_at=settlement.decided_at,
        decision=settlement.decision or "经班次处理认定未到岗",
        booked_in=settlement.booked_in,
    )
    audit.record(
        by=settlement.decided_by,
        action="consultations.decide_finding",
        on=finding,
        after={"核实结果": finding.get_state_display()},
    )
    notify(
        to=shift.practitioner.user,
        text=f"{named(shift)}：认定值班日不在岗，取消当天补贴；有异议请说明。",
        url=reverse("finding", args=[finding.pk]),
    )


def words_of(settlement) -> dict:
    """A settlement as the audit shows it."""
    times = [f"{at:%H:%M}" for at in (settlement.sign_in, settlement.sign_out) if at]
    return {"处理方式": settlement.get_kind_display(), **({"时间": "–".join(times)} if times else {})}


def tell_proposer(settlement):
    words = "已确认" if settlement.state == Settlement.State.ACCEPTED else f"未确认：{settlement.decision}"
    notify(
        to=settlement.proposed_by,
        text=f"{named(settlement.shift)}“{settlement.get_kind_display()}”{words}",
        url=reverse("attendance-shift", args=[settlement.shift_id]),
    )
