"""Loading a plan file: its county, units, terms and targets. Idempotent; what is loaded is never changed. design.md §4."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from accounts import audit
from common import clock
from common.errors import Refused
from common.periods import YearMonth
from organizations.models import Organization, Region, Station
from programmes.models import Clause, DeadlineRule, Month, Note, Plan, Target, Term
from programmes.rules import plan_file
from programmes.rules.plan_file import DatedLimit, PlanFile, Unreadable
from programmes.rules.terms import LIST_SEPARATOR
from programmes.rules.vocabulary import DEADLINE_UNITS

LATER = "请另加一个较晚日期的值"


class PlanRefused(Refused):
    """The file may not be loaded. `problems` holds one Chinese sentence per fault; nothing was changed."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass
class Loaded:
    """What a load did."""

    plan: Plan
    is_new: bool = False
    added: dict[str, int] = field(default_factory=dict)
    kept: int = 0

    def __str__(self):
        kept = f"另有 {self.kept} 项已载入而文件里没有，照旧有效。" if self.kept else ""
        if not any(self.added.values()):
            return f"{self.plan.name}：已经载入，没有新内容。{kept}"
        parts = "、".join(f"{name} {count} 项" for name, count in self.added.items() if count)
        return f"{self.plan.name}：{'新载入' if self.is_new else '补充载入'}{parts}。{kept}"


@transaction.atomic
def load_plan(*, content: bytes, by) -> Loaded:
    """Load or extend a plan from the bytes of its file. Raises PlanRefused with every problem; then nothing is changed."""
    try:
        file = plan_file.read_plan(content)
    except Unreadable as error:
        raise PlanRefused(error.problems) from None
    loader = _Loader(file, content)
    loaded = loader.load()
    if loader.problems:
        raise PlanRefused(loader.problems)
    if any(loaded.added.values()):
        audit.record(by=by, action="programmes.load_plan", on=loaded.plan, after={**loaded.added, "sha256": loader.sha})
    return loaded


