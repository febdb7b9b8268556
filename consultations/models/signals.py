"""Signals (异常提示): what looks odd in the records. They open a check by a person and never cut pay. Z-CON-4; domain.md 1.12."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.policy import Role
from consultations.models.findings import Finding
from consultations.rules.signals import KINDS
from organizations.models import Practitioner, Region, Station
from organizations.models.places import within
from organizations.scope import regions_of


class SignalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The bureau's alone: whoever a signal is about is heard when somebody reports a finding."""
        if user.is_system:
            return self
        return self.filter(within(regions_of(user, Role.SECTION, Role.LEADER), "county"))

    def unsettled(self):
        return self.filter(state__in=[Signal.State.NEW, Signal.State.CHECKING])


class Signal(models.Model):
    """One oddity with its evidence. `key` names what it is about; a settled one comes again as the next `round` only where
    there is evidence that nobody has looked at.

    `evidence` is a list of {"of": "shift"|"consultation"|"rating", "id": …, "words": …}. Nothing that pays reads this table.
    """

    class State(models.TextChoices):
        NEW = "new", "待核查"
        CHECKING = "checking", "核查中"
        FOUND = "found", "已登记考核事项"
        GROUNDLESS = "groundless", "核查无异常"
        DISMISSED = "dismissed", "不予核查"

    county = models.ForeignKey(Region, models.PROTECT, related_name="signals", verbose_name="县")
    kind = models.CharField("类别", max_length=20, choices=[(code, kind.words) for code, kind in KINDS.items()])
    key = models.CharField(max_length=120, editable=False)
    round = models.PositiveSmallIntegerField("第几次", default=1)
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="signals", verbose_name="站点")
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="值班人员"
    )
    day = models.DateField("日期")
    words = models.CharField("情况", max_length=300)
    evidence = models.JSONField("依据")
    seen_at = models.DateTimeField("发现时间")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.NEW)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核查人"
    )
    checked_at = models.DateTimeField("开始核查时间", null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人"
    )
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)
    reason = models.CharField("处理意见", max_length=500, blank=True)
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, blank=True, related_name="signals", verbose_name="考核事项")

    objects = SignalQuerySet.as_manager()

    class Meta:
        verbose_name = "异常提示"
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["county", "state", "-day"])]
        constraints = [
            models.UniqueConstraint(fields=["county", "key", "round"], name="signal_once"),
            models.CheckConstraint(condition=~Q(evidence=[]), name="signal_has_evidence"),
            models.CheckConstraint(
                condition=Q(state="new") | Q(state="dismissed") | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="signal_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["new", "checking"])
                | (Q(settled_by__isnull=False, settled_at__isnull=False) & ~Q(reason="")),
                name="signal_settled_with_a_reason",
            ),
            models.CheckConstraint(condition=~Q(state="found") | Q(finding__isnull=False), name="signal_found_names_its_finding"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.day}"

    @property
    def is_settled(self):
        return self.state not in (self.State.NEW, self.State.CHECKING)


class SignalSweepQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(within(regions_of(user, Role.SECTION, Role.LEADER), "county"))


class SignalSweep(models.Model):
    """The records of a county were looked through on a day: once a night, and whenever somebody asks."""

    append_only = True

    county = models.ForeignKey(Region, models.PROTECT, related_name="signal_sweeps", verbose_name="县")
    day = models.DateField("日期")
    first = models.DateField("记录从")
    last = models.DateField("记录到")
    found = models.PositiveIntegerField("新提示")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="检查人")
    at = models.DateTimeField("时间")

    objects = SignalSweepQuerySet.as_manager()

    class Meta:
        verbose_name = "记录检查"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["county", "-day"])]

    def __str__(self):
        return f"{self.day} 记录检查"
