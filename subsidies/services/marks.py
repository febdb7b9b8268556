"""Marking a case for the special fund: the centre proposes with proof, the director signs. Plan 五（二）2, Z-SUB-5, D40, D41.

The mark is the entry in the official 惠民工程管理系统: its date, its number, a screenshot. Only a case that is worth money may be marked.
"""

from django.db import transaction
from django.urls import reverse

from accounts import audit
from common import clock
from common.money import yuan
from legalaid.models import AidCase
from records.services import notify, store_file
from subsidies.models import BureauDecision, CaseClaim, CaseMark
from subsidies.services.case_figures import judge_case
from subsidies.services.refusals import MoneyRefused, told_in_words
from subsidies.services.sheets import require_right

State = CaseMark.State
PICTURES = frozenset({"application/pdf", "image/png", "image/jpeg"})
PROOF_PURPOSE, PAPER_PURPOSE = "case-mark", "bureau-decision"


class MarkRefused(MoneyRefused):
    """A mark that is not made; the sentence says why."""


@transaction.atomic
def propose_mark(*, case_id, marked_on, local_standard, by, entry_no="", proof=None, stored=None):
    """The centre tells of the entry made in the official system. `local_standard` in yuan; `proof` an upload, or `stored` a kept file.

    Refused with every reason that keeps the case from being worth money, and for a day before the quality was verified (D41).
    """
    require_right(by, "subsidies.mark_case")
    case = AidCase.objects.select_for_update(of=("self",)).select_related("county").get(pk=case_id)
    mark = CaseMark.objects.select_for_update(of=("self",)).filter(case=case).first()
    require_not_marked(mark)
    facts, verdict, _rules = judge_case(case)
    if not verdict.may_be_marked:
        reasons = "；".join(line.reason for line in verdict.lines if line.reason and line.code != "marked")
        raise MarkRefused(f"{case.number}不能标注：{reasons}。")
    require_day(marked_on, facts)
    if local_standard < 0:
        raise MarkRefused("当地补贴标准不能小于 0：请按本地办案补贴标准填写。", field="local_standard")
    if proof is None and stored is None:
        raise MarkRefused("没有上传惠民工程管理系统的标注截图：请截图后上传。", field="proof")
    mark = mark or CaseMark(case=case)
    before = told(mark) if mark.pk else None
    mark.state, mark.marked_on, mark.entry_no, mark.local_standard = State.PROPOSED, marked_on, entry_no.strip(), local_standard
    mark.proof = stored or store_file(upload=proof, by=by, purpose=PROOF_PURPOSE, accept=PICTURES)
    mark.proposed_by, mark.proposed_at, mark.signed_by, mark.signed_at, mark.opinion = by, clock.now(), None, None, ""
    with told_in_words():
        mark.save()
    audit.record(by=by, action="subsidies.mark_case", on=mark, before=before, after=told(mark))
    return mark


def require_not_marked(mark):
    if mark is None:
        return
    if mark.stands:
        raise MarkRefused(f"本案已于 {mark.marked_on} 标注，不能再次标注。")
    if mark.state == State.PROPOSED:
        raise MarkRefused(f"本案的标注由{mark.proposed_by}提出，等待主任签发。")
    if mark.is_ordinary_subsidy_paid:
        raise MarkRefused("本案已发普通法律援助补贴，不得重复发放，不能标注。")


def require_day(marked_on, facts):
    """Reading D41: 归档 ≤ 质量核验 ≤ 标注."""
    if marked_on > clock.today():
        raise MarkRefused(f"标注日期 {marked_on} 在今天之后：请填写惠民工程管理系统里的标注日期。", field="marked_on")
    if facts.quality_verified_on and marked_on < facts.quality_verified_on:
        raise MarkRefused(
            f"标注日期 {marked_on} 早于质量核验日期 {facts.quality_verified_on}：质量核验合格后才能标注（理解口径 D41）。",
            field="marked_on",
        )


@transaction.atomic
def sign_mark(*, mark_id, by, opinion=""):
    """The director signs: from now on the case counts for the quarter of its mark."""
    require_right(by, "subsidies.sign_marks")
    mark = lock_mark(mark_id, State.PROPOSED)
    if mark.proposed_by_id == by.pk:
        raise MarkRefused("不能签发自己提出的标注：请由主任另行签发。")
    _facts, verdict, _rules = judge_case(mark.case)
    if not verdict.may_be_marked and not verdict.is_worth:
        reasons = "；".join(line.reason for line in verdict.lines if line.reason and line.code != "marked")
        raise MarkRefused(f"提出标注之后案件有变动，现在不能标注：{reasons}。请退回。")
    mark.state, mark.signed_by, mark.signed_at, mark.opinion = State.SIGNED, by, clock.now(), opinion.strip()[:200]
    with told_in_words():
        mark.save()
    audit.record(by=by, action="subsidies.sign_marks", on=mark, after=told(mark), reason=opinion)
    return mark


