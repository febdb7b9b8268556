"""What an imported workbook added and changed, so that the whole batch can be taken back."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone


class ImportBatchQuerySet(models.QuerySet):
    def applied(self):
        return self.filter(state=ImportBatch.State.APPLIED)


class ImportBatch(models.Model):
    """One workbook: looked at, brought in, perhaps taken back."""

    class State(models.TextChoices):
        PREVIEWED = "previewed", "已预览"
        APPLIED = "applied", "已导入"
        UNDONE = "undone", "已撤销"

    kind = models.CharField("种类", max_length=60)
    file = models.ForeignKey("records.StoredFile", models.PROTECT, related_name="import_batches", verbose_name="文件")
    county_code = models.CharField("县区代码", max_length=12, blank=True)
    state = models.CharField("状态", max_length=9, choices=State, default=State.PREVIEWED)
    summary = models.JSONField("摘要", default=dict, blank=True, encoder=DjangoJSONEncoder)
    confirmed_paper = models.CharField("审定表编号", max_length=120, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="import_batches", verbose_name="导入人"
    )
    created_at = models.DateTimeField("上传时间", default=timezone.now)
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="undone_batches", verbose_name="撤销人"
    )

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "导入批次"
        verbose_name_plural = "导入批次"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="previewed", applied_at__isnull=True, undone_at__isnull=True)
                | Q(state="applied", applied_at__isnull=False, undone_at__isnull=True)
                | Q(state="undone", applied_at__isnull=False, undone_at__isnull=False, undone_by__isnull=False),
                name="import_batch_times_fit_its_state",
            ),
        ]

    def __str__(self):
        return f"导入批次 {self.pk}"


class ImportChange(models.Model):
    """One row that a batch added or changed; personal numbers stand in it only as ciphertext."""

    append_only = True

    class Action(models.TextChoices):
        ADDED = "added", "新增"
        CHANGED = "changed", "修改"

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="changes", verbose_name="批次")
    model = models.CharField("数据表", max_length=80)
    object_id = models.BigIntegerField("编号")
    action = models.CharField("操作", max_length=7, choices=Action)
    before = models.JSONField("改动前", null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField("改动后", null=True, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "导入改动"
        verbose_name_plural = "导入改动"
        ordering = ["id"]
        indexes = [models.Index(fields=["model", "object_id"])]

    def __str__(self):
        return f"{self.get_action_display()} {self.model} {self.object_id}"
