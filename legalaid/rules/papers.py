"""The papers of a case as a table: names and format numbers of each dated template set, number words, signatures, guards.

The sets of the Ministry of Justice (domain.md 3.7): that of 2013 (司发通〔2013〕34号) for papers issued before 2023-11-10,
that of 2023 (32 formats) from then on; the day the paper is issued decides, so a case that lasts over that day has papers
of both. Formats 16 and 17 of 2023 were read in the official text. The other names and numbers of 2023 come from a published
list that agrees with it there, those of 2013 from SF/T 0024—2017 §8; the wording and layout of all but 16 and 17 are ours,
written after the law and what such papers must say, and are to be compared with the official text by the bureau.
`LOCAL` papers (cover, index, remarks, 案前告知, withdrawal) have no ministerial format.
"""

from dataclasses import dataclass, field
from datetime import date

from legalaid.rules.paper_facts import LABELS, PaperFacts


@dataclass(frozen=True)
class TemplateSet:
    """One dated set of formats."""

    code: str
    words: str
    effective_from: date


SET_2013 = TemplateSet("2013", "2013年格式（司发通〔2013〕34号）", date.min)
SET_2023 = TemplateSet("2023", "2023年格式（司法部2023年11月10日）", date(2023, 11, 10))
SETS = (SET_2013, SET_2023)


def set_on(day: date) -> TemplateSet:
    """The set in force on the day a paper is issued."""
    return max((each for each in SETS if each.effective_from <= day), key=lambda each: each.effective_from)


# -- what a paper needs to know of the case's state

ARRIVING = frozenset(
    {
        "registered",
        "received",
        "need_supplement",
        "accepted",
        "under_review",
        "cooperating",
        "notice_received",
        "notice_incomplete",
    }
)
WORKING = frozenset({"assigned", "engaged", "first_met", "consented", "client_refused", "in_progress"})
CLOSING = frozenset({"concluded", "file_submitted", "file_returned", "file_accepted"})
KEPT = frozenset({"archived", "quality_passed"})
LIVING = frozenset({"granted"}) | WORKING | CLOSING | KEPT
ENDED = frozenset({"refused", "deemed_withdrawn", "withdrawn", "redirected", "terminated"})
ANY = ARRIVING | LIVING | ENDED

# -- who may issue it: actions of the policy, any of them

HANDLE, DECIDE, OBJECT = "legalaid.handle_case", "legalaid.decide_case", "legalaid.decide_objection"
UNDERTAKE, HAND_IN = "legalaid.undertake_case", "legalaid.hand_in_application"
OFFICE = frozenset({HANDLE, DECIDE})

GROUPS = {
    "intake": "申请与受理",
    "review": "审查与决定",
    "work": "指派与承办",
    "change": "更换、终止与异议",
    "closing": "结案与回访",
    "help": "值班律师法律帮助",
    "file": "卷宗",
}


# What a fact is called in one paper where its general name would mislead.
WORDS = {
    ("service_receipt", "addressee"): "受送达人",
    ("replacement_notice", "decision"): "处理情形",
    ("replacement_notice", "answered_on"): "收到申请日期",
    ("replacement_notice", "days"): "办理天数",
    ("objection_decision", "answered_on"): "收到异议日期",
    ("objection_decision", "asked_by"): "异议人",
    ("introduction", "content"): "办理事项",
    ("introduction", "days"): "有效天数",
    ("receipt", "items"): "其他说明",
    ("progress_record", "content"): "补充一条记录",
    ("closing_report", "content"): "承办人小结",
    ("review_sheet", "opinion"): "审查意见",
    ("review_sheet", "decision"): "审批意见",
    ("replacement_request", "opinion"): "审核意见",
    ("replacement_request", "decision"): "审批意见",
    ("closing_report", "opinion"): "机构审查意见",
    ("file_remarks", "content"): "本卷情况说明",
    ("cooperation_letter", "items"): "核查事项",
    ("supplement_notice", "items"): "需要补充的材料、说明的情况",
    ("hearing_observation", "content"): "旁听记录",
    ("hearing_observation", "opinion"): "评价和建议",
    ("follow_up", "opinion"): "满意度",
    ("follow_up", "content"): "意见和建议",
}


