"""A county's month: the one lock over its books. Nothing may change in a closed month. design.md §2, §5."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.periods import YearMonth
from organizations.models import Region
from organizations.models.places import within


class MonthQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "county") | Q(county__stations__in=user.post_stations)).distinct()

    def for_day(self, county, day):
        """The month a day falls into; None where nobody has opened it yet."""
        return self.filter(county=county, first=day.replace(day=1)).first()

    def open(self):
        return self.filter(state=Month.State.OPEN)

    def closed(self):
        return self.filter(state=Month.State.CLOSED)


class Month(models.Model):
    """One county, one calendar month, open or closed. Its row is what everybody locks before touching money."""

    class State(models.TextChoices):
        OPEN = "open", "未结账"
        CLOSED = "closed", "已结账"

    county = models.ForeignKey(Region, models.PROTECT, related_name="months", verbose_name="县")
    first = models.DateField("月份")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField("结账时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结账人"
    )
    closed_count = models.PositiveSmallIntegerField("结账次数", default=0)
    reopened_at = models.DateTimeField("最近重开时间", null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="重开人"
    )

    objects = MonthQuerySet.as_manager()

    class Meta:
        verbose_name = "月份"
        ordering = ["county", "-first"]
        constraints = [
            models.UniqueConstraint(fields=["county", "first"], name="month_once_in_a_county"),
            models.CheckConstraint(condition=Q(first__day=1), name="month_begins_on_the_first"),
            models.CheckConstraint(
                condition=Q(state="open") | (Q(closed_at__isnull=False) & Q(closed_by__isnull=False)),
                name="month_closed_by_somebody",
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def period(self):
        return YearMonth.of(self.first)

    @property
    def last(self):
        return self.period.last

    @property
    def label(self):
        return self.period.label

    @property
    def is_closed(self):
        return self.state == self.State.CLOSED


class MonthEvent(models.Model):
    """What happened to a month's closing: never changed, never removed."""

    append_only = True

    class Action(models.TextChoices):
        CLOSED = "closed", "结账"
        REOPENING_PROPOSED = "reopening_proposed", "申请重开"
        REOPENED = "reopened", "重开"

    month = models.ForeignKey(Month, models.PROTECT, related_name="events", verbose_name="月份")
    action = models.CharField("事项", max_length=20, choices=Action.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申请人"
    )
    at = models.DateTimeField("时间")
    reason = models.CharField("理由", max_length=200, blank=True)

    class Meta:
        verbose_name = "结账记录"
        ordering = ["month", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(action="reopened") | (Q(proposed_by__isnull=False) & ~Q(proposed_by=models.F("by"))),
                name="month_reopened_by_a_second_person",
            ),
            models.CheckConstraint(condition=Q(action="closed") | ~Q(reason=""), name="month_reopening_says_why"),
        ]

    def __str__(self):
        return f"{self.month} {self.get_action_display()}"
