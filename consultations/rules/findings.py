"""The life of a finding: reported → heard → upheld or dropped; an objection takes it back. domain.md 3.10, Z-DED-1…6."""

from collections.abc import Mapping

REPORTED, HEARD, UPHELD, DROPPED = "reported", "heard", "upheld", "dropped"

# (state, act) → next state. Upholding asks for a hearing first; what is plainly nothing may be dropped unheard.
TRANSITIONS: Mapping[tuple[str, str], str] = {
    (REPORTED, "hear"): HEARD,
    (HEARD, "hear"): HEARD,
    (HEARD, "uphold"): UPHELD,
    (HEARD, "drop"): DROPPED,
    (REPORTED, "drop"): DROPPED,
    (UPHELD, "object"): HEARD,
    (UPHELD, "review"): HEARD,
    (DROPPED, "review"): HEARD,
}

# Kinds whose upholding also makes a criticism notice. 五（二）1（5）
CRITICISED = ("sham_duty", "no_show")

# Kinds nobody reports by hand: an absence is found by a roll call (Z-DED-4).
NOT_REPORTED_BY_HAND = ("absence",)

# Kinds that are about one consultation and must name it (Z-DED-1, Z-DED-3); a complaint may be about the person.
ABOUT_A_CONSULTATION = ("record_defect", "dissatisfied")


def next_state(state: str, act: str) -> str | None:
    """The state after an act, or None where the act does not fit the state."""
    return TRANSITIONS.get((state, act))


def deduction_key(kind: str) -> str:
    """The plan's term that says what one upheld finding of this kind costs."""
    return "duty.cancelled_day" if kind in CRITICISED else f"duty.deduction.{kind}"


def effect_words(kind: str, station_kind: str, times: int, terms) -> tuple[str, str]:
    """What an upheld finding costs, in words, and the clause: ("扣 50.00 元", "五（二）1（2）"). Domain F30."""
    if kind in CRITICISED:
        return "取消当天值班补贴，并通报批评", terms["duty.cancelled_day"].clause
    each = terms.for_station(deduction_key(kind), station_kind)
    if each is None:
        return "方案不扣减", ""
    return f"扣 {each.value * times:.2f} 元", each.clause
