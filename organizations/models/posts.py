"""Who holds which post where, dated; leave is covered by a written, dated delegation (safety.md 5)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.policy import Role
from organizations.models.places import Organization, Region, Station, within


class PostQuerySet(models.QuerySet):
    def in_force_on(self, day):
        return self.filter(is_confirmed=True, since__lte=day).filter(Q(until=None) | Q(until__gte=day))

    def visible_to(self, user):
        """Posts in the regions of the user's county posts and over them, and her own."""
        if user.is_system:
            return self
        ids = list(user.post_regions)
        above = Region.objects.filter(Q(children__in=ids) | Q(children__children__in=ids))
        return self.filter(within(ids, "region") | Q(region__in=above) | Q(user=user))

    def to_confirm(self):
        return self.filter(is_confirmed=False)

    def chosen(self, *, q="", role="", state="", day):
        """By the holder's name or login, role, and state on that day: `now`, `waiting`, `delegated`, `over`."""
        posts = self.filter(Q(user__name__icontains=q) | Q(user__username__icontains=q)) if q else self
        if role:
            posts = posts.filter(role=role)
        if state == "now":
            posts = posts.in_force_on(day)
        elif state == "waiting":
            posts = posts.to_confirm()
        elif state == "delegated":
            posts = posts.exclude(delegated_from=None)
        elif state == "over":
            posts = posts.filter(until__lt=day)
        return posts

    def overlapping(self, since, until):
        """Posts, confirmed or waiting, that share a day with the span."""
        rows = self.filter(Q(until=None) | Q(until__gte=since))
        return rows.filter(since__lte=until) if until else rows


class Post(models.Model):
    """One role of one user in one place, from a day to a day.

    A delegation is a post of its own that names the post it stands in for and the paper that says so.
    Posts that move money are in force only once the leader has confirmed them.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts", verbose_name="用户")
    role = models.CharField("职务", max_length=20, choices=Role.choices)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="管辖区划")
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="站点")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="机构")
    since = models.DateField("任职日期")
    until = models.DateField("离任日期", null=True, blank=True)
    delegated_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="delegations", verbose_name="受谁委托"
    )
    paper = models.CharField("委托书或任职文号", max_length=100, blank=True)
    is_confirmed = models.BooleanField("已确认", default=False)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        ordering = ["user", "role", "since"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(role__in=["clerk", "head"]) & Q(station__isnull=False))
                | (~Q(role__in=["clerk", "head"]) & Q(station=None)),
                name="post_station_posts_name_their_station",
            ),
            models.CheckConstraint(
                condition=Q(delegated_from=None) | (Q(until__isnull=False) & ~Q(paper="")),
                name="post_delegation_is_dated_and_written",
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="post_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(confirmed_by=F("entered_by")), name="post_confirmed_by_another"),
            models.UniqueConstraint(
                fields=["user", "role", "region", "station", "since"],
                name="post_entered_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.get_role_display()}"

    @property
    def place(self):
        return self.station or self.organization or self.region

    def state_on(self, day):
        """待确认, 未到任, 在任, 受托 or 已离任."""
        if not self.is_confirmed:
            return "待确认"
        if day < self.since:
            return "未到任"
        if self.until and self.until < day:
            return "已离任"
        return "受托" if self.delegated_from_id else "在任"
