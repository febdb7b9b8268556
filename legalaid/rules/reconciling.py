"""Two lists of the same cases laid beside each other: which case is which row, and which cells differ. Pure.

Z-CASE-9 (the entry is the only basis), Z-CASE-10 (one provincial number is one case). A row is taken for a case by the
provincial number, then by our case number. The same person with the same cause or a same day is only proposed: a person
confirms it.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

SAME, DIFFERING, ONLY_HERE, ONLY_THERE, PROPOSED = "same", "differing", "only_here", "only_there", "proposed"


class MatchedBy(StrEnum):
    """By what a row was taken for a case."""

    PROVINCIAL_NO = "provincial_no"
    NUMBER = "number"
    ENTRY_NO = "entry_no"
    HAND = "hand"
    LIKENESS = "likeness"


# Blank on their side says nothing about these; about the others it says that they lack it.
SILENT_WHEN_BLANK = frozenset({"number", "entry_no", "recipient", "id_number", "cause"})
# Beyond so many of one number or one name nothing can be told apart: a person looks.
MOST_ALIKE = 50
COMPARED = ("provincial_no", "number", "entry_no", "recipient", "id_number", "cause", "day", "concluded_on")


@dataclass(frozen=True, slots=True)
class OurCase:
    """A case of ours. `is_expected`: the other system should show it in this span."""

    key: int
    values: Mapping[str, str | date | None]
    id_index: str = ""
    is_expected: bool = True


@dataclass(frozen=True, slots=True)
class TheirRow:
    """A row of the export, by its number in the sheet. `values` holds the mapped fields only; `doubts` what could not be read.

    The ID number is known by its keyed index, or, where the export hides digits, by `values["id_number"]` with stars.
    """

    number: int
    values: Mapping[str, str | date | None]
    id_index: str = ""
    doubts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of the comparison: a case, a row, or both."""

    pile: str
    ours: OurCase | None = None
    theirs: TheirRow | None = None
    differing: tuple[str, ...] = ()
    matched_by: str = ""
    note: str = ""


def plain_number(text) -> str:
    """A case number without blanks, full-width forms, and with one kind of bracket and dash."""
    text = unicodedata.normalize("NFKC", str(text or "")).upper()
    text = re.sub(r"[〔【\[{（(]", "(", text)
    text = re.sub(r"[〕】\]}）)]", ")", text)
    return re.sub(r"\s", "", re.sub(r"[‐‑‒–—―−]", "-", text))


def plain_words(text) -> str:
    """Words without blanks, full-width forms and punctuation, so that 婚姻、继承 is 婚姻继承."""
    return "".join(char for char in unicodedata.normalize("NFKC", str(text or "")) if char.isalnum() or char == "*")


def fits_mask(shown: str, whole: str) -> bool:
    """Whether a text with hidden characters (*) may stand for the whole one."""
    return len(shown) == len(whole) and all(a in ("*", b) for a, b in zip(shown, whole, strict=True))


def is_equal(code: str, ours: OurCase, theirs: TheirRow) -> bool:
    """Whether a mapped field says the same on both sides."""
    mine, other = ours.values.get(code), theirs.values.get(code)
    if code in theirs.doubts:
        return False
    if code == "id_number":
        if not other and not theirs.id_index:
            return True
        return ours.id_index == theirs.id_index if theirs.id_index else fits_mask(str(other), str(mine or ""))
    if not other and (code in SILENT_WHEN_BLANK or not mine):
        return True
    if code in ("number", "entry_no") and not mine:
        return True
    if code in ("provincial_no", "number", "entry_no"):
        return plain_number(mine) == plain_number(other)
    if code in ("recipient", "cause"):
        mine, other = plain_words(mine), plain_words(other)
        return mine == other or ("*" in other and fits_mask(other, mine))
    return mine == other


def differences(ours: OurCase, theirs: TheirRow) -> tuple[str, ...]:
    """The fields on which a case and its row differ, in the order in which they are shown."""
    mapped = {*theirs.values, *theirs.doubts}
    return tuple(code for code in COMPARED if code in mapped and not is_equal(code, ours, theirs))


def likeness(ours: OurCase, theirs: TheirRow) -> int:
    """How much a row looks like a case of the same person: 0 not the same person, or nothing else in common."""
    is_person = bool(theirs.id_index) and theirs.id_index == ours.id_index
    if not is_person and not theirs.id_index and "id_number" not in theirs.doubts:
        # The export hides the number or has none: the name must do, and cause and day must both agree then.
        shown, name = str(theirs.values.get("id_number") or ""), plain_words(theirs.values.get("recipient"))
        same_name = bool(name) and (name == plain_words(ours.values.get("recipient")))
        is_hidden_person = same_name and (not shown or fits_mask(shown, str(ours.values.get("id_number") or "")))
        return 2 if is_hidden_person and has_same_cause(ours, theirs) and has_same_day(ours, theirs) else 0
    if not is_person:
        return 0
    return 2 * has_same_cause(ours, theirs) + 2 * has_same_day(ours, theirs)


def has_same_cause(ours: OurCase, theirs: TheirRow) -> bool:
    cause = plain_words(theirs.values.get("cause"))
    return bool(cause) and cause == plain_words(ours.values.get("cause"))


def has_same_day(ours: OurCase, theirs: TheirRow) -> bool:
    return any(
        theirs.values.get(code) is not None and theirs.values[code] == ours.values.get(code)
        for code in ("day", "received_on", "concluded_on")
    )


