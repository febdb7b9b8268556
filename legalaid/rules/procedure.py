"""The procedure of a case as a table: who may take which step, from where to where, by which clause. domain.md §3.1–3.3.

Flow A begins with an application, flow B with a notice of a court, procuratorate or the police; both share the tail
from the conclusion to the verified quality. Marking and payment are no states of a case (readings D40, D41).
LAF = Legal Aid Law 2021, PR23 = Rules of Procedure 2023 (articles marked * are from memory, see domain.md §3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date


class State:
    """State codes and their words."""

    WORDS = {
        "registered": "已登记",
        "received": "已收申请",
        "need_supplement": "待补正",
        "accepted": "已受理",
        "under_review": "审查中",
        "cooperating": "异地协作中",
        "granted": "给予援助",
        "refused": "不予援助",
        "notice_received": "收到通知",
        "notice_incomplete": "材料待补",
        "assigned": "已指派",
        "engaged": "已签委托",
        "first_met": "已首次会见",
        "consented": "已同意辩护",
        "client_refused": "本人拒绝辩护",
        "in_progress": "承办中",
        "concluded": "已结案",
        "file_submitted": "已交卷",
        "file_returned": "退卷补正",
        "file_accepted": "结案审查合格",
        "archived": "已归档",
        "quality_passed": "质量核验合格",
        "deemed_withdrawn": "视为撤回",
        "withdrawn": "主动撤回",
        "redirected": "告知另行申请",
        "dismissed": "登记作废",
        "terminated": "终止援助",
    }
    BEFORE_DECISION = ("registered", "received", "need_supplement", "accepted", "under_review", "cooperating")
    WITH_UNDERTAKER = ("assigned", "engaged", "first_met", "consented", "client_refused", "in_progress")
    TAIL = ("concluded", "file_submitted", "file_returned", "file_accepted", "archived", "quality_passed")
    SIDE_ENDS = ("refused", "deemed_withdrawn", "withdrawn", "redirected", "dismissed", "terminated")
    ENDED = (*SIDE_ENDS, "archived", "quality_passed")


HANDLE, DECIDE, UNDERTAKE = "legalaid.handle_case", "legalaid.decide_case", "legalaid.undertake_case"
HAND_IN, OBJECTION = "legalaid.hand_in_application", "legalaid.decide_objection"
ADMINISTRATIVE, PEER = "legalaid.review_administratively", "legalaid.review_file"


@dataclass(frozen=True)
class Step:
    """One row of the table.

    `since` are the states it may be taken from ("" for the first), `to` where it leads ("" stays). `actions`: any one of
    these rights suffices. `papers` are numbers of the 2023 formats it makes. `starts`, `meets`, `suspends`, `resumes` name
    time limits; `ends` closes whatever runs. `sets` is the case's date the step writes, `clears` are columns it empties.
    `source`: only for applications or only for notices. `is_slip`: who took it by mistake takes it back within ten minutes, while nobody went on from there.
    """

    code: str
    words: str
    since: tuple[str, ...]
    to: str
    actions: tuple[str, ...]
    clause: str
    papers: tuple[int, ...] = ()
    starts: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    suspends: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    ends: bool = False
    sets: str = ""
    clears: tuple[str, ...] = ()
    source: str = ""
    is_slip: bool = True


def _table(*steps: Step) -> dict[str, Step]:
    return {step.code: step for step in steps}


S = State
STEPS: dict[str, Step] = _table(
    # -- A: application
    Step("register", "登记", ("",), "registered", (HAND_IN, HANDLE), "法律援助法13、23条", papers=(1,), sets="received_on"),
    Step(
        "receive", "接收申请", ("", "registered"), "received", (HAND_IN, HANDLE), "法律援助法39—41条",
        papers=(2, 3, 4, 5), starts=("aid_decision",), meets=("application_transfer",), sets="received_on",
    ),
    Step(
        "ask_supplement", "一次性告知补正", ("received", "accepted", "under_review"), "need_supplement", (HANDLE,),
        "法律援助法43条2款", papers=(6,), starts=("supplement",), suspends=("aid_decision",),
    ),
    Step("supply", "收到补正材料", ("need_supplement",), "received", (HAND_IN, HANDLE), "法律援助法43条2款",
         papers=(5,), meets=("supplement",), resumes=("aid_decision",)),
    Step("deem_withdrawn", "视为撤回申请", ("need_supplement",), "deemed_withdrawn", (HANDLE,), "法律援助法43条2款", ends=True),
    Step("redirect", "告知向有管辖权的机构申请", ("registered", "received", "accepted", "under_review"), "redirected",
         (HANDLE,), "法律援助法38条", ends=True),
    # Spam and double entries of the public page: nothing was applied for.
    Step("dismiss", "登记作废", ("registered",), "dismissed", (HANDLE,), "无效、重复的登记（内部口径）", ends=True),
    Step("accept", "受理", ("registered", "received"), "accepted", (HANDLE,), "法律援助法43条",
         starts=("aid_decision",), meets=("application_transfer",), sets="accepted_on"),
    Step("review", "开始审查", ("accepted",), "under_review", (HANDLE,), "法律援助法31—34、41、42条", papers=(8,)),
    Step("cooperate", "请求异地协作", ("under_review",), "cooperating", (HANDLE,), "办理程序规定16条*",
         papers=(7,), suspends=("aid_decision",)),
    Step("resume_review", "协作完毕，继续审查", ("cooperating",), "under_review", (HANDLE,), "办理程序规定16条*",
         resumes=("aid_decision",)),
    Step("grant", "决定给予法律援助", ("under_review",), "granted", (DECIDE,), "法律援助法43条",
         papers=(9, 22), meets=("aid_decision",), starts=("aid_assignment",), sets="approved_on"),
    # Also while papers are still missing or another place is asked: that is when the law wants aid first. What was missing is due with the rest.
    Step("grant_pre_aid", "决定先行提供法律援助", ("received", "need_supplement", "accepted", "under_review", "cooperating"), "granted", (DECIDE,),
         "法律援助法44条", papers=(8, 9), meets=("aid_decision",), starts=("aid_assignment", "pre_aid_papers"), ends=True, sets="approved_on"),
    Step("complete_pre_aid", "补办先行援助手续", ("granted", *S.WITH_UNDERTAKER), "", (HANDLE,), "法律援助法44条",
         meets=("pre_aid_papers",)),
    Step("refuse", "决定不予法律援助", ("under_review",), "refused", (DECIDE,), "法律援助法43条",
         papers=(10, 22), meets=("aid_decision",), starts=("objection_filing",), sets="refused_on"),
    Step("withdraw", "申请人撤回", S.BEFORE_DECISION, "withdrawn", (HANDLE,), "当事人处分申请（内部口径）", ends=True),
    # -- B: notice
    Step("take_notice", "接收通知", ("",), "notice_received", (HANDLE,), "法律援助法25、28、36条",
         starts=("notice_assignment",), sets="received_on"),
    Step("ask_organ", "通知机关补送材料", ("notice_received",), "notice_incomplete", (HANDLE,), "办理程序规定（条号待核对）*"),
    # Reading D13: a notice is approved on the day it was accepted, which is the day its papers were complete.
    Step("organ_supplied", "材料补齐", ("notice_incomplete",), "notice_received", (HANDLE,), "办理程序规定（条号待核对）*",
         sets="approved_on"),
    Step("return_notice", "不属本机构办理，函告通知机关", ("notice_received", "notice_incomplete"), "redirected", (HANDLE,),
         "法律援助法38条", papers=(13,), ends=True),
    # -- who undertakes it
    Step("assign", "指派", ("granted", "notice_received"), "assigned", (HANDLE,), "法律援助法36、43条；办理程序规定24条",
         papers=(11, 13), meets=("aid_assignment", "notice_assignment"), starts=("engagement",), sets="assigned_on", is_slip=False),
    Step("accept_assignment", "接受指派", ("assigned",), "", (UNDERTAKE, HANDLE), "办理程序规定27条", is_slip=False),
    Step("decline_assignment", "不接受指派", ("assigned",), "", (UNDERTAKE, HANDLE), "办理程序规定27、37条*",
         starts=("replacement_decision",), is_slip=False),
    Step("engage", "签订委托协议", ("assigned",), "engaged", (UNDERTAKE, HANDLE), "办理程序规定27条",
         papers=(12,), meets=("engagement",), sets="engaged_on", source="application"),
    Step("begin", "首次约见受援人", ("engaged",), "in_progress", (UNDERTAKE, HANDLE), "法律援助法46条",
         papers=(14,), sets="first_met_on"),
    Step("meet", "首次会见", ("assigned",), "first_met", (UNDERTAKE, HANDLE), "刑事诉讼法律援助工作的规定14条",
         meets=("engagement",), sets="first_met_on", source="notice"),
    Step("consent", "本人同意辩护", ("first_met",), "consented", (UNDERTAKE, HANDLE), "刑事诉讼法律援助工作的规定14条"),
    Step("decline", "本人拒绝辩护", ("first_met", "consented"), "client_refused", (UNDERTAKE, HANDLE),
         "刑事诉讼法律援助工作的规定15条"),
    Step("consent_after_all", "办案机关查明后同意辩护", ("client_refused",), "consented", (HANDLE,),
         "刑事诉讼法律援助工作的规定15条"),
    Step("begin_defence", "开始承办", ("consented",), "in_progress", (UNDERTAKE, HANDLE), "法律援助法46条"),
    Step("request_replacement", "申请更换承办人", S.WITH_UNDERTAKER, "", (UNDERTAKE, HANDLE), "法律援助法55条；办理程序规定37条*",
         papers=(16,), starts=("replacement_decision",), is_slip=False),
    Step("keep_undertaker", "不予更换承办人", S.WITH_UNDERTAKER, "", (HANDLE,), "法律援助法55条；办理程序规定37条*",
         papers=(17,), meets=("replacement_decision",), is_slip=False),
    Step("replace", "更换承办人", S.WITH_UNDERTAKER, "assigned", (HANDLE,), "法律援助法55条；办理程序规定37条*",
         papers=(16, 17), meets=("replacement_decision", "engagement"), starts=("engagement",), sets="assigned_on",
         clears=("engaged_on", "first_met_on"), is_slip=False),
    Step("terminate", "终止法律援助", ("granted", *S.WITH_UNDERTAKER), "terminated", (DECIDE,), "法律援助法48条",
         papers=(18, 19), starts=("objection_filing", "termination_notice"), ends=True, sets="terminated_on"),
    # -- the tail
    Step("conclude", "结案", ("in_progress",), "concluded", (UNDERTAKE, HANDLE), "法律援助法50条；办理程序规定40条*",
         starts=("file_submission",), sets="concluded_on"),
    Step("submit_file", "交卷", ("concluded", "file_returned"), "file_submitted", (UNDERTAKE, HANDLE), "办理程序规定40条*",
         papers=(21,), meets=("file_submission",), starts=("file_review",), sets="file_submitted_on"),
    Step("return_file", "退卷补正", ("file_submitted",), "file_returned", (HANDLE,), "办理程序规定41条*",
         meets=("file_review",), starts=("file_submission",)),
    Step("accept_file", "结案审查合格", ("file_submitted",), "file_accepted", (HANDLE,), "办理程序规定41条*",
         meets=("file_review",), sets="file_accepted_on"),
    Step("archive", "归档", ("file_accepted",), "archived", (HANDLE,), "办理程序规定42条*；方案五（二）2", sets="archived_on",
         is_slip=False),
    # domain.md 3.6: a terminated case ends for its undertaker when the decision reaches her office; from then on she has thirty days.
    Step("submit_terminated", "终止案件交卷", ("terminated",), "", (UNDERTAKE, HANDLE), "办理程序规定40条*",
         papers=(21,), meets=("file_submission",), is_slip=False),
    Step("archive_terminated", "终止案件归档", ("terminated",), "", (HANDLE,), "办理程序规定42条*", is_slip=False),
    Step("verify_quality", "质量核验合格", ("archived",), "quality_passed", (ADMINISTRATIVE, PEER), "方案五（二）2；理解口径 D41",
         sets="quality_verified_on", is_slip=False),
    Step("fail_quality", "质量核验不合格", ("archived",), "", (ADMINISTRATIVE, PEER), "方案五（二）2；理解口径 D41",
         sets="quality_verified_on", is_slip=False),
    Step("revoke_quality", "复评不合格，撤销质量核验", ("quality_passed",), "archived", (ADMINISTRATIVE, PEER),
         "方案五（二）2；法律援助法59条", sets="quality_verified_on", is_slip=False),
    # -- an objection that is upheld by the bureau takes the case back
    Step("correct_refusal", "异议成立，改为给予", ("refused",), "granted", (DECIDE,), "法律援助法49条",
         papers=(9,), starts=("aid_assignment",), sets="approved_on", clears=("refused_on", "refusal_ground"), is_slip=False),
    Step("correct_termination", "异议成立，恢复办理", ("terminated",), "in_progress", (DECIDE,), "法律援助法49条",
         ends=True, clears=("terminated_on", "termination_ground"), is_slip=False),
    Step("correct_termination_early", "异议成立，重新指派", ("terminated",), "granted", (DECIDE,), "法律援助法49条",
         starts=("aid_assignment",), ends=True, clears=("terminated_on", "termination_ground", "assigned_on", "engaged_on"), is_slip=False),
)  # fmt: skip


# Steps beside the ordinary way: a page shows them after it and never as the thing to do.
ASIDE = frozenset(
    {
        "ask_supplement", "deem_withdrawn", "redirect", "dismiss", "cooperate", "grant_pre_aid", "refuse", "withdraw", "ask_organ",
        "return_notice", "decline_assignment", "decline", "request_replacement", "keep_undertaker", "replace", "terminate", "return_file",
    }
)  # fmt: skip


# A step of its own: it undoes the last one, as an event with a reason. It has no row above, since it leads back.
TAKE_BACK = "take_back"
TAKE_BACK_MINUTES = 10


def pairs() -> set[tuple[str, str, str]]:
    """Every change of state there is: (step, from, to). The database refuses all others (test_step_guards holds it to this)."""
    forward = {(step.code, since, step.to or since) for step in STEPS.values() for since in step.since}
    back = {(TAKE_BACK, to, since) for code, since, to in forward if STEPS[code].is_slip and since and since != to}
    return forward | back


def steps_from(state: str) -> list[Step]:
    """The steps the table allows from a state, in its order."""
    return [step for step in STEPS.values() if state in step.since]


# Which told date of a history case speaks for which state, the latest first (contract 3.8).
TOLD = (
    ("quality_verified_on", "quality_passed"),
    ("archived_on", "archived"),
    ("file_submitted_on", "file_submitted"),
    ("concluded_on", "concluded"),
    ("assigned_on", "in_progress"),
)


def state_told_by(dates: Mapping[str, date | None], *, is_notice: bool) -> str:
    """The state of an imported case, by the last of its dates. A failed quality check does not make it pass: see the grade."""
    for name, state in TOLD:
        if dates.get(name):
            return state
    if is_notice:
        return "notice_received"
    return "granted" if dates.get("approved_on") else "received"


@dataclass(frozen=True)
class Route:
    """The steps a citizen's case is shown as: one row of dots at the head of its page."""

    words: str
    states: tuple[str, ...] = field(default=())


