"""Calling people back: the monthly draw, tries, answers. Z-ORG-4, plan 三（一）; paper F22."""

import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import User
from accounts.policy import Role, may
from accounts.services import system_user
from common import clock
from common.errors import Refused
from common.free_text import mask_numbers
from common.periods import YearMonth
from consultations.models import Consultation, FollowUp, FollowUpDraw, FollowUpTry
from consultations.rules import followups as rules
from consultations.rules.followups import Candidate
from consultations.services.brakes import counted_in
from organizations.models import Region
from programmes.models import Plan
from records.models import JobRun
from records.services import start_job

KIND, TASK = "draw_follow_ups", "consultations.tasks.draw_follow_ups"
SCRIPT = Path(settings.BASE_DIR) / "consultations" / "follow-up.toml"
LONGEST_OPINION = 1000
REVEALS_AN_HOUR = 60
State, Result = FollowUp.State, FollowUpTry.Result
UNSURE = "unsure"


class FollowUpRefused(Refused):
    """No draw, or no such record of a call; the sentence says why."""


# --- the script -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """One question of the script; `concern` is the answer that asks for a look into it."""

    code: str
    words: str
    yes: str
    no: str
    concern: str

    @property
    def choices(self):
        return [("yes", self.yes), ("no", self.no), (UNSURE, "说不清")]


@dataclass(frozen=True)
class Script:
    """What is said on the telephone."""

    opening: str
    closing: str
    questions: tuple[Question, ...]


@lru_cache(maxsize=1)
def script() -> Script:
    data = tomllib.loads(SCRIPT.read_text("utf-8"))
    return Script(data["opening"], data["closing"], tuple(Question(**row) for row in data["questions"]))


def said(follow_up) -> list[tuple[Question, str, bool]]:
    """Each question with the answer in words, and whether it asks for a look into it."""
    rows = []
    for question in script().questions:
        answer = follow_up.answers.get(question.code, "")
        rows.append((question, dict(question.choices).get(answer, ""), answer == question.concern))
    return rows


def concerns_of(follow_up) -> list[str]:
    """What she said that somebody should look into."""
    found = [f"{question.words}　{words}" for question, words, is_concern in said(follow_up) if is_concern]
    if follow_up.satisfaction == FollowUp.Satisfaction.DISSATISFIED:
        found.append("对服务不满意")
    return found


# --- the draw ---------------------------------------------------------------------------------------------------------


def population(*, county: Region, month: YearMonth) -> list[Candidate]:
    """Every consultation of the month that counts, has a number and left a telephone; those called for a reason of their own apart."""
    rows = Consultation.objects.counted().filter(station__county=county, follow_up=None).between(month.first, month.last)
    rows = rows.exclude(client_phone_index="").exclude(number=None)
    return [Candidate(*row) for row in rows.order_by("number").values_list("number", "station_id", "client_phone_index")]


@transaction.atomic
def draw_month(*, county: Region, month: YearMonth, by: User, seed: str = "", percent: int = rules.PERCENT) -> FollowUpDraw:
    """Draw whom to call of a month that is over, once: a tenth of those with a telephone, at least one for each station.

    Without a `seed` the program rolls eight digits. An empty month is drawn too, and says so. Raises FollowUpRefused.
    """
    if not by.is_system and not may(by, "consultations.draw_follow_ups"):
        raise FollowUpRefused("抽取回访对象由司法局业务股办理。")
    if month.last >= clock.today():
        raise FollowUpRefused(f"{month.label}还没有结束：下个月1日起才能抽取。", field="month")
    if not rules.PERCENT <= percent <= 100:
        raise FollowUpRefused(f"抽取比例应在 {rules.PERCENT}% 和 100% 之间。", field="percent")
    Region.objects.select_for_update().get(pk=county.pk)  # by hand and by the job at the same moment
    if FollowUpDraw.objects.filter(county=county, first=month.first).exists():
        raise FollowUpRefused(f"{month.label}已经抽取过：每月只抽一次，不能重抽。")
    frame = population(county=county, month=month)
    seed = " ".join(seed.split())[:40] or f"{secrets.randbelow(10**8):08d}"
    drawn = rules.draw(frame, seed, percent)
    made = FollowUpDraw.objects.create(
        county=county,
        first=month.first,
        percent=percent,
        seed=seed,
        frame=[[each.number, each.station, each.phone[:16]] for each in frame],
        drawn_by=by,
        drawn_at=clock.now(),
    )
    keys = dict(Consultation.objects.filter(number__in=[each.number for each in drawn]).values_list("number", "pk"))
    due_on = rules.due_on(month.first)
    FollowUp.objects.bulk_create(FollowUp(draw=made, consultation_id=keys[each.number], due_on=due_on) for each in drawn)
    after = {"月份": month.label, "种子": seed, "总体": f"{len(frame)} 人次", "抽中": f"{len(drawn)} 人次"}
    audit.record(by=by, action="consultations.draw_follow_ups", on=made, after=after)
    return made


