"""The terms of a plan that are in force on one day, as plain values a rule can hold in its hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

# Decimal, int, bool, text, date or a tuple of texts: the key decides, and a rule knows the keys that it asks for.
type_of_value = Any

YUAN, INT, SHARE, TEXT, BOOL, LIST, DATE = "yuan", "int", "share", "text", "bool", "list", "date"
LIST_SEPARATOR = "、"


class MissingTerm(KeyError):
    """A rule asked for a term that the plan does not have on that day."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Term:
    """One dated value of a plan beside its clause and unit.

    `value` is typed: Decimal yuan, int, Decimal share (0.50), date, bool, text or a tuple of texts.
    `clause` is the plan's own number, like 五（二）1（4）. `why` is set for our readings (D1…).
    """

    key: str
    value: type_of_value
    unit: str
    clause: str
    since: date
    plan: str = ""
    reading_code: str = ""
    why: str = ""


class Terms(Mapping[str, Term]):
    """The terms of one plan on one day: `terms["duty.rate.county_centre"].value`."""

    def __init__(self, terms: Mapping[str, Term], *, plan: str = "", day: date | None = None):
        self._terms = dict(terms)
        self.plan = plan
        self.day = day

    def __getitem__(self, key: str) -> Term:
        try:
            return self._terms[key]
        except KeyError:
            when = f"在{self.day}" if self.day else ""
            raise MissingTerm(f"方案{self.plan}{when}没有“{key}”这一项。") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def __contains__(self, key: object) -> bool:
        return key in self._terms

    def for_station(self, prefix: str, station_kind: str) -> Term | None:
        """The term for a kind of station, else the one for every kind, else None: the plan does not pay that kind."""
        return self._terms.get(f"{prefix}.{station_kind}") or self._terms.get(prefix)

    def under(self, prefix: str) -> dict[str, Term]:
        """The terms below a prefix, by what follows it: under("duty.rate") gives county_centre, township_station."""
        start = prefix + "."
        return {key[len(start) :]: term for key, term in self._terms.items() if key.startswith(start)}

    def reading(self, code: str) -> Term:
        """Our reading of an unclear sentence, by its number: reading("D31")."""
        return self[f"reading.{code}"]


def typed(kind: str, text: str) -> type_of_value:
    """A stored value as the type that rules work with. Raises ValueError when text and kind do not fit."""
    if kind in (YUAN, SHARE):
        try:
            return Decimal(text)
        except InvalidOperation:
            raise ValueError(f"“{text}”不是数。") from None
    if kind == INT:
        return int(text)
    if kind == BOOL:
        if text not in ("true", "false"):
            raise ValueError(f"“{text}”不是 true 或 false。")
        return text == "true"
    if kind == DATE:
        return date.fromisoformat(text)
    if kind == LIST:
        return tuple(text.split(LIST_SEPARATOR)) if text else ()
    return text


def stored(value: type_of_value) -> str:
    """A typed value as the text that is stored and compared."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return LIST_SEPARATOR.join(value)
    return str(value)


def in_force(terms: list[Term], day: date) -> dict[str, Term]:
    """Of all dated values, for each key the latest that began on or before the day."""
    found: dict[str, Term] = {}
    for term in terms:
        known = found.get(term.key)
        if term.since <= day and (known is None or term.since > known.since):
            found[term.key] = term
    return found
