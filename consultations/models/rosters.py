"""Rosters: a county's month of shifts, planned, published with a version, changed with a reason."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from organizations.models import Practitioner, Station
from organizations.models.people import Single
from organizations.models.places import within
from programmes.models import Month


class ShiftSpan(Func):
    """The planned time as a tsrange, for the overlap guard (invariant I17)."""

    template = "tsrange((day + starts_at), (day + ends_at))"
    output_field = models.Field()


class Roster(models.Model):
    """A county's roster of one month. Z-ORG-2, plan 三（一）: published before the duty it covers."""

    class State(models.TextChoices):
        DRAFT = "draft", "编排中"
        PUBLISHED = "published", "已公示"
        REVISED = "revised", "公示后有调整"

    month = models.OneToOneField(Month, models.PROTECT, related_name="roster", verbose_name="月份")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField("版本", default=0)
    published_at = models.DateTimeField("公示时间", null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="公示人"
    )

    class Meta:
        verbose_name = "值班表"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | (Q(version__gte=1) & Q(published_at__isnull=False)),
                name="roster_published_has_version_and_time",
            ),
        ]

    def __str__(self):
        return f"{self.month} 值班表"


class ShiftQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Shifts at the stations this user may see, and her own. Every view starts here."""
        if user.is_system:
            return self
        return self.filter(
            within(user.post_regions, "station__county") | Q(station__in=user.post_stations) | Q(practitioner__user=user)
        )

    def in_month(self, month):
        return self.filter(day__range=(month.first, month.last))

    def in_county(self, county):
        return self.filter(station__county=county)

    def standing(self):
        """Shifts that were not cancelled (station closed, person changed)."""
        return self.filter(is_cancelled=False)

    def own(self, user):
        return self.filter(practitioner__user=user)


class Shift(models.Model):
    """One person at one station on one day (班次). Z-ROS-1…6, plan 四（一）4."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="shifts", verbose_name="站点")
    day = models.DateField("日期")
    starts_at = models.TimeField("开始时间")
    ends_at = models.TimeField("结束时间")
    lunch_minutes = models.PositiveSmallIntegerField("午休分钟", default=0)
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="shifts", verbose_name="值班人员")
    override_reason = models.CharField("调整原因", max_length=200, blank=True)
    is_cancelled = models.BooleanField("已取消", default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = "班次"
        ordering = ["day", "station__order", "starts_at", "pk"]
        indexes = [models.Index(fields=["day", "station"]), models.Index(fields=["practitioner", "day"])]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "day", "practitioner"],
                condition=Q(is_cancelled=False),
                name="shift_once_per_station_day_and_person",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_it_starts"),
            ExclusionConstraint(
                name="shift_nobody_in_two_places",
                expressions=[
                    (Single("practitioner"), RangeOperators.OVERLAPS),
                    (ShiftSpan(), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_cancelled=False),
            ),
        ]

    def __str__(self):
        return f"{self.day} {self.station} {self.practitioner}"

    @property
    def planned_minutes(self):
        """Planned service without lunch, in minutes (reading D9)."""
        return minutes_between(self.starts_at, self.ends_at) - self.lunch_minutes


def minutes_between(start, end):
    """Whole minutes from one time of day to a later one."""
    return (end.hour * 60 + end.minute) - (start.hour * 60 + start.minute)


class ShiftChange(models.Model):
    """A substitution or swap: asked for by one, decided by another. Z-ROS-6; paper F28.

    The shift row carries who is to come; this row keeps who was planned, why, and who agreed.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "待批准"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未批准"

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="changes", verbose_name="班次")
    original = models.ForeignKey(Practitioner, models.PROTECT, related_name="+", verbose_name="原值班人员")
    substitute = models.ForeignKey(Practitioner, models.PROTECT, related_name="+", verbose_name="替班人员")
    swapped_with = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="互换的班次")
    reason = models.CharField("原因", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "替班"
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="shift_change_has_a_reason"),
            models.UniqueConstraint(fields=["shift"], condition=Q(state="proposed"), name="shift_change_one_open_at_a_time"),
        ]

    def __str__(self):
        return f"{self.shift}：{self.original}→{self.substitute}"
