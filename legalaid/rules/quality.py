"""Quality of a closed file: rubric, scores, sample, rounds, who may review. Plan 四（二）2（2）, 五（二）2; LAF 59; domain.md 3.8.

Pure: no clock, no database. A rubric is data (legalaid/rubrics/*.toml); points are Decimal with halves.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

EXCELLENT, GOOD, PASS, FAIL = "excellent", "good", "pass", "fail"
GRADES = (EXCELLENT, GOOD, PASS, FAIL)
KINDS = ("admin_check", "peer", "city_sample")
FULL = 100
HALF = Decimal("0.5")
CENT = Decimal("0.01")


# --- the rubric -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One thing that is scored: at most so many points."""

    code: str
    words: str
    points: int
    guide: str
    section: str


@dataclass(frozen=True)
class Veto:
    """What makes a file 不合格 whatever its points."""

    code: str
    words: str


@dataclass(frozen=True)
class Rubric:
    """A dated edition of the standard by which files of some case types are scored."""

    code: str
    version: str
    since: date
    title: str
    basis: str
    covers: tuple[str, ...]
    items: tuple[Item, ...]
    vetoes: tuple[Veto, ...]
    cutoffs: Mapping[str, int]
    rounds: Mapping[str, int]
    rectification_days: int

    @property
    def name(self) -> str:
        return f"{self.title}（{self.version}）"

    @property
    def sections(self) -> list[tuple[str, list[Item]]]:
        """The items under the words of their section, in the order of the file."""
        grouped: dict[str, list[Item]] = {}
        for item in self.items:
            grouped.setdefault(item.section, []).append(item)
        return list(grouped.items())

    def reviewers(self, kind: str) -> int:
        """How many score a file independently in the first round of this kind of review."""
        return self.rounds[kind]

    def grade_of(self, total: Decimal) -> str:
        """The grade of a total without veto. Cut-offs are reached, not passed: 90.00 is excellent at 90."""
        return next((grade for grade in (EXCELLENT, GOOD, PASS) if total >= self.cutoffs[grade]), FAIL)


def rubric_of(data: Mapping) -> Rubric:
    """The rubric of a parsed file. ValueError with all its faults in Chinese, one to a line."""
    items = tuple(
        Item(each["code"], each["words"], each["points"], each.get("guide", ""), section["words"])
        for section in data["sections"]
        for each in section["items"]
    )
    rubric = Rubric(
        code=data["code"],
        version=data["version"],
        since=data["since"] if isinstance(data["since"], date) else date.fromisoformat(data["since"]),
        title=data["title"],
        basis=data["basis"],
        covers=tuple(data["covers"]),
        items=items,
        vetoes=tuple(Veto(each["code"], each["words"]) for each in data["vetoes"]),
        cutoffs=dict(data["cutoffs"]),
        rounds=dict(data["rounds"]),
        rectification_days=data["rectification"]["days"],
    )
    if faults := list(_faults_of(rubric)):
        raise ValueError("\n".join(f"评查标准 {rubric.code} {rubric.version}：{fault}" for fault in faults))
    return rubric


def _faults_of(rubric: Rubric) -> Iterable[str]:
    if (total := sum(item.points for item in rubric.items)) != FULL:
        yield f"各项分值合计 {total} 分，应为 {FULL} 分。"
    codes = Counter([item.code for item in rubric.items] + [veto.code for veto in rubric.vetoes])
    if twice := [code for code, count in codes.items() if count > 1]:
        yield f"代码重复：{'、'.join(twice)}。"
    if any(item.points <= 0 for item in rubric.items):
        yield "每项分值应大于 0。"
    cuts = [rubric.cutoffs.get(grade) for grade in (EXCELLENT, GOOD, PASS)]
    if None in cuts or not FULL >= cuts[0] > cuts[1] > cuts[2] > 0:  # type: ignore[operator]
        yield "等次线应从高到低：优秀、良好、合格。"
    if missing := [kind for kind in (*KINDS, "second") if rubric.rounds.get(kind) not in (1, 2)]:
        yield f"没有写明几人评分（1 或 2）：{'、'.join(missing)}。"
    if rubric.rounds.get("second") != 2:
        yield "第二轮应由两人评分。"
    if not rubric.rounds.get("widest_gap", 0) > 0:
        yield "没有写明两人总分差的上限 widest_gap。"
    if not rubric.vetoes:
        yield "没有否决项。"
    if rubric.rectification_days < 1:
        yield "整改期限至少一天。"


