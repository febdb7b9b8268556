"""What to look at twice before a case is kept: the same matter again, both sides of one dispute, another place. Warnings only.

Pure. The assignment asks the same `conflicts` with the lawyer and the firm it has in mind.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MONTHS = 12
# Who may not stand on both sides, from the weakest to the strongest.
KINDS = ("same_opponent", "client_is_opponent", "opponent_is_client", "firm_on_both_sides", "lawyer_on_both_sides")


@dataclass(frozen=True)
class Sides:
    """Both sides of one case, and who undertakes it. People are known by the key of their number, or by name."""

    number: str = ""
    client: str = ""
    client_index: str = ""
    opponents: str = ""
    opponent_index: str = ""
    matter: str = ""
    cause: str = ""
    stage: str = ""
    day: date | None = None
    is_open: bool = True
    lawyer: int | None = None
    office: int | None = None
    # Whether the reader may know the other case: else its number and names stay out of the words.
    is_shown: bool = True

    @property
    def name(self) -> str:
        return f"案件 {self.number}" if self.is_shown else "一件不对您公开的案件"


@dataclass(frozen=True)
class Doubt:
    """One warning. `key` names it when somebody confirms it; `is_conflict` for a conflict of interest."""

    key: str
    words: str
    is_conflict: bool = False


def names_in(text: str) -> frozenset[str]:
    """The parties named in a text: parted by 、，, ; or a line break, without what stands in brackets."""
    plain = re.sub(r"\([^)]*\)", "", unicodedata.normalize("NFKC", text or "").replace("（", "(").replace("）", ")"))
    return frozenset(name for part in re.split(r"[、,;\n]", plain) if len(name := re.sub(r"\s", "", part)) >= 2)


def duplicates(own: Sides, others: Iterable[Sides]) -> list[Doubt]:
    """The same person again: an open case of hers, or the same matter or cause within twelve months."""
    found = []
    for other in others:
        if not own.client_index or own.client_index != other.client_index:
            continue
        key = f"duplicate:{other.number}"
        is_same = own.matter == other.matter or bool(own.cause) and own.cause == other.cause
        if is_same and _within_a_year(own.day, other.day):
            stage = "，同一阶段" if own.stage and own.stage == other.stage else "；另一阶段另计一件"
            found.append(Doubt(key, f"{other.day:%Y-%m-%d}已有同一人同一事项的{other.name}{stage}：请确认不是重复申请。"))
        elif other.is_open:
            found.append(Doubt(key, f"同一证件号码还有没办结的{other.name}：请确认是另一件事。"))
    return found


def _within_a_year(day: date | None, earlier: date | None) -> bool:
    """Within twelve months either way, the same day of the month included."""
    if day is None or earlier is None:
        return False
    first, last = sorted((earlier, day))
    months = (last.year - first.year) * MONTHS + last.month - first.month
    return months < MONTHS or (months == MONTHS and last.day <= first.day)


def conflicts(own: Sides, others: Iterable[Sides], *, lawyer: int | None = None, office: int | None = None) -> list[Doubt]:
    """Conflicts of interest between a case and the others of the centre, the strongest first.

    With `lawyer` or `office` also whether they would stand on both sides. LAF 55; domain.md §3.2.
    """
    found: list[tuple[int, Doubt]] = []
    for other in others:
        if own.number and own.number == other.number:
            continue
        kind = _relation(own, other)
        if kind is None:
            continue
        found.append(_doubt(kind, other))
        if kind != "same_opponent" and lawyer and lawyer == other.lawyer:
            found.append(_doubt("lawyer_on_both_sides", other))
        elif kind != "same_opponent" and office and office == other.office:
            found.append(_doubt("firm_on_both_sides", other))
    return [doubt for _, doubt in sorted(found, key=lambda each: -each[0])]


_WORDS = {
    "opponent_is_client": "对方当事人是{case}的受援人，可能有利益冲突：指派时不能用同一承办人。",
    "client_is_opponent": "申请人是{case}的对方当事人，可能有利益冲突：指派时不能用同一承办人。",
    "same_opponent": "{case}的对方当事人相同，可能是同一纠纷的另一名当事人：请核对是否群体性案件。",
    "lawyer_on_both_sides": "这名承办人正是{case}另一方的承办人：不能指派。",
    "firm_on_both_sides": "这家机构正承办{case}的另一方：请换一家，或者由当事人书面同意。",
}


def _doubt(kind: str, other: Sides) -> tuple[int, Doubt]:
    words = _WORDS[kind].format(case=other.name)
    return KINDS.index(kind), Doubt(f"{kind}:{other.number}", words, is_conflict=kind != "same_opponent")


def _relation(own: Sides, other: Sides) -> str | None:
    if own.client_index and own.client_index == other.client_index:
        return None  # her own other case
    theirs, ours = names_in(other.opponents), names_in(own.opponents)
    if _is_same(own.opponent_index, other.client_index) or (
        other.client in ours and not _differ(own.opponent_index, other.client_index)
    ):
        return "opponent_is_client"
    if _is_same(other.opponent_index, own.client_index) or (
        own.client in theirs and not _differ(other.opponent_index, own.client_index)
    ):
        return "client_is_opponent"
    if _is_same(own.opponent_index, other.opponent_index) or ours & theirs:
        return "same_opponent"
    return None


def _is_same(one: str, another: str) -> bool:
    return bool(one) and one == another


def _differ(one: str, another: str) -> bool:
    """Two people of one name whose numbers are both known and differ."""
    return bool(one) and bool(another) and one != another


_PLACE = re.compile(r"[\u4e00-\u9fff]{1,6}?(?:自治县|县|区|市|旗)")


def elsewhere(text: str, county: str, above: Iterable[str] = ()) -> str:
    """A hint when a court's or office's name points to another county (Legal Aid Law 38); empty when it does not.

    `county` is ours (泽州县), `above` the names of its city and province.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text or ""))
    for name in above:
        plain = plain.replace(name, "")
    place = _PLACE.match(plain)
    if not place or place[0] == county or county in plain:
        return ""
    return f"“{text.strip()[:30]}”看起来不在{county}：诉讼案件向办案机关所在地、非诉讼向争议处理机关所在地的法律援助机构申请（法律援助法38条）。"
