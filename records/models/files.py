"""Files kept outside the web root under random names; who may fetch one is decided by the app that links to it."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone


class StoredFile(models.Model):
    """The card of one kept file: what it was called, what it is by its content, its hash. Never changed."""

    append_only = True

    name = models.CharField("文件名", max_length=150)
    stored_name = models.CharField("存放名", max_length=80, unique=True)
    sha256 = models.CharField("校验值", max_length=64)
    mime = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("字节数")
    purpose = models.CharField("用途", max_length=60)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="files", verbose_name="存入人"
    )
    at = models.DateTimeField("存入时间", default=timezone.now)

    class Meta:
        verbose_name = "文件"
        verbose_name_plural = "文件"
        ordering = ["-id"]

    def __str__(self):
        return self.name

    @property
    def path(self) -> Path:
        """Where the bytes lie."""
        return Path(settings.HUIMIN_VAR) / "files" / self.stored_name

    @property
    def size_text(self) -> str:
        """The size as people read it."""
        if self.size < 1024 * 1024:
            return f"{max(1, round(self.size / 1024))} KB"
        return f"{self.size / 1024 / 1024:.1f} MB"
