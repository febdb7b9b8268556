"""Is a case one of the programme's, and is it worth money: line by line yes, no, or for the bureau to decide.

Zezhou plan 2022, 四（二） and 五（二）2; domain.md 1.8, 1.9; contract.md 3.8. Readings D12–D16, D30, D38–D41. Every value comes
from the plan's terms. What one case answers depends on few facts, so the lines of equal facts are made once.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from programmes.rules.terms import Term, Terms

YES, NO, BUREAU = "yes", "no", "bureau"
ANSWERS: Mapping[str, str] = {YES: "是", NO: "否", BUREAU: "需局里决定"}

NOTICE, COURT, FAILED = "notice", "court", "fail"
LAF_29, NOT_LISTED = "laf_29", "not_listed"
FIRST_INSTANCE = "first_instance"
TRIAL = frozenset({"first_instance", "second_instance", "retrial"})
CRIMINAL = frozenset({"criminal_defence", "criminal_litigation"})
NOT_APPLICABLE, EXEMPT = "not_applicable", "exempt"

# What makes a case one of the programme's, whoever is paid for it: it counts toward the target.
SCOPE = ("group", "type", "basis", "organ", "stage", "procedure", "approved", "concluded", "entered")
# The rest of what the special fund asks before it pays.
MONEY = ("hardship", "archived", "quality", "undertaker", "double", "marked")
AGENCY_CLAUSE = "司发通〔2019〕27号"


class CaseFacts(NamedTuple):
    """What the rules know of a case. Codes as in programmes.rules.vocabulary; amounts in yuan.

    `is_history`: imported as told, so papers that the procedure would have asked for are not asked for here (contract 3.8).
    `has_proof`: a paper for the exemption from the hardship check lies in the file (Z-CASE-7).
    `bureau_says`: what the bureau decided where the plan leaves it open (D16, D39); None while it has not.
    """

    id: int
    number: str
    primary_group: str
    other_groups: Sequence[str]
    type: str
    source: str
    organ: str
    stage: str
    procedure: str
    basis: str
    hardship: str
    received_on: date | None
    approved_on: date | None
    concluded_on: date | None
    archived_on: date | None
    quality_verified_on: date | None
    quality_grade: str
    provincial_no: str
    provincial_entered_on: date | None
    is_agency: bool
    marked_on: date | None
    local_standard: Decimal
    is_ordinary_paid: bool
    is_history: bool = True
    has_proof: bool = False
    bureau_says: bool | None = None


class Line(NamedTuple):
    """One condition of one case: what is asked, the answer, under which clause, and why it is not yes."""

    code: str
    question: str
    answer: str
    clause: str
    reason: str = ""
    reading: str = ""


class Eligibility(NamedTuple):
    """The lines of a case and what follows from them."""

    lines: tuple[Line, ...]
    reasons: tuple[str, ...]
    is_worth: bool  # every line is yes: the case is paid
    is_counted: bool  # concluded in the window, in the programme's scope, entered: it counts toward the target
    may_be_marked: bool  # every line but the mark itself is yes
    needs_bureau: bool

    def line(self, code: str) -> Line | None:
        return next((line for line in self.lines if line.code == code), None)


class CaseRules:
    """The plan's conditions on one day, read once. `judge` gives the same Eligibility object for facts that answer alike."""

    def __init__(self, terms: Terms):
        self.terms = terms
        value = {key: terms[key].value for key in terms if key.startswith("case.")}
        self.groups = frozenset(value["case.groups"])
        self.types = frozenset(value["case.types"])
        self.bases = frozenset(value["case.bases"])
        self.mandatory = frozenset(value["case.mandatory_notice.bases"])
        self.optional = frozenset(value["case.optional_notice.bases"])
        self.organs = {
            **dict.fromkeys(self.mandatory, frozenset(value["case.mandatory_notice.organs"])),
            **dict.fromkeys(self.optional, frozenset(value["case.optional_notice.organs"])),
        }
        self.stages = {
            **dict.fromkeys(self.mandatory, frozenset(value["case.mandatory_notice.stages"])),
            **dict.fromkeys(self.optional, frozenset(value["case.optional_notice.stages"])),
        }
        self.procedures = frozenset(value["case.optional_notice.procedures"])
        self.approved_from = value["case.window.approved_from"]
        self.concluded_from = value["case.window.concluded_from"]
        self.concluded_to = value["case.window.concluded_to"]
        self.special = value["case.subsidy.special"]
        self.target = value["case.total"]
        self._scopes: dict = {}
        self._verdicts: dict = {}

    # -- the way through

    def judge(self, facts: CaseFacts) -> Eligibility:
        """Every condition of one case. Z-CASE-1…9, Z-SUB-4, 5, 7; pure."""
        (_id, _number, primary, others, type_, source, organ, stage, procedure, basis, hardship, received, approved, concluded,
         archived, verified, grade, entry_no, entered, is_agency, marked, _standard, is_paid, is_history, has_proof, said) = facts  # fmt: skip
        if approved is None and source == NOTICE:
            approved = received  # reading D13
        key = (
            primary in self.groups or not self.groups.isdisjoint(others),
            type_, source, organ, stage, procedure, basis, said,
            None if approved is None else approved >= self.approved_from,  # D12: the day itself counts
            None if concluded is None else self.concluded_from <= concluded <= self.concluded_to,  # D14
            hardship, is_history or has_proof, is_history,
            bool(entry_no and entered), archived is not None, verified is not None, grade == FAILED,
            is_agency, is_paid, marked is not None,
        )  # fmt: skip
        verdict = self._verdicts.get(key)
        if verdict is None:
            verdict = self._verdicts[key] = self._verdict(*key)
        return verdict

    def _verdict(self, is_special, type_, source, organ, stage, procedure, basis, said, approved, concluded, hardship, has_proof,
                 is_history, entered, archived, verified, failed, is_agency, is_paid, marked) -> Eligibility:  # fmt: skip
        lines = [self.group(is_special), self.type(type_, said), self.basis(basis, source, said)]
        lines += self.notice(basis, source, organ, stage, procedure)
        lines += self.before_trial(type_, basis, source, stage, said)
        lines += [
            self.approved(approved, source),
            self.concluded(concluded),
            self.hardship(hardship, source, has_proof, is_history),
            self.entered(entered),
            self.archived(archived),
            self.quality(verified, failed),
            self.undertaker(is_agency),
            self.double(is_paid),
            self.marked(marked),
        ]
        open_lines = [line for line in lines if line.answer != YES]
        return Eligibility(
            lines=tuple(lines),
            reasons=tuple(line.reason for line in open_lines),
            is_worth=not open_lines,
            is_counted=not any(line.code in SCOPE for line in open_lines),
            may_be_marked=all(line.code == "marked" for line in open_lines),
            needs_bureau=any(line.answer == BUREAU for line in open_lines),
        )

    # -- the conditions, in the order in which the page shows them

    def group(self, is_special: bool) -> Line:
        """Z-CASE-1: one of the groups, as written, is a special group."""
        clause = self.terms["case.groups"].clause
        return told("group", "受援人属于特殊群体", is_special, clause, "不属于特殊群体", "D25")

    def type(self, type_: str, said: bool | None) -> Line:
        """Z-CASE-2, reading D15: civil and criminal litigation and criminal defence; others are for the bureau."""
        term = self.terms["case.types"]
        if type_ in self.types:
            return Line("type", "案件类型在范围内", YES, term.clause, "", "D15")
        return decided("type", "案件类型在范围内", said, term.clause, "案件类型不在方案所列范围", "D15")

    def basis(self, basis: str, source: str, said: bool | None) -> Line:
        """Z-CASE-3: a matter the plan lists; readings D16 and D38 (cases of 2021 qualify by their matter)."""
        if basis in self.bases:
            return Line("basis", "援助事项属于方案所列", YES, self.clause_of(basis), "", "D38")
        if basis in self.mandatory or basis in self.optional:
            clause = self.clause_of(basis)
            return told(
                "basis", "援助事项属于方案所列", source == NOTICE, clause, "该事项限于人民法院通知的案件，本案不是通知案件", "D38"
            )
        return decided("basis", "援助事项属于方案所列", said, "四（二）2（1）", "援助事项不在方案所列范围", "D16")

    def clause_of(self, basis: str) -> str:
        if basis in self.mandatory:
            return self.terms["case.mandatory_notice.bases"].clause
        if basis in self.optional:
            return self.terms["case.optional_notice.bases"].clause
        return f"{self.terms['case.bases'].clause}（{'2' if basis.startswith('shanxi') else '1'}）"

    def notice(self, basis: str, source: str, organ: str, stage: str, procedure: str) -> list[Line]:
        """Z-CASE-3, Z-CASE-4: notified by a court, at the trial stage; full coverage at first instance by ordinary procedure only."""
        if source != NOTICE:
            return []
        clause = self.clause_of(basis) if basis in self.organs else self.terms["case.mandatory_notice.organs"].clause
        organs = self.organs.get(basis, frozenset({COURT}))
        stages = self.stages.get(basis, TRIAL)
        lines = [
            told("organ", "由人民法院通知", organ in organs, clause, "不是人民法院通知的案件"),
            told("stage", "处在审判阶段", stage in stages, clause, "不在审判阶段"),
        ]
        if basis in self.optional and stage == FIRST_INSTANCE:
            is_ordinary = procedure in self.procedures
            lines.append(told("procedure", "一审适用普通程序", is_ordinary, clause, "一审案件不适用普通程序"))
        return lines

    def before_trial(self, type_: str, basis: str, source: str, stage: str, said: bool | None) -> list[Line]:
        """Reading D39: criminal agency on application before trial is for the bureau; the subsidy's base is the trial stage."""
        if source == NOTICE or type_ not in CRIMINAL and basis != LAF_29:
            return []
        if stage in TRIAL:
            return [Line("stage", "处在审判阶段", YES, self.terms["case.subsidy.special"].clause, "", "D39")]
        return [decided("stage", "处在审判阶段", said, self.terms.reading("D39").clause, "刑事案件不在审判阶段", "D39")]

    def approved(self, is_inside: bool | None, source: str) -> Line:
        """Z-CASE-5, readings D12 and D13."""
        term = self.terms["case.window.approved_from"]
        reason = "没有批准日期" if is_inside is None else f"批准日期早于{day_words(self.approved_from)}"
        question = f"{day_words(self.approved_from)}（含当日）以后批准"
        return told("approved", question, bool(is_inside), term.clause, reason, "D13" if source == NOTICE else "D12")

    def concluded(self, is_inside: bool | None) -> Line:
        """Z-CASE-6, reading D14: the conclusion date, not the archive date, lies in the plan's year."""
        clause = self.terms["case.window.concluded_from"].clause
        span = span_words(self.concluded_from, self.concluded_to)
        reason = "尚未结案，没有结案日期" if is_inside is None else f"结案日期不在{span}"
        return told("concluded", f"{span}内结案", bool(is_inside), clause, reason, "D14")

    def hardship(self, hardship: str, source: str, has_proof: bool, is_history: bool) -> Line:
        """Z-CASE-7: hardship told, or exempt with its proof; what history told is taken as told."""
        clause = self.terms["case.bases"].clause
        question = "经济困难情况已审查，免予核查的有证明"
        if source == NOTICE or is_history:
            return Line("hardship", question, YES, clause)
        if hardship == NOT_APPLICABLE:
            return Line("hardship", question, NO, clause, "申请案件没有经济困难审查结论")
        return told("hardship", question, hardship != EXEMPT or has_proof, clause, "免予经济困难审查，但缺相应证明")

    def entered(self, is_entered: bool) -> Line:
        """Z-CASE-9: number and date of the entry in the provincial system are the only basis of progress and money."""
        clause = self.terms["case.entry_is_sole_basis"].clause
        return told("entered", "已录入省法律援助管理系统", is_entered, clause, "没有录入省法律援助管理系统")

    def archived(self, is_archived: bool) -> Line:
        """Z-SUB-5, reading D41."""
        return told("archived", "案卷已归档", is_archived, self.money_clause, "案卷没有归档", "D41")

    def quality(self, is_verified: bool, is_failed: bool) -> Line:
        """Z-SUB-5, reading D41: verified, and not failed."""
        reason = "质量核验不合格" if is_failed else "没有通过质量核验"
        return told("quality", "质量核验合格", is_verified and not is_failed, self.money_clause, reason, "D41")

    def undertaker(self, is_agency: bool) -> Line:
        """Z-SUB-7: the agency's own staff and other public-office persons are paid nothing; the case counts."""
        reason = "承办人为法律援助机构人员，不发补贴，计入任务"
        return told("undertaker", "承办人不是法律援助机构人员", not is_agency, AGENCY_CLAUSE, reason)

    def double(self, is_paid: bool) -> Line:
        """Z-SUB-4."""
        clause = self.terms["case.no_double_payment"].clause
        return told("double", "没有发过普通法律援助补贴", not is_paid, clause, "已发普通法律援助补贴，不得重复发放")

    def marked(self, is_marked: bool) -> Line:
        """Z-SUB-5, reading D40: entered in the official 惠民工程管理系统."""
        return told("marked", "已在惠民工程管理系统标注", is_marked, self.money_clause, "没有在惠民工程管理系统标注", "D40")

    @property
    def money_clause(self) -> str:
        return self.terms["case.subsidy.special"].clause

    @property
    def special_term(self) -> Term:
        return self.terms["case.subsidy.special"]


def told(code: str, question: str, is_so: bool, clause: str, reason: str, reading: str = "") -> Line:
    return Line(code, question, YES if is_so else NO, clause, "" if is_so else reason, reading)


def decided(code: str, question: str, said: bool | None, clause: str, reason: str, reading: str) -> Line:
    """A condition that the plan leaves to the bureau: open until it has decided."""
    if said:
        return Line(code, question, YES, clause, "", reading)
    if said is None:
        return Line(code, question, BUREAU, clause, f"{reason}，需局里决定", reading)
    return Line(code, question, NO, clause, f"{reason}，局里决定不纳入", reading)


def day_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def span_words(first: date, last: date) -> str:
    """2022年 for a whole year, else both days."""
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return f"{first.year}年"
    return f"{day_words(first)}至{day_words(last)}"
