"""Work done behind the page. The row is the truth; the queue only carries its number (safety.md §1.3)."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.policy import may


class JobRunQuerySet(models.QuerySet):
    def open(self):
        """Waiting or at work."""
        return self.filter(state__in=JobRun.OPEN)

    def visible_to(self, user):
        """One's own jobs; who may see all jobs sees those of her county, or of the counties of her city or province."""
        if not user.is_authenticated:
            return self.none()
        own = Q(started_by=user)
        if not may(user, "records.view_jobs"):
            return self.filter(own)
        return self.filter(own | self._of_regions({post.region.code for post in user.posts_in_force}))

    @staticmethod
    def _of_regions(codes):
        """Statistics codes of a city or province end in pairs of zeros; those of their counties begin like them."""
        found = Q(pk__in=[])
        for code in filter(None, codes):
            start = code.removesuffix("00").removesuffix("00") if len(code) == 6 else code
            found |= Q(county_code__startswith=start) if start != code else Q(county_code=code)
        return found

    def about(self, kind, *, county="", period=""):
        """The jobs of one piece of work, newest first."""
        return self.filter(kind=kind, county_code=county, period=str(period)).order_by("-id")


class JobRun(models.Model):
    """One run of one piece of work. Only one of the same kind, county and period is open at a time."""

    class State(models.TextChoices):
        QUEUED = "queued", "等待处理"
        RUNNING = "running", "处理中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"

    OPEN = (State.QUEUED, State.RUNNING)

    kind = models.CharField("任务", max_length=60)
    title = models.CharField("名称", max_length=120, blank=True)
    task = models.CharField("后台程序", max_length=120)
    county_code = models.CharField("县区代码", max_length=12, blank=True)
    period = models.CharField("期间", max_length=60, blank=True)
    payload = models.JSONField("参数", default=dict, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.QUEUED)
    step = models.CharField("步骤", max_length=200, blank=True)
    percent = models.PositiveSmallIntegerField("进度", default=0, validators=[MaxValueValidator(100)])
    message = models.TextField("结果说明", blank=True)
    result = models.JSONField("结果", default=dict, blank=True)
    result_url = models.CharField("结果页面", max_length=300, blank=True)
    error_rows = models.JSONField("出错行", default=list, blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="jobs", verbose_name="发起人"
    )
    created_at = models.DateTimeField("发起时间", default=timezone.now)
    sent_at = models.DateTimeField("送出时间", null=True, blank=True)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    heartbeat_at = models.DateTimeField("最近进展", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = "后台任务"
        verbose_name_plural = "后台任务"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "county_code", "period"],
                condition=Q(state__in=("queued", "running")),
                name="one_open_job_per_work",
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="job_percent_at_most_100"),
            models.CheckConstraint(
                condition=Q(state__in=("queued", "running"), finished_at__isnull=True)
                | Q(state__in=("done", "failed"), finished_at__isnull=False),
                name="job_finished_exactly_when_over",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "sent_at"], condition=Q(state__in=("queued", "running")), name="open_jobs"),
            models.Index(fields=["started_by", "-id"]),
        ]

    def __str__(self):
        return self.title or f"{self.kind} {self.period}".strip()  # a title names its month itself

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_failed(self) -> bool:
        return self.state == self.State.FAILED