@transaction.atomic
def send_back_mark(*, mark_id, by, opinion):
    """The director sends a proposal back, or takes a signed mark back while no list that was handed in holds its case."""
    require_right(by, "subsidies.sign_marks")
    mark = lock_mark(mark_id, State.PROPOSED, State.SIGNED)
    if not opinion.strip():
        raise MarkRefused("没有写退回理由：请写明哪里需要更正。", field="opinion")
    if CaseClaim.objects.handed_in().filter(case=mark.case).exists():
        raise MarkRefused("案件已列入签报的案件补贴季表，标注不能撤回：请先从季表退回这一件。")
    before = told(mark)
    mark.state, mark.opinion, mark.signed_by, mark.signed_at = State.SENT_BACK, opinion.strip()[:200], None, None
    with told_in_words():
        mark.save()
    audit.record(by=by, action="subsidies.send_back_mark", on=mark, before=before, after=told(mark), reason=opinion)
    url = reverse("case-mark", args=[mark.case_id])
    notify(to=mark.proposed_by, text=f"{mark.case.number}的惠民标注被{by}退回：{mark.opinion}", url=url)
    return mark


@transaction.atomic
def record_ordinary_subsidy(*, case_id, by, reason):
    """An ordinary legal aid subsidy was paid for this case: it can no more be paid from here (Z-SUB-4)."""
    require_right(by, "subsidies.mark_case")
    case = AidCase.objects.select_for_update(of=("self",)).get(pk=case_id)
    mark = CaseMark.objects.select_for_update(of=("self",)).filter(case=case).first() or CaseMark(case=case)
    if mark.is_ordinary_subsidy_paid:
        raise MarkRefused("本案已登记发过普通法律援助补贴。")
    if CaseClaim.objects.handed_in().filter(case=case).exists():
        raise MarkRefused("案件已列入签报的案件补贴季表：请先从季表退回这一件，再登记已发普通补贴。")
    if not reason.strip():
        raise MarkRefused("没有写依据：请写明普通补贴的发放时间、金额和凭证。", field="reason")
    mark.is_ordinary_subsidy_paid = True
    with told_in_words():
        mark.save()
    audit.record(by=by, action="subsidies.record_ordinary_subsidy", on=mark, after=told(mark), reason=reason)
    return mark


@transaction.atomic
def decide_scope(*, case_id, is_included, reason, document_no, by, paper=None):
    """The bureau's decision where the plan leaves it open (readings D15, D16, D39). `paper` is an upload."""
    require_right(by, "subsidies.decide_scope")
    case = AidCase.objects.select_for_update(of=("self",)).select_related("county").get(pk=case_id)
    facts, verdict, _rules = judge_case(case)
    if not verdict.needs_bureau and facts.bureau_says is None:
        raise MarkRefused("方案对本案写得明确，不需要局里决定。")
    if facts.bureau_says is is_included:
        raise MarkRefused(f"局里已经决定{'纳入' if is_included else '不纳入'}，不用重复决定。")
    if CaseClaim.objects.handed_in().filter(case=case).exists():
        raise MarkRefused("案件已列入签报的案件补贴季表：请先从季表退回这一件，再改变决定。")
    for field, value, words in (("reason", reason, "理由"), ("document_no", document_no, "会议纪要或批示文号")):
        if not value.strip():
            raise MarkRefused(f"没有填写{words}：请写明。", field=field)
    with told_in_words():
        decision = BureauDecision.objects.create(
            case=case,
            is_included=is_included,
            reason=reason.strip()[:300],
            document_no=document_no.strip(),
            paper=store_file(upload=paper, by=by, purpose=PAPER_PURPOSE, accept=PICTURES) if paper else None,
            decided_by=by,
            decided_at=clock.now(),
        )
    after = {"案件": case.number, "决定": "纳入" if is_included else "不纳入", "文号": decision.document_no}
    audit.record(by=by, action="subsidies.decide_scope", on=decision, after=after, reason=reason)
    return decision


def lock_mark(mark_id, *states):
    mark = CaseMark.objects.select_for_update(of=("self",)).select_related("case__county", "proposed_by").get(pk=mark_id)
    if mark.state not in states:
        raise MarkRefused(f"{mark.case.number}的标注{mark.get_state_display()}，这一步已经不能办理。请刷新页面再看。")
    return mark


def told(mark):
    """The mark in the words of an audit entry."""
    return {
        "案件": mark.case.number,
        "状态": mark.get_state_display(),
        "标注日期": mark.marked_on,
        "系统编号": mark.entry_no,
        "当地补贴标准": yuan(mark.local_standard),
        "已发普通补贴": "是" if mark.is_ordinary_subsidy_paid else "否",
        "截图": mark.proof.sha256[:12] if mark.proof else "",
    }
