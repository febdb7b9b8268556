"""The facts of a case as they are typed, checked against each other and kept: people, groups, matter, hardship. domain.md §4.6–4.8."""

from datetime import date

from common.encryption import keyed_index
from common.errors import Refused
from common.free_text import mask_numbers
from common.id_numbers import birth_date_of, check_id_number, gender_of, mask_id_number, mask_name, mask_phone
from legalaid.models import AidCase, Applicant
from legalaid.rules import groups as group_rules
from legalaid.rules import hardship, matters
from legalaid.rules.doubts import Doubt
from legalaid.rules.procedure import is_minor
from legalaid.services.intake_doubts import hardship_facts

CASE_COLUMNS = (
    "recipient", "channel", "is_green_channel", "matter", "type", "stage", "procedure", "cause", "summary", "organ", "organ_name",
    "notice_no", "opponent", "amount_claimed", "applied_in_custody_at",
)  # fmt: skip
APPLICANT_COLUMNS = (
    "id_kind", "gender", "ethnicity", "birth_date", "phone", "registered_address", "current_address", "postcode", "education",
    "occupation", "work_unit", "health", "nationality", "custody_place", "guardian", "household_size", "household_income",
    "hardship_claims", "proxy_name", "proxy_relation", "proxy_id_number", "proxy_phone",
)  # fmt: skip
FREE_TEXT = ("cause", "summary", "opponent", "organ_name")
RESIDENT = Applicant.IdKind.RESIDENT


class IntakeRefused(Refused):
    """A case that is not opened or not changed like that."""


def fill(case: AidCase, values: dict, *, day: date, applicant: Applicant | None = None) -> Applicant:
    """Write what was typed into the case and its applicant, worked out where a rule says it; nothing is saved.

    `values`: the columns above, `id_number`, `opponent_id_number`, `groups`, `primary_group`, `basis` (empty: as the matter suggests),
    `prefers_check`. Columns that are not given stay as they are. `day` is the day on which ages count.
    Raises IntakeRefused with the field that is wrong.
    """
    applicant = applicant or Applicant()
    for name in CASE_COLUMNS:
        if name in values:
            setattr(case, name, values[name])
    for name in FREE_TEXT:
        setattr(case, name, mask_numbers(getattr(case, name)).text)
    for name in APPLICANT_COLUMNS:
        if name in values:
            setattr(applicant, name, values[name])
    applicant.phone_index = keyed_index(applicant.phone) if applicant.phone else ""
    fill_identity(case, applicant, values.get("id_number"))
    case.set_search_keys()
    if "opponent_id_number" in values:
        case.opponent_id_number = values["opponent_id_number"] or ""
        case.opponent_id_index = keyed_index(case.opponent_id_number) if case.opponent_id_number else ""
    fill_groups(case, values)
    fill_matter(case, values)
    born = applicant.birth_date
    case.is_minor_case = bool(born and is_minor(born, day)) or case.matter == AidCase.Matter.C25_1
    fill_hardship(case, applicant, prefers_check=bool(values.get("prefers_check")))
    if applicant.proxy_name and not applicant.proxy_relation:
        raise IntakeRefused("填写了代理人，没有写与申请人的关系：请选择。", field="proxy_relation")
    return applicant


def fill_identity(case: AidCase, applicant: Applicant, id_number: str | None) -> None:
    """The number by its kind; what a resident number says of birth and sex must be what was typed. domain.md §4.8."""
    case.id_number = id_number or case.id_number
    if not case.id_number:
        raise IntakeRefused("没有填写证件号码：请填写；身份不明的，证件类型选“其他或者身份不明”并写明情况。", field="id_number")
    # Also when only the kind was changed.
    case.id_number = checked_number(applicant.id_kind, case.id_number)
    if applicant.id_kind != RESIDENT:
        return
    born, gender = birth_date_of(case.id_number), Applicant.Gender.MALE if gender_of(case.id_number) == "男" else "2"
    if applicant.birth_date and applicant.birth_date != born:
        raise IntakeRefused("出生日期与身份证号不一致：请核对，或者留空由身份证号得出。", field="birth_date")
    if applicant.gender in (Applicant.Gender.MALE, Applicant.Gender.FEMALE) and applicant.gender != gender:
        raise IntakeRefused("性别与身份证号不一致：请核对。", field="gender")
    applicant.birth_date, applicant.gender = born, gender


def checked_number(kind: str, text: str) -> str:
    """A number in its normal form. The old 15 digits and other papers are kept as written. Raises IntakeRefused."""
    if kind == RESIDENT:
        try:
            return check_id_number(text)
        except ValueError as error:
            raise IntakeRefused(str(error), field="id_number") from None
    plain = "".join(text.split()).upper()
    if not 3 <= len(plain) <= 30:
        raise IntakeRefused("证件号码应为 3 至 30 个字符；身份不明的，写明自报姓名、绰号等。", field="id_number")
    if kind == Applicant.IdKind.OLD_RESIDENT and not (len(plain) == 15 and plain.isascii() and plain.isdigit()):
        raise IntakeRefused("旧身份证号是 15 位数字：请核对；现用的 18 位号码请选“居民身份证”。", field="id_number")
    return plain


