"""案前告知、案中监督、案后回访: each case gets all three before its quality is verified. Z-ORG-5; LAF 59; F22, F37."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts import audit
from common import clock
from common.errors import Refused
from common.free_text import mask_numbers
from legalaid.models import AidCase, Supervision
from legalaid.rules.procedure import State
from legalaid.services.closing import FOLDER
from legalaid.services.steps import lock_case

KINDS = Supervision.Kind
# In which states a case lacks it: told before, watched in the middle, asked afterwards; each until its quality is verified.
AFTER = ("concluded", "file_submitted", "file_returned", "file_accepted", "archived")
DUE_IN = {
    KINDS.PRE_NOTICE: (*State.WITH_UNDERTAKER, *AFTER),
    KINDS.MID_SUPERVISION: ("consented", "in_progress", *AFTER),
    KINDS.POST_VISIT: AFTER,
}
ANSWERS = {"yes": "是", "no": "否", "unsure": "不清楚"}
NOT_REACHED = Supervision.Satisfaction.UNREACHED


class SupervisionRefused(Refused):
    """A record that cannot be kept so; the sentence says why."""


@dataclass(frozen=True)
class Question:
    """One question of the follow-up script; `concern` is the answer that asks for a look into it."""

    code: str
    words: str
    concern: str


@lru_cache(maxsize=1)
def questions() -> tuple[Question, ...]:
    data = tomllib.loads((FOLDER / "follow-up.toml").read_text("utf-8"))
    return tuple(Question(**row) for row in data["questions"])


@transaction.atomic
def record_supervision(
    *, case_id: int, kind: str, way: str, day, content: str, by, person: str = "", answers=None, satisfaction: str = ""
) -> Supervision:
    """Keep one record. A follow-up says how satisfied the recipient is, or that she would not say or was not reached.

    Raises SupervisionRefused: a day in the future or out of its time, nothing said, questions unanswered, no satisfaction.
    """
    case = lock_case(case_id)
    if kind not in KINDS.values or way not in Supervision.Way.values:
        raise SupervisionRefused("没有选择环节或者方式：请选择。", field="way")
    if not content.strip():
        raise SupervisionRefused("没有填写内容：请写明告知、监督或者回访的情况。", field="content")
    _check_day(case, kind, day)
    said = {code: answer for code, answer in (answers or {}).items() if answer}
    if kind == KINDS.POST_VISIT:
        if satisfaction not in Supervision.Satisfaction.values:
            raise SupervisionRefused("没有选择满意度：请选择；联系不上、不愿评价的也有选项。", field="satisfaction")
        if satisfaction != NOT_REACHED and (left := [each for each in questions() if said.get(each.code) not in ANSWERS]):
            raise SupervisionRefused(f"还有 {len(left)} 个问题没有记录回答：请逐项选择。", field=f"answer_{left[0].code}")
    else:
        said, satisfaction = {}, ""
    row = Supervision.objects.create(
        case=case,
        kind=kind,
        way=way,
        day=day,
        person=person.strip()[:50],
        content=mask_numbers(content.strip()).text,
        answers=said,
        satisfaction=satisfaction,
        by=by,
        at=clock.now(),
    )
    after = {"环节": row.get_kind_display(), "方式": row.get_way_display(), "日期": day, "满意度": row.get_satisfaction_display()}
    audit.record(by=by, action="legalaid.supervise_case", on=case, after={key: value for key, value in after.items() if value})
    return row


def _check_day(case: AidCase, kind: str, day) -> None:
    if day > clock.today():
        raise SupervisionRefused(f"日期 {day} 在今天之后：请填写实际日期。", field="day")
    ended = case.concluded_on or case.terminated_on
    if kind == KINDS.POST_VISIT and (ended is None or day < ended):
        raise SupervisionRefused("案后回访在结案以后进行：结案前的回访请记为案中监督。", field="day")
    if kind != KINDS.POST_VISIT and (case.assigned_on is None or day < case.assigned_on):
        raise SupervisionRefused("案件指派以后才有案前告知和案中监督：请检查日期。", field="day")


def concerns_of(row: Supervision) -> list[str]:
    """What in a follow-up asks for a look into it: answers against the undertaker, dissatisfaction."""
    found = [f"{each.words}　{ANSWERS[each.concern]}" for each in questions() if row.answers.get(each.code) == each.concern]
    if row.satisfaction == Supervision.Satisfaction.DISSATISFIED:
        found.append("对服务不满意")
    return found


def lacking(cases, kind: str):
    """Cases of this queryset in whose state the record is due and is not there. Imported history is exempt (Z-ORG-5)."""
    there = Supervision.objects.filter(case=OuterRef("pk"), kind=kind)
    return cases.filter(state__in=DUE_IN[kind], is_history=False).exclude(Exists(there))


def missing_kinds(case: AidCase) -> list[str]:
    """Which of the three the case lacks, in words."""
    if case.is_history:
        return []
    there = set(case.supervisions.values_list("kind", flat=True))
    return [label for kind, label in KINDS.choices if kind not in there]


def missing_in(cases) -> dict[int, list[str]]:
    """The same of many cases in one query: case → words, only those that lack something."""
    there = set(Supervision.objects.filter(case__in=[case.pk for case in cases]).values_list("case_id", "kind"))
    told = {
        case.pk: [words for kind, words in KINDS.choices if (case.pk, kind) not in there] for case in cases if not case.is_history
    }
    return {pk: words for pk, words in told.items() if words}


def draw_for_supervision(cases, *, number: int, seed: str) -> list[AidCase]:
    """So many of the running cases without mid-case supervision, drawn as files for evaluation are: the lowest digests of
    `seed:case number`. The seed is shown: anybody can draw again with sha256sum."""
    digest = lambda case: hashlib.sha256(f"{seed}:{case.number}".encode()).hexdigest()  # noqa: E731
    return sorted(lacking(cases, KINDS.MID_SUPERVISION), key=digest)[:number]
