"""Opening the next year from this one's plan: a draft that people change, and that a second person puts in force."""

import datetime
from dataclasses import replace

from django.db import transaction

from accounts import audit
from accounts.models import User
from common import clock
from common.errors import Refused
from programmes.models import Plan, PlanDraft
from programmes.rules import next_year as rules
from programmes.rules import terms as values
from programmes.rules.plan_file import AMOUNT, DatedLimit, DatedTerm, PlanFile, Unreadable, read_plan
from programmes.rules.plan_text import write_plan
from programmes.rules.vocabulary import label_of, shown_value
from programmes.services.loading import Loaded, PlanRefused, load_plan


class DraftError(Refused):
    """The draft cannot be opened, changed or confirmed now."""


@transaction.atomic
def open_next_year(*, plan: Plan, by: User) -> PlanDraft:
    """Draw the following year's plan from this one: same terms and targets, dates moved by a year. Nothing is in force yet."""
    year = plan.year + 1
    if Plan.objects.filter(region=plan.region, year=year).exists():
        raise DraftError(f"{plan.region}{year}年的方案已经载入。")
    if PlanDraft.objects.open().filter(source=plan, year=year).exists():
        raise DraftError(f"{plan.region}{year}年的方案草稿已经有人在编制。")
    text = write_plan(rules.next_year(_as_loaded(plan)))
    draft = PlanDraft.objects.create(source=plan, year=year, text=text, opened_by=by, opened_at=clock.real_now(), changed_by=by)
    audit.record(by=by, action="programmes.open_year", on=draft, after={"年度": year, "依据的方案": plan.code})
    return draft


@transaction.atomic
def change_draft(*, draft_id: int, version: int, name: str, document_no: str, changed: dict[str, str], by: User) -> PlanDraft:
    """Type over values of the draft: `changed` maps a term's key, `unit:站点` or `organization:机构` to what was typed.

    Raises PlanRefused with one sentence per fault; then the draft stays as it was.
    """
    draft = _open_draft(draft_id, version)
    before = read_plan(draft.text.encode())
    after = rules.with_changes(before, _changes(before, name, document_no, changed))
    text = write_plan(after)
    try:
        read_plan(text.encode())
    except Unreadable as error:
        raise PlanRefused(error.problems) from None
    if text == draft.text:
        return draft
    draft.text, draft.changed_by = text, by
    draft.version += 1
    draft.save(update_fields=["text", "changed_by", "version"])
    old, new = _flat(before), _flat(after)
    different = audit.changes(old, new)
    if different:
        audit.record(by=by, action="programmes.open_year", on=draft, before=different[0], after=different[1])
    return draft


@transaction.atomic
def confirm_draft(*, draft_id: int, version: int, by: User) -> Loaded:
    """Put the draft in force through the loader with all its refusals. Not by whoever changed it last."""
    draft = _open_draft(draft_id, version)
    if draft.changed_by_id == by.pk:
        raise DraftError("最后修改草稿的人不能自己确认，请由另一人核对后确认。")
    loaded = load_plan(content=draft.text.encode(), by=by)
    draft.state, draft.decided_by, draft.decided_at = PlanDraft.State.LOADED, by, clock.real_now()
    draft.save(update_fields=["state", "decided_by", "decided_at"])
    return loaded


@transaction.atomic
def drop_draft(*, draft_id: int, version: int, by: User) -> PlanDraft:
    """Give the draft up. The plan it came from is not touched."""
    draft = _open_draft(draft_id, version)
    draft.state, draft.decided_by, draft.decided_at = PlanDraft.State.DROPPED, by, clock.real_now()
    draft.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record(by=by, action="programmes.open_year", on=draft, after={"状态": draft.get_state_display()})
    return draft


def differences(*, draft: PlanDraft) -> list[tuple[str, str, str]]:
    """What the draft says otherwise than this year's plan: name, this year, next year. For who confirms it."""
    this, new = _flat(_as_loaded(draft.source)), _flat(read_plan(draft.text.encode()))
    return [(name, this.get(name, "—"), value) for name, value in new.items() if this.get(name) != value]


def _as_loaded(plan: Plan) -> PlanFile:
    """The plan's file with every value that is loaded: also those that another version of the file brought in."""
    terms = [
        DatedTerm(row.key, row.since, row.value, row.value_kind, row.unit, row.clause, row.reading_code, row.why)
        for row in plan.terms.all()
    ]
    limits = [
        DatedLimit(row.code, row.since, row.amount, row.unit, row.name, row.starts_from, row.law, row.roll_on_holiday)
        for row in plan.deadline_rules.all()
    ]
    return replace(read_plan(plan.text.encode()), terms=terms, limits=limits)


def _open_draft(draft_id: int, version: int) -> PlanDraft:
    draft = PlanDraft.objects.select_for_update(of=("self",)).select_related("source__region").get(pk=draft_id)
    if draft.state != PlanDraft.State.OPEN:
        raise DraftError(f"这份草稿{draft.get_state_display()}，不能再改。")
    if draft.version != version:
        raise DraftError("草稿刚被别人改过，请重新打开再改。")
    return draft


def _changes(plan: PlanFile, name: str, document_no: str, changed: dict[str, str]) -> rules.Changes:
    """What was typed, checked field by field. Raises PlanRefused naming each field at fault."""
    problems: list[str] = []
    kinds = {term.key: term.kind for term in plan.terms}
    given: dict[str, str] = {}
    counts: dict[str, dict[str, int]] = {"unit": {}, "organization": {}}
    for key, text in changed.items():
        typed = text.strip()
        where, _, unit = key.partition(":")
        if where in counts and unit:
            if typed.isdecimal():
                counts[where][unit] = int(typed)
            else:
                problems.append(f"{unit}的目标任务应是整数，现在是“{typed}”。")
        elif key in kinds:
            if problem := _fault(kinds[key], typed):
                problems.append(f"{label_of(key)}{problem}，现在是“{typed}”。")
            else:
                given[key] = typed
    if not name.strip():
        problems.append("没有写方案名称。")
    if problems:
        raise PlanRefused(problems)
    return rules.Changes(name.strip(), document_no.strip(), given, counts["unit"], counts["organization"])


def _fault(kind: str, typed: str) -> str:
    """What is wrong with a typed value; empty when nothing is. The words it may be are the reader's business."""
    if kind == values.YUAN:
        return "" if AMOUNT.fullmatch(typed) else "应写成两位小数的金额，如 50.00"
    if kind == values.INT:
        return "" if typed.isdecimal() else "应是整数"
    if kind == values.BOOL:
        return "" if typed in ("true", "false") else "应选是或否"
    if kind == values.DATE:
        try:
            datetime.date.fromisoformat(typed)
        except ValueError:
            return "应写成 2023-01-01 这样的日期"
    return "" if typed else "没有填写"


def _flat(plan: PlanFile) -> dict[str, str]:
    """A draft's values by their Chinese names, for the audit entry."""
    return {
        "方案名称": plan.name,
        "文号": plan.document_no,
        **{label_of(term.key): shown_value(term.key, values.typed(term.kind, term.value)) for term in plan.terms},
        **{unit.name: str(unit.consultations) for unit in plan.units},
        **{body.name: str(body.cases) for body in plan.organizations if body.cases is not None},
    }
