"""Short messages to one person: what came of her job, her paper, her request."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(to=user) if user.is_authenticated else self.none()

    def unread(self):
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    class Kind(models.TextChoices):
        RESULT = "result", "办理结果和交办事项"
        CHANGE = "change", "排班和人员变动"
        REMINDER = "reminder", "值班、期限提醒"
        DIGEST = "digest", "每日汇总"
        JOB = "job", "后台任务结果"

    # What a person may switch off; what was decided about her work always reaches her.
    SWITCHABLE = (Kind.CHANGE, Kind.REMINDER, Kind.DIGEST, Kind.JOB)

    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", verbose_name="收件人")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices, default=Kind.RESULT)
    text = models.CharField("内容", max_length=300)
    url = models.CharField("页面", max_length=300, blank=True)
    created_at = models.DateTimeField("时间", default=timezone.now)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["to", "-id"]),
            models.Index(fields=["to"], condition=Q(read_at__isnull=True), name="unread_notices"),
        ]

    def __str__(self):
        return self.text


class NoticeSwitch(models.Model):
    """A kind of notice that a person does not want. No row: she gets it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_switches")
    kind = models.CharField("类别", max_length=10, choices=Notice.Kind.choices)

    class Meta:
        verbose_name = "关掉的通知"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notice_switch_once_a_kind"),
            models.CheckConstraint(condition=~Q(kind="result"), name="notice_switch_not_for_results"),
        ]

    def __str__(self):
        return self.get_kind_display()