def is_reproducible(draw: FollowUpDraw) -> bool:
    """Whether drawing again from the kept population with the kept seed gives just the people of this draw."""
    again = rules.draw([Candidate(*row) for row in draw.frame], draw.seed, draw.percent)
    return {each.number for each in again} == set(draw.follow_ups.values_list("consultation__number", flat=True))


def draw_missed() -> int:
    """Queue last month's draw for every county whose plan pays duty and that has none. Gives how many."""
    month = YearMonth.of(clock.today()).previous()
    plans = Plan.objects.filter(starts_on__lte=month.last, ends_on__gte=month.first, region__level=Region.Level.COUNTY)
    drawn = set(FollowUpDraw.objects.filter(first=month.first).values_list("county", flat=True))
    missed = [plan.region for plan in plans.select_related("region") if plan.region_id not in drawn and plan.has_part("duty")]
    for county in missed:
        start_drawing(county=county, month=month, by=system_user())
    return len(missed)


def start_drawing(*, county: Region, month: YearMonth, by) -> JobRun:
    """Queue the draw of a county's month; one that is under way already is given back."""
    return start_job(
        kind=KIND, task=TASK, county=county.code or str(county.pk), period=month, by=by, title=f"抽取{month.label}回访对象",
        payload={"county": county.pk},
    )  # fmt: skip


def draw_for_job(progress) -> dict:
    """The work of one job: county and month come from its row. Drawn meanwhile by hand: nothing is left to do."""
    job = progress.job
    month, county = YearMonth.parse(job.period), Region.objects.counties().get(pk=job.payload["county"])
    made = FollowUpDraw.objects.filter(county=county, first=month.first).first()
    if made is None:
        made = draw_month(county=county, month=month, by=job.started_by or system_user())
    return {"message": f"{made}：{len(made.frame)} 人次中抽中 {made.follow_ups.count()} 人次，种子 {made.seed}。"}


@transaction.atomic
def add_by_hand(*, consultation_id: int, reason: str, by: User) -> FollowUp:
    """Call somebody back for a reason of its own, beside the draw. Raises FollowUpRefused."""
    record = Consultation.objects.select_related("practitioner").get(pk=consultation_id)
    if record.is_void or not record.client_phone:
        raise FollowUpRefused("这条记录已作废，或者没有留电话，不能电话回访。")
    if not reason.strip():
        raise FollowUpRefused("没有写回访原因：请写明。", field="reason")
    due_on = rules.due_on(clock.today().replace(day=1))
    try:
        with transaction.atomic():
            made = FollowUp.objects.create(consultation=record, reason=mask_numbers(reason.strip()).text[:200], due_on=due_on)
    except IntegrityError:
        raise FollowUpRefused("这次咨询已经列入回访。") from None
    audit.record(by=by, action="consultations.follow_up", on=made, after={"状态": made.get_state_display()}, reason=made.reason)
    return made


# --- calling ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def reveal_phone(*, follow_up_id: int, by: User) -> str:
    """The number to call; written down before it is shown, sixty in an hour at most. Raises FollowUpRefused."""
    row = lock_open(follow_up_id, by)
    if not counted_in(f"reveal-phone:{by.pk}", most=REVEALS_AN_HOUR, seconds=3600):
        raise FollowUpRefused("一小时内查看的号码太多，请稍后再试。")
    audit.record(by=by, action="consultations.reveal_phone", on=row, reason="电话回访")
    return row.consultation.client_phone


@transaction.atomic
def note_try(*, follow_up_id: int, result: str, by: User, note: str = "") -> FollowUp:
    """Note a call that did not bring the answers. A wrong number and a refusal close it, the others leave it open."""
    row = lock_open(follow_up_id, by)
    if result not in Result.values:
        raise FollowUpRefused("没有选择拨打结果：请选择。", field="result")
    FollowUpTry.objects.create(follow_up=row, at=clock.now(), by=by, result=result, note=mask_numbers(note.strip()).text[:200])
    if result in (Result.WRONG, Result.REFUSED):
        close(row, State.WRONG if result == Result.WRONG else State.REFUSED, clock.today(), by)
    note_down(row, by, {"拨打结果": Result(result).label})
    return row


