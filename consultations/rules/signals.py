"""What looks odd in a county's records: pure detectors on facts. Z-CON-4; domain.md 1.12.

A detector gives `Suspicion`s, each with the rows it rests on, the same ones whatever the order of the facts. They open a
check by a person; nothing here, and nothing that reads this, deducts anything.
"""

import hashlib
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path

from consultations.rules.ratings import SCREEN, SHARE_FOR_A_SIGNAL

HOUR = timedelta(hours=1)
LIMITS_FILE = Path(__file__).parent.parent / "signals.toml"


@dataclass(frozen=True)
class Kind:
    """A kind of signal: what it is called, and what to look at first."""

    words: str
    ask: str


KINDS: Mapping[str, Kind] = {
    "two_places": Kind("同时在两处", "核对两个站点的签到簿和当天的监控、同事证明。"),
    "bunch": Kind("事后集中补登", "问登记人当时为什么没有登记，核对纸质登记簿。"),
    "same_text": Kind("内容雷同", "向其中几位咨询人回访，问是否来过、问的什么。"),
    "idle": Kind("多次值班无咨询", "核对零咨询声明，点名抽查，问站点宣传情况。"),
    "one_device": Kind("评价来自同一设备", "向咨询人回访，问评价是不是本人作出。"),
    "off_duty": Kind("记录在班次以外", "核对时间是否写错；不是值班时间的，问清在哪里接待。"),
    "crowded": Kind("一小时内人次过多", "核对登记簿，问是否一人多记、一事多记。"),
    "again": Kind("同人同事项重复登记", "核对是否同一次咨询；重复的，合并记录。"),
}

# --- facts ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Duty:
    """A shift that is over: planned and recorded time, and how many it served."""

    id: int
    station: int
    place: str
    person: int
    name: str
    starts: datetime
    ends: datetime
    came: datetime | None = None
    left: datetime | None = None
    served: int = 0

    @property
    def day(self) -> date:
        return self.starts.date()

    @property
    def begin(self) -> datetime:
        return min(self.starts, self.came or self.starts)

    @property
    def end(self) -> datetime:
        return max(self.ends, self.left or self.ends)


@dataclass(frozen=True)
class Entry:
    """One consultation record. `client`: a key of telephone or ID number, empty where there is neither."""

    id: int
    number: str
    station: int
    place: str
    person: int
    name: str
    shift: int | None
    day: date
    at: datetime | None
    recorded_at: datetime
    recorder: int
    text: str
    matter: str = ""
    client: str = ""
    # An entry made without network and sent later comes in a bunch on purpose; an imported one as well.
    is_sent_later: bool = False


@dataclass(frozen=True)
class Given:
    """One rating: by which device, on which one its code was made, over which way."""

    id: int
    entry: int
    number: str
    station: int
    place: str
    day: date
    device: str
    made_on: str
    way: str


@dataclass(frozen=True)
class Facts:
    """A county's records of some months."""

    duties: Sequence[Duty] = ()
    entries: Sequence[Entry] = ()
    ratings: Sequence[Given] = ()


# --- what comes out ---------------------------------------------------------------------------------------------------

SHIFT, CONSULTATION, RATING = "shift", "consultation", "rating"


@dataclass(frozen=True, order=True)
class Evidence:
    """A row that a suspicion rests on."""

    of: str
    id: int
    words: str

    @property
    def ref(self) -> str:
        return f"{self.of}:{self.id}"


@dataclass(frozen=True)
class Suspicion:
    """Something odd about a station or person. `key` names what it is about, so that the same one is told once."""

    kind: str
    key: str
    day: date
    words: str
    evidence: tuple[Evidence, ...]
    station: int | None = None
    person: int | None = None

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError("没有依据的提示不成立。")

    @property
    def refs(self) -> frozenset[str]:
        return frozenset(each.ref for each in self.evidence)


@dataclass(frozen=True)
class Limits:
    """From where on something is told. All of them the bureau's own readings; consultations/signals.toml has them and says why."""

    travel_minutes: int
    bunch: int
    bunch_minutes: int
    after_hours: int
    same_text: int
    shortest_text: int
    idle_duties: int
    idle_percent: int
    an_hour: int
    ratings: int
    again: int


