"""What the pages of marks and quarterly lists show: lines with their facts, cases by state, the list explained, its steps."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

from accounts.policy import may
from common import clock
from common.errors import Refused
from common.money import ZERO
from common.periods import Quarter
from legalaid.models import AidCase
from programmes.rules.vocabulary import GROUPS, ORGANS, PROCEDURES, STAGES
from subsidies.models import CaseClaim, CaseList, CaseMark
from subsidies.rules.case_subsidy import NOTHING, WorthCase, by_conclusion, effect_of_order
from subsidies.rules.eligibility import ANSWERS, BUREAU, NO, YES
from subsidies.services.case_figures import (
    CONCLUDED,
    CaseFacts,
    JudgedCase,
    PlanRules,
    facts_of,
    handed_in_of,
    judged,
    plan_with_cases,
)
from subsidies.services.case_lists import Status, why_not_by
from subsidies.services.sheet_page import Step, signed

TONES = {YES: "ok", NO: "bad", BUREAU: "warn"}
ICONS = {YES: "circle-check", NO: "circle-x", BUREAU: "circle-alert"}
GROUP_WORDS = GROUPS | {"none": "无"}
LABELS = {
    field.name: dict(field.flatchoices)
    for field in AidCase._meta.get_fields()
    if getattr(field, "flatchoices", None) and field.name in ("type", "source", "basis", "hardship", "quality_grade")
}


@dataclass(frozen=True)
class ToldLine:
    """One line of the eligibility page: the question, the answer, what the case says, the clause, the reading."""

    question: str
    answer: str
    words: str
    tone: str
    icon: str
    fact: str
    clause: str
    reason: str
    reading: str


def told_lines(facts: CaseFacts, verdict) -> list[ToldLine]:
    """The lines of a case with the fact behind each."""
    return [
        ToldLine(
            line.question,
            line.answer,
            ANSWERS[line.answer],
            TONES[line.answer],
            ICONS[line.answer],
            fact_behind(line.code, facts),
            line.clause,
            line.reason,
            line.reading,
        )
        for line in verdict.lines
    ]


def fact_behind(code: str, facts: CaseFacts) -> str:
    """What the case itself says to a question."""
    words = {
        "group": lambda: "、".join(GROUP_WORDS[group] for group in (facts.primary_group, *facts.other_groups)),
        "type": lambda: LABELS["type"][facts.type],
        "basis": lambda: LABELS["basis"][facts.basis],
        "organ": lambda: ORGANS.get(facts.organ, "没有登记"),
        "stage": lambda: STAGES.get(facts.stage, facts.stage),
        "procedure": lambda: PROCEDURES.get(facts.procedure, "没有登记"),
        "approved": lambda: day_or(facts.approved_on or (facts.received_on if facts.source == "notice" else None)),
        "concluded": lambda: day_or(facts.concluded_on),
        "hardship": lambda: LABELS["hardship"][facts.hardship],
        "entered": lambda: f"{facts.provincial_no or '没有案号'}，{day_or(facts.provincial_entered_on)}",
        "archived": lambda: day_or(facts.archived_on),
        "quality": lambda: (
            f"{day_or(facts.quality_verified_on)}{'，' + LABELS['quality_grade'][facts.quality_grade] if facts.quality_grade else ''}"
        ),
        "undertaker": lambda: "法律援助机构人员" if facts.is_agency else "不是机构人员",
        "double": lambda: "已发普通补贴" if facts.is_ordinary_paid else "没有发过",
        "marked": lambda: day_or(facts.marked_on),
    }
    return words[code]()


def day_or(day: date | None) -> str:
    return day.isoformat() if day else "没有日期"


# -- the list of cases by what becomes of them

MARKABLE, WAITING, MARKED, LISTED, OPEN, HELD = "markable", "waiting", "marked", "listed", "open", "held"
STATE_WORDS = {
    MARKABLE: "可以标注",
    WAITING: "待主任签发",
    MARKED: "已标注，待列入",
    LISTED: "已列入季表",
    HELD: "已退回，待更正",
    OPEN: "暂不符合",
}
STATE_TONES = {MARKABLE: "info", WAITING: "warn", MARKED: "ok", LISTED: "ok", HELD: "bad", OPEN: "mute"}


@dataclass(frozen=True)
class CaseRow:
    """One case of the year as the list of marks shows it."""

    case: JudgedCase
    state: str
    mark: CaseMark | None
    claim: CaseClaim | None

    @property
    def words(self):
        if self.state == LISTED and self.claim:
            return self.claim.list.get_status_display()
        if self.case.marked_on and self.case.reasons:
            return "已标注，不发补贴"
        return STATE_WORDS[self.state]

    @property
    def tone(self):
        return "bad" if self.case.marked_on and self.case.reasons else STATE_TONES[self.state]

    @property
    def quarter_label(self):
        return self.case.quarter.label if self.case.quarter else ""

    @property
    def reasons(self):
        """Why it is not worth money, but for the mark itself."""
        return [line.reason for line in self.case.lines if line.reason and line.code != "marked"]

    @property
    def type_words(self):
        return LABELS["type"][self.case.facts.type]

    @property
    def group_words(self):
        return GROUP_WORDS[self.case.facts.primary_group]


def year_of_cases(*, county, year, only=None) -> list[CaseRow]:
    """Every case of the plan's year, concluded in its window or marked in it. A handful of queries.

    `only` are the ids a reader may see; the places are counted over all of them.
    """
    rules = PlanRules(plan_with_cases(county=county, year=year))
    cases = list(judged({county.pk: rules}, until=Quarter(year, 4)))
    known = {case.id for case in cases}
    window = {"counties": [county.pk], "from": rules.latest.concluded_from, "to": rules.latest.concluded_to}
    for row in facts_of(CONCLUDED, window):
        facts = CaseFacts._make(row[1:])
        if facts.id not in known:
            cases.append(JudgedCase(county.pk, facts, rules.judge(facts), NOTHING, None))
    if only is not None:
        cases = [case for case in cases if case.id in only]
    ids = [case.id for case in cases]
    marks = {mark.case_id: mark for mark in CaseMark.objects.filter(case__in=ids)}
    claims = {claim.case_id: claim for claim in CaseClaim.objects.filter(case__in=ids).select_related("list")}
    return [
        CaseRow(case, state_of(case, marks.get(case.id), claims.get(case.id)), marks.get(case.id), claims.get(case.id))
        for case in cases
    ]


def state_of(case, mark, claim):
    if claim and claim.list_id:
        return LISTED
    if claim and claim.is_held:
        return HELD
    if mark and mark.state == CaseMark.State.PROPOSED:
        return WAITING
    if case.marked_on:
        return MARKED if case.verdict.is_worth else OPEN
    return MARKABLE if case.verdict.may_be_marked else OPEN


# -- a quarterly list

NEXT = {
    Status.DRAFT: ("submit", "subsidies.submit_case_list", "签字报送县司法局", "援助中心主任签报"),
    Status.SUBMITTED: ("review", "subsidies.review_case_list", "复核通过，送财务审核", "业务股复核"),
    Status.REVIEWED: ("check", "subsidies.check_pay", "审核通过，送局领导审批", "财务审核"),
    Status.CHECKED: ("approve", "subsidies.approve_pay", "审批同意，送出纳支付", "局领导审批"),
    Status.APPROVED: ("pay", "subsidies.pay", "登记支付", "出纳支付"),
}
DONE = {Status.DRAFT: 1, Status.SUBMITTED: 2, Status.REVIEWED: 3, Status.CHECKED: 4, Status.APPROVED: 5, Status.PAID: 6}


def steps_of(case_list) -> list[Step]:
    """The way of a list with who and when. One query."""
    words = [
        ("编制", signed(case_list.drafted_by, case_list.drafted_at)),
        ("签报", signed(case_list.submitted_by, case_list.submitted_at)),
        ("复核", signed(case_list.reviewed_by, case_list.reviewed_at)),
        ("审核", signed(case_list.checked_by, case_list.checked_at)),
        ("审批", signed(case_list.approved_by, case_list.approved_at)),
        ("支付", paid_words(case_list)),
    ]
    done, steps = DONE[case_list.status], []
    for number, (name, who) in enumerate(words):
        is_bad = name == "支付" and who.endswith("待重付")
        state = "bad" if is_bad else "done" if number < done else "now" if number == done else ""
        steps.append(Step(name, who, state))
    return steps


def paid_words(case_list) -> str:
    if case_list.status not in (Status.APPROVED, Status.PAID):
        return "待办"
    waiting = case_list.rows.to_pay().count()
    if case_list.status == Status.PAID:
        if waiting:
            return f"{waiting} 笔待重付"
        return f"已付清，{case_list.paid_at.astimezone(clock.SHANGHAI):%-m月%-d日}"
    return f"还有 {waiting} 笔"


@dataclass(frozen=True)
class NextStep:
    """What this reader may do with the list now; `why_not` says why she may not although her post would allow it."""

    step: str
    words: str
    who: str
    is_mine: bool
    why_not: str = ""


def next_step(case_list, user) -> NextStep | None:
    """The one act that brings the list further, seen by this reader; None for a paid list."""
    if case_list.status not in NEXT:
        return None
    step, action, words, who = NEXT[case_list.status]
    if not may(user, action):
        return NextStep(step, words, who, False)
    why_not = why_not_by(case_list, step, user)
    return NextStep(step, words, who, not why_not, why_not)


@dataclass
class ListedCase:
    """A case of a list as the page explains it."""

    claim: CaseClaim
    facts: CaseFacts
    verdict: object
    parts: list = field(default_factory=list)
    is_last_place: bool = False
    is_first_beyond: bool = False

    @property
    def special(self) -> Decimal:
        return sum((part.amount for part in self.parts if part.kind == "special"), ZERO)

    @property
    def operating(self) -> Decimal:
        return sum((part.amount for part in self.parts if part.kind != "special"), ZERO)

    @property
    def type_words(self):
        return LABELS["type"][self.facts.type]

    @property
    def group_words(self):
        return GROUP_WORDS[self.facts.primary_group]

    @property
    def lines(self):
        return told_lines(self.facts, self.verdict)


def listed_cases(case_list) -> list[ListedCase]:
    """Every case of a list in its order, with facts, verdict and parts. A handful of queries."""
    rules = PlanRules(case_list.plan)
    claims = list(
        case_list.claims.select_related("case", "organization", "practitioner")
        .prefetch_related("parts__fund")
        .defer("case__id_number")
    )
    facts = {
        row[1]: CaseFacts._make(row[1:]) for row in facts_of("c.id = ANY(%(cases)s)", {"cases": [c.case_id for c in claims]})
    }
    found = [
        ListedCase(claim, facts[claim.case_id], rules.judge(facts[claim.case_id]), list(claim.parts.all())) for claim in claims
    ]
    found.sort(key=lambda each: (each.claim.marked_on or date.max, each.facts.concluded_on or date.max, each.facts.number))
    beyond = next((each for each in found if each.operating and not each.special), None)
    for each in found:
        each.is_last_place = each.claim.place == rules.target
        each.is_first_beyond = each is beyond
    return found


def other_order(case_list) -> list:
    """Which cases would be paid from another fund if the order were that of the conclusion (reading D17). Shown, not decided."""
    rules = PlanRules(case_list.plan)
    cases = [
        WorthCase(case.facts, case.verdict, rules.least(case.facts))
        for case in judged({case_list.county_id: rules}, until=case_list.period)
        if case.verdict.is_worth
    ]
    fixed = handed_in_of([case_list.county_id], [case_list.plan_id]).get(case_list.county_id, {})
    mine = set(case_list.claims.values_list("case_id", flat=True))
    fixed = {case_id: share for case_id, share in fixed.items() if case_id not in mine}
    return effect_of_order(cases, key=by_conclusion, places=rules.target, fixed=fixed)


def same_provincial_numbers(case_ids, county) -> dict[str, list[str]]:
    """Number of a case → numbers of other marked cases of the county that bear its provincial number (Z-CASE-10). One query."""
    marked = AidCase.objects.filter(county=county, mark__marked_on__isnull=False).exclude(provincial_no="")
    by_number: dict[str, list[tuple[int, str]]] = {}
    for pk, number, provincial_no in marked.order_by("number").values_list("pk", "number", "provincial_no"):
        by_number.setdefault(provincial_no, []).append((pk, number))
    wanted = set(case_ids)
    return {
        number: [other for _pk, other in same if other != number]
        for same in by_number.values()
        if len(same) > 1
        for pk, number in same
        if pk in wanted
    }


def quarters_to_draft(county) -> list[Quarter]:
    """Quarters that have ended and still have cases due that stand in no list, latest first. For the current plan year."""
    today = clock.today()
    year = today.year if today.month > 3 else today.year - 1
    found = []
    for each in sorted({year, today.year}):
        try:
            rules = PlanRules(plan_with_cases(county=county, year=each))
        except Refused:  # no plan of that year, or one without cases: nothing to draft
            continue
        taken = set(
            CaseClaim.objects.filter(case__county=county).exclude(list=None, held_at=None).values_list("case_id", flat=True)
        )
        waiting = {
            case.quarter
            for case in judged({county.pk: rules}, until=Quarter(each, 4))
            if case.verdict.is_worth and not case.share.is_fixed and case.id not in taken
        }
        found += [quarter for quarter in waiting if quarter.last < today]
    return sorted(set(found), reverse=True)


def lists_of(county, user):
    """The county's lists with how many cases and payees each holds."""
    return (
        CaseList.objects.visible_to(user)
        .filter(county=county)
        .annotate(cases=Count("claims", distinct=True), waiting=Count("rows", filter=Q(rows__amount__gt=0), distinct=True))
        .order_by("-year", "-quarter", "-batch")
    )