ROUTES: dict[str, tuple[Route, ...]] = {
    "application": (
        Route("申请受理", ("registered", "received", "need_supplement")),
        Route(
            "审查决定",
            ("accepted", "under_review", "cooperating", "refused", "deemed_withdrawn", "withdrawn", "redirected", "dismissed"),
        ),
        Route("指派承办", ("granted", "assigned")),
        Route("办理", ("engaged", "in_progress", "terminated")),
        Route("结案审查", ("concluded", "file_submitted", "file_returned")),
        Route("归档", ("file_accepted",)),
        Route("质量核验", ("archived",)),
    ),
    "notice": (
        Route("收到通知", ("notice_received", "notice_incomplete", "redirected")),
        Route("指派律师", ()),
        Route("会见", ("assigned", "first_met", "client_refused")),
        Route("办理", ("consented", "in_progress", "terminated")),
        Route("结案审查", ("concluded", "file_submitted", "file_returned")),
        Route("归档", ("file_accepted",)),
        Route("质量核验", ("archived",)),
    ),
}


def age_on(born: date, day: date) -> int:
    """Full years on a day; a birthday is the day on which the year is full."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def is_elder(born: date, day: date, from_age: int = 60) -> bool:
    """Z-CASE-1: on and after the 60th birthday (reading D24)."""
    return age_on(born, day) >= from_age


def is_minor(born: date, day: date) -> bool:
    """Z-CASE-1: until the end of the 18th birthday (reading D24: in the person's favour)."""
    return age_on(born, day) < 18 or (age_on(born, day) == 18 and (day.month, day.day) == (born.month, born.day))


def out_of_order(dates: Iterable[tuple[str, date | None]]) -> tuple[str, str] | None:
    """The first pair of names whose dates contradict their order, or None. domain.md 4.6."""
    earlier = ""
    since: date | None = None
    for name, day in dates:
        if day is None:
            continue
        if since is not None and day < since:
            return earlier, name
        earlier, since = name, day
    return None
