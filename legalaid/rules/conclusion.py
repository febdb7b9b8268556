"""On which day a case is concluded, by type and stage. domain.md 3.6; PR23 art. 40 (from memory: to be held against the text).

Pure. A case ends by an event of its kind — a paper received, an agreement reached — and that event's day is its 结案日期.
"""

from dataclasses import dataclass
from datetime import date

CLAUSE = "办理法律援助案件程序规定40条*"


@dataclass(frozen=True)
class Event:
    """What ends a case of this kind. `paper` is the code of the document that proves it, empty where none exists."""

    code: str
    words: str
    help: str
    paper: str
    results: tuple[str, ...]
    needs_number: bool = True

    @property
    def needs_result(self) -> bool:
        """An event that only passes the matter on to the next stage says nothing of its outcome."""
        return bool(self.results)


@dataclass(frozen=True)
class Conclusion:
    """How cases of one kind end."""

    words: str
    events: tuple[Event, ...]

    def event(self, code: str) -> Event | None:
        return next((each for each in self.events if each.code == code), None)


_CIVIL = ("won", "partly", "lost", "withdrawn", "original", "remanded", "revised")
_DEFENCE = ("acquitted", "lighter", "probation", "exempt", "original", "remanded", "revised", "lost", "withdrawn")
_AGENCY = ("won", "partly", "lost", "original", "remanded", "revised", "withdrawn")

INVESTIGATION = Conclusion(
    "侦查阶段",
    (
        Event("opinion", "收到起诉意见书", "填写律师收到起诉意见书的日期，不是移送日期", "outcome", ()),
        Event("dropped", "收到撤销案件的文书", "填写律师收到撤销案件决定书的日期", "outcome", ("not_prosecuted",)),
    ),
)
REVIEW = Conclusion(
    "审查起诉阶段",
    (
        Event("indictment", "收到起诉书", "填写律师收到起诉书副本的日期", "outcome", ()),
        Event("not_prosecuted", "收到不起诉决定书", "填写律师收到不起诉决定书的日期", "outcome", ("not_prosecuted",)),
    ),
)
_JUDGED = "填写承办人收到的日期，不是落款日期、宣判日期"


def _trial(words: str, results: tuple[str, ...]) -> Conclusion:
    return Conclusion(
        words,
        (
            Event("judgment", "收到判决书", _JUDGED, "judgment", results),
            Event("ruling", "收到裁定书", _JUDGED, "judgment", results),
            Event("mediation", "收到调解书", _JUDGED, "judgment", ("mediated", "settled")),
        ),
    )


DEFENCE, AGENCY, LITIGATION = (
    _trial("审判阶段（辩护）", _DEFENCE),
    _trial("审判阶段（代理）", _AGENCY),
    _trial("诉讼案件", _CIVIL),
)
ARBITRATION = Conclusion(
    "仲裁、复议案件",
    (
        Event("award", "收到仲裁裁决书", _JUDGED, "judgment", ("award", "won", "partly", "lost")),
        Event("decision", "收到复议决定书", _JUDGED, "judgment", ("won", "partly", "lost", "original", "withdrawn")),
        Event("mediation", "收到仲裁调解书", _JUDGED, "judgment", ("mediated", "settled", "withdrawn")),
    ),
)
OTHERWISE = Conclusion(
    "其他非诉讼案件",
    (
        Event("agreement", "达成和解、调解协议", "填写协议签订的日期", "outcome", ("settled", "mediated"), needs_number=False),
        Event(
            "performance", "义务人开始履行（没有书面协议）", "填写义务人开始履行的日期，并上传收据、转账凭证等", "outcome", ("settled",),
            needs_number=False,
        ),
        Event("decision", "收到处理决定", "填写承办人收到决定的日期，例如国家赔偿决定书、社会保险待遇决定", "outcome", ("won", "partly", "lost")),
    ),
)  # fmt: skip

CRIMINAL = ("criminal_defence", "criminal_litigation")


def conclusion_for(type: str, stage: str) -> Conclusion:
    """How a case of this type and stage ends."""
    if type in CRIMINAL:
        if stage == "investigation":
            return INVESTIGATION
        if stage == "prosecution_review":
            return REVIEW
        return DEFENCE if type == "criminal_defence" else AGENCY
    if type == "labour_arbitration" or stage in ("arbitration", "reconsideration"):
        return ARBITRATION
    if type == "non_litigation" or stage == "mediation":
        return OTHERWISE
    return LITIGATION


@dataclass(frozen=True)
class Wrong:
    """What does not fit, and at which field."""

    field: str
    words: str


def faults(
    conclusion: Conclusion, code: str, *, day: date, number: str, result: str, begun_on: date | None, last_hearing_on: date | None
) -> list[Wrong]:
    """What stands against this conclusion; empty when nothing does."""
    event = conclusion.event(code)
    if event is None:
        choices = "、".join(each.words for each in conclusion.events)
        return [Wrong("event", f"没有选择结案情形：{conclusion.words}按“{choices}”之一结案。")]
    wrong = []
    if begun_on and day < begun_on:
        wrong.append(Wrong("day", f"结案日期 {day} 早于开始承办的日期 {begun_on}：请检查日期。"))
    if last_hearing_on and day < last_hearing_on:
        wrong.append(
            Wrong("day", f"承办记录里 {last_hearing_on} 还有开庭，晚于结案日期 {day}：请检查日期，或者划去登记错的记录。")
        )
    if event.needs_number and not number.strip():
        wrong.append(Wrong("document_no", f"没有填写文书号：{event.words}的，请填写文书上的案号或者文号。"))
    if event.needs_result and result not in event.results:
        wrong.append(Wrong("result", f"办理结果与“{event.words}”对不上：请重新选择。"))
    if not event.needs_result and result:
        wrong.append(Wrong("result", f"“{event.words}”只是进入下一阶段，没有办理结果：请留空。"))
    return wrong