def read_limits(path: Path = LIMITS_FILE) -> tuple[Limits, dict[str, str]]:
    """The limits of the file, and why each is where it is. ValueError where a name is unknown or a number missing."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    known = set(Limits.__dataclass_fields__)
    if set(data) != known:
        raise ValueError(f"{path.name}：界限不全或多余：{'、'.join(sorted(set(data) ^ known))}")
    return Limits(**{name: int(row["value"]) for name, row in data.items()}), {name: row["why"] for name, row in data.items()}


# --- the detectors ----------------------------------------------------------------------------------------------------


def two_places(facts: Facts, limits: Limits) -> list[Suspicion]:
    """The same person recorded at two stations at once, or with too little time to get from one to the other."""
    gap = timedelta(minutes=limits.travel_minutes)
    by_person: dict[tuple[int, date], list[Duty]] = defaultdict(list)
    for duty in facts.duties:
        if duty.came:
            by_person[duty.person, duty.day].append(duty)
    found = []
    for (person, day), duties in sorted(by_person.items()):
        for one, other in combinations(sorted(duties, key=lambda duty: duty.id), 2):
            if one.station == other.station or not _meet(one, other, gap):
                continue
            words = f"{one.name}{_day(day)}在{one.place}、{other.place}的签到时间重叠或相隔不足 {limits.travel_minutes} 分钟"
            found.append(
                Suspicion("two_places", f"two_places:{one.id}-{other.id}", day, words, _of_duties([one, other]), None, person)
            )
    return [*found, *_elsewhere(facts)]


def _meet(one: Duty, other: Duty, gap: timedelta) -> bool:
    a, b = (one.came, one.left or one.came), (other.came, other.left or other.came)
    assert a[0] and a[1] and b[0] and b[1]
    return a[0] < b[1] + gap and b[0] < a[1] + gap


def _elsewhere(facts: Facts) -> list[Suspicion]:
    """A consultation at one station while its adviser was signed in at another."""
    present: dict[tuple[int, date], list[Duty]] = defaultdict(list)
    for duty in facts.duties:
        if duty.came and duty.left:
            present[duty.person, duty.day].append(duty)
    hits: dict[int, list[Entry]] = defaultdict(list)
    duties = {duty.id: duty for duty in facts.duties}
    for entry in facts.entries:
        if entry.at is None:
            continue
        for duty in present[entry.person, entry.day]:
            assert duty.came and duty.left
            if duty.station != entry.station and duty.came < entry.at < duty.left:
                hits[duty.id].append(entry)
    return [
        Suspicion(
            "two_places", f"two_places:{pk}-records", duties[pk].day,
            f"{duties[pk].name}{_day(duties[pk].day)}在{duties[pk].place}签到期间，另有 {len(rows)} 条别处的咨询记录",
            (*_of_duties([duties[pk]]), *_of_entries(rows)), None, duties[pk].person,
        )
        for pk, rows in sorted(hits.items())
    ]  # fmt: skip


def bunch(facts: Facts, limits: Limits) -> list[Suspicion]:
    """Many records entered in a few minutes, long after the talks they tell of."""
    late = timedelta(hours=limits.after_hours)
    span = timedelta(minutes=limits.bunch_minutes)
    ends = {duty.id: duty.end for duty in facts.duties}
    groups: dict[tuple[int, int, date], list[Entry]] = defaultdict(list)
    for entry in facts.entries:
        over = ends.get(entry.shift) if entry.shift else entry.at
        if over and not entry.is_sent_later and entry.recorded_at >= over + late:
            groups[entry.recorder, entry.station, entry.recorded_at.date()].append(entry)
    found = []
    for (recorder, station, day), rows in sorted(groups.items()):
        packed = _packed(rows, _written, span, limits.bunch)
        if packed:
            words = f"{packed[0].place}{_day(day)}在 {limits.bunch_minutes} 分钟内补登了 {_most(packed, _written, span)} 条以前的咨询，共 {len(packed)} 条"
            found.append(Suspicion("bunch", f"bunch:{station}:{recorder}:{day}", day, words, _of_entries(packed), station))
    return found


def same_text(facts: Facts, limits: Limits) -> list[Suspicion]:
    """Question and answer word for word the same in one adviser's records of a week."""
    groups: dict[tuple[int, date, str], list[Entry]] = defaultdict(list)
    for entry in facts.entries:
        text = squeezed(entry.text)
        if len(text) >= limits.shortest_text:
            groups[entry.person, _monday(entry.day), text].append(entry)
    found = []
    for (person, monday, text), rows in sorted(groups.items()):
        if len(rows) >= limits.same_text:
            rows = _sorted(rows)
            words = f"{rows[0].name}{_day(monday)}起一周内有 {len(rows)} 条咨询内容和答复完全相同"
            key = f"same_text:{person}:{monday}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
            station = rows[0].station if len({row.station for row in rows}) == 1 else None
            found.append(Suspicion("same_text", key, rows[-1].day, words, _of_entries(rows), station, person))
    return found


