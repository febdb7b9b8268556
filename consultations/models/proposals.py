"""What the program would put into a month's roster: kept as it was found, to be looked at and taken over. domain.md 1.5."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from accounts.policy import Role
from common.periods import YearMonth
from organizations.models import Region
from organizations.models.places import within
from organizations.scope import regions_of


class RosterProposalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The planners' counties."""
        return self if user.is_system else self.filter(within(regions_of(user, Role.SECTION), "county"))

    def open(self):
        return self.filter(state=RosterProposal.State.OPEN)


class RosterProposal(models.Model):
    """One drawing of a county's month.

    `lines` are the shifts it would add (station, day, person, starts, ends, lunch), `released` the ids of the drafts it would
    take out, `gaps` the turns nobody can serve with the reasons in words, `figures` how even it is beside the greedy drawing.
    """

    class State(models.TextChoices):
        OPEN = "open", "待采用"
        TAKEN = "taken", "已采用"
        DROPPED = "dropped", "已弃用"

    class Method(models.TextChoices):
        SOLVER = "solver", "求解器"
        GREEDY = "greedy", "逐个安排"

    county = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="县（市、区）")
    first = models.DateField("月份")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    method = models.CharField("排法", max_length=10, choices=Method.choices)
    is_proven = models.BooleanField("已证明最优", default=False)
    limits = models.JSONField("范围", default=dict)
    lines = models.JSONField("班次", default=list)
    released = models.JSONField("撤下的草稿", default=list)
    gaps = models.JSONField("排不出的班次", default=list)
    figures = models.JSONField("均衡情况", default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发起人")
    made_at = models.DateTimeField("生成时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    decided_at = models.DateTimeField("办理时间", null=True, blank=True)

    objects = RosterProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "排班方案"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["county", "first", "-id"])]

    def __str__(self):
        return f"{self.month.label}排班方案"

    def get_absolute_url(self):
        return reverse("roster-proposal", args=[self.month, self.pk])

    @property
    def month(self):
        return YearMonth.of(self.first)
