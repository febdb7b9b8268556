"""What the desk keeps: files that people had exported, and clients that read the interface with their tokens."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from organizations.models import Region
from organizations.models.places import within


class ApiClientQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.is_system:
            return self
        return self.filter(within(user.post_regions, "region"))

    def in_force_on(self, day):
        return self.filter(revoked_at=None, since__lte=day, until__gte=day)


class ApiClient(models.Model):
    """One reader of the interface, such as the city's platform. The token itself is shown once and never kept."""

    class Scope(models.TextChoices):
        ROSTERS = "rosters", "已公示的值班表"
        PROGRESS = "progress", "任务进度"
        QUARTERS = "quarters", "已报送的季度数据"

    name = models.CharField("使用方", max_length=60)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="可读区域")
    scopes = ArrayField(models.CharField(max_length=12, choices=Scope.choices), verbose_name="可读内容")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    token_start = models.CharField("口令开头", max_length=8, editable=False)
    paper = models.CharField("批准文号或协议编号", max_length=100)
    since = models.DateField("生效日期")
    until = models.DateField("失效日期")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    made_at = models.DateTimeField("登记时间")
    last_read_at = models.DateTimeField("最近读取", null=True, blank=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name = "接口使用方"
        ordering = ["revoked_at", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="api_client_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="api_client_reads_something"),
        ]

    def __str__(self):
        return self.name

    def get_scope_words(self):
        return "、".join(self.Scope(scope).label for scope in self.scopes)


class ExportFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Each sees what she had exported: a file shows what its maker may see, and nobody else may."""
        if user.is_system:
            return self
        return self.filter(by=user)


class ExportFile(models.Model):
    """One export made in the background: what, of which period, where it is, until when."""

    kind = models.CharField("内容", max_length=30)
    county = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="县")
    period = models.CharField("期间", max_length=12)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导出人")
    asked_at = models.DateTimeField("提出时间")
    job = models.ForeignKey("records.JobRun", models.PROTECT, null=True, blank=True, related_name="+")
    file = models.ForeignKey("records.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    rows = models.PositiveIntegerField("条数", default=0)
    expires_at = models.DateTimeField("失效时间", null=True, blank=True)

    objects = ExportFileQuerySet.as_manager()

    class Meta:
        verbose_name = "导出文件"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(file=None) | Q(expires_at__isnull=False), name="export_file_expires"),
        ]

    def __str__(self):
        return f"{self.kind} {self.period}"