def reconcile(
    ours: Iterable[OurCase],
    theirs: Iterable[TheirRow],
    *,
    confirmed: Mapping[int, int] | None = None,
    rejected: Collection[tuple[int, int]] = (),
) -> list[Pair]:
    """Every row and every expected case once.

    `confirmed` are pairs a person made (row number → case key), `rejected` proposals a person turned down. Z-CASE-10: a
    number that stands twice serves one case; the rest is shown with the reason.
    """
    confirmed = confirmed or {}
    cases = {case.key: case for case in ours}
    rows = {row.number: row for row in theirs}
    free_cases, free_rows = dict(cases), dict(rows)
    pairs: list[Pair] = []

    def take(number, key, by, note=""):
        case, row = free_cases.pop(key), free_rows.pop(number)
        differing = differences(case, row)
        pairs.append(Pair(DIFFERING if differing or note else SAME, case, row, differing, by, note))

    for number, key in confirmed.items():
        if number in free_rows and key in free_cases:
            take(number, key, MatchedBy.HAND)
    notes: dict[int, str] = {}
    for by in (MatchedBy.PROVINCIAL_NO, MatchedBy.NUMBER, MatchedBy.ENTRY_NO):
        for number, key, note in by_number(by.value, free_cases.values(), free_rows.values(), rejected, notes):
            take(number, key, by, note)
    for number, key in likely(free_cases.values(), free_rows.values(), rejected):
        case, row = free_cases.pop(key), free_rows.pop(number)
        pairs.append(Pair(PROPOSED, case, row, differences(case, row), MatchedBy.LIKENESS, why(case, row)))
    pairs += [Pair(ONLY_THERE, theirs=row, note=notes.get(row.number, "")) for row in free_rows.values()]
    pairs += [Pair(ONLY_HERE, ours=case) for case in free_cases.values() if case.is_expected]
    return sorted(pairs, key=lambda pair: (pair.theirs is None, pair.theirs.number if pair.theirs else pair.ours.key if pair.ours else 0))


def by_number(code, cases, rows, rejected, notes):
    """(row, case, note) for the rows and cases that share a number; of several, the two that fit best."""
    cases_of, rows_of = defaultdict(list), defaultdict(list)
    for case in cases:
        if number := plain_number(case.values.get(code)):
            cases_of[number].append(case)
    for row in rows:
        if number := plain_number(row.values.get(code)):
            rows_of[number].append(row)
    words = {"provincial_no": "案号", "number": "案件编号", "entry_no": "系统编号"}[code]
    found = []
    for number, same_rows in rows_of.items():
        fits = sorted(
            (len(differences(case, row)), row.number, case.key, row)
            for case in cases_of[number][:MOST_ALIKE]
            for row in same_rows[:MOST_ALIKE]
            if (row.number, case.key) not in rejected
        )
        if len(same_rows) > 1:
            told = "、".join(str(row.number) for row in same_rows[:10]) + (" 等" if len(same_rows) > 10 else "")
            notes.update({row.number: f"{words}在第 {told} 行重复出现：一个{words}只能是一件" for row in same_rows})
        if not fits:
            continue
        _, row_number, key, _ = fits[0]
        note = notes.get(row_number, "") if len(same_rows) > 1 else ""
        if len(cases_of[number]) > 1:
            note = f"本系统有 {len(cases_of[number])} 个案件用了同一个{words}"
        found.append((row_number, key, note))
    return found


def likely(cases, rows, rejected):
    """(row, case) to propose: the likest first; a row that fits two cases equally well is left to a person."""
    by_person, by_name = defaultdict(list), defaultdict(list)
    for case in cases:
        if case.id_index:
            by_person[case.id_index].append(case)
        by_name[plain_words(case.values.get("recipient"))].append(case)
    rows_of = defaultdict(list)
    for row in rows:
        candidates = by_person[row.id_index] if row.id_index else by_name[plain_words(row.values.get("recipient"))]
        if len(candidates) > MOST_ALIKE:
            continue
        told = [(likeness(case, row), case.key) for case in candidates if (row.number, case.key) not in rejected]
        if best := the_best((degree, key) for degree, key in told if degree):
            degree, key = best
            rows_of[key].append((degree, row.number))
    found = [(the_best(fits), key) for key, fits in rows_of.items()]
    return [(best[1], key) for best, key in found if best]


def the_best(fits):
    """The one of (degree, what) that no other equals in degree, or None."""
    fits = sorted(fits, reverse=True)
    return fits[0] if fits and (len(fits) == 1 or fits[0][0] > fits[1][0]) else None


def why(ours: OurCase, theirs: TheirRow) -> str:
    """Why a pair is proposed, for the person who confirms it."""
    reasons = ["同一受援人" if theirs.id_index else "姓名相同"]
    if has_same_cause(ours, theirs):
        reasons.append("案由相同")
    if has_same_day(ours, theirs):
        reasons.append("日期相同")
    return "，".join(reasons)


def figures(pairs: Iterable[Pair]) -> dict[str, int]:
    """How many lines lie on each pile, and how many cases and rows were laid beside each other."""
    pairs = list(pairs)
    counts = Counter(pair.pile for pair in pairs)
    return {
        "ours": sum(pair.ours is not None for pair in pairs),
        "theirs": sum(pair.theirs is not None for pair in pairs),
        **{pile: counts[pile] for pile in (SAME, DIFFERING, ONLY_HERE, ONLY_THERE, PROPOSED)},
    }