@transaction.atomic
def give_up(*, follow_up_id: int, by: User) -> FollowUp:
    """Close it as 联系不上: three tries on two days. Raises FollowUpRefused before."""
    row = lock_open(follow_up_id, by)
    if not rules.may_give_up(days_tried(row)):
        raise FollowUpRefused(
            f"还不能记为联系不上：要在 {rules.DAYS_OF_TRYING} 天里至少拨打 {rules.TRIES_BEFORE_GIVING_UP} 次，"
            f"现在 {row.tries.count()} 次。"
        )
    close(row, State.UNREACHED, clock.today(), by)
    note_down(row, by)
    return row


def days_tried(row) -> list[date]:
    return [each.at.astimezone(clock.SHANGHAI).date() for each in row.tries.all()]


@transaction.atomic
def record_answers(
    *, follow_up_id: int, way: str, day: date, answers: Mapping[str, str], satisfaction: str, by: User, opinion: str = ""
) -> tuple[FollowUp, str]:
    """Keep what she said; gives the row and what to tell the caller about the words typed. Her own rating stays as it is.

    Raises FollowUpRefused: questions left, no satisfaction, a day before the consultation or in the future.
    """
    row = lock_open(follow_up_id, by)
    if way not in FollowUp.Way.values:
        raise FollowUpRefused("没有选择回访方式：请选择。", field="way")
    if not row.consultation.day <= day <= clock.today():
        raise FollowUpRefused(f"回访日期应在咨询日期 {row.consultation.day} 和今天之间。", field="day")
    known = {each.code: answers.get(each.code, "") for each in script().questions}
    left = [code for code, answer in known.items() if answer not in ("yes", "no", UNSURE)]
    if left:
        raise FollowUpRefused(f"还有 {len(left)} 个问题没有记录回答：请逐项选择。", field=f"answer_{left[0]}")
    if satisfaction not in FollowUp.Satisfaction.values:
        raise FollowUpRefused("没有选择满意度：请选择；不愿评价的也有选项。", field="satisfaction")
    if len(opinion) > LONGEST_OPINION:
        raise FollowUpRefused(f"意见有 {len(opinion)} 个字，最多 {LONGEST_OPINION} 个字：请写短一些。", field="opinion")
    masked = mask_numbers(opinion.strip())
    row.way, row.answers, row.satisfaction, row.opinion = way, known, satisfaction, masked.text
    close(row, State.DONE, day, by)
    note_down(row, by, {"满意度": row.get_satisfaction_display()})
    return row, masked.warning


@transaction.atomic
def drop_follow_up(*, follow_up_id: int, by: User) -> FollowUp:
    """Nobody is to be called about a record that was made void meanwhile. Raises FollowUpRefused for any other."""
    row = lock_open(follow_up_id, by, with_void=True)
    if not row.consultation.is_void:
        raise FollowUpRefused("咨询记录没有作废，不能撤下回访。")
    close(row, State.DROPPED, clock.today(), by)
    note_down(row, by)
    return row


def lock_open(follow_up_id, by, *, with_void=False) -> FollowUp:
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("consultation__station", "consultation__practitioner")
    row = rows.filter(pk=follow_up_id).first()
    if row is None:
        raise FollowUpRefused("没有找到这项回访：请返回列表。")
    if row.state != State.OPEN:
        raise FollowUpRefused(f"这项回访已经登记为“{row.get_state_display()}”。")
    if row.consultation.is_void and not with_void:
        raise FollowUpRefused("咨询记录已经作废，不再回访。")
    if why := why_not_call(row, by):
        raise FollowUpRefused(why)
    return row


def why_not_call(row, by) -> str:
    """Why this user may not call this person; empty when she may. Nobody asks about her own advice."""
    if row.consultation.practitioner.user_id == by.pk:
        return "这次咨询是您自己解答的，请由别人回访。"
    if Role.SECTION not in by.roles and row.consultation.station_id not in by.post_stations:
        return "只能回访本站的咨询人。"
    return ""


def close(row, state, day, by) -> None:
    row.state, row.day, row.closed_by, row.closed_at = state, day, by, clock.now()
    row.save()


def note_down(row, by, after=None) -> None:
    audit.record(by=by, action="consultations.follow_up", on=row, after={"结果": row.get_state_display(), **(after or {})})
