"""The special groups: what proves each, what an ID number says for or against it, on which day. Z-CASE-1; readings D24, D25.

Pure. The day is the application's, or the notice's for a notified case.
"""

from collections.abc import Iterable
from datetime import date

from legalaid.rules.procedure import age_on, is_elder, is_minor

NONE = "none"
# One of these proves the group; the first is the usual one. domain.md 4.9 Group evidence.
PROOFS: dict[str, tuple[str, ...]] = {
    "migrant_worker": ("劳动合同", "工资记录或者欠条", "用工单位、村（居）委会证明"),
    "farmer": ("户口簿（农业户口）", "村委会证明"),
    "disabled": ("残疾人证",),
    "elderly": ("身份证（年龄）", "老年人优待证"),
    "minor": ("身份证或者户口簿（年龄）", "出生医学证明"),
    "woman": ("身份证（性别）",),
    "hardship_employee": ("困难职工档案（工会）", "工会证明"),
    "military": ("军人证件", "军属优待证", "退役军人优待证"),
    "registered_poor": ("建档立卡登记证明（扶贫手册）",),
    "left_behind_woman": ("村（居）委会证明",),
    "left_behind_child": ("村（居）委会证明", "学校证明"),
}
# The identity card itself proves these.
PROVED_BY_ID = frozenset({"elderly", "minor", "woman"})
WORDS = {
    "migrant_worker": "农民工", "farmer": "农民", "disabled": "残疾人", "elderly": "老年人", "minor": "未成年人", "woman": "妇女",
    "hardship_employee": "困难职工", "military": "军人军属", "registered_poor": "建档立卡贫困户",
    "left_behind_woman": "留守妇女", "left_behind_child": "留守儿童", NONE: "无",
}  # fmt: skip
MALE, FEMALE = "1", "2"


def told_by_id(born: date | None, gender: str, day: date) -> list[str]:
    """The groups that birth date and gender alone speak for on that day."""
    found = []
    if born and is_elder(born, day):
        found.append("elderly")
    if born and is_minor(born, day):
        found.append("minor")
    if gender == FEMALE:
        found.append("woman")
    return found


def contradicted(groups: Iterable[str], born: date | None, gender: str, day: date) -> list[str]:
    """What speaks against the groups as written: warnings, for the office knows the person and the number only sex and age."""
    chosen, words = set(groups), []
    if gender == MALE:
        words += [f"登记为男性，群体选了{WORDS[group]}。" for group in ("woman", "left_behind_woman") if group in chosen]
    if born is None:
        return words
    age = age_on(born, day)
    if "elderly" in chosen and not is_elder(born, day):
        words.append(f"{day:%Y-%m-%d}时 {age} 周岁，不满 60 周岁，群体选了老年人。")
    if not is_minor(born, day):
        words += [
            f"{day:%Y-%m-%d}时 {age} 周岁，已经成年，群体选了{WORDS[group]}。"
            for group in ("minor", "left_behind_child")
            if group in chosen
        ]
    return words


def overlooked(groups: Iterable[str], born: date | None, gender: str, day: date) -> list[str]:
    """Groups the number speaks for that nobody chose, in words."""
    chosen = set(groups)
    return [WORDS[group] for group in told_by_id(born, gender, day) if group not in chosen]


def wrong_primary(primary: str, groups: Iterable[str]) -> str:
    """Why this primary group will not do; empty when it will. Totals count the primary group only (reading D25)."""
    chosen = [group for group in groups if group != NONE]
    if not chosen:
        return "" if primary in ("", NONE) else "没有选择群体，不能有主要群体。"
    if primary in ("", NONE):
        return "" if len(chosen) == 1 else "选了几个群体：请指定一个主要群体，统计只按主要群体计。"
    return "" if primary in chosen else "主要群体不在所选的群体里：请重新选择。"


def primary_of(primary: str, groups: Iterable[str]) -> str:
    """The primary group: the one chosen, or the only one."""
    chosen = [group for group in groups if group != NONE]
    return primary if primary in chosen else (chosen[0] if len(chosen) == 1 else NONE)


def proofs_needed(groups: Iterable[str], *, has_identity_card: bool) -> list[tuple[str, str]]:
    """(group, what proves it) for every group that the identity card does not prove by itself."""
    return [
        (group, "、".join(PROOFS[group]) + ("之一" if len(PROOFS[group]) > 1 else ""))
        for group in groups
        if group in PROOFS and not (has_identity_card and group in PROVED_BY_ID)
    ]
