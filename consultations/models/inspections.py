"""Inspections of stations, the problems found, and how each was put right. Z-ORG-7, Z-ORG-9; plan 六（一）, 六（二）; paper F38."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.policy import Role
from organizations.models import Region, Station
from organizations.models.places import within
from organizations.scope import regions_of
from records.models import StoredFile

OVER_THE_COUNTY = (Role.SECTION, Role.LEADER, Role.AUDITOR)


def seen_by(user, path=""):
    """A condition: the bureau and the auditors see their county's inspections, a head those of her station."""
    heads = [post.station_id for post in user.posts_in_force if post.role == Role.HEAD and post.station_id]
    return within(regions_of(user, *OVER_THE_COUNTY), f"{path}county") | Q(**{f"{path}station__in": heads})


class InspectionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_system else self.filter(seen_by(user))


class Inspection(models.Model):
    """One visit to one station (检查): who looked at what, and what was found."""

    class Kind(models.TextChoices):
        SPOT = "spot", "日常检查"
        QUARTERLY = "quarterly", "季度抽查"
        MIDYEAR = "midyear", "年中督查"
        YEAREND = "yearend", "年底考核"
        SPECIAL = "special", "专项检查"

    county = models.ForeignKey(Region, models.PROTECT, related_name="inspections", verbose_name="县")
    station = models.ForeignKey(Station, models.PROTECT, related_name="inspections", verbose_name="站点")
    number = models.CharField("检查编号", max_length=60, unique=True)
    kind = models.CharField("检查方式", max_length=10, choices=Kind.choices)
    day = models.DateField("检查日期")
    inspectors = models.CharField("检查人", max_length=100)
    summary = models.TextField("检查情况", max_length=2000)
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="现场照片")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = "检查"
        ordering = ["-day", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(summary=""), name="inspection_says_what_was_seen")]

    def __str__(self):
        return self.number


class InspectionPointQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_system else self.filter(seen_by(user, "inspection__"))

    def unfinished(self):
        return self.filter(state__in=[InspectionPoint.State.OPEN, InspectionPoint.State.ANSWERED])

    def overdue(self, day):
        """Not answered though its day is past. An answer that waits for the second person is not late."""
        return self.filter(state=InspectionPoint.State.OPEN, due_on__lt=day)


class InspectionPoint(models.Model):
    """One problem found (检查问题) and its rectification: by when, what was done, the proof, who else confirmed it."""

    class State(models.TextChoices):
        OPEN = "open", "待整改"
        ANSWERED = "answered", "待确认"
        CONFIRMED = "confirmed", "已整改"
        WITHDRAWN = "withdrawn", "已撤销"

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="points", verbose_name="检查")
    order = models.PositiveSmallIntegerField("序号")
    problem = models.CharField("问题", max_length=500)
    basis = models.CharField("依据", max_length=100, blank=True)
    demand = models.CharField("整改要求", max_length=500)
    due_on = models.DateField("整改期限")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    measure = models.TextField("整改情况", max_length=1000, blank=True)
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="整改佐证")
    done_on = models.DateField("整改日期", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报送人"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    confirmed_on = models.DateField("确认日期", null=True, blank=True)

    objects = InspectionPointQuerySet.as_manager()

    class Meta:
        verbose_name = "检查问题"
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["state", "due_on"])]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "order"], name="inspection_point_numbered_once"),
            models.CheckConstraint(condition=~Q(problem="") & ~Q(demand=""), name="inspection_point_says_what"),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "confirmed"])
                | (~Q(measure="") & Q(proof__isnull=False, done_on__isnull=False, answered_by__isnull=False)),
                name="inspection_point_answered_with_proof",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | (Q(confirmed_by__isnull=False, confirmed_on__isnull=False) & ~Q(confirmed_by=F("answered_by"))),
                name="inspection_point_confirmed_by_another",
            ),
        ]

    def __str__(self):
        return f"{self.inspection} 问题{self.order}"

    def is_late(self, day):
        """Whether it was, or still is, put right after its day."""
        return self.state != self.State.WITHDRAWN and (self.done_on or day) > self.due_on


class RectificationStepQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_system else self.filter(seen_by(user, "point__inspection__"))


class RectificationStep(models.Model):
    """Each step of a problem on its way, with what was said and the proof of that day: never changed."""

    append_only = True

    class Act(models.TextChoices):
        FOUND = "found", "发现问题"
        ANSWERED = "answered", "报送整改"
        RETURNED = "returned", "退回重改"
        EXTENDED = "extended", "延长期限"
        CONFIRMED = "confirmed", "确认整改"
        WITHDRAWN = "withdrawn", "撤销问题"

    point = models.ForeignKey(InspectionPoint, models.PROTECT, related_name="steps", verbose_name="检查问题")
    act = models.CharField("步骤", max_length=10, choices=Act.choices)
    words = models.CharField("说明", max_length=1000)
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("时间")

    objects = RectificationStepQuerySet.as_manager()

    class Meta:
        verbose_name = "整改步骤"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.point} {self.get_act_display()}"
