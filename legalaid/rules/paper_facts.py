"""What a paper prints, as words and days ready to be printed. Pure: nothing is looked up here.

A fact that is not known is empty, and the paper then shows a line to fill by hand. Who may read a whole identity number
is decided where the facts are gathered.
"""

from dataclasses import dataclass, field, fields, replace
from datetime import date


@dataclass(frozen=True)
class PaperFacts:
    """The facts of one case for one paper. domain.md 3.7, 4.6."""

    # the offices
    county: str = ""
    agency: str = ""
    agency_address: str = ""
    agency_phone: str = ""
    agency_head: str = ""
    bureau: str = ""
    government: str = ""
    handler: str = ""
    # the paper itself
    number: str = ""
    issued_on: date | None = None
    # the case
    case_number: str = ""
    is_notified: bool = False
    is_criminal: bool = False
    is_minor_case: bool = False
    is_pre_aid: bool = False
    case_type: str = ""
    case_type_code: str = ""
    channel: str = ""
    stage: str = ""
    stage_code: str = ""
    cause: str = ""
    summary: str = ""
    matter: str = ""
    basis: str = ""
    opponent: str = ""
    amount_claimed: str = ""
    amount_recovered: str = ""
    received_on: date | None = None
    accepted_on: date | None = None
    decided_on: date | None = None
    assigned_on: date | None = None
    engaged_on: date | None = None
    first_met_on: date | None = None
    concluded_on: date | None = None
    file_submitted_on: date | None = None
    archived_on: date | None = None
    archive_no: str = ""
    retention: str = ""
    result: str = ""
    result_document_no: str = ""
    provincial_no: str = ""
    # the organ that notified or hears the case
    organ: str = ""
    organ_code: str = ""
    notice_no: str = ""
    # the applicant, who becomes the recipient
    recipient: str = ""
    gender: str = ""
    ethnicity: str = ""
    birth_date: date | None = None
    id_number: str = ""
    phone: str = ""
    household_address: str = ""
    address: str = ""
    work_unit: str = ""
    occupation: str = ""
    education: str = ""
    health: str = ""
    custody_place: str = ""
    guardian: str = ""
    group_codes: tuple[str, ...] = ()
    groups: str = ""
    proxy_name: str = ""
    proxy_kind: str = ""
    proxy_id_number: str = ""
    proxy_phone: str = ""
    # hardship
    hardship: str = ""
    hardship_code: str = ""
    hardship_ground: str = ""
    household_size: str = ""
    household_income: str = ""
    # who undertakes it
    office: str = ""
    office_phone: str = ""
    undertaker: str = ""
    undertaker_kind: str = ""
    undertaker_licence: str = ""
    undertaker_phone: str = ""
    earlier_office: str = ""
    earlier_undertaker: str = ""
    earlier_assigned_on: date | None = None
    # what is said in this paper
    addressee: str = ""
    reason: str = ""
    ground: str = ""
    items: str = ""
    due_on: date | None = None
    days: str = ""
    opinion: str = ""
    decision: str = ""
    content: str = ""
    place: str = ""
    asked_by: str = ""
    answered_on: date | None = None
    powers: str = ""
    about_number: str = ""
    about_title: str = ""
    # lists of rows
    files: tuple = ()
    notes: tuple = ()
    helps: tuple = ()
    issued: tuple = ()
    answers: tuple = ()  # (question, "yes", "no", "unsure" or "")
    pages: str = ""

    @property
    def is_defence(self) -> bool:
        return self.case_type_code == "criminal_defence"

    @property
    def is_litigation(self) -> bool:
        return self.case_type_code.endswith("_litigation") and self.case_type_code != "non_litigation"

    def saying(self, **said) -> "PaperFacts":
        """The same facts with what a person adds. Raises KeyError for a fact that no paper knows."""
        unknown = set(said) - NAMES
        if unknown:
            raise KeyError(f"no paper prints {sorted(unknown)}")
        return replace(self, **said)


NAMES = frozenset(fact.name for fact in fields(PaperFacts))
BLANK = PaperFacts()


@dataclass(frozen=True)
class FileRow:
    """One line of the index of a file: what it is, its day, the pages it takes."""

    title: str
    day: date | None = None
    pages: str = ""
    count: int | str = ""
    remark: str = ""


@dataclass(frozen=True)
class NoteRow:
    """One line of a record: when, what kind, what was said, by whom."""

    day: date | None
    kind: str
    content: str
    by: str = ""


@dataclass(frozen=True)
class HelpRow:
    """One time of a duty lawyer's help. domain.md 3.9: never a case."""

    number: str = ""
    day: date | None = None
    place: str = ""
    person: str = ""
    cause: str = ""
    organ: str = ""
    stage: str = ""
    content: str = ""
    lawyer: str = ""
    extra: dict = field(default_factory=dict, hash=False)


LABELS = {
    "agency": "法律援助机构",
    "agency_address": "法律援助机构地址",
    "agency_phone": "法律援助机构电话",
    "bureau": "司法行政部门",
    "case_number": "案件编号",
    "case_type": "案件类型",
    "stage": "办理阶段",
    "cause": "案由",
    "summary": "案情简介",
    "matter": "援助事项",
    "opponent": "对方当事人",
    "received_on": "申请或通知日期",
    "decided_on": "决定日期",
    "assigned_on": "指派日期",
    "engaged_on": "签订委托日期",
    "first_met_on": "首次会见、约见日期",
    "concluded_on": "结案日期",
    "archived_on": "归档日期",
    "archive_no": "归档号",
    "retention": "保管期限",
    "result": "办理结果",
    "result_document_no": "结果文书号",
    "organ": "办案机关",
    "notice_no": "通知文号",
    "recipient": "受援人",
    "gender": "性别",
    "ethnicity": "民族",
    "birth_date": "出生日期",
    "id_number": "身份证号",
    "phone": "联系电话",
    "household_address": "户籍地",
    "address": "住址",
    "work_unit": "工作单位",
    "custody_place": "羁押场所",
    "proxy_name": "代理人",
    "hardship": "经济困难审查方式",
    "hardship_ground": "免予核查情形",
    "office": "承办机构",
    "office_phone": "承办机构电话",
    "undertaker": "承办人",
    "undertaker_licence": "执业证号",
    "undertaker_phone": "承办人电话",
    "earlier_office": "原承办机构",
    "earlier_undertaker": "原承办人",
    "government": "上级机关",
    "addressee": "主送单位",
    "reason": "理由",
    "ground": "依据和情形",
    "items": "材料清单",
    "due_on": "截止日期",
    "days": "天数",
    "opinion": "意见",
    "decision": "处理决定",
    "content": "内容",
    "place": "地点",
    "asked_by": "申请人",
    "answered_on": "答复日期",
    "powers": "授权权限",
    "about_number": "送达文书文号",
    "about_title": "送达文书名称",
    "files": "卷内材料",
    "notes": "办案记录",
    "pages": "页数",
}
