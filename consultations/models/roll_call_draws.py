"""Who is to be called on: a weighted random draw that anybody can repeat from its seed. Plan 五（二）1（4）, 六（一） 季度抽查."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from organizations.models import Region
from organizations.models.places import within


class RollCallDrawQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "county"))


class RollCallDraw(models.Model):
    """One draw: the shifts there were, the tickets each held, the seed, and which came out, in order.

    `frame` holds a dict for each shift: shift, station, person, tickets, unchecked (days since its station was last
    called on, None for never). `picked` are the ids of shifts.
    """

    append_only = True

    class Scope(models.TextChoices):
        NOW = "now", "现在在班的"
        TODAY = "today", "今天全部班次"

    county = models.ForeignKey(Region, models.PROTECT, related_name="roll_call_draws", verbose_name="县")
    day = models.DateField("日期")
    scope = models.CharField("范围", max_length=6, choices=Scope.choices)
    seed = models.CharField("随机种子", max_length=40)
    frame = models.JSONField("抽取总体")
    picked = models.JSONField("抽中的班次")
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="抽取人")
    drawn_at = models.DateTimeField("抽取时间")

    objects = RollCallDrawQuerySet.as_manager()

    class Meta:
        verbose_name = "抽查抽取"
        ordering = ["-drawn_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(seed=""), name="roll_call_draw_tells_its_seed")]

    def __str__(self):
        return f"{self.day} {self.get_scope_display()}抽取 {self.seed}"
