"""Inspections: what was found at a station, what it has to put right by when, and the second person who confirms it.

Z-ORG-9; plan 六（二） 立整立改. Whoever answers never confirms; each step is kept with its words and its proof.
"""

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from accounts import audit
from accounts.models import User
from accounts.policy import Role
from common import clock
from common.errors import Refused
from consultations.models import Inspection, InspectionPoint, RectificationStep
from consultations.services.findings import abbreviation_of
from consultations.services.roll_calls import PHOTOS
from organizations.models import Post, Station
from records.services import UploadRefused, next_number, notify, store_file
from records.services.files import UPLOADABLE

State, Act = InspectionPoint.State, RectificationStep.Act
# How long a station usually gets. The plan says 立整立改 and no day: the bureau's own reading.
USUAL_DAYS = 15


class InspectionRefused(Refused):
    """The step does not fit the problem or the person; the sentence says why."""


@transaction.atomic
def register_inspection(
    *, station: Station, kind: str, day: date, inspectors: str, summary: str, by: User, photo=None
) -> Inspection:
    """Register a visit, with the next number of the county's year. Its problems are added one by one."""
    if day > clock.today():
        raise InspectionRefused("检查日期晚于今天：请核对。", field="day")
    if not summary.strip():
        raise InspectionRefused("没有写检查情况：请写明看了什么；没有发现问题的也要写明。", field="summary")
    county = station.county
    number = next_number(series=f"inspection.{county.pk}", year=day.year)
    row = Inspection.objects.create(
        county=county,
        station=station,
        number=f"{abbreviation_of(county)}惠检〔{day.year}〕{number}号",
        kind=kind,
        day=day,
        inspectors=inspectors.strip()[:100] or by.name,
        summary=summary.strip(),
        photo=stored(photo, by, PHOTOS, "photo") if photo else None,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    audit.record(by=by, action="consultations.inspect", on=row, after={"编号": row.number, "站点": station.name})
    return row


@transaction.atomic
def add_point(*, inspection_id: int, problem: str, demand: str, due_on: date, by: User, basis: str = "") -> InspectionPoint:
    """One problem and what is asked of the station until when. Its head is told."""
    inspection = Inspection.objects.select_for_update(of=("self",)).select_related("station").get(pk=inspection_id)
    if not problem.strip():
        raise InspectionRefused("没有写问题：请写明事实。", field="problem")
    if due_on < inspection.day:
        raise InspectionRefused("整改期限早于检查日期：请核对。", field="due_on")
    last = inspection.points.aggregate(last=Max("order"))["last"] or 0
    point = InspectionPoint.objects.create(
        inspection=inspection,
        order=last + 1,
        problem=problem.strip(),
        basis=basis.strip()[:100],
        demand=demand.strip() or "立即整改。",
        due_on=due_on,
    )
    keep_step(point, Act.FOUND, problem, by)
    audit.record(by=by, action="consultations.inspect", on=point, after={"问题": point.problem, "整改期限": str(due_on)})
    tell_heads(point, f"检查发现问题：{point.problem[:60]}，请在 {due_on} 前整改并报送。")
    return point


@transaction.atomic
def answer_point(*, point_id: int, measure: str, done_on: date, proof, by: User) -> InspectionPoint:
    """The station says what it did, with proof. The section may enter what came on paper; it then waits for another."""
    point = lock_point(point_id)
    require_state(point, State.OPEN, "这个问题现在不等整改：请刷新页面。")
    require_station(point, by)
    if not measure.strip():
        raise InspectionRefused("没有写整改情况：请写明做了什么。", field="measure")
    if proof is None:
        raise InspectionRefused("没有整改佐证：请附照片或文件。", field="proof")
    if not point.inspection.day <= done_on <= clock.today():
        raise InspectionRefused("整改日期应在检查日期以后、今天以前：请核对。", field="done_on")
    point.state, point.measure, point.done_on, point.answered_by = State.ANSWERED, measure.strip(), done_on, by
    point.proof = stored(proof, by, UPLOADABLE, "proof")
    point.save()
    keep_step(point, Act.ANSWERED, measure, by, point.proof)
    audit.record(by=by, action="consultations.rectify", on=point, after={"状态": point.get_state_display()})
    tell(point.inspection.recorded_by, point, "报送了整改情况，请确认。")
    return point


@transaction.atomic
def confirm_point(*, point_id: int, words: str, by: User) -> InspectionPoint:
    """A second person has looked: it is put right. Never the one who answered."""
    point = lock_point(point_id)
    require_state(point, State.ANSWERED, "还没有报送整改情况，不能确认。")
    if why := why_not_confirm(point, by):
        raise InspectionRefused(why)
    point.state, point.confirmed_by, point.confirmed_on = State.CONFIRMED, by, clock.today()
    point.save()
    keep_step(point, Act.CONFIRMED, words.strip() or "已整改到位。", by)
    audit.record(
        by=by, action="consultations.confirm_rectification", on=point, after={"状态": point.get_state_display()}, reason=words
    )
    tell_heads(point, f"整改已确认：{point.problem[:60]}")
    return point


@transaction.atomic
def return_point(*, point_id: int, reason: str, by: User) -> InspectionPoint:
    """Not good enough: back to the station with a reason. What was sent stays in the steps."""
    point = lock_point(point_id)
    require_state(point, State.ANSWERED, "还没有报送整改情况，不能退回。")
    if not reason.strip():
        raise InspectionRefused("没有写退回理由：请写明哪里还没有改到位。", field="reason")
    if why := why_not_confirm(point, by):
        raise InspectionRefused(why)
    point.state, point.measure, point.proof, point.done_on, point.answered_by = State.OPEN, "", None, None, None
    point.save()
    keep_step(point, Act.RETURNED, reason, by)
    audit.record(by=by, action="consultations.confirm_rectification", on=point, after={"状态": "退回重改"}, reason=reason.strip())
    tell_heads(point, f"整改被退回：{reason.strip()[:60]}")
    return point


@transaction.atomic
def extend_point(*, point_id: int, due_on: date, reason: str, by: User) -> InspectionPoint:
    """More time, with a reason: the first day stays in the steps."""
    point = lock_point(point_id)
    require_state(point, State.OPEN, "只有待整改的问题可以延长期限。")
    if not reason.strip():
        raise InspectionRefused("没有写延期理由：请写明。", field="reason")
    if due_on <= max(point.due_on, clock.today()):
        raise InspectionRefused("新的期限应晚于原期限和今天：请核对。", field="due_on")
    before, point.due_on = point.due_on, due_on
    point.save()
    keep_step(point, Act.EXTENDED, f"{before} 改为 {due_on}：{reason.strip()}", by)
    audit.record(by=by, action="consultations.inspect", on=point, before={"整改期限": str(before)},
                 after={"整改期限": str(due_on)}, reason=reason.strip())  # fmt: skip
    tell_heads(point, f"整改期限延长到 {due_on}。")
    return point


@transaction.atomic
def withdraw_point(*, point_id: int, reason: str, by: User) -> InspectionPoint:
    """It was no problem after all."""
    point = lock_point(point_id)
    if point.state not in (State.OPEN, State.ANSWERED):
        raise InspectionRefused("已经办完的问题不能撤销。")
    if not reason.strip():
        raise InspectionRefused("没有写撤销理由：请写明为什么不是问题。", field="reason")
    point.state = State.WITHDRAWN
    point.save()
    keep_step(point, Act.WITHDRAWN, reason, by)
    audit.record(by=by, action="consultations.inspect", on=point, after={"状态": "已撤销"}, reason=reason.strip())
    tell_heads(point, f"问题已撤销：{point.problem[:60]}")
    return point


# --- the row, the people, what is told --------------------------------------------------------------------------------


def lock_point(point_id) -> InspectionPoint:
    rows = InspectionPoint.objects.select_for_update(of=("self",))
    return rows.select_related("inspection__station__county", "inspection__recorded_by").get(pk=point_id)


def require_state(point, state, words):
    if point.state != state:
        raise InspectionRefused(words)


def require_station(point, by):
    """The head of that station, or the section for a station whose answer came on paper."""
    if Role.SECTION in by.roles or is_head(by, point.inspection.station_id):
        return
    raise InspectionRefused("只有被检查站点的负责人可以报送整改，或由业务股代录。")


def is_head(user, station_id) -> bool:
    return any(post.role == Role.HEAD and post.station_id == station_id for post in user.posts_in_force)


def why_not_confirm(point, by) -> str:
    """Why this user may not confirm or return; empty when she may."""
    return "报送整改的人不能确认自己的整改：请由另一人确认。" if point.answered_by_id == by.pk else ""


def keep_step(point, act, words, by, proof=None):
    RectificationStep.objects.create(point=point, act=act, words=words.strip()[:1000], proof=proof, by=by, at=clock.now())


def stored(upload, by, accept, field):
    try:
        return store_file(upload=upload, by=by, purpose="inspection", accept=accept)
    except UploadRefused as error:
        raise InspectionRefused(str(error), field=field) from None


def heads_of(station):
    posts = Post.objects.in_force_on(clock.today()).filter(role=Role.HEAD, station=station).select_related("user")
    return [post.user for post in posts if post.user.is_active]


def tell(person, point, words):
    notify(
        to=person,
        text=f"{point.inspection.station.short_name} {point}：{words}",
        url=reverse("inspection-point", args=[point.pk]),
    )


def tell_heads(point, words):
    for head in heads_of(point.inspection.station):
        tell(head, point, words)
