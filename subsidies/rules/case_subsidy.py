"""Which case is paid from which fund: 1,000 from the special fund for the first 135, the rest from operating funds.

Zezhou plan 2022, 五（二）2; Z-SUB-1…4; readings D17 (order), D18 (a low standard pays 1,000), D30 (who takes a place). Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from common.periods import Quarter
from subsidies.rules.eligibility import CaseFacts, Eligibility

ZERO = Decimal("0.00")
SPECIAL, TOPUP, LOCAL_FULL = "special", "topup", "local_full"
PART_WORDS: Mapping[str, str] = {SPECIAL: "专项补贴", TOPUP: "业务经费补足", LOCAL_FULL: "业务经费全额"}
# Which fund a part is taken from.
FUND_OF: Mapping[str, str] = {SPECIAL: "special", TOPUP: "operating", LOCAL_FULL: "operating"}


class Part(NamedTuple):
    """One amount of one case from one fund, in yuan, with its clause."""

    kind: str
    amount: Decimal
    clause: str
    note: str = ""


class Share(NamedTuple):
    """What a case is due: the special fund's part and the operating fund's, in yuan.

    `place` is its place among those that take a special part (1 to 135), 0 for none. `is_fixed`: it stands in a list that was
    handed in, so the order is not looked at again (Z-SUB-3).
    """

    special: Decimal
    operating: Decimal
    place: int = 0
    is_fixed: bool = False

    @property
    def total(self) -> Decimal:
        return self.special + self.operating


NOTHING = Share(ZERO, ZERO)


class WorthCase(NamedTuple):
    """A case that is worth money, as the order needs it."""

    facts: CaseFacts
    verdict: Eligibility
    least: Decimal  # what the special fund gives a case, on the day it was concluded


def by_mark(facts: CaseFacts) -> tuple:
    """Reading D17: by the day of the mark, then of the conclusion, then the number."""
    return facts.marked_on, facts.concluded_on, facts.number


def by_conclusion(facts: CaseFacts) -> tuple:
    """The other order one could read into 五（二）2: by the day of the conclusion."""
    return facts.concluded_on, facts.marked_on, facts.number


def shares(
    cases: Iterable[WorthCase], *, places: int, fixed: Mapping[int, Share] = {}, taken: int | None = None
) -> Iterator[tuple[WorthCase, Share]]:
    """Yield each case, in the order given, with what it is due from which fund.

    `places` is the target. `fixed` maps case ids to what stands in lists that were handed in: it keeps its parts, and its
    special parts have taken their places, whatever the order says now. `taken` is how many those are, where `fixed` holds more
    than the cases given; counted here by default.
    """
    if taken is None:
        taken = sum(share.special > 0 for share in fixed.values())
    free, place = max(places - taken, 0), 0
    for case in cases:
        share = fixed.get(case.facts.id)
        if share is None:
            share = share_of(case.least, case.facts.local_standard, free > 0)
            free -= share.special > 0
        if share.special:
            place += 1
            share = share._replace(place=place)
        yield case, share


def share_of(least: Decimal, standard: Decimal, has_place: bool, place: int = 0) -> Share:
    """Z-SUB-1, 2, 3 and D18: 1,000 and what the local standard says above it; beyond the target all from operating funds.

    `least` is what the special fund gives a case, `standard` the local standard, both in yuan; `place` its place, if it has one.
    """
    if standard < least:
        standard = least
    return Share(least, standard - least, place) if has_place else Share(ZERO, standard)


def parts_of(share: Share, clause: str) -> list[Part]:
    """A share as the parts of a claim: at most two, and operating in full only without a special part (I3)."""
    if not share.special:
        return [Part(LOCAL_FULL, share.operating, clause, "超出全年目标任务数，由业务经费补贴")] if share.operating else []
    parts = [Part(SPECIAL, share.special, clause)]
    if share.operating:
        parts.append(Part(TOPUP, share.operating, clause, "当地标准高于专项补贴的部分"))
    return parts


class OrderEffect(NamedTuple):
    """A case that another order would pay from another fund."""

    number: str
    now: Share
    other: Share


def effect_of_order(
    cases: Sequence[WorthCase],
    *,
    key: Callable[[CaseFacts], tuple],
    places: int,
    fixed: Mapping[int, Share] = {},
) -> list[OrderEffect]:
    """Which cases another order would pay otherwise: shown beside the list, decided by nobody here."""
    now = {case.facts.id: share for case, share in shares(cases, places=places, fixed=fixed)}
    other_order = sorted(cases, key=lambda case: key(case.facts))
    found = []
    for case, share in shares(other_order, places=places, fixed=fixed):
        before = now[case.facts.id]
        if (before.special, before.operating) != (share.special, share.operating):
            found.append(OrderEffect(case.facts.number, before, share))
    return found


def quarter_of_mark(marked_on: date, concluded_on: date | None, concluded_from: date, concluded_to: date) -> Quarter:
    """The quarter in which a mark is reported: its own; after the plan's year, the fourth of the year it was concluded in.

    contract.md 5: a mark made after 31 December for a case concluded in the plan's year belongs to its fourth quarter.
    """
    if marked_on > concluded_to and concluded_on is not None and concluded_from <= concluded_on <= concluded_to:
        return Quarter.of(concluded_to)
    return Quarter.of(marked_on)
