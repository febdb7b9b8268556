"""How often a station is on duty: weekly unless the bureau decided otherwise for it. Z-ROS-3, plan 四（一）4."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from organizations.models import Station


class StationFrequencyQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(station__in=Station.objects.visible_to(user))

    def on(self, day):
        """The decision in force on the day, one row per station that has any."""
        return self.filter(since__lte=day).order_by("station_id", "-since", "-pk").distinct("station_id")


class StationFrequency(models.Model):
    """The frequency decided for one station, in force from `since` until its next decision.

    There is no end date, so none overlap; of two decisions from one day the later made holds (it corrects the other).
    """

    append_only = True

    class Policy(models.TextChoices):
        WORKDAY = "workday", "每个工作日"
        WEEKLY = "weekly", "每周一次"
        REDUCED = "reduced", "适当减少"
        INCREASED = "increased", "适当增加"

    station = models.ForeignKey(Station, models.PROTECT, related_name="frequencies", verbose_name="站点")
    policy = models.CharField("值班频次", max_length=10, choices=Policy.choices)
    times_per_month = models.PositiveSmallIntegerField("每月次数", null=True, blank=True)
    since = models.DateField("起始日期")
    reason = models.CharField("理由", max_length=200)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="批准人")
    decided_at = models.DateTimeField("批准时间")

    objects = StationFrequencyQuerySet.as_manager()

    class Meta:
        verbose_name = "值班频次"
        ordering = ["station", "-since", "-pk"]
        constraints = [
            # 四（一）4: however remote, at least once a month.
            models.CheckConstraint(
                condition=Q(policy__in=["workday", "weekly"], times_per_month=None)
                | Q(policy__in=["reduced", "increased"], times_per_month__isnull=False, times_per_month__gte=1),
                name="frequency_at_least_once_a_month",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="frequency_says_why"),
        ]

    def __str__(self):
        return f"{self.station} {self.get_policy_display()}"
