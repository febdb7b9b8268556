"""What the plan asks of people on duty, as pure rules: proofs of a kind, public servants, dated history."""

from dataclasses import dataclass
from datetime import date, timedelta

LEAST_SERVICE_YEARS = 5
CERTIFICATE_DIGITS = 17
PUBLIC_KINDS = frozenset({"public_lawyer", "agency_staff"})
COLLEGE_KINDS = frozenset({"law_teacher", "law_student"})
FIRM_KINDS = frozenset({"lawyer", "public_lawyer", "grassroots_worker"})


@dataclass(frozen=True)
class Proofs:
    """What is known about a person that proves her kind."""

    kind: str
    service_years: int | None = None
    qualification_no: str = ""
    retired_from: str = ""
    retired_on: date | None = None
    practice_certificate_no: str = ""
    has_organization: bool = False
    remark: str = ""


def missing_proofs(proofs: Proofs) -> list[tuple[str, str]]:
    """What keeps a person of this kind out of the pool, as (field, sentence). Z-DUTY-1, plan 四（一）3.

    People retired from political-legal organs served five years or more; teachers and students of law hold the
    certificate of the legal professional examination.
    """
    problems = []
    if proofs.kind == "retired_politlegal" and (proofs.service_years or 0) < LEAST_SERVICE_YEARS:
        problems.append(
            ("service_years", "政法机关退休人员须从事相关业务 5 年以上：请填写年限，不足 5 年的不能入库（方案四（一）3）。")
        )
    if proofs.kind in COLLEGE_KINDS and not proofs.qualification_no:
        problems.append(("qualification_no", "高校法律专业师生须通过法律职业资格考试：请填写法律职业资格证号（方案四（一）3）。"))
    return problems


def doubtful_proofs(proofs: Proofs, today: date) -> list[str]:
    """What the leader should see before deciding; none of it keeps anybody out. Z-DUTY-1, domain.md 4.3."""
    doubts = []
    if proofs.kind in FIRM_KINDS and not proofs.practice_certificate_no:
        doubts.append("没有填写执业证号")
    number = proofs.practice_certificate_no
    if number and not (number.isdigit() and len(number) == CERTIFICATE_DIGITS):
        doubts.append(f"执业证号不是 {CERTIFICATE_DIGITS} 位数字")
    if proofs.kind in FIRM_KINDS and not proofs.has_organization:
        doubts.append("没有登记所属单位")
    if proofs.kind == "retired_politlegal":
        if not proofs.retired_from:
            doubts.append("没有填写退休单位和从事业务")
        if proofs.retired_on is None:
            doubts.append("没有填写退休日期")
        elif proofs.retired_on > today:
            doubts.append("退休日期还没到")
    if proofs.kind == "other_non_public" and not proofs.remark:
        doubts.append("没有在备注中说明从事的法律事务")
    return doubts


def is_public_by_kind(kind: str) -> bool:
    """Who counts as a public servant where nothing else is said. Z-DUTY-2, plan 四（一）3; contract.md 3.2."""
    return kind in PUBLIC_KINDS


def public_servant_problem(kind: str, stated: bool | None) -> str:
    """Why this status cannot be, or nothing: a 公职律师 is a public servant by definition. Z-DUTY-2."""
    if kind == "public_lawyer" and stated is False:
        return "公职律师是公职人员：请先变更人员类别，或选“是”（方案四（一）3）。"
    return ""


@dataclass(frozen=True)
class Span:
    """A dated state; `until` is its last day, None while it lasts."""

    since: date
    until: date | None
    value: object = None

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Placement:
    """How a new state beginning on a day fits into a history: which earlier one it ends, when the next one ends it."""

    ends: Span | None
    ends_on: date | None
    replaces: Span | None
    until: date | None


def place(history: list[Span], since: date) -> Placement:
    """Where a state that begins on `since` goes: it ends the one in force, and yields to the next that is known."""
    covering = next((span for span in history if span.covers(since)), None)
    later = [span.since for span in history if span.since > since]
    until = min(later) - timedelta(days=1) if later else None
    if covering and covering.since == since:
        return Placement(None, None, covering, covering.until if covering.until else until)
    return Placement(covering, since - timedelta(days=1) if covering else None, None, until)


def overlap(a_since: date, a_until: date | None, b_since: date, b_until: date | None) -> bool:
    """Whether two spans of days share a day."""
    return (a_until is None or b_since <= a_until) and (b_until is None or a_since <= b_until)
