"""A plan file (TOML) read into plain values, with every problem in it named. design.md §4. No database here."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from programmes.rules import terms as values
from programmes.rules.vocabulary import (
    DEADLINE_UNITS,
    EQUAL_DEADLINES,
    PARTS,
    STATION_KINDS,
    UNITS,
    Key,
    required_keys,
    spec_of,
)

MAY_BE_BLANK = ("document_no", "source")
LARGEST = 1_000_000
# How many characters fit; 50 where nothing is said.
LONGEST = {
    "name": 100, "source": 200, "law": 200, "sentence": 20_000, "text": 2_000, "why": 2_000, "number": 30, "code": 40,
    "document_no": 60, "starts_from": 60,
}  # fmt: skip
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
AMOUNT = re.compile(r"\d{1,10}\.\d{2}")
HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
LOOKS_LIKE_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
LEVELS = ("province", "city", "county", "township", "village")
SECTIONS = ("plan", "place", "organization", "unit", "target", "clause", "note", "deadline")
PLACE_LISTS = ("window.new_counties", "pilot.areas")
TERM_FIELDS = ("clause", "unit", "why", "reading")
PLAN_FIELDS = {
    "code": str, "name": str, "year": int, "document_no": str, "source": str,
    "starts_on": date, "ends_on": date, "parts": list, "pays": list,
}  # fmt: skip


class Unreadable(ValueError):
    """A plan file that may not be loaded; `problems` holds one Chinese sentence per fault."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Place:
    """One region, by its names from the top: ("山西省", "晋城市", "泽州县", "巴公镇")."""

    path: tuple[str, ...]
    level: str
    code: str = ""
    alias: str = ""


@dataclass(frozen=True)
class Body:
    """An organisation of the plan and the cases it is to handle in the year."""

    kind: str
    name: str
    short_name: str = ""
    cases: int | None = None


@dataclass(frozen=True)
class Unit:
    """A station of annex 1 with its yearly targets."""

    order: int
    name: str
    short_name: str
    kind: str
    region: str
    code: str
    consultations: int
    satisfaction: int
    opens_at: str
    closes_at: str
    lunch_minutes: int


@dataclass(frozen=True)
class Sentence:
    """A clause with its words, or (as a note) what is odd about it."""

    number: str
    text: str
    order: int


@dataclass(frozen=True)
class DatedTerm:
    """One value as it stands in the file; `value` is the stored text."""

    key: str
    since: date
    value: str
    kind: str
    unit: str
    clause: str
    reading_code: str = ""
    why: str = ""


@dataclass(frozen=True)
class DatedLimit:
    """One deadline rule as it stands in the file."""

    code: str
    since: date
    amount: int
    unit: str
    name: str
    starts_from: str
    law: str
    roll_on_holiday: bool


@dataclass
class PlanFile:
    """The whole file as values."""

    code: str
    name: str
    year: int
    document_no: str
    source: str
    starts_on: date
    ends_on: date
    parts: list[str]
    pays: list[str]
    places: list[Place] = field(default_factory=list)
    organizations: list[Body] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    clauses: list[Sentence] = field(default_factory=list)
    notes: list[Sentence] = field(default_factory=list)
    terms: list[DatedTerm] = field(default_factory=list)
    limits: list[DatedLimit] = field(default_factory=list)
    targets: dict[str, Any] = field(default_factory=dict)


