"""What the file of a case must hold: checklists as data (legalaid/checklists/*.toml), dated. domain.md 3.8; SF/T 0032; Z-ORG-5.

Pure: a checklist is a mapping read elsewhere, a case is told as a `Shape`, its papers as words like `file:judgment`,
`paper:grant_decision`, `note:meet`, `supervision:pre_notice`. The order of the items is the order in the bound file.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

UNDERTAKER, CENTRE = "undertaker", "centre"
PARTIES = {UNDERTAKER: "承办人", CENTRE: "援助中心"}
# Before which step a paper must be there; "" is a paper that may be absent.
FILING, ARCHIVE, QUALITY, OPTIONAL = "filing", "archive", "quality", ""
STAGES = {FILING: "交卷前", ARCHIVE: "归档前", QUALITY: "质量核验前", OPTIONAL: "如有"}
_REACH = {FILING: (FILING,), ARCHIVE: (FILING, ARCHIVE), QUALITY: (FILING, ARCHIVE, QUALITY)}
SOURCES = ("file", "paper", "note", "supervision")


@dataclass(frozen=True)
class Item:
    """One paper of a file: who brings it, before which step, and what counts as it. `when`: only for cases with all these marks."""

    code: str
    words: str
    party: str = CENTRE
    before: str = OPTIONAL
    any_of: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    help: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Whatever counts as it; a document kept under its own code always does."""
        return (f"file:{self.code}", *self.any_of)

    @property
    def party_words(self) -> str:
        return PARTIES[self.party]

    @property
    def before_words(self) -> str:
        return STAGES[self.before]


@dataclass(frozen=True)
class Checklist:
    """One edition of the list for a kind of case."""

    code: str
    words: str
    since: date
    basis: str
    types: tuple[str, ...]
    stages: tuple[str, ...]
    is_terminated: bool
    items: tuple[Item, ...]

    @property
    def edition(self) -> str:
        return f"{self.code} {self.since:%Y-%m-%d}"


@dataclass(frozen=True)
class Shape:
    """What about a case chooses its list and the items that apply."""

    type: str
    stage: str
    is_terminated: bool
    marks: frozenset[str]


@dataclass(frozen=True)
class Line:
    """One item of one case's list, with what was found for it."""

    item: Item
    found: tuple[str, ...]

    @property
    def is_there(self) -> bool:
        return bool(self.found)

    def is_missing_before(self, step: str) -> bool:
        return not self.found and self.item.before in _REACH[step]


def checklist_of(data: Mapping) -> Checklist:
    """A checklist as told by a file. ValueError names what is wrong with it."""
    code = str(data.get("code", ""))
    items = tuple(_item(code, row) for row in data.get("items", ()))
    codes = [item.code for item in items]
    twice = sorted({each for each in codes if codes.count(each) > 1})
    if not code or not items or twice:
        raise ValueError(f"案卷清单“{code}”没有代码、没有材料，或者材料代码重复：{'、'.join(twice)}")
    return Checklist(
        code=code,
        words=data["words"],
        since=data["since"],
        basis=data["basis"],
        types=tuple(data.get("types", ())),
        stages=tuple(data.get("stages", ())),
        is_terminated=bool(data.get("is_terminated", False)),
        items=items,
    )


def _item(code: str, row: Mapping) -> Item:
    item = Item(
        row["code"],
        row["words"],
        row.get("party", CENTRE),
        row.get("before", OPTIONAL),
        tuple(row.get("any_of", ())),
        tuple(row.get("when", ())),
        row.get("help", ""),
    )
    strange = [source for source in item.any_of if source.partition(":")[0] not in SOURCES]
    if item.party not in PARTIES or item.before not in STAGES or strange:
        raise ValueError(f"案卷清单“{code}”的“{item.words}”写得不对：{item.party} {item.before} {' '.join(strange)}")
    return item


def list_for(checklists: Iterable[Checklist], shape: Shape, day: date) -> Checklist:
    """The list of a case on a day: of a terminated case the one for those, else the narrowest that names type and stage.

    Raises LookupError when no list fits.
    """
    fitting = [
        each
        for each in checklists
        if each.since <= day
        and each.is_terminated == shape.is_terminated
        and (not each.types or shape.type in each.types)
        and (not each.stages or shape.stage in each.stages)
    ]
    if not fitting:
        raise LookupError(f"没有适用的案卷清单：{shape.type} {shape.stage}，{day}")
    return max(fitting, key=lambda each: (bool(each.stages), bool(each.types), each.since))


def judge(checklist: Checklist, shape: Shape, found: Mapping[str, Collection[str]]) -> tuple[Line, ...]:
    """Item by item what a file holds. `found` maps a source to the titles of what stands in the file under it."""
    return tuple(
        Line(item, tuple(title for source in item.sources for title in found.get(source, ())))
        for item in checklist.items
        if shape.marks.issuperset(item.when)
    )


def missing_before(lines: Iterable[Line], step: str, *, party: str = "") -> tuple[Item, ...]:
    """The items without which the step is not taken; only those of one party when it is named."""
    return tuple(line.item for line in lines if line.is_missing_before(step) and party in ("", line.item.party))


# -- how long a file is kept


@dataclass(frozen=True)
class Retention:
    """A term of keeping, for the case types it names; the first that fits is proposed, the archivist may take another."""

    words: str
    types: tuple[str, ...]


def retention_for(terms: Iterable[Retention], type: str) -> str:
    """The proposed term; empty when none of them fits."""
    return next((each.words for each in terms if not each.types or type in each.types), "")
