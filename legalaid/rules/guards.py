"""What must be there before a step is taken: one row of pure checks per step. domain.md §3.1 (column guard), §3.3–3.6.

A check sees the case as it is, what is being said with the step and its day, and gives what is lacking as sentences. Whether
the state, the person and the date allow the step is asked elsewhere (services.steps); here only the matter itself.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from legalaid.rules import hardship
from legalaid.rules.groups import WORDS
from legalaid.rules.materials import HARDSHIP_PROOFS, lacks_hardship_proof, proof_of
from legalaid.rules.matters import NOTICE_MATTERS


class Lack(NamedTuple):
    """What is lacking, in a sentence that says how to mend it; the form's field; the kind and group of a file to add."""

    words: str
    field: str = ""
    kind: str = ""
    group: str = ""


@dataclass(frozen=True)
class CaseFacts:
    """The case, as far as guards ask."""

    state: str
    source: str
    type: str = ""
    stage: str = ""
    matter: str = ""
    hardship: str = ""
    hardship_ground: str = ""
    groups: tuple[str, ...] = ()
    is_pre_aid: bool = False
    is_minor_case: bool = False
    has_proxy: bool = False
    engaged_on: date | None = None
    first_met_on: date | None = None
    supplement_due_on: date | None = None
    supplements_asked: int = 0
    # What the bureau ordered after an objection and nobody has carried out yet: "refusal", "termination" or "".
    ordered: str = ""
    has_open_objection: bool = False
    files: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    papers: frozenset[str] = field(default_factory=frozenset)

    def has_file(self, kind: str, group: str = "") -> bool:
        return any(each == kind and (not group or of == group) for each, of in self.files)

    def has_paper_or_file(self, kind: str) -> bool:
        return kind in self.kinds

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of what the file holds, papers of the program included."""
        return self.papers | {kind for kind, _ in self.files}

    @property
    def is_notice(self) -> bool:
        return self.source == "notice"

    @property
    def is_demanded_defence(self) -> bool:
        """Defence the law demands (LAF 25(1), 28): the client cannot simply do without. B4."""
        return self.matter in NOTICE_MATTERS and self.matter != "c25p2"


MODE_WORDS = {
    hardship.NOT_APPLICABLE: "不适用",
    hardship.NO_CONDITION: "不受经济困难条件限制",
    hardship.EXEMPT: "免予核查",
    hardship.SHARED_CHECK: "信息核查",
    hardship.COMMITMENT: "个人诚信承诺",
}
Said = Mapping[str, Any]
Guard = Callable[[CaseFacts, Said, date], Iterator[Lack]]


# --- intake and review ------------------------------------------------------------------------------------------------


def papers_complete(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    """A21: the application form and the identity are there; a proxy shows that she is one."""
    if not case.has_paper_or_file("application"):
        yield Lack("缺法律援助申请表：请制作、上传或者登记纸质原件。", kind="application")
    if not case.has_file("identity"):
        yield Lack("缺申请人身份证明：请上传或者登记纸质原件。", kind="identity")
    if case.has_proxy and not case.has_file("proxy_proof"):
        yield Lack("由他人代为申请，缺代理人身份和代理权的证明。", kind="proxy_proof")
    if not case.has_file("case_material"):
        yield Lack("缺与申请事项有关的案件材料。", kind="case_material")


def asked_only_once(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    """A3, LAF 43(2): everything missing is named at once."""
    if case.supplements_asked:
        yield Lack("已经一次性告知过补正，不能再次要求补正（法律援助法43条2款）：请按现有材料审查决定。")


def items_named(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    if not said.get("items"):
        yield Lack("没有列明需要补充的材料：每行写一项。", "items")


def supplement_day_is_ahead(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    due = said.get("due_on")
    if due is None:
        yield Lack("没有写明补正的截止日期。", "due_on")
    elif due <= day:
        yield Lack(f"补正截止日期 {due} 应在告知日期 {day} 之后。", "due_on")


def supplement_day_has_passed(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    """A4: only after the day that was set."""
    if case.supplement_due_on and day <= case.supplement_due_on:
        yield Lack(f"补正期限到 {case.supplement_due_on} 为止，过了这一天才能按撤回处理。", "day")


def agency_named(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    """A5, LAF 38: told where to go."""
    if not said.get("agency"):
        yield Lack("没有写明有管辖权的法律援助机构：请填写，例如“高平市法律援助中心”。", "agency")
    if not said.get("ground"):
        yield Lack("没有选择移送的管辖理由（法律援助法38条）：请选择。", "ground")


def cooperation_named(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    if not said.get("agency"):
        yield Lack("没有写明请求哪个机构协作：请填写。", "agency")
    if not said.get("items"):
        yield Lack("没有写明请求核查什么：每行写一项。", "items")


# --- the decision -----------------------------------------------------------------------------------------------------


def matter_in_scope(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    if not case.matter:
        yield Lack("没有选择援助事项：请按法律援助法24—33条选择。", "matter")


def possible_modes(case: CaseFacts) -> dict[str, str]:
    """The modes that some row of the table of §3.4 gives, whatever the applicant states, each with its clause."""
    claims = [frozenset(), *(frozenset({claim}) for claim in hardship.CLAIMS)]
    rows = [
        hardship.decide(
            hardship.Facts(
                is_notified=case.is_notice, matter=case.matter, groups=frozenset(case.groups), claims=claim, prefers_check=check
            )
        )
        for claim in claims
        for check in (False, True)
    ]
    return {row.mode: row.clause for row in reversed(rows)}


def hardship_fits(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    """The decision table of §3.4."""
    modes = possible_modes(case)
    if case.hardship not in modes:
        possible = "、".join(f"{MODE_WORDS[mode]}（{clause}）" for mode, clause in modes.items())
        yield Lack(f"经济困难审查方式与本案不符，应为{possible}。", "hardship")
    elif case.hardship in (hardship.EXEMPT, hardship.NO_CONDITION) and not case.hardship_ground:
        yield Lack(f"选择了{MODE_WORDS[case.hardship]}，没有写明属于哪种情形：请填写。", "hardship_ground")


def hardship_proved(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    if words := lacks_hardship_proof(case.hardship, case.kinds):
        yield Lack(f"缺{words}：请上传或者登记纸质原件。", kind=HARDSHIP_PROOFS[case.hardship][0])


def groups_proved(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    """Each group has its proof."""
    for group in case.groups:
        if (proof := proof_of(group)) is None:
            continue
        kind, words = proof
        of = "" if kind == "identity" else group
        if not case.has_file(kind, of):
            yield Lack(f"缺{WORDS.get(group, group)}的证明（{words}）。", kind=kind, group=of)


def review_sheet_made(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    if not case.has_paper_or_file("review_sheet"):
        yield Lack("缺法律援助审查表：请制作审查表，或者上传签字的审查表。", kind="review_sheet")


def refusal_explained(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    """A8: reasons in writing and the way to object."""
    if not said.get("refusal_ground"):
        yield Lack("没有选择不予援助的理由：请选择。", "refusal_ground")
    yield from _reason(said, "不予法律援助的具体理由")
    if not said.get("tells_objection"):
        yield Lack("不予援助的决定书须写明异议途径：请确认已经写明。", "tells_objection")


PRE_AID_GROUNDS = {
    "near_limit": "距法定时效或者期限届满不足七日（44条1项）",
    "preservation": "需要立即申请财产保全、证据保全或者先予执行（44条2项）",
    "other": "法律、法规、规章规定的其他情形（44条3项）",
}


def pre_aid_is_urgent(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    """A9, LAF 44. "不足七日": strictly fewer than seven days are left."""
    ground, ends = said.get("ground"), said.get("limit_ends_on")
    if ground not in PRE_AID_GROUNDS:
        yield Lack("没有选择先行援助的情形（法律援助法44条）：请选择。", "ground")
    elif ground == "near_limit":
        if ends is None:
            yield Lack("没有填写时效或者期限届满的日期。", "limit_ends_on")
        elif ends < day:
            yield Lack(f"时效或者期限在 {ends} 已经届满：请核对日期。", "limit_ends_on")
        elif (ends - day).days >= 7:
            yield Lack(f"距 {ends} 还有 {(ends - day).days} 日，不属于不足七日：请按一般程序审查。", "limit_ends_on")


def is_pre_aid(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    if not case.is_pre_aid:
        yield Lack("本案不是先行提供法律援助的案件。")


# --- undertaking ------------------------------------------------------------------------------------------------------


def meeting_recorded(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    """A12, B4, LAF 46: the record of the meeting, with what the client was told."""
    if not case.has_file("meeting_record"):
        yield Lack("会见、约见笔录还没有上传：可以随后补传。", kind="meeting_record")


def agreement_signed(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    if not case.has_paper_or_file("agreement"):
        yield Lack("委托协议还没有上传：可以随后补传。", kind="agreement")


def refusal_of_counsel_written(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    """B4, CL13 15: said in writing or in the record; in a demanded defence the organ is told and finds the reason."""
    if not (case.has_file("refusal_of_counsel") or case.has_file("meeting_record")):
        yield Lack("缺本人拒绝辩护的书面材料或者会见笔录：请上传。", kind="refusal_of_counsel")
    if case.is_demanded_defence and not said.get("organ_told_on"):
        yield Lack("应当通知辩护的案件，本人拒绝须书面告知办案机关查明原因：请填写告知日期。", "organ_told_on")
    yield from _reason(said, "本人拒绝的原因")


def organ_found_reason(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    if case.is_demanded_defence and not said.get("organ_answered_on"):
        yield Lack("没有填写办案机关答复的日期。", "organ_answered_on")


def termination_grounded(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    """A20, LAF 48: at least one ground, and in writing."""
    grounds = said.get("grounds") or ()
    if not grounds:
        yield Lack("没有选择终止的理由：请按法律援助法48条至少选择一项。", "grounds")
    yield from _reason(said, "终止的事实和理由")
    if case.state == "client_refused" and case.is_demanded_defence and grounds:
        if set(grounds) & {"own_counsel", "case_stopped"}:
            if "own_counsel" in grounds and not said.get("organ_answered_on"):
                yield Lack("办案机关查明理由正当、本人另行委托辩护人后才能终止：请填写办案机关答复的日期。", "organ_answered_on")
        else:
            yield Lack(
                "应当通知辩护的案件不因本人拒绝而终止：另行委托辩护人的选“自行委托律师”，没有委托的由办案机关通知另行指派。",
                "grounds",
            )
    if not said.get("tells_objection"):
        yield Lack("终止决定书须写明异议途径：请确认已经写明。", "tells_objection")


# --- after an objection -----------------------------------------------------------------------------------------------


def ordered_to_correct(what: str) -> Guard:
    def check(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
        if case.ordered != what:
            yield Lack("司法行政部门没有作出责令改正的异议审查决定：不能改变原决定（法律援助法49条）。")

    return check


def was_engaged(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    if not (case.engaged_on or case.first_met_on):
        yield Lack("终止前还没有签订委托协议或者会见：请选“异议成立，重新指派”。")


def was_not_engaged(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
    if case.engaged_on or case.first_met_on:
        yield Lack("终止前已经有承办人在办理：请选“异议成立，恢复办理”。")


def _reason(said: Said, words: str) -> Iterator[Lack]:
    if not (said.get("reason") or "").strip():
        yield Lack(f"没有写明{words}：请填写。", "reason")


def reason_given(words: str) -> Guard:
    def check(case: CaseFacts, said: Said, day: date) -> Iterator[Lack]:
        yield from _reason(said, words)

    return check


GUARDS: dict[str, tuple[Guard, ...]] = {
    "ask_supplement": (asked_only_once, items_named, supplement_day_is_ahead),
    "supply": (items_named,),
    "deem_withdrawn": (supplement_day_has_passed,),
    "redirect": (agency_named,),
    "accept": (papers_complete,),
    "cooperate": (cooperation_named,),
    "grant": (matter_in_scope, hardship_fits, hardship_proved, groups_proved, review_sheet_made),
    "grant_pre_aid": (matter_in_scope, pre_aid_is_urgent),
    "complete_pre_aid": (is_pre_aid, papers_complete, hardship_fits, hardship_proved, groups_proved, review_sheet_made),
    "refuse": (refusal_explained, review_sheet_made),
    "withdraw": (reason_given("申请人撤回的原因和方式"),),
    "ask_organ": (items_named,),
    "return_notice": (agency_named,),
    "decline": (refusal_of_counsel_written,),
    "consent_after_all": (organ_found_reason,),
    "terminate": (termination_grounded,),
    "correct_refusal": (ordered_to_correct("refusal"),),
    "correct_termination": (ordered_to_correct("termination"), was_engaged),
    "correct_termination_early": (ordered_to_correct("termination"), was_not_engaged),
}

# What should be there and does not stop the step: the paper may follow by photograph; the file checklist asks again at the end.
REMINDERS: dict[str, tuple[Guard, ...]] = {
    "engage": (agreement_signed,),
    "begin": (meeting_recorded,),
    "meet": (meeting_recorded,),
}


def lacking(step: str, case: CaseFacts, said: Said, day: date) -> list[Lack]:
    """What is lacking for a step, in the order of its guards; empty when it may be taken."""
    return [lack for guard in GUARDS.get(step, ()) for lack in guard(case, said, day)]


def reminders(step: str, case: CaseFacts, day: date) -> list[Lack]:
    """What should be there, told and not asked for."""
    return [lack for guard in REMINDERS.get(step, ()) for lack in guard(case, {}, day)]


def standing_lacks(step: str, case: CaseFacts, day: date) -> list[Lack]:
    """What is lacking whatever the form will say: shown on the case's page before anybody opens the step."""
    return [lack for lack in lacking(step, case, {}, day) if not lack.field or lack.kind]