def fill_groups(case: AidCase, values: dict) -> None:
    if "groups" not in values:
        return
    chosen = [group for group in values["groups"] if group != AidCase.Group.NONE]
    primary = values.get("primary_group") or ""
    if wrong := group_rules.wrong_primary(primary, chosen):
        raise IntakeRefused(wrong, field="primary_group")
    case.primary_group = group_rules.primary_of(primary, chosen)
    case.other_groups = [group for group in chosen if group != case.primary_group]


def fill_matter(case: AidCase, values: dict) -> None:
    """Type, stage and basis go with the matter; what was left open follows from it."""
    case.type = case.type or matters.usual_type(case.matter)
    case.stage = case.stage or usual_stage(case.type)
    if misfit := matters.misfit(case.matter, case.type, case.stage):
        field, words = misfit
        raise IntakeRefused(words, field=field)
    if "basis" in values or not case.basis:
        case.basis = values.get("basis") or matters.suggested_basis(case.matter, case.stage, case.procedure).code


def usual_stage(type_: str) -> str:
    return matters.STAGES_OF[type_][0] if type_ not in matters.CRIMINAL_TYPES else "other"


def fill_hardship(case: AidCase, applicant: Applicant, *, prefers_check: bool) -> None:
    """The mode and its ground by the decision table. domain.md §3.4."""
    chosen = frozenset(case.groups) - {AidCase.Group.NONE}
    row = hardship.decide(hardship_facts(case, applicant, chosen, prefers_check=prefers_check))
    case.hardship, case.hardship_ground = row.mode, row.ground[:200]


# --- words ------------------------------------------------------------------------------------------------------------


def words_of_facts(case: AidCase, applicant: Applicant, doubts: list[Doubt]) -> dict:
    """What the first event of a case keeps: how it came, what it is about, what was doubted. No numbers of persons."""
    facts = {"来源": case.get_channel_display() if case.channel else case.get_organ_display()}
    if case.station_id:
        facts["代收站点"] = case.station.name
    if case.consultation_id:
        facts["来源咨询"] = str(case.consultation)
    facts |= {"群体": group_words(case), "事项": case.get_matter_display(), "经济困难审查": case.hardship_ground}
    if applicant.proxy_name:
        facts["代为申请"] = applicant.proxy_relation
    if doubts:
        facts["核对过的提示"] = [doubt.words for doubt in doubts]
    return {name: value for name, value in facts.items() if value}


def group_words(case: AidCase) -> str:
    return "、".join(group_rules.WORDS[group] for group in case.groups)


def summary(case: AidCase, applicant: Applicant) -> dict:
    """The facts as the audit keeps them: every number and name masked (safety.md §1.8–9)."""
    return {
        "申请人": mask_name(case.recipient),
        "证件类型": applicant.get_id_kind_display(),
        "证件号码": mask_id_number(case.id_number),
        "性别": applicant.get_gender_display(),
        "出生日期": applicant.birth_date and applicant.birth_date.isoformat(),
        "联系电话": mask_phone(applicant.phone),
        "住址": f"{len(applicant.registered_address)}、{len(applicant.current_address)} 字",
        "其他资料": "；".join(
            filter(None, (applicant.ethnicity, applicant.education, applicant.occupation, applicant.work_unit))
        ),
        "羁押场所": applicant.custody_place,
        "监护人": mask_name(applicant.guardian),
        "代理人": f"{mask_name(applicant.proxy_name)} {applicant.proxy_relation}".strip(),
        "代理人证件": mask_id_number(applicant.proxy_id_number),
        "代理人电话": mask_phone(applicant.proxy_phone),
        "受理方式": case.get_channel_display() if case.channel else "",
        "绿色通道": "是" if case.is_green_channel else "否",
        "主要群体": case.get_primary_group_display(),
        "群体": group_words(case),
        "援助事项": case.get_matter_display(),
        "案件类型": case.get_type_display(),
        "办理阶段": case.get_stage_display(),
        "审理程序": case.get_procedure_display(),
        "案由": case.cause,
        "案情简介": f"{len(case.summary)} 字",
        "通知机关": f"{case.get_organ_display()} {case.organ_name}".strip(),
        "通知文号": case.notice_no,
        "对方当事人": "、".join(mask_name(name) for name in case.opponent.split("、") if name),
        "对方证件": mask_id_number(case.opponent_id_number),
        "标的额": case.amount_claimed,
        "惠民工程依据": case.get_basis_display(),
        "经济困难审查": case.get_hardship_display(),
        "审查情形": case.hardship_ground,
        "家庭": f"{applicant.household_size or '—'} 人，人均月收入 {applicant.household_income if applicant.household_income is not None else '—'} 元",
        "未成年人案件": "是" if case.is_minor_case else "否",
    }
