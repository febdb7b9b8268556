"""Rosters: a county's month of shifts, planned, published with a version, changed with a reason."""

import secrets

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse

from common.periods import YearMonth
from organizations.models import Practitioner, Station
from organizations.models.places import within
from organizations.models.spans import Single
from programmes.models import Month


class ShiftSpan(Func):
    """The planned time as a tsrange, for the overlap guard (invariant I17)."""

    template = "tsrange((day + starts_at), (day + ends_at))"
    output_field = models.Field()


class RosterQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The rosters of the counties whose shifts the user may see, whole or in part."""
        if user.is_system:
            return self
        return self.filter(
            within(user.post_regions, "month__county")
            | Q(month__county__in=Station.objects.filter(pk__in=user.post_stations).values("county"))
            | Q(month__county__in=Shift.objects.own(user).values("station__county"))
        )


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

    objects = RosterQuerySet.as_manager()

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

    @property
    def is_published(self):
        """Whether some version has gone out, changed since or not."""
        return self.state != self.State.DRAFT


class PublishedRosterQuerySet(models.QuerySet):
    def latest(self):
        """The version in force of each roster: the highest."""
        return self.order_by("roster", "-version").distinct("roster")

    def in_county(self, county):
        return self.filter(roster__month__county=county)


class PublishedRoster(models.Model):
    """What was made public, word for word: one row per version, never changed. Z-ORG-2, plan 三（一）.

    `lines` are the shifts as they stood (consultations.services.publishing says which keys); `reasons` holds
    why a day without duty was published all the same, by the key of its problem.
    """

    append_only = True

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="publications", verbose_name="值班表")
    version = models.PositiveIntegerField("版本")
    published_at = models.DateTimeField("公示时间")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="公示人")
    is_late = models.BooleanField("公示不足一个工作日", default=False)
    lines = models.JSONField("班次")
    reasons = models.JSONField("未排班的原因", default=dict)

    objects = PublishedRosterQuerySet.as_manager()

    class Meta:
        verbose_name = "已公示的值班表"
        ordering = ["roster", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["roster", "version"], name="published_roster_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="published_roster_versions_begin_at_one"),
        ]

    def __str__(self):
        return f"{self.roster} 第{self.version}版"


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

    def get_absolute_url(self):
        return reverse("shift", args=[self.pk])

    @property
    def period(self):
        return YearMonth.of(self.day)

    @property
    def planned_minutes(self):
        """Planned service without lunch, in minutes (reading D9)."""
        return minutes_between(self.starts_at, self.ends_at) - self.lunch_minutes


def minutes_between(start, end):
    """Whole minutes from one time of day to a later one."""
    return (end.hour * 60 + end.minute) - (start.hour * 60 + start.minute)


class ShiftChangeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Changes at the stations this user may see, and those she leaves, takes over or asked for."""
        if user.is_system:
            return self
        return self.filter(
            within(user.post_regions, "shift__station__county")
            | Q(shift__station__in=user.post_stations)
            | Q(original__user=user)
            | Q(substitute__user=user)
            | Q(proposed_by=user)
        )

    def waiting(self):
        return self.filter(state=ShiftChange.State.PROPOSED)

    def approved(self):
        return self.filter(state=ShiftChange.State.APPROVED)


class ShiftChange(models.Model):
    """A leave, substitution or swap: asked for by one, decided by another. Z-ROS-6; paper F28.

    The shift row carries who is to come; this row keeps who was planned, why, and who agreed. A leave names
    no substitute until it is decided. `is_direct`: the bureau's planners changed it themselves.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "待批准"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未批准"
        WITHDRAWN = "withdrawn", "已撤回"

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="changes", verbose_name="班次")
    original = models.ForeignKey(Practitioner, models.PROTECT, related_name="+", verbose_name="原值班人员")
    substitute = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="替班人员")
    swapped_with = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="互换的班次")
    reason = models.CharField("原因", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    is_direct = models.BooleanField("业务股直接调整", default=False)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_at = models.DateTimeField("提出时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decision = models.CharField("审批意见", max_length=200, blank=True)

    objects = ShiftChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "替班"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="shift_change_has_a_reason"),
            models.UniqueConstraint(fields=["shift"], condition=Q(state="proposed"), name="shift_change_one_open_at_a_time"),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(substitute__isnull=False), name="shift_change_approved_names_who_comes"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "withdrawn"])
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & (Q(is_direct=True) | ~Q(decided_by=F("proposed_by")))),
                name="shift_change_decided_by_another",
            ),
        ]

    def __str__(self):
        return f"{self.shift}：{self.original}→{self.substitute or '待安排'}"

    @property
    def kind(self):
        """The word for it: 换班, 替班 or 请假."""
        return "换班" if self.swapped_with_id else "替班" if self.substitute_id else "请假"


def new_token():
    """Forty-three letters nobody guesses."""
    return secrets.token_urlsafe(32)


class CalendarFeed(models.Model):
    """The secret address under which one person's own shifts can be read by her telephone's calendar."""

    practitioner = models.OneToOneField(Practitioner, models.CASCADE, related_name="calendar_feed", verbose_name="值班人员")
    token = models.CharField("密钥", max_length=64, unique=True, default=new_token)
    renewed_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = "日历订阅"

    def __str__(self):
        return f"{self.practitioner} 日历订阅"

    def get_absolute_url(self):
        return reverse("calendar-ics", args=[self.token])