def parse_toml(content: bytes) -> dict:
    """The file as nested tables. Raises Unreadable with the line at fault; TOML itself refuses a key written twice."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Unreadable([f"文件不是 UTF-8 编码（第 {error.start} 字节起）：请另存为 UTF-8 再载入。"]) from None
    except tomllib.TOMLDecodeError as error:
        raise Unreadable([_toml_problem(str(error))]) from None


def _toml_problem(message: str) -> str:
    place = re.search(r"line (\d+), column (\d+)", message)
    where = f"第 {place[1]} 行第 {place[2]} 列附近" if place else "文件末尾附近"
    if "overwrite" in message or "twice" in message or "mutate" in message:
        return f"{where}：同一个键写了两次，请只留一个。"
    if "date" in message.lower():
        return f"{where}：日期不存在，请写成 2022-01-01。"
    return f"{where}：不是有效的 TOML，请检查引号、等号和方括号。"


def read_plan(content: bytes) -> PlanFile:
    """A plan file as values. Raises Unreadable naming every fault at once."""
    return read_tables(parse_toml(content))


def read_tables(tables: dict) -> PlanFile:
    """The parsed tables as values. Raises Unreadable naming every fault at once."""
    return _Reader(tables).read()


class _Reader:
    """Walks the tables once and gathers the problems, so that all of them are told together."""

    def __init__(self, tables: dict):
        self.tables = tables
        self.problems: list[str] = []

    def complain(self, problem: str) -> None:
        self.problems.append(problem)

    def read(self) -> PlanFile:
        plan = self._plan()
        if plan is None:
            raise Unreadable(self.problems)
        plan.places = self._places()
        plan.organizations = self._organizations()
        plan.units = self._units()
        plan.clauses = self._sentences("clause", "sentence")
        plan.notes = self._sentences("note", "text")
        plan.limits = self._limits(plan)
        self._terms(plan)
        plan.targets = self._targets(plan)
        self._check_whole(plan)
        if self.problems:
            raise Unreadable(self.problems)
        return plan

    # -- tables ----------------------------------------------------------------------------------------------

    def _fields(self, where: str, table: Any, wanted: Mapping[str, type], optional: Mapping[str, type]) -> dict | None:
        """The table's values by name; None when one is missing, unknown or of the wrong kind."""
        if not isinstance(table, dict):
            self.complain(f"{where}：应写成一个表。")
            return None
        before = len(self.problems)
        for name in table.keys() - wanted.keys() - optional.keys():
            self.complain(f"{where}：不认识的键“{name}”。")
        for name in wanted.keys() - table.keys():
            self.complain(f"{where}：缺少“{name}”。")
        for name, kind in (dict(wanted) | dict(optional)).items():
            if name in table and not _is(table[name], kind):
                self.complain(f"{where}：“{name}”应是{KIND_WORDS[kind]}，现在是 {_shown(table[name])}。")
            elif kind is str and name in wanted and name not in MAY_BE_BLANK and not table.get(name, "x").strip():
                self.complain(f"{where}：“{name}”是空的。")
            elif kind is str and len(table.get(name, "")) > (longest := LONGEST.get(name, 50)):
                self.complain(f"{where}：“{name}”超过 {longest} 个字。")
        return table if len(self.problems) == before else None

    def _list(self, name: str) -> list:
        found = self.tables.get(name, [])
        if not isinstance(found, list):
            self.complain(f"“{name}”应写成 [[{name}]]。")
            return []
        return found

    def _plan(self) -> PlanFile | None:
        table = self._fields("[plan]", self.tables.get("plan", {}), PLAN_FIELDS, {})
        if table is None:
            return None
        if not CODE.fullmatch(table["code"]):
            self.complain(f"[plan]：方案代码“{table['code']}”只能用小写字母、数字和连字符，如 zezhou-2022。")
        if not 2000 <= table["year"] <= 2200:
            self.complain(f"[plan]：年度 {table['year']} 不在 2000 至 2200 之间。")
        if table["ends_on"] < table["starts_on"]:
            self.complain("[plan]：结束日期早于开始日期。")
        self._words("[plan] parts", table["parts"], PARTS)
        self._words("[plan] pays", table["pays"], STATION_KINDS, "站点类型")
        return PlanFile(**table)

    def _words(self, where: str, words: list, known: Mapping[str, str], what: str = "值") -> None:
        for word in words:
            if word not in known:
                self.complain(f"{where}：不认识的{what}“{word}”。可用：{'、'.join(known)}。")

    def _places(self) -> list[Place]:
        found = []
        for n, table in enumerate(self._list("place"), 1):
            where = f"[[place]] 第 {n} 个"
            fields = self._fields(where, table, {"path": list, "level": str}, {"code": str, "alias": str})
            if fields is None:
                continue
            if fields["level"] not in LEVELS:
                self.complain(f"{where}：不认识的层级“{fields['level']}”。可用：{'、'.join(LEVELS)}。")
                continue
            if not fields["path"] or any(len(name) > 50 for name in fields["path"]):
                self.complain(f'{where}：“path”要从省写起，如 ["山西省", "晋城市"]，每个名称不超过 50 个字。')
                continue
            found.append(Place(**(fields | {"path": tuple(fields["path"])})))
        paths = {place.path for place in found}
        for place in found:
            if len(place.path) > 1 and place.path[:-1] not in paths:
                self.complain(f"“{'/'.join(place.path)}”的上级没有写出来。")
        if not found:
            self.complain("缺少 [[place]]：要写明方案施行的地区。")
        return found

    def _organizations(self) -> list[Body]:
        found = []
        for n, table in enumerate(self._list("organization"), 1):
            optional = {"short_name": str, "cases": int}
            fields = self._fields(f"[[organization]] 第 {n} 个", table, {"kind": str, "name": str}, optional)
            if fields:
                found.append(Body(**fields))
        return found

    def _units(self) -> list[Unit]:
        wanted = {"name": str, "short_name": str, "kind": str, "consultations": int, "satisfaction": int}
        optional = {"region": str, "code": str, "opens_at": str, "closes_at": str, "lunch_minutes": int}
        blank = {"region": "", "code": "", "opens_at": "08:30", "closes_at": "12:30", "lunch_minutes": 0}
        found: list[Unit] = []
        for order, table in enumerate(self._list("unit"), 1):
            where = f"[[unit]] 第 {order} 个"
            fields = self._fields(where, table, wanted, optional)
            if fields is None:
                continue
            where = f"[[unit]] {fields['name']}"
            if fields["kind"] not in STATION_KINDS:
                self.complain(f"{where}：不认识的站点类型“{fields['kind']}”。可用：{'、'.join(STATION_KINDS)}。")
            if any(unit.name == fields["name"] for unit in found):
                self.complain(f"{where}：写了两次。")
            unit = Unit(order=order, **(blank | fields))
            if not (HOUR.fullmatch(unit.opens_at) and HOUR.fullmatch(unit.closes_at) and unit.opens_at < unit.closes_at):
                self.complain(f"{where}：开放时间应写成 08:30 至 12:30 这样，开始早于结束。")
            found.append(unit)
        return found

    def _sentences(self, name: str, text_field: str) -> list[Sentence]:
        found: list[Sentence] = []
        optional = {} if name == "clause" else {"number": str}
        wanted = {text_field: str} | ({"number": str} if name == "clause" else {})
        for order, table in enumerate(self._list(name), 1):
            fields = self._fields(f"[[{name}]] 第 {order} 个", table, wanted, optional)
            if fields is None:
                continue
            number = fields.get("number", "")
            if name == "clause" and any(sentence.number == number for sentence in found):
                self.complain(f"[[clause]] {number}：写了两次。")
            found.append(Sentence(number, fields[text_field].strip(), order))
        return found

    # -- dated values ----------------------------------------------------------------------------------------

    def _dated(self, where: str, table: dict, fields: tuple[str, ...], plan: PlanFile) -> dict[date, Any]:
        """The dated values of a table; every other key must be one of `fields`."""
        found: dict[date, Any] = {}
        for name, value in table.items():
            if name in fields:
                continue
            try:
                since = date.fromisoformat(name)
            except ValueError:
                fault = "不是有效的日期，请写成 2022-01-01" if LOOKS_LIKE_DATE.fullmatch(name) else "是不认识的键"
                self.complain(f"{where}：“{name}”{fault}。")
                continue
            if since > plan.ends_on:
                self.complain(f"{where}：{since} 晚于方案的结束日期 {plan.ends_on}。")
            found[since] = value
        if not found:
            self.complain(f"{where}：没有写从哪天起的值，如 2022-01-01 = …。")
        elif min(found) > plan.starts_on:
            self.complain(f"{where}：最早的值从 {min(found)} 起，方案第一天 {plan.starts_on} 就要有值。")
        return found

    def _limits(self, plan: PlanFile) -> list[DatedLimit]:
        tables = self.tables.get("deadline", {})
        if not isinstance(tables, dict):
            self.complain("“deadline”应写成 [deadline.代码]。")
            return []
        wanted = {"name": str, "unit": str, "law": str}
        optional = {"starts_from": str, "roll_on_holiday": bool}
        found = []
        for code, table in tables.items():
            where = f"[deadline.{code}]"
            if not isinstance(table, dict):
                self.complain(f"{where}：应写成一个表。")
                continue
            plain = {name: value for name, value in table.items() if not LOOKS_LIKE_DATE.fullmatch(name)}
            fields = self._fields(where, plain, wanted, optional)
            dated = self._dated(where, table, (*wanted, *optional, *plain), plan)
            if fields is None:
                continue
            if fields["unit"] not in DEADLINE_UNITS:
                self.complain(f"{where}：不认识的单位“{fields['unit']}”。可用：{'、'.join(DEADLINE_UNITS)}。")
                continue
            for since, amount in dated.items():
                if not _is(amount, int) or not 1 <= amount <= 3650:
                    self.complain(f"{where}：{since} 的数量应是 1 至 3650 的整数，现在是 {_shown(amount)}。")
                    continue
                found.append(
                    DatedLimit(
                        code=code,
                        since=since,
                        amount=amount,
                        **({"starts_from": "", "roll_on_holiday": False} | fields),
                    )
                )
        return found

    def _terms(self, plan: PlanFile) -> None:
        numbers = {clause.number for clause in plan.clauses}
        for name, table in self.tables.items():
            if name not in SECTIONS:
                self._walk(name, table, plan, numbers)
        known = {term.key for term in plan.terms}
        complained = "\n".join(self.problems)
        for key in sorted(required_keys(plan.parts, plan.pays) - known):
            if f"[{key}]" not in complained:
                self.complain(f"缺少 [{key}]：含有“{'、'.join(PARTS.get(p, p) for p in plan.parts)}”的方案必须写明。")

    def _walk(self, key: str, table: Any, plan: PlanFile, numbers: set[str]) -> None:
        if not isinstance(table, dict):
            self.complain(f"“{key}”是不认识的键。")
            return
        if spec := spec_of(key):
            self._term(key, spec, table, plan, numbers)
            return
        below = {name: value for name, value in table.items() if isinstance(value, dict)}
        if len(below) < len(table) or not below:
            self.complain(f"[{key}]：不认识的键，程序里没有读它的规则。")
            return
        for name, value in below.items():
            self._walk(f"{key}.{name}", value, plan, numbers)

    def _term(self, key: str, spec: Key, table: dict, plan: PlanFile, numbers: set[str]) -> None:
        where = f"[{key}]"
        kind = key.rpartition(".")[2]
        if kind in STATION_KINDS and kind not in plan.pays:
            self.complain(f"{where}：方案的 pays 里没有站点类型“{kind}”。")
        if spec.part and spec.part not in plan.parts:
            self.complain(f"{where}：方案的 parts 里没有“{spec.part}”。")
        for name in TERM_FIELDS:
            if name in table and not (_is(table[name], str) and len(table[name]) <= LONGEST.get(name, 50)):
                self.complain(f"{where}：“{name}”应是带引号的文字，现在是 {_shown(table[name])}。")
                return
        clause, unit = table.get("clause"), table.get("unit", "" if spec.units == ("",) else None)
        reading_code, why = table.get("reading", ""), table.get("why", "")
        if clause is None:
            self.complain(f"{where}：缺少“clause”（条款）。")
        elif clause not in numbers:
            self.complain(f"{where}：条款“{clause}”不在本方案的 [[clause]] 里。")
        if unit is None:
            self.complain(f"{where}：缺少“unit”（单位）。")
        elif unit not in UNITS:
            self.complain(f"{where}：不认识的单位“{unit}”。可用：{'、'.join(u for u in UNITS if u)}。")
        elif unit not in spec.units:
            self.complain(f"{where}：单位应是{'或'.join(u or '空' for u in spec.units)}，现在是“{unit}”。")
        if key.startswith("reading."):
            reading_code = reading_code or key.removeprefix("reading.")
        if (reading_code or why) and not (why.strip() and reading_code and len(reading_code) <= 20):
            self.complain(f"{where}：我们的理解口径要写明编号（reading）和理由（why）。")
        for since, value in self._dated(where, table, TERM_FIELDS, plan).items():
            text = self._value(f"{where} {since}", spec, value)
            if text is None or clause is None or unit is None:
                continue
            plan.terms.append(DatedTerm(key, since, text, spec.kind, unit, clause, reading_code, why.strip()))

    def _value(self, where: str, spec: Key, value: Any) -> str | None:
        """The value as stored text; None (and a problem) when it is not of the key's kind."""
        check, words = VALUE_CHECKS[spec.kind]
        if not check(value):
            self.complain(f"{where}：{words}，现在是 {_shown(value)}。")
            return None
        text = values.stored(value)
        allowed = spec.choices
        given = list(value) if isinstance(value, list) else [text]
        unknown = [word for word in given if allowed and word not in allowed]
        if unknown:
            self.complain(f"{where}：程序不认识“{'、'.join(unknown)}”。可用：{'、'.join(allowed)}。")
            return None
        if isinstance(value, list) and len(set(value)) < len(value):
            self.complain(f"{where}：清单里有重复的项。")
            return None
        return text

    # -- the whole -------------------------------------------------------------------------------------------

    def _targets(self, plan: PlanFile) -> dict[str, Any]:
        """The printed totals of the annexes, and the clause they stand in."""
        if "target" not in self.tables and not plan.units:
            return {}
        wanted = {"clause": str, "consultations": int, "satisfaction": int, "cases": int}
        table = self._fields("[target]", self.tables.get("target", {}), wanted, {})
        if table is None:
            return {}
        shares = {"consultations": sum(unit.consultations for unit in plan.units)}
        shares["cases"] = sum(body.cases or 0 for body in plan.organizations)
        for name, words in (("consultations", "免费法律咨询"), ("cases", "法律援助案件")):
            if shares[name] != table[name]:
                self.complain(
                    f"[target]：{words}各单位合计 {shares[name]}，与方案印的合计 {table[name]} 不符，"
                    f"差 {abs(shares[name] - table[name])}。"
                )
        if any(unit.satisfaction > 100 for unit in plan.units) or table["satisfaction"] > 100:
            self.complain("[target]：满意度不能超过 100。")
        return table

    def _check_whole(self, plan: PlanFile) -> None:
        regions = {place.path[-1] for place in plan.places}
        for unit in plan.units:
            if unit.region and unit.region not in regions:
                self.complain(f"[[unit]] {unit.name}：地区“{unit.region}”不在 [[place]] 里。")
        for term in plan.terms:
            if term.key in PLACE_LISTS:
                for name in term.value.split(values.LIST_SEPARATOR):
                    if name not in regions:
                        self.complain(f"[{term.key}]：地区“{name}”不在 [[place]] 里。")
        first = {term.key: term.value for term in sorted(plan.terms, key=lambda term: term.since, reverse=True)}
        for key, code in EQUAL_DEADLINES.items():
            amounts = {limit.amount for limit in plan.limits if limit.code == code}
            if key in first and {int(first[key])} != amounts:
                self.complain(f"[{key}]：与 [deadline.{code}] 的数量不一致。")
        for key, name in (("consultation.total", "consultations"), ("case.total", "cases")):
            if key in first and plan.targets and int(first[key]) != plan.targets[name]:
                self.complain(f"[{key}]：{first[key]} 与 [target] 的合计 {plan.targets[name]} 不符。")


