"""What the page of a plan shows: every term beside its clause and the plan's own sentence, in the order of the law."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from programmes.models import Clause, DeadlineRule, Note, Plan, Target, Term
from programmes.rules.vocabulary import KEYS, PARTS, spec_of


@dataclass
class Row:
    """One dated value with its sentence; `is_current` marks the one in force on the day."""

    term: Term
    sentence: str
    is_current: bool


@dataclass
class Section:
    """A part of the plan's terms under its Chinese name."""

    key: str
    words: str
    rows: list[Row] = field(default_factory=list)


@dataclass
class Overview:
    """Everything the page shows, already narrowed to what was searched for."""

    sections: list[Section]
    readings: list[Row]
    limits: list[DeadlineRule]
    targets: list[Target]
    target_total: int
    organization_targets: list[Target]
    notes: list[Note]
    clauses: list[Clause]

    @property
    def count(self) -> int:
        return sum(len(section.rows) for section in self.sections) + len(self.readings) + len(self.limits)


def overview_of(*, plan: Plan, day: date, search: str = "") -> Overview:
    """The plan as a reader sees it. Constant number of queries, whatever the plan holds."""
    clauses = list(plan.clauses.all())
    sentences = {clause.number: clause.sentence for clause in clauses}
    wanted = search.strip()
    rows = [row for row in _rows(plan, day, sentences) if _is_wanted(wanted, _words(row))]
    sections = {part: Section(part, words) for part, words in PARTS.items() if plan.has_part(part)}
    for row in rows:
        spec = spec_of(row.term.key)
        if not row.term.key.startswith("reading.") and spec and spec.part in sections:
            sections[spec.part].rows.append(row)
    limits = [limit for limit in plan.deadline_rules.all() if _is_wanted(wanted, (limit.name, limit.law, limit.starts_from))]
    targets = [] if wanted else list(plan.targets.select_related("station", "organization"))
    return Overview(
        sections=[section for section in sections.values() if section.rows],
        readings=[row for row in rows if row.term.key.startswith("reading.")],
        limits=limits,
        targets=_by_station(targets),
        target_total=sum(target.value for target in targets if target.indicator == Target.Indicator.CONSULTATIONS),
        organization_targets=[target for target in targets if target.organization],
        notes=[note for note in plan.notes.all() if _is_wanted(wanted, (note.text, note.clause))],
        clauses=[clause for clause in clauses if _is_wanted(wanted, (clause.number, clause.sentence))],
    )


def _rows(plan: Plan, day: date, sentences: dict[str, str]) -> Iterable[Row]:
    order = {key: n for n, key in enumerate(KEYS)}
    terms = sorted(plan.terms.all(), key=lambda term: (order.get(_pattern(term.key), len(order)), term.key, term.since))
    current = {term.key: term.pk for term in terms if term.since <= max(day, plan.starts_on)}
    for term in terms:
        yield Row(term, sentences.get(term.clause, ""), current.get(term.key) == term.pk)


def _pattern(key: str) -> str:
    return key if key in KEYS else f"{key.rpartition('.')[0]}.*"


def _words(row: Row) -> tuple[str, ...]:
    term = row.term
    return (term.label, term.shown, term.unit, term.clause, row.sentence, term.why, term.reading_code, term.value)


def _is_wanted(search: str, words: Iterable[str]) -> bool:
    return not search or any(search.lower() in word.lower() for word in words)


def _by_station(targets: list[Target]) -> list[Target]:
    """One row per station: its consultations, with its satisfaction beside it."""
    satisfaction = {target.station_id: target.value for target in targets if target.indicator == Target.Indicator.SATISFACTION}
    found = [target for target in targets if target.indicator == Target.Indicator.CONSULTATIONS]
    for target in found:
        target.satisfaction = satisfaction.get(target.station_id)
    return found