def rubric_for(rubrics: Iterable[Rubric], case_type: str, day: date) -> Rubric | None:
    """The newest edition in force on the day that covers the case type; None where there is none."""
    fitting = [rubric for rubric in rubrics if case_type in rubric.covers and rubric.since <= day]
    return max(fitting, key=lambda rubric: rubric.since, default=None)


# --- scoring ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """What one reviewer's sheet comes to."""

    total: Decimal
    grade: str


def read_points(text: object, item: Item) -> Decimal:
    """The points typed for one item. ValueError with a Chinese sentence: not a number, not a half, out of range."""
    try:
        points = Decimal(str(text).strip())
    except InvalidOperation:
        raise ValueError(f"“{item.words}”的得分不是数字：请填 0 到 {item.points} 之间的数。") from None
    if not points.is_finite() or not 0 <= points <= item.points:
        raise ValueError(f"“{item.words}”的得分超出范围：请填 0 到 {item.points} 之间的数。")
    if points % HALF:
        raise ValueError(f"“{item.words}”的得分最小到半分：例如 {item.points - HALF}。")
    return points


def read_sheet(rubric: Rubric, typed: Mapping[str, object]) -> tuple[dict[str, Decimal], dict[str, str]]:
    """The points of every item and, for those that cannot be read, what is wrong with them."""
    points, faults = {}, {}
    for item in rubric.items:
        text = typed.get(item.code)
        if text is None or not str(text).strip():
            faults[item.code] = f"“{item.words}”没有评分：不得分的填 0。"
            continue
        try:
            points[item.code] = read_points(text, item)
        except ValueError as error:
            faults[item.code] = str(error)
    return points, faults


def score(rubric: Rubric, points: Mapping[str, Decimal], vetoes: Collection[str]) -> Score:
    """Total and grade of a complete sheet; any veto makes it 不合格 and leaves the total as it is (domain.md 3.8)."""
    total = sum((points[item.code] for item in rubric.items), Decimal(0)).quantize(CENT)
    return Score(total, FAIL if vetoes else rubric.grade_of(total))


# --- rounds -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """What the reviews of a file come to so far: a grade, or a second round and why."""

    total: Decimal | None = None
    grade: str = ""
    needs_second_round: bool = False
    why: str = ""


def mean(totals: Sequence[Decimal]) -> Decimal:
    return (sum(totals, Decimal(0)) / len(totals)).quantize(CENT, ROUND_HALF_UP)


def first_round(rubric: Rubric, scores: Sequence[Score]) -> Result:
    """The result of a finished first round. A 不合格 by anybody, or too wide a gap, goes to a second round."""
    totals = [each.total for each in scores]
    if any(each.grade == FAIL for each in scores):
        return Result(mean(totals), FAIL, True, "第一轮有人评为不合格")
    if max(totals) - min(totals) > rubric.rounds["widest_gap"]:
        gap = max(totals) - min(totals)
        words = f"第一轮两人相差 {gap.normalize():f} 分，超过 {rubric.rounds['widest_gap']} 分"
        return Result(mean(totals), rubric.grade_of(mean(totals)), True, words)
    return Result(mean(totals), rubric.grade_of(mean(totals)))


def second_round(rubric: Rubric, first: Sequence[Score], second: Sequence[Score]) -> Result:
    """Three votes: the first round's verdict and each second reviewer's. Two of three decide whether the file passes.

    The total is the mean of the votes of the majority; a first round counts once, with its own mean.
    """
    verdict = first_round(rubric, first)
    votes = [Score(verdict.total or Decimal(0), verdict.grade), *second]
    failing = [vote for vote in votes if vote.grade == FAIL]
    if len(failing) * 2 > len(votes):
        words = f"三票中 {len(failing)} 票不合格"
        return Result(mean([vote.total for vote in failing]), FAIL, False, words)
    passing = [vote for vote in votes if vote.grade != FAIL]
    total = mean([vote.total for vote in passing])
    return Result(total, rubric.grade_of(total), False, f"三票中 {len(passing)} 票合格")


# --- the sample -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Framed:
    """One file of the population: its number, which never changes, and the stratum it falls in."""

    number: str
    stratum: str


