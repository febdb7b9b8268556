"""What people write about an indicator of the special fund's year (F35). Each word stays; the last one holds."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from organizations.models import Region
from organizations.models.places import within


class IndicatorReasonQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "county"))


class IndicatorReason(models.Model):
    """Why an indicator is short of its target, in the words of the bureau."""

    append_only = True

    county = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="县")
    year = models.PositiveSmallIntegerField("年度")
    indicator = models.CharField("指标", max_length=30)
    reason = models.CharField("偏差原因和改进措施", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填写人")
    at = models.DateTimeField("填写时间")

    objects = IndicatorReasonQuerySet.as_manager()

    class Meta:
        verbose_name = "绩效偏差原因"
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="indicator_reason_says_something")]

    def __str__(self):
        return f"{self.year} {self.indicator}"
