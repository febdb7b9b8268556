"""Issued papers and the number series they are counted by."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class NumberSeries(models.Model):
    """The last number given out in one series and year. A trigger lets it grow by exactly one and never vanish."""

    name = models.CharField("序列", max_length=80)
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("最后号码", default=0)

    class Meta:
        verbose_name = "编号序列"
        verbose_name_plural = "编号序列"
        constraints = [models.UniqueConstraint(fields=["name", "year"], name="one_series_per_name_and_year")]

    def __str__(self):
        return f"{self.name} {self.year}: {self.last}"


class IssuedPaperQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(state=IssuedPaper.State.ISSUED)

    def about(self, row):
        """The papers issued about one row of any app."""
        return self.filter(for_model=row._meta.label, for_id=row.pk)


class IssuedPaper(models.Model):
    """One version of one paper as it went out. It may be made void, with a reason; nothing else about it changes."""

    class State(models.TextChoices):
        ISSUED = "issued", "有效"
        VOID = "void", "作废"

    kind = models.CharField("文书种类", max_length=40)
    number = models.CharField("文号", max_length=80)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("标题", max_length=200)
    version = models.PositiveSmallIntegerField("版次", default=1)
    file = models.ForeignKey("records.StoredFile", models.PROTECT, related_name="papers", verbose_name="文件")
    state = models.CharField("状态", max_length=6, choices=State, default=State.ISSUED)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="papers", verbose_name="签发人"
    )
    issued_on = models.DateField("签发日期")
    created_at = models.DateTimeField("生成时间", default=timezone.now)
    void_reason = models.CharField("作废原因", max_length=300, blank=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="voided_papers", verbose_name="作废人"
    )
    for_model = models.CharField("对象类型", max_length=80, blank=True)
    for_id = models.BigIntegerField("对象编号", null=True, blank=True)

    objects = IssuedPaperQuerySet.as_manager()

    class Meta:
        verbose_name = "文书"
        verbose_name_plural = "文书"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number", "version"], name="one_paper_per_number_and_version"),
            models.UniqueConstraint(
                fields=["kind", "number"], condition=Q(state="issued"), name="one_version_of_a_paper_in_force"
            ),
            models.CheckConstraint(
                condition=Q(state="issued", void_reason="", voided_at__isnull=True)
                | (Q(state="void", voided_at__isnull=False) & ~Q(void_reason="")),
                name="paper_void_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["for_model", "for_id"])]

    def __str__(self):
        return f"{self.title} {self.number}" + (f" 第{self.version}版" if self.version > 1 else "")