def idle(facts: Facts, limits: Limits) -> list[Suspicion]:
    """A month in which most of somebody's attended turns saw nobody."""
    groups: dict[tuple[int, date], list[Duty]] = defaultdict(list)
    for duty in facts.duties:
        if duty.came:
            groups[duty.person, duty.day.replace(day=1)].append(duty)
    found = []
    for (person, first), duties in sorted(groups.items()):
        empty = [duty for duty in duties if not duty.served]
        if len(empty) >= limits.idle_duties and 100 * len(empty) >= limits.idle_percent * len(duties):
            empty.sort(key=lambda duty: (duty.starts, duty.id))
            words = f"{empty[0].name}{first.year}年{first.month}月值班 {len(duties)} 次，其中 {len(empty)} 次没有咨询记录"
            station = empty[0].station if len({duty.station for duty in empty}) == 1 else None
            found.append(Suspicion("idle", f"idle:{person}:{first}", empty[-1].day, words, _of_duties(empty), station, person))
    return found


def one_device(facts: Facts, limits: Limits) -> list[Suspicion]:
    """A station's ratings of a month that come mostly from one device, or from the one that made the codes.

    The same measure as the page of ratings (rules/ratings.py); what came over the station's own screen says nothing.
    """
    groups: dict[tuple[int, date], list[Given]] = defaultdict(list)
    for rating in facts.ratings:
        if rating.way != SCREEN and rating.device:
            groups[rating.station, rating.day.replace(day=1)].append(rating)
    found = []
    for (station, first), rows in sorted(groups.items()):
        rows.sort(key=lambda row: row.id)
        own = [row for row in rows if row.device == row.made_on]
        counts: dict[str, int] = defaultdict(int)
        for row in rows:
            counts[row.device] += 1
        device = max(sorted(counts), key=lambda name: counts[name])
        many = [row for row in rows if row.device == device]
        if own:
            words = (
                f"{own[0].place}{first.year}年{first.month}月有 {len(own)} 条评价来自生成评价码的那台设备（共 {len(rows)} 条）"
            )
            found.append(Suspicion("one_device", f"own_device:{station}:{first}", own[-1].day, words, _of_ratings(own), station))
        if len(rows) >= limits.ratings and len(many) >= SHARE_FOR_A_SIGNAL * len(rows):
            words = f"{many[0].place}{first.year}年{first.month}月有 {len(many)} 条评价来自同一台设备（共 {len(rows)} 条）"
            found.append(
                Suspicion("one_device", f"one_device:{station}:{first}", many[-1].day, words, _of_ratings(many), station)
            )
    return found


def off_duty(facts: Facts, limits: Limits) -> list[Suspicion]:
    """Records whose time lies outside the turn they belong to, planned and attended time taken together."""
    duties = {duty.id: duty for duty in facts.duties}
    hits: dict[int, list[Entry]] = defaultdict(list)
    for entry in facts.entries:
        duty = duties.get(entry.shift) if entry.shift else None
        if duty and entry.at and not duty.begin <= entry.at <= duty.end:
            hits[duty.id].append(entry)
    found = []
    for pk, rows in sorted(hits.items()):
        duty = duties[pk]
        words = f"{duty.place}{_day(duty.day)}有 {len(rows)} 条记录的时间不在值班时间 {duty.begin:%H:%M}–{duty.end:%H:%M} 之内"
        evidence = (*_of_duties([duty]), *_of_entries(rows))
        found.append(Suspicion("off_duty", f"off_duty:{pk}", duty.day, words, evidence, duty.station, duty.person))
    return found


