"""How far a complaint is, told to whoever knows its code: the step and nothing of anybody. LAF 55, 56."""

from dataclasses import dataclass
from datetime import date

from consultations.models import DutyComplaint
from consultations.services.complaints import last_word, limit_of, must_tell_again

State = DutyComplaint.State
NOT_FOUND = "没有查到：请核对投诉时得到的 10 位查询码。"


@dataclass(frozen=True)
class Step:
    """How far a complaint is, in words for whoever complained, and what comes next."""

    words: str
    next: str
    due_on: date | None = None


def step_of(complaint: DutyComplaint) -> Step:
    """Only the step and whether it was found true: neither names nor the words of either side."""
    limit = limit_of(complaint)
    due_on = limit.due_on if limit else None
    if complaint.state == State.RECEIVED:
        return Step("已收到，等待受理", "司法局正在看，先决定是否受理。", due_on)
    if complaint.state == State.REFUSED:
        return Step("不予受理", f"{told_words(complaint)}理由请凭投诉编号向司法局询问。")
    if complaint.state == State.ACCEPTED:
        if last_word(complaint).decided_at:
            return Step("核实已经结束，正在答复", "司法局会按您留的方式告诉您。", due_on)
        return Step("已受理，正在核实", "由没有被投诉的人核实，被投诉的人可以说明。", due_on)
    if must_tell_again(complaint):
        return Step("结论有变化，正在重新答复", "请过几天再查，或者凭投诉编号向司法局询问。")
    result = "反映的情况属实" if complaint.is_upheld else "反映的情况没有查实"
    return Step(f"已办结：{result}", f"{told_words(complaint)}不同意结论的，凭投诉编号向司法局或者上级司法局反映。")


def told_words(complaint: DutyComplaint) -> str:
    """When and how the answer was given; nobody to give it to is said as such."""
    if complaint.told_way == DutyComplaint.ToldWay.NOBODY:
        return "您没有留联系方式，没能当面告诉您。"
    return f"{complaint.told_on:%Y-%m-%d} 已{complaint.get_told_way_display()}答复。"
