"""When a consultation record is complete, what looks doubtful about it, and who may need legal aid. domain.md 4.5; Z-CON-4.

Pure. A record is a mapping of its columns; a column that is not given is not judged.
"""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import NamedTuple

LEAST_CHARACTERS = 10
ANONYMOUS = "匿名"

# Column → its word, in the order of the form. Phone, ID number and group are never required (Z-CON-5).
REQUIRED = {
    "shift": "班次",
    "time": "时间",
    "channel": "咨询方式",
    "client_name": "咨询人",
    "matter": "咨询类别",
    "question": "咨询内容",
    "answer": "答复意见",
    "outcome": "处理方式",
    "advisor_signed": "值班人员签名",
}
LONG_ENOUGH = ("question", "answer")


def missing_items(record: Mapping) -> list[str]:
    """What is missing in a record, in words; empty when it is complete. Z-DED-1, domain 4.5."""
    return list(missing_columns(record).values())


def missing_columns(record: Mapping) -> dict[str, str]:
    """Column → what is missing in it, in words. Question and answer need ten characters; 匿名 is a name."""
    found = {}
    for column, word in REQUIRED.items():
        if column not in record:
            continue
        value = record[column]
        if column in LONG_ENOUGH:
            length = characters(value)
            if length < LEAST_CHARACTERS:
                found[column] = f"{word}不足{LEAST_CHARACTERS}字" if length else word
        elif value is None or value is False or (isinstance(value, str) and not value.strip()):
            found[column] = word
    return found


def characters(text: str | None) -> int:
    """How many characters a text has, blanks apart."""
    return len("".join((text or "").split()))


class Nearby(NamedTuple):
    """Another record as the checks see it."""

    number: str
    time: time | None
    matter: str
    phone_index: str
    text: str
    is_same_adviser: bool
    id_index: str = ""

    def is_same_person(self, other: "Nearby") -> bool:
        """The same telephone or the same ID number."""
        return bool(
            self.phone_index and self.phone_index == other.phone_index or self.id_index and self.id_index == other.id_index
        )


def doubts(record: Nearby, shift_span: tuple[time, time] | None, same_day: Iterable[Nearby], *, most_an_hour: int) -> list[str]:
    """What to look at twice before saving; warnings, never refusals. Z-CON-4.

    More records of one adviser within an hour than `most_an_hour` look like made up ones (signals.toml, an_hour).
    """
    words = []
    others = list(same_day)
    for other in others:
        if record.is_same_person(other) and record.matter == other.matter:
            same = "电话" if record.phone_index and record.phone_index == other.phone_index else "身份证号"
            words.append(f"同一{same}当天已有同类咨询（{other.number}），请确认不是重复登记。")
    for other in others:
        if record.text and record.text == other.text:
            words.append(f"咨询内容与 {other.number} 完全相同，请核对。")
    if record.time and shift_span and not shift_span[0] <= record.time <= shift_span[1]:
        words.append(f"登记时间 {record.time:%H:%M} 不在班次 {shift_span[0]:%H:%M}–{shift_span[1]:%H:%M} 之内，请核对。")
    if record.time:
        together = within_an_hour(record.time, [each.time for each in others if each.is_same_adviser and each.time])
        if together > most_an_hour:
            words.append(f"同一值班人员一小时内登记了 {together} 条，请核对时间。")
    return words


def within_an_hour(at: time, others: Iterable[time]) -> int:
    """How many records the fullest hour holds that `at` lies in, itself counted; the hour's far end is left out."""
    own = minute_of(at)
    minutes = [own, *map(minute_of, others)]
    starts = [minute for minute in minutes if minute <= own < minute + 60]
    return max(sum(start <= minute < start + 60 for minute in minutes) for start in starts)


def minute_of(at: time) -> int:
    return at.hour * 60 + at.minute


class Suggestion(NamedTuple):
    """Why somebody may be entitled to legal aid: the words and the articles."""

    words: str
    basis: str


# The eight groups of plan 四（二）1.
AID_GROUPS = ("migrant_worker", "farmer", "disabled", "elderly", "minor", "woman", "hardship_employee", "military")
# Matter → what of it may be applied for, and the item of LAF 31.
AID_MATTERS = {
    "labour": ("请求确认劳动关系或者支付劳动报酬", "第三十一条第五项"),
    "work_injury": ("请求工伤事故人身损害赔偿", "第三十一条第七项"),
    "traffic": ("请求交通事故人身损害赔偿", "第三十一条第七项"),
    "medical": ("请求医疗事故人身损害赔偿", "第三十一条第七项"),
    "support": ("请求给付赡养费、抚养费、扶养费", "第三十一条第四项"),
    "social_security": ("请求给予社会保险待遇或者社会救助", "第三十一条第二项"),
    "family": ("遭受虐待、遗弃或者家庭暴力的受害人主张权益，或者请求给付抚养费、扶养费", "第三十一条第四项、第三十二条第四项"),
}


def suggest_legal_aid(groups: Iterable[str], matter: str) -> Suggestion | None:
    """Whether to point the person to legal aid: a special group and a matter of LAF 31 or 32. Plan 四（二）1–2."""
    groups = set(groups)
    if matter not in AID_MATTERS or not groups & set(AID_GROUPS):
        return None
    what, article = AID_MATTERS[matter]
    words, basis = f"{what}属于可以申请法律援助的事项。", f"《法律援助法》{article}"
    if "migrant_worker" in groups and matter in ("labour", "work_injury"):
        words += "进城务工人员申请支付劳动报酬或者请求工伤赔偿，免予核查经济困难状况。"
        basis += "、第四十二条第三项"
    elif groups & {"minor", "elderly", "disabled"}:
        words += "无固定生活来源的未成年人、老年人、残疾人，免予核查经济困难状况。"
        basis += "、第四十二条第一项"
    return Suggestion(words, basis)
