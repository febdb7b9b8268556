"""The tasks of a plan's year as rows (年度任务): who owes what by when, and the evidence that it was done. Z-ORG-7, plan 六（一）."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.policy import ACTIONS, Role
from organizations.models import Region
from organizations.models.places import within
from organizations.scope import regions_of
from programmes.models.plans import Plan
from programmes.rules import obligations as rules
from programmes.rules.deadlines import late_days
from records.models import StoredFile


class ObligationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever may see the year's tasks, in her regions."""
        if user.is_system:
            return self
        return self.filter(within(regions_of(user, *ACTIONS["desk.view_obligations"].roles), "county"))

    def open(self):
        return self.filter(state=Obligation.State.OPEN)

    def overdue(self, day):
        return self.open().filter(late_after__lt=day)


class Obligation(models.Model):
    """One task of one period. Made from the rules once; a later rule does not change it.

    `late_after` is the last day on which it is in time: the due day, or the next working day where the plan's own day is
    a day off (reading D22).
    """

    class State(models.TextChoices):
        OPEN = "open", "待办"
        DONE = "done", "已完成"

    class Basis(models.TextChoices):
        PLAN = rules.PLAN, "方案规定"
        INTERNAL = rules.INTERNAL, "内部口径"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="obligations", verbose_name="方案")
    county = models.ForeignKey(Region, models.PROTECT, related_name="obligations", verbose_name="县")
    code = models.CharField("任务", max_length=30)
    title = models.CharField("名称", max_length=100)
    period = models.CharField("期间", max_length=10)
    first = models.DateField("期间首日")
    last = models.DateField("期间末日")
    due_on = models.DateField("期限")
    late_after = models.DateField("最迟")
    clause = models.CharField("条款", max_length=30)
    basis = models.CharField("期限出处", max_length=10, choices=Basis.choices)
    why = models.CharField("口径理由", max_length=200, blank=True)
    asks = models.CharField("要什么凭据", max_length=100)
    owner_role = models.CharField("责任岗位", max_length=10, choices=Role.choices)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任人"
    )
    state = models.CharField("状态", max_length=6, choices=State.choices, default=State.OPEN)
    done_on = models.DateField("完成日期", null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办结人"
    )
    done_at = models.DateTimeField("办结时间", null=True, blank=True)
    words = models.CharField("完成情况", max_length=500, blank=True)
    evidence_url = models.CharField("凭据页面", max_length=200, blank=True)
    evidence_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="凭据文件"
    )
    soon_told_on = models.DateField("提醒日期", null=True, blank=True)
    late_told_on = models.DateField("逾期提醒日期", null=True, blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = "年度任务"
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["county", "state", "due_on"])]
        constraints = [
            models.UniqueConstraint(fields=["plan", "county", "code", "period"], name="obligation_once_a_period"),
            models.CheckConstraint(condition=Q(late_after__gte=models.F("due_on")), name="obligation_late_not_before_due"),
            models.CheckConstraint(condition=~Q(basis="internal") | ~Q(why=""), name="obligation_own_reading_says_why"),
            models.CheckConstraint(
                condition=Q(state="open") & Q(done_on=None, done_by=None, done_at=None)
                | Q(state="done", done_on__isnull=False, done_by__isnull=False, done_at__isnull=False)
                & (~Q(evidence_url="") | Q(evidence_file__isnull=False)),
                name="obligation_done_with_evidence",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("obligation", args=[self.pk])

    def is_late(self, day):
        """Whether it is, or was, done after its last day."""
        return (self.done_on or day) > self.late_after

    def late_days(self, day):
        return late_days(self.late_after, self.done_on or day)