def shares(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    """How many are drawn from each stratum: by its size, largest remainder first, none left out while there is one for each.

    Ties go to the larger stratum, then to the earlier name, so that the same population is always shared alike.
    """
    population = sum(sizes.values())
    wanted = min(wanted, population)
    names = sorted(name for name, size in sizes.items() if size)
    if wanted < len(names):
        order = sorted(names, key=lambda name: (-sizes[name], name))
        return {name: int(name in order[:wanted]) for name in names}
    drawn = {name: max(1, wanted * sizes[name] // population) for name in names}
    while sum(drawn.values()) > wanted:
        # Ones given to tiny strata are taken from where most is over its share.
        over = max(
            (name for name in names if drawn[name] > 1),
            key=lambda name: (drawn[name] * population - wanted * sizes[name], sizes[name], name),
        )
        drawn[over] -= 1
    while sum(drawn.values()) < wanted:
        under = max(
            (name for name in names if drawn[name] < sizes[name]),
            key=lambda name: (wanted * sizes[name] - drawn[name] * population, sizes[name], _reversed(name)),
        )
        drawn[under] += 1
    return drawn


def _reversed(name: str) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in name)


def place(seed: str, number: str) -> str:
    """Where a file stands in the draw: SHA-256 of "seed:number". Anybody can work it out again with sha256sum."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def draw(frame: Iterable[Framed], wanted: int, seed: str) -> list[Framed]:
    """A stratified random sample: in each stratum the files whose place is lowest, as many as its share.

    The same population, size and seed give the same files, whatever the order of the rows.
    """
    strata: dict[str, list[Framed]] = {}
    for file in frame:
        strata.setdefault(file.stratum, []).append(file)
    drawn = shares({name: len(files) for name, files in strata.items()}, wanted)
    return [
        file
        for name in sorted(strata)
        for file in sorted(strata[name], key=lambda file: (place(seed, file.number), file.number))[: drawn.get(name, 0)]
    ]


def size_of(population: int, percent: int) -> int:
    """How many files a share asks for: rounded up, at least one where there is one."""
    return -(-population * percent // 100)


# --- who may review ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reviewer:
    """Somebody who might score a file. Firms: those she has belonged to since the case was assigned, by id and by name."""

    user: int
    person: int | None
    name: str
    firms: frozenset = frozenset()
    firm_names: frozenset = frozenset()


@dataclass(frozen=True)
class File:
    """Who had to do with a case. People and firms of all assignments, the ended ones too; names where only names are known."""

    undertakers: frozenset = frozenset()
    undertaker_users: frozenset = frozenset()
    firms: frozenset = frozenset()
    handlers: frozenset = frozenset()
    assigners: frozenset = frozenset()
    undertaker_name: str = ""
    firm_name: str = ""


def why_not_reviewer(file: File, reviewer: Reviewer) -> str:
    """Why she may not score this file; empty when she may. safety.md §5: not undertaker, her firm, assigner or handler."""
    if reviewer.person in file.undertakers or reviewer.user in file.undertaker_users:
        return "是本案承办人"
    if reviewer.firms & file.firms:
        return "与承办人同一单位"
    if reviewer.user in file.assigners:
        return "是本案指派人"
    if reviewer.user in file.handlers:
        return "是本案经办人"
    # Cases brought in as history name people and firms in words only.
    if file.undertaker_name and not file.undertakers and reviewer.name == file.undertaker_name:
        return "与承办人同名"
    if file.firm_name and file.firm_name in reviewer.firm_names:
        return "与承办人同一单位"
    return ""


def deal(files: Mapping[int, Collection[int]], each: int, load: Mapping[int, int]) -> dict[int, list[int]]:
    """Reviewers dealt to files evenly: for each file the `each` least burdened of those who may, files with the least choice first.

    `files` maps a file to who may score it, in order of preference; `load` is what each has already. A file for which
    there are not enough gets as many as there are.
    """
    burden = dict(load)
    dealt: dict[int, list[int]] = {}
    for file in sorted(files, key=lambda file: (len(files[file]), file)):
        rank = {user: place for place, user in enumerate(files[file])}
        chosen = sorted(rank, key=lambda user: (burden.get(user, 0), rank[user]))[:each]
        for user in chosen:
            burden[user] = burden.get(user, 0) + 1
        dealt[file] = chosen
    return dealt
