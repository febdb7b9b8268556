"""Legal help by duty lawyers as a table of steps. domain.md §3.9; CPL 36, 173, 174; LAF 14, 30, 39(2).

The application for aid that a person hands to the duty lawyer is passed on within 24 hours, whatever else the help is at;
a defender assigned later ends the help, and what was done is still logged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

STATES = {
    "requested": "已申请",
    "notified": "已通知",
    "arranged": "已安排",
    "help_given": "已提供帮助",
    "signing_witnessed": "已见证具结",
    "transferred": "已转交援助申请",
    "logged": "已登记台账",
}
HANDLE, GIVE = "legalaid.handle_legal_help", "legalaid.give_legal_help"
OPEN = tuple(state for state in STATES if state != "logged")
TRANSFER_LIMIT = timedelta(hours=24)


@dataclass(frozen=True)
class Step:
    """One row of the table: from which states, where to ("" stays), who may, by which clause.

    `sets` is the date it writes; `works_ended` says that it is still possible when a defender has ended the help.
    """

    code: str
    words: str
    since: tuple[str, ...]
    to: str
    actions: tuple[str, ...]
    clause: str
    sets: str = ""
    works_ended: bool = False


def _table(*steps: Step) -> dict[str, Step]:
    return {step.code: step for step in steps}


STEPS: dict[str, Step] = _table(
    Step("request", "登记申请、约见", ("",), "requested", (HANDLE, GIVE), "刑事诉讼法36条；法律援助法30条", sets="asked_on"),
    Step("notice", "登记办案机关通知", ("",), "notified", (HANDLE, GIVE), "刑事诉讼法36条；法律援助法14、30条", sets="asked_on"),
    Step("arrange", "安排值班律师", ("requested", "notified", "arranged"), "arranged", (HANDLE,), "法律援助法14条", sets="arranged_on"),
    Step("give", "提供法律帮助", ("arranged", "transferred"), "help_given", (GIVE, HANDLE), "刑事诉讼法36条；法律援助法30条",
         sets="given_on"),
    Step("witness", "见证签署认罪认罚具结书", ("help_given",), "signing_witnessed", (GIVE, HANDLE), "刑事诉讼法174条",
         sets="witnessed_on"),
    Step("take_application", "收到法律援助申请", OPEN, "", (GIVE, HANDLE), "法律援助法39条2款", works_ended=True),
    Step("transfer", "转交法律援助申请", OPEN, "transferred", (GIVE, HANDLE), "法律援助法39条2款", works_ended=True),
    Step("end", "已有辩护人，终止帮助", OPEN, "", (HANDLE,), "刑事诉讼法36条（没有委托、指派辩护人的才由值班律师帮助）", sets="ended_on"),
    Step("log", "登记工作台账", ("help_given", "signing_witnessed", "transferred"), "logged", (GIVE, HANDLE), "工作台账格式29",
         sets="logged_on", works_ended=True),
)  # fmt: skip


def why_not(step: Step, *, state: str, is_ended: bool, has_application: bool, is_transferred: bool, was_given: bool) -> str:
    """Why a step is not possible now, in Chinese; empty when it is."""
    if step.code == "log" and is_ended and state != "logged":
        pass
    elif state not in step.since:
        return f"现在是“{STATES[state]}”，不能{step.words}。"
    if is_ended and not step.works_ended:
        return f"已有辩护人，值班律师帮助已经终止，不能{step.words}。"
    if step.code == "take_application" and has_application:
        return "已经登记过收到援助申请的时间。"
    if step.code == "transfer" and not has_application:
        return "还没有登记收到援助申请的时间：请先登记，24 小时从那时起算。"
    if step.code == "transfer" and is_transferred:
        return "申请已经转交。"
    if step.code == "log" and has_application and not is_transferred:
        return "收到的援助申请还没有转交：请先转交，再登记台账。"
    if step.code == "log" and not was_given and not is_ended and not is_transferred:
        return "还没有提供法律帮助，不能登记台账。"
    return ""


def state_after(step: Step, *, state: str) -> str:
    """Where a step leads. Passing an application on after the help was given does not undo that it was given."""
    if step.code == "transfer" and state in ("help_given", "signing_witnessed"):
        return state
    return step.to or state


def transfer_due(application_at: datetime) -> datetime:
    """The last instant for passing an application on: 24 clock hours, holidays included. LAF 39(2)."""
    return application_at + TRANSFER_LIMIT


def transfer_words(due_at: datetime | None, transferred_at: datetime | None, now: datetime) -> tuple[str, str]:
    """How the 24 hours stand, and the tone in which it is shown."""
    if due_at is None:
        return "", "mute"
    if transferred_at is not None:
        late = transferred_at - due_at
        return ("已按时转交", "ok") if late <= timedelta(0) else (f"转交逾期 {hours(late)}", "bad")
    left = due_at - now
    return (f"转交还剩 {hours(left)}", "warn") if left >= timedelta(0) else (f"转交已逾期 {hours(-left)}", "bad")


def hours(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} 小时 {minutes % 60} 分"


def out_of_order(dates: Iterable[tuple[str, date | None]]) -> tuple[str, str] | None:
    """The first pair of names whose dates contradict their order, or None."""
    earlier, since = "", None
    for name, day in dates:
        if day is None:
            continue
        if since is not None and day < since:
            return earlier, name
        earlier, since = name, day
    return None