def crowded(facts: Facts, limits: Limits) -> list[Suspicion]:
    """More than so many consultations of one adviser within an hour."""
    groups: dict[tuple[int, date], list[Entry]] = defaultdict(list)
    for entry in facts.entries:
        if entry.at:
            groups[entry.person, entry.day].append(entry)
    found = []
    for (person, day), rows in sorted(groups.items()):
        packed = _packed(rows, _talked, HOUR, limits.an_hour + 1, is_open=True)
        if packed:
            most = _most(packed, _talked, HOUR, is_open=True)
            words = f"{packed[0].name}{_day(day)}一小时内登记了 {most} 人次"
            found.append(
                Suspicion("crowded", f"crowded:{person}:{day}", day, words, _of_entries(packed), packed[0].station, person)
            )
    return found


def again(facts: Facts, limits: Limits) -> list[Suspicion]:
    """The same telephone or ID number with the same matter on the same day."""
    groups: dict[tuple[date, str, str], list[Entry]] = defaultdict(list)
    for entry in facts.entries:
        if entry.client and entry.matter:
            groups[entry.day, entry.matter, entry.client].append(entry)
    found = []
    for (day, matter, client), rows in sorted(groups.items()):
        if len(rows) >= limits.again:
            rows = _sorted(rows)
            key = f"again:{day}:{matter}:{hashlib.sha256(client.encode()).hexdigest()[:16]}"
            words = f"{_day(day)}同一电话或证件号、同一类事项登记了 {len(rows)} 次"
            found.append(Suspicion("again", key, day, words, _of_entries(rows), rows[0].station))
    return found


DETECTORS: Sequence[Callable[[Facts, Limits], list[Suspicion]]] = (
    two_places, bunch, same_text, idle, one_device, off_duty, crowded, again,
)  # fmt: skip


def suspicions(facts: Facts, limits: Limits) -> list[Suspicion]:
    """Everything odd, by kind and key: the same list whatever the order of the facts."""
    return sorted((each for detect in DETECTORS for each in detect(facts, limits)), key=lambda each: (each.kind, each.key))


# --- small parts ------------------------------------------------------------------------------------------------------


def squeezed(text: str) -> str:
    """A text without blanks and punctuation: copying with another comma is still copying."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _written(row: Entry) -> datetime:
    return row.recorded_at


def _talked(row: Entry) -> datetime:
    assert row.at is not None
    return row.at


def _packed(
    rows: Iterable[Entry], at: Callable[[Entry], datetime], span: timedelta, least: int, *, is_open: bool = False
) -> list[Entry]:
    """The rows that stand in some window of that length with at least so many; an open window leaves out its far end."""
    ordered = sorted(rows, key=lambda row: (at(row), row.id))
    kept = {row.id for window in _windows(ordered, at, span, is_open) if len(window) >= least for row in window}
    return [row for row in ordered if row.id in kept]


def _windows(
    ordered: Sequence[Entry], at: Callable[[Entry], datetime], span: timedelta, is_open: bool
) -> Iterator[Sequence[Entry]]:
    """For each row the rows from it on that lie within the span."""
    end = 0
    for start, row in enumerate(ordered):
        far = at(row) + span
        while end < len(ordered) and (at(ordered[end]) < far or not is_open and at(ordered[end]) == far):
            end += 1
        yield ordered[start:end]


def _most(rows: Sequence[Entry], at: Callable[[Entry], datetime], span: timedelta, *, is_open: bool = False) -> int:
    return max(len(window) for window in _windows(rows, at, span, is_open))


def _sorted(rows: Iterable[Entry]) -> list[Entry]:
    return sorted(rows, key=lambda row: (row.day, row.id))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _of_duties(duties: Iterable[Duty]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(SHIFT, each.id, f"{each.day} {each.place} {each.name} {_times(each)}")
        for each in sorted(duties, key=lambda duty: (duty.starts, duty.id))
    )


def _times(duty: Duty) -> str:
    came = f"{duty.came:%H:%M}" if duty.came else "未签到"
    return f"班次 {duty.starts:%H:%M}–{duty.ends:%H:%M}，签到 {came}" + (f"，签退 {duty.left:%H:%M}" if duty.left else "")


def _of_entries(rows: Iterable[Entry]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            CONSULTATION, each.id,
            f"{each.number or '咨询记录'} {each.day}{f' {each.at:%H:%M}' if each.at else ''}，{each.recorded_at:%m-%d %H:%M} 登记",
        )
        for each in _sorted(rows)
    )  # fmt: skip


def _of_ratings(rows: Iterable[Given]) -> tuple[Evidence, ...]:
    return tuple(Evidence(RATING, each.entry, f"{each.number or '咨询记录'} {each.day} 的评价") for each in rows)