@dataclass(frozen=True)
class Kind:
    """One kind of paper.

    ``names`` is its name in each set, ``formats`` its number there; a set that does not know it is absent. ``word`` is the
    word of its document number, empty for papers without one. ``needs`` are facts the page lists when they are empty,
    ``must`` those without which the paper is not issued, ``asks`` what a person may write in before it goes out.
    ``is_once``: in force once in a case, changed only as its next version. ``shows_id``: the official form has the whole identity number. ``goes_out``: it is served on somebody.
    """

    code: str
    group: str
    names: dict[str, str] = field(hash=False)
    formats: dict[str, int] = field(default_factory=dict, hash=False)
    word: str = ""
    states: frozenset[str] = ANY
    makers: frozenset[str] = OFFICE
    needs: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    signed_by: tuple[str, ...] = ()
    sealed_by: str = ""
    addressee: str = ""
    source: str = ""  # only for cases of this source
    is_letter: bool = False
    goes_out: bool = False
    is_once: bool = False
    shows_id: bool = False
    is_of_case: bool = True

    def name_in(self, each: TemplateSet) -> str:
        """Its name in a set; the other set's where this one does not know it."""
        return self.names.get(each.code) or next(iter(self.names.values()))

    def label(self, name: str) -> str:
        """What a fact is called in this paper."""
        return WORDS.get((self.code, name)) or LABELS[name]

    def lacking(self, facts: PaperFacts, names) -> list[str]:
        """What the facts of these names are called that are empty."""
        return [self.label(name) for name in names if not getattr(facts, name)]

    @property
    def template(self) -> str:
        return f"print/legalaid/{self.code}.html"


def both(name, older=None):
    """The same paper in both sets."""
    return {"2013": older or name, "2023": name}


APPLICANT, PROXY, STAFF, HEAD = "申请人", "代理人", "法律援助机构工作人员", "法律援助机构负责人"
RECIPIENT, UNDERTAKER, AGENCY, BUREAU, UNIT = "受援人", "承办人", "法律援助机构", "司法行政部门", "承办单位"

