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
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", verbose_name="收件人")
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