def _shown(value: Any) -> str:
    """What stands in the file, short enough for a sentence."""
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"


def _is(value: Any, kind: type) -> bool:
    """Whether a TOML value is of that kind: true is no number, a date-time is no date."""
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
    if kind is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    if kind is list:
        return isinstance(value, list) and all(
            isinstance(item, str) and item and values.LIST_SEPARATOR not in item for item in value
        )
    return isinstance(value, kind)


KIND_WORDS = {
    str: "带引号的文字",
    int: "0 至 1000000 的整数",
    date: "日期（2022-01-01，不加引号）",
    list: "文字清单",
    bool: "true 或 false",
}
_Check = tuple[Callable[[Any], bool], str]
VALUE_CHECKS: dict[str, _Check] = {
    values.YUAN: (
        lambda value: isinstance(value, str) and bool(AMOUNT.fullmatch(value)),
        '金额要写成带引号、两位小数的文字，如 "50.00"',
    ),
    values.SHARE: (
        lambda value: isinstance(value, str) and bool(re.fullmatch(r"[01]\.\d{2}", value)) and float(value) <= 1,
        '比例要写成带引号、两位小数的文字，如 "0.50"',
    ),
    values.INT: (lambda value: _is(value, int), "应是不带引号的整数"),
    values.BOOL: (lambda value: isinstance(value, bool), "应是 true 或 false"),
    values.TEXT: (lambda value: isinstance(value, str) and bool(value.strip()), "应是带引号的文字"),
    values.DATE: (lambda value: _is(value, date), "应是不带引号的日期，如 2021-10-01"),
    values.LIST: (lambda value: _is(value, list) and bool(value), "应是文字清单"),
}
