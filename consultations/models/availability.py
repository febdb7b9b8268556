"""When people cannot be on duty, and when they would like to: said before the roster is drawn. domain.md 1.5."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.policy import Role
from common import clock
from organizations.models import PoolEntry, Practitioner
from organizations.models.places import within
from organizations.scope import regions_of

WEEKDAYS = [(number, f"星期{letter}") for number, letter in enumerate("一二三四五六日")]


class DutyLeaveQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and for the planners those of the people in their counties' pools."""
        if user.is_system:
            return self
        pool = PoolEntry.objects.filter(within(regions_of(user, Role.SECTION), "county"), state=PoolEntry.State.ADMITTED)
        return self.filter(Q(practitioner__user=user) | Q(practitioner__in=pool.values("practitioner")))

    def standing(self):
        return self.filter(withdrawn_at=None)

    def touching(self, first, last):
        """Those that cover some day between two days."""
        return self.filter(since__lte=last, until__gte=first)

    def coming(self):
        """Those not yet over."""
        return self.filter(until__gte=clock.today())


class DutyLeave(models.Model):
    """Days on which somebody cannot be on duty. The drawing leaves them free; a shift already planned needs its own change."""

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="duty_leaves", verbose_name="值班人员")
    since = models.DateField("开始日期")
    until = models.DateField("结束日期")
    reason = models.CharField("原因", max_length=100, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间")
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人"
    )
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = DutyLeaveQuerySet.as_manager()

    class Meta:
        verbose_name = "值班请假"
        ordering = ["since", "practitioner", "pk"]
        indexes = [models.Index(fields=["practitioner", "since"])]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="duty_leave_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None) | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="duty_leave_withdrawn_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.practitioner} {self.span}"

    @property
    def span(self):
        first = f"{self.since.month}月{self.since.day}日"
        return first if self.since == self.until else f"{first}至{self.until.month}月{self.until.day}日"


class DutyWishQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and for the planners those of the people in their counties' pools."""
        if user.is_system:
            return self
        pool = PoolEntry.objects.filter(within(regions_of(user, Role.SECTION), "county"), state=PoolEntry.State.ADMITTED)
        return self.filter(Q(practitioner__user=user) | Q(practitioner__in=pool.values("practitioner")))


class DutyWish(models.Model):
    """What somebody would like: weekdays gladly, weekdays rather not, and at most so many turns a month."""

    practitioner = models.OneToOneField(Practitioner, models.PROTECT, related_name="duty_wish", verbose_name="值班人员")
    liked = ArrayField(models.PositiveSmallIntegerField(choices=WEEKDAYS), default=list, blank=True, verbose_name="方便的星期")
    avoided = ArrayField(
        models.PositiveSmallIntegerField(choices=WEEKDAYS), default=list, blank=True, verbose_name="尽量不排的星期"
    )
    most = models.PositiveSmallIntegerField("每月最多班次", null=True, blank=True)
    note = models.CharField("说明", max_length=100, blank=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填写人")
    updated_at = models.DateTimeField("填写时间")

    objects = DutyWishQuerySet.as_manager()

    class Meta:
        verbose_name = "排班意愿"
        constraints = [
            models.CheckConstraint(condition=Q(most=None) | Q(most__range=(1, 31)), name="duty_wish_most_is_a_number_of_days"),
        ]

    def __str__(self):
        return f"{self.practitioner} 排班意愿"

    @property
    def words(self):
        """In one line: 方便 星期一、星期三；尽量不排 星期五；每月最多 3 班."""
        names = dict(WEEKDAYS)
        parts = [f"{what} {'、'.join(names[day] for day in days)}" for what, days in self._weekdays() if days]
        parts += [f"每月最多 {self.most} 班"] if self.most else []
        return "；".join(parts) or "都可以"

    def _weekdays(self):
        return (("方便", self.liked), ("尽量不排", self.avoided))
