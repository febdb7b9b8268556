"""The tasks of a plan's year (逐月上报、季度抽查、年中督查、年底考核 …): which there are, and when each is due. Z-ORG-7, plan 六（一）. Pure."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from common.periods import HalfYear, Quarter, Year, YearMonth

RULES_FILE = Path(__file__).parent.parent / "obligations.toml"
PLAN, INTERNAL = "plan", "internal"
EACH = ("month", "quarter", "half", "year")


@dataclass(frozen=True)
class ObligationRule:
    """What is to be done each period: by whom, by when, by which clause, and whether the day is the plan's or the bureau's own."""

    code: str
    title: str
    each: str
    since: date
    owner: str
    clause: str
    basis: str
    asks: str
    why: str = ""
    after_days: int | None = None
    on: str = ""
    deadline: str = ""

    def __post_init__(self) -> None:
        if self.each not in EACH:
            raise ValueError(f"{self.code}：不认识的期间“{self.each}”。")
        if sum((self.after_days is not None, bool(self.on), bool(self.deadline))) != 1:
            raise ValueError(f"{self.code}：after_days、on、deadline 应当写且只写一个。")
        if self.basis not in (PLAN, INTERNAL) or (self.basis == INTERNAL) != bool(self.why):
            raise ValueError(f"{self.code}：内部口径要写理由，方案规定的不写。")
        if (self.basis == PLAN) != bool(self.deadline):
            raise ValueError(f"{self.code}：期限出自方案的，天数从方案的期限里取。")


@dataclass(frozen=True)
class Task:
    """One task of one period."""

    rule: ObligationRule
    period: str
    label: str
    first: date
    last: date
    due_on: date

    @property
    def key(self) -> tuple[str, str]:
        return self.rule.code, self.period

    @property
    def title(self) -> str:
        return self.rule.title.format(label=self.label, year=self.first.year)


def read_rules(path: Path = RULES_FILE) -> list[ObligationRule]:
    """The rules of the file. ValueError in Chinese where one makes no sense."""
    return [ObligationRule(**row) for row in tomllib.loads(path.read_text(encoding="utf-8"))["rule"]]


def tasks_of(year: int, rules: Iterable[ObligationRule], *, clauses: Collection[str], days: Mapping[str, int]) -> list[Task]:
    """The year's tasks by due day. `clauses` are those the plan holds; `days` the plan's own limits by code, in calendar days.

    Of several rules of one code the latest that began before the period holds. A rule whose clause or limit the plan
    lacks makes no task.
    """
    by_code: dict[str, list[ObligationRule]] = {}
    for rule in rules:
        by_code.setdefault(rule.code, []).append(rule)
    found = []
    for versions in by_code.values():
        for each in {rule.each for rule in versions}:
            for period in periods_of(each, year):
                held = _in_force(versions, period.first)
                if held and held.each == each and _stands(held, clauses, days):
                    due = due_on(held, period, days)
                    found.append(Task(held, str(period), period.label, period.first, period.last, due))
    return sorted(found, key=lambda task: (task.due_on, task.key))


def _stands(rule: ObligationRule, clauses: Collection[str], days: Mapping[str, int]) -> bool:
    return rule.clause in clauses and (not rule.deadline or rule.deadline in days)


def periods_of(each: str, year: int) -> list:
    """The periods of a year; of halves the first only: the second is in the year's."""
    if each == "month":
        return [YearMonth(year, n) for n in range(1, 13)]
    if each == "quarter":
        return [Quarter(year, n) for n in range(1, 5)]
    return [HalfYear(year, 1)] if each == "half" else [Year(year)]


def due_on(rule: ObligationRule, period, days: Mapping[str, int]) -> date:
    """The day by which the task of that period is to be done."""
    if rule.on:
        month, day = rule.on.split("-")
        return date(period.first.year, int(month), int(day))
    after = days[rule.deadline] if rule.deadline else rule.after_days
    assert after is not None
    return period.last + timedelta(days=after)


def _in_force(versions: Iterable[ObligationRule], day: date) -> ObligationRule | None:
    begun = [rule for rule in versions if rule.since <= day]
    return max(begun, key=lambda rule: rule.since, default=None)
