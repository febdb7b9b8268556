"""Forms that move money are taken once, and what a payee objects to."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from organizations.models import Practitioner
from organizations.models.places import within


class Submission(models.Model):
    """The key of a form that created or moved money: a second arrival of the same form does nothing (safety.md 1.5)."""

    append_only = True

    key = models.CharField("表单编号", max_length=64, unique=True)
    action = models.CharField("操作", max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("提交时间")

    class Meta:
        verbose_name = "已受理的表单"

    def __str__(self):
        return f"{self.action} {self.key[:8]}"


class PayObjectionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Her own objections, and those of the counties her posts cover."""
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "sheet__month__county") | Q(practitioner__user=user))

    def open(self):
        return self.filter(state=PayObjection.State.OPEN)


class PayObjection(models.Model):
    """What somebody says against her own pay of a month, and the section's answer.

    It changes no yuan: what it brings to light becomes a finding, a settlement or nothing.
    """

    class State(models.TextChoices):
        OPEN = "open", "待处理"
        ANSWERED = "answered", "已答复"

    sheet = models.ForeignKey("subsidies.PaySheet", models.PROTECT, related_name="objections", verbose_name="补贴表")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="pay_objections", verbose_name="值班人员")
    text = models.CharField("异议内容", max_length=500)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField("提出时间")
    answer = models.CharField("答复", max_length=500, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    objects = PayObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "补贴异议"
        ordering = ["-raised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "practitioner"], condition=Q(state="open"), name="pay_objection_one_open_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="open")
                | (Q(answered_by__isnull=False) & ~Q(answer="") & ~Q(answered_by=models.F("raised_by"))),
                name="pay_objection_answered_by_another",
            ),
        ]

    def __str__(self):
        return f"{self.practitioner} {self.sheet} 异议"
