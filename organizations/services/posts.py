"""Who holds which post where: entered by the administrator, money posts confirmed by the leader, leave delegated in writing.

safety.md 5: one person may hold several posts, never two that must differ for one paper.
"""

from datetime import date

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.policy import ACTIONS, APART, MONEY_ROLES, WHOLE_REGION_ROLES, Role
from common import clock
from common.errors import Refused
from organizations.models import Organization, Post, Region, Station

STATION_ROLES = frozenset({Role.CLERK, Role.HEAD})
# Steps that a small county lets one person hold (design.md 5): by the number of people in its chain.
TOGETHER = {
    4: {frozenset({Role.SECTION, Role.FINANCE})},
    3: {frozenset({Role.SECTION, Role.FINANCE}), frozenset({Role.SECTION, Role.CASHIER})},
}


class PostRefused(Refused):
    """A post that is not given, confirmed or ended, with the reason."""


@transaction.atomic
def add_post(
    *,
    user: User,
    role: str,
    region: Region,
    since: date,
    by: User,
    until: date | None = None,
    station: Station | None = None,
    organization: Organization | None = None,
    paper: str = "",
) -> Post:
    """Give a post. One through which money passes is in force only when the leader has confirmed it.

    A county without a leader in force cannot confirm: its first leader is in force by the paper that appoints her.
    Raises PostRefused.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if user.pk == by.pk:
        raise PostRefused("不能给自己登记岗位：请由另一位系统管理员登记。", field="user")
    if not user.is_active or user.is_system:
        raise PostRefused(f"{user}的登录已停用：请先启用，再登记岗位。", field="user")
    station, region = _place(role, region, station)
    if until and until < since:
        raise PostRefused("离任日期早于任职日期：请改正。", field="until")
    _require_new(user, role, region, station, since, until)
    _require_apart(user, role, region, since, until)
    is_first_leader = role == Role.LEADER and not leaders_of(region).exists()
    if is_first_leader and not paper.strip():
        raise PostRefused("本县还没有在任的局领导，首位局领导凭任职文件生效：请填写任职文号。", field="paper")
    post = Post.objects.create(
        user=user,
        role=role,
        region=region,
        station=station,
        organization=organization,
        since=since,
        until=until,
        paper=paper.strip(),
        is_confirmed=is_first_leader or role not in MONEY_ROLES,
        entered_by=by,
    )
    audit.record(by=by, action="organizations.add_post", on=post, after=told(post), reason=paper)
    return post


@transaction.atomic
def delegate(*, post_id: int, to: User, since: date, until: date, paper: str, by: User) -> Post:
    """Let somebody stand in for the holder of a post from a day to a day, by a written paper. Raises PostRefused."""
    post = Post.objects.select_for_update(of=("self",)).select_related("user", "region", "station").get(pk=post_id)
    User.objects.select_for_update().get(pk=to.pk)
    if post.delegated_from_id:
        raise PostRefused("这个岗位本身是受托的，不能再转托：请由原任职人委托。")
    if not post.is_confirmed:
        raise PostRefused("这个岗位还没有确认，不能委托。")
    if to.pk == post.user_id:
        raise PostRefused("不能委托给本人：请选择另一人。", field="to")
    if to.pk == by.pk:
        raise PostRefused("不能登记委托给自己：请由另一位系统管理员登记。", field="to")
    if not to.is_active or to.is_system:
        raise PostRefused(f"{to}的登录已停用：请选择另一人。", field="to")
    if not paper.strip():
        raise PostRefused("没有填写委托书文号：委托须有书面文件。", field="paper")
    if until < since:
        raise PostRefused("结束日期早于开始日期：请改正。", field="until")
    if since < post.since or (post.until and until > post.until):
        raise PostRefused("委托期间超出了原岗位的任职期间：请改正日期。", field="since")
    _require_new(to, post.role, post.region, post.station, since, until)
    _require_apart(to, post.role, post.region, since, until)
    delegation = Post.objects.create(
        user=to,
        role=post.role,
        region=post.region,
        station=post.station,
        organization=post.organization,
        since=since,
        until=until,
        delegated_from=post,
        paper=paper.strip(),
        is_confirmed=post.role not in MONEY_ROLES,
        entered_by=by,
    )
    audit.record(by=by, action="organizations.delegate_post", on=delegation, after=told(delegation), reason=paper)
    return delegation


@transaction.atomic
def confirm_post(*, post_id: int, by: User) -> Post:
    """The leader's confirmation of a post through which money passes: not who entered it, not the holder."""
    post = _waiting(post_id, by)
    _require_apart(post.user, post.role, post.region, post.since, post.until, but=post)
    post.is_confirmed, post.confirmed_by = True, by
    post.save(update_fields=["is_confirmed", "confirmed_by"])
    audit.record(by=by, action="organizations.confirm_post", on=post, after=told(post))
    return post


@transaction.atomic
def refuse_post(*, post_id: int, reason: str, by: User) -> None:
    """The leader does not agree: the entry, which was never in force, goes; the audit log keeps it."""
    post = _waiting(post_id, by)
    if not reason.strip():
        raise PostRefused("没有填写不同意的理由：请写明。", field="reason")
    audit.record(by=by, action="organizations.refuse_post", on=post, before=told(post), reason=reason)
    post.delete()