_PERSON = ("recipient", "gender", "birth_date", "id_number", "phone", "address")
_UNDERTAKER = ("office", "undertaker", "undertaker_phone")
_KINDS = (
    # -- intake
    Kind(
        "application", "intake", both("法律援助申请表"), {"2023": 2}, "申", ARRIVING | LIVING, OFFICE | {HAND_IN},
        needs=(*_PERSON, "ethnicity", "household_address", "cause", "summary", "matter"), signed_by=(APPLICANT, PROXY),
        shows_id=True, source="application", is_once=True,
    ),
    Kind(
        "authorization", "intake", both("授权委托书", "申请委托书"), {"2023": 3}, "", ANY, OFFICE | {HAND_IN, UNDERTAKE},
        needs=("recipient", "id_number", "proxy_name", "cause"), asks=("powers",), signed_by=(APPLICANT, PROXY), shows_id=True,
    ),
    Kind(
        "hardship_statement", "intake", both("经济困难状况说明表", "法律援助申请人经济状况证明表"), {"2023": 4}, "", ARRIVING | LIVING,
        OFFICE | {HAND_IN}, needs=("recipient", "id_number", "phone", "household_address", "cause"), signed_by=(APPLICANT,),
        shows_id=True, source="application", is_once=True,
    ),
    Kind(
        "receipt", "intake", both("法律援助申请材料接收凭证"), {"2023": 5}, "收", ARRIVING | LIVING, OFFICE | {HAND_IN},
        needs=("recipient", "cause", "received_on", "files"), asks=("items",), signed_by=(APPLICANT, STAFF), sealed_by=AGENCY,
        addressee=APPLICANT, goes_out=True, source="application",
    ),
    Kind(
        "supplement_notice", "intake", both("补充材料/说明通知书"), {"2023": 6}, "补", ARRIVING,
        needs=("recipient", "received_on", "agency_address", "agency_phone"), must=("items", "due_on"), asks=("items", "due_on"),
        sealed_by=AGENCY, addressee=APPLICANT, is_letter=True, goes_out=True,
    ),
    Kind(
        "cooperation_letter", "intake", both("法律援助协作函"), {"2023": 7}, "协", ARRIVING,
        needs=("recipient", "agency_phone"), must=("addressee", "items"), asks=("addressee", "items", "due_on"),
        sealed_by=AGENCY, addressee="异地法律援助机构", is_letter=True, goes_out=True, source="application",
    ),
    Kind(
        "withdrawal", "intake", both("撤回法律援助申请记录"), {}, "撤", ARRIVING | {"deemed_withdrawn", "withdrawn"},
        needs=("recipient", "received_on"), must=("reason",), asks=("reason",), signed_by=(APPLICANT, STAFF), source="application",
    ),
    # -- review and decision
    Kind(
        "review_sheet", "review", both("法律援助审查表", "法律援助审批表"), {"2023": 8}, "审",
        ARRIVING | LIVING | {"refused"}, needs=("recipient", "gender", "id_number", "cause", "matter", "hardship"),
        asks=("opinion", "decision"), signed_by=(STAFF, HEAD), sealed_by=AGENCY, source="application", is_once=True,
    ),
    Kind(
        "grant_decision", "review", both("给予法律援助决定书"), {"2023": 9}, "决", LIVING,
        needs=("received_on", "case_type", "agency_phone"), must=("recipient", "cause", "decided_on"), sealed_by=AGENCY,
        addressee=APPLICANT, is_letter=True, goes_out=True, source="application", is_once=True,
    ),
    Kind(
        "refusal_decision", "review", both("不予法律援助决定书"), {"2023": 10}, "不", frozenset({"refused"}),
        needs=("received_on", "ground", "agency_phone"), must=("recipient", "cause", "reason"), asks=("reason",),
        sealed_by=AGENCY, addressee=APPLICANT, is_letter=True, goes_out=True, source="application", is_once=True,
    ),
    Kind(
        "service_receipt", "review", both("送达回证"), {"2023": 22}, "", ANY,
        needs=("addressee", "about_title", "about_number"), asks=("addressee", "about_title", "about_number", "place"),
        signed_by=("受送达人", "送达人"),
    ),
    # -- assignment and work
    Kind(
        "assignment_notice", "work", both("指派通知书"), {"2023": 11}, "指", LIVING,
        needs=("recipient", "cause", "case_type", "agency_phone"), must=("office",), asks=("addressee",), sealed_by=AGENCY,
        addressee=UNIT, is_letter=True, goes_out=True,
    ),
    Kind(
        "agreement", "work", both("委托代理/辩护协议"), {"2023": 12}, "", WORKING | CLOSING, OFFICE | {UNDERTAKE},
        needs=("recipient", "phone", "address", "office", "undertaker", "cause"), asks=("powers",),
        signed_by=(RECIPIENT, UNIT), sealed_by=UNIT,
    ),
    Kind(
        "official_letter", "work", both("法律援助公函"), {"2023": 13}, "函", LIVING,
        needs=("recipient", "cause", *_UNDERTAKER), must=("organ", "office"), asks=("organ",), sealed_by=AGENCY, addressee="办案机关",
        is_letter=True, goes_out=True,
    ),
    Kind(
        "progress_record", "work", both("案件承办情况通报/报告记录"), {"2023": 14}, "", WORKING | CLOSING | KEPT | {"terminated"},
        OFFICE | {UNDERTAKE}, needs=("recipient", "cause", "undertaker", "notes"), asks=("content",),
        signed_by=(UNDERTAKER, RECIPIENT),
    ),
    Kind(
        "introduction", "work", both("法律援助机构介绍信"), {"2023": 15}, "介", LIVING,
        needs=("recipient", "cause", "undertaker", "undertaker_licence"), must=("addressee", "content"),
        asks=("addressee", "content", "days"), sealed_by=AGENCY, addressee="有关单位", is_letter=True, goes_out=True,
    ),
    Kind(
        "supervision", "work", both("案前告知、案中监督记录"), {}, "", LIVING | {"terminated"}, OFFICE | {UNDERTAKE},
        needs=("recipient", "cause", "undertaker"), signed_by=(RECIPIENT, STAFF),
    ),
    Kind(
        "hearing_observation", "work", both("庭审旁听情况记录表"), {"2023": 30}, "", WORKING | CLOSING | KEPT,
        needs=("recipient", "cause", "undertaker", "organ"), asks=("place", "content", "opinion"), signed_by=("旁听人",),
    ),
    Kind(
        "organ_opinion", "work", both("征询办案机关意见函"), {"2023": 31}, "征", WORKING | CLOSING | KEPT,
        needs=("recipient", "cause", "office", "undertaker", "agency_phone"), must=("organ",), asks=("organ",), sealed_by=AGENCY,
        addressee="办案机关", is_letter=True, goes_out=True,
    ),
    # -- replacement, termination, objection
    Kind(
        "replacement_request", "change", both("更换法律援助人员申请表"), {"2023": 16}, "", WORKING | CLOSING, OFFICE | {UNDERTAKE},
        needs=("recipient", "phone", "cause", "earlier_office", "earlier_undertaker"), asks=("asked_by", "reason", "opinion", "decision"),
        signed_by=(APPLICANT, STAFF, HEAD),
    ),
    Kind(
        "replacement_notice", "change", both("更换法律援助人员通知书"), {"2023": 17}, "更", WORKING | CLOSING,
        needs=("recipient", "cause", "earlier_undertaker", "answered_on"), must=("addressee", "days"),
        asks=("addressee", "answered_on", "decision", "days"), sealed_by=AGENCY, addressee=UNIT, is_letter=True, goes_out=True,
    ),
    Kind(
        "termination_decision", "change", both("终止法律援助决定书"), {"2023": 18}, "终", frozenset({"terminated"}),
        needs=("cause", "decided_on", "agency_phone"), must=("recipient", "ground"), asks=("reason",), sealed_by=AGENCY,
        addressee=RECIPIENT, is_letter=True, goes_out=True,
    ),
    Kind(
        "termination_letter", "change", both("终止法律援助公函"), {"2023": 19}, "终函", frozenset({"terminated"}),
        needs=("recipient", "cause", "office", "undertaker"), must=("organ",), asks=("organ",), sealed_by=AGENCY,
        addressee="办案机关", is_letter=True, goes_out=True,
    ),
    Kind(
        "objection_decision", "change", both("法律援助异议审查决定书"), {"2023": 20}, "异", ANY - {"registered"}, frozenset({OBJECT}),
        needs=("cause", "about_title", "about_number", "answered_on", "government"), must=("recipient", "reason", "decision"),
        asks=("asked_by", "about_title", "about_number", "answered_on", "reason", "decision"), sealed_by=BUREAU, addressee="异议人", is_letter=True, goes_out=True,
    ),
    # -- closing
    Kind(
        "closing_report", "closing", both("结案报告表"), {"2023": 21}, "结", CLOSING | KEPT | {"terminated"}, OFFICE | {UNDERTAKE},
        needs=("recipient", "cause", "office", "undertaker", "assigned_on", "concluded_on", "result", "notes"), asks=("content", "opinion"),
        signed_by=(UNDERTAKER, UNIT, STAFF), is_once=True,
    ),
    Kind(
        "follow_up", "closing", both("受援人回访记录表"), {"2023": 32}, "", WORKING | CLOSING | KEPT | {"terminated"},
        needs=("recipient", "phone", "cause", "office", "undertaker"), asks=("content", "opinion"), signed_by=(RECIPIENT, "回访人"),
    ),
    # -- duty lawyers: their own record, never a case
    Kind(
        "help_request", "help", both("法律帮助申请表"), {"2023": 23}, "", frozenset(), needs=("recipient",), signed_by=(APPLICANT,), is_of_case=False,
        shows_id=True,
    ),
    Kind(
        "help_register", "help", both("值班律师提供法律帮助情况登记表"), {"2023": 28}, "", frozenset(), signed_by=("值班律师",), is_of_case=False,
    ),
    Kind("help_ledger", "help", both("值班律师法律帮助工作台账"), {"2023": 29}, "", frozenset(), is_of_case=False),
    # -- the file
    Kind(
        "file_cover", "file", both("法律援助案件卷宗封面"), {}, "", CLOSING | KEPT | ENDED, OFFICE | {UNDERTAKE},
        needs=("recipient", "cause", "office", "undertaker", "result", "concluded_on", "archive_no", "retention", "pages"), asks=("retention", "pages"), is_once=True,
    ),
    Kind("file_index", "file", both("卷内目录"), {}, "", CLOSING | KEPT | ENDED, OFFICE | {UNDERTAKE}, needs=("files",), is_once=True),
    Kind(
        "file_remarks", "file", both("卷内备考表"), {}, "", CLOSING | KEPT | ENDED, OFFICE | {UNDERTAKE}, needs=("pages",), asks=("pages", "content"),
        signed_by=("立卷人", "检查人"), is_once=True,
    ),
)  # fmt: skip
KINDS = {kind.code: kind for kind in _KINDS}
# Bound in this order with what the case holds between index and remarks.
FILE_PAPERS = ("file_cover", "file_index", "file_remarks")


def kind_of(code: str) -> Kind:
    """The kind of a code. Raises KeyError."""
    return KINDS[code]


def words_of(code: str, day: date) -> str:
    """The name of a kind on a day."""
    return KINDS[code].name_in(set_on(day))


def for_case(*, state: str, source: str, is_history: bool = False) -> list[Kind]:
    """The kinds that may be made for a case in this state, in the order of the table. History stands outside the states."""
    return [
        kind
        for kind in _KINDS
        if kind.is_of_case and (is_history or state in kind.states) and (not kind.source or kind.source == source)
    ]


# -- document numbers


def default_prefix(county: str) -> str:
    """泽州县 → 泽援, domain.md 3.7; what a county writes instead is data of the county."""
    return f"{county[:1]}援"


def document_number(*, prefix: str, word: str, year: int, number: int) -> str:
    """泽援决字〔2022〕第001号: the year in hexagonal brackets, at least three digits."""
    return f"{prefix}{word}字〔{year}〕第{number:03d}号"