class _Loader:
    """Puts one file beside what the database holds. Problems are gathered; the caller rolls back if there are any."""

    def __init__(self, file: PlanFile, content: bytes):
        self.file = file
        self.text = content.decode()
        self.sha = hashlib.sha256(content).hexdigest()
        self.problems: list[str] = []
        self.added: dict[str, int] = {}
        self.kept = 0

    def load(self) -> Loaded:
        regions = self._regions()
        region = regions[self._plan_path()]
        plan, is_new = self._plan(region)
        if plan is None:
            return Loaded(Plan(name=self.file.name))
        organizations = self._organizations(region)
        stations = self._stations(region, regions, organizations)
        self._clauses(plan)
        self._terms(plan)
        self._limits(plan)
        self._targets(plan, stations, organizations)
        if not plan.text or (any(self.added.values()) and plan.file_sha != self.sha):
            plan.loaded_at, plan.file_sha, plan.text = clock.real_now(), self.sha, self.text
            plan.save(update_fields=["loaded_at", "file_sha", "text"])
        return Loaded(plan, is_new, self.added, self.kept)

    # -- places and bodies -------------------------------------------------------------------------------------

    def _plan_path(self) -> tuple[str, ...]:
        """The place the plan is made for: the county it names, or without one the province."""
        counties = [place.path for place in self.file.places if place.level == "county"]
        return counties[0] if len(counties) == 1 else min((place.path for place in self.file.places), key=len)

    def _regions(self) -> dict[tuple[str, ...], Region]:
        found: dict[tuple[str, ...], Region] = {}
        for place in sorted(self.file.places, key=lambda place: len(place.path)):
            parent = found.get(place.path[:-1])
            region, is_new = Region.objects.get_or_create(
                parent=parent,
                name=place.path[-1],
                defaults={"level": place.level, "code": place.code or None, "alias": place.alias},
            )
            if region.level != place.level:
                self.problems.append(f"“{'/'.join(place.path)}”已登记为{region.get_level_display()}，与文件的层级不同。")
            found[place.path] = region
            self._count("地区", is_new)
        return found

    def _organizations(self, region: Region) -> dict[str, Organization]:
        found = {}
        for body in self.file.organizations:
            if body.kind not in Organization.Kind.values:
                self.problems.append(
                    f"[[organization]] {body.name}：不认识的机构类型“{body.kind}”。可用：{'、'.join(Organization.Kind.values)}。"
                )
                continue
            row, is_new = Organization.objects.get_or_create(
                region=region, name=body.name, defaults={"kind": body.kind, "short_name": body.short_name}
            )
            if row.kind != body.kind:
                self.problems.append(f"“{body.name}”已登记为{row.get_kind_display()}，与文件的机构类型不同。")
            found[body.name] = row
            self._count("机构", is_new)
        return found

    def _stations(
        self, county: Region, regions: dict[tuple[str, ...], Region], organizations: dict[str, Organization]
    ) -> dict[str, Station]:
        bureau = next((row for row in organizations.values() if row.kind == Organization.Kind.JUSTICE_BUREAU), None)
        townships = {path[-1]: region for path, region in regions.items() if region.level == Region.Level.TOWNSHIP}
        found = {}
        for unit in self.file.units:
            row, is_new = Station.objects.get_or_create(
                county=county,
                name=unit.name,
                defaults={
                    "kind": unit.kind,
                    "short_name": unit.short_name,
                    "region": townships.get(unit.region),
                    "organization": bureau,
                    "order": unit.order,
                    "opens_at": unit.opens_at,
                    "closes_at": unit.closes_at,
                    "lunch_minutes": unit.lunch_minutes,
                },
            )
            if row.kind != unit.kind:
                self.problems.append(f"“{unit.name}”已登记为{row.get_kind_display()}，与文件的站点类型不同。")
            found[unit.name] = row
            self._count("站点", is_new)
        return found

    # -- the plan and its rows ---------------------------------------------------------------------------------

    def _plan(self, region: Region) -> tuple[Plan | None, bool]:
        file = self.file
        fixed: dict[str, Any] = {
            "name": file.name,
            "region": region,
            "year": file.year,
            "document_no": file.document_no,
            "source": file.source,
            "parts": LIST_SEPARATOR.join(file.parts),
            "pays": LIST_SEPARATOR.join(file.pays),
            "starts_on": file.starts_on,
            "ends_on": file.ends_on,
        }
        plan = Plan.objects.select_for_update().filter(code=file.code).first()
        if plan is None:
            other = Plan.objects.filter(region=region, year=file.year).first()
            if other:
                self.problems.append(f"[plan]：{region}{file.year}年已经载入方案“{other.code}”，不能再载入“{file.code}”。")
                return None, False
            plan = Plan.objects.create(code=file.code, loaded_at=clock.real_now(), file_sha=self.sha, text=self.text, **fixed)
            self._count("方案", True)
            return plan, True
        for name, value in fixed.items():
            if (known := getattr(plan, name)) != value:
                self.problems.append(f"[plan]：“{name}”已载入为“{known}”，不能改成“{value}”。")
        return plan, False

    def _clauses(self, plan: Plan) -> None:
        self._grow(
            what="条款",
            loaded={row.number: row.sentence for row in plan.clauses.all()},
            wanted={clause.number: clause.text for clause in self.file.clauses},
            name=lambda number: f"[[clause]] {number}",
            advice="原文不改",
        )
        known = set(plan.clauses.values_list("number", flat=True))
        Clause.objects.bulk_create(
            Clause(plan=plan, number=clause.number, sentence=clause.text, order=clause.order)
            for clause in self.file.clauses
            if clause.number not in known
        )
        noted = set(plan.notes.values_list("text", flat=True))
        new = [note for note in self.file.notes if note.text not in noted]
        Note.objects.bulk_create(Note(plan=plan, clause=note.number, text=note.text, order=note.order) for note in new)
        self.added["提示"] = len(new)

    def _terms(self, plan: Plan) -> None:
        loaded = {(row.key, row.since): (row.value, row.unit, row.clause) for row in plan.terms.all()}
        wanted = {(term.key, term.since): (term.value, term.unit, term.clause) for term in self.file.terms}
        new = self._grow("数值", loaded, wanted, name=lambda key: f"[{key[0]}] {key[1]}", advice=LATER)
        self._refuse_the_past(plan, new, {key for key, _ in loaded}, _latest(loaded))
        if self.problems:
            return
        Term.objects.bulk_create(
            Term(
                plan=plan,
                key=term.key,
                since=term.since,
                value=term.value,
                value_kind=term.kind,
                unit=term.unit,
                clause=term.clause,
                is_reading=bool(term.why),
                reading_code=term.reading_code,
                why=term.why,
            )
            for term in sorted(self.file.terms, key=lambda term: (term.key, term.since))
            if (term.key, term.since) in new
        )

    def _limits(self, plan: Plan) -> None:
        loaded = {(row.code, row.since): _limit_words(row) for row in plan.deadline_rules.all()}
        wanted = {(limit.code, limit.since): _limit_words(limit) for limit in self.file.limits}
        new = self._grow("期限", loaded, wanted, name=lambda key: f"[deadline.{key[0]}] {key[1]}", advice=LATER)
        if self.problems:
            return
        DeadlineRule.objects.bulk_create(
            DeadlineRule(
                plan=plan,
                code=limit.code,
                name=limit.name,
                starts_from=limit.starts_from,
                amount=limit.amount,
                unit=limit.unit,
                roll_on_holiday=limit.roll_on_holiday,
                since=limit.since,
                law=limit.law,
            )
            for limit in self.file.limits
            if (limit.code, limit.since) in new
        )

    def _targets(self, plan: Plan, stations: dict[str, Station], organizations: dict[str, Organization]) -> None:
        loaded = {
            (str(row.station or row.organization), row.indicator): row.value
            for row in plan.targets.select_related("station", "organization")
        }
        wanted: dict[tuple[str, str], int] = {}
        for unit in self.file.units:
            wanted[unit.name, Target.Indicator.CONSULTATIONS] = unit.consultations
            wanted[unit.name, Target.Indicator.SATISFACTION] = unit.satisfaction
        for body in self.file.organizations:
            if body.cases is not None:
                wanted[body.name, Target.Indicator.CASES] = body.cases
        new = self._grow("目标任务", loaded, wanted, name=lambda key: f"[[unit]] {key[0]} {key[1]}", advice="目标任务载入后不改")
        if self.problems:
            return
        Target.objects.bulk_create(
            Target(
                plan=plan,
                station=stations.get(name),
                organization=organizations.get(name),
                indicator=indicator,
                value=value,
            )
            for (name, indicator), value in wanted.items()
            if (name, indicator) in new
        )

    # -- comparing ---------------------------------------------------------------------------------------------

    def _grow(
        self, what: str, loaded: dict[Any, Any], wanted: dict[Any, Any], name: Callable[[Any], str], advice: str
    ) -> set[Any]:
        """The keys that are new. What is loaded and in the file must be the same; what the file lacks stays in force.

        So an older file may be loaded over a plan that has been extended since: it adds nothing and takes nothing away.
        """
        for key, value in loaded.items():
            if key not in wanted:
                self.kept += 1
            elif wanted[key] != value:
                self.problems.append(f"{name(key)}：已载入为“{_words(value)}”，不能改成“{_words(wanted[key])}”，{advice}。")
        new = wanted.keys() - loaded.keys()
        self.added[what] = len(new)
        return new

    def _refuse_the_past(self, plan: Plan, new: Iterable[tuple[str, date]], known: set[str], latest: dict[str, date]) -> None:
        """A later value may neither stand before a loaded one nor reach into a month whose books are closed."""
        closed = Month.objects.closed().filter(county__in=[plan.region_id]).order_by("-first").first()
        for key, since in sorted(new):
            if key not in known:
                continue
            if since < latest[key]:
                self.problems.append(f"[{key}] {since}：早于已载入的 {latest[key]}，{LATER}。")
            elif closed and YearMonth.of(since) <= closed.period:
                self.problems.append(f"[{key}] {since}：{closed.label}已经结账，{LATER}（{closed.period.next().first} 或以后）。")

    def _count(self, what: str, is_new: bool) -> None:
        self.added[what] = self.added.get(what, 0) + is_new


def _latest(loaded: Iterable[tuple[str, date]]) -> dict[str, date]:
    found: dict[str, date] = {}
    for key, since in loaded:
        found[key] = max(since, found.get(key, since))
    return found


def _limit_words(limit: DeadlineRule | DatedLimit) -> str:
    return f"{limit.amount}{DEADLINE_UNITS[limit.unit]}{'，遇休息日顺延' if limit.roll_on_holiday else ''}"


def _words(value: Any) -> str:
    return " ".join(str(part) for part in value if part != "") if isinstance(value, tuple) else str(value)