@transaction.atomic
def end_post(*, post_id: int, on: date, reason: str, by: User) -> Post:
    """Make `on` the last day of a post; what was delegated from it ends with it. Raises PostRefused."""
    post = Post.objects.select_for_update(of=("self",)).select_related("user", "region").get(pk=post_id)
    if not reason.strip():
        raise PostRefused("没有填写离任原因：请写明。", field="reason")
    if post.user_id == by.pk:
        raise PostRefused("不能结束自己的岗位：请由另一位系统管理员办理。")
    if on < post.since:
        raise PostRefused(f"任职自 {post.since} 起：离任日期不能更早。", field="on")
    if post.until and post.until <= on:
        raise PostRefused(f"任职到 {post.until} 为止：只能改为更早的日期。", field="on")
    before = told(post)
    post.until = on
    post.save(update_fields=["until"])
    for delegation in post.delegations.filter(until__gt=on):
        if delegation.since > on:
            delegation.delete()
        else:
            delegation.until = on
            delegation.save(update_fields=["until"])
    audit.record(by=by, action="organizations.end_post", on=post, before=before, after=told(post), reason=reason)
    return post


@transaction.atomic
def appoint_first_administrator(*, user: User) -> list[Post]:
    """The posts of an empty installation's first administrator: one for each province that is loaded."""
    provinces = Region.objects.filter(parent=None)
    if not provinces:
        raise PostRefused("还没有载入实施方案，没有地区可管理：请先运行 load_plan，再建立首个管理员。")
    posts = [
        Post.objects.create(user=user, role=Role.ADMIN, region=province, since=clock.today(), is_confirmed=True, entered_by=user)
        for province in provinces
    ]
    for post in posts:
        audit.record(by=user, action="organizations.add_post", on=post, after=told(post))
    return posts


def leaders_of(region: Region):
    """Posts of leaders in force today whose region is this one or holds it."""
    return Post.objects.in_force_on(clock.today()).filter(role=Role.LEADER, region__in=_with_parents(region))


def told(post: Post) -> dict:
    """The post in the words of an audit entry."""
    return {
        "用户": str(post.user),
        "职务": post.get_role_display(),
        "地方": str(post.place),
        "自": post.since,
        "至": post.until,
        "受谁委托": str(post.delegated_from.user) if post.delegated_from else "",
        "文号": post.paper,
        "已确认": post.is_confirmed,
    }


def must_differ(one: str, other: str, people: int = 5) -> bool:
    """Whether one person may not hold both posts, where `people` hold the steps of a pay sheet (five, four or three)."""
    if one == other or frozenset({one, other}) in TOGETHER.get(people, ()):
        return False
    if Role.ADMIN in (one, other) and not MONEY_ROLES.isdisjoint({one, other}):
        return True
    return any(
        (one in ACTIONS[first].roles and other in ACTIONS[second].roles)
        or (other in ACTIONS[first].roles and one in ACTIONS[second].roles)
        for first, second in APART
    )


def _place(role: str, region: Region, station: Station | None):
    if role not in Role.values:
        raise PostRefused("没有选择职务：请选择。", field="role")
    if role in STATION_ROLES:
        if station is None:
            raise PostRefused("站点文员和站点负责人须选择站点。", field="station")
        return station, station.county
    if station is not None:
        raise PostRefused("只有站点文员和站点负责人属于某个站点：请不要选择站点。", field="station")
    if role in WHOLE_REGION_ROLES - {Role.ADMIN, Role.CITY, Role.AUDITOR} and region.level != Region.Level.COUNTY:
        raise PostRefused("这个职务属于一个县：请选择县。", field="region")
    return None, region


def _require_new(user, role, region, station, since, until):
    if user.posts.filter(role=role, region=region, station=station).overlapping(since, until).exists():
        raise PostRefused(f"{user}在这段时间已经是{Role(role).label}：日期不能重叠。", field="since")


def _require_apart(user, role, region, since, until, *, but=None):
    """No two posts in force on one day in one county that must differ for one paper."""
    others = user.posts.overlapping(since, until).select_related("region")
    if but is not None:
        others = others.exclude(pk=but.pk)
    people = people_of_chain(region, since)
    for other in others:
        if must_differ(role, other.role, people) and _share_ground(region, other.region):
            raise PostRefused(
                f"{user}在这段时间还是{other.region}的{other.get_role_display()}，"
                f"与{Role(role).label}不能是同一人：请另选一人，或先结束那个岗位。",
                field="user",
            )


def people_of_chain(region: Region, day: date) -> int:
    """How many people hold the steps of the county's pay sheets on that day.

    Read through the reverse relation of `subsidies.PayChain`, which lies on a higher floor.
    """
    chain = region.pay_chains.filter(since__lte=day).order_by("-since").first()
    return chain.people if chain else 5


def _share_ground(one: Region, other: Region) -> bool:
    return one in _with_parents(other) or other in _with_parents(one)


def _with_parents(region: Region) -> list[Region]:
    found = [region]
    while found[-1].parent_id:
        found.append(found[-1].parent)
    return found


def _waiting(post_id: int, by: User) -> Post:
    post = Post.objects.select_for_update(of=("self",)).select_related("user", "region", "station").get(pk=post_id)
    if post.is_confirmed:
        raise PostRefused("这个岗位已经确认。")
    if post.entered_by_id == by.pk:
        raise PostRefused("不能确认自己登记的岗位：请由局领导确认。")
    if post.user_id == by.pk:
        raise PostRefused("不能确认自己的岗位：请由另一位局领导确认。")
    return post
