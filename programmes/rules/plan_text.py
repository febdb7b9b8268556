"""A plan written back as the text of its file. `read_plan` of the result gives the same plan."""

import json
from collections.abc import Iterable
from itertools import groupby

from programmes.rules import terms as values
from programmes.rules.plan_file import DatedLimit, DatedTerm, PlanFile


def write_plan(plan: PlanFile) -> str:
    """The whole file as TOML."""
    blocks = [
        _table(
            "[plan]",
            [
                ("code", text(plan.code)),
                ("name", text(plan.name)),
                ("year", str(plan.year)),
                ("document_no", text(plan.document_no)),
                ("source", text(plan.source)),
                ("starts_on", plan.starts_on.isoformat()),
                ("ends_on", plan.ends_on.isoformat()),
                ("parts", text_list(plan.parts)),
                ("pays", text_list(plan.pays)),
            ],
        )
    ]
    for place in plan.places:
        blocks.append(
            _table(
                "[[place]]",
                [
                    ("path", text_list(place.path)),
                    ("level", text(place.level)),
                    ("code", text(place.code)),
                    ("alias", text(place.alias)),
                ],
            )
        )
    for body in plan.organizations:
        cases = [("cases", str(body.cases))] if body.cases is not None else []
        blocks.append(
            _table(
                "[[organization]]",
                [("kind", text(body.kind)), ("name", text(body.name)), ("short_name", text(body.short_name)), *cases],
            )
        )
    if plan.targets:
        blocks.append(
            _table(
                "[target]",
                [(name, text(value) if isinstance(value, str) else str(value)) for name, value in plan.targets.items()],
            )
        )
    for unit in plan.units:
        blocks.append(
            _table(
                "[[unit]]",
                [
                    ("name", text(unit.name)),
                    ("short_name", text(unit.short_name)),
                    ("kind", text(unit.kind)),
                    ("region", text(unit.region)),
                    ("code", text(unit.code)),
                    ("consultations", str(unit.consultations)),
                    ("satisfaction", str(unit.satisfaction)),
                    ("opens_at", text(unit.opens_at)),
                    ("closes_at", text(unit.closes_at)),
                    ("lunch_minutes", str(unit.lunch_minutes)),
                ],
            )
        )
    blocks += [_table("[[clause]]", [("number", text(row.number)), ("sentence", text(row.text))]) for row in plan.clauses]
    blocks += [_table("[[note]]", [("number", text(row.number)), ("text", text(row.text))]) for row in plan.notes]
    blocks += _limits(plan.limits)
    blocks += _terms(plan.terms)
    return "\n".join(blocks)


def text(value: str) -> str:
    """A TOML basic string: JSON's escapes are among TOML's, which wants the delete character escaped as well."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def text_list(items: Iterable[str]) -> str:
    return f"[{', '.join(text(item) for item in items)}]"


def _table(head: str, fields: list[tuple[str, str]]) -> str:
    return "\n".join([head, *(f"{name} = {value}" for name, value in fields if value != '""' or name in KEPT_BLANK)]) + "\n"


KEPT_BLANK = ("document_no", "source", "short_name")


def _limits(limits: list[DatedLimit]) -> Iterable[str]:
    for code, rows in groupby(sorted(limits, key=lambda row: (row.code, row.since)), key=lambda row: row.code):
        dated = list(rows)
        last = dated[-1]
        fields = [
            ("name", text(last.name)),
            ("starts_from", text(last.starts_from)),
            ("unit", text(last.unit)),
            ("roll_on_holiday", values.stored(last.roll_on_holiday)),
            ("law", text(last.law)),
        ]
        yield _table(f"[deadline.{code}]", fields + [(row.since.isoformat(), str(row.amount)) for row in dated])


def _terms(terms: list[DatedTerm]) -> Iterable[str]:
    for key, rows in groupby(sorted(terms, key=lambda row: (row.key, row.since)), key=lambda row: row.key):
        dated = list(rows)
        last = dated[-1]
        is_named_by_key = key == f"reading.{last.reading_code}"
        fields = [
            ("clause", text(last.clause)),
            ("unit", text(last.unit)),
            ("reading", text("" if is_named_by_key else last.reading_code)),
            ("why", text(last.why)),
        ]
        yield _table(f"[{key}]", fields + [(row.since.isoformat(), written(row.kind, row.value)) for row in dated])


def written(kind: str, value: str) -> str:
    """A stored value as the file writes it: amounts, shares and words quoted, numbers, dates and true bare."""
    if kind == values.LIST:
        return text_list(value.split(values.LIST_SEPARATOR))
    if kind in (values.YUAN, values.SHARE, values.TEXT):
        return text(value)
    return value
